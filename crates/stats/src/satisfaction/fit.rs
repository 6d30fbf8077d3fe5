//! A fitted path model and what it says.

use super::estimate::{Estimate, estimate};
use super::model::{Mode, Model, Options};
use super::moments::{Answers, Moments};
use crate::error::Result;
use crate::linalg::{Matrix, symmetric_eigen};
use crate::sample::{mean, square};

/// A fitted path model.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The indicators, block by block.
    pub indicators: Vec<Indicator>,
    /// The latent variables, in the order of the model.
    pub latents: Vec<Latent>,
    /// Path coefficients: `paths[(to, from)]`, zero where there is no path.
    pub paths: Matrix,
    /// Correlations of the latent variables.
    pub correlations: Matrix,
    /// Correlations of the indicators (rows) with all latent variables.
    pub cross_loadings: Matrix,
    /// Scores of the respondents (rows) on the latent variables, with mean 0 and variance 1 (over n).
    pub scores: Matrix,
    /// The root of mean communality (over blocks of two and more indicators) times mean R²: one
    /// number for the whole (Tenenhaus et al. 2005, eq. 34); a description, not a test.
    pub goodness_of_fit: f64,
    /// How many iterations it took.
    pub iterations: usize,
}

/// An indicator in its block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indicator {
    /// The latent variable that it stands for.
    pub latent: usize,
    /// Its column in the data.
    pub column: usize,
    /// Its weight in the (scaled) latent variable.
    pub weight: f64,
    /// Its correlation with the latent variable.
    pub loading: f64,
    /// The square of the loading: the share of its variance that the latent variable carries.
    pub communality: f64,
    /// Communality times the R² of the latent variable.
    pub redundancy: f64,
    /// What one unit of the answer adds to the latent variable: the weight on the scale of the
    /// question.
    pub raw_weight: f64,
}

/// A latent variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Latent {
    /// Its name.
    pub name: String,
    /// Share of its variance that what acts on it explains; 0 if nothing does.
    pub r_squared: f64,
    /// Mean communality of its indicators.
    pub mean_communality: f64,
    /// Mean redundancy of its indicators.
    pub mean_redundancy: f64,
    /// Mean share of variance carried, of a reflective block; above ½ is wanted.
    pub average_variance_extracted: Option<f64>,
    /// (Σ λ)² / ((Σ λ)² + Σ (1 - λ²)) with the loadings λ of a reflective block; above 0.7 is wanted.
    pub composite_reliability: Option<f64>,
    /// Whether the block measures one thing.
    pub reliability: Reliability,
}

/// Whether a block measures one thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reliability {
    /// Cronbach's standardised alpha of a reflective block; above 0.7 is wanted. 1 for a single
    /// indicator.
    pub cronbach_alpha: Option<f64>,
    /// Dillon-Goldstein's rho of a reflective block, from the first principal component; above 0.7
    /// is wanted. 1 for a single indicator.
    pub dillon_goldstein_rho: Option<f64>,
    /// The largest eigenvalue of the correlations within the block: above 1 is wanted.
    pub first_eigenvalue: f64,
    /// The next: below 1 is wanted.
    pub second_eigenvalue: f64,
}

/// How one latent variable acts on another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// What acts.
    pub from: usize,
    /// On what.
    pub to: usize,
    /// Along the path between them.
    pub direct: f64,
    /// Along all longer ways.
    pub indirect: f64,
    /// Both.
    pub total: f64,
}

