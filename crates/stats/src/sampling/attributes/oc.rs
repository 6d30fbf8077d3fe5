//! What a plan does with lots of a given quality.

use super::plan::AttributesPlan;
use crate::dist::{Binomial, Discrete, Hypergeometric, Poisson};
use crate::error::check;
use crate::{Error, Result};

/// How nonconforming items come into a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// Items of a long series, each nonconforming by itself.
    Binomial,
    /// Items of a lot of this size; the share of nonconforming ones times the size is rounded to a
    /// whole number.
    Hypergeometric {
        /// How many items the lot has.
        lot: u32,
    },
    /// Nonconformities, of which an item may have several; quality is their mean number per item.
    Poisson,
}

/// What a plan does on average with lots of one quality.
#[derive(Clone, Debug, PartialEq)]
pub struct Characteristics {
    /// The probability of acceptance: a point of the operating characteristic curve.
    pub acceptance: f64,
    /// The probability of acceptance after each sample.
    pub acceptance_after: Vec<f64>,
    /// The probability that each sample is drawn.
    pub drawn: Vec<f64>,
    /// The average number of items inspected (ASN), with every sample inspected to its end.
    pub average_sample: f64,
}

impl AttributesPlan {
    /// The probability that lots of quality `p` (a share, or nonconformities per item) are accepted.
    ///
    /// ```
    /// use stats::sampling::{AttributesPlan, Model};
    /// let plan = AttributesPlan::single(89, 2)?;
    /// // Montgomery, section 15.2.2.
    /// assert!((plan.acceptance(0.01, Model::Binomial)? - 0.9397).abs() < 1e-4);
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// The quality is out of range, or the samples are more than the lot.
    pub fn acceptance(&self, p: f64, model: Model) -> Result<f64> {
        Ok(self.characteristics(p, model)?.acceptance)
    }

