//! The graph follows the readings.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use ::trace::AsOf;
use model::system_kind;
use pack::Pack;
use store::readings::Readings;
use store::{Error, Reader, Stored};

use super::interpret::Interpreter;
use super::looked::{Changed, Findings, Looked};
use super::meaning::Meanings;
use super::snapshot::{self, Origin};
use super::state::{Change, State};
use crate::following::{Follower, MOMENT, Next, Told};

/// Records that came since the last snapshot, before another is written: as many as the sixteenth of
/// what it knows, and no fewer.
const SNAPSHOT_AFTER: u64 = 50_000;
/// Records in one step.
const STEP: u64 = 8_192;
/// Lists of what does not fit that are kept.
const LISTS: usize = 8;
/// Positions of a batch that are asked for at a time.
const MEMBERS: usize = 4_096;

/// What it is made from.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) pack: Arc<Pack>,
    pub(crate) readings: Readings,
    pub(crate) reader: Reader,
    /// The folder of the installation.
    pub(crate) data: PathBuf,
}

/// The graph of a running program. It is made when it is first asked for, or [started].
///
/// [started]: Chain::start
pub struct Chain {
    shared: Arc<Shared>,
    follower: Follower,
}

struct Shared {
    source: Source,
    interpreter: Arc<Interpreter>,
    meanings: Arc<Meanings>,
    state: Arc<RwLock<State>>,
    told: Arc<Told>,
    is_dropped: Mutex<bool>,
    written: Mutex<u64>,
    /// Which records changed something since what does not fit was looked for.
    changed: Mutex<Changed>,
    found: tokio::sync::Mutex<Finds>,
}

/// What does not fit, as far as it was asked for.
#[derive(Default)]
struct Finds {
    /// As of the most records that were asked for.
    newest: Option<Looked>,
    /// As of the two times that were asked for last, so that who turns pages looks at one list.
    lists: VecDeque<(AsOf, Findings)>,
}

/// The graph for a question that looks at it several times, also on several threads.
#[derive(Clone)]
pub(super) struct Aside {
    state: Arc<RwLock<State>>,
    /// Which of the graphs that were made in this run it is.
    made: Arc<OnceLock<u64>>,
}

impl Aside {
    /// Looks at the graph; none where it was made anew since the first look, so that numbers mean
    /// something else.
    pub(super) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> Option<T> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let first = *self.made.get_or_init(|| state.made);
        (state.made == first).then(|| look(&state))
    }
}

impl Chain {
    pub(crate) fn new(source: Source) -> Self {
        let interpreter = Arc::new(Interpreter::new(&source.pack));
        let meanings = Arc::new(Meanings::of(&source.pack));
        let follower = Follower::new();
        let shared = Shared {
            source,
            interpreter,
            meanings,
            state: Arc::default(),
            told: follower.told(),
            is_dropped: Mutex::new(false),
            written: Mutex::new(0),
            changed: Mutex::default(),
            found: tokio::sync::Mutex::default(),
        };
        Self { shared: Arc::new(shared), follower }
    }

    /// Begins to follow, so that the first who asks need not wait. Needs a runtime.
    pub fn start(&self) {
        let shared = Arc::clone(&self.shared);
        let merged = || self.shared.source.readings.watermark();
        self.follower.start(merged, move |merged| {
            let shared = Arc::clone(&shared);
            async move { shared.step(merged).await }
        });
    }

    /// Drops it all, the snapshot too, and makes it anew.
    pub fn rebuild(&self) {
        *lock(&self.shared.is_dropped) = true;
        self.follower.forget();
    }

    async fn reaches(&self, known: u64, patience: Duration) -> bool {
        self.start();
        self.follower.reaches(known, patience).await
    }

    /// Waits until it knows so many records.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it does not come so far in time, and why.
    pub async fn wait_for(&self, known: u64, patience: Duration) -> Result<(), Error> {
        if self.reaches(known, patience).await {
            return Ok(());
        }
        Err(self.follower.fault().unwrap_or_else(|| Error::Unavailable {
            reason: "the graph of responsibility is being made ready".to_owned(),
        }))
    }

