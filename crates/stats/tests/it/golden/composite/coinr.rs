//! A composite index step by step, as COINr builds it.
//!
//! The call is a chain of steps, `new_coin->Denominate->Impute(i_mean)->...`; each step has its own
//! expected table.

use std::collections::HashMap;

use stats::index::{
    AggregateOptions, Aggregation, Column, Direction, Imputation, Node, Normalisation,
    SecondTreatment, Ties, TreatmentOptions, Tree, aggregate, denominate, impute, normalise, treat,
};

use super::super::case::Case;
use super::super::compare::Compare;
use super::super::rcall::{self, Expr};
use super::super::table::Table;

pub fn run(case: &Case) -> Result<usize, String> {
    let (raw, meta) = (case.csv("input_raw")?, case.csv("input_meta")?);
    let units = if ["Denominate", "use_group"].iter().any(|word| case.call().contains(word)) {
        case.csv("input_units")?
    } else {
        case.set_aside("input_units", "no step divides by a size or fills by group");
        Table::parse("uCode")?
    };
    let mut compare = Compare::new(case);
    let coin = Coin::new(&meta)?;
    let mut columns: Vec<Column> =
        coin.indicators().map(|code| column(&raw, code)).collect::<Result<_, _>>()?;
    for step in case.call().split("->").skip(1) {
        let step = rcall::parse(step.trim())?;
        let (name, settings) = match &step {
            Expr::Name(name) => (name.as_str(), &Expr::Null),
            Expr::Call(name, _) => (name.as_str(), &step),
            other => return Err(format!("no step: {other:?}")),
        };
        let mut codes: Vec<&str> = coin.indicators().collect();
        let file = match name {
            "Denominate" => {
                columns = coin.denominate(&columns, &units)?;
                "expected_denominated"
            }
            "Impute" => {
                columns = coin.impute(&columns, settings, &units)?;
                "expected_imputed"
            }
            "Treat" | "qTreat" => {
                columns = coin.treat(&columns, settings)?;
                "expected_treated"
            }
            "Normalise" | "qNormalise" => {
                columns = coin.normalise(&columns, settings)?;
                "expected_normalised"
            }
            "Aggregate" => {
                columns = coin.aggregate(&columns, settings, case)?;
                codes = coin.nodes.iter().map(|n| n.code.as_str()).collect();
                "expected_aggregated"
            }
            other => return Err(format!("nothing is known of the step {other}")),
        };
        let expected = case.csv(file)?;
        for code in expected.columns().iter().filter(|c| *c != "uCode") {
            let at = codes.iter().position(|c| c == code).ok_or(format!("no {code}"))?;
            let got: Vec<f64> = columns[at].iter().map(|v| v.unwrap_or(f64::NAN)).collect();
            compare.column(file, &expected, code, &got)?;
        }
    }
    Ok(compare.count())
}

struct Coin {
    nodes: Vec<Node>,
    tree: Tree,
    directions: HashMap<String, Direction>,
    denominators: HashMap<String, (String, f64)>,
}

impl Coin {
    fn new(meta: &Table) -> Result<Self, String> {
        let (codes, kinds, parents) =
            (meta.text("iCode")?, meta.text("Type")?, meta.text("Parent")?);
        let (signs, weights) = (meta.numbers("Direction")?, meta.numbers("Weight")?);
        let denominators = meta.text("Denominator").unwrap_or_else(|_| vec![""; codes.len()]);
        let factors = meta.numbers("ScaleFactor").unwrap_or_else(|_| vec![1.0; codes.len()]);
        let mut coin = Self {
            nodes: Vec::new(),
            tree: Tree::new(vec![Node::new("none", None, 1.0)]).map_err(|e| e.to_string())?,
            directions: HashMap::new(),
            denominators: HashMap::new(),
        };
        for row in (0..codes.len()).filter(|&row| ["Indicator", "Aggregate"].contains(&kinds[row]))
        {
            let code = codes[row].to_owned();
            let parent = Some(parents[row]).filter(|p| !p.is_empty());
            coin.nodes.push(Node::new(&code, parent, weights[row]));
            let direction =
                if signs[row] < 0.0 { Direction::Negative } else { Direction::Positive };
            if !denominators[row].is_empty() {
                coin.denominators
                    .insert(code.clone(), (denominators[row].to_owned(), factors[row]));
            }
            coin.directions.insert(code, direction);
        }
        coin.tree = Tree::new(coin.nodes.clone()).map_err(|e| e.to_string())?;
        Ok(coin)
    }

