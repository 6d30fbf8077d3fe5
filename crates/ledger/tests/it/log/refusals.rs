//! What a log refuses.

use ledger::leaf::{Entry, Succession};
use ledger::note::SignerKey;
use ledger::storage::MemoryStorage;
use ledger::tile::LONGEST_ENTRY;
use ledger::{Checkpoint, Hash, Log, LogError};

use crate::support::{Files, ORIGIN, create, entry, grow, key, open};

fn code<T>(result: Result<T, LogError>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => {
            assert!(!error.to_string().is_empty());
            error.code()
        }
    }
}

#[test]
fn a_log_is_not_started_over_another() {
    let log = create(MemoryStorage::default());
    let again = Log::create(log.storage().clone(), ORIGIN, &[&key()]);
    assert_eq!(code(again), "ledger.already_there");
}

#[test]
fn tiles_without_their_checkpoint_are_left_alone() {
    let mut log = create(Files::default());
    grow(&mut log, 10);
    let mut files = log.storage().clone();
    files.durable.remove("checkpoint");
    assert_eq!(code(open(files.clone())), "ledger.not_a_log");
    let over = Log::create(files, ORIGIN, &[&key()]);
    assert_eq!(code(over), "ledger.tiles_without_checkpoint");
}

#[test]
fn a_name_that_no_key_can_bear_is_refused() {
    for name in ["", "two words", "a+b", "line\nend"] {
        let log = Log::create(MemoryStorage::default(), name, &[&key()]);
        assert_eq!(code(log), "ledger.bad_key_name", "{name:?}");
    }
}

#[test]
fn a_log_of_another_name_or_key_is_not_opened() {
    let log = create(MemoryStorage::default());
    let storage = || log.storage().clone();
    let opened = Log::open(storage(), "other.example", &[&key().verifier()], None);
    assert_eq!(code(opened), "ledger.other_origin");
    let stranger = SignerKey::from_seed(ORIGIN, &[1; 32]).unwrap();
    let opened = Log::open(storage(), ORIGIN, &[&stranger.verifier()], None);
    assert_eq!(code(opened), "ledger.no_known_signature");
    assert_eq!(code(Log::open(storage(), ORIGIN, &[], None)), "ledger.no_known_signature");
}

#[test]
fn an_entry_that_is_too_long_changes_nothing() {
    let mut log = create(MemoryStorage::default());
    let appended = log.append(&vec![0; LONGEST_ENTRY + 1]);
    assert_eq!(code(appended), "ledger.entry_too_long");
    log.append(&vec![0; LONGEST_ENTRY]).unwrap();
    log.append(b"").unwrap();
    log.publish(&[&key()]).unwrap();
    assert_eq!(open(log.storage().clone()).unwrap().size(), 2);
}

#[test]
fn an_older_copy_does_not_go_on_but_starts_a_new_origin() {
    let mut log = create(MemoryStorage::default());
    grow(&mut log, 300);
    let backup = log.storage().clone();
    grow(&mut log, 400);
    let kept_elsewhere = log.published().clone();
    let known = kept_elsewhere.checkpoint();

    let keys = [key().verifier()];
    let open = |storage, known: &Checkpoint| Log::open(storage, ORIGIN, &[&keys[0]], Some(known));
    assert_eq!(code(open(log.storage().clone(), known)), "ok");
    assert_eq!(code(open(backup.clone(), known)), "ledger.older_than_known");

    let restored = Log::open(backup.clone(), ORIGIN, &[&keys[0]], None).unwrap();
    let old = Succession::new(restored.size(), restored.root(), kept_elsewhere.clone()).unwrap();
    let same = Log::create_after(MemoryStorage::default(), ORIGIN, &[&key()], &old);
    assert_eq!(code(same), "ledger.other_origin");

    let name = "quality.example/log/2";
    let new_key = SignerKey::from_seed(name, &[8; 32]).unwrap();
    let new = Log::create_after(MemoryStorage::default(), name, &[&new_key], &old).unwrap();
    let first = new.reader().entry(0).unwrap();
    assert_eq!(Entry::read(&first), Entry::Succession(old.clone()));
    assert_eq!(new.continues().unwrap(), Some(old.clone()));
    assert_eq!((old.old_origin(), old.restored_size()), (ORIGIN, 300));
    assert_eq!(old.last_known(), &kept_elsewhere);
    assert_eq!(restored.continues().unwrap(), None);
}

#[test]
fn another_history_of_the_same_length_is_refused() {
    let mut log = create(MemoryStorage::default());
    grow(&mut log, 300);
    let known = log.published().checkpoint().clone();
    let mut other = create(MemoryStorage::default());
    other.append(b"another first entry").unwrap();
    for i in 1..400 {
        other.append(&entry(i)).unwrap();
    }
    other.publish(&[&key()]).unwrap();
    let storage = other.storage().clone();
    let opened = Log::open(storage, ORIGIN, &[&key().verifier()], Some(&known));
    assert_eq!(code(opened), "ledger.forked");
    let renamed = Checkpoint { origin: "other.example".into(), ..known };
    let opened = Log::open(log.storage().clone(), ORIGIN, &[&key().verifier()], Some(&renamed));
    assert_eq!(code(opened), "ledger.other_origin");
}

#[test]
fn damage_at_the_edge_is_found_before_the_log_goes_on() {
    let mut log = create(Files::default());
    grow(&mut log, 300);
    let damage = |path: &str, damage: &dyn Fn(&mut Vec<u8>)| {
        let mut files = log.storage().clone();
        damage(files.durable.get_mut(path).unwrap());
        code(open(files))
    };
    let flip = |bytes: &mut Vec<u8>| bytes[40] ^= 1;
    let cut = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1);
    let lengthen = |bytes: &mut Vec<u8>| bytes.push(0);
    assert_eq!(damage("tile/0/001.p/44", &flip), "ledger.edge_mismatch");
    assert_eq!(damage("tile/1/000.p/1", &|b| b[3] ^= 1), "ledger.edge_mismatch");
    assert_eq!(damage("tile/0/001.p/44", &cut), "ledger.tile_wrong_length");
    assert_eq!(damage("tile/0/001.p/44", &lengthen), "ledger.tile_wrong_length");
    assert_eq!(damage("tile/entries/001.p/44", &flip), "ledger.entry_mismatch");
    assert_eq!(damage("tile/entries/001.p/44", &cut), "ledger.entry_mismatch");
    assert_eq!(damage("checkpoint", &flip), "ledger.bad_signature");
    for path in ["tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"] {
        let mut files = log.storage().clone();
        files.durable.remove(path);
        assert_eq!(code(open(files)), "ledger.tile_missing", "{path}");
    }
}

#[test]
fn signatures_are_added_to_the_last_checkpoint_only() {
    let mut log = create(MemoryStorage::default());
    let first = log.published().clone();
    grow(&mut log, 1);
    assert_eq!(code(log.publish_cosigned(first).cloned()), "ledger.other_checkpoint");
    assert_eq!(log.published().checkpoint().root, Hash::of_leaf(&entry(0)));
}
