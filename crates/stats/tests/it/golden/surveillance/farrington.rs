//! Farrington, classic and flexible.

use stats::dist::normal_quantile;
use stats::surveillance::{
    Calendar, ClassicForecast, ClassicOptions, ClassicPoint, Day, Dispersion, EnoughCases,
    FlexibleOptions, FlexiblePoint, PowerTransform, ThresholdMethod, Unit,
};

use super::super::case::Case;
use super::super::compare::{Compare, Tolerance};
use super::super::rcall::Expr;
use super::super::table::Table;
use super::{Settings, by_unit, same_points, text, truth};

const FILE: &str = "expected_series";

fn enough(settings: &Settings) -> Result<EnoughCases, String> {
    match settings.get("limit54").map(Expr::numbers) {
        None => Ok(EnoughCases::default()),
        Some(Some(limit)) if limit.len() == 2 => {
            Ok(EnoughCases { cases: limit[0], period: limit[1] as usize })
        }
        Some(_) => Err("limit54 is not two numbers".to_owned()),
    }
}

fn transform(settings: &Settings) -> Result<PowerTransform, String> {
    match settings.text_or("powertrans", "2/3") {
        "2/3" => Ok(PowerTransform::TwoThirds),
        "1/2" => Ok(PowerTransform::Half),
        "none" => Ok(PowerTransform::None),
        other => Err(format!("no such transformation as {other}")),
    }
}

pub fn classic(case: &Case) -> Result<usize, String> {
    let settings = Settings::of(case)?;
    let options = ClassicOptions {
        years: settings.count_or("b", 5),
        half_width: settings.count_or("w", 3),
        reweight: settings.truth_or("reweight", true),
        alpha: settings.number_or("alpha", 0.05),
        trend: settings.truth_or("trend", true),
        enough: enough(&settings)?,
        transform: transform(&settings)?,
        population_offset: false,
        steps: 25,
    };
    let counts = case.csv("input_series")?.numbers("observed")?;
    let calendar = Calendar::Frequency(settings.frequency()?);
    let units = [Unit::new(&counts)];
    let tested = stats::surveillance::farrington(&units, calendar, settings.range()?, &options);
    let tested = tested.map_err(text)?.concat();
    let expected = case.csv(FILE)?;
    let mut compare = Compare::new(case);
    same_points(&mut compare, &expected, tested.iter().map(|p| p.index))?;
    let mut column = |name: &str, value: &dyn Fn(&ClassicPoint) -> f64| {
        let got: Vec<f64> = tested.iter().map(value).collect();
        compare.column(FILE, &expected, name, &got)
    };
    column("observed", &|p| p.observed)?;
    column("upperbound", &|p| p.upper_bound().unwrap_or(f64::NAN))?;
    column("alarm", &|p| truth(p.alarm))?;
    let of = |p: &ClassicPoint, value: fn(&ClassicForecast) -> f64| {
        p.forecast.as_ref().map_or(f64::NAN, value)
    };
    column("trend", &|p| of(p, |f| truth(f.slope.is_some())))?;
    column("q", &|p| of(p, |f| f.probability))?;
    column("median", &|p| of(p, |f| f.median))?;
    Ok(compare.count())
}

pub fn flexible(case: &Case) -> Result<usize, String> {
    let settings = Settings::of(case)?;
    let gap = settings.number("pastWeeksNotIncluded");
    let options = FlexibleOptions {
        years: settings.count_or("b", 5),
        half_width: settings.count_or("w", 3),
        reweight: settings.truth_or("reweight", true),
        weights_threshold: settings.number_or("weightsThreshold", 2.58),
        alpha: settings.number_or("alpha", 0.05),
        trend: settings.truth_or("trend", true),
        trend_p_threshold: settings.number_or("pThresholdTrend", 0.05),
        enough: enough(&settings)?,
        transform: transform(&settings)?,
        population_offset: settings.truth_or("populationOffset", false),
        periods: settings.count_or("noPeriods", 1),
        gap: gap.map(|weeks| weeks as usize),
        method: match settings.text_or("thresholdMethod", "delta") {
            "delta" => ThresholdMethod::Delta,
            "nbPlugin" => ThresholdMethod::NbPlugin,
            "muan" => ThresholdMethod::Muan,
            other => return Err(format!("no such method as {other}")),
        },
        dispersion: Dispersion::Package,
        steps: 25,
    };
    let input = case.csv("input_series")?;
    let counts = by_unit(&input, "observed")?;
    let population = by_unit(&input, "population")?;
    let units: Vec<Unit<'_>> = counts
        .iter()
        .zip(&population)
        .map(|(counts, population)| Unit { counts, population: Some(population) })
        .collect();
    let days = match settings.params.get("epochAsDate").and_then(|v| v.as_bool()) {
        Some(true) => days(&input, counts[0].len())?,
        _ => Vec::new(),
    };
    let frequency = settings.frequency()?;
    let calendar = match (days.is_empty(), frequency) {
        (true, frequency) => Calendar::Frequency(frequency),
        (false, 52) => Calendar::Weeks(&days),
        (false, _) => Calendar::Dates(&days),
    };
    let tested =
        stats::surveillance::farrington_flexible(&units, calendar, settings.range()?, &options);
    let tested = tested.map_err(text)?.concat();
    compare(case, &tested, &options)
}

