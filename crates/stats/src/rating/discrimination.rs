//! How well a score tells bad from good.

use crate::dist::Continuous;
use crate::dist::Normal;
use crate::error::{Error, Result, check};
use crate::sample::square;

/// A score held against outcomes: the cases sorted by score, with ties kept together.
///
/// ```
/// use stats::rating::Discrimination;
/// let scores = [0.1, 0.4, 0.35, 0.8];
/// let bad = [false, false, true, true];
/// let d = Discrimination::new(&scores, &bad)?;
/// assert_eq!(d.auc(), 0.75);
/// assert_eq!(d.gini(), 0.5);
/// assert_eq!(d.ks(), 0.5);
/// # Ok::<(), stats::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Discrimination {
    /// For each distinct score, from low to high: the score, how many good, how many bad.
    steps: Vec<Step>,
    goods: u64,
    bads: u64,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    score: f64,
    goods: u64,
    bads: u64,
}

/// A point of the ROC curve: cases scored at `threshold` or above are called bad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RocPoint {
    /// The lowest score that is called bad; infinite at the first point, where nothing is.
    pub threshold: f64,
    /// Share of the good that are called bad.
    pub false_positive_rate: f64,
    /// Share of the bad that are called bad.
    pub true_positive_rate: f64,
}

/// The area under the ROC curve with its standard error and interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AucInterval {
    /// The area.
    pub auc: f64,
    /// Its standard error (DeLong).
    pub standard_error: f64,
    /// Lower bound of the symmetric normal interval, not below 0.
    pub lower: f64,
    /// Upper bound, not above 1.
    pub upper: f64,
}

/// Two scores of the same cases compared by their areas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AucComparison {
    /// Area of the first less area of the second.
    pub difference: f64,
    /// Standard error of the difference, with the covariance of the two areas.
    pub standard_error: f64,
    /// Difference over its standard error; zero where both are zero.
    pub z: f64,
    /// Two-sided probability of a difference as large if the areas were equal.
    pub p_value: f64,
}

impl Discrimination {
    /// Sorts `scores` (higher = riskier) with their outcomes (`true` = bad).
    ///
    /// # Errors
    /// Unequal lengths, a score that is not finite, no bad or no good case.
    pub fn new(scores: &[f64], bad: &[bool]) -> Result<Self> {
        check_pairs(scores, bad)?;
        let mut cases: Vec<(f64, bool)> = scores.iter().copied().zip(bad.iter().copied()).collect();
        cases.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut steps: Vec<Step> = Vec::new();
        for (score, bad) in cases {
            let (goods, bads) = if bad { (0, 1) } else { (1, 0) };
            match steps.last_mut() {
                Some(step) if step.score == score => {
                    step.goods += goods;
                    step.bads += bads;
                }
                _ => steps.push(Step { score, goods, bads }),
            }
        }
        let goods = steps.iter().map(|s| s.goods).sum();
        let bads = steps.iter().map(|s| s.bads).sum();
        Ok(Self { steps, goods, bads })
    }

    /// Area under the ROC curve: the chance that a bad case scores above a good one, ties half.
    ///
    /// The count of pairs is exact in integers, so that the area is right to the last digit.
    pub fn auc(&self) -> f64 {
        let mut below = 0u64;
        let mut twice_won = 0u128;
        for step in &self.steps {
            twice_won += u128::from(step.bads) * u128::from(2 * below + step.goods);
            below += step.goods;
        }
        twice_won as f64 / 2.0 / (self.goods as f64 * self.bads as f64)
    }

    /// The Gini coefficient (accuracy ratio, Somers' D of score on outcome): twice the area less one.
    pub fn gini(&self) -> f64 {
        2.0 * self.auc() - 1.0
    }

    /// The Kolmogorov-Smirnov distance: the largest gap between the distributions of good and bad.
    pub fn ks(&self) -> f64 {
        let (mut goods, mut bads) = (0, 0);
        self.steps
            .iter()
            .map(|step| {
                goods += step.goods;
                bads += step.bads;
                (goods as f64 / self.goods as f64 - bads as f64 / self.bads as f64).abs()
            })
            .fold(0.0, f64::max)
    }

    /// The ROC curve from (0, 0) to (1, 1), one point per distinct score, from the highest down.
    pub fn roc(&self) -> Vec<RocPoint> {
        let mut points = vec![RocPoint {
            threshold: f64::INFINITY,
            false_positive_rate: 0.0,
            true_positive_rate: 0.0,
        }];
        let (mut goods, mut bads) = (0, 0);
        for step in self.steps.iter().rev() {
            goods += step.goods;
            bads += step.bads;
            points.push(RocPoint {
                threshold: step.score,
                false_positive_rate: goods as f64 / self.goods as f64,
                true_positive_rate: bads as f64 / self.bads as f64,
            });
        }
        points
    }

