//! Properties of the control charts, and what they do with bad input.

use proptest::prelude::*;
use stats::linalg::Matrix;
use stats::spc::{
    Chart, ChartOptions, CountOptions, CusumOptions, EwmaOptions, Limits, MovingSigma, NELSON,
    Process, Sides, Sigma, Specification, Subgroups, WESTERN_ELECTRIC, WithinSigma, c_chart,
    capability, cusum, cusum_arl, ewma, ewma_arl, g_chart, individuals, moving_range, np_chart,
    p_chart, range_chart, sd_chart, t_squared, t_squared_single, u_chart, xbar, xbar_oc,
};

fn near(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-9 * (scale + a.abs() + b.abs())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn limits_scale_with_the_unit(
        values in prop::collection::vec(-10.0..10.0f64, 12..60),
        factor in 0.001..1000.0f64,
        shift in -50.0..50.0f64,
        probability in prop::bool::ANY,
    ) {
        let values = &values[..values.len() / 3 * 3];
        let other: Vec<f64> = values.iter().map(|x| factor * x + shift).collect();
        let limits = if probability { Limits::Probability(0.99) } else { Limits::Sigmas(3.0) };
        let options = ChartOptions { limits, ..Default::default() };
        let charts = |values: &[f64]| -> Vec<Chart<'static>> {
            let groups = Subgroups::equal(values, 3).unwrap();
            let single = individuals(values, &options).unwrap();
            vec![
                xbar(&groups, &options).unwrap(),
                Chart { statistics: single.statistics.into_owned().into(), ..single },
                range_chart(&groups, &options).unwrap(),
                sd_chart(&groups, &options).unwrap(),
                moving_range(values, 2, &options).unwrap(),
            ]
        };
        for (i, (one, two)) in charts(values).iter().zip(&charts(&other)).enumerate() {
            // Means move with the origin, spreads do not.
            let by = |y: f64| factor * y + if i < 2 { shift } else { 0.0 };
            let scale = factor * 10.0 + shift.abs();
            prop_assert!(near(by(one.center.at(0)), two.center.at(0), scale));
            prop_assert!(near(by(one.lower.at(0)), two.lower.at(0), scale));
            prop_assert!(near(by(one.upper.at(0)), two.upper.at(0), scale));
            prop_assert!(one.lower.at(0) <= one.center.at(0) || probability);
            prop_assert!(one.upper.at(0) > one.lower.at(0));
        }
    }

    #[test]
    fn patterns_are_the_same_upside_down(values in prop::collection::vec(-3i32..4, 2..200)) {
        let z: Vec<f64> = values.iter().map(|&x| f64::from(x)).collect();
        let down: Vec<f64> = z.iter().map(|x| -x).collect();
        let options = ChartOptions { center: Some(0.0), sigma: Sigma::Known(1.0), ..Default::default() };
        for rules in [NELSON.as_slice(), &WESTERN_ELECTRIC] {
            let one = individuals(&z, &options).unwrap().violations(rules).unwrap();
            let two = individuals(&down, &options).unwrap().violations(rules).unwrap();
            prop_assert_eq!(one, two);
        }
        let chart = individuals(&z, &options).unwrap();
        let turned = individuals(&down, &options).unwrap();
        let (up, down) = (CusumOptions::default(), EwmaOptions::default());
        let (one, two) = (cusum(&chart, &up).unwrap(), cusum(&turned, &up).unwrap());
        prop_assert_eq!(one.above, two.below);
        let (one, two) = (ewma(&chart, &down).unwrap(), ewma(&turned, &down).unwrap());
        prop_assert_eq!(one.beyond, two.beyond);
    }

    #[test]
    fn shares_stay_shares(
        samples in prop::collection::vec((1u32..200, 0.0..1.0f64), 2..30),
        probability in prop::bool::ANY,
    ) {
        let sizes: Vec<f64> = samples.iter().map(|s| f64::from(s.0)).collect();
        let bad: Vec<f64> = samples.iter().map(|s| (f64::from(s.0) * s.1).floor()).collect();
        let limits = if probability { Limits::Probability(0.9973) } else { Limits::Sigmas(3.0) };
        let options = CountOptions { limits, standard: None };
        let Ok(chart) = p_chart(&bad, &sizes, &options) else { return Ok(()) };
        let numbers = np_chart(&bad, &sizes, &options).unwrap();
        for (i, n) in sizes.iter().enumerate() {
            prop_assert!((0.0..=1.0).contains(&chart.lower.at(i)));
            prop_assert!((0.0..=1.0).contains(&chart.upper.at(i)));
            prop_assert!(near(chart.upper.at(i) * n, numbers.upper.at(i), 1.0));
        }
        prop_assert_eq!(chart.beyond(), numbers.beyond());
    }

    #[test]
    fn run_lengths_fall_with_the_shift(k in 0.1..1.0f64, h in 1.0..6.0f64, shift in 0.0..2.0f64) {
        let at = |shift| cusum_arl(k, h, shift, 0.0, Sides::Both).unwrap();
        prop_assert!(at(shift + 0.1) < at(shift) * (1.0 + 1e-9));
        prop_assert!(near(at(shift), at(-shift), 0.0));
        prop_assert!(cusum_arl(k, h + 0.5, shift, 0.0, Sides::Both).unwrap() > at(shift));
        let lambda = k.min(0.9);
        let limit = 1.0 + h / 3.0;
        let at = |shift| ewma_arl(lambda, limit, shift, 0.0, Sides::Both).unwrap();
        prop_assert!(at(shift + 0.1) < at(shift) * (1.0 + 1e-9));
        prop_assert!(xbar_oc(4, 3.0, shift + 0.1).unwrap() < xbar_oc(4, 3.0, shift).unwrap());
    }

    #[test]
    fn cpk_is_at_most_cp(mean in -3.0..3.0f64, sigma in 0.01..5.0f64, n in 2usize..500, factor in 0.01..100.0f64) {
        let specification = Specification { lower: Some(-2.0), upper: Some(2.5), target: Some(0.5) };
        let process = Process { mean, sigma, measurements: n };
        let found = capability(&process, &specification, &Default::default()).unwrap();
        let cp = found.cp.unwrap();
        prop_assert!(found.cpk.value <= cp.value + 1e-12);
        prop_assert!(found.cpmk.unwrap().abs() <= found.cpk.value.abs() + 1e-12);
        prop_assert!(cp.low <= cp.value && cp.value <= cp.high);
        let scaled = Specification {
            lower: Some(-2.0 * factor),
            upper: Some(2.5 * factor),
            target: Some(0.5 * factor),
        };
        let process = Process { mean: mean * factor, sigma: sigma * factor, measurements: n };
        let same = capability(&process, &scaled, &Default::default()).unwrap();
        prop_assert!(near(same.cpk.value, found.cpk.value, 1.0));
        prop_assert!(near(same.cpm.unwrap().value, found.cpm.unwrap().value, 1.0));
        prop_assert!(near(same.cpk_asymmetric.unwrap(), found.cpk_asymmetric.unwrap(), 1.0));
    }

    #[test]
    fn t_squared_does_not_depend_on_the_units(
        values in prop::collection::vec(-5.0..5.0f64, 24),
        a in 0.1..10.0f64,
        b in -3.0..3.0f64,
    ) {
        let items = Matrix::from_rows(12, 2, values).unwrap();
        // Another unit, another origin, and a sum of the two instead of the second.
        let other = Matrix::from_fn(12, 2, |i, j| match j {
            0 => a * items[(i, 0)] + 7.0,
            _ => items[(i, 1)] + b * items[(i, 0)],
        });
        for (one, two) in [
            (t_squared_single(&items, 0.99), t_squared_single(&other, 0.99)),
            (t_squared(&items, 3, 0.99), t_squared(&other, 3, 0.99)),
        ] {
            let (Ok(one), Ok(two)) = (one, two) else { continue };
            prop_assert_eq!(one.upper, two.upper);
            for (x, y) in one.statistics.iter().zip(&two.statistics) {
                prop_assert!((x - y).abs() < 1e-6 * (1.0 + x), "{} {}", x, y);
            }
        }
    }
}

