//! Questions that cannot be answered, each refused by its own kind of error.

use clock::{Counts, Error, Known, Moment, Roll, State, Term, Unit, due, explain, remaining};

use crate::pack::{day, known, latest};

fn ask(
    start: &str,
    amount: u64,
    unit: Unit,
    change: impl Fn(&mut Counts),
) -> Result<String, Error> {
    let days = latest("420000");
    let mut counts = Counts::usual(unit);
    change(&mut counts);
    let term = Term { amount, unit };
    let start: Moment = start.parse()?;
    let answer = due(&days, start, term, &counts);
    assert_eq!(explain(&days, start, term, &counts).err(), answer.clone().err());
    answer.map(|due| due.end.to_string())
}

fn code(start: &str, amount: u64, unit: Unit, change: impl Fn(&mut Counts)) -> &'static str {
    ask(start, amount, unit, change).unwrap_err().code()
}

fn suspend(counts: &mut Counts, interval: &str) {
    counts.suspensions = [interval.parse().unwrap()].into_iter().collect();
}

#[test]
fn working_days_outside_the_calendar() {
    let plain = |_: &mut Counts| ();
    assert_eq!(code("2014-12-30", 1, Unit::WorkingDay, plain), "clock.outside_calendar");
    // The last day of 2014 does not count, so what is asked for lies within.
    assert_eq!(ask("2014-12-31", 1, Unit::WorkingDay, plain).unwrap(), "2015-01-04");
    assert_eq!(code("2100-12-31", 1, Unit::WorkingDay, plain), "clock.outside_calendar");
    assert_eq!(code("2000-01-01", 1, Unit::WorkingDay, plain), "clock.outside_calendar");
    assert_eq!(
        code("2015-01-05", 2, Unit::WorkingDay, |c| c.direction = clock::Direction::Backward),
        "clock.outside_calendar"
    );
    assert_eq!(
        ask("2015-01-05", 1, Unit::WorkingDay, |c| c.direction = clock::Direction::Backward),
        Ok("2015-01-04".to_owned())
    );
    // Rolling needs the calendar; a last day before it does not tell whether it is off.
    assert_eq!(code("2013-05-01", 30, Unit::Day, plain), "clock.outside_calendar");
    let fault = ask("2013-05-01", 30, Unit::Day, plain).unwrap_err().to_string();
    assert!(fault.contains("2013-05-31") && fault.contains("--roll none"), "{fault}");
    assert_eq!(
        ask("2013-05-01", 30, Unit::Day, |c| c.roll = Roll::None),
        Ok("2013-05-31".to_owned())
    );
}

#[test]
fn terms_that_end_outside_the_years_or_are_longer_than_them() {
    let none = |c: &mut Counts| c.roll = Roll::None;
    assert_eq!(code("2100-12-31", 1, Unit::Day, none), "clock.beyond_range");
    assert_eq!(code("2100-12-31", 1, Unit::Month, none), "clock.beyond_range");
    assert_eq!(code("2026-01-01", 75, Unit::Year, none), "clock.beyond_range");
    assert_eq!(ask("2026-01-01", 74, Unit::Year, none), Ok("2100-01-01".to_owned()));
    assert_eq!(
        code("1900-01-01", 1, Unit::Day, |c| {
            c.roll = Roll::None;
            c.direction = clock::Direction::Backward;
        }),
        "clock.beyond_range"
    );
    for unit in [Unit::Hour, Unit::Day, Unit::WorkingDay, Unit::Month, Unit::Year] {
        for amount in [u64::MAX, i64::MAX as u64, i64::MAX as u64 / 12, 1 << 40] {
            let code = code("2026-02-10T09:30", amount, unit, none);
            assert!(
                ["clock.term_too_long", "clock.beyond_range", "clock.outside_calendar"]
                    .contains(&code),
                "{amount} {unit}: {code}"
            );
            let back = |c: &mut Counts| {
                c.roll = Roll::None;
                c.direction = clock::Direction::Backward;
            };
            assert!(ask("2026-02-10T09:30", amount, unit, back).is_err());
        }
    }
    for (text, code) in [
        ("-7", "clock.negative_term"),
        ("-0", "clock.negative_term"),
        ("", "clock.bad_term"),
        ("-", "clock.bad_term"),
        ("+7", "clock.bad_term"),
        ("7.5", "clock.bad_term"),
        ("７", "clock.bad_term"),
        ("7\0", "clock.bad_term"),
        ("seven", "clock.bad_term"),
        ("18446744073709551616", "clock.term_too_long"),
    ] {
        let fault = Term::parse(text, Unit::Day).unwrap_err();
        assert_eq!(fault.code(), code, "{text:?}: {fault}");
    }
}

