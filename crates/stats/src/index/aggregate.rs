//! Averaging up the tree.

use std::borrow::Cow;

use super::Tree;
use super::columns::{Column, check_column};
use crate::error::{Error, Result, check};

/// How the members of a group make its value. Weights count in proportion; a member that is missing
/// for a unit is left out for that unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Aggregation {
    /// Σ w x / Σ w: a poor value is made up for by a good one.
    #[default]
    Arithmetic,
    /// exp(Σ w ln x / Σ w): less so; values above zero.
    Geometric,
    /// Σ w / Σ (w / x): still less; values above zero.
    Harmonic,
    /// (Σ w x^p / Σ w)^(1/p) with p ≠ 0; values above zero.
    Power(f64),
    /// How many other units a unit beats on more than half the weight, less how many beat it:
    /// nothing is made up for. Every member must be there.
    Copeland,
}

/// The settings of [`aggregate`].
#[derive(Clone, Debug, PartialEq)]
pub struct AggregateOptions {
    /// The method per level, from the one just above the indicators up; the last also serves all
    /// levels above it. Arithmetic by default.
    pub methods: Vec<Aggregation>,
    /// The least share of a group's members (0 to 1) that must be there; below it the group is
    /// missing for that unit. 0 by default: one member suffices.
    pub least_present: f64,
}

impl Default for AggregateOptions {
    fn default() -> Self {
        Self { methods: vec![Aggregation::Arithmetic], least_present: 0.0 }
    }
}

/// The values of all nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregated {
    /// One column per node of the tree, in the order of [`Tree::nodes`].
    pub columns: Vec<Column>,
}

/// Averages `indicators` (one column for each of [`Tree::indicators`], in that order) up `tree`.
///
/// # Errors
/// Another number of columns than indicators, columns of unequal length, a value that is not finite,
/// no method, a share outside 0 to 1; values of zero or less under a mean that needs more.
///
/// ```
/// use stats::index::{aggregate, AggregateOptions, Aggregation, Node, Tree};
/// let tree = Tree::new(vec![
///     Node::new("a", Some("index"), 1.0),
///     Node::new("b", Some("index"), 3.0),
///     Node::new("index", None, 1.0),
/// ])?;
/// let columns = [vec![Some(10.0), Some(8.0)], vec![Some(50.0), None]];
/// let found = aggregate(&tree, &columns, &AggregateOptions::default())?;
/// assert_eq!(found.columns[2], [Some(40.0), Some(8.0)]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn aggregate(
    tree: &Tree,
    indicators: &[Column],
    options: &AggregateOptions,
) -> Result<Aggregated> {
    let columns = aggregate_with(tree, indicators, &tree.weights(), options)?;
    Ok(Aggregated { columns: columns.into_iter().map(Cow::into_owned).collect() })
}

/// As [`aggregate`], with other weights than those of the tree, and without copying the indicators.
pub(super) fn aggregate_with<'a>(
    tree: &Tree,
    indicators: &'a [Column],
    weights: &[f64],
    options: &AggregateOptions,
) -> Result<Vec<Cow<'a, [Option<f64>]>>> {
    check::length("indicators", indicators.len(), tree.indicators().count())?;
    check::probability("least share present", options.least_present)?;
    let Some(&top) = options.methods.last() else {
        return Err(Error::Empty { what: "methods" });
    };
    let units = indicators.first().map_or(0, Vec::len);
    for column in indicators {
        check_column("an indicator", column)?;
        check::length("an indicator", column.len(), units)?;
    }
    let mut given = indicators.iter();
    let mut columns: Vec<Cow<'_, [Option<f64>]>> = (0..tree.nodes().len())
        .map(|node| match tree.children(node) {
            [] => Cow::Borrowed(given.next().map_or(&[][..], Vec::as_slice)),
            _ => Cow::Owned(Column::new()),
        })
        .collect();
    for &group in tree.groups_bottom_up() {
        let level = tree.height(group) - 1;
        let method = options.methods.get(level).copied().unwrap_or(top);
        let children = tree.children(group);
        let members: Vec<&[Option<f64>]> = children.iter().map(|&i| &*columns[i]).collect();
        let weights: Vec<f64> = children.iter().map(|&i| weights[i]).collect();
        let made = combine(method, &members, &weights, units, options.least_present)?;
        columns[group] = Cow::Owned(made);
    }
    Ok(columns)
}

fn combine(
    method: Aggregation,
    members: &[&[Option<f64>]],
    weights: &[f64],
    units: usize,
    least_present: f64,
) -> Result<Column> {
    if method == Aggregation::Copeland {
        return copeland(members, weights, units);
    }
    if let Aggregation::Power(p) = method {
        check::within("exponent of the mean", p, p.is_finite() && p != 0.0, "finite, not zero")?;
    }
    let mut parts = Vec::with_capacity(members.len());
    (0..units)
        .map(|unit| {
            parts.clear();
            let there = members.iter().zip(weights);
            parts.extend(there.filter_map(|(column, &w)| column[unit].map(|x| (x, w))));
            let enough = parts.len() as f64 >= least_present * members.len() as f64;
            let total: f64 = parts.iter().map(|(_, w)| w).sum();
            // Where all that is there has no weight, nothing can be said.
            if !enough || total <= 0.0 {
                return Ok(None);
            }
            weighted_mean(method, &parts, total).map(Some)
        })
        .collect()
}