    fn indicators(&self) -> impl Iterator<Item = &str> {
        self.tree.indicators()
    }

    fn denominate(&self, columns: &[Column], units: &Table) -> Result<Vec<Column>, String> {
        let each = |(code, values): (&str, &Column)| match self.denominators.get(code) {
            Some((by, factor)) => {
                denominate(values, &column(units, by)?, *factor).map_err(|e| e.to_string())
            }
            None => Ok(values.clone()),
        };
        self.indicators().zip(columns).map(each).collect()
    }

    fn impute(
        &self,
        columns: &[Column],
        settings: &Expr,
        units: &Table,
    ) -> Result<Vec<Column>, String> {
        let how =
            first_name(settings).or(deep(settings, "f_i").and_then(Expr::text)).unwrap_or("i_mean");
        let groups = match deep(settings, "use_group").and_then(Expr::text) {
            Some(by) => labels(&units.text(by)?),
            None => Vec::new(),
        };
        let how = match how {
            "i_mean" => Imputation::Mean,
            "i_median" => Imputation::Median,
            "i_mean_grp" => Imputation::GroupMean(&groups),
            "i_median_grp" => Imputation::GroupMedian(&groups),
            other => return Err(format!("nothing is known of the imputation {other}")),
        };
        let each = |values: &Column| {
            let filled = impute(values, how).map_err(|e| e.to_string())?;
            Ok(filled.into_iter().map(Some).collect())
        };
        columns.iter().map(each).collect()
    }

    fn treat(&self, columns: &[Column], settings: &Expr) -> Result<Vec<Column>, String> {
        let usual = TreatmentOptions::default();
        let number =
            |name: &str, usual: f64| deep(settings, name).and_then(Expr::number).unwrap_or(usual);
        let then = match deep(settings, "f2").and_then(Expr::text) {
            None | Some("log_CT") => SecondTreatment::Log,
            Some(other) => return Err(format!("nothing is known of the treatment {other}")),
        };
        let options = TreatmentOptions {
            skewness: number("skew_thresh", usual.skewness),
            kurtosis: number("kurt_thresh", usual.kurtosis),
            most_winsorised: number("winmax", usual.most_winsorised as f64) as usize,
            then,
        };
        let each = |values: &Column| Ok(treat(values, &options).map_err(|e| e.to_string())?.values);
        columns.iter().map(each).collect()
    }

    fn normalise(&self, columns: &[Column], settings: &Expr) -> Result<Vec<Column>, String> {
        let each = |(code, values): (&str, &Column)| {
            let direction = self.directions[code];
            let method = normalisation(settings, direction)?;
            normalise(values, direction, method).map_err(|e| format!("{code}: {e}"))
        };
        self.indicators().zip(columns).map(each).collect()
    }

    fn aggregate(
        &self,
        columns: &[Column],
        settings: &Expr,
        case: &Case,
    ) -> Result<Vec<Column>, String> {
        let p = deep(settings, "p").and_then(Expr::number).unwrap_or(1.0);
        let method = |name: &str| match name {
            "a_amean" => Ok(Aggregation::Arithmetic),
            "a_gmean" => Ok(Aggregation::Geometric),
            "a_hmean" => Ok(Aggregation::Harmonic),
            "a_genmean" => Ok(Aggregation::Power(p)),
            "a_copeland" => Ok(Aggregation::Copeland),
            other => Err(format!("nothing is known of the aggregation {other}")),
        };
        let named = first_name(settings).or(deep(settings, "f_ag").and_then(Expr::text));
        let mut names: Vec<String> = named.map(str::to_owned).into_iter().collect();
        if case.has("input_params") {
            match &case.json("input_params")?["f_ag"] {
                serde_json::Value::String(name) => names = vec![name.clone()],
                serde_json::Value::Array(all) => {
                    names = all.iter().filter_map(|n| n.as_str().map(str::to_owned)).collect();
                }
                _ => {}
            }
        }
        let options = AggregateOptions {
            methods: names.iter().map(|n| method(n)).collect::<Result<_, _>>()?,
            least_present: deep(settings, "dat_thresh").and_then(Expr::number).unwrap_or(0.0),
        };
        let found = aggregate(&self.tree, columns, &options).map_err(|e| e.to_string())?;
        Ok(found.columns)
    }
}

