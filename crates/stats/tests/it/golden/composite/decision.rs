//! Decision matrices as pymcdm treats them: weights from the data, TOPSIS, VIKOR.
//!
//! The fields of the expected result say what was computed: `entropy_weights`, or
//! `topsis_<scale>_<weights>`, `vikor_<weights>`.

use stats::index::{DecisionMatrix, Direction, Distance};

use super::super::case::Case;
use super::super::compare::{Compare, numbers};
use super::super::rcall;
use super::rows;

pub fn run(case: &Case) -> Result<usize, String> {
    let matrix = rows(&case.json("input_matrix")?)?.concat();
    let types = numbers(&case.json("input_types")?)?;
    let given = match case.has("input_weights") {
        true => Some(numbers(&case.json("input_weights")?)?),
        false => None,
    };
    let directions: Vec<Direction> = types
        .iter()
        .map(|&t| if t > 0.0 { Direction::Positive } else { Direction::Negative })
        .collect();
    let matrix = DecisionMatrix::new(&matrix, &directions).map_err(|e| e.to_string())?;
    let v = group_weight(case.call());
    let expected = case.json("expected_result")?;
    let mut compare = Compare::new(case);
    for (field, values) in expected.as_object().ok_or("expected_result is no object")? {
        let got = measure(&matrix, given.as_deref(), v, field)?;
        compare.slice("expected_result", field, &got, &numbers(values)?)?;
    }
    Ok(compare.count())
}

fn measure(
    matrix: &DecisionMatrix<'_>,
    given: Option<&[f64]>,
    v: f64,
    field: &str,
) -> Result<Vec<f64>, String> {
    let words: Vec<&str> = field.split('_').collect();
    let got = match words[..] {
        [how, "weights"] => return weights(matrix, given, how),
        ["topsis", scale, how] => {
            let distance = match scale {
                "vector" => Distance::Vector,
                "minmax" => Distance::MinMax,
                "max" => Distance::Max,
                other => return Err(format!("nothing is known of the scale {other}")),
            };
            matrix.topsis(&weights(matrix, given, how)?, distance)
        }
        ["vikor", how] => {
            let found = matrix.vikor(&weights(matrix, given, how)?, v);
            found.map(|found| found.compromise)
        }
        _ => return Err(format!("nothing is known of the field {field}")),
    };
    got.map_err(|e| e.to_string())
}

fn weights(
    matrix: &DecisionMatrix<'_>,
    given: Option<&[f64]>,
    how: &str,
) -> Result<Vec<f64>, String> {
    let found = match (how, given) {
        ("equal", _) => Ok(matrix.equal_weights()),
        ("entropy", _) => matrix.entropy_weights(),
        ("critic", _) => matrix.critic_weights(),
        ("given" | "w", Some(given)) => Ok(given.to_vec()),
        (other, _) => return Err(format!("nothing is known of the weights {other}")),
    };
    found.map_err(|e| e.to_string())
}

/// The `v` of `VIKOR(v=...)`, one half where the call gives none.
fn group_weight(call: &str) -> f64 {
    let calls = call.split(';').filter_map(|part| rcall::parse(part.trim()).ok());
    let v = calls.filter_map(|call| call.argument("v")?.number()).next();
    v.unwrap_or(0.5)
}
