//! Moves what was committed from the write-ahead log into the file, beside the writer.
//!
//! SQLite would do it inside a commit, which then waits for some thousand scattered pages. Here a
//! thread of its own does it. The log begins again from its start only when all of it was moved, and
//! while records come there is always some more: when it has become long the writer moves the rest
//! itself, which is little by then.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::error::Error;

/// Pages that are worth a pass: few, for what is moved keeps the disk from the commits meanwhile.
const PASS: u64 = 1_024;
/// The length, in pages, from which on the log is to begin again.
const LONG: u64 = 24_576;
/// The length from which on nothing is more urgent.
const TOO_LONG: u64 = 4 * LONG;

const MOVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";

/// How long the log is, and how much of it was moved, in pages.
#[derive(Debug, Default)]
struct Progress {
    length: AtomicU64,
    moved: AtomicU64,
    is_moving: AtomicBool,
}

/// The thread that moves pages, until this is dropped.
pub(super) struct Checkpointer {
    progress: Arc<Progress>,
    orders: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Takes the moving over from the writer's connection.
    pub(super) fn start(path: &Path, writer: &mut Connection) -> Result<Self, Error> {
        let own = Connection::open(path)?;
        own.busy_timeout(std::time::Duration::from_secs(10))?;
        own.execute_batch("PRAGMA synchronous = FULL;")?;
        let progress = Arc::new(Progress::default());
        let seen = Arc::clone(&progress);
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: std::ffi::c_int| {
            seen.length.store(u64::from(pages.unsigned_abs()), Ordering::Relaxed);
            Ok(())
        }))?;
        let (orders, inbox) = sync_channel(1);
        let moving = Arc::clone(&progress);
        let thread = std::thread::Builder::new()
            .name("store-pages".to_owned())
            .spawn(move || serve(&own, &moving, &inbox))
            .map_err(|e| Error::Unavailable { reason: e.to_string() })?;
        Ok(Self { progress, orders: Some(orders), thread: Some(thread) })
    }

    /// After a commit of the writer: has pages moved where it is time.
    pub(super) fn committed(&self, writer: &Connection) {
        let Progress { length, moved, is_moving } = &*self.progress;
        let length = length.load(Ordering::Relaxed);
        // A log that began again is shorter than what was moved of the one before.
        let moved = moved.load(Ordering::Relaxed);
        let left = if length < moved { length } else { length - moved };
        if is_moving.load(Ordering::Acquire) {
            return;
        }
        if length > TOO_LONG || (length > LONG && left < PASS) {
            // What fails here fails again, and is told, when the next group is written.
            if let Ok(moved) = pass(writer) {
                self.progress.moved.store(moved, Ordering::Relaxed);
            }
        } else if left >= PASS
            && let Some(orders) = &self.orders
        {
            is_moving.store(true, Ordering::Release);
            if orders.try_send(()).is_err() {
                is_moving.store(false, Ordering::Release);
            }
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by the thread itself.
            let _ = thread.join();
        }
    }
}

fn serve(own: &Connection, progress: &Progress, orders: &Receiver<()>) {
    while orders.recv().is_ok() {
        // What fails is tried again; a full disk is told by the writer's next commit.
        if let Ok(moved) = pass(own) {
            progress.moved.store(moved, Ordering::Relaxed);
        }
        progress.is_moving.store(false, Ordering::Release);
    }
}

/// Moves what no reader needs in the log; says how many of its pages are moved now.
fn pass(connection: &Connection) -> Result<u64, Error> {
    let moved: i64 = connection.query_row(MOVE, [], |row| row.get(2))?;
    Ok(u64::try_from(moved).unwrap_or(0))
}
