//! Methods and options without a golden case, against published examples or figures of R surveillance
//! 1.20.3 run for the purpose.

use stats::surveillance::{
    Calendar, Change, ClassicOptions, CusumOptions, Direction, GlrOptions, InControl,
    InControlMean, OutbreakOptions, Overdispersion, Transform, Unit, cusum, farrington, glr,
    outbreak_p, outbreak_p_cases,
};

fn close(got: f64, expected: f64) {
    assert!(
        (got - expected).abs() <= 1e-6 * expected.abs() + 1e-12,
        "{got} where {expected} is expected"
    );
}

/// The classic method per head of a growing population
/// (`fitFun = "algo.farrington.fitGLM.populationOffset"`).
#[test]
fn classic_per_head() {
    let counts: Vec<f64> =
        (1..=300).map(|t| f64::from((t * 7) % 11 + if t % 52 > 30 { 3 } else { 0 })).collect();
    let population: Vec<f64> = (1..=300).map(|t| f64::from(1000 + 10 * t)).collect();
    let unit = Unit { counts: &counts, population: Some(&population) };
    let options =
        ClassicOptions { alpha: 0.01, population_offset: true, ..ClassicOptions::default() };
    let tested = farrington(&[unit], Calendar::Frequency(52), 296..300, &options).unwrap();
    for (point, [limit, probability, median]) in tested[0].iter().zip([
        [16.0049987011512, 0.0861988363184212, 6.71435125464429],
        [16.6461417500831, 0.7780416937232221, 7.54660322329334],
        [15.1217060183996, 0.5304738414034847, 5.76696393471592],
        [16.2085843451702, 0.9587486848259404, 7.16653557719564],
    ]) {
        let forecast = point.forecast.unwrap();
        close(forecast.limit, limit);
        close(forecast.probability, probability);
        close(forecast.median, median);
        assert!(forecast.slope.is_some() && !point.alarm);
    }
}

/// The example of the manual of outbreakP (CASE project), with the package's figures.
#[test]
fn outbreak_p_manual() {
    let counts = [1, 0, 3, 1, 2, 3, 5, 4, 7, 3, 5, 8, 16, 23, 33, 34, 48].map(f64::from);
    let options = OutbreakOptions::default();
    let tested = outbreak_p(&counts, 0..17, &options).unwrap();
    for (index, value) in
        [(2, 4.271484375), (7, 47.6231042816560), (8, 565.081181762885), (16, 7.53316486276590e51)]
    {
        close(tested[index].statistic(), value);
    }
    let alarms: Vec<usize> = tested.iter().filter(|p| p.alarm).map(|p| p.index).collect();
    assert_eq!(alarms, (8..17).collect::<Vec<_>>());
    let needed = outbreak_p_cases(&counts, 0..17, &options, 1e5).unwrap();
    let expected = [None, Some(11.0), Some(7.0), Some(7.0), Some(7.0), Some(7.0), Some(7.0)];
    assert_eq!(needed[..7], expected);
    assert_eq!(needed[7..12], [Some(6.0), Some(5.0), Some(2.0), Some(2.0), None]);
}

/// All transformations of the CUSUM: the statistic after each of nine weeks.
#[test]
fn cusum_transformations() {
    let counts = [3, 1, 2, 4, 2, 0, 5, 9, 12, 3, 0, 1, 7, 2].map(f64::from);
    let alpha = 0.3;
    for (transform, statistics) in [
        (Transform::Standard, [0.541138830084, 3.612099788303, 8.580427342623]),
        (Transform::Rossi, [0.405498562458, 2.839840211483, 6.686966773696]),
        (Transform::Anscombe, [0.353143918149, 2.512389990906, 5.849412287614]),
        (Transform::Anscombe2nd, [0.458553173488, 2.723208501583, 6.165640053631]),
        (Transform::PearsonNegBin { alpha }, [0.155228609334, 2.222822993604, 5.724691709075]),
        (Transform::None, [3.96, 11.92, 22.88]),
    ] {
        let options = CusumOptions {
            in_control: InControl::Constant(2.5),
            transform,
            ..CusumOptions::default()
        };
        let tested = cusum(&counts, 5..14, &options).unwrap();
        for (point, expected) in tested[1..].iter().zip(statistics) {
            close(point.statistic, expected);
        }
    }
    // The package's hypergeometric function has four digits here.
    let options = CusumOptions {
        in_control: InControl::Constant(2.5),
        transform: Transform::AnscombeNegBin { alpha },
        ..CusumOptions::default()
    };
    let tested = cusum(&counts, 5..14, &options).unwrap();
    assert!((tested[2].statistic - 1.08561607212426).abs() < 1e-3);
    assert!((tested[3].statistic - 2.83984036356256).abs() < 1e-3);
}

