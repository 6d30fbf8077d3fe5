//! `/console/trace/findings`.

use axum::http::Method;
use serde_json::json;

use super::visitor::Officer;
use crate::site::on_both;

#[test]
fn an_officer_lists_what_does_not_fit() {
    on_both(async |site| {
        let officer = Officer::new(site);
        let empty = officer.page("/console/trace/findings").await;
        assert!(empty.says("没有矛盾"), "{}", empty.text);
        let item = "https://id.gs1.org/01/06901234567892/21/N7";
        let event = json!({
            "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
            "type": "ObjectEvent", "eventID": "urn:uuid:shipped-7",
            "eventTime": "2024-03-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
            "action": "OBSERVE", "bizStep": "shipping", "epcList": [item],
        });
        let sent = site.ask(Method::POST, "/epcis/events").json(&event).send().await;
        assert_eq!(sent.status, 201, "{}", sent.text());
        let known = site.system.reader().size().await.unwrap();
        let at = |rest: &str| format!("/console/trace/findings?known={known}{rest}");
        let page = officer.page(&at("")).await;
        assert!(page.says("编码未赋码") && page.says("N7"), "{}", page.text);
        assert!(page.text.contains("/console/trace?q="), "{}", page.text);
        assert!(page.text.contains("/console/records/"), "{}", page.text);
        // A form sends what was not chosen empty.
        let page = officer.page(&at("&sort=never-commissioned&region=")).await;
        assert!(page.says("N7"), "{}", page.text);
        let page = officer.page(&at("&sort=loop")).await;
        assert!(page.says("没有矛盾") && !page.says("N7"), "{}", page.text);
        let file = officer.get(&at("&as=csv")).await;
        assert_eq!((file.status.as_u16(), file.header("zhiheng-rows")), (200, "1"));
        assert!(file.text().contains(item), "{}", file.text());
        assert_eq!(officer.get(&at("&sort=up")).await.status, 400);
    });
}
