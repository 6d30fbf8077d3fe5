//! Bringing indicators of different units to one scale.

use super::columns::{Column, check_column, present, range};
use super::rank::{Ties, rank};
use crate::error::{Error, Result, check};
use crate::sample::{mean, variance};

/// Which way an indicator points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// More is better (a benefit).
    #[default]
    Positive,
    /// Less is better (a cost).
    Negative,
}

impl Direction {
    /// 1 or -1.
    pub fn sign(self) -> f64 {
        match self {
            Self::Positive => 1.0,
            Self::Negative => -1.0,
        }
    }
}

/// How an indicator is brought to a common scale, on which more is always better.
///
/// Targets, goalposts and bounds are given in the unit of the indicator. In the formulas `x` is the
/// value turned so that more is better (`-x` where less is), and so are they.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Normalisation {
    /// `low + (x - min) / (max - min) × (high - low)`.
    MinMax {
        /// What the worst unit gets.
        low: f64,
        /// What the best unit gets.
        high: f64,
    },
    /// To the given mean and standard deviation (n - 1).
    ZScore {
        /// The mean to have.
        mean: f64,
        /// The standard deviation to have.
        sd: f64,
    },
    /// `(x - lower) / (upper - lower) × factor`, with fixed bounds and no cutting.
    Scaled {
        /// The bound that gets 0 (where less is better, `factor`).
        lower: f64,
        /// The bound that gets `factor` (where less is better, 0).
        upper: f64,
        /// The scale of the result.
        factor: f64,
    },
    /// As [`Normalisation::Scaled`], with values beyond the bounds cut to 0 and `factor`.
    Goalposts {
        /// The lower goalpost.
        lower: f64,
        /// The upper goalpost.
        upper: f64,
        /// The scale of the result.
        factor: f64,
    },
    /// Rank from 1 for the worst unit up.
    Rank(Ties),
    /// Borda points: rank less one.
    Borda(Ties),
    /// (rank - 1) / (n - 1), from 0 to 1.
    PercentileRank(Ties),
    /// `(x - min) / (target - min)`: 0 for the worst unit, 1 at the target.
    Target {
        /// The target.
        target: f64,
        /// Whether what lies beyond the target is cut to 1.
        cap: bool,
    },
    /// As [`Normalisation::Target`], the target being the value of one unit (index from 0).
    Reference {
        /// Which unit.
        unit: usize,
        /// Whether what lies beyond that unit is cut to 1.
        cap: bool,
    },
    /// `1 - (max - x) / (max - min)`: the distance to the best unit, from 0 to 1.
    DistanceToBest,
    /// The share of the best: `x / max`, or `min / x` where less is better; values above zero.
    FractionOfBest,
}

impl Default for Normalisation {
    /// Min-max from 0 to 100, the published default.
    fn default() -> Self {
        Self::MinMax { low: 0.0, high: 100.0 }
    }
}

/// Normalises one indicator; missing values stay missing and count for nothing.
///
/// # Errors
/// No value at all, a value or parameter that is not finite, values that do not vary where the
/// method divides by their spread, a target that is no better than the worst unit, bounds that do
/// not ascend, a reference unit that is missing or absent.
///
/// ```
/// use stats::index::{normalise, Direction, Normalisation};
/// let complaints = [Some(2.0), Some(10.0), None, Some(6.0)];
/// let scores = normalise(&complaints, Direction::Negative, Normalisation::default())?;
/// assert_eq!(scores, [Some(100.0), Some(0.0), None, Some(50.0)]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn normalise(
    values: &[Option<f64>],
    direction: Direction,
    method: Normalisation,
) -> Result<Column> {
    check_column("values", values)?;
    let sign = direction.sign();
    let turned: Column = values.iter().map(|v| v.map(|v| v * sign)).collect();
    let there = present(&turned);
    check::at_least("values that are there", &there, 1)?;
    let (min, max) = range(&there);
    let map = |f: &dyn Fn(f64) -> f64| turned.iter().map(|v| v.map(f)).collect();
    Ok(match method {
        Normalisation::MinMax { low, high } => {
            check::finite("bounds of the result", &[low, high])?;
            let spread = varies(max - min)?;
            map(&|x| (x - min) / spread * (high - low) + low)
        }
        Normalisation::ZScore { mean: wanted, sd } => {
            check::finite("mean and standard deviation", &[wanted, sd])?;
            let (centre, spread) = (mean(&there), varies(variance(&there).sqrt())?);
            map(&|x| (x - centre) / spread * sd + wanted)
        }
        Normalisation::Scaled { lower, upper, factor } => {
            let (worst, best) = posts(lower, upper, factor, direction)?;
            map(&|x| (x - worst) / (best - worst) * factor)
        }
        Normalisation::Goalposts { lower, upper, factor } => {
            let (worst, best) = posts(lower, upper, factor, direction)?;
            map(&|x| (x.clamp(worst, best) - worst) / (best - worst) * factor)
        }
        Normalisation::Rank(ties) => ranked(&turned, ties, |r| r),
        Normalisation::Borda(ties) => ranked(&turned, ties, |r| r - 1.0),
        Normalisation::PercentileRank(ties) => {
            check::at_least("values that are there", &there, 2)?;
            let steps = (there.len() - 1) as f64;
            ranked(&turned, ties, |r| (r - 1.0) / steps)
        }
        Normalisation::Target { target, cap } => {
            check::finite("target", &[target])?;
            let towards = distance_to(target * sign, min, cap)?;
            map(&towards)
        }
        Normalisation::Reference { unit, cap } => {
            let Some(reference) = turned.get(unit).copied().flatten() else {
                return Err(Error::Inconsistent {
                    what: "reference unit",
                    why: "it has no value: choose a unit that has one",
                });
            };
            let towards = distance_to(reference, min, cap)?;
            map(&towards)
        }
        Normalisation::DistanceToBest => {
            let spread = varies(max - min)?;
            map(&|x| 1.0 - (max - x) / spread)
        }
        Normalisation::FractionOfBest => {
            let least = min.abs().min(max.abs());
            let one_sided = if sign > 0.0 { min > 0.0 } else { max < 0.0 };
            check::within("the smallest value", least, one_sided, "above zero")?;
            map(&|x| if sign > 0.0 { x / max } else { max / x })
        }
    })
}

