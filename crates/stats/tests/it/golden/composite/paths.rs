//! Path models as plspm fits them. The sign of a latent variable is free.

use serde_json::Value;
use stats::linalg::Matrix;
use stats::satisfaction::{Block, Fit, Mode, Model, Options, Scheme, fit};

use super::super::case::Case;
use super::super::compare::{Compare, numbers};
use super::super::table::Table;

pub fn run(case: &Case) -> Result<usize, String> {
    let (data, params) = (case.csv("input_data")?, case.json("input_params")?);
    let columns: Vec<Vec<f64>> =
        data.columns().iter().map(|c| data.numbers(c)).collect::<Result<_, _>>()?;
    let answers = Matrix::from_fn(data.len(), columns.len(), |i, j| columns[j][i]);
    let model = model(&params, &data)?;
    let found = fit(&answers, &model, &options(case, &params)?).map_err(|e| e.to_string())?;
    let mut held = Held {
        compare: Compare::new(case),
        signs: vec![1.0; found.latents.len()],
        case,
        model: &model,
        found: &found,
    };
    // The scores tell which way each latent variable of the reference points.
    held.scores()?;
    held.outer()?;
    held.paths()?;
    held.summary()?;
    held.effects()?;
    held.unidimensionality()?;
    let scalars = case.json("expected_scalars")?;
    held.compare.field("expected_scalars", &scalars, "gof", found.goodness_of_fit)?;
    Ok(held.compare.count())
}

fn model(params: &Value, data: &Table) -> Result<Model, String> {
    let names = texts(&params["lv"])?;
    let modes = texts(&params["modes"])?;
    let blocks = params["blocks"].as_array().ok_or("no blocks")?;
    let mut built = Vec::new();
    for ((name, mode), block) in names.iter().zip(&modes).zip(blocks) {
        let place = |code: &&str| {
            let at = data.columns().iter().position(|c| c == code);
            at.ok_or(format!("no column {code}"))
        };
        let indicators = texts(block)?.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let mode = match *mode {
            "A" => Mode::A,
            "B" => Mode::B,
            other => return Err(format!("nothing is known of mode {other}")),
        };
        built.push(Block { name: (*name).to_owned(), indicators, mode });
    }
    let mut paths = Vec::new();
    for (to, row) in params["path"].as_array().ok_or("no paths")?.iter().enumerate() {
        let row = numbers(row)?;
        paths.extend((0..row.len()).filter(|&from| row[from] != 0.0).map(|from| (from, to)));
    }
    Model::new(built, &paths).map_err(|e| e.to_string())
}

/// Scheme and scaling stand in the parameters, the rest in the call `plspm(..., tol=1e-9)`.
fn options(case: &Case, params: &Value) -> Result<Options, String> {
    let usual = Options::default();
    let scheme = match params["scheme"].as_str() {
        Some("centroid") | None => Scheme::Centroid,
        Some("factor" | "factorial") => Scheme::Factorial,
        Some("path") => Scheme::Path,
        Some(other) => return Err(format!("nothing is known of the scheme {other}")),
    };
    let setting = |name: &str| {
        let (_, rest) = case.call().split_once(&format!("{name}="))?;
        let end = rest.find([',', ')']).unwrap_or(rest.len());
        rest[..end].trim().parse::<f64>().ok()
    };
    Ok(Options {
        scheme,
        scaled: params["scaled"].as_bool().unwrap_or(usual.scaled),
        tolerance: setting("tol").unwrap_or(usual.tolerance),
        most_iterations: setting("maxiter").map_or(usual.most_iterations, |n| n as usize),
    })
}

struct Held<'a> {
    compare: Compare<'a>,
    signs: Vec<f64>,
    case: &'a Case,
    model: &'a Model,
    found: &'a Fit,
}

