//! Satisfaction: partial least squares path models and the index from 0 to 100.
//!
//! Questions (indicators) stand for things that cannot be asked for (latent variables: image,
//! expectation, quality, value, satisfaction, loyalty), and these act on each other along paths.
//! [`fit`] estimates both at once; [`bootstrap`] tells how sure the estimates are;
//! [`satisfaction_index`] puts a latent variable on the scale from 0 to 100 on which national
//! satisfaction indices are published.
//!
//! Everything but the scores follows from the covariances of the indicators, so that is what the
//! iteration works on: a bootstrap replicate costs one pass over the answers and some small sums.
//!
//! The sign of a latent variable is free; it is chosen so that most of its loadings are positive
//! (their sum, if as many are negative).
//!
//! | method | item | source | how it is checked |
//! |---|---|---|---|
//! | iteration, schemes centroid, factorial, path; modes A and B | [`fit`] | Wold (1982); Lohmöller (1989) ch. 2; Tenenhaus et al., CSDA 48 (2005) 159, §2 | golden (centroid, path; mode A); two blocks of mode B are canonical correlation, of mode A interbattery analysis (Tenenhaus et al. §6) |
//! | loadings, communality, redundancy, R², goodness of fit, effects | [`Fit`] | Tenenhaus et al. (2005) §3-4 | golden |
//! | average variance extracted | [`Latent::average_variance_extracted`] | Fornell, Larcker, JMR 18 (1981) 39 | golden |
//! | Cronbach's alpha, Dillon-Goldstein's rho, eigenvalues | [`Reliability`] | Tenenhaus et al. (2005) §2.2 | golden |
//! | composite reliability from the loadings | [`Latent::composite_reliability`] | Werts, Linn, Jöreskog (1974); Fornell, Larcker (1981) | by hand |
//! | bootstrap | [`bootstrap`] | Efron, Tibshirani (1993); signs: Tenenhaus et al. (2005) §5 | standard error of a correlation; one thread and many |
//! | index 0-100 | [`satisfaction_index`] | Fornell et al., J. Marketing 60 (1996) 7, eq. 1 | by hand |

mod bootstrap;
mod estimate;
mod fit;
mod index100;
mod model;
mod moments;

pub use bootstrap::{Bootstrap, BootstrapOptions, BootstrapPath, Spread, bootstrap};
pub use fit::{Effect, Fit, Indicator, Latent, Reliability, fit};
pub use index100::{SatisfactionIndex, satisfaction_index};
pub use model::{Block, Mode, Model, Options, Scheme};
