//! The learned order of inspection.

mod chicago;
mod logistic;
mod model;
mod record;
mod trees;

use stats::priority::{Options, TreeOptions};

/// Few small trees: what is tested here holds for any number.
fn quick() -> Options {
    let trees = TreeOptions { rounds: 12, sequences: 3, leaf_rows: 5, ..TreeOptions::DEFAULT };
    Options { trees, ..Options::default() }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}
