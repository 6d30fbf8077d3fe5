//! `/records/{id}` and its proof file.

use axum::http::StatusCode;

use super::story::{id_of, tell};
use crate::samples;
use crate::site::{on_both, on_sqlite};

#[test]
fn a_public_record_is_shown_with_its_public_fields() {
    on_both(async |site| {
        tell(site).await;
        let page = site.page(&format!("/records/{}", id_of("penalty"))).await;
        for shown in ["268,800 元", "《产品质量法》第四十九条", "生产销售不合格产品", "2029-04-28"]
        {
            assert!(page.says(shown), "{shown}: {}", page.text);
        }
        assert!(!page.says("裁量"), "{}", page.text);
    });
}

#[test]
fn what_is_not_public_and_what_is_not_there_look_alike() {
    on_sqlite(async |site| {
        tell(site).await;
        let not_public = id_of("test-report");
        for id in [not_public.as_str(), &samples::id(77_777), "nonsense", "%00"] {
            let page = site.page_as(&format!("/records/{id}"), &[]).await;
            assert_eq!(page.answer.status, StatusCode::NOT_FOUND, "{id}");
            assert!(page.says("portal.no_such_record"), "{id}: {}", page.text);
        }
    });
}

#[test]
fn a_proof_opens_only_what_is_public() {
    on_sqlite(async |site| {
        tell(site).await;
        let public = id_of("recall-notice");
        let proof = site.page_or_file(&format!("/records/{public}/proof")).await;
        assert_eq!(proof.status, StatusCode::OK);
        let file = format!("attachment; filename=\"{public}.tlog-proof\"");
        assert_eq!(proof.header("content-disposition"), file);
        assert!(proof.text().contains("extra "), "{}", proof.text());
        let proof = site.page_or_file(&format!("/records/{}/proof", id_of("test-report"))).await;
        assert_eq!(proof.status, StatusCode::OK);
        assert!(!proof.text().contains("extra "), "{}", proof.text());
    });
}
