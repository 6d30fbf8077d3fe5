//! Makes Rust of the language files and puts what browsers fetch into the program.
//!
//! Nothing is fetched from anywhere: scripts of others are taken from `frontend/node_modules`, if
//! `npm ci` was run there; without them every page is complete all the same.

#[path = "build/assets.rs"]
mod assets;
#[path = "build/words.rs"]
mod words;

use std::path::{Path, PathBuf};
use std::{env, fs, process};

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=lang");
    println!("cargo::rerun-if-changed=templates");
    write(&out.join("words.rs"), words::generate(&here.join("lang")));
    write(&out.join("assets.rs"), assets::generate(&here, &out));
}

/// Writes what was made, or ends the build with all that is wrong.
fn write(path: &Path, made: Result<String, Vec<String>>) {
    match made {
        Ok(text) => {
            if let Err(error) = write_if_changed(path, text.as_bytes()) {
                println!("cargo::error=cannot write {}: {error}", path.display());
                process::exit(1);
            }
        }
        Err(faults) => {
            for fault in faults {
                println!("cargo::error={fault}");
            }
            process::exit(1);
        }
    }
}

/// Leaves a file alone that holds this already: what was built from it is built still.
fn write_if_changed(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    match fs::read(path) {
        Ok(found) if found == bytes => Ok(()),
        _ => fs::write(path, bytes),
    }
}
