//! Statistical process control, held to qcc and spc.

use serde_json::Value;

use stats::linalg::Matrix;
use stats::spc::{
    CapabilityOptions, Chart, ChartOptions, Constants, CountOptions, CusumOptions, EwmaOptions,
    Index, Limits, Line, MovingSigma, NELSON, PoissonCusum, Process, Rule, Sides, Sigma,
    Specification, Subgroups, WithinSigma, c_chart, c4, capability, count_oc, cusum, cusum_arl,
    cusum_interval, d2, d3, ewma, ewma_arl, ewma_limit, g_chart, individuals, np_chart, p_chart,
    poisson_cusum_arl, range_chart, range_oc, rule_violations, sd_chart, sd_oc, t_squared,
    t_squared_single, u_chart, usual_confidence, xbar, xbar_oc,
};

use super::case::Case;
use super::compare::{Compare, Tolerance, number, numbers};
use super::settings::{amount, word};
use super::table::Table;

pub const TOLERANCES: &[(&str, &str, Tolerance)] = &[
    // A statistic or limit that should be zero is one rounding of the data away from it.
    ("qcc", "expected_chart", Tolerance::RelOrAbs(1e-10, 1e-12)),
    ("qcc", "expected_scalars", Tolerance::Rel(1e-10)),
    // A sum that should be zero is some roundings of the data, in standard errors, away from it.
    ("*", "expected_cusum", Tolerance::RelOrAbs(1e-10, 1e-10)),
    ("*", "expected_ewma", Tolerance::Rel(1e-10)),
    ("*", "expected_scalars", Tolerance::Rel(1e-10)),
    ("*", "expected_indices", Tolerance::Rel(1e-9)),
    ("*", "expected_overall", Tolerance::Rel(1e-9)),
    ("*", "expected_oc", Tolerance::RelOrAbs(1e-8, 1e-13)),
    ("mqcc", "expected_t2", Tolerance::Rel(1e-8)),
    // Covariances may be sums that cancel.
    ("mqcc", "expected_scalars", Tolerance::RelOrAbs(1e-8, 1e-10)),
    ("qcc.options", "expected_constants", Tolerance::Rel(1e-6)),
    ("xcusum.arl", "expected_cusum", Tolerance::Rel(1e-4)),
    ("xcusum.arl", "expected_ewma", Tolerance::Rel(1e-4)),
    ("*", "expected_cusum_crit", Tolerance::Rel(1e-4)),
    ("*", "expected_ewma_crit", Tolerance::Rel(1e-4)),
    ("pois.cusum.arl", "expected_arl", Tolerance::Rel(1e-6)),
];

