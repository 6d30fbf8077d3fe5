//! Grows one tree on the slopes and curvatures of the likelihood.

use super::bins::Binned;
use super::tree::{Node, Tree};
use super::{Cuts, TreeOptions};
use crate::random::Random;

/// Sums over rows.
#[derive(Clone, Copy, Default)]
struct Sums {
    slope: f64,
    curve: f64,
    rows: u32,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.slope += other.slope;
        self.curve += other.curve;
        self.rows += other.rows;
    }

    fn with(mut self, other: Self) -> Self {
        self.add(other);
        self
    }

    fn less(self, other: Self) -> Self {
        Self {
            slope: self.slope - other.slope,
            curve: self.curve - other.curve,
            rows: self.rows - other.rows,
        }
    }

    /// Twice the likelihood that the best constant gains (Chen and Guestrin, eq. 6).
    fn worth(self, penalty: f64) -> f64 {
        let under = self.curve + penalty;
        if under > 0.0 { self.slope * self.slope / under } else { 0.0 }
    }

    /// The best constant (eq. 5).
    fn constant(self, penalty: f64) -> f64 {
        let under = self.curve + penalty;
        if under > 0.0 { self.slope / under } else { 0.0 }
    }
}

/// A cut that a node may take.
struct Candidate {
    gain: f64,
    column: usize,
    class: u8,
    unknown_left: bool,
}

/// What a tree is grown on.
pub struct Ground<'a> {
    /// All columns.
    pub columns: &'a [Binned],
    /// The first derivative of each row's log-likelihood by its log-odds: outcome less probability.
    pub slopes: &'a [f64],
    /// The negative second derivative.
    pub curves: &'a [f64],
    /// How to grow.
    pub options: &'a TreeOptions,
}

/// A node that is still to be cut: its place in the tree, its rows, and how deep it lies.
struct Open {
    node: usize,
    rows: std::ops::Range<usize>,
    depth: usize,
    sums: Sums,
}

