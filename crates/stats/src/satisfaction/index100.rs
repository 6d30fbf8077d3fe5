//! The index from 0 to 100.

use super::fit::Fit;
use super::model::Model;
use crate::error::{Error, Result, check};
use crate::linalg::Matrix;
use crate::sample::{mean, variance};

/// A latent variable on the scale from 0 (everyone gives the lowest answer everywhere) to 100.
#[derive(Clone, Debug, PartialEq)]
pub struct SatisfactionIndex {
    /// The index: the mean of the respondents'.
    pub value: f64,
    /// Standard error of the mean, the weights taken as given.
    pub standard_error: f64,
    /// The index of each respondent, in the order of the data.
    pub respondents: Vec<f64>,
    /// The share of each indicator of the block, summing to one.
    pub shares: Vec<f64>,
}

/// The index of latent variable `latent` of a fitted model: Σ w (x - low) / Σ w (high - low) × 100,
/// with w the raw weights of its indicators and answers on a scale from `low` to `high` (Fornell et
/// al. 1996, eq. 1).
///
/// # Errors
/// A latent variable that is not there; other data than the model was fitted to; bounds that do not
/// ascend or that an answer exceeds; a weight below zero, under which no such index exists.
///
/// ```
/// # use stats::linalg::Matrix;
/// # use stats::satisfaction::{fit, satisfaction_index, Block, Model, Options};
/// # let answers = vec![
/// #     7.0, 8.0, 7.0, 8.0, 5.0, 4.0, 6.0, 5.0, 9.0, 9.0, 8.0, 9.0,
/// #     3.0, 4.0, 5.0, 3.0, 6.0, 7.0, 6.0, 7.0, 8.0, 6.0, 9.0, 7.0,
/// # ];
/// # let data = Matrix::from_rows(6, 4, answers)?;
/// # let blocks = vec![Block::reflective("quality", [0, 1]), Block::reflective("satisfaction", [2, 3])];
/// # let model = Model::new(blocks, &[(0, 1)])?;
/// let found = fit(&data, &model, &Options::default())?;
/// let index = satisfaction_index(&found, &model, &data, 1, 1.0, 10.0)?;
/// assert!(index.value > 60.0 && index.value < 65.0);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn satisfaction_index(
    fit: &Fit,
    model: &Model,
    data: &Matrix,
    latent: usize,
    low: f64,
    high: f64,
) -> Result<SatisfactionIndex> {
    check::finite("bounds of the scale", &[low, high])?;
    check::within("upper less lower bound", high - low, high > low, "above zero")?;
    check::length("respondents", data.rows(), fit.scores.rows())?;
    let block = model.blocks().get(latent);
    let own: Vec<_> = fit.indicators.iter().filter(|i| i.latent == latent).collect();
    let fits = block.is_some_and(|b| own.iter().map(|i| i.column).eq(b.indicators.iter().copied()));
    if !fits || own.iter().any(|i| i.column >= data.columns()) {
        return Err(Error::Inconsistent {
            what: "latent variable, model and data",
            why: "they do not go together: give those that were fitted",
        });
    }
    let weights: Vec<f64> = own.iter().map(|i| i.raw_weight).collect();
    check::non_negative("weights of the latent variable", &weights)?;
    let total: f64 = weights.iter().sum();
    check::positive("sum of the weights", total)?;
    let shares: Vec<f64> = weights.iter().map(|w| w / total).collect();
    let mut respondents = Vec::with_capacity(data.rows());
    for row in 0..data.rows() {
        let mut index = 0.0;
        for (indicator, share) in own.iter().zip(&shares) {
            let answer = data[(row, indicator.column)];
            let on_scale = (low..=high).contains(&answer);
            check::within("an answer", answer, on_scale, "on the scale of the question")?;
            index += share * (answer - low) / (high - low) * 100.0;
        }
        respondents.push(index);
    }
    Ok(SatisfactionIndex {
        value: mean(&respondents),
        standard_error: (variance(&respondents) / respondents.len() as f64).sqrt(),
        respondents,
        shares,
    })
}
