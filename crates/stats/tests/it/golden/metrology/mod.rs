//! Robust statistics, scores, uncertainty and conformity: metRology, GTC, and the formulas of the
//! standards.

mod conformity;
mod proficiency;
mod uncertainty;

use super::case::Case;
use super::compare::Tolerance;

const EXACT: Tolerance = Tolerance::Rel(1e-12);

pub const TOLERANCES: &[(&str, &str, Tolerance)] = &[
    ("algA", "expected_scalars", Tolerance::Rel(1e-8)),
    ("algA", "expected_iso_iterations", Tolerance::Rel(1e-8)),
    ("algA", "expected_iso_iterations:iter", Tolerance::Exact),
    // A score near zero is the difference of two numbers near each other.
    ("algA", "expected_scores", Tolerance::RelOrAbs(1e-8, 1e-11)),
    // The reference stops early.
    ("algS", "expected_scalars", Tolerance::Rel(1e-3)),
    ("ISO", "expected_scores", Tolerance::RelOrAbs(1e-12, 1e-13)),
    ("pc", "expected_pc", EXACT),
    ("global", "expected_risks", Tolerance::Abs(1e-8)),
    // The reference takes derivatives by differences.
    ("GUM", "expected_scalars", Tolerance::Rel(1e-4)),
    ("type_a.multi_estimate_real", "expected_result", Tolerance::Rel(1e-8)),
];

pub fn run(case: &Case) -> Result<usize, String> {
    match case.function() {
        "algA" => proficiency::robust_mean(case),
        "algS" => proficiency::pooled_deviation(case),
        "ISO" => proficiency::scores(case),
        "pc" => conformity::conformance(case),
        "global" => conformity::risks(case),
        "GUM" => uncertainty::budget(case),
        "type_a.multi_estimate_real" => uncertainty::impedance(case),
        "numeric" => uncertainty::sum_of_inputs(case),
        "dY" => uncertainty::comparison_loss(case),
        other => Err(format!("nothing is known of {other}")),
    }
}
