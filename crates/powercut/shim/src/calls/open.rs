//! `open` and its kin.

use std::ffi::CStr;
use std::sync::atomic::{AtomicBool, Ordering};

use libc::{AT_FDCWD, AT_SYMLINK_NOFOLLOW, c_char, c_int, mode_t};
use libc::{O_ACCMODE, O_APPEND, O_CREAT, O_DIRECT, O_DSYNC, O_PATH, O_RDWR, O_TRUNC, O_WRONLY};

use super::real;
use crate::sys::{self, keep_errno};
use crate::world::{Parts, forbid, world};

/// Some file was opened so that each write is a sync.
pub static WRITES_MAY_SYNC: AtomicBool = AtomicBool::new(false);

#[unsafe(no_mangle)]
unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    open_any(AT_FDCWD, path, flags, mode)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    open_any(AT_FDCWD, path, flags, mode)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn openat(at: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    open_any(at, path, flags, mode)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn openat64(at: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    open_any(at, path, flags, mode)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn creat(path: *const c_char, mode: mode_t) -> c_int {
    open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn creat64(path: *const c_char, mode: mode_t) -> c_int {
    open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode)
}

fn open_any(at: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    let real = real!(c"openat", fn(c_int, *const c_char, c_int, mode_t) -> c_int);
    // SAFETY: the arguments are the caller's, or differ in flags only.
    let plainly = |flags| unsafe { real(at, path, flags, mode) };
    if path.is_null() || flags & O_PATH != 0 {
        return plainly(flags);
    }
    // SAFETY: not null, and so a string by the caller's promise.
    let text = unsafe { CStr::from_ptr(path) };
    let writes = flags & O_ACCMODE != 0 || flags & (O_CREAT | O_TRUNC) != 0;
    let Some(world) = world() else {
        if writes {
            forbid(at, text);
        }
        return plainly(flags);
    };
    let is_nameless = flags & libc::O_TMPFILE == libc::O_TMPFILE;
    let folder = match Parts::of(at, text) {
        _ if is_nameless => None,
        Some(parts) if parts.folder_on(world.device).is_some() => Some(parts),
        _ => return plainly(flags),
    };
    let mut disk = world.enter();
    let place = folder.and_then(|parts| world.place(&disk, &parts));
    if place.is_none() && !is_nameless {
        drop(disk); // what is opened may be a pipe, and block
        return plainly(flags);
    }
    let was_there = sys::stat_at(at, text, AT_SYMLINK_NOFOLLOW).is_some();
    if flags & O_CREAT != 0 && !was_there && world.is_full() {
        return sys::no_room();
    }
    // A sync reads the file through the descriptor, and in pieces of any size.
    let wider = match flags & O_ACCMODE {
        O_WRONLY => flags & !O_ACCMODE & !O_DIRECT | O_RDWR,
        _ => flags & !O_DIRECT,
    };
    let mut fd = plainly(wider);
    if fd < 0 && wider != flags {
        fd = plainly(flags);
    }
    if fd < 0 {
        return fd;
    }
    keep_errno(|| {
        let Some(stat) = sys::fstat(fd).filter(|s| s.dev == world.device) else { return };
        if is_nameless || (flags & O_CREAT != 0 && !was_there) {
            let id = disk.made(stat, None);
            if let Some((folder, name)) = place {
                disk.name(folder, &name, Some(id));
            }
        } else if disk.id_of(stat.ino).is_none()
            && let Some((folder, name)) = place
            && sys::stat_at(at, text, AT_SYMLINK_NOFOLLOW).is_some_and(|s| s.ino == stat.ino)
        {
            disk.found(folder, &name, Some(stat), None);
        }
        let Some(id) = disk.id_of(stat.ino) else { return };
        if flags & O_TRUNC != 0 {
            disk.cut(id, 0);
        }
        if flags & O_APPEND != 0 {
            disk.appends(id);
        }
        if flags & O_DSYNC != 0 {
            WRITES_MAY_SYNC.store(true, Ordering::Relaxed);
        }
    });
    fd
}
