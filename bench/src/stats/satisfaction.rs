//! Path models of satisfaction.

use std::error::Error;

use stats::linalg::Matrix;
use stats::random::Random;
use stats::satisfaction::{Block, BootstrapOptions, Model, Options, Scheme, bootstrap};

use crate::report::{Measurement, timed};

/// R's plspm took 2.6 s for the same size on two such cores.
pub fn run() -> Result<(), Box<dyn Error>> {
    let (data, model) = (answers(250), model()?);
    let draws = BootstrapOptions { replicates: 500, ..BootstrapOptions::default() };
    for (name, scheme) in [("centroid", Scheme::Centroid), ("path", Scheme::Path)] {
        let options = Options { scheme, ..Options::default() };
        let mut best = None;
        for _ in 0..5 {
            let (found, time) = timed(|| bootstrap(&data, &model, &options, &draws));
            found?;
            best = Some(best.map_or(time, |best: std::time::Duration| best.min(time)));
        }
        Measurement::new("stats", "PLS path model, bootstrap", 500)
            .with("scheme", name)
            .with("respondents", 250)
            .with("questions", 27)
            .with("at_most_ms", 80)
            .took(best.unwrap_or_default())
            .peer("R plspm 0.5.1", Measurement::new("", "", 500).with("seconds", 2.6))
            .print();
    }
    Ok(())
}

/// The six latent variables of the European satisfaction index.
fn model() -> Result<Model, stats::Error> {
    let blocks = vec![
        Block::reflective("image", 0..5),
        Block::reflective("expectation", 5..10),
        Block::reflective("quality", 10..15),
        Block::reflective("value", 15..19),
        Block::reflective("satisfaction", 19..23),
        Block::reflective("loyalty", 23..27),
    ];
    let paths = [(0, 1), (1, 2), (1, 3), (2, 3), (0, 4), (1, 4), (2, 4), (3, 4), (0, 5), (4, 5)];
    Model::new(blocks, &paths)
}

/// Answers from 0 to 10 that follow the model: one common opinion, one per latent variable, noise.
fn answers(respondents: usize) -> Matrix {
    let latent_of = |j: usize| [5, 10, 15, 19, 23, 27].partition_point(|&end| end <= j);
    let mut rows = Matrix::zeros(respondents, 27);
    for i in 0..respondents {
        let mut random = Random::stream(7, i as u64);
        let common = random.normal();
        let own: Vec<f64> = (0..6).map(|_| 0.7 * common + 0.7 * random.normal()).collect();
        for j in 0..27 {
            let answer = 7.0 + 1.5 * own[latent_of(j)] + random.normal();
            rows[(i, j)] = answer.round().clamp(0.0, 10.0);
        }
    }
    rows
}
