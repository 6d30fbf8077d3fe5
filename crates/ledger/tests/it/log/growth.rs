//! Logs that grow, and what they prove.

use ledger::note::SignerKey;
use ledger::storage::{MemoryStorage, ReadTiles, Storage};
use ledger::tile::TileKind;
use ledger::tree::{CompactRange, verify_consistency, verify_inclusion};
use ledger::{Hash, TreeReader};
use proptest::prelude::*;

use crate::support::{Files, ORIGIN, create, entry, grow, key, open};

fn roots(size: u64) -> Vec<Hash> {
    let mut tree = CompactRange::default();
    let mut roots = vec![tree.root()];
    for i in 0..size {
        tree.append(Hash::of_leaf(&entry(i)));
        roots.push(tree.root());
    }
    roots
}

#[test]
fn every_size_around_a_full_tile_has_the_right_root_and_entries() {
    let roots = roots(1030);
    let mut log = create(MemoryStorage::default());
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1030] {
        grow(&mut log, size);
        let published = log.published().checkpoint().clone();
        assert_eq!((published.size, published.root), (size, roots[size as usize]));
        assert_eq!(log.reader().root(size).unwrap(), published.root);
        // The log goes on from what is stored as it does from what is in memory.
        log = open(log.storage().clone()).unwrap();
        assert_eq!((log.size(), log.root()), (size, published.root));
    }
    for (i, root) in roots.iter().enumerate() {
        assert_eq!(log.reader().root(i as u64).unwrap(), *root, "{i}");
    }
    for i in 0..1030 {
        assert_eq!(log.reader().entry(i).unwrap(), entry(i));
        assert_eq!(log.reader().leaf_hash(i).unwrap(), Hash::of_leaf(&entry(i)));
    }
}

#[test]
fn the_same_content_gets_its_first_place_also_after_opening_again() {
    let mut log = create(MemoryStorage::default());
    grow(&mut log, 600);
    for _ in 0..2 {
        for i in [0, 255, 256, 599] {
            let again = log.append(&entry(i)).unwrap();
            assert_eq!((again.index, again.duplicate), (i, true));
        }
        assert_eq!(log.size(), 600);
        log = open(log.storage().clone()).unwrap();
    }
    // Content of the batch that is not published yet counts too.
    assert!(!log.append(b"new").unwrap().duplicate);
    assert_eq!(log.append(b"new").unwrap().index, 600);
    assert!(log.append(b"new").unwrap().duplicate);
}

#[test]
fn publishing_again_signs_again_and_writes_nothing_else() {
    let mut log = create(Files::default());
    grow(&mut log, 300);
    let before = log.storage().clone();
    let other = SignerKey::from_seed(ORIGIN, &[8; 32]).unwrap();
    log.publish(&[&key(), &other]).unwrap();
    assert_eq!(log.published().note().signatures().len(), 2);
    let mut after = log.storage().clone();
    assert_ne!(after.durable.remove("checkpoint"), before.durable.get("checkpoint").cloned());
    assert!(after.durable.iter().all(|(path, bytes)| before.durable[path] == *bytes));
}

#[test]
fn what_is_not_published_is_not_proven() {
    let mut log = create(MemoryStorage::default());
    grow(&mut log, 3);
    log.append(b"not yet").unwrap();
    assert_eq!(log.receipt(3).unwrap_err().code(), "ledger.index_beyond_size");
    assert_eq!(log.reader().entry(3).unwrap_err().code(), "ledger.index_beyond_size");
    assert_eq!(log.reader().root(4).unwrap_err().code(), "ledger.index_beyond_size");
    log.publish(&[&key()]).unwrap();
    assert_eq!(log.receipt(3).unwrap().index(), 3);
}

#[test]
fn partial_tiles_are_not_needed_once_the_full_ones_are_there() {
    let mut log = create(MemoryStorage::default());
    for size in [5, 200, 300, 520] {
        grow(&mut log, size);
    }
    let mut storage = log.storage().clone();
    let partial: Vec<_> = storage
        .tiles_beyond(0)
        .unwrap()
        .into_iter()
        .filter(|tile| !tile.is_full() && tile.full().is_within(520))
        .collect();
    assert!(!partial.is_empty());
    storage.set_aside(&partial).unwrap();
    let reader = TreeReader::new(&storage, 520);
    let roots = roots(520);
    for size in 0..=520 {
        assert_eq!(reader.root(size).unwrap(), roots[size as usize]);
    }
    open(storage).unwrap();
}

#[test]
fn all_tiles_of_a_published_size_are_there() {
    let mut log = create(MemoryStorage::default());
    grow(&mut log, 700);
    let mut bytes = Vec::new();
    for kind in [TileKind::Entries, TileKind::Hashes { level: 0 }, TileKind::Hashes { level: 1 }] {
        for tile in kind.tiles(700) {
            assert!(log.storage().read_tile(tile, &mut bytes).unwrap(), "{tile}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn append_then_prove(sizes in prop::collection::vec(1u64..700, 1..5), picks in prop::collection::vec(any::<u64>(), 8)) {
        let mut log = create(MemoryStorage::default());
        let mut sizes = sizes;
        sizes.sort_unstable();
        for size in &sizes {
            grow(&mut log, *size);
        }
        let newest = log.size();
        let roots = roots(newest);
        let reader = log.reader();
        for pick in picks {
            let size = pick % newest + 1;
            let index = (pick >> 20) % size;
            let leaf = Hash::of_leaf(&entry(index));
            let proof = reader.prove_inclusion(index, size).unwrap();
            verify_inclusion(index, size, &leaf, &proof, &roots[size as usize]).unwrap();
            let old = (pick >> 40) % size + 1;
            let proof = reader.prove_consistency(old, size).unwrap();
            verify_consistency(old, size, &proof, &roots[old as usize], &roots[size as usize]).unwrap();
            let receipt = log.receipt(index).unwrap();
            receipt.verify(&leaf, &[&key().verifier()]).unwrap();
        }
    }
}
