//! The regression on a baseline, with its reweighting and the decision on the trend.

use super::fit::{Fit, LEAST_MEAN, Regression};
use super::layout::Layout;
use crate::dist::{Continuous, StudentT};
use crate::error::check;
use crate::{Error, Result};

/// Which dispersion serves the standard error of the expected count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dispersion {
    /// As R's flexible method: after reweighting Σ ω ((y-μ)/μ)² / df, since there the prior weights ω
    /// overwrite the working weights of the model; without reweighting Pearson's estimate, even below
    /// one. The overdispersion φ itself is Pearson's and at least one in either case.
    #[default]
    Package,
    /// The overdispersion φ, as Farrington et al. (1996) have it.
    Overdispersion,
}

/// How a baseline is fitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    pub trend: bool,
    /// The trend stays if its p-value is below this.
    pub p_trend: f64,
    /// Residuals above this are weighted down; none for no reweighting.
    pub reweight: Option<f64>,
    pub dispersion: Dispersion,
    /// The trend stays only with so many years of baseline.
    pub years: usize,
    /// How many steps a fit may take.
    pub steps: usize,
}

/// The point that the fit is to predict.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub group: usize,
    pub time: f64,
    pub offset: f64,
}

/// A regression that has been settled on.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    pub fit: Fit,
    /// The overdispersion, at least one.
    pub phi: f64,
    /// The linear predictor of the target, what it says to expect, and its standard error.
    pub eta: f64,
    pub expected: f64,
    pub error: f64,
    /// The slope in units of its standard error, where there is a slope.
    pub slope_t: Option<f64>,
    pub first: First,
}

impl Settled {
    /// The p-value of the trend, by Student's t; missing without a trend or a spread.
    pub fn trend_p_value(&self) -> f64 {
        let of = StudentT::new(self.fit.df).ok().zip(self.slope_t);
        of.map_or(f64::NAN, |(of, t)| 2.0 * of.sf(t.abs()))
    }

    /// Whether it is below a threshold. Any trend is below one but none at all.
    fn trend_p_below(&self, threshold: f64) -> bool {
        if threshold >= 1.0 {
            self.slope_t.is_some_and(|t| t.abs() > 1e-16)
        } else {
            self.trend_p_value() < threshold
        }
    }
}

/// What the fit before reweighting said.
#[derive(Clone, Debug, Default)]
pub(super) struct First {
    pub fit: Option<Fit>,
    pub phi: f64,
    /// Its standardised residuals.
    pub residuals: Vec<f64>,
}

/// How many steps a regression may take. R gives up after 25, which leaves a long baseline without any
/// case, whose mean falls towards zero step by step, without a forecast.
pub(super) const STEPS: usize = 100;

/// Years of baseline below which no trend is kept (Farrington et al. 1996, 3.4).
const YEARS_FOR_TREND: usize = 3;

impl Recipe {
    /// Fits with a trend if one is asked for, and again without where it is not to be kept: it is
    /// not significant, there are too few years, or it would take the forecast above all that was
    /// seen. None where no regression settles.
    pub fn settle(
        &self,
        data: &mut Regression,
        layout: &Layout,
        target: &Target,
    ) -> Option<Settled> {
        if self.trend
            && let Some(settled) = self.fit(data, layout, target, true)
        {
            let seen = data.y.iter().copied().fold(0.0, f64::max);
            let kept = settled.trend_p_below(self.p_trend)
                && self.years >= YEARS_FOR_TREND
                && settled.expected <= seen;
            if kept {
                return Some(settled);
            }
        }
        self.fit(data, layout, target, false)
    }

    /// One regression with its reweighting.
    fn fit(
        &self,
        data: &mut Regression,
        layout: &Layout,
        target: &Target,
        trend: bool,
    ) -> Option<Settled> {
        data.omega.fill(1.0);
        let mut fit = data.fit(layout, trend, self.steps)?;
        if fit.df <= 0.0 {
            return None;
        }
        let mut pearson = data.dispersion(&fit);
        let mut by_prior_weights = pearson;
        let mut first = First::default();
        if let Some(threshold) = self.reweight {
            let mut residuals = Vec::with_capacity(data.y.len());
            let phi = pearson.max(1.0);
            data.anscombe(layout, &fit, phi, &mut residuals);
            data.reweight(&residuals, threshold);
            let again = data.fit(layout, trend, self.steps)?;
            first = First { fit: Some(fit), phi, residuals };
            fit = again;
            pearson = data.dispersion(&fit);
            by_prior_weights = data.dispersion_by_prior_weights(&fit);
        }
        let phi = pearson.max(1.0);
        // The trend is judged by an estimate that may be below one, in both methods.
        let (for_error, for_trend) = match self.dispersion {
            Dispersion::Package => (by_prior_weights, by_prior_weights),
            Dispersion::Overdispersion => (phi, pearson),
        };
        let (eta, variance) = fit.predict(target.group, target.time, target.offset);
        let slope_t = fit.slope.map(|slope| slope / (fit.slope_variance() * for_trend).sqrt());
        Some(Settled {
            phi,
            eta,
            expected: eta.exp().max(LEAST_MEAN),
            error: (variance * for_error).sqrt(),
            slope_t,
            fit,
            first,
        })
    }
}

