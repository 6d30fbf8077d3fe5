//! Weights from judgements: the analytic hierarchy process.

use crate::error::{Error, Result, check};

/// Weights from a matrix of pairwise judgements.
#[derive(Clone, Debug, PartialEq)]
pub struct Ahp {
    /// The principal eigenvector, summing to one.
    pub weights: Vec<f64>,
    /// The geometric means of the rows, summing to one: the other customary weights.
    pub geometric_mean_weights: Vec<f64>,
    /// The principal eigenvalue: the number of criteria if the judgements agree perfectly.
    pub lambda_max: f64,
    /// (λ - n) / (n - 1).
    pub consistency_index: f64,
    /// What the consistency index is on average for judgements at random (see [`random_index`]).
    pub random_index: f64,
    /// Consistency index over random index; up to 0.1 the judgements may be used (Saaty). Zero for
    /// two criteria or fewer, which cannot disagree.
    pub consistency_ratio: f64,
}

/// Weights from `judgements`, a square matrix by rows: how many times as important the criterion of
/// the row is as that of the column (1/9 to 9 on Saaty's scale, though any positive number serves).
///
/// # Errors
/// Not square, empty, a judgement that is not finite or not above zero, a diagonal that is not one or
/// a pair that is not reciprocal (to 5 %, so that 0.14 may stand for a seventh); no convergence.
///
/// ```
/// let found = stats::index::ahp(&[&[1.0, 3.0, 5.0], &[1.0 / 3.0, 1.0, 3.0], &[0.2, 1.0 / 3.0, 1.0]])?;
/// assert!((found.weights[0] - 0.637).abs() < 5e-4);
/// assert!((found.consistency_ratio - 0.033).abs() < 5e-4);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn ahp<R: AsRef<[f64]>>(judgements: &[R]) -> Result<Ahp> {
    let n = judgements.len();
    if n == 0 {
        return Err(Error::Empty { what: "judgements" });
    }
    let rows: Vec<&[f64]> = judgements.iter().map(AsRef::as_ref).collect();
    check_reciprocal(&rows)?;
    let geometric = shares(
        rows.iter()
            .map(|row| libm::exp(row.iter().map(|&a| libm::log(a)).sum::<f64>() / n as f64))
            .collect(),
    );
    let weights = principal(&rows, &geometric)?;
    let lambda_max = product(&rows, &weights).iter().sum::<f64>();
    let random_index = random_index(n);
    let consistency_index = match n {
        1 => 0.0,
        _ => (lambda_max - n as f64) / (n as f64 - 1.0),
    };
    Ok(Ahp {
        weights,
        geometric_mean_weights: geometric,
        lambda_max,
        consistency_index,
        random_index,
        consistency_ratio: match n {
            1 | 2 => 0.0,
            _ => consistency_index / random_index,
        },
    })
}

/// The judgements of a group: the geometric mean of its members', the only mean that keeps them
/// reciprocal (Aczél, Saaty, J. Math. Psych. 27 (1983) 93). One matrix by rows per member.
///
/// # Errors
/// No member, matrices of unequal size; otherwise as [`ahp`].
///
/// ```
/// let members = [[[1.0, 4.0], [0.25, 1.0]], [[1.0, 1.0], [1.0, 1.0]]];
/// let group = stats::index::ahp_of_group(&members.each_ref().map(|m| m.as_slice()))?;
/// assert!((group.weights[0] - 2.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn ahp_of_group<R: AsRef<[f64]>>(members: &[&[R]]) -> Result<Ahp> {
    let Some(first) = members.first() else {
        return Err(Error::Empty { what: "members" });
    };
    let n = first.len();
    let mut logs = vec![vec![0.0; n]; n];
    for member in members {
        check::length("judgements of a member", member.len(), n)?;
        let rows: Vec<&[f64]> = member.iter().map(AsRef::as_ref).collect();
        check_reciprocal(&rows)?;
        for (sums, row) in logs.iter_mut().zip(rows) {
            for (sum, &judgement) in sums.iter_mut().zip(row) {
                *sum += libm::log(judgement);
            }
        }
    }
    let count = members.len() as f64;
    for sum in logs.iter_mut().flatten() {
        *sum = libm::exp(*sum / count);
    }
    ahp(&logs)
}

