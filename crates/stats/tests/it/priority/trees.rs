//! The trees against their definitions.

use std::collections::BTreeSet;

use proptest::prelude::*;
use stats::priority::{Boosted, Column, Cuts, Features, Node, Table, Tree, TreeOptions};

const SMALL: TreeOptions = TreeOptions {
    rounds: 4,
    sequences: 2,
    leaf_rows: 2,
    column_share: 1.0,
    ..TreeOptions::DEFAULT
};

/// The expectation of a tree when the features of `known` are known: a cut on any other sends a row
/// each way in proportion to the rows of the training.
fn value(tree: &Tree, at: usize, known: &BTreeSet<usize>, name_of: &[usize], row: &[f64]) -> f64 {
    match tree.nodes()[at] {
        Node::Leaf { value, .. } => value,
        Node::Cut { column, end, unknown_left, left, cover } => {
            let side = |at| value(tree, at, known, name_of, row);
            if known.contains(&name_of[column]) {
                let x = row[column];
                let goes_left = if x.is_nan() { unknown_left } else { x <= end };
                return side(if goes_left { left } else { left + 1 });
            }
            let weight = |at: usize| tree.nodes()[at].cover() / cover;
            weight(left) * side(left) + weight(left + 1) * side(left + 1)
        }
    }
}

/// Shapley's value of each of `players` by its definition, over all subsets.
fn shapley(players: usize, worth: impl Fn(&BTreeSet<usize>) -> f64) -> Vec<f64> {
    let factorial = |n: usize| (1..=n).product::<usize>() as f64;
    (0..players)
        .map(|player| {
            let others: Vec<usize> = (0..players).filter(|&p| p != player).collect();
            (0..1_usize << others.len())
                .map(|subset| {
                    let members = others.iter().enumerate().filter(|(k, _)| subset >> k & 1 == 1);
                    let mut set: BTreeSet<usize> = members.map(|(_, &p)| p).collect();
                    let size = set.len();
                    let weight =
                        factorial(size) * factorial(players - size - 1) / factorial(players);
                    let without = worth(&set);
                    set.insert(player);
                    weight * (worth(&set) - without)
                })
                .sum()
        })
        .collect()
}

/// Rows of two numbers, one of them sometimes unknown, a category, and an outcome.
fn rows() -> impl Strategy<Value = Vec<(f64, Option<f64>, u8, bool)>> {
    let number = prop::option::weighted(0.8, -5.0..5.0f64);
    prop::collection::vec((0.0..10.0f64, number, 0..3u8, any::<bool>()), 20..60)
}

fn table(rows: &[(f64, Option<f64>, u8, bool)]) -> Table {
    Table::new(vec![
        Column::numeric("x", rows.iter().map(|r| r.0.round()).collect()),
        Column::numeric("y", rows.iter().map(|r| r.1.unwrap_or(f64::NAN)).collect()),
        Column::category("z", rows.iter().map(|r| ["a", "b", "c"][usize::from(r.2)])),
    ])
    .unwrap()
}

