//! The programs of PostgreSQL, and running them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The least version that the project is for.
const LEAST: u32 = 15;

/// The programs that a test server needs.
const PROGRAMS: &[&str] = &["initdb", "postgres", "pg_isready", "createdb", "dropdb", "psql"];

/// Where the programs of one version are.
pub struct Programs {
    folder: PathBuf,
    version: u32,
}

impl Programs {
    /// The newest version in Debian's folders, else what the search path has.
    pub fn find() -> Result<Self, String> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
        if let Some(path) = std::env::var_os("PATH") {
            folders.extend(std::env::split_paths(&path));
        }
        let found = folders.into_iter().filter_map(|folder| {
            let all = PROGRAMS.iter().all(|program| folder.join(program).is_file());
            let version = version_of(&folder.join("initdb")).filter(|_| all)?;
            Some(Self { folder, version })
        });
        let newest = found.max_by_key(|programs| programs.version);
        match newest {
            Some(programs) if programs.version >= LEAST => Ok(programs),
            Some(programs) => Err(format!(
                "PostgreSQL {} is installed, but {LEAST} or later is needed; install it",
                programs.version
            )),
            None => Err(format!(
                "PostgreSQL is not installed: no initdb in /usr/lib/postgresql/*/bin or on the \
                 search path; install version {LEAST} or later, such as `apt-get install postgresql`"
            )),
        }
    }

    /// The path of a program.
    pub fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    /// The major version.
    pub fn version(&self) -> u32 {
        self.version
    }
}

/// `15` of `initdb (PostgreSQL) 15.14 (Debian ...)`.
fn version_of(program: &Path) -> Option<u32> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.split_whitespace().nth(2)?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Runs a program to its end.
///
/// # Panics
/// It fails, or cannot be run.
pub fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|e| panic!("cannot run {command:?}: {e}"));
    assert!(
        output.status.success(),
        "{command:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
