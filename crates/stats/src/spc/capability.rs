//! How well a process keeps within its specification.

use crate::dist::{ChiSquared, Continuous, normal_quantile, normal_sf};
use crate::error::check;
use crate::{Error, Result};

/// What is asked of the single item. One limit may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Specification {
    /// The lower specification limit.
    pub lower: Option<f64>,
    /// The upper specification limit.
    pub upper: Option<f64>,
    /// The target; the middle between the limits by default.
    pub target: Option<f64>,
}

/// What is known of the process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Process {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sigma: f64,
    /// On how many measurements these rest.
    pub measurements: usize,
}

/// Settings of [`capability`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CapabilityOptions {
    /// A process of index 1 has this many standard deviations between mean and limit; 3 by default.
    pub sigmas: f64,
    /// The confidence of the intervals; 0.95 by default.
    pub confidence: f64,
    /// The degrees of freedom of the interval of Cpm.
    pub cpm_degrees: CpmDegrees,
}

/// The degrees of freedom of the chi-squared interval of Cpm, with ξ = (μ - T)/σ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CpmDegrees {
    /// n (1 + ξ²) / (1 + 2ξ²), as in the R package qcc: a wider interval off target.
    #[default]
    Usual,
    /// n (1 + ξ²)² / (1 + 2ξ²), as Boyles (1991), Journal of Quality Technology 23, 17, derived it.
    Boyles,
}

impl Default for CapabilityOptions {
    fn default() -> Self {
        Self { sigmas: 3.0, confidence: 0.95, cpm_degrees: CpmDegrees::default() }
    }
}

/// An index with its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Index {
    /// The estimate.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

/// Capability (or, with the standard deviation of all measurements, performance) indices.
///
/// With the standard deviation from within subgroups these are Cp, Cpk and so on; with that of all
/// measurements Pp, Ppk and so on (ISO 22514-2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capability {
    /// Cp = (U - L) / (2 k σ); needs both limits.
    pub cp: Option<Index>,
    /// Cpl = (μ - L) / (k σ).
    pub cpl: Option<Index>,
    /// Cpu = (U - μ) / (k σ).
    pub cpu: Option<Index>,
    /// Cpk, the smaller of the two.
    pub cpk: Index,
    /// Cpm = Cp / √(1 + ((μ - T)/σ)²) (Chan, Cheng and Spiring 1988); needs both limits.
    pub cpm: Option<Index>,
    /// Cpm* = min(U - T, T - L) / (k √(σ² + (μ - T)²)), for a target that is not in the middle (the
    /// same authors); needs both limits and a target between them.
    pub cpm_star: Option<f64>,
    /// Cpmk = Cpk / √(1 + ((μ - T)/σ)²) (Pearn, Kotz and Johnson 1992); needs both limits or a
    /// target.
    pub cpmk: Option<f64>,
    /// Cpk″ for limits that are not symmetric about the target (Pearn and Chen 1998):
    /// (d* - A*) / (k σ) with d* the smaller of U - T and T - L, and A* the larger of
    /// d* (μ - T) / (U - T) and d* (T - μ) / (T - L).
    pub cpk_asymmetric: Option<f64>,
    /// The share below the lower limit if the process is normal.
    pub below: f64,
    /// The share above the upper limit if the process is normal.
    pub above: f64,
}

