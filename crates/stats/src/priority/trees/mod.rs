//! Gradient-boosted shallow regression trees for a yes-or-no outcome.
//!
//! Each tree takes one Newton step of the logistic likelihood on the rows it draws, starting from an
//! offset that someone else explains already (Friedman, Annals of Statistics 29 (2001) 1189, with
//! the second-order leaf values and the L2 penalty of Chen and Guestrin, KDD 2016, eq. 5-7, and
//! stochastic rows and columns). Several such sequences, each from its own stream of random numbers,
//! are averaged. Values enter by their rank only: any rising transformation of a column, made alike
//! in training and later, leaves every score the same to the bit.
//!
//! How a score comes about is told by Shapley's values in the path-dependent form of Lundberg, Erion
//! and Lee (arXiv 1802.03888, algorithm 2): exact, not sampled.

mod bins;
mod boost;
mod columns;
mod grow;
mod shapley;
mod tree;

pub use boost::Boosted;
pub use columns::{Features, Numbers};
pub use tree::{Node, Tree};

use crate::Result;
use crate::error::check;

/// Where a node is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cuts {
    /// At the best of all cuts of each column.
    Best,
    /// At the best column, each with one cut drawn at random (extremely randomised trees; Geurts,
    /// Ernst and Wehenkel, Machine Learning 63 (2006) 3). Averaged over many trees this gives
    /// smoother curves, which noisy outcomes reward.
    Random,
}

/// How trees are grown.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeOptions {
    /// Trees in a sequence; 0 leaves the trees out.
    pub rounds: usize,
    /// Sequences that are averaged.
    pub sequences: usize,
    /// The share of each step that is taken, above 0 to 1.
    pub learning_rate: f64,
    /// Cuts from root to leaf, 1 to 8: how many columns may act together.
    pub depth: usize,
    /// Rows that a leaf holds at least.
    pub leaf_rows: usize,
    /// L2 penalty on a leaf's value, in units of the likelihood's curvature (a quarter of a case at
    /// even odds).
    pub penalty: f64,
    /// The share of rows that a tree is grown on, above 0 to 1.
    pub row_share: f64,
    /// The share of columns that a tree may use, above 0 to 1.
    pub column_share: f64,
    /// Where nodes are cut.
    pub cuts: Cuts,
    /// Classes into which a column's values are put, 2 to 255.
    pub classes: usize,
    /// Seed of the random draws.
    pub seed: u64,
}

impl Default for TreeOptions {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TreeOptions {
    /// The settings that rolling validation on real inspections favoured (see the
    /// [module](super)).
    pub const DEFAULT: Self = Self {
        rounds: 200,
        sequences: 6,
        learning_rate: 0.05,
        depth: 3,
        leaf_rows: 100,
        penalty: 20.0,
        row_share: 0.5,
        column_share: 0.5,
        cuts: Cuts::Random,
        classes: 64,
        seed: 1,
    };

    pub(super) fn check(&self) -> Result<()> {
        let share = |what, value: f64| {
            check::within(what, value, value > 0.0 && value <= 1.0, "above 0 and at most 1")
        };
        share("learning rate", self.learning_rate)?;
        share("share of rows", self.row_share)?;
        share("share of columns", self.column_share)?;
        let whole =
            |what, value: usize, holds, must| check::within(what, value as f64, holds, must);
        whole("depth", self.depth, (1..=8).contains(&self.depth), "from 1 to 8")?;
        whole("classes", self.classes, (2..=255).contains(&self.classes), "from 2 to 255")?;
        whole("sequences", self.sequences, self.sequences > 0, "1 or more")?;
        check::non_negative("penalty of the leaves", &[self.penalty])
    }
}
