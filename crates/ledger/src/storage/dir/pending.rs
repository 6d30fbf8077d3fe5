//! Making written files durable.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::super::StorageError;
use super::files::fault;

/// Up to so many files are synced one by one, which leaves other programs' unwritten data alone.
/// Beyond, one call for the whole file system is faster by far: 2,000 tiles took 0.1 s against 12 s.
const FEW: usize = 16;

/// Files that were written and may not be durable yet.
#[derive(Debug, Default)]
pub(super) struct Pending {
    files: Vec<(PathBuf, File)>,
    /// More than `FEW` were written, and `files` holds only the last of them.
    many: bool,
}

impl Pending {
    /// Remembers a file that was written, by the path to which it was then renamed.
    pub(super) fn push(&mut self, path: PathBuf, file: File) {
        if self.files.len() == FEW && cfg!(target_os = "linux") {
            self.files.clear();
            self.many = true;
        }
        self.files.push((path, file));
    }

    /// Makes all of them durable, with the folders that lead to them from `root`.
    pub(super) fn sync(&mut self, root: &Path) -> Result<(), StorageError> {
        if self.many {
            sync_file_system(root)?;
        } else {
            let mut folders = BTreeSet::new();
            for (path, file) in &self.files {
                file.sync_all().map_err(|e| fault("sync", path, e))?;
                folders.extend(path.ancestors().skip(1).take_while(|a| a.starts_with(root)));
            }
            for folder in folders {
                sync_folder(folder)?;
            }
        }
        self.files.clear();
        self.many = false;
        Ok(())
    }
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StorageError> {
    // Other systems than Unix have no such call, and keep names in order by themselves.
    if cfg!(unix) {
        File::open(folder)
            .and_then(|f| f.sync_all())
            .map_err(|e| fault("sync the folder", folder, e))?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn sync_file_system(root: &Path) -> Result<(), StorageError> {
    File::open(root)
        .and_then(|folder| Ok(rustix::fs::syncfs(folder)?))
        .map_err(|e| fault("sync the file system of", root, e))
}

#[cfg(not(target_os = "linux"))]
fn sync_file_system(_root: &Path) -> Result<(), StorageError> {
    Ok(()) // `many` is never set here
}
