//! Robust statistics, scores, uncertainty and conformity: metRology, GTC, and the formulas of the
//! standards.

use serde_json::Value;
use stats::proficiency::{
    self, AlgorithmA, AlgorithmAOptions, Constants, algorithm_a, algorithm_s,
};
use stats::uncertainty::conformity::{
    Population, Tolerance as Limits, conformance_probability, global_risks,
};
use stats::uncertainty::{
    Degrees, Distribution, Formula, Input, MonteCarlo, MonteCarloOptions, PropagateOptions,
    monte_carlo, propagate, propagate_joint, type_a_joint,
};

use super::case::Case;
use super::compare::{Compare, Tolerance, number, numbers};
use super::rcall::Expr;

const EXACT: Tolerance = Tolerance::Rel(1e-12);

pub const TOLERANCES: &[(&str, &str, Tolerance)] = &[
    ("algA", "expected_scalars", Tolerance::Rel(1e-8)),
    ("algA", "expected_iso_iterations", Tolerance::Rel(1e-8)),
    ("algA", "expected_iso_iterations:iter", Tolerance::Exact),
    // A score near zero is the difference of two numbers near each other.
    ("algA", "expected_scores", Tolerance::RelOrAbs(1e-8, 1e-11)),
    // The reference stops early.
    ("algS", "expected_scalars", Tolerance::Rel(1e-3)),
    ("ISO", "expected_scores", Tolerance::RelOrAbs(1e-12, 1e-13)),
    ("pc", "expected_pc", EXACT),
    ("global", "expected_risks", Tolerance::Abs(1e-8)),
    // The reference takes derivatives by differences.
    ("GUM", "expected_scalars", Tolerance::Rel(1e-4)),
    (
        "type_a.multi_estimate_real",
        "expected_result",
        Tolerance::Rel(1e-8),
    ),
];

pub fn run(case: &Case) -> Result<usize, String> {
    match case.function() {
        "algA" => robust_mean(case),
        "algS" => pooled_deviation(case),
        "ISO" => scores(case),
        "pc" => conformance(case),
        "global" => risks(case),
        "GUM" => budget(case),
        "type_a.multi_estimate_real" => impedance(case),
        "numeric" => sum_of_inputs(case),
        "dY" => comparison_loss(case),
        other => Err(format!("nothing is known of {other}")),
    }
}

fn robust_mean(case: &Case) -> Result<usize, String> {
    let x = case.csv("input_data")?.numbers("x")?;
    let call = case.parsed_call()?;
    let setting = |name: &str| call.argument(name).and_then(Expr::number);
    let options = AlgorithmAOptions {
        cut: setting("k").unwrap_or(1.5),
        constants: Constants::Exact,
        tolerance: setting("tol").unwrap_or(f64::EPSILON.powf(0.25)),
        most_iterations: 10_000,
    };
    let with = |options: &AlgorithmAOptions| algorithm_a(&x, options).map_err(|e| e.to_string());
    let asked = with(&options)?;
    let loose = with(&AlgorithmAOptions {
        tolerance: f64::EPSILON.powf(0.25),
        ..options
    })?;
    let printed = with(&AlgorithmAOptions {
        tolerance: options.tolerance,
        ..AlgorithmAOptions::default()
    })?;
    let mut compare = Compare::new(case);
    scalars(case, &mut compare, &x, [&asked, &loose, &printed])?;
    if case.has("expected_iso_iterations") {
        let file = "expected_iso_iterations";
        let table = case.csv(file)?;
        // The table may end one step earlier or later than the iteration here.
        let rows = table.len().min(printed.steps.len());
        if table.len().abs_diff(printed.steps.len()) > 1 {
            return Err(format!(
                "{file}: {} steps where {} are expected",
                printed.steps.len(),
                table.len()
            ));
        }
        for (row, step) in printed.steps.iter().take(rows).enumerate() {
            compare.value(file, "iter", row as f64, table.numbers("iter")?[row])?;
            compare.value(file, "mu", step.mean, table.numbers("mu")?[row])?;
            compare.value(file, "s", step.standard_deviation, table.numbers("s")?[row])?;
        }
    }
    if case.has("expected_scores") {
        let file = "expected_scores";
        let table = case.csv(file)?;
        let results = table.numbers("x")?;
        let each = |score: &dyn Fn(f64) -> stats::Result<f64>| -> Result<Vec<f64>, String> {
            results
                .iter()
                .map(|&x| score(x).map_err(|e| e.to_string()))
                .collect()
        };
        let (m, s, u) = (
            asked.mean,
            asked.standard_deviation,
            asked.standard_uncertainty,
        );
        compare.column(file, &table, "x", &x)?;
        compare.column(
            file,
            &table,
            "z",
            &each(&|x| proficiency::z_score(x, m, s))?,
        )?;
        compare.column(
            file,
            &table,
            "zprime",
            &each(&|x| proficiency::z_prime_score(x, m, u, s))?,
        )?;
    }
    Ok(compare.count())
}

