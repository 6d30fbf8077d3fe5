//! The quasi-Poisson regression under Farrington's method.
//!
//! Iteratively reweighted least squares with a logarithmic link (McCullagh and Nelder 1989, 2.5) for
//! an intercept for each season group and, at most, one linear trend. The normal equations are an
//! arrow: the intercepts come out one by one, and the trend from one number. The starting values and
//! the stopping rule are those that statistical packages share (start at y + 0.1, stop when the
//! deviance moves by less than 1e-8 of itself), so that results agree even where the maximum lies at
//! infinity.

/// Means are kept above this, as a mean of zero has no logarithm.
pub(super) const LEAST_MEAN: f64 = f64::EPSILON;

const STEPS: usize = 25;

/// The data of one regression, and room for its fit; kept from fit to fit.
#[derive(Debug, Default)]
pub(crate) struct Regression {
    /// Counts.
    pub y: Vec<f64>,
    /// Time of each count.
    pub t: Vec<f64>,
    /// Season group of each count, from 0.
    pub group: Vec<u32>,
    /// Logarithm of the population, or empty.
    pub offset: Vec<f64>,
    /// Prior weights.
    pub omega: Vec<f64>,
    /// How many groups there are.
    pub groups: usize,
    /// y ln y.
    y_ln_y: Vec<f64>,
    eta: Vec<f64>,
    /// The fitted means.
    pub mu: Vec<f64>,
    /// The working weights of the last step.
    work: Vec<f64>,
}

/// A fit: sums of the last step by group, and what follows from them.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    pub intercepts: Vec<f64>,
    pub slope: Option<f64>,
    /// Sum of the working weights of each group, and their mean time.
    weight: Vec<f64>,
    centre: Vec<f64>,
    /// Weighted sum of squares of time about the centres.
    spread: f64,
    /// Observations less coefficients.
    pub df: f64,
}

impl Regression {
    /// Empties the data.
    pub fn clear(&mut self, groups: usize) {
        for column in [&mut self.y, &mut self.t, &mut self.offset, &mut self.omega] {
            column.clear();
        }
        self.group.clear();
        self.groups = groups;
    }

    /// Readies the room for the data that have been put in; all weights become one.
    pub fn prepare(&mut self) {
        let n = self.y.len();
        self.omega.clear();
        self.omega.resize(n, 1.0);
        self.y_ln_y.clear();
        let y_ln_y = self
            .y
            .iter()
            .map(|&y| if y > 0.0 { y * y.ln() } else { 0.0 });
        self.y_ln_y.extend(y_ln_y);
        for room in [&mut self.eta, &mut self.mu, &mut self.work] {
            room.resize(n, 0.0);
        }
    }

    /// Fits, with or without a trend. None where the trend cannot be told (time does not vary
    /// within the groups), a mean overflows, or the steps do not settle.
    pub fn fit(&mut self, trend: bool) -> Option<Fit> {
        let n = self.y.len();
        let mut fit = Fit {
            intercepts: vec![0.0; self.groups],
            slope: None,
            weight: vec![0.0; self.groups],
            centre: vec![0.0; self.groups],
            spread: 0.0,
            df: 0.0,
        };
        for i in 0..n {
            self.mu[i] = self.y[i] + 0.1;
            self.eta[i] = self.mu[i].ln();
        }
        let mut deviance = self.deviance();
        for _ in 0..STEPS {
            self.step(trend, &mut fit)?;
            let before = deviance;
            deviance = self.deviance();
            if !deviance.is_finite() {
                return None;
            }
            if (deviance - before).abs() / (deviance.abs() + 0.1) < 1e-8 {
                let used = fit.weight.iter().filter(|w| **w > 0.0).count();
                fit.df = n as f64 - used as f64 - f64::from(u8::from(trend));
                return Some(fit);
            }
        }
        None
    }

