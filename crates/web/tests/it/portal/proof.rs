//! `/proof`: a proof is checked step by step, and every way of being wrong is told.

use axum::http::{Method, StatusCode};

use super::story::{id_of, tell};
use crate::html::Html;
use crate::samples;
use crate::site::{Site, on_both, on_sqlite};

/// Opens the page and sends its form, in the parts that a browser sends.
async fn send(site: &Site, file: &str, text: &str) -> Html {
    let page = site.page("/proof").await;
    let cookie = page.answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let token = page.text.split("name=\"csrf\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let part = |name: &str, file: &str, value: &str| {
        let file = if file.is_empty() { String::new() } else { format!("; {file}") };
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
    };
    let name = if file.is_empty() { "filename=\"\"" } else { "filename=\"a.tlog-proof\"" };
    let body = [part("csrf", "", token), part("file", name, file), part("text", "", text)].concat();
    let ask = site.ask(Method::POST, "/proof").without("authorization");
    let ask = ask.header("cookie", &cookie).header("accept", "text/html");
    let ask = ask.header("sec-fetch-site", "same-origin");
    let ask = ask.header("content-type", "multipart/form-data; boundary=x");
    Html::of(ask.body(format!("{body}--x--\r\n")).send().await)
}

async fn proof_of(site: &Site, id: &str) -> String {
    site.page_or_file(&format!("/records/{id}/proof")).await.text()
}

#[test]
fn a_right_proof_holds_and_leads_to_its_record() {
    on_both(async |site| {
        tell(site).await;
        let id = id_of("penalty");
        let proof = proof_of(site, &id).await;
        let by_file = send(site, &proof, "").await;
        assert_eq!(by_file.text.matches("verdict is-ok").count(), 5, "{}", by_file.text);
        assert!(
            by_file.says("证明成立") && by_file.says("行政处罚") && by_file.says("zhiheng verify")
        );
        assert!(by_file.links().contains(&format!("/records/{id}")));
        // Pasted: with the line ends of a text field, and without the last one.
        let pasted = send(site, "", proof.replace('\n', "\r\n").trim_end()).await;
        assert_eq!(pasted.text.matches("verdict is-ok").count(), 5, "{}", pasted.text);
    });
}

#[test]
fn a_changed_proof_fails_at_the_step_that_it_breaks() {
    on_sqlite(async |site| {
        tell(site).await;
        let proof = proof_of(site, &id_of("penalty")).await;
        let other = proof_of(site, &id_of("honour")).await;
        let index = |text: &str| {
            let line = text.lines().find(|line| line.starts_with("index ")).unwrap();
            line.to_owned()
        };
        let extra =
            |text: &str| text.lines().find(|line| line.starts_with("extra ")).unwrap().to_owned();
        for (what, changed) in [
            ("nothing", "?".to_owned()),
            ("another place", proof.replacen(&index(&proof), &index(&other), 1)),
            ("another record", proof.replacen(&extra(&proof), &extra(&other), 1)),
            ("another log", proof.replace(&origin(&proof), "elsewhere")),
        ] {
            let page = send(site, &changed, "").await;
            assert_eq!(page.answer.status, StatusCode::OK, "{what}");
            assert!(
                page.says("证明不成立") && page.says("verdict is-danger"),
                "{what}: {}",
                page.text
            );
        }
    });
}

fn origin(proof: &str) -> String {
    // The note begins behind the empty line that ends the hashes.
    proof.split("\n\n").nth(1).unwrap().lines().next().unwrap().to_owned()
}

#[test]
fn a_receipt_is_checked_without_showing_what_is_not_public() {
    on_both(async |site| {
        tell(site).await;
        let hidden = id_of("test-report");
        let page = site.page(&format!("/proof?q={hidden}")).await;
        assert!(page.says("证明成立") && page.says("不公开"), "{}", page.text);
        assert!(!page.says("HB-T-2026-118263") && !page.says("检验报告"), "{}", page.text);
        let public = site.page(&format!("/proof?q={}", id_of("penalty"))).await;
        assert!(public.links().contains(&format!("/records/{}", id_of("penalty"))));
        let none = site.page(&format!("/proof?q={}", samples::id(4711))).await;
        assert!(none.says("没有这个编号"), "{}", none.text);
        let wrong = site.page_as("/proof?q=abc", &[]).await;
        assert_eq!(wrong.answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says("href=\"#f-q\""), "{}", wrong.text);
    });
}

#[test]
fn a_form_that_is_not_ours_is_not_read() {
    on_sqlite(async |site| {
        let body = "csrf=00&file=&text=x";
        let ask = || {
            let ask = site.ask(Method::POST, "/proof").without("authorization");
            ask.header("content-type", "application/x-www-form-urlencoded")
        };
        // No cookie; another token than the cookie's; another site.
        ask().body(body).send().await.problem(403, "form.not_from_here");
        let cookie = format!("form={}", "ab".repeat(32));
        ask().header("cookie", &cookie).body(body).send().await.problem(403, "form.not_from_here");
        ask().body("text=x").send().await.problem(403, "form.not_from_here");
        let json = site.ask(Method::POST, "/proof").header("content-type", "application/json");
        json.body("{}").send().await.problem(415, "body.media_type");
        let large = ask().body(format!("text={}", "x".repeat(300 << 10))).send().await;
        large.problem(413, "body.too_large");
        let empty = send(site, "", " ").await;
        assert_eq!(empty.answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.says("href=\"#f-file\""), "{}", empty.text);
    });
}

#[test]
fn a_malformed_form_in_parts_is_refused() {
    on_sqlite(async |site| {
        for body in
            ["", "--x\r\n", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\u{1}"]
        {
            let ask = site.ask(Method::POST, "/proof").without("authorization");
            let ask = ask.header("content-type", "multipart/form-data; boundary=x");
            let answer = ask.body(body).send().await;
            assert!(answer.status.is_client_error(), "{body:?}: {}", answer.status);
        }
        let ask = site.ask(Method::POST, "/proof").header("content-type", "multipart/form-data");
        ask.body("x").send().await.problem(415, "body.media_type");
    });
}
