//! The public list of recalls, and one of them.

use axum::http::StatusCode;

use super::story::{MAKER, NAME, id_of, tell};
use crate::site::{on_both, on_sqlite};

#[test]
fn a_notice_is_listed_and_has_a_page() {
    on_both(async |site| {
        tell(site).await;
        let list = site.page("/recalls").await;
        let id = id_of("recall-notice");
        assert!(list.says(&format!("/recalls/{id}")) && list.says(NAME), "{}", list.text);
        let page = site.page(&format!("/recalls/{id}")).await;
        assert!(page.says("召回措施") || page.says("Remedies"), "{}", page.text);
        // Of a notice without a case nothing is said of what came back.
        assert!(page.says("还没有公布召回进展"), "{}", page.text);
        assert!(page.says(MAKER.trim_start_matches("uscc:")) || page.says(NAME));
    });
}

#[test]
fn what_is_no_public_notice_is_not_there() {
    on_sqlite(async |site| {
        tell(site).await;
        for path in [
            format!("/recalls/{}", id_of("penalty")),
            format!("/recalls/{}", id_of("test-report")),
            "/recalls/01a21a8d-e9f2-7440-9d51-20d4c9eaa872".to_owned(),
            "/recalls/x".to_owned(),
        ] {
            assert_eq!(site.page_or_file(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    });
}

#[test]
fn where_there_is_none_the_page_says_so() {
    on_sqlite(async |site| {
        assert!(site.page("/recalls").await.says("没有召回公告"));
    });
}
