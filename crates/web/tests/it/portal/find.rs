//! `GET /find`.

use axum::http::{Method, StatusCode};

use super::story::{MAKER, NAME, id_of, tell};
use crate::site::{on_both, on_sqlite};

#[test]
fn whatever_is_typed_leads_to_the_right_place() {
    on_both(async |site| {
        tell(site).await;
        let (penalty, order) = (id_of("penalty"), id_of("inspection-order"));
        let archive = "/archive/uscc:91420984MA7F3K2R8E".to_owned();
        for (typed, place) in [
            ("91420984MA7F3K2R8E", archive.clone()),
            ("uscc%3A91420984MA7F3K2R8E", archive),
            ("6914209801136", "/archive/gtin:06914209801136".to_owned()),
            ("https%3A%2F%2Fid.gs1.org%2F01%2F06914209801136", String::new()),
            (penalty.as_str(), format!("/records/{penalty}")),
            (order.as_str(), format!("/proof?q={order}")),
        ] {
            let found = site.page_or_file(&format!("/find?q={typed}")).await;
            let text = found.text();
            assert_eq!(found.status, StatusCode::SEE_OTHER, "{typed}: {text}");
            let led = found.header("location").to_owned();
            if place.is_empty() || typed.starts_with("69") {
                assert!(site.page(&led).await.says("小江豚"), "{typed} leads to {led}");
            } else {
                assert_eq!(led, place, "{typed}");
            }
        }
    });
}

#[test]
fn a_name_finds_those_that_are_called_so() {
    on_sqlite(async |site| {
        tell(site).await;
        let page = site.page("/find?q=%E6%B1%9F%E8%B1%9A").await; // 江豚
        assert!(page.says(NAME), "{}", page.text);
        assert!(page.links().contains(&format!("/archive/{MAKER}")));
        let nothing = site.page("/find?q=qqqqqqqq").await;
        assert!(nothing.says("没有找到"), "{}", nothing.text);
        // A code with a slip is told what is wrong with it.
        let slip = site.page("/find?q=6914209801137").await;
        assert!(slip.says("GTIN") && slip.says("text-danger"), "{}", slip.text);
    });
}

#[test]
fn what_was_typed_is_shown_as_text() {
    on_sqlite(async |site| {
        let page = site.page("/find?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
        assert!(!page.says("<script>alert"), "{}", page.text);
        assert!(page.says("&#60;script&#62;alert(1)"), "{}", page.text);
    });
}

#[test]
fn searching_too_often_is_refused_by_address() {
    on_sqlite(async |site| {
        // Behind a proxy on this machine, which names the reader.
        let ask = async |who: &str| {
            let search = site.ask(Method::GET, "/find").from("127.0.0.1");
            search.header("x-forwarded-for", who).send().await
        };
        let mut refused = None;
        for _ in 0..200 {
            let answer = ask("198.51.100.7").await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.unwrap();
        assert!(!refused.header("retry-after").is_empty());
        assert_eq!(ask("198.51.100.8").await.status, StatusCode::OK);
    });
}

#[test]
fn a_number_leads_to_its_record_however_it_is_typed() {
    on_both(async |site| {
        tell(site).await;
        let get = async |typed: &str| {
            let typed: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
            site.page_or_file(&format!("/find?q={typed}")).await
        };
        for typed in ["鄂召〔2026〕27", "鄂召[2026]27号", "鄂召（2026）27"] {
            let answer = get(typed).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{typed}: {}", answer.text());
            let leads = format!("/records/{}", id_of("recall-notice"));
            assert_eq!(answer.header("location"), leads, "{typed}");
        }
        // What is not public is not found by its number, nor what was published and is no more.
        for typed in ["HB-T-2026-118263", "R-2026-9", "鄂市监处罚〔2021〕77"] {
            let answer = get(typed).await;
            assert_eq!(answer.status, StatusCode::OK, "{typed}");
            assert!(!answer.text().contains("/records/"), "{typed}: {}", answer.text());
        }
    });
}
