//! Benchmarks: `cargo run --release -p bench -- NAME [OPTION...]`.
//!
//! Each measurement is one line of JSON on standard output (see [`report::Measurement`]); what a
//! person wants to know beside the figures goes to standard error.

mod answerable;
mod append;
mod archive;
mod authorize;
mod capture;
mod cases;
mod clock;
mod codes;
mod demo;
mod export;
mod http_append;
mod import;
mod item_page;
mod ledger;
mod portal;
mod priority;
mod query;
mod recall;
mod report;
mod rules;
mod search;
mod stats;
mod store;
mod store_verify;
mod subject;
mod subscriptions;
mod trace;

use std::process::ExitCode;

type Run = fn(&[String]) -> Result<(), Box<dyn std::error::Error>>;

const BENCHMARKS: &[(&str, Run)] = &[
    ("codes", codes::run),
    ("clock", clock::run),
    ("ledger", ledger::run),
    ("stats", stats::run),
    ("priority", priority::run),
    ("rules", rules::run),
    ("append", append::run),
    ("http-append", http_append::run),
    ("verify", store_verify::run),
    ("subject", subject::run),
    ("authorize", authorize::run),
    ("search", search::run),
    ("archive", archive::run),
    ("portal", portal::run),
    ("demo", demo::run),
    ("import", import::run),
    ("export", export::run),
    ("trace", trace::run),
    ("recall", recall::run),
    ("capture", capture::run),
    ("query", query::run),
    ("subscriptions", subscriptions::run),
    ("item-page", item_page::run),
    ("cases", cases::run),
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let found = args.first().and_then(|name| BENCHMARKS.iter().find(|(known, _)| known == name));
    let Some((name, run)) = found else {
        let names: Vec<&str> = BENCHMARKS.iter().map(|(name, _)| *name).collect();
        report::say(&format!("which benchmark? one of: {}", names.join(", ")));
        return ExitCode::from(2);
    };
    match run(&args[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            report::say(&format!("{name}: {fault}"));
            ExitCode::FAILURE
        }
    }
}
