//! Plans by variables that meet two points of the operating characteristic.

use super::plan::{Method, VariablesPlan};
use crate::dist::{Continuous, NoncentralT, normal_quantile};
use crate::error::check;
use crate::sampling::attributes::{AttributesPlan, Model, RiskPoint};
use crate::{Error, Result};

/// The smallest plan that accepts the producer's quality with exactly, and the consumer's with at
/// most, the given probability. Qualities are shares beyond one limit.
///
/// ```
/// use stats::sampling::{Method, RiskPoint, find_variables_plan};
/// let producer = RiskPoint { quality: 0.01, acceptance: 0.95 };
/// let consumer = RiskPoint { quality: 0.06, acceptance: 0.1 };
/// let plan = find_variables_plan(&producer, &consumer, Method::Sigma)?;
/// assert_eq!(plan.n, 15);
/// assert!((plan.k - 1.90165).abs() < 1e-5);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Probabilities or qualities not strictly between 0 and 1 or in the wrong order; or the plan would
/// take more than a million items.
pub fn find_variables_plan(
    producer: &RiskPoint,
    consumer: &RiskPoint,
    method: Method,
) -> Result<VariablesPlan> {
    const MOST: u32 = 1_000_000;
    RiskPoint::check_pair(producer, consumer)?;
    check::level("quality", consumer.quality)?;
    let good = -normal_quantile(producer.quality);
    // The constant that just meets the producer's point.
    let constant = |n: u32| -> Result<f64> {
        let root = f64::from(n).sqrt();
        match method {
            Method::Sigma => Ok(good - normal_quantile(producer.acceptance) / root),
            Method::S => {
                let t = NoncentralT::new(f64::from(n) - 1.0, root * good)?;
                Ok(t.upper_quantile(producer.acceptance)? / root)
            }
        }
    };
    let protects = |n: u32| -> Result<bool> {
        let plan = VariablesPlan { n, k: constant(n)?, method };
        Ok(plan.acceptance(consumer.quality)? <= consumer.acceptance)
    };
    let (mut low, mut high) = (1, 2);
    while !protects(high)? {
        if high >= MOST {
            return Err(Error::NoSolution {
                what: "sampling plan by variables",
                why: "it would take more than a million items; move the points apart",
            });
        }
        low = high;
        high = (2 * high).min(MOST);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if protects(middle)? {
            high = middle;
        } else {
            low = middle;
        }
    }
    VariablesPlan::new(high, constant(high)?, method)
}

/// The plan by variables that does as a plan by attributes: it accepts with 95 % what that accepts
/// with 95 %, and with at most 10 % what that accepts with 10 %.
///
/// The plans of ISO 3951-1 (GB/T 6378.1) are matched in this way to the single plans of ISO 2859-1
/// (GB/T 2828.1), whose letters, levels and limits they share; its tables differ a little, by
/// smoothing.
///
/// ```
/// use stats::sampling::{AttributesPlan, Method, matching_plan};
/// let plan = matching_plan(&AttributesPlan::single(80, 2)?, Method::S)?;
/// assert!(plan.n < 40);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// As for [`find_variables_plan`].
pub fn matching_plan(plan: &AttributesPlan, method: Method) -> Result<VariablesPlan> {
    let point = |acceptance: f64| -> Result<RiskPoint> {
        Ok(RiskPoint { quality: plan.quality_at(acceptance, Model::Binomial)?, acceptance })
    };
    find_variables_plan(&point(0.95)?, &point(0.10)?, method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_meets_both_points_and_no_smaller_one_does() {
        let producer = RiskPoint { quality: 0.02, acceptance: 0.9 };
        let consumer = RiskPoint { quality: 0.09, acceptance: 0.15 };
        for method in [Method::S, Method::Sigma] {
            let plan = find_variables_plan(&producer, &consumer, method).unwrap();
            assert!((plan.acceptance(0.02).unwrap() - 0.9).abs() < 1e-9);
            assert!(plan.acceptance(0.09).unwrap() <= 0.15);
            // One item less, with whatever constant: the consumer's point needs a larger one than
            // the producer's allows.
            let mut smaller = VariablesPlan { n: plan.n - 1, ..plan };
            while smaller.acceptance(0.09).unwrap() > 0.15 {
                smaller.k += 1e-3;
            }
            assert!(smaller.acceptance(0.02).unwrap() < 0.9);
        }
    }

    #[test]
    fn matched_plans_take_fewer_items() {
        for (n, c) in [(50, 1), (125, 3), (200, 10)] {
            let attributes = AttributesPlan::single(n, c).unwrap();
            let s = matching_plan(&attributes, Method::S).unwrap();
            let sigma = matching_plan(&attributes, Method::Sigma).unwrap();
            assert!(sigma.n < s.n && s.n < n);
        }
    }
}
