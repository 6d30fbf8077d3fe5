//! Terms of a case: when each runs, until when, and how it stands.

use clock::{Counts, Date, Direction, Due, Instant, Interval, Moment, Suspensions, Term};
use model::Timestamp;
use rules::value::Value;

use crate::course::{Course, said};
use crate::definition::Limit;
use crate::entry::Entry;
use crate::law::{Deciding, Law, NoLimit, Version};
use crate::procedure::{Procedure, ReadyBy};

/// A term that runs or ran in a case, from one of the steps that start it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The number of the term in the procedure.
    pub term: u16,
    /// The effect that started it, by its number in [`Course::effects`].
    pub started_by: usize,
    /// From when it runs.
    pub start: Moment,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It still runs, or ran out unmet.
    Open,
    /// An effect met it.
    Met(usize),
    /// An effect ended it without meeting it.
    Lifted(usize),
    /// It began anew with an effect.
    Anew(usize),
    /// The case ended with an effect.
    Ended(usize),
}

/// When a term ends, and by what law.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending<'a> {
    /// When.
    pub due: Due,
    /// The parameter that decided: of several, that of the earliest or latest end.
    pub version: Version<'a>,
    /// The extension that decided last, by its effect.
    pub extended_by: Option<usize>,
    /// When it stood still.
    pub suspensions: Suspensions,
    /// The start of the stretch that ends at `due`, and its length and way of counting; of a term
    /// that was extended to a day, none.
    stretch: Option<(Moment, Term, Counts)>,
}

/// Why it cannot be said when a term ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoEnding {
    /// No parameter is in force on the day that decides.
    NotInForce,
    /// No value for the level of the case, or the level is not said.
    NoLevel,
    /// It is no length of time.
    NoTime,
    /// The term stands still without an end; how much is left then.
    StandsStill(clock::Error),
    /// The days cannot be counted.
    Uncounted(clock::Error),
}

/// How a term stands at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is open.
    Running {
        /// Whether its end is within the warning.
        is_pressing: bool,
    },
    /// It stands still.
    Suspended,
    /// It ran out unmet.
    Overdue,
    /// It was met in time.
    Met,
    /// It was met after its end.
    MetLate,
    /// It is over without having been met: lifted, begun anew, or the case has ended.
    Over,
    /// It ended by itself, as a publication does.
    RanOut,
}

/// The terms that ran in a case, in the order of the rules and then of their starts.
pub(crate) fn runs(procedure: &Procedure, entries: &[Entry], course: &Course) -> Vec<Run> {
    let mut runs = Vec::new();
    for (number, rule) in procedure.terms.iter().enumerate() {
        let Ok(number) = u16::try_from(number) else { break };
        let mut open: Option<Run> = None;
        for (at, effect) in course.effects.iter().enumerate() {
            let mut end = |open: &mut Option<Run>, outcome: Outcome| {
                if let Some(mut run) = open.take() {
                    run.outcome = outcome;
                    runs.push(run);
                }
            };
            if rule.met_by.contains(&effect.step) && open.is_some() {
                end(&mut open, Outcome::Met(at));
            }
            if rule.lifted_by.contains(&effect.step) {
                end(&mut open, Outcome::Lifted(at));
            }
            let is_started = rule.starts.contains(&effect.step);
            let ends_case = course
                .effects
                .get(at)
                .and_then(|effect| procedure.definition().states.get(usize::from(effect.state)))
                .is_some_and(|state| state.end);
            if ends_case && !rule.met_by.is_empty() {
                end(&mut open, Outcome::Ended(at));
            }
            if is_started {
                end(&mut open, Outcome::Anew(at));
                let start = entries
                    .get(effect.entry)
                    .zip(rule.start_on)
                    .and_then(|(entry, field)| said(entry, field))
                    .and_then(moment)
                    .unwrap_or_else(|| at_moment(effect.at));
                open = Some(Run { term: number, started_by: at, start, outcome: Outcome::Open });
                // So many days before a date that the step itself sets: the step is what must
                // come in time.
                if rule.is_backward && rule.met_by.contains(&effect.step) {
                    end(&mut open, Outcome::Met(at));
                }
            }
        }
        runs.extend(open);
    }
    runs
}

