//! Streams that were checked to their end when the program stopped.

use model::{Class, Digest};
use store::{NewRecord, Stored};

use crate::support::*;

#[test]
fn a_staged_stream_is_appended_once_at_the_next_start() {
    on_both(|home| {
        let system = home.open();
        let batch = new_id();
        let mut records: Vec<_> = (0..30).map(inspection).collect();
        records.push(complaint("T-1", "p-1"));
        let (path, bytes) = home.staged_file(&system, &lines(&records), batch);
        let expected = home.size(&system);
        drop(system);
        // It was appended wholly, and the program was killed before it removed the file.
        std::fs::write(&path, &bytes).unwrap();
        let system = home.open();
        assert_eq!(home.size(&system), expected);
        assert!(home.staged().is_empty());
        assert_eq!(home.ids(&system, "shop:7"), [id_of(&records[7])]);
        drop(system);

        // It was appended not at all: a store that has nothing of it.
        let other = Home::new(home.is_postgres());
        other.take_keys(home);
        let system = other.open();
        let size = other.size(&system);
        drop(system);
        let path = other.data().join("staging").join(path.file_name().unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &bytes).unwrap();
        let system = other.open();
        assert_eq!(other.size(&system), size + 32);
        let view = other.record(&system, id_of(&records[30]));
        assert!(view.standing.counts);
        assert_eq!(view.to_json().unwrap()["personal"][0]["fields"]["complainant_name"], "王小明");
        let again = other.stream(&system, &lines(&records), of_batch(batch)).unwrap();
        assert_eq!((again.stored, again.known, again.closing.known), (0, 31, true));
        assert!(other.staged().is_empty());
    });
}

#[test]
fn a_stream_that_was_appended_by_half_goes_on() {
    on_both(|home| {
        let system = home.open();
        let batch = new_id();
        let records: Vec<_> = (0..30).map(inspection).collect();
        drop(system);
        let (copy, kept) = (home.copy(), std::fs::read(home.checkpoint()).unwrap());
        let system = home.open();
        let (path, bytes) = home.staged_file(&system, &lines(&records), batch);
        let stored = home.run(system.reader().range(1, 29)).unwrap();
        drop(system);
        // What a kill between two chunks leaves: the file, and the first chunk without its end.
        home.put_back(&copy);
        std::fs::write(home.checkpoint(), kept).unwrap();
        std::fs::write(&path, &bytes).unwrap();
        append_again(home, stored.clone());
        let system = home.open();
        assert_eq!(home.size(&system), 1 + 31);
        assert!(home.staged().is_empty());
        for number in [7, 29] {
            let subject = format!("shop:{number}");
            assert_eq!(home.ids(&system, &subject), [id_of(&records[number])]);
        }
        drop(system);

        // A stream of which a later line is refused by now: what stands in the store of it is
        // taken back, so that it holds no unique fields.
        let rival = with(inspection(9000), "/open/inspection_no", "J-29");
        home.put_back(&copy);
        std::fs::remove_file(home.checkpoint()).unwrap();
        let system = home.open();
        home.send(&system, &rival).unwrap();
        drop(system);
        std::fs::write(&path, &bytes).unwrap();
        append_again(home, stored);
        let system = home.open();
        assert!(home.staged().is_empty());
        assert!(home.ids(&system, "shop:7").is_empty());
        home.send(&system, &inspection(7)).unwrap();
    });
}

/// Puts records into a store as they stood in another.
fn append_again(home: &Home, records: Vec<Stored>) {
    let records = records.into_iter().map(|stored| NewRecord {
        id: stored.id,
        content: stored.content,
        kind: stored.kind,
        valid_at: stored.valid_at,
        recorded_at: stored.recorded_at,
        class: Class::Public,
        batch: stored.batch,
        corrects: stored.corrects,
        withdraws: stored.withdraws,
        closes: stored.closes,
        unique_keys: stored
            .unique_keys
            .as_chunks::<32>()
            .0
            .iter()
            .map(|k| Digest::from(*k))
            .collect(),
        envelope: stored.envelope,
        open: stored.open,
        personal: stored.personal,
        new_keys: Vec::new(),
        nonce: stored.nonce,
        leaf: stored.leaf,
    });
    let writer = store::open_writer(&home.settings().address).unwrap();
    home.run(writer.append(records.collect())).unwrap().unwrap();
}
