//! A running program.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use model::Timestamp;
use pack::Pack;
use store::readings::{Following, Readings};
use store::{Address, Reader, Writer};
use tokio::sync::watch;

use crate::days::Days;
use crate::demonstration::{self, DemonstrationError};
use crate::document::Numbers;
use crate::duty::Duties;
use crate::evidence::{Evidence, EvidenceError, Parts, Published};
use crate::job::Jobs;
use crate::keys::{KeyFileError, Keys, PersonKeys, random};
use crate::people::People;
use crate::program::Programs;
use crate::reading;
use crate::registry::{Registry, Source};
use crate::time::Clock;
use crate::trace::{self, Chain};

/// How a program is to run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder of the installation: keys, what is kept outside of the store, staged streams, and
    /// the store itself where that is SQLite.
    pub data: PathBuf,
    /// Where the store is.
    pub address: Address,
    /// The name of the evidence log, where the store has none yet; else made up.
    pub origin: Option<String>,
    /// Whether a store that was set back may begin a new log.
    pub new_log: bool,
    /// Whether the readings follow the records; not for a program that only makes them anew.
    pub follow: bool,
    /// When the demonstration begins that is to be made here, in a store with nothing in it.
    pub demonstration: Option<Timestamp>,
}

impl Settings {
    /// An installation in a folder, with SQLite there.
    pub fn in_folder(data: impl Into<PathBuf>) -> Self {
        let data = data.into();
        Self {
            address: Address::Folder(data.clone()),
            data,
            origin: None,
            new_log: false,
            follow: true,
            demonstration: None,
        }
    }
}

