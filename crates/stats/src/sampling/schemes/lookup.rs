//! The plan for a lot.

use super::aql::Aql;
use super::letter::{InspectionLevel, Letter};
use super::tables::{cell, last_letter, zero_diagonal};
use crate::sampling::attributes::AttributesPlan;
use crate::{Error, Result};

/// Whose tables and rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Standard {
    /// GB/T 2828.1-2012, which is ISO 2859-1:1999: multiple plans of five samples, reduced plans
    /// without a gap between acceptance and rejection, reduced inspection by the switching score.
    #[default]
    Gb2828,
    /// MIL-STD-105E (1989) and ANSI/ASQ Z1.4: multiple plans of seven samples, reduced plans with a
    /// gap. Single plans for normal and tightened inspection are the same in both.
    MilStd105E,
}

/// How many samples may be needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PlanKind {
    /// One.
    #[default]
    Single,
    /// Up to two.
    Double,
    /// Up to five, or seven.
    Multiple,
}

/// How severe inspection is at present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Where inspection begins.
    #[default]
    Normal,
    /// After lots were rejected.
    Tightened,
    /// After many lots were good.
    Reduced,
}

/// A plan found in the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// The letter of the lot size and the inspection level.
    pub letter: Letter,
    /// The letter of the row in which the plan stands, where an arrow led to another.
    pub used: Letter,
    /// Its kind: where the samples would be too small or the acceptance number zero, the tables send
    /// double and multiple plans back to simpler ones.
    pub kind: PlanKind,
    /// The plan.
    pub plan: AttributesPlan,
}

impl Scheduled {
    /// Whether all items of a lot are to be inspected, because a sample is as large as the lot.
    pub fn inspects_all(&self, lot: u32) -> bool {
        self.plan.stages().iter().any(|stage| stage.n >= lot)
    }
}

/// The plan for lots of `lot` items at a level and a limit.
///
/// ```
/// use stats::sampling::{
///     Aql, InspectionLevel, PlanKind, Severity, Standard, scheduled_plan,
/// };
/// let found = scheduled_plan(
///     Standard::Gb2828,
///     PlanKind::Single,
///     Severity::Normal,
///     1000,
///     InspectionLevel::II,
///     Aql::per_hundred(1.0)?,
/// )?;
/// assert_eq!(found.letter.name(), 'J');
/// assert_eq!((found.plan.stages()[0].n, found.plan.stages()[0].accept), (80, Some(2)));
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// The lot has fewer than two items.
pub fn scheduled_plan(
    standard: Standard,
    kind: PlanKind,
    severity: Severity,
    lot: u32,
    level: InspectionLevel,
    aql: Aql,
) -> Result<Scheduled> {
    plan_for_letter(standard, kind, severity, Letter::of(lot, level)?, aql)
}

/// The single plan of normal inspection for a letter and a limit: by its acceptance number the
/// switching score is counted.
///
/// # Errors
/// None for a letter and a limit of the tables.
pub fn single_plan_for(letter: Letter, aql: Aql) -> Result<Scheduled> {
    plan_for_letter(Standard::Gb2828, PlanKind::Single, Severity::Normal, letter, aql)
}

