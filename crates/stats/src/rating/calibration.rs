//! Whether a probability holds: of the cases called 10 %, is one in ten bad?

use crate::dist::{ChiSquared, Continuous, Normal};
use crate::error::{Error, Result, check};
use crate::sample::square;

/// The Brier score: the mean squared distance of the probability of the bad event from the outcome
/// (0 or 1); 0 is perfect, 0.25 what a coin gives.
///
/// # Errors
/// No value, unequal lengths, a probability outside 0 to 1.
///
/// ```
/// assert_eq!(stats::rating::brier_score(&[0.5, 0.0], &[true, false])?, 0.125);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn brier_score(probabilities: &[f64], bad: &[bool]) -> Result<f64> {
    check_probabilities(probabilities, bad)?;
    let squares = probabilities.iter().zip(bad).map(|(p, &bad)| square(p - f64::from(bad)));
    Ok(squares.sum::<f64>() / probabilities.len() as f64)
}

/// Murphy's parts of the Brier score: `reliability - resolution + uncertainty`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BrierParts {
    /// How far the rates seen lie from the probabilities given: 0 is perfect.
    pub reliability: f64,
    /// How far the rates seen differ between the probabilities given: the more the better.
    pub resolution: f64,
    /// The variance of the outcome itself, which no forecast can help.
    pub uncertainty: f64,
}

/// Splits the Brier score over the distinct probabilities given (Murphy 1973, eq. 8), so that the
/// parts add up to the score.
///
/// # Errors
/// As [`brier_score`].
///
/// ```
/// use stats::rating::{brier_decomposition, brier_score};
/// let (p, bad) = ([0.1, 0.1, 0.8, 0.8], [false, true, true, true]);
/// let parts = brier_decomposition(&p, &bad)?;
/// let whole = parts.reliability - parts.resolution + parts.uncertainty;
/// assert!((whole - brier_score(&p, &bad)?).abs() < 1e-15);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn brier_decomposition(probabilities: &[f64], bad: &[bool]) -> Result<BrierParts> {
    check_probabilities(probabilities, bad)?;
    let n = bad.len() as f64;
    let overall = bad.iter().filter(|&&b| b).count() as f64 / n;
    let sorted = sorted(probabilities, bad);
    let (mut reliability, mut resolution) = (0.0, 0.0);
    for group in sorted.chunk_by(|a, b| a.0 == b.0) {
        let size = group.len() as f64;
        let rate = group.iter().filter(|c| c.1).count() as f64 / size;
        reliability += size * square(group[0].0 - rate);
        resolution += size * square(rate - overall);
    }
    Ok(BrierParts {
        reliability: reliability / n,
        resolution: resolution / n,
        uncertainty: overall * (1.0 - overall),
    })
}

/// One group of a calibration table: cases of neighbouring probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationGroup {
    /// How many cases.
    pub cases: usize,
    /// The lowest and the highest probability in the group.
    pub range: (f64, f64),
    /// The mean probability given.
    pub expected_rate: f64,
    /// How many were bad.
    pub bads: usize,
    /// The share that was bad.
    pub observed_rate: f64,
}

/// A calibration table with the Hosmer-Lemeshow test.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// The groups, from low to high probability.
    pub groups: Vec<CalibrationGroup>,
    /// Σ (bads - expected)² / (n p̄ (1 - p̄)); infinite where a group was called certain and was not.
    pub statistic: f64,
    /// Degrees of freedom: groups less two on the data that the model was fitted to, else groups.
    pub degrees_of_freedom: usize,
    /// The chance of a statistic as large if the probabilities held; 1 with no degree of freedom.
    pub p_value: f64,
}

/// The calibration table over `groups` of equal size (ten, as published; equal probabilities are
/// never parted, so there may be fewer), with the Hosmer-Lemeshow statistic. `fitted_here` tells
/// whether these are the data that the model was fitted to.
///
/// # Errors
/// As [`brier_score`]; fewer than two groups, or fewer cases than groups.
///
/// ```
/// let (p, bad) = ([0.25, 0.25, 0.25, 0.25, 0.5, 0.5], [true, false, false, false, true, false]);
/// let table = stats::rating::calibration(&p, &bad, 2, false)?;
/// assert_eq!(table.groups.len(), 2);
/// assert_eq!((table.statistic, table.p_value), (0.0, 1.0));
/// # Ok::<(), stats::Error>(())
/// ```
pub fn calibration(
    probabilities: &[f64],
    bad: &[bool],
    groups: usize,
    fitted_here: bool,
) -> Result<Calibration> {
    check_probabilities(probabilities, bad)?;
    check::within("number of groups", groups as f64, groups >= 2, "two or more")?;
    check::at_least("probabilities", probabilities, groups)?;
    let sorted = sorted(probabilities, bad);
    let n = sorted.len();
    let mut table = Vec::with_capacity(groups);
    let (mut start, mut statistic) = (0, 0.0);
    for wanted in 1..=groups {
        let mut end = (wanted * n / groups).max(start);
        while end > start && end < n && sorted[end].0 == sorted[end - 1].0 {
            end += 1;
        }
        if end == start {
            continue;
        }
        let group = &sorted[start..end];
        start = end;
        let size = group.len() as f64;
        let expected_rate = group.iter().map(|c| c.0).sum::<f64>() / size;
        let bads = group.iter().filter(|c| c.1).count();
        let miss = square(bads as f64 - size * expected_rate);
        if miss > 0.0 {
            statistic += miss / (size * expected_rate * (1.0 - expected_rate));
        }
        table.push(CalibrationGroup {
            cases: group.len(),
            range: (group[0].0, group[group.len() - 1].0),
            expected_rate,
            bads,
            observed_rate: bads as f64 / size,
        });
    }
    let degrees_of_freedom = if fitted_here { table.len().saturating_sub(2) } else { table.len() };
    let p_value = match degrees_of_freedom {
        0 => 1.0,
        df => ChiSquared::new(df as f64)?.sf(statistic),
    };
    Ok(Calibration { groups: table, statistic, degrees_of_freedom, p_value })
}

