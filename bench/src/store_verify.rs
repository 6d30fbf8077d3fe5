//! Figures of checking a whole store: every record against its digests, its leaf, the log, the
//! signatures.
//!
//! `verify [--preload 1000000] [--database postgres]`

use app::verify;

use crate::store::{self, Fault, Home, Options, Surroundings, home};

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| check(&options).await)
}

async fn check(options: &Options) -> Result<(), Fault> {
    let home = Home::preloaded(options).await?;
    let system = home.open().await?;
    home::settle(&system).await?;
    let mut keys = Vec::new();
    for log in system.evidence().logs() {
        keys.push(system.keys().signer(&log.origin)?.verifier());
    }
    let checked = verify::Options { keys, ..verify::Options::default() };
    // The first warms the page cache.
    for page_cache in ["cold or warm", "warm", "warm"] {
        let surroundings = Surroundings::of(home.folder())?;
        let start = std::time::Instant::now();
        let report = verify::verify(system.reader(), &checked).await?;
        let time = start.elapsed();
        if !report.problems.is_empty() || report.signed != report.records {
            return Err(format!("{:?}", report.problems).into());
        }
        let what = "a whole store with its payloads";
        surroundings
            .measurement("verify", what, report.records)
            .with("engine", options.engine())
            .with("page_cache", page_cache)
            .with("personal_parts", report.personal)
            .took(time)
            .print();
    }
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}