fn ranked(turned: &[Option<f64>], ties: Ties, score: impl Fn(f64) -> f64) -> Column {
    let mut ranks = rank(&present(turned), ties).into_iter();
    let next = |v: &Option<f64>| v.and_then(|_| ranks.next()).map(&score);
    turned.iter().map(next).collect()
}

/// The way from the worst unit to the target, as a function.
fn distance_to(target: f64, min: f64, cap: bool) -> Result<impl Fn(f64) -> f64> {
    let way = target - min;
    check::within("way from the worst unit to the target", way, way > 0.0, "above zero")?;
    let most = if cap { 1.0 } else { f64::INFINITY };
    Ok(move |x: f64| (1.0 - (target - x) / way).min(most))
}

/// The bounds, turned, worst first.
fn posts(lower: f64, upper: f64, factor: f64, direction: Direction) -> Result<(f64, f64)> {
    check::finite("bounds and factor", &[lower, upper, factor])?;
    let between = upper - lower;
    check::within("upper less lower bound", between, between > 0.0, "above zero")?;
    Ok(match direction {
        Direction::Positive => (lower, upper),
        Direction::Negative => (-upper, -lower),
    })
}

fn varies(spread: f64) -> Result<f64> {
    if spread > 0.0 { Ok(spread) } else { Err(Error::Constant { what: "values" }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [Option<f64>; 4] = [Some(2.0), Some(10.0), None, Some(6.0)];

    fn scores(direction: Direction, method: Normalisation) -> Vec<f64> {
        present(&normalise(&X, direction, method).unwrap())
    }

    #[test]
    fn each_method_by_hand() {
        use Direction::{Negative, Positive};
        let z = Normalisation::ZScore { mean: 0.0, sd: 1.0 };
        assert_eq!(scores(Positive, z), [-1.0, 1.0, 0.0]);
        assert_eq!(scores(Negative, z), [1.0, -1.0, 0.0]);
        let posts = Normalisation::Goalposts { lower: 4.0, upper: 8.0, factor: 10.0 };
        assert_eq!(scores(Positive, posts), [0.0, 10.0, 5.0]);
        assert_eq!(scores(Negative, posts), [10.0, 0.0, 5.0]);
        let scaled = Normalisation::Scaled { lower: 4.0, upper: 8.0, factor: 10.0 };
        assert_eq!(scores(Negative, scaled), [15.0, -5.0, 5.0]);
        assert_eq!(scores(Positive, Normalisation::Rank(Ties::Min)), [1.0, 3.0, 2.0]);
        assert_eq!(scores(Negative, Normalisation::Borda(Ties::Min)), [2.0, 0.0, 1.0]);
        let percentile = Normalisation::PercentileRank(Ties::Min);
        assert_eq!(scores(Positive, percentile), [0.0, 1.0, 0.5]);
        let target = |target, cap| Normalisation::Target { target, cap };
        assert_eq!(scores(Positive, target(6.0, false)), [0.0, 2.0, 1.0]);
        assert_eq!(scores(Positive, target(6.0, true)), [0.0, 1.0, 1.0]);
        assert_eq!(scores(Negative, target(6.0, true)), [1.0, 0.0, 1.0]);
        let reference = Normalisation::Reference { unit: 3, cap: false };
        assert_eq!(scores(Positive, reference), [0.0, 2.0, 1.0]);
        assert_eq!(scores(Negative, Normalisation::DistanceToBest), [1.0, 0.0, 0.5]);
        assert_eq!(scores(Positive, Normalisation::FractionOfBest), [0.2, 1.0, 0.6]);
        assert_eq!(scores(Negative, Normalisation::FractionOfBest), [1.0, 0.2, 2.0 / 6.0]);
    }

    #[test]
    fn refusals() {
        let code = |values: &[Option<f64>], method| {
            let failed = normalise(values, Direction::Positive, method);
            failed.unwrap_err().code()
        };
        let usual = Normalisation::default();
        assert_eq!(code(&[], usual), "stats.empty");
        assert_eq!(code(&[None], usual), "stats.empty");
        assert_eq!(code(&[Some(1.0), Some(1.0)], usual), "stats.constant");
        assert_eq!(code(&[Some(f64::INFINITY)], usual), "stats.not_finite");
        let target = Normalisation::Target { target: 1.0, cap: false };
        assert_eq!(code(&X, target), "stats.out_of_range");
        let absent = Normalisation::Reference { unit: 2, cap: false };
        assert_eq!(code(&X, absent), "stats.inconsistent");
        let zero = [Some(0.0), Some(1.0)];
        assert_eq!(code(&zero, Normalisation::FractionOfBest), "stats.out_of_range");
    }
}
