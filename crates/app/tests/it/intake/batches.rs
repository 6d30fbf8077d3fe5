//! Batches, and taking them back.

use app::reading::When;
use model::{RecordId, Timestamp};

use crate::support::*;

#[test]
fn a_batch_is_taken_back_as_a_whole() {
    on_both(|home| {
        let system = home.open();
        let batch = new_id();
        let records = [inspection(1), inspection(2), complaint("T-1", "p-1")];
        let receipts = home.send_all(&system, &records, Some(batch)).unwrap();
        // Its records and the one that completes it.
        assert_eq!(receipts.len(), 4);
        let before = home.size(&system);
        let again = home.send_all(&system, &records, Some(batch)).unwrap();
        assert!(again.iter().all(|receipt| receipt.known));
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&records[0])]);
        // A batch that is complete takes no more.
        let more = home.send_all(&system, &[inspection(9)], Some(batch));
        assert_eq!(only(more).code, "batch.closed");

        let receipt = home.withdraw(&system, batch).unwrap();
        assert_eq!((receipt.position, receipt.known), (before, false));
        for record in &records {
            let standing = home.record(&system, id_of(record)).standing;
            assert_eq!((standing.counts, standing.withdrawn_at), (false, Some(before)));
        }
        for subject in ["shop:1", "shop:2", MAKER] {
            assert!(home.ids(&system, subject).is_empty());
        }
        // As of before it is there.
        let then = When { valid: None, known: Some(before) };
        assert_eq!(ids(&home.subject_when(&system, "shop:1", then)), [id_of(&records[0])]);
        // Its unique fields are free.
        let new = with(inspection(1), "/open/inspection_no", "J-1");
        home.send(&system, &new).unwrap();
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&new)]);
        assert_eq!(only(home.withdraw(&system, batch)).code, "withdrawal.again");
        // Nothing is added to it, and nothing corrects what was in it.
        let more = home.send_all(&system, &[inspection(9)], Some(batch));
        assert_eq!(only(more).code, "batch.withdrawn");
        let late = correcting(inspection(2), id_of(&records[1]));
        assert_eq!(home.refused(&system, &late)[0].0, "record.corrects_withdrawn");
    });
}

#[test]
fn what_cannot_be_taken_back_is_said() {
    on_both(|home| {
        let system = home.open();
        let batch = new_id();
        let record = inspection(1);
        home.send_all(&system, std::slice::from_ref(&record), Some(batch)).unwrap();
        assert_eq!(only(home.withdraw(&system, new_id())).code, "withdrawal.nothing");
        let correction = correcting(inspection(1), id_of(&record));
        home.send(&system, &correction).unwrap();
        // Something outside builds upon it.
        for target in [batch, id_of(&record)] {
            let fault = only(home.withdraw(&system, target));
            assert_eq!(fault.code, "withdrawal.corrected_since");
            assert!(fault.en.contains(&id_of(&correction).to_string()), "{fault:?}");
        }
        let taken_back = home.withdraw(&system, id_of(&correction)).unwrap();
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&record)]);
        // What the program wrote stays.
        assert_eq!(only(home.withdraw(&system, taken_back.id)).code, "withdrawal.own_doing");
        home.withdraw(&system, batch).unwrap();
        assert!(home.ids(&system, "shop:1").is_empty());
        // A withdrawal is sent by itself, and only as what it is.
        let alone = home.send_all(
            &system,
            &[inspection(2), with(inspection(3), "/withdraws", batch.to_string())],
            None,
        );
        assert_eq!(only(alone).code, "withdrawal.alone");
        let lines = lines([&with(inspection(3), "/withdraws", batch.to_string())]);
        assert_eq!(only(home.stream(&system, &lines, Default::default())).code, "withdrawal.alone");
        // The id of a batch bears its time.
        for time in [0, 4_102_444_800_000_000] {
            let id = RecordId::new(Timestamp::from_micros(time), &[7; 10]);
            assert_eq!(only(home.send_all(&system, &[inspection(4)], Some(id))).code, "batch.id");
            assert!(system.begin_stream(operator(), of_batch(id)).is_err());
        }
    });
}

#[test]
fn what_a_batch_corrected_is_a_head_again() {
    on_both(|home| {
        let system = home.open();
        let old = inspection(1);
        home.send(&system, &old).unwrap();
        let batch = new_id();
        let new = with(correcting(inspection(1), id_of(&old)), "/open/inspection_no", "J-2");
        let newer = with(correcting(inspection(1), id_of(&new)), "/open/inspection_no", "J-3");
        home.send_all(&system, &[new.clone(), newer.clone()], Some(batch)).unwrap();
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&newer)]);
        home.withdraw(&system, batch).unwrap();
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&old)]);
        assert!(home.record(&system, id_of(&old)).standing.counts);
        // It holds its unique fields again.
        assert_eq!(home.refused(&system, &inspection(1))[0].0, "record.not_unique");
        let corrected = correcting(inspection(1), id_of(&old));
        home.send(&system, &corrected).unwrap();
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&corrected)]);
        // Where they belong to another by now, it cannot come back.
        let moved =
            with(correcting(inspection(1), id_of(&corrected)), "/open/inspection_no", "J-9");
        home.send(&system, &moved).unwrap();
        let other = inspection(1);
        home.send(&system, &other).unwrap();
        let fault = only(home.withdraw(&system, id_of(&moved)));
        assert_eq!(fault.code, "withdrawal.key_taken");
        assert!(fault.en.contains(&id_of(&other).to_string()), "{fault:?}");
    });
}
