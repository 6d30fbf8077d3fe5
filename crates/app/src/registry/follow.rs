//! The registry follows the readings.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use store::Error;
use tokio::sync::{Notify, RwLock, RwLockReadGuard, watch};
use tokio::task::JoinHandle;

use super::state::{Source, State};

/// How often it looks whether the readings have begun anew.
const PAUSE: Duration = Duration::from_millis(500);
/// How long who asks as of now waits for what was merged a moment ago.
const MOMENT: Duration = Duration::from_millis(250);
/// How long it lets be after it was made anew because too much came: more may be coming.
const BREATH: Duration = Duration::from_secs(5);
/// How long it waits after a fault.
const REST: Duration = Duration::from_secs(1);

/// The registry of a running program. It is made when it is first asked for, or [started].
///
/// [started]: Registry::start
pub struct Registry {
    shared: Arc<Shared>,
    following: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    source: Source,
    state: RwLock<Option<State>>,
    /// How many records it knows; none before it is made.
    known: watch::Sender<Option<u64>>,
    anew: Notify,
    fault: Mutex<Option<Error>>,
}

impl Registry {
    pub(crate) fn new(source: Source) -> Self {
        let shared = Shared {
            source,
            state: RwLock::new(None),
            known: watch::Sender::new(None),
            anew: Notify::new(),
            fault: Mutex::new(None),
        };
        Self { shared: Arc::new(shared), following: Mutex::new(None) }
    }

    /// Begins to follow, so that the first who asks need not wait. Needs a runtime.
    pub fn start(&self) {
        let mut following = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        if following.as_ref().is_none_or(JoinHandle::is_finished) {
            *following = Some(tokio::spawn(follow(Arc::clone(&self.shared))));
        }
    }

    /// Drops it all and makes it anew.
    pub fn rebuild(&self) {
        self.shared.known.send_replace(None);
        self.shared.anew.notify_one();
    }

    /// Whether it comes to know so many records in time.
    async fn reaches(&self, known: u64, patience: Duration) -> bool {
        self.start();
        let mut reached = self.shared.known.subscribe();
        let waiting = reached.wait_for(|reached| reached.is_some_and(|reached| reached >= known));
        tokio::time::timeout(patience, waiting).await.is_ok_and(|found| found.is_ok())
    }

    /// The registry as of at least so many records known.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it does not come so far in time, and why.
    pub(crate) async fn state(
        &self,
        known: u64,
        patience: Duration,
    ) -> Result<RwLockReadGuard<'_, Option<State>>, Error> {
        if !self.reaches(known, patience).await {
            return Err(self.fault().unwrap_or_else(|| Error::Unavailable {
                reason: "the registry is being made ready".to_owned(),
            }));
        }
        Ok(self.shared.state.read().await)
    }

    /// The registry for a question: who asks as of so many records gets it as of them. Who asks as of
    /// now gets it as of `merged` where it comes so far within a moment, else as of what it knows: while
    /// very much is taken in it may be some seconds behind.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it was never made in time, and why.
    pub(crate) async fn for_question(
        &self,
        asked: Option<u64>,
        merged: u64,
        patience: Duration,
    ) -> Result<RwLockReadGuard<'_, Option<State>>, Error> {
        if asked.is_none() {
            self.reaches(merged, MOMENT).await;
        }
        self.state(asked.unwrap_or(0), patience).await
    }

    /// As [`for_question`](Self::for_question) as of now, but nothing where it was not made yet: who has
    /// an exact id need not wait for the index of names.
    pub(crate) async fn where_made(&self, merged: u64) -> RwLockReadGuard<'_, Option<State>> {
        self.start();
        if self.known().is_some() {
            self.reaches(merged, MOMENT).await;
        }
        self.shared.state.read().await
    }

    /// Waits until it knows so many records.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it does not come so far in time, and why.
    pub async fn wait_for(&self, known: u64, patience: Duration) -> Result<(), Error> {
        self.state(known, patience).await.map(drop)
    }

    /// Everything that it holds as of at least so many records known, as text, for comparing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it does not come so far in time.
    pub async fn dump(&self, known: u64, patience: Duration) -> Result<String, Error> {
        let state = self.state(known, patience).await?;
        Ok(state.as_ref().map(State::dump).unwrap_or_default())
    }

    /// How many records it knows; none before it is made.
    pub fn known(&self) -> Option<u64> {
        *self.shared.known.borrow()
    }

    /// Why the last step failed, if it did. It is tried again.
    pub fn fault(&self) -> Option<Error> {
        self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let following = self.following.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(following) = following {
            following.abort();
        }
    }
}