fn plan_for_letter(
    standard: Standard,
    kind: PlanKind,
    severity: Severity,
    letter: Letter,
    aql: Aql,
) -> Result<Scheduled> {
    let row = |letter: Letter| {
        let found = cell(standard, kind, severity, letter.index(), aql.index());
        found.map(|(kind, stages)| (letter, kind, stages))
    };
    // Arrows lead to the first plan below or above; where that way ends, the other way.
    let below = || {
        let end = last_letter(severity);
        Letter::all().filter(|l| *l > letter && l.index() <= end).find_map(row)
    };
    let above = || Letter::all().rev().filter(|l| *l < letter).find_map(row);
    let diagonal = letter.index() + aql.index();
    let zero = zero_diagonal(severity);
    // Upwards after the plans that accept on zero, and beyond the last plans of a row.
    let up = diagonal > zero + 3 || (diagonal == zero + 1 && severity != Severity::Tightened);
    let found =
        row(letter).or_else(|| if up { above().or_else(below) } else { below().or_else(above) });
    let (used, kind, stages) = found.ok_or(Error::NoSolution {
        what: "sampling plan",
        why: "the tables have none in this column",
    })?;
    Ok(Scheduled { letter, used, kind, plan: AttributesPlan::new(stages)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::attributes::Model;

    const SEVERITIES: [Severity; 3] = [Severity::Normal, Severity::Tightened, Severity::Reduced];
    const STANDARDS: [Standard; 2] = [Standard::Gb2828, Standard::MilStd105E];

    fn found(
        standard: Standard,
        kind: PlanKind,
        severity: Severity,
        letter: char,
        aql: f64,
    ) -> Scheduled {
        let letter = Letter::all().find(|l| l.name() == letter).unwrap();
        let aql = Aql::per_hundred(aql).unwrap();
        plan_for_letter(standard, kind, severity, letter, aql).unwrap()
    }

    /// Cells of GB/T 2828.1-2012, tables 2-A to 4-C, with arrows and corners among them.
    #[test]
    fn cells_of_the_standard() {
        use PlanKind::{Double, Multiple, Single};
        use Severity::{Normal, Reduced, Tightened};
        for (kind, severity, letter, aql, n, last) in [
            (Single, Normal, 'K', 1.0, 125, 3),
            (Single, Normal, 'A', 10.0, 5, 1),
            (Single, Normal, 'R', 0.010, 1250, 0),
            (Single, Normal, 'R', 0.015, 800, 0),
            (Single, Normal, 'R', 0.025, 2000, 1),
            (Single, Tightened, 'R', 0.025, 3150, 1),
            (Single, Tightened, 'Q', 0.040, 2000, 1),
            (Single, Tightened, 'R', 0.015, 1250, 0),
            (Single, Reduced, 'K', 1.0, 50, 2),
            (Single, Reduced, 'M', 6.5, 80, 10),
            (Single, Reduced, 'R', 0.040, 800, 1),
            (Single, Reduced, 'R', 0.025, 200, 0),
            (Double, Normal, 'J', 1.0, 50, 3),
            (Double, Normal, 'J', 2.5, 50, 6),
            (Double, Normal, 'J', 0.15, 80, 0),
            (Double, Tightened, 'R', 0.025, 2000, 1),
            (Multiple, Normal, 'J', 1.0, 20, 3),
            (Multiple, Tightened, 'R', 0.025, 800, 1),
            (Multiple, Reduced, 'L', 2.5, 20, 7),
        ] {
            let found = found(Standard::Gb2828, kind, severity, letter, aql);
            let stage = found.plan.stages().last().unwrap();
            assert_eq!(
                (stage.n, stage.accept),
                (n, Some(last)),
                "{kind:?} {severity:?} {letter} {aql}"
            );
        }
    }

    #[test]
    fn every_cell_has_a_plan() {
        for standard in STANDARDS {
            for severity in SEVERITIES {
                for kind in [PlanKind::Single, PlanKind::Double, PlanKind::Multiple] {
                    for letter in Letter::all().take(16) {
                        for aql in Aql::all() {
                            let plan = plan_for_letter(standard, kind, severity, letter, aql);
                            assert!(plan.is_ok(), "{standard:?} {kind:?} {severity:?} {letter:?}");
                        }
                    }
                }
            }
        }
    }

    /// Double and multiple plans were made to have the operating characteristic of the single plan
    /// of their row: a wrong digit in a table would show here. Sizes are one and three preferred
    /// numbers smaller; their rounding is taken out.
    #[test]
    fn double_and_multiple_plans_do_as_the_single_ones() {
        for (standard, severity) in STANDARDS.iter().flat_map(|s| SEVERITIES.map(|v| (*s, v))) {
            // The gap of the old reduced plans leaves room between them.
            let gap = standard == Standard::MilStd105E && severity == Severity::Reduced;
            let near = if gap { 0.15 } else { 0.065 };
            for (letter, aql) in "FGJM".chars().flat_map(|l| Aql::all().map(move |a| (l, a))) {
                let of = |kind| found(standard, kind, severity, letter, aql.value());
                let single = of(PlanKind::Single);
                for (kind, ratio) in [(PlanKind::Double, 0.631), (PlanKind::Multiple, 0.2512)] {
                    let other = of(kind);
                    assert_eq!(other.used, single.used);
                    if other.kind != kind {
                        continue;
                    }
                    let [one, two] = [&single, &other].map(|s| s.plan.stages()[0]);
                    for step in 1..30 {
                        let p = f64::from(step * one.reject) * 0.08 / f64::from(one.n);
                        let same = p * ratio * f64::from(one.n) / f64::from(two.n);
                        let at = |s: &Scheduled, p| s.plan.acceptance(p, Model::Poisson).unwrap();
                        let off = at(&single, p) - at(&other, same);
                        assert!(
                            off.abs() < near,
                            "{standard:?} {severity:?} {letter} {aql:?} {kind:?} {p} {off}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_sample_as_large_as_the_lot() {
        let aql = Aql::per_hundred(0.010).unwrap();
        let (kind, severity) = (PlanKind::Single, Severity::Normal);
        let level = InspectionLevel::II;
        let found = scheduled_plan(Standard::Gb2828, kind, severity, 100, level, aql).unwrap();
        assert!(found.inspects_all(100) && !found.inspects_all(2000));
        assert!(scheduled_plan(Standard::Gb2828, kind, severity, 1, level, aql).is_err());
    }
}