fn scalars(
    case: &Case,
    compare: &mut Compare<'_>,
    x: &[f64],
    [asked, loose, printed]: [&AlgorithmA; 3],
) -> Result<(), String> {
    let file = "expected_scalars";
    let expected = case.json(file)?;
    for field in expected
        .as_object()
        .ok_or("expected_scalars is no object")?
        .keys()
    {
        let got = match field.as_str() {
            "mu" => Ok(asked.mean),
            "s" => Ok(asked.standard_deviation),
            "u_xpt" => Ok(asked.standard_uncertainty),
            "mu_default_tol" => Ok(loose.mean),
            "s_default_tol" => Ok(loose.standard_deviation),
            "mu_iso1134" => Ok(printed.mean),
            "s_iso1134" => Ok(printed.standard_deviation),
            "median" => proficiency::median(x),
            "MADe" => proficiency::scaled_mad(x),
            "nIQR" => proficiency::normalised_iqr(x),
            other => return Err(format!("nothing is known of the field {other}")),
        };
        compare.field(file, &expected, field, got.map_err(|e| e.to_string())?)?;
    }
    Ok(())
}

fn pooled_deviation(case: &Case) -> Result<usize, String> {
    let params = case.json("input_params")?;
    let degrees = number(&params["degfree"])?;
    let pooled = algorithm_s(&numbers(&params["s"])?, degrees).map_err(|e| e.to_string())?;
    let mut compare = Compare::new(case);
    compare.field(
        "expected_scalars",
        &case.json("expected_scalars")?,
        "w",
        pooled,
    )?;
    Ok(compare.count())
}

fn scores(case: &Case) -> Result<usize, String> {
    let (data, params) = (case.csv("input_data")?, case.json("input_params")?);
    let (results, expanded) = (data.numbers("x")?, data.numbers("U")?);
    let assigned = number(&params["x_ref"])?;
    let expanded_assigned = number(&params["U_ref"])?;
    let sigma = number(&params["sigma_pt"])?;
    let call = case.call();
    let k = call
        .split_once("k=")
        .and_then(|(_, k)| k.trim_end_matches(')').parse().ok())
        .unwrap_or(2.0);
    let u = expanded_assigned / k;
    let file = "expected_scores";
    let table = case.csv(file)?;
    let mut compare = Compare::new(case);
    for column in table.columns() {
        let score = |(x, big_u): (&f64, &f64)| match column.as_str() {
            "z" => proficiency::z_score(*x, assigned, sigma),
            "zprime" => proficiency::z_prime_score(*x, assigned, u, sigma),
            "zeta" => proficiency::zeta_score(*x, big_u / k, assigned, u),
            _ => proficiency::en_score(*x, *big_u, assigned, expanded_assigned),
        };
        if !["z", "zprime", "zeta", "En"].contains(&column.as_str()) {
            return Err(format!("nothing is known of the column {column}"));
        }
        let got: Result<Vec<f64>, _> = results.iter().zip(&expanded).map(score).collect();
        compare.column(file, &table, column, &got.map_err(|e| e.to_string())?)?;
    }
    Ok(compare.count())
}