#[test]
fn probability_limits_leave_the_chance_outside() {
    let options = ChartOptions {
        limits: Limits::Probability(0.95),
        sigma: Sigma::Known(2.0),
        center: Some(4.0),
        ..Default::default()
    };
    let values = [1.0, 5.0, 3.0, 7.0, 2.0, 6.0];
    let groups = Subgroups::equal(&values, 3).unwrap();
    // Published 2.5 and 97.5 % points of the range of three (Harter 1960): 0.303 and 3.682.
    let chart = range_chart(&groups, &options).unwrap();
    assert!((chart.lower.at(0) / 2.0 - 0.303).abs() < 1e-3, "{:?}", chart.lower);
    assert!((chart.upper.at(0) / 2.0 - 3.682).abs() < 1e-3, "{:?}", chart.upper);
    // Chi-squared with two degrees: 2.5 and 97.5 % points 0.050636 and 7.377759.
    let chart = sd_chart(&groups, &options).unwrap();
    assert!((chart.lower.at(0) - 2.0 * (0.050_636f64 / 2.0).sqrt()).abs() < 1e-5);
    assert!((chart.upper.at(0) - 2.0 * (7.377_759f64 / 2.0).sqrt()).abs() < 1e-5);
    // Geometric with mean 9: P(X > k) = 0.9^(k+1).
    let counts = CountOptions { limits: Limits::Probability(0.9), standard: Some(9.0) };
    let chart = g_chart(&[3.0], &counts).unwrap();
    assert_eq!((chart.lower.at(0), chart.upper.at(0)), (0.0, 28.0));
}

