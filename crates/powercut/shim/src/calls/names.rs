//! Calls that change names.

use std::ffi::CStr;

use libc::{AT_FDCWD, AT_SYMLINK_NOFOLLOW, RENAME_EXCHANGE, c_char, c_int, c_uint, mode_t};

use super::real;
use crate::journal::Id;
use crate::sys::{self, keep_errno};
use crate::world::{Entered, Parts, World, forbid, world};

/// A path as a caller gives it.
#[derive(Clone, Copy)]
struct Path<'a> {
    at: c_int,
    text: &'a CStr,
}

impl Path<'_> {
    /// # Safety
    /// `path` is null or a string.
    unsafe fn new(at: c_int, path: *const c_char) -> Option<Self> {
        // SAFETY: a string, as promised.
        (!path.is_null()).then(|| Self { at, text: unsafe { CStr::from_ptr(path) } })
    }

    fn place(self, world: &World, disk: &Entered) -> Option<(Id, Vec<u8>)> {
        world.place(disk, &Parts::of(self.at, self.text)?)
    }

    /// What now stands under the name.
    fn look(self, disk: &mut Entered, place: &(Id, Vec<u8>)) {
        let stat = sys::stat_at(self.at, self.text, AT_SYMLINK_NOFOLLOW);
        let target = stat.filter(|s| s.is_link()).map(|_| Vec::new());
        disk.found(place.0, &place.1, stat, target);
    }
}

/// What a call makes, where it makes something.
enum New<'a> {
    Nothing,
    Folder,
    Link(&'a CStr),
}

/// A call that changes one name.
fn one(path: Option<Path<'_>>, new: New<'_>, call: impl Fn() -> c_int) -> c_int {
    let Some(path) = path else { return call() };
    let Some(world) = world() else {
        forbid(path.at, path.text);
        return call();
    };
    let mut disk = world.enter();
    let Some(place) = path.place(world, &disk) else {
        drop(disk);
        return call();
    };
    if !matches!(new, New::Nothing) && world.is_full() {
        return sys::no_room();
    }
    let status = call();
    if status == 0 {
        keep_errno(|| {
            let stat = sys::stat_at(path.at, path.text, AT_SYMLINK_NOFOLLOW);
            let target = match (new, stat) {
                (New::Nothing, _) | (_, None) => return path.look(&mut disk, &place),
                (New::Folder, _) => None,
                (New::Link(target), _) => Some(target.to_bytes().to_vec()),
            };
            let id = stat.map(|stat| disk.made(stat, target));
            disk.name(place.0, &place.1, id);
        });
    }
    status
}

/// A call that changes two names; `flags` as of `renameat2`.
fn two(
    from: Option<Path<'_>>,
    to: Option<Path<'_>>,
    flags: c_uint,
    call: impl Fn() -> c_int,
) -> c_int {
    let (Some(from), Some(to)) = (from, to) else { return call() };
    let Some(world) = world() else {
        forbid(from.at, from.text);
        forbid(to.at, to.text);
        return call();
    };
    let mut disk = world.enter();
    let (old, new) = (from.place(world, &disk), to.place(world, &disk));
    if old.is_none() && new.is_none() {
        drop(disk);
        return call();
    }
    let status = call();
    if status == 0 {
        keep_errno(|| {
            // First the new name: what has no name is forgotten.
            if let Some(new) = &new {
                to.look(&mut disk, new);
            }
            if let Some(old) = &old {
                from.look(&mut disk, old);
            }
            if let (Some((old, old_name)), Some((new, new_name))) = (&old, &new) {
                disk.moved((*old, old_name), (*new, new_name));
                if flags & RENAME_EXCHANGE != 0 {
                    disk.moved((*new, new_name), (*old, old_name));
                }
            }
        });
    }
    status
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    let real = real!(c"rename", fn(*const c_char, *const c_char) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { two(Path::new(AT_FDCWD, from), Path::new(AT_FDCWD, to), 0, || real(from, to)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn renameat(
    from_at: c_int,
    from: *const c_char,
    to_at: c_int,
    to: *const c_char,
) -> c_int {
    let real = real!(c"renameat", fn(c_int, *const c_char, c_int, *const c_char) -> c_int);
    // SAFETY: all are the caller's.
    unsafe {
        two(Path::new(from_at, from), Path::new(to_at, to), 0, || real(from_at, from, to_at, to))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn renameat2(
    from_at: c_int,
    from: *const c_char,
    to_at: c_int,
    to: *const c_char,
    flags: c_uint,
) -> c_int {
    let real = real!(c"renameat2", fn(c_int, *const c_char, c_int, *const c_char, c_uint) -> c_int);
    // SAFETY: all are the caller's.
    unsafe {
        let call = || real(from_at, from, to_at, to, flags);
        two(Path::new(from_at, from), Path::new(to_at, to), flags, call)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn link(from: *const c_char, to: *const c_char) -> c_int {
    let real = real!(c"link", fn(*const c_char, *const c_char) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { one(Path::new(AT_FDCWD, to), New::Nothing, || real(from, to)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn linkat(
    from_at: c_int,
    from: *const c_char,
    to_at: c_int,
    to: *const c_char,
    flags: c_int,
) -> c_int {
    let real = real!(c"linkat", fn(c_int, *const c_char, c_int, *const c_char, c_int) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { one(Path::new(to_at, to), New::Nothing, || real(from_at, from, to_at, to, flags)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn symlink(target: *const c_char, path: *const c_char) -> c_int {
    let real = real!(c"symlink", fn(*const c_char, *const c_char) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { one(Path::new(AT_FDCWD, path), link_to(target), || real(target, path)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn symlinkat(target: *const c_char, at: c_int, path: *const c_char) -> c_int {
    let real = real!(c"symlinkat", fn(*const c_char, c_int, *const c_char) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { one(Path::new(at, path), link_to(target), || real(target, at, path)) }
}

/// # Safety
/// `target` is null or a string.
unsafe fn link_to<'a>(target: *const c_char) -> New<'a> {
    // SAFETY: a string, as promised.
    if target.is_null() { New::Nothing } else { New::Link(unsafe { CStr::from_ptr(target) }) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    let real = real!(c"unlink", fn(*const c_char) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { one(Path::new(AT_FDCWD, path), New::Nothing, || real(path)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn unlinkat(at: c_int, path: *const c_char, flags: c_int) -> c_int {
    let real = real!(c"unlinkat", fn(c_int, *const c_char, c_int) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { one(Path::new(at, path), New::Nothing, || real(at, path, flags)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn remove(path: *const c_char) -> c_int {
    let real = real!(c"remove", fn(*const c_char) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { one(Path::new(AT_FDCWD, path), New::Nothing, || real(path)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn rmdir(path: *const c_char) -> c_int {
    let real = real!(c"rmdir", fn(*const c_char) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { one(Path::new(AT_FDCWD, path), New::Nothing, || real(path)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn mkdir(path: *const c_char, mode: mode_t) -> c_int {
    let real = real!(c"mkdir", fn(*const c_char, mode_t) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { one(Path::new(AT_FDCWD, path), New::Folder, || real(path, mode)) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn mkdirat(at: c_int, path: *const c_char, mode: mode_t) -> c_int {
    let real = real!(c"mkdirat", fn(c_int, *const c_char, mode_t) -> c_int);
    // SAFETY: all are the caller's.
    unsafe { one(Path::new(at, path), New::Folder, || real(at, path, mode)) }
}
