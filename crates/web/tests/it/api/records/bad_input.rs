//! What is wrong with what is sent, and where.

use axum::http::Method;
use serde_json::{Value, json};

use crate::samples::{MAKER, id, opinion};
use crate::site::{Answer, Site, gzip, on_both, on_sqlite};

async fn send(site: &Site, body: impl Into<axum::body::Body>) -> Answer {
    let ask = site.ask(Method::POST, "/api/v1/records");
    ask.header("content-type", "application/json").body(body).send().await
}

#[test]
fn what_is_no_json_is_told_with_its_place() {
    on_sqlite(async |site| {
        let problem = send(site, "{\n  \"kind\": ?}").await.problem(400, "record.json");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.starts_with("line 2, column 11: "), "{detail}");
        for body in ["", " ", "null", "7", "\"x\"", "{} {}", "[{}] x", "[", "[1,", "{\"a\":1,}"] {
            let answer = send(site, body).await;
            assert!([400, 422].contains(&answer.status.as_u16()), "{body:?}: {}", answer.text());
        }
        let twice = send(site, r#"{"kind": "a", "kind": "b"}"#).await;
        assert!(twice.problem(400, "record.json")["detail"].as_str().unwrap().contains("twice"));
        let deep = format!("{{\"open\": {}{}}}", "[".repeat(64), "]".repeat(64));
        let deep = send(site, deep).await.problem(400, "record.json");
        assert!(deep["detail"].as_str().unwrap().contains("nested"), "{deep}");
        // Deep enough to end a reader that goes down by calling itself.
        let deeper = format!("[{}", "[".repeat(4 << 20));
        send(site, deeper).await.problem(400, "record.json");
        send(site, b"{\"kind\": \"\xFF\"}".as_slice()).await.problem(400, "record.json");
        send(site, b"[{\"kind\": \"\xFF\"}]".as_slice()).await.problem(400, "record.json");
        let mut half = opinion(1);
        half["open"]["title"] = "\u{10000}".into();
        let half = half.to_string().replace('\u{10000}', "\\ud800");
        send(site, half).await.problem(400, "record.json");
    });
}

#[test]
fn a_fault_in_a_list_names_its_record() {
    on_sqlite(async |site| {
        let list = format!("[{}, {{\"kind\": \"a\",, }}]", opinion(1));
        send(site, list).await.problem(400, "record.json");
        let list = format!("[{}, {{\"kind\": 1, \"kind\": 2}}]", opinion(1));
        let problem = send(site, list).await.problem(400, "record.json");
        assert_eq!(problem["errors"][0]["record"], 1);
        let list = json!([opinion(1), { "kind": 7 }, 5]);
        let problem = send(site, list.to_string()).await;
        assert_eq!(problem.status, 422);
        let errors = problem.json()["errors"].clone();
        assert_eq!((&errors[0]["record"], &errors[0]["pointer"]), (&json!(1), &json!("/kind")));
        assert_eq!(errors[1]["record"], 2);
        send(site, "[]").await.problem(422, "request.count");
        let many = format!("[{}]", vec!["{}"; 1001].join(","));
        let problem = send(site, many).await.problem(422, "request.count");
        assert!(problem["detail"].as_str().unwrap().contains("1001"));
    });
}

#[test]
fn what_is_too_large_is_refused() {
    on_sqlite(async |site| {
        let mut large = opinion(1);
        large["open"]["excerpt"] = "x".repeat(1 << 20).into();
        send(site, large.to_string()).await.problem(413, "record.too_large");
        send(site, json!([opinion(2), large]).to_string()).await.problem(413, "record.too_large");
        let huge = format!("{{\"kind\": \"{}\"}}", "x".repeat(9 << 20));
        send(site, huge.clone()).await.problem(413, "body.too_large");
        // One that unpacks into much more.
        let ask = || {
            site.ask(Method::POST, "/api/v1/records")
                .header("content-type", "application/json")
                .header("content-encoding", "gzip")
        };
        ask().body(gzip(huge.as_bytes())).send().await.problem(413, "body.too_large");
        let packed = gzip(opinion(3).to_string().as_bytes());
        let cut = packed[..packed.len() - 9].to_vec();
        ask().body(cut).send().await.problem(400, "body.gzip");
        ask().body("no gzip").send().await.problem(400, "body.gzip");
        assert_eq!(ask().body(packed).send().await.status, 201);
    });
}

