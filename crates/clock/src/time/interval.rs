//! Intervals, and the suspensions that they make.

use std::fmt;
use std::str::FromStr;

use super::date::Date;
use super::instant::{DAY, Instant, Moment};
use crate::error::{Error, quote};

/// From one day to another, both included, or from one point in time to another; the end may be open.
///
/// Written as `FIRST..LAST`, as `FIRST..` where no end is known, or as one day.
///
/// ```
/// use clock::Interval;
/// let test: Interval = "2026-02-12..2026-02-20".parse()?;
/// assert_eq!(test.to_string(), "2026-02-12..2026-02-20");
/// assert!("2026-02-12..".parse::<Interval>()?.to().is_none());
/// assert!("2026-02-20..2026-02-12".parse::<Interval>().is_err());
/// # Ok::<(), clock::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    from: Moment,
    to: Option<Moment>,
}

impl Interval {
    /// From `from` to `to`, both included; without an end where `to` is `None`.
    ///
    /// # Errors
    /// [`Error::BadInterval`] where it ends before it begins.
    ///
    /// ```
    /// use clock::{Interval, Moment};
    /// let (first, last): (Moment, Moment) = ("2026-02-12".parse()?, "2026-02-20".parse()?);
    /// let interval = Interval::new(first, Some(last))?;
    /// assert_eq!((interval.from(), interval.to()), (first, Some(last)));
    /// assert!(Interval::new(last, Some(first)).is_err());
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn new(from: Moment, to: Option<Moment>) -> Result<Self, Error> {
        let interval = Self { from, to };
        let span = interval.span();
        if span.until < span.after {
            return Err(Error::BadInterval {
                text: quote(&interval.to_string()),
                why: "it ends before it begins".to_owned(),
            });
        }
        Ok(interval)
    }

    /// Its first day, or the point in time at which it begins.
    pub fn from(&self) -> Moment {
        self.from
    }

    /// Its last day, or the point in time at which it ends; `None` where it has no end.
    pub fn to(&self) -> Option<Moment> {
        self.to
    }

    /// The days of an interval of whole days with an end; none where it is another.
    pub(crate) fn days(&self) -> Option<impl Iterator<Item = Date> + use<>> {
        match (self.from, self.to) {
            (Moment::Day(from), Some(Moment::Day(to))) => {
                Some((from.number()..=to.number()).filter_map(|n| Date::from_number(n.into())))
            }
            _ => None,
        }
    }

    fn span(&self) -> Span {
        let after = match self.from {
            Moment::Day(date) => i64::from(date.number()) * DAY,
            Moment::Instant(instant) => instant.position(),
        };
        let until = match self.to {
            Some(Moment::Day(date)) => (i64::from(date.number()) + 1) * DAY,
            Some(Moment::Instant(instant)) => instant.position(),
            None => i64::MAX,
        };
        Span { after, until }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            Some(to) if to == self.from => self.from.fmt(f),
            Some(to) => write!(f, "{}..{to}", self.from),
            None => write!(f, "{}..", self.from),
        }
    }
}

impl FromStr for Interval {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (from, to) = match text.split_once("..") {
            None => {
                let only: Moment = text.parse()?;
                (only, Some(only))
            }
            Some(("", _)) => {
                return Err(Error::BadInterval {
                    text: quote(text),
                    why: "it has no beginning".to_owned(),
                });
            }
            Some((from, "")) => (from.parse()?, None),
            Some((from, to)) => (from.parse()?, Some(to.parse()?)),
        };
        Self::new(from, to)
    }
}

/// What lies after `after` and not after `until`, in seconds of [`Instant`] or, in other rulers'
/// units, in theirs. The day `n` is the span from `n` to `n + 1` days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub after: i64,
    pub until: i64,
}

/// The times during which a term stands still, in order, those that overlap or touch made one.
///
/// ```
/// use clock::{Interval, Suspensions};
/// let given = ["2026-02-18..2026-02-24", "2026-02-12..2026-02-20"].map(|s| s.parse::<Interval>());
/// let suspensions: Suspensions = given.into_iter().collect::<Result<_, _>>()?;
/// assert_eq!(suspensions.to_string(), "2026-02-12..2026-02-24");
/// # Ok::<(), clock::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suspensions {
    spans: Vec<Span>,
    has_times: bool,
}

impl FromIterator<Interval> for Suspensions {
    fn from_iter<I: IntoIterator<Item = Interval>>(intervals: I) -> Self {
        let mut has_times = false;
        let mut given: Vec<Span> = intervals
            .into_iter()
            .inspect(|interval| {
                has_times |= matches!(interval.from, Moment::Instant(_))
                    || matches!(interval.to, Some(Moment::Instant(_)));
            })
            .map(|interval| interval.span())
            .collect();
        given.sort_unstable_by_key(|span| span.after);
        let mut spans: Vec<Span> = Vec::with_capacity(given.len());
        for span in given {
            match spans.last_mut() {
                Some(last) if span.after <= last.until => last.until = last.until.max(span.until),
                _ => spans.push(span),
            }
        }
        Self { spans, has_times }
    }
}

