//! Exact Shapley values of a tree, by one walk over its paths.
//!
//! The value of a set of features is the expectation of the tree's output when the features of the
//! set are known and a cut on any other sends a row each way in proportion to the rows of the
//! training ("path-dependent"). A walk keeps, for the features on its path, how many of the rows
//! come through with the feature unknown (`zero`) and whether this row does with it known (`one`),
//! and for each size of set the summed weight of the sets of that size. Lundberg, Erion and Lee,
//! arXiv 1802.03888, algorithm 2.

use super::tree::{Node, Tree, goes_left};

/// A feature on the path from the root.
#[derive(Clone, Copy)]
struct Step {
    /// The feature; none for the start of the path.
    name: Option<usize>,
    zero: f64,
    one: f64,
    weight: f64,
}

/// The walk over one tree for one row.
pub struct Walker<'a> {
    tree: &'a Tree,
    /// The feature of each column; columns of one feature are one player.
    name_of: &'a [usize],
    row: &'a [f64],
}

impl<'a> Walker<'a> {
    /// A walk.
    pub fn new(tree: &'a Tree, name_of: &'a [usize], row: &'a [f64]) -> Self {
        Self { tree, name_of, row }
    }

    /// Adds each feature's contribution.
    pub fn add_to(&self, contributions: &mut [f64]) {
        let start = Step { name: None, zero: 1.0, one: 1.0, weight: 1.0 };
        self.walk(0, &[], start, contributions);
    }

    fn walk(&self, at: usize, path: &[Step], step: Step, contributions: &mut [f64]) {
        let path = extended(path, step);
        match self.tree.nodes[at] {
            Node::Leaf { value, .. } => {
                for (i, step) in path.iter().enumerate() {
                    if let Some(name) = step.name {
                        contributions[name] +=
                            unwound_sum(&path, i) * (step.one - step.zero) * value;
                    }
                }
            }
            Node::Cut { column, end, unknown_left, left, cover } => {
                let name = Some(self.name_of[column]);
                // A feature that was asked before is taken off the path and put on anew, with what
                // both cuts leave of it.
                let before = path.iter().position(|step| step.name == name);
                let (zero, one, path) = match before {
                    Some(i) => (path[i].zero, path[i].one, unwound(&path, i)),
                    None => (1.0, 1.0, path),
                };
                let goes_left = goes_left(self.row[column], end, unknown_left);
                for (child, taken) in [(left, goes_left), (left + 1, !goes_left)] {
                    let zero = zero * self.tree.nodes[child].cover() / cover;
                    let one = if taken { one } else { 0.0 };
                    self.walk(child, &path, Step { name, zero, one, weight: 0.0 }, contributions);
                }
            }
        }
    }
}

/// The path with one more feature.
fn extended(path: &[Step], step: Step) -> Vec<Step> {
    let mut path = path.to_vec();
    let length = path.len() as f64;
    path.push(Step { weight: if path.is_empty() { 1.0 } else { 0.0 }, ..step });
    for i in (0..path.len() - 1).rev() {
        let place = (i + 1) as f64;
        path[i + 1].weight += step.one * path[i].weight * place / (length + 1.0);
        path[i].weight *= step.zero * (length - i as f64) / (length + 1.0);
    }
    path
}

/// The weights with the feature `i` taken off the path.
fn unwound_weights(path: &[Step], i: usize) -> Vec<f64> {
    let last = path.len() - 1;
    let Step { zero, one, .. } = path[i];
    let size = path.len() as f64;
    let mut weights = vec![0.0; last];
    let mut next = path[last].weight;
    for j in (0..last).rev() {
        let place = (j + 1) as f64;
        if one != 0.0 {
            weights[j] = next * size / (place * one);
            next = path[j].weight - weights[j] * zero * (last - j) as f64 / size;
        } else {
            weights[j] = path[j].weight * size / (zero * (last - j) as f64);
        }
    }
    weights
}

fn unwound(path: &[Step], i: usize) -> Vec<Step> {
    let weights = unwound_weights(path, i);
    let others = path.iter().enumerate().filter(|(j, _)| *j != i);
    others.zip(weights).map(|((_, step), weight)| Step { weight, ..*step }).collect()
}

fn unwound_sum(path: &[Step], i: usize) -> f64 {
    unwound_weights(path, i).iter().sum()
}
