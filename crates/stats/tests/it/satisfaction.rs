//! Path models against what they are known to be in special cases, and properties.

use proptest::prelude::*;
use stats::linalg::{Cholesky, Matrix, symmetric_eigen};
use stats::random::Random;
use stats::satisfaction::{
    Block, BootstrapOptions, Model, Options, Scheme, bootstrap, fit, satisfaction_index,
};

/// Answers to two blocks of three and two questions that share an opinion.
fn answers(n: usize, seed: u64) -> Matrix {
    let mut rows = Matrix::zeros(n, 5);
    for i in 0..n {
        let mut random = Random::stream(seed, i as u64);
        let opinion = random.normal();
        for (j, share) in [0.9, 0.6, 0.3, 0.8, 0.5].into_iter().enumerate() {
            rows[(i, j)] = 5.0 + (j as f64 + 1.0) * (share * opinion + random.normal());
        }
    }
    rows
}

fn settled(scheme: Scheme) -> Options {
    Options { scheme, tolerance: 1e-26, most_iterations: 10_000, ..Options::default() }
}

/// Correlations of columns.
fn correlations(data: &Matrix) -> Matrix {
    let n = data.rows() as f64;
    let columns: Vec<Vec<f64>> = (0..data.columns())
        .map(|j| {
            let x = data.column(j);
            let mean = x.iter().sum::<f64>() / n;
            let norm = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>().sqrt();
            x.iter().map(|x| (x - mean) / norm).collect()
        })
        .collect();
    let product = |i: usize, j: usize| columns[i].iter().zip(&columns[j]).map(|(a, b)| a * b).sum();
    Matrix::from_fn(columns.len(), columns.len(), product)
}

