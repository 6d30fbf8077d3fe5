//! Distribution functions, right to about 13 digits far into the tails.
//!
//! Each distribution is a small value with checked parameters. [`Continuous`] and [`Discrete`] give
//! what all of them share. `cdf` and `sf` are computed apart, so that neither loses its digits where
//! the other is near one; `quantile` and `upper_quantile` likewise.
//!
//! ```
//! use stats::dist::{Continuous, Discrete, Normal, Poisson};
//! let z = Normal::STANDARD;
//! assert!((z.quantile(0.975)? - 1.959963984540054).abs() < 1e-14);
//! assert!((z.sf(10.0) / 7.619853024160526e-24 - 1.0).abs() < 1e-13);
//! assert_eq!(Poisson::new(4.0)?.quantile(0.95)?, 8.0);
//! # Ok::<(), stats::Error>(())
//! ```
//!
//! Checked against more than a thousand values computed with 60 digits (`tests/it/dist/vectors.csv`): all
//! within 1.2e-13 of themselves, tails down to 1e-280 included.
//!
//! Arguments outside the support give the value that the definition gives there (0 or 1); only a
//! missing argument (NaN) gives a missing answer.

mod beta;
mod binomial;
mod gamma;
mod hypergeometric;
mod incomplete_beta;
mod incomplete_gamma;
pub(crate) mod legendre;
mod negative_binomial;
mod noncentral_t;
mod normal;
mod normal_range;
mod poisson;
mod root;
mod special;

pub use beta::{Beta, FisherF, StudentT};
pub use binomial::Binomial;
pub use gamma::{ChiSquared, Gamma};
pub use hypergeometric::Hypergeometric;
pub use incomplete_beta::{beta_p, beta_q};
pub use incomplete_gamma::{gamma_p, gamma_q};
pub use negative_binomial::NegativeBinomial;
pub use noncentral_t::NoncentralT;
pub use normal::{Normal, normal_cdf, normal_quantile, normal_sf};
pub use normal_range::NormalRange;
pub use poisson::Poisson;
pub use special::{digamma, gamma_fn, ln_beta, ln_choose, ln_gamma, trigamma};

use crate::Result;
use crate::error::check;

/// A distribution over the real line with a density.
pub trait Continuous {
    /// The density at `x`.
    fn pdf(&self, x: f64) -> f64;

    /// The natural logarithm of the density at `x`.
    fn ln_pdf(&self, x: f64) -> f64;

    /// P(X ≤ x).
    fn cdf(&self, x: f64) -> f64;

    /// P(X > x).
    fn sf(&self, x: f64) -> f64;

    /// The `x` with P(X ≤ x) = `p`.
    ///
    /// # Errors
    /// `p` lies outside 0 to 1.
    fn quantile(&self, p: f64) -> Result<f64>;

    /// The `x` with P(X > x) = `q`; right also where 1 - q would round to one.
    ///
    /// # Errors
    /// `q` lies outside 0 to 1.
    fn upper_quantile(&self, q: f64) -> Result<f64>;
}

/// A distribution over whole numbers of zero or more.
pub trait Discrete {
    /// P(X = k); zero where `k` is not a whole number.
    fn pmf(&self, k: f64) -> f64 {
        self.ln_pmf(k).exp()
    }

    /// The natural logarithm of P(X = k).
    fn ln_pmf(&self, k: f64) -> f64;

    /// P(X ≤ k).
    fn cdf(&self, k: f64) -> f64;

    /// P(X > k).
    fn sf(&self, k: f64) -> f64;

    /// The smallest and the largest value that X takes (infinite where there is none).
    fn support(&self) -> (f64, f64);

    /// The mean, the standard deviation and the skewness: where a search for a quantile starts.
    #[doc(hidden)]
    fn shape(&self) -> (f64, f64, f64);

    /// The smallest `k` with P(X ≤ k) ≥ `p`.
    ///
    /// A `p` that is short of a step of the distribution by less than 64 roundings counts as that
    /// step, so that `quantile(cdf(k))` is `k`.
    ///
    /// # Errors
    /// `p` lies outside 0 to 1.
    fn quantile(&self, p: f64) -> Result<f64> {
        check::probability("probability", p)?;
        Ok(root::discrete(self, p, root::Tail::Lower))
    }

    /// The smallest `k` with P(X > k) ≤ `q`.
    ///
    /// # Errors
    /// `q` lies outside 0 to 1.
    fn upper_quantile(&self, q: f64) -> Result<f64> {
        check::probability("probability", q)?;
        Ok(root::discrete(self, q, root::Tail::Upper))
    }
}
