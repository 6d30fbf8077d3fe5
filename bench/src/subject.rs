//! Figures of reading a subject as of a past time, and of starting on a store with many records.
//!
//! `subject [--preload 1000000] [--calls 4000] [--database postgres]`

use std::time::Instant;

use app::Principal;
use app::reading::When;
use model::Timestamp;

use crate::store::sample::Random;
use crate::store::{self, Fault, Home, Options, Samples, Surroundings, home};

/// 2024-07-01 in China: seven eighths of the records had happened.
const VALID: &str = "2024-07-01T00:00:00+08:00";

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| ask(&options).await)
}

async fn ask(options: &Options) -> Result<(), Fault> {
    let home = Home::preloaded(options).await?;
    let surroundings = Surroundings::of(home.folder())?;
    let opening = Instant::now();
    let system = home.open().await?;
    let opened = opening.elapsed();
    surroundings
        .measurement("subject", "start", 1)
        .with("engine", options.engine())
        .with("preloaded", options.preload)
        .took(opened)
        .print();
    home::settle(&system).await?;
    let surroundings = Surroundings::of(home.folder())?;
    let subjects = Samples::new(options.preload, options.persons, 1)?.often()?;
    let size = system.reader().size().await?;
    // Of 250 records of each, 229 were in batches complete by then, of which 200 had happened.
    let when = When { valid: Some(VALID.parse::<Timestamp>()?), known: Some(size * 111 / 120) };
    let who = Principal::operator();
    let mut random = Random(3);
    let (mut times, mut records, mut bytes) = (Vec::new(), 0_u64, 0_u64);
    for call in 0..options.calls + 100 {
        let subject = &subjects[random.below(subjects.len() as u64) as usize];
        let start = Instant::now();
        let page = system.subject(&who, subject, None, when, None, 500).await?;
        let shown: Vec<_> =
            page.records.iter().map(|record| record.to_json()).collect::<Result<_, _>>()?;
        let text = serde_json::to_vec(&shown)?;
        let time = start.elapsed();
        if page.next.is_some() {
            return Err("a subject has more than a page".into());
        }
        if call >= 100 {
            times.push(time);
            records += shown.len() as u64;
            bytes += text.len() as u64;
        }
    }
    let n = options.calls;
    surroundings
        .measurement("subject", "a subject as of a past time", n)
        .with("engine", options.engine())
        .with("preloaded", options.preload)
        .with("subjects", subjects.len())
        .with("records_shown", records / n.max(1))
        .with("json_bytes", bytes / n.max(1))
        .percentiles(&mut times)
        .print();
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}
