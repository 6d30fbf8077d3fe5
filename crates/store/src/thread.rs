//! Waiting for a thread.

use std::thread::JoinHandle;

use tokio::runtime::{Handle, RuntimeFlavor};

/// Waits until a thread has ended. Whoever holds a program last may be a task: what the thread asks of
/// the runtime is done by others meanwhile, and not by the worker that waits here.
pub fn join(thread: JoinHandle<()>) {
    // A panic there has been reported by the thread itself.
    let wait = || drop(thread.join());
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
        _ => wait(),
    }
}
