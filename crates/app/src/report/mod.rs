//! Statistical reports: computed as of any (valid, known), checked, locked, amended.
//!
//! | module | what |
//! |---|---|
//! | `table` | the cells of a return, and the one text that they have |
//! | `compute` | counts and sums by division, code and column |
//! | `verdict` | the cross-checks |
//! | `lock` | a locked return is a record; an amended one corrects it |
//! | `due` | who returns what by when |
//! | `file` | a return as XLSX, CSV or JSON Lines |
//!
//! A return is of one report, one period and one office. Until it is locked its figures are what is
//! known now; locked, they are a record that names how many records were known and which pack was
//! in force, so that anybody computes the same to the byte. An amended return is a record that
//! corrects the locked one and says cell by cell what changed, and why.

mod compute;
mod due;
mod file;
mod lock;
mod table;
mod verdict;

use clock::Date;
use codes::Label;
use pack::{Over, Pack, Period, Report};
use store::readings::AsOf;

pub use due::{DueReturn, Standing};
pub use file::Language;
pub use lock::{Change, Locked, PERMISSION};
pub use table::{ColumnHead, OTHER, RowHead, TOTAL, Table};
pub use verdict::Verdict;

use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::reading::{READ, When};
use crate::system::System;

/// A return: computed, and what was locked of it.
#[derive(Debug, Clone)]
pub struct Return {
    /// The report.
    pub report: Report,
    /// The period.
    pub period: Period,
    /// The office.
    pub office: String,
    /// What it is called on the period's last day.
    pub office_label: Label,
    /// As of when it was computed.
    pub as_of: AsOf,
    /// The figures: those that were locked, where it is locked.
    pub table: Table,
    /// What has to agree, and whether it does.
    pub verdicts: Vec<Verdict>,
    /// By when it is due; none where nobody asks it of this office.
    pub due: Option<Date>,
    /// The lock, where it is locked.
    pub locked: Option<Locked>,
    /// Where it is locked: what the figures would be by what is known now, if they are others.
    pub differs: Option<Table>,
}

/// Which return.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The report.
    pub report: &'a str,
    /// The period.
    pub period: Period,
    /// The office.
    pub office: &'a str,
}

impl Return {
    /// The checks that do not hold.
    pub fn failed(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|verdict| verdict.holds == Some(false))
    }

    /// Whether it can be locked on a day: its period is over and everything that must agree agrees.
    pub fn may_be_locked(&self, today: Date) -> bool {
        self.locked.is_none()
            && self.period.last_day() < today
            && !self.failed().any(|verdict| verdict.must)
    }
}

impl System {
    /// A return, as of so many records: all that are known, where nothing is said.
    ///
    /// # Errors
    /// No such report, period or office; no permission to read there; a fault of the store.
    pub async fn statistical_return(
        &self,
        who: &Principal,
        of: Of<'_>,
        known: Option<u64>,
    ) -> Result<Return, Rejection> {
        let pack = self.pack();
        let (report, office_label) = known_of(&pack, of)?;
        self.may_read_return(who, &pack, of)?;
        let as_of = self.as_of(When { valid: None, known }).await?;
        let computed = self.computed(&pack, report, of, as_of).await?;
        let mut locked = self.locked(of, as_of).await?;
        if let Some(locked) = &mut locked {
            locked.table.named_as(&computed);
        }
        let before = self.before(&pack, report, of, as_of).await?;
        let (table, differs) = match &locked {
            Some(locked) if locked.table.text() != computed.text() => {
                (locked.table.clone(), Some(computed))
            }
            Some(locked) => (locked.table.clone(), None),
            None => (computed, None),
        };
        Ok(Return {
            verdicts: verdict::verdicts(report, &table, before.as_ref()),
            report: report.clone(),
            period: of.period,
            office: of.office.to_owned(),
            office_label,
            as_of,
            table,
            due: self.due_day(&pack, report, of),
            locked,
            differs,
        })
    }

    /// Computes a return again by what its lock says was known, and says whether its text is the
    /// same to the byte. Under another pack than that of the lock it may differ.
    ///
    /// # Errors
    /// As [`statistical_return`](Self::statistical_return).
    pub async fn recomputed(
        &self,
        who: &Principal,
        of: Of<'_>,
        locked: &Locked,
    ) -> Result<bool, Rejection> {
        let pack = self.pack();
        let (report, _) = known_of(&pack, of)?;
        self.may_read_return(who, &pack, of)?;
        let as_of = self.as_of(When { valid: None, known: Some(locked.known) }).await?;
        let table = self.computed(&pack, report, of, as_of).await?;
        Ok(table.text() == locked.table.text())
    }

    fn may_read_return(&self, who: &Principal, pack: &Pack, of: Of<'_>) -> Result<(), Rejection> {
        let today = crate::time::day(self.clock().now());
        let target = Target { office: Some(of.office), ..Target::default() };
        Door::new(pack, today).authorize(who, READ, target)
    }

    /// The figures of the period before: those that were locked, else what is known.
    async fn before(
        &self,
        pack: &Pack,
        report: &Report,
        of: Of<'_>,
        as_of: AsOf,
    ) -> Result<Option<Table>, Rejection> {
        let looks_back = report.checks.iter().any(|check| check.equation.is_of_previous());
        let Some(period) = of.period.before().filter(|_| looks_back) else { return Ok(None) };
        let before = Of { period, ..of };
        if known_of(pack, before).is_err() {
            return Ok(None);
        }
        if let Some(locked) = self.locked(before, as_of).await? {
            return Ok(Some(locked.table));
        }
        self.computed(pack, report, before, as_of).await.map(Some)
    }
}

/// The report and what the office is called, where there is such a return.
fn known_of<'p>(pack: &'p Pack, of: Of<'_>) -> Result<(&'p Report, Label), Rejection> {
    let Some(report) = pack.report(of.report) else {
        let known: Vec<&str> = pack.reports().map(|report| report.id.as_str()).collect();
        let known = known.join(", ");
        return Err(Rejection::NotFound(Fault::new(
            "report.unknown",
            format!("there is no report {}; the reports are {known}", of.report),
            format!("没有报表 {}；现有报表：{known}", of.report),
        )));
    };
    if !report.is_made_for(of.period) {
        return Err(Rejection::NotFound(Fault::new(
            "report.period",
            format!(
                "the report {} is not made for {}; choose another period",
                report.id, of.period
            ),
            format!("报表“{}”没有 {} 这一报告期；请另选", report.label.zh, of.period),
        )));
    }
    let office = pack.office(of.office).and_then(|office| office.on(of.period.last_day()));
    let Some(office) = office else {
        return Err(Rejection::NotFound(Fault::new(
            "report.office",
            format!("there was no office {} on {}", of.office, of.period.last_day()),
            format!("{} 没有机关 {}", of.period.last_day(), of.office),
        )));
    };
    Ok((report, office.label.clone()))
}

/// Rows of a check: all and the total, or the total alone.
fn rows_of(over: Over, rows: usize) -> std::ops::Range<usize> {
    match over {
        Over::Rows => 0..rows,
        Over::Total => 0..rows.min(1),
    }
}
