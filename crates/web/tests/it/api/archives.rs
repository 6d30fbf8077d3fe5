//! `/api/v1/archives`.

use serde_json::json;

use super::search::{STEEL, known, organization};
use crate::site::on_both;

#[test]
fn an_archive_is_of_all_ids_of_a_subject() {
    on_both(async |site| {
        let old = "organization-code:177700002";
        known(site, &organization(1, old, "华中钢铁公司")).await;
        let known = known(site, &organization(2, STEEL, "武汉钢铁公司")).await;
        for id in [old, STEEL] {
            let path = format!("/api/v1/archives?id={id}&limit=1&known={known}");
            let answer = site.get(&path).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let archive = answer.json();
            assert_eq!(archive["id"], STEEL);
            assert_eq!(
                archive["ids"],
                json!([{ "id": STEEL, "because": "itself" }, { "id": old, "because": "code" }])
            );
            assert_eq!(archive["kinds"], json!([{ "kind": "organization", "count": 2 }]));
            assert_eq!(archive["registrations"].as_array().unwrap().len(), 2);
            assert_eq!(archive["records"].as_array().unwrap().len(), 1);
            let next = archive["next"].as_str().unwrap();
            let rest = site.get(&format!("/api/v1/archives?id={id}&after={next}")).await.json();
            assert_eq!(rest["records"].as_array().unwrap().len(), 1);
            assert!(rest.get("next").is_none());
        }
        site.get("/api/v1/archives").await.problem(400, "query.missing");
        site.get("/api/v1/archives?id=nothing").await.problem(400, "query.value");
        let path = format!("/api/v1/archives?id={STEEL}&kinds=gossip");
        site.get(&path).await.problem(400, "query.value");
    });
}
