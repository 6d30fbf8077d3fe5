//! Robust statistics as metRology computes them, and the scores of ISO 13528.

use stats::proficiency::{
    self, AlgorithmA, AlgorithmAOptions, Constants, algorithm_a, algorithm_s,
};

use super::super::case::Case;
use super::super::compare::{Compare, number, numbers};
use super::super::rcall::Expr;

pub fn robust_mean(case: &Case) -> Result<usize, String> {
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
    let loose = with(&AlgorithmAOptions { tolerance: f64::EPSILON.powf(0.25), ..options })?;
    let printed =
        with(&AlgorithmAOptions { tolerance: options.tolerance, ..AlgorithmAOptions::default() })?;
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
            results.iter().map(|&x| score(x).map_err(|e| e.to_string())).collect()
        };
        let (m, s, u) = (asked.mean, asked.standard_deviation, asked.standard_uncertainty);
        compare.column(file, &table, "x", &x)?;
        compare.column(file, &table, "z", &each(&|x| proficiency::z_score(x, m, s))?)?;
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
    for field in expected.as_object().ok_or("expected_scalars is no object")?.keys() {
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

pub fn pooled_deviation(case: &Case) -> Result<usize, String> {
    let params = case.json("input_params")?;
    let degrees = number(&params["degfree"])?;
    let pooled = algorithm_s(&numbers(&params["s"])?, degrees).map_err(|e| e.to_string())?;
    let mut compare = Compare::new(case);
    compare.field("expected_scalars", &case.json("expected_scalars")?, "w", pooled)?;
    Ok(compare.count())
}

pub fn scores(case: &Case) -> Result<usize, String> {
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
