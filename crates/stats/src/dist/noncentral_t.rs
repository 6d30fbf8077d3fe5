//! Student's noncentral t.

use super::legendre::{gauss_legendre, integrate};
use super::root::{self, Tail};
use super::{Continuous, ln_gamma, normal_cdf, normal_sf};
use crate::Result;
use crate::error::check;

/// The noncentral t distribution: (Z + δ) / √(χ²/ν), with Z standard normal.
///
/// It is what the sample statistic √n (x̄ - L) / s follows, with δ = √n (μ - L) / σ and ν = n - 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoncentralT {
    df: f64,
    shift: f64,
}

impl NoncentralT {
    /// With `df` degrees of freedom, 1 or more, and noncentrality `shift`.
    ///
    /// # Errors
    /// `df` is below 1 or a parameter is not finite.
    ///
    /// ```
    /// use stats::dist::{Continuous, NoncentralT};
    /// let t = NoncentralT::new(34.0, 12.0)?;
    /// assert!((t.cdf(11.0) / 0.256097227827826 - 1.0).abs() < 1e-12);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(df: f64, shift: f64) -> Result<Self> {
        check::within(
            "degrees of freedom",
            df,
            df >= 1.0 && df.is_finite(),
            "1 or more and finite",
        )?;
        check::finite("noncentrality", &[shift])?;
        Ok(Self { df, shift })
    }

    /// The mean of exp(ln_part(s)) over s = √(χ²/ν), with ln_part concave. The product with the
    /// density of s has one peak then, and is integrated from where it has sunk by e⁻⁴⁵ on one side
    /// to the same on the other, so that the result keeps its digits however small it is.
    fn mean(&self, ln_part: impl Fn(f64) -> f64) -> f64 {
        let nu = self.df;
        let ln_constant =
            std::f64::consts::LN_2 + 0.5 * nu * libm::log(0.5 * nu) - ln_gamma(0.5 * nu);
        let ln = |s: f64| {
            let power = if nu > 1.0 { (nu - 1.0) * libm::log(s) } else { 0.0 };
            ln_constant + power - 0.5 * nu * s * s + ln_part(s)
        };
        // The peak, by golden section; nothing is left beyond `far`.
        let far = 1.0 + (40.0 + 0.5 * self.shift.abs()) / nu.sqrt();
        let golden = 0.5 * (5f64.sqrt() - 1.0);
        let (mut low, mut high) = (1e-8, far);
        while high - low > 1e-4 * high {
            let (a, b) = (high - golden * (high - low), low + golden * (high - low));
            if ln(a) < ln(b) {
                low = a;
            } else {
                high = b;
            }
        }
        let peak = 0.5 * (low + high);
        let top = ln(peak);
        if !top.is_finite() {
            return 0.0;
        }
        // Where it has sunk far enough, by halving.
        let edge = |end: f64| {
            let (mut inner, mut outer) = (peak, end);
            for _ in 0..40 {
                let middle = 0.5 * (inner + outer);
                if ln(middle) > top - 45.0 {
                    inner = middle;
                } else {
                    outer = middle;
                }
            }
            outer
        };
        let (left, right) = (edge(0.0), edge(far));
        let rule = gauss_legendre(20);
        let half = |low, high| integrate(&rule, 12, low, high, |s| libm::exp(ln(s) - top));
        libm::exp(top) * (half(left, peak) + half(peak, right))
    }
}

impl Continuous for NoncentralT {
    fn pdf(&self, x: f64) -> f64 {
        if !x.is_finite() {
            return if x.is_nan() { x } else { 0.0 };
        }
        let ln_root = 0.5 * libm::log(std::f64::consts::TAU);
        self.mean(|s| {
            let z = x * s - self.shift;
            libm::log(s) - 0.5 * z * z - ln_root
        })
    }

    fn ln_pdf(&self, x: f64) -> f64 {
        libm::log(self.pdf(x))
    }

