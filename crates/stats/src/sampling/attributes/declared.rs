//! Checking a declared quality level (GB/T 2828.11).

use super::oc::Model;
use super::plan::AttributesPlan;
use crate::dist::{Discrete, Hypergeometric};
use crate::error::check;
use crate::{Error, Result};

/// A plan that checks whether a small population holds no more nonconforming items than its maker
/// declares: `n` items are drawn, and the declaration is rejected with more than `limit`
/// nonconforming ones.
///
/// The plan favours the maker: a declaration that is true is rejected with at most five per cent
/// (GB/T 2828.11-2008, after the principle of GB/T 2828.4 and ISO 2859-4). Nothing follows for the
/// population from a declaration that is not rejected; it was merely not refuted. Such plans are for
/// supervision, not for accepting lots.
///
/// The sample of a plan is the largest that keeps this risk, computed from the hypergeometric
/// distribution and not read from the tables of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclaredLevelPlan {
    /// The items of the population.
    pub population: u32,
    /// The declared quality level: at most so many of them are nonconforming.
    pub declared: u32,
    /// The items drawn.
    pub n: u32,
    /// The declaration is rejected with more than so many nonconforming items.
    pub limit: u32,
}

impl DeclaredLevelPlan {
    /// The plan with the largest sample for which a true declaration is rejected with a probability
    /// of at most `risk` (0.05 in the standard). `limit` is the number of the inspection level: 0
    /// needs the smallest samples, 1 and more tell better.
    ///
    /// ```
    /// use stats::sampling::DeclaredLevelPlan;
    /// let plan = DeclaredLevelPlan::new(100, 2, 1, 0.05)?;
    /// // Both bad items among n of 100: n (n - 1) / 9900, which for 22 is 0.0467.
    /// assert_eq!(plan.n, 22);
    /// assert!((plan.rejection(2)? - 22.0 * 21.0 / 9900.0).abs() < 1e-12);
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// The declared number is not below the population, the risk is not strictly between 0 and 1, or
    /// even one item more than the limit would be too many (a limit of 0 with a declared number so
    /// high that one draw may be nonconforming with more than the risk).
    pub fn new(population: u32, declared: u32, limit: u32, risk: f64) -> Result<Self> {
        check::level("risk", risk)?;
        check::within(
            "declared nonconforming items",
            declared.into(),
            declared < population,
            "below the population",
        )?;
        check::within(
            "population",
            population.into(),
            population <= 1_000_000_000,
            "at most 1000000000",
        )?;
        check::within("limit", limit.into(), limit < population, "below the population")?;
        let rejects = |n: u32| {
            let drawn = Hypergeometric::new(population.into(), declared.into(), n.into())?;
            Ok(drawn.sf(limit.into()))
        };
        // With no more declared than the limit a true declaration is never rejected.
        let (mut low, mut high) = (limit, population + 1);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if rejects(middle)? <= risk {
                low = middle;
            } else {
                high = middle;
            }
        }
        if low <= limit {
            return Err(Error::NoSolution {
                what: "plan for a declared level",
                why: "any sample would reject a true declaration too often; raise the limit",
            });
        }
        Ok(Self { population, declared, n: low, limit })
    }

    /// Whether the declaration is rejected with `found` nonconforming items in the sample.
    pub fn rejects(&self, found: u32) -> bool {
        found > self.limit
    }

    /// The probability of rejection where `nonconforming` items of the population are in truth
    /// nonconforming: the power of the check.
    ///
    /// # Errors
    /// There are more of them than the population has.
    pub fn rejection(&self, nonconforming: u32) -> Result<f64> {
        let (population, n) = (self.population.into(), self.n.into());
        Ok(Hypergeometric::new(population, nonconforming.into(), n)?.sf(self.limit.into()))
    }

    /// The same as a plan for lots, for instance to draw its operating characteristic with
    /// [`Model::Hypergeometric`].
    ///
    /// # Errors
    /// None for a plan made by [`new`](Self::new).
    pub fn as_plan(&self) -> Result<(AttributesPlan, Model)> {
        let plan = AttributesPlan::single(self.n, self.limit)?;
        let lot = self.population;
        Ok((plan, Model::Hypergeometric { lot }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_the_largest_that_keeps_the_risk() {
        for (population, declared, limit) in [(50, 1, 0), (100, 5, 1), (200, 4, 2), (250, 1, 0)] {
            let plan = DeclaredLevelPlan::new(population, declared, limit, 0.05).unwrap();
            assert!(plan.rejection(declared).unwrap() <= 0.05);
            let larger = DeclaredLevelPlan { n: plan.n + 1, ..plan };
            assert!(larger.rejection(declared).unwrap() > 0.05);
            // The power rises with the truth.
            assert!(plan.rejection(declared * 5).unwrap() > plan.rejection(declared).unwrap());
            let (as_plan, model) = plan.as_plan().unwrap();
            let p = f64::from(declared) / f64::from(population);
            let accepted = as_plan.acceptance(p, model).unwrap();
            assert!((accepted + plan.rejection(declared).unwrap() - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn edges() {
        // Nothing nonconforming declared: everything may be looked at.
        let none = DeclaredLevelPlan::new(30, 0, 0, 0.05).unwrap();
        assert_eq!(none.n, 30);
        assert!(none.rejects(1) && !none.rejects(0));
        let high = DeclaredLevelPlan::new(20, 10, 0, 0.05);
        assert_eq!(high.unwrap_err().code(), "stats.no_solution");
        assert!(DeclaredLevelPlan::new(20, 20, 0, 0.05).is_err());
        assert!(DeclaredLevelPlan::new(20, 2, 0, 0.0).is_err());
    }
}
