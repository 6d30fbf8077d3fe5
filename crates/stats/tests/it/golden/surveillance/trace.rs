//! The inside of one fit of the flexible method.

use serde_json::Value;
use stats::surveillance::{BaselineData, Dispersion, fit_baseline};

use super::super::case::Case;
use super::super::compare::{Compare, number};
use super::text;

const DATA: &str = "expected_data";
const SCALARS: &str = "expected_scalars";

pub fn run(case: &Case) -> Result<usize, String> {
    let params = case.json("input_params")?;
    let param = |name: &str| number(params.get(name).unwrap_or(&Value::Null));
    let table = case.csv(DATA)?;
    let counts = table.numbers("response")?;
    let times = table.numbers("wtime")?;
    let groups: Vec<usize> =
        table.numbers("seasgroups")?.iter().map(|group| *group as usize - 1).collect();
    let scalars = case.json(SCALARS)?;
    let trend = scalars["coef"].get("wtime").is_some();
    let data = BaselineData { counts: &counts, times: &times, groups: &groups, population: None };
    let threshold = param("weightsThreshold")?;
    let fit = fit_baseline(&data, param("k")?, trend, threshold, Dispersion::Package);
    let fit = fit.map_err(text)?;
    let pearson = fit_baseline(&data, param("k")?, trend, threshold, Dispersion::Overdispersion);
    let pearson = pearson.map_err(text)?;

    let mut compare = Compare::new(case);
    compare.column(DATA, &table, "weight", &fit.weights)?;
    compare.column(DATA, &table, "fitted", &fit.fitted)?;
    compare.column(DATA, &table, "anscombe_first", &fit.residuals)?;
    coefficients(&mut compare, &scalars, "coef", &fit.intercepts, fit.slope)?;
    let (first, slope) = (&fit.first_intercepts, fit.first_slope);
    coefficients(&mut compare, &scalars, "coef_first", first, slope)?;
    for (field, got) in [
        ("phi_first", fit.first_phi),
        ("phi", fit.phi),
        ("pred_link", fit.ln_expected),
        ("se_link", fit.ln_error),
        ("predict_residual_scale", fit.residual_scale),
        ("summary_dispersion_after_weight_overwrite", fit.residual_scale.powi(2)),
        ("trend_pvalue", fit.trend_p_value.unwrap_or(f64::NAN)),
    ] {
        if scalars.get(field).is_some() {
            compare.field(SCALARS, &scalars, field, got)?;
        }
    }
    // This figure was made with the means of the last step, all others with those before it.
    let converged: f64 = counts
        .iter()
        .zip(&pearson.fitted)
        .zip(&pearson.weights)
        .map(|((y, mu), w)| w * (y - mu) * (y - mu) / mu)
        .sum();
    let coefficients = fit.intercepts.len() + usize::from(trend);
    let df = (counts.len() - coefficients) as f64;
    compare.field(SCALARS, &scalars, "pearson_weighted_dispersion", converged / df)?;
    Ok(compare.count())
}

/// R's coefficients: the intercept is that of the first group, the others are differences from it.
fn coefficients(
    compare: &mut Compare<'_>,
    scalars: &Value,
    name: &str,
    intercepts: &[f64],
    slope: Option<f64>,
) -> Result<(), String> {
    let expected = scalars.get(name).ok_or_else(|| format!("no {name}"))?;
    let expected = expected.as_object().ok_or_else(|| format!("{name} is no object"))?;
    for (field, value) in expected {
        let got = match field.as_str() {
            "(Intercept)" => intercepts.first().copied(),
            "wtime" => slope,
            other => {
                let group = other.strip_prefix("seasgroups").and_then(|g| g.parse::<usize>().ok());
                let place = group.and_then(|g| intercepts.get(g.checked_sub(1)?));
                place.zip(intercepts.first()).map(|(a, first)| a - first)
            }
        };
        let got = got.ok_or_else(|| format!("{name} has an unknown coefficient {field}"))?;
        compare.value(SCALARS, name, got, number(value)?)?;
    }
    Ok(())
}