    fn cdf(&self, x: f64) -> f64 {
        match x {
            f64::INFINITY => 1.0,
            f64::NEG_INFINITY => 0.0,
            _ if x.is_nan() => x,
            _ => self.mean(|s| libm::log(normal_cdf(x * s - self.shift))),
        }
    }

    fn sf(&self, x: f64) -> f64 {
        match x {
            f64::INFINITY => 0.0,
            f64::NEG_INFINITY => 1.0,
            _ if x.is_nan() => x,
            _ => self.mean(|s| libm::log(normal_sf(x * s - self.shift))),
        }
    }

    fn quantile(&self, p: f64) -> Result<f64> {
        check::probability("probability", p)?;
        Ok(match p {
            0.0 => f64::NEG_INFINITY,
            1.0 => f64::INFINITY,
            _ => self.search(p, Tail::Lower),
        })
    }

    fn upper_quantile(&self, q: f64) -> Result<f64> {
        check::probability("probability", q)?;
        Ok(match q {
            0.0 => f64::INFINITY,
            1.0 => f64::NEG_INFINITY,
            _ => self.search(q, Tail::Upper),
        })
    }
}

impl NoncentralT {
    fn search(&self, target: f64, tail: Tail) -> f64 {
        let start = self.shift + root::score(target, tail);
        root::continuous(target, tail, start, |x| (self.cdf(x), self.sf(x), self.pdf(x)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::StudentT;
    use super::*;

    /// (df, shift, x, cdf, sf) by quadrature with 40 digits.
    const DIGITS: &[(f64, f64, f64, f64, f64)] = &[
        (34.0, 12.0, 11.0, 0.256097227827826, 0.743902772172174),
        (34.0, 18.28, 11.24, 2.3581594163912468e-05, 0.9999764184058361),
        (34.0, 4.9793, 11.2402, 0.9999329567831206, 6.704321687949996e-05),
        (9.0, -2.0, 3.0, 0.9999843386007025, 1.566139929754256e-05),
        (1.0, 1.0, 2.0, 0.6228719644602817, 0.37712803553971835),
        (120.0, 25.0, 22.0, 0.040678003095232784, 0.9593219969047673),
        (4.0, 0.5, -3.0, 0.007167210553694028, 0.9928327894463059),
        (15.0, 10.0, 40.0, 0.9999996367001472, 3.632998527602072e-07),
    ];

    #[test]
    fn digits() {
        for &(df, shift, x, cdf, sf) in DIGITS {
            let t = NoncentralT::new(df, shift).unwrap();
            assert!((t.cdf(x) / cdf - 1.0).abs() < 1e-11, "{df} {shift} {x}");
            assert!((t.sf(x) / sf - 1.0).abs() < 1e-11, "{df} {shift} {x}");
        }
    }

    #[test]
    fn without_shift_it_is_students() {
        for df in [1.0, 2.0, 5.0, 30.0, 400.0] {
            let (own, student) = (NoncentralT::new(df, 0.0).unwrap(), StudentT::new(df).unwrap());
            for x in [-6.0, -1.0, 0.0, 0.3, 2.5, 12.0] {
                assert!((own.cdf(x) / student.cdf(x) - 1.0).abs() < 1e-12, "{df} {x}");
                assert!((own.sf(x) / student.sf(x) - 1.0).abs() < 1e-12, "{df} {x}");
                assert!((own.pdf(x) / student.pdf(x) - 1.0).abs() < 1e-12, "{df} {x}");
            }
        }
    }

    #[test]
    fn quantile_undoes_the_distribution_function() {
        for (df, shift) in [(4.0, 3.0), (40.0, 14.9), (200.0, -2.0)] {
            let t = NoncentralT::new(df, shift).unwrap();
            for p in [1e-6, 0.05, 0.5, 0.9, 0.999] {
                assert!((t.cdf(t.quantile(p).unwrap()) / p - 1.0).abs() < 1e-10);
                assert!((t.sf(t.upper_quantile(p).unwrap()) / p - 1.0).abs() < 1e-10);
            }
        }
    }
}