    /// One weighted least squares fit to the working response, and the means that follow.
    fn step(&mut self, trend: bool, fit: &mut Fit) -> Option<()> {
        let n = self.y.len();
        let Fit {
            intercepts,
            weight,
            centre,
            ..
        } = fit;
        weight.fill(0.0);
        centre.fill(0.0);
        intercepts.fill(0.0);
        // The working response takes the place of eta.
        for i in 0..n {
            let mu = self.mu[i];
            let offset = self.offset.get(i).copied().unwrap_or(0.0);
            let z = self.eta[i] - offset + (self.y[i] - mu) / mu;
            let w = self.omega[i] * mu;
            let g = self.group[i] as usize;
            weight[g] += w;
            centre[g] += w * self.t[i];
            intercepts[g] += w * z;
            self.work[i] = w;
            self.eta[i] = z;
        }
        for g in 0..weight.len() {
            if weight[g] > 0.0 {
                centre[g] /= weight[g];
                intercepts[g] /= weight[g];
            }
        }
        let slope = if trend {
            let (mut spread, mut product, mut reach) = (0.0, 0.0, 0.0);
            for i in 0..n {
                let g = self.group[i] as usize;
                let t = self.t[i] - centre[g];
                spread += self.work[i] * t * t;
                product += self.work[i] * t * (self.eta[i] - intercepts[g]);
                reach += self.work[i] * self.t[i] * self.t[i];
            }
            if spread <= reach * 1e-20 {
                return None;
            }
            fit.spread = spread;
            product / spread
        } else {
            0.0
        };
        for (intercept, centre) in intercepts.iter_mut().zip(centre.iter()) {
            *intercept -= slope * centre;
        }
        fit.slope = trend.then_some(slope);
        if !slope.is_finite() || intercepts.iter().any(|a| !a.is_finite()) {
            return None;
        }
        for i in 0..n {
            let offset = self.offset.get(i).copied().unwrap_or(0.0);
            let eta = intercepts[self.group[i] as usize] + slope * self.t[i] + offset;
            self.eta[i] = eta;
            self.mu[i] = eta.exp().max(LEAST_MEAN);
        }
        Some(())
    }

    fn deviance(&self) -> f64 {
        let n = self.y.len();
        let mut sum = 0.0;
        for i in 0..n {
            let (y, mu) = (self.y[i], self.mu[i]);
            // eta is ln mu wherever y > 0 matters: a mean at the floor is met by no count.
            let part = if y > 0.0 {
                self.y_ln_y[i] - y * self.eta[i] - (y - mu)
            } else {
                mu
            };
            sum += self.omega[i] * part;
        }
        2.0 * sum
    }

    /// Pearson's estimate of the dispersion: Σ W ((y-μ)/μ)² / df, with the working weights of the
    /// last step as packages have it.
    pub fn dispersion(&self, fit: &Fit) -> f64 {
        self.squares(&self.work) / fit.df
    }

    /// The same with the prior weights in the place of the working weights: what R surveillance
    /// takes for the dispersion after reweighting.
    pub fn dispersion_by_prior_weights(&self, fit: &Fit) -> f64 {
        self.squares(&self.omega) / fit.df
    }

    fn squares(&self, weights: &[f64]) -> f64 {
        let parts = self.y.iter().zip(&self.mu).zip(weights);
        parts
            .map(|((y, mu), w)| {
                let r = (y - mu) / mu;
                w * r * r
            })
            .sum()
    }

    /// Anscombe's residuals, standardised by the dispersion and the leverage (Farrington et al.
    /// 1996, 3.6).
    pub fn anscombe(&self, fit: &Fit, phi: f64, into: &mut Vec<f64>) {
        into.clear();
        let n = self.y.len();
        for i in 0..n {
            let g = self.group[i] as usize;
            let t = self.t[i] - fit.centre[g];
            let along = if fit.slope.is_some() {
                t * t / fit.spread
            } else {
                0.0
            };
            let leverage = self.work[i] * (1.0 / fit.weight[g] + along);
            let root = self.mu[i].cbrt();
            let count = self.y[i].cbrt();
            let distance = 1.5 * (count * count - root * root) / root.sqrt();
            // A count that determines its own mean has no residual.
            let free = 1.0 - leverage;
            into.push(if free > 1e-10 {
                distance / (phi * free).sqrt()
            } else {
                0.0
            });
        }
    }

    /// Gives each count the weight that its residual leaves it: outbreaks of the past count less.
    pub fn reweight(&mut self, residuals: &[f64], threshold: f64) {
        let down = |s: f64| if s > threshold { 1.0 / (s * s) } else { 1.0 };
        let sum: f64 = residuals.iter().map(|&s| down(s)).sum();
        let gamma = residuals.len() as f64 / sum;
        for (omega, &s) in self.omega.iter_mut().zip(residuals) {
            *omega = gamma * down(s);
        }
    }
}

impl Fit {
    /// The linear predictor, and its variance for a dispersion of one, at a time in a group.
    pub fn predict(&self, group: usize, t: f64, offset: f64) -> (f64, f64) {
        let slope = self.slope.unwrap_or(0.0);
        let from = t - self.centre[group];
        let along = if self.slope.is_some() {
            from * from / self.spread
        } else {
            0.0
        };
        (
            self.intercepts[group] + slope * t + offset,
            1.0 / self.weight[group] + along,
        )
    }

    /// The variance of the slope for a dispersion of one.
    pub fn slope_variance(&self) -> f64 {
        1.0 / self.spread
    }
}
