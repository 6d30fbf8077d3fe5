//! Farrington's method and its improvement: upper limits for counts from the same weeks of the past
//! years, by a regression that forgets past outbreaks.
//!
//! C. P. Farrington, N. J. Andrews, A. D. Beale, M. A. Catchpole (1996), "A statistical algorithm for
//! the early detection of outbreaks of infectious disease", J. R. Statist. Soc. A 159, 547-563;
//! A. Noufaily, D. G. Enki, P. Farrington, P. Garthwaite, N. Andrews, A. Charlett (2013), "An improved
//! algorithm for outbreak detection in multiple surveillance systems", Statistics in Medicine 32,
//! 1206-1222.

mod baseline;
mod classic;
mod fit;
mod flexible;
mod layout;
mod model;
mod threshold;
mod unit;

pub use classic::{ClassicForecast, ClassicOptions, ClassicPoint, farrington};
pub use flexible::{
    FlexibleOptions, FlexiblePoint, Forecast, ThresholdMethod, farrington_flexible,
    farrington_flexible_one,
};
pub use model::{BaselineData, BaselineFit, Dispersion, fit_baseline};
pub use unit::Unit;

use crate::Result;
use crate::error::check;

/// The power of the count that is taken to be normal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PowerTransform {
    /// ⅔, which takes out the skewness.
    #[default]
    TwoThirds,
    /// ½, which makes the variance even.
    Half,
    /// The count itself.
    None,
}

/// No alarm is raised where there were fewer than `cases` in the last `period` points, the tested
/// one included (Farrington et al. 1996, 3.8).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EnoughCases {
    /// At least so many cases (5).
    pub cases: f64,
    /// In so many points (4).
    pub period: usize,
}

impl Default for EnoughCases {
    fn default() -> Self {
        Self { cases: 5.0, period: 4 }
    }
}

impl EnoughCases {
    fn check(&self) -> Result<()> {
        check::within(
            "least number of cases",
            self.cases,
            self.cases >= 0.0 && self.cases.is_finite(),
            "zero or more",
        )?;
        check::within(
            "period of the least number of cases",
            self.period as f64,
            self.period > 0,
            "1 point or more",
        )
    }

    fn met(&self, counts: &[f64], t: usize) -> bool {
        let from = (t + 1).saturating_sub(self.period);
        counts[from..=t].iter().sum::<f64>() >= self.cases
    }
}
