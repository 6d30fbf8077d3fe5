//! From the code on a package to what is known of the thing.

use axum::http::{Method, StatusCode, header};

use serde_json::{Value, json};

use super::story::{self, MAKER};
use crate::samples;
use crate::site::{Site, on_both, on_sqlite};

/// The lot that is recalled.
const LOT: &str = "/01/09506000134352/10/JT-260925-A";

/// The story, and of another product a lot that failed its test and is recalled.
async fn tell(site: &Site) {
    let lot = json!({ "role": "lot", "id": format!("https://id.gs1.org{LOT}") });
    for (kind, changes) in [
        ("product", json!({ "name": "小江豚浴盆玩具" })),
        ("test-report", json!({ "report_no": "HB-T-2026-118999" })),
        ("recall-notice", json!({ "notice_no": "鄂召〔2026〕28", "hotline": "0712-000-0000" })),
    ] {
        let found = story::records().into_iter().find(|record| record["kind"] == kind);
        let mut record = found.unwrap();
        record.as_object_mut().unwrap().remove("id");
        let subjects = record["subjects"].as_array_mut().unwrap();
        for subject in subjects.iter_mut().filter(|subject| subject["role"] == "product") {
            subject["id"] = Value::from("gtin:9506000134352");
        }
        if kind != "product" {
            subjects.push(lot.clone());
        }
        for (name, value) in changes.as_object().unwrap() {
            record["open"][name] = value.clone();
        }
        site.stored(&record).await;
    }
    story::tell(site).await;
}

#[test]
fn whoever_scans_a_recalled_lot_is_told_first() {
    on_both(async |site| {
        tell(site).await;
        let page = site.page(&format!("/item{LOT}?lang=zh-CN")).await;
        for shown in
            ["这一批正在召回，请停止使用", "JT-260925-A", "HB-T-2026-118999", "不合格", "已存证"]
        {
            assert!(page.says(shown), "{shown} is missing: {}", page.text);
        }
        let english = site.page(&format!("/item{LOT}?lang=en")).await;
        assert!(english.says("This lot is being recalled"), "{}", english.text);
        // Another lot of the product is not recalled, and says that this one is.
        let other = site.page("/item/01/09506000134352/10/JT-261111-C?lang=en").await;
        assert!(other.says("not this one") && !other.says("stop using it"), "{}", other.text);
        // Of the product alone the lots are told.
        let product = site.page("/item/01/09506000134352?lang=en").await;
        assert!(product.says("compare the lot number"), "{}", product.text);
    });
}

