//! Erasing what records say of a person.

use std::fs;
use std::path::Path;
use std::time::Duration;

use app::erasure::{Erasure, Request};
use app::{Principal, Rejection, System};
use model::{RecordId, Timestamp};
use serde_json::{Value, json};

use crate::support::*;

const PERSON: &str = "operator/p-1";

fn erase(home: &Home, system: &System, person: &str) -> Result<Erasure, Rejection> {
    let request = Request { reason: "asked for", request_no: Some("E-1") };
    home.run(system.erase(operator(), person, request))
}

/// What a reader sees of the first person of a record: the name, or the state.
fn seen_by(home: &Home, system: &System, who: &Principal, id: RecordId) -> Value {
    let view = home.run(system.record(who, id, None)).unwrap().to_json().unwrap();
    let part = &view["personal"][0];
    let name = part["fields"]
        .as_object()
        .and_then(|f| f.get("complainant_name").or_else(|| f.get("signatory")).cloned());
    name.unwrap_or_else(|| part["state"].clone())
}

fn seen(home: &Home, system: &System, id: RecordId) -> Value {
    seen_by(home, system, operator(), id)
}

/// The key of a person as it is stored.
fn key(home: &Home, person: &str) -> Option<Vec<u8>> {
    let sql = "SELECT wrapped FROM person_key WHERE person = $1";
    home.ask(sql, vec![person.into()]).first_mut().map(|row| row.take(0).unwrap())
}

/// Files under a folder that have these bytes.
fn files_with(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let files = testkit::files_under(folder).into_iter();
    let has = files.filter(|path| {
        let content = fs::read(path).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes)
    });
    has.map(|path| path.display().to_string()).collect()
}

#[test]
fn what_was_erased_is_gone_and_still_proved() {
    on_both(|home| {
        let system = home.open();
        let (one, two) = (complaint("T-1", "p-1"), complaint("T-2", "p-1"));
        let other = complaint("T-3", "p-2");
        for record in [&one, &two, &other] {
            home.send(&system, record).unwrap();
        }
        assert_eq!(seen(home, &system, id_of(&one)), "王小明");
        let reader = somebody(&["archive.view"]);
        assert_eq!(seen_by(home, &system, &reader, id_of(&one)), "hidden");
        let mut signed = reader.clone();
        signed.permissions.insert("personal.view".to_owned());
        assert_eq!(seen_by(home, &system, &signed, id_of(&one)), "王小明");
        let key_before = key(home, PERSON).unwrap();
        if !home.is_postgres() {
            assert!(!files_with(home.data(), &key_before[13..45]).is_empty());
        }
        // Who may not, and of whom nothing is known.
        let denied = home.run(system.erase(&signed, PERSON, Request::default()));
        assert_eq!(only(denied).code, "door.permission");
        assert_eq!(only(erase(home, &system, "operator/p-9")).code, "erasure.nobody");
        // The pseudonym alone is nobody: senders name persons each by themselves.
        assert_eq!(only(erase(home, &system, "p-1")).code, "erasure.nobody");

        let Erasure::Erased { receipt, records } = erase(home, &system, PERSON).unwrap() else {
            panic!("no law keeps a complaint");
        };
        assert_eq!(records, 2);
        let said = home.record(&system, receipt.id);
        assert_eq!(
            (&said.open["person"], &said.open["outcome"]),
            (&json!(PERSON), &json!("erased"))
        );
        for record in [&one, &two] {
            assert_eq!(seen(home, &system, id_of(record)), "erased");
            assert_eq!(seen_by(home, &system, &reader, id_of(record)), "erased");
        }
        assert_eq!(seen(home, &system, id_of(&other)), "王小明");
        assert_eq!(only(erase(home, &system, PERSON)).code, "erasure.nobody");
        // The record stands and is proved. Sent again it is refused: without the key nobody can
        // tell, not even the store, whether it says the same of the person.
        assert_eq!(home.refused(&system, &one)[0].0, "record.id_taken");
        assert!(home.run(system.evidence().wait_for(receipt.position, Duration::from_secs(20))));
        for record in [&one, &two] {
            let stored = home.run(system.stored(operator(), id_of(record))).unwrap();
            let proof = home.run(system.evidence().proof(system.reader(), &stored)).unwrap();
            let proof = proof.unwrap();
            let opening = proof.opening().unwrap().unwrap();
            let leaf = opening.leaf(Some(&stored.envelope)).unwrap();
            proof.verify_inclusion(&ledger::Hash::of_leaf(&leaf.to_bytes())).unwrap();
        }
        assert_eq!(key(home, PERSON), None);
        if !home.is_postgres() {
            assert_eq!(files_with(home.data(), &key_before[13..45]), [] as [String; 0]);
        }

        // A new record on the same person has a new key; the old ones stay erased.
        let new = complaint("T-4", "p-1");
        home.send(&system, &new).unwrap();
        assert_ne!(key(home, PERSON).unwrap(), key_before);
        let check = |system: &System| {
            assert_eq!(seen(home, system, id_of(&new)), "王小明");
            assert_eq!(seen(home, system, id_of(&one)), "erased");
            assert_eq!(home.subject(system, MAKER).records.len(), 4);
        };
        check(&system);
        drop(system);
        let system = home.open();
        check(&system);
        drop(system);
        if !home.is_postgres() {
            assert_eq!(files_with(home.data(), &key_before[13..45]), [] as [String; 0]);
        }
    });
}

