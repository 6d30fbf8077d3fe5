//! `GET /api/v1/records/{id}`.

use axum::http::Method;

use crate::samples::{complaint, id, opinion};
use crate::site::on_both;

#[test]
fn the_tag_changes_with_the_standing() {
    on_both(async |site| {
        let receipt = site.post("/api/v1/records?wait=signed", &opinion(1)).await.json();
        let path = format!("/api/v1/records/{}", id(1));
        let first = site.get(&path).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with("W/\""), "{tag}");
        let again = site.ask(Method::GET, &path).header("if-none-match", &tag).send().await;
        assert_eq!(again.status, 304);
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), tag);
        let mut correction = opinion(1);
        correction["id"] = id(2).into();
        correction["corrects"] = id(1).into();
        correction["open"]["title"] = "corrected".into();
        site.stored(&correction).await;
        let now = site.ask(Method::GET, &path).header("if-none-match", &tag).send().await;
        assert_eq!(now.status, 200);
        assert_ne!(now.header("etag"), tag);
        assert_eq!(now.json()["standing"]["corrected_by"], id(2));
        // As it stood when only the first was known.
        let known = receipt["position"].as_u64().unwrap() + 1;
        let then = format!("{path}?known={known}");
        let then = site.ask(Method::GET, &then).header("if-none-match", &tag).send().await;
        assert_eq!(then.status, 304);
        let before = site.get(&format!("{path}?known={}", known - 1)).await;
        before.problem(404, "read.not_found");
        let problem = site.get(&format!("{path}?known=99999")).await.problem(400, "read.known");
        assert_eq!(problem["errors"][0]["parameter"], "known");
        site.get(&format!("{path}?known=-1")).await.problem(400, "query.value");
        site.get("/api/v1/records/7").await.problem(400, "path.id");
        site.get(&format!("/api/v1/records/{}", id(9))).await.problem(404, "read.not_found");
    });
}

#[test]
fn what_is_said_of_persons_is_shown_to_those_who_may_see_it() {
    on_both(async |site| {
        site.stored(&complaint(1, "p-1")).await;
        let path = format!("/api/v1/records/{}", id(1));
        let shown = site.get(&path).await.json();
        assert_eq!(shown["personal"][0]["person"], "hubei-lab/p-1");
        assert_eq!(shown["personal"][0]["fields"]["complainant_name"], "张三");
        let reader = site.new_token("reader", "station", &["archive.view"]).await;
        let hidden = site.ask(Method::GET, &path).token(&reader).send().await;
        assert_eq!(hidden.json()["personal"][0]["state"], "hidden");
        assert_ne!(hidden.header("etag"), site.get(&path).await.header("etag"));
    });
}
