//! The gamma-Poisson shrinker of openEBGM, and the ratios beside it.

use std::collections::BTreeMap;

use serde_json::Value;
use stats::signal::{
    Cell, Estimate, FitOptions, Pair, Prior, Report, Score, SquashOptions, Squashed, TwoByTwo,
    count_pairs, fit_prior, information_component, negative_log_likelihood, score, squash,
};

use super::case::Case;
use super::compare::{Compare, Tolerance, number};
use super::table::Table;

const PAIRS: &str = "expected_pairs";
const HYPER: &str = "expected_hyper";
const SQUASHED: &str = "expected_squashed";

/// Half a unit of the second digit, to which the package rounds these columns.
const ROUNDED: Tolerance = Tolerance::Abs(0.00501);

/// Those of the manifest. The package's quantiles are found by bisection to two digits.
pub const TOLERANCES: &[(&str, &str, Tolerance)] = &[
    ("*", "expected_pairs:N", Tolerance::Exact),
    ("*", "expected_pairs:E", Tolerance::Rel(1e-12)),
    ("*", "expected_pairs:RR", ROUNDED),
    ("*", "expected_pairs:PRR_r", ROUNDED),
    ("*", "expected_pairs:a", Tolerance::Exact),
    ("*", "expected_pairs:b", Tolerance::Exact),
    ("*", "expected_pairs:c", Tolerance::Exact),
    ("*", "expected_pairs:d", Tolerance::Exact),
    ("*", "expected_pairs:Qn", Tolerance::Rel(1e-8)),
    ("*", "expected_pairs:EBGM", ROUNDED),
    ("*", "expected_pairs:quantile", Tolerance::Abs(0.01)),
    ("*", "expected_pairs", Tolerance::Rel(1e-10)),
    ("*", "expected_squashed", Tolerance::Rel(1e-12)),
    ("*", "expected_hyper", Tolerance::Rel(1e-9)),
];

/// Runs a case: from reports on, or from counts under a given prior.
pub fn run(case: &Case) -> Result<usize, String> {
    match case.function() {
        "processRaw" => reports(case),
        "Qn" => grid(case),
        other => Err(format!("no such function as {other} is known")),
    }
}

fn text<E: std::fmt::Display>(error: E) -> String {
    error.to_string()
}

fn prior(object: &Value, share: &str) -> Result<Prior, String> {
    let field = |name: &str| {
        let value = object.get(name).ok_or_else(|| format!("no {name} in {object}"))?;
        number(value)
    };
    Prior::new(field("alpha1")?, field("beta1")?, field("alpha2")?, field("beta2")?, field(share)?)
        .map_err(text)
}

/// Counts under a given prior.
fn grid(case: &Case) -> Result<usize, String> {
    let input = case.csv("input_pairs")?;
    let cells: Vec<Cell> = input
        .numbers("N")?
        .into_iter()
        .zip(input.numbers("E")?)
        .map(|(observed, expected)| Cell { observed, expected })
        .collect();
    let prior = prior(&case.json("input_params")?, "p")?;
    let expected = case.csv(PAIRS)?;
    let mut compare = Compare::new(case);
    for (column, cell) in [("N", 0), ("E", 1)] {
        let got: Vec<f64> = cells.iter().map(|c| [c.observed, c.expected][cell]).collect();
        compare.column(PAIRS, &expected, column, &got)?;
    }
    scores(&mut compare, &expected, &cells, &prior)?;
    Ok(compare.count())
}

