//! `GET /api/v1/jobs/{id}`.

use axum::http::Method;
use serde_json::json;

use crate::samples::{id, opinion};
use crate::site::on_both;

#[test]
fn what_came_of_a_stream_can_be_asked_for() {
    on_both(async |site| {
        let path = format!("/api/v1/jobs/{}", id(900));
        site.get(&path).await.problem(404, "job.not_found");
        let good = format!("{}\n{}\n", opinion(1), opinion(2));
        let send = |batch: u64, lines: &str| {
            let path = format!("/api/v1/records?batch={}", id(batch));
            site.ask(Method::POST, &path).lines(lines.to_owned())
        };
        assert_eq!(send(900, &good).send().await.status, 201);
        let job = site.get(&path).await.json();
        assert_eq!((&job["state"], &job["kind"]), (&json!("done"), &json!("stream")));
        assert_eq!((&job["done"], &job["total"]), (&json!(2), &json!(2)));
        assert_eq!(job["result"]["stored"], 2);

        assert_eq!(send(901, &format!("{}\n{{}}\n", opinion(3))).send().await.status, 422);
        let job = site.get(&format!("/api/v1/jobs/{}", id(901))).await.json();
        assert_eq!((&job["state"], &job["faults"]), (&json!("refused"), &json!(1)));
        assert_eq!(job["result"]["faults"][0]["line"], 2);
        assert_eq!(job["result"]["faults"][0]["pointer"], "/kind");
    });
}
