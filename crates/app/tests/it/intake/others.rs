//! What others sent is corrected and taken back only by who has power over it.

use std::collections::BTreeSet;

use app::Principal;

use crate::support::*;

/// A program of an office, or of an organization, that may send inspections.
fn program(on_behalf_of: &str, office: Option<&str>, more: &[&str]) -> Principal {
    let may = ["inspection.record", "record.withdraw"].iter().chain(more);
    Principal {
        on_behalf_of: on_behalf_of.to_owned(),
        account: format!("{on_behalf_of}/program"),
        office: office.map(str::to_owned),
        permissions: may.map(|permission| (*permission).to_owned()).collect::<BTreeSet<_>>(),
        person: None,
    }
}

const COUNTY: &str = "420106";
const OTHER_COUNTY: &str = "420111";
const CITY: &str = "420100";

#[test]
fn another_office_neither_corrects_nor_takes_back() {
    on_both(|home| {
        let system = home.open();
        let county = program(COUNTY, Some(COUNTY), &["record.correct"]);
        let other = program(OTHER_COUNTY, Some(OTHER_COUNTY), &["record.correct"]);
        let send = |who: &Principal, record: &serde_json::Value, batch| {
            home.run(system.append(who, vec![draft(record)], batch))
        };
        let first = with(inspection(1), "/office", COUNTY);
        let batch = new_id();
        send(&county, &first, Some(batch)).unwrap();

        let theirs = correcting(with(inspection(1), "/office", OTHER_COUNTY), id_of(&first));
        let fault = only(send(&other, &theirs, None));
        assert_eq!((fault.code, &*fault.pointer), ("door.office", "/corrects"));
        for target in [batch, id_of(&first)] {
            let refused = home.run(system.withdraw(&other, target, "not ours"));
            let fault = only(refused);
            assert_eq!((fault.code, &*fault.pointer), ("door.office", "/withdraws"));
        }
        // Neither in a stream: the line is refused, with its place.
        let refused = home.run(async {
            let mut stream = system.begin_stream(&other, of_batch(new_id()))?;
            stream.push(format!("{theirs}\n").as_bytes()).await?;
            stream.finish().await
        });
        assert_eq!(only(refused).code, "door.office");
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&first)]);

        // The office above may where it is given that; without, not.
        let second = correcting(with(inspection(1), "/office", CITY), id_of(&first));
        let city = program(CITY, Some(CITY), &[]);
        assert_eq!(only(send(&city, &second, None)).code, "door.permission");
        send(&program(CITY, Some(CITY), &["record.correct"]), &second, None).unwrap();
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&second)]);
        // What was the county's is the city's now.
        let third = correcting(with(inspection(1), "/office", COUNTY), id_of(&second));
        assert_eq!(only(send(&county, &third, None)).code, "door.office");
    });
}

#[test]
fn who_sent_it_corrects_and_takes_back_and_no_other_organization() {
    on_both(|home| {
        let system = home.open();
        let own = program("uscc:914201001777000029", None, &["record.correct"]);
        let rival = program("uscc:91350200776049653A", None, &["record.correct"]);
        let send = |who: &Principal, record: &serde_json::Value, batch| {
            home.run(system.append(who, vec![draft(record)], batch))
        };
        let (first, batch) = (inspection(1), new_id());
        send(&own, &first, Some(batch)).unwrap();
        let second = correcting(inspection(1), id_of(&first));
        assert_eq!(only(send(&rival, &second, None)).code, "door.own");
        assert_eq!(only(home.run(system.withdraw(&rival, batch, "not ours"))).code, "door.own");
        send(&own, &second, None).unwrap();
        home.run(system.withdraw(&own, id_of(&second), "sent by mistake")).unwrap();
        home.run(system.withdraw(&own, batch, "sent by mistake")).unwrap();
        assert!(home.ids(&system, "shop:1").is_empty());
    });
}
