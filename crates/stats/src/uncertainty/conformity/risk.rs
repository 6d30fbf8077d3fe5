//! What a rule of acceptance costs over many items.

use super::Tolerance;
use super::probability::between;
use super::quadrature::integrate;
use crate::dist::{Continuous, Normal};
use crate::error::{Error, Result, check};

/// What is known of the items before they are measured: their true values spread normally.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Population {
    /// The mean of the true values.
    pub mean: f64,
    /// Their standard deviation.
    pub standard_deviation: f64,
}

/// The shares of all items that are rightly and wrongly accepted and rejected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GlobalRisks {
    /// Share of items that do not conform and are accepted: the global consumer's risk (JCGM 106:2012
    /// eq. 17).
    pub consumer: f64,
    /// Share of items that conform and are rejected: the global producer's risk (eq. 19).
    pub producer: f64,
    /// Share of items that conform.
    pub conforming: f64,
}

impl GlobalRisks {
    /// Share of items that are accepted.
    pub fn accepted(&self) -> f64 {
        self.conforming - self.producer + self.consumer
    }
}

/// The global risks of accepting what measures within `acceptance`, for items of a `population` with
/// a permitted `tolerance`, measured with standard uncertainty `u` (JCGM 106:2012 9.5). With a guard
/// band, `acceptance` is [`Tolerance::guarded`].
///
/// # Errors
/// A mean that is not finite, a standard deviation or uncertainty that is not above zero and finite.
///
/// ```
/// use stats::uncertainty::conformity::{global_risks, Population, Tolerance};
/// let resistors = Population { mean: 1500.0, standard_deviation: 0.12 };
/// let tolerance = Tolerance::new(1499.8, 1500.2)?;
/// let risks = global_risks(&resistors, 0.04, &tolerance, &tolerance)?;
/// assert!((risks.consumer - 0.0189).abs() < 1e-4 && (risks.producer - 0.0372).abs() < 1e-4);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn global_risks(
    population: &Population,
    u: f64,
    tolerance: &Tolerance,
    acceptance: &Tolerance,
) -> Result<GlobalRisks> {
    check::positive("standard uncertainty", u)?;
    let items = Normal::new(population.mean, population.standard_deviation)?;
    let (mean, sd) = (population.mean, population.standard_deviation);
    let (lower, upper) = (tolerance.lower(), tolerance.upper());
    // Beyond 39 standard deviations the density is zero in double precision.
    let (first, last) = (mean - 39.0 * sd, mean + 39.0 * sd);
    check::finite("population, out to 39 standard deviations,", &[first, last])?;
    let accept = |x: f64| between((acceptance.lower() - x) / u, (acceptance.upper() - x) / u);
    let reject = |x: f64| {
        let z = Normal::STANDARD;
        z.cdf((acceptance.lower() - x) / u) + z.sf((acceptance.upper() - x) / u)
    };
    let over = |from: f64, to: f64, rule: &dyn Fn(f64) -> f64| {
        let (from, to) = (from.clamp(first, last), to.clamp(first, last));
        let f = |x: f64| items.pdf(x) * rule(x);
        let mut points = vec![from, to];
        // Where the integrand bends: around the middle of the population and the acceptance limits.
        for (at, width) in [(mean, sd), (acceptance.lower(), u), (acceptance.upper(), u)] {
            points.extend([-8.0, -3.0, 0.0, 3.0, 8.0].map(|k| at + k * width));
        }
        points.retain(|p| p.is_finite() && (from..=to).contains(p));
        points.sort_unstable_by(f64::total_cmp);
        integrate(&f, &points, 1.0)
    };
    let infinite = f64::INFINITY;
    Ok(GlobalRisks {
        consumer: over(-infinite, lower, &accept) + over(upper, infinite, &accept),
        producer: over(lower, upper, &reject),
        conforming: between((lower - mean) / sd, (upper - mean) / sd),
    })
}

