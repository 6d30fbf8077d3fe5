//! The registry follows the readings.

use std::sync::Arc;
use std::time::Duration;

use store::Error;
use tokio::sync::{RwLock, RwLockReadGuard};

use super::state::{Source, State};
use crate::following::{Follower, MOMENT, Next, Told};

/// The registry of a running program. It is made when it is first asked for, or [started].
///
/// [started]: Registry::start
pub struct Registry {
    shared: Arc<Shared>,
    follower: Follower,
}

struct Shared {
    source: Source,
    state: RwLock<Option<State>>,
    told: Arc<Told>,
}

impl Registry {
    pub(crate) fn new(source: Source) -> Self {
        let follower = Follower::new();
        let shared = Shared { source, state: RwLock::new(None), told: follower.told() };
        Self { shared: Arc::new(shared), follower }
    }

    /// Begins to follow, so that the first who asks need not wait. Needs a runtime.
    pub fn start(&self) {
        let shared = Arc::clone(&self.shared);
        let merged = || self.shared.source.readings.watermark();
        self.follower.start(merged, move |merged| {
            let shared = Arc::clone(&shared);
            async move { step(&shared, merged).await }
        });
    }

    /// Drops it all and makes it anew.
    pub fn rebuild(&self) {
        self.follower.forget();
    }

    /// Whether it comes to know so many records in time.
    async fn reaches(&self, known: u64, patience: Duration) -> bool {
        self.start();
        self.follower.reaches(known, patience).await
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
        self.follower.known()
    }

    /// Why the last step failed, if it did. It is tried again.
    pub fn fault(&self) -> Option<Error> {
        self.follower.fault()
    }
}

/// Comes up to what is merged.
async fn step(shared: &Shared, merged: u64) -> Result<Next, Error> {
    let before = shared.told.known();
    let mut next = Next::Wait;
    match before.records {
        Some(known) if known == merged => return Ok(Next::Wait),
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
                shared.told.advance(before, merged);
                return Ok(Next::Wait);
            }
            // Too much came to be followed.
            next = Next::Breathe;
        }
        // The readings have begun anew, or nothing is known yet.
        _ => {}
    }
    let state = State::build(&shared.source, merged).await?;
    *shared.state.write().await = Some(state);
    shared.told.advance(before, merged);
    Ok(next)
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
        system.registry().follower.get_stuck();
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
