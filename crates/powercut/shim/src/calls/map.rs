//! Files mapped into memory for writing.
//!
//! What is stored through a mapping is not seen. A file that was ever mapped shared and for writing is
//! therefore copied as a whole at each sync, and `msync` with `MS_SYNC` copies the part it is given.
//! Not followed are `mprotect`, which may make a mapping writable later, and `mremap`.

use std::sync::atomic::{AtomicBool, Ordering};

use libc::{MAP_SHARED, MAP_SHARED_VALIDATE, MAP_TYPE, MS_SYNC, PROT_WRITE};
use libc::{c_int, c_void, off64_t, size_t};

use super::real;
use crate::sys::{self, keep_errno};
use crate::world::world;

/// There may be a mapping that matters.
static ANY: AtomicBool = AtomicBool::new(false);

macro_rules! mmap {
    ($($name:ident $text:literal),*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            address: *mut c_void,
            length: size_t,
            protection: c_int,
            flags: c_int,
            fd: c_int,
            offset: off64_t,
        ) -> *mut c_void {
            let real = real!(
                $text,
                fn(*mut c_void, size_t, c_int, c_int, c_int, off64_t) -> *mut c_void
            );
            // SAFETY: all are the caller's.
            let mapped = unsafe { real(address, length, protection, flags, fd, offset) };
            let shared = matches!(flags & MAP_TYPE, MAP_SHARED | MAP_SHARED_VALIDATE);
            if shared && protection & PROT_WRITE != 0 && fd >= 0 && mapped != libc::MAP_FAILED {
                note(mapped.addr(), length, fd, offset);
            }
            mapped
        }
    )*};
}
mmap!(mmap c"mmap", mmap64 c"mmap64");

fn note(address: usize, length: usize, fd: c_int, offset: off64_t) {
    let Some(world) = world() else { return };
    keep_errno(|| {
        let Some(stat) = sys::fstat(fd) else { return };
        let mut disk = world.enter();
        if let Some(id) = world.watched(&disk, stat) {
            disk.mapped(id, address, length, offset.unsigned_abs());
            ANY.store(true, Ordering::Relaxed);
        }
    });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn munmap(address: *mut c_void, length: size_t) -> c_int {
    let real = real!(c"munmap", fn(*mut c_void, size_t) -> c_int);
    if ANY.load(Ordering::Relaxed)
        && let Some(world) = world()
    {
        world.enter().unmapped(address.addr(), length);
    }
    // SAFETY: all are the caller's.
    unsafe { real(address, length) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn msync(address: *mut c_void, length: size_t, flags: c_int) -> c_int {
    let real = real!(c"msync", fn(*mut c_void, size_t, c_int) -> c_int);
    // SAFETY: all are the caller's.
    let status = unsafe { real(address, length, flags) };
    if status == 0
        && flags & MS_SYNC != 0
        && ANY.load(Ordering::Relaxed)
        && let Some(world) = world()
    {
        keep_errno(|| world.enter().sync_mapped(address.addr(), length));
    }
    status
}
