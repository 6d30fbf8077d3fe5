//! Complaints and tip-offs of citizens: the questions, the receipt, the progress, pictures.

use axum::http::StatusCode;

use super::super::account::people::Browser;
use crate::html::Html;
use crate::site::{Site, on_both, on_sqlite};

/// What a hidden field of a page holds.
fn hidden(page: &Html, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = page.text.find(&start).unwrap_or_else(|| panic!("{name}: {}", page.text));
    page.text[at + start.len()..].split('"').next().unwrap().to_owned()
}

/// The hidden fields of a page that carry what was filled in before.
fn carried(page: &Html) -> Vec<(String, String)> {
    let inputs = page.text.split("<input type=\"hidden\" name=\"in-").skip(1);
    let pair = |rest: &str| {
        let (name, rest) = rest.split_once("\" value=\"")?;
        let value = rest.split('"').next()?.replace("&#60;", "<").replace("&#62;", ">");
        Some((format!("in-{name}"), value))
    };
    inputs.filter_map(pair).collect()
}

/// Goes on from a page with what is filled in on it.
async fn on(
    browser: &mut Browser<'_>,
    path: &str,
    page: &Html,
    go: &str,
    filled: &[(&str, &str)],
) -> Html {
    let carried = carried(page);
    let number = hidden(page, "page");
    let mut fields = vec![("page", number.as_str()), ("go", go)];
    fields.extend(carried.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    fields.extend(filled);
    Html::of(browser.post(path, &fields).await)
}

const STORY: [&[(&str, &str)]; 4] = [
    &[("in-category", "quality")],
    &[("in-respondent_as_named", "江岸好孩乐母婴店"), ("in-region", "420102")],
    &[("in-text", "玩具有异味 <script>"), ("in-claims--refund", "on"), ("in-amount", "1,268.50")],
    &[("in-complainant_name", "张三"), ("in-complainant_phone", "13800000000")],
];

/// Fills a complaint in, up to the page on which all is checked.
async fn filled_in(browser: &mut Browser<'_>, first: &[(&str, &str)]) -> Html {
    let path = "/complaints/new";
    let mut page = browser.page(path).await;
    for (at, fields) in STORY.iter().enumerate() {
        let mut fields = fields.to_vec();
        if at == 0 {
            fields.extend(first);
        }
        page = on(browser, path, &page, "next", &fields).await;
        assert_eq!(page.answer.status, StatusCode::OK, "{at}: {}", page.text);
    }
    page
}

async fn sent(browser: &mut Browser<'_>, check: &Html) -> (Html, String, String) {
    let (id, code) = (hidden(check, "id"), hidden(check, "code"));
    let extra = [("id", id.as_str()), ("code", code.as_str())];
    let receipt = on(browser, "/complaints/new", check, "send", &extra).await;
    assert_eq!(receipt.answer.status, StatusCode::OK, "{}", receipt.text);
    let number = hidden(&receipt, "number");
    (receipt, number, code)
}

async fn complaints(site: &Site) -> u64 {
    let size = site.system.reader().size().await.unwrap();
    site.system.await_merged(size).await.unwrap();
    let count = site.get("/api/v1/records/count?kind=complaint").await;
    count.json()["count"].as_u64().unwrap()
}

#[test]
fn a_citizen_complains_and_follows_it_by_number_and_code() {
    on_both(async |site| {
        let mut browser = Browser::new(site);
        let check = filled_in(&mut browser, &[]).await;
        for shown in
            ["江岸区市场监督管理局", "玩具有异味 &#60;script&#62;", "1,268.5", "退款", "张三"]
        {
            assert!(check.says(shown), "{shown}: {}", check.text);
        }
        // Nothing is there before it is sent.
        assert_eq!(complaints(site).await, 0);
        let (receipt, number, code) = sent(&mut browser, &check).await;
        assert!(receipt.says(&number) && receipt.says(&code), "{}", receipt.text);
        for shown in ["受理期限", "工作日", "最晚"] {
            assert!(receipt.says(shown), "{shown}: {}", receipt.text);
        }
        assert_eq!(complaints(site).await, 1);
        // The page is loaded anew: it is the same letter.
        let (again, same, _) = sent(&mut browser, &check).await;
        assert_eq!((same.as_str(), complaints(site).await), (number.as_str(), 1), "{}", again.text);
        // Elsewhere, later, as people type it.
        let mut other = Browser::new(site);
        other.page("/complaints/progress").await;
        let typed = code.to_lowercase().replace('-', " ");
        let fields = [("number", number.as_str()), ("code", &typed)];
        let progress = Html::of(other.post("/complaints/progress", &fields).await);
        assert_eq!(progress.answer.status, StatusCode::OK, "{}", progress.text);
        assert!(progress.says("待受理") && progress.answer.header("cache-control") == "no-store");
        // What was said does not stand there.
        assert!(!progress.says("张三") && !progress.says("异味"), "{}", progress.text);
        let wrong = [("number", number.as_str()), ("code", "0000-0000-0000-0000-0000")];
        let refused = other.post("/complaints/progress", &wrong).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let nothing = [("number", "20260101-00000000"), ("code", code.as_str())];
        let told = other.post("/complaints/progress", &nothing).await;
        assert_eq!(told.status, StatusCode::NOT_FOUND);
        // Both have one answer.
        let says = |text: &str| text.split("fault-list").nth(1).unwrap()[..400].to_owned();
        assert_eq!(says(&refused.text()), says(&told.text()));
    });
}

#[test]
fn of_the_code_a_digest_is_kept_and_no_more() {
    on_sqlite(async |site| {
        let mut browser = Browser::new(site);
        let check = filled_in(&mut browser, &[]).await;
        let (_, number, code) = sent(&mut browser, &check).await;
        complaints(site).await;
        let found = site.get("/api/v1/records?kind=complaint").await.text();
        assert!(found.contains(&number) && found.contains("query_digest"), "{found}");
        assert!(!found.contains(&code) && !found.contains(&code.replace('-', "")), "{found}");
        assert!(found.contains("\"region\":\"420102\"") && found.contains("\"office\":\"420102\""));
    });
}

#[test]
fn one_letter_that_is_both_opens_two_linked_tracks() {
    on_both(async |site| {
        let mut browser = Browser::new(site);
        let also = [("in-also", "yes"), ("in-also_category", "counterfeit")];
        let check = filled_in(&mut browser, &also).await;
        assert!(check.says("分开办理"), "{}", check.text);
        let (receipt, number, _) = sent(&mut browser, &check).await;
        assert!(receipt.says("id=\"h-track-2\""), "{}", receipt.text);
        let size = site.system.reader().size().await.unwrap();
        site.system.await_merged(size).await.unwrap();
        let records = site.get("/api/v1/records?kind=complaint").await.json();
        let case = records["records"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(records["records"][0]["open"]["number"], number);
        let view = site.get(&format!("/api/v1/cases/{case}?known={size}")).await.json();
        assert_eq!(view["under"][0]["procedure"], "tip-off", "{view:#}");
        // Who it is lies in the vault.
        let tip_off = site.get("/api/v1/records?kind=tip-off").await.text();
        assert!(!tip_off.contains("张三") && tip_off.contains("sealed"), "{tip_off}");
    });
}

#[test]
fn a_tip_off_without_a_name_leaves_none() {
    on_both(async |site| {
        let mut browser = Browser::new(site);
        let path = "/tip-offs/new";
        let mut page = browser.page(path).await;
        for fields in [
            &[("in-category", "additive")][..],
            &[("in-respondent_as_named", "某食品厂"), ("in-region", "420984")],
            &[("in-text", "夜间添加工业原料")],
            // Whoever says No and leaves a name gave it by mistake.
            &[("in-named", "no"), ("in-informer_name", "李四")],
        ] {
            page = on(&mut browser, path, &page, "next", fields).await;
            assert_eq!(page.answer.status, StatusCode::OK, "{}", page.text);
        }
        let (id, code) = (hidden(&page, "id"), hidden(&page, "code"));
        let extra = [("id", id.as_str()), ("code", code.as_str())];
        let receipt = on(&mut browser, path, &page, "send", &extra).await;
        assert!(receipt.says("汉川市市场监督管理局"), "{}", receipt.text);
        let size = site.system.reader().size().await.unwrap();
        site.system.await_merged(size).await.unwrap();
        let found = site.get("/api/v1/records?kind=tip-off").await.json();
        let record = &found["records"][0];
        assert_eq!(record["open"]["named"], false, "{record:#}");
        assert_eq!(record["personal"].as_array().unwrap().len(), 1, "{record:#}");
        assert!(!record.to_string().contains("李四"), "{record:#}");
    });
}

#[test]
fn what_is_missing_is_told_on_its_page_and_nothing_is_lost() {
    on_sqlite(async |site| {
        let mut browser = Browser::new(site);
        let path = "/complaints/new";
        let page = browser.page(path).await;
        let wrong = on(&mut browser, path, &page, "next", &[]).await;
        assert_eq!(wrong.answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says("id=\"e-in-category\""), "{}", wrong.text);
        let page = on(&mut browser, path, &wrong, "next", STORY[0]).await;
        let page = on(&mut browser, path, &page, "next", STORY[1]).await;
        assert!(page.says("江岸区市场监督管理局"), "{}", page.text);
        let mut amount = STORY[2].to_vec();
        amount[2] = ("in-amount", "about a thousand");
        let wrong = on(&mut browser, path, &page, "next", &amount).await;
        assert!(wrong.says("id=\"e-in-amount\"") && wrong.says("玩具有异味"), "{}", wrong.text);
        // Back, and what stands on the other pages is still there.
        let back = on(&mut browser, path, &wrong, "page-0", &amount).await;
        assert_eq!(back.answer.status, StatusCode::OK);
        assert!(carried(&back).contains(&("in-region".to_owned(), "420102".to_owned())));
        assert!(back.says("value=\"quality\" checked"), "{}", back.text);
        // What no page of ours asks is not taken, and a form from elsewhere neither.
        let more = on_raw(&mut browser, path, &back, &[("is_admin", "1")]).await;
        assert_eq!(more, StatusCode::BAD_REQUEST);
        let foreign = browser.post_raw(path, "page=0&go=next&csrf=0").await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    });
}

async fn on_raw(
    browser: &mut Browser<'_>,
    path: &str,
    page: &Html,
    more: &[(&str, &str)],
) -> StatusCode {
    let number = hidden(page, "page");
    let mut fields = vec![("page", number.as_str()), ("go", "next")];
    fields.extend(more);
    browser.post(path, &fields).await.status
}

#[test]
fn a_letter_goes_to_the_office_of_the_place() {
    on_sqlite(async |site| {
        let pack = site.system.pack();
        let on = "2026-11-27".parse().unwrap();
        let office = |region: &str| {
            app::letter::competent_office(&pack, region, "complaint", on).map(|o| o.id.clone())
        };
        for (region, id) in [("420102", "420102"), ("420100", "420100"), ("420000", "420000")] {
            assert_eq!(office(region).as_deref(), Some(id));
        }
        assert_eq!(office("110101"), None);
        // Every division of the province has an office of its own level or above.
        for division in pack.tables().divisions.all().filter(|d| d.in_force.holds(on)) {
            assert!(office(&division.code).is_some(), "{} {}", division.code, division.name);
        }
    });
}
