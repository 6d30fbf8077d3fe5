//! What the tests of every crate share: where the reference data is, how to walk it, and a
//! PostgreSQL server.

pub mod postgres;

use std::path::{Path, PathBuf};

/// The folder of reference data: what `ZHIHENG_TESTDATA` names, else the project's own `testdata/`.
///
/// # Panics
/// The variable names something that is not a folder: a test must not pass because its data is gone.
pub fn testdata() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    let folder = std::env::var_os("ZHIHENG_TESTDATA").map_or(own, PathBuf::from);
    assert!(folder.is_dir(), "no folder of reference data at {}", folder.display());
    folder
}

/// The files under `folder` at any depth, in the order of their paths.
///
/// # Panics
/// A folder cannot be listed, or there is no file at all.
pub fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display()));
        for entry in entries {
            let entry = entry.unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display()));
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    assert!(!found.is_empty(), "no file under {}", folder.display());
    found.sort();
    found
}
