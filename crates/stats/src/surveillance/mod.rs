//! Detection of outbreaks and of other rises in series of counts.
//!
//! | method | function | for |
//! |---|---|---|
//! | Farrington et al. (1996) | [`farrington`] | weekly counts with years of history |
//! | Noufaily et al. (2013) | [`farrington_flexible`] | the same, many series, sparse ones too |
//! | EARS C1, C2, C3 | [`ears`] | little history |
//! | RKI | [`rki`] | a few reference weeks, simple limits |
//! | Bayes | [`bayes`] | a few reference weeks, predictive quantile |
//! | CUSUM (Rossi et al. 1999) | [`cusum`] | small lasting shifts of a known mean |
//! | GLR and LR charts (Höhle and Paul 2008) | [`glr`] | changes of unknown size and time |
//! | outbreakP (Frisén and Andersson 2009) | [`outbreak_p`] | onset of a rise from a constant level |
//!
//! Points are numbered from 0, ranges do not include their end. Counts must be whole numbers of zero or
//! more; means and limits are in cases per point. Where the R package `surveillance` is the published
//! implementation its behaviour is the default; where it slips, the published form is an option (or the
//! default, where the slip would lose an outbreak), and the option says what the slip is:
//!
//! | slip of the package (1.20.3) | here |
//! |---|---|
//! | after reweighting the prior weights stand for the working weights in the standard error | [`Dispersion`] |
//! | the exceedance score under the negative binomial takes ln μ for μ | [`Forecast::exceedance`], [`Forecast::exceedance_package`] |
//! | a long baseline without any case has no forecast | [`FlexibleOptions::steps`] |
//! | C3 has the observed count in the place of the mean | [`C3Limit`] |
//! | three transformations of the CUSUM have a wrong number of cases | [`Cusum::cases_to_alarm`] |
//! | the search for the size of a change loses large changes | [`Search`] |
//!
//! Checked against the package's outputs on its data (`golden/surveillance`): all but what follows.
//!
//! | without a golden case | checked against |
//! |---|---|
//! | the CUSUM's other transformations and its seasonal mean | figures of the package, run for the purpose |
//! | number of cases to an outbreakP alarm | the example of the CASE project's manual |
//! | GLR of a known dispersion, falls, known sizes | figures of the package, run for the purpose |
//! | GLR of an epidemic | all sizes and change points tried |
//! | published C3 | the definition of its statistic |
//! | classic Farrington per head of population | figures of the package, run for the purpose |

mod bayes;
mod calendar;
mod cusum;
mod ears;
mod farrington;
mod glr;
mod limit;
mod outbreak_p;
mod rki;
mod seasonal;
mod window;

pub use bayes::bayes;
pub use calendar::{Calendar, Day};
pub use cusum::{Cusum, CusumOptions, InControl, Transform, cusum};
pub use ears::{C3Limit, EarsMethod, EarsOptions, ears};
pub use farrington::{
    BaselineData, BaselineFit, ClassicForecast, ClassicOptions, ClassicPoint, Dispersion,
    EnoughCases, FlexibleOptions, FlexiblePoint, Forecast, PowerTransform, ThresholdMethod, Unit,
    farrington, farrington_flexible, farrington_flexible_one, fit_baseline,
};
pub use glr::{
    Change, Direction, GlrOptions, GlrPoint, InControlMean, Overdispersion, Search, glr, glr_cases,
};
pub use limit::Limit;
pub use outbreak_p::{Outbreak, OutbreakOptions, outbreak_p, outbreak_p_cases};
pub use rki::rki;
pub use seasonal::Seasonal;
pub use window::ReferenceWindow;
