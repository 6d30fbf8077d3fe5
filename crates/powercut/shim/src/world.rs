//! Whether this process is watched, and the way to its disk.

use std::cell::Cell;
use std::ffi::{CStr, CString, OsString};
use std::fs::{self, File, TryLockError};
use std::ops::{Deref, DerefMut};
use std::os::fd::{FromRawFd as _, IntoRawFd as _, OwnedFd, RawFd};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::disk::{Disk, Name};
use crate::journal::Id;
use crate::sys::{self, Stat, die, keep_errno, must};

/// What this process is.
enum Role {
    /// Nothing is watched.
    Free,
    /// The program whose files are watched.
    Writer(Box<World>),
    /// Another one, which shall not write in the watched folder: see [`forbid`].
    Bystander(PathBuf),
}

/// The watched folder.
pub struct World {
    /// The device that it is on.
    pub device: u64,
    /// Syncs are also passed on to the system, which takes its time.
    pub real_sync: bool,
    /// While this file is there, the disk is full.
    full: Option<CString>,
    root: PathBuf,
    disk: Mutex<Disk>,
}

static ROLE: OnceLock<Role> = OnceLock::new();

thread_local! {
    /// This thread works for the library itself.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

struct Inside;

impl Inside {
    fn enter() -> Self {
        INSIDE.set(true);
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(false);
    }
}

/// The disk, for this thread alone; its calls go straight to the system as long as it has it.
pub struct Entered {
    disk: MutexGuard<'static, Disk>,
    _inside: Inside, // dropped after the lock is given back
}

impl Deref for Entered {
    type Target = Disk;

    fn deref(&self) -> &Disk {
        &self.disk
    }
}

impl DerefMut for Entered {
    fn deref_mut(&mut self) -> &mut Disk {
        &mut self.disk
    }
}

/// What is watched, unless nothing is or the library itself calls.
pub fn world() -> Option<&'static World> {
    match role()? {
        Role::Writer(world) => Some(world),
        _ => None,
    }
}

/// Whether the disk of the watched folder is full; also while this thread has the disk.
pub fn is_full() -> bool {
    matches!(ROLE.get(), Some(Role::Writer(world)) if world.is_full())
}

/// Finds out what this process is; the first call does.
fn role() -> Option<&'static Role> {
    if INSIDE.get() {
        return None;
    }
    Some(ROLE.get_or_init(|| {
        let _inside = Inside::enter();
        find_role()
    }))
}

fn find_role() -> Role {
    let folder = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let (Some(root), Some(shadow)) = (folder("POWERCUT_WATCHED"), folder("POWERCUT_SHADOW")) else {
        return Role::Free;
    };
    let root = must(fs::canonicalize(&root), format_args!("find {}", root.display()));
    must(fs::create_dir_all(&shadow), format_args!("make {}", shadow.display()));
    let shadow = must(fs::canonicalize(&shadow), format_args!("find {}", shadow.display()));
    if shadow.starts_with(&root) {
        die("the shadow folder must stand outside the watched one");
    }
    let lock = must(File::create(shadow.join("lock")), "make the lock of the shadow folder");
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Role::Bystander(root),
        Err(TryLockError::Error(e)) => must(Err(e), "lock the shadow folder"),
    }
    let fd = lock.into_raw_fd();
    let high = sys::move_up(fd);
    if high >= 0 {
        // Held until the process ends, under a number that no program expects to get.
        // SAFETY: `fd` was given up by `lock`.
        drop(unsafe { OwnedFd::from_raw_fd(fd) });
    }
    let is = |name, value| std::env::var_os(name).is_some_and(|v| v == value);
    let strict = !is("POWERCUT_STRICT_ENTRIES", "0");
    let real_sync = is("POWERCUT_REAL_SYNC", "1");
    let full =
        folder("POWERCUT_FULL").and_then(|f| CString::new(f.into_os_string().into_vec()).ok());
    let disk = Disk::start(root.clone(), shadow, strict);
    let device = must(fs::metadata(&root), "look at the watched folder").dev();
    Role::Writer(Box::new(World { device, real_sync, full, root, disk: Mutex::new(disk) }))
}

