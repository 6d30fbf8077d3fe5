//! `/api/v1/cases` and `/api/v1/procedures`.

use axum::http::Method;
use serde_json::{Value, json};

use crate::samples::{complaint, id};
use crate::site::{Site, on_both, on_sqlite};

/// The case of a complaint, and where it is.
async fn opened(site: &Site, number: u64) -> String {
    let receipt = site.stored(&complaint(number, "p-1")).await;
    let known = receipt["position"].as_u64().unwrap() + 1;
    site.system.await_merged(known).await.unwrap();
    format!("/api/v1/cases/{}", receipt["id"].as_str().unwrap())
}

fn accept(seen: u64) -> Value {
    json!({
        "step": "accept",
        "at": "2026-05-04T10:00:00+08:00",
        "seen": seen,
        "form": { "accepted_on": "2026-05-04" },
    })
}

#[test]
fn a_case_is_read_and_goes_on() {
    on_both(async |site| {
        let case = opened(site, 1).await;
        let before = site.get(&case).await;
        assert_eq!(before.status, 200, "{}", before.text());
        let view = before.json();
        assert_eq!((&view["procedure"], &view["state"]), (&json!("complaint"), &json!("received")));
        assert_eq!(view["last"], 0);
        let steps = view["next"].as_array().unwrap();
        let accepts = steps.iter().find(|step| step["step"] == "accept").unwrap();
        assert_eq!((&accepts["yours"], &accepts["why_not"]), (&json!(true), &json!([])));
        let taken = site.post(&format!("{case}/steps"), &accept(0)).await;
        assert_eq!(taken.status, 201, "{}", taken.text());
        assert_eq!(taken.json()["number"], 1);
        let position = taken.json()["receipt"]["position"].as_u64().unwrap();
        let after = site.get(&format!("{case}?known={}", position + 1)).await.json();
        assert_eq!((&after["state"], &after["last"]), (&json!("mediating"), &json!(1)));
        assert_eq!(after["steps"][0]["form"]["accepted_on"], "2026-05-04");
        // As it was known before, and as it was before that day.
        let then = site.get(&format!("{case}?known={position}")).await.json();
        assert_eq!(then["state"], "received");
        let day = "valid=2026-05-03T00:00:00%2B08:00";
        let then = site.get(&format!("{case}?{day}&known={}", position + 1)).await.json();
        assert_eq!(then["state"], "received");
    });
}

#[test]
fn an_answer_that_is_known_is_not_sent_again() {
    on_sqlite(async |site| {
        let case = opened(site, 1).await;
        // As of a past time nothing runs on.
        let path = format!("{case}?valid=2026-05-05T00:00:00%2B08:00");
        let first = site.get(&path).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        let again = site.ask(Method::GET, &path).header("if-none-match", &tag).send().await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    });
}

#[test]
fn a_step_that_is_sent_again_is_recognised_and_of_two_one_is_stored() {
    on_both(async |site| {
        let case = opened(site, 1).await;
        let mut first = accept(0);
        first["id"] = id(77).into();
        let taken = site.post(&format!("{case}/steps"), &first).await;
        assert_eq!(taken.status, 201, "{}", taken.text());
        let position = taken.json()["receipt"]["position"].as_u64().unwrap();
        let again = site.post(&format!("{case}/steps"), &first).await;
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(again.json()["receipt"]["position"], position);
        assert_eq!(again.json()["receipt"]["known"], true);
        site.system.await_merged(position + 1).await.unwrap();
        // Who has not seen it is told, and nothing is stored.
        let late = site.post(&format!("{case}/steps"), &accept(0)).await;
        late.problem(409, "case.moved_on");
        let size = site.system.reader().size().await.unwrap();
        assert_eq!(size, position + 1);
    });
}

