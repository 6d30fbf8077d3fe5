//! The quasi-Poisson regression under Farrington's method.
//!
//! Iteratively reweighted least squares with a logarithmic link (McCullagh and Nelder 1989, 2.5) for
//! an intercept for each season group and, at most, one linear trend. The normal equations are an
//! arrow: the intercepts come out one by one, and the trend from one number; and they need the data
//! only in a few sums that stay the same from step to step. The starting values and the stopping rule
//! are those that statistical packages share (start at y + 0.1, stop when the deviance moves by less
//! than 1e-8 of itself), so that results agree even where the maximum lies at infinity.

use super::layout::Layout;

/// Means are kept above this, as a mean of zero has no logarithm.
pub(super) const LEAST_MEAN: f64 = f64::EPSILON;

/// The data of one regression, and room for its fit; kept from fit to fit.
#[derive(Debug, Default)]
pub(super) struct Regression {
    /// Counts.
    pub y: Vec<f64>,
    /// Logarithm of the population, or empty.
    pub offset: Vec<f64>,
    /// Prior weights.
    pub omega: Vec<f64>,
    /// The means that the working weights of the last step were made of.
    before: Vec<f64>,
    /// The fitted means.
    pub mu: Vec<f64>,
    small: SmallCounts,
}

/// Functions of the counts 0, 1, 2, ..., which most counts are.
#[derive(Debug)]
struct SmallCounts {
    /// y ln y, ln(y + 0.1), y^⅔.
    rows: Vec<[f64; 3]>,
}

impl Default for SmallCounts {
    fn default() -> Self {
        Self { rows: (0..256).map(|y| Self::row(f64::from(y))).collect() }
    }
}

impl SmallCounts {
    fn row(y: f64) -> [f64; 3] {
        let root = y.cbrt();
        let y_ln_y = if y > 0.0 { y * y.ln() } else { 0.0 };
        [y_ln_y, (y + 0.1).ln(), root * root]
    }

    /// For a whole number, as all counts are.
    fn of(&self, y: f64) -> [f64; 3] {
        match self.rows.get(y as usize) {
            Some(row) => *row,
            None => Self::row(y),
        }
    }
}

/// A fit: the line of each group, and sums of the last step.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    /// At the centre of the times.
    pub intercepts: Vec<f64>,
    pub slope: Option<f64>,
    /// The centre of the times.
    pub centre: f64,
    /// Sum of the working weights of each group, and their mean time from the centre.
    weight: Vec<f64>,
    mean_time: Vec<f64>,
    /// Weighted sum of squares of time about the groups' means.
    spread: f64,
    /// Observations less coefficients.
    pub df: f64,
}

/// Σ over a group of ω y and of ω μ, and of the latter times time.
#[derive(Clone, Copy, Default)]
struct Sums {
    y: f64,
    w: f64,
    wt: f64,
}

impl Regression {
    /// Empties the data.
    pub fn clear(&mut self) {
        self.y.clear();
        self.offset.clear();
    }

    /// Readies the room for the data that have been put in; all weights become one.
    pub fn prepare(&mut self) {
        let n = self.y.len();
        self.omega.clear();
        self.omega.resize(n, 1.0);
        self.mu.resize(n, 0.0);
        self.before.resize(n, 0.0);
    }

    /// Fits, with or without a trend. None where the trend cannot be told (time does not vary
    /// within the groups), a mean overflows, or it does not settle in so many steps.
    pub fn fit(&mut self, layout: &Layout, trend: bool, steps: usize) -> Option<Fit> {
        let mut sums = vec![Sums::default(); layout.groups];
        let mut fit = Fit {
            intercepts: vec![0.0; layout.groups],
            slope: None,
            centre: layout.centre,
            weight: vec![0.0; layout.groups],
            mean_time: vec![0.0; layout.groups],
            spread: 0.0,
            df: 0.0,
        };
        // What the data bring to the deviance and to the equations of the trend, once for all.
        let (mut saturated, mut yt, mut with_offset) = (0.0, 0.0, 0.0);
        let (mut wt2, mut start) = (0.0, 0.0);
        let (mut z, mut zt) = (vec![0.0; layout.groups], 0.0);
        for run in &layout.runs {
            let group = &mut sums[run.group];
            for i in run.range.clone() {
                let (y, omega, t) = (self.y[i], self.omega[i], layout.times[i]);
                let [y_ln_y, ln_mu, _] = self.small.of(y);
                let offset = self.offset.get(i).copied().unwrap_or(0.0);
                saturated += omega * (y_ln_y - y);
                yt += omega * y * t;
                with_offset += omega * y * offset;
                let mu = y + 0.1;
                start += omega * (mu - y * ln_mu);
                // The first working response is that of y + 0.1, which lies on no line.
                let w = omega * mu;
                let wz = w * (ln_mu - offset) + omega * (y - mu);
                group.y += omega * y;
                group.w += w;
                group.wt += w * t;
                wt2 += w * t * t;
                z[run.group] += wz;
                zt += wz * t;
                self.before[i] = mu;
            }
        }
        let mut deviance = 2.0 * (saturated + start);
        for _ in 0..steps {
            solve(trend, &mut fit, &sums, wt2, &z, zt)?;
            let slope = fit.slope.unwrap_or(0.0);
            wt2 = 0.0;
            for group in &mut sums {
                (group.w, group.wt) = (0.0, 0.0);
            }
            let (mu, omega) = (&mut self.mu, &self.omega);
            layout.exponentials(&fit.intercepts, slope, &self.offset, 1.0, |i, group, mean| {
                let mean = mean.max(LEAST_MEAN);
                let (w, t) = (omega[i] * mean, layout.times[i]);
                mu[i] = mean;
                let sums = &mut sums[group];
                sums.w += w;
                sums.wt += w * t;
                wt2 += w * t * t;
            });
            let fitted: f64 = sums.iter().map(|s| s.w).sum();
            let on_line: f64 = sums.iter().zip(&fit.intercepts).map(|(s, a)| a * s.y).sum();
            let before = deviance;
            deviance = 2.0 * (saturated + fitted - on_line - slope * yt - with_offset);
            if !deviance.is_finite() {
                return None;
            }
            if (deviance - before).abs() / (deviance.abs() + 0.1) < 1e-8 {
                let used = fit.weight.iter().filter(|w| **w > 0.0).count();
                fit.df = self.y.len() as f64 - used as f64 - f64::from(u8::from(trend));
                return Some(fit);
            }
            // Σ w z = Σ w (line) + Σ ω (y - μ), for the constant and for time.
            zt = yt;
            for (g, s) in sums.iter().enumerate() {
                z[g] = fit.intercepts[g] * s.w + slope * s.wt + s.y - s.w;
                zt += fit.intercepts[g] * s.wt - s.wt;
            }
            zt += slope * wt2;
            std::mem::swap(&mut self.before, &mut self.mu);
        }
        None
    }

