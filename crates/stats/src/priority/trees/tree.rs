//! A binary tree of cuts.

/// A place in a tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// Goes on to one of two nodes.
    Cut {
        /// Which column is asked.
        column: usize,
        /// A value up to this goes left.
        end: f64,
        /// Whether an unknown value goes left.
        unknown_left: bool,
        /// The left node; the right one follows it.
        left: usize,
        /// How many rows of the training came through here.
        cover: f64,
    },
    /// Ends.
    Leaf {
        /// What is added to the score.
        value: f64,
        /// How many rows of the training ended here.
        cover: f64,
    },
}

impl Node {
    /// How many rows of the training came through.
    pub fn cover(&self) -> f64 {
        match *self {
            Self::Cut { cover, .. } | Self::Leaf { cover, .. } => cover,
        }
    }
}

/// Nodes, the root first, children after their parent.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
}

impl Tree {
    /// The nodes, the root first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The value of the leaf in which a row ends.
    pub(super) fn value(&self, row: &[f64]) -> f64 {
        let mut at = 0;
        loop {
            match self.nodes[at] {
                Node::Leaf { value, .. } => return value,
                Node::Cut { column, end, unknown_left, left, .. } => {
                    at = if goes_left(row[column], end, unknown_left) { left } else { left + 1 };
                }
            }
        }
    }

    /// The mean value over the rows of the training.
    pub fn mean(&self) -> f64 {
        let leaves = self.nodes.iter().filter_map(|node| match node {
            Node::Leaf { value, cover } => Some(value * cover),
            Node::Cut { .. } => None,
        });
        leaves.sum::<f64>() / self.nodes[0].cover()
    }
}

/// The way of a value at a cut.
pub(super) fn goes_left(value: f64, end: f64, unknown_left: bool) -> bool {
    if value.is_nan() { unknown_left } else { value <= end }
}
