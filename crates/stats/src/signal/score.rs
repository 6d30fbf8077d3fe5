//! Scores of many cells under one prior.

use rayon::prelude::*;

use super::prior::Prior;
use crate::Result;
use crate::dist::{Continuous, Gamma, digamma, ln_gamma};
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
        check::counts("observed", &[self.observed])?;
        check::positive("expected count", self.expected)
    }
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
    for cell in cells {
        cell.check()?;
    }
    let mut counts: Vec<f64> = Vec::new();
    for cell in cells {
        if let Err(place) = counts.binary_search_by(|n| n.total_cmp(&cell.observed)) {
            counts.insert(place, cell.observed);
        }
    }
    let shrinker = Shrinker::new(prior, counts, &levels)?;
    let scores = cells.par_iter().with_min_len(1024).map(|cell| {
        let place = shrinker
            .rows
            .partition_point(|row| row.count < cell.observed);
        shrinker.score_array(cell, &shrinker.rows[place])
    });
    Ok(scores.collect())
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

    /// P(shape, x), and x times its derivative, for ln x given too.
    fn tail(&self, x: f64, ln_x: f64) -> (f64, f64) {
        let factor = (self.shape * ln_x - x - self.ln_gamma).exp();
        let (mut term, mut sum) = (1.0, 1.0);
        for inverse in &self.inverses {
            term *= x * inverse;
            sum += term;
            if term < sum * 1e-17 {
                return (factor * sum, factor * self.shape);
            }
        }
        let mut n = self.shape + READY as f64;
        while term >= sum * 1e-17 {
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
        let Prior {
            alpha1,
            beta1,
            alpha2,
            beta2,
            share,
        } = *prior;
        let rows = counts.into_iter().map(|count| {
            // Negative binomial weights of the count, but for the powers of β + E.
            let weight = |a: f64, b: f64| ln_gamma(a + count) - ln_gamma(a) + a * b.ln();
            Ok(Row {
                count,
                odds: weight(alpha2, beta2) - weight(alpha1, beta1) + (1.0 - share).ln()
                    - share.ln(),
                parts: [
                    Part::new(alpha1 + count, levels)?,
                    Part::new(alpha2 + count, levels)?,
                ],
            })
        });
        Ok(Self {
            prior: *prior,
            levels: levels.to_vec(),
            rows: rows.collect::<Result<_>>()?,
        })
    }

    fn sides<'a>(&self, cell: &Cell, row: &'a Row) -> [Side<'a>; 2] {
        let rates = [
            self.prior.beta1 + cell.expected,
            self.prior.beta2 + cell.expected,
        ];
        let logs = rates.map(f64::ln);
        let [first, second] = &row.parts;
        let odds = (row.odds + first.shape * logs[0] - second.shape * logs[1]).exp();
        let share = 1.0 / (1.0 + odds);
        // The smaller share from the odds, so that it keeps its digits.
        let other = if odds < 1.0 {
            odds * share
        } else {
            1.0 / (1.0 + 1.0 / odds)
        };
        [(first, share), (second, other)].map(|(part, share)| {
            let i = usize::from(!std::ptr::eq(part, first));
            Side {
                part,
                rate: rates[i],
                ln_rate: logs[i],
                share,
            }
        })
    }

    /// Q and EBGM.
    pub fn mean(&self, cell: &Cell, row: &Row) -> (f64, f64) {
        mean(&self.sides(cell, row))
    }

    pub fn score(&self, cell: &Cell, row: &Row) -> Scored {
        let sides = self.sides(cell, row);
        let quantiles = (0..self.levels.len()).map(|k| quantile(&sides, self.levels[k], k));
        Scored {
            quantiles: quantiles.collect(),
        }
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
    let mut u = if (sides[0].share > 0.5) == (ends[0] < ends[1]) {
        low
    } else {
        high
    };
    let goal = p.ln();
    for _ in 0..200 {
        let x = u.exp();
        let (mut part, mut slope) = (0.0, 0.0);
        for side in sides {
            let (tail, rise) = side.part.tail(x * side.rate, u + side.ln_rate);
            part += side.share * tail;
            slope += side.share * rise;
        }
        let excess = part.ln() - goal;
        if excess > 0.0 {
            high = u;
        } else {
            low = u;
        }
        let newton = u - excess * part / slope;
        let next = if newton >= low && newton <= high {
            newton
        } else {
            0.5 * (low + high)
        };
        let settled = (next - u).abs() < 1e-13 || excess == 0.0;
        u = next;
        if settled {
            break;
        }
    }
    u.exp()
}
