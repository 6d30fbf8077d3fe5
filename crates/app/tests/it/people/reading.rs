//! What a person sees of the records: their office's, and no more.

use app::reading::When;
use app::{Principal, System};
use model::RecordId;
use serde_json::Value;

use super::support::*;
use crate::support::*;

fn of_office(number: u64, office: &str) -> Value {
    with(clue(number, office), "/office", office)
}

/// What the public does not see, of no office.
fn clue(number: u64, region: &str) -> Value {
    let source = pack().list("clue-source").unwrap().entries()[0].code.clone();
    serde_json::json!({
        "id": new_id().to_string(), "kind": "clue", "region": region,
        "valid_at": day(number), "source": "test",
        "subjects": [{ "role": "place", "id": format!("shop:{number}") }],
        "open": {
            "number": format!("X-{number}"), "source_type": source, "found_on": "2024-03-01",
            "text": "无证经营",
        },
    })
}

fn listed(
    home: &Home,
    system: &System,
    who: &Principal,
    kind: &str,
    limit: usize,
) -> Vec<RecordId> {
    let when = When { valid: None, known: Some(home.size(system)) };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = system.list(who, kind, &EVERYTHING, when, after, limit);
        let page = home.run(page).unwrap();
        assert!(page.records.len() <= limit);
        found.extend(ids(&page));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let counted = home.run(system.count(who, kind, &EVERYTHING, when)).unwrap();
    assert_eq!(counted.0, found.len() as u64);
    found
}

#[test]
fn an_officer_sees_what_the_office_may_see() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, county) = staff.officer("county", "county-officer", WUCHANG);
        let (_, city) = staff.officer("city", "city-officer", WUHAN);
        let (_, province) = staff.officer("province", "provincial-officer", "420000");
        let (_, station) = staff.officer("station", "station-officer", "420106-01");
        let mut sent = Vec::new();
        for (number, office) in (0..).zip([WUCHANG, WUHAN, XILING, "420106-01", WUCHANG]) {
            let record = of_office(number, if office == "420106-01" { WUCHANG } else { office });
            let record = with(record, "/office", office);
            sent.push(home.send(&system, &record).unwrap().id);
        }
        // One that names no office lies where its region is.
        sent.push(home.send(&system, &clue(9, WUCHANG)).unwrap().id);
        let sees = |who: &Principal, limit| {
            let mut found = listed(home, &system, who, "clue", limit);
            found.sort_unstable_by_key(|id| sent.iter().position(|sent| sent == id));
            found
                .iter()
                .map(|id| sent.iter().position(|sent| sent == id).unwrap())
                .collect::<Vec<_>>()
        };
        for limit in [1, 2, 100] {
            assert_eq!(sees(&province, limit), [0, 1, 2, 3, 4, 5]);
            assert_eq!(sees(&city, limit), [0, 1, 3, 4, 5]);
            assert_eq!(sees(&county, limit), [0, 3, 4, 5]);
            assert_eq!(sees(&station, limit), [3, 5]);
        }
        // By id, as in the list.
        for (who, seen) in [(&city, [true, true, false]), (&county, [true, false, false])] {
            for (at, seen) in seen.into_iter().enumerate() {
                let read = home.run(system.record(who, sent[at], None));
                match (seen, read) {
                    (true, Ok(view)) => assert_eq!(view.stored.id, sent[at]),
                    (false, Err(rejection)) => {
                        assert_eq!(rejection.faults()[0].code, "door.office")
                    }
                    (_, other) => panic!("{other:?}"),
                }
            }
        }
        // What everybody may see, officers may read wherever it is.
        let public = with(with(inspection(7), "/region", XILING), "/office", XILING);
        let public = home.send(&system, &public).unwrap().id;
        assert_eq!(listed(home, &system, &county, "inspection", 10), [public]);
        assert!(home.run(system.record(&county, public, None)).is_ok());
        // On the time line of a subject.
        let when = When { valid: None, known: Some(home.size(&system)) };
        let shop: model::SubjectId = "shop:2".parse().unwrap();
        let page = home.run(system.subject(&county, &shop, None, when, None, 10)).unwrap();
        assert!(page.records.is_empty());
    });
}

