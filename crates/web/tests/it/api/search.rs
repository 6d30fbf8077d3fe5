//! `/api/v1/search`.

use serde_json::{Value, json};

use crate::site::{Site, on_both};

pub const STEEL: &str = "uscc:914201001777000029";

pub fn organization(number: u64, id: &str, name: &str) -> Value {
    json!({
        "id": crate::samples::id(number),
        "kind": "organization",
        "region": "420107",
        "valid_at": "2026-03-01T09:00:00+08:00",
        "source": "test",
        "subjects": [{ "role": "organization", "id": id }],
        "open": {
            "name": name, "organization_type": "enterprise", "status": "active",
            "address": "武汉市青山区厂前街道",
        },
    })
}

/// Stores a record and gives how many are known with it.
pub async fn known(site: &Site, draft: &Value) -> u64 {
    site.stored(draft).await["position"].as_u64().unwrap() + 1
}

#[test]
fn an_organization_is_found_with_and_without_a_token() {
    on_both(async |site| {
        let known = known(site, &organization(1, STEEL, "武汉钢铁（集团）公司")).await;
        for typed in ["%E6%AD%A6%E9%92%A2", "whgt", "914201001777000028", "177700002"] {
            let path = format!("/api/v1/search?q={typed}&known={known}");
            let answer = site.get(&path).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let found = answer.json();
            assert_eq!(
                (&found["count"], &found["hits"][0]["id"]),
                (&json!(1), &json!(STEEL)),
                "{typed}"
            );
            assert_eq!(found["hits"][0]["status"]["code"], "active");
            let open = site.ask(axum::http::Method::GET, &path).without("authorization");
            assert_eq!(open.send().await.json()["count"], 1);
        }
        let none = site.get("/api/v1/search").await.json();
        assert_eq!((&none["count"], &none["hits"]), (&json!(0), &json!([])));
        let in_city = |region: &str| format!("/api/v1/search?q=whgt&known={known}&region={region}");
        assert_eq!(site.get(&in_city("420100")).await.json()["count"], 1);
        assert_eq!(site.get(&in_city("420200")).await.json()["count"], 0);
    });
}

#[test]
fn a_wrong_search_says_what_is_wrong() {
    on_both(async |site| {
        site.get("/api/v1/search?q=a&sorts=gossip").await.problem(400, "search.sort");
        site.get("/api/v1/search?q=a&region=999999").await.problem(400, "record.region");
        site.get("/api/v1/search?q=a&offset=10001").await.problem(400, "query.value");
        site.get("/api/v1/search?q=a&limit=101").await.problem(400, "query.value");
        site.get("/api/v1/search?q=a&known=99999").await.problem(400, "read.known");
        site.get("/api/v1/search?query=a").await.problem(400, "query.unknown");
        let wrong = site.ask(axum::http::Method::GET, "/api/v1/search?q=a").token("zh_wrong");
        wrong.send().await.problem(401, "token.unknown");
        let long = "%E6%AD%A6".repeat(600);
        assert_eq!(site.get(&format!("/api/v1/search?q={long}")).await.json()["count"], 0);
    });
}
