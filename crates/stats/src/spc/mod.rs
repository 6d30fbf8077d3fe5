//! Statistical process control: is the process still the one it was, and is it good enough?
//!
//! | method | source | held to |
//! |---|---|---|
//! | [`xbar`], [`range_chart`], [`sd_chart`], [`individuals`], with the estimates [`WithinSigma`] and [`MovingSigma`] | Shewhart 1931; Burr 1976; ISO 7870-2 | qcc on the piston ring and viscosity data (Montgomery); the weighted means on an example by hand |
//! | [`moving_range`] | ISO 7870-2 | factor D₄ = 3.267 |
//! | [`p_chart`], [`np_chart`], [`c_chart`], [`u_chart`] | ISO 7870-2 | qcc on the orange juice and circuit data |
//! | [`g_chart`] | Kaminsky and others 1992 | mean and variance of the geometric distribution |
//! | probability [`Limits`] | quantiles of normal, range, chi-squared, binomial, Poisson, geometric | the chance outside, computed apart |
//! | [`NELSON`], [`WESTERN_ELECTRIC`] and other [`Rule`]s | Nelson 1984; Western Electric 1956 | the definitions, point by point |
//! | [`cusum`], [`ewma`] | Page 1954; Roberts 1959; ISO 7870-4 and -6 | qcc |
//! | [`cusum_arl`], [`ewma_arl`] and the settings for a run length | van Dobben de Bruyn 1968; Crowder 1987 | spc; a Markov chain; tables of Montgomery, Lucas and Crosier, Lucas and Saccucci |
//! | [`poisson_cusum_arl`] | Lucas 1985; Brook and Evans 1972 | spc |
//! | [`xbar_oc`], [`range_oc`], [`sd_oc`], [`count_oc`] | Montgomery 2009 | qcc; values of SciPy |
//! | [`t_squared`], [`t_squared_single`] | Hotelling 1947; Alt 1985; Tracy, Young and Mason 1992 | qcc on the data of Ryan and the boiler data |
//! | [`capability`]: Cp, Cpk, Cpm, Pp, Ppk with intervals | ISO 22514-2; Bissell 1990 | qcc |
//! | indices for asymmetric limits and targets | Chan, Cheng and Spiring 1988; Pearn and Chen 1998 | the symmetric ones in the middle |
//! | constants [`c4`], [`d2`], [`d3`] | ASTM MNL 7; Harter 1960 | qcc; Harter's table |
//!
//! Measurements are in any unit; centre lines, limits and standard deviations are in the same.
//! Points count from 0. Limits are at three standard errors unless asked otherwise.

mod arl;
mod bits;
mod capability;
mod chart;
mod constants;
mod counted;
mod cusum;
mod ewma;
mod hotelling;
mod measured;
mod oc;
mod rules;
mod sigma;
mod subgroups;

pub use arl::{
    PoissonCusum, Sides, cusum_arl, cusum_interval, ewma_arl, ewma_limit, poisson_cusum_arl,
};
pub use capability::{
    Capability, CapabilityOptions, CpmDegrees, Index, Process, Specification, capability,
};
pub use chart::{Beyond, Chart, Kind, Limits, Line};
pub use constants::{Constants, c4, d2, d3};
pub use counted::{CountOptions, c_chart, g_chart, np_chart, p_chart, u_chart};
pub use cusum::{Cusum, CusumOptions, cusum};
pub use ewma::{Ewma, EwmaOptions, ewma};
pub use hotelling::{TSquared, t_squared, t_squared_single, usual_confidence};
pub use measured::{ChartOptions, Sigma, individuals, moving_range, range_chart, sd_chart, xbar};
pub use oc::{count_oc, range_oc, sd_oc, shewhart_arl, xbar_oc};
pub use rules::{NELSON, Rule, WESTERN_ELECTRIC, rule_violations};
pub use sigma::{MovingSigma, WithinSigma, moving_sigma, within_sigma};
pub use subgroups::Subgroups;