pub fn run(case: &Case) -> Result<usize, String> {
    match case.function() {
        "qcc" => shewhart(case),
        "cusum" | "ewma" => sums_and_averages(case),
        "process.capability" => indices(case),
        "oc.curves" => curves(case),
        "mqcc" => hotelling(case),
        "qcc.options" => constants(case),
        "xcusum.arl" | "xcusum.crit" | "xewma.arl" | "xewma.crit" => run_lengths(case),
        "pois.cusum.arl" => run_lengths_of_counts(case),
        _ if case.has("input_z") && case.has("expected_result") => nelson(case),
        other => Err(format!("no such function as {other} is known")),
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The measurements of a table with a subgroup in each row; empty cells are left out.
struct Measurements {
    values: Vec<f64>,
    sizes: Vec<usize>,
}

impl Measurements {
    fn of(table: &Table) -> Result<Self, String> {
        let columns: Vec<Vec<f64>> =
            table.columns().iter().map(|name| table.numbers(name)).collect::<Result<_, _>>()?;
        let (mut values, mut sizes) = (Vec::new(), Vec::new());
        for row in 0..table.len() {
            let before = values.len();
            values.extend(columns.iter().map(|c| c[row]).filter(|x| !x.is_nan()));
            sizes.push(values.len() - before);
        }
        Ok(Self { values, sizes })
    }

    fn groups(&self) -> Result<Subgroups<'_>, String> {
        Subgroups::of(&self.values, &self.sizes).map_err(text)
    }
}

fn limits(call: &str, parameters: &Value) -> Limits {
    let names = ["confidence", "confidence_level", "confidence.level"];
    let sigmas = amount(call, parameters, &["nsigmas"]);
    match amount(call, parameters, &names) {
        Some(p) if p < 1.0 => Limits::Probability(p),
        _ => Limits::Sigmas(sigmas.unwrap_or(3.0)),
    }
}

fn sigma(call: &str, parameters: &Value) -> Result<Sigma, String> {
    let names = ["std_dev", "std.dev"];
    if let Some(known) = amount(call, parameters, &names) {
        return Ok(Sigma::Known(known));
    }
    let span = amount(call, parameters, &["k"]).unwrap_or(2.0) as usize;
    match word(call, parameters, &names).as_deref() {
        None => Ok(Sigma::Usual),
        Some("UWAVE-R") => Ok(Sigma::Within(WithinSigma::MeanRange)),
        Some("UWAVE-SD") => Ok(Sigma::Within(WithinSigma::MeanSd)),
        Some("MVLUE-R") => Ok(Sigma::Within(WithinSigma::WeightedRange)),
        Some("MVLUE-SD") => Ok(Sigma::Within(WithinSigma::WeightedSd)),
        Some("RMSDF") => Ok(Sigma::Within(WithinSigma::PooledSd)),
        Some("MR") => Ok(Sigma::Moving(MovingSigma::MovingRange(span))),
        Some("SD") => Ok(Sigma::Moving(MovingSigma::Sd)),
        Some(other) => Err(format!("no such estimate as {other} is known")),
    }
}

fn chart(
    kind: &str,
    data: &Table,
    call: &str,
    parameters: &Value,
) -> Result<Chart<'static>, String> {
    let options = ChartOptions {
        limits: limits(call, parameters),
        center: amount(call, parameters, &["center"]),
        sigma: sigma(call, parameters)?,
        constants: Constants::Printed,
    };
    let counts = CountOptions { limits: options.limits, standard: options.center };
    let column = |name: &str| data.numbers(name);
    match kind {
        "xbar" => xbar(&Measurements::of(data)?.groups()?, &options),
        "R" => range_chart(&Measurements::of(data)?.groups()?, &options),
        "S" => sd_chart(&Measurements::of(data)?.groups()?, &options),
        "xbar.one" => individuals(&Measurements::of(data)?.values, &options)
            .map(|chart| Chart { statistics: chart.statistics.into_owned().into(), ..chart }),
        "p" => p_chart(&column("x")?, &column("size")?, &counts),
        "np" => {
            let sizes = column("size")?;
            let standard = counts.standard.map(|number| number / sizes[0]);
            np_chart(&column("x")?, &sizes, &CountOptions { standard, ..counts })
        }
        "c" => c_chart(&column("x")?, &counts),
        "u" => u_chart(&column("x")?, &column("size")?, &counts),
        "g" => g_chart(&column("x")?, &counts),
        other => return Err(format!("no such chart as {other} is known")),
    }
    .map_err(text)
}

fn shewhart(case: &Case) -> Result<usize, String> {
    let call = case.call();
    let parameters = case.json("input_params")?;
    let kind = word(call, &parameters, &["type"]).ok_or("no type")?;
    let data = case.csv("input_data")?;
    let chart = chart(&kind, &data, call, &parameters)?;

    let file = "expected_chart";
    let table = case.csv(file)?;
    let mut compare = Compare::new(case);
    compare.column(file, &table, "stat", &chart.statistics)?;
    let line = |line: &Line| -> Vec<f64> { (0..table.len()).map(|i| line.at(i)).collect() };
    if kind != "c" && kind != "g" {
        compare.column(file, &table, "size", &line(&chart.sizes))?;
    }
    compare.column(file, &table, "LCL", &line(&chart.lower))?;
    compare.column(file, &table, "UCL", &line(&chart.upper))?;

    let file = "expected_scalars";
    let scalars = case.json(file)?;
    for (field, line) in [("center", &chart.center), ("std_dev", &chart.sigma)] {
        for (i, expected) in numbers(&scalars[field])?.into_iter().enumerate() {
            compare.value(file, field, line.at(i), expected)?;
        }
    }
    let beyond = chart.beyond();
    same_points(&mut compare, "beyond", &[beyond.above, beyond.below].concat(), &scalars)?;
    // Seven on one side; the reference names those above first.
    let found = chart.violations(&[Rule::Run { length: 7 }]).map_err(text)?;
    let above = |i: &usize| chart.statistics[*i] > chart.center.at(*i);
    let (above, below): (Vec<usize>, Vec<usize>) = found[0].iter().partition(|i| above(i));
    same_points(&mut compare, "runs", &[above, below].concat(), &scalars)?;
    Ok(compare.count())
}