/// The mean consistency index of random judgements on `n` criteria: Saaty's (1980) table to 15, the
/// line of Alonso and Lamata (2006) beyond; 0 for two or fewer.
///
/// ```
/// assert_eq!(stats::index::random_index(4), 0.90);
/// assert!((stats::index::random_index(16) - 1.597).abs() < 1e-3);
/// ```
pub fn random_index(n: usize) -> f64 {
    const SAATY: [f64; 16] = [
        0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
    ];
    let n_real = n as f64;
    let line = (2.7699 * n_real - 4.3513 - n_real) / (n_real - 1.0);
    SAATY.get(n).copied().unwrap_or(line)
}

fn check_reciprocal(rows: &[&[f64]]) -> Result<()> {
    const ROUNDING: f64 = 0.05;
    let n = rows.len();
    for (i, row) in rows.iter().enumerate() {
        check::length("row of judgements", row.len(), n)?;
        check::finite("judgements", row)?;
        if let Some(&value) = row.iter().find(|&&a| a <= 0.0) {
            return Err(Error::OutOfRange { what: "a judgement", value, must: "above zero" });
        }
        for (j, a) in row.iter().enumerate().take(i + 1) {
            let back = rows[j].get(i);
            if !back.is_some_and(|back| (a * back - 1.0).abs() <= ROUNDING) {
                return Err(Error::Inconsistent {
                    what: "judgements",
                    why: "they are not reciprocal: a(j,i) must be 1/a(i,j) and the diagonal 1",
                });
            }
        }
    }
    Ok(())
}

/// The principal eigenvector by the power method: the matrix is positive, so that it converges from
/// any positive start, and the geometric means are a near one.
fn principal(rows: &[&[f64]], start: &[f64]) -> Result<Vec<f64>> {
    const MOST: usize = 10_000;
    let mut weights = start.to_vec();
    for _ in 0..MOST {
        let next = shares(product(rows, &weights));
        let moved = next.iter().zip(&weights).map(|(a, b)| (a / b - 1.0).abs());
        let moved = moved.fold(0.0, f64::max);
        weights = next;
        if moved < 1e-15 * rows.len() as f64 {
            return Ok(weights);
        }
    }
    Err(Error::NoConvergence { what: "principal eigenvector of the judgements", iterations: MOST })
}

fn product(rows: &[&[f64]], x: &[f64]) -> Vec<f64> {
    let dot = |row: &&[f64]| row.iter().zip(x).map(|(a, x)| a * x).sum();
    rows.iter().map(dot).collect()
}

fn shares(values: Vec<f64>) -> Vec<f64> {
    let total: f64 = values.iter().sum();
    values.into_iter().map(|v| v / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consistent_judgements_give_their_weights_back() {
        let true_weights = [0.5, 0.3, 0.15, 0.05];
        let rows: Vec<Vec<f64>> =
            true_weights.iter().map(|a| true_weights.iter().map(|b| a / b).collect()).collect();
        let found = ahp(&rows).unwrap();
        for (a, b) in found.weights.iter().zip(true_weights) {
            assert!((a - b).abs() < 1e-14);
        }
        assert!(found.consistency_ratio.abs() < 1e-14);
    }

    #[test]
    fn one_and_two_criteria() {
        assert_eq!(ahp(&[[1.0]]).unwrap().weights, [1.0]);
        let two = ahp(&[[1.0, 3.0], [1.0 / 3.0, 1.0]]).unwrap();
        assert_eq!((two.weights[0], two.consistency_ratio), (0.75, 0.0));
    }

    #[test]
    fn refusals() {
        let code = |rows: &[&[f64]]| ahp(rows).unwrap_err().code();
        assert_eq!(code(&[]), "stats.empty");
        assert_eq!(code(&[&[1.0, 2.0]]), "stats.length");
        assert_eq!(code(&[&[1.0, 2.0], &[2.0, 1.0]]), "stats.inconsistent");
        assert_eq!(code(&[&[1.0, 0.0], &[2.0, 1.0]]), "stats.out_of_range");
        assert_eq!(code(&[&[1.0, f64::NAN], &[2.0, 1.0]]), "stats.not_finite");
    }
}
