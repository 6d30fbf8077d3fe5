//! `/api/v1/cases/{id}/documents`.

use serde_json::{Value, json};

use crate::samples::complaint;
use crate::site::{Answer, Site, on_both};

async fn merged(site: &Site, answer: &Answer) -> u64 {
    let known = answer.json()["receipt"]["position"].as_u64().unwrap() + 1;
    site.system.await_merged(known).await.unwrap();
    known
}

/// The case of a complaint that was accepted, and where it is.
async fn accepted(site: &Site) -> String {
    let mut record = complaint(1, "p-1");
    (record["region"], record["office"]) = ("420106".into(), "420106".into());
    let receipt = site.stored(&record).await;
    let known = receipt["position"].as_u64().unwrap() + 1;
    site.system.await_merged(known).await.unwrap();
    let case = format!("/api/v1/cases/{}", receipt["id"].as_str().unwrap());
    let step = json!({
        "step": "accept", "at": "2026-05-04T10:00:00+08:00",
        "form": { "accepted_on": "2026-05-04" },
    });
    let taken = site.post(&format!("{case}/steps"), &step).await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    merged(site, &taken).await;
    case
}

#[test]
fn a_document_is_drawn_up_sealed_served_and_void() {
    on_both(async |site| {
        let case = accepted(site).await;
        let list = format!("{case}/documents");
        let before = site.get(&list).await.json();
        assert_eq!(before["to_make"][0]["template"], "complaint-acceptance");
        let id = crate::samples::id(900);
        let draft = json!({ "id": id, "step": 1 });
        let drawn = site.post(&list, &draft).await;
        assert_eq!(drawn.status, 201, "{}", drawn.text());
        let document = format!("{list}/{id}");
        assert_eq!(drawn.header("location"), document);
        let known = merged(site, &drawn).await;
        // Sent again, it is recognised; another of the step is refused.
        assert_eq!(site.post(&list, &draft).await.status, 200);
        site.post(&list, &json!({ "step": 1 })).await.problem(409, "document.exists");

        let view = site.get(&format!("{document}?known={known}")).await.json();
        assert_eq!((&view["state"], &view["version"]), (&json!("draft"), &json!(1)));
        let text = view["text"].as_str().unwrap();
        assert!(text.contains("2026年5月4日") && text.contains("121号"), "{text}");
        let changed = json!({ "text": format!("{text}另行补充。"), "seen": 1 });
        assert_eq!(site.post(&format!("{document}/text"), &changed).await.status, 201);
        site.post(&format!("{document}/text"), &changed).await.problem(409, "document.moved_on");

        let sealed = site.post(&format!("{document}/seal"), &json!({ "seen": 2 })).await;
        assert_eq!(sealed.status, 201, "{}", sealed.text());
        let number = sealed.json()["number"].as_str().unwrap().to_owned();
        assert!(number.starts_with("武昌区市监投受〔") && number.ends_with("〕1号"), "{number}");
        let day = site.system.clock().now().day_in_china().to_string();
        let service = json!({ "way": "in-person", "tried_on": day, "served_on": day });
        let served = site.post(&format!("{document}/services"), &service).await;
        assert_eq!(served.status, 201, "{}", served.text());
        merged(site, &served).await;
        let again = site.post(&format!("{document}/services"), &service).await;
        again.problem(409, "document.served");
        let void = site.post(&format!("{document}/void"), &json!({ "reason": "有误" })).await;
        assert_eq!(void.json()["number"], Value::from(number.as_str()));
        let known = merged(site, &void).await;
        let all = site.get(&format!("{list}?known={known}")).await.json();
        assert_eq!(all["documents"][0]["state"], "void");
        assert_eq!(all["documents"][0]["services"][0]["outcome"], "served");
        assert_eq!(all["to_make"][0]["step"], 1);

        // What is wrong is told; who may not see the case, sees no document.
        for (path, body) in [
            (list.clone(), json!({ "step": "first" })),
            (format!("{document}/services"), json!({ "way": "post", "tried_on": "today" })),
            (format!("{document}/void"), json!({ "reason": "x", "colour": "red" })),
        ] {
            site.post(&path, &body).await.problem(422, "document.form");
        }
        site.post(&list, &json!({ "step": 7 })).await.problem(422, "document.no_step");
        let none = format!("{list}/{}", crate::samples::id(901));
        site.get(&none).await.problem(404, "document.none");
        let token = site.new_token("weak", "weak", &["complaint.submit"]).await;
        let asked = site.ask(axum::http::Method::GET, &document).token(&token).send().await;
        assert_eq!(asked.status, 403, "{}", asked.text());
    });
}
