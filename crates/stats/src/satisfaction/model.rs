//! Which questions stand for what, and what acts on what.

use crate::error::{Error, Result, check};

/// How the indicators of a block make its latent variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Reflective: each indicator mirrors the latent variable; weights are covariances.
    #[default]
    A,
    /// Formative: the indicators together make it; weights are regression coefficients.
    B,
}

/// How latent variables that are linked weigh on each other while the weights are sought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// By the sign of their correlation.
    #[default]
    Centroid,
    /// By their correlation.
    Factorial,
    /// By the regression on what acts on them, by the correlation with what they act on.
    Path,
}

/// A latent variable and its indicators.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its name.
    pub name: String,
    /// The columns of the data that stand for it, from 0.
    pub indicators: Vec<usize>,
    /// How they make it.
    pub mode: Mode,
}

impl Block {
    /// A reflective block (mode A).
    pub fn reflective(name: &str, indicators: impl IntoIterator<Item = usize>) -> Self {
        Self { name: name.into(), indicators: indicators.into_iter().collect(), mode: Mode::A }
    }

    /// A formative block (mode B).
    pub fn formative(name: &str, indicators: impl IntoIterator<Item = usize>) -> Self {
        Self { mode: Mode::B, ..Self::reflective(name, indicators) }
    }
}

/// A checked path model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    blocks: Vec<Block>,
    /// For each latent variable, what acts on it.
    causes: Vec<Vec<usize>>,
    /// For each latent variable, what it acts on.
    effects: Vec<Vec<usize>>,
    /// Where the indicators of each block begin and end in the row of all indicators, block by block.
    slots: Vec<std::ops::Range<usize>>,
}

impl Model {
    /// A model of `blocks` with `paths` from one to another, by their places in `blocks`; what acts
    /// must stand before what it acts on.
    ///
    /// # Errors
    /// No block, a block without indicators, a path that leads backwards, to itself or nowhere, or
    /// stands there twice, a latent variable without a path.
    ///
    /// ```
    /// use stats::satisfaction::{Block, Model};
    /// let blocks = vec![Block::reflective("quality", [0, 1]), Block::reflective("satisfaction", [2])];
    /// assert!(Model::new(blocks.clone(), &[(0, 1)]).is_ok());
    /// assert_eq!(Model::new(blocks, &[(1, 0)]).unwrap_err().code(), "stats.inconsistent");
    /// ```
    pub fn new(blocks: Vec<Block>, paths: &[(usize, usize)]) -> Result<Self> {
        if blocks.is_empty() {
            return Err(Error::Empty { what: "blocks" });
        }
        if blocks.iter().any(|b| b.indicators.is_empty()) {
            return Err(Error::Empty { what: "indicators of a block" });
        }
        let mut causes = vec![Vec::new(); blocks.len()];
        let mut effects = vec![Vec::new(); blocks.len()];
        for &(from, to) in paths {
            if to >= blocks.len() || from >= to {
                return Err(wrong(
                    "a path must lead from a block to one further down: order the blocks so",
                ));
            }
            if causes[to].contains(&from) {
                return Err(wrong("a path stands there twice: name it once"));
            }
            causes[to].push(from);
            effects[from].push(to);
        }
        let alone = |l: usize| causes[l].is_empty() && effects[l].is_empty();
        if (0..blocks.len()).any(alone) {
            return Err(wrong("a block has no path: link it or leave it out"));
        }
        let mut start = 0;
        let slots = blocks.iter().map(|block| {
            let range = start..start + block.indicators.len();
            start = range.end;
            range
        });
        Ok(Self { slots: slots.collect(), blocks, causes, effects })
    }

    /// The blocks.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// What acts on a latent variable, in the order of the paths.
    pub fn causes(&self, latent: usize) -> &[usize] {
        &self.causes[latent]
    }

    /// What a latent variable acts on.
    pub fn effects(&self, latent: usize) -> &[usize] {
        &self.effects[latent]
    }

    /// The places of a block's indicators in the row of all indicators.
    pub(super) fn slots(&self, latent: usize) -> std::ops::Range<usize> {
        self.slots[latent].clone()
    }

    /// The columns of the data, block by block.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.blocks.iter().flat_map(|b| b.indicators.iter().copied())
    }
}

fn wrong(why: &'static str) -> Error {
    Error::Inconsistent { what: "path model", why }
}

/// The settings of the iteration; the defaults are the published ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The inner scheme (centroid).
    pub scheme: Scheme,
    /// Whether indicators are brought to a variance of one (yes; for questions asked on one scale,
    /// no is an alternative).
    pub scaled: bool,
    /// The iteration ends when the squared changes of the weights add up to less (1e-6).
    pub tolerance: f64,
    /// How many iterations are allowed (100).
    pub most_iterations: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { scheme: Scheme::Centroid, scaled: true, tolerance: 1e-6, most_iterations: 100 }
    }
}

impl Options {
    pub(super) fn check(&self) -> Result<()> {
        check::positive("tolerance", self.tolerance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        let code = |blocks: Vec<Block>, paths: &[(usize, usize)]| {
            Model::new(blocks, paths).unwrap_err().code()
        };
        let two = || vec![Block::reflective("a", [0]), Block::formative("b", [1])];
        assert_eq!(code(vec![], &[]), "stats.empty");
        assert_eq!(code(vec![Block::reflective("a", [])], &[]), "stats.empty");
        assert_eq!(code(two(), &[]), "stats.inconsistent");
        assert_eq!(code(two(), &[(0, 2)]), "stats.inconsistent");
        assert_eq!(code(two(), &[(0, 1), (0, 1)]), "stats.inconsistent");
    }
}