#[test]
fn a_suspension_that_never_ends() {
    let fault = ask("2026-02-10", 7, Unit::WorkingDay, |c| suspend(c, "2026-02-12..")).unwrap_err();
    assert_eq!(
        fault,
        Error::Suspended { since: "2026-02-12".to_owned(), left: 6, unit: Unit::WorkingDay }
    );
    assert!(fault.to_string().contains("6 working days left"), "{fault}");
    let left = |start, amount, unit, interval: &str| match ask(start, amount, unit, |c| {
        suspend(c, interval)
    })
    .unwrap_err()
    {
        Error::Suspended { since, left, unit } => (since, left, unit.word()),
        other => panic!("{other}"),
    };
    // A term in months has the days that it would have: 28 to 10 March, one of them gone.
    assert_eq!(
        left("2026-02-10", 1, Unit::Month, "2026-02-12.."),
        ("2026-02-12".to_owned(), 27, "day")
    );
    assert_eq!(
        left("2026-02-10", 1, Unit::Day, "2026-01-01.."),
        ("2026-02-11".to_owned(), 1, "day")
    );
    // The last day was Saturday the 7th; only the roll is held up.
    assert_eq!(
        left("2026-03-02", 5, Unit::Day, "2026-03-08.."),
        ("2026-03-08".to_owned(), 0, "day")
    );
    assert_eq!(
        left("2026-02-10T09:30", 24, Unit::Hour, "2026-02-10T12:00.."),
        ("2026-02-10T12:00+08:00".to_owned(), 22, "hour")
    );
    // Backwards the open end lies behind the start: the days before it count.
    assert_eq!(
        ask("2026-02-10", 3, Unit::Day, |c| {
            c.direction = clock::Direction::Backward;
            c.roll = Roll::None;
            suspend(c, "2026-02-09..");
        }),
        Ok("2026-02-06".to_owned())
    );
}

#[test]
fn what_remains_while_a_term_stands_still_for_good() {
    let days = latest("420000");
    let mut counts = Counts::usual(Unit::WorkingDay);
    suspend(&mut counts, "2026-02-12..");
    let term = Term { amount: 7, unit: Unit::WorkingDay };
    let at = |now: &str| {
        let now = now.parse().unwrap();
        remaining(&days, day("2026-02-10").into(), term, &counts, now).unwrap()
    };
    assert_eq!((at("2026-02-10").state, at("2026-02-10").amount), (State::Running, 7));
    assert_eq!((at("2026-02-11").state, at("2026-02-11").amount), (State::Running, 6));
    assert_eq!((at("2026-03-11").state, at("2026-03-11").amount), (State::Suspended, 6));
    assert_eq!(at("2026-03-11").due, None);
    assert_eq!(at("2026-03-11").to_string(), "suspended, 6 working days left");
    assert_eq!(at("2026-02-01").state, State::NotStarted);
}

