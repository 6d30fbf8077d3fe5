//! What holds for every calendar and every term.

use clock::{
    Calendar, Counts, Date, Direction, Explanation, Interval, Known, Moment, Region, Roll, State,
    Suspensions, Term, Unit, Verdict, WorkingDays, due, explain, remaining,
};
use proptest::prelude::*;

use crate::naive;
use crate::pack::day;

/// Days of the calendars that are made up here: 2022 to 2029, starts well within.
fn start() -> impl Strategy<Value = Date> {
    (day("2024-06-01").number()..=day("2026-06-30").number())
        .prop_map(|n| Date::from_number(n.into()).unwrap())
}

fn unit() -> impl Strategy<Value = Unit> {
    prop_oneof![Just(Unit::Day), Just(Unit::WorkingDay), Just(Unit::Month), Just(Unit::Year)]
}

fn term() -> impl Strategy<Value = Term> {
    unit().prop_flat_map(|unit| {
        let most: u64 = match unit {
            Unit::Year => 1,
            Unit::Month => 14,
            _ => 70,
        };
        (0..=most).prop_map(move |amount| Term { amount, unit })
    })
}

/// Up to five suspensions around `from`, most of a few days.
fn intervals() -> impl Strategy<Value = Vec<Interval>> {
    let one = (start(), 0i64..25).prop_map(|(from, more)| {
        let to = from.plus(more).unwrap();
        Interval::new(from.into(), Some(to.into())).unwrap()
    });
    prop::collection::vec(one, 0..5)
}

fn counts() -> impl Strategy<Value = Counts> {
    (any::<bool>(), any::<bool>(), any::<bool>(), intervals()).prop_map(
        |(first_day, rolls, back, suspended)| Counts {
            first_day,
            roll: if rolls { Roll::Next } else { Roll::None },
            direction: if back { Direction::Backward } else { Direction::Forward },
            suspensions: suspended.into_iter().collect(),
        },
    )
}

/// Days off and worked, announced in this order.
fn changes() -> impl Strategy<Value = Vec<(Date, bool)>> {
    prop::collection::vec((start(), any::<bool>()), 0..40)
}

fn calendar(changes: &[(Date, bool)]) -> WorkingDays {
    use std::fmt::Write as _;
    let mut text = String::new();
    for year in 2022..=2029 {
        writeln!(text, "[[notice]]\nsource = 'of {year}'\npublishes = {year}").unwrap();
    }
    for (i, (date, off)) in changes.iter().enumerate() {
        let announced = day("2023-01-01").plus(i as i64).unwrap();
        let list = if *off { "off" } else { "work" };
        writeln!(text, "[[notice]]\nsource = 'change {i}'\nannounced = {announced}").unwrap();
        writeln!(text, "[[notice.holiday]]\nlabel = {{ zh = '假', en = 'day' }}").unwrap();
        writeln!(text, "{list} = ['{date}']").unwrap();
    }
    let calendar = Calendar::parse([("made up", &*text)]).unwrap();
    calendar.working_days(Region::CHINA, Known::Latest).unwrap()
}

fn end(days: &WorkingDays, start: Date, term: Term, counts: &Counts) -> Date {
    due(days, start.into(), term, counts).unwrap().end.date()
}

