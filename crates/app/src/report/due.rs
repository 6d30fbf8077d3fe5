//! Who returns what by when.

use clock::Date;
use codes::Label;
use pack::{DueUnit, Pack, Period, PeriodSort, Report};

use super::{Locked, Of};
use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

/// A return that an office owes, or has made.
#[derive(Debug, Clone)]
pub struct DueReturn {
    /// The report.
    pub report: String,
    /// Its name.
    pub label: Label,
    /// The number of the form.
    pub form: String,
    /// The period.
    pub period: Period,
    /// By when it is due; none where nobody asks it of this office.
    pub due: Option<Date>,
    /// How it stands.
    pub standing: Standing,
    /// The lock, where it is locked.
    pub locked: Option<Locked>,
}

/// How a return stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its period is not over.
    Running,
    /// It can be made.
    Open,
    /// Its day is over.
    Late,
    /// It is locked.
    Locked,
    /// It is locked, and was amended since.
    Amended,
}

impl System {
    /// The returns of an office on a day: of each report and each sort of period the last that is
    /// over and some before, the latest first.
    ///
    /// # Errors
    /// No such office; no permission to read there; a fault of the store.
    pub async fn returns_due(
        &self,
        who: &Principal,
        office: &str,
        today: Date,
    ) -> Result<Vec<DueReturn>, Rejection> {
        let pack = self.pack();
        let as_of = self.as_of(When::default()).await?;
        let mut found = Vec::new();
        for report in pack.reports() {
            for sort in &report.periods {
                let mut next = Period::of(*sort, today);
                for _ in 0..=shown(*sort) {
                    let Some(period) = next else { break };
                    next = period.before();
                    let of = Of { report: &report.id, period, office };
                    if super::known_of(&pack, of).is_err() {
                        continue;
                    }
                    self.may_read_return(who, &pack, of)?;
                    let due = self.due_day(&pack, report, of);
                    let locked = self.locked(of, as_of).await?;
                    found.push(DueReturn {
                        report: report.id.clone(),
                        label: report.label.clone(),
                        form: report.form.clone(),
                        period,
                        due,
                        standing: standing(period, due, locked.as_ref(), today),
                        locked,
                    });
                }
            }
        }
        found.sort_by_key(|due| std::cmp::Reverse(due.period.last_day()));
        Ok(found)
    }

    /// By when an office returns a report; none where the pack asks it of nobody of its sort.
    pub(super) fn due_day(&self, pack: &Pack, report: &Report, of: Of<'_>) -> Option<Date> {
        let last = of.period.last_day();
        let office = pack.office(of.office)?.on(last)?;
        let due = report.due(&office.office_type, of.period.sort())?;
        if due.unit == DueUnit::Day {
            return last.plus(i64::from(due.within)).ok();
        }
        let days = self.working_days(pack).ok()?;
        let (mut day, mut left) = (last, due.within);
        while left > 0 {
            day = day.plus(1).ok()?;
            if days.is_working(day).ok()? {
                left -= 1;
            }
        }
        Some(day)
    }
}

/// How many periods that are over are shown.
fn shown(sort: PeriodSort) -> usize {
    match sort {
        PeriodSort::Month => 3,
        PeriodSort::Quarter => 2,
        PeriodSort::Year => 1,
    }
}

fn standing(period: Period, due: Option<Date>, locked: Option<&Locked>, today: Date) -> Standing {
    match locked {
        Some(locked) if locked.corrects.is_some() => Standing::Amended,
        Some(_) => Standing::Locked,
        None if today <= period.last_day() => Standing::Running,
        None if due.is_some_and(|due| due < today) => Standing::Late,
        None => Standing::Open,
    }
}
