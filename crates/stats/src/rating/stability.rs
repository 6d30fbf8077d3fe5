//! Has the population moved away from the one that a score was built on?

use super::bins::half_if;
use crate::dist::{ChiSquared, Continuous};
use crate::error::{Error, Result, check};

/// The population stability index of two sets of counts over the same bins.
#[derive(Clone, Debug, PartialEq)]
pub struct Stability {
    /// Σ (actual share - expected share) ln(actual share / expected share); 0 if nothing moved.
    pub index: f64,
    /// What each bin adds, in the order given: where the population moved.
    pub by_bin: Vec<f64>,
    /// The chance of an index as large if both samples came from one population: the index over
    /// (1/n + 1/m) is about chi-square with bins - 1 degrees of freedom (Yurdakul, Naranjo, J. Risk
    /// Model Validation 14 (2020) 89).
    pub p_value: f64,
}

/// The customary reading of the index (Siddiqi 2006).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StabilityBand {
    /// Below 0.1.
    Stable,
    /// From 0.1 to below 0.25: look into it.
    Shifted,
    /// 0.25 and more: another population.
    Changed,
}

impl Stability {
    /// The customary reading.
    pub fn band(&self) -> StabilityBand {
        match self.index {
            x if x < 0.1 => StabilityBand::Stable,
            x if x < 0.25 => StabilityBand::Shifted,
            _ => StabilityBand::Changed,
        }
    }
}

/// The population stability index of the counts `actual` against `expected`, bin by bin; of the
/// bins of a score it tells of the population, of those of a characteristic, which one moved.
///
/// As soon as a bin is empty on either side, half a case is added to every count.
///
/// # Errors
/// Fewer than two bins, unequal lengths, a count that is negative, not whole or not finite, no case.
///
/// ```
/// use stats::rating::{population_stability, StabilityBand};
/// let found = population_stability(&[50.0, 50.0], &[25.0, 75.0])?;
/// assert!((found.index - 0.25 * 3f64.ln()).abs() < 1e-15);
/// assert_eq!(found.band(), StabilityBand::Changed);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn population_stability(expected: &[f64], actual: &[f64]) -> Result<Stability> {
    check::at_least("expected counts", expected, 2)?;
    check::length("actual counts", actual.len(), expected.len())?;
    check::counts("expected counts", expected)?;
    check::counts("actual counts", actual)?;
    let (n, m): (f64, f64) = (expected.iter().sum(), actual.iter().sum());
    check::within("cases expected", n, n > 0.0, "above zero")?;
    check::within("cases seen", m, m > 0.0, "above zero")?;
    let added = half_if(expected.iter().chain(actual).any(|&c| c == 0.0));
    let extra = added * expected.len() as f64;
    let by_bin: Vec<f64> = expected
        .iter()
        .zip(actual)
        .map(|(e, a)| {
            let (e, a) = ((e + added) / (n + extra), (a + added) / (m + extra));
            (a - e) * libm::log(a / e)
        })
        .collect();
    let index: f64 = by_bin.iter().sum();
    let spread = ChiSquared::new((by_bin.len() - 1) as f64)?;
    Ok(Stability { index, by_bin, p_value: spread.sf(index / (1.0 / n + 1.0 / m)) })
}

/// Edges that part `values` into about `bins` groups of equal size: ascending, without repeats, so
/// that there are fewer where many values are equal. An edge belongs to the bin above it.
///
/// # Errors
/// Fewer than two bins, fewer values than bins, a value that is not finite, all values equal.
///
/// ```
/// use stats::rating::{quantile_edges, bin_counts};
/// let edges = quantile_edges(&[1.0, 2.0, 3.0, 4.0], 2)?;
/// assert_eq!(edges, [3.0]);
/// assert_eq!(bin_counts(&[0.0, 3.0, 9.0], &edges)?, [1.0, 2.0]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn quantile_edges(values: &[f64], bins: usize) -> Result<Vec<f64>> {
    check::within("number of bins", bins as f64, bins >= 2, "two or more")?;
    check::at_least("values", values, bins)?;
    check::finite("values", values)?;
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..bins).map(|i| sorted[i * sorted.len() / bins]).collect();
    edges.dedup();
    // The lowest value as an edge would leave the first bin empty.
    edges.retain(|&edge| edge > sorted[0]);
    if edges.is_empty() {
        return Err(Error::Constant { what: "values" });
    }
    Ok(edges)
}

/// How many of `values` fall below the first edge, between each two, and from the last one up.
///
/// # Errors
/// No edge, edges that do not ascend, a value that is not finite.
pub fn bin_counts(values: &[f64], edges: &[f64]) -> Result<Vec<f64>> {
    check::at_least("edges", edges, 1)?;
    check::finite("edges", edges)?;
    check::finite("values", values)?;
    if edges.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Error::Inconsistent {
            what: "edges",
            why: "they must ascend: sort them and leave out repeats",
        });
    }
    let mut counts = vec![0.0; edges.len() + 1];
    for value in values {
        counts[edges.partition_point(|edge| edge <= value)] += 1.0;
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_kullbacks_divergence_both_ways() {
        let (e, a) = ([30.0, 50.0, 20.0], [10.0, 60.0, 30.0]);
        let one_way = |p: [f64; 3], q: [f64; 3]| -> f64 {
            (0..3).map(|i| p[i] / 100.0 * (p[i] / q[i]).ln()).sum()
        };
        let found = population_stability(&e, &a).unwrap();
        assert!((found.index - one_way(e, a) - one_way(a, e)).abs() < 1e-15);
        // Two degrees of freedom: the tail is exp(-x/2).
        let x = found.index / (2.0 / 100.0);
        assert!((found.p_value - (-x / 2.0).exp()).abs() < 1e-13);
    }

    #[test]
    fn nothing_moved_and_an_empty_bin() {
        let same = population_stability(&[5.0, 7.0], &[10.0, 14.0]).unwrap();
        assert_eq!((same.index, same.band()), (0.0, StabilityBand::Stable));
        let empty = population_stability(&[10.0, 10.0], &[0.0, 20.0]).unwrap();
        assert!(empty.index.is_finite() && empty.band() == StabilityBand::Changed);
    }

    #[test]
    fn refusals() {
        let code = |e: &[f64], a: &[f64]| population_stability(e, a).unwrap_err().code();
        assert_eq!(code(&[1.0], &[1.0]), "stats.too_few");
        assert_eq!(code(&[1.0, 2.0], &[1.0, -2.0]), "stats.negative");
        assert_eq!(code(&[0.0, 0.0], &[1.0, 2.0]), "stats.out_of_range");
        assert_eq!(quantile_edges(&[1.0, 1.0], 2).unwrap_err().code(), "stats.constant");
        assert_eq!(bin_counts(&[1.0], &[2.0, 1.0]).unwrap_err().code(), "stats.inconsistent");
    }
}