/// Fits a path model to `data` (respondents by columns).
///
/// # Errors
/// Fewer than three respondents, an answer that is missing or infinite (fill it first, see
/// [`crate::index::impute`]), a column that is not there, an indicator that does not vary, a
/// formative block or causes that are linearly dependent, no convergence, a tolerance that is not
/// above zero.
///
/// ```
/// use stats::linalg::Matrix;
/// use stats::satisfaction::{fit, Block, Model, Options};
/// let answers = vec![
///     7.0, 8.0, 7.0, 8.0, //
///     5.0, 4.0, 6.0, 5.0, //
///     9.0, 9.0, 8.0, 9.0, //
///     3.0, 4.0, 5.0, 3.0, //
///     6.0, 7.0, 6.0, 7.0,
/// ];
/// let data = Matrix::from_rows(5, 4, answers)?;
/// let blocks = vec![
///     Block::reflective("quality", [0, 1]),
///     Block::reflective("satisfaction", [2, 3]),
/// ];
/// let found = fit(&data, &Model::new(blocks, &[(0, 1)])?, &Options::default())?;
/// // With a single cause the path is the correlation, and R² its square.
/// assert!((found.paths[(1, 0)].powi(2) - found.latents[1].r_squared).abs() < 1e-12);
/// assert!(found.latents[1].r_squared > 0.9);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn fit(data: &Matrix, model: &Model, options: &Options) -> Result<Fit> {
    options.check()?;
    let answers = Answers::new(data, model)?;
    let moments = answers.moments(&vec![1; answers.len()], options.scaled)?;
    let found = estimate(&moments, model, options)?;
    let indicators = indicators(model, &found, &moments);
    let mut latents = Vec::with_capacity(model.blocks().len());
    for l in 0..model.blocks().len() {
        latents.push(latent(l, model, &found, &moments, &indicators)?);
    }
    let rows: Vec<&[f64]> = answers.rows().collect();
    let scores = Matrix::from_fn(rows.len(), latents.len(), |i, l| {
        let own = model.slots(l);
        own.map(|j| indicators[j].raw_weight * rows[i][j]).sum()
    });
    Ok(Fit {
        goodness_of_fit: goodness_of_fit(model, &indicators, &latents),
        indicators,
        latents,
        paths: found.paths,
        correlations: found.correlations,
        cross_loadings: found.cross_loadings,
        scores,
        iterations: found.iterations,
    })
}

impl Fit {
    /// Direct, indirect and total effects of each latent variable on each one after it.
    ///
    /// ```
    /// # use stats::linalg::Matrix;
    /// # use stats::satisfaction::{fit, Block, Model, Options};
    /// # let answers = vec![
    /// #     7.0, 8.0, 7.0, 5.0, 4.0, 6.0, 9.0, 9.0, 8.0, 3.0, 4.0, 5.0, 6.0, 7.0, 6.0, 8.0, 6.0, 9.0,
    /// # ];
    /// # let data = Matrix::from_rows(6, 3, answers)?;
    /// let blocks = ["image", "quality", "loyalty"];
    /// let blocks = (0..3).map(|i| Block::reflective(blocks[i], [i])).collect();
    /// let found = fit(&data, &Model::new(blocks, &[(0, 1), (1, 2)])?, &Options::default())?;
    /// let image_on_loyalty = found.effects()[1];
    /// assert_eq!((image_on_loyalty.from, image_on_loyalty.to, image_on_loyalty.direct), (0, 2, 0.0));
    /// assert_eq!(image_on_loyalty.indirect, found.paths[(1, 0)] * found.paths[(2, 1)]);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn effects(&self) -> Vec<Effect> {
        let totals = total_effects(&self.paths);
        let n = self.latents.len();
        let pairs = (0..n).flat_map(|from| (from + 1..n).map(move |to| (from, to)));
        pairs
            .map(|(from, to)| Effect {
                from,
                to,
                direct: self.paths[(to, from)],
                indirect: totals[(to, from)] - self.paths[(to, from)],
                total: totals[(to, from)],
            })
            .collect()
    }
}

/// Total effects by adding up ways: paths lead forward, so that those to `to` follow from those to
/// what acts on it.
pub(super) fn total_effects(paths: &Matrix) -> Matrix {
    let n = paths.rows();
    let mut totals = Matrix::zeros(n, n);
    for to in 0..n {
        for from in 0..to {
            let onward: f64 = (from + 1..to).map(|by| paths[(to, by)] * totals[(by, from)]).sum();
            totals[(to, from)] = paths[(to, from)] + onward;
        }
    }
    totals
}