/// The guard band `w` (on each limit there is) under which the global consumer's risk is `risk`;
/// below zero if more risk is allowed than there is without one.
///
/// # Errors
/// As [`global_risks`]; a risk outside (0, 1); [`Error::NoSolution`] where no guard band gives it: it
/// is more than the share of items that do not conform.
///
/// ```
/// use stats::uncertainty::conformity::{guard_for_consumer_risk, Population, Tolerance};
/// let resistors = Population { mean: 1500.0, standard_deviation: 0.12 };
/// let tolerance = Tolerance::new(1499.8, 1500.2)?;
/// let w = guard_for_consumer_risk(&resistors, 0.04, &tolerance, 0.001)?;
/// assert!(w > 0.04 && w < 0.08);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn guard_for_consumer_risk(
    population: &Population,
    u: f64,
    tolerance: &Tolerance,
    risk: f64,
) -> Result<f64> {
    check::level("risk", risk)?;
    let whole = global_risks(population, u, tolerance, tolerance)?;
    let none = |why| Err(Error::NoSolution { what: "guard band", why });
    if risk >= 1.0 - whole.conforming {
        return none("no more than the items that do not conform can be accepted wrongly");
    }
    // The risk falls as the band widens; where nothing is left to accept, it is zero.
    let consumer = |w: f64| match tolerance.guarded(w) {
        Some(acceptance) => Ok(global_risks(population, u, tolerance, &acceptance)?.consumer),
        None => Ok::<f64, Error>(0.0),
    };
    let step = u + population.standard_deviation;
    let (mut low, mut high) = (-step, step);
    for _ in 0..60 {
        if consumer(low)? > risk {
            break;
        }
        low *= 2.0;
    }
    for _ in 0..60 {
        if consumer(high)? < risk {
            break;
        }
        high *= 2.0;
    }
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if consumer(middle)? > risk {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEMS: Population = Population { mean: 10.0, standard_deviation: 1.0 };

    #[test]
    fn the_four_outcomes_make_the_marginal_probabilities() {
        // A measured value spreads with both variances together.
        let tolerance = Tolerance::new(8.5, 11.0).unwrap();
        for (u, w) in [(0.3, 0.1), (2.0, -0.5), (1e-3, 2e-3), (0.01, 0.0)] {
            let acceptance = tolerance.guarded(w).unwrap();
            let found = global_risks(&ITEMS, u, &tolerance, &acceptance).unwrap();
            let spread = u.hypot(1.0);
            let measured = |x: f64| (x - 10.0) / spread;
            let accepted = between(measured(acceptance.lower()), measured(acceptance.upper()));
            assert!((found.accepted() - accepted).abs() < 1e-13, "{u} {w}");
        }
    }

    #[test]
    fn one_limit() {
        let tolerance = Tolerance::at_most(11.0).unwrap();
        let found = global_risks(&ITEMS, 0.5, &tolerance, &tolerance).unwrap();
        // By symmetry about the limit for a flat population the two risks would be equal; here more
        // items lie below it.
        assert!(found.producer > found.consumer && found.consumer > 0.0);
        let accepted = Normal::STANDARD.cdf(1.0 / 0.5f64.hypot(1.0));
        assert!((found.accepted() - accepted).abs() < 1e-13);
    }

    #[test]
    fn the_guard_band_gives_the_risk_back() {
        let tolerance = Tolerance::new(8.5, 11.0).unwrap();
        for risk in [1e-6, 0.002, 0.03, 0.15] {
            let w = guard_for_consumer_risk(&ITEMS, 0.3, &tolerance, risk).unwrap();
            let acceptance = tolerance.guarded(w).unwrap();
            let found = global_risks(&ITEMS, 0.3, &tolerance, &acceptance).unwrap();
            assert!((found.consumer / risk - 1.0).abs() < 1e-7, "{risk} {w}");
        }
        let too_much = guard_for_consumer_risk(&ITEMS, 0.3, &tolerance, 0.5);
        assert_eq!(too_much.unwrap_err().code(), "stats.no_solution");
        let bad = Population { standard_deviation: 0.0, ..ITEMS };
        let bad = global_risks(&bad, 0.3, &tolerance, &tolerance);
        assert_eq!(bad.unwrap_err().code(), "stats.out_of_range");
    }
}