#[test]
fn bad_input_is_refused() {
    let options = ChartOptions::default();
    let code = |result: stats::Result<Chart<'_>>| result.unwrap_err().code();
    assert_eq!(code(individuals(&[], &options)), "stats.empty");
    assert_eq!(code(individuals(&[1.0], &options)), "stats.too_few");
    assert_eq!(code(individuals(&[2.0; 5], &options)), "stats.constant");
    assert_eq!(code(individuals(&[1.0, f64::NAN, 2.0], &options)), "stats.not_finite");
    assert_eq!(code(moving_range(&[1.0, 2.0], 1, &options)), "stats.out_of_range");
    assert!(Subgroups::equal(&[1.0, 2.0, 3.0], 2).is_err());
    assert!(Subgroups::equal(&[], 2).is_err());
    assert!(Subgroups::of(&[1.0, f64::INFINITY], &[2]).is_err());
    let groups = Subgroups::equal(&[1.0, 2.0, 4.0, 4.0], 2).unwrap();
    let with = |options: ChartOptions| code(xbar(&groups, &options));
    let limits = |limits| ChartOptions { limits, ..Default::default() };
    assert_eq!(with(limits(Limits::Sigmas(0.0))), "stats.out_of_range");
    assert_eq!(with(limits(Limits::Probability(1.0))), "stats.out_of_range");
    let sigma = |sigma| ChartOptions { sigma, ..Default::default() };
    assert_eq!(with(sigma(Sigma::Known(-1.0))), "stats.out_of_range");
    assert_eq!(with(sigma(Sigma::Moving(MovingSigma::Sd))), "stats.inconsistent");
    let within = sigma(Sigma::Within(WithinSigma::MeanSd));
    assert_eq!(code(individuals(&[1.0, 2.0], &within)), "stats.inconsistent");

    let counts = CountOptions::default();
    assert_eq!(code(p_chart(&[], &[], &counts)), "stats.empty");
    assert_eq!(code(p_chart(&[1.0], &[1.0, 2.0], &counts)), "stats.length");
    assert_eq!(code(p_chart(&[3.0], &[2.0], &counts)), "stats.out_of_range");
    assert_eq!(code(p_chart(&[0.0, 0.0], &[5.0, 5.0], &counts)), "stats.constant");
    assert_eq!(code(p_chart(&[1.5], &[5.0], &counts)), "stats.not_whole");
    assert_eq!(code(c_chart(&[0.0; 4], &counts)), "stats.constant");
    assert_eq!(code(c_chart(&[-1.0, 2.0], &counts)), "stats.negative");
    assert_eq!(code(u_chart(&[1.0], &[0.0], &counts)), "stats.out_of_range");
    assert_eq!(code(g_chart(&[f64::NAN], &counts)), "stats.not_finite");

    let column = Matrix::from_fn(6, 2, |i, j| (i * (j + 1)) as f64);
    assert_eq!(t_squared_single(&column, 0.99).unwrap_err().code(), "stats.singular");
    assert!(t_squared(&column, 1, 0.99).is_err());
    assert!(t_squared(&column, 4, 0.99).is_err());
    let few = Matrix::from_fn(3, 2, |i, j| (i * i + j) as f64);
    assert!(t_squared_single(&few, 0.99).is_err());
}
