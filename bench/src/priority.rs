//! Figures of `priority`: the order of inspection that the model would have given.
//!
//! `priority --train FILE --test FILE` fits on the first file and prints for the second what the
//! order by score would have gained, with the inspector's effect and without. `priority --train
//! FILE` alone validates on that file by time: on its last two months and on six windows of two
//! months before them, each predicted from what came before it, and again with 137 days between.

mod chicago;
mod windows;

use std::time::Duration;

use serde_json::{Value, json};
use stats::priority::{Gain, Options, Priority, gain};

use crate::report::{Measurement, say, timed};
use chicago::Inspections;

type Fault = Box<dyn std::error::Error>;

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Fault> {
    let train = option(args, "--train")?.ok_or("say --train FILE, a table of inspections")?;
    let train = Inspections::read(train.as_ref())?;
    match option(args, "--test")? {
        Some(test) => {
            let test = Inspections::read(test.as_ref())?;
            let (gains, _) = trial(&train, &test)?;
            use std::io::Write;
            writeln!(std::io::stdout(), "{}", gains.to_json())?;
        }
        None => validate(&train)?,
    }
    Ok(())
}

/// The value after an option's name.
fn option<'a>(args: &'a [String], name: &str) -> Result<Option<&'a str>, Fault> {
    match args.iter().position(|arg| arg == name) {
        None => Ok(None),
        Some(at) => match args.get(at + 1) {
            Some(value) => Ok(Some(value)),
            None => Err(format!("{name} needs a file").into()),
        },
    }
}

/// What the two scores gain.
struct Gains {
    with_inspector: Gain,
    without_inspector: Gain,
}

impl Gains {
    fn to_json(&self) -> Value {
        let figures = |gain: &Gain| json!({"auc": gain.auc, "days_earlier": gain.days_earlier, "first_half": gain.first_half});
        json!({
            "with_inspector": figures(&self.with_inspector),
            "without_inspector": figures(&self.without_inspector),
        })
    }
}

/// Fits on one set of inspections and scores another.
fn trial(train: &Inspections, test: &Inspections) -> Result<(Gains, Duration), Fault> {
    let record = train.record()?;
    let table = train.table(&record)?;
    let inspectors = train.inspectors();
    let (model, took) =
        timed(|| Priority::fit(&train.visits(&table, &inspectors), &Options::default()));
    let model = model?;
    let table = test.table(&record)?;
    let own = model.own_risk(&table)?;
    let with = model.with_inspector(&table, &test.inspectors())?;
    let gain = |scores: &[f64]| gain(scores, &test.id, &test.day, &test.found);
    report(&model, took);
    Ok((Gains { with_inspector: gain(&with)?, without_inspector: gain(&own)? }, took))
}

/// What a person wants to know beside the figures.
fn report(model: &Priority, took: Duration) {
    say(&format!("fitted in {:.1} s", took.as_secs_f64()));
    for d in model.departures() {
        say(&format!(
            "inspector {}: {} visits, {} findings where {:.0} were to be expected; odds {:.2} times \
             those of the others ({:.2} to {:.2})",
            d.inspector,
            d.visits,
            d.found,
            d.expected,
            d.odds_ratio(),
            d.lower.exp(),
            d.upper.exp(),
        ));
    }
}

/// Predicts windows of the file from what came before them.
fn validate(all: &Inspections) -> Result<(), Fault> {
    for gap in [0, windows::GAP] {
        for window in windows::windows(&all.day, gap) {
            let (train, test) = (all.select(&window.train), all.select(&window.test));
            let (gains, took) = trial(&train, &test)?;
            let figures = |m: Measurement, name: &str, gain: &Gain| {
                m.with(&format!("{name}_auc"), gain.auc)
                    .with(&format!("{name}_days_earlier"), gain.days_earlier)
                    .with(&format!("{name}_first_half"), gain.first_half)
            };
            let line = Measurement::new("priority", window.name, test.id.len() as u64)
                .with("first_day", all.date(window.first)?)
                .with("gap_days", gap)
                .with("fit_ms", took.as_millis() as u64);
            let line = figures(line, "with_inspector", &gains.with_inspector);
            figures(line, "without_inspector", &gains.without_inspector).print();
        }
    }
    Ok(())
}