/// Points counted from 0 against a list of them counted from 1.
fn same_points(
    compare: &mut Compare,
    field: &str,
    got: &[usize],
    expected: &Value,
) -> Result<(), String> {
    let got: Vec<f64> = got.iter().map(|&i| i as f64 + 1.0).collect();
    let expected = numbers(&expected[field])?;
    compare.same(field, &format!("{got:?}"), &format!("{expected:?}"))
}

/// Single values or the means of subgroups, with the estimate that is usual for each.
fn points(data: &Table, call: &str, parameters: &Value) -> Result<Chart<'static>, String> {
    let single = Measurements::of(data)?.sizes.contains(&1);
    chart(if single { "xbar.one" } else { "xbar" }, data, call, parameters)
}

fn sums_and_averages(case: &Case) -> Result<usize, String> {
    let call = case.call();
    let mut parameters = case.json("input_params")?;
    let sums = CusumOptions {
        decision_interval: amount(call, &parameters, &["decision_interval", "decision.interval"])
            .unwrap_or(5.0),
        shift: amount(call, &parameters, &["se_shift", "se.shift"]).unwrap_or(1.0),
        head_start: amount(call, &parameters, &["head_start", "head.start"]).unwrap_or(0.0),
    };
    let averages = EwmaOptions {
        lambda: amount(call, &parameters, &["lambda"]).unwrap_or(0.2),
        sigmas: amount(call, &parameters, &["nsigmas"]).unwrap_or(3.0),
        exact_limits: true,
    };
    // Those are the limits of the averages, not of the points.
    if let Some(object) = parameters.as_object_mut() {
        object.remove("nsigmas");
    }
    let chart = points(&case.csv("input_data")?, "", &parameters)?;
    let mut compare = Compare::new(case);
    let file = "expected_scalars";
    let scalars = case.json(file)?;
    compare.field(file, &scalars, "center", chart.center.at(0))?;
    compare.field(file, &scalars, "std_dev", chart.sigma.at(0))?;
    if case.has("expected_cusum") {
        let got = cusum(&chart, &sums).map_err(text)?;
        let table = case.csv("expected_cusum")?;
        compare.column("expected_cusum", &table, "pos", &got.upper)?;
        compare.column("expected_cusum", &table, "neg", &got.lower)?;
        same_points(&mut compare, "cusum_upper", &got.above, &scalars)?;
        same_points(&mut compare, "cusum_lower", &got.below, &scalars)?;
    }
    if case.has("expected_ewma") {
        let got = ewma(&chart, &averages).map_err(text)?;
        let table = case.csv("expected_ewma")?;
        compare.column("expected_ewma", &table, "y", &got.averages)?;
        compare.column("expected_ewma", &table, "LCL", &got.lower)?;
        compare.column("expected_ewma", &table, "UCL", &got.upper)?;
        same_points(&mut compare, "ewma_viol", &got.beyond, &scalars)?;
    }
    Ok(compare.count())
}

fn indices(case: &Case) -> Result<usize, String> {
    let parameters = case.json("input_params")?;
    let data = case.csv("input_data")?;
    let chart = points(&data, "", &Value::Null)?;
    let all = Measurements::of(&data)?.values;
    let given = |name: &str| amount("", &parameters, &[name]);
    let specification =
        Specification { lower: given("lsl"), upper: given("usl"), target: given("target") };
    let options = CapabilityOptions {
        sigmas: given("nsigmas").unwrap_or(3.0),
        confidence: given("confidence").unwrap_or(0.95),
        ..Default::default()
    };
    let within = Process {
        mean: chart.center.at(0),
        sigma: given("std_dev").unwrap_or(chart.sigma.at(0)),
        measurements: all.len(),
    };
    let found = capability(&within, &specification, &options).map_err(text)?;
    let mut compare = Compare::new(case);
    let file = "expected_indices";
    let table = case.csv(file)?;
    let (values, lows, highs) =
        (table.numbers("value")?, table.numbers("lo")?, table.numbers("hi")?);
    for (row, name) in table.text("index")?.into_iter().enumerate() {
        let index = match name {
            "Cp" => found.cp,
            "Cp_l" => found.cpl,
            "Cp_u" => found.cpu,
            "Cp_k" => Some(found.cpk),
            "Cpm" => found.cpm,
            other => return Err(format!("no such index as {other} is known")),
        };
        let missing = Index { value: f64::NAN, low: f64::NAN, high: f64::NAN };
        let index = index.unwrap_or(missing);
        compare.value(file, name, index.value, values[row])?;
        compare.value(file, name, index.low, lows[row])?;
        compare.value(file, name, index.high, highs[row])?;
    }
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let squares: f64 = all.iter().map(|x| (x - mean).powi(2)).sum();
    let overall = Process { sigma: (squares / (all.len() as f64 - 1.0)).sqrt(), mean, ..within };
    let found = capability(&overall, &specification, &options).map_err(text)?;
    let file = "expected_overall";
    let expected = case.json(file)?;
    let pp = found.cp.map_or(f64::NAN, |cp| cp.value);
    compare.field(file, &expected, "Pp", pp)?;
    compare.field(file, &expected, "Ppk", found.cpk.value)?;
    compare.field(file, &expected, "sd_overall", overall.sigma)?;
    compare.field(file, &expected, "sd_within", within.sigma)?;
    compare.field(file, &expected, "mean", within.mean)?;
    Ok(compare.count())
}