fn weighted_mean(method: Aggregation, parts: &[(f64, f64)], total: f64) -> Result<f64> {
    let sum = |f: &dyn Fn(f64) -> f64| parts.iter().map(|&(x, w)| w * f(x)).sum::<f64>() / total;
    let fractional = !matches!(method, Aggregation::Arithmetic | Aggregation::Copeland);
    if fractional && let Some(&(value, _)) = parts.iter().find(|(x, _)| *x <= 0.0) {
        return Err(Error::OutOfRange {
            what: "a value under a geometric, harmonic or power mean",
            value,
            must: "above zero: normalise to a scale that begins above zero (1 to 100)",
        });
    }
    Ok(match method {
        Aggregation::Arithmetic | Aggregation::Copeland => sum(&|x| x),
        Aggregation::Geometric => libm::exp(sum(&libm::log)),
        Aggregation::Harmonic => 1.0 / sum(&|x| 1.0 / x),
        Aggregation::Power(p) => libm::pow(sum(&|x| libm::pow(x, p)), 1.0 / p),
    })
}

/// Copeland scores: Σ over the other units of 1 (more than half the weight is better), 0 or -1.
fn copeland(members: &[&[Option<f64>]], weights: &[f64], units: usize) -> Result<Column> {
    if let Some(index) = (0..units).find(|&u| members.iter().any(|c| c[u].is_none())) {
        return Err(Error::NotFinite { what: "a member of a group under Copeland", index });
    }
    let score = |a: usize| -> f64 {
        let duel = |b: usize| -> f64 {
            let gaps = members.iter().zip(weights);
            let gap = gaps.map(|(c, w)| match c[a].partial_cmp(&c[b]) {
                Some(std::cmp::Ordering::Greater) => *w,
                Some(std::cmp::Ordering::Less) => -w,
                _ => 0.0,
            });
            let gap: f64 = gap.sum();
            if gap == 0.0 { 0.0 } else { gap.signum() }
        };
        (0..units).map(duel).sum()
    };
    Ok((0..units).map(|a| Some(score(a))).collect())
}

#[cfg(test)]
mod tests {
    use super::super::Node;
    use super::*;

    fn one(method: Aggregation, values: &[Option<f64>]) -> Result<Option<f64>> {
        let mut nodes = vec![Node::new("index", None, 1.0)];
        let weights = [1.0, 3.0];
        for (i, weight) in weights.iter().enumerate() {
            nodes.push(Node::new(&i.to_string(), Some("index"), *weight));
        }
        let columns: Vec<Column> = values.iter().map(|v| vec![*v]).collect();
        let options = AggregateOptions { methods: vec![method], ..AggregateOptions::default() };
        Ok(aggregate(&Tree::new(nodes)?, &columns, &options)?.columns[0][0])
    }

    #[test]
    fn each_mean_by_hand() {
        let x = [Some(4.0), Some(1.0)];
        let near = |method, expected: f64| {
            let found = one(method, &x).unwrap().unwrap();
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        };
        near(Aggregation::Arithmetic, 7.0 / 4.0);
        near(Aggregation::Geometric, 4f64.powf(0.25));
        near(Aggregation::Harmonic, 4.0 / 3.25);
        near(Aggregation::Power(2.0), (19.0f64 / 4.0).sqrt());
        near(Aggregation::Power(-1.0), 4.0 / 3.25);
    }

    #[test]
    fn missing_members() {
        assert_eq!(
            one(Aggregation::Geometric, &[None, Some(5.0)]).unwrap(),
            Some(libm::exp(libm::log(5.0)))
        );
        assert_eq!(one(Aggregation::Arithmetic, &[None, None]).unwrap(), None);
        assert_eq!(
            one(Aggregation::Copeland, &[None, Some(1.0)]).unwrap_err().code(),
            "stats.not_finite"
        );
    }

    #[test]
    fn copeland_counts_duels() {
        let nodes = ["a", "b", "c"].map(|c| Node::new(c, Some("index"), 1.0));
        let tree =
            Tree::new([nodes.to_vec(), vec![Node::new("index", None, 1.0)]].concat()).unwrap();
        let column = |x: [f64; 3]| x.map(Some).to_vec();
        let columns = [column([3.0, 2.0, 1.0]), column([3.0, 2.0, 1.0]), column([1.0, 2.0, 3.0])];
        let options = AggregateOptions {
            methods: vec![Aggregation::Copeland],
            ..AggregateOptions::default()
        };
        let found = aggregate(&tree, &columns, &options).unwrap();
        assert_eq!(found.columns[3], [Some(2.0), Some(0.0), Some(-2.0)]);
    }

    #[test]
    fn refusals() {
        let zero = one(Aggregation::Geometric, &[Some(0.0), Some(1.0)]);
        assert_eq!(zero.unwrap_err().code(), "stats.out_of_range");
        let power = one(Aggregation::Power(0.0), &[Some(1.0), Some(1.0)]);
        assert_eq!(power.unwrap_err().code(), "stats.out_of_range");
        assert_eq!(one(Aggregation::Arithmetic, &[]).unwrap_err().code(), "stats.length");
    }
}