#[test]
fn what_a_law_keeps_is_restricted() {
    on_both(|home| {
        let system = home.open();
        let now = system.clock().now();
        drop(system);
        let system = home.open();
        let kept = test_report("B-1", "p-1", now);
        let free = complaint("T-1", "p-1");
        home.send(&system, &kept).unwrap();
        home.send(&system, &free).unwrap();
        // Kept from 2020 on, by now no more; and before the rule there was none.
        let past = test_report("B-2", "p-2", "2020-03-01T00:00:00Z".parse().unwrap());
        home.send(&system, &past).unwrap();
        drop(system);
        let (copy, checkpoint) = (home.copy(), fs::read(home.checkpoint()).unwrap());
        let system = home.open();
        let erased = erase(home, &system, "operator/p-2").unwrap();
        assert!(matches!(erased, Erasure::Erased { records: 1, .. }), "{erased:?}");
        match erase(home, &system, PERSON).unwrap() {
            Erasure::Restricted { until, law, records, receipt } => {
                let (today, last) = (now.day_in_china().to_string(), until.to_string());
                let year = |day: &str| day[..4].parse::<u32>().unwrap();
                assert_eq!(year(&last), year(&today) + 2);
                assert!(
                    law.contains("产品质量监督抽查管理暂行办法") && law.contains("54"),
                    "{law}"
                );
                assert_eq!(records, 1);
                let said = home.record(&system, receipt.id);
                assert_eq!(said.open["outcome"], "restricted");
                assert!(said.open["article"].as_str().unwrap().contains("54"));
            }
            other => panic!("{other:?}"),
        }
        let hidden = |system: &System| {
            for record in [&kept, &free] {
                assert_eq!(seen(home, system, id_of(record)), "restricted");
            }
        };
        hidden(&system);
        assert!(key(home, PERSON).is_some());
        drop(system);
        hidden(&home.open());
        // Also in a copy of the store from before.
        home.put_back(&copy);
        fs::write(home.checkpoint(), checkpoint).unwrap();
        let system = home.open();
        hidden(&system);
        assert_eq!(seen(home, &system, id_of(&past)), "erased");
    });
}

#[test]
fn a_restored_copy_brings_no_key_back() {
    on_both(|home| {
        let system = home.open();
        let record = complaint("T-1", "p-1");
        home.send(&system, &record).unwrap();
        drop(system);
        let copy = home.copy();
        let system = home.open();
        erase(home, &system, PERSON).unwrap();
        let size = home.size(&system);
        assert!(home.run(system.evidence().wait_for(size - 1, Duration::from_secs(20))));
        let new = complaint("T-2", "p-1");
        home.send(&system, &new).unwrap();
        drop(system);
        let after = home.copy();

        home.put_back(&copy);
        let restored = key(home, PERSON).unwrap();
        let system = home.open_anew();
        assert_eq!(seen(home, &system, id_of(&record)), "erased");
        assert_eq!(key(home, PERSON), None);
        if !home.is_postgres() {
            assert_eq!(files_with(home.data(), &restored[13..45]), [] as [String; 0]);
        }
        drop(system);
        // A copy from after has the person's new key, which was never destroyed.
        home.put_back(&after);
        let system = home.open_anew();
        assert_eq!(seen(home, &system, id_of(&record)), "erased");
        assert_eq!(seen(home, &system, id_of(&new)), "王小明");
        // A last line of the list that was cut off was not acknowledged.
        drop(system);
        let list = home.data().join("kept/erased");
        let mut text = fs::read_to_string(&list).unwrap();
        text.push_str("{\"person\": \"oper");
        fs::write(&list, text).unwrap();
        let system = home.open_anew();
        let third = complaint("T-3", "p-3");
        home.send(&system, &third).unwrap();
        drop(system);
        let copy = home.copy();
        let system = home.open();
        erase(home, &system, "operator/p-3").unwrap();
        let size = home.size(&system);
        assert!(home.run(system.evidence().wait_for(size - 1, Duration::from_secs(20))));
        drop(system);
        home.put_back(&copy);
        let system = home.open_anew();
        assert_eq!(seen(home, &system, id_of(&third)), "erased");
    });
}