/// A moment in time as terms are counted: a point of it.
fn at_moment(at: Timestamp) -> Moment {
    match Instant::from_unix(at.micros().div_euclid(1_000_000)) {
        Ok(instant) => Moment::Instant(instant),
        Err(_) => Moment::Day(at.day_in_china()),
    }
}

/// The day or the moment that a value says.
fn moment(value: &Value) -> Option<Moment> {
    match value {
        Value::Date(day) => Some(Moment::Day(*day)),
        Value::Instant(at) => Some(at_moment(*at)),
        _ => None,
    }
}

/// What the endings of a case's terms follow from.
pub(crate) struct Counting<'a, L> {
    pub procedure: &'a Procedure,
    pub entries: &'a [Entry],
    pub course: &'a Course,
    pub law: &'a L,
}

impl<'a, L: Law> Counting<'a, L> {
    /// The day on which the case began.
    pub fn opened_on(&self) -> Date {
        self.course.effects.first().map_or(Date::MIN, |effect| effect.at.day_in_china())
    }

    /// The days that decide over versions, for a term that starts on some day.
    pub fn deciding(&self, term_start: Date) -> Deciding {
        let act = self.procedure.act_on.and_then(|f| self.course.value(self.entries, f));
        let act = match act {
            Some(Value::Date(day)) => Some(*day),
            Some(Value::Instant(at)) => Some(at.day_in_china()),
            _ => None,
        };
        Deciding { case_start: self.opened_on(), term_start, act }
    }

