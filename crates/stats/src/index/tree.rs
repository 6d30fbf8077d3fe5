//! The structure of an index: which indicator feeds which group.

use std::collections::HashMap;

use crate::error::{Error, Result, check};

/// A node of an index: an indicator, if nothing names it as its parent, else a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its own name, once in the tree.
    pub code: String,
    /// The group that it feeds; `None` for the index itself.
    pub parent: Option<String>,
    /// Its weight within that group; only the proportions count.
    pub weight: f64,
}

impl Node {
    /// A node that feeds `parent` with a `weight`.
    pub fn new(code: &str, parent: Option<&str>, weight: f64) -> Self {
        Self { code: code.into(), parent: parent.map(Into::into), weight }
    }
}

/// A checked tree of indicators and groups.
///
/// ```
/// use stats::index::{Node, Tree};
/// let tree = Tree::new(vec![
///     Node::new("returns", Some("quality"), 2.0),
///     Node::new("complaints", Some("quality"), 1.0),
///     Node::new("quality", None, 1.0),
/// ])?;
/// assert_eq!(tree.indicators().collect::<Vec<_>>(), ["returns", "complaints"]);
/// # Ok::<(), stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    nodes: Vec<Node>,
    /// For each node, the nodes that feed it, in the order given.
    children: Vec<Vec<usize>>,
    /// For each node, how many steps above the indicators: 0 for an indicator.
    height: Vec<usize>,
    /// The groups, each after all that feeds it.
    order: Vec<usize>,
}

impl Tree {
    /// Checks the nodes and puts them in order.
    ///
    /// # Errors
    /// No node, a code twice, a parent that is not there, a circle, a weight that is negative or not
    /// finite, a group whose weights are all zero.
    pub fn new(nodes: Vec<Node>) -> Result<Self> {
        if nodes.is_empty() {
            return Err(Error::Empty { what: "nodes" });
        }
        let weights: Vec<f64> = nodes.iter().map(|n| n.weight).collect();
        check::non_negative("weights", &weights)?;
        let mut places = HashMap::with_capacity(nodes.len());
        for (place, node) in nodes.iter().enumerate() {
            if places.insert(node.code.as_str(), place).is_some() {
                return Err(wrong("a code stands there twice: name each node once"));
            }
        }
        let mut parents = Vec::with_capacity(nodes.len());
        for node in &nodes {
            parents.push(match &node.parent {
                None => None,
                Some(code) => match places.get(code.as_str()) {
                    Some(&place) => Some(place),
                    None => return Err(wrong("a parent is not there: add it as a node")),
                },
            });
        }
        let mut children = vec![Vec::new(); nodes.len()];
        for (place, parent) in parents.iter().enumerate() {
            if let Some(parent) = parent {
                children[*parent].push(place);
            }
        }
        let weightless = |c: &Vec<usize>| !c.is_empty() && c.iter().all(|&i| weights[i] == 0.0);
        if children.iter().any(weightless) {
            return Err(wrong("the weights of a group are all zero: give one a weight"));
        }
        let (order, height) = bottom_up(&parents, &children)?;
        Ok(Self { nodes, children, height, order })
    }

    /// All nodes, in the order given.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The codes of the indicators, in the order given: the order of the columns to aggregate.
    pub fn indicators(&self) -> impl Iterator<Item = &str> {
        let leaves = self.nodes.iter().zip(&self.children);
        let leaves = leaves.filter(|(_, children)| children.is_empty());
        leaves.map(|(node, _)| node.code.as_str())
    }

    /// The place of the node with that code.
    pub fn place(&self, code: &str) -> Option<usize> {
        self.nodes.iter().position(|n| n.code == code)
    }

    pub(super) fn children(&self, node: usize) -> &[usize] {
        &self.children[node]
    }

    pub(super) fn height(&self, node: usize) -> usize {
        self.height[node]
    }

    pub(super) fn groups_bottom_up(&self) -> &[usize] {
        &self.order
    }

    pub(super) fn weights(&self) -> Vec<f64> {
        self.nodes.iter().map(|n| n.weight).collect()
    }
}

/// Groups after all that feeds them, and the height of each node.
fn bottom_up(
    parents: &[Option<usize>],
    children: &[Vec<usize>],
) -> Result<(Vec<usize>, Vec<usize>)> {
    let mut waiting: Vec<usize> = children.iter().map(Vec::len).collect();
    let mut height = vec![0; parents.len()];
    let mut ready: Vec<usize> = (0..parents.len()).filter(|&i| waiting[i] == 0).collect();
    let mut next = 0;
    while let Some(&node) = ready.get(next) {
        next += 1;
        if let Some(parent) = parents[node] {
            height[parent] = height[parent].max(height[node] + 1);
            waiting[parent] -= 1;
            if waiting[parent] == 0 {
                ready.push(parent);
            }
        }
    }
    if ready.len() < parents.len() {
        return Err(wrong("it runs in a circle: a group feeds itself"));
    }
    let order = ready.into_iter().filter(|&i| !children[i].is_empty());
    Ok((order.collect(), height))
}

fn wrong(why: &'static str) -> Error {
    Error::Inconsistent { what: "tree of the index", why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_come_after_what_feeds_them() {
        let tree = Tree::new(vec![
            Node::new("index", None, 1.0),
            Node::new("b", Some("index"), 1.0),
            Node::new("a", Some("b"), 1.0),
            Node::new("c", Some("index"), 1.0),
        ]);
        let tree = tree.unwrap();
        assert_eq!(tree.groups_bottom_up(), [1, 0]);
        assert_eq!((tree.height(0), tree.height(1), tree.height(2)), (2, 1, 0));
        assert_eq!(tree.indicators().collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn refusals() {
        let code = |nodes: Vec<Node>| Tree::new(nodes).unwrap_err().code();
        assert_eq!(code(vec![]), "stats.empty");
        assert_eq!(code(vec![Node::new("a", Some("b"), 1.0)]), "stats.inconsistent");
        let circle = vec![Node::new("a", Some("b"), 1.0), Node::new("b", Some("a"), 1.0)];
        assert_eq!(code(circle), "stats.inconsistent");
        let twice = vec![Node::new("a", None, 1.0), Node::new("a", None, 1.0)];
        assert_eq!(code(twice), "stats.inconsistent");
        let zero = vec![Node::new("a", Some("b"), 0.0), Node::new("b", None, 1.0)];
        assert_eq!(code(zero), "stats.inconsistent");
        assert_eq!(code(vec![Node::new("a", None, -1.0)]), "stats.negative");
    }
}
