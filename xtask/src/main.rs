//! `cargo xtask`: what a developer and CI run.

mod golden;
mod licences;
mod process;
mod test;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test [--full]   format, lints, licences, documentation and all tests; --full adds what is long
cargo xtask golden [DIR]    the reference cases of the statistical methods in DIR/<engine>/<case>/
                            (default: golden/ in the test data)";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let passed = match args[..] {
        ["test"] => test::run(test::Extent::Usual),
        ["test", "--full"] => test::run(test::Extent::Full),
        ["golden"] => golden::run(None),
        ["golden", dir] => golden::run(Some(dir)),
        _ => {
            process::say(USAGE);
            return ExitCode::from(2);
        }
    };
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
