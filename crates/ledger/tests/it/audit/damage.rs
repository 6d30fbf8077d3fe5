//! Whatever is changed in a log is found, and the file named is the one that was changed.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ledger::audit::{AuditOptions, AuditReport, audit};
use ledger::note::Verifier;
use proptest::prelude::*;

use crate::support::{Files, create, grow, key};

type Map = BTreeMap<String, Vec<u8>>;

/// A log with partial and full tiles at two levels, with and without a full one beside the partial.
fn small() -> &'static Map {
    static LOG: OnceLock<Map> = OnceLock::new();
    LOG.get_or_init(|| log(&[1, 5, 200, 256, 300, 700]))
}

/// A log of more entries than one thread takes at a time.
fn large() -> &'static Map {
    static LOG: OnceLock<Map> = OnceLock::new();
    LOG.get_or_init(|| log(&[65_000, 65_536, 66_000, 140_000]))
}

/// A log published at these sizes, with all its checkpoints.
fn log(sizes: &[u64]) -> Map {
    let mut log = create(Files::default());
    let mut older = Map::new();
    for size in sizes {
        older.insert(format!("checkpoint.{}", log.size()), log.published().to_string().into());
        grow(&mut log, *size);
    }
    older.extend(log.storage().durable.clone());
    older
}

fn check(files: &Map, threads: usize) -> AuditReport {
    let verifier = key().verifier();
    let keys: &[&dyn Verifier] = &[&verifier];
    audit(files, &AuditOptions::new(keys).threads(threads)).unwrap()
}

#[derive(Debug, Clone)]
enum Damage {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Add(Vec<u8>),
    Swap(prop::sample::Index, prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        5 => (any::<prop::sample::Index>(), 0..8u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        1 => any::<prop::sample::Index>().prop_map(Damage::Cut),
        1 => prop::collection::vec(any::<u8>(), 1..80).prop_map(Damage::Add),
        1 => any::<(prop::sample::Index, prop::sample::Index)>().prop_map(|(a, b)| Damage::Swap(a, b)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    match damage {
        Damage::Flip(at, bit) => {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
        Damage::Add(more) => bytes.extend_from_slice(more),
        Damage::Swap(a, b) => {
            let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
            bytes.swap(a, b);
        }
    }
}

#[test]
fn undamaged_logs_are_good() {
    for (log, size) in [(small(), 700), (large(), 140_000)] {
        let report = check(log, 1);
        assert_eq!(report.problem, None);
        assert_eq!(report.largest().unwrap().size, size);
        assert_eq!(report, check(log, 3));
    }
    assert!(small().contains_key("tile/1/000.p/2") && small().contains_key("tile/0/000.p/200"));
    assert!(large().contains_key("tile/1/000") && large().contains_key("tile/2/000.p/2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_damage_is_found_and_its_file_named(which in any::<prop::sample::Index>(), damage in damage()) {
        let good = small();
        let path = good.keys().nth(which.index(good.len())).unwrap().clone();
        let mut files = good.clone();
        apply(files.get_mut(&path).unwrap(), &damage);
        let same = files[&path] == good[&path];
        let problem = check(&files, 2).problem;
        prop_assert_eq!(problem.map(|p| p.file), (!same).then_some(path));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn damage_is_the_same_for_any_number_of_threads(
        damages in prop::collection::vec((any::<prop::sample::Index>(), damage()), 1..4),
    ) {
        let mut files = large().clone();
        for (which, damage) in &damages {
            let path = files.keys().nth(which.index(files.len())).unwrap().clone();
            apply(files.get_mut(&path).unwrap(), damage);
        }
        let one = check(&files, 1);
        prop_assert!(one.problem.is_some() || &files == large());
        for threads in [2, 5] {
            prop_assert_eq!(&check(&files, threads), &one);
        }
    }
}

#[test]
#[ignore = "long: an audit for each of the 200,000 bits of a log"]
fn every_single_bit_is_found() {
    let good = log(&[1, 5, 256, 300]);
    for (path, bytes) in &good {
        let mut files = good.clone();
        for bit in 0..8 * bytes.len() {
            files.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8);
            let problem = check(&files, 1).problem;
            assert_eq!(problem.map(|p| p.file).as_ref(), Some(path), "bit {bit}");
            files.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8);
        }
    }
}
