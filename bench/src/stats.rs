//! Figures of `stats`, one file for each module of the crate.
//!
//! `stats NAME...` runs only those modules.

mod index;
mod rating;
mod sampling;
mod satisfaction;
mod scan;
mod signal;
mod spc;
mod surveillance;
mod uncertainty;

use std::time::Duration;

use crate::report;

type Run = fn() -> Result<(), Box<dyn std::error::Error>>;

const MODULES: &[(&str, Run)] = &[
    ("surveillance", surveillance::run),
    ("scan", scan::run),
    ("signal", signal::run),
    ("sampling", sampling::run),
    ("spc", spc::run),
    ("uncertainty", uncertainty::run),
    ("index", index::run),
    ("satisfaction", satisfaction::run),
    ("rating", rating::run),
];

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(unknown) = args.iter().find(|arg| MODULES.iter().all(|(name, _)| name != arg)) {
        return Err(format!("no module {unknown}").into());
    }
    for (name, run) in MODULES {
        if args.is_empty() || args.iter().any(|arg| arg == name) {
            run()?;
        }
    }
    Ok(())
}

/// The result of `work` and the shortest time of several runs: on a machine that does other things
/// too, the shortest is the nearest to the truth.
pub(super) fn shortest<T>(runs: usize, mut work: impl FnMut() -> T) -> (T, Duration) {
    let (mut result, mut best) = report::timed(&mut work);
    for _ in 1..runs {
        let (again, time) = report::timed(&mut work);
        if time < best {
            best = time;
        }
        result = again;
    }
    (result, best)
}
