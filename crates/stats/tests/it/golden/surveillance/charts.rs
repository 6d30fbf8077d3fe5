//! The charts with simple limits.

use stats::surveillance::{
    C3Limit, Change, CusumOptions, Direction, EarsMethod, EarsOptions, GlrOptions, InControl,
    InControlMean, Limit, OutbreakOptions, Overdispersion, ReferenceWindow, Search, Seasonal,
    Transform,
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
    let mut before = 0.0;
    let upper = tested.iter().map(|p| {
        let needed = options.boundary + options.reference - before;
        before = p.statistic;
        match name {
            "standard" => p.cases_to_alarm.ceil(),
            // The package squares a root without looking at its sign.
            "rossi" => {
                let root = (4.0 + 2.0 * needed / p.mean.sqrt()).sqrt() - 1.0;
                if root < 0.0 { p.mean * root * root } else { p.cases_to_alarm }
            }
            // What the package gives for these three is not the number of cases.
            "none" | "anscombeNegBin" => f64::max(0.0, options.boundary - p.statistic),
            "anscombe2nd" => {
                let centre = p.mean.powf(2.0 / 3.0) - p.mean.cbrt() / 9.0;
                let power = centre + needed * p.mean.powf(1.0 / 6.0) / 1.5;
                power.max(0.0).powf(1.5)
            }
            _ => p.cases_to_alarm,
        }
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
    let options = OutbreakOptions { threshold: settings.number_or("k", 100.0) };
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

pub fn glr(case: &Case) -> Result<usize, String> {
    let settings = Settings::of(case)?;
    let counts = case.csv("input_series")?.numbers("observed")?;
    let means;
    let mean = match settings.get("mu0") {
        Some(list @ Expr::Call(name, _)) if name == "list" => InControlMean::Fitted {
            model: Seasonal {
                harmonics: list.argument("S").and_then(Expr::number).unwrap_or(1.0) as usize,
                trend: list.argument("trend").and_then(Expr::truth).unwrap_or(true),
                frequency: settings.frequency()?,
            },
            refit: list.argument("refit").and_then(Expr::truth).unwrap_or(false),
        },
        Some(other) => {
            means = other.numbers().ok_or("cannot read mu0")?;
            InControlMean::Each(&means)
        }
        None => return Err("a call without mu0 is not known".to_owned()),
    };
    let overdispersion = match (case.function(), settings.number("alpha")) {
        ("algo.glrpois", _) => Overdispersion::Known(0.0),
        (_, Some(alpha)) => Overdispersion::Known(alpha),
        (_, None) if matches!(mean, InControlMean::Fitted { .. }) => Overdispersion::Estimated,
        _ => Overdispersion::Known(0.0),
    };
    let window = settings.number_or("M", -1.0);
    let options = GlrOptions {
        overdispersion,
        threshold: settings.number_or("c.ARL", 5.0),
        change: match settings.text_or("change", "intercept") {
            "intercept" => Change::Intercept,
            "epi" => Change::Epidemic,
            other => return Err(format!("no such change as {other}")),
        },
        direction: match settings.text_or("dir", "inc") {
            "inc" => Direction::Increase,
            "dec" => Direction::Decrease,
            other => return Err(format!("no such direction as {other}")),
        },
        known: settings.number("theta"),
        at_least: settings.count_or("Mtilde", 1),
        // The package looks back without a limit for a change of the intercept under overdispersion.
        window: (window >= 0.0
            && (case.function() == "algo.glrpois"
                || settings.text_or("change", "intercept") == "epi"))
            .then_some(window as usize),
        search: Search::Package,
        ..GlrOptions::new(mean)
    };
    let range = settings.range()?;
    let tested = stats::surveillance::glr(&counts, range.clone(), &options).map_err(text)?;
    let upper: Vec<f64> = match settings.text_or("ret", "cases") {
        "value" => tested.iter().map(|p| p.statistic).collect(),
        "cases" => {
            let most = settings.number_or("xMax", 1e4);
            let cases = stats::surveillance::glr_cases(&counts, range, &options, most);
            let cases = cases.map_err(text)?.into_iter();
            // No count would do: the package's two ways to say so.
            let none = match overdispersion {
                Overdispersion::Known(0.0) => 0.0,
                _ => 1e99,
            };
            cases.map(|cases| cases.unwrap_or(none)).collect()
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