    /// The standard error of the area by DeLong's placements, in one pass over the sorted scores.
    ///
    /// # Errors
    /// Fewer than two good or two bad cases.
    pub fn auc_standard_error(&self) -> Result<f64> {
        enough("bad outcomes", self.bads)?;
        enough("good outcomes", self.goods)?;
        let (goods, bads) = (self.goods as f64, self.bads as f64);
        let auc = self.auc();
        let (mut good_below, mut bad_below) = (0u64, 0u64);
        let (mut of_bads, mut of_goods) = (0.0, 0.0);
        for step in &self.steps {
            // The placement of a case: the share of the other class that it beats.
            let bad_beats = (good_below as f64 + step.goods as f64 / 2.0) / goods;
            let beaten_by = 1.0 - (bad_below as f64 + step.bads as f64 / 2.0) / bads;
            of_bads += step.bads as f64 * square(bad_beats - auc);
            of_goods += step.goods as f64 * square(beaten_by - auc);
            good_below += step.goods;
            bad_below += step.bads;
        }
        Ok((of_bads / (bads - 1.0) / bads + of_goods / (goods - 1.0) / goods).sqrt())
    }

    /// The area with its DeLong standard error and a symmetric interval at `level` (0.95, say),
    /// cut to 0 and 1.
    ///
    /// # Errors
    /// Fewer than two good or two bad cases; a level outside (0, 1).
    ///
    /// ```
    /// use stats::rating::Discrimination;
    /// let scores = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    /// let bad = [false, false, true, false, true, true];
    /// let found = Discrimination::new(&scores, &bad)?.auc_interval(0.95)?;
    /// assert!((found.auc - 8.0 / 9.0).abs() < 1e-15);
    /// assert_eq!(found.upper, 1.0);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn auc_interval(&self, level: f64) -> Result<AucInterval> {
        check::level("confidence level", level)?;
        let auc = self.auc();
        let standard_error = self.auc_standard_error()?;
        let half = Normal::STANDARD.upper_quantile((1.0 - level) / 2.0)? * standard_error;
        Ok(AucInterval {
            auc,
            standard_error,
            lower: (auc - half).max(0.0),
            upper: (auc + half).min(1.0),
        })
    }
}

/// Compares the areas of two scores on the same cases, with their covariance (DeLong et al. 1988).
///
/// # Errors
/// Unequal lengths, a score that is not finite, fewer than two good or two bad cases.
///
/// ```
/// use stats::rating::compare_auc;
/// let a = [0.2, 0.4, 0.6, 0.8, 0.3];
/// let bad = [false, false, true, true, true];
/// let same = compare_auc(&a, &a, &bad)?;
/// assert_eq!((same.difference, same.p_value), (0.0, 1.0));
/// # Ok::<(), stats::Error>(())
/// ```
pub fn compare_auc(first: &[f64], second: &[f64], bad: &[bool]) -> Result<AucComparison> {
    let a = Placements::new(first, bad)?;
    let b = Placements::new(second, bad)?;
    let difference = a.auc - b.auc;
    // The variance of a difference is that of the differences of the placements, so that the
    // covariance never has to be formed.
    let part = |a: &[f64], b: &[f64]| {
        let n = a.len() as f64;
        let gap = a.iter().zip(b).map(|(a, b)| a - b);
        gap.map(|d| square(d - difference)).sum::<f64>() / (n - 1.0) / n
    };
    let standard_error = (part(&a.bads, &b.bads) + part(&a.goods, &b.goods)).sqrt();
    let z = if difference == 0.0 { 0.0 } else { difference / standard_error };
    Ok(AucComparison { difference, standard_error, z, p_value: 2.0 * Normal::STANDARD.sf(z.abs()) })
}

/// For each case, the share of the other class on its right side, in the order of the cases.
struct Placements {
    auc: f64,
    bads: Vec<f64>,
    goods: Vec<f64>,
}

