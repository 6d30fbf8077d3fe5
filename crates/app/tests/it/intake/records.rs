//! One record, and several in one request.

use app::reading::{Selection, When};
use app::{Principal, Rejection};
use serde_json::json;

use crate::support::*;

#[test]
fn a_right_record_gets_a_receipt_and_comes_back() {
    on_both(|home| {
        let system = home.open();
        let report = test_report("B-1", "p-1", system.clock().now());
        let records = [inspection(1), inspection(2), complaint("T-1", "p-1"), report];
        for record in &records {
            // That somebody read a personal part is a record too.
            let at = home.size(&system);
            let receipt = home.send(&system, record).unwrap();
            assert_eq!((receipt.position, receipt.known), (at, false));
            assert_eq!(receipt.id, id_of(record));
            assert_eq!((receipt.log, receipt.index), (system.published().origin, at));
            let view = home.record(&system, receipt.id);
            assert_eq!(serde_json::Value::from(view.open.clone()), record["open"]);
            assert!(view.standing.counts);
            // Whoever has a receipt sees the record on the page of its subject.
            let subject = record["subjects"][0]["id"].as_str().unwrap();
            let when = When { valid: None, known: Some(receipt.position + 1) };
            assert!(ids(&home.subject_when(&system, subject, when)).contains(&receipt.id));
        }
        let when = When { valid: None, known: Some(home.size(&system)) };
        let list = |kind: &str, filter, region| {
            let selection = Selection { filter, region };
            let asked = system.list(operator(), kind, &selection, when, None, 100);
            let page = home.run(asked).unwrap();
            let count = system.count(operator(), kind, &selection, when);
            assert_eq!(home.run(count).unwrap().0, page.records.len() as u64);
            ids(&page)
        };
        let (one, two) = (id_of(&records[0]), id_of(&records[1]));
        assert_eq!(list("inspection", None, None), [two, one]);
        assert_eq!(list("inspection", Some("result == 'fail'"), None), [one]);
        assert_eq!(list("inspection", Some("minor_count >= 2"), Some("420100")), [two]);
        assert_eq!(list("inspection", None, Some("420200")), []);
        assert_eq!(list("complaint", Some("category == 'quality'"), None), [id_of(&records[2])]);
        let wrong = Selection { filter: Some("colour == 'red'"), region: None };
        let asked = system.list(operator(), "inspection", &wrong, when, None, 100);
        assert_eq!(only(home.run(asked)).code, "read.filter");
        let all = Selection::default();
        let none = system.list(operator(), "nothing", &all, when, None, 9);
        assert_eq!(only(home.run(none)).code, "record.kind");
    });
}

#[test]
fn a_record_sent_again_gets_the_first_receipt() {
    on_both(|home| {
        let system = home.open();
        let record = complaint("T-1", "p-1");
        let first = home.send(&system, &record).unwrap();
        let size = home.size(&system);
        let again = home.send(&system, &record).unwrap();
        assert!(again.known && !first.known);
        assert_eq!((again.position, again.index), (first.position, first.index));
        // Also by a program that was started anew, and in one request with a new record.
        drop(system);
        let system = home.open();
        let both = home.send_all(&system, &[inspection(1), record.clone()], None).unwrap();
        assert_eq!((both[0].known, both[1].known), (false, true));
        assert_eq!(both[1].position, first.position);
        assert_eq!(home.size(&system), size + 1);
        // Anything else under the id is refused, also in the personal part.
        for other in [
            with(record.clone(), "/open/number", "T-2"),
            with(record.clone(), "/personal/0/fields/complainant_name", "李小明"),
            with(record.clone(), "/personal/0/person", "p-2"),
            with(record.clone(), "/valid_at", day(2)),
            with(record.clone(), "/region", "420103"),
            with(record.clone(), "/source", "other"),
        ] {
            assert_eq!(home.refused(&system, &other), [("record.id_taken", String::new())]);
        }
        // Somebody else's record is another, whatever it says.
        let other = Principal { on_behalf_of: "other".into(), ..Principal::operator() };
        let refused = home.run(system.append(&other, vec![draft(&record)], None));
        assert_eq!(only(refused).code, "record.id_taken");
        assert_eq!(home.size(&system), size + 1);
    });
}

