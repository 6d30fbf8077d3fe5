//! The statutory holidays of a year that no notice has arranged yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::SharedSource;
use super::notice::Label;
use crate::time::Date;

/// A version of 全国年节及纪念日放假办法.
#[derive(Clone, Debug)]
pub(super) struct Measures {
    pub source: SharedSource,
    /// In force from.
    pub from: Date,
    pub holidays: Vec<(Arc<Label>, Vec<StatutoryDay>)>,
}

/// A day of the year that is off by statute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StatutoryDay {
    /// Month and day.
    Fixed(u32, u32),
    /// So many days after a festival, or before.
    Festival(String, i64),
}

/// When the festivals fall, one day a year each, over the same years.
#[derive(Clone, Debug)]
pub(super) struct Festivals {
    pub source: SharedSource,
    first_year: i32,
    last_year: i32,
    dates: BTreeMap<String, Vec<Date>>,
}

impl Festivals {
    /// `dates` in order, one for each year, the years the same for all; else what is wrong.
    pub(super) fn new(
        source: SharedSource,
        dates: BTreeMap<String, Vec<Date>>,
    ) -> Result<Self, String> {
        let years = |dates: &[Date]| Some((dates.first()?.year(), dates.last()?.year()));
        let mut common = None;
        for (name, dates) in &dates {
            let own = years(dates).ok_or_else(|| format!("the festival {name} has no dates"))?;
            if let Some((year, date)) = (own.0..).zip(dates).find(|(year, d)| d.year() != *year) {
                return Err(format!(
                    "the festival {name} needs one date for each year in turn, and {date} stands where {year} should"
                ));
            }
            if *common.get_or_insert(own) != own {
                return Err(format!(
                    "the festival {name} is dated from {} to {}, others over different years; give all the same",
                    own.0, own.1
                ));
            }
        }
        let (first_year, last_year) = common.ok_or("give the dates of at least one festival")?;
        Ok(Self { source, first_year, last_year, dates })
    }

    pub(super) fn years(&self) -> (i32, i32) {
        (self.first_year, self.last_year)
    }

    pub(super) fn knows(&self, name: &str) -> bool {
        self.dates.contains_key(name)
    }

    fn date(&self, name: &str, year: i32) -> Option<Date> {
        let index = usize::try_from(year - self.first_year).ok()?;
        self.dates.get(name)?.get(index).copied()
    }
}

impl StatutoryDay {
    /// The day in `year`, where it exists there.
    pub(super) fn date(&self, year: i32, festivals: Option<&Festivals>) -> Option<Date> {
        match self {
            Self::Fixed(month, day) => Date::new(year, *month, *day).ok(),
            Self::Festival(name, offset) => festivals?.date(name, year)?.plus(*offset).ok(),
        }
    }
}
