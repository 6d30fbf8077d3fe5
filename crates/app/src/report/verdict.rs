//! The cross-checks of a return.

use codes::Label;
use pack::{CellName, Equation, Relation, Report};

use super::rows_of;
use super::table::{Table, decimal};

/// Whether a check holds in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The check.
    pub check: String,
    /// What it says.
    pub label: Label,
    /// The id of the row.
    pub row_id: String,
    /// The row, as the table names it.
    pub row: Label,
    /// The equation as it stands in the pack.
    pub equation: String,
    /// What stands left and right.
    pub sides: Option<(String, String)>,
    /// Whether it holds; none where a cell that it needs holds nothing, or there is no period before.
    pub holds: Option<bool>,
    /// Whether it must hold before the return is locked.
    pub must: bool,
}

/// All sums are worked out with so many digits after the point.
const PLACES: u8 = 6;
const UNIT: i128 = 1_000_000;

pub(super) fn verdicts(report: &Report, table: &Table, before: Option<&Table>) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for check in &report.checks {
        for row in rows_of(check.over, table.rows.len()) {
            let Some(head) = table.rows.get(row) else { continue };
            let sides = sides(&check.equation, table, row, before);
            verdicts.push(Verdict {
                check: check.id.clone(),
                label: check.label.clone(),
                row_id: head.id.clone(),
                row: head.label.clone(),
                equation: check.equation.to_string(),
                sides: sides.map(|(left, right)| (said(left), said(right))),
                holds: sides.map(|(left, right)| holds(check.equation.relation, left, right)),
                must: check.must,
            });
        }
    }
    verdicts
}

fn holds(relation: Relation, left: i128, right: i128) -> bool {
    relation.holds(left, right)
}

fn sides(
    equation: &Equation,
    table: &Table,
    row: usize,
    before: Option<&Table>,
) -> Option<(i128, i128)> {
    equation.sides(UNIT, |cell| {
        if !cell.previous {
            return value(table, row, cell);
        }
        // The same row of the period before; what was not there was nothing.
        let before = before?;
        let id = &table.rows.get(row)?.id;
        match before.rows.iter().position(|head| head.id == *id) {
            Some(row) => value(before, row, cell),
            None => Some(0),
        }
    })
}

fn value(table: &Table, row: usize, cell: &CellName) -> Option<i128> {
    let of = |at: usize| {
        let places = table.columns.get(at)?.places;
        let number = table.cells.get(row)?.get(at).copied().flatten()?;
        Some(i128::from(number) * 10_i128.pow(u32::from(PLACES.saturating_sub(places))))
    };
    if !cell.sum {
        // A code that was not in force then was counted nowhere.
        return match table.column(&cell.column) {
            Some(at) => of(at),
            None if cell.column.contains('.') => Some(0),
            None => None,
        };
    }
    let prefix = format!("{}.", cell.column);
    let parts = table.columns.iter().enumerate().filter(|(_, c)| c.id.starts_with(&prefix));
    parts.map(|(at, _)| of(at)).sum()
}

/// A side as it is shown: without zeros at its end.
fn said(side: i128) -> String {
    let text = decimal(i64::try_from(side).unwrap_or(i64::MAX), PLACES);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
