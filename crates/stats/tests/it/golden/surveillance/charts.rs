//! The charts with simple limits.

use stats::surveillance::{
    C3Limit, CusumOptions, EarsMethod, EarsOptions, InControl, Limit, OutbreakOptions,
    ReferenceWindow, Transform,
};

use super::super::case::Case;
use super::super::compare::Compare;
use super::super::rcall::Expr;
use super::{Settings, by_unit, same_points, text, truth};

const FILE: &str = "expected_series";

pub fn ears(case: &Case) -> Result<usize, String> {
    let settings = Settings::of(case)?;
    let options = EarsOptions {
        method: match settings.text_or("method", "C1") {
            "C1" => EarsMethod::C1,
            "C2" => EarsMethod::C2,
            "C3" => EarsMethod::C3,
            other => return Err(format!("no such method as {other}")),
        },
        baseline: settings.count_or("baseline", 7),
        min_sigma: settings.number_or("minSigma", 0.0),
        alpha: settings.number("alpha"),
        c3_limit: C3Limit::Package,
    };
    let units = by_unit(&case.csv("input_series")?, "observed")?;
    let range = settings.range()?;
    let tested = units
        .iter()
        .map(|counts| stats::surveillance::ears(counts, range.clone(), &options))
        .collect::<Result<Vec<_>, _>>()
        .map_err(text)?;
    limits(case, &tested.concat(), false)
}

fn window(settings: &Settings) -> Result<ReferenceWindow, String> {
    Ok(ReferenceWindow {
        years: settings.count_or("b", 2),
        half_width: settings.count_or("w", 4),
        this_year: settings.truth_or("actY", false),
        frequency: settings.frequency()?,
    })
}

pub fn rki(case: &Case) -> Result<usize, String> {
    let settings = Settings::of(case)?;
    let counts = case.csv("input_series")?.numbers("observed")?;
    let tested = stats::surveillance::rki(&counts, settings.range()?, &window(&settings)?);
    limits(case, &tested.map_err(text)?, true)
}

pub fn bayes(case: &Case) -> Result<usize, String> {
    let settings = Settings::of(case)?;
    let counts = case.csv("input_series")?.numbers("observed")?;
    let alpha = settings.number_or("alpha", 0.05);
    let tested = stats::surveillance::bayes(&counts, settings.range()?, &window(&settings)?, alpha);
    limits(case, &tested.map_err(text)?, true)
}

fn limits(case: &Case, tested: &[Limit], observed: bool) -> Result<usize, String> {
    let expected = case.csv(FILE)?;
    let mut compare = Compare::new(case);
    same_points(&mut compare, &expected, tested.iter().map(|p| p.index))?;
    let upper: Vec<f64> = tested.iter().map(|p| p.upper.unwrap_or(f64::NAN)).collect();
    compare.column(FILE, &expected, "upperbound", &upper)?;
    // Where there is no limit, R's alarm is missing too.
    let alarms = tested.iter().map(|p| match p.upper {
        Some(_) => truth(p.alarm),
        None => f64::NAN,
    });
    compare.column(FILE, &expected, "alarm", &alarms.collect::<Vec<_>>())?;
    if observed {
        let observed: Vec<f64> = tested.iter().map(|p| p.observed).collect();
        compare.column(FILE, &expected, "observed", &observed)?;
    }
    Ok(compare.count())
}

pub fn cusum(case: &Case) -> Result<usize, String> {
    let settings = Settings::of(case)?;
    let counts = case.csv("input_series")?.numbers("observed")?;
    let alpha = settings.number_or("alpha", 0.0);
    let name = settings.text_or("trans", "standard");
    let means;
    let options = CusumOptions {
        reference: settings.number_or("k", 1.04),
        boundary: settings.number_or("h", 2.26),
        in_control: match settings.get("m") {
            None => InControl::History,
            Some(Expr::Text(glm)) if glm == "glm" => InControl::Harmonic(settings.frequency()?),
            Some(Expr::Number(mean)) => InControl::Constant(*mean),
            Some(other) => {
                means = other.numbers().ok_or("cannot read m")?;
                InControl::Each(&means)
            }
        },
        transform: match name {
            "standard" => Transform::Standard,
            "rossi" => Transform::Rossi,
            "anscombe" => Transform::Anscombe,
            "anscombe2nd" => Transform::Anscombe2nd,
            "pearsonNegBin" => Transform::PearsonNegBin { alpha },
            "anscombeNegBin" => Transform::AnscombeNegBin { alpha },
            "none" => Transform::None,
            other => return Err(format!("no such transformation as {other}")),
        },
    };
    let tested = stats::surveillance::cusum(&counts, settings.range()?, &options).map_err(text)?;
    let expected = case.csv(FILE)?;
    let mut compare = Compare::new(case);
    same_points(&mut compare, &expected, tested.iter().map(|p| p.index))?;
    let upper = tested.iter().map(|p| match name {
        "standard" => p.cases_to_alarm.ceil(),
        // What the package gives for these two is not a number of cases.
        "none" | "anscombeNegBin" => f64::max(0.0, options.boundary - p.statistic),
        _ => p.cases_to_alarm,
    });
    compare.column(FILE, &expected, "upperbound", &upper.collect::<Vec<_>>())?;
    let alarms: Vec<f64> = tested.iter().map(|p| truth(p.alarm)).collect();
    compare.column(FILE, &expected, "alarm", &alarms)?;
    let observed: Vec<f64> = tested.iter().map(|p| p.observed).collect();
    compare.column(FILE, &expected, "observed", &observed)?;
    Ok(compare.count())
}

pub fn outbreak_p(case: &Case) -> Result<usize, String> {
    let settings = Settings::of(case)?;
    let counts = case.csv("input_series")?.numbers("observed")?;
    let options = OutbreakOptions {
        threshold: settings.number_or("k", 100.0),
    };
    let range = settings.range()?;
    let tested = stats::surveillance::outbreak_p(&counts, range.clone(), &options).map_err(text)?;
    let upper: Vec<f64> = match settings.text_or("ret", "cases") {
        "value" => tested.iter().map(|p| p.statistic()).collect(),
        "cases" => {
            let most = settings.number_or("maxUpperboundCases", 1e5);
            let needed = stats::surveillance::outbreak_p_cases(&counts, range, &options, most);
            let needed = needed.map_err(text)?.into_iter();
            needed.map(|cases| cases.unwrap_or(f64::NAN)).collect()
        }
        other => return Err(format!("cannot return {other}")),
    };
    let expected = case.csv(FILE)?;
    let mut compare = Compare::new(case);
    same_points(&mut compare, &expected, tested.iter().map(|p| p.index))?;
    compare.column(FILE, &expected, "upperbound", &upper)?;
    let alarms: Vec<f64> = tested.iter().map(|p| truth(p.alarm)).collect();
    compare.column(FILE, &expected, "alarm", &alarms)?;
    let observed: Vec<f64> = tested.iter().map(|p| p.observed).collect();
    compare.column(FILE, &expected, "observed", &observed)?;
    Ok(compare.count())
}
