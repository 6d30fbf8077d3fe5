//! `POST /api/v1/withdrawals`.

use serde_json::json;

use crate::samples::{id, opinion};
use crate::site::{on_both, on_sqlite};

#[test]
fn a_batch_and_a_record_are_taken_back() {
    on_both(async |site| {
        let path = format!("/api/v1/records?batch={}", id(900));
        let list = json!([opinion(1), opinion(2)]);
        assert_eq!(site.post(&path, &list).await.status, 201);
        site.stored(&opinion(3)).await;
        let back = async |target: String| {
            let order = json!({ "target": target, "reason": "sent by mistake" });
            site.post("/api/v1/withdrawals", &order).await
        };
        assert_eq!(back(id(900)).await.status, 201);
        let receipt = back(id(3)).await.json();
        let withdrawal = format!("/api/v1/records/{}", receipt["id"].as_str().unwrap());
        assert_eq!(site.get(&withdrawal).await.json()["withdraws"], id(3));
        for number in 1..=3 {
            let shown = site.get(&format!("/api/v1/records/{}", id(number))).await.json();
            assert_eq!(shown["standing"]["counts"], false);
            assert!(shown["standing"]["withdrawn_at"].is_u64());
        }
        back(id(900)).await.problem(409, "withdrawal.again");
        back(id(77)).await.problem(409, "withdrawal.nothing");
        // The unique fields are free again.
        let mut again = opinion(1);
        again["id"] = id(11).into();
        site.stored(&again).await;
    });
}

#[test]
fn an_order_says_what_and_why() {
    on_sqlite(async |site| {
        let post = async |order| site.post("/api/v1/withdrawals", &order).await;
        let problem = post(json!({})).await.problem(422, "command.field");
        assert_eq!(problem["errors"][0]["pointer"], "/target");
        assert_eq!(problem["errors"][1]["pointer"], "/reason");
        post(json!([])).await.problem(422, "command.form");
        let order = json!({ "target": "7", "reason": "x" });
        post(order).await.problem(422, "command.field");
        let order = json!({ "target": id(1), "reason": "x", "why": "y" });
        let problem = post(order).await.problem(422, "command.field");
        assert_eq!(problem["errors"][0]["pointer"], "/why");
    });
}
