//! Reading files and walking folders, with errors that say which.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use super::super::StorageError;

/// The error of trying to do `action` with `path`.
pub(super) fn fault(action: &'static str, path: &Path, source: io::Error) -> StorageError {
    StorageError::Io { action, path: path.display().to_string(), source }
}

/// Replaces the content of `into` by that of a file of at most `most` bytes. False where there is no
/// such file.
pub(super) fn read(path: &Path, most: usize, into: &mut Vec<u8>) -> Result<bool, StorageError> {
    into.clear();
    // Room for a whole tile or a usual bundle, so that it is read in one go.
    into.reserve(16 * 1024);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(fault("open", path, e)),
    };
    // One byte more than allowed tells a file that is too long from one of just that length.
    let read = file.take(most as u64 + 1).read_to_end(into);
    if read.map_err(|e| fault("read", path, e))? > most {
        return Err(StorageError::TooLarge { path: path.display().to_string(), most });
    }
    Ok(true)
}

/// Calls `found` with the path, inside `root` and with `/` between its parts, of everything at any
/// depth under `root/inside` that is not a folder. A folder that is not there has nothing in it.
/// Links are not followed.
pub(super) fn walk(
    root: &Path,
    inside: &str,
    found: &mut impl FnMut(&str),
) -> Result<(), StorageError> {
    let folder = root.join(inside);
    let list = |e| fault("list the folder", &folder, e);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(list(e)),
    };
    for entry in entries {
        let entry = entry.map_err(list)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = match inside {
            "" => name.into_owned(),
            _ => format!("{inside}/{name}"),
        };
        if entry.file_type().map_err(list)?.is_dir() {
            walk(root, &path, found)?;
        } else {
            found(&path);
        }
    }
    Ok(())
}
