//! How far a rank hangs on the choices made in building an index.

use rayon::prelude::*;

use super::aggregate::{AggregateOptions, aggregate_with};
use super::columns::Column;
use super::normalise::{Direction, Normalisation, normalise};
use super::rank::rank_best_first;
use super::tree::Tree;
use crate::error::{Error, Result, check};
use crate::random::Random;

/// What is varied, and how often. The first of each list is the nominal choice.
#[derive(Clone, Debug, PartialEq)]
pub struct RankUncertaintyOptions {
    /// How many indices are drawn (1000).
    pub replicates: usize,
    /// The seed: the same seed gives the same draws, whatever the number of threads.
    pub seed: u64,
    /// The share of the draws that an interval covers (0.9).
    pub level: f64,
    /// Each weight is multiplied by a factor drawn evenly from 1 - noise to 1 + noise (0.25).
    pub weight_noise: f64,
    /// The normalisations to draw from.
    pub normalisations: Vec<Normalisation>,
    /// The aggregations to draw from.
    pub aggregations: Vec<AggregateOptions>,
    /// The node whose ranks are wanted; `None` for the one that has no parent.
    pub node: Option<String>,
}

impl Default for RankUncertaintyOptions {
    fn default() -> Self {
        Self {
            replicates: 1000,
            seed: 1,
            level: 0.9,
            weight_noise: 0.25,
            normalisations: vec![Normalisation::default()],
            aggregations: vec![AggregateOptions::default()],
            node: None,
        }
    }
}

/// The rank of one unit; 1 is best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankInterval {
    /// Under the nominal choices.
    pub nominal: u32,
    /// The mean over the draws.
    pub mean: f64,
    /// The middle of the draws (the lower one of two).
    pub median: u32,
    /// The lowest end of the interval.
    pub lower: u32,
    /// The highest end of the interval.
    pub upper: u32,
}

/// The ranks of all units.
#[derive(Clone, Debug, PartialEq)]
pub struct RankUncertainty {
    /// One per unit; `None` where the index is missing.
    pub units: Vec<Option<RankInterval>>,
    /// The mean distance of a drawn rank from the nominal one (Saisana et al. 2005, eq. 1): how
    /// firm the ranking is as a whole.
    pub mean_shift: f64,
}

/// Rank intervals by Monte Carlo: each draw takes one of the normalisations, one of the aggregations
/// and weights with noise, and ranks the units by the index that results.
///
/// `indicators` holds one column for each of [`Tree::indicators`], with their `directions`.
///
/// # Errors
/// No replicate, an empty list, a level outside (0, 1), noise outside 0 to 1, a node that is not
/// there (or more than one without a parent); any combination that [`normalise`] or
/// [`aggregate`](super::aggregate()) refuses.
///
/// ```
/// use stats::index::{rank_uncertainty, Direction, Node, RankUncertaintyOptions, Tree};
/// let tree = Tree::new(vec![
///     Node::new("a", Some("index"), 1.0),
///     Node::new("b", Some("index"), 1.0),
///     Node::new("index", None, 1.0),
/// ])?;
/// let a = vec![Some(9.0), Some(5.0), Some(1.0)];
/// let b = vec![Some(7.0), Some(1.0), Some(4.0)];
/// let found = rank_uncertainty(
///     &tree,
///     &[a, b],
///     &[Direction::Positive; 2],
///     &RankUncertaintyOptions::default(),
/// )?;
/// let first = found.units[0].unwrap();
/// assert_eq!((first.nominal, first.lower, first.upper), (1, 1, 1)); // best on both
/// assert!(found.units[1].unwrap().lower < found.units[1].unwrap().upper);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn rank_uncertainty(
    tree: &Tree,
    indicators: &[Column],
    directions: &[Direction],
    options: &RankUncertaintyOptions,
) -> Result<RankUncertainty> {
    let draws = Draws::new(tree, indicators, directions, options)?;
    let nominal = rank_best_first(&draws.index(0, 0, &tree.weights())?);
    let ranks: Vec<Vec<Option<u32>>> = (0..options.replicates as u64)
        .into_par_iter()
        .map(|replicate| draws.ranks(replicate))
        .collect::<Result<_>>()?;
    let (mut shift, mut count) = (0u64, 0u64);
    let mut units = Vec::with_capacity(nominal.len());
    for (unit, nominal) in nominal.into_iter().enumerate() {
        let mut drawn: Vec<u32> = ranks.iter().filter_map(|r| r[unit]).collect();
        drawn.sort_unstable();
        let Some(nominal) = nominal.filter(|_| !drawn.is_empty()) else {
            units.push(None);
            continue;
        };
        shift += drawn.iter().map(|r| u64::from(r.abs_diff(nominal))).sum::<u64>();
        count += drawn.len() as u64;
        let at = |share: f64| {
            let place = (share * drawn.len() as f64).ceil() as usize;
            drawn[place.clamp(1, drawn.len()) - 1]
        };
        let outside = (1.0 - options.level) / 2.0;
        units.push(Some(RankInterval {
            nominal,
            mean: drawn.iter().map(|&r| u64::from(r)).sum::<u64>() as f64 / drawn.len() as f64,
            median: at(0.5),
            lower: at(outside),
            upper: at(1.0 - outside),
        }));
    }
    Ok(RankUncertainty { units, mean_shift: shift as f64 / count.max(1) as f64 })
}