/// The days of the first unit.
fn days(input: &Table, len: usize) -> Result<Vec<Day>, String> {
    let dates = input.text("date")?;
    let day = |date: &&str| {
        let parts: Vec<i32> = date.split('-').filter_map(|part| part.parse().ok()).collect();
        match parts[..] {
            [y, m, d] => Ok(Day::of(y, m, d)),
            _ => Err(format!("{date} is no date")),
        }
    };
    dates.iter().take(len).map(day).collect()
}

fn compare(
    case: &Case,
    tested: &[FlexiblePoint],
    options: &FlexibleOptions,
) -> Result<usize, String> {
    let expected = case.csv(FILE)?;
    let mut compare = Compare::new(case);
    same_points(&mut compare, &expected, tested.iter().map(|p| p.index))?;
    let z = -normal_quantile(options.alpha);
    let delta = options.method == ThresholdMethod::Delta;
    let mut column = |name: &str, value: &dyn Fn(&FlexiblePoint) -> f64| {
        let got: Vec<f64> = tested.iter().map(value).collect();
        compare.column(FILE, &expected, name, &got)
    };
    // What R leaves empty where there were not enough cases.
    let enough = |p: &FlexiblePoint, value: f64| if p.enough_cases { value } else { f64::NAN };
    column("observed", &|p| p.observed)?;
    // Without a regression the package has neither alarm nor trend, and expects zero.
    let settled = |p: &FlexiblePoint, value: f64| p.forecast.map_or(f64::NAN, |_| value);
    column("alarm", &|p| settled(p, truth(p.alarm)))?;
    column("expected", &|p| match p.forecast {
        None => 0.0,
        Some(f) => enough(p, f.upper.map_or(f64::NAN, |_| f.expected)),
    })?;
    column("phi", &|p| p.forecast.map_or(f64::NAN, |f| f.phi))?;
    column("pvalue", &|p| p.forecast.and_then(|f| f.p_value).unwrap_or(f64::NAN))?;
    column("trend", &|p| settled(p, truth(p.forecast.is_some_and(|f| f.slope.is_some()))))?;
    column("trendcoef", &|p| p.forecast.and_then(|f| f.slope).unwrap_or(f64::NAN))?;
    column("score", &|p| {
        p.forecast
            .and_then(|f| match options.method {
                ThresholdMethod::Delta => f.exceedance(p.observed),
                _ => f.exceedance_package(p.observed),
            })
            .unwrap_or(f64::NAN)
    })?;
    // Under the delta method R takes exp() of the expected count as if it were a logarithm.
    column("mu0", &|p| {
        p.forecast.map_or(f64::NAN, |f| match options.method {
            ThresholdMethod::Delta => (f.expected + z * f.ln_error * f.expected).exp(),
            _ => f.count_mean,
        })
    })?;
    let upper =
        tested.iter().map(|p| enough(p, p.forecast.and_then(|f| f.upper).unwrap_or(f64::NAN)));
    let upper: Vec<f64> = upper.collect();
    if delta {
        compare.column(FILE, &expected, "upperbound", &upper)?;
    } else {
        for (got, wanted) in upper.iter().zip(expected.numbers("upperbound")?) {
            compare.within("upperbound", *got, wanted, Tolerance::Exact)?;
        }
    }
    Ok(compare.count())
}