/// Why a program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process uses the folder.
    #[error("another process uses {path}; stop it, or talk to it over HTTP")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The folder cannot be used.
    #[error("cannot {action} {path}: {source}; check its owner and rights")]
    Folder {
        /// What was tried.
        action: &'static str,
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A fault of the store.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// A fault of the keys.
    #[error("{0}")]
    Keys(#[from] KeyFileError),
    /// A fault of the log.
    #[error("{0}")]
    Evidence(#[from] EvidenceError),
    /// A demonstration is to be made where there is something, or what the store says of itself does
    /// not fit.
    #[error("{0}")]
    Demonstration(#[from] DemonstrationError),
    /// The first record could not be written.
    #[error("the pack could not be activated: {0}")]
    Pack(#[from] crate::Rejection),
}

/// A running program: its store, pack, keys and log.
pub struct System {
    pack: RwLock<Arc<Pack>>,
    keys: Keys,
    person_keys: PersonKeys,
    vault_keys: PersonKeys,
    people: People,
    clock: Clock,
    is_demonstration: bool,
    pub(crate) jobs: Jobs,
    /// What is known of an uploaded table is changed by one at a time.
    pub(crate) uploads: Mutex<()>,
    numbers: Numbers,
    programs: OnceLock<Programs>,
    // Ends before the writer that it writes through.
    evidence: Evidence,
    registry: Registry,
    chain: Chain,
    days: Days,
    duty: Duties,
    following: Option<Following>,
    /// Changes when records came.
    grown: watch::Sender<()>,
    readings: Readings,
    writer: Arc<Writer>,
    reader: Reader,
    data: PathBuf,
    address: Address,
    _lock: File,
}

impl System {
    /// Opens an installation, or makes a new one.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(settings: Settings, pack: Arc<Pack>) -> Result<Self, OpenError> {
        let data = settings.data;
        let folder = |action, path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Folder { action, path, source }
        };
        fs::create_dir_all(&data).map_err(folder("make", &data))?;
        let lock = File::create(data.join("lock")).map_err(folder("write in", &data))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { path: data }),
            Err(TryLockError::Error(source)) => return Err(folder("lock", &data)(source)),
        }
        let address = settings.address.clone();
        let opening = tokio::task::spawn_blocking(move || store::open_writer(&address));
        let writer =
            opening.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        let writer = Arc::new(writer?);
        let reader = Reader::open(&settings.address).await?;
        let size = reader.size().await?;
        let is_demonstration = demonstration::check(
            &reader,
            &writer,
            settings.demonstration,
            settings.origin.as_deref(),
        )
        .await?;
        let keys = Keys::open(&data, size == 0)?;
        let person_keys = PersonKeys::new(keys.master().clone(), reader.db().clone());
        let vault_keys = PersonKeys::new(keys.vault().clone(), reader.db().clone());
        let people =
            People::open(reader.clone(), Arc::clone(&writer), keys.master().clone()).await?;
        let last = match size.checked_sub(1) {
            Some(last) => reader.range(last, 1).await?.pop().map(|record| record.recorded_at),
            None => None,
        };
        let clock = Clock::starting_at(last.unwrap_or(Timestamp::from_micros(0)));
        if let Some(begins) = settings.demonstration {
            clock.give(begins);
        }
        let made_up = {
            let id: [u8; 4] = random();
            let name = if is_demonstration { demonstration::ORIGIN } else { "zhiheng-" };
            format!("{name}{:08x}", u32::from_be_bytes(id))
        };
        let evidence = Evidence::open(Parts {
            reader: &reader,
            writer: &writer,
            keys: &keys,
            data: &data,
            origin: settings.origin.as_deref().unwrap_or(&made_up),
            may_begin_anew: settings.new_log,
        })
        .await?;
        let readings = Readings::open(&settings.address, reading::plan(&pack)?).await?;
        let projector = reading::projector(&readings, &reader, &pack).await?;
        let source =
            Source { pack: Arc::clone(&pack), readings: readings.clone(), reader: reader.clone() };
        let registry = Registry::new(source);
        let chain = Chain::new(trace::Source {
            pack: Arc::clone(&pack),
            readings: readings.clone(),
            reader: reader.clone(),
            data: data.clone(),
        });
        let following = if settings.follow { Some(projector.follow()?) } else { None };
        let system = Self {
            pack: RwLock::new(pack),
            keys,
            person_keys,
            vault_keys,
            people,
            clock,
            is_demonstration,
            jobs: Jobs::new(),
            uploads: Mutex::new(()),
            numbers: Numbers::default(),
            programs: OnceLock::new(),
            evidence,
            registry,
            chain,
            days: Days::default(),
            duty: Duties::default(),
            following,
            grown: watch::Sender::new(()),
            readings,
            writer,
            reader,
            data,
            address: settings.address,
            _lock: lock,
        };
        let repeated = system.repeat_erasures().await?;
        if repeated > 0 {
            tracing::warn!(
                repeated,
                "keys that had been destroyed were in this store; destroyed again"
            );
        }
        system.activate_pack().await?;
        let resumed = system.resume_streams().await?;
        if resumed > 0 {
            tracing::info!(resumed, "streams that had been checked were appended");
        }
        Ok(system)
    }

    /// Drops the readings and makes them anew from the records; returns how many those are.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn rebuild(&self) -> Result<u64, store::Error> {
        let pack = self.pack();
        let mut projector = reading::projector(&self.readings, &self.reader, &pack).await?;
        let rebuilt = projector.rebuild().await?.watermark;
        self.registry.rebuild();
        self.chain.rebuild();
        Ok(rebuilt)
    }

    /// The pack in force.
    pub fn pack(&self) -> Arc<Pack> {
        Arc::clone(&self.pack.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether the store is a demonstration: its pages say so, and it is served on this machine alone.
    pub fn is_demonstration(&self) -> bool {
        self.is_demonstration
    }

    /// The folder of the installation.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where the store is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What reads from the store.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The evidence log.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// What is signed now.
    pub fn published(&self) -> Published {
        self.evidence.published()
    }

    /// The secrets.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(crate) fn writer(&self) -> &Arc<Writer> {
        &self.writer
    }

    pub(crate) fn person_keys(&self) -> &PersonKeys {
        &self.person_keys
    }

    /// The keys of informers.
    pub(crate) fn vault_keys(&self) -> &PersonKeys {
        &self.vault_keys
    }

    /// The keys under which a person's part of a record lies.
    pub(crate) fn keys_of(&self, person: &str) -> &PersonKeys {
        match crate::people::vault::is_in_vault(person) {
            true => &self.vault_keys,
            false => &self.person_keys,
        }
    }

    /// Who logs in, and with which roles.
    pub fn people(&self) -> &People {
        &self.people
    }

    pub(crate) fn log_place(&self, position: u64) -> (String, u64) {
        self.evidence.place(position)
    }

    /// The index of the record at a position in its log, and whether it is under a signed checkpoint.
    pub(crate) fn log_index(&self, position: u64) -> (u64, bool) {
        self.evidence.index(position)
    }

    /// Changes whenever records came through this process.
    pub fn growth(&self) -> watch::Receiver<()> {
        self.grown.subscribe()
    }

    /// Tells the readings, and whoever follows, that records came.
    pub(crate) fn note_stored(&self) {
        self.grown.send_replace(());
        if let Some(following) = &self.following {
            following.note_stored();
        }
    }

    /// Tells the readings that somebody waits for the first so many records.
    pub(crate) fn hurry_readings(&self, records: u64) {
        if let Some(following) = &self.following {
            following.hurry(records);
        }
    }

    /// The readings.
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// The registry.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The working days of the pack in force.
    pub(crate) fn days(&self) -> &Days {
        &self.days
    }

    /// What is known of cases.
    pub(crate) fn duty(&self) -> &Duties {
        &self.duty
    }

    /// The last numbers of documents that were given.
    pub(crate) fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// The programs of the office that take part in what this one does; said once, at the start.
    pub fn use_programs(&self, programs: Programs) {
        let _ = self.programs.set(programs);
    }

    /// The programs that take part.
    pub(crate) fn programs(&self) -> Programs {
        self.programs.get().cloned().unwrap_or_default()
    }

    /// The graph of responsibility.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Why the readings or the log do not follow, if they do not.
    pub fn reading_fault(&self) -> Option<store::Error> {
        self.following.as_ref().and_then(Following::fault)
    }
}
