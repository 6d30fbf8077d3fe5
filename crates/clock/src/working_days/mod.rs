//! The working days of a region, laid out for counting.

mod cells;
mod day;

use std::sync::Arc;

use crate::calendar::{Known, SharedSource, Source};
use crate::error::Error;
use crate::region::Region;
use crate::time::Date;

pub(crate) use cells::{Cell, Cells};
pub use day::{Day, DayKind};

/// Which days are worked in a region, as known on a day: made by [`Calendar::working_days`].
///
/// For each day it holds how many working days lie before it, and for each working day its place, so
/// that counting any number of working days is two look-ups, whatever the number.
///
/// [`Calendar::working_days`]: crate::Calendar::working_days
#[derive(Clone, Debug)]
pub struct WorkingDays {
    /// The day number of the first day.
    first: i64,
    /// `ranks[i]`: how many of the first `i` days are worked.
    ranks: Vec<u32>,
    /// `places[k]`: how many days lie before the working day that has `k` working days before it.
    places: Vec<u32>,
    /// `provisional[i]`, `unreviewed[i]`: how many of the first `i` days are.
    provisional: Vec<u32>,
    unreviewed: Vec<u32>,
    cells: Cells,
    region: Region,
    known: Known,
    festivals: Option<SharedSource>,
}

impl WorkingDays {
    pub(crate) fn new(
        cells: Cells,
        region: Region,
        known: Known,
        festivals: Option<SharedSource>,
    ) -> Self {
        let ranks = running(&cells, |cell| cell.kind.is_working());
        let provisional = running(&cells, |cell| cell.provisional);
        let unreviewed = running(&cells, |cell| !cell.source.is_reviewed());
        let places = (0u32..)
            .zip(ranks.windows(2))
            .filter(|(_, pair)| pair[0] < pair[1])
            .map(|(place, _)| place)
            .collect();
        Self {
            first: cells.first().number().into(),
            ranks,
            places,
            provisional,
            unreviewed,
            cells,
            region,
            known,
            festivals,
        }
    }

    /// Where it holds.
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
    /// assert_eq!(days.region(), clock::Region::CHINA);
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn region(&self) -> Region {
        self.region
    }

    /// As of which day.
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
    /// assert_eq!(days.known(), clock::Known::Latest);
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn known(&self) -> Known {
        self.known
    }

    /// First day of the calendar.
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
    /// assert_eq!(days.first().to_string(), "2026-01-01");
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn first(&self) -> Date {
        self.cells.first()
    }

    /// Last day of the calendar.
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
    /// assert_eq!(days.last().to_string(), "2026-12-31");
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn last(&self) -> Date {
        self.cells.last()
    }

    /// Whether the day is worked.
    ///
    /// # Errors
    /// [`Error::OutsideCalendar`].
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
    /// assert!(days.is_working("2026-03-06".parse()?)?); // a Friday
    /// assert!(days.is_working("2027-03-05".parse()?).is_err());
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn is_working(&self, date: Date) -> Result<bool, Error> {
        self.cell(date).map(|cell| cell.kind.is_working())
    }

