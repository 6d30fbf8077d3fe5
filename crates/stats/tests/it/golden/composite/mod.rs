//! Indices, decision matrices, judgements and path models: COINr, pymcdm, numpy's eigenvectors, plspm.

mod coinr;
mod decision;
mod paths;

use stats::index;

use super::case::Case;
use super::compare::{Compare, Tolerance, numbers};

pub const TOLERANCES: &[(&str, &str, Tolerance)] = &[
    ("new_coin", "expected_denominated", Tolerance::Rel(1e-8)),
    ("new_coin", "expected_imputed", Tolerance::Rel(1e-8)),
    ("new_coin", "expected_treated", Tolerance::Rel(1e-8)),
    // Scores of zero come out of R as a few roundings of a hundred.
    ("new_coin", "expected_normalised", Tolerance::RelOrAbs(1e-8, 1e-12)),
    ("new_coin", "expected_aggregated", Tolerance::RelOrAbs(1e-8, 1e-12)),
    ("plspm", "expected_scores", Tolerance::Abs(1e-6)),
    ("plspm", "expected_outer", Tolerance::Abs(1e-6)),
    ("plspm", "expected_path", Tolerance::Abs(1e-6)),
    ("plspm", "expected_inner_summary", Tolerance::Abs(1e-6)),
    ("plspm", "expected_effects", Tolerance::Abs(1e-6)),
    ("plspm", "expected_unidim", Tolerance::Abs(1e-6)),
    ("plspm", "expected_unidim:MVs", Tolerance::Exact),
    ("plspm", "expected_scalars", Tolerance::Abs(1e-6)),
    ("*", "expected_result", Tolerance::Rel(1e-9)),
    // Differences of numbers near the number of criteria.
    ("principal", "expected_result:CI", Tolerance::RelOrAbs(1e-9, 1e-14)),
    ("principal", "expected_result:CR", Tolerance::RelOrAbs(1e-9, 1e-14)),
];

pub fn run(case: &Case) -> Result<usize, String> {
    match case.function() {
        "principal" => judgements(case),
        "entropy_weights" => decision::run(case),
        "new_coin" => coinr::run(case),
        "plspm" => paths::run(case),
        other => Err(format!("nothing is known of {other}")),
    }
}

fn judgements(case: &Case) -> Result<usize, String> {
    let input = case.json("input_matrix")?;
    let rows: Vec<Vec<f64>> = rows(&input)?;
    let found = index::ahp(&rows).map_err(|e| e.to_string())?;
    let expected = case.json("expected_result")?;
    let mut compare = Compare::new(case);
    let file = "expected_result";
    for field in expected.as_object().ok_or("expected_result is no object")?.keys() {
        match field.as_str() {
            "weights" | "geometric_mean_weights" => {
                let got = match field.as_str() {
                    "weights" => &found.weights,
                    _ => &found.geometric_mean_weights,
                };
                compare.slice(file, field, got, &numbers(&expected[field])?)?;
            }
            "lambda_max" => compare.field(file, &expected, field, found.lambda_max)?,
            "CI" => compare.field(file, &expected, field, found.consistency_index)?,
            "RI" => compare.field(file, &expected, field, found.random_index)?,
            "CR" => compare.field(file, &expected, field, found.consistency_ratio)?,
            other => return Err(format!("nothing is known of the field {other}")),
        }
    }
    Ok(compare.count())
}

/// A JSON matrix by rows.
fn rows(value: &serde_json::Value) -> Result<Vec<Vec<f64>>, String> {
    let rows = value.as_array().ok_or("the matrix is no array")?;
    rows.iter().map(numbers).collect()
}