#[test]
fn an_officer_writes_for_the_own_office_in_its_region_and_nowhere_else() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, county) = staff.officer("county", "county-officer", WUCHANG);
        let send = |record: &Value| home.run(system.append(&county, vec![draft(record)], None));
        // The office is that of whoever writes, where nothing is said.
        let receipt = send(&clue(1, WUCHANG)).unwrap().remove(0);
        let view = home.record(&system, receipt.id);
        assert_eq!(view.to_json().unwrap()["office"], WUCHANG);
        assert_eq!(view.to_json().unwrap()["author"], WUCHANG);
        assert_eq!(only(send(&of_office(2, XILING))).code, "door.office");
        assert_eq!(only(send(&with(of_office(3, XILING), "/office", WUCHANG))).code, "door.region");
        let order = with(of_office(4, WUCHANG), "/kind", "alert");
        assert_eq!(send(&order).unwrap_err().faults()[0].code, "record.kind");
    });
}

#[test]
fn an_enterprise_sees_what_it_sent_and_not_that_there_is_more() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, maker) = staff.of_organization("maker", "enterprise", MAKER);
        let about = home.send(&system, &of_office(1, WUCHANG)).unwrap().id;
        let read = system.record(&maker, about, None);
        assert_eq!(only(home.run(read)).code, "read.not_found");
        let complaint = home.send(&system, &complaint("T-1", "p-1")).unwrap().id;
        assert_eq!(only(home.run(system.record(&maker, complaint, None))).code, "read.not_found");
        let when = When { valid: None, known: Some(home.size(&system)) };
        let maker_id: model::SubjectId = MAKER.parse().unwrap();
        let page = home.run(system.subject(&maker, &maker_id, None, when, None, 10)).unwrap();
        assert!(page.records.is_empty() && page.next.is_none());
        // Its own it sees, in the list, by id and by subject.
        let code = |list: &str| pack().list(list).unwrap().entries()[0].code.clone();
        let commitment = serde_json::json!({
            "id": new_id().to_string(), "kind": "commitment", "region": "420102",
            "valid_at": day(1), "source": "desk",
            "subjects": [{ "role": "organization", "id": MAKER }],
            "open": {
                "commitment_no": "C-1", "topic": code("commitment-topic"), "text": "不合格不出厂",
                "made_on": "2024-03-01", "outcome": code("commitment-outcome"),
            },
        });
        let own = home.run(system.append(&maker, vec![draft(&commitment)], None)).unwrap();
        let own = own[0].id;
        home.send(
            &system,
            &with(with(commitment, "/id", new_id().to_string()), "/open/commitment_no", "C-2"),
        )
        .unwrap();
        assert_eq!(listed(home, &system, &maker, "commitment", 10), [own]);
        assert!(home.run(system.record(&maker, own, None)).is_ok());
        // What its role does not let it say it cannot say.
        let refused = system.append(&maker, vec![draft(&inspection(5))], None);
        assert_eq!(only(home.run(refused)).code, "door.permission");
    });
}

#[test]
fn personal_data_are_shown_within_scope_and_noted_first() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, county) = staff.officer("county", "county-officer", WUCHANG);
        let (_, station) = staff.officer("station", "station-officer", "420106-01");
        let record =
            with(with(complaint("T-1", "p-1"), "/region", WUCHANG), "/office", "420106-01");
        let id = home.send(&system, &record).unwrap().id;
        let before = home.size(&system);
        let seen = home.run(system.record(&station, id, None)).unwrap();
        assert_eq!(seen.personal[0].shown, app::reading::Shown::Hidden);
        assert_eq!(home.size(&system), before);
        let seen = home.run(system.record(&county, id, None)).unwrap();
        match &seen.personal[0].shown {
            app::reading::Shown::Fields(fields) => assert_eq!(fields["complainant_name"], "王小明"),
            other => panic!("{other:?}"),
        }
        let noted = home.run(system.reader().range(before, 1)).unwrap().remove(0);
        assert_eq!(noted.kind, "audit");
        let said: Value = serde_json::from_slice(&noted.open).unwrap();
        assert_eq!(said["action"], "personal-read");
        assert_eq!(said["records"], serde_json::json!([id.to_string()]));
        assert_eq!(said["persons"], serde_json::json!(["operator/p-1"]));
        assert!(!String::from_utf8_lossy(&noted.open).contains("王小明"));
    });
}
