//! The few calls to the system that the safe code needs, and the end of the program.

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::RawFd;

/// What `stat` says, as far as it is used here.
#[derive(Debug, Clone, Copy)]
pub struct Stat {
    pub dev: u64,
    pub ino: u64,
    pub mode: u32,
    pub links: u64,
    pub size: u64,
}

impl Stat {
    pub fn is_file(self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFREG
    }

    pub fn is_folder(self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFDIR
    }

    pub fn is_link(self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFLNK
    }
}

fn read(status: i32, stat: MaybeUninit<libc::stat>) -> Option<Stat> {
    // SAFETY: the call that filled it succeeded.
    (status == 0).then(|| unsafe { stat.assume_init() }).map(|s| Stat {
        dev: s.st_dev,
        ino: s.st_ino,
        mode: s.st_mode,
        links: s.st_nlink,
        size: s.st_size.unsigned_abs(),
    })
}

/// The file that a descriptor stands for.
pub fn fstat(fd: RawFd) -> Option<Stat> {
    let mut stat = MaybeUninit::uninit();
    // SAFETY: any number may be given as a descriptor; `stat` has the size that is written.
    let status = unsafe { libc::fstat(fd, stat.as_mut_ptr()) };
    read(status, stat)
}

/// What stands at a path. `flags` as of `fstatat`.
pub fn stat_at(folder: RawFd, path: &CStr, flags: i32) -> Option<Stat> {
    let mut stat = MaybeUninit::uninit();
    // SAFETY: `path` ends with a zero; `stat` has the size that is written.
    let status = unsafe { libc::fstatat(folder, path.as_ptr(), stat.as_mut_ptr(), flags) };
    read(status, stat)
}

/// Reads at a place of a file.
pub fn pread(fd: RawFd, into: &mut [u8], at: u64) -> io::Result<usize> {
    loop {
        // SAFETY: no more than the length of `into` is written.
        let n =
            unsafe { libc::pread64(fd, into.as_mut_ptr().cast(), into.len(), at.cast_signed()) };
        if let Ok(n) = usize::try_from(n) {
            return Ok(n);
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// The flags with which a descriptor was opened.
pub fn flags(fd: RawFd) -> i32 {
    // SAFETY: any number may be given as a descriptor.
    unsafe { libc::fcntl(fd, libc::F_GETFL) }
}

/// Where a descriptor stands.
pub fn position(fd: RawFd) -> u64 {
    // SAFETY: any number may be given as a descriptor.
    unsafe { libc::lseek64(fd, 0, libc::SEEK_CUR) }.try_into().unwrap_or(0)
}

/// Another descriptor for the same, out of the way of the program's own; closed on exec.
pub fn move_up(fd: RawFd) -> RawFd {
    // SAFETY: any number may be given as a descriptor.
    unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 500) }
}

/// Does something and leaves `errno` as it was before.
pub fn keep_errno<T>(action: impl FnOnce() -> T) -> T {
    // SAFETY: the pointer is this thread's own and always valid.
    let place = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let before = unsafe { *place };
    let done = action();
    // SAFETY: as above.
    unsafe { *place = before };
    done
}

/// What a call answers for which there is no room: `errno` says so.
pub fn no_room<T: From<i8>>() -> T {
    // SAFETY: the pointer is this thread's own and always valid.
    unsafe { *libc::__errno_location() = libc::ENOSPC };
    T::from(-1)
}

/// Says why and ends the program: a test must not pass because this library could not see.
pub fn die(why: &str) -> ! {
    say(why);
    // SAFETY: has no conditions.
    unsafe { libc::abort() }
}

/// Writes a line to standard error.
pub fn say(what: &str) {
    let line = format!("powercut: {what}\n");
    // SAFETY: the pointer and length are those of `line`.
    unsafe { libc::syscall(libc::SYS_write, 2, line.as_ptr(), line.len()) };
}

/// The value, or the end of the program.
pub fn must<T, E: std::fmt::Display>(result: Result<T, E>, what: impl std::fmt::Display) -> T {
    result.unwrap_or_else(|e| die(&format!("cannot {what}: {e}")))
}
