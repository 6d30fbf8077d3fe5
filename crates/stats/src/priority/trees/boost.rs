//! Sequences of trees, each correcting what those before it left.

use rayon::prelude::*;

use super::super::logistic::probability;
use super::bins::Binned;
use super::grow::Ground;
use super::shapley::Walker;
use super::{Features, Numbers, Tree, TreeOptions};
use crate::error::check;
use crate::random::Random;
use crate::{Error, Result};

/// Averaged sequences of boosted trees.
#[derive(Clone, Debug, PartialEq)]
pub struct Boosted {
    trees: Vec<Tree>,
    /// The place among the names of each column.
    name_of: Vec<usize>,
    names: usize,
    mean: f64,
}

impl Boosted {
    /// Grows trees for what `offset`, in log-odds, leaves of `outcome`.
    ///
    /// The sequences are grown side by side on all threads; how many there are makes no difference
    /// to any bit.
    ///
    /// # Errors
    /// Settings out of their range; no rows; unequal lengths; an offset that is not finite.
    ///
    /// ```
    /// use stats::priority::{Boosted, Column, Features, Table, TreeOptions};
    /// // The outcome turns on where the value stands, twice.
    /// let value: Vec<f64> = (0..900).map(|i| f64::from(i % 30)).collect();
    /// let found: Vec<bool> = value.iter().map(|v| (10.0..20.0).contains(v)).collect();
    /// let table = Table::new(vec![Column::numeric("value", value)])?;
    /// let features = Features::of(&table);
    /// let numbers = features.read(&table)?;
    /// let options = TreeOptions { column_share: 1.0, ..TreeOptions::default() };
    /// let trees = Boosted::grow(&features, &numbers, &found, &vec![0.0; 900], &options)?;
    /// let new = Table::new(vec![Column::numeric("value", vec![5.0, 15.0, 25.0])])?;
    /// let scores = trees.scores(&features.read(&new)?)?;
    /// assert!(scores[0] < -1.0 && scores[1] > 1.0 && scores[2] < -1.0);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn grow(
        features: &Features,
        numbers: &Numbers,
        outcome: &[bool],
        offset: &[f64],
        options: &TreeOptions,
    ) -> Result<Self> {
        options.check()?;
        if outcome.is_empty() {
            return Err(Error::Empty { what: "cases" });
        }
        let name_of = features.name_of();
        check::length("columns", numbers.columns().len(), name_of.len())?;
        check::length("outcome", outcome.len(), numbers.rows())?;
        check::length("offset", offset.len(), outcome.len())?;
        check::finite("offset", offset)?;
        let columns = numbers.columns().iter();
        let binned: Vec<Binned> = columns.map(|c| Binned::new(c, options.classes)).collect();
        let sequences: Vec<Vec<Tree>> = (0..options.sequences as u64)
            .into_par_iter()
            .map(|k| sequence(&binned, numbers, outcome, offset, options, k))
            .collect();
        let trees: Vec<Tree> = sequences.into_iter().flatten().collect();
        let mean = trees.iter().map(Tree::mean).sum();
        Ok(Self { trees, name_of, names: features.names().len(), mean })
    }

    /// The trees; a score is the sum over all of them.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// What the trees add to the log-odds of each row, given as [`Features::read`] gives it.
    ///
    /// # Errors
    /// Another number of columns than the trees were grown on.
    pub fn scores(&self, numbers: &Numbers) -> Result<Vec<f64>> {
        self.each_row(numbers, |row| self.trees.iter().map(|tree| tree.value(row)).sum())
    }

    /// The mean of the scores over the rows that the trees were grown on.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// For each row the contribution of each named feature: they and the [`mean`](Self::mean) sum to
    /// the row's score.
    ///
    /// # Errors
    /// Those of [`scores`](Self::scores).
    pub fn contributions(&self, numbers: &Numbers) -> Result<Vec<Vec<f64>>> {
        self.each_row(numbers, |row| {
            let mut contributions = vec![0.0; self.names];
            for tree in &self.trees {
                Walker::new(tree, &self.name_of, row).add_to(&mut contributions);
            }
            contributions
        })
    }

    /// What `told` says of each row.
    fn each_row<T: Send>(
        &self,
        numbers: &Numbers,
        told: impl Fn(&[f64]) -> T + Sync,
    ) -> Result<Vec<T>> {
        check::length("columns", numbers.columns().len(), self.name_of.len())?;
        let row = || vec![0.0; self.name_of.len()];
        let rows = (0..numbers.rows()).into_par_iter().map_init(row, |row, i| {
            numbers.copy_row(i, row);
            told(row)
        });
        Ok(rows.collect())
    }
}

/// One sequence.
fn sequence(
    binned: &[Binned],
    numbers: &Numbers,
    outcome: &[bool],
    offset: &[f64],
    options: &TreeOptions,
    number: u64,
) -> Vec<Tree> {
    let mut random = Random::stream(options.seed, number);
    let all = binned.len();
    let chosen = ((all as f64 * options.column_share).round() as usize).clamp(1.min(all), all);
    // The sequences share the step, so that the sum over all trees is the mean over sequences.
    let share = 1.0 / options.sequences as f64;
    let mut log_odds = offset.to_vec();
    let (mut slopes, mut curves) = (vec![0.0; outcome.len()], vec![0.0; outcome.len()]);
    let mut order: Vec<usize> = (0..all).collect();
    let mut row = vec![0.0; all];
    let mut trees = Vec::with_capacity(options.rounds);
    for _ in 0..options.rounds {
        for (i, &found) in outcome.iter().enumerate() {
            let fitted = probability(log_odds[i]);
            slopes[i] = if found { 1.0 } else { 0.0 } - fitted;
            curves[i] = fitted * (1.0 - fitted);
        }
        let mut rows: Vec<u32> =
            (0..outcome.len() as u32).filter(|_| random.unit() < options.row_share).collect();
        if rows.is_empty() {
            continue;
        }
        random.shuffle(&mut order);
        let mut picked = order[..chosen].to_vec();
        picked.sort_unstable();
        let ground = Ground { columns: binned, slopes: &slopes, curves: &curves, options };
        let tree = ground.grow(&mut rows, &picked, options.learning_rate * share, &mut random);
        for (i, log_odds) in log_odds.iter_mut().enumerate() {
            numbers.copy_row(i, &mut row);
            *log_odds += tree.value(&row) / share;
        }
        trees.push(tree);
    }
    trees
}
