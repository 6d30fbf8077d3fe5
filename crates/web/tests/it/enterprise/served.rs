//! What an enterprise sees at its desk, and what it never sees.

use std::sync::Arc;

use app::Principal;
use axum::http::StatusCode;
use web::page::visitor::{Desk, Visitor};

use crate::console::visitor::{Officer, at};
use crate::portal::story::{MAKER, id_of, tell};
use crate::samples;
use crate::site::{Site, on_both, on_sqlite};

/// Somebody of an organization.
fn desk_of(site: &Site, organization: &str) -> Officer {
    let visitor = (*at(Desk::Enterprise, &[])).clone();
    let principal = Principal {
        on_behalf_of: organization.to_owned(),
        permissions: Default::default(),
        ..Principal::operator()
    };
    Officer::of(site, Arc::new(Visitor { principal: Arc::new(principal), ..visitor }))
}

#[test]
fn what_was_served_is_shown_whole_and_nothing_else() {
    on_both(async |site| {
        tell(site).await;
        let mut complaint = samples::complaint(901, "p-1");
        complaint["subjects"][0]["id"] = MAKER.into();
        site.stored(&complaint).await;
        let desk = desk_of(site, MAKER);
        let page = desk.page("/enterprise").await;
        // A report that is not public, and a penalty that is no longer.
        for shown in ["HB-T-2026-118263", "〔2026〕312", "〔2021〕77"] {
            assert!(page.says(shown), "{shown}: {}", page.text);
        }
        for hidden in ["R-2026-9", "C-901", "检查任务单"] {
            assert!(!page.says(hidden), "{hidden}: {}", page.text);
        }
        let report = id_of("test-report");
        let record = desk.page(&format!("/enterprise/records/{report}")).await;
        assert!(record.says("0.86 %") && record.says("抽"), "{}", record.text);
        let proof = desk.get(&format!("/enterprise/records/{report}/proof")).await;
        assert!(proof.text().contains("extra "), "{}", proof.text());
        let public = desk.page("/enterprise/archive").await;
        assert!(public.says("〔2026〕312") && !public.says("HB-T-2026-118263"));
        let csv = desk.get("/enterprise?as=csv").await;
        assert!(csv.text().contains("HB-T-2026-118263") && !csv.text().contains("R-2026-9"));
    });
}

#[test]
fn its_products_have_their_codes_and_labels_here() {
    on_sqlite(async |site| {
        tell(site).await;
        let page = desk_of(site, MAKER).page("/enterprise/trace?lang=zh-CN").await;
        assert!(page.says("/epcis/capture") && page.says("我的产品"), "{}", page.text);
        let other = desk_of(site, "uscc:91420106MA4KLAB03N").page("/enterprise/trace").await;
        assert!(other.says("还没有登记的产品"), "{}", other.text);
        assert!(page.text != other.text, "{}", page.text);
    });
}

#[test]
fn the_records_of_others_are_not_there() {
    on_sqlite(async |site| {
        tell(site).await;
        let other = desk_of(site, "uscc:91420106MA4KLAB03N");
        for kind in ["test-report", "penalty", "inspection-order"] {
            let path = format!("/enterprise/records/{}", id_of(kind));
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{kind}");
            let path = format!("{path}/proof");
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{kind}");
        }
        // Its own order is not served on it before it is carried out.
        let own = desk_of(site, MAKER);
        let path = format!("/enterprise/records/{}", id_of("inspection-order"));
        assert_eq!(own.get(&path).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn who_is_not_logged_in_is_led_to_the_log_in() {
    on_sqlite(async |site| {
        for path in ["/enterprise", "/enterprise/archive"] {
            let answer = site.page_or_file(path).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            assert!(answer.header("location").starts_with("/login?then=%2Fenterprise"), "{path}");
        }
        // An officer has no desk of an enterprise.
        let officer = Officer::new(site);
        assert!(!officer.get("/enterprise").await.status.is_success());
    });
}
