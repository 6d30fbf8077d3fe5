//! Rank association of a score and an outcome.

use crate::error::{Error, Result, check};

/// Kendall's tau-b of two sequences: concordant less discordant pairs, over the geometric mean of
/// the pairs that are not tied in each; from -1 to 1, in O(n log n) (Knight 1966).
///
/// # Errors
/// Fewer than two values, unequal lengths, a value that is not finite, a sequence that is constant.
///
/// ```
/// use stats::rating::kendall_tau_b;
/// assert_eq!(kendall_tau_b(&[1.0, 2.0, 3.0], &[1.0, 3.0, 2.0])?, 1.0 / 3.0);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn kendall_tau_b(x: &[f64], y: &[f64]) -> Result<f64> {
    check::at_least("x", x, 2)?;
    check::length("y", y.len(), x.len())?;
    check::finite("x", x)?;
    check::finite("y", y)?;
    // Adding zero turns -0 into +0, so that the total order ties them.
    let mut pairs: Vec<(f64, f64)> = x.iter().zip(y).map(|(x, y)| (x + 0.0, y + 0.0)).collect();
    pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let all = pairs_of(pairs.len());
    let tied_x = tied(pairs.iter().map(|p| p.0));
    let tied_both = tied(pairs.iter().copied());
    let mut y: Vec<f64> = pairs.into_iter().map(|p| p.1).collect();
    let mut spare = y.clone();
    let swaps = sort_counting(&mut y, &mut spare);
    let tied_y = tied(y.iter().copied());
    if tied_x == all {
        return Err(Error::Constant { what: "x" });
    }
    if tied_y == all {
        return Err(Error::Constant { what: "y" });
    }
    let score = (all + tied_both) as f64 - (tied_x + tied_y) as f64 - 2.0 * swaps as f64;
    Ok(score / ((all - tied_x) as f64 * (all - tied_y) as f64).sqrt())
}

fn pairs_of(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

/// How many pairs of neighbours-in-order are equal, all runs together.
fn tied<T: PartialEq>(sorted: impl Iterator<Item = T>) -> u64 {
    let (mut total, mut run, mut last) = (0, 0, None);
    for value in sorted {
        if last.as_ref() == Some(&value) {
            run += 1;
            total += run;
        } else {
            run = 0;
            last = Some(value);
        }
    }
    total
}

/// Sorts by merging and counts the exchanges that a bubble sort would have needed.
fn sort_counting(values: &mut [f64], spare: &mut [f64]) -> u64 {
    let n = values.len();
    if n < 2 {
        return 0;
    }
    let middle = n / 2;
    let mut swaps = {
        let (left, right) = values.split_at_mut(middle);
        let (spare_left, spare_right) = spare.split_at_mut(middle);
        sort_counting(left, spare_left) + sort_counting(right, spare_right)
    };
    spare.copy_from_slice(values);
    let (mut left, mut right) = (0, middle);
    for slot in values.iter_mut() {
        let take_left = right == n || (left < middle && spare[left] <= spare[right]);
        if take_left {
            *slot = spare[left];
            left += 1;
        } else {
            *slot = spare[right];
            swaps += (middle - left) as u64;
            right += 1;
        }
    }
    swaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_pairs(x: &[f64], y: &[f64]) -> f64 {
        let (mut score, mut free_x, mut free_y) = (0.0, 0.0, 0.0);
        for i in 0..x.len() {
            for j in 0..i {
                let (a, b) = (x[i] - x[j], y[i] - y[j]);
                score += if a * b == 0.0 { 0.0 } else { (a * b).signum() };
                free_x += f64::from(a != 0.0);
                free_y += f64::from(b != 0.0);
            }
        }
        score / f64::sqrt(free_x * free_y)
    }

    #[test]
    fn counting_is_the_definition() {
        let x: Vec<f64> = (0..60).map(|i| f64::from(i * 37 % 23)).collect();
        let y: Vec<f64> = (0..60).map(|i| f64::from(i * 17 % 11)).collect();
        assert!((kendall_tau_b(&x, &y).unwrap() - by_pairs(&x, &y)).abs() < 1e-14);
        assert_eq!(kendall_tau_b(&[0.0, -0.0, 1.0], &[0.0, 0.0, 1.0]).unwrap(), 1.0);
    }

    #[test]
    fn refusals() {
        let code = |x: &[f64], y: &[f64]| kendall_tau_b(x, y).unwrap_err().code();
        assert_eq!(code(&[1.0], &[1.0]), "stats.too_few");
        assert_eq!(code(&[1.0, 1.0], &[1.0, 2.0]), "stats.constant");
        assert_eq!(code(&[1.0, 2.0], &[1.0, f64::INFINITY]), "stats.not_finite");
    }
}