impl Suspensions {
    /// Whether the term never stands still.
    ///
    /// ```
    /// assert!(clock::Suspensions::default().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// In seconds.
    pub(crate) fn in_seconds(&self) -> impl DoubleEndedIterator<Item = Span> {
        self.spans.iter().copied()
    }

    /// In days: the day numbered `n` is the span from `n - 1` to `n`, the position of a day being its
    /// end. Suspensions by the time of day must have been refused before.
    pub(crate) fn in_days(&self) -> impl DoubleEndedIterator<Item = Span> {
        self.spans.iter().map(|span| Span {
            after: span.after / DAY - 1,
            until: match span.until {
                i64::MAX => i64::MAX,
                until => until / DAY - 1,
            },
        })
    }

    /// That every suspension is of whole days.
    ///
    /// # Errors
    /// [`Error::NeedsDays`].
    pub(crate) fn need_days(&self) -> Result<(), Error> {
        if self.has_times { Err(Error::NeedsDays) } else { Ok(()) }
    }

    /// Whether the day lies in a suspension, from its beginning to its end.
    ///
    /// ```
    /// use clock::{Interval, Suspensions};
    /// let held: Suspensions = ["2026-02-12..".parse::<Interval>()?].into_iter().collect();
    /// assert!(held.suspends("2026-02-12".parse()?) && !held.suspends("2026-02-11".parse()?));
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn suspends(&self, date: Date) -> bool {
        let start = i64::from(date.number()) * DAY;
        self.spans.iter().any(|span| span.after <= start && start + DAY <= span.until)
    }

    /// Whether the point in time lies in a suspension.
    pub(crate) fn suspends_at(&self, instant: Instant) -> bool {
        let at = instant.position();
        self.spans.iter().any(|span| span.after <= at && at < span.until)
    }

    /// The merged intervals.
    ///
    /// ```
    /// use clock::{Interval, Suspensions};
    /// let given = ["2026-02-12..2026-02-13", "2026-02-14"].map(|s| s.parse::<Interval>());
    /// let held: Suspensions = given.into_iter().collect::<Result<_, _>>()?;
    /// assert_eq!(held.intervals(), ["2026-02-12..2026-02-14".parse()?]);
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn intervals(&self) -> Vec<Interval> {
        let day = |position: i64| Date::from_number(position / DAY).map(Moment::Day);
        let time = |position| Instant::from_position(position).ok().map(Moment::Instant);
        self.spans
            .iter()
            .filter_map(|span| {
                let open = span.until == i64::MAX;
                Some(if self.has_times {
                    Interval {
                        from: time(span.after).or_else(|| day(span.after))?,
                        to: if open { None } else { time(span.until) },
                    }
                } else {
                    Interval {
                        from: day(span.after)?,
                        to: if open { None } else { day(span.until - 1) },
                    }
                })
            })
            .collect()
    }
}

impl fmt::Display for Suspensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, interval) in self.intervals().iter().enumerate() {
            write!(f, "{}{interval}", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(given: &[&str]) -> String {
        given
            .iter()
            .map(|text| text.parse::<Interval>().unwrap())
            .collect::<Suspensions>()
            .to_string()
    }

    #[test]
    fn overlapping_and_touching_suspensions_become_one() {
        assert_eq!(merged(&["2026-01-05..2026-01-07", "2026-01-08"]), "2026-01-05..2026-01-08");
        assert_eq!(merged(&["2026-01-09", "2026-01-07"]), "2026-01-07, 2026-01-09");
        assert_eq!(merged(&["2026-01-05..", "2026-03-01..2026-03-02"]), "2026-01-05..");
        assert_eq!(
            merged(&["2026-01-05T12:00..2026-01-06T12:00", "2026-01-06"]),
            "2026-01-05T12:00+08:00..2026-01-07T00:00+08:00"
        );
        assert_eq!(merged(&[]), "");
    }

    #[test]
    fn what_is_not_an_interval_is_refused() {
        for (text, code) in [
            ("", "clock.bad_date"),
            ("..", "clock.bad_interval"),
            ("..2026-02-12", "clock.bad_interval"),
            ("2026-02-20..2026-02-12", "clock.bad_interval"),
            ("2026-02-12..2026-02-30", "clock.bad_date"),
            ("2026-02-12...2026-02-20", "clock.bad_date"),
            ("2026-02-12..9999-12-31", "clock.year_out_of_range"),
            ("2026-02-12T10:00..2026-02-12T09:00", "clock.bad_interval"),
        ] {
            let fault = text.parse::<Interval>().unwrap_err();
            assert_eq!(fault.code(), code, "{text:?}: {fault}");
        }
    }
}
