//! `/api/v1/kinds` and `/api/v1/pack`.

use serde_json::json;

use crate::site::on_sqlite;

#[test]
fn the_pack_tells_what_may_be_sent() {
    on_sqlite(async |site| {
        let kinds = site.get("/api/v1/kinds").await.json();
        let kinds = kinds["kinds"].as_array().unwrap().clone();
        let report = kinds.iter().find(|kind| kind["kind"] == "test-report").unwrap();
        assert_eq!(report["label"], json!({ "zh": "检验报告", "en": "Test report" }));
        assert_eq!(report["permission"], "report.issue");
        for kind in &kinds {
            let kind = kind["kind"].as_str().unwrap();
            let details = site.get(&format!("/api/v1/kinds/{kind}")).await;
            assert_eq!(details.status, 200, "{}", details.text());
            let schema = site.get(&format!("/api/v1/kinds/{kind}/schema?on=2026-05-01")).await;
            assert_eq!(schema.header("content-type"), "application/schema+json");
            jsonschema::draft202012::new(&schema.json()).unwrap();
        }
        let report = site.get("/api/v1/kinds/test-report").await.json();
        assert_eq!(report["fields"][0]["type"], json!({ "text": 80 }));
        let items = report["fields"].as_array().unwrap().iter().find(|f| f["name"] == "items");
        assert_eq!(items.unwrap()["columns"][0]["name"], "item");
        assert_eq!(report["subjects"][0]["number"], "one");
        site.get("/api/v1/kinds/gossip").await.problem(404, "path.kind");
        site.get("/api/v1/kinds/gossip/schema").await.problem(404, "path.kind");
        site.get("/api/v1/kinds/test-report/schema?on=x").await.problem(400, "query.value");
        let pack = site.get("/api/v1/pack").await.json();
        assert_eq!(pack["province"], "420000");
        assert_eq!(pack["digest"], site.system.pack().digest().to_string());
    });
}