/// Compares the columns `Qn`, `EBGM` and all quantiles (`EB05`, `Q50`).
fn scores(
    compare: &mut Compare<'_>,
    expected: &Table,
    cells: &[Cell],
    prior: &Prior,
) -> Result<(), String> {
    let plain: Vec<Score<0>> = score(cells, prior, []).map_err(text)?;
    let column = |value: fn(&Score<0>) -> f64| plain.iter().map(value).collect::<Vec<_>>();
    compare.column(PAIRS, expected, "Qn", &column(|s| s.first_share))?;
    compare.column(PAIRS, expected, "EBGM", &column(|s| s.ebgm))?;
    let mut quantiles = 0;
    for name in expected.columns() {
        let percent = name.strip_prefix("EB").or_else(|| name.strip_prefix('Q'));
        let Some(percent) = percent.and_then(|digits| digits.parse::<f64>().ok()) else {
            continue;
        };
        let scored = score(cells, prior, [percent / 100.0]).map_err(text)?;
        let got: Vec<f64> = scored.iter().map(|s| s.quantiles[0]).collect();
        compare.slice(PAIRS, "quantile", &got, &expected.numbers(name)?)?;
        quantiles += 1;
    }
    if quantiles == 0 {
        return Err("no quantiles".to_owned());
    }
    Ok(())
}

/// Names as numbers, in their order.
#[derive(Default)]
struct Names(BTreeMap<String, u32>);

impl Names {
    fn of(columns: &[Vec<&str>]) -> (Self, Vec<u32>) {
        let rows = columns.first().map_or(0, Vec::len);
        let key = |row: usize| columns.iter().map(|c| c[row]).collect::<Vec<_>>().join("\u{1f}");
        let mut names: BTreeMap<String, u32> = (0..rows).map(|row| (key(row), 0)).collect();
        for (place, value) in names.values_mut().enumerate() {
            *value = place as u32;
        }
        let numbers = (0..rows).map(|row| names[&key(row)]).collect();
        (Self(names), numbers)
    }
}

fn reports(case: &Case) -> Result<usize, String> {
    let input = case.csv("input_reports")?;
    let params = case.json("input_params")?;
    let stratify = params["stratify"].as_bool().ok_or("stratify is missing")?;
    let (_, ids) = Names::of(&[input.text("id")?]);
    let (products, product) = Names::of(&[input.text("var1")?]);
    let (events, event) = Names::of(&[input.text("var2")?]);
    let strata = input.columns().iter().filter(|name| name.starts_with("strat"));
    let strata = strata.map(|name| input.text(name)).collect::<Result<Vec<_>, _>>()?;
    let (_, stratum) = Names::of(&strata);
    let lines = |stratified: bool| -> Vec<Report> {
        (0..ids.len())
            .map(|i| Report {
                id: ids[i],
                product: product[i],
                event: event[i],
                stratum: if stratified { stratum[i] } else { 0 },
            })
            .collect()
    };
    let pairs = count_pairs(&lines(stratify)).map_err(text)?;
    let plain = count_pairs(&lines(false)).map_err(text)?;

    let expected = case.csv(PAIRS)?;
    // The package sorts by the names of its locale: find each row's pair.
    let places: BTreeMap<(u32, u32), usize> =
        pairs.iter().enumerate().map(|(place, pair)| ((pair.product, pair.event), place)).collect();
    let rows = expected.text("var1")?.into_iter().zip(expected.text("var2")?);
    let order = rows
        .map(|(p, e)| {
            let key = (products.0.get(p)?, events.0.get(e)?);
            places.get(&(*key.0, *key.1)).copied()
        })
        .collect::<Option<Vec<_>>>()
        .ok_or("an expected pair does not occur")?;
    if order.len() != pairs.len() {
        return Err(format!("{} pairs where {} are expected", pairs.len(), order.len()));
    }
    let mut compare = Compare::new(case);
    ratios(&mut compare, &expected, &order, &pairs, &plain)?;

    // Cells in the order of the expected rows.
    let cells: Vec<Cell> = order
        .iter()
        .map(|&place| Cell { observed: pairs[place].observed, expected: pairs[place].expected })
        .collect();
    let points = squash(&cells, &SquashOptions::default()).map_err(text)?;
    squashed_points(&mut compare, &case.csv(SQUASHED)?, &points)?;

    let hyper = case.json(HYPER)?;
    let theirs = prior(&hyper["theta"], "P")?;
    let least = number(params.get("N_star").unwrap_or(&Value::Null))?;
    let least = if least.is_nan() { 0.0 } else { least };
    let likelihood = negative_log_likelihood(&points, &theirs, least).map_err(text)?;
    compare.field(HYPER, &hyper, "negLL", likelihood)?;
    let starts = params["theta_init"].as_array().ok_or("theta_init is missing")?;
    let options = FitOptions {
        starts: starts.iter().map(|s| prior(s, "p")).collect::<Result<_, _>>()?,
        least_count: least,
        ..FitOptions::default()
    };
    let fit = fit_prior(&points, &options).map_err(text)?;
    // The likelihood is flat: another prior may be as good.
    let worse = (fit.negative_log_likelihood - likelihood).max(0.0);
    compare.within("loss of likelihood", worse, 0.0, Tolerance::Abs(1e-3))?;
    scores(&mut compare, &expected, &cells, &theirs)?;
    Ok(compare.count())
}

