//! Calls that make things durable.
//!
//! `sync_file_range` is not among them: it promises nothing about metadata or the disk's own cache.

use libc::c_int;

use super::real;
use crate::sys::{self, keep_errno};
use crate::world::{World, forbid_sync, world};

/// A sync of one file or folder. None where it is not watched.
fn sync_one(fd: c_int, real: unsafe extern "C" fn(c_int) -> c_int) -> Option<c_int> {
    let Some(world) = world() else {
        forbid_sync(fd);
        return None;
    };
    let mut disk = world.enter();
    let id = keep_errno(|| world.watched_or_found(&mut disk, fd))?;
    if world.real_sync {
        // SAFETY: any number may be given as a descriptor.
        let status = unsafe { real(fd) };
        if status != 0 {
            return Some(status);
        }
    }
    keep_errno(|| match disk.is_folder(id) {
        true => disk.sync_folder(id),
        false => disk.sync_file(id, fd),
    });
    Some(0)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fsync(fd: c_int) -> c_int {
    let real = real!(c"fsync", fn(c_int) -> c_int);
    // SAFETY: any number may be given as a descriptor.
    sync_one(fd, real).unwrap_or_else(|| unsafe { real(fd) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn fdatasync(fd: c_int) -> c_int {
    let real = real!(c"fdatasync", fn(c_int) -> c_int);
    // SAFETY: any number may be given as a descriptor.
    sync_one(fd, real).unwrap_or_else(|| unsafe { real(fd) })
}

/// `syncfs`, by whatever way it was called.
pub fn sync_file_system(fd: c_int) -> c_int {
    match world().filter(|world| sys::fstat(fd).is_some_and(|s| s.dev == world.device)) {
        Some(world) => everything(world, libc::SYS_syncfs, fd),
        None => passed_on(libc::SYS_syncfs, fd),
    }
}

/// `sync`, by whatever way it was called.
pub fn sync_machine() {
    match world() {
        Some(world) => everything(world, libc::SYS_sync, 0),
        None => passed_on(libc::SYS_sync, 0),
    };
}

fn everything(world: &'static World, call: libc::c_long, fd: c_int) -> c_int {
    let mut disk = world.enter();
    if world.real_sync {
        let status = passed_on(call, fd);
        if status != 0 {
            return status;
        }
    }
    keep_errno(|| disk.sync_all());
    0
}

/// The system's own `sync` or `syncfs`, which the trap lets through for the mark.
fn passed_on(call: libc::c_long, fd: c_int) -> c_int {
    let mark = crate::trap::MARK;
    // SAFETY: these calls look at no memory.
    let status = unsafe { libc::syscall(call, fd, 0, 0, 0, 0, mark) };
    if status < 0 { -1 } else { 0 }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn syncfs(fd: c_int) -> c_int {
    sync_file_system(fd)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn sync() {
    sync_machine();
}
