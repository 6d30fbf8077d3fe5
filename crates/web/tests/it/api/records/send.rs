//! `POST /api/v1/records`, one record or a list.

use serde_json::{Value, json};

use crate::samples::{complaint, id, opinion};
use crate::site::on_both;

#[test]
fn a_record_goes_in_and_comes_out() {
    on_both(async |site| {
        let answer = site.post("/api/v1/records", &opinion(1)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let receipt = answer.json();
        assert_eq!(receipt["id"], opinion(1)["id"]);
        assert_eq!(receipt["known"], false);
        let place = format!("/api/v1/records/{}", receipt["id"].as_str().unwrap());
        assert_eq!(answer.header("location"), place);
        let shown = site.get(&place).await;
        assert_eq!(shown.status, 200);
        let shown = shown.json();
        assert_eq!(shown["open"], opinion(1)["open"]);
        assert_eq!(shown["author"], "hubei-lab");
        assert_eq!(shown["standing"], json!({ "counts": true }));
        assert_eq!(shown["position"], receipt["position"]);
    });
}

#[test]
fn sent_again_it_is_known_and_with_other_content_refused() {
    on_both(async |site| {
        let draft = opinion(1);
        let first = site.stored(&draft).await;
        let again = site.post("/api/v1/records", &draft).await;
        assert_eq!(again.status, 200);
        assert_eq!(again.json()["known"], true);
        assert_eq!(again.json()["position"], first["position"]);
        let mut other = draft;
        other["open"]["title"] = "another".into();
        let refused = site.post("/api/v1/records", &other).await;
        refused.problem(409, "record.id_taken");
    });
}

#[test]
fn a_list_is_stored_wholly_or_not_at_all() {
    on_both(async |site| {
        let list: Vec<Value> = (1..=3).map(opinion).collect();
        let mut wrong = list.clone();
        wrong[1]["open"]["source_type"] = "rumour".into();
        wrong[2]["region"] = "999999".into();
        let refused = site.post("/api/v1/records", &wrong.into()).await;
        assert_eq!(refused.status, 422);
        let errors = refused.json()["errors"].clone();
        let places: Vec<_> =
            errors.as_array().unwrap().iter().map(|e| (&e["record"], &e["pointer"])).collect();
        assert_eq!(
            places,
            [(&json!(1), &json!("/open/source_type")), (&json!(2), &json!("/region"))]
        );
        for number in 1..=3 {
            let place = format!("/api/v1/records/{}", list[number - 1]["id"].as_str().unwrap());
            site.get(&place).await.problem(404, "read.not_found");
        }
        let batch = id(100);
        let path = format!("/api/v1/records?batch={batch}");
        let stored = site.post(&path, &list.clone().into()).await;
        assert_eq!(stored.status, 201, "{}", stored.text());
        let stored = stored.json();
        assert_eq!(stored["receipts"].as_array().unwrap().len(), 3);
        assert_eq!(stored["batch"], batch);
        let closing = stored["closing"]["position"].as_u64().unwrap();
        assert_eq!(closing, stored["receipts"][2]["position"].as_u64().unwrap() + 1);
        let again = site.post(&path, &list.into()).await;
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(again.json()["closing"]["position"], closing);
    });
}

#[test]
fn a_sender_may_wait_for_the_signature() {
    on_both(async |site| {
        let answer = site.post("/api/v1/records?wait=signed", &opinion(1)).await;
        let receipt = answer.json();
        let note = receipt["checkpoint"].as_str().unwrap();
        let note = ledger::SignedCheckpoint::parse(note.as_bytes()).unwrap();
        assert!(note.checkpoint().size > receipt["log"]["index"].as_u64().unwrap());
        assert_eq!(note.checkpoint().origin, receipt["log"]["origin"].as_str().unwrap());
        let list = json!([opinion(2), complaint(3, "p-1")]);
        let answer = site.post("/api/v1/records?wait=signed", &list).await;
        assert!(answer.json()["checkpoint"].is_string(), "{}", answer.text());
    });
}
