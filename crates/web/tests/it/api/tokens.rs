//! Who may do what, by token.

use app::token::{self, NewToken};
use axum::http::Method;
use model::Timestamp;

use crate::samples::opinion;
use crate::site::{on_both, on_sqlite};

#[test]
fn without_a_token_nothing_is_done() {
    on_sqlite(async |site| {
        let path = "/api/v1/kinds";
        let none = site.ask(Method::GET, path).without("authorization").send().await;
        none.problem(401, "token.missing");
        assert_eq!(none.header("www-authenticate"), "Bearer realm=\"zhiheng\"");
        let basic = site.ask(Method::GET, path).header("authorization", "Basic eA==").send().await;
        basic.problem(401, "token.form");
        let unknown = format!("zh_{}", "A".repeat(43));
        for token in ["", "zh_", "x", unknown.as_str(), "zh_质"] {
            let answer = site.ask(Method::GET, path).token(token).send().await;
            assert_eq!(answer.status, 401, "{token}");
            assert!(answer.header("www-authenticate").contains("invalid_token"));
        }
    });
}

#[test]
fn an_expired_and_a_revoked_token_are_told_apart() {
    on_both(async |site| {
        let (db, pack, now) =
            (site.system.reader().db(), site.system.pack(), site.system.clock().now());
        let new = |name: &str| NewToken {
            name: name.to_owned(),
            on_behalf_of: "station".to_owned(),
            office: None,
            permissions: vec!["archive.view".to_owned()],
            days: 1,
        };
        let past = Timestamp::from_micros(now.micros() - 2 * 86_400_000_000);
        let (old, _) = token::create(db, &pack, past, new("old")).await.unwrap();
        let ask = async |text: &str| {
            site.ask(Method::GET, "/api/v1/records?kind=complaint").token(text).send().await
        };
        ask(&old).await.problem(401, "token.expired");
        let (text, made) = token::create(db, &pack, now, new("new")).await.unwrap();
        assert_eq!(ask(&text).await.status, 200);
        let twice = token::create(db, &pack, now, new("new")).await.unwrap_err();
        assert_eq!(twice.faults()[0].code, "token.name");
        let data = site.system.data();
        token::revoke(db, data, now, "new").await.unwrap();
        // It was remembered, and is refused to the next request all the same.
        ask(&text).await.problem(401, "token.revoked");
        let again = token::revoke(db, data, now, "new").await.unwrap_err();
        assert_eq!(again.faults()[0].code, "token.nothing");
        let listed = token::list(db).await.unwrap();
        let found = listed.iter().find(|token| token.name == "new").unwrap();
        assert_eq!(found.principal, made.principal);
        assert_eq!(found.revoked_at, Some(now));
        // The text itself is nowhere in the store.
        let rows = db.query("SELECT digest, name, account FROM api_token", vec![]).await.unwrap();
        assert!(!format!("{rows:?}").contains(&text[3..]));
    });
}

#[test]
fn a_revoked_token_is_refused_to_who_asks_at_that_moment() {
    on_both(async |site| {
        let text = site.new_token("gone", "station", &["archive.view"]).await;
        let path = "/api/v1/records?kind=complaint";
        let (db, data, now) =
            (site.system.reader().db(), site.system.data(), site.system.clock().now());
        // Many ask while it is taken back; from then on nobody is let in, whoever was before.
        let asking = futures_util::future::join_all((0..40).map(|number| {
            let text = &text;
            async move {
                if number == 20 {
                    token::revoke(db, data, now, "gone").await.unwrap();
                }
                site.ask(Method::GET, path).token(text).send().await.status.as_u16()
            }
        }));
        let statuses = asking.await;
        assert!(statuses.iter().all(|status| [200, 401].contains(status)), "{statuses:?}");
        for _ in 0..20 {
            let answer = site.ask(Method::GET, path).token(&text).send().await;
            answer.problem(401, "token.revoked");
        }
    });
}

#[test]
fn a_token_that_is_wrong_is_not_made() {
    on_sqlite(async |site| {
        let (db, pack, now) =
            (site.system.reader().db(), site.system.pack(), site.system.clock().now());
        let new = NewToken {
            name: " ".to_owned(),
            on_behalf_of: "a/b".to_owned(),
            office: Some("nowhere".to_owned()),
            permissions: vec!["archive.view".to_owned(), "everything".to_owned()],
            days: 0,
        };
        let faults = token::create(db, &pack, now, new).await.unwrap_err().faults();
        let places: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(places, ["/name", "/on_behalf_of", "/office", "/permissions/1", "/days"]);
    });
}

#[test]
fn a_permission_that_is_missing_is_named() {
    on_both(async |site| {
        let reader = site.new_token("reader", "station", &["archive.view"]).await;
        let ask = site.ask(Method::POST, "/api/v1/records").token(&reader);
        let problem = ask.json(&opinion(1)).send().await.problem(403, "door.permission");
        assert!(problem["detail"].as_str().unwrap().contains("opinion.collect"), "{problem}");
        assert!(problem["detail_zh"].as_str().unwrap().contains("采集舆情"), "{problem}");
        let sender = site.new_token("sender", "station", &["opinion.collect"]).await;
        let ask = site.ask(Method::POST, "/api/v1/records").token(&sender);
        assert_eq!(ask.json(&opinion(1)).send().await.status, 201);
        let ask = site.ask(Method::GET, "/api/v1/records?kind=complaint").token(&sender);
        let problem = ask.send().await.problem(403, "door.permission");
        assert!(problem["detail"].as_str().unwrap().contains("archive.view"), "{problem}");
        let lines = format!("{}\n", opinion(2));
        let ask = site.ask(Method::POST, "/api/v1/records").token(&reader);
        ask.lines(lines).send().await.problem(422, "door.permission");
    });
}
