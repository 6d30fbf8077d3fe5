//! How far the projector has come.

use std::time::Duration;

use tokio::sync::watch;

/// How many records the projector of this process has merged.
#[derive(Clone)]
pub struct Watermark(watch::Receiver<u64>);

impl Watermark {
    pub(super) fn new(merged: watch::Receiver<u64>) -> Self {
        Self(merged)
    }

    /// How many records are merged.
    pub fn get(&self) -> u64 {
        *self.0.borrow()
    }

    /// Waits until the record at a position is merged; false where that took longer than
    /// `timeout`.
    pub async fn wait_for(&self, position: u64, timeout: Duration) -> bool {
        let mut merged = self.0.clone();
        let waiting = merged.wait_for(|merged| *merged > position);
        tokio::time::timeout(timeout, waiting).await.is_ok_and(|found| found.is_ok())
    }
}
