//! The disk as a test holds it.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{shim, survivors};

/// A folder on a disk whose power can be cut.
///
/// In the folder that it is given it keeps `working`, where the program works; `shadow`, what is
/// durable of it; and `after-1`, `after-2`, ..., one for each look at what a power cut leaves.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    working: PathBuf,
    shim: PathBuf,
    kind_entries: bool,
}

impl Disk {
    /// A disk in a folder of the test's own, which is made if it is not there. What is in its folder
    /// `working` when the first program starts is durable.
    ///
    /// # Errors
    /// The folder cannot be made, or the library to be preloaded cannot be found or built. The error
    /// says what to do.
    pub fn new(folder: impl AsRef<Path>) -> io::Result<Self> {
        let folder = std::path::absolute(folder)?;
        let working = folder.join("working");
        fs::create_dir_all(&working)?;
        Ok(Self { folder, working, shim: shim::find()?, kind_entries: false })
    }

    /// The same disk, on which a sync of a file also keeps its name, as on ext4.
    #[must_use]
    pub fn with_kind_entries(self) -> Self {
        Self { kind_entries: true, ..self }
    }

    /// A command that starts a program on this disk. The program must be told to keep its files in
    /// [`working`](Self::working).
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env("LD_PRELOAD", &self.shim)
            .env("POWERCUT_WATCHED", &self.working)
            .env("POWERCUT_SHADOW", self.shadow())
            .env("POWERCUT_FULL", self.full())
            .env("POWERCUT_STRICT_ENTRIES", if self.kind_entries { "0" } else { "1" });
        command
    }

    /// The disk is full from now on, also for the program that runs: writes, longer files and new
    /// names fail with `ENOSPC`. What only reads, cuts, removes or syncs goes on.
    ///
    /// # Errors
    /// The mark cannot be made.
    pub fn fill(&self) -> io::Result<()> {
        fs::write(self.full(), "")
    }

    /// There is room again.
    ///
    /// # Errors
    /// The mark cannot be removed.
    pub fn make_room(&self) -> io::Result<()> {
        match fs::remove_file(self.full()) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    /// Where the program works. The path stays the same after [`restart`](Self::restart).
    pub fn working(&self) -> &Path {
        &self.working
    }

    /// What a power cut at this moment would leave, in a new folder that the test may do with as it
    /// likes. The program must have ended, be it by a kill, and been waited for.
    ///
    /// # Errors
    /// Files cannot be read or written, or the program has not ended.
    pub fn after_power_cut(&self) -> io::Result<PathBuf> {
        self.check_nothing_runs()?;
        let mut number = 1;
        let after = loop {
            let after = self.folder.join(format!("after-{number}"));
            match fs::create_dir(&after) {
                Ok(()) => break after,
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(e) => return Err(e),
            }
        };
        survivors::copy(&self.working, &self.shadow(), &after)?;
        Ok(after)
    }

    /// The power was cut and comes back: the working folder is what the power cut left, and all of it
    /// durable.
    ///
    /// # Errors
    /// Files cannot be read or written, or the program has not ended.
    pub fn restart(&self) -> io::Result<()> {
        self.check_nothing_runs()?;
        let next = self.folder.join("next");
        fs::create_dir(&next)?;
        survivors::copy(&self.working, &self.shadow(), &next)?;
        fs::remove_dir_all(&self.working)?;
        fs::rename(&next, &self.working)?;
        match fs::remove_dir_all(self.shadow()) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    fn full(&self) -> PathBuf {
        self.folder.join("full")
    }

    fn shadow(&self) -> PathBuf {
        self.folder.join("shadow")
    }

    fn check_nothing_runs(&self) -> io::Result<()> {
        let lock = match fs::File::open(self.shadow().join("lock")) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            lock => lock?,
        };
        lock.try_lock().map_err(|_| {
            io::Error::other(format!(
                "a program still runs in {}; kill it and wait for it first",
                self.working.display()
            ))
        })
    }
}
