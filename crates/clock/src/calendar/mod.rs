//! The dated calendar of a pack: what was announced, when, for where.

mod festivals;
mod lay;
mod notice;
mod text;

use std::sync::Arc;

use crate::error::Error;
use crate::region::Region;
use crate::time::Date;
use crate::working_days::WorkingDays;

use festivals::{Festivals, Measures};
use notice::Notice;
pub use notice::{Label, Source};

/// As of which day a calendar is asked for: what was announced later is not seen.
///
/// ```
/// use clock::Known;
/// assert!(Known::Latest.sees(Some("2999-01-01".parse().unwrap_or(clock::Date::MAX))));
/// assert!(!Known::On("2020-01-20".parse()?).sees(Some("2020-01-27".parse()?)));
/// # Ok::<(), clock::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Known {
    /// With everything that the pack holds.
    Latest,
    /// With what had been announced by the end of this day.
    On(Date),
}

impl Known {
    /// Whether what was `announced` on a day is seen. What has no day of announcement is always seen,
    /// and shown as not reviewed.
    pub fn sees(self, announced: Option<Date>) -> bool {
        match (self, announced) {
            (Self::On(day), Some(announced)) => announced <= day,
            _ => true,
        }
    }
}

/// The holidays and make-up working days of a pack, each with its notice and the day of that notice.
///
/// Its files are TOML of three kinds, in any division into files:
///
/// - `[[notice]]`: `source`, `announced` and `reviewed` (days; absent: unknown, shown as not
///   reviewed), `region` (GB/T 2260; absent: the whole country), `publishes` (the year whose
///   arrangement it is: with it the year is no longer provisional), and `[[notice.holiday]]` with
///   `label` (`zh`, `en`), `off` and `work`: days and intervals that are off, or worked.
/// - `[[measures]]`: a version of the statutory holidays, `from` the day on which it came into force,
///   with `holidays`, each a `label` and its `days` as `MM-DD` or a festival, `spring_festival+1`.
/// - `[festivals]`: `source`, and under `dates` the days of each festival, one a year.
/// - `default_region`: the region meant where none is named.
///
/// A day is as the latest notice known says; of two of one day, as the one of the smaller region says.
/// A year without a known notice that `publishes` it is provisional: week-ends and statutory holidays.
/// The last days of a year can still be changed by the notice for the next, as those of 2018 and 2022
/// were; they are not provisional for that.
///
/// ```
/// use clock::{Calendar, Known, Region};
/// let notice = r#"
/// [[notice]]
/// publishes = 2026
/// source    = "国办发明电〔2025〕7号"
/// announced = 2025-11-04
/// reviewed  = 2026-11-23
/// [[notice.holiday]]
/// label = { zh = "元旦", en = "New Year's Day" }
/// off   = ["2026-01-01..2026-01-03"]
/// work  = ["2026-01-04"]
/// "#;
/// let calendar = Calendar::parse([("2026.toml", notice)])?;
/// let days = calendar.working_days(Region::CHINA, Known::Latest)?;
/// assert!(days.is_working("2026-01-04".parse()?)?); // a Sunday, worked
/// # Ok::<(), clock::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Calendar {
    notices: Vec<Notice>,
    measures: Vec<Measures>,
    festivals: Option<Festivals>,
    default_region: Option<Region>,
    first_year: i32,
    last_year: i32,
}

impl Calendar {
    /// Reads the calendar from the text of its files, each with the name to use in complaints.
    ///
    /// # Errors
    /// [`Error::CalendarFile`] with the file and line; [`Error::EmptyCalendar`].
    ///
    /// ```
    /// use clock::Calendar;
    /// let fault = Calendar::parse([("2026.toml", "[[notice]]\npublishes = 2026")]).unwrap_err();
    /// assert_eq!(fault.to_string(), "2026.toml, line 1: missing field `source`");
    /// ```
    pub fn parse<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Error> {
        let mut pack = text::Pack::default();
        for (name, content) in files {
            pack.add(name, content)?;
        }
        let published = || pack.notices.iter().filter_map(|n| n.publishes);
        let festivals = pack.festivals.as_ref().map(Festivals::years);
        let first_year = published().min().or(festivals.map(|(first, _)| first));
        let last_year = published().max().max(festivals.map(|(_, last)| last));
        let (Some(first_year), Some(last_year)) = (first_year, last_year) else {
            return Err(Error::EmptyCalendar);
        };
        pack.check(first_year)?;
        Ok(Self {
            notices: pack.notices,
            measures: pack.measures,
            festivals: pack.festivals,
            default_region: pack.default_region,
            first_year,
            last_year,
        })
    }

    /// The region that the pack means where none is named; the whole country where it says nothing.
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// assert_eq!(calendar.default_region().to_string(), "420000");
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn default_region(&self) -> Region {
        self.default_region.unwrap_or(Region::CHINA)
    }

    /// First and last year whose working days can be told: from the first that was published to the
    /// last of which the festivals are known.
    ///
    /// ```
    /// # let text = "default_region = '420000'\n[[notice]]\npublishes = 2026\nsource = 'n'";
    /// # let calendar = clock::Calendar::parse([("2026.toml", text)])?;
    /// assert_eq!(calendar.years(), (2026, 2026));
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn years(&self) -> (i32, i32) {
        (self.first_year, self.last_year)
    }

    /// The working days of `region` as `known` on a day, laid out for counting.
    ///
    /// # Errors
    /// [`Error::NothingKnown`] where by that day neither the arrangement of some year nor any version
    /// of the statutory holidays had been announced.
    ///
    /// ```
    /// # let text = r#"
    /// # [[notice]]
    /// # publishes = 2020
    /// # source = "国办发明电〔2019〕16号"
    /// # announced = 2019-11-21
    /// # [[notice.holiday]]
    /// # label = { zh = "春节", en = "Spring Festival" }
    /// # off = ["2020-01-24..2020-01-30"]
    /// # work = ["2020-02-01"]
    /// # [[notice]]
    /// # source = "国办发明电〔2020〕1号"
    /// # announced = 2020-01-27
    /// # [[notice.holiday]]
    /// # label = { zh = "春节", en = "Spring Festival" }
    /// # off = ["2020-01-31..2020-02-02"]
    /// # "#;
    /// use clock::{Calendar, Date, Known, Region};
    /// let calendar = Calendar::parse([("2020.toml", text)])?;
    /// let saturday: Date = "2020-02-01".parse()?;
    /// let before = calendar.working_days(Region::CHINA, Known::On("2020-01-20".parse()?))?;
    /// let after = calendar.working_days(Region::CHINA, Known::Latest)?;
    /// assert!(before.is_working(saturday)? && !after.is_working(saturday)?);
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn working_days(&self, region: Region, known: Known) -> Result<WorkingDays, Error> {
        lay::lay(self, region, known)
    }
}

/// A source shared by the days that rest on it.
pub(crate) type SharedSource = Arc<Source>;