fn conformance(case: &Case) -> Result<usize, String> {
    let file = "expected_pc";
    let table = case.csv(file)?;
    let [y, u, lower, upper] = ["y", "u", "TL", "TU"].map(|c| table.numbers(c));
    let (y, u, lower, upper) = (y?, u?, lower?, upper?);
    let got: Result<Vec<f64>, _> = (0..table.len())
        .map(|i| conformance_probability(y[i], u[i], &Limits::new(lower[i], upper[i])?))
        .collect();
    let mut compare = Compare::new(case);
    compare.column(file, &table, "pc", &got.map_err(|e| e.to_string())?)?;
    Ok(compare.count())
}

fn risks(case: &Case) -> Result<usize, String> {
    let file = "expected_risks";
    let expected = case.json(file)?;
    let mut compare = Compare::new(case);
    for row in expected.as_array().ok_or("expected_risks is no list")? {
        let field = |name: &str| number(&row[name]);
        let population = Population {
            mean: field("y0")?,
            standard_deviation: field("u0")?,
        };
        let um = field("um")?;
        let limit = |name: &str, none: f64| match row.get(name) {
            Some(Value::Null) | None => Ok(none),
            Some(value) => number(value),
        };
        let (lower, upper) = (limit("TL", f64::NEG_INFINITY)?, limit("TU", f64::INFINITY)?);
        let tolerance = Limits::new(lower, upper).map_err(|e| e.to_string())?;
        let acceptance = tolerance
            .guarded(field("r")? * 2.0 * um)
            .ok_or("nothing is accepted")?;
        let found =
            global_risks(&population, um, &tolerance, &acceptance).map_err(|e| e.to_string())?;
        compare.field(file, row, "RC", found.consumer)?;
        compare.field(file, row, "RP", found.producer)?;
    }
    Ok(compare.count())
}

fn budget(case: &Case) -> Result<usize, String> {
    let params = case.json("input_params")?;
    let variables = params["variables"].as_array().ok_or("no variables")?;
    let names: Vec<&str> = variables
        .iter()
        .filter_map(|v| v["name"].as_str())
        .collect();
    let formula = Formula::parse(params["fn"].as_str().ok_or("no function")?, &names);
    let formula = formula.map_err(|e| e.to_string())?;
    let mut shared: Vec<&str> = Vec::new();
    let mut inputs = Vec::new();
    for variable in variables {
        let nu = number(&variable["nu"])?;
        let degrees_of_freedom = if nu < 0.0 { f64::INFINITY } else { nu };
        let assessment = variable["shared"].as_str().map(|name| {
            shared.push(name);
            shared.iter().position(|s| *s == name).unwrap_or_default() as u32
        });
        inputs.push(Input {
            estimate: number(&variable["x"])?,
            standard_uncertainty: number(&variable["u"])?,
            degrees_of_freedom,
            assessment,
        });
    }
    let correlations = match params.get("correlation") {
        None | Some(Value::Null) => None,
        Some(rows) => {
            let rows = rows.as_array().ok_or("the correlations are no matrix")?;
            let values: Vec<Vec<f64>> = rows.iter().map(numbers).collect::<Result<_, _>>()?;
            let matrix =
                stats::linalg::Matrix::from_rows(names.len(), names.len(), values.concat());
            Some(matrix.map_err(|e| e.to_string())?)
        }
    };
    // The call is followed by a word on where the data come from.
    let setting = |name: &str| {
        let (_, rest) = case.call().split_once(&format!("{name}="))?;
        let end = rest.find([',', ')']).unwrap_or(rest.len());
        rest[..end].trim().parse::<f64>().ok()
    };
    let options = PropagateOptions {
        level: setting("cl").unwrap_or(0.95),
        ..PropagateOptions::default()
    };
    let with = |options: &PropagateOptions| {
        let found = propagate(
            |x| formula.value(x),
            &inputs,
            correlations.as_ref(),
            options,
        );
        found.map_err(|e| e.to_string())
    };
    let found = with(&options)?;
    let file = "expected_scalars";
    let expected = case.json(file)?;
    let mut compare = Compare::new(case);
    for (field, value) in expected
        .as_object()
        .ok_or("expected_scalars is no object")?
    {
        if let Some(figure) = field.strip_prefix("published_") {
            let truncated = with(&PropagateOptions {
                degrees: Degrees::Truncated,
                ..options
            })?;
            let got = match figure.split('_').next().unwrap_or_default() {
                "l" | "y" => truncated.estimate,
                "uc" if figure.contains("second_order") => {
                    let bent = PropagateOptions {
                        second_order: true,
                        ..options
                    };
                    with(&bent)?.standard_uncertainty
                }
                "uc" | "u" => truncated.standard_uncertainty,
                "nu" => truncated.degrees_of_freedom,
                other if other.starts_with('U') => truncated.expanded_uncertainty,
                other if other.starts_with('k') => truncated.coverage_factor,
                other => return Err(format!("nothing is known of the field {other}")),
            };
            compare.within(field, got, number(value)?, printed_digits(value))?;
            continue;
        }
        let got = match field.as_str() {
            "y" => found.estimate,
            "u_y" => found.standard_uncertainty,
            "nu_eff" => found.degrees_of_freedom,
            "k" => found.coverage_factor,
            other if other.starts_with('U') => {
                let digits = setting("sig.digits.U").unwrap_or(2.0);
                significant(found.expanded_uncertainty, digits)
            }
            other => return Err(format!("nothing is known of the field {other}")),
        };
        compare.field(file, &expected, field, got)?;
    }
    Ok(compare.count())
}