impl Placements {
    fn new(scores: &[f64], bad: &[bool]) -> Result<Self> {
        let sorted = Discrimination::new(scores, bad)?;
        enough("bad outcomes", sorted.bads)?;
        enough("good outcomes", sorted.goods)?;
        let (mut good_below, mut bad_below) = (0, 0);
        let below: Vec<(u64, u64)> = sorted
            .steps
            .iter()
            .map(|step| {
                let here = (2 * good_below + step.goods, 2 * bad_below + step.bads);
                good_below += step.goods;
                bad_below += step.bads;
                here
            })
            .collect();
        let (mut bads, mut goods) = (Vec::new(), Vec::new());
        for (score, &bad) in scores.iter().zip(bad) {
            let at = sorted.steps.partition_point(|step| step.score < *score);
            let (twice_goods, twice_bads) = below[at];
            if bad {
                bads.push(twice_goods as f64 / 2.0 / sorted.goods as f64);
            } else {
                goods.push(1.0 - twice_bads as f64 / 2.0 / sorted.bads as f64);
            }
        }
        Ok(Self { auc: sorted.auc(), bads, goods })
    }
}

/// Scores and outcomes that go together, with at least one bad and one good case.
fn check_pairs(scores: &[f64], bad: &[bool]) -> Result<()> {
    check::at_least("scores", scores, 1)?;
    check::length("outcomes", bad.len(), scores.len())?;
    check::finite("scores", scores)?;
    match bad.iter().filter(|&&b| b).count() {
        0 => Err(Error::Constant { what: "outcomes" }),
        n if n == bad.len() => Err(Error::Constant { what: "outcomes" }),
        _ => Ok(()),
    }
}

fn enough(what: &'static str, got: u64) -> Result<()> {
    if got < 2 {
        return Err(Error::TooFew { what, needed: 2, got: got as usize });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 7] = [0.1, 0.3, 0.3, 0.5, 0.6, 0.6, 0.9];
    const BAD: [bool; 7] = [false, false, true, false, true, false, true];

    /// Equations 3 and 4 of DeLong et al. by all pairs.
    fn by_pairs(scores: &[f64], bad: &[bool]) -> (f64, f64) {
        let of = |class: bool| -> Vec<f64> {
            let kept = scores.iter().zip(bad).filter(|(_, b)| **b == class);
            kept.map(|(s, _)| *s).collect()
        };
        let (x, y) = (of(true), of(false));
        let psi = |x: f64, y: f64| match x.total_cmp(&y) {
            std::cmp::Ordering::Greater => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Less => 0.0,
        };
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let var = |v: &[f64]| {
            let m = mean(v);
            v.iter().map(|v| (v - m).powi(2)).sum::<f64>() / (v.len() as f64 - 1.0)
        };
        let v10: Vec<f64> =
            x.iter().map(|x| mean(&y.iter().map(|y| psi(*x, *y)).collect::<Vec<_>>())).collect();
        let v01: Vec<f64> =
            y.iter().map(|y| mean(&x.iter().map(|x| psi(*x, *y)).collect::<Vec<_>>())).collect();
        let se = (var(&v10) / x.len() as f64 + var(&v01) / y.len() as f64).sqrt();
        (mean(&v10), se)
    }

    #[test]
    fn area_and_error_are_those_of_the_pairs() {
        let d = Discrimination::new(&SCORES, &BAD).unwrap();
        let (auc, se) = by_pairs(&SCORES, &BAD);
        assert!((d.auc() - auc).abs() < 1e-15);
        assert!((d.auc_standard_error().unwrap() - se).abs() < 1e-15);
    }

    #[test]
    fn a_score_against_noise() {
        let flat = [0.5; 7];
        let found = compare_auc(&SCORES, &flat, &BAD).unwrap();
        let (auc, se) = by_pairs(&SCORES, &BAD);
        assert!((found.difference - (auc - 0.5)).abs() < 1e-15);
        assert!((found.standard_error - se).abs() < 1e-15);
    }

    #[test]
    fn the_curve_goes_from_corner_to_corner() {
        let roc = Discrimination::new(&SCORES, &BAD).unwrap().roc();
        let ends = (roc[0], roc[roc.len() - 1]);
        assert_eq!((ends.0.false_positive_rate, ends.0.true_positive_rate), (0.0, 0.0));
        assert_eq!((ends.1.false_positive_rate, ends.1.true_positive_rate), (1.0, 1.0));
    }

    #[test]
    fn refusals() {
        let code =
            |scores: &[f64], bad: &[bool]| Discrimination::new(scores, bad).unwrap_err().code();
        assert_eq!(code(&[], &[]), "stats.empty");
        assert_eq!(code(&[1.0], &[true, false]), "stats.length");
        assert_eq!(code(&[f64::NAN, 1.0], &[true, false]), "stats.not_finite");
        assert_eq!(code(&[1.0, 2.0], &[true, true]), "stats.constant");
        let one_bad = Discrimination::new(&[1.0, 2.0, 3.0], &[true, false, false]).unwrap();
        assert_eq!(one_bad.auc_standard_error().unwrap_err().code(), "stats.too_few");
    }
}
