//! Languages, choices, headers, assets, errors as pages.

use axum::http::{Method, StatusCode};

use crate::html::Html;
use crate::site::on_sqlite;

#[test]
fn a_page_is_in_the_readers_language_and_remembers_a_choice() {
    on_sqlite(async |site| {
        assert!(site.page("/").await.says("<html lang=\"zh-CN\""));
        let english = site.page_as("/", &[("accept-language", "en-US,en;q=0.9")]).await;
        assert!(english.says("<html lang=\"en\""));
        assert_eq!(english.answer.header("content-language"), "en");
        assert_eq!(english.answer.header("set-cookie"), "");
        let chosen = site.page("/?lang=en&theme=dark&size=large").await;
        assert!(chosen.says("<html lang=\"en\" data-theme=\"dark\" data-size=\"large\">"));
        let cookie = chosen.answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let later = site.page_as("/", &[("cookie", &cookie)]).await;
        assert!(later.says("<html lang=\"en\" data-theme=\"dark\" data-size=\"large\">"));
        assert!(later.links().contains("/?lang=zh-CN"));
    });
}

#[test]
fn what_is_wrong_is_a_page_for_people_and_a_document_for_programs() {
    on_sqlite(async |site| {
        let nowhere = site.page_as("/nowhere", &[]).await;
        assert_eq!(nowhere.answer.status, StatusCode::NOT_FOUND);
        assert!(nowhere.says("request.no_such_path"));
        site.get("/nowhere").await.problem(404, "request.no_such_path");
        // The API answers programs, whatever they say that they take.
        let api = site.ask(Method::GET, "/api/v1/nowhere").header("accept", "text/html").send();
        api.await.problem(404, "request.no_such_path");
        let put = site.ask(Method::PUT, "/").header("accept", "text/html");
        let put = Html::of(put.header("sec-fetch-site", "same-origin").send().await);
        assert_eq!(put.answer.status, StatusCode::METHOD_NOT_ALLOWED);
        let long = format!("/?q={}", "x".repeat(9000));
        assert_eq!(site.page_as(&long, &[]).await.answer.status, StatusCode::URI_TOO_LONG);
    });
}

#[test]
fn forms_of_other_sites_are_refused_before_anything_is_read() {
    on_sqlite(async |site| {
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]
        {
            let ask = site.ask(Method::POST, "/proof").header(name, value).header("host", "here");
            ask.send().await.problem(403, "form.not_from_here");
        }
    });
}

#[test]
fn assets_are_named_by_their_content_and_kept_for_good() {
    on_sqlite(async |site| {
        let page = site.page("/").await;
        let assets = page.links().into_iter().filter(|link| link.starts_with("/assets/"));
        let assets: Vec<String> =
            assets.map(|link| link.split('#').next().unwrap().into()).collect();
        assert!(assets.len() >= 3, "{assets:?}");
        for path in assets {
            let plain = site.get(&path).await;
            assert_eq!(plain.status, StatusCode::OK, "{path}");
            assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(plain.header("x-content-type-options"), "nosniff");
            let packed = site.ask(Method::GET, &path).header("accept-encoding", "br, gzip").send();
            let packed = packed.await;
            assert_eq!(packed.header("content-encoding"), "gzip");
            let mut unpacked = Vec::new();
            let mut decoder = flate2::read::GzDecoder::new(&packed.body[..]);
            std::io::Read::read_to_end(&mut decoder, &mut unpacked).unwrap();
            assert_eq!(unpacked, plain.body);
            let refused = site.ask(Method::GET, &path).header("accept-encoding", "gzip;q=0").send();
            assert_eq!(refused.await.header("content-encoding"), "");
        }
        site.get("/assets/zhiheng.0000000000000000.css").await.problem(404, "request.no_such_path");
        let up = site.get("/assets/..%2f..%2fCargo.toml").await;
        up.problem(404, "request.no_such_path");
    });
}

#[test]
fn a_page_tells_the_browser_how_it_may_be_used() {
    on_sqlite(async |site| {
        let page = site.page("/").await;
        assert_eq!(page.answer.header("referrer-policy"), "same-origin");
        assert_eq!(page.answer.header("cross-origin-opener-policy"), "same-origin");
        assert!(page.answer.header("permissions-policy").contains("camera=()"));
        assert_eq!(page.answer.header("strict-transport-security"), "");
        let secure = site.page_as("/?lang=en", &[("x-forwarded-proto", "https")]).await;
        assert!(secure.answer.header("strict-transport-security").starts_with("max-age="));
        assert!(secure.answer.header("set-cookie").ends_with("; Secure"));
    });
}
