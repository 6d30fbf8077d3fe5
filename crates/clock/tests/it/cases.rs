//! `testdata/clock/due.csv`: due dates counted by hand.

use std::collections::HashMap;

use clock::{
    Counts, Direction, Due, Explanation, Known, Moment, Roll, Suspensions, Term, Unit, Verdict,
    WorkingDays, due, explain,
};

use crate::naive;
use crate::pack;

struct Case {
    line: usize,
    start: Moment,
    term: Term,
    counts: Counts,
    region: String,
    known: Known,
    due: String,
    provisional: bool,
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(pack::data().join("due.csv")).unwrap();
    let mut lines = text.lines().enumerate();
    let (_, header) = lines.next().unwrap();
    assert_eq!(header.split(',').count(), 12, "{header}");
    lines
        .map(|(index, text)| {
            let fields: Vec<&str> = text.split(',').collect();
            let [
                start,
                amount,
                unit,
                direction,
                first,
                roll,
                suspend,
                region,
                known,
                due,
                provisional,
                how,
            ] = fields[..]
            else {
                panic!("line {}: {} fields", index + 1, fields.len());
            };
            assert!(!how.is_empty(), "line {}: say how it was counted", index + 1);
            let unit: Unit = unit.parse().unwrap();
            let yes = |word| match word {
                "yes" => true,
                "no" => false,
                other => panic!("line {}: {other}", index + 1),
            };
            Case {
                line: index + 1,
                start: start.parse().unwrap(),
                term: Term::parse(amount, unit).unwrap(),
                counts: Counts {
                    first_day: yes(first),
                    roll: roll.parse().unwrap(),
                    direction: match direction {
                        "forward" => Direction::Forward,
                        "backward" => Direction::Backward,
                        other => panic!("line {}: {other}", index + 1),
                    },
                    suspensions: suspend
                        .split_whitespace()
                        .map(|interval| interval.parse().unwrap())
                        .collect(),
                },
                region: region.to_owned(),
                known: match known {
                    "" => Known::Latest,
                    day => Known::On(day.parse().unwrap()),
                },
                due: due.to_owned(),
                provisional: yes(provisional),
            }
        })
        .collect()
}

fn for_each_case(mut check: impl FnMut(&Case, &WorkingDays, Due)) {
    let mut calendars = HashMap::new();
    for case in cases() {
        let days = calendars
            .entry((case.region.clone(), case.known))
            .or_insert_with(|| pack::known(&case.region, case.known));
        let answer = due(days, case.start, case.term, &case.counts)
            .unwrap_or_else(|e| panic!("line {}: {e}", case.line));
        check(&case, days, answer);
    }
}

#[test]
fn every_case_comes_out_as_counted_by_hand() {
    let mut n = 0;
    for_each_case(|case, _, answer| {
        assert_eq!(answer.end.to_string(), case.due, "line {}", case.line);
        assert_eq!(answer.provisional, case.provisional, "line {}", case.line);
        assert!(!answer.not_reviewed, "line {}", case.line);
        n += 1;
    });
    assert!(n >= 60, "{n} cases");
}

#[test]
fn the_naive_count_of_the_property_tests_agrees_with_the_hand() {
    for_each_case(|case, days, _| {
        if case.term.unit != Unit::Hour {
            let start = case.start.date();
            let counted = naive::due(days, start, case.term, &case.counts).unwrap();
            assert_eq!(counted.to_string(), case.due, "line {}", case.line);
        }
    });
}

#[test]
fn every_explanation_counts_to_the_term_and_ends_on_the_due_date() {
    for_each_case(|case, days, answer| {
        let at = format!("line {}", case.line);
        let Explanation { due, days: lines, hours } =
            explain(days, case.start, case.term, &case.counts).unwrap();
        assert_eq!(due, answer, "{at}");
        if case.term.unit == Unit::Hour {
            let running: u32 = hours
                .iter()
                .filter(|line| !line.suspended)
                .map(|line| {
                    let whole = u32::try_from(line.to.date().number() - line.from.date().number());
                    whole.unwrap() * 86_400 + line.to.second_of_day() - line.from.second_of_day()
                })
                .sum();
            assert_eq!(u64::from(running), case.term.amount * 3600, "{at}");
            return;
        }
        assert_eq!(lines.first().map(|line| line.date), Some(case.start.date()), "{at}");
        assert_eq!(lines.last().map(|line| line.date), Some(due.end.date()), "{at}");
        assert!(lines.windows(2).all(|two| two[0].date != two[1].date), "{at}");
        let counted =
            lines.iter().filter(|line| matches!(line.verdict, Verdict::Counted(_))).count();
        if matches!(case.term.unit, Unit::Day | Unit::WorkingDay) {
            assert_eq!(counted as u64, case.term.amount, "{at}");
        }
        let rolled = lines.iter().any(|line| line.verdict == Verdict::RolledTo);
        assert_eq!(rolled, due.rolled(), "{at}");
        for line in lines {
            let suspended = case.counts.suspensions.suspends(line.date);
            match line.verdict {
                Verdict::Suspended => assert!(suspended, "{at}"),
                Verdict::Start => assert_eq!(line.date, case.start.date(), "{at}"),
                _ => assert!(!suspended, "{at}: {} counts", line.date),
            }
        }
    });
}

#[test]
fn a_suspension_of_whole_days_reads_the_same_written_out() {
    let written: Suspensions = ["2026-03-12..2026-03-19", "2026-03-10..2026-03-13"]
        .into_iter()
        .map(|s| s.parse().unwrap())
        .collect();
    assert_eq!(written.to_string(), "2026-03-10..2026-03-19");
    assert_eq!(Counts::usual(Unit::Hour).roll, Roll::None);
}
