//! The calendar files as text.

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::festivals::{Festivals, Measures, StatutoryDay};
use super::notice::{HolidayEntry, Label, Notice, Source};
use crate::error::Error;
use crate::region::Region;
use crate::time::{Date, Interval};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    default_region: Option<Spanned<String>>,
    #[serde(default)]
    notice: Vec<Spanned<NoticeText>>,
    #[serde(default)]
    measures: Vec<Spanned<MeasuresText>>,
    festivals: Option<Spanned<FestivalsText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticeText {
    source: String,
    announced: Option<Spanned<Datetime>>,
    reviewed: Option<Spanned<Datetime>>,
    region: Option<Spanned<String>>,
    publishes: Option<Spanned<i32>>,
    #[serde(default)]
    holiday: Vec<HolidayText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayText {
    label: LabelText,
    #[serde(default)]
    off: Vec<Spanned<String>>,
    #[serde(default)]
    work: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelText {
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasuresText {
    source: String,
    announced: Option<Spanned<Datetime>>,
    reviewed: Option<Spanned<Datetime>>,
    from: Spanned<Datetime>,
    holidays: Vec<StatutoryText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatutoryText {
    label: LabelText,
    days: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FestivalsText {
    source: String,
    announced: Option<Spanned<Datetime>>,
    reviewed: Option<Spanned<Datetime>>,
    dates: BTreeMap<String, Vec<Spanned<Datetime>>>,
}

/// What has been read of a pack's calendar so far.
#[derive(Default)]
pub(super) struct Pack {
    pub notices: Vec<Notice>,
    pub measures: Vec<Measures>,
    pub festivals: Option<Festivals>,
    pub default_region: Option<Region>,
    /// Where the statute names a festival: checked when all files are read.
    named: Vec<(String, Error)>,
}

/// A file under reading: knows how to say where a fault is.
struct Reader<'a> {
    name: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn fault(&self, at: Range<usize>, why: impl Into<String>) -> Error {
        let before = self.text.as_bytes().get(..at.start).unwrap_or_default();
        Error::CalendarFile {
            file: self.name.to_owned(),
            line: 1 + before.iter().filter(|b| **b == b'\n').count(),
            why: why.into(),
        }
    }

    fn date(&self, value: &Spanned<Datetime>) -> Result<Date, Error> {
        let written = value.get_ref().to_string();
        written.parse().map_err(|e: Error| self.fault(value.span(), e.to_string()))
    }

    fn optional_date(&self, value: Option<&Spanned<Datetime>>) -> Result<Option<Date>, Error> {
        value.map(|value| self.date(value)).transpose()
    }

    fn read<T: FromStr<Err = Error>>(&self, value: &Spanned<String>) -> Result<T, Error> {
        value.get_ref().parse().map_err(|e: Error| self.fault(value.span(), e.to_string()))
    }

    fn days(&self, values: &[Spanned<String>]) -> Result<Vec<Date>, Error> {
        let mut days = Vec::new();
        for value in values {
            let interval: Interval = self.read(value)?;
            days.extend(interval.days().ok_or_else(|| {
                self.fault(value.span(), "a notice names whole days: write D or D..D")
            })?);
        }
        Ok(days)
    }

    fn notice(&self, text: NoticeText) -> Result<Notice, Error> {
        let region = match &text.region {
            Some(region) => self.read(region)?,
            None => Region::CHINA,
        };
        if let (Some(publishes), true) = (&text.publishes, region != Region::CHINA) {
            return Err(self.fault(
                publishes.span(),
                "a year's arrangement is national: leave out publishes or region",
            ));
        }
        let mut holidays = Vec::with_capacity(text.holiday.len());
        for holiday in text.holiday {
            let (off, work) = (self.days(&holiday.off)?, self.days(&holiday.work)?);
            if let Some(both) = off.iter().find(|day| work.contains(day)) {
                let at = holiday.off.first().map_or(0..0, Spanned::span);
                return Err(self.fault(at, format!("{both} is both off and worked")));
            }
            holidays.push(HolidayEntry { label: label(holiday.label), off, work });
        }
        Ok(Notice {
            source: Arc::new(Source {
                title: text.source,
                announced: self.optional_date(text.announced.as_ref())?,
                reviewed: self.optional_date(text.reviewed.as_ref())?,
                region,
            }),
            publishes: text.publishes.map(Spanned::into_inner),
            holidays,
        })
    }

    fn measures(
        &self,
        text: MeasuresText,
        named: &mut Vec<(String, Error)>,
    ) -> Result<Measures, Error> {
        let mut holidays = Vec::with_capacity(text.holidays.len());
        for holiday in text.holidays {
            let mut days = Vec::with_capacity(holiday.days.len());
            for written in &holiday.days {
                let day = statutory_day(written.get_ref()).ok_or_else(|| {
                    self.fault(
                        written.span(),
                        "write a day as MM-DD, or as a festival with the days after or before it, such as spring_festival-1",
                    )
                })?;
                if let StatutoryDay::Festival(name, _) = &day {
                    let fault = self.fault(
                        written.span(),
                        format!(
                            "the festival {name} must be dated under [festivals.dates] for every year from the first that is published"
                        ),
                    );
                    named.push((name.clone(), fault));
                }
                days.push(day);
            }
            holidays.push((label(holiday.label), days));
        }
        Ok(Measures {
            source: Arc::new(Source {
                title: text.source,
                announced: self.optional_date(text.announced.as_ref())?,
                reviewed: self.optional_date(text.reviewed.as_ref())?,
                region: Region::CHINA,
            }),
            from: self.date(&text.from)?,
            holidays,
        })
    }

    fn festivals(&self, text: FestivalsText, at: Range<usize>) -> Result<Festivals, Error> {
        let source = Arc::new(Source {
            title: text.source,
            announced: self.optional_date(text.announced.as_ref())?,
            reviewed: self.optional_date(text.reviewed.as_ref())?,
            region: Region::CHINA,
        });
        let mut dates = BTreeMap::new();
        for (name, days) in text.dates {
            let days = days.iter().map(|day| self.date(day)).collect::<Result<_, _>>()?;
            dates.insert(name, days);
        }
        Festivals::new(source, dates).map_err(|why| self.fault(at, why))
    }
}

impl Pack {
    /// Reads one more file.
    pub(super) fn add(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let reader = Reader { name, text };
        let file: FileText = toml::from_str(text)
            .map_err(|e| reader.fault(e.span().unwrap_or(0..0), e.message()))?;
        if let Some(region) = &file.default_region {
            self.default_region = Some(reader.read(region)?);
        }
        for notice in file.notice {
            let at = notice.span();
            let notice = reader.notice(notice.into_inner())?;
            if let Some(year) = notice.publishes
                && self.notices.iter().any(|n| n.publishes == Some(year))
            {
                return Err(reader.fault(
                    at,
                    format!(
                        "{year} is published twice: a later change of a year is a notice without publishes"
                    ),
                ));
            }
            self.notices.push(notice);
        }
        for measures in file.measures {
            let measures = reader.measures(measures.into_inner(), &mut self.named)?;
            self.measures.push(measures);
        }
        if let Some(festivals) = file.festivals {
            let at = festivals.span();
            if self.festivals.is_some() {
                return Err(
                    reader.fault(at, "the festivals are given twice: keep them in one file")
                );
            }
            self.festivals = Some(reader.festivals(festivals.into_inner(), at)?);
        }
        Ok(())
    }

    /// That every festival of the statute is dated from `first_year` on.
    pub(super) fn check(&self, first_year: i32) -> Result<(), Error> {
        let dated = |name: &str| {
            self.festivals.as_ref().is_some_and(|f| f.knows(name) && f.years().0 <= first_year)
        };
        match self.named.iter().find(|(name, _)| !dated(name)) {
            Some((_, fault)) => Err(fault.clone()),
            None => Ok(()),
        }
    }
}

fn label(text: LabelText) -> Arc<Label> {
    Arc::new(Label { zh: text.zh, en: text.en })
}

/// `MM-DD`, or a festival with an offset in days.
fn statutory_day(text: &str) -> Option<StatutoryDay> {
    if let Some((month, day)) = text.split_once('-')
        && month.len() == 2
        && day.len() == 2
        && let (Ok(month), Ok(day)) = (month.parse(), day.parse())
    {
        return ((1..=12).contains(&month) && (1..=31).contains(&day))
            .then_some(StatutoryDay::Fixed(month, day));
    }
    let (name, offset) = match text.find(['+', '-']) {
        Some(at) => (text.get(..at)?, text.get(at..)?.parse().ok()?),
        None => (text, 0),
    };
    let is_word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_word.then(|| StatutoryDay::Festival(name.to_owned(), offset))
}