fn part(of: &Matrix, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> Matrix {
    Matrix::from_fn(rows.len(), columns.len(), |i, j| of[(rows.start + i, columns.start + j)])
}

#[test]
fn two_formative_blocks_are_canonical_correlation() {
    // Tenenhaus et al. (2005) §6: the largest eigenvalue of R11⁻¹ R12 R22⁻¹ R21 is the squared
    // correlation; with R11 = L Lᵀ that of the symmetric L⁻¹ R12 R22⁻¹ R21 L⁻ᵀ.
    let data = answers(80, 1);
    let r = correlations(&data);
    let (r11, r12, r22) = (part(&r, 0..3, 0..3), part(&r, 0..3, 3..5), part(&r, 3..5, 3..5));
    let (left, right) = (Cholesky::of("R11", &r11).unwrap(), Cholesky::of("R22", &r22).unwrap());
    let halves: Vec<Vec<f64>> = (0..2).map(|j| left.forward(&r12.column(j))).collect();
    let halves = Matrix::from_fn(3, 2, |i, j| halves[j][i]);
    let product = halves.product(&right.inverse()).product(&halves.transposed());
    let canonical = symmetric_eigen(&product).unwrap().values[0].sqrt();
    let blocks = vec![Block::formative("x", 0..3), Block::formative("y", 3..5)];
    let model = Model::new(blocks, &[(0, 1)]).unwrap();
    for scheme in [Scheme::Centroid, Scheme::Factorial, Scheme::Path] {
        let found = fit(&data, &model, &settled(scheme)).unwrap();
        assert!((found.paths[(1, 0)].abs() - canonical).abs() < 1e-12);
        assert_eq!(found.latents[0].average_variance_extracted, None);
    }
}

#[test]
fn two_reflective_blocks_are_interbattery_analysis() {
    // Tenenhaus et al. (2005) §6: the weights are the first singular vectors of R12 (Tucker 1958).
    let data = answers(80, 2);
    let r = correlations(&data);
    let r12 = part(&r, 0..3, 3..5);
    let eigen = symmetric_eigen(&r12.product(&r12.transposed())).unwrap();
    let vector = eigen.vectors.column(0);
    let blocks = vec![Block::reflective("x", 0..3), Block::reflective("y", 3..5)];
    let model = Model::new(blocks, &[(0, 1)]).unwrap();
    let found = fit(&data, &model, &settled(Scheme::Factorial)).unwrap();
    let weights: Vec<f64> = found.indicators[..3].iter().map(|i| i.weight).collect();
    let norm = weights.iter().map(|w| w * w).sum::<f64>().sqrt();
    for (weight, expected) in weights.iter().zip(vector) {
        assert!((weight / norm - expected).abs() < 1e-11);
    }
    // By hand: (Σ λ)² over itself and the errors.
    let loadings: Vec<f64> = found.indicators[..3].iter().map(|i| i.loading).collect();
    let square = loadings.iter().sum::<f64>().powi(2);
    let errors: f64 = loadings.iter().map(|l| 1.0 - l * l).sum();
    let composite = found.latents[0].composite_reliability.unwrap();
    assert!((composite - square / (square + errors)).abs() < 1e-14);
}

#[test]
fn the_spread_of_a_correlation() {
    // Two single questions: the path is their correlation, whose standard error is about
    // (1 - ρ²)/√n for normal answers.
    let data = answers(400, 3);
    let blocks = vec![Block::reflective("x", [0]), Block::reflective("y", [3])];
    let model = Model::new(blocks, &[(0, 1)]).unwrap();
    let draws = BootstrapOptions { replicates: 2000, ..BootstrapOptions::default() };
    let found = bootstrap(&data, &model, &Options::default(), &draws).unwrap();
    let path = found.paths[0].spread;
    let expected = (1.0 - path.original.powi(2)) / 20.0;
    assert!((path.standard_error / expected - 1.0).abs() < 0.15, "{path:?} {expected}");
    assert!(path.lower < path.original && path.original < path.upper);
    assert_eq!((found.failed, found.loadings[0].standard_error < 1e-9), (0, true));
}

#[test]
fn any_number_of_threads_gives_the_same_draws() {
    let data = answers(60, 4);
    let blocks = vec![Block::reflective("x", 0..3), Block::reflective("y", 3..5)];
    let model = Model::new(blocks, &[(0, 1)]).unwrap();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let run = || bootstrap(&data, &model, &Options::default(), &BootstrapOptions::default());
        pool.install(run).unwrap()
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn bad_answers() {
    let blocks = || vec![Block::reflective("x", 0..3), Block::formative("y", 3..5)];
    let model = Model::new(blocks(), &[(0, 1)]).unwrap();
    let code = |data: &Matrix, options: &Options| fit(data, &model, options).unwrap_err().code();
    let usual = Options::default();
    let good = answers(30, 5);
    let with = |change: &dyn Fn(usize, usize, f64) -> f64| {
        Matrix::from_fn(30, 5, |i, j| change(i, j, good[(i, j)]))
    };
    assert_eq!(code(&answers(2, 5), &usual), "stats.too_few");
    assert_eq!(code(&Matrix::zeros(30, 4), &usual), "stats.inconsistent");
    assert_eq!(
        code(&with(&|i, j, x| if (i, j) == (7, 2) { f64::NAN } else { x }), &usual),
        "stats.not_finite"
    );
    assert_eq!(code(&with(&|_, j, x| if j == 1 { 0.1 } else { x }), &usual), "stats.constant");
    let doubled = with(&|i, j, x| if j == 4 { 2.0 * good[(i, 3)] } else { x });
    assert_eq!(code(&doubled, &usual), "stats.singular");
    let hasty = Options { most_iterations: 1, ..settled(Scheme::Path) };
    assert_eq!(code(&good, &hasty), "stats.no_convergence");
    let loose = Options { tolerance: 0.0, ..usual };
    assert_eq!(code(&good, &loose), "stats.out_of_range");
    let one = BootstrapOptions { replicates: 1, ..BootstrapOptions::default() };
    let failed = bootstrap(&good, &model, &usual, &one);
    assert_eq!(failed.unwrap_err().code(), "stats.out_of_range");
}

#[test]
fn the_index_by_hand() {
    let data = answers(50, 6);
    let blocks = vec![Block::reflective("x", 0..3), Block::reflective("y", 3..5)];
    let model = Model::new(blocks, &[(0, 1)]).unwrap();
    let found = fit(&data, &model, &Options::default()).unwrap();
    let index = satisfaction_index(&found, &model, &data, 1, -40.0, 60.0).unwrap();
    let weights = [3, 4].map(|j| found.indicators[j].raw_weight);
    let mean = |j: usize| data.column(j).iter().sum::<f64>() / 50.0;
    let numerator = weights[0] * (mean(3) + 40.0) + weights[1] * (mean(4) + 40.0);
    let expected = numerator / ((weights[0] + weights[1]) * 100.0) * 100.0;
    assert!((index.value - expected).abs() < 1e-10);
    let code = |latent, low, high| {
        let failed = satisfaction_index(&found, &model, &data, latent, low, high);
        failed.unwrap_err().code()
    };
    assert_eq!(code(2, -40.0, 60.0), "stats.inconsistent");
    assert_eq!(code(1, 60.0, -40.0), "stats.out_of_range");
    assert_eq!(code(1, 4.9, 5.1), "stats.out_of_range");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn scaled_answers_do_not_know_their_unit(seed in 1..1000u64, scale in 0.01..100.0f64, shift in -50.0..50.0f64) {
        let data = answers(40, seed);
        let moved = Matrix::from_fn(40, 5, |i, j| if j == 1 { data[(i, j)] * scale + shift } else { data[(i, j)] });
        let blocks = vec![Block::reflective("x", 0..3), Block::formative("y", 3..5)];
        let model = Model::new(blocks, &[(0, 1)]).unwrap();
        let (a, b) = (fit(&data, &model, &settled(Scheme::Path)), fit(&moved, &model, &settled(Scheme::Path)));
        // Blocks that are hardly related may need more iterations than are allowed.
        prop_assume!(a.is_ok() && b.is_ok());
        let (a, b) = (a.unwrap(), b.unwrap());
        prop_assert!((a.paths[(1, 0)] - b.paths[(1, 0)]).abs() < 1e-7);
        for (x, y) in a.indicators.iter().zip(&b.indicators) {
            prop_assert!((x.loading - y.loading).abs() < 1e-6);
            prop_assert!(x.loading.abs() <= 1.0 + 1e-12);
        }
        let r2 = a.latents[1].r_squared;
        prop_assert!((0.0..=1.0).contains(&r2));
        for l in 0..2 {
            let scores = a.scores.column(l);
            let square: f64 = scores.iter().map(|s| s * s).sum::<f64>() / 40.0;
            prop_assert!(scores.iter().sum::<f64>().abs() < 1e-9 && (square - 1.0).abs() < 1e-9);
        }
    }
}
