//! What is refused, and what is answered in the stated way.

use stats::surveillance::{
    BaselineData, Calendar, ClassicOptions, CusumOptions, Day, Dispersion, EarsOptions,
    FlexibleOptions, GlrOptions, InControl, InControlMean, OutbreakOptions, Overdispersion,
    ReferenceWindow, Seasonal, Unit, bayes, cusum, ears, farrington, farrington_flexible,
    fit_baseline, glr, outbreak_p, rki,
};

const WEEKLY: Calendar<'static> = Calendar::Frequency(52);

/// Every chart on the points from 300 on, by the code of its error.
fn codes(counts: &[f64]) -> Vec<&'static str> {
    let len = counts.len();
    let range = || 300.min(len)..len;
    let unit = Unit::new(counts);
    let window = ReferenceWindow::SYSTEM_3;
    let means = vec![2.0; range().len()];
    let errors = [
        ears(counts, range(), &EarsOptions::default()).err(),
        rki(counts, range(), &window).err(),
        bayes(counts, range(), &window, 0.05).err(),
        cusum(counts, range(), &CusumOptions::default()).err(),
        outbreak_p(counts, range(), &OutbreakOptions::default()).err(),
        glr(counts, range(), &GlrOptions::new(InControlMean::Each(&means))).err(),
        farrington(&[Unit::new(counts)], WEEKLY, range(), &ClassicOptions::default()).err(),
        farrington_flexible(&[unit], WEEKLY, range(), &FlexibleOptions::improved()).err(),
    ];
    errors.iter().map(|e| e.as_ref().map_or("none", |e| e.code())).collect()
}

#[test]
fn counts_that_are_none_are_refused_by_every_chart() {
    assert_eq!(codes(&[]), ["stats.empty"; 8]);
    let good: Vec<f64> = (0..320).map(|t| f64::from(t % 7)).collect();
    assert_eq!(codes(&good), ["none"; 8]);
    for (bad, code) in [
        (f64::NAN, "stats.not_finite"),
        (f64::INFINITY, "stats.not_finite"),
        (-1.0, "stats.negative"),
        (1.5, "stats.not_whole"),
    ] {
        let mut counts = good.clone();
        counts[290] = bad;
        assert_eq!(codes(&counts), [code; 8], "{bad}");
    }
}

#[test]
fn less_history_than_asked_for_is_refused() {
    let counts = vec![3.0; 200];
    let few = "stats.too_few";
    let code = |error: Option<stats::Error>| error.unwrap().code();
    let short = 5..6;
    assert_eq!(code(ears(&counts, short.clone(), &EarsOptions::default()).err()), few);
    let window = ReferenceWindow::SYSTEM_2;
    assert_eq!(code(rki(&counts, short.clone(), &window).err()), few);
    assert_eq!(code(bayes(&counts, short.clone(), &window, 0.05).err()), few);
    let options = ClassicOptions::default();
    assert_eq!(code(farrington(&[Unit::new(&counts)], WEEKLY, 190..200, &options).err()), few);
    let unit = Unit::new(&counts);
    let options = FlexibleOptions::default();
    assert_eq!(code(farrington_flexible(&[unit], WEEKLY, 190..200, &options).err()), few);
    assert_eq!(code(farrington_flexible(&[], WEEKLY, 190..200, &options).err()), "stats.empty");
    assert_eq!(code(ears(&counts, 190..201, &EarsOptions::default()).err()), few);
    assert_eq!(code(ears(&counts, 190..190, &EarsOptions::default()).err()), "stats.empty");
}

#[test]
fn series_without_cases_raise_no_alarm() {
    let counts = vec![0.0; 320];
    let unit = Unit::new(&counts);
    let tested = farrington_flexible(&[unit], WEEKLY, 300..320, &FlexibleOptions::improved());
    for point in &tested.unwrap()[0] {
        assert!(!point.alarm && !point.enough_cases);
        let forecast = point.forecast.unwrap();
        assert!(forecast.expected < 1e-6 && forecast.phi == 1.0);
    }
    let tested =
        farrington(&[Unit::new(&counts)], WEEKLY, 300..320, &ClassicOptions::default()).unwrap();
    assert!(tested[0].iter().all(|point| !point.alarm && point.upper_bound() == Some(0.0)));
    let tested = outbreak_p(&counts, 0..320, &OutbreakOptions::default()).unwrap();
    assert!(tested.iter().all(|point| point.ln_statistic == 0.0));
    // A mean of zero cannot be watched.
    let error = cusum(&counts, 300..320, &CusumOptions::default()).unwrap_err();
    assert_eq!(error.code(), "stats.out_of_range");
    let fitted = InControlMean::Fitted {
        model: Seasonal { harmonics: 1, trend: true, frequency: 52 },
        refit: false,
    };
    let error = glr(&counts, 300..320, &GlrOptions::new(fitted)).unwrap_err();
    assert_eq!(error.code(), "stats.constant");
}

#[test]
fn constant_counts_are_all_expected() {
    let counts = vec![4.0; 320];
    let unit = Unit::new(&counts);
    for options in [FlexibleOptions::default(), FlexibleOptions::improved()] {
        let tested = farrington_flexible(&[unit], WEEKLY, 300..320, &options).unwrap();
        for point in &tested[0] {
            assert!((point.forecast.unwrap().expected - 4.0).abs() < 1e-9);
        }
    }
}

