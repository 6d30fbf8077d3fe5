//! Disproportionality: which pairs (product and defect, product and reaction) are reported together
//! more often than chance?
//!
//! | measure | item | source |
//! |---|---|---|
//! | counts and expected counts, stratified | [`count_pairs`] | DuMouchel (1999) |
//! | PRR, ROR, chi-squared | [`TwoByTwo`] | Evans et al. (2001), van Puijenbroek et al. (2002) |
//! | pooled PRR and ROR over strata | [`pooled`] | Mantel and Haenszel (1959); Greenland and Robins (1985) |
//! | information component with shrinkage | [`information_component`] | Norén et al. (2013) |
//! | EBGM, EB05, EB95 | [`Prior`], [`fit_prior`], [`score`] | DuMouchel (1999), DuMouchel and Pregibon (2001) |
//!
//! Checked against openEBGM's outputs on reports to the FDA (`golden/disproportionality`): counts,
//! squashing, likelihood, prior, shares, EBGM and quantiles, PRR, ROR and chi-squared. What has no golden
//! case: the interval of the information component is checked against its published approximation, the
//! pooled odds ratio against the Berkeley admissions (R's `mantelhaen.test`), the pooled PRR against that
//! of a single stratum, PRR and chi-squared also against the example of Evans et al. (2001).
//!
//! ```
//! use stats::signal::{Prior, information_component};
//! // Ten reports where two are expected.
//! let prior = Prior::new(0.2, 0.1, 2.0, 4.0, 1.0 / 3.0)?;
//! let posterior = prior.posterior(10.0, 2.0)?;
//! assert!((posterior.ebgm() - 4.563).abs() < 0.001 && posterior.quantile(0.05)? > 2.0);
//! assert!(information_component(10.0, 2.0)?.lower > 0.0);
//! # Ok::<(), stats::Error>(())
//! ```

mod fit;
mod ic;
mod likelihood;
mod pairs;
mod pooled;
mod prior;
mod score;
mod squash;
mod table;

pub use fit::{FitOptions, FittedPrior, fit_prior, negative_log_likelihood};
pub use ic::{InformationComponent, information_component, information_component_approximate};
pub use pairs::{Pair, Report, count_pairs};
pub use pooled::{Pooled, pooled};
pub use prior::{Posterior, Prior};
pub use score::{Cell, Score, score};
pub use squash::{SquashOptions, Squashed, squash, squash_count};
pub use table::{Estimate, TwoByTwo};
