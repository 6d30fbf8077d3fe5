//! Plans that meet two points of the operating characteristic.

use super::oc::Model;
use super::plan::AttributesPlan;
use crate::error::check;
use crate::{Error, Result};

/// A quality and the probability with which lots of it are to be accepted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RiskPoint {
    /// The quality: a share, or nonconformities per item.
    pub quality: f64,
    /// The probability of acceptance: at least this for the producer's point, at most this for the
    /// consumer's.
    pub acceptance: f64,
}

impl RiskPoint {
    pub(crate) fn check_pair(producer: &Self, consumer: &Self) -> Result<()> {
        for point in [producer, consumer] {
            check::level("probability of acceptance", point.acceptance)?;
            check::positive("quality", point.quality)?;
        }
        if producer.quality >= consumer.quality || producer.acceptance <= consumer.acceptance {
            return Err(Error::Inconsistent {
                what: "points",
                why: "the producer's quality must be the better and the likelier to be accepted",
            });
        }
        Ok(())
    }
}

/// The samples that the search goes up to.
const MOST: u32 = 10_000_000;

/// The single plan with the smallest acceptance number, and for it the smallest sample, that accepts
/// the producer's quality with at least, and the consumer's with at most, the given probability.
///
/// ```
/// use stats::sampling::{Model, RiskPoint, find_plan};
/// let producer = RiskPoint { quality: 0.005, acceptance: 0.95 };
/// let consumer = RiskPoint { quality: 0.05, acceptance: 0.05 };
/// let plan = find_plan(&producer, &consumer, Model::Binomial)?;
/// assert_eq!((plan.stages()[0].n, plan.stages()[0].accept), (124, Some(2)));
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Probabilities not strictly between 0 and 1, qualities out of range or in the wrong order; or no
/// plan exists: in one lot both qualities may come to the same number of items, or it would take
/// more than ten million items.
pub fn find_plan(
    producer: &RiskPoint,
    consumer: &RiskPoint,
    model: Model,
) -> Result<AttributesPlan> {
    RiskPoint::check_pair(producer, consumer)?;
    let most = match model {
        Model::Hypergeometric { lot } => lot,
        _ => MOST,
    };
    let accepts =
        |n: u32, c: u32, quality: f64| AttributesPlan::single(n, c)?.acceptance(quality, model);
    let none = Error::NoSolution {
        what: "sampling plan",
        why: "no plan meets both points; move them apart or allow more risk",
    };
    let mut n = 1;
    for c in 0..most {
        // The smallest sample that protects the consumer; it grows with the acceptance number.
        let protects = |n: u32| Ok(accepts(n, c, consumer.quality)? <= consumer.acceptance);
        let (mut low, mut high) = (n - 1, n);
        let mut stride = 1;
        while !protects(high)? {
            if high >= most {
                return Err(none);
            }
            low = high;
            high = high.saturating_add(stride).min(most);
            stride *= 2;
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if protects(middle)? {
                high = middle;
            } else {
                low = middle;
            }
        }
        n = high;
        if accepts(n, c, producer.quality)? >= producer.acceptance {
            return AttributesPlan::single(n, c);
        }
    }
    Err(none)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(quality: f64, acceptance: f64) -> RiskPoint {
        RiskPoint { quality, acceptance }
    }

    #[test]
    fn no_smaller_plan_does() {
        let (producer, consumer) = (point(0.01, 0.95), point(0.06, 0.1));
        for model in [Model::Binomial, Model::Poisson, Model::Hypergeometric { lot: 1000 }] {
            let plan = find_plan(&producer, &consumer, model).unwrap();
            let (n, c) = (plan.stages()[0].n, plan.stages()[0].accept.unwrap());
            for (n, c) in (1..n).map(|n| (n, c)).chain((1..400).map(|n| (n, c - 1))) {
                let plan = AttributesPlan::single(n, c).unwrap();
                let good = plan.acceptance(0.01, model).unwrap() >= 0.95;
                let bad = plan.acceptance(0.06, model).unwrap() <= 0.1;
                assert!(!(good && bad), "{n} {c}");
            }
        }
    }

    #[test]
    fn refuses() {
        let binomial = Model::Binomial;
        assert!(find_plan(&point(0.05, 0.95), &point(0.01, 0.1), binomial).is_err());
        assert!(find_plan(&point(0.01, 1.0), &point(0.05, 0.1), binomial).is_err());
        let lot = Model::Hypergeometric { lot: 20 };
        let same = find_plan(&point(0.05, 0.95), &point(0.06, 0.1), lot);
        assert_eq!(same.unwrap_err().code(), "stats.no_solution");
    }
}
