//! `POST /api/v1/erasures`.

use serde_json::json;

use crate::samples::{complaint, id};
use crate::site::on_both;

#[test]
fn a_person_is_erased() {
    on_both(async |site| {
        site.stored(&complaint(1, "p-1")).await;
        site.stored(&complaint(2, "p-2")).await;
        let order =
            json!({ "person": "hubei-lab/p-1", "reason": "asked for it", "request_no": "7" });
        let answer = site.post("/api/v1/erasures", &order).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.json()["outcome"], "erased");
        assert_eq!(answer.json()["records"], 1);
        let shown = site.get(&format!("/api/v1/records/{}", id(1))).await.json();
        assert_eq!(shown["personal"][0]["state"], "erased");
        let shown = site.get(&format!("/api/v1/records/{}", id(2))).await.json();
        assert!(shown["personal"][0]["fields"].is_object());
        let again = site.post("/api/v1/erasures", &order).await;
        again.problem(404, "erasure.nobody");
        site.post("/api/v1/erasures", &json!({})).await.problem(422, "command.field");
        let order = json!({ "person": "a\u{0}b", "reason": "x" });
        site.post("/api/v1/erasures", &order).await.problem(422, "command.field");
    });
}