#[test]
fn what_remains_in_hours() {
    let days = latest("420000");
    let mut counts = Counts::usual(Unit::Hour);
    suspend(&mut counts, "2026-02-10T12:00..2026-02-10T18:00");
    let term = Term { amount: 24, unit: Unit::Hour };
    let start: Moment = "2026-02-10T09:30".parse().unwrap();
    let at = |now: &str| remaining(&days, start, term, &counts, now.parse().unwrap());
    for (now, words) in [
        ("2026-02-10T09:00", "not started, 24 hours, 30 minutes left"),
        ("2026-02-10T10:30", "23 hours, 0 minutes left"),
        ("2026-02-10T13:00", "suspended, 21 hours, 30 minutes left"),
        ("2026-02-11T14:29", "1 hour, 1 minute left"),
        ("2026-02-11T15:30", "0 hours, 0 minutes left"),
        ("2026-02-11T16:45", "overdue by 1 hour, 15 minutes"),
    ] {
        assert_eq!(at(now).unwrap().to_string(), words, "{now}");
    }
    assert_eq!(at("2026-02-11").unwrap_err().code(), "clock.needs_time");
}

#[test]
fn what_a_unit_does_not_have() {
    let plain = |_: &mut Counts| ();
    assert_eq!(code("2026-02-10", 24, Unit::Hour, plain), "clock.needs_time");
    assert_eq!(
        code("2026-02-10T09:30", 24, Unit::Hour, |c| c.roll = Roll::Next),
        "clock.not_for_hours"
    );
    assert_eq!(
        code("2026-02-10T09:30", 24, Unit::Hour, |c| c.first_day = true),
        "clock.not_for_hours"
    );
    let by_time = |c: &mut Counts| suspend(c, "2026-02-12T10:00..2026-02-13T10:00");
    assert_eq!(code("2026-02-10", 7, Unit::WorkingDay, by_time), "clock.needs_days");
    assert_eq!(code("2026-02-10", 1, Unit::Month, by_time), "clock.needs_days");
    assert_eq!(
        code("1992-01-01T00:00", 1, Unit::Hour, |c| c.direction = clock::Direction::Backward),
        "clock.before_fixed_offset"
    );
    // A day term may start at a time: its day is what counts.
    assert_eq!(ask("2026-02-10T09:30", 7, Unit::WorkingDay, plain), Ok("2026-02-26".to_owned()));
    assert_eq!("fortnight".parse::<Unit>().unwrap_err().code(), "clock.bad_word");
    assert_eq!("previous".parse::<Roll>().unwrap_err().code(), "clock.bad_word");
}

#[test]
fn an_answer_says_what_it_rests_on() {
    let days = latest("420000");
    let counts = Counts::usual(Unit::WorkingDay);
    let term = Term { amount: 5, unit: Unit::WorkingDay };
    let rests_on = |start: &str| {
        let answer = due(&days, start.parse().unwrap(), term, &counts).unwrap();
        let (from, to) = answer.rests_on.unwrap();
        let titles: Vec<String> = days.sources(from, to).iter().map(|s| s.title.clone()).collect();
        (answer.provisional, titles)
    };
    let (provisional, titles) = rests_on("2020-01-20");
    assert!(!provisional);
    assert_eq!(titles.len(), 3, "{titles:?}");
    assert!(titles[1].contains("〔2020〕1号") && titles[2].contains("湖北省"), "{titles:?}");
    let (provisional, titles) = rests_on("2026-12-28");
    assert!(provisional);
    assert_eq!(titles.len(), 3, "{titles:?}");
    assert!(titles[1].contains("第795号") && titles[2].contains("GB/T 33661"), "{titles:?}");

    // Days that do not roll rest on nothing, and are never provisional.
    let mut counts = Counts::usual(Unit::Day);
    counts.roll = Roll::None;
    let far =
        due(&days, "2090-01-01".parse().unwrap(), Term { amount: 9, unit: Unit::Day }, &counts);
    assert_eq!(far.map(|d| (d.rests_on, d.provisional)), Ok((None, false)));
    assert!(known("420000", Known::On(day("2026-01-01"))).is_working(day("2026-01-04")).unwrap());
}