fn indicators(model: &Model, found: &Estimate, moments: &Moments) -> Vec<Indicator> {
    let own = |(l, block): (usize, &super::Block)| {
        let columns = block.indicators.clone().into_iter();
        columns.zip(model.slots(l)).map(move |(column, j)| (l, column, j))
    };
    let places = model.blocks().iter().enumerate().flat_map(own);
    places
        .map(|(latent, column, j)| {
            let communality = square(found.loadings[j]);
            Indicator {
                latent,
                column,
                weight: found.weights[j],
                loading: found.loadings[j],
                communality,
                redundancy: communality * found.r_squared[latent],
                raw_weight: found.weights[j] / moments.scale(j),
            }
        })
        .collect()
}

fn latent(
    l: usize,
    model: &Model,
    found: &Estimate,
    moments: &Moments,
    indicators: &[Indicator],
) -> Result<Latent> {
    let block = &model.blocks()[l];
    let own = &indicators[model.slots(l)];
    let mean = |of: fn(&Indicator) -> f64| mean(&own.iter().map(of).collect::<Vec<f64>>());
    let mean_communality = mean(|i| i.communality);
    let reflective = block.mode == Mode::A;
    let loadings: f64 = own.iter().map(|i| i.loading).sum();
    let errors: f64 = own.iter().map(|i| 1.0 - i.communality).sum();
    let composite = square(loadings) / (square(loadings) + errors);
    Ok(Latent {
        name: block.name.clone(),
        r_squared: found.r_squared[l],
        mean_communality,
        mean_redundancy: mean(|i| i.redundancy),
        average_variance_extracted: reflective.then_some(mean_communality),
        composite_reliability: reflective.then_some(composite),
        reliability: reliability(model, l, moments)?,
    })
}

fn reliability(model: &Model, l: usize, moments: &Moments) -> Result<Reliability> {
    let own = model.slots(l);
    let p = own.len();
    let reflective = model.blocks()[l].mode == Mode::A;
    if p == 1 {
        return Ok(Reliability {
            cronbach_alpha: Some(1.0),
            dillon_goldstein_rho: Some(1.0),
            first_eigenvalue: 1.0,
            second_eigenvalue: 0.0,
        });
    }
    let within = Matrix::from_fn(p, p, |i, j| moments.correlation(own.start + i, own.start + j));
    let count = p as f64;
    let total: f64 = (0..p).flat_map(|i| within.row(i)).sum();
    let alpha = (total - count) / total * count / (count - 1.0);
    let eigen = symmetric_eigen(&within)?;
    // The correlation of an indicator with the component is its entry times the root of the value.
    let root = eigen.values[0].sqrt();
    let with: Vec<f64> = (0..p).map(|i| eigen.vectors[(i, 0)] * root).collect();
    let whole = square(with.iter().sum());
    let errors: f64 = with.iter().map(|r| 1.0 - r * r).sum();
    Ok(Reliability {
        cronbach_alpha: reflective.then_some(alpha),
        dillon_goldstein_rho: reflective.then_some(whole / (whole + errors)),
        first_eigenvalue: eigen.values[0],
        second_eigenvalue: eigen.values[1],
    })
}

fn goodness_of_fit(model: &Model, indicators: &[Indicator], latents: &[Latent]) -> f64 {
    let several = |i: &&Indicator| model.slots(i.latent).len() > 1;
    let communalities: Vec<f64> =
        indicators.iter().filter(several).map(|i| i.communality).collect();
    let caused = (0..latents.len()).filter(|&l| !model.causes(l).is_empty());
    let explained: Vec<f64> = caused.map(|l| latents[l].r_squared).collect();
    // Of single indicators alone, all variance is carried.
    let carried = if communalities.is_empty() { 1.0 } else { mean(&communalities) };
    (carried * mean(&explained)).sqrt()
}
