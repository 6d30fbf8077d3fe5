//! `/api/v1/records/{id}/attachments`.

use axum::http::Method;
use serde_json::json;

use crate::samples::{complaint, id, opinion};
use crate::site::on_both;

#[test]
fn a_program_attaches_lists_and_opens() {
    on_both(async |site| {
        site.stored(&opinion(1)).await;
        let path = format!("/api/v1/records/{}/attachments", id(1));
        let pdf = b"%PDF-1.7 as printed".to_vec();
        let post = |query: &str| site.ask(Method::POST, &format!("{path}{query}"));
        let sent = post("?name=page.pdf&note=printed").body(pdf.clone()).send().await;
        assert_eq!(sent.status, 201, "{}", sent.text());
        let known = sent.json()["position"].as_u64().unwrap() + 1;
        let listed = site.get(&format!("{path}?known={known}")).await.json();
        let found = &listed["attachments"][0];
        assert_eq!(found["name"], "page.pdf");
        assert_eq!(
            (&found["media_type"], &found["bytes"], &found["state"], &found["sealed"]),
            (&json!("application/pdf"), &json!(19), &json!("open"), &json!(false))
        );
        let file = found["file"].as_str().unwrap();
        let opened = site.get(file).await;
        assert_eq!((opened.status.as_u16(), opened.body.as_slice()), (200, &pdf[..]));
        assert!(opened.header("content-disposition").starts_with("attachment; "));
        // Types by content, whatever is said of it; too large; no such record; another's token.
        let svg = post("").header("content-type", "image/png").body("<svg/>").send().await;
        svg.problem(422, "attachment.format");
        let large = vec![b'x'; (20 << 20) + 1];
        post("").body(large).send().await.problem(413, "body.too_large");
        let nowhere = format!("/api/v1/records/{}/attachments", id(9));
        let ask = site.ask(Method::POST, &nowhere).body(pdf.clone());
        ask.send().await.problem(404, "read.not_found");
        let reader = site.new_token("reader", "station", &["archive.view"]).await;
        let ask = site.ask(Method::POST, &path).token(&reader).body(pdf.clone());
        ask.send().await.problem(403, "door.permission");
        let none = site.new_token("none", "station", &["clue.report"]).await;
        for path in [path.as_str(), file] {
            site.ask(Method::GET, path).token(&none).send().await.problem(403, "door.permission");
        }
        // One that shows a person needs the permission to read what is personal.
        site.stored(&complaint(2, "p-1")).await;
        let path = format!("/api/v1/records/{}/attachments", id(2));
        // Who complains may be an informer, and a document cannot be rid of what it tells of them.
        let sent = site.ask(Method::POST, &path).body(pdf).send().await;
        assert_eq!(sent.status, 422, "{}", sent.text());
        let picture = crate::console::attachments::png();
        let sent = site.ask(Method::POST, &path).body(picture).send().await;
        let known = sent.json()["position"].as_u64().unwrap() + 1;
        let list = format!("{path}?known={known}");
        let hidden = site.ask(Method::GET, &list).token(&reader).send().await.json();
        assert_eq!(hidden["attachments"][0]["state"], "hidden");
        assert_eq!(hidden["attachments"][0].get("file"), None);
        let shown = site.get(&list).await.json();
        let file = shown["attachments"][0]["file"].as_str().unwrap();
        assert_eq!(site.get(file).await.status, 200);
        let refused = site.ask(Method::GET, file).token(&reader).send().await;
        refused.problem(403, "door.permission");
    });
}
