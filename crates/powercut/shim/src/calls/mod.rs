//! The functions that the loader finds before those of libc.
//!
//! Each has the signature of libc's on x86-64 Linux. `open` and `openat` take a variable number of
//! arguments in C; the third and fourth are passed in a register whether or not they are there, so a
//! function that takes them always may stand in.
//!
//! Every function here may be called from C at any time, on any thread, with any arguments; pointers
//! are the caller's promise, as they are to libc, and are only looked at where libc would look too.

mod data;
mod map;
mod names;
mod open;
mod sync;

/// The function of this name after ours: libc's, or that of another preloaded library.
macro_rules! real {
    ($name:literal, fn($($argument:ty),*) -> $result:ty) => {{
        static ADDRESS: std::sync::atomic::AtomicPtr<libc::c_void> =
            std::sync::atomic::AtomicPtr::new(std::ptr::null_mut());
        let address = $crate::calls::look_up(&ADDRESS, $name);
        // SAFETY: libc's function of this name has this type.
        unsafe {
            std::mem::transmute::<*mut libc::c_void, unsafe extern "C" fn($($argument),*) -> $result>(
                address,
            )
        }
    }};
}
use real;
pub use sync::{sync_file_system, sync_machine};

use std::ffi::CStr;
use std::sync::atomic::{AtomicPtr, Ordering};

fn look_up(known: &AtomicPtr<libc::c_void>, name: &CStr) -> *mut libc::c_void {
    let address = known.load(Ordering::Relaxed);
    if !address.is_null() {
        return address;
    }
    // SAFETY: `name` ends with a zero.
    let address = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) };
    if address.is_null() {
        crate::sys::die(&format!("libc has no function {name:?}"));
    }
    known.store(address, Ordering::Relaxed);
    address
}

/// Runs when the library is loaded, before the program: finds the disk as the program will.
extern "C" fn on_load() {
    if crate::world::is_on() {
        crate::trap::set();
    }
}

#[used]
#[unsafe(link_section = ".init_array")]
static ON_LOAD: extern "C" fn() = on_load;