#[test]
fn a_stream_that_was_on_its_way_brings_no_key_back() {
    on_both(|home| {
        let system = home.open();
        let (single, streamed) = (complaint("T-1", "p-1"), complaint("T-2", "p-1"));
        let blank = " ".repeat(600 << 10) + "\n";
        let report = home.run(async {
            let mut stream = system.begin_stream(operator(), Default::default()).unwrap();
            // The first part is checked for certain when a third one comes: it has the new key.
            stream.push(lines([&streamed]).as_bytes()).await.unwrap();
            for _ in 0..3 {
                stream.push(blank.as_bytes()).await.unwrap();
            }
            system.append(operator(), vec![draft(&single)], None).await.unwrap();
            let request = Request { reason: "asked for", request_no: None };
            system.erase(operator(), PERSON, request).await.unwrap();
            stream.finish().await.unwrap()
        });
        assert_eq!(report.stored, 1);
        assert_eq!(key(home, PERSON), None);
        assert_eq!(seen(home, &system, id_of(&single)), "erased");
        assert_eq!(seen(home, &system, id_of(&streamed)), "erased");
        // A stream that was staged when the program stopped neither.
        drop(system);
        let (copy, checkpoint) = (home.copy(), fs::read(home.checkpoint()).unwrap());
        let system = home.open();
        let third = complaint("T-3", "p-3");
        let (path, bytes) = home.staged_file(&system, &lines([&third]), new_id());
        let wrapped = key(home, "operator/p-3").unwrap();
        erase(home, &system, "operator/p-3").unwrap();
        drop(system);
        home.put_back(&copy);
        fs::write(home.checkpoint(), checkpoint).unwrap();
        fs::write(path, bytes).unwrap();
        let system = home.open();
        assert_eq!(seen(home, &system, id_of(&third)), "erased");
        assert_eq!(key(home, "operator/p-3"), None);
        drop(system);
        if !home.is_postgres() {
            assert_eq!(files_with(home.data(), &wrapped[13..45]), [] as [String; 0]);
        }
    });
}

#[test]
fn erasing_while_records_come_leaves_none_unreadable_by_fault() {
    on_both(|home| {
        let system = home.open();
        let records: Vec<_> = (0..40).map(|n| complaint(&format!("T-{n}"), "p-1")).collect();
        home.run(async {
            let sending: Vec<_> = records
                .iter()
                .map(|record| {
                    let (system, draft) = (system.clone(), draft(record));
                    tokio::spawn(async move { system.append(operator(), vec![draft], None).await })
                })
                .collect();
            for _ in 0..5 {
                let request = Request { reason: "asked for", request_no: None };
                match system.erase(operator(), PERSON, request).await {
                    Ok(_) => {}
                    Err(Rejection::NotFound(_)) => {}
                    Err(error) => panic!("{error}"),
                }
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
            for sent in sending {
                sent.await.unwrap().unwrap();
            }
        });
        let check = |system: &System| {
            for record in &records {
                let seen = seen(home, system, id_of(record));
                assert!(seen == "erased" || seen == "王小明", "{seen}");
            }
        };
        check(&system);
        drop(system);
        let system = home.open();
        check(&system);
        // Once more, at rest: nothing can be read.
        let _ = erase(home, &system, PERSON);
        for record in &records {
            assert_eq!(seen(home, &system, id_of(record)), "erased");
        }
    });
}

#[test]
fn a_part_that_was_changed_is_damage_and_not_erasure() {
    on_both(|home| {
        let system = home.open();
        let record = complaint("T-1", "p-1");
        let receipt = home.send(&system, &record).unwrap();
        let mut rows = home.ask("SELECT sealed FROM personal_part", vec![]);
        let mut sealed: Vec<u8> = rows[0].take(0).unwrap();
        for at in [0, 5, 20, sealed.len() - 1] {
            sealed[at] ^= 1;
            home.change("UPDATE personal_part SET sealed = $1", vec![sealed.clone().into()]);
            let read = home.run(system.record(operator(), receipt.id, None)).unwrap_err();
            assert_eq!(check(read.faults())[0].code, "store.damaged", "byte {at}");
            sealed[at] ^= 1;
        }
        home.change("UPDATE personal_part SET sealed = $1", vec![sealed.into()]);
        assert_eq!(seen(home, &system, receipt.id), "王小明");
        assert!(receipt.position > 0 && Timestamp::from_micros(0) < system.clock().now());
    });
}

#[test]
fn a_key_is_kept_whatever_became_of_the_first_record_that_had_it() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &complaint("T-1", "p-9")).unwrap();
        // Refused for its number, by itself and in a stream; only then the person's first record.
        let refused = complaint("T-1", "p-1");
        assert_eq!(home.refused(&system, &refused)[0].0, "record.not_unique");
        let report = home.stream(&system, &lines([&refused]), proceeding(new_id())).unwrap();
        assert_eq!((report.stored, report.refused), (0, 1));
        let first = complaint("T-2", "p-1");
        home.send(&system, &first).unwrap();
        // Erased, sent again, which is refused; then the person's first new record.
        erase(home, &system, PERSON).unwrap();
        assert_eq!(home.refused(&system, &first)[0].0, "record.id_taken");
        let report = home.stream(&system, &lines([&first]), proceeding(new_id())).unwrap();
        assert_eq!((report.stored, report.refused), (0, 1));
        let new = complaint("T-3", "p-1");
        home.send(&system, &new).unwrap();
        drop(system);
        let system = home.open();
        assert_eq!(seen(home, &system, id_of(&first)), "erased");
        assert_eq!(seen(home, &system, id_of(&new)), "王小明");
    });
}
