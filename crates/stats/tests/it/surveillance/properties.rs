//! What must hold whatever the counts.

use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use stats::surveillance::{
    Calendar, Change, ClassicOptions, CusumOptions, Day, EarsMethod, EarsOptions, EnoughCases,
    FlexibleOptions, GlrOptions, InControl, InControlMean, OutbreakOptions, Overdispersion,
    ReferenceWindow, Search, ThresholdMethod, Transform, Unit, bayes, cusum, ears, farrington,
    farrington_flexible, glr, outbreak_p, rki,
};

/// Counts of a few years, some series sparse.
fn counts(len: usize) -> impl Strategy<Value = Vec<f64>> {
    (0.2..12f64)
        .prop_flat_map(move |top| prop::collection::vec(0.0..top, len..=len))
        .prop_map(|values| values.into_iter().map(f64::floor).collect())
}

fn unit(counts: &[f64]) -> Unit<'_> {
    Unit::new(counts)
}

const LEN: usize = 320;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn flexible_does_not_depend_on_threads_or_company(
        series in prop::collection::vec(counts(LEN), 1..40),
    ) {
        let units: Vec<Unit<'_>> = series.iter().map(|counts| unit(counts)).collect();
        let options = FlexibleOptions::improved();
        let run = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let range = LEN - 3..LEN;
            pool.install(|| farrington_flexible(&units, Calendar::Frequency(52), range, &options))
        };
        let together = run(3).unwrap();
        prop_assert_eq!(&together, &run(1).unwrap());
        let alone = farrington_flexible(
            &units[..1], Calendar::Frequency(52), LEN - 3..LEN, &options,
        );
        prop_assert_eq!(&together[0], &alone.unwrap()[0]);
    }

    #[test]
    fn limits_ignore_the_tested_count_and_rise_with_confidence(
        series in counts(LEN), last in 0..200u32, delta in any::<bool>(),
    ) {
        let method = if delta { ThresholdMethod::Delta } else { ThresholdMethod::Muan };
        let options = FlexibleOptions { method, ..FlexibleOptions::improved() };
        let mut other = series.clone();
        other[LEN - 1] = f64::from(last);
        let test = |series: &[f64], options: &FlexibleOptions| {
            let range = LEN - 1..LEN;
            let tested = farrington_flexible(
                &[unit(series)], Calendar::Frequency(52), range, options,
            );
            tested.unwrap()[0][0]
        };
        let (one, two) = (test(&series, &options), test(&other, &options));
        prop_assert_eq!(
            one.forecast.map(|f| (f.expected, f.upper)), two.forecast.map(|f| (f.expected, f.upper)),
        );
        let strict = test(&series, &FlexibleOptions { alpha: 1e-4, ..options });
        if let (Some(one), Some(strict)) = (one.forecast, strict.forecast) {
            if let (Some(upper), Some(higher)) = (one.upper, strict.upper) {
                prop_assert!(higher >= upper && upper >= 0.0);
            }
            prop_assert!(one.phi >= 1.0 && one.expected > 0.0);
        }
    }

    #[test]
    fn a_population_in_other_units_changes_nothing(
        series in counts(LEN), scale in 0.01..100f64,
    ) {
        let people: Vec<f64> = (0..LEN).map(|t| 1000.0 + t as f64).collect();
        let scaled: Vec<f64> = people.iter().map(|p| p * scale).collect();
        let options = FlexibleOptions {
            population_offset: true,
            trend: false,
            ..FlexibleOptions::improved()
        };
        let test = |population: &[f64]| {
            let unit = Unit { counts: &series, population: Some(population) };
            farrington_flexible(&[unit], Calendar::Frequency(52), LEN - 1..LEN, &options)
        };
        let (one, two) = (test(&people).unwrap()[0][0], test(&scaled).unwrap()[0][0]);
        match (one.forecast, two.forecast) {
            (Some(one), Some(two)) => {
                prop_assert!((one.expected / two.expected - 1.0).abs() < 1e-6);
            }
            (one, two) => prop_assert_eq!(one, two),
        }
    }

    #[test]
    fn whole_years_of_52_weeks_are_what_the_calendar_says(series in counts(200)) {
        // 28 weeks of 2019 to 2022: no year between has a 53rd week before the tested ones.
        let days: Vec<Day> = (0..200).map(|week| Day(Day::of(2016, 1, 4).0 + 7 * week)).collect();
        let options = ClassicOptions { years: 2, ..ClassicOptions::default() };
        let by_date = farrington(&[unit(&series)], Calendar::Weeks(&days), 190..200, &options).unwrap();
        let by_index = farrington(&[unit(&series)], Calendar::Frequency(52), 190..200, &options).unwrap();
        prop_assert_eq!(by_date, by_index);
    }

    #[test]
    fn classic_alarms_only_with_enough_cases(series in counts(LEN)) {
        let options = ClassicOptions {
            enough: EnoughCases { cases: 8.0, period: 3 },
            ..ClassicOptions::default()
        };
        let tested = farrington(&[unit(&series)], Calendar::Frequency(52), 300..LEN, &options).unwrap();
        for point in &tested[0] {
            let recent: f64 = series[point.index - 2..=point.index].iter().sum();
            prop_assert_eq!(point.enough_cases, recent >= 8.0);
            prop_assert!(!point.alarm || point.enough_cases);
            prop_assert!(point.forecast.is_none_or(|forecast| forecast.limit >= 0.0));
        }
    }

    #[test]
    fn ears_scales_with_the_unit(series in counts(60), scale in 1..9u32) {
        let scale = f64::from(scale);
        let scaled: Vec<f64> = series.iter().map(|x| x * scale).collect();
        for method in [EarsMethod::C1, EarsMethod::C2, EarsMethod::C3] {
            let options = EarsOptions { method, ..EarsOptions::default() };
            let one = ears(&series, 20..60, &options).unwrap();
            let many = ears(&scaled, 20..60, &options).unwrap();
            for (one, many) in one.iter().zip(&many) {
                prop_assert_eq!(one.upper.is_some(), many.upper.is_some());
                let (x, y) = (one.upper.unwrap_or(0.0), many.upper.unwrap_or(0.0));
                prop_assert!((x * scale - y).abs() < 1e-9 * (1.0 + y));
            }
        }
    }

    #[test]
    fn more_cases_never_lower_a_cusum(series in counts(40), at in 10..40usize) {
        let mut more = series.clone();
        more[at] += 3.0;
        for transform in [Transform::Standard, Transform::Rossi, Transform::Anscombe] {
            let options = CusumOptions {
                in_control: InControl::Constant(2.0),
                transform,
                ..CusumOptions::default()
            };
            let one = cusum(&series, 10..40, &options).unwrap();
            let two = cusum(&more, 10..40, &options).unwrap();
            for (one, two) in one.iter().zip(&two) {
                prop_assert!(two.statistic >= one.statistic && one.statistic >= 0.0);
                prop_assert_eq!(one.alarm, one.statistic >= options.boundary);
            }
        }
    }

    #[test]
    fn the_rise_statistic_is_at_least_one_and_grows_with_the_last_count(series in counts(30)) {
        let options = OutbreakOptions::default();
        let mut more = series.clone();
        more[29] += 2.0;
        let one = outbreak_p(&series, 0..30, &options).unwrap();
        let two = outbreak_p(&more, 0..30, &options).unwrap();
        prop_assert!(one.iter().all(|point| point.ln_statistic >= -1e-9));
        prop_assert!(two[29].ln_statistic >= one[29].ln_statistic - 1e-9);
        prop_assert_eq!(&one[..29], &two[..29]);
    }

    #[test]
    fn reference_limits_rise_with_the_reference(series in counts(120), at in 60..100usize) {
        let mut more = series.clone();
        more[at] += 4.0;
        let window = ReferenceWindow::SYSTEM_2;
        let one = bayes(&series, 100..120, &window, 0.05).unwrap();
        let two = bayes(&more, 100..120, &window, 0.05).unwrap();
        prop_assert!(one.iter().zip(&two).all(|(x, y)| x.upper <= y.upper));
        let small = rki(&series, 100..120, &window).unwrap();
        prop_assert!(small.iter().all(|point| point.upper >= Some(3.285)));
    }

    #[test]
    fn the_best_change_is_no_worse_than_any_other(
        series in counts(40), alpha in 0.0..1f64, size in 0.05..2f64, epidemic in any::<bool>(),
    ) {
        let means = vec![2.5; 30];
        let change = if epidemic { Change::Epidemic } else { Change::Intercept };
        let options = GlrOptions {
            overdispersion: Overdispersion::Known(alpha),
            threshold: 1e9,
            change,
            ..GlrOptions::new(InControlMean::Each(&means))
        };
        let best = glr(&series, 10..40, &options).unwrap();
        let known = GlrOptions { known: Some(size), ..options };
        let known = glr(&series, 10..40, &known).unwrap();
        let package = GlrOptions { search: Search::Package, ..options };
        let package = glr(&series, 10..40, &package).unwrap();
        for ((best, known), package) in best.iter().zip(&known).zip(&package) {
            prop_assert!(best.statistic >= known.statistic - 1e-9);
            prop_assert!(best.statistic >= package.statistic - 1e-6);
        }
    }

    #[test]
    fn poisson_is_the_limit_of_little_overdispersion(series in counts(30)) {
        let means = vec![2.0; 30];
        let chart = |alpha: f64| {
            let options = GlrOptions {
                overdispersion: Overdispersion::Known(alpha),
                threshold: 1e9,
                ..GlrOptions::new(InControlMean::Each(&means))
            };
            glr(&series, 0..30, &options).unwrap()
        };
        for (x, y) in chart(0.0).iter().zip(&chart(1e-7)) {
            prop_assert!((x.statistic - y.statistic).abs() < 1e-3 * (1.0 + x.statistic));
        }
    }
}
