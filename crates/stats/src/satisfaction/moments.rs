//! The covariances of the indicators, all that the iteration needs to know of the answers.

use super::model::Model;
use crate::error::{Error, Result, check};
use crate::linalg::Matrix;

/// The answers, centred, block by block: what a bootstrap draws from.
pub(super) struct Answers {
    /// One row per respondent, one value per slot of the model.
    rows: Vec<f64>,
    slots: usize,
}

/// Covariances (over n) and standard deviations of the slots.
pub(super) struct Moments {
    pub slots: usize,
    /// Slots × slots; correlations where the indicators are scaled.
    pub covariances: Vec<f64>,
    /// Standard deviations before scaling.
    pub deviations: Vec<f64>,
}

impl Answers {
    /// Takes the columns of the model out of `data` (respondents by columns).
    pub fn new(data: &Matrix, model: &Model) -> Result<Self> {
        let columns: Vec<usize> = model.columns().collect();
        let (n, slots) = (data.rows(), columns.len());
        if columns.iter().any(|&c| c >= data.columns()) {
            return Err(Error::Inconsistent {
                what: "indicators of the model",
                why: "a column is not in the data: they count from 0",
            });
        }
        if n < 3 {
            return Err(Error::TooFew { what: "respondents", needed: 3, got: n });
        }
        let mut rows = Vec::with_capacity(n * slots);
        for i in 0..n {
            rows.extend(columns.iter().map(|&c| data[(i, c)]));
        }
        check::finite("answers, block by block,", &rows)?;
        let mut means = vec![0.0; slots];
        for row in rows.chunks_exact(slots) {
            for (mean, x) in means.iter_mut().zip(row) {
                *mean += x / n as f64;
            }
        }
        for row in rows.chunks_exact_mut(slots) {
            for (x, mean) in row.iter_mut().zip(&means) {
                *x -= mean;
            }
        }
        Ok(Self { rows, slots })
    }

    pub fn len(&self) -> usize {
        self.rows.len() / self.slots
    }

    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.rows.chunks_exact(self.slots)
    }

    /// The moments of the respondents, each taken as often as `times` says.
    pub fn moments(&self, times: &[u32], scaled: bool) -> Result<Moments> {
        let slots = self.slots;
        let n = times.iter().map(|&t| f64::from(t)).sum::<f64>();
        let mut sums = vec![0.0; slots];
        let mut covariances = vec![0.0; slots * slots];
        for (row, &times) in self.rows().zip(times).filter(|(_, times)| **times > 0) {
            let times = f64::from(times);
            for (sum, x) in sums.iter_mut().zip(row) {
                *sum += times * x;
            }
            for (j, into) in covariances.chunks_exact_mut(slots).enumerate() {
                let a = times * row[j];
                for (cell, &b) in into[..=j].iter_mut().zip(row) {
                    *cell += a * b;
                }
            }
        }
        let mut deviations = Vec::with_capacity(slots);
        for j in 0..slots {
            for k in 0..=j {
                let cell = covariances[j * slots + k] / n - sums[j] / n * (sums[k] / n);
                covariances[j * slots + k] = cell;
                covariances[k * slots + j] = cell;
            }
            deviations.push(covariances[j * slots + j].sqrt());
        }
        // Of equal answers rounding may leave a little.
        let still = |j: &usize| {
            let least = 1e-14 * sums[*j].abs() / n;
            deviations[*j].is_nan() || deviations[*j] <= least
        };
        if (0..slots).any(|j| still(&j)) {
            return Err(Error::Constant { what: "an indicator" });
        }
        if scaled {
            for (j, row) in covariances.chunks_exact_mut(slots).enumerate() {
                for (cell, deviation) in row.iter_mut().zip(&deviations) {
                    *cell /= deviations[j] * deviation;
                }
            }
        }
        Ok(Moments { slots, covariances, deviations })
    }
}

impl Moments {
    pub fn at(&self, j: usize, k: usize) -> f64 {
        self.covariances[j * self.slots + k]
    }

    /// The correlation of two slots.
    pub fn correlation(&self, j: usize, k: usize) -> f64 {
        self.at(j, k) / (self.at(j, j) * self.at(k, k)).sqrt()
    }

    /// What an answer is divided by before it is weighted.
    pub fn scale(&self, j: usize) -> f64 {
        self.deviations[j] / self.at(j, j).sqrt()
    }
}
