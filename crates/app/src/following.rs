//! What follows the readings in memory: how far it is, waiting for it, and the loop that keeps it going.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::Error;
use store::readings::Watermark;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// How often it looks whether the readings have begun anew.
const PAUSE: Duration = Duration::from_millis(500);
/// How long who asks as of now waits for what was merged a moment ago.
pub(crate) const MOMENT: Duration = Duration::from_millis(250);
/// How long it lets be after it was made anew because too much came: more may be coming.
const BREATH: Duration = Duration::from_secs(5);
/// How long it waits after a fault.
const REST: Duration = Duration::from_secs(1);

/// What comes after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// The next step: more is there already.
    AtOnce,
    /// Waiting for what comes.
    Wait,
    /// A rest, because too much came to be followed.
    Breathe,
}

/// How far it is, and how often all was forgotten: what was begun before that counts no more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) round: u64,
    /// How many records it knows; none before it is made.
    pub(crate) records: Option<u64>,
}

/// What those who step and those who wait have in common.
pub(crate) struct Told {
    known: watch::Sender<Known>,
    anew: Notify,
    fault: Mutex<Option<Error>>,
}

impl Told {
    /// How far it is.
    pub(crate) fn known(&self) -> Known {
        *self.known.borrow()
    }

    /// Says that it knows so many records now, unless all was forgotten since it was as `before`.
    pub(crate) fn advance(&self, before: Known, records: u64) {
        self.known.send_if_modified(|known| {
            let is_same = known.round == before.round;
            if is_same {
                known.records = Some(records);
            }
            is_same
        });
    }

    /// Steps for ever. A step is told how many records are merged.
    async fn follow<F: Future<Output = Result<Next, Error>>>(
        self: Arc<Self>,
        merged: Watermark,
        step: impl Fn(u64) -> F,
    ) {
        loop {
            let (rest, fault) = match step(merged.get()).await {
                Ok(Next::AtOnce) => {
                    *lock(&self.fault) = None;
                    continue;
                }
                Ok(Next::Wait) => (None, None),
                Ok(Next::Breathe) => (Some(BREATH), None),
                Err(fault) => (Some(REST), Some(fault)),
            };
            *lock(&self.fault) = fault;
            let behind = self.known().records.unwrap_or(0);
            tokio::select! {
                () = self.anew.notified() => {}
                () = tokio::time::sleep(rest.unwrap_or_default()), if rest.is_some() => {}
                _ = merged.wait_for(behind, PAUSE), if rest.is_none() => {}
            }
        }
    }
}

/// The task that follows, begun when it is first needed and ended with this.
pub(crate) struct Follower {
    told: Arc<Told>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Follower {
    pub(crate) fn new() -> Self {
        let told =
            Told { known: watch::Sender::default(), anew: Notify::new(), fault: Mutex::default() };
        Self { told: Arc::new(told), task: Mutex::default() }
    }

    /// How far it is, for who makes the steps.
    pub(crate) fn told(&self) -> Arc<Told> {
        Arc::clone(&self.told)
    }

    /// Begins to follow, where it does not yet. Needs a runtime.
    pub(crate) fn start<F>(
        &self,
        merged: impl FnOnce() -> Watermark,
        step: impl Fn(u64) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<Next, Error>> + Send + 'static,
    {
        let mut task = lock(&self.task);
        if task.as_ref().is_none_or(JoinHandle::is_finished) {
            *task = Some(tokio::spawn(self.told().follow(merged(), step)));
        }
    }

    /// Knows nothing any more: the next step makes it anew.
    pub(crate) fn forget(&self) {
        self.told.known.send_modify(|known| {
            *known = Known { round: known.round + 1, records: None };
        });
        self.told.anew.notify_one();
    }

    /// Whether it comes to know so many records in time.
    pub(crate) async fn reaches(&self, known: u64, patience: Duration) -> bool {
        let mut reached = self.told.known.subscribe();
        let is_there = |reached: &Known| reached.records.is_some_and(|reached| reached >= known);
        let waiting = reached.wait_for(is_there);
        tokio::time::timeout(patience, waiting).await.is_ok_and(|found| found.is_ok())
    }

    /// How many records it knows; none before it is made.
    pub(crate) fn known(&self) -> Option<u64> {
        self.told.known().records
    }

    /// Why the last step failed, if it did. It is tried again.
    pub(crate) fn fault(&self) -> Option<Error> {
        lock(&self.told.fault).clone()
    }

    /// Puts a task that never makes a step in its place.
    #[cfg(test)]
    pub(crate) fn get_stuck(&self) {
        *lock(&self.task) = Some(tokio::spawn(std::future::pending()));
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        if let Some(task) = lock(&self.task).take() {
            task.abort();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_step_begun_before_all_was_forgotten_counts_no_more() {
        let follower = Follower::new();
        let told = follower.told();
        let before = told.known();
        follower.forget();
        told.advance(before, 7);
        assert_eq!(follower.known(), None);
        assert!(!follower.reaches(0, Duration::ZERO).await);
        told.advance(told.known(), 7);
        assert_eq!(follower.known(), Some(7));
        assert!(follower.reaches(7, MOMENT).await);
    }
}
