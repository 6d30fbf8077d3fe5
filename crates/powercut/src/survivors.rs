//! Writing out what a journal says is durable.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use crate::journal::{CONTENTS, Id, JOURNAL, Journal, Kind, ROOT};

/// Copies what is durable into an empty folder. Without a journal no program ever ran, and everything
/// that there is counts.
pub fn copy(working: &Path, shadow: &Path, to: &Path) -> io::Result<()> {
    let path = shadow.join(JOURNAL);
    match fs::read(&path) {
        Ok(text) => {
            let journal = Journal::read(&text).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, format!("nonsense in {path:?}"))
            })?;
            write(&journal, &shadow.join(CONTENTS), ROOT, to)
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => copy_all(working, to),
        Err(e) => Err(e),
    }
}

fn write(journal: &Journal, contents: &Path, folder: Id, to: &Path) -> io::Result<()> {
    for (name, id) in journal.names.get(&folder).into_iter().flatten() {
        let to = to.join(OsStr::from_bytes(name));
        match journal.nodes.get(id) {
            Some((_, Kind::File)) => {
                fs::copy(contents.join(id.to_string()), to)?;
            }
            Some((_, Kind::Folder)) => {
                fs::create_dir(&to)?;
                write(journal, contents, *id, &to)?;
            }
            Some((_, Kind::Link(target))) => {
                std::os::unix::fs::symlink(OsStr::from_bytes(target), to)?;
            }
            None => return Err(io::Error::other(format!("the journal names an unknown {id}"))),
        }
    }
    Ok(())
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            fs::create_dir(&to)?;
            copy_all(&from, &to)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&from)?, to)?;
        } else {
            fs::copy(&from, to)?;
        }
    }
    Ok(())
}
