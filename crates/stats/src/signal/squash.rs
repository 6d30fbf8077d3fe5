//! Data squashing: cells of the same count with close expected counts become one weighted point.
//!
//! W. DuMouchel and D. Pregibon (2001), "Empirical Bayes screening for multi-item associations", Proc.
//! KDD 2001, 67-76, section 4; the default numbers of points are those of openEBGM's `autoSquash`.

use rayon::prelude::*;

use super::score::{Cell, check_cells};
use crate::error::check;
use crate::{Error, Result};

/// A weighted point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Squashed {
    /// The count.
    pub observed: f64,
    /// The mean of the expected counts of its cells.
    pub expected: f64,
    /// How many cells it stands for.
    pub weight: f64,
}

/// How far [`squash`] goes.
#[derive(Clone, Debug, PartialEq)]
pub struct SquashOptions {
    /// How many cells with the largest expected counts stay single, for the smallest count, the next,
    /// and so on; the last is for all further counts (100, 75, 50, 25).
    pub keep: Vec<usize>,
    /// For less than so many cells to squash ... (500, 1000, 10⁴, 10⁵, 5·10⁵, 10⁶, 5·10⁶).
    pub cut_offs: Vec<usize>,
    /// ... about so many points remain; one more than `cut_offs` (50, 75, 150, 500, 750, 1000, 2000,
    /// 5000).
    pub points: Vec<usize>,
}

impl Default for SquashOptions {
    fn default() -> Self {
        Self {
            keep: vec![100, 75, 50, 25],
            cut_offs: vec![500, 1000, 10_000, 100_000, 500_000, 1_000_000, 5_000_000],
            points: vec![50, 75, 150, 500, 750, 1000, 2000, 5000],
        }
    }
}

/// Squashes all cells, count by count: bins of equal size from the smallest expected count up, the
/// last of them perhaps smaller. Points come in the order of their count and expected count.
///
/// # Errors
/// No cells, counts that are no counts, expected counts that are not positive and finite, or options
/// that do not go together.
///
/// ```
/// use stats::signal::{Cell, SquashOptions, squash};
/// let cells: Vec<Cell> =
///     (1..=2000).map(|i| Cell { observed: 1.0, expected: f64::from(i) }).collect();
/// let points = squash(&cells, &SquashOptions::default())?;
/// assert_eq!(points.iter().map(|point| point.weight).sum::<f64>(), 2000.0);
/// // 1900 cells in bins of ⌊1900/150⌋ = 12, and 100 single ones.
/// assert_eq!((points[0].weight, points.len()), (12.0, 159 + 100));
/// # Ok::<(), stats::Error>(())
/// ```
pub fn squash(cells: &[Cell], options: &SquashOptions) -> Result<Vec<Squashed>> {
    check::length("numbers of points", options.points.len(), options.cut_offs.len() + 1)?;
    let rising = options.cut_offs.windows(2).all(|pair| pair[0] < pair[1]);
    if !rising || options.points.contains(&0) || options.keep.is_empty() {
        return Err(Error::Inconsistent {
            what: "options of the squashing",
            why: "cut-offs must rise, points be positive, and something be said of what to keep",
        });
    }
    let sorted = sorted(cells)?;
    let mut points = Vec::new();
    for (place, run) in sorted.chunk_by(|x, y| x.observed == y.observed).enumerate() {
        let keep = options.keep[place.min(options.keep.len() - 1)].min(run.len());
        let many = run.len() - keep;
        let class = options.cut_offs.partition_point(|cut| *cut <= many);
        bins(run, (many / options.points[class]).max(1), keep, &mut points);
    }
    Ok(points)
}

/// Squashes the cells of one count into bins of `bin` cells, leaving the `keep` largest expected
/// counts, and all other counts, as they are.
///
/// # Errors
/// As for [`squash`]; bins of less than two cells.
///
/// ```
/// use stats::signal::{Cell, squash_count};
/// let cells = [1.0, 2.0, 3.0, 4.0].map(|expected| Cell { observed: 1.0, expected });
/// let points = squash_count(&cells, 1.0, 2, 1)?;
/// assert_eq!(points.iter().map(|p| p.expected).collect::<Vec<_>>(), [1.5, 3.0, 4.0]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn squash_count(cells: &[Cell], count: f64, bin: usize, keep: usize) -> Result<Vec<Squashed>> {
    check::within("size of a bin", bin as f64, bin >= 2, "2 or more")?;
    let sorted = sorted(cells)?;
    let mut points = Vec::new();
    for run in sorted.chunk_by(|x, y| x.observed == y.observed) {
        if run.iter().all(|cell| cell.observed == count) {
            bins(run, bin, keep.min(run.len()), &mut points);
        } else {
            bins(run, 1, 0, &mut points);
        }
    }
    Ok(points)
}

fn sorted(cells: &[Cell]) -> Result<Vec<Cell>> {
    if cells.is_empty() {
        return Err(Error::Empty { what: "cells" });
    }
    check_cells(cells)?;
    let mut sorted = cells.to_vec();
    let key = |x: &Cell, y: &Cell| {
        let first = x.observed.total_cmp(&y.observed);
        first.then(x.expected.total_cmp(&y.expected))
    };
    sorted.par_sort_unstable_by(key);
    Ok(sorted)
}

/// Bins of `size` cells for all but the last `keep`, which stay single.
fn bins(run: &[Cell], size: usize, keep: usize, into: &mut Vec<Squashed>) {
    let (squashed, single) = run.split_at(run.len() - keep);
    for bin in squashed.chunks(size).chain(single.chunks(1)) {
        let weight = bin.len() as f64;
        let sum: f64 = bin.iter().map(|cell| cell.expected).sum();
        into.push(Squashed { observed: bin[0].observed, expected: sum / weight, weight });
    }
}