async fn follow(shared: Arc<Shared>) {
    let merged = shared.source.readings.watermark();
    loop {
        let step = step(&shared, merged.get()).await;
        let failed = step.is_err();
        let breath = matches!(step, Ok(Step::MadeAnew));
        *shared.fault.lock().unwrap_or_else(PoisonError::into_inner) = step.err();
        let behind = (*shared.known.borrow()).map_or(0, |known| known);
        tokio::select! {
            () = shared.anew.notified() => {}
            () = tokio::time::sleep(REST), if failed => {}
            () = tokio::time::sleep(BREATH), if breath => {}
            _ = merged.wait_for(behind, PAUSE), if !failed && !breath => {}
        }
    }
}

/// What a step was.
enum Step {
    /// It followed, or was made where there was none.
    Followed,
    /// Too much came to be followed.
    MadeAnew,
}

/// Comes up to what is merged.
async fn step(shared: &Shared, merged: u64) -> Result<Step, Error> {
    let known = *shared.known.borrow();
    let mut step = Step::Followed;
    match known {
        Some(known) if known == merged => return Ok(Step::Followed),
        Some(known) if known < merged => {
            let state = shared.state.read().await;
            let change = match state.as_ref() {
                Some(state) => state.prepare(&shared.source, merged).await?,
                None => None,
            };
            drop(state);
            if let Some(change) = change {
                if let Some(state) = shared.state.write().await.as_mut() {
                    state.apply(change);
                }
                shared.known.send_replace(Some(merged));
                return Ok(Step::Followed);
            }
            step = Step::MadeAnew;
        }
        // The readings have begun anew, or nothing is known yet.
        _ => {}
    }
    let state = State::build(&shared.source, merged).await?;
    *shared.state.write().await = Some(state);
    shared.known.send_replace(Some(merged));
    Ok(step)
}

#[cfg(test)]
mod tests {
    use model::{Draft, Subject};
    use pack::Pack;
    use serde_json::json;

    use super::*;
    use crate::disclosure::Audience;
    use crate::door::{ALL, Principal};
    use crate::reading::When;
    use crate::system::{Settings, System};

    const STEEL: &str = "uscc:914201001777000029";

    fn registered(name: &str) -> Draft {
        let open = json!({
            "name": name, "organization_type": "enterprise", "status": "active",
            "address": "武汉市青山区厂前街道",
        });
        Draft {
            id: None,
            kind: "organization".to_owned(),
            subjects: vec![Subject { role: "organization".to_owned(), id: STEEL.parse().unwrap() }],
            office: None,
            region: "420107".to_owned(),
            valid_at: "2026-05-06T09:00:00+08:00".parse().unwrap(),
            source: "test".to_owned(),
            open: open.as_object().unwrap().clone(),
            personal: Vec::new(),
            corrects: None,
            withdraws: None,
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_public_of_an_exact_id_does_not_wait_for_the_index_of_names() {
        let folder = tempfile::tempdir().unwrap();
        let pack = Arc::new(Pack::load(testkit::hubei_pack()).unwrap());
        let system = System::open(Settings::in_folder(folder.path()), pack).await.unwrap();
        // An index that is never made.
        let stuck = tokio::spawn(std::future::pending());
        *system.registry().following.lock().unwrap() = Some(stuck);
        let who = Principal { permissions: [ALL.to_owned()].into(), ..Principal::program() };
        let receipts = system.append(&who, vec![registered("武汉钢铁")], None).await.unwrap();
        let known = receipts[0].position + 1;
        system.await_merged(known).await.unwrap();
        let subject = STEEL.parse().unwrap();
        let when = When { valid: None, known: Some(known) };
        let asked = system.disclosed(Audience::Public, &subject, None, when, None, 10);
        let page = tokio::time::timeout(MOMENT * 20, asked).await.expect("it waited").unwrap();
        assert_eq!(page.register.unwrap().open["name"], "武汉钢铁");
        assert_eq!(page.records.len(), 1);
        let names = system.public_names(vec![STEEL.to_owned()]);
        let names = tokio::time::timeout(MOMENT * 20, names).await.expect("it waited").unwrap();
        assert_eq!(names[STEEL], "武汉钢铁");
        // Who needs the index would have waited.
        let state = system.registry().for_question(None, known, MOMENT).await;
        assert!(state.is_err() && system.registry().known().is_none());
    }
}
