//! The regressions against published fits.

use proptest::prelude::*;
use stats::linalg::Matrix;
use stats::priority::{Responses, logistic, mixed_logistic};

/// Cases counted by weights: `yes` of `of` for each row of the design.
struct Counted {
    design: Matrix,
    outcome: Vec<bool>,
    weights: Vec<f64>,
}

impl Counted {
    fn new(rows: &[(Vec<f64>, f64, f64)]) -> Self {
        let columns = rows[0].0.len();
        Self {
            design: Matrix::from_fn(2 * rows.len(), columns, |i, j| rows[i / 2].0[j]),
            outcome: (0..2 * rows.len()).map(|i| i % 2 == 0).collect(),
            weights: rows.iter().flat_map(|(_, yes, of)| [*yes, of - yes]).collect(),
        }
    }

    fn responses(&self) -> Responses<'_> {
        let Self { design, outcome, weights } = self;
        Responses { design, outcome, weights: Some(weights), offset: None }
    }
}

/// That every value is the published one, to half a unit of its last place.
fn assert_published(got: &[f64], published: &[f64], half_unit: f64) {
    assert_eq!(got.len(), published.len());
    for (got, published) in got.iter().zip(published) {
        assert!((got - published).abs() <= half_unit, "{got} is not {published}");
    }
}

/// Ingots not ready for rolling, by heating and soaking time: Cox and Snell, Analysis of Binary Data
/// (1989), p. 10. Estimates and errors as in the manual of SAS PROC LOGISTIC.
#[test]
fn the_ingots_of_cox_and_snell() {
    let rows: Vec<(Vec<f64>, f64, f64)> = [
        (7.0, 1.0, 0.0, 10.0),
        (14.0, 1.0, 0.0, 31.0),
        (27.0, 1.0, 1.0, 56.0),
        (51.0, 1.0, 3.0, 13.0),
        (7.0, 1.7, 0.0, 17.0),
        (14.0, 1.7, 0.0, 43.0),
        (27.0, 1.7, 4.0, 44.0),
        (51.0, 1.7, 0.0, 1.0),
        (7.0, 2.2, 0.0, 7.0),
        (14.0, 2.2, 2.0, 33.0),
        (27.0, 2.2, 0.0, 21.0),
        (51.0, 2.2, 0.0, 1.0),
        (7.0, 2.8, 0.0, 12.0),
        (14.0, 2.8, 0.0, 31.0),
        (27.0, 2.8, 1.0, 22.0),
        (51.0, 4.0, 0.0, 1.0),
        (7.0, 4.0, 0.0, 9.0),
        (14.0, 4.0, 0.0, 19.0),
        (27.0, 4.0, 1.0, 16.0),
    ]
    .map(|(heat, soak, not_ready, of)| (vec![1.0, heat, soak], not_ready, of))
    .into();
    let ingots = Counted::new(&rows);
    let fit = logistic(&ingots.responses(), &[0.0; 3]).unwrap();
    assert_published(&fit.coefficients, &[-5.5592, 0.0820, 0.0568], 0.00005);
    assert_published(&fit.standard_errors, &[1.1197, 0.0237, 0.3312], 0.00005);
}

/// Contagious bovine pleuropneumonia in 15 herds over four periods (Lesnoff et al. 2004), the
/// example of lme4: herd, cases and animals, the period starting anew with each herd.
const HERDS: [(usize, &[(f64, f64)]); 15] = [
    (1, &[(2.0, 14.0), (3.0, 12.0), (4.0, 9.0), (0.0, 5.0)]),
    (2, &[(3.0, 22.0), (1.0, 18.0), (1.0, 21.0)]),
    (3, &[(8.0, 22.0), (2.0, 16.0), (0.0, 16.0), (2.0, 20.0)]),
    (4, &[(2.0, 10.0), (0.0, 10.0), (2.0, 9.0), (0.0, 6.0)]),
    (5, &[(5.0, 18.0), (0.0, 25.0), (0.0, 24.0), (1.0, 4.0)]),
    (6, &[(3.0, 17.0), (0.0, 17.0), (0.0, 18.0), (1.0, 20.0)]),
    (7, &[(8.0, 16.0), (1.0, 10.0), (3.0, 9.0), (0.0, 5.0)]),
    (8, &[(12.0, 34.0)]),
    (9, &[(2.0, 9.0), (0.0, 6.0), (0.0, 8.0), (0.0, 6.0)]),
    (10, &[(1.0, 22.0), (1.0, 22.0), (0.0, 18.0), (2.0, 22.0)]),
    (11, &[(0.0, 25.0), (5.0, 27.0), (3.0, 22.0), (1.0, 22.0)]),
    (12, &[(2.0, 10.0), (1.0, 8.0), (0.0, 6.0), (0.0, 5.0)]),
    (13, &[(1.0, 21.0), (2.0, 24.0), (0.0, 19.0), (0.0, 23.0)]),
    (14, &[(11.0, 19.0), (0.0, 2.0), (0.0, 3.0), (0.0, 2.0)]),
    (15, &[(1.0, 19.0), (1.0, 15.0), (1.0, 15.0), (0.0, 15.0)]),
];