#[test]
fn a_code_leads_people_on_and_gives_programs_all_links() {
    on_sqlite(async |site| {
        tell(site).await;
        let asked = site.ask(Method::GET, LOT).send().await;
        assert_eq!(asked.status, StatusCode::TEMPORARY_REDIRECT);
        let place = asked.headers[header::LOCATION].to_str().unwrap().to_owned();
        assert_eq!(place, format!("/item{LOT}?lang=zh-CN"));
        assert_eq!(asked.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        let english = site.ask(Method::GET, LOT).header("accept-language", "en").send().await;
        assert!(english.headers[header::LOCATION].to_str().unwrap().ends_with("lang=en"));
        let set =
            site.ask(Method::GET, LOT).header("accept", "application/linkset+json").send().await;
        assert_eq!(set.status, StatusCode::OK);
        let set = set.json();
        let first = &set["linkset"][0];
        assert!(first["anchor"].as_str().unwrap().ends_with(LOT));
        assert_eq!(first["https://gs1.org/voc/recallStatus"].as_array().unwrap().len(), 2);
        let recall = site.get(&format!("{LOT}?linkType=gs1:recallStatus")).await;
        assert!(recall.headers[header::LOCATION].to_str().unwrap().ends_with("#recall"));
        // What is no code, what nobody knows, and what a thing has no link of.
        for (path, status) in [
            ("/01/06914209801137", StatusCode::BAD_REQUEST),
            ("/01/09506000134376", StatusCode::NOT_FOUND),
            ("/414/9506000134369", StatusCode::NOT_FOUND),
        ] {
            assert_eq!(site.get(path).await.status, status, "{path}");
        }
        let none = site.get(&format!("{LOT}?linkType=gs1:recipeInfo")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
        let options = site.ask(Method::OPTIONS, LOT).send().await;
        assert_eq!(options.status, StatusCode::NO_CONTENT);
        let description = site.get("/.well-known/gs1resolver").await;
        assert_eq!(description.json()["supportedPrimaryKeys"].as_array().unwrap().len(), 16);
    });
}

#[test]
fn codes_are_drawn_and_labels_are_printed() {
    on_sqlite(async |site| {
        tell(site).await;
        let code = site.get(&format!("/qr{LOT}")).await;
        assert_eq!(code.headers[header::CONTENT_TYPE], "image/svg+xml");
        let sheet = site.page(&format!("/labels{LOT}?n=3&from=A008&lang=en")).await;
        for serial in ["A008", "A009", "A010"] {
            assert!(sheet.says(serial), "{serial}: {}", sheet.text);
        }
        assert_eq!(site.get(&format!("/labels{LOT}?n=0")).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(site.get(&format!("/labels{LOT}?from=A")).await.status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn what_is_not_of_the_lot_is_not_told() {
    on_sqlite(async |site| {
        tell(site).await;
        let mut complaint = samples::complaint(901, "p-1");
        complaint["subjects"][0]["id"] = MAKER.into();
        site.stored(&complaint).await;
        let page = site.page(&format!("/item{LOT}?lang=zh-CN")).await;
        for hidden in ["C-901", "张三", "discretion"] {
            assert!(!page.says(hidden), "{hidden} is shown: {}", page.text);
        }
    });
}

#[test]
fn a_file_that_is_packed_comes_to_its_end() {
    on_sqlite(async |site| {
        tell(site).await;
        for form in ["jsonl", "csv", "xlsx"] {
            let path = format!("/archive/{MAKER}?as={form}");
            let packed =
                site.ask(Method::GET, &path).header("accept-encoding", "gzip").send().await;
            assert_eq!(packed.status, StatusCode::OK, "{form}");
            assert_eq!(packed.header("content-encoding"), "gzip", "{form}");
            assert!(!packed.body.is_empty(), "{form}");
        }
    });
}

/// The lot of flour, which its mill sold to the maker.
const FLOUR: &str = "/01/09506000134376/10/FLOUR-77";

/// A product as the register has it.
fn product(gtin: &str, name: &str, maker: &str) -> Value {
    let found = story::records().into_iter().find(|record| record["kind"] == "product");
    let mut record = found.unwrap();
    record.as_object_mut().unwrap().remove("id");
    record["subjects"] =
        json!([{ "role": "product", "id": gtin }, { "role": "maker", "id": maker }]);
    record["open"]["name"] = name.into();
    record
}

/// An event of a day in October, which an organization reports with its own token.
async fn reported(site: &Site, by: &str, day: u64, event: Value) {
    let mut whole = json!({
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "eventID": format!("urn:uuid:secret-{day}"), "eventTimeZoneOffset": "+08:00",
        "eventTime": format!("2025-10-{day:02}T09:00:00+08:00"),
    });
    for (name, value) in event.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let token = site.new_token(&format!("events {day}"), by, &["*"]).await;
    let ask = site.ask(Method::POST, "/epcis/events").token(&token);
    let answer =
        ask.header("content-type", "application/json").body(whole.to_string()).send().await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
}

#[test]
fn whom_a_maker_buys_of_and_sells_to_is_not_told() {
    const MILL: &str = "uscc:91420106MA4KLAB04D";
    on_sqlite(async |site| {
        story::tell(site).await;
        site.stored(&product("gtin:9506000134352", "江豚饼干", MAKER)).await;
        site.stored(&product("gtin:9506000134376", "汉水牌面粉", MILL)).await;
        let (flour, biscuits) =
            (format!("https://id.gs1.org{FLOUR}"), format!("https://id.gs1.org{LOT}"));
        let of = |lot: &str| json!([{ "epcClass": lot, "quantity": 100.0 }]);
        let made = json!({ "type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning",
            "quantityList": of(&flour) });
        reported(site, MILL, 1, made).await;
        let baked = json!({ "type": "TransformationEvent", "bizStep": "commissioning",
            "inputQuantityList": of(&flour), "outputQuantityList": of(&biscuits) });
        reported(site, MAKER, 2, baked).await;
        let size = site.system.reader().size().await.unwrap();
        site.system.await_merged(size).await.unwrap();
        let patience = std::time::Duration::from_secs(60);
        site.system.chain().wait_for(size, patience).await.unwrap();

        let page = site.page(&format!("/item{LOT}?lang=zh-CN")).await;
        // The maker answers by name; of the flour it is told what it is.
        assert!(page.says("湖北江豚玩具有限公司") && page.says("粮食"), "{}", page.text);
        for secret in ["FLOUR-77", "汉水牌", MILL.trim_start_matches("uscc:"), "134376"] {
            assert!(!page.says(secret), "{secret} is told: {}", page.text);
        }
        let page = site.page(&format!("/item{FLOUR}?lang=zh-CN")).await;
        assert!(page.says("用于生产") && page.says("汉水牌面粉"), "{}", page.text);
        for secret in ["湖北江豚", "江豚饼干", MAKER.trim_start_matches("uscc:"), "JT-260925-A"]
        {
            assert!(!page.says(secret), "{secret} is told: {}", page.text);
        }
        // Whoever scans leaves nothing behind.
        for path in [LOT, FLOUR] {
            let scan = site.get(&format!("/item{path}")).await;
            assert!(scan.headers.get(header::SET_COOKIE).is_none(), "{:?}", scan.headers);
        }
        assert_eq!(site.system.reader().size().await.unwrap(), size);
    });
}

#[test]
fn a_bare_number_finds_the_goods_on_which_it_stands() {
    on_sqlite(async |site| {
        story::tell(site).await;
        let made = |lots: &[&str]| {
            let lots: Vec<Value> = lots
                .iter()
                .map(|lot| json!({ "epcClass": format!("https://id.gs1.org{lot}"), "quantity": 9 }))
                .collect();
            json!({ "type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning",
                "quantityList": lots })
        };
        let (other, both) = ("/01/09506000134376/10/B-9", "/01/09506000134352/10/B-9");
        reported(site, MAKER, 1, made(&[LOT, other, both])).await;
        let size = site.system.reader().size().await.unwrap();
        site.system.await_merged(size).await.unwrap();
        let patience = std::time::Duration::from_secs(60);
        site.system.chain().wait_for(size, patience).await.unwrap();
        // One is gone to, as it is typed or in small letters; of several each is listed.
        for typed in ["JT-260925-A", "jt-260925-a"] {
            let found = site.get(&format!("/find?q={typed}")).await;
            assert_eq!(found.status, StatusCode::SEE_OTHER, "{typed}");
            assert_eq!(found.header("location"), format!("/item{LOT}"));
        }
        let found = site.page("/find?q=B-9").await;
        assert!(found.says(other) && found.says(both), "{}", found.text);
        assert!(!site.page("/find?q=-9").await.says(other));
    });
}