/// `later` is not before `earlier` along the way that the term runs.
fn not_sooner(counts: &Counts, earlier: Date, later: Date) -> bool {
    match counts.direction {
        Direction::Forward => earlier <= later,
        Direction::Backward => earlier >= later,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_fast_count_is_the_naive_one(
        changes in changes(), start in start(), term in term(), counts in counts()
    ) {
        let days = calendar(&changes);
        let counted = naive::due(&days, start, term, &counts);
        prop_assert_eq!(Some(end(&days, start, term, &counts)), counted);
    }

    #[test]
    fn a_day_off_more_never_makes_a_term_end_sooner(
        changes in changes(), more in start(), start in start(), term in term(), counts in counts()
    ) {
        let before = end(&calendar(&changes), start, term, &counts);
        let mut with_more = changes;
        with_more.push((more, true));
        let after = end(&calendar(&with_more), start, term, &counts);
        prop_assert!(not_sooner(&counts, before, after), "{} then {}", before, after);
    }

    #[test]
    fn a_suspension_more_never_makes_a_term_end_sooner(
        changes in changes(), start in start(), term in term(), counts in counts(),
        suspended in intervals(), more in intervals()
    ) {
        let days = calendar(&changes);
        let with = |intervals: Vec<Interval>| Counts {
            suspensions: intervals.into_iter().collect(),
            ..counts.clone()
        };
        let before = end(&days, start, term, &with(suspended.clone()));
        let after = end(&days, start, term, &with([suspended, more].concat()));
        prop_assert!(not_sooner(&counts, before, after), "{} then {}", before, after);
    }

    #[test]
    fn a_longer_term_never_ends_sooner(
        changes in changes(), start in start(), term in term(), counts in counts()
    ) {
        let days = calendar(&changes);
        let longer = Term { amount: term.amount + 1, ..term };
        let (short, long) = (end(&days, start, term, &counts), end(&days, start, longer, &counts));
        prop_assert!(not_sooner(&counts, short, long), "{} then {}", short, long);
    }

    /// Of months only without suspension: those that begin at a month's end are shorter, and a
    /// suspension between two starts touches only the earlier term.
    #[test]
    fn a_later_start_never_ends_sooner(
        changes in changes(), start in start(), term in term(), counts in counts()
    ) {
        let days = calendar(&changes);
        let plain = matches!(term.unit, Unit::Day | Unit::WorkingDay) && term.amount > 0;
        let counts = Counts {
            suspensions: if plain { counts.suspensions } else { Suspensions::default() },
            ..counts
        };
        let next = start.plus(1).unwrap();
        prop_assert!(end(&days, start, term, &counts) <= end(&days, next, term, &counts));
    }

    #[test]
    fn a_term_there_and_back_is_where_it_began(
        changes in changes(), start in start(), n in 1u64..70, working in any::<bool>(),
        suspended in intervals()
    ) {
        let days = calendar(&changes);
        let unit = if working { Unit::WorkingDay } else { Unit::Day };
        let term = Term { amount: n, unit };
        let there = Counts {
            roll: Roll::None,
            suspensions: suspended.into_iter().collect(),
            ..Counts::usual(unit)
        };
        let back = Counts { direction: Direction::Backward, ..there.clone() };
        let counts = |date| (!working || days.is_working(date).unwrap()) && !there.suspensions.suspends(date);
        prop_assume!(counts(start));
        prop_assert_eq!(end(&days, end(&days, start, term, &there), term, &back), start);
        prop_assert_eq!(end(&days, end(&days, start, term, &back), term, &there), start);
    }

    #[test]
    fn two_terms_one_after_the_other_are_one(
        changes in changes(), start in start(), a in 0u64..40, b in 0u64..40,
        working in any::<bool>(), counts in counts()
    ) {
        let days = calendar(&changes);
        let unit = if working { Unit::WorkingDay } else { Unit::Day };
        let counts = Counts { roll: Roll::None, first_day: false, ..counts };
        let of = |start, amount| end(&days, start, Term { amount, unit }, &counts);
        prop_assert_eq!(of(of(start, a), b), of(start, a + b));
    }

    #[test]
    fn what_remains_is_what_is_still_to_count(
        changes in changes(), start in start(), term in term(), counts in counts(), after in 0i64..60
    ) {
        let days = calendar(&changes);
        let counts = Counts { roll: Roll::None, first_day: false, direction: Direction::Forward, ..counts };
        let last = end(&days, start, term, &counts);
        let now = start.plus(after).unwrap();
        let left = remaining(&days, start.into(), term, &counts, now.into()).unwrap();
        prop_assert_eq!(left.due.map(|due| due.end.date()), Some(last));
        match left.state {
            State::Overdue => {
                prop_assert_eq!(left.amount as i64, i64::from(now.number() - last.number()));
            }
            State::DueToday => prop_assert_eq!((now, left.amount), (last, 0)),
            _ => {
                let unit = if term.unit == Unit::WorkingDay { Unit::WorkingDay } else { Unit::Day };
                let rest = Term { amount: left.amount, unit };
                prop_assert!(left.amount > 0 && now < last);
                prop_assert_eq!(end(&days, now, rest, &counts), last);
            }
        }
    }

    #[test]
    fn an_explanation_counts_one_by_one(
        changes in changes(), start in start(), term in term(), counts in counts()
    ) {
        let days = calendar(&changes);
        let Explanation { due, days: lines, .. } = explain(&days, start.into(), term, &counts).unwrap();
        let counted: Vec<u64> = lines
            .iter()
            .filter_map(|line| match line.verdict {
                Verdict::Counted(n) => Some(n),
                _ => None,
            })
            .collect();
        prop_assert!(counted.iter().copied().eq(1..=counted.len() as u64));
        let unrolled = lines.iter().find(|line| line.date == due.unrolled.date()).unwrap();
        prop_assert!(term.amount == 0 || matches!(unrolled.verdict, Verdict::Counted(_)));
    }

    #[test]
    fn hours_run_by_the_clock(start in start(), second in 0i64..86_400, a in 0u64..500, b in 0u64..500) {
        let days = calendar(&[]);
        let from = clock::Instant::new(start, second).unwrap();
        let counts = Counts::usual(Unit::Hour);
        let of = |from: Moment, amount| {
            due(&days, from, Term { amount, unit: Unit::Hour }, &counts).unwrap().end
        };
        let end = of(from.into(), a + b);
        prop_assert_eq!(of(of(from.into(), a), b), end);
        prop_assert_eq!(end, clock::Instant::new(start, second + 3600 * (a + b) as i64).unwrap().into());
    }

    #[test]
    fn working_days_between_two_days_are_those_of_the_wall_calendar(
        changes in changes(), from in start(), to in start()
    ) {
        let days = calendar(&changes);
        let between = days.between(from, to).unwrap();
        prop_assert_eq!(between, -days.between(to, from).unwrap());
        let (low, high) = (from.min(to), from.max(to));
        let worked = crate::pack::days(low, high).skip(1).filter(|d| days.is_working(*d).unwrap());
        prop_assert_eq!(between.abs(), worked.count() as i64);
    }

    #[test]
    fn no_text_makes_a_reader_fail_badly(text in ".{0,30}") {
        let faults = [
            text.parse::<Date>().err().map(|e| e.to_string()),
            text.parse::<Moment>().err().map(|e| e.to_string()),
            text.parse::<Interval>().err().map(|e| e.to_string()),
            text.parse::<Region>().err().map(|e| e.to_string()),
            Term::parse(&text, Unit::Day).err().map(|e| e.to_string()),
            Calendar::parse([("any", &*text)]).err().map(|e| e.to_string()),
        ];
        for fault in faults.into_iter().flatten() {
            prop_assert!(!fault.contains(['\0', '\u{202e}']), "{}", fault);
        }
    }
}
