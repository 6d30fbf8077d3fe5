//! Uncertainty budgets as metRology and GTC compute them, and the examples of JCGM 101.

use serde_json::Value;
use stats::linalg::Matrix;
use stats::uncertainty::{
    Degrees, Distribution, Formula, Function, Input, MonteCarlo, MonteCarloOptions,
    PropagateOptions, monte_carlo, propagate, propagate_joint, type_a_joint,
};

use super::super::case::Case;
use super::super::compare::{Compare, Tolerance, number, numbers};

pub fn budget(case: &Case) -> Result<usize, String> {
    let params = case.json("input_params")?;
    let variables = params["variables"].as_array().ok_or("no variables")?;
    let names: Vec<&str> = variables.iter().filter_map(|v| v["name"].as_str()).collect();
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
    let correlations = match params.get("correlation").or(params.get("cor")) {
        None | Some(Value::Null) => None,
        Some(rows) => {
            let rows = rows.as_array().ok_or("the correlations are no matrix")?;
            let values: Vec<Vec<f64>> = rows.iter().map(numbers).collect::<Result<_, _>>()?;
            let matrix = Matrix::from_rows(names.len(), names.len(), values.concat());
            Some(matrix.map_err(|e| e.to_string())?)
        }
    };
    // The call is followed by a word on where the data come from.
    let setting = |name: &str| {
        let (_, rest) = case.call().split_once(&format!("{name}="))?;
        let end = rest.find([',', ')']).unwrap_or(rest.len());
        rest[..end].trim().parse::<f64>().ok()
    };
    let options =
        PropagateOptions { level: setting("cl").unwrap_or(0.95), ..PropagateOptions::default() };
    let with = |options: &PropagateOptions| {
        let found = propagate(|x| formula.value(x), &inputs, correlations.as_ref(), options);
        found.map_err(|e| e.to_string())
    };
    let found = with(&options)?;
    let file = "expected_scalars";
    let expected = case.json(file)?;
    let mut compare = Compare::new(case);
    for (field, value) in expected.as_object().ok_or("expected_scalars is no object")? {
        if let Some(figure) = field.strip_prefix("published_") {
            let truncated = with(&PropagateOptions { degrees: Degrees::Truncated, ..options })?;
            let got = match figure.split('_').next().unwrap_or_default() {
                "l" | "y" => truncated.estimate,
                "uc" if figure.contains("second_order") => {
                    let bent = PropagateOptions { second_order: true, ..options };
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
    let decimals = value.to_string().split_once('.').map_or(0, |(_, d)| d.len() as i32);
    Tolerance::Abs(0.5 * 10f64.powi(-decimals))
}

/// Rounded to so many significant digits.
fn significant(x: f64, digits: f64) -> f64 {
    let unit = 10f64.powf(x.abs().log10().floor() - digits + 1.0);
    (x / unit).round() * unit
}

pub fn impedance(case: &Case) -> Result<usize, String> {
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
    let functions: Vec<Function<'_>> = functions.iter().map(|f| f as _).collect();
    let found = propagate_joint(&functions, &inputs, Some(&observed.correlations));
    let found = found.map_err(|e| e.to_string())?;
    let file = "expected_result";
    let expected = case.json(file)?;
    let mut compare = Compare::new(case);
    let place = |name: char| "RXZ".find(name).ok_or(format!("nothing is known of {name}"));
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

pub fn sum_of_inputs(case: &Case) -> Result<usize, String> {
    let params = case.json("input_params")?;
    let mut inputs: Vec<Distribution> = numbers(&params["rect_halfwidths"])?
        .into_iter()
        .map(|half| Distribution::Rectangular { lower: -half, upper: half })
        .collect();
    let normal = Distribution::Normal { mean: 0.0, standard_uncertainty: 1.0 };
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

pub fn comparison_loss(case: &Case) -> Result<usize, String> {
    let params = case.json("input_params")?;
    let (u, x2, r) = (number(&params["u"])?, number(&params["x2"])?, number(&params["r"])?);
    let table = case.csv("expected_interval")?;
    let correlations = Matrix::from_rows(2, 2, vec![1.0, r, r, 1.0]).unwrap();
    let mut compare = Compare::new(case);
    for (row, x1) in table.numbers("x1")?.into_iter().enumerate() {
        let inputs = [x1, x2].map(|mean| Distribution::Normal { mean, standard_uncertainty: u });
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
            let scale = if ["mean", "u"].contains(&column.as_str()) { expected } else { far };
            let what = format!("{column}, row {}", row + 1);
            compare.within(&what, got, expected, Tolerance::Abs(0.01 * scale))?;
        }
    }
    Ok(compare.count())
}

fn trials(
    function: impl Fn(&[f64]) -> f64 + Sync,
    inputs: &[Distribution],
    correlations: Option<&Matrix>,
) -> Result<MonteCarlo, String> {
    let options = MonteCarloOptions::default();
    monte_carlo(function, inputs, correlations, &options).map_err(|e| e.to_string())
}
