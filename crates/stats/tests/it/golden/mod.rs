//! Golden cases: the outputs of the reference implementations, engine by engine.
//!
//! The folder holds `<engine>/<case>/`, each with a `case.json` (which call was made), files named
//! `input*` and files named `expected*`. What is done with a case follows from the engine, the
//! function named in `call`, and the names of the files; never from the name of the case. A case
//! with an engine, a function or a file that nothing reads is a failure.

mod acceptance;
mod case;
mod compare;
mod composite;
mod credit;
mod disproportionality;
mod metrology;
mod rcall;
mod scan;
mod settings;
mod spc;
mod surveillance;
mod table;

use std::path::{Path, PathBuf};

use case::Case;
use compare::Tolerance;

/// What runs the cases of one engine.
struct Engine {
    /// The name of its folder.
    name: &'static str,
    /// Reads the inputs, calls the crate, compares; gives how many values were compared, or what
    /// was wrong.
    run: fn(&Case) -> Result<usize, String>,
    /// How close each expected file must be met, by function (as [`Case::function`] gives it) and
    /// file, or `file:column`; `*` is any function.
    tolerances: &'static [(&'static str, &'static str, Tolerance)],
}

/// One line for each engine.
const ENGINES: &[Engine] = &[
    Engine { name: "composite", run: composite::run, tolerances: composite::TOLERANCES },
    Engine { name: "credit", run: credit::run, tolerances: credit::TOLERANCES },
    Engine { name: "metrology", run: metrology::run, tolerances: metrology::TOLERANCES },
    Engine {
        name: "disproportionality",
        run: disproportionality::run,
        tolerances: disproportionality::TOLERANCES,
    },
    Engine { name: "surveillance", run: surveillance::run, tolerances: surveillance::TOLERANCES },
    Engine { name: "acceptance", run: acceptance::run, tolerances: acceptance::TOLERANCES },
    Engine { name: "scan", run: scan::run, tolerances: scan::TOLERANCES },
    Engine { name: "spc", run: spc::run, tolerances: spc::TOLERANCES },
];

#[test]
fn golden() {
    let folder = std::env::var_os("ZHIHENG_GOLDEN")
        .map_or_else(|| testkit::testdata().join("golden"), PathBuf::from);
    assert!(folder.is_dir(), "no golden cases at {}", folder.display());
    let (mut passed, mut failed) = (0, 0);
    say(&format!("\ngolden cases of {}", folder.display()));
    for engine in folders(&folder) {
        for case in folders(&engine) {
            let name = format!("{}/{}", file_name(&engine), file_name(&case));
            match run(&file_name(&engine), &case) {
                Ok(0) => {
                    failed += 1;
                    say(&format!("{name}: FAILED: no value was compared"));
                }
                Ok(values) => {
                    passed += 1;
                    say(&format!("{name}: ok, {values} values"));
                }
                Err(fault) => {
                    failed += 1;
                    say(&format!("{name}: FAILED: {fault}"));
                }
            }
        }
    }
    say(&format!("{passed} passed, {failed} failed"));
    assert!(passed > 0, "no golden case at {}", folder.display());
    assert_eq!(failed, 0, "golden cases failed: see above");
}

fn run(engine: &str, folder: &Path) -> Result<usize, String> {
    let engine = ENGINES
        .iter()
        .find(|known| known.name == engine)
        .ok_or_else(|| format!("no such engine as {engine} is known"))?;
    let case = Case::open(folder, engine.tolerances)?;
    let values = (engine.run)(&case)?;
    case.all_read()?;
    Ok(values)
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(of).unwrap_or_else(|e| panic!("{}: {e}", of.display()));
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[allow(clippy::print_stdout, reason = "the report is what the test is run for")]
fn say(line: &str) {
    println!("{line}");
}