fn grow(table: &Table, outcome: &[bool], options: &TreeOptions) -> Boosted {
    let features = Features::of(table);
    let offset = vec![-0.5; outcome.len()];
    let numbers = features.read(table).unwrap();
    Boosted::grow(&features, &numbers, outcome, &offset, options).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The walk gives what the definition gives; the flags of a category are one player.
    #[test]
    fn contributions_are_shapleys(rows in rows(), depth in 1..6usize, best in any::<bool>()) {
        let outcome: Vec<bool> = rows.iter().map(|r| r.3).collect();
        let table = table(&rows);
        let cuts = if best { Cuts::Best } else { Cuts::Random };
        let trees = grow(&table, &outcome, &TreeOptions { depth, cuts, ..SMALL });
        let features = Features::of(&table);
        let levels = rows.iter().map(|r| r.2).collect::<BTreeSet<_>>().len();
        let name_of: Vec<usize> = [0, 1].into_iter().chain(vec![2; levels]).collect();
        let numbers = features.read(&table).unwrap();
        let scores = trees.scores(&numbers).unwrap();
        for (i, told) in trees.contributions(&numbers).unwrap().into_iter().enumerate() {
            let row: Vec<f64> = numbers.columns().iter().map(|column| column[i]).collect();
            let worth = |known: &BTreeSet<usize>| -> f64 {
                trees.trees().iter().map(|tree| value(tree, 0, known, &name_of, &row)).sum()
            };
            for (told, defined) in told.iter().zip(shapley(3, worth)) {
                prop_assert!((told - defined).abs() < 1e-12, "{told} is not {defined}");
            }
            let sum = trees.mean() + told.iter().sum::<f64>();
            prop_assert!((sum - scores[i]).abs() < 1e-12);
        }
    }

    /// One tree of one cut is the best that there is, by trying all.
    #[test]
    fn the_first_cut_is_the_best_of_all(rows in rows(), penalty in 0.1..5.0f64) {
        let outcome: Vec<bool> = rows.iter().map(|r| r.3).collect();
        let x: Vec<f64> = rows.iter().map(|r| r.0.round()).collect();
        let table = Table::new(vec![Column::numeric("x", x.clone())]).unwrap();
        let options = TreeOptions {
            rounds: 1,
            sequences: 1,
            depth: 1,
            learning_rate: 1.0,
            row_share: 1.0,
            cuts: Cuts::Best,
            penalty,
            ..SMALL
        };
        let trees = grow(&table, &outcome, &options);
        let p = stats::priority::probability(-0.5);
        let sums = |keep: &dyn Fn(f64) -> bool| {
            let kept = (0..x.len()).filter(|&i| keep(x[i]));
            kept.fold((0.0, 0.0, 0), |(slope, curve, n), i| {
                (slope + if outcome[i] { 1.0 } else { 0.0 } - p, curve + p * (1.0 - p), n + 1)
            })
        };
        let worth = |(slope, curve, _): (f64, f64, usize)| slope * slope / (curve + penalty);
        let best = x
            .iter()
            .map(|&end| (sums(&|v| v <= end), sums(&|v| v > end)))
            .filter(|(left, right)| left.2 >= 2 && right.2 >= 2)
            .map(|(left, right)| worth(left) + worth(right) - worth(sums(&|_| true)))
            .fold(0.0, f64::max);
        match trees.trees()[0].nodes()[0] {
            Node::Leaf { .. } => prop_assert!(best < 1e-9, "a cut gains {best}"),
            Node::Cut { end, .. } => {
                let (left, right) = (sums(&|v| v <= end), sums(&|v| v > end));
                let gain = worth(left) + worth(right) - worth(sums(&|_| true));
                prop_assert!((gain - best).abs() < 1e-9, "gains {gain}, not {best}");
                let leaf = left.0 / (left.1 + penalty);
                let there = Table::new(vec![Column::numeric("x", vec![end])]).unwrap();
                let numbers = Features::of(&table).read(&there).unwrap();
                prop_assert!((trees.scores(&numbers).unwrap()[0] - leaf).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let table = Table::new(vec![Column::numeric("x", vec![1.0, 2.0, 3.0])]).unwrap();
    let features = Features::of(&table);
    let numbers = features.read(&table).unwrap();
    let grown = |outcome: &[bool], offset: &[f64], options: &TreeOptions| match Boosted::grow(
        &features, &numbers, outcome, offset, options,
    ) {
        Ok(_) => "fine",
        Err(error) => error.code(),
    };
    let outcome = [true, false, true];
    let code = |options: TreeOptions| grown(&outcome, &[0.0; 3], &options);
    assert_eq!(code(SMALL), "fine");
    for bad in [
        TreeOptions { learning_rate: 0.0, ..SMALL },
        TreeOptions { row_share: 1.5, ..SMALL },
        TreeOptions { column_share: f64::NAN, ..SMALL },
        TreeOptions { depth: 9, ..SMALL },
        TreeOptions { classes: 1, ..SMALL },
        TreeOptions { sequences: 0, ..SMALL },
    ] {
        assert_eq!(code(bad), "stats.out_of_range");
    }
    assert_eq!(code(TreeOptions { penalty: -1.0, ..SMALL }), "stats.negative");
    assert_eq!(grown(&outcome[1..], &[0.0; 3], &SMALL), "stats.length");
    assert_eq!(grown(&outcome, &[0.0; 2], &SMALL), "stats.length");
    assert_eq!(grown(&outcome, &[f64::NAN; 3], &SMALL), "stats.not_finite");
    assert_eq!(grown(&[], &[], &SMALL), "stats.empty");
    let other = Table::new(vec![Column::category("x", ["a"])]).unwrap();
    assert_eq!(features.read(&other).unwrap_err().code(), "stats.inconsistent");
}
