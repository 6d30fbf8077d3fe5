//! The beta distribution, and Student's t and Fisher's F, which are views of it.

use super::incomplete_beta::both;
use super::root::{self, Tail};
use super::special::{ln_beta, ln_binomial_raw};
use super::{Continuous, normal_quantile};
use crate::Result;
use crate::error::check;

/// The beta distribution on 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta {
    a: f64,
    b: f64,
}

impl Beta {
    /// With shapes `a` and `b`; the mean is a / (a + b).
    ///
    /// # Errors
    /// A shape is not positive and finite.
    ///
    /// ```
    /// use stats::dist::{Beta, Continuous};
    /// // The upper 95 % limit of a share when none of 59 was found.
    /// assert!((Beta::new(1.0, 59.0)?.quantile(0.95)? - 0.04950760988822693).abs() < 1e-14);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(a: f64, b: f64) -> Result<Self> {
        check::positive("first shape", a)?;
        check::positive("second shape", b)?;
        Ok(Self { a, b })
    }

    /// The quantile as (x, 1 - x), each with its own digits.
    fn at(&self, target: f64, tail: Tail) -> Result<(f64, f64)> {
        check::probability("probability", target)?;
        if target == 0.0 || target == 1.0 {
            let bottom = (tail == Tail::Lower) == (target == 0.0);
            return Ok(if bottom { (0.0, 1.0) } else { (1.0, 0.0) });
        }
        let (a, b) = (self.a, self.b);
        let z = root::score(target, tail);
        // On the scale of the log odds; its variance is near 1/a + 1/b for large shapes. For small
        // shapes the first term of the series is the better start.
        let lower = if tail == Tail::Lower {
            target
        } else {
            1.0 - target
        };
        let upper = if tail == Tail::Upper {
            target
        } else {
            1.0 - target
        };
        let start = if a.min(b) > 1.0 {
            (a / b).ln() + z * (1.0 / a + 1.0 / b).sqrt()
        } else if lower < a.recip() / (a.recip() + b.recip()) {
            (lower.ln() + a.ln() + ln_beta(a, b)) / a
        } else {
            -(upper.ln() + b.ln() + ln_beta(a, b)) / b
        };
        let odds = root::continuous(target, tail, start.clamp(-740.0, 740.0), |u| {
            let (x, y) = logistic(u);
            let (p, q) = both(a, b, x, y);
            // The density on this scale: x^a y^b / B(a, b).
            let density = (ln_binomial_raw(a, a + b, x, y) + a.ln() - (a / b).ln_1p()).exp();
            (p, q, density)
        });
        Ok(logistic(odds))
    }
}

/// x = 1/(1+e^-u) and 1 - x.
fn logistic(u: f64) -> (f64, f64) {
    let small = (-u.abs()).exp();
    let (near, far) = (small / (1.0 + small), 1.0 / (1.0 + small));
    if u < 0.0 { (near, far) } else { (far, near) }
}

impl Continuous for Beta {
    fn pdf(&self, x: f64) -> f64 {
        self.ln_pdf(x).exp()
    }

    fn ln_pdf(&self, x: f64) -> f64 {
        let (a, b) = (self.a, self.b);
        if !(0.0..=1.0).contains(&x) {
            return if x.is_nan() { x } else { f64::NEG_INFINITY };
        }
        let power = |shape: f64, ln_x: f64| {
            if shape == 1.0 {
                0.0
            } else {
                (shape - 1.0) * ln_x
            }
        };
        power(a, x.ln()) + power(b, (-x).ln_1p()) - ln_beta(a, b)
    }

    fn cdf(&self, x: f64) -> f64 {
        both(self.a, self.b, x, 1.0 - x).0
    }

    fn sf(&self, x: f64) -> f64 {
        both(self.a, self.b, x, 1.0 - x).1
    }

    fn quantile(&self, p: f64) -> Result<f64> {
        Ok(self.at(p, Tail::Lower)?.0)
    }

    fn upper_quantile(&self, q: f64) -> Result<f64> {
        Ok(self.at(q, Tail::Upper)?.0)
    }
}

/// Student's t distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StudentT {
    df: f64,
}

