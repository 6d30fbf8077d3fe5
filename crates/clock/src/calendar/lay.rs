//! Lays the notices known over the days of the calendar.

use std::sync::Arc;

use super::{Calendar, Known, Measures, Notice, SharedSource};
use crate::error::Error;
use crate::region::Region;
use crate::time::Date;
use crate::working_days::{Cell, Cells, DayKind, WorkingDays};

pub(super) fn lay(calendar: &Calendar, region: Region, known: Known) -> Result<WorkingDays, Error> {
    let (first_year, last_year) = calendar.years();
    let first = Date::new(first_year, 1, 1)?;
    let last = Date::new(last_year, 12, 31)?;
    let mut seen: Vec<&Notice> = calendar
        .notices
        .iter()
        .filter(|n| known.sees(n.source.announced) && region.is_within(n.source.region))
        .collect();
    // The later notice lies on top; of one day, that of the smaller region. What has no known day
    // lies undermost: it gives way to everything that is dated.
    seen.sort_by_key(|n| (n.source.announced, n.source.region.depth()));

    let mut cells = Cells::new(first, last);
    for year in first_year..=last_year {
        let published = seen.iter().find(|n| n.publishes == Some(year));
        match published {
            Some(notice) => lay_week(&mut cells, year, &notice.source, false)?,
            None => lay_statute(&mut cells, calendar, year, known)?,
        }
    }
    for notice in seen {
        for holiday in &notice.holidays {
            let cell = |kind| Cell {
                kind,
                label: Some(Arc::clone(&holiday.label)),
                source: Arc::clone(&notice.source),
                provisional: false,
            };
            cells.put(&holiday.off, cell(DayKind::Holiday));
            let (make_up, ordinary): (Vec<Date>, Vec<Date>) =
                holiday.work.iter().partition(|day| day.weekday().is_weekend());
            cells.put(&make_up, cell(DayKind::MakeUp));
            cells.put(&ordinary, cell(DayKind::Working));
        }
    }
    Ok(WorkingDays::new(
        cells,
        region,
        known,
        calendar.festivals.as_ref().map(|f| Arc::clone(&f.source)),
    ))
}

/// Week-ends off, other days worked.
fn lay_week(
    cells: &mut Cells,
    year: i32,
    source: &SharedSource,
    provisional: bool,
) -> Result<(), Error> {
    let (from, to) = (Date::new(year, 1, 1)?, Date::new(year, 12, 31)?);
    let (weekend, working): (Vec<Date>, Vec<Date>) = (from.number()..=to.number())
        .filter_map(|n| Date::from_number(n.into()))
        .partition(|day| day.weekday().is_weekend());
    for (days, kind) in [(weekend, DayKind::Weekend), (working, DayKind::Working)] {
        let cell = Cell { kind, label: None, source: Arc::clone(source), provisional };
        cells.put(&days, cell);
    }
    Ok(())
}

/// A year that nothing known arranges: week-ends and the holidays of the statute then in force.
fn lay_statute(
    cells: &mut Cells,
    calendar: &Calendar,
    year: i32,
    known: Known,
) -> Result<(), Error> {
    let new_year = Date::new(year, 1, 1)?;
    let measures: &Measures = calendar
        .measures
        .iter()
        .filter(|m| known.sees(m.source.announced) && m.from <= new_year)
        .max_by_key(|m| (m.from, m.source.announced))
        .ok_or_else(|| Error::NothingKnown {
            known: match known {
                Known::Latest => "any day".to_owned(),
                Known::On(day) => day.to_string(),
            },
            year,
        })?;
    lay_week(cells, year, &measures.source, true)?;
    for (label, days) in &measures.holidays {
        let days: Vec<Date> =
            days.iter().filter_map(|day| day.date(year, calendar.festivals.as_ref())).collect();
        let cell = Cell {
            kind: DayKind::Holiday,
            label: Some(Arc::clone(label)),
            source: Arc::clone(&measures.source),
            provisional: true,
        };
        cells.put(&days, cell);
    }
    Ok(())
}