struct Draws<'a> {
    tree: &'a Tree,
    options: &'a RankUncertaintyOptions,
    node: usize,
    /// The indicators under each normalisation.
    normalised: Vec<Vec<Column>>,
}

impl<'a> Draws<'a> {
    fn new(
        tree: &'a Tree,
        indicators: &[Column],
        directions: &[Direction],
        options: &'a RankUncertaintyOptions,
    ) -> Result<Self> {
        check::length("directions", directions.len(), indicators.len())?;
        check::level("level of the interval", options.level)?;
        check::probability("noise of the weights", options.weight_noise)?;
        let some = |what, n: usize| {
            if n == 0 { Err(Error::Empty { what }) } else { Ok(()) }
        };
        some("replicates", options.replicates)?;
        some("normalisations", options.normalisations.len())?;
        some("aggregations", options.aggregations.len())?;
        let each = |method: &Normalisation| -> Result<Vec<Column>> {
            let columns = indicators.iter().zip(directions);
            columns.map(|(c, d)| normalise(c, *d, *method)).collect()
        };
        let draws = Self {
            tree,
            options,
            node: node(tree, options.node.as_deref())?,
            normalised: options.normalisations.iter().map(each).collect::<Result<_>>()?,
        };
        // What a draw may combine must work for the nominal weights first, so that an error does
        // not hang on the luck of the draw.
        for normalisation in 0..draws.normalised.len() {
            for aggregation in 0..options.aggregations.len() {
                draws.index(normalisation, aggregation, &tree.weights())?;
            }
        }
        Ok(draws)
    }

    fn index(&self, normalisation: usize, aggregation: usize, weights: &[f64]) -> Result<Column> {
        let indicators = &self.normalised[normalisation];
        let how = &self.options.aggregations[aggregation];
        let mut columns = aggregate_with(self.tree, indicators, weights, how)?;
        Ok(columns.swap_remove(self.node).into_owned())
    }

    fn ranks(&self, replicate: u64) -> Result<Vec<Option<u32>>> {
        let mut random = Random::stream(self.options.seed, replicate);
        let normalisation = random.below(self.normalised.len() as u64) as usize;
        let aggregation = random.below(self.options.aggregations.len() as u64) as usize;
        let mut weights = self.tree.weights();
        for weight in &mut weights {
            *weight *= 1.0 + self.options.weight_noise * (2.0 * random.unit() - 1.0);
        }
        Ok(rank_best_first(&self.index(normalisation, aggregation, &weights)?))
    }
}

