//! Rights that end while they are used.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::account::people::{PASSWORD, Staff};
use crate::samples::{MAKER, complaint, id, opinion};
use crate::site::on_both;

#[test]
fn who_is_on_leave_has_nothing_and_who_stands_in_has_it_until_they_are_back() {
    on_both(async |site| {
        let mut record = complaint(1, "p-1");
        (record["region"], record["office"]) = ("420106".into(), "420106".into());
        site.stored(&record).await;
        let mut staff = Staff::start(site).await;
        let (mut away, account) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let (mut deputy, deputies) =
            staff.somebody("wang", "officer", "county-officer", "420502").await;
        let path = format!("/console/records/{}", id(1));
        assert_eq!(away.get(&path).await.status, 200);
        assert_eq!(deputy.get(&path).await.status, 403);
        let page = format!("/console/system/people/{account}");
        let today = site.system.clock().now().day_in_china().to_string();
        staff.guard.page(&page).await;
        let fields = [
            ("away_from", &*today),
            ("away_until", &*today),
            ("delegate", &*deputies),
            ("away_reason", "休假"),
        ];
        let answer = staff.guard.post(&format!("{page}/absences"), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        // At once, in the sessions that there are.
        assert!([303, 403].contains(&away.get(&path).await.status.as_u16()));
        assert_eq!(deputy.get(&path).await.status, 200);
        let shown = staff.guard.page(&page).await;
        let end = shown.text.rfind("/ends/").unwrap() + 6;
        let end = format!("{page}/ends/{}", &shown.text[end..end + 36]);
        let answer = staff.guard.post(&end, &[("end_reason", "提前返岗")]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(deputy.get(&path).await.status, 403);
        assert_eq!(away.get(&path).await.status, 200);
    });
}

#[test]
fn a_password_that_was_changed_opens_nothing_that_was_open() {
    on_both(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, account) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let stolen = officer.cookie("session").unwrap().to_owned();
        assert_eq!(officer.get("/console").await.status, 200);
        let page = format!("/console/system/people/{account}");
        staff.guard.page(&page).await;
        let answer = staff.guard.post(&format!("{page}/recover"), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mut thief = crate::account::people::Browser::new(site);
        thief.set_cookie("session", &stolen);
        for path in ["/console", "/account", "/console/search?q=a"] {
            let answer = thief.get(path).await;
            assert!(answer.header("location").starts_with("/login?then="), "{path}");
        }
        // The old password opens nothing either, until the link was used.
        let mut again = crate::account::people::Browser::new(site);
        again.page("/login").await;
        let fields = [("login", "li.hua"), ("password", PASSWORD)];
        let answer = again.post("/login", &fields).await;
        assert!([303, 422].contains(&answer.status.as_u16()));
        assert_eq!(again.get("/console").await.status, 303);
    });
}

#[test]
fn a_file_that_is_being_taken_away_ends_with_the_role() {
    on_both(async |site| {
        let mut staff = Staff::start(site).await;
        let (officer, account) =
            staff.somebody("li.hua", "officer", "provincial-officer", "420000").await;
        let many = app::reading::MOST_ON_PAGE as u64 + 10;
        let records: Vec<Value> = (1..=many).map(opinion).collect();
        let answer = site.post("/api/v1/records", &records.into()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let known = site.system.reader().size().await.unwrap();
        let merged = site.system.readings().watermark();
        assert!(merged.wait_for(known - 1, Duration::from_secs(20)).await);
        let path = format!("/console/archive/{MAKER}?as=csv&known={known}");
        let session = format!("session={}", officer.cookie("session").unwrap());
        let taken = async || {
            let request = Request::get(&path).header("cookie", &session);
            let request = request.header("accept", "text/html").body(Body::empty()).unwrap();
            site.router.clone().oneshot(request).await.unwrap()
        };
        // Left alone it comes to its end.
        let whole = taken().await;
        assert_eq!(whole.headers()["zhiheng-rows"], many.to_string().as_str());
        assert!(axum::body::to_bytes(whole.into_body(), usize::MAX).await.is_ok());
        let broken_off = taken().await;
        assert_eq!(broken_off.status(), 200);
        let mut parts = broken_off.into_body().into_data_stream();
        let first = parts.next().await.unwrap().unwrap();
        assert!(!first.is_empty());
        let page = format!("/console/system/people/{account}");
        let shown = staff.guard.page(&page).await;
        let end = shown.text.rfind("/ends/").unwrap() + 6;
        let end = format!("{page}/ends/{}", &shown.text[end..end + 36]);
        let answer = staff.guard.post(&end, &[("end_reason", "调离")]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        // Nothing more is read, and nobody takes what came for the whole.
        let mut rest = Vec::new();
        let error = loop {
            match parts.next().await {
                Some(Ok(part)) => rest.extend_from_slice(&part),
                Some(Err(error)) => break error,
                None => panic!("it ended as if it were whole: {}", rest.len()),
            }
        };
        assert!(error.to_string().contains("broke off"), "{error}");
        assert!(rest.is_empty(), "{}", String::from_utf8_lossy(&rest));
    });
}