impl World {
    /// Waits for the disk.
    pub fn enter(&'static self) -> Entered {
        let inside = Inside::enter();
        let disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        Entered { disk, _inside: inside }
    }

    /// Whether nothing new finds room now.
    pub fn is_full(&self) -> bool {
        let full = self.full.as_deref();
        full.is_some_and(|flag| keep_errno(|| sys::stat_at(libc::AT_FDCWD, flag, 0)).is_some())
    }

    /// The file or folder that a descriptor stands for, if it is watched.
    pub fn watched(&self, disk: &Disk, stat: Stat) -> Option<Id> {
        if stat.dev == self.device { disk.id_of(stat.ino) } else { None }
    }

    /// As [`watched`](Self::watched), for a sync: a file that was made past this library is found too.
    pub fn watched_or_found(&self, disk: &mut Disk, fd: RawFd) -> Option<Id> {
        let stat = sys::fstat(fd).filter(|s| s.dev == self.device && s.links > 0)?;
        if let Some(id) = disk.id_of(stat.ino) {
            return Some(id);
        }
        if !(stat.is_file() || stat.is_folder()) {
            return None;
        }
        let path = fs::read_link(format!("/proc/self/fd/{fd}")).ok()?;
        if path.starts_with(&self.root) {
            disk.scan(crate::journal::ROOT);
        }
        disk.id_of(stat.ino)
    }

    /// The folder and the name that a path means, if the folder is watched.
    pub fn place(&self, disk: &Disk, path: &Parts) -> Option<(Id, Name)> {
        let id = disk.id_of(path.folder_on(self.device)?)?;
        disk.is_folder(id).then(|| (id, path.name.clone()))
    }
}

/// A path that was cut before its last name.
pub struct Parts {
    at: RawFd,
    folder: CString,
    name: Name,
}

impl Parts {
    /// Cuts a path, relative to the folder `at`. None where there is no last name.
    pub fn of(at: RawFd, path: &CStr) -> Option<Self> {
        let mut path = path.to_bytes();
        while let [rest @ .., b'/'] = path {
            path = rest;
        }
        let (folder, name) = match path.iter().rposition(|byte| *byte == b'/') {
            None => (b".".as_slice(), path),
            Some(at) => (&path[..=at], &path[at + 1..]),
        };
        if name.is_empty() || name == b"." || name == b".." {
            return None;
        }
        Some(Self { at, folder: CString::new(folder).ok()?, name: name.to_vec() })
    }

    /// The inode of the folder, if it is on this device.
    pub fn folder_on(&self, device: u64) -> Option<u64> {
        sys::stat_at(self.at, &self.folder, 0).filter(|s| s.dev == device).map(|s| s.ino)
    }
}

/// Whether this process is watched, or not allowed to write where another one is.
pub fn is_on() -> bool {
    !matches!(role(), None | Some(Role::Free))
}

/// Ends a process that is about to change a watched folder that another one is watched in: this
/// process does not know what the other has synced.
pub fn forbid(at: RawFd, path: &CStr) {
    let Some(Role::Bystander(root)) = role() else { return };
    let _inside = Inside::enter();
    let Some(parts) = Parts::of(at, path) else { return };
    let folder = OsString::from_vec(parts.folder.into_bytes());
    let base = match at {
        libc::AT_FDCWD => PathBuf::from("."),
        fd => PathBuf::from(format!("/proc/self/fd/{fd}")),
    };
    if fs::canonicalize(base.join(folder)).is_ok_and(|folder| folder.starts_with(root)) {
        die(TWO);
    }
}

/// As [`forbid`], for a sync.
pub fn forbid_sync(fd: RawFd) {
    let Some(Role::Bystander(root)) = role() else { return };
    let _inside = Inside::enter();
    if fs::read_link(format!("/proc/self/fd/{fd}")).is_ok_and(|path| path.starts_with(root)) {
        die(TWO);
    }
}

const TWO: &str = "two programs at once in a watched folder; only one can be followed";
