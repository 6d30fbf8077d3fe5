//! `/api/v1/subjects`.

use serde_json::json;

use crate::samples::{MAKER, complaint, id, opinion};
use crate::site::on_both;

#[test]
fn a_subject_is_found_by_path_and_by_parameter() {
    on_both(async |site| {
        let mut draft = opinion(1);
        let link = "https://id.gs1.org/01/06901234567892";
        draft["subjects"] = json!([{ "role": "product", "id": "gtin:06901234567892" }]);
        let known = site.stored(&draft).await["position"].as_u64().unwrap() + 1;
        let escaped = "https%3A%2F%2Fid.gs1.org%2F01%2F06901234567892";
        for path in [
            format!("/api/v1/subjects/{link}?known={known}"),
            format!("/api/v1/subjects/{escaped}?known={known}"),
            format!("/api/v1/subjects/gtin:06901234567892?known={known}"),
            format!("/api/v1/subjects?id={escaped}&known={known}"),
        ] {
            let answer = site.get(&path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            let page = answer.json();
            assert_eq!(page["records"][0]["id"], id(1), "{path}");
            assert_eq!(page["records"][0]["subjects"][0]["id"], link);
        }
        site.get("/api/v1/subjects/nothing").await.problem(400, "path.subject");
        site.get("/api/v1/subjects/uscc:%FF").await.problem(400, "path.subject");
        site.get("/api/v1/subjects/uscc:a%00b").await.problem(400, "path.subject");
        site.get("/api/v1/subjects").await.problem(400, "query.missing");
        site.get("/api/v1/subjects?id=nothing").await.problem(400, "query.value");
        let nobody = site.get("/api/v1/subjects/uscc:none").await;
        assert_eq!(nobody.json()["records"], json!([]));
    });
}

#[test]
fn a_subject_has_pages_and_kinds() {
    on_both(async |site| {
        for number in 1..=5 {
            site.stored(&opinion(number)).await;
        }
        let known = site.stored(&complaint(6, "p-1")).await["position"].as_u64().unwrap() + 1;
        let base = format!("/api/v1/subjects/{MAKER}");
        let page = site.get(&format!("{base}?limit=4&known={known}")).await;
        assert_eq!(page.json()["records"].as_array().unwrap().len(), 4);
        let link = page.header("link");
        let next = site.get(&link[1..link.find('>').unwrap()]).await.json();
        assert_eq!(next["records"].as_array().unwrap().len(), 2);
        assert!(next.get("next").is_none());
        let page = site.get(&format!("{base}?kinds=complaint,penalty&known={known}")).await.json();
        assert_eq!(page["records"].as_array().unwrap().len(), 1);
        assert_eq!(page["records"][0]["kind"], "complaint");
        site.get(&format!("{base}?kinds=gossip")).await.problem(400, "query.value");
    });
}