    /// The level of the case.
    pub fn level(&self) -> Option<&'a str> {
        match self.course.value(self.entries, self.procedure.level?)? {
            Value::Text(level) => Some(level),
            _ => None,
        }
    }

    /// When a term ends.
    pub fn ending(&self, run: &Run) -> Result<Ending<'a>, NoEnding> {
        let rule = &self.procedure.definition().terms[usize::from(run.term)];
        let ready = &self.procedure.terms[usize::from(run.term)];
        let mut ending = self.limited(run.term, &rule.limit, run.start, run.start, &[])?;
        // What does not count in the term does not count in what an extension adds to it either.
        let excluded = ending.version.suspended_by;
        let until = match run.outcome {
            Outcome::Open => self.course.effects.len(),
            Outcome::Met(at) | Outcome::Lifted(at) | Outcome::Anew(at) | Outcome::Ended(at) => at,
        };
        let between = self.course.effects.get(run.started_by + 1..until).unwrap_or_default();
        for (number, effect) in between.iter().enumerate() {
            for extension in ready.extended.iter().filter(|other| other.step == effect.step) {
                match &extension.by {
                    ReadyBy::Limit(limit) => {
                        // On from the last day that it had, before that one rolled: what is added
                        // is added to the term and not to the end of a holiday.
                        let from = ending.due.unrolled;
                        ending = self.limited(run.term, limit, from, from, excluded)?;
                    }
                    ReadyBy::Until(field) => {
                        let day = self.entries.get(effect.entry).and_then(|e| said(e, *field));
                        let Some(day) = day.and_then(moment) else { continue };
                        ending.due = Due {
                            end: day,
                            unrolled: day,
                            provisional: false,
                            not_reviewed: false,
                            rests_on: None,
                        };
                        ending.stretch = None;
                    }
                }
                ending.extended_by = Some(run.started_by + 1 + number);
            }
        }
        Ok(ending)
    }

    /// The end of a limit from some start on, with what does not count beside what its own
    /// parameter names.
    fn limited(
        &self,
        term: u16,
        limit: &Limit,
        start: Moment,
        deciding: Moment,
        excluded: &[String],
    ) -> Result<Ending<'a>, NoEnding> {
        let deciding = self.deciding(deciding.date());
        let mut found: Option<Ending<'a>> = None;
        let mut still = None;
        for parameter in limit.parameters() {
            let version = match self.law.limit(parameter, &deciding, self.level()) {
                Ok(Some(version)) => version,
                Ok(None) => continue,
                Err(NoLimit::Level) => return Err(NoEnding::NoLevel),
                Err(NoLimit::NoTime) => return Err(NoEnding::NoTime),
            };
            let counts = Counts {
                first_day: false,
                roll: version.roll,
                direction: version.direction,
                suspensions: self.suspensions(term, &version, excluded),
            };
            let due = match clock::due(self.law.days(), start, version.term, &counts) {
                Ok(due) => due,
                Err(error @ clock::Error::Suspended { .. }) => {
                    still = Some(error);
                    continue;
                }
                Err(error) => return Err(NoEnding::Uncounted(error)),
            };
            let is_better = match (&found, limit) {
                (None, _) => true,
                (Some(other), Limit::Later(_)) => due.end > other.due.end,
                (Some(other), _) => due.end < other.due.end,
            };
            if is_better {
                let suspensions = counts.suspensions.clone();
                let stretch = Some((start, version.term, counts));
                found = Some(Ending { due, version, extended_by: None, suspensions, stretch });
            }
        }
        match (found, still) {
            // What stands still ends later than whatever has an end.
            (Some(_), Some(still)) if matches!(limit, Limit::Later(_)) => {
                Err(NoEnding::StandsStill(still))
            }
            (Some(found), _) => Ok(found),
            (None, Some(still)) => Err(NoEnding::StandsStill(still)),
            (None, None) => Err(NoEnding::NotInForce),
        }
    }

    /// When a term stands still, as far as the version of its parameter, or that of the term that it
    /// extends, lets it.
    fn suspensions(&self, term: u16, version: &Version<'_>, excluded: &[String]) -> Suspensions {
        let ready = &self.procedure.terms[usize::from(term)];
        let in_time = version.term.unit == clock::Unit::Hour;
        let mut intervals = Vec::new();
        for (event, from, to) in &ready.suspended {
            if !version.suspended_by.contains(event) && !excluded.contains(event) {
                continue;
            }
            let mut since: Option<Timestamp> = None;
            for effect in &self.course.effects {
                match since {
                    None if from.contains(&effect.step) => since = Some(effect.at),
                    Some(begun) if to.contains(&effect.step) => {
                        intervals.extend(interval(begun, Some(effect.at), in_time));
                        since = None;
                    }
                    _ => {}
                }
            }
            if let Some(begun) = since {
                intervals.extend(interval(begun, None, in_time));
            }
        }
        intervals.into_iter().collect()
    }

    /// How a term stands at some moment.
    pub fn standing(
        &self,
        run: &Run,
        ending: &Result<Ending<'a>, NoEnding>,
        now: Timestamp,
    ) -> Standing {
        let rule = &self.procedure.definition().terms[usize::from(run.term)];
        match (run.outcome, ending) {
            (Outcome::Met(at), Ok(ending)) => {
                let met = self.course.effects.get(at).map(|effect| at_moment(effect.at));
                match met {
                    Some(met) if is_after(met, ending.due.end) => Standing::MetLate,
                    _ => Standing::Met,
                }
            }
            (Outcome::Met(_), Err(_)) => Standing::Met,
            (Outcome::Lifted(_) | Outcome::Anew(_) | Outcome::Ended(_), _) => Standing::Over,
            (Outcome::Open, Err(NoEnding::StandsStill(_))) => Standing::Suspended,
            (Outcome::Open, Err(_)) => Standing::Running { is_pressing: false },
            (Outcome::Open, Ok(ending)) => {
                let now = at_moment(now);
                if is_after(now, ending.due.end) {
                    match rule.met_by.is_empty() {
                        true => Standing::RanOut,
                        false => Standing::Overdue,
                    }
                } else if ending.suspensions.intervals().iter().any(|i| holds(i, now)) {
                    Standing::Suspended
                } else {
                    let is_pressing =
                        rule.warn.is_some_and(|warn| self.is_within(now, ending, warn));
                    Standing::Running { is_pressing }
                }
            }
        }
    }

    /// Whether a moment lies within so long before an end.
    fn is_within(&self, now: Moment, ending: &Ending<'_>, warn: Term) -> bool {
        match self.warns_from(ending, warn) {
            Some(from @ Moment::Instant(_)) => now >= from,
            Some(Moment::Day(day)) => now.date() >= day,
            None => false,
        }
    }

    /// From when on it is within so long before an end: a day, or of hours a point in time.
    pub(crate) fn warns_from(&self, ending: &Ending<'_>, warn: Term) -> Option<Moment> {
        let counts = Counts {
            direction: Direction::Backward,
            roll: clock::Roll::None,
            ..Counts::usual(warn.unit)
        };
        let end = match (warn.unit, ending.due.end) {
            (clock::Unit::Hour, Moment::Day(day)) => {
                Instant::new(day, 0).map_or(Moment::Day(day), Moment::Instant)
            }
            (clock::Unit::Hour, end) => end,
            (_, end) => Moment::Day(end.date()),
        };
        let from = clock::due(self.law.days(), end, warn, &counts).ok()?.end;
        match warn.unit {
            clock::Unit::Hour => Some(from),
            _ => Some(Moment::Day(from.date())),
        }
    }

    /// How much is left of a term, in the words of its unit.
    ///
    /// # Errors
    /// As [`clock::remaining`].
    pub fn remaining(
        &self,
        ending: &Ending<'_>,
        now: Timestamp,
    ) -> Result<clock::Remaining, clock::Error> {
        let now = at_moment(now);
        let Some((start, term, counts)) = &ending.stretch else {
            // Extended to a day: what is left is days.
            let term = Term { amount: 0, unit: clock::Unit::Day };
            let counts = Counts { roll: clock::Roll::None, ..Counts::usual(clock::Unit::Day) };
            let now = Moment::Day(now.date());
            let end = Moment::Day(ending.due.end.date());
            return clock::remaining(self.law.days(), end, term, &counts, now).map(running);
        };
        let now = match term.unit {
            clock::Unit::Hour => now,
            _ => Moment::Day(now.date()),
        };
        clock::remaining(self.law.days(), *start, *term, counts, now).map(running)
    }
}

/// A stretch that an extension adds has not begun while the one before it runs; the term has.
fn running(mut remaining: clock::Remaining) -> clock::Remaining {
    if remaining.state == clock::State::NotStarted {
        remaining.state = clock::State::Running;
    }
    remaining
}

/// Whether a moment lies after an end: after its day, or after the point in time.
pub(crate) fn is_after(at: Moment, end: Moment) -> bool {
    match end {
        Moment::Day(day) => at.date() > day,
        Moment::Instant(_) => at > end,
    }
}

fn holds(interval: &Interval, at: Moment) -> bool {
    let from = match interval.from() {
        Moment::Day(day) => at.date() >= day,
        from @ Moment::Instant(_) => at >= from,
    };
    from && interval.to().is_none_or(|to| !is_after(at, to))
}

/// The days from the one after the first step to that of the second, or the points in time.
fn interval(from: Timestamp, to: Option<Timestamp>, in_time: bool) -> Option<Interval> {
    if in_time {
        return Interval::new(at_moment(from), to.map(at_moment)).ok();
    }
    let first = from.day_in_china().plus(1).ok()?;
    let last = to.map(|to| Moment::Day(to.day_in_china()));
    Interval::new(Moment::Day(first), last).ok()
}
