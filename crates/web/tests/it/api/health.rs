//! `GET /api/v1/health`.

use axum::http::Method;
use serde_json::json;

use crate::site::on_both;

#[test]
fn health_says_more_to_those_with_a_token() {
    on_both(async |site| {
        let bare = site.ask(Method::GET, "/api/v1/health").without("authorization").send().await;
        assert_eq!(bare.json(), json!({ "ok": true }));
        let health = site.get("/api/v1/health").await.json();
        assert_eq!(health["ok"], true);
        assert_eq!(health["size"], 1);
        assert_eq!(health["faults"], json!([]));
        assert_eq!(health["clock_behind"], 0);
        let wrong = site.ask(Method::GET, "/api/v1/health").token("zh_x").send().await;
        wrong.problem(401, "token.unknown");
    });
}
