//! The record of a subject's earlier visits.

use proptest::prelude::*;
use stats::priority::{PastVisits, Record};

fn record(visits: &[(u8, i64, u8, f64)], names: &[&str; 4]) -> Record {
    let subject: Vec<String> = visits.iter().map(|v| v.0.to_string()).collect();
    let subject: Vec<&str> = subject.iter().map(String::as_str).collect();
    let day: Vec<i64> = visits.iter().map(|v| v.1).collect();
    let inspector: Vec<&str> = visits.iter().map(|v| names[usize::from(v.2)]).collect();
    let severity: Vec<f64> = visits.iter().map(|v| v.3).collect();
    let past =
        PastVisits { subject: &subject, day: &day, inspector: &inspector, severity: &severity };
    Record::new(past, 4.0).unwrap()
}

proptest! {
    /// Later visits change nothing before them, and the names of inspectors nothing at all.
    #[test]
    fn only_the_past_counts(
        visits in prop::collection::vec((0..6u8, 0..30i64, 0..4u8, 0.0..9.0f64), 1..60),
        day in 0..30i64,
    ) {
        let all = record(&visits, &["a", "b", "c", "d"]);
        let renamed = record(&visits, &["z", "y", "b", "a"]);
        let past: Vec<_> = visits.iter().copied().filter(|v| v.1 < day).collect();
        let earlier = record(&past, &["a", "b", "c", "d"]);
        for subject in 0..6u8 {
            let name = subject.to_string();
            let told = all.before(&name, day);
            prop_assert_eq!(told.to_bits(), earlier.before(&name, day).to_bits());
            prop_assert_eq!(told.to_bits(), renamed.before(&name, day).to_bits());
        }
    }
}

#[test]
fn a_finding_of_a_lenient_inspector_says_more() {
    // Both find 4 at last; until then the first found 0 and the second 4, eighty times each.
    let mut visits: Vec<(u8, i64, u8, f64)> =
        (0..80).flat_map(|k| [(9, k, 0, 0.0), (9, k, 1, 4.0)]).collect();
    visits.extend([(1, 100, 0, 4.0), (2, 100, 1, 4.0)]);
    let record = record(&visits, &["a", "b", "c", "d"]);
    assert!(record.before("1", 101) > 3.0 * record.before("2", 101));
    assert_eq!(record.before("1", 100), 0.0);
}

#[test]
fn bad_input_is_refused() {
    let past = |severity: &'static [f64]| PastVisits {
        subject: &["a", "b"],
        day: &[1, 2],
        inspector: &["x", "x"],
        severity,
    };
    let code = |severity, shrinkage| Record::new(past(severity), shrinkage).unwrap_err().code();
    assert_eq!(code(&[1.0], 4.0), "stats.length");
    assert_eq!(code(&[1.0, -1.0], 4.0), "stats.negative");
    assert_eq!(code(&[1.0, f64::NAN], 4.0), "stats.not_finite");
    assert_eq!(code(&[1.0, 1.0], -4.0), "stats.negative");
    let record = Record::new(past(&[1.0, 2.0]), 4.0).unwrap();
    assert_eq!(record.all_before(&["a"], &[]).unwrap_err().code(), "stats.length");
}
