//! The description of the API.

use std::path::Path;

use axum::http::Method;
use serde_json::Value;

use crate::samples::id;
use crate::site::on_sqlite;

#[test]
fn the_description_is_the_one_that_was_agreed() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi.json");
    let text = web::openapi::text();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, text).unwrap();
    }
    let agreed = std::fs::read_to_string(&golden).unwrap();
    assert!(agreed == text, "the API changed: look at it, then run with UPDATE_GOLDEN=1");
}

#[test]
fn every_path_asks_for_a_token_but_those_that_say_so() {
    on_sqlite(async |site| {
        site.system.evidence().wait_for(0, std::time::Duration::from_secs(10)).await;
        let document: Value = site.get("/api/v1/openapi.json").await.json();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                let filled = path
                    .replace("{id}", &id(1))
                    .replace("{kind}", "complaint")
                    .replace("{subject}", "uscc:91350200776049653A")
                    .replace("{number}", "1")
                    .replace("{tile}", "0/000.p/1");
                let method: Method = method.to_uppercase().parse().unwrap();
                let ask = site.ask(method.clone(), &filled).without("authorization");
                let answer = ask.send().await;
                let is_open = operation["security"]
                    .as_array()
                    .is_some_and(|ways| ways.iter().any(|way| way == &serde_json::json!({})));
                match is_open {
                    true => assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text()),
                    false => drop(answer.problem(401, "token.missing")),
                }
                let ask = site.ask(method, &filled).token("zh_wrong");
                if !is_open {
                    ask.send().await.problem(401, "token.unknown");
                }
            }
        }
    });
}
