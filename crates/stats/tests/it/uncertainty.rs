//! Properties of uncertainty and conformity.

use proptest::prelude::*;
use stats::linalg::Matrix;
use stats::uncertainty::conformity::{
    Population, Tolerance, conformance_probability, global_risks, posterior, specific_risk,
};
use stats::uncertainty::{
    Distribution, Formula, Input, MonteCarloOptions, PropagateOptions, monte_carlo, propagate,
};

proptest! {
    #[test]
    fn a_linear_function_is_exact(
        terms in proptest::collection::vec((-9.0..9.0f64, -50.0..50.0f64, 0.01..5.0f64, 1.0..40.0f64), 1..6),
    ) {
        let inputs: Vec<Input> =
            terms.iter().map(|(_, x, u, nu)| Input::new(*x, *u).with_degrees_of_freedom(*nu)).collect();
        let f = |x: &[f64]| x.iter().zip(&terms).map(|(x, (c, ..))| c * x).sum();
        let found = propagate(f, &inputs, None, &PropagateOptions::default()).unwrap();
        let parts: Vec<f64> = terms.iter().map(|(c, _, u, _)| (c * u).powi(2)).collect();
        let variance: f64 = parts.iter().sum();
        prop_assume!(variance > 1e-3);
        prop_assert!((found.standard_uncertainty / variance.sqrt() - 1.0).abs() < 1e-9);
        let lost: f64 = parts.iter().zip(&terms).map(|(p, (.., nu))| p * p / nu).sum();
        prop_assert!((found.degrees_of_freedom * lost / variance.powi(2) - 1.0).abs() < 1e-7);
        let least = terms.iter().fold(f64::INFINITY, |a, t| a.min(t.3));
        let most: f64 = terms.iter().map(|t| t.3).sum();
        prop_assert!(found.degrees_of_freedom > least * 0.999 && found.degrees_of_freedom < most * 1.001);
        let shares: f64 = found.contributions.iter().map(|c| c.share).sum();
        prop_assert!((shares - 1.0).abs() < 1e-9);
        let bent = PropagateOptions { second_order: true, ..PropagateOptions::default() };
        let bent = propagate(f, &inputs, None, &bent).unwrap();
        prop_assert!((bent.standard_uncertainty / found.standard_uncertainty - 1.0).abs() < 1e-6);
    }

    #[test]
    fn text_and_closure_agree(a in 0.1..9.0f64, b in 0.1..9.0f64, c in -3.0..3.0f64) {
        let text = "(a^2 - b / 3.5e-1) * exp(-c) + sqrt(a * b) - 2 * -c ** 3";
        let formula = Formula::parse(text, &["a", "b", "c"]).unwrap();
        let closure = (a * a - b / 0.35) * (-c).exp() + (a * b).sqrt() + 2.0 * c.powi(3);
        prop_assert!((formula.value(&[a, b, c]) - closure).abs() <= 1e-12 * closure.abs().max(100.0));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[-+*/^(). 0-9a-z]{0,40}") {
        if let Ok(formula) = Formula::parse(&text, &["a", "b"]) {
            let _ = formula.value(&[1.0, 2.0]);
        }
    }

    #[test]
    fn conformance_falls_with_distance_and_risk_with_the_guard_band(
        mean in 9.0..11.0f64, sd in 0.1..2.0f64, u in 0.02..1.0f64, w in 0.0..0.4f64, y in 10.0..12.0f64,
    ) {
        let tolerance = Tolerance::new(9.5, 10.5).unwrap();
        let p = |y: f64| conformance_probability(y, u, &tolerance).unwrap();
        prop_assert!(p(y) >= p(y + 0.1) && (0.0..=1.0).contains(&p(y)));
        prop_assert!((p(y) - p(20.0 - y)).abs() < 1e-12);
        let items = Population { mean, standard_deviation: sd };
        let with = |w: f64| global_risks(&items, u, &tolerance, &tolerance.guarded(w).unwrap()).unwrap();
        let (none, some) = (with(0.0), with(w));
        prop_assert!(some.consumer <= none.consumer + 1e-13 && some.producer >= none.producer - 1e-13);
        prop_assert!((0.0..=1.0).contains(&some.consumer) && some.producer <= some.conforming + 1e-13);
        prop_assert_eq!(none.conforming, some.conforming);
    }

    #[test]
    fn what_is_known_narrows(a in -5.0..5.0f64, s in 0.1..3.0f64, b in -5.0..5.0f64, t in 0.1..3.0f64) {
        let (mean, sd) = posterior((a, s), (b, t)).unwrap();
        prop_assert!(sd <= s.min(t) && mean >= a.min(b) - 1e-12 && mean <= a.max(b) + 1e-12);
    }
}