impl Ground<'_> {
    /// Grows a tree on `rows` from the columns `chosen`; leaf values are times `scale`.
    pub fn grow(
        &self,
        rows: &mut [u32],
        chosen: &[usize],
        scale: f64,
        random: &mut Random,
    ) -> Tree {
        let mut sums = Sums::default();
        rows.iter().for_each(|&row| sums.add(self.one(row)));
        let mut nodes = vec![self.leaf(sums, scale)];
        let mut open = vec![Open { node: 0, rows: 0..rows.len(), depth: 0, sums }];
        let mut spare = Vec::with_capacity(rows.len());
        while let Some(at) = open.pop() {
            if at.depth == self.options.depth {
                continue;
            }
            let here = &mut rows[at.rows.clone()];
            let Some(cut) = self.best_cut(here, at.sums, chosen, random) else { continue };
            let left_sums = self.part(here, &cut, &mut spare);
            let middle = at.rows.start + left_sums.rows as usize;
            let left = nodes.len();
            let sides = [
                (left_sums, at.rows.start..middle),
                (at.sums.less(left_sums), middle..at.rows.end),
            ];
            nodes[at.node] = Node::Cut {
                column: cut.column,
                end: self.columns[cut.column].ends[usize::from(cut.class) - 1],
                unknown_left: cut.unknown_left,
                left,
                cover: f64::from(at.sums.rows),
            };
            for (side, (sums, rows)) in sides.into_iter().enumerate() {
                nodes.push(self.leaf(sums, scale));
                open.push(Open { node: left + side, rows, depth: at.depth + 1, sums });
            }
        }
        Tree { nodes }
    }

    fn one(&self, row: u32) -> Sums {
        let row = row as usize;
        Sums { slope: self.slopes[row], curve: self.curves[row], rows: 1 }
    }

    fn leaf(&self, sums: Sums, scale: f64) -> Node {
        let value = scale * sums.constant(self.options.penalty);
        Node::Leaf { value, cover: f64::from(sums.rows) }
    }

    fn best_cut(
        &self,
        rows: &[u32],
        all: Sums,
        chosen: &[usize],
        random: &mut Random,
    ) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        let mut sums = [Sums::default(); 256];
        for &column in chosen {
            let binned = &self.columns[column];
            let sums = &mut sums[..binned.count()];
            sums.fill(Sums::default());
            for &row in rows {
                sums[usize::from(binned.classes[row as usize])].add(self.one(row));
            }
            let Some(first) = (1..sums.len()).find(|&c| sums[c].rows > 0) else { continue };
            let last = (1..sums.len()).rfind(|&c| sums[c].rows > 0).unwrap_or(first);
            let drawn = match self.options.cuts {
                Cuts::Best => None,
                Cuts::Random => Some(first + random.below((last - first) as u64) as usize),
            };
            let unknown = sums[0];
            let mut left = Sums::default();
            for (class, &here) in sums.iter().enumerate().take(last).skip(first) {
                left.add(here);
                if drawn.is_some_and(|drawn| drawn != class) {
                    continue;
                }
                // Where all values are known, those that turn up unknown later go with the more.
                let more_left = 2 * left.rows >= all.rows;
                let sides: &[bool] = match (unknown.rows, more_left) {
                    (0, true) => &[true],
                    (0, false) => &[false],
                    _ => &[true, false],
                };
                for &unknown_left in sides {
                    let left = if unknown_left { left.with(unknown) } else { left };
                    let gain = self.gain(left, all);
                    if gain > best.as_ref().map_or(1e-12, |b| b.gain) {
                        best = Some(Candidate { gain, column, class: class as u8, unknown_left });
                    }
                }
            }
        }
        best
    }

    /// What a cut gains, or nothing where a side is too small.
    fn gain(&self, left: Sums, all: Sums) -> f64 {
        let right = all.less(left);
        let penalty = self.options.penalty;
        if (left.rows.min(right.rows) as usize) < self.options.leaf_rows.max(1) {
            return 0.0;
        }
        left.worth(penalty) + right.worth(penalty) - all.worth(penalty)
    }

    /// Moves the rows that go left before the others, each side in its old order.
    fn part(&self, rows: &mut [u32], cut: &Candidate, spare: &mut Vec<u32>) -> Sums {
        let classes = &self.columns[cut.column].classes;
        let mut left = Sums::default();
        spare.clear();
        for i in 0..rows.len() {
            let row = rows[i];
            let class = classes[row as usize];
            let goes_left = if class == 0 { cut.unknown_left } else { class <= cut.class };
            if goes_left {
                rows[left.rows as usize] = row;
                left.add(self.one(row));
            } else {
                spare.push(row);
            }
        }
        rows[left.rows as usize..].copy_from_slice(spare);
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: TreeOptions = TreeOptions::DEFAULT;

    /// Rows whose outcome turns at 10 and whose unknown values behave like the low ones.
    #[test]
    fn the_first_cut_is_where_the_outcome_turns() {
        let values: Vec<f64> =
            (0..40).map(|i| if i % 5 == 4 { f64::NAN } else { f64::from(i % 20) }).collect();
        let slopes: Vec<f64> = values.iter().map(|&v| if v > 10.0 { 0.5 } else { -0.5 }).collect();
        let options =
            TreeOptions { depth: 1, leaf_rows: 1, penalty: 0.0, cuts: Cuts::Best, ..OPTIONS };
        let columns = [Binned::new(&values, 64)];
        let ground =
            Ground { columns: &columns, slopes: &slopes, curves: &[0.25; 40], options: &options };
        let mut rows: Vec<u32> = (0..40).collect();
        let tree = ground.grow(&mut rows, &[0], 1.0, &mut Random::stream(1, 1));
        let Node::Cut { end, unknown_left, cover, .. } = tree.nodes[0] else { panic!("no cut") };
        assert_eq!((end, unknown_left, cover), (10.0, true, 40.0));
        assert_eq!((tree.value(&[11.0]), tree.value(&[f64::NAN])), (2.0, -2.0));
    }

    #[test]
    fn leaves_are_never_too_small() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let slopes: Vec<f64> = (0..100).map(|i| if i / 15 % 2 == 0 { 0.9 } else { -0.1 }).collect();
        let columns = [Binned::new(&values, 64)];
        for cuts in [Cuts::Best, Cuts::Random] {
            let options = TreeOptions { depth: 8, leaf_rows: 12, penalty: 0.0, cuts, ..OPTIONS };
            let ground = Ground {
                columns: &columns,
                slopes: &slopes,
                curves: &[0.1; 100],
                options: &options,
            };
            let trees: Vec<Tree> = (0..20)
                .map(|stream| {
                    let mut rows: Vec<u32> = (0..100).collect();
                    ground.grow(&mut rows, &[0], 1.0, &mut Random::stream(1, stream))
                })
                .collect();
            let nodes = || trees.iter().flat_map(|tree| &tree.nodes);
            assert!(nodes().count() > 60);
            assert!(nodes().all(|node| node.cover() >= 12.0));
        }
    }
}
