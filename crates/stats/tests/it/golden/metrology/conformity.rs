//! Probabilities and risks by the formulas of JCGM 106.

use serde_json::Value;
use stats::uncertainty::conformity::{
    Population, Tolerance as Limits, conformance_probability, global_risks,
};

use super::super::case::Case;
use super::super::compare::{Compare, number};

pub fn conformance(case: &Case) -> Result<usize, String> {
    let file = "expected_pc";
    let table = case.csv(file)?;
    let [y, u, lower, upper] = ["y", "u", "TL", "TU"].map(|c| table.numbers(c));
    let (y, u, lower, upper) = (y?, u?, lower?, upper?);
    let got: Result<Vec<f64>, _> = (0..table.len())
        .map(|i| conformance_probability(y[i], u[i], &Limits::new(lower[i], upper[i])?))
        .collect();
    let mut compare = Compare::new(case);
    compare.column(file, &table, "pc", &got.map_err(|e| e.to_string())?)?;
    Ok(compare.count())
}

pub fn risks(case: &Case) -> Result<usize, String> {
    let file = "expected_risks";
    let expected = case.json(file)?;
    let mut compare = Compare::new(case);
    for row in expected.as_array().ok_or("expected_risks is no list")? {
        let field = |name: &str| number(&row[name]);
        let population = Population { mean: field("y0")?, standard_deviation: field("u0")? };
        let um = field("um")?;
        let limit = |name: &str, none: f64| match row.get(name) {
            Some(Value::Null) | None => Ok(none),
            Some(value) => number(value),
        };
        let (lower, upper) = (limit("TL", f64::NEG_INFINITY)?, limit("TU", f64::INFINITY)?);
        let tolerance = Limits::new(lower, upper).map_err(|e| e.to_string())?;
        let risks = |acceptance: &Limits| {
            let found = global_risks(&population, um, &tolerance, acceptance);
            found.map_err(|e| e.to_string())
        };
        // A guard band that leaves nothing to accept rejects all that conforms.
        let (consumer, producer) = match tolerance.guarded(field("r")? * 2.0 * um) {
            Some(acceptance) => {
                let found = risks(&acceptance)?;
                (found.consumer, found.producer)
            }
            None => (0.0, risks(&tolerance)?.conforming),
        };
        compare.field(file, row, "RC", consumer)?;
        compare.field(file, row, "RP", producer)?;
    }
    Ok(compare.count())
}