#[test]
fn the_herds_of_lme4() {
    let mut rows = Vec::new();
    let mut group = Vec::new();
    for (herd, periods) in HERDS {
        for (period, &(cases, animals)) in periods.iter().enumerate() {
            let flag = |p| if period == p { 1.0 } else { 0.0 };
            rows.push((vec![1.0, flag(1), flag(2), flag(3)], cases, animals));
            group.extend([herd - 1, herd - 1]);
        }
    }
    let herds = Counted::new(&rows);
    let fit = mixed_logistic(&herds.responses(), &[0.0; 4], &group).unwrap();
    // Published with lme4 for the full Laplace fit; the coefficients of the joint fit lie a little
    // nearer to zero.
    assert_published(&[fit.spread], &[0.6421], 0.0005);
    assert_published(&fit.coefficients, &[-1.3985, -0.9923, -1.1287, -1.5803], 0.04);
    // An independent computation of the joint fit, the spread by a bounded search.
    let joint = [-1.360_471_76, -0.976_177_47, -1.111_076_89, -1.559_680_52];
    assert_published(&fit.coefficients, &joint, 2e-6);
    let errors = [0.227_574_62, 0.303_287_35, 0.323_511_80, 0.424_455_50];
    assert_published(&fit.standard_errors, &errors, 2e-6);
    // The differences are contrasts: with 15 herds, 15/14 of the distance from the mean.
    let mean = fit.effects.iter().sum::<f64>() / 15.0;
    for (effect, difference) in fit.effects.iter().zip(&fit.differences) {
        assert!((difference.value - (effect - mean) * 15.0 / 14.0).abs() < 1e-12);
    }
}

/// With two groups the difference is that of two intercepts, whose variance the inverse of the whole
/// Hessian gives as well.
#[test]
fn the_error_of_a_difference_is_that_of_the_full_inverse() {
    let (found, visits, slope) = ([3.0, 9.0, 5.0], [20.0, 24.0, 30.0], [0.3, -0.2, 0.9]);
    let rows: Vec<_> = (0..3).map(|g| (vec![1.0, slope[g]], found[g], visits[g])).collect();
    let counted = Counted::new(&rows);
    let group = [0, 0, 1, 1, 2, 2];
    let fit = mixed_logistic(&counted.responses(), &[0.0, 2.0], &group).unwrap();
    let mut hessian = Matrix::zeros(5, 5);
    for g in 0..3 {
        let row = [1.0, slope[g], flag(g == 0), flag(g == 1), flag(g == 2)];
        let log_odds = fit.coefficients[0] + fit.coefficients[1] * slope[g] + fit.effects[g];
        let p = stats::priority::probability(log_odds);
        for i in 0..5 {
            for j in 0..5 {
                hessian[(i, j)] += visits[g] * p * (1.0 - p) * row[i] * row[j];
            }
        }
        hessian[(2 + g, 2 + g)] += 1.0 / (fit.spread * fit.spread);
    }
    hessian[(1, 1)] += 2.0;
    let cholesky = stats::linalg::Cholesky::of("hessian", &hessian).unwrap();
    let variance = cholesky.inverse_form(&[0.0, 0.0, -0.5, 1.0, -0.5]);
    assert!((fit.differences[1].standard_error - variance.sqrt()).abs() < 1e-9);
}

fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

fn codes(design: &Matrix, outcome: &[bool], penalty: &[f64]) -> &'static str {
    let responses = Responses { design, outcome, weights: None, offset: None };
    logistic(&responses, penalty).unwrap_err().code()
}

