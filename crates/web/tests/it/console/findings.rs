//! `/console/trace/findings`.

use axum::http::Method;
use serde_json::json;

use super::visitor::Officer;
use crate::api::search::known;
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

#[test]
fn things_and_places_are_called_by_their_names() {
    on_both(async |site| {
        let officer = Officer::new(site);
        let at = "2024-01-01T08:00:00+08:00";
        let product = json!({
            "kind": "product", "region": "420106", "valid_at": at, "source": "test",
            "subjects": [{ "role": "product", "id": "gtin:6901234567892" }],
            "open": { "name": "热干面", "category": "grain-oil" },
        });
        let place = |gln: &str, name: &str, longitude: f64| {
            json!({
                "kind": "place", "region": "420106", "valid_at": at, "source": "test",
                "subjects": [{ "role": "place", "id": format!("gln:{gln}") }],
                "open": {
                    "name": name, "place_type": "factory", "address": "路1号",
                    "latitude": 30.55, "longitude": longitude,
                },
            })
        };
        known(site, &product).await;
        known(site, &place("6901234500004", "东厂", 114.31)).await;
        known(site, &place("6901234500011", "西店", 111.29)).await;
        let item = "https://id.gs1.org/01/06901234567892/21/N7";
        for (minute, gln) in [("00", "6901234500004"), ("20", "6901234500011")] {
            let event = json!({
                "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
                "type": "ObjectEvent", "eventID": format!("urn:uuid:seen-{minute}"),
                "eventTime": format!("2024-03-01T08:{minute}:00+08:00"),
                "eventTimeZoneOffset": "+08:00",
                "action": "OBSERVE", "bizStep": "storing", "epcList": [item],
                "readPoint": { "id": format!("https://id.gs1.org/414/{gln}") },
            });
            let sent = site.ask(Method::POST, "/epcis/events").json(&event).send().await;
            assert_eq!(sent.status, 201, "{}", sent.text());
        }
        let known = site.system.reader().size().await.unwrap();
        // Names are of the index of subjects, which is made when it is first asked for.
        let search = format!("/api/v1/search?q=6901234567892&known={known}");
        assert_eq!(site.get(&search).await.status, 200);
        let page = format!("/console/trace/findings?known={known}&sort=impossible-journey");
        let page = officer.page(&page).await;
        assert!(page.says("热干面 序列号 N7"), "{}", page.text);
        assert!(page.says("东厂 → 西店：289 公里，20 分钟"), "{}", page.text);
        let asked = officer.page(&format!("/console/trace?q={item}")).await;
        assert!(asked.says("位移不可能") && asked.says("东厂 → 西店：289 公里，20 分钟"));
        // The archive of an item, and of a lot, is called as its product is.
        for (rest, heading) in [("21/N7", "热干面 序列号 N7"), ("10/L%2B1", "热干面 批次 L+1")]
        {
            let id = format!("https://id.gs1.org/01/06901234567892/{rest}");
            let id = id.replace('%', "%25").replace('/', "%2F");
            let page = officer.page(&format!("/console/archive/{id}")).await;
            assert!(page.says(&format!("<h1>{heading}")), "{rest}: {}", page.text);
        }
    });
}
