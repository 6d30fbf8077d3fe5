//! Who informers are: sealed, opened by leave, noted.

use app::people::audit::AuditFilter;
use app::people::vault::NewLeave;
use app::reading::Shown;
use serde_json::{Value, json};
use store::Stored;

use super::support::*;
use crate::support::*;

fn tip_off(number: &str, office: &str) -> Value {
    json!({
        "id": new_id().to_string(),
        "kind": "tip-off",
        "region": office,
        "office": office,
        "valid_at": day(1),
        "source": "test",
        "subjects": [{ "role": "respondent", "id": MAKER }],
        "open": {
            "number": number, "channel": "online",
            "category": pack().list("violation-type").unwrap().entries()[0].code, "named": true,
        },
        "personal": [{ "person": "p-1", "fields": {
            "text": "夜间偷换标签", "informer_name": "赵小乙", "informer_phone": "13911112222"
        } }],
    })
}

fn leave(account: &str, record: model::RecordId, until: clock::Date) -> NewLeave {
    NewLeave { account: account.to_owned(), record, until, reason: "核实举报".to_owned() }
}

#[test]
fn an_informer_is_read_by_leave_of_another_and_each_time_is_noted() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (officer, county) = staff.officer("li.hua", "county-officer", WUCHANG);
        let (head_of, head) = staff.officer("head.wang", "head", WUCHANG);
        let (_, other_head) = staff.officer("head.li", "head", XILING);
        let id = home.send(&system, &tip_off("J-1", WUCHANG)).unwrap().id;
        // With the record everybody who may is shown what was told, and nobody by whom.
        for who in [&county, operator()] {
            let view = home.run(system.record(who, id, None)).unwrap();
            let text = view.to_json().unwrap().to_string();
            assert!(text.contains("夜间偷换标签") && text.contains("\"sealed\""), "{text}");
            assert!(!text.contains("赵小乙") && !text.contains("13911112222"));
            assert!(!text.contains("\\u001f"));
            assert!(view.personal.iter().any(|part| part.shown == Shown::Sealed));
        }
        let read = |who, now| home.run(system.read_informer(now, who, id, "电话核实"));
        assert_eq!(only(read(&county, staff.now)).code, "informer.leave_missing");
        let today = day_of(staff.now);
        let let_read = |who, account: &str| {
            home.run(system.let_read_informer(staff.now, who, &leave(account, id, today)))
        };
        // Only the head of this office, and not for themselves.
        assert_eq!(only(let_read(&county, &officer.id)).code, "door.permission");
        assert_eq!(only(let_read(&other_head, &officer.id)).code, "door.office");
        assert_eq!(only(let_read(&head, &head_of.id)).code, "account.own");
        let_read(&head, &officer.id).unwrap();
        let informers = read(&county, staff.now).unwrap();
        assert_eq!(informers.len(), 1);
        assert_eq!(informers[0].person, "operator/p-1");
        let fields = informers[0].fields.clone().unwrap();
        assert_eq!(
            Value::from(fields),
            json!({ "informer_name": "赵小乙", "informer_phone": "13911112222" })
        );
        // The head, who let it be read, may not read it; nor the operator, whose token is for all.
        assert_eq!(only(read(&head, staff.now)).code, "door.permission");
        assert_eq!(only(read(operator(), staff.now)).code, "door.permission");
        // Tomorrow the leave is over.
        assert_eq!(only(read(&county, later(staff.now, 24 * 60))).code, "informer.leave_missing");
        let filter = |action| AuditFilter { action: Some(action), ..AuditFilter::default() };
        let page = home
            .run(system.audit_trail(&staff.auditor, filter("informer-read"), None, 50))
            .unwrap();
        assert_eq!(page.entries.len(), 1);
        assert_eq!(page.entries[0].account, officer.id);
        assert_eq!(page.entries[0].text("purpose"), Some("电话核实"));
        assert_eq!(page.entries[0].record.open["records"], json!([id.to_string()]));
        let page =
            home.run(system.audit_trail(&staff.auditor, filter("refuse"), None, 50)).unwrap();
        assert!(page.entries.len() >= 5);
    });
}