/// Spiegelhalter's test of the Brier score against what it would be if the probabilities held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spiegelhalter {
    /// Standard normal if the probabilities hold; positive where outcomes are more extreme.
    pub z: f64,
    /// Two-sided probability.
    pub p_value: f64,
}

/// Spiegelhalter's z: Σ (y - p)(1 - 2p) over the root of Σ (1 - 2p)² p (1 - p).
///
/// # Errors
/// As [`brier_score`]; [`Error::NoSolution`] where every probability is 0, ½ or 1.
///
/// ```
/// let found = stats::rating::spiegelhalter(&[0.1, 0.1, 0.9, 0.9], &[false, false, true, true])?;
/// assert!((found.z + 2.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn spiegelhalter(probabilities: &[f64], bad: &[bool]) -> Result<Spiegelhalter> {
    check_probabilities(probabilities, bad)?;
    let (mut gap, mut variance) = (0.0, 0.0);
    for (p, &bad) in probabilities.iter().zip(bad) {
        gap += (f64::from(bad) - p) * (1.0 - 2.0 * p);
        variance += square(1.0 - 2.0 * p) * p * (1.0 - p);
    }
    if variance == 0.0 {
        return Err(Error::NoSolution {
            what: "Spiegelhalter's z",
            why: "every probability is 0, 1/2 or 1, so the Brier score has no spread",
        });
    }
    let z = gap / variance.sqrt();
    Ok(Spiegelhalter { z, p_value: 2.0 * Normal::STANDARD.sf(z.abs()) })
}

fn sorted(probabilities: &[f64], bad: &[bool]) -> Vec<(f64, bool)> {
    let mut cases: Vec<(f64, bool)> =
        probabilities.iter().copied().zip(bad.iter().copied()).collect();
    cases.sort_by(|a, b| a.0.total_cmp(&b.0));
    cases
}

/// Probabilities and outcomes that go together; one class alone is allowed here.
fn check_probabilities(probabilities: &[f64], bad: &[bool]) -> Result<()> {
    check::at_least("probabilities", probabilities, 1)?;
    check::length("outcomes", bad.len(), probabilities.len())?;
    check::finite("probabilities", probabilities)?;
    match probabilities.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        Some(&value) => check::probability("a probability", value),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosmer_lemeshow_by_hand() {
        // Two groups of five at 0.2 and 0.6 with 2 and 2 bad: 1/0.8 + 1/1.2.
        let p = [0.2, 0.2, 0.2, 0.2, 0.2, 0.6, 0.6, 0.6, 0.6, 0.6];
        let bad = [true, true, false, false, false, true, true, false, false, false];
        let table = calibration(&p, &bad, 2, false).unwrap();
        assert!((table.statistic - (1.0 / 0.8 + 1.0 / 1.2)).abs() < 1e-12);
        assert_eq!(table.degrees_of_freedom, 2);
        // With two degrees of freedom the tail is exp(-x/2).
        assert!((table.p_value - (-table.statistic / 2.0).exp()).abs() < 1e-12);
        assert_eq!(calibration(&p, &bad, 2, true).unwrap().p_value, 1.0);
        // Equal probabilities stay together however many groups are asked for.
        assert_eq!(calibration(&p, &bad, 10, false).unwrap().groups.len(), 2);
    }

    #[test]
    fn certainty_that_fails_is_infinite() {
        let table = calibration(&[0.0, 0.0, 1.0], &[true, false, true], 2, false).unwrap();
        assert_eq!((table.statistic, table.p_value), (f64::INFINITY, 0.0));
    }

    #[test]
    fn refusals() {
        assert_eq!(brier_score(&[], &[]).unwrap_err().code(), "stats.empty");
        assert_eq!(brier_score(&[1.2], &[true]).unwrap_err().code(), "stats.out_of_range");
        assert_eq!(spiegelhalter(&[0.5], &[true]).unwrap_err().code(), "stats.no_solution");
    }
}
