//! Are the items that are sent round alike?

use crate::dist::{ChiSquared, Continuous, FisherF};
use crate::error::{Error, Result, check};
use crate::sample::{mean, square, variance};

/// Whether the items differ too much from each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Homogeneity {
    /// The mean of all measurements.
    pub mean: f64,
    /// s_w: standard deviation of repeated measurements of one item.
    pub within: f64,
    /// s_s: standard deviation between items, zero where they differ less than the measurements do.
    pub between: f64,
    /// The item that varies most within, against what chance explains.
    pub cochran: Cochran,
    /// 0.3 σ_pt: s_s should not exceed it.
    pub limit: f64,
    /// Whether s_s is within [`Homogeneity::limit`] (ISO 13528:2015 B.2.2).
    pub adequate: bool,
    /// The limit with allowance for the error of the test itself, √(F1 (0.3 σ_pt)² + F2 s_w²).
    pub expanded_limit: f64,
    /// Whether s_s is within [`Homogeneity::expanded_limit`] (ISO 13528:2015 B.2.3).
    pub adequate_expanded: bool,
}

/// Cochran's test for one item that varies more within than the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cochran {
    /// The largest variance within an item over the sum of all; 0 if all are zero.
    pub statistic: f64,
    /// What it exceeds by chance once in twenty.
    pub critical: f64,
    /// The item (from 0).
    pub item: usize,
}

/// The homogeneity of items from repeated measurements of each, for a standard deviation for
/// proficiency assessment of `sigma_pt`. At least ten items in duplicate are asked for by the
/// standard; two are needed here.
///
/// # Errors
/// Fewer than two items, fewer than two measurements of an item, unequal numbers of them, a value
/// that is not finite, a `sigma_pt` that is not above zero.
///
/// ```
/// let items = [[10.5, 10.4], [9.6, 9.5], [10.4, 9.9], [9.5, 9.9], [10.0, 9.7]];
/// let found = stats::proficiency::homogeneity(&items, 1.14)?;
/// assert!((found.within - 0.228).abs() < 1e-3 && (found.between - 0.323).abs() < 1e-3);
/// assert!(found.adequate);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn homogeneity<R: AsRef<[f64]>>(items: &[R], sigma_pt: f64) -> Result<Homogeneity> {
    let items: Vec<&[f64]> = items.iter().map(AsRef::as_ref).collect();
    let repeats = items.first().map_or(0, |first| first.len());
    if items.len() < 2 {
        return Err(Error::TooFew { what: "items", needed: 2, got: items.len() });
    }
    for item in &items {
        check::at_least("measurements of an item", item, 2)?;
        check::length("measurements of an item", item.len(), repeats)?;
        check::finite("measurements of an item", item)?;
    }
    check::positive("standard deviation for proficiency assessment", sigma_pt)?;
    let (g, m) = (items.len() as f64, repeats as f64);
    let means: Vec<f64> = items.iter().map(|i| mean(i)).collect();
    let variances: Vec<f64> = items.iter().map(|i| variance(i)).collect();
    let within = mean(&variances);
    let between = (variance(&means) - within / m).max(0.0);
    let allowed = square(0.3 * sigma_pt);
    let f1 = ChiSquared::new(g - 1.0)?.upper_quantile(0.05)? / (g - 1.0);
    let f2 = (FisherF::new(g - 1.0, g * (m - 1.0))?.upper_quantile(0.05)? - 1.0) / m;
    let expanded = f1 * allowed + f2 * within;
    Ok(Homogeneity {
        mean: mean(&means),
        within: within.sqrt(),
        between: between.sqrt(),
        cochran: cochran(&variances, m - 1.0)?,
        limit: 0.3 * sigma_pt,
        adequate: between <= allowed,
        expanded_limit: expanded.sqrt(),
        adequate_expanded: between <= expanded,
    })
}

fn cochran(variances: &[f64], degrees: f64) -> Result<Cochran> {
    let g = variances.len() as f64;
    let total: f64 = variances.iter().sum();
    let (item, most) = variances
        .iter()
        .enumerate()
        .fold((0, 0.0), |(at, most), (i, &v)| if v > most { (i, v) } else { (at, most) });
    let f = FisherF::new(degrees, degrees * (g - 1.0))?.upper_quantile(0.05 / g)?;
    Ok(Cochran {
        statistic: if total > 0.0 { most / total } else { 0.0 },
        critical: f / (f + g - 1.0),
        item,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copper_in_soya_flour() {
        // Thompson, Ellison, Wood, Pure Appl. Chem. 78 (2006) 145, appendix 1: twelve items in
        // duplicate, Cochran's statistic 0.24 against 0.54, s²_an = 0.061, s²_sam = 0.085, a limit of
        // (0.3 × 1.14)² = 0.116 and a critical value of 1.79 × 0.116 + 0.86 × 0.061 = 0.26.
        let items = [
            [10.5, 10.4],
            [9.6, 9.5],
            [10.4, 9.9],
            [9.5, 9.9],
            [10.0, 9.7],
            [9.6, 10.1],
            [9.8, 10.4],
            [9.8, 10.2],
            [10.8, 10.7],
            [10.2, 10.0],
            [9.8, 9.5],
            [10.2, 10.0],
        ];
        let found = homogeneity(&items, 1.14).unwrap();
        let near = |x: f64, printed: f64, digit: f64| assert!((x - printed).abs() <= digit / 2.0);
        near(found.cochran.statistic, 0.24, 0.01);
        near(found.cochran.critical, 0.54, 0.01);
        near(found.within.powi(2), 0.061, 0.001);
        near(found.between.powi(2), 0.085, 0.001);
        near(found.expanded_limit.powi(2), 0.26, 0.01);
        assert!(found.adequate && found.adequate_expanded);
    }

    #[test]
    fn equal_items_and_refusals() {
        let equal = homogeneity(&[[1.0, 1.0], [1.0, 1.0]], 0.1).unwrap();
        assert_eq!((equal.between, equal.within, equal.cochran.statistic), (0.0, 0.0, 0.0));
        let code = |items: &[&[f64]]| homogeneity(items, 1.0).unwrap_err().code();
        assert_eq!(code(&[&[1.0, 2.0]]), "stats.too_few");
        assert_eq!(code(&[&[1.0, 2.0], &[1.0]]), "stats.too_few");
        assert_eq!(code(&[&[1.0, 2.0], &[1.0, 2.0, 3.0]]), "stats.length");
        assert_eq!(code(&[&[1.0, 2.0], &[1.0, f64::NAN]]), "stats.not_finite");
    }
}