fn normalisation(settings: &Expr, direction: Direction) -> Result<Normalisation, String> {
    let name = deep(settings, "f_n").and_then(Expr::text).unwrap_or("n_minmax");
    let pair = |name: &str, usual: [f64; 2]| -> Result<[f64; 2], String> {
        match deep(settings, name).and_then(Expr::numbers) {
            None => Ok(usual),
            Some(given) => given.try_into().map_err(|_| format!("{name} is no pair")),
        }
    };
    let number = |name: &str| deep(settings, name).and_then(Expr::number);
    let wanted = |name: &'static str| number(name).ok_or(format!("{name} is not given"));
    let cap = deep(settings, "cap_max").and_then(Expr::truth).unwrap_or(false);
    let ties = match deep(settings, "ties.method").and_then(Expr::text) {
        None | Some("min") => Ties::Min,
        Some("average") => Ties::Average,
        Some("max") => Ties::Max,
        Some(other) => return Err(format!("nothing is known of the ties {other}")),
    };
    Ok(match name {
        "n_minmax" => {
            let [low, high] = pair("l_u", [0.0, 100.0])?;
            Normalisation::MinMax { low, high }
        }
        "n_zscore" => {
            let [mean, sd] = pair("m_sd", [0.0, 1.0])?;
            Normalisation::ZScore { mean, sd }
        }
        "n_scaled" => {
            let [l, u] = pair("npara", [0.0, 100.0])?;
            // The package turns the values round and leaves the bounds as they are.
            let (lower, upper) = match direction {
                Direction::Positive => (l, u),
                Direction::Negative => (-u, -l),
            };
            let factor = number("scale_factor").unwrap_or(100.0);
            Normalisation::Scaled { lower, upper, factor }
        }
        "n_goalpost" => {
            let posts =
                deep(settings, "gposts").and_then(Expr::numbers).ok_or("gposts is not given")?;
            let [lower, upper, factor] = posts[..] else {
                return Err("gposts are not three".into());
            };
            Normalisation::Goalposts { lower, upper, factor }
        }
        "n_rank" => Normalisation::Rank(ties),
        "n_borda" => Normalisation::Borda(ties),
        "n_prank" => Normalisation::PercentileRank(ties),
        "n_dist2max" => Normalisation::DistanceToBest,
        "n_fracmax" => Normalisation::FractionOfBest,
        "n_dist2targ" => Normalisation::Target { target: wanted("targ")?, cap },
        "n_dist2ref" => Normalisation::Reference { unit: wanted("iref")? as usize - 1, cap },
        other => return Err(format!("nothing is known of the normalisation {other}")),
    })
}

/// The first argument called `name` at any depth of nested lists.
fn deep<'a>(expr: &'a Expr, name: &str) -> Option<&'a Expr> {
    let Expr::Call(_, arguments) = expr else {
        return None;
    };
    let here = arguments.iter().find(|(n, _)| n == name).map(|(_, v)| v);
    here.or_else(|| arguments.iter().find_map(|(_, v)| deep(v, name)))
}

/// The first argument, where it is a bare name other than `default`.
fn first_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Call(_, arguments) => match arguments.first() {
            Some((_, Expr::Name(name))) if name != "default" => Some(name),
            Some((name, Expr::Text(text))) if name.is_empty() => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn column(table: &Table, name: &str) -> Result<Column, String> {
    let values = table.numbers(name)?;
    Ok(values.into_iter().map(|v| Some(v).filter(|v| !v.is_nan())).collect())
}

/// A number for each distinct text.
fn labels(texts: &[&str]) -> Vec<usize> {
    let mut known = texts.to_vec();
    known.sort_unstable();
    known.dedup();
    texts.iter().map(|text| known.partition_point(|k| k < text)).collect()
}