impl Held<'_> {
    fn scores(&mut self) -> Result<(), String> {
        let file = "expected_scores";
        let table = self.case.csv(file)?;
        for (l, latent) in self.found.latents.iter().enumerate() {
            let expected = table.numbers(&latent.name)?;
            let got = self.found.scores.column(l);
            let agreement: f64 = got.iter().zip(&expected).map(|(a, b)| a * b).sum();
            self.signs[l] = agreement.signum();
            let got: Vec<f64> = got.iter().map(|s| s * self.signs[l]).collect();
            self.compare.slice(file, &latent.name, &got, &expected)?;
        }
        Ok(())
    }

    fn outer(&mut self) -> Result<(), String> {
        let file = "expected_outer";
        let table = self.case.csv(file)?;
        let indicators = &self.found.indicators;
        let column = |of: &dyn Fn(usize) -> f64| (0..indicators.len()).map(of).collect::<Vec<_>>();
        let weights = table.numbers("weight")?;
        // The package turns scores and loadings but leaves the weights as the iteration gave them.
        let turned = |i: usize| {
            let own =
                indicators.iter().zip(&weights).filter(|(o, _)| o.latent == indicators[i].latent);
            own.map(|(o, w)| o.weight * w).sum::<f64>().signum()
        };
        let got = column(&|i| indicators[i].weight * turned(i));
        self.compare.slice(file, "weight", &got, &weights)?;
        let got = column(&|i| indicators[i].loading * self.signs[indicators[i].latent]);
        self.compare.column(file, &table, "loading", &got)?;
        self.compare.column(
            file,
            &table,
            "communality",
            &column(&|i| indicators[i].communality),
        )?;
        self.compare.column(file, &table, "redundancy", &column(&|i| indicators[i].redundancy))
    }

    fn paths(&mut self) -> Result<(), String> {
        let file = "expected_path";
        let table = self.case.csv(file)?;
        for (from, latent) in self.found.latents.iter().enumerate() {
            let got: Vec<f64> = (0..self.found.latents.len())
                .map(|to| self.found.paths[(to, from)] * self.signs[to] * self.signs[from])
                .collect();
            self.compare.column(file, &table, &latent.name, &got)?;
        }
        Ok(())
    }

    fn summary(&mut self) -> Result<(), String> {
        let file = "expected_inner_summary";
        let table = self.case.csv(file)?;
        for (l, kind) in table.text("Type")?.into_iter().enumerate() {
            let got = if self.model.causes(l).is_empty() { "Exogenous" } else { "Endogenous" };
            self.compare.same("type", got, kind)?;
        }
        let latents = &self.found.latents;
        let columns: [(&str, Vec<f64>); 4] = [
            ("R2", latents.iter().map(|l| l.r_squared).collect()),
            ("Block_Communality", latents.iter().map(|l| l.mean_communality).collect()),
            ("Mean_Redundancy", latents.iter().map(|l| l.mean_redundancy).collect()),
            // Of a formative block the package prints zero.
            ("AVE", latents.iter().map(|l| l.average_variance_extracted.unwrap_or(0.0)).collect()),
        ];
        for (name, got) in columns {
            self.compare.column(file, &table, name, &got)?;
        }
        Ok(())
    }

    fn effects(&mut self) -> Result<(), String> {
        let file = "expected_effects";
        let table = self.case.csv(file)?;
        let effects = self.found.effects();
        let name = |l: usize| &self.found.latents[l].name;
        for (effect, expected) in effects.iter().zip(table.text("relationships")?) {
            let got = format!("{} -> {}", name(effect.from), name(effect.to));
            self.compare.same("relationships", &got, expected)?;
        }
        let turn =
            |of: f64, e: &stats::satisfaction::Effect| of * self.signs[e.from] * self.signs[e.to];
        let direct: Vec<f64> = effects.iter().map(|e| turn(e.direct, e)).collect();
        let indirect: Vec<f64> = effects.iter().map(|e| turn(e.indirect, e)).collect();
        let total: Vec<f64> = effects.iter().map(|e| turn(e.total, e)).collect();
        self.compare.column(file, &table, "direct", &direct)?;
        self.compare.column(file, &table, "indirect", &indirect)?;
        self.compare.column(file, &table, "total", &total)
    }

    fn unidimensionality(&mut self) -> Result<(), String> {
        let file = "expected_unidim";
        let table = self.case.csv(file)?;
        for (block, mode) in self.model.blocks().iter().zip(table.text("Mode")?) {
            self.compare.same("mode", &format!("{:?}", block.mode), mode)?;
        }
        let sizes: Vec<f64> =
            self.model.blocks().iter().map(|b| b.indicators.len() as f64).collect();
        self.compare.column(file, &table, "MVs", &sizes)?;
        let each = |of: &dyn Fn(&stats::satisfaction::Reliability) -> f64| -> Vec<f64> {
            self.found.latents.iter().map(|l| of(&l.reliability)).collect()
        };
        // The package prints zero for a formative block, and for an alpha below zero.
        let columns = [
            ("C.alpha", each(&|r| r.cronbach_alpha.unwrap_or(0.0).max(0.0))),
            ("DG.rho", each(&|r| r.dillon_goldstein_rho.unwrap_or(0.0))),
            ("eig.1st", each(&|r| r.first_eigenvalue)),
            ("eig.2nd", each(&|r| r.second_eigenvalue)),
        ];
        for (name, got) in columns {
            self.compare.column(file, &table, name, &got)?;
        }
        Ok(())
    }
}

fn texts(value: &Value) -> Result<Vec<&str>, String> {
    let texts = value.as_array().ok_or("no list of names")?;
    texts.iter().map(|t| t.as_str().ok_or("no name".to_owned())).collect()
}
