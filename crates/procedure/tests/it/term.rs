//! Terms: starts, suspensions, extensions, levels, versions, backwards.

use procedure::{Case, NoEnding, Outcome, Standing};
use proptest::prelude::*;

use super::small::{SmallLaw, around, definition, entries, noon, procedure};

/// The last day of the last run of a term.
fn due(opened: &str, steps: &[&str], term: &str) -> String {
    let (procedure, law) = (procedure(), SmallLaw::new());
    let entries = entries(&procedure, opened, steps);
    let case = Case::of(&procedure, &entries, &law);
    let of = |number: u16| procedure.term_at(number).unwrap().id == term;
    let run = case.runs.iter().rfind(|run| of(run.term)).unwrap();
    match case.ending(run) {
        Ok(ending) => ending.due.end.to_string(),
        Err(NoEnding::StandsStill(_)) => "stands still".to_owned(),
        Err(other) => format!("{other:?}"),
    }
}

#[test]
fn a_term_runs_from_the_step_that_starts_it() {
    // 2026-02-10 is a Tuesday: 11, 12, 13, the worked Saturday 14, then 24, 25, 26.
    assert_eq!(due("2026-02-10", &[], "accept"), "2026-02-26");
    // 10 days from 12 January: 22 January, a Thursday.
    assert_eq!(due("2026-01-05", &["accept 2026-01-12"], "close"), "2026-01-22");
    // 10 days from 7 January is Saturday the 17th: it rolls to Monday.
    assert_eq!(due("2026-01-05", &["accept 2026-01-07"], "close"), "2026-01-19");
}

#[test]
fn a_case_keeps_the_version_of_its_start() {
    assert_eq!(due("2026-02-27", &["accept 2026-03-02"], "close"), "2026-03-12");
    assert_eq!(due("2026-03-02", &["accept 2026-03-02"], "close"), "2026-03-09"); // 7th is Saturday
}

#[test]
fn the_days_of_a_test_do_not_count() {
    let sent = ["accept 2026-01-12", "send 2026-01-14"];
    assert_eq!(due("2026-01-05", &sent, "close"), "stands still");
    // Suspended 15 to 19 January, five days: from the 22nd to the 27th, a Tuesday.
    let back = [&sent[..], &["come-back 2026-01-19"]].concat();
    assert_eq!(due("2026-01-05", &back, "close"), "2026-01-27");
    // What begins and ends on one day suspends nothing.
    let same = [&sent[..], &["come-back 2026-01-14"]].concat();
    assert_eq!(due("2026-01-05", &same, "close"), "2026-01-22");
    // Two suspensions that overlap are counted once: 15 to 21 January, seven days: Thursday the 29th.
    let two =
        [&sent[..], &["stop 2026-01-16", "come-back 2026-01-19", "go-on 2026-01-21"]].concat();
    assert_eq!(due("2026-01-05", &two, "close"), "2026-01-29");
}

#[test]
fn an_extension_goes_on_from_the_end_that_was() {
    // 10 days end on Saturday 17 January, 5 more on Thursday the 22nd: not from Monday on.
    let steps = ["accept 2026-01-07", "extend 2026-01-16"];
    assert_eq!(due("2026-01-05", &steps, "close"), "2026-01-22");
    // A test in the added days does not count in them: 20 January is a day more.
    let tested = [&steps[..], &["send 2026-01-19", "come-back 2026-01-20"]].concat();
    assert_eq!(due("2026-01-05", &tested, "close"), "2026-01-23");
}

#[test]
fn of_a_hearing_the_call_must_come_in_time() {
    // Three working days before Friday 16 January: the 13th.
    let standing = |day: &str| {
        let (procedure, law) = (procedure(), SmallLaw::new());
        let call = format!("call=2026-01-16 {day}");
        let entries = entries(&procedure, "2026-01-05", &["accept 2026-01-06", &call]);
        let case = Case::of(&procedure, &entries, &law);
        let run = case.runs.iter().find(|run| run.term == 2).unwrap();
        assert!(matches!(run.outcome, Outcome::Met(2)));
        (case.ending(run).unwrap().due.end.to_string(), case.standing(run, noon("2026-01-20")))
    };
    assert_eq!(standing("2026-01-13"), ("2026-01-13".to_owned(), Standing::Met));
    assert_eq!(standing("2026-01-14"), ("2026-01-13".to_owned(), Standing::MetLate));
}

#[test]
fn the_earlier_of_two_terms_holds_and_what_is_not_in_force_takes_no_part() {
    let law = SmallLaw::new();
    let end = |limit: &str, opened: &str, accepted: &str| {
        let mut definition = definition();
        definition.terms[1].limit = limit.parse().unwrap();
        let procedure = procedure::Procedure::new(definition, &around()).unwrap();
        let entries = entries(&procedure, opened, &[&format!("accept {accepted}")]);
        let case = Case::of(&procedure, &entries, &law);
        let run = case.runs.iter().find(|run| run.term == 1).unwrap();
        let ending = case.ending(run).unwrap();
        (ending.due.end.to_string(), ending.version.parameter.to_owned())
    };
    // 10 days from 12 January, or 6 working days: the 20th.
    let both = "min(law.close, law.cap)";
    assert_eq!(end(both, "2026-01-05", "2026-01-12"), ("2026-01-20".into(), "law.cap".into()));
    let later = "max(law.close, law.cap)";
    assert_eq!(end(later, "2026-01-05", "2026-01-12"), ("2026-01-22".into(), "law.close".into()));
    assert_eq!(end(both, "2026-03-02", "2026-03-02"), ("2026-03-09".into(), "law.close".into()));
}

#[test]
fn a_term_stands_as_the_day_has_it() {
    let (procedure, law) = (procedure(), SmallLaw::new());
    let entries = entries(&procedure, "2026-01-05", &["accept 2026-01-12"]);
    let case = Case::of(&procedure, &entries, &law);
    let run = case.runs.iter().find(|run| run.term == 1).unwrap();
    let on = |day: &str| case.standing(run, noon(day));
    assert_eq!(on("2026-01-16"), Standing::Running { is_pressing: false });
    // Three working days before Thursday the 22nd: Monday the 19th.
    assert_eq!(on("2026-01-19"), Standing::Running { is_pressing: true });
    assert_eq!(on("2026-01-22"), Standing::Running { is_pressing: true });
    assert_eq!(on("2026-01-23"), Standing::Overdue);
    let left = case.remaining(run, noon("2026-01-19")).unwrap();
    assert_eq!(left.to_string(), "3 days left");
}

proptest! {
    /// A suspension never makes a term end earlier, and a longer one never earlier than a shorter.
    #[test]
    fn suspensions_only_add(start in 6i64..20, length in 0i64..20, more in 0i64..10) {
        let day = |n: i64| clock::Date::new(2026, 1, 1).unwrap().plus(n).unwrap();
        let end = |length: Option<i64>| {
            let mut steps = vec!["accept 2026-01-06".to_owned()];
            if let Some(length) = length {
                steps.push(format!("send {}", day(start)));
                steps.push(format!("come-back {}", day(start + length)));
            }
            let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
            due("2026-01-05", &steps, "close").parse::<clock::Date>().unwrap()
        };
        let (none, short, long) = (end(None), end(Some(length)), end(Some(length + more)));
        prop_assert!(none <= short && short <= long);
        // Where the test lies after the end, it changes nothing.
        if day(start) > none {
            prop_assert_eq!(none, short);
        }
    }
}
