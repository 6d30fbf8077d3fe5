//! What is known of an input quantity, as a distribution.

use super::gum::Input;
use crate::error::{Error, Result, check};
use crate::random::Random;
use crate::sample::square;

/// A distribution assigned to an input quantity (JCGM 101:2008 Table 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// A best estimate with its standard uncertainty.
    Normal {
        /// The best estimate.
        mean: f64,
        /// The standard uncertainty.
        standard_uncertainty: f64,
    },
    /// Limits only.
    Rectangular {
        /// The lower limit.
        lower: f64,
        /// The upper limit.
        upper: f64,
    },
    /// Limits that are themselves known only to within `inexactness` on either side.
    CurvilinearTrapezoid {
        /// The lower limit.
        lower: f64,
        /// The upper limit.
        upper: f64,
        /// Half the width of what is not known of each limit.
        inexactness: f64,
    },
    /// A sum of two rectangular quantities.
    Trapezoid {
        /// The lower limit.
        lower: f64,
        /// The upper limit.
        upper: f64,
        /// The width of the top over that of the base, from 0 (triangle) to 1 (rectangle).
        top: f64,
    },
    /// A sum of two rectangular quantities of equal width.
    Triangular {
        /// The lower limit.
        lower: f64,
        /// The upper limit.
        upper: f64,
    },
    /// A sinusoidal oscillation at an unknown phase (U-shaped).
    Arcsine {
        /// The lower limit.
        lower: f64,
        /// The upper limit.
        upper: f64,
    },
    /// Few observations: Student's t, moved and scaled.
    StudentT {
        /// The mean of the observations.
        mean: f64,
        /// s/√n.
        scale: f64,
        /// n - 1.
        degrees_of_freedom: f64,
    },
    /// A quantity of zero or more of which only the best estimate is known.
    Exponential {
        /// The best estimate.
        mean: f64,
    },
    /// The mean number of objects, of which `count` were counted: a gamma distribution.
    Counted {
        /// How many were counted.
        count: f64,
    },
}

impl Distribution {
    /// Checks the parameters.
    pub(super) fn check(&self) -> Result<()> {
        let ordered = |lower: f64, upper: f64| {
            check::finite("limits", &[lower, upper])?;
            check::within("upper less lower limit", upper - lower, upper >= lower, "zero or more")
        };
        match *self {
            Self::Normal { mean, standard_uncertainty } => {
                check::finite("mean", &[mean])?;
                check::non_negative("standard uncertainty", &[standard_uncertainty])
            }
            Self::Rectangular { lower, upper }
            | Self::Triangular { lower, upper }
            | Self::Arcsine { lower, upper } => ordered(lower, upper),
            Self::CurvilinearTrapezoid { lower, upper, inexactness } => {
                ordered(lower, upper)?;
                let fits = inexactness >= 0.0 && 2.0 * inexactness <= upper - lower;
                check::within("inexactness", inexactness, fits, "zero to half the width")
            }
            Self::Trapezoid { lower, upper, top } => {
                ordered(lower, upper)?;
                check::probability("width of the top over the base", top)
            }
            Self::StudentT { mean, scale, degrees_of_freedom } => {
                check::finite("mean", &[mean])?;
                check::non_negative("scale", &[scale])?;
                check::positive("degrees of freedom", degrees_of_freedom)
            }
            Self::Exponential { mean } => check::positive("mean", mean),
            Self::Counted { count } => check::counts("count", &[count]),
        }
    }