    /// The working weight of a count in the last step.
    fn work(&self, i: usize) -> f64 {
        self.omega[i] * self.before[i]
    }

    /// Pearson's estimate of the dispersion: Σ W ((y-μ)/μ)² / df, with the working weights of the
    /// last step as packages have it.
    pub fn dispersion(&self, fit: &Fit) -> f64 {
        self.squares(|i| self.work(i)) / fit.df
    }

    /// The same with the prior weights in the place of the working weights: what R surveillance
    /// takes for the dispersion after reweighting.
    pub fn dispersion_by_prior_weights(&self, fit: &Fit) -> f64 {
        self.squares(|i| self.omega[i]) / fit.df
    }

    fn squares(&self, weight: impl Fn(usize) -> f64) -> f64 {
        let parts = self.y.iter().zip(&self.mu).enumerate();
        parts
            .map(|(i, (y, mu))| {
                let r = (y - mu) / mu;
                weight(i) * r * r
            })
            .sum()
    }

    /// Anscombe's residuals, standardised by the dispersion and the leverage (Farrington et al.
    /// 1996, 3.6).
    pub fn anscombe(&self, layout: &Layout, fit: &Fit, phi: f64, into: &mut Vec<f64>) {
        into.clear();
        let slope = fit.slope.unwrap_or(0.0);
        let per_spread = if fit.slope.is_some() { 1.0 / fit.spread } else { 0.0 };
        let least = LEAST_MEAN.powf(1.0 / 6.0);
        let each = |i: usize, g: usize, sixth_root: f64| {
            let t = layout.times[i] - fit.mean_time[g];
            let leverage = self.work(i) * (1.0 / fit.weight[g] + t * t * per_spread);
            let root = sixth_root.max(least);
            let square = root * root;
            let [_, _, count] = self.small.of(self.y[i]);
            let distance = 1.5 * (count - square * square) / root;
            // A count that determines its own mean has no residual.
            let free = 1.0 - leverage;
            into.push(if free > 1e-10 { distance / (phi * free).sqrt() } else { 0.0 });
        };
        layout.exponentials(&fit.intercepts, slope, &self.offset, 1.0 / 6.0, each);
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

/// The coefficients that solve the normal equations; `z` and `zt` are the right sides of the groups
/// and of the trend.
fn solve(trend: bool, fit: &mut Fit, sums: &[Sums], wt2: f64, z: &[f64], zt: f64) -> Option<()> {
    let (mut spread, mut product) = (wt2, zt);
    for (g, s) in sums.iter().enumerate() {
        fit.weight[g] = s.w;
        fit.mean_time[g] = 0.0;
        if s.w > 0.0 {
            fit.mean_time[g] = s.wt / s.w;
            fit.intercepts[g] = z[g] / s.w;
            spread -= s.wt * fit.mean_time[g];
            product -= fit.mean_time[g] * z[g];
        }
    }
    if trend {
        if spread <= wt2 * 1e-13 {
            return None;
        }
        let slope = product / spread;
        for (intercept, time) in fit.intercepts.iter_mut().zip(&fit.mean_time) {
            *intercept -= slope * time;
        }
        fit.slope = Some(slope);
        fit.spread = spread;
    }
    let finite = fit.intercepts.iter().chain(&fit.slope).all(|c| c.is_finite());
    finite.then_some(())
}

impl Fit {
    /// The linear predictor, and its variance for a dispersion of one, at a time in a group.
    pub fn predict(&self, group: usize, time: f64, offset: f64) -> (f64, f64) {
        let slope = self.slope.unwrap_or(0.0);
        let time = time - self.centre;
        let from = time - self.mean_time[group];
        let along = if self.slope.is_some() { from * from / self.spread } else { 0.0 };
        (self.intercepts[group] + slope * time + offset, 1.0 / self.weight[group] + along)
    }

    /// The variance of the slope for a dispersion of one.
    pub fn slope_variance(&self) -> f64 {
        1.0 / self.spread
    }

    /// The intercepts at time zero.
    pub fn origin(&self) -> Vec<f64> {
        let shift = self.slope.unwrap_or(0.0) * self.centre;
        self.intercepts.iter().map(|a| a - shift).collect()
    }
}