/// A mean from a seasonal regression on the history (`m = "glm"`).
#[test]
fn cusum_with_a_seasonal_mean() {
    let counts = [
        2, 2, 3, 6, 2, 6, 7, 5, 5, 1, 3, 3, 6, 4, 6, 4, 6, 10, 3, 5, 7, 2, 4, 1, 2, 2, 0, 2, 4, 2,
        2, 2, 2, 1, 3, 2, 3, 0, 3, 1, 3, 2, 3, 2, 2, 3, 0, 2, 4, 4, 3, 5, 3, 2, 1, 2, 3, 4, 5, 4,
        8, 4, 5, 4, 6, 4, 5, 7, 2, 8, 4, 7, 4, 3, 4, 6, 6, 3, 5, 6, 2, 4, 2, 2, 3, 1, 3, 1, 1, 1,
        1, 0, 3, 4, 3, 4, 2, 2, 4, 3, 4, 2, 2, 9, 4, 3, 2, 4, 8, 6, 11, 7, 5, 6, 4, 1, 8, 3, 6, 7,
    ]
    .map(f64::from);
    let options = CusumOptions {
        in_control: InControl::Harmonic(52),
        transform: Transform::Rossi,
        ..CusumOptions::default()
    };
    let tested = cusum(&counts, 109..120, &options).unwrap();
    for (index, mean, statistic, cases) in [
        (0, 4.39484017431132, 0.0, 12.3100446866973),
        (1, 4.58048139191198, 1.6361620791383, 12.6454623364430),
        (2, 4.75014346047754, 1.57857570141305, 8.66892478736061),
    ] {
        close(tested[index].mean, mean);
        close(tested[index].statistic, statistic);
        close(tested[index].cases_to_alarm, cases);
    }
}

const COUNTS: [f64; 20] = [
    4.0, 2.0, 9.0, 5.0, 7.0, 0.0, 3.0, 2.0, 6.0, 6.0, 3.0, 5.0, 3.0, 6.0, 2.0, 1.0, 5.0, 6.0, 7.0,
    3.0,
];

fn means() -> Vec<f64> {
    let angle = |t: i32| std::f64::consts::TAU * f64::from(t) / 52.0;
    (21..=40).map(|t| (1.0 + 0.4 * angle(t).sin()).exp()).collect()
}

/// Negative binomial likelihood ratio charts of a known dispersion.
#[test]
fn glr_with_overdispersion() {
    let means = means();
    let mut options = GlrOptions {
        overdispersion: Overdispersion::Known(0.2),
        threshold: 3.0,
        ..GlrOptions::new(InControlMean::Each(&means))
    };
    let tested = glr(&COUNTS, 0..20, &options).unwrap();
    let expected = [0.02792, 0.0, 1.893855, 2.012512, 3.202182, 0.0, 0.019949, 0.0, 1.179644];
    for (point, expected) in tested.iter().zip(expected) {
        assert!((point.statistic - expected).abs() < 1e-6);
    }
    assert!(tested[4].alarm && !tested[5].alarm);
    options.direction = Direction::Decrease;
    let tested = glr(&COUNTS, 0..20, &options).unwrap();
    assert!((tested[1].statistic - 0.18463).abs() < 1e-6);
    assert!((tested[5].statistic - 2.170769).abs() < 1e-6);
    options.direction = Direction::Increase;
    options.known = Some(0.5);
    let tested = glr(&COUNTS, 0..20, &options).unwrap();
    for (point, expected) in tested[2..].iter().zip([1.377357, 1.703432, 2.664194, 1.635341]) {
        assert!((point.statistic - expected).abs() < 1e-6);
    }
}

/// The epidemic chart, by trying all sizes of the change: the package's search is not a reference.
#[test]
fn epidemic_chart_finds_the_best_size() {
    let means = means();
    for alpha in [0.0, 0.2] {
        let options = GlrOptions {
            overdispersion: Overdispersion::Known(alpha),
            threshold: 1e6,
            change: Change::Epidemic,
            ..GlrOptions::new(InControlMean::Each(&means))
        };
        let tested = glr(&COUNTS, 0..20, &options).unwrap();
        for (n, point) in tested.iter().enumerate() {
            let mut best = 0.0f64;
            for k in 0..=n {
                for size in (0..4000).map(|i| f64::from(i) * 1e-3) {
                    let gain: f64 = (k..=n)
                        .map(|t| {
                            let before = if t > 0 { COUNTS[t - 1] } else { 0.0 };
                            ln_pmf(COUNTS[t], means[t] + size * before, alpha)
                                - ln_pmf(COUNTS[t], means[t], alpha)
                        })
                        .sum();
                    best = best.max(gain);
                }
            }
            assert!(point.statistic >= best - 1e-12, "{alpha} {n}");
            assert!(point.statistic - best < 1e-3, "{alpha} {n}: {} {best}", point.statistic);
        }
    }
}

/// But for what does not depend on the mean.
fn ln_pmf(x: f64, mean: f64, alpha: f64) -> f64 {
    if alpha == 0.0 {
        x * mean.ln() - mean
    } else {
        x * (mean / (1.0 + alpha * mean)).ln() - (1.0 + alpha * mean).ln() / alpha
    }
}