#[test]
fn populations_are_checked_where_they_are_used() {
    let counts = vec![4.0; 320];
    let run = |population: Option<&[f64]>| {
        let unit = Unit { counts: &counts, population };
        let options = FlexibleOptions { population_offset: true, ..FlexibleOptions::improved() };
        farrington_flexible(&[unit], WEEKLY, 310..320, &options).map(|_| ()).unwrap_err().code()
    };
    assert_eq!(run(None), "stats.inconsistent");
    assert_eq!(run(Some(&[1.0; 319])), "stats.length");
    let mut people = vec![100.0; 320];
    people[7] = 0.0;
    assert_eq!(run(Some(&people)), "stats.out_of_range");
    people[7] = f64::NAN;
    assert_eq!(run(Some(&people)), "stats.not_finite");
}

#[test]
fn settings_out_of_range_are_refused() {
    let counts = vec![4.0; 320];
    let unit = Unit::new(&counts);
    let good = FlexibleOptions::improved();
    for options in [
        FlexibleOptions { alpha: 0.0, ..good },
        FlexibleOptions { alpha: f64::NAN, ..good },
        FlexibleOptions { years: 0, ..good },
        FlexibleOptions { periods: 0, ..good },
        FlexibleOptions { weights_threshold: -1.0, ..good },
        FlexibleOptions { trend_p_threshold: 2.0, ..good },
    ] {
        let error = farrington_flexible(&[unit], WEEKLY, 310..320, &options).unwrap_err();
        assert_eq!(error.code(), "stats.out_of_range");
    }
    let none = FlexibleOptions { gap: Some(400), ..good };
    let error = farrington_flexible(&[unit], WEEKLY, 310..320, &none).unwrap_err();
    assert_eq!(error.code(), "stats.empty");
    let error = ears(&counts, 300..310, &EarsOptions { baseline: 1, ..Default::default() });
    assert_eq!(error.unwrap_err().code(), "stats.out_of_range");
    let window = ReferenceWindow { years: 0, this_year: false, ..ReferenceWindow::SYSTEM_1 };
    assert_eq!(rki(&counts, 300..310, &window).unwrap_err().code(), "stats.inconsistent");
    let means = [1.0; 3];
    let options = CusumOptions { in_control: InControl::Each(&means), ..Default::default() };
    assert_eq!(cusum(&counts, 300..310, &options).unwrap_err().code(), "stats.length");
    let options = GlrOptions {
        overdispersion: Overdispersion::Estimated,
        ..GlrOptions::new(InControlMean::Each(&means))
    };
    assert_eq!(glr(&counts, 300..303, &options).unwrap_err().code(), "stats.inconsistent");
}

#[test]
fn calendars_that_do_not_fit_are_refused() {
    let counts = vec![4.0; 160];
    let options = ClassicOptions { years: 2, ..ClassicOptions::default() };
    let code = |calendar: Calendar<'_>| {
        farrington(&[Unit::new(&counts)], calendar, 158..160, &options).unwrap_err().code()
    };
    let weeks: Vec<Day> = (0..160).map(|i| Day(i * 7)).collect();
    assert!(farrington(&[Unit::new(&counts)], Calendar::Weeks(&weeks), 158..160, &options).is_ok());
    assert_eq!(code(Calendar::Weeks(&weeks[1..])), "stats.length");
    assert_eq!(code(Calendar::Frequency(0)), "stats.out_of_range");
    let mut back = weeks.clone();
    back.swap(3, 4);
    assert_eq!(code(Calendar::Weeks(&back)), "stats.inconsistent");
    // The last days of months have no fixed date.
    let ends: Vec<Day> = (0..160).map(|i| Day(Day::of(2000, i + 2, 1).0 - 1)).collect();
    let error =
        farrington(&[Unit::new(&counts)], Calendar::Dates(&ends), 121..122, &options).unwrap_err();
    assert_eq!(error.code(), "stats.inconsistent");
}

#[test]
fn baselines_that_cannot_be_fitted_are_refused() {
    let fit = |counts: &[f64], times: &[f64], groups: &[usize], trend: bool| {
        let data = BaselineData { counts, times, groups, population: None };
        fit_baseline(&data, 9.0, trend, 1.0, Dispersion::Package).map(|_| ())
    };
    // A trend where time stands still, more coefficients than counts, more groups than counts.
    for error in [
        fit(&[1.0, 2.0, 3.0], &[5.0; 3], &[0; 3], true).unwrap_err(),
        fit(&[1.0, 2.0], &[1.0, 2.0], &[0, 1], false).unwrap_err(),
    ] {
        assert_eq!(error.code(), "stats.no_convergence");
    }
    assert_eq!(fit(&[1.0, 2.0], &[1.0, 2.0], &[0, 9], false).unwrap_err().code(), "stats.too_few");
    assert_eq!(fit(&[1.0, 2.0], &[1.0], &[0, 0], false).unwrap_err().code(), "stats.length");
    assert!(fit(&[1e300, 1e-300], &[1.0, 2.0], &[0, 0], false).is_err());
}
