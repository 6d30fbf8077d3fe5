//! `GET /api/v1/batches/{id}`.

use serde_json::json;

use crate::samples::{id, opinion};
use crate::site::on_both;

#[test]
fn a_batch_says_how_it_stands() {
    on_both(async |site| {
        let path = format!("/api/v1/batches/{}", id(900));
        let state = site.get(&path).await.json();
        assert_eq!(state, json!({ "id": id(900), "state": "unknown", "records": 0 }));
        let send = format!("/api/v1/records?batch={}", id(900));
        let sent = site.post(&send, &json!([opinion(1), opinion(2)])).await.json();
        let state = site.get(&path).await.json();
        assert_eq!((&state["state"], &state["records"]), (&json!("closed"), &json!(2)));
        assert_eq!(state["closing"]["position"], sent["closing"]["position"]);
        assert!(state["closed_at"].is_string());
        let order = json!({ "target": id(900), "reason": "sent by mistake" });
        let back = site.post("/api/v1/withdrawals", &order).await.json();
        let state = site.get(&path).await.json();
        assert_eq!(state["state"], "withdrawn");
        assert_eq!(state["withdrawn_at"], back["position"]);
        site.get("/api/v1/batches/7").await.problem(400, "path.id");
    });
}
