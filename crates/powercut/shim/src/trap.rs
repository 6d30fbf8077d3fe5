//! `sync` and `syncfs` past libc.
//!
//! A program may make a system call without libc's function of that name: `ledger` does so for
//! `syncfs`, through `rustix`. The kernel is therefore asked (seccomp) to send the signal `SIGSYS` in
//! place of these two calls, and the handler does what our functions do. Such a filter stays in force
//! for programs that this one starts: they are preloaded with this library too, or else die of the
//! signal should they call `sync`. That is why the calls for single files are not trapped.

use std::ffi::c_void;
use std::mem;
use std::ptr;

use libc::{BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, c_int};
use libc::{SECCOMP_RET_ALLOW, SECCOMP_RET_TRAP, sock_filter, sock_fprog};

use crate::calls::{sync_file_system, sync_machine};
use crate::sys::say;

/// In the last argument, which neither call has: lets our own calls through.
pub const MARK: u32 = 0x7077_6374;

/// `AUDIT_ARCH_X86_64` of linux/audit.h.
const X86_64: u32 = 0xc000_003e;

/// Sets the trap. Without it, such calls pass unseen; then there is less in the shadow than there
/// should be, never more.
pub fn set() {
    let load = |at| filter(BPF_LD | BPF_W | BPF_ABS, 0, 0, at);
    let equal = |value, yes, no| filter(BPF_JMP | BPF_JEQ | BPF_K, yes, no, value);
    let mut program = [
        load(4), // the architecture
        equal(X86_64, 0, 5),
        load(0), // the number of the call
        equal(libc::SYS_syncfs as u32, 1, 0),
        equal(libc::SYS_sync as u32, 0, 2),
        load(16 + 8 * 5), // the last argument
        equal(MARK, 0, 1),
        filter(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW),
        filter(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRAP),
    ];
    let program = sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: the handler has the type that goes with `SA_SIGINFO`; `program` lives until the call is
    // over, and its length is right.
    let status = unsafe {
        let mut action: libc::sigaction = mem::zeroed();
        action.sa_sigaction = on_trap as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
        libc::sigaction(libc::SIGSYS, &action, ptr::null_mut());
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program)
    };
    if status != 0 {
        say("cannot set a seccomp filter; a syncfs past libc will not be seen");
    }
}

fn filter(code: u32, jt: u8, jf: u8, k: u32) -> sock_filter {
    sock_filter { code: code as u16, jt, jf, k }
}

/// Comes in place of the call, as if it had been a call of this function: no lock of ours is held, and
/// memory may be allocated.
extern "C" fn on_trap(_signal: c_int, _info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel gives a context that is ours until we return.
    let context = unsafe { &mut *context.cast::<libc::ucontext_t>() };
    let registers = &mut context.uc_mcontext.gregs;
    let result = crate::sys::keep_errno(|| match registers[libc::REG_RAX as usize] {
        libc::SYS_syncfs => match sync_file_system(registers[libc::REG_RDI as usize] as c_int) {
            0 => 0,
            _ => -i64::from(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO)),
        },
        libc::SYS_sync => {
            sync_machine();
            0
        }
        _ => -i64::from(libc::ENOSYS),
    });
    registers[libc::REG_RAX as usize] = result;
}