/// Compares the weighted points by their count and expected count: the package leaves those of counts
/// that it does not squash in the order of the data.
fn squashed_points(
    compare: &mut Compare<'_>,
    expected: &Table,
    points: &[Squashed],
) -> Result<(), String> {
    let columns = [expected.numbers("N")?, expected.numbers("E")?, expected.numbers("weight")?];
    let mut order: Vec<usize> = (0..expected.len()).collect();
    order.sort_by(|&x, &y| {
        let by = |column: &Vec<f64>| column[x].total_cmp(&column[y]);
        by(&columns[0]).then(by(&columns[1]))
    });
    for (name, column, value) in [
        ("N", &columns[0], (|p| p.observed) as fn(&Squashed) -> f64),
        ("E", &columns[1], |p| p.expected),
        ("weight", &columns[2], |p| p.weight),
    ] {
        let expected: Vec<f64> = order.iter().map(|&row| column[row]).collect();
        let got: Vec<f64> = points.iter().map(value).collect();
        compare.slice(SQUASHED, name, &got, &expected)?;
    }
    Ok(())
}

fn ratios(
    compare: &mut Compare<'_>,
    expected: &Table,
    order: &[usize],
    pairs: &[Pair],
    plain: &[Pair],
) -> Result<(), String> {
    let mut column = |name: &str, value: &dyn Fn(usize) -> f64| {
        let got: Vec<f64> = order.iter().map(|place| value(*place)).collect();
        compare.column(PAIRS, expected, name, &got)
    };
    // Where a zero cell leaves no interval, the package's table has none below and infinity above.
    let ends =
        |estimate: stats::signal::Estimate| estimate.interval.unwrap_or((f64::NAN, estimate.value));
    // The package's intervals are those of z = 1.96.
    let level = 1.0 - 2.0 * stats::dist::normal_sf(1.96);
    let estimates = |of: fn(&TwoByTwo, f64) -> stats::Result<Estimate>| {
        let estimates = pairs.iter().map(|pair| of(&pair.table, level));
        estimates.collect::<Result<Vec<_>, _>>().map_err(text)
    };
    let (prr, ror) = (estimates(TwoByTwo::prr)?, estimates(TwoByTwo::ror)?);
    let components = plain.iter();
    let components = components
        .map(|pair| information_component(pair.observed, pair.expected))
        .collect::<Result<Vec<_>, _>>()
        .map_err(text)?;
    column("N", &|i| pairs[i].observed)?;
    column("E", &|i| pairs[i].expected)?;
    column("RR", &|i| pairs[i].ratio())?;
    column("a", &|i| pairs[i].table.a)?;
    column("b", &|i| pairs[i].table.b)?;
    column("c", &|i| pairs[i].table.c)?;
    column("d", &|i| pairs[i].table.d)?;
    for name in ["PRR", "PRR_r"] {
        column(name, &|i| prr[i].value)?;
    }
    column("PRR_lo", &|i| ends(prr[i]).0)?;
    column("PRR_hi", &|i| ends(prr[i]).1)?;
    column("ROR", &|i| ror[i].value)?;
    column("ROR_lo", &|i| ends(ror[i]).0)?;
    column("ROR_hi", &|i| ends(ror[i]).1)?;
    column("chi2_yates", &|i| pairs[i].table.chi_squared(true))?;
    // The information component of the goldens is that without strata.
    column("IC", &|i| components[i].value)
}