fn curves(case: &Case) -> Result<usize, String> {
    let parameters = case.json("input_params")?;
    let table = case.csv("expected_oc")?;
    let sigmas = amount("", &parameters, &["nsigmas"]).unwrap_or(3.0);
    let (first, others) = table.columns().split_first().ok_or("no columns")?;
    let x = table.numbers(first)?;
    let kind = word(case.call(), &parameters, &["type"]);
    let kind = kind.as_deref().unwrap_or("xbar");
    let size = amount("", &parameters, &["size"]).unwrap_or(1.0);
    let mut compare = Compare::new(case);
    for column in others {
        let got: Result<Vec<f64>, stats::Error> = match kind {
            "xbar" | "R" | "S" => {
                let n = column.trim_start_matches(|c: char| !c.is_ascii_digit());
                let n: usize = n.parse().map_err(text)?;
                let at = |&x: &f64| match kind {
                    "R" => range_oc(n, sigmas, x, Constants::Printed),
                    "S" => sd_oc(n, sigmas, x),
                    _ => xbar_oc(n, sigmas, x),
                };
                x.iter().map(at).collect()
            }
            _ => {
                let center = amount("", &parameters, &["center"]).ok_or("no center")?;
                let options = CountOptions {
                    limits: Limits::Sigmas(sigmas),
                    standard: Some(if kind == "np" { center / size } else { center }),
                };
                let chart = match kind {
                    "p" => p_chart(&[0.0], &[size], &options),
                    "np" => np_chart(&[0.0], &[size], &options),
                    "c" => c_chart(&[0.0], &options),
                    "u" => u_chart(&[0.0], &[size], &options),
                    other => return Err(format!("no such chart as {other} is known")),
                };
                let chart = chart.map_err(text)?;
                x.iter().map(|&x| count_oc(&chart, x)).collect()
            }
        };
        compare.column("expected_oc", &table, column, &got.map_err(text)?)?;
    }
    Ok(compare.count())
}

fn hotelling(case: &Case) -> Result<usize, String> {
    let call = case.call();
    let parameters = case.json("input_params")?;
    let data = case.csv("input_data")?;
    let kind = word(call, &parameters, &["type"]).ok_or("no type")?;
    let columns: Vec<Vec<f64>> =
        data.columns().iter().map(|name| data.numbers(name)).collect::<Result<_, _>>()?;
    // `X1_3` is the third item of the sample, characteristic X1.
    let stem = |name: &str| match kind.as_str() {
        "T2" => name.rsplit_once('_').map_or(name, |(stem, _)| stem).to_owned(),
        _ => name.to_owned(),
    };
    let mut names: Vec<String> = data.columns().iter().map(|name| stem(name)).collect();
    names.dedup();
    let (p, size) = (names.len(), columns.len() / names.len());
    let confidence = amount(call, &parameters, &["confidence", "confidence.level"])
        .unwrap_or(usual_confidence(p));
    let items =
        Matrix::from_fn(data.len() * size, p, |i, j| columns[j * size + i % size][i / size]);
    let chart = match kind.as_str() {
        "T2" => t_squared(&items, size, confidence),
        "T2.single" => t_squared_single(&items, confidence),
        other => return Err(format!("no such chart as {other} is known")),
    };
    let chart = chart.map_err(text)?;
    let mut compare = Compare::new(case);
    let table = case.csv("expected_t2")?;
    compare.column("expected_t2", &table, "t2", &chart.statistics)?;
    let file = "expected_scalars";
    let expected = case.json(file)?;
    compare.field(file, &expected, "LCL", 0.0)?;
    compare.field(file, &expected, "UCL", chart.upper)?;
    for (field, got) in [("pred_LPL", 0.0), ("pred_UPL", chart.upper_future)] {
        // Missing where the reference was not asked for them.
        if !number(&expected[field])?.is_nan() {
            compare.field(file, &expected, field, got)?;
        }
    }
    for (name, got) in names.iter().zip(&chart.center) {
        let expected = &expected["center"][name.as_str()];
        compare.value(file, "center", *got, number(expected)?)?;
    }
    let rows = expected["cov"].as_array().ok_or("no covariance")?;
    for (i, row) in rows.iter().enumerate() {
        compare.slice(file, "cov", chart.covariance.row(i), &numbers(row)?)?;
    }
    Ok(compare.count())
}