#[test]
fn bad_input_is_refused_by_name() {
    let line = Matrix::from_fn(6, 2, |i, j| if j == 0 { 1.0 } else { i as f64 });
    let mixed = [true, false, true, false, false, true];
    let parted = [false, false, false, true, true, true];
    assert_eq!(codes(&Matrix::zeros(0, 2), &[], &[0.0; 2]), "stats.empty");
    assert_eq!(codes(&line, &mixed[1..], &[0.0; 2]), "stats.length");
    assert_eq!(codes(&line, &mixed, &[0.0; 3]), "stats.length");
    assert_eq!(codes(&line, &mixed, &[0.0, -1.0]), "stats.negative");
    assert_eq!(codes(&line, &[true; 6], &[0.0; 2]), "stats.constant");
    assert_eq!(codes(&line, &parted, &[0.0; 2]), "stats.separation");
    let unknown = Matrix::from_fn(6, 1, |i, _| if i == 3 { f64::NAN } else { 1.0 });
    assert_eq!(codes(&unknown, &mixed, &[0.0]), "stats.not_finite");
    let twice = Matrix::from_fn(6, 2, |i, _| i as f64 - 2.0);
    assert_eq!(codes(&twice, &mixed, &[0.0; 2]), "stats.singular");
    // What cannot be had without a penalty can be had with one.
    let responses = |design, outcome| Responses { design, outcome, weights: None, offset: None };
    for fit in [
        logistic(&responses(&line, &parted), &[0.0, 0.01]),
        logistic(&responses(&twice, &mixed), &[0.0, 1.0]),
    ] {
        assert!(fit.unwrap().coefficients.iter().all(|b| b.is_finite()));
    }
    for group in [vec![0, 1, 3, 3, 1, 0], vec![0, 1], vec![usize::MAX - 1; 6]] {
        assert!(mixed_logistic(&responses(&line, &mixed), &[0.0; 2], &group).is_err());
    }
}

/// Half of the cases separated: the other half holds the intercept, not the coefficient.
#[test]
fn quasi_separation_is_seen() {
    let design = Matrix::from_fn(12, 2, |i, j| if j == 0 { 1.0 } else { flag(i >= 8) });
    let outcome: Vec<bool> = (0..12).map(|i| i % 2 == 0 || i >= 8).collect();
    assert_eq!(codes(&design, &outcome, &[0.0; 2]), "stats.separation");
}

#[test]
fn one_group_has_nobody_to_depart_from() {
    let design = Matrix::from_fn(6, 1, |_, _| 1.0);
    let outcome = [true, false, true, false, false, true];
    let responses = Responses { design: &design, outcome: &outcome, weights: None, offset: None };
    let fit = mixed_logistic(&responses, &[0.0], &[0; 6]).unwrap();
    assert_eq!((fit.effects[0], fit.spread, fit.reliability[0]), (0.0, 0.0, 0.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// At the fit the slope of the penalised likelihood is zero, and a heavier penalty never gives
    /// longer coefficients.
    #[test]
    fn the_fit_is_the_top(
        cells in prop::collection::vec((-3.0..3.0f64, -1.0..5.0f64, any::<bool>()), 12..60),
        light in 0.01..2.0f64,
    ) {
        let outcome: Vec<bool> = cells.iter().map(|c| c.2).collect();
        prop_assume!(outcome.contains(&true) && outcome.contains(&false));
        let design = Matrix::from_fn(cells.len(), 3, |i, j| [1.0, cells[i].0, cells[i].1][j]);
        let responses =
            Responses { design: &design, outcome: &outcome, weights: None, offset: None };
        let penalty = [0.0, light, light];
        let fit = logistic(&responses, &penalty).unwrap();
        let fitted = design.times(&fit.coefficients);
        for j in 0..3 {
            let slope: f64 = (0..cells.len())
                .map(|i| {
                    let residual = flag(outcome[i]) - stats::priority::probability(fitted[i]);
                    residual * design[(i, j)]
                })
                .sum();
            prop_assert!((slope - penalty[j] * fit.coefficients[j]).abs() < 1e-6);
        }
        let heavy = logistic(&responses, &[0.0, 4.0 * light, 4.0 * light]).unwrap();
        let length = |b: &[f64]| b[1] * b[1] + b[2] * b[2];
        prop_assert!(length(&heavy.coefficients) <= length(&fit.coefficients) + 1e-9);
    }
}
