//! Calls that change contents.

use std::ffi::CStr;
use std::sync::atomic::Ordering;

use libc::{AT_FDCWD, O_DSYNC, c_char, c_int, c_uint, c_void, iovec, off64_t, size_t, ssize_t};

use super::open::WRITES_MAY_SYNC;
use super::real;
use crate::journal::Id;
use crate::sys::{self, keep_errno};
use crate::world::{Entered, forbid, is_full, world};

/// Where a call writes.
#[derive(Clone, Copy)]
enum At {
    /// Where the descriptor stands.
    Position,
    Offset(off64_t),
}

/// A call that writes to a descriptor and gives the number of bytes.
fn writing(fd: c_int, at: At, syncs: bool, call: impl Fn() -> ssize_t) -> ssize_t {
    let Some((mut disk, id)) = watched_file(fd) else { return call() };
    if is_full() {
        return sys::no_room();
    }
    // Under the lock, so that the position afterwards is this call's.
    let written = call();
    let Ok(length @ 1..) = u64::try_from(written) else { return written };
    keep_errno(|| {
        match at {
            At::Position => {
                let end = sys::position(fd);
                disk.wrote(id, end.saturating_sub(length), end);
            }
            At::Offset(offset) => {
                let start = offset.unsigned_abs();
                disk.wrote(id, start, start + length);
                if disk.is_appended(id) {
                    let size = sys::fstat(fd).map_or(0, |stat| stat.size);
                    disk.wrote(id, size.saturating_sub(length), size);
                }
            }
        }
        let may = WRITES_MAY_SYNC.load(Ordering::Relaxed);
        if syncs || (may && sys::flags(fd) & O_DSYNC != 0) {
            disk.sync_file(id, fd);
        }
    });
    written
}

/// The disk, and the watched file behind a descriptor; quick to say no to anything else.
fn watched_file(fd: c_int) -> Option<(Entered, Id)> {
    let world = world()?;
    let stat = keep_errno(|| sys::fstat(fd))?;
    if stat.dev != world.device || !stat.is_file() {
        return None;
    }
    let disk = world.enter();
    let id = world.watched(&disk, stat)?;
    Some((disk, id))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn write(fd: c_int, bytes: *const c_void, length: size_t) -> ssize_t {
    let real = real!(c"write", fn(c_int, *const c_void, size_t) -> ssize_t);
    // SAFETY: all are the caller's.
    writing(fd, At::Position, false, || unsafe { real(fd, bytes, length) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn writev(fd: c_int, parts: *const iovec, count: c_int) -> ssize_t {
    let real = real!(c"writev", fn(c_int, *const iovec, c_int) -> ssize_t);
    // SAFETY: all are the caller's.
    writing(fd, At::Position, false, || unsafe { real(fd, parts, count) })
}

macro_rules! pwrite {
    ($($name:ident $text:literal),*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            fd: c_int,
            bytes: *const c_void,
            length: size_t,
            offset: off64_t,
        ) -> ssize_t {
            let real = real!($text, fn(c_int, *const c_void, size_t, off64_t) -> ssize_t);
            // SAFETY: all are the caller's.
            writing(fd, At::Offset(offset), false, || unsafe { real(fd, bytes, length, offset) })
        }
    )*};
}
pwrite!(pwrite c"pwrite", pwrite64 c"pwrite64");

macro_rules! pwritev {
    ($($name:ident $text:literal),*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            fd: c_int,
            parts: *const iovec,
            count: c_int,
            offset: off64_t,
        ) -> ssize_t {
            let real = real!($text, fn(c_int, *const iovec, c_int, off64_t) -> ssize_t);
            // SAFETY: all are the caller's.
            writing(fd, At::Offset(offset), false, || unsafe { real(fd, parts, count, offset) })
        }
    )*};
}
pwritev!(pwritev c"pwritev", pwritev64 c"pwritev64");

macro_rules! pwritev2 {
    ($($name:ident $text:literal),*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            fd: c_int,
            parts: *const iovec,
            count: c_int,
            offset: off64_t,
            flags: c_int,
        ) -> ssize_t {
            let real = real!($text, fn(c_int, *const iovec, c_int, off64_t, c_int) -> ssize_t);
            let appends = flags & libc::RWF_APPEND != 0;
            let at = if offset == -1 || appends { At::Position } else { At::Offset(offset) };
            let syncs = flags & (libc::RWF_DSYNC | libc::RWF_SYNC) != 0;
            // SAFETY: all are the caller's.
            writing(fd, at, syncs, || unsafe { real(fd, parts, count, offset, flags) })
        }
    )*};
}
pwritev2!(pwritev2 c"pwritev2", pwritev64v2 c"pwritev64v2");

