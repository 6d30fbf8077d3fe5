//! A projector in a thread of its own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::projector::{CHUNK, Progress, Projector};
use super::watermark::Watermark;
use crate::error::Error;

/// How often the projector looks for what nobody told it of.
const PAUSE: Duration = Duration::from_millis(200);
/// While records come it rests for so many times what a step took, unless somebody waits: senders
/// then have most of the machine, and the records that come meanwhile are merged together, which
/// costs far less.
const SHARE: u32 = 4;
/// The least that it rests then.
const LEAST: Duration = Duration::from_millis(50);
/// How long it waits after a fault.
const AFTER_FAULT: Duration = Duration::from_secs(1);

/// A projector that follows its store until this is dropped.
pub struct Following {
    watermark: Watermark,
    wake: Arc<Wake>,
    stop: watch::Sender<bool>,
    fault: Arc<Mutex<Option<Error>>>,
    thread: Option<JoinHandle<()>>,
}

/// What ends a pause.
#[derive(Default)]
struct Wake {
    /// Records came.
    stored: Notify,
    /// Somebody waits for them.
    wanted: Notify,
    /// So many records are waited for.
    up_to: AtomicU64,
}

impl Projector {
    /// Goes on merging in a thread of its own.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where there is no thread to be had.
    pub fn follow(self) -> Result<Following, Error> {
        let no_thread = |e: std::io::Error| Error::Unavailable { reason: e.to_string() };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(no_thread)?;
        let watermark = self.readings().watermark();
        let (wake, fault) = (Arc::new(Wake::default()), Arc::new(Mutex::new(None)));
        let (stop, stopped) = watch::channel(false);
        let following = follow(self, Arc::clone(&wake), stopped, Arc::clone(&fault));
        let thread = std::thread::Builder::new()
            .name("store-readings".to_owned())
            .spawn(move || runtime.block_on(following))
            .map_err(no_thread)?;
        Ok(Following { watermark, wake, stop, fault, thread: Some(thread) })
    }
}

async fn follow(
    mut projector: Projector,
    wake: Arc<Wake>,
    mut stopped: watch::Receiver<bool>,
    fault: Arc<Mutex<Option<Error>>>,
) {
    let mut is_connected = false;
    let mut size = 0;
    loop {
        // A step is never left half done: what asks to stop waits for its end.
        let step = async {
            if !is_connected {
                projector.reconnect().await?;
                is_connected = true;
            }
            projector.advance(CHUNK).await
        };
        let began = Instant::now();
        let step = step.await;
        let rest = match &step {
            Ok(done) => {
                let grew = done.size > std::mem::replace(&mut size, done.size);
                let is_wanted = done.watermark < wake.up_to.load(Ordering::Relaxed).min(done.size);
                if grew && !is_wanted { LEAST.max(began.elapsed() * SHARE) } else { Duration::ZERO }
            }
            Err(_) => AFTER_FAULT,
        };
        let is_done = step.as_ref().is_ok_and(Progress::is_done);
        *fault.lock().unwrap_or_else(PoisonError::into_inner) = step.err();
        let pause = async {
            tokio::time::sleep(rest).await;
            if is_done {
                let _ = tokio::time::timeout(PAUSE, wake.stored.notified()).await;
            }
        };
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = wake.wanted.notified() => {}
            () = pause => {}
        }
    }
}

impl Following {
    /// How far it has come.
    pub fn watermark(&self) -> Watermark {
        self.watermark.clone()
    }

    /// Says that records were appended.
    pub fn note_stored(&self) {
        self.wake.stored.notify_one();
    }

    /// Says that somebody waits for the first so many records: they are merged now, and not in a
    /// moment.
    pub fn hurry(&self, records: u64) {
        self.wake.up_to.fetch_max(records, Ordering::Relaxed);
        self.wake.wanted.notify_one();
    }

    /// Why the last step failed, if it did. It is tried again.
    pub fn fault(&self) -> Option<Error> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Following {
    /// Ends the step that is under way, then the thread.
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            crate::thread::join(thread);
        }
    }
}
