//! Waiting for a thread.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, RuntimeFlavor};

/// Waits until a thread has ended. Whoever holds a program last may be a task: what the thread asks of
/// the runtime is done by others meanwhile, and not by the worker that waits here.
pub fn join(thread: JoinHandle<()>) {
    // A panic there has been reported by the thread itself.
    waiting(|| drop(thread.join()));
}

/// As [`join`], for a thread that asks the runtime on which this may be a task. Where that runtime is
/// ending, nobody answers the thread until this task has ended: after `patience` it is left to itself,
/// and false is given.
pub fn join_within(thread: JoinHandle<()>, patience: Duration) -> bool {
    waiting(|| {
        let until = Instant::now() + patience;
        while !thread.is_finished() {
            if Instant::now() >= until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = thread.join();
        true
    })
}

fn waiting<T>(wait: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(wait),
        _ => wait(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn a_thread_that_waits_for_this_one_is_left_to_itself() {
        let (send, receive) = channel::<()>();
        let thread = std::thread::spawn(move || {
            let _ = receive.recv();
        });
        assert!(!super::join_within(thread, Duration::from_millis(20)));
        drop(send);
        let thread = std::thread::spawn(|| {});
        assert!(super::join_within(thread, Duration::from_secs(60)));
    }
}