/// Where a call writes that is given a place, or null for the position of the descriptor.
///
/// # Safety
/// `place` is null or points to a number.
unsafe fn place(place: *const off64_t) -> At {
    // SAFETY: as promised.
    if place.is_null() { At::Position } else { At::Offset(unsafe { *place }) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn copy_file_range(
    from: c_int,
    from_place: *mut off64_t,
    to: c_int,
    to_place: *mut off64_t,
    length: size_t,
    flags: c_uint,
) -> ssize_t {
    let real = real!(
        c"copy_file_range",
        fn(c_int, *mut off64_t, c_int, *mut off64_t, size_t, c_uint) -> ssize_t
    );
    // SAFETY: all are the caller's.
    unsafe {
        let call = || real(from, from_place, to, to_place, length, flags);
        writing(to, place(to_place), false, call)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn splice(
    from: c_int,
    from_place: *mut off64_t,
    to: c_int,
    to_place: *mut off64_t,
    length: size_t,
    flags: c_uint,
) -> ssize_t {
    let real =
        real!(c"splice", fn(c_int, *mut off64_t, c_int, *mut off64_t, size_t, c_uint) -> ssize_t);
    // SAFETY: all are the caller's.
    unsafe {
        let call = || real(from, from_place, to, to_place, length, flags);
        writing(to, place(to_place), false, call)
    }
}

macro_rules! sendfile {
    ($($name:ident $text:literal),*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            to: c_int,
            from: c_int,
            place: *mut off64_t,
            length: size_t,
        ) -> ssize_t {
            let real = real!($text, fn(c_int, c_int, *mut off64_t, size_t) -> ssize_t);
            // SAFETY: all are the caller's.
            writing(to, At::Position, false, || unsafe { real(to, from, place, length) })
        }
    )*};
}
sendfile!(sendfile c"sendfile", sendfile64 c"sendfile64");

macro_rules! ftruncate {
    ($($name:ident $text:literal),*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(fd: c_int, length: off64_t) -> c_int {
            let real = real!($text, fn(c_int, off64_t) -> c_int);
            let watched = watched_file(fd);
            let grows = || sys::fstat(fd).is_some_and(|s| length.unsigned_abs() > s.size);
            if watched.is_some() && is_full() && grows() {
                return sys::no_room();
            }
            // SAFETY: all are the caller's.
            let status = unsafe { real(fd, length) };
            if let Some((mut disk, id)) = watched.filter(|_| status == 0) {
                disk.cut(id, length.unsigned_abs());
            }
            status
        }
    )*};
}
ftruncate!(ftruncate c"ftruncate", ftruncate64 c"ftruncate64");

macro_rules! truncate {
    ($($name:ident $text:literal),*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(path: *const c_char, length: off64_t) -> c_int {
            let real = real!($text, fn(*const c_char, off64_t) -> c_int);
            // SAFETY: all are the caller's.
            cut_at(path, length, || unsafe { real(path, length) })
        }
    )*};
}
truncate!(truncate c"truncate", truncate64 c"truncate64");

fn cut_at(path: *const c_char, length: off64_t, call: impl Fn() -> c_int) -> c_int {
    if path.is_null() {
        return call();
    }
    // SAFETY: not null, and so a string by the caller's promise.
    let text = unsafe { CStr::from_ptr(path) };
    let Some(world) = world() else {
        forbid(AT_FDCWD, text);
        return call();
    };
    let mut disk = world.enter();
    let status = call();
    if status == 0
        && let Some(stat) = sys::stat_at(AT_FDCWD, text, 0)
        && let Some(id) = world.watched(&disk, stat)
    {
        disk.cut(id, length.unsigned_abs());
    }
    status
}

macro_rules! fallocate {
    ($($name:ident $text:literal),*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            fd: c_int,
            mode: c_int,
            offset: off64_t,
            length: off64_t,
        ) -> c_int {
            let real = real!($text, fn(c_int, c_int, off64_t, off64_t) -> c_int);
            let watched = watched_file(fd);
            if watched.is_some() && is_full() {
                return sys::no_room();
            }
            // SAFETY: all are the caller's.
            let status = unsafe { real(fd, mode, offset, length) };
            if let Some((mut disk, id)) = watched.filter(|_| status == 0) {
                note_fallocate(&mut disk, id, mode, offset, length);
            }
            status
        }
    )*};
}
fallocate!(fallocate c"fallocate", fallocate64 c"fallocate64");

macro_rules! posix_fallocate {
    ($($name:ident $text:literal),*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(fd: c_int, offset: off64_t, length: off64_t) -> c_int {
            let real = real!($text, fn(c_int, off64_t, off64_t) -> c_int);
            let watched = watched_file(fd);
            if watched.is_some() && is_full() {
                return libc::ENOSPC;
            }
            // SAFETY: all are the caller's.
            let error = unsafe { real(fd, offset, length) };
            if let Some((mut disk, id)) = watched.filter(|_| error == 0) {
                note_fallocate(&mut disk, id, 0, offset, length);
            }
            error
        }
    )*};
}
posix_fallocate!(posix_fallocate c"posix_fallocate", posix_fallocate64 c"posix_fallocate64");

/// Without a mode it changes no bytes, only the length, which is read at each sync.
fn note_fallocate(disk: &mut Entered, id: Id, mode: c_int, offset: off64_t, length: off64_t) {
    let start = offset.unsigned_abs();
    let moves = libc::FALLOC_FL_COLLAPSE_RANGE | libc::FALLOC_FL_INSERT_RANGE;
    let end = match mode & !libc::FALLOC_FL_KEEP_SIZE {
        0 => start,
        mode if mode & moves != 0 => u64::MAX,
        _ => start.saturating_add(length.unsigned_abs()),
    };
    disk.wrote(id, start, end);
}
