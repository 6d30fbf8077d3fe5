//! `GET /`, and the services that are not there yet.

use axum::http::StatusCode;

use crate::site::on_sqlite;

#[test]
fn every_link_of_the_home_page_leads_somewhere() {
    on_sqlite(async |site| {
        let mut seen = std::collections::BTreeSet::new();
        for start in [
            "/",
            "/complaints/new",
            "/tip-offs/new",
            "/recalls",
            "/standards",
            "/find",
            "/proof",
            "/log",
        ] {
            let page = site.page(start).await;
            for link in page.links().into_iter().filter(|link| seen.insert(link.clone())) {
                let path = link.split('#').next().unwrap();
                // The log has nothing to show before it is signed.
                let answer = site.page_or_file(path).await;
                let is_there = answer.status != StatusCode::NOT_FOUND || path == "/log/checkpoint";
                assert!(is_there, "{start} leads to {path}: {}", answer.status);
            }
        }
        assert!(seen.contains("/complaints/new") && seen.contains("/login"), "{seen:?}");
    });
}

#[test]
fn what_cannot_be_done_online_says_whom_to_call() {
    on_sqlite(async |site| {
        for path in ["/complaints/new", "/tip-offs/new", "/standards"] {
            assert!(site.page(path).await.says("tel:12315"), "{path}");
        }
    });
}