/// Half a unit of the last digit that a figure is printed with.
fn printed_digits(value: &Value) -> Tolerance {
    let decimals = value
        .to_string()
        .split_once('.')
        .map_or(0, |(_, d)| d.len() as i32);
    Tolerance::Abs(0.5 * 10f64.powi(-decimals))
}

/// Rounded to so many significant digits.
fn significant(x: f64, digits: f64) -> f64 {
    let unit = 10f64.powf(x.abs().log10().floor() - digits + 1.0);
    (x / unit).round() * unit
}

fn impedance(case: &Case) -> Result<usize, String> {
    if !case.call().contains("R=V/I cos, X=V/I sin, Z=V/I") {
        return Err("nothing is known of these quantities".into());
    }
    let data = case.json("input_data")?;
    let series = ["V", "I", "phi"].map(|name| numbers(&data[name]));
    let series: Vec<Vec<f64>> = series.into_iter().collect::<Result<_, _>>()?;
    let observed = type_a_joint(&series).map_err(|e| e.to_string())?;
    let inputs: Vec<Input> = observed
        .quantities
        .iter()
        .map(|q| Input::new(q.estimate, q.standard_uncertainty))
        .collect();
    let quantities = ["V / I * cos(phi)", "V / I * sin(phi)", "V / I"];
    let formulas = quantities.map(|text| Formula::parse(text, &["V", "I", "phi"]).unwrap());
    let functions = formulas.each_ref().map(|f| |x: &[f64]| f.value(x));
    let functions: Vec<&dyn Fn(&[f64]) -> f64> = functions.iter().map(|f| f as _).collect();
    let found = propagate_joint(&functions, &inputs, Some(&observed.correlations));
    let found = found.map_err(|e| e.to_string())?;
    let file = "expected_result";
    let expected = case.json(file)?;
    let mut compare = Compare::new(case);
    let place = |name: char| {
        "RXZ"
            .find(name)
            .ok_or(format!("nothing is known of {name}"))
    };
    let field = |name: &str| -> Result<f64, String> {
        if name == "r_VI" {
            return Ok(observed.correlations[(0, 1)]);
        }
        match name.chars().collect::<Vec<_>>()[..] {
            [one] => Ok(found.estimates[place(one)?]),
            ['u', '_', one] => Ok(found.standard_uncertainties[place(one)?]),
            ['r', '_', one, other] => Ok(found.correlations[(place(one)?, place(other)?)]),
            _ => Err(format!("nothing is known of the field {name}")),
        }
    };
    for (name, value) in expected.as_object().ok_or("expected_result is no object")? {
        match value {
            // The guide rounds u(X) = 0.29558 to 0.295.
            Value::Object(published) if name == "published" => {
                for (name, value) in published {
                    let Tolerance::Abs(half) = printed_digits(value) else {
                        continue;
                    };
                    compare.within(
                        name,
                        field(name)?,
                        number(value)?,
                        Tolerance::Abs(2.0 * half),
                    )?;
                }
            }
            Value::Object(_) => {
                compare.field(file, value, "value", field(name)?)?;
                compare.field(file, value, "u", field(&format!("u_{name}"))?)?;
            }
            _ => compare.field(file, &expected, name, field(name)?)?,
        }
    }
    Ok(compare.count())
}

