//! Scores against outcomes, as scikit-learn and SciPy measure them.

use stats::rating::{Discrimination, brier_score, kendall_tau_b};

use super::case::Case;
use super::compare::{Compare, Tolerance, numbers};

/// The peers carry about 15 digits through a different order of operations.
pub const TOLERANCES: &[(&str, &str, Tolerance)] =
    &[("*", "expected_result", Tolerance::Rel(1e-10))];

pub fn run(case: &Case) -> Result<usize, String> {
    match case.function() {
        "roc_auc_score" => measures(case),
        other => Err(format!("nothing is known of {other}")),
    }
}

fn measures(case: &Case) -> Result<usize, String> {
    let input = case.json("input_data")?;
    let outcome = numbers(&input["y"])?;
    let bad: Vec<bool> = outcome.iter().map(|&y| y != 0.0).collect();
    let score = numbers(&input["score"])?;
    let sorted = Discrimination::new(&score, &bad).map_err(|e| e.to_string())?;
    let expected = case.json("expected_result")?;
    let mut compare = Compare::new(case);
    for field in expected.as_object().ok_or("expected_result is no object")?.keys() {
        let got = match field.as_str() {
            "auc" => Ok(sorted.auc()),
            "gini" => Ok(sorted.gini()),
            "ks" | "ks_roc" => Ok(sorted.ks()),
            "delong_se" => sorted.auc_standard_error(),
            "brier" => brier_score(&numbers(&input["pd"])?, &bad),
            "kendall_tau_b" => kendall_tau_b(&outcome, &score),
            other => return Err(format!("nothing is known of the field {other}")),
        };
        let got = got.map_err(|e| e.to_string())?;
        compare.field("expected_result", &expected, field, got)?;
    }
    Ok(compare.count())
}
