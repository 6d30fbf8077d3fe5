//! `/api/v1/trace` and `/api/v1/trace-scopes`.

use axum::http::Method;
use serde_json::{Value, json};

use crate::samples::MAKER;
use crate::site::{Site, on_both};

const LOT: &str = "https://id.gs1.org/01/06901234567892/10/L1";
const ITEM: &str = "https://id.gs1.org/01/06901234567892/21/S1";

/// A sale of two items of a lot to a shop, and the sale of one of them to a consumer.
fn sale(number: u64, buyer: Option<&str>, items: &[&str]) -> Value {
    let mut subjects = vec![
        json!({ "role": "seller", "id": if number == 1 { MAKER } else { "shop:1" } }),
        json!({ "role": "product", "id": "gtin:06901234567892" }),
        json!({ "role": "lot", "id": LOT }),
    ];
    subjects.extend(buyer.map(|buyer| json!({ "role": "buyer", "id": buyer })));
    subjects.extend(items.iter().map(|item| json!({ "role": "item", "id": item })));
    json!({
        "kind": "trade-line", "region": "420106", "source": "test", "subjects": subjects,
        "valid_at": format!("2024-03-01T09:{number:02}:00+08:00"),
        "open": {
            "direction": "sale", "document_no": format!("D-{number}"), "line_no": 1,
            "traded_on": "2024-03-01", "quantity": { "value": items.len(), "unit": "piece" },
        },
    })
}

async fn sold(site: &Site) -> u64 {
    let other = ITEM.replace("S1", "S2");
    site.stored(&sale(1, Some("shop:1"), &[ITEM, &other])).await;
    site.stored(&sale(2, None, &[ITEM])).await["position"].as_u64().unwrap() + 1
}

#[test]
fn a_thing_is_traced_over_http() {
    on_both(async |site| {
        let known = sold(site).await;
        let back = site.get(&format!("/api/v1/trace/{ITEM}?known={known}")).await;
        assert_eq!(back.status, 200, "{}", back.text());
        let back = back.json();
        assert_eq!((&back["asked"], &back["direction"]), (&json!(ITEM), &json!("back")));
        assert_eq!(back["things"][0]["now"]["state"], "sold");
        assert_eq!(back["as_of"]["known"], known);
        let escaped =
            percent_encoding::utf8_percent_encode(LOT, percent_encoding::NON_ALPHANUMERIC);
        let forward = format!("/api/v1/trace/{escaped}?direction=forward&known={known}");
        let forward = site.get(&forward).await.json();
        let ids: Vec<&str> = forward["things"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| t["id"].as_str().unwrap())
            .collect();
        assert!(ids.contains(&ITEM) && ids.contains(&LOT), "{ids:?}");

        let answer = format!("/api/v1/trace/{ITEM}?direction=answerable&known={known}");
        let answer = site.get(&answer).await.json();
        assert_eq!((&answer["first"], &answer["recourse"]), (&json!("shop:1"), &json!([MAKER])));

        let scope = format!("/api/v1/trace/{LOT}?direction=scope&known={known}");
        let scope = site.get(&scope).await;
        assert_eq!(scope.header("content-type"), "application/x-ndjson");
        let parts: Vec<Value> =
            scope.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(parts[0]["as_of"]["known"], known);
        let summary = &parts.last().unwrap()["summary"];
        assert_eq!((&summary["items"], &summary["items_sold"]), (&json!(2), &json!(1)));
        assert_eq!((&summary["items_to_stop"], &summary["whole"]), (&json!(1), &json!(true)));

        let saved = site.ask(Method::POST, "/api/v1/trace-scopes");
        let asked = json!({ "id": LOT, "known": known.to_string(), "region": "420106" });
        let saved = saved.json(&asked).send().await;
        assert_eq!(saved.status, 201, "{}", saved.text());
        let saved = saved.json();
        assert_eq!(saved["summary"]["digest"], summary["digest"]);
        let record =
            site.get(&format!("/api/v1/records/{}", saved["record"].as_str().unwrap())).await;
        assert_eq!(record.json()["open"]["digest"], summary["digest"]);
        assert_eq!(record.json()["open"]["items_to_stop"], 1);
    });
}

#[test]
fn wrong_questions_are_told() {
    on_both(async |site| {
        let known = sold(site).await;
        site.get("/api/v1/trace/lot:nothing").await.problem(404, "trace.not_found");
        site.get("/api/v1/trace/").await.problem(404, "request.no_such_path");
        let wrong = "/api/v1/trace/https://id.gs1.org/01/06901234567893/21/1";
        assert_eq!(site.get(wrong).await.status, 404);
        site.get(&format!("/api/v1/trace/{LOT}?direction=up")).await.problem(400, "query.value");
        site.get(&format!("/api/v1/trace/{LOT}?limit=0")).await.problem(400, "query.value");
        site.get(&format!("/api/v1/trace/{LOT}?from=2024-01-01T00:00:00Z"))
            .await
            .problem(400, "query.unknown");
        let turned = "direction=scope&from=2025-01-01T00:00:00Z&until=2024-01-01T00:00:00Z";
        site.get(&format!("/api/v1/trace/{MAKER}?{turned}&known={known}"))
            .await
            .problem(400, "trace.window");
        let scopes = || site.ask(Method::POST, "/api/v1/trace-scopes");
        let missing = scopes().json(&json!({ "id": LOT })).send().await;
        missing.problem(422, "command.field");
        let nobody =
            site.ask(Method::GET, &format!("/api/v1/trace/{LOT}")).without("authorization");
        assert_eq!(nobody.send().await.status, 401);
    });
}