impl StudentT {
    /// With `df` degrees of freedom, not necessarily whole; infinite gives the normal distribution.
    ///
    /// # Errors
    /// `df` is not positive.
    ///
    /// ```
    /// use stats::dist::{Continuous, StudentT};
    /// assert!((StudentT::new(10.0)?.quantile(0.975)? - 2.228138851986274).abs() < 1e-13);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(df: f64) -> Result<Self> {
        check::within("degrees of freedom", df, df > 0.0, "positive")?;
        Ok(Self { df })
    }

    /// P(X > |x|).
    fn tail(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        if self.df == f64::INFINITY {
            return super::normal_sf(x.abs());
        }
        let square = x * x;
        if square == f64::INFINITY {
            return 0.0;
        }
        let (near, far) = (self.df / (self.df + square), square / (self.df + square));
        0.5 * both(0.5 * self.df, 0.5, near, far).0
    }

    /// The positive `x` with P(X > x) = `half` ≤ 1/2.
    fn upper(&self, half: f64) -> Result<f64> {
        if self.df == f64::INFINITY {
            return Ok(-normal_quantile(half));
        }
        let shares = Beta {
            a: 0.5 * self.df,
            b: 0.5,
        };
        let (near, far) = shares.at(2.0 * half, Tail::Lower)?;
        Ok((self.df * far / near).sqrt())
    }
}

impl Continuous for StudentT {
    fn pdf(&self, x: f64) -> f64 {
        self.ln_pdf(x).exp()
    }

    fn ln_pdf(&self, x: f64) -> f64 {
        if self.df == f64::INFINITY {
            return super::Normal::STANDARD.ln_pdf(x);
        }
        let n = self.df;
        -0.5 * (n + 1.0) * (x * x / n).ln_1p() - 0.5 * n.ln() - ln_beta(0.5 * n, 0.5)
    }

    fn cdf(&self, x: f64) -> f64 {
        let tail = self.tail(x);
        if x <= 0.0 { tail } else { 1.0 - tail }
    }

    fn sf(&self, x: f64) -> f64 {
        let tail = self.tail(x);
        if x >= 0.0 { tail } else { 1.0 - tail }
    }

    fn quantile(&self, p: f64) -> Result<f64> {
        self.upper_quantile(p).map(|x| -x)
    }

    fn upper_quantile(&self, q: f64) -> Result<f64> {
        check::probability("probability", q)?;
        if q <= 0.5 {
            self.upper(q)
        } else {
            self.upper(1.0 - q).map(|x| -x)
        }
    }
}

/// Fisher's F distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FisherF {
    above: f64,
    below: f64,
}

impl FisherF {
    /// With the degrees of freedom of the numerator and of the denominator.
    ///
    /// # Errors
    /// One of them is not positive and finite.
    ///
    /// ```
    /// use stats::dist::{Continuous, FisherF};
    /// assert!((FisherF::new(3.0, 10.0)?.upper_quantile(0.05)? - 3.7082648190468435).abs() < 1e-12);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(above: f64, below: f64) -> Result<Self> {
        check::positive("degrees of freedom of the numerator", above)?;
        check::positive("degrees of freedom of the denominator", below)?;
        Ok(Self { above, below })
    }

    fn parts(&self, x: f64) -> (f64, f64) {
        if x.is_nan() {
            return (x, x);
        }
        if x <= 0.0 {
            return (0.0, 1.0);
        }
        let (m, n) = (self.above, self.below);
        let ratio = m * x / n;
        if ratio == f64::INFINITY {
            return (1.0, 0.0);
        }
        both(0.5 * m, 0.5 * n, ratio / (1.0 + ratio), 1.0 / (1.0 + ratio))
    }

    fn at(&self, target: f64, tail: Tail) -> Result<f64> {
        let shares = Beta {
            a: 0.5 * self.above,
            b: 0.5 * self.below,
        };
        let (x, y) = shares.at(target, tail)?;
        Ok(self.below * x / (self.above * y))
    }
}

impl Continuous for FisherF {
    fn pdf(&self, x: f64) -> f64 {
        self.ln_pdf(x).exp()
    }

    fn ln_pdf(&self, x: f64) -> f64 {
        if x < 0.0 || x == f64::INFINITY {
            return f64::NEG_INFINITY;
        }
        let (m, n) = (0.5 * self.above, 0.5 * self.below);
        let ratio = m * x / n;
        let power = if m == 1.0 {
            0.0
        } else {
            (m - 1.0) * ratio.ln()
        };
        power - (m + n) * ratio.ln_1p() - ln_beta(m, n) + (m / n).ln()
    }

    fn cdf(&self, x: f64) -> f64 {
        self.parts(x).0
    }

    fn sf(&self, x: f64) -> f64 {
        self.parts(x).1
    }

    fn quantile(&self, p: f64) -> Result<f64> {
        self.at(p, Tail::Lower)
    }

    fn upper_quantile(&self, q: f64) -> Result<f64> {
        self.at(q, Tail::Upper)
    }
}