fn sum_of_inputs(case: &Case) -> Result<usize, String> {
    let params = case.json("input_params")?;
    let mut inputs: Vec<Distribution> = numbers(&params["rect_halfwidths"])?
        .into_iter()
        .map(|half| Distribution::Rectangular {
            lower: -half,
            upper: half,
        })
        .collect();
    let normal = Distribution::Normal {
        mean: 0.0,
        standard_uncertainty: 1.0,
    };
    inputs.extend((0..number(&params["n_std_normal"])? as usize).map(|_| normal));
    let found = trials(|x| x.iter().sum(), &inputs, None)?;
    let (lower, upper) = found.symmetric(0.95).map_err(|e| e.to_string())?;
    let expected = case.json("expected_result")?;
    let u = number(&expected["u"])?;
    let ends = numbers(&expected["ci95"])?;
    // A million trials, to within half a per cent.
    let close = |of: f64| Tolerance::Abs(0.005 * of.abs());
    let mut compare = Compare::new(case);
    compare.within("mean", found.estimate, number(&expected["mean"])?, close(u))?;
    compare.within("u", found.standard_uncertainty, u, close(u))?;
    compare.within("lower end", lower, ends[0], close(ends[0]))?;
    compare.within("upper end", upper, ends[1], close(ends[1]))?;
    Ok(compare.count())
}

fn comparison_loss(case: &Case) -> Result<usize, String> {
    let params = case.json("input_params")?;
    let (u, x2, r) = (
        number(&params["u"])?,
        number(&params["x2"])?,
        number(&params["r"])?,
    );
    let table = case.csv("expected_interval")?;
    let correlations = stats::linalg::Matrix::from_rows(2, 2, vec![1.0, r, r, 1.0]).unwrap();
    let mut compare = Compare::new(case);
    for (row, x1) in table.numbers("x1")?.into_iter().enumerate() {
        let inputs = [x1, x2].map(|mean| Distribution::Normal {
            mean,
            standard_uncertainty: u,
        });
        let found = trials(|x| x[0] * x[0] + x[1] * x[1], &inputs, Some(&correlations))?;
        let (low, high) = found.shortest(0.95).map_err(|e| e.to_string())?;
        let (below, above) = found.symmetric(0.95).map_err(|e| e.to_string())?;
        // A million trials, to within one per cent of the interval's far end.
        let far = table.numbers("hi95_sym")?[row];
        for column in table.columns().iter().filter(|c| *c != "x1") {
            let got = match column.as_str() {
                "mean" => found.estimate,
                "u" => found.standard_uncertainty,
                "lo95_shortest" => low,
                "hi95_shortest" => high,
                "lo95_sym" => below,
                "hi95_sym" => above,
                other => return Err(format!("nothing is known of the column {other}")),
            };
            let expected = table.numbers(column)?[row];
            let scale = if ["mean", "u"].contains(&column.as_str()) {
                expected
            } else {
                far
            };
            let what = format!("{column}, row {}", row + 1);
            compare.within(&what, got, expected, Tolerance::Abs(0.01 * scale))?;
        }
    }
    Ok(compare.count())
}

fn trials(
    function: impl Fn(&[f64]) -> f64 + Sync,
    inputs: &[Distribution],
    correlations: Option<&stats::linalg::Matrix>,
) -> Result<MonteCarlo, String> {
    let options = MonteCarloOptions::default();
    monte_carlo(function, inputs, correlations, &options).map_err(|e| e.to_string())
}