/// Indices of a process against a specification.
///
/// The intervals are the chi-squared ones for Cp and Cpm, that of Bissell (1990, Applied Statistics
/// 39, 331) for Cpk, and his one-sided bounds, each at the whole error, for Cpl and Cpu.
///
/// ```
/// use stats::spc::{CapabilityOptions, Process, Specification, capability};
/// let process = Process { mean: 10.1, sigma: 0.1, measurements: 50 };
/// let limits = Specification { lower: Some(9.7), upper: Some(10.3), target: None };
/// let found = capability(&process, &limits, &CapabilityOptions::default())?;
/// assert!((found.cp.unwrap().value - 1.0).abs() < 1e-9);
/// assert!((found.cpk.value - 2.0 / 3.0).abs() < 1e-9);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// No limit at all, limits in the wrong order, values that are not finite, a standard deviation
/// that is not positive, fewer than two measurements, settings out of range.
pub fn capability(
    process: &Process,
    specification: &Specification,
    options: &CapabilityOptions,
) -> Result<Capability> {
    let Process { mean, sigma, measurements } = *process;
    check::finite("mean", &[mean])?;
    check::positive("standard deviation", sigma)?;
    check::within("number of measurements", measurements as f64, measurements >= 2, "2 or more")?;
    check::positive("number of standard deviations", options.sigmas)?;
    check::level("confidence", options.confidence)?;
    let Specification { lower, upper, target } = *specification;
    for limit in [lower, upper, target].into_iter().flatten() {
        check::finite("specification", &[limit])?;
    }
    let both = match (lower, upper) {
        (None, None) => {
            return Err(Error::Empty { what: "specification limits" });
        }
        (Some(lower), Some(upper)) if lower >= upper => {
            return Err(Error::Inconsistent {
                what: "specification limits",
                why: "the lower is not below the upper",
            });
        }
        (Some(lower), Some(upper)) => Some((lower, upper)),
        _ => None,
    };
    let target = target.or(both.map(|(lower, upper)| 0.5 * (lower + upper)));
    let interval = Interval { n: measurements as f64, confidence: options.confidence };
    let k = options.sigmas * sigma;
    let one_sided = |value| interval.about(value, normal_quantile(options.confidence));
    let cpl = lower.map(|lower| one_sided((mean - lower) / k));
    let cpu = upper.map(|upper| one_sided((upper - mean) / k));
    let least =
        [cpl, cpu].iter().flatten().fold(f64::INFINITY, |least, index| least.min(index.value));
    let z = normal_quantile(0.5 + 0.5 * options.confidence);
    let cp = both.map(|(lower, upper)| (upper - lower) / (2.0 * k));
    let away = target.map(|target| (mean - target) / sigma);
    let off = away.map(|away| (1.0 + away * away).sqrt());
    let cpm = match (cp, away) {
        (Some(cp), Some(away)) => {
            let squared = away * away;
            let usual = interval.n * (1.0 + squared) / (1.0 + 2.0 * squared);
            let df = match options.cpm_degrees {
                CpmDegrees::Usual => usual,
                CpmDegrees::Boyles => usual * (1.0 + squared),
            };
            Some(interval.chi(cp / (1.0 + squared).sqrt(), df)?)
        }
        _ => None,
    };
    let sides = both.zip(target).map(|((l, u), t)| (t - l, u - t, t));
    let inside = sides.filter(|(down, up, _)| *down > 0.0 && *up > 0.0);
    Ok(Capability {
        cp: cp.map(|cp| interval.chi(cp, interval.n - 1.0)).transpose()?,
        cpl,
        cpu,
        cpk: interval.about(least, z),
        cpm,
        cpm_star: inside.zip(off).map(|((down, up, _), off)| down.min(up) / (k * off)),
        cpmk: off.map(|off| least / off),
        cpk_asymmetric: inside.map(|(down, up, target)| {
            let near = down.min(up);
            let shift = (near * (mean - target) / up).max(near * (target - mean) / down);
            (near - shift) / k
        }),
        below: lower.map_or(0.0, |lower| normal_sf((mean - lower) / sigma)),
        above: upper.map_or(0.0, |upper| normal_sf((upper - mean) / sigma)),
    })
}

struct Interval {
    n: f64,
    confidence: f64,
}

impl Interval {
    /// For an index whose standard error is that of a standard deviation with `df` degrees.
    fn chi(&self, value: f64, df: f64) -> Result<Index> {
        let chi = ChiSquared::new(df)?;
        let tail = 0.5 * (1.0 - self.confidence);
        Ok(Index {
            value,
            low: value * (chi.quantile(tail)? / df).sqrt(),
            high: value * (chi.upper_quantile(tail)? / df).sqrt(),
        })
    }

    /// Bissell's normal interval for a distance from mean to limit.
    fn about(&self, value: f64, z: f64) -> Index {
        let n = self.n;
        let error = (1.0 / (9.0 * n) + value * value / (2.0 * (n - 1.0))).sqrt();
        Index { value, low: value - z * error, high: value + z * error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: CapabilityOptions =
        CapabilityOptions { sigmas: 3.0, confidence: 0.95, cpm_degrees: CpmDegrees::Usual };

    /// With the target in the middle the indices for asymmetric limits are the usual ones.
    #[test]
    fn asymmetric_indices_agree_in_the_middle() {
        let process = Process { mean: 10.05, sigma: 0.1, measurements: 30 };
        let limits = Specification { lower: Some(9.6), upper: Some(10.4), target: Some(10.0) };
        let found = capability(&process, &limits, &OPTIONS).unwrap();
        assert!((found.cpm_star.unwrap() - found.cpm.unwrap().value).abs() < 1e-12);
        assert!((found.cpk_asymmetric.unwrap() - found.cpk.value).abs() < 1e-12);
        // On a target off the middle the index is d*/(3 sigma).
        let asymmetric = Specification { target: Some(10.05), ..limits };
        let found = capability(&process, &asymmetric, &OPTIONS).unwrap();
        assert!((found.cpk_asymmetric.unwrap() - 0.35 / 0.3).abs() < 1e-12);
        assert!((found.cpm_star.unwrap() - 0.35 / 0.3).abs() < 1e-12);
    }

    #[test]
    fn one_limit_is_enough() {
        let process = Process { mean: 5.0, sigma: 1.0, measurements: 20 };
        let limits = Specification { upper: Some(8.0), ..Default::default() };
        let found = capability(&process, &limits, &OPTIONS).unwrap();
        assert_eq!((found.cp, found.cpl, found.cpm), (None, None, None));
        assert_eq!(found.cpk.value, 1.0);
        assert_eq!(found.below, 0.0);
        assert!((found.above - 0.001_349_898).abs() < 1e-9);
        let none = capability(&process, &Specification::default(), &OPTIONS);
        assert_eq!(none.unwrap_err().code(), "stats.empty");
        let crossed = Specification { lower: Some(9.0), ..limits };
        let crossed = capability(&process, &crossed, &OPTIONS);
        assert_eq!(crossed.unwrap_err().code(), "stats.inconsistent");
    }
}
