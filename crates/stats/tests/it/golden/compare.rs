//! How close is close, and how many values were held against each other.

use serde_json::Value;

use super::case::Case;
use super::table::Table;

/// How far a value may be from the one expected.
#[derive(Clone, Copy, Debug)]
pub enum Tolerance {
    /// Not at all.
    Exact,
    /// By this share of the expected value (and by the same amount where that is below 1e-300).
    Rel(f64),
    /// By this amount.
    Abs(f64),
    /// By this share of the expected value or by this amount.
    RelOrAbs(f64, f64),
}

impl Tolerance {
    /// Whether `got` is close enough; missing (NaN) meets missing only.
    pub fn met(self, got: f64, expected: f64) -> bool {
        if got.is_nan() || expected.is_nan() {
            return got.is_nan() && expected.is_nan();
        }
        if got == expected {
            return true;
        }
        let distance = (got - expected).abs();
        match self {
            Self::Exact => false,
            Self::Rel(share) => distance <= share * expected.abs(),
            Self::Abs(amount) => distance <= amount,
            Self::RelOrAbs(share, amount) => distance <= (share * expected.abs()).max(amount),
        }
    }
}

/// Compares with the expected files of a case, and counts.
pub struct Compare<'a> {
    case: &'a Case,
    count: usize,
}

impl<'a> Compare<'a> {
    /// For the files of `case`.
    pub fn new(case: &'a Case) -> Self {
        Self { case, count: 0 }
    }

    /// How many values were compared.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Holds `got` against a column of the table `file`, row by row.
    pub fn column(
        &mut self,
        file: &str,
        table: &Table,
        column: &str,
        got: &[f64],
    ) -> Result<(), String> {
        let expected = table.numbers(column)?;
        self.slice(file, column, got, &expected)
    }

    /// Holds `got` against `expected`, value by value, as the column or field `column` of `file`.
    pub fn slice(
        &mut self,
        file: &str,
        column: &str,
        got: &[f64],
        expected: &[f64],
    ) -> Result<(), String> {
        if got.len() != expected.len() {
            return Err(format!(
                "{file}, {column}: {} values where {} are expected",
                got.len(),
                expected.len()
            ));
        }
        for (row, (g, e)) in got.iter().zip(expected).enumerate() {
            self.value(file, column, *g, *e).map_err(|e| format!("{e}, row {}", row + 1))?;
        }
        Ok(())
    }

    /// Holds one value against another, as the column or field `column` of `file`.
    pub fn value(
        &mut self,
        file: &str,
        column: &str,
        got: f64,
        expected: f64,
    ) -> Result<(), String> {
        let tolerance = self.case.tolerance(file, column)?;
        self.within(&format!("{file}, {column}"), got, expected, tolerance)
    }

    /// Holds a value against the field `field` of a JSON object (`null` is missing).
    pub fn field(
        &mut self,
        file: &str,
        object: &Value,
        field: &str,
        got: f64,
    ) -> Result<(), String> {
        let expected = object.get(field).ok_or_else(|| format!("{file} has no field {field}"))?;
        self.value(file, field, got, number(expected)?)
    }

    /// Holds one value against another under a tolerance of its own.
    pub fn within(
        &mut self,
        what: &str,
        got: f64,
        expected: f64,
        tolerance: Tolerance,
    ) -> Result<(), String> {
        self.count += 1;
        if tolerance.met(got, expected) {
            Ok(())
        } else {
            Err(format!("{what}: {got:?} where {expected:?} is expected ({tolerance:?})"))
        }
    }

    #[allow(dead_code, reason = "not every engine needs it")]
    /// Holds one text against another.
    pub fn same(&mut self, what: &str, got: &str, expected: &str) -> Result<(), String> {
        self.count += 1;
        if got == expected {
            Ok(())
        } else {
            Err(format!("{what}: {got} where {expected} is expected"))
        }
    }
}

/// A JSON number; `null` and the texts `NA` and `NaN` are missing, `Inf` and `-Inf` infinite.
pub fn number(value: &Value) -> Result<f64, String> {
    match value {
        Value::Null => Ok(f64::NAN),
        Value::Bool(b) => Ok(f64::from(u8::from(*b))),
        Value::Number(n) => n.as_f64().ok_or_else(|| format!("{n} is not a number")),
        Value::String(s) => match s.as_str() {
            "NA" | "NaN" => Ok(f64::NAN),
            "Inf" => Ok(f64::INFINITY),
            "-Inf" => Ok(f64::NEG_INFINITY),
            _ => Err(format!("{s} is not a number")),
        },
        _ => Err(format!("{value} is not a number")),
    }
}

#[allow(dead_code, reason = "not every engine needs it")]
/// A JSON array of numbers; a single number is an array of one.
pub fn numbers(value: &Value) -> Result<Vec<f64>, String> {
    match value {
        Value::Array(values) => values.iter().map(number).collect(),
        other => Ok(vec![number(other)?]),
    }
}
