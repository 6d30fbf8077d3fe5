//! A projector in a thread of its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::projector::{CHUNK, Projector};
use super::watermark::Watermark;
use crate::error::Error;

/// How often the projector looks for what nobody told it of.
const PAUSE: Duration = Duration::from_millis(200);
/// How long it waits after a fault.
const REST: Duration = Duration::from_secs(1);

/// A projector that follows its store until this is dropped.
pub struct Following {
    watermark: Watermark,
    wake: Arc<Notify>,
    stop: watch::Sender<bool>,
    fault: Arc<Mutex<Option<Error>>>,
    thread: Option<JoinHandle<()>>,
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
        let (wake, fault) = (Arc::new(Notify::new()), Arc::new(Mutex::new(None)));
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
    wake: Arc<Notify>,
    mut stopped: watch::Receiver<bool>,
    fault: Arc<Mutex<Option<Error>>>,
) {
    let mut is_connected = false;
    loop {
        // A step is never left half done: what asks to stop waits for its end.
        let step = async {
            if !is_connected {
                projector.reconnect().await?;
                is_connected = true;
            }
            projector.advance(CHUNK).await
        };
        let step = step.await;
        let pause = match &step {
            Ok(progress) if progress.is_done() => PAUSE,
            Ok(_) => Duration::ZERO,
            Err(_) => REST,
        };
        *fault.lock().unwrap_or_else(PoisonError::into_inner) = step.err();
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

impl Following {
    /// How far it has come.
    pub fn watermark(&self) -> Watermark {
        self.watermark.clone()
    }

    /// Says that records were appended, so that it looks now and not in a moment.
    pub fn wake(&self) {
        self.wake.notify_one();
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
            // A panic there has been reported by the thread itself.
            let _ = thread.join();
        }
    }
}