/// The data of one baseline.
#[derive(Clone, Copy, Debug)]
pub struct BaselineData<'a> {
    /// Counts.
    pub counts: &'a [f64],
    /// The time of each count.
    pub times: &'a [f64],
    /// The season group of each count, from 0; the last is that of the point to be predicted.
    pub groups: &'a [usize],
    /// The population of each count, or none.
    pub population: Option<&'a [f64]>,
}

/// The two fits of a baseline: an explanation of one limit.
#[derive(Clone, Debug, PartialEq)]
pub struct BaselineFit {
    /// Intercept of each season group before reweighting.
    pub first_intercepts: Vec<f64>,
    /// Trend for each unit of time before reweighting, where one was asked for.
    pub first_slope: Option<f64>,
    /// The overdispersion before reweighting, at least one.
    pub first_phi: f64,
    /// Standardised Anscombe residuals before reweighting.
    pub residuals: Vec<f64>,
    /// The weight of each count.
    pub weights: Vec<f64>,
    /// Intercept of each season group.
    pub intercepts: Vec<f64>,
    /// Trend for each unit of time.
    pub slope: Option<f64>,
    /// The p-value of the trend.
    pub trend_p_value: Option<f64>,
    /// The overdispersion, at least one.
    pub phi: f64,
    /// Fitted means.
    pub fitted: Vec<f64>,
    /// Logarithm of the expected count of the point to be predicted.
    pub ln_expected: f64,
    /// Its standard error.
    pub ln_error: f64,
    /// The square root of the dispersion in that error.
    pub residual_scale: f64,
}

/// Fits one baseline twice, reweighting in between, and predicts the last season group at `time`
/// (population one). The trend is kept whatever its significance.
///
/// # Errors
/// Columns of different lengths, counts that are no counts, groups without data or beyond
/// `groups.max()`, a population that is not positive, fewer counts than coefficients, or a fit that
/// does not settle.
///
/// ```
/// use stats::surveillance::{BaselineData, Dispersion, fit_baseline};
/// let data = BaselineData {
///     counts: &[3.0, 4.0, 2.0, 3.0, 40.0, 3.0, 4.0, 2.0],
///     times: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
///     groups: &[0; 8],
///     population: None,
/// };
/// let fit = fit_baseline(&data, 9.0, false, 1.0, Dispersion::Package)?;
/// // The outbreak counts for little in the second fit.
/// assert!(fit.weights[4] < 0.31 && fit.ln_expected < fit.first_intercepts[0]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn fit_baseline(
    data: &BaselineData<'_>,
    time: f64,
    trend: bool,
    weights_threshold: f64,
    dispersion: Dispersion,
) -> Result<BaselineFit> {
    let n = data.counts.len();
    check::at_least("counts", data.counts, 2)?;
    check::counts("counts", data.counts)?;
    check::length("times", data.times.len(), n)?;
    check::finite("times", data.times)?;
    check::length("groups", data.groups.len(), n)?;
    check::positive("threshold of the weights", weights_threshold)?;
    let groups = data.groups.iter().max().map_or(1, |last| last + 1);
    if groups > n {
        return Err(Error::TooFew { what: "counts for the groups", needed: groups, got: n });
    }
    let layout = Layout::new(data.times, data.groups);
    let mut regression = Regression::default();
    regression.y.extend(data.counts);
    if let Some(population) = data.population {
        check::length("population", population.len(), n)?;
        for &people in population {
            check::positive("population", people)?;
        }
        regression.offset.extend(population.iter().map(|p| p.ln()));
    }
    regression.prepare();
    let recipe = Recipe {
        trend,
        p_trend: 1.0,
        reweight: Some(weights_threshold),
        dispersion,
        years: YEARS_FOR_TREND,
        steps: STEPS,
    };
    let target = Target { group: groups - 1, time, offset: 0.0 };
    let settled = recipe
        .fit(&mut regression, &layout, &target, trend)
        .ok_or(Error::NoConvergence { what: "regression of the baseline", iterations: STEPS })?;
    let (first_intercepts, first_slope) = match &settled.first.fit {
        Some(fit) => (fit.origin(), fit.slope),
        None => (Vec::new(), None),
    };
    let (_, variance) = settled.fit.predict(target.group, time, 0.0);
    let trend_p_value = settled.fit.slope.map(|_| settled.trend_p_value());
    Ok(BaselineFit {
        first_intercepts,
        first_slope,
        first_phi: settled.first.phi,
        residuals: settled.first.residuals,
        weights: regression.omega,
        intercepts: settled.fit.origin(),
        slope: settled.fit.slope,
        trend_p_value,
        phi: settled.phi,
        fitted: regression.mu,
        ln_expected: settled.eta,
        ln_error: settled.error,
        residual_scale: settled.error / variance.sqrt(),
    })
}
