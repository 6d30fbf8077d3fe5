//! `GET /api/v1/duties`.

use crate::samples::{complaint, id};
use crate::site::on_both;

#[test]
fn duties_are_told_page_by_page_with_their_law() {
    on_both(async |site| {
        let mut known = 0;
        for number in 1..=3 {
            let stored = site.stored(&complaint(number, "p-1")).await;
            known = stored["position"].as_u64().unwrap() + 1;
        }
        site.system.await_merged(known).await.unwrap();
        let mut found = Vec::new();
        let mut path = "/api/v1/duties?limit=2&procedure=complaint".to_owned();
        loop {
            let page = site.get(&path).await.json();
            let duties = page["duties"].as_array().unwrap();
            assert!(duties.len() <= 2);
            for duty in duties {
                assert_eq!((&duty["kind"], &duty["standing"]), (&"term".into(), &"overdue".into()));
                assert_eq!(duty["term"]["term"], "accept");
                assert!(duty["term"]["law"].as_str().unwrap().contains("121"), "{duty}");
                found.push(duty["case"].as_str().unwrap().to_owned());
            }
            match page["next"].as_str() {
                Some(next) => {
                    path = format!("/api/v1/duties?limit=2&procedure=complaint&after={next}");
                }
                None => break,
            }
        }
        found.sort();
        let mut all: Vec<String> = (1..=3).map(id).collect();
        all.sort();
        assert_eq!(found, all);
        // By the day on which they came nothing was overdue.
        let then = site.get("/api/v1/duties?valid=2026-05-03T09:00:00%2B08:00").await.json();
        let duties = then["duties"].as_array().unwrap();
        assert_eq!(duties.len(), 3);
        assert!(duties.iter().all(|duty| duty["standing"] != "overdue"), "{then}");
        for wrong in ["view=yours", "after=x", "overdue=maybe", "office=999999", "colour=red"] {
            let answer = site.get(&format!("/api/v1/duties?{wrong}")).await;
            assert!(answer.status.is_client_error(), "{wrong}: {}", answer.status);
        }
    });
}