    /// Expectation and standard deviation, as an input for [`super::propagate`].
    ///
    /// # Errors
    /// Parameters that are not finite or out of order; a Student distribution with two degrees of
    /// freedom or fewer, whose variance is infinite.
    ///
    /// ```
    /// use stats::uncertainty::Distribution;
    /// let input = Distribution::Rectangular { lower: 9.0, upper: 11.0 }.input()?;
    /// assert_eq!(input.estimate, 10.0);
    /// assert!((input.standard_uncertainty - 1.0 / 3f64.sqrt()).abs() < 1e-15);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn input(&self) -> Result<Input> {
        self.check()?;
        let between = |lower: f64, upper: f64, share: f64| {
            let half = (upper - lower) / 2.0;
            Input::new(lower + half, half * share.sqrt())
        };
        Ok(match *self {
            Self::Normal { mean, standard_uncertainty } => Input::new(mean, standard_uncertainty),
            Self::Rectangular { lower, upper } => between(lower, upper, 1.0 / 3.0),
            Self::CurvilinearTrapezoid { lower, upper, inexactness } => {
                let variance = square(upper - lower) / 12.0 + square(inexactness) / 9.0;
                Input::new(f64::midpoint(lower, upper), variance.sqrt())
            }
            Self::Trapezoid { lower, upper, top } => between(lower, upper, (1.0 + top * top) / 6.0),
            Self::Triangular { lower, upper } => between(lower, upper, 1.0 / 6.0),
            Self::Arcsine { lower, upper } => between(lower, upper, 0.5),
            Self::StudentT { mean, scale, degrees_of_freedom: nu } => {
                if nu <= 2.0 {
                    return Err(Error::NoSolution {
                        what: "standard deviation of a Student distribution",
                        why: "it is infinite with two degrees of freedom or fewer",
                    });
                }
                Input::new(mean, scale * (nu / (nu - 2.0)).sqrt())
            }
            Self::Exponential { mean } => Input::new(mean, mean),
            Self::Counted { count } => Input::new(count + 1.0, (count + 1.0).sqrt()),
        })
    }

    /// A draw (JCGM 101:2008 6.4); the parameters have been checked.
    pub(super) fn draw(&self, random: &mut Random) -> f64 {
        match *self {
            Self::Normal { mean, standard_uncertainty } => {
                mean + standard_uncertainty * random.normal()
            }
            Self::Rectangular { lower, upper } => lower + (upper - lower) * random.unit(),
            Self::CurvilinearTrapezoid { lower, upper, inexactness } => {
                let from = lower - inexactness + 2.0 * inexactness * random.unit();
                let to = lower + upper - from;
                from + (to - from) * random.unit()
            }
            Self::Trapezoid { lower, upper, top } => {
                let both = (1.0 + top) * random.unit() + (1.0 - top) * random.unit();
                lower + (upper - lower) / 2.0 * both
            }
            Self::Triangular { lower, upper } => {
                lower + (upper - lower) / 2.0 * (random.unit() + random.unit())
            }
            Self::Arcsine { lower, upper } => {
                let phase = libm::sin(std::f64::consts::TAU * random.unit());
                f64::midpoint(lower, upper) + (upper - lower) / 2.0 * phase
            }
            Self::StudentT { mean, scale, degrees_of_freedom: nu } => {
                let square = gamma(nu / 2.0, random) * 2.0 / nu;
                mean + scale * random.normal() / square.sqrt()
            }
            Self::Exponential { mean } => -mean * libm::log(1.0 - random.unit()),
            Self::Counted { count } => gamma(count + 1.0, random),
        }
    }
}

/// A draw from the gamma distribution of that shape and rate one (Marsaglia, Tsang, ACM TOMS 26
/// (2000) 363).
fn gamma(shape: f64, random: &mut Random) -> f64 {
    if shape < 1.0 {
        // Their §6: a draw of the next shape, times a power of a uniform one.
        let power = libm::pow(1.0 - random.unit(), 1.0 / shape);
        return gamma(shape + 1.0, random) * power;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = random.normal();
        let v = square(1.0 + c * x) * (1.0 + c * x);
        if v > 0.0 {
            let u = 1.0 - random.unit();
            if libm::log(u) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_the_moments_of_the_distribution() {
        let all = [
            Distribution::Normal { mean: 1.0, standard_uncertainty: 2.0 },
            Distribution::Rectangular { lower: -1.0, upper: 3.0 },
            Distribution::CurvilinearTrapezoid { lower: 0.0, upper: 4.0, inexactness: 1.5 },
            Distribution::Trapezoid { lower: 0.0, upper: 4.0, top: 0.4 },
            Distribution::Triangular { lower: 0.0, upper: 4.0 },
            Distribution::Arcsine { lower: 0.0, upper: 4.0 },
            Distribution::StudentT { mean: 1.0, scale: 2.0, degrees_of_freedom: 9.0 },
            Distribution::Exponential { mean: 2.0 },
            Distribution::Counted { count: 3.0 },
            Distribution::Counted { count: 0.0 },
        ];
        for (i, distribution) in all.iter().enumerate() {
            let expected = distribution.input().unwrap();
            let mut random = Random::stream(3, i as u64);
            let n = 200_000;
            let draws: Vec<f64> = (0..n).map(|_| distribution.draw(&mut random)).collect();
            let mean = crate::sample::mean(&draws);
            let deviation = crate::sample::variance(&draws).sqrt();
            let error = expected.standard_uncertainty / f64::from(n).sqrt();
            assert!((mean - expected.estimate).abs() < 4.0 * error, "{distribution:?}");
            assert!(
                (deviation / expected.standard_uncertainty - 1.0).abs() < 0.02,
                "{distribution:?}"
            );
        }
    }

    #[test]
    fn refusals() {
        let code = |d: Distribution| d.input().unwrap_err().code();
        assert_eq!(
            code(Distribution::Rectangular { lower: 1.0, upper: 0.0 }),
            "stats.out_of_range"
        );
        assert_eq!(code(Distribution::Exponential { mean: 0.0 }), "stats.out_of_range");
        assert_eq!(code(Distribution::Counted { count: 1.5 }), "stats.not_whole");
        let wide = Distribution::CurvilinearTrapezoid { lower: 0.0, upper: 1.0, inexactness: 1.0 };
        assert_eq!(code(wide), "stats.out_of_range");
        let t = Distribution::StudentT { mean: 0.0, scale: 1.0, degrees_of_freedom: 2.0 };
        assert_eq!(code(t), "stats.no_solution");
    }
}