/// An item that was shipped, and never began.
async fn shipped(site: &Site, number: u64) -> u64 {
    let event = json!({
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "ObjectEvent", "eventID": format!("urn:uuid:shipped-{number}"),
        "eventTime": format!("2024-03-01T08:{number:02}:00+08:00"), "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE", "bizStep": "shipping",
        "epcList": [format!("https://id.gs1.org/01/06901234567892/21/N{number}")],
    });
    let sent = site.ask(Method::POST, "/epcis/events").json(&event).send().await;
    assert_eq!(sent.status, 201, "{}", sent.text());
    site.system.reader().size().await.unwrap()
}

#[test]
fn what_does_not_fit_is_listed() {
    on_both(async |site| {
        let mut known = 0;
        for number in 0..5 {
            known = shipped(site, number).await;
        }
        let list = "/api/v1/trace-findings";
        let all = site.get(&format!("{list}?known={known}")).await;
        assert_eq!(all.status, 200, "{}", all.text());
        let all = all.json();
        let things = |answer: &Value| -> Vec<String> {
            let found = answer["findings"].as_array().unwrap().iter();
            found.map(|one| one["thing"].as_str().unwrap().to_owned()).collect()
        };
        // The last that came stands first.
        let expected: Vec<String> =
            (0..5).rev().map(|n| format!("https://id.gs1.org/01/06901234567892/21/N{n}")).collect();
        assert_eq!(things(&all), expected);
        assert!(all.get("next").is_none());
        let first = &all["findings"][0];
        assert_eq!(first["sort"], "never-commissioned");
        let record = first["records"][0].as_str().unwrap();
        let record = site.get(&format!("/api/v1/records/{record}")).await.json();
        assert_eq!(
            (&first["since"], &first["region"]),
            (&record["recorded_at"], &record["region"])
        );

        // By pages, which are of the same records however many come meanwhile.
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = site.get(&format!("{list}?limit=2&known={known}{after}")).await.json();
            found.extend(things(&page));
            let Some(next) = page.get("next") else { break };
            after = format!("&after={}", next.as_str().unwrap());
            shipped(site, 10 + found.len() as u64).await;
        }
        assert_eq!(found, expected);

        let none = site.get(&format!("{list}?known={known}&sort=loop,twice")).await.json();
        assert_eq!(none["findings"], json!([]));
        let some = format!("{list}?known={known}&sort=never-commissioned,loop&region=420000");
        let region = record["region"].as_str().unwrap();
        let count = if region.starts_with("42") { 5 } else { 0 };
        assert_eq!(things(&site.get(&some).await.json()).len(), count);
        for wrong in ["sort=up", "region=42", "limit=0", "after=x"] {
            site.get(&format!("{list}?{wrong}")).await.problem(400, "query.value");
        }
        let nobody = site.ask(Method::GET, list).without("authorization");
        assert_eq!(nobody.send().await.status, 401);
    });
}

/// A lot of which so many items were made.
async fn made(site: &Site, lot: &str, items: usize) -> u64 {
    let items: Vec<String> =
        (0..items).map(|n| format!("https://id.gs1.org/01/06901234567892/21/B{n}")).collect();
    let event = json!({
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "TransformationEvent", "eventID": "urn:uuid:made",
        "eventTime": "2024-03-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
        "bizStep": "commissioning",
        "inputQuantityList": [{ "epcClass": lot, "quantity": 100, "uom": "KGM" }],
        "outputEPCList": items,
    });
    let sent = site.ask(Method::POST, "/epcis/events").json(&event).send().await;
    assert_eq!(sent.status, 201, "{}", sent.text());
    site.system.reader().size().await.unwrap()
}

#[test]
fn a_packed_scope_is_the_same_to_the_byte() {
    on_both(async |site| {
        let lot = "https://id.gs1.org/01/06901234567892/10/IN1";
        let known = made(site, lot, 4000).await;
        let path =
            format!("/api/v1/trace/{lot}?direction=scope&known={known}&valid=2024-03-02T00:00:00Z");
        let plain = site.get(&path).await;
        assert_eq!(plain.status, 200, "{}", plain.text());
        assert_eq!(plain.header("content-encoding"), "");
        let packed = site.ask(Method::GET, &path).header("accept-encoding", "gzip").send().await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert_eq!(packed.header("content-type"), "application/x-ndjson");
        assert!(packed.header("vary").to_ascii_lowercase().contains("accept-encoding"));
        assert!(packed.body.len() < plain.body.len() / 4, "{}", packed.body.len());
        // Read to the end of the stream: its length and checksum stand there.
        let mut text = String::new();
        let mut unpacked = flate2::bufread::GzDecoder::new(&packed.body[..]);
        std::io::Read::read_to_string(&mut unpacked, &mut text).unwrap();
        assert!(unpacked.into_inner().is_empty(), "something follows the stream");
        assert_eq!(text, plain.text());
        let parts: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let summary = &parts.last().unwrap()["summary"];
        assert_eq!(
            (&summary["items"], &summary["whole"]),
            (&json!(4000), &json!(true)),
            "{summary}"
        );
        assert!(parts.len() > 4000, "{}", parts.len());
    });
}
