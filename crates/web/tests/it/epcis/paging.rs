//! Pages while events arrive.

use axum::http::{Method, StatusCode};

use super::support::{document, event, ids, problem};
use crate::site::on_both;

#[test]
fn pages_have_each_event_once_while_more_arrive() {
    on_both(async |site| {
        let events: Vec<String> = (0..25).map(event).collect();
        site.capture(document(&events), "rollback").await;
        site.merged().await;
        for order in ["", "&orderBy=eventTime", "&orderBy=recordTime"] {
            let mut path = format!("/epcis/events?EQ_bizStep=shipping&perPage=4{order}");
            let (mut seen, mut number) = (Vec::new(), 100);
            let before = ids(&site.get("/epcis/events?perPage=1000").await).len();
            loop {
                let answer = site.get(&path).await;
                seen.extend(ids(&answer));
                // Events come between two pages.
                let step = format!("urn:uuid:{}-", order.len());
                let more = event(number).replace("urn:uuid:e-", &step);
                assert_eq!(site.post_event(&more).await.status, StatusCode::CREATED);
                number += 1;
                let link = answer.header("link").to_owned();
                if link.is_empty() {
                    break;
                }
                path = link.split(['<', '>']).nth(1).unwrap().to_owned();
            }
            let number = seen.len();
            seen.sort();
            seen.dedup();
            assert_eq!((seen.len(), number), (before, before), "{order}");
            site.merged().await;
        }
    });
}

#[test]
fn a_token_is_of_its_question_and_may_be_taken_back() {
    on_both(async |site| {
        let events: Vec<String> = (0..5).map(event).collect();
        site.capture(document(&events), "rollback").await;
        site.merged().await;
        let first = site.get("/epcis/events?perPage=2").await;
        let link = first.header("link").split(['<', '>']).nth(1).unwrap().to_owned();
        assert_eq!(ids(&site.get(&link).await).len(), 2);
        let other = link.replace("/events?", "/events?EQ_action=OBSERVE&");
        problem(&site.get(&other).await, 400, "QueryParameterException");
        let token = link.split("nextPageToken=").nth(1).unwrap();
        let gone = site.ask(Method::DELETE, &format!("/epcis/nextPageToken/{token}")).send().await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        problem(&site.get(&link).await, 400, "QueryParameterException");
    });
}