#[test]
fn a_request_is_stored_wholly_or_not_at_all() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &inspection(1)).unwrap();
        let size = home.size(&system);
        // Half of it is wrong by itself: all faults are told, with the record of each.
        let records = [
            inspection(2),
            with(inspection(3), "/region", "999999"),
            inspection(4),
            with(with(inspection(5), "/open/sort", "nightly"), "/region", "999999"),
        ];
        let rejection = home.send_all(&system, &records, None).unwrap_err();
        assert!(matches!(rejection, Rejection::Invalid(_)) && !rejection.is_retryable());
        let mut faults: Vec<_> =
            check(rejection.faults()).into_iter().map(|f| (f.record.unwrap(), f.pointer)).collect();
        faults.sort_unstable();
        assert_eq!(
            faults,
            [(1, "/region".into()), (3, "/open/sort".into()), (3, "/region".into())]
        );
        // Half of it does not fit what is stored.
        let records = [inspection(2), with(inspection(6), "/open/inspection_no", "J-1")];
        let fault = only(home.send_all(&system, &records, None));
        assert_eq!((fault.code, fault.record), ("record.not_unique", Some(1)));
        // Two of it do not fit each other.
        let records = [inspection(7), with(inspection(8), "/open/inspection_no", "J-7")];
        let fault = only(home.send_all(&system, &records, None));
        assert_eq!((fault.code, fault.record), ("record.not_unique", Some(1)));
        assert_eq!(home.size(&system), size);
        assert!(home.ids(&system, "shop:2").is_empty());
        let sent = home.run(system.append(operator(), Vec::new(), None));
        assert_eq!(only(sent).code, "request.count");
        let many: Vec<_> = (0..1001).map(|n| draft(&inspection(n))).collect();
        assert_eq!(only(home.run(system.append(operator(), many, None))).code, "request.count");
        let most: Vec<_> = (100..1100).map(|n| draft(&inspection(n))).collect();
        let receipts = home.run(system.append(operator(), most, None)).unwrap();
        assert_eq!(receipts.len(), 1000);
        assert_eq!(home.size(&system), size + 1000);
    });
}

#[test]
fn who_may_not_is_told_what_is_missing() {
    on_each(&[false], |home| {
        let system = home.open();
        let record = inspection(1);
        let send =
            |who: &Principal, record| home.run(system.append(who, vec![draft(record)], None));
        let fault = only(send(&somebody(&["archive.view"]), &record));
        assert_eq!(fault.code, "door.permission");
        assert!(fault.en.contains("inspection.record") && fault.zh.contains("inspection.record"));
        let district =
            Principal { office: Some("420102".to_owned()), ..somebody(&["inspection.record"]) };
        let elsewhere = with(inspection(2), "/office", "420103");
        assert_eq!(only(send(&district, &elsewhere)).code, "door.office");
        send(&district, &record).unwrap();
        let asked = home.run(system.record(&district, id_of(&record), None));
        assert_eq!(only(asked.map(|_| ())).code, "door.permission");
        let view = home.record(&system, id_of(&record)).to_json().unwrap();
        // The office of who sends it, where the record names none.
        assert_eq!(view["office"], "420102");
        let nobody = home.run(system.record(operator(), new_id(), None));
        assert_eq!(only(nobody.map(|_| ())).code, "read.not_found");
        let unseen = home.run(system.record(operator(), id_of(&record), Some(1)));
        assert_eq!(only(unseen.map(|_| ())).code, "read.not_found");
        let when = When { valid: None, known: Some(1000) };
        assert_eq!(only(home.run(system.as_of(when))).code, "read.known");
    });
}

#[test]
fn what_the_program_writes_itself_is_not_taken_from_senders() {
    on_both(|home| {
        let system = home.open();
        let own = |kind: &str, open: serde_json::Value| {
            json!({ "id": new_id().to_string(), "kind": kind, "region": "420000",
                "valid_at": day(1), "source": "test", "open": open })
        };
        let size = home.size(&system);
        let records = [
            own("batch", json!({ "records": 1 })),
            own("erasure", json!({ "person": "p", "reason": "r", "outcome": "erased" })),
            own("pack-activation", json!({ "pack_digest": "00" })),
        ];
        for record in &records {
            let refused = home.refused(&system, record);
            assert_eq!(refused, [("record.own_kind", "/kind".to_owned())]);
            // It would end the batch before its last record.
            let with_batch =
                home.send_all(&system, &[record.clone(), inspection(1)], Some(new_id()));
            assert_eq!(only(with_batch).code, "record.own_kind");
            let lines = format!("{record}\n{}\n", inspection(1));
            let refused = home.stream(&system, &lines, Default::default());
            assert_eq!(only(refused).code, "record.own_kind");
        }
        assert_eq!(home.size(&system), size);
    });
}