#[test]
fn what_keeps_a_step_from_being_taken_is_told_in_both_languages() {
    on_sqlite(async |site| {
        let case = opened(site, 1).await;
        let steps = format!("{case}/steps");
        let refused = |body: Value| {
            let steps = steps.clone();
            async move { site.post(&steps, &body).await }
        };
        refused(json!({ "step": "settle" })).await.problem(422, "rules.member_missing");
        let out_of_order = json!({
            "step": "tell-ended", "form": { "told_on": "2026-05-04" },
        });
        let told = refused(out_of_order).await.problem(422, "case.state");
        assert_eq!(told["errors"][0]["pointer"], "/step");
        refused(json!({ "step": "fly" })).await.problem(422, "case.no_step");
        let mut early = accept(0);
        early["at"] = "2026-05-01T10:00:00+08:00".into();
        refused(early).await.problem(422, "case.before");
        let mut ahead = accept(0);
        ahead["at"] = "2031-05-01T10:00:00+08:00".into();
        refused(ahead).await.problem(422, "case.future");
        for (wrong, at) in [
            (json!({}), "/step"),
            (json!({ "step": 3 }), "/step"),
            (json!({ "step": "accept", "act": "flown" }), "/act"),
            (json!({ "step": "accept", "seen": -1 }), "/seen"),
            (json!({ "step": "accept", "at": "yesterday" }), "/at"),
            (json!({ "step": "accept", "officers": ["nobody"] }), "/officers"),
            (json!({ "step": "accept", "form": [] }), "/form"),
            (json!({ "step": "accept", "writes": {} }), "/writes/kind"),
            (json!({ "step": "accept", "opens": "x" }), "/opens"),
            (json!({ "step": "accept", "colour": "blue" }), "/colour"),
        ] {
            let problem = refused(wrong.clone()).await;
            assert_eq!(problem.status, 422, "{wrong}: {}", problem.text());
            assert_eq!(problem.json()["errors"][0]["pointer"], at, "{wrong}: {}", problem.text());
        }
        assert_eq!(site.post(&steps, &json!([])).await.status, 422);
        let plain = site.ask(Method::POST, &steps).body("accept").send().await;
        assert_eq!(plain.status, 415);
        site.get(&format!("/api/v1/cases/{}", id(9_999))).await.problem(404, "read.not_found");
        site.get("/api/v1/cases/here").await.problem(400, "path.id");
    });
}

#[test]
fn whoever_may_not_read_or_take_is_refused() {
    on_sqlite(async |site| {
        let case = opened(site, 1).await;
        let token = site.new_token("sends", "hubei-lab", &["report.issue"]).await;
        let read = site.ask(Method::GET, &case).token(&token).send().await;
        assert_eq!(read.status, 403, "{}", read.text());
        let ask = site.ask(Method::POST, &format!("{case}/steps")).token(&token);
        let taken = ask.json(&accept(0)).send().await;
        assert_eq!(taken.status, 403, "{}", taken.text());
    });
}

#[test]
fn procedures_are_told_with_the_schemas_of_their_forms() {
    on_sqlite(async |site| {
        let list = site.get("/api/v1/procedures").await.json();
        let all = list["procedures"].as_array().unwrap();
        assert_eq!(all.len(), site.system.pack().procedures().count());
        for one in all {
            let id = one["procedure"].as_str().unwrap();
            let whole = site.get(&format!("/api/v1/procedures/{id}")).await;
            assert_eq!(whole.status, 200, "{id}: {}", whole.text());
            let whole = whole.json();
            assert!(!whole["states"].as_array().unwrap().is_empty(), "{id}");
            for step in whole["steps"].as_array().unwrap() {
                let schema = jsonschema::draft202012::new(&step["schema"]).unwrap();
                assert!(!schema.is_valid(&json!({ "open": { "no_such_field": 1 } })), "{step}");
            }
        }
        let complaint = site.get("/api/v1/procedures/complaint").await.json();
        let steps = complaint["steps"].as_array().unwrap();
        let accepts = steps.iter().find(|step| step["step"] == "accept").unwrap();
        let schema = jsonschema::draft202012::new(&accepts["schema"]).unwrap();
        assert!(schema.is_valid(&json!({ "open": { "accepted_on": "2026-05-04" } })));
        assert!(!schema.is_valid(&json!({ "open": { "accepted_on": "soon" } })));
        site.get("/api/v1/procedures/none").await.problem(404, "path.procedure");
    });
}
