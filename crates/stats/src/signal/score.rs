//! Scores of many cells under one prior.

use rayon::prelude::*;

use super::prior::Prior;
use crate::Result;
use crate::dist::{Continuous, Gamma, digamma, gamma_p, ln_gamma};
use crate::error::check;

/// A pair's counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The observed count.
    pub observed: f64,
    /// The expected count.
    pub expected: f64,
}

impl Cell {
    pub(super) fn check(&self) -> Result<()> {
        check_cells(std::slice::from_ref(self))
    }
}

/// Checks all cells; an error names the first that is wrong.
pub(super) fn check_cells(cells: &[Cell]) -> Result<()> {
    for (index, cell) in cells.iter().enumerate() {
        check::counts("observed", &[cell.observed]).map_err(|error| error.at(index))?;
        check::positive("expected count", cell.expected)?;
    }
    Ok(())
}

/// The scores of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score<const K: usize> {
    /// The share of the first component in the posterior (Q).
    pub first_share: f64,
    /// The empirical Bayes geometric mean.
    pub ebgm: f64,
    /// The quantiles asked for.
    pub quantiles: [f64; K],
}

/// The EBGM and the quantiles `levels` (`[0.05]` for EB05, `[0.05, 0.95]` for EB05 and EB95) of all
/// cells. Cells are worked on in parallel; the result does not depend on the number of threads.
///
/// # Errors
/// An observed count is no count, an expected count not positive and finite, or a level not strictly
/// between 0 and 1.
///
/// ```
/// use stats::signal::{Cell, Prior, score};
/// let prior = Prior::new(3.25, 0.4, 2.02, 1.91, 0.065)?;
/// let cells = [Cell { observed: 5.0, expected: 0.2 }, Cell { observed: 1.0, expected: 0.2 }];
/// let scores = score(&cells, &prior, [0.05, 0.95])?;
/// let [eb05, eb95] = scores[0].quantiles;
/// assert!((eb05 - 6.36).abs() < 0.01 && (eb95 - 22.39).abs() < 0.01);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn score<const K: usize>(
    cells: &[Cell],
    prior: &Prior,
    levels: [f64; K],
) -> Result<Vec<Score<K>>> {
    cells.par_iter().with_min_len(4096).try_for_each(Cell::check)?;
    let shrinker = Shrinker::new(prior, counts(cells), &levels)?;
    // Most counts are so small that their row can be looked up.
    let small: Vec<usize> = (0..SMALL).map(|n| shrinker.row(n as f64)).collect();
    let scores = cells.par_iter().with_min_len(1024).map(|cell| {
        let place = match small.get(cell.observed as usize) {
            Some(place) => *place,
            None => shrinker.row(cell.observed),
        };
        shrinker.score_array(cell, &shrinker.rows[place])
    });
    Ok(scores.collect())
}

/// Counts below this are looked up.
const SMALL: usize = 1024;

/// The different counts in rising order.
fn counts(cells: &[Cell]) -> Vec<f64> {
    let mut seen = [false; SMALL];
    let mut large = Vec::new();
    for cell in cells {
        match seen.get_mut(cell.observed as usize) {
            Some(seen) => *seen = true,
            None => large.push(cell.observed),
        }
    }
    large.sort_unstable_by(f64::total_cmp);
    large.dedup();
    let small = (0..SMALL).filter(|n| seen[*n]).map(|n| n as f64);
    small.chain(large).collect()
}

/// The prior, and what depends on the count alone.
pub(super) struct Shrinker {
    prior: Prior,
    levels: Vec<f64>,
    pub rows: Vec<Row>,
}

/// What depends on the count alone.
pub(super) struct Row {
    pub count: f64,
    /// ln of the odds of the second component, without what depends on the expected count.
    odds: f64,
    parts: [Part; 2],
}

/// One component for one count.
struct Part {
    shape: f64,
    /// ψ(shape).
    digamma: f64,
    /// ln Γ(shape + 1).
    ln_gamma: f64,
    /// The quantile of a gamma distribution of this shape for each level.
    quantiles: Vec<f64>,
    /// 1/(shape + 1), 1/(shape + 2), ...: the series of the incomplete gamma function.
    inverses: Vec<f64>,
}

/// How many terms of the series have their divisor at hand.
const READY: usize = 64;

impl Part {
    fn new(shape: f64, levels: &[f64]) -> Result<Self> {
        let gamma = Gamma::new(shape, 1.0)?;
        let quantiles = levels.iter().map(|p| gamma.quantile(*p));
        Ok(Self {
            shape,
            digamma: digamma(shape),
            ln_gamma: ln_gamma(shape + 1.0),
            quantiles: quantiles.collect::<Result<_>>()?,
            inverses: (1..=READY).map(|i| 1.0 / (shape + i as f64)).collect(),
        })
    }

    /// P(shape, x) and its derivative by ln x, for ln x given too.
    fn tail(&self, x: f64, ln_x: f64) -> (f64, f64) {
        // Far above the mean the series is long, and its first factor may vanish.
        if x > 1.5 * self.shape + 30.0 {
            let density = (self.shape * ln_x - x - self.ln_gamma).exp() * self.shape;
            return (gamma_p(self.shape, x), density);
        }
        let factor = (self.shape * ln_x - x - self.ln_gamma).exp();
        let (mut term, mut sum) = (1.0, 1.0);
        // Four terms at a time: the test costs as much as a term.
        for four in self.inverses.chunks_exact(4) {
            for inverse in four {
                term *= x * inverse;
                sum += term;
            }
            if term < sum * 1e-16 {
                return (factor * sum, factor * self.shape);
            }
        }
        let mut n = self.shape + READY as f64;
        while term >= sum * 1e-16 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        (factor * sum, factor * self.shape)
    }
}