    /// All that a plan does with lots of quality `p`.
    ///
    /// ```
    /// use stats::sampling::{AttributesPlan, Model, Stage};
    /// let double = AttributesPlan::new(vec![
    ///     Stage { n: 50, accept: Some(1), reject: 4 },
    ///     Stage { n: 100, accept: Some(3), reject: 4 },
    /// ])?;
    /// // Montgomery, section 15.3.1: accepted on the first sample 0.279, on the second 0.010.
    /// let at = double.characteristics(0.05, Model::Binomial)?;
    /// assert!((at.acceptance_after[0] - 0.279).abs() < 1e-3);
    /// assert!((at.acceptance_after[1] - 0.010).abs() < 1e-3);
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`acceptance`](Self::acceptance).
    pub fn characteristics(&self, p: f64, model: Model) -> Result<Characteristics> {
        let supply = Supply::new(self, p, model)?;
        let stages = self.stages();
        let mut result = Characteristics {
            acceptance: 0.0,
            acceptance_after: Vec::with_capacity(stages.len()),
            drawn: Vec::with_capacity(stages.len()),
            average_sample: 0.0,
        };
        // The probability of having found so many and of still being undecided.
        let mut open: Vec<(u32, f64)> = vec![(0, 1.0)];
        let mut items = 0;
        for (index, stage) in stages.iter().enumerate() {
            let reached: f64 = open.iter().map(|(_, chance)| chance).sum();
            result.drawn.push(reached);
            result.average_sample += reached * f64::from(stage.n);
            // Accepted with at most so many; more, but fewer than are rejected, go on to the next.
            let last = index + 1 == stages.len();
            let most = if last { Some(stage.reject - 1) } else { stage.accept };
            let mut accepted = 0.0;
            let mut next = vec![0.0; if last { 0 } else { stage.reject as usize }];
            for &(before, chance) in &open {
                let sample = supply.sample(stage.n, items, before)?;
                if let Some(most) = most.filter(|most| *most >= before) {
                    accepted += chance * sample.cdf(f64::from(most - before));
                }
                let undecided = most.map_or(0, |most| most + 1).max(before);
                for found in undecided..stage.reject {
                    next[found as usize] += chance * sample.pmf(f64::from(found - before));
                }
            }
            result.acceptance_after.push(accepted);
            open = (0..).zip(next).filter(|(_, chance)| *chance > 0.0).collect();
            items += stage.n;
        }
        result.acceptance = result.acceptance_after.iter().sum::<f64>().min(1.0);
        Ok(result)
    }

    /// The average outgoing quality (AOQ) of lots of `lot` items if rejected lots are screened and
    /// every nonconforming item found is replaced; for very large lots leave `lot` out.
    ///
    /// ```
    /// use stats::sampling::{AttributesPlan, Model};
    /// let plan = AttributesPlan::single(89, 2)?;
    /// let outgoing = plan.outgoing_quality(0.01, Model::Binomial, Some(10_000))?;
    /// assert!((outgoing - 0.0093).abs() < 1e-4); // Montgomery, section 15.2.4
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`acceptance`](Self::acceptance); also where the samples are more than `lot`.
    pub fn outgoing_quality(&self, p: f64, model: Model, lot: Option<u32>) -> Result<f64> {
        let at = self.characteristics(p, model)?;
        self.within(lot)?;
        let mut items = 0.0;
        let mut left = 0.0;
        for (stage, accepted) in self.stages().iter().zip(&at.acceptance_after) {
            items += f64::from(stage.n);
            left += accepted * lot.map_or(1.0, |lot| 1.0 - items / f64::from(lot));
        }
        Ok(p * left)
    }

    /// The average number of items inspected for each lot of `lot` items if rejected lots are
    /// screened (ATI).
    ///
    /// ```
    /// use stats::sampling::{AttributesPlan, Model};
    /// let plan = AttributesPlan::single(89, 2)?;
    /// let total = plan.total_inspection(0.01, Model::Binomial, 10_000)?;
    /// assert!((total - 687.0).abs() < 1.0); // Montgomery, section 15.2.4
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`outgoing_quality`](Self::outgoing_quality).
    pub fn total_inspection(&self, p: f64, model: Model, lot: u32) -> Result<f64> {
        let at = self.characteristics(p, model)?;
        self.within(Some(lot))?;
        let mut items = 0.0;
        let mut total = f64::from(lot) * (1.0 - at.acceptance);
        for (stage, accepted) in self.stages().iter().zip(&at.acceptance_after) {
            items += f64::from(stage.n);
            total += items * accepted;
        }
        Ok(total)
    }

    /// The quality at which the average outgoing quality is worst, and that limit (AOQL).
    ///
    /// ```
    /// use stats::sampling::{AttributesPlan, Model};
    /// let plan = AttributesPlan::single(89, 2)?;
    /// let (_, limit) = plan.outgoing_limit(Model::Binomial, Some(10_000))?;
    /// assert!((limit - 0.0155).abs() < 3e-4); // read off in Montgomery, figure 15.13
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`outgoing_quality`](Self::outgoing_quality); the hypergeometric model has no curve
    /// between whole numbers of items.
    pub fn outgoing_limit(&self, model: Model, lot: Option<u32>) -> Result<(f64, f64)> {
        smooth(model)?;
        let quality = |p: f64| self.outgoing_quality(p, model, lot);
        // Beyond this hardly any lot is accepted.
        let mut high = self.quality_at(0.001, model)?;
        let mut low = 0.0;
        let golden = 0.5 * (5f64.sqrt() - 1.0);
        for _ in 0..100 {
            let (a, b) = (high - golden * (high - low), low + golden * (high - low));
            if quality(a)? < quality(b)? {
                low = a;
            } else {
                high = b;
            }
        }
        let p = 0.5 * (low + high);
        Ok((p, quality(p)?))
    }

    /// The quality that is accepted with probability `acceptance`: with 0.95 what the producer may
    /// deliver, with 0.5 the indifferent quality, with 0.1 the limiting quality.
    ///
    /// ```
    /// use stats::sampling::{AttributesPlan, Model};
    /// let plan = AttributesPlan::single(80, 2)?;
    /// let limiting = plan.quality_at(0.1, Model::Binomial)?;
    /// assert!((plan.acceptance(limiting, Model::Binomial)? - 0.1).abs() < 1e-12);
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// The probability is not strictly between 0 and 1; the plan accepts everything; or the model is
    /// the hypergeometric, which has no curve between whole numbers of items.
    pub fn quality_at(&self, acceptance: f64, model: Model) -> Result<f64> {
        smooth(model)?;
        check::level("probability of acceptance", acceptance)?;
        let (mut low, mut high) = (0.0, 1.0);
        if model == Model::Binomial && self.acceptance(1.0, model)? > acceptance {
            return Err(Error::NoSolution {
                what: "quality",
                why: "the plan accepts even lots of nothing but nonconforming items",
            });
        }
        if model == Model::Poisson {
            while self.acceptance(high, model)? > acceptance {
                high *= 2.0;
            }
        }
        while high - low > 1e-15 * high {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if self.acceptance(middle, model)? > acceptance {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(0.5 * (low + high))
    }

    fn within(&self, lot: Option<u32>) -> Result<()> {
        if lot.is_some_and(|lot| lot < self.most_items()) {
            return Err(Error::Inconsistent {
                what: "lot size",
                why: "the samples are more than the lot",
            });
        }
        Ok(())
    }
}

fn smooth(model: Model) -> Result<()> {
    if let Model::Hypergeometric { .. } = model {
        return Err(Error::Inconsistent {
            what: "model",
            why: "in one lot quality moves by whole items; use the binomial model",
        });
    }
    Ok(())
}

/// Where samples come from.
enum Supply {
    Binomial(f64),
    Lot { items: u32, nonconforming: u32 },
    Poisson(f64),
}

impl Supply {
    fn new(plan: &AttributesPlan, p: f64, model: Model) -> Result<Self> {
        match model {
            Model::Poisson => {
                check::non_negative("nonconformities per item", &[p])?;
                Ok(Self::Poisson(p))
            }
            Model::Binomial => {
                check::probability("share of nonconforming items", p)?;
                Ok(Self::Binomial(p))
            }
            Model::Hypergeometric { lot } => {
                check::probability("share of nonconforming items", p)?;
                plan.within(Some(lot))?;
                Ok(Self::Lot {
                    items: lot,
                    nonconforming: (p * f64::from(lot)).round_ties_even() as u32,
                })
            }
        }
    }

    /// The distribution of a sample of `n` after `items`, of which `found` were nonconforming.
    fn sample(&self, n: u32, items: u32, found: u32) -> Result<Box<dyn Discrete>> {
        let n = f64::from(n);
        Ok(match *self {
            Self::Binomial(p) => Box::new(Binomial::new(n, p)?),
            Self::Poisson(mean) => Box::new(Poisson::new(n * mean)?),
            Self::Lot { items: lot, nonconforming } => Box::new(Hypergeometric::new(
                f64::from(lot - items),
                f64::from(nonconforming.saturating_sub(found)),
                n,
            )?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::Stage;
    use super::*;

    /// By going through all samples of a small lot.
    #[test]
    fn a_small_lot_by_counting() {
        let plan = AttributesPlan::new(vec![
            Stage { n: 2, accept: Some(0), reject: 2 },
            Stage { n: 2, accept: Some(1), reject: 2 },
        ])
        .unwrap();
        // Six items, two of them bad: all orders in which four of them may be drawn.
        let (mut orders, mut accepted) = (0, 0);
        for code in 0..6u32.pow(4) {
            let drawn: Vec<u32> = (0..4).map(|i| code / 6u32.pow(i) % 6).collect();
            if (1..4).any(|i| drawn[..i].contains(&drawn[i])) {
                continue;
            }
            orders += 1;
            let bad = |from: &[u32]| from.iter().filter(|&&i| i < 2).count();
            let first = bad(&drawn[..2]);
            accepted += u32::from(first == 0 || (first == 1 && bad(&drawn) == 1));
        }
        let got = plan.acceptance(1.0 / 3.0, Model::Hypergeometric { lot: 6 }).unwrap();
        assert!((got - f64::from(accepted) / f64::from(orders)).abs() < 1e-14);
    }

    #[test]
    fn screening_all_and_nothing() {
        let plan = AttributesPlan::single(10, 0).unwrap();
        let binomial = Model::Binomial;
        assert_eq!(plan.outgoing_quality(0.0, binomial, Some(100)), Ok(0.0));
        assert_eq!(plan.outgoing_quality(1.0, binomial, Some(100)), Ok(0.0));
        assert_eq!(plan.total_inspection(0.0, binomial, 100), Ok(10.0));
        assert_eq!(plan.total_inspection(1.0, binomial, 100), Ok(100.0));
        assert!(plan.acceptance(0.5, Model::Hypergeometric { lot: 5 }).is_err());
        assert!(plan.acceptance(1.5, binomial).is_err());
        assert!(plan.acceptance(f64::NAN, Model::Poisson).is_err());
        assert!(plan.quality_at(0.1, Model::Hypergeometric { lot: 50 }).is_err());
    }
}
