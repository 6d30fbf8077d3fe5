//! `cargo xtask`: what a developer and CI run.

mod browser;
mod golden;
mod licences;
mod process;
mod schemathesis;
mod test;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test [--full]   format, lints, licences, documentation and all tests; --full adds what is long
cargo xtask e2e             of those, the browser tests (Node, Chromium)
cargo xtask screenshots     makes the pictures of the README anew (docs/screenshots; Node, Chromium)
cargo xtask frontend        fetches htmx, which the next build puts into the program
cargo xtask schemathesis    of those, a running server against the description of its API
cargo xtask golden [DIR]    the reference cases of the statistical methods in DIR/<engine>/<case>/
                            (default: golden/ in the test data)
cargo xtask convert rasff [FILE]
cargo xtask convert chicago [FILE]
                            a published table as record drafts for the pack of Hubei, one JSON object a
                            line: foreign alerts of the EU, inspections of the City of Chicago (default:
                            alerts/rasff.csv, inspections/chicago-canvass.csv in the test data); faults
                            go to standard error, and no fault means exit status 0";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let passed = match args[..] {
        ["test"] => test::run(test::Extent::Usual),
        ["test", "--full"] => test::run(test::Extent::Full),
        ["e2e"] => test::browser_alone(),
        ["screenshots"] => browser::is_possible() && browser::screenshots(),
        ["frontend"] => browser::is_possible() && browser::fetch_frontend(),
        ["schemathesis"] => test::schemathesis_alone(),
        ["golden"] => golden::run(None),
        ["golden", dir] => golden::run(Some(dir)),
        ["convert", ..] => convert(&args[1..]),
        _ => {
            process::say(USAGE);
            return ExitCode::from(2);
        }
    };
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The program that converts reads packs, for which the checks need not wait.
fn convert(args: &[&str]) -> bool {
    let mut command = process::cargo(&["run", "--quiet", "--package", "convert", "--locked", "--"]);
    // A file is named from where the user stands.
    process::succeeds(command.args(args).current_dir("."))
}
