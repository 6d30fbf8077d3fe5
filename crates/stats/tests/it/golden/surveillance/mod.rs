//! The charts of R surveillance.

mod charts;
mod farrington;
mod trace;

use std::ops::Range;

use serde_json::Value;

use super::case::Case;
use super::compare::{Compare, Tolerance, number};
use super::rcall::Expr;
use super::table::Table;

/// Those of the manifest; what is an integer or a truth value must be met exactly.
pub const TOLERANCES: &[(&str, &str, Tolerance)] = &[
    ("*", "expected_series:alarm", Tolerance::Exact),
    ("*", "expected_series:observed", Tolerance::Exact),
    ("*", "expected_series:trend", Tolerance::Exact),
    ("earsC", "expected_series", Tolerance::RelOrAbs(1e-9, 1e-12)),
    ("algo.farrington", "expected_series", Tolerance::Rel(1e-6)),
    ("farringtonFlexible", "expected_series", Tolerance::Rel(1e-6)),
    // A score near zero is a difference of nearly equal numbers.
    ("farringtonFlexible", "expected_series:score", Tolerance::RelOrAbs(1e-6, 1e-9)),
    ("algo.cusum", "expected_series", Tolerance::RelOrAbs(1e-6, 1e-12)),
    ("algo.outbreakP", "expected_series", Tolerance::Rel(1e-6)),
    ("algo.rki", "expected_series", Tolerance::Rel(1e-6)),
    ("algo.bayes", "expected_series", Tolerance::Rel(1e-6)),
    ("algo.glrpois", "expected_series", Tolerance::RelOrAbs(1e-4, 1e-9)),
    ("algo.glrnb", "expected_series", Tolerance::RelOrAbs(1e-4, 1e-9)),
    ("internals", "expected_data", Tolerance::Rel(1e-8)),
    ("internals", "expected_scalars", Tolerance::Rel(1e-8)),
];

/// Runs a case by the function named in its call.
pub fn run(case: &Case) -> Result<usize, String> {
    match case.function() {
        "internals" => trace::run(case),
        "farringtonFlexible" => farrington::flexible(case),
        "algo.farrington" => farrington::classic(case),
        "earsC" => charts::ears(case),
        "algo.rki" => charts::rki(case),
        "algo.bayes" => charts::bayes(case),
        "algo.cusum" => charts::cusum(case),
        "algo.glrpois" | "algo.glrnb" => charts::glr(case),
        "algo.outbreakP" => charts::outbreak_p(case),
        other => Err(format!("no such function as {other} is known")),
    }
}

/// The settings of a call, and those that only `input_params` has.
struct Settings {
    call: Expr,
    params: Value,
}

impl Settings {
    fn of(case: &Case) -> Result<Self, String> {
        Ok(Self { call: case.parsed_call()?, params: case.json("input_params")? })
    }

    /// A setting of the call; none where it is absent or `NULL`.
    fn get(&self, name: &str) -> Option<&Expr> {
        self.call.argument(name).filter(|value| **value != Expr::Null)
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.number()
    }

    fn number_or(&self, name: &str, default: f64) -> f64 {
        self.number(name).unwrap_or(default)
    }

    fn count_or(&self, name: &str, default: usize) -> usize {
        self.number(name).map_or(default, |n| n as usize)
    }

    fn truth_or(&self, name: &str, default: bool) -> bool {
        self.get(name).and_then(Expr::truth).unwrap_or(default)
    }

    fn text_or(&self, name: &str, default: &'static str) -> &str {
        self.get(name).and_then(Expr::text).unwrap_or(default)
    }

    /// A setting that only the parameters have.
    fn param(&self, name: &str) -> Result<f64, String> {
        let value = self.params.get(name);
        number(value.ok_or_else(|| format!("input_params has no {name}"))?)
    }

    fn frequency(&self) -> Result<usize, String> {
        Ok(self.param("freq")? as usize)
    }

    /// The points to test, from 0.
    fn range(&self) -> Result<Range<usize>, String> {
        let points = self.get("range").and_then(Expr::numbers);
        let points = points.ok_or("the call has no range")?;
        match (points.first(), points.last()) {
            (Some(&first), Some(&last)) if (last - first) as usize + 1 == points.len() => {
                Ok(first as usize - 1..last as usize)
            }
            _ => Err("the range has gaps".to_owned()),
        }
    }
}

/// The rows of a table in the order of its units, where it has such a column.
fn by_unit(table: &Table, column: &str) -> Result<Vec<Vec<f64>>, String> {
    let values = table.numbers(column)?;
    if !table.columns().iter().any(|name| name == "unit") {
        return Ok(vec![values]);
    }
    let mut units: Vec<Vec<f64>> = Vec::new();
    for (unit, value) in table.numbers("unit")?.into_iter().zip(values) {
        let unit = unit as usize;
        if unit > units.len() {
            units.push(Vec::new());
        }
        let at = unit.checked_sub(1).and_then(|at| units.get_mut(at));
        at.ok_or("units are not in order")?.push(value);
    }
    Ok(units)
}

/// Holds the points of the expected table against those tested.
fn same_points(
    compare: &mut Compare<'_>,
    table: &Table,
    indices: impl Iterator<Item = usize>,
) -> Result<(), String> {
    let got: Vec<f64> = indices.map(|index| index as f64 + 1.0).collect();
    for (got, expected) in got.iter().zip(table.numbers("t")?) {
        compare.within("t", *got, expected, Tolerance::Exact)?;
    }
    Ok(())
}

fn truth(value: bool) -> f64 {
    f64::from(u8::from(value))
}

fn text<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}
