//! Where the library is that is preloaded.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

const NAME: &str = "libpowercut_shim.so";
const ASK: &str = "run `cargo build -p powercut-shim`, or name the library in POWERCUT_SHIM";

/// Finds the library. Cargo builds it with whatever depends on this crate, into the folder `deps` where
/// the tests are; a program of an example or of another build finds it in the workspace's, where it is
/// built if need be.
pub fn find() -> io::Result<PathBuf> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "only Linux on x86-64 can cut the power",
        ));
    }
    if let Some(named) = std::env::var_os("POWERCUT_SHIM") {
        return std::path::absolute(named);
    }
    let exe = std::env::current_exe()?;
    let near = exe.ancestors().skip(1).take(2);
    let near = near.flat_map(|folder| [folder.join(NAME), folder.join("deps").join(NAME)]);
    if let Some(found) = near.into_iter().find(|path| path.is_file()) {
        return Ok(found);
    }
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace.join("target"), |target| workspace.join(target));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let build = Command::new(cargo)
        .args(["build", "--quiet", "--locked", "--package", "powercut-shim"])
        .current_dir(&workspace)
        .status();
    let built = target.join("debug").join(NAME);
    match build {
        Ok(status) if status.success() && built.is_file() => Ok(built),
        _ => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("no {NAME} by {} or {}; {ASK}", exe.display(), built.display()),
        )),
    }
}