#[test]
fn a_leave_is_for_one_record_and_ends_when_it_is_ended() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (officer, county) = staff.officer("li.hua", "county-officer", WUCHANG);
        let (_, head) = staff.officer("head.wang", "head", WUCHANG);
        let one = home.send(&system, &tip_off("J-1", WUCHANG)).unwrap().id;
        let two = home.send(&system, &tip_off("J-2", WUCHANG)).unwrap().id;
        let given = leave(&officer.id, one, day_of(staff.now));
        let receipt = home.run(system.let_read_informer(staff.now, &head, &given)).unwrap();
        let read = |id| home.run(system.read_informer(staff.now, &county, id, ""));
        assert!(read(one).is_ok());
        assert_eq!(only(read(two)).code, "informer.leave_missing");
        home.run(system.end_grant(staff.now, &staff.guard, receipt.id, None, "结案")).unwrap();
        assert_eq!(only(read(one)).code, "informer.leave_missing");
        // What keeps no secret is said to keep none.
        let plain = with(with(complaint("T-1", "p-2"), "/region", WUCHANG), "/office", WUCHANG);
        let plain = home.send(&system, &plain).unwrap().id;
        assert_eq!(only(read(plain)).code, "informer.nobody");
    });
}

#[test]
fn a_complaint_keeps_the_name_secret_where_that_is_asked() {
    on_both(|home| {
        let system = home.open();
        let record = with(complaint("T-1", "p-1"), "/open/identity_secret", true);
        let asked = home.send(&system, &record).unwrap().id;
        let not_asked = home.send(&system, &complaint("T-2", "p-1")).unwrap().id;
        let text = |id| home.record(&system, id).to_json().unwrap().to_string();
        assert!(!text(asked).contains("王小明") && text(asked).contains("水壶漏电"));
        assert!(text(not_asked).contains("王小明"));
        // Sent again it is recognised; with another name it is something else.
        assert!(home.send(&system, &record).unwrap().known);
        let other = with(record, "/personal/0/fields/complainant_name", "王大明");
        assert_eq!(only(home.send(&system, &other)).code, "record.id_taken");
    });
}

#[test]
fn the_first_master_key_opens_nothing_of_the_vault() {
    on_both(|home| {
        let system = home.open();
        let id = home.send(&system, &tip_off("J-1", WUCHANG)).unwrap().id;
        let stored: Stored = home.run(system.reader().record(id)).unwrap().unwrap();
        assert_eq!(stored.personal.len(), 2);
        let keys = home.ask("SELECT person, wrapped FROM person_key ORDER BY person", vec![]);
        let keys: Vec<(String, Vec<u8>)> =
            keys.into_iter().map(|mut row| (row.take(0).unwrap(), row.take(1).unwrap())).collect();
        let in_vault = keys.iter().filter(|(person, _)| app::people::vault::is_in_vault(person));
        let in_vault: Vec<_> = in_vault.collect();
        assert_eq!(in_vault.len(), 1);
        let (person, wrapped) = in_vault[0];
        assert!(system.keys().master().open(wrapped, person.as_bytes()).is_err());
        assert!(system.keys().vault().open(wrapped, person.as_bytes()).is_ok());
    });
}

#[test]
fn an_erasure_reaches_the_vault() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (officer, county) = staff.officer("li.hua", "county-officer", WUCHANG);
        let (_, head) = staff.officer("head.wang", "head", WUCHANG);
        let id = home.send(&system, &tip_off("J-1", WUCHANG)).unwrap().id;
        let given = leave(&officer.id, id, day_of(staff.now));
        home.run(system.let_read_informer(staff.now, &head, &given)).unwrap();
        let request = app::erasure::Request { reason: "asked for", request_no: None };
        home.run(system.erase(operator(), "operator/p-1", request)).unwrap();
        let informers = home.run(system.read_informer(staff.now, &county, id, "")).unwrap();
        assert_eq!(informers[0].fields, None);
        let left = home.ask("SELECT person FROM person_key", vec![]);
        assert!(left.is_empty(), "{left:?}");
        // Also after a new start.
        drop(system);
        let system = home.open();
        let view = home.record(&system, id);
        assert!(view.personal.iter().all(|part| part.shown == Shown::Erased));
    });
}