fn node(tree: &Tree, wanted: Option<&str>) -> Result<usize> {
    let found = match wanted {
        Some(code) => tree.place(code),
        None => {
            let roots = tree.nodes().iter().enumerate();
            let mut roots = roots.filter(|(_, n)| n.parent.is_none()).map(|(i, _)| i);
            roots.next().filter(|_| roots.next().is_none())
        }
    };
    found.ok_or(Error::Inconsistent {
        what: "node to rank by",
        why: "there is none of that code, or more than one without a parent: name one",
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Aggregation, Node};
    use super::*;

    fn tree() -> Tree {
        Tree::new(vec![
            Node::new("a", Some("index"), 1.0),
            Node::new("b", Some("index"), 1.0),
            Node::new("index", None, 1.0),
        ])
        .unwrap()
    }

    fn columns() -> Vec<Column> {
        let column = |x: [f64; 4]| x.map(Some).to_vec();
        vec![column([10.0, 6.0, 5.9, 0.0]), column([8.0, 5.0, 5.2, 1.0])]
    }

    const UP: [Direction; 2] = [Direction::Positive; 2];

    #[test]
    fn without_noise_every_draw_is_the_nominal_index() {
        let options =
            RankUncertaintyOptions { weight_noise: 0.0, ..RankUncertaintyOptions::default() };
        let found = rank_uncertainty(&tree(), &columns(), &UP, &options).unwrap();
        assert_eq!(found.mean_shift, 0.0);
        for unit in found.units.into_iter().flatten() {
            assert_eq!((unit.lower, unit.upper), (unit.nominal, unit.nominal));
        }
    }

    #[test]
    fn two_close_units_change_places_as_often_as_the_weights_say() {
        // On scales from 0 to 1 the second unit leads by 0.01 on the first indicator and trails by
        // 0.2/7 on the second: it is ahead where w1 > w2 × 20/7, so never under noise of 0.25,
        // and under noise of 1 as often as P(u1 > 20/7 u2) = 7/40 for u evenly from 0 to 2.
        let draw = |noise: f64| {
            let options = RankUncertaintyOptions {
                weight_noise: noise,
                replicates: 4000,
                ..RankUncertaintyOptions::default()
            };
            let found = rank_uncertainty(&tree(), &columns(), &UP, &options).unwrap();
            found.units[1].unwrap()
        };
        assert_eq!((draw(0.25).lower, draw(0.25).upper), (3, 3));
        let ahead = 3.0 - draw(1.0).mean;
        let error = (0.175 * 0.825 / 4000.0f64).sqrt();
        assert!((ahead - 0.175).abs() < 3.0 * error, "{ahead}");
    }

    #[test]
    fn a_missing_index_and_the_choice_of_methods() {
        let mut columns = columns();
        columns[0].push(None);
        columns[1].push(None);
        let options = RankUncertaintyOptions {
            normalisations: vec![Normalisation::MinMax { low: 1.0, high: 100.0 }],
            aggregations: [Aggregation::Arithmetic, Aggregation::Geometric]
                .map(|m| AggregateOptions { methods: vec![m], ..AggregateOptions::default() })
                .to_vec(),
            ..RankUncertaintyOptions::default()
        };
        let found = rank_uncertainty(&tree(), &columns, &UP, &options).unwrap();
        assert_eq!(found.units[4], None);
        assert_eq!(found.units[3].unwrap().lower, 4);
    }

    #[test]
    fn refusals() {
        let code = |options: RankUncertaintyOptions| {
            let failed = rank_uncertainty(&tree(), &columns(), &UP, &options);
            failed.unwrap_err().code()
        };
        let usual = RankUncertaintyOptions::default;
        assert_eq!(code(RankUncertaintyOptions { replicates: 0, ..usual() }), "stats.empty");
        assert_eq!(code(RankUncertaintyOptions { level: 1.0, ..usual() }), "stats.out_of_range");
        let nowhere = Some("c".to_owned());
        assert_eq!(code(RankUncertaintyOptions { node: nowhere, ..usual() }), "stats.inconsistent");
        // A scale from 0 does not go with a geometric mean, whichever draw would meet it.
        let geometric = vec![AggregateOptions {
            methods: vec![Aggregation::Geometric],
            ..AggregateOptions::default()
        }];
        let failed = code(RankUncertaintyOptions { aggregations: geometric, ..usual() });
        assert_eq!(failed, "stats.out_of_range");
    }
}