    /// What kind of day it is, and by which source.
    ///
    /// # Errors
    /// [`Error::OutsideCalendar`].
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
    /// let saturday = days.day("2026-03-07".parse()?)?;
    /// assert_eq!((saturday.kind, &*saturday.source.title), (clock::DayKind::Weekend, "n"));
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn day(&self, date: Date) -> Result<Day<'_>, Error> {
        self.cell(date).map(|cell| Day {
            date,
            kind: cell.kind,
            label: cell.label.as_deref(),
            source: &cell.source,
            provisional: cell.provisional,
        })
    }

    /// The days of a year in order.
    ///
    /// # Errors
    /// [`Error::OutsideCalendar`], [`Error::YearOutOfRange`].
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
    /// let worked = days.year(2026)?.iter().filter(|day| day.kind.is_working()).count();
    /// assert_eq!(worked, 261); // without any holiday
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn year(&self, year: i32) -> Result<Vec<Day<'_>>, Error> {
        let (from, to) = (Date::new(year, 1, 1)?, Date::new(year, 12, 31)?);
        (from.number()..=to.number())
            .filter_map(|n| Date::from_number(n.into()))
            .map(|date| self.day(date))
            .collect()
    }

    /// How many working days lie after `from` up to and with `to`; negative, and the other way round,
    /// where `to` is earlier.
    ///
    /// # Errors
    /// [`Error::OutsideCalendar`].
    ///
    /// ```
    /// # let text = r#"
    /// # [[notice]]
    /// # publishes = 2026
    /// # source = "n"
    /// # "#;
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
    /// let (friday, monday) = ("2026-03-06".parse()?, "2026-03-09".parse()?);
    /// assert_eq!(days.between(friday, monday)?, 1);
    /// assert_eq!(days.between(monday, friday)?, -1);
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn between(&self, from: Date, to: Date) -> Result<i64, Error> {
        self.cell(from)?;
        self.cell(to)?;
        Ok(self.rank(to.number().into()) - self.rank(from.number().into()))
    }

    /// What an answer rests on that used the days from `from` to `to`: the notices that arrange them,
    /// each once, in the order in which they are met, and for provisional days the festivals too.
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// # let days = calendar.working_days(clock::Region::CHINA, clock::Known::Latest)?;
    /// let sources = days.sources("2026-03-02".parse()?, "2026-03-09".parse()?);
    /// assert_eq!(sources.iter().map(|s| &*s.title).collect::<Vec<_>>(), ["n"]);
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn sources(&self, from: Date, to: Date) -> Vec<&Source> {
        let mut found: Vec<&Arc<Source>> = Vec::new();
        let mut add = |source| {
            if !found.iter().any(|known| Arc::ptr_eq(known, source)) {
                found.push(source);
            }
        };
        for number in from.number()..=to.number() {
            let Some(cell) = Date::from_number(number.into()).and_then(|d| self.cells.get(d))
            else {
                continue;
            };
            add(&cell.source);
            if cell.provisional
                && let Some(festivals) = &self.festivals
            {
                add(festivals);
            }
        }
        found.into_iter().map(AsRef::as_ref).collect()
    }

    /// Whether any of the days from `from` to `to` is provisional, and whether any is not reviewed.
    pub(crate) fn caveats(&self, from: Date, to: Date) -> (bool, bool) {
        let (before, with) =
            (self.index(i64::from(from.number()) - 1), self.index(to.number().into()));
        let any = |running: &[u32]| running.get(before) < running.get(with);
        (any(&self.provisional), any(&self.unreviewed))
    }

    fn cell(&self, date: Date) -> Result<&Cell, Error> {
        self.cells.get(date).ok_or_else(|| self.outside(format!("{date} lies outside")))
    }

    pub(crate) fn outside(&self, what: String) -> Error {
        Error::OutsideCalendar { what, first: self.first(), last: self.last() }
    }

    /// How many days of the calendar lie at or before the day numbered `position`.
    fn index(&self, position: i64) -> usize {
        let last = self.ranks.len() as i64 - 1;
        (position - self.first + 1).clamp(0, last) as usize
    }

    /// How many working days of the calendar lie at or before the day numbered `position`.
    pub(crate) fn rank(&self, position: i64) -> i64 {
        self.ranks.get(self.index(position)).copied().unwrap_or(0).into()
    }

    /// The number of the working day with `before` working days of the calendar before it.
    pub(crate) fn place(&self, before: i64) -> Option<i64> {
        let place = self.places.get(usize::try_from(before).ok()?)?;
        Some(self.first + i64::from(*place))
    }
}

/// Running totals of the days for which `counts` holds, beginning with 0.
fn running(cells: &Cells, counts: impl Fn(&Cell) -> bool) -> Vec<u32> {
    let mut total = 0;
    std::iter::once(0)
        .chain(cells.iter().map(|cell| {
            total += u32::from(counts(cell));
            total
        }))
        .collect()
}