#[test]
fn the_global_risk_is_the_specific_one_over_all_measurements() {
    // JCGM 106:2012 9.5: averaging the specific consumer's risk over what is accepted gives the
    // global one; here by a sum over measured values.
    let items = Population { mean: 10.1, standard_deviation: 0.4 };
    let (u, tolerance) = (0.15, Tolerance::new(9.4, 10.6).unwrap());
    let spread = items.standard_deviation.hypot(u);
    let steps = 200_000;
    let width = 1.2 / f64::from(steps);
    let sum: f64 = (0..steps)
        .map(|k| {
            let y = 9.4 + (f64::from(k) + 0.5) * width;
            let (mean, sd) = posterior((items.mean, items.standard_deviation), (y, u)).unwrap();
            let density = (-0.5 * ((y - items.mean) / spread).powi(2)).exp();
            density * specific_risk(mean, sd, &tolerance).unwrap()
        })
        .sum();
    let expected = sum * width / spread / std::f64::consts::TAU.sqrt();
    let found = global_risks(&items, u, &tolerance, &tolerance).unwrap().consumer;
    assert!((found - expected).abs() < 1e-10, "{found} {expected}");
}

#[test]
fn trials_agree_with_the_law_for_a_product() {
    // For independent x and y, the variance of x y is x²u²(y) + y²u²(x) + u²(x)u²(y) exactly.
    let normal = |mean, standard_uncertainty| Distribution::Normal { mean, standard_uncertainty };
    let inputs = [normal(5.0, 1.0), normal(2.0, 0.5)];
    let product = |x: &[f64]| x[0] * x[1];
    let exact = (25.0f64 * 0.25 + 4.0 + 0.25).sqrt();
    let found = monte_carlo(product, &inputs, None, &MonteCarloOptions::default()).unwrap();
    assert!((found.standard_uncertainty / exact - 1.0).abs() < 0.005);
    let inputs = inputs.map(|i| i.input().unwrap());
    let bent = PropagateOptions { second_order: true, ..PropagateOptions::default() };
    let budget = propagate(product, &inputs, None, &bent).unwrap();
    assert!((budget.standard_uncertainty / exact - 1.0).abs() < 1e-9);
}

#[test]
fn any_number_of_threads_gives_the_same_trials() {
    let correlations = Matrix::from_rows(2, 2, vec![1.0, 0.5, 0.5, 1.0]).unwrap();
    let normal = Distribution::Normal { mean: 1.0, standard_uncertainty: 0.1 };
    let options = MonteCarloOptions { trials: 100_000, seed: 9 };
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let run = || monte_carlo(|x| x[0] / x[1], &[normal; 2], Some(&correlations), &options);
        pool.install(run).unwrap()
    };
    let (one, three) = (with(1), with(3));
    assert_eq!(one, three);
    let width = |(low, high): (f64, f64)| high - low;
    assert!(width(one.shortest(0.9).unwrap()) <= width(one.symmetric(0.9).unwrap()));
    assert_ne!(one, {
        let other = MonteCarloOptions { seed: 10, ..options };
        monte_carlo(|x| x[0] / x[1], &[normal; 2], Some(&correlations), &other).unwrap()
    });
}
