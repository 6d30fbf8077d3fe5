//! Logs that are cut off at any moment go on from what they signed last.

use ledger::audit::{AuditOptions, audit};
use ledger::note::Verifier;
use proptest::prelude::*;

use crate::support::{Files, create, entry, grow, key, open};

#[derive(Debug, Clone)]
enum Step {
    Append(u64),
    Publish,
    Crash(u64),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..300_u64).prop_map(Step::Append),
        3 => Just(Step::Publish),
        2 => any::<u64>().prop_map(Step::Crash),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..14)
}

fn assert_sound(files: &Files, size: u64) {
    let verifier = key().verifier();
    let keys: &[&dyn Verifier] = &[&verifier];
    let report = audit(&files.durable, &AuditOptions::new(keys)).unwrap();
    assert_eq!(report.problem, None);
    assert_eq!(report.largest().unwrap().size, size);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_crash_loses_nothing_that_was_signed(steps in steps()) {
        let mut log = create(Files::default());
        // Entries carry how often the log crashed, so that what follows a crash is not the same again.
        let (mut crashes, mut published, mut all) = (0_u64, 0_usize, Vec::new());
        for step in steps {
            match step {
                Step::Append(n) => {
                    for _ in 0..n {
                        let new = entry((crashes << 32) + all.len() as u64);
                        prop_assert_eq!(log.append(&new).unwrap().index, all.len() as u64);
                        all.push(new);
                    }
                }
                Step::Publish => {
                    log.publish(&[&key()]).unwrap();
                    published = all.len();
                }
                Step::Crash(seed) => {
                    crashes += 1;
                    let mut bits = seed;
                    let files = log.storage().clone().crash(|| {
                        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        (bits >> 33) as u8
                    });
                    // What the crash left is no fault of the log: whoever looks now sees what was
                    // signed, and the rest as not covered.
                    assert_sound(&files, published as u64);
                    log = open(files).unwrap();
                    all.truncate(published);
                }
                Step::Reopen => {
                    let files = Files { volatile: Default::default(), ..log.storage().clone() };
                    log = open(files).unwrap();
                    all.truncate(published);
                }
            }
            prop_assert_eq!(log.size(), all.len() as u64);
        }
        log.publish(&[&key()]).unwrap();
        assert_sound(log.storage(), all.len() as u64);
        for (i, entry) in all.iter().enumerate() {
            prop_assert_eq!(&log.reader().entry(i as u64).unwrap(), entry);
        }
    }
}

#[test]
fn a_log_that_could_not_write_says_so_until_it_is_opened_again() {
    for writes in 0..9 {
        let mut log = create(Files::default());
        grow(&mut log, 250);
        let storage = Files { writes_left: Some(writes), ..log.storage().clone() };
        let mut log = open(storage).unwrap();
        let mut failed = false;
        for i in 250..800 {
            failed |= log.append(&entry(i)).is_err();
            failed |= i % 200 == 0 && log.publish(&[&key()]).is_err();
            if failed {
                break;
            }
        }
        assert!(failed, "{writes} writes were enough");
        assert_eq!(log.append(b"more").unwrap_err().code(), "ledger.log_failed");
        assert_eq!(log.publish(&[&key()]).unwrap_err().code(), "ledger.log_failed");
        let published = log.published().checkpoint().clone();
        let files = Files { writes_left: None, ..log.storage().clone() };
        assert_sound(&files, published.size);
        let mut log = open(files.crash(|| 0)).unwrap();
        assert_eq!(log.root(), published.root);
        grow(&mut log, 800);
        assert_sound(log.storage(), 800);
    }
}