#[test]
fn only_json_and_lines_of_it_are_taken() {
    on_sqlite(async |site| {
        let ask = || site.ask(Method::POST, "/api/v1/records").body("{}");
        ask().send().await.problem(415, "body.media_type");
        for media in ["text/plain", "application/xml", "application/json; charset=gbk", "json"] {
            let answer = ask().header("content-type", media).send().await;
            answer.problem(415, "body.media_type");
        }
        let answer = ask()
            .header("content-type", "application/json")
            .header("content-encoding", "br")
            .send()
            .await;
        answer.problem(415, "body.encoding");
        let good = "Application/JSON; charset=\"UTF-8\"";
        ask().header("content-type", good).send().await.problem(422, "record.field");
    });
}

#[test]
fn what_a_record_says_is_checked() {
    on_both(async |site| {
        let with = |pointer: &str, value: Value| {
            let mut draft = opinion(1);
            *draft.pointer_mut(pointer).unwrap() = value;
            draft
        };
        let cases = [
            (with("/subjects/0/id", "uscc:91350200776049653B".into()), "codes.check_digit"),
            (with("/region", "999999".into()), "record.region"),
            (with("/kind", "gossip".into()), "record.kind"),
            (with("/valid_at", "2100-01-01T00:00:00Z".into()), "record.future"),
            (with("/subjects/0/role", "witness".into()), "record.role"),
            (with("/id", "no".into()), "record.field"),
        ];
        for (draft, code) in cases {
            site.post("/api/v1/records", &draft).await.problem(422, code);
        }
        // No database takes the character 0 in a text.
        for pointer in ["/open/title", "/open/url"] {
            let answer = site.post("/api/v1/records", &with(pointer, "a\u{0}b".into())).await;
            answer.problem(422, "rules.text_control");
        }
        let known = site.stored(&opinion(5)).await["position"].as_u64().unwrap() + 1;
        let path = format!("/api/v1/subjects/{MAKER}?known={known}");
        assert_eq!(site.get(&path).await.status, 200);
    });
}

#[test]
fn a_correction_names_the_head() {
    on_both(async |site| {
        site.stored(&opinion(1)).await;
        let correction = |number: u64, corrects: u64| {
            let mut draft = opinion(1);
            draft["id"] = id(number).into();
            draft["corrects"] = id(corrects).into();
            draft["open"]["title"] = format!("corrected {number}").into();
            draft
        };
        site.post("/api/v1/records", &opinion_again(2)).await.problem(409, "record.not_unique");
        site.stored(&correction(3, 1)).await;
        let late = site.post("/api/v1/records", &correction(4, 1)).await;
        let problem = late.problem(409, "record.not_the_head");
        assert!(problem["detail"].as_str().unwrap().contains(&id(3)), "{problem}");
        site.stored(&correction(5, 3)).await;
        let missing = site.post("/api/v1/records", &correction(6, 99)).await;
        missing.problem(409, "record.nothing_to_correct");
        let first = site.get(&format!("/api/v1/records/{}", id(1))).await.json();
        assert_eq!(first["standing"], json!({ "counts": false, "corrected_by": id(3) }));
    });
}

/// The first record under another id.
fn opinion_again(number: u64) -> Value {
    let mut draft = opinion(1);
    draft["id"] = id(number).into();
    draft
}

#[test]
fn parameters_are_read_strictly() {
    on_sqlite(async |site| {
        let ask =
            async |query: &str| site.post(&format!("/api/v1/records?{query}"), &opinion(1)).await;
        let problem = ask("batch=7").await.problem(400, "query.value");
        assert_eq!(problem["errors"][0]["parameter"], "batch");
        assert!(problem["detail"].as_str().unwrap().contains("UUID"));
        ask("wait=long").await.problem(400, "query.value");
        ask("bach=7").await.problem(400, "query.unknown");
        ask("wait=signed&wait=signed").await.problem(400, "query.twice");
        ask("on_error=refuse").await.problem(400, "query.unknown");
        ask("wait=%FF").await.problem(400, "query.utf8");
        ask("batch=00000000-0000-7000-8000-000000000000").await.problem(422, "batch.id");
    });
}