    /// As of how many records a question is answered: who asks as of so many gets that; who asks as of
    /// now gets `merged` where it comes so far within a moment, else what it knows.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it was not made in time, and why.
    pub(crate) async fn for_question(
        &self,
        asked: Option<u64>,
        merged: u64,
        patience: Duration,
    ) -> Result<u64, Error> {
        if let Some(asked) = asked {
            self.wait_for(asked, patience).await?;
            return Ok(asked);
        }
        if !self.reaches(merged, MOMENT).await {
            self.wait_for(0, patience).await?;
        }
        Ok(self.known().unwrap_or(0).min(merged))
    }

    /// Asks it, on a thread where long work disturbs nobody: this one, if it is one.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&State) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let state = Arc::clone(&self.shared.state);
        if store::db::is_aside() {
            return Ok(question(&state.read().unwrap_or_else(PoisonError::into_inner)));
        }
        let asked = tokio::task::spawn_blocking(move || {
            question(&state.read().unwrap_or_else(PoisonError::into_inner))
        });
        asked.await.map_err(|e| Error::Unavailable { reason: e.to_string() })
    }

    /// It for an answer that is found piece by piece, on threads of its own: who looks at it holds it only
    /// while looking, so that nobody waits for who takes the pieces slowly.
    pub(super) fn aside(&self) -> Aside {
        Aside { state: Arc::clone(&self.shared.state), made: Arc::default() }
    }

    /// What does not fit in all the records. It is looked for when it is first asked for, then it
    /// follows; who does not wait for that finds it later.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it is not found in time, or the graph was made anew meanwhile.
    pub(super) async fn findings(
        &self,
        as_of: AsOf,
        patience: Duration,
    ) -> Result<Findings, Error> {
        let shared = Arc::clone(&self.shared);
        let look = tokio::spawn(async move { shared.findings(as_of).await });
        match tokio::time::timeout(patience, look).await {
            Ok(found) => found.map_err(|e| Error::Unavailable { reason: e.to_string() })?,
            Err(_) => Err(Error::Unavailable {
                reason: "all records are being looked through for what does not fit; ask again"
                    .to_owned(),
            }),
        }
    }

    /// Everything that it holds as of at least so many records known, as text, for comparing.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it does not come so far in time.
    pub async fn dump(&self, known: u64, patience: Duration) -> Result<String, Error> {
        self.wait_for(known, patience).await?;
        self.ask(State::dump).await
    }

    /// What the kinds of the pack mean.
    pub(super) fn meanings(&self) -> Arc<Meanings> {
        Arc::clone(&self.shared.meanings)
    }

    /// How many records it knows; none before it is made.
    pub fn known(&self) -> Option<u64> {
        self.follower.known()
    }

    /// Things, acts and links that it holds.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn size(&self) -> Result<[usize; 3], Error> {
        self.ask(|state| [state.names.len(), state.graph.acts(), state.graph.links()]).await
    }

    /// Writes a snapshot now.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with what the system says.
    pub async fn write_snapshot(&self) -> Result<(), Error> {
        self.shared.write_snapshot().await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Comes nearer to what is merged.
    async fn step(&self, merged: u64) -> Result<Next, Error> {
        let before = self.told.known();
        if std::mem::take(&mut *lock(&self.is_dropped)) {
            snapshot::remove(&snapshot::path(&self.source.data)).map_err(|e| unavailable(&e))?;
            self.put(State::default());
            *self.found.lock().await = Finds::default();
        }
        let Some(known) = before.records else {
            let state = self.read_snapshot().await?;
            let known = state.known;
            *lock(&self.written) = known;
            self.put(state);
            self.told.advance(before, known);
            return Ok(Next::AtOnce);
        };
        // What knows more than is merged waits for the readings, which were made anew.
        if known >= merged {
            return Ok(Next::Wait);
        }
        let to = merged.min(known + STEP);
        let change = self.prepare(known, to).await?;
        let said = change.said.iter().map(|said| said.record);
        let changed: Vec<u64> = change.touched.iter().copied().chain(said).collect();
        let state = Arc::clone(&self.state);
        let apply = move || {
            let mut state = state.write().unwrap_or_else(PoisonError::into_inner);
            state.apply(change)
        };
        let applied = tokio::task::spawn_blocking(apply).await;
        let applied = applied.map_err(|e| Error::Unavailable { reason: e.to_string() })?;
        applied.map_err(|e| Error::Unavailable { reason: e.to_string() })?;
        lock(&self.changed).add(to, changed);
        self.told.advance(before, to);
        let since = to - *lock(&self.written);
        if to == merged && since >= SNAPSHOT_AFTER.max(to / 16) {
            self.write_snapshot().await?;
        }
        Ok(if to < merged { Next::AtOnce } else { Next::Wait })
    }

    async fn findings(&self, as_of: AsOf) -> Result<Findings, Error> {
        let mut found = self.found.lock().await;
        if let Some((_, list)) = found.lists.iter().find(|(of, _)| *of == as_of) {
            return Ok(Arc::clone(list));
        }
        // What is said to happen later counts too, unless somebody asks otherwise.
        let is_newest = as_of.valid == i64::MAX
            && found.newest.as_ref().is_none_or(|newest| newest.known() <= as_of.known);
        let before = if is_newest { found.newest.take() } else { None };
        let changed = before.and_then(|before| {
            let changed = lock(&self.changed).after(before.known());
            changed.map(|changed| (before, changed))
        });
        let (state, meanings) = (Arc::clone(&self.state), Arc::clone(&self.meanings));
        let look = move || {
            let aside = || Aside { state: Arc::clone(&state), made: Arc::default() };
            let followed = changed
                .and_then(|(before, changed)| before.follow(&aside(), &meanings, &changed, as_of));
            followed.or_else(|| Looked::all(&aside(), &meanings, as_of))
        };
        let looked = tokio::task::spawn_blocking(look).await;
        let looked = looked.map_err(|e| Error::Unavailable { reason: e.to_string() })?;
        let looked = looked.ok_or_else(|| Error::Unavailable {
            reason: "the graph of responsibility is being made anew; ask again".to_owned(),
        })?;
        let list = looked.list();
        if is_newest {
            lock(&self.changed).forget(as_of.known);
            found.newest = Some(looked);
        }
        found.lists.truncate(LISTS - 1);
        found.lists.push_front((as_of, Arc::clone(&list)));
        Ok(list)
    }

    fn put(&self, state: State) {
        let mut held = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let made = held.made + 1;
        *lock(&self.changed) = Changed::since(state.known);
        *held = State { made, ..state };
    }

    /// What is added by the records from one position to before another.
    async fn prepare(&self, from: u64, to: u64) -> Result<Change, Error> {
        let Source { pack, readings, reader, .. } = &self.source;
        let mut said = Vec::new();
        let mut touched = BTreeSet::new();
        let mut next = from;
        while next < to {
            let count = usize::try_from(to - next).unwrap_or(store::MOST).min(store::MOST);
            let records = reader.range(next, count).await?;
            let Some(last) = records.last() else { break };
            next = last.position + 1;
            for record in &records {
                touch(reader, record, &mut touched).await?;
            }
            let (pack, interpreter) = (Arc::clone(pack), Arc::clone(&self.interpreter));
            let read = tokio::task::spawn_blocking(move || -> Vec<_> {
                records.iter().filter_map(|record| interpreter.read(&pack, record)).collect()
            });
            said.extend(read.await.map_err(|e| Error::Unavailable { reason: e.to_string() })?);
        }
        {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            let with = state.declared_with(&touched);
            touched.extend(with);
            touched.extend(state.declared_by(&said));
        }
        touched.retain(|position| *position < from);
        let mut positions: Vec<u64> = touched.iter().copied().collect();
        positions.extend(said.iter().map(|said| said.record));
        let intervals = readings.when_counting(&positions).await?;
        Ok(Change { known: to, said, intervals, touched })
    }

    /// The snapshot, where it is of these records under this pack; else nothing.
    async fn read_snapshot(&self) -> Result<State, Error> {
        let path = snapshot::path(&self.source.data);
        let origin = match snapshot::origin(&path) {
            Ok(Some(origin)) => origin,
            Ok(None) => return Ok(State::default()),
            Err(error) => {
                tracing::warn!(%error, "the snapshot of the graph does not read; it is made anew");
                return Ok(State::default());
            }
        };
        if !self.is_of_these(&origin).await? {
            return Ok(State::default());
        }
        let read = tokio::task::spawn_blocking(move || snapshot::read(&path)).await;
        let read = read.map_err(|e| Error::Unavailable { reason: e.to_string() })?;
        Ok(read.ok().flatten().unwrap_or_else(|| {
            tracing::warn!("the snapshot of the graph is damaged; it is made anew");
            State::default()
        }))
    }

    async fn is_of_these(&self, origin: &Origin) -> Result<bool, Error> {
        if origin.pack != self.source.pack.digest().to_string() {
            return Ok(false);
        }
        let Some(last) = origin.known.checked_sub(1) else { return Ok(false) };
        let last = self.source.reader.range(last, 1).await?.pop();
        Ok(last.is_some_and(|last| last.id.to_string() == origin.last))
    }

    async fn write_snapshot(&self) -> Result<(), Error> {
        let Some(known) = self.told.known().records else { return Ok(()) };
        let Some(last) = known.checked_sub(1) else { return Ok(()) };
        let Some(last) = self.source.reader.range(last, 1).await?.pop() else { return Ok(()) };
        let (pack, last) = (self.source.pack.digest().to_string(), last.id.to_string());
        let origin = Origin { pack, known, last };
        let (path, state) = (snapshot::path(&self.source.data), Arc::clone(&self.state));
        let write = move || -> io::Result<bool> {
            state.write().unwrap_or_else(PoisonError::into_inner).graph.compact();
            let state = state.read().unwrap_or_else(PoisonError::into_inner);
            if state.known != origin.known {
                return Ok(false);
            }
            snapshot::write(&path, &origin, &state).map(|()| true)
        };
        let written = tokio::task::spawn_blocking(write).await;
        let written = written.map_err(|e| Error::Unavailable { reason: e.to_string() })?;
        if written.map_err(|e| unavailable(&e))? {
            *lock(&self.written) = known;
        }
        Ok(())
    }
}

fn unavailable(error: &io::Error) -> Error {
    Error::Unavailable { reason: format!("the snapshot of the graph: {error}") }
}

/// The records before to which a record did something.
async fn touch(reader: &Reader, record: &Stored, touched: &mut BTreeSet<u64>) -> Result<(), Error> {
    let mut targets = Vec::new();
    for id in record.corrects.iter().chain(&record.withdraws) {
        targets.extend(reader.position(*id).await?);
    }
    let batch = record.closes.or(record.withdraws).filter(|_| system_kind::is(&record.kind));
    if let Some(batch) = batch {
        let mut after = None;
        loop {
            let found = reader.batch_positions(batch, after, MEMBERS).await?;
            let Some(last) = found.last() else { break };
            after = Some(*last);
            targets.extend(&found);
        }
    }
    // What a record that was taken back had corrected counts again.
    if record.withdraws.is_some() || record.closes.is_some() {
        for targets in targets.chunks(store::MOST) {
            for target in reader.at(targets).await? {
                if let Some(corrected) = target.corrects {
                    touched.extend(reader.position(corrected).await?);
                }
            }
        }
    }
    touched.extend(targets);
    Ok(())
}