/// One component for one cell.
struct Side<'a> {
    part: &'a Part,
    rate: f64,
    ln_rate: f64,
    share: f64,
}

/// All but nothing of a posterior: a component with less does not move a quantile.
const NOTHING: f64 = 1e-16;

impl Shrinker {
    pub fn new(
        prior: &Prior,
        counts: impl IntoIterator<Item = f64>,
        levels: &[f64],
    ) -> Result<Self> {
        for &level in levels {
            check::level("level of a quantile", level)?;
        }
        let Prior { alpha1, beta1, alpha2, beta2, share } = *prior;
        let rows = counts.into_iter().map(|count| {
            // Negative binomial weights of the count, but for the powers of β + E.
            let weight = |a: f64, b: f64| ln_gamma(a + count) - ln_gamma(a) + a * b.ln();
            Ok(Row {
                count,
                odds: weight(alpha2, beta2) - weight(alpha1, beta1) + (1.0 - share).ln()
                    - share.ln(),
                parts: [Part::new(alpha1 + count, levels)?, Part::new(alpha2 + count, levels)?],
            })
        });
        Ok(Self { prior: *prior, levels: levels.to_vec(), rows: rows.collect::<Result<_>>()? })
    }

    /// The place of the row of a count, or where it would be.
    fn row(&self, count: f64) -> usize {
        self.rows.partition_point(|row| row.count < count)
    }

    fn sides<'a>(&self, cell: &Cell, row: &'a Row) -> [Side<'a>; 2] {
        let rates = [self.prior.beta1 + cell.expected, self.prior.beta2 + cell.expected];
        let logs = rates.map(f64::ln);
        let [first, second] = &row.parts;
        let odds = (row.odds + first.shape * logs[0] - second.shape * logs[1]).exp();
        let share = 1.0 / (1.0 + odds);
        // The smaller share from the odds, so that it keeps its digits.
        let other = if odds < 1.0 { odds * share } else { 1.0 / (1.0 + 1.0 / odds) };
        [(first, share), (second, other)].map(|(part, share)| {
            let i = usize::from(!std::ptr::eq(part, first));
            Side { part, rate: rates[i], ln_rate: logs[i], share }
        })
    }

    /// Q and EBGM.
    pub fn mean(&self, cell: &Cell, row: &Row) -> (f64, f64) {
        mean(&self.sides(cell, row))
    }

    pub fn score(&self, cell: &Cell, row: &Row) -> Scored {
        let sides = self.sides(cell, row);
        let quantiles = (0..self.levels.len()).map(|k| quantile(&sides, self.levels[k], k));
        Scored { quantiles: quantiles.collect() }
    }

    fn score_array<const K: usize>(&self, cell: &Cell, row: &Row) -> Score<K> {
        let sides = self.sides(cell, row);
        let (first_share, ebgm) = mean(&sides);
        Score {
            first_share,
            ebgm,
            quantiles: std::array::from_fn(|k| quantile(&sides, self.levels[k], k)),
        }
    }
}

/// Quantiles of one cell.
pub(super) struct Scored {
    pub quantiles: Vec<f64>,
}

fn mean(sides: &[Side<'_>; 2]) -> (f64, f64) {
    let parts = sides.iter().map(|s| s.share * (s.part.digamma - s.ln_rate));
    (sides[0].share, parts.sum::<f64>().exp())
}

/// The quantile of level number `k`, `p`, of the mixture. It lies between those of the components.
fn quantile(sides: &[Side<'_>; 2], p: f64, k: usize) -> f64 {
    let ends = sides.each_ref().map(|s| s.part.quantiles[k] / s.rate);
    for i in 0..2 {
        if sides[1 - i].share < NOTHING * p.min(1.0 - p) {
            return ends[i];
        }
    }
    let (mut low, mut high) = (ends[0].min(ends[1]).ln(), ends[0].max(ends[1]).ln());
    // Start from the component with the larger share.
    let mut u = if (sides[0].share > 0.5) == (ends[0] < ends[1]) { low } else { high };
    let goal = p.ln();
    for _ in 0..200 {
        let x = u.exp();
        // The distribution function, and its first three derivatives by u: those of a gamma
        // distribution follow from its density.
        let mut f = [0.0; 4];
        for side in sides {
            let y = x * side.rate;
            let (tail, rise) = side.part.tail(y, u + side.ln_rate);
            let (tail, rise) = (side.share * tail, side.share * rise);
            let from = side.part.shape - y;
            f[0] += tail;
            f[1] += rise;
            f[2] += rise * from;
            f[3] += rise * (from * from - y);
        }
        let excess = f[0].ln() - goal;
        if excess > 0.0 {
            high = u;
        } else {
            low = u;
        }
        let next = u + step(excess, &f);
        let inside = next >= low && next <= high;
        let next = if inside { next } else { 0.5 * (low + high) };
        // The error left is of the fourth order in the step.
        let close = if inside { 1e-4 } else { 1e-14 };
        let settled = (next - u).abs() < close || excess == 0.0;
        u = next;
        if settled {
            break;
        }
    }
    u.exp()
}

/// The step to the root of ln F(u + step) - goal, by the series of ln F to the third order, where
/// `excess` is ln F(u) - goal.
fn step(excess: f64, f: &[f64; 4]) -> f64 {
    let (a, b, c) = (f[1] / f[0], f[2] / f[0], f[3] / f[0]);
    let second = b - a * a;
    let third = c - 3.0 * a * b + 2.0 * a * a * a;
    let mut step = -excess / a;
    for _ in 0..3 {
        let value = excess + step * (a + step * (second / 2.0 + step * third / 6.0));
        let slope = a + step * (second + step * third / 2.0);
        step -= value / slope;
    }
    step
}