fn constants(case: &Case) -> Result<usize, String> {
    let table = case.csv("expected_constants")?;
    let sizes = table.numbers("n")?;
    let mut compare = Compare::new(case);
    let of = |f: &dyn Fn(usize) -> stats::Result<f64>| -> Result<Vec<f64>, String> {
        sizes.iter().map(|&n| f(n as usize).map_err(text)).collect()
    };
    let printed = Constants::Printed;
    let file = "expected_constants";
    compare.column(file, &table, "d2", &of(&|n| d2(n, printed))?)?;
    compare.column(file, &table, "d3", &of(&|n| d3(n, printed))?)?;
    compare.column(file, &table, "c4", &of(&c4)?)?;
    Ok(compare.count())
}

fn nelson(case: &Case) -> Result<usize, String> {
    let z = numbers(&case.json("input_z")?)?;
    let found = rule_violations(&z, &Line::Level(0.0), &Line::Level(1.0), &NELSON).map_err(text)?;
    let expected = case.json("expected_result")?;
    let mut compare = Compare::new(case);
    let rules = expected.as_object().ok_or("no rules")?;
    for name in rules.keys() {
        let rule: usize = name.trim_start_matches("rule").parse().map_err(text)?;
        let got = found.get(rule - 1).ok_or("no such rule")?;
        same_points(&mut compare, name, got, &expected)?;
    }
    Ok(compare.count())
}

fn run_lengths(case: &Case) -> Result<usize, String> {
    let mut compare = Compare::new(case);
    let sides = |column: &str| {
        if column.ends_with('1') { Sides::Upper } else { Sides::Both }
    };
    type Length = fn(&[f64], Sides) -> stats::Result<f64>;
    let tables: [(&str, &[&str], Length); 4] = [
        ("expected_cusum", &["k", "h", "mu"], |x, sides| cusum_arl(x[0], x[1], x[2], x[3], sides)),
        ("expected_ewma", &["l", "c", "mu"], |x, sides| ewma_arl(x[0], x[1], x[2], x[3], sides)),
        ("expected_cusum_crit", &["k", "L0"], |x, sides| cusum_interval(x[0], x[1], sides)),
        ("expected_ewma_crit", &["l", "L0"], |x, sides| ewma_limit(x[0], x[1], sides)),
    ];
    for (file, keys, length) in tables {
        if !case.has(file) {
            continue;
        }
        let table = case.csv(file)?;
        let keyed: Vec<Vec<f64>> =
            keys.iter().map(|k| table.numbers(k)).collect::<Result<_, _>>()?;
        let head_start = table.numbers("hs").unwrap_or(vec![0.0; table.len()]);
        for column in table.columns() {
            if keys.contains(&column.as_str()) || column == "hs" {
                continue;
            }
            let got: Result<Vec<f64>, String> = (0..table.len())
                .map(|row| {
                    let mut x: Vec<f64> = keyed.iter().map(|k| k[row]).collect();
                    x.push(head_start[row]);
                    length(&x, sides(column)).map_err(text)
                })
                .collect();
            compare.column(file, &table, column, &got?)?;
        }
    }
    Ok(compare.count())
}

fn run_lengths_of_counts(case: &Case) -> Result<usize, String> {
    let call = case.call();
    let parameters = case.json("input_params")?;
    let whole = |names: &[&str]| amount(call, &parameters, names).map(|x| x as u32);
    let chart = PoissonCusum {
        reference: whole(&["k", "km"]).ok_or("no k")?,
        interval: whole(&["h", "hm"]).ok_or("no h")?,
        scale: whole(&["m"]).unwrap_or(1),
        head_start: whole(&["i0"]).unwrap_or(0),
    };
    let table = case.csv("expected_arl")?;
    let got: Result<Vec<f64>, String> = table
        .numbers("mu")?
        .into_iter()
        .map(|mean| poisson_cusum_arl(&chart, mean).map_err(text))
        .collect();
    let mut compare = Compare::new(case);
    compare.column("expected_arl", &table, "arl", &got?)?;
    Ok(compare.count())
}
