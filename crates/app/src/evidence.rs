//! Records become leaves of the evidence log, and the log is signed.
//!
//! The leaves stand in the records themselves, durable and in order; a thread of its own puts them
//! into the tree, stores the tiles, signs a checkpoint and keeps it outside of the store too, in
//! `kept/checkpoint`. So nothing here can lose a record, and a crash at any moment leaves a log that
//! goes on from its last checkpoint.
//!
//! A store that was set back to an earlier state must not go on signing under the old name, for its
//! log would then tell two histories. What was kept outside tells; the store then begins a log of a
//! new name, whose first entry names the old one.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use ledger::leaf::{Nonce, Succession};
use ledger::note::{SignerKey, Verifier, VerifierKey};
use ledger::proof::{Opening, TlogProof};
use ledger::{Checkpoint, Log, LogError, NoDuplicates, SignedCheckpoint, TreeReader};
use store::log::{LogReader, LogRow, TileStorage, add};
use store::{Reader, Stored, Writer};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::keys::{KeyFileError, Keys, sync_folder};

/// Records that are put into the tree at a time.
const CHUNK: u64 = 8192;

/// How often a checkpoint is signed when records come.
const TICK: Duration = Duration::from_millis(500);

/// Why the log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// A fault of the store.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// A fault of the log.
    #[error("{0}")]
    Log(#[from] LogError),
    /// A fault of the keys.
    #[error("{0}")]
    Keys(#[from] KeyFileError),
    /// The checkpoint that was kept outside cannot be read or written.
    #[error("cannot {action} {path}: {source}; check its owner and the free space")]
    Kept {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The kept checkpoint is no checkpoint of this installation.
    #[error(
        "{path} is not a checkpoint that this installation signed ({reason}); move it away if it belongs to another store"
    )]
    KeptWrong {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The store was set back to an earlier state.
    #[error(
        "this store is older than what it has signed: it has {stored} entries of {origin}, a checkpoint of {known} was signed. Use the right store; or, if an old copy had to be put in its place, start with --new-log: the log then begins anew under another name and says so in public"
    )]
    SetBack {
        /// The log.
        origin: String,
        /// Entries that the store has.
        stored: u64,
        /// Entries that were signed.
        known: u64,
    },
    /// The log holds what the store does not.
    #[error(
        "the store has {records} records, its log {entries} entries; the store is damaged: run `zhiheng verify` and restore a backup"
    )]
    Ahead {
        /// Records of the store.
        records: u64,
        /// Entries of the log.
        entries: u64,
    },
}

/// What of the log is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The log's name.
    pub origin: String,
    /// So many records of the store are in it and in the logs before it.
    pub records: u64,
    /// The note with the last checkpoint.
    pub checkpoint: String,
}

enum Order {
    /// Sign now.
    Sign,
    Stop,
}

/// The evidence log of a running program.
pub struct Evidence {
    logs: Arc<RwLock<Vec<LogRow>>>,
    published: watch::Receiver<Published>,
    orders: Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

/// What opening the log needs.
pub struct Parts<'a> {
    /// The store.
    pub reader: &'a Reader,
    /// Its writer.
    pub writer: &'a Arc<Writer>,
    /// The secrets.
    pub keys: &'a Keys,
    /// The folder of the installation.
    pub data: &'a Path,
    /// The name of the log, where there is none yet.
    pub origin: &'a str,
    /// Whether a store that was set back may begin a new log.
    pub may_begin_anew: bool,
}

struct Worker {
    log: Option<Log<TileStorage, NoDuplicates>>,
    row: LogRow,
    key: SignerKey,
    reader: Reader,
    writer: Arc<Writer>,
    runtime: Handle,
    kept: PathBuf,
    publish: watch::Sender<Published>,
}

impl Evidence {
    /// Opens the log of a store, or begins one, and starts the thread that lets it grow.
    ///
    /// # Errors
    /// [`EvidenceError`].
    pub async fn open(parts: Parts<'_>) -> Result<Self, EvidenceError> {
        let runtime = Handle::current();
        let kept = parts.data.join("kept").join("checkpoint");
        make_folder(&kept)?;
        let mut logs = begun_logs(&parts).await?;
        let size = parts.reader.size().await?;
        if logs.is_empty() {
            let first = LogRow {
                number: 1,
                origin: parts.origin.to_owned(),
                first_position: 0,
                first_index: 0,
                checkpoint: None,
            };
            parts.writer.write(vec![add(&first)]).await?;
            logs.push(first);
        }
        let known = kept_checkpoint(&kept, parts.keys, &logs)?;
        let restored = parts.reader.is_restored().await?;
        let mut row = logs
            .last()
            .cloned()
            .ok_or_else(|| store::Error::Damaged { what: "the store has no log".to_owned() })?;
        let own = row.checkpoint.as_deref().map(SignedCheckpoint::parse).transpose();
        let own = own.map_err(LogError::from)?;
        let succession = set_back(&row, own.as_ref(), known.as_ref(), restored, size);
        if let Some((entries, last_known)) = succession {
            if !restored && !parts.may_begin_anew {
                return Err(EvidenceError::SetBack {
                    origin: last_known.checkpoint().origin.clone(),
                    stored: entries,
                    known: last_known.checkpoint().size,
                });
            }
            row = begin_anew(&parts, &runtime, row, own, last_known).await?;
            logs.push(row.clone());
        }
        let key = parts.keys.signer(&row.origin)?;
        let origins: Vec<String> = logs.iter().map(|log| log.origin.clone()).collect();
        parts.keys.publish(&origins)?;
        let known = known.map(|known| known.checkpoint().clone());
        let known = known.filter(|known| known.origin == row.origin);
        let (publish, published) = watch::channel(Published {
            origin: row.origin.clone(),
            records: 0,
            checkpoint: String::new(),
        });
        let mut worker = Worker {
            log: None,
            row,
            key,
            reader: parts.reader.clone(),
            writer: Arc::clone(parts.writer),
            runtime,
            kept,
            publish,
        };
        let opened = tokio::task::spawn_blocking(move || {
            worker.open(known.as_ref())?;
            worker.advance()?;
            Ok::<_, EvidenceError>(worker)
        });
        let worker =
            opened.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })??;
        let (orders, inbox) = channel();
        let thread = std::thread::Builder::new().name("evidence".to_owned());
        let thread = thread.spawn(move || worker.serve(&inbox));
        let thread = thread.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        Ok(Self { logs: Arc::new(RwLock::new(logs)), published, orders, thread: Some(thread) })
    }

    /// The log and the index there of the record at a position.
    pub fn place(&self, position: u64) -> (String, u64) {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        let log = logs.iter().rev().find(|log| log.first_position <= position);
        let place = log.and_then(|log| Some((log.origin.clone(), log.index(position)?)));
        place.unwrap_or_default()
    }

    /// The index of the record at a position in its log, and whether that is under a signed checkpoint.
    pub fn index(&self, position: u64) -> (u64, bool) {
        let logs = self.logs.read().unwrap_or_else(PoisonError::into_inner);
        let log = logs.iter().rev().find(|log| log.first_position <= position);
        let index = log.and_then(|log| log.index(position)).unwrap_or_default();
        (index, position < self.published.borrow().records)
    }

    /// All logs of the store, the oldest first.
    pub fn logs(&self) -> Vec<LogRow> {
        self.logs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is signed now.
    pub fn published(&self) -> Published {
        self.published.borrow().clone()
    }

    /// Waits until the record at a position is under a signed checkpoint; false where that takes
    /// longer than `patience`.
    pub async fn wait_for(&self, position: u64, patience: Duration) -> bool {
        let mut published = self.published.clone();
        let _ = self.orders.send(Order::Sign);
        let waiting = published.wait_for(|published| published.records > position);
        matches!(tokio::time::timeout(patience, waiting).await, Ok(Ok(_)))
    }

    /// The proof that a record is in the log, with what opens its leaf; none while it is not under
    /// a signed checkpoint.
    ///
    /// # Errors
    /// A fault of the store or the log.
    pub async fn proof(
        &self,
        reader: &Reader,
        record: &Stored,
    ) -> Result<Option<TlogProof>, EvidenceError> {
        let opening =
            Opening::new(Nonce::from_bytes(record.nonce)).with_record(record.envelope.as_slice());
        let proof = self.inclusion(reader, record.position).await?;
        Ok(proof.map(|proof| proof.with_opening(&opening)))
    }

    /// The proof that the record at a position is in the log, without what opens its leaf: it shows
    /// nothing of the record.
    ///
    /// # Errors
    /// A fault of the store or the log.
    pub async fn inclusion(
        &self,
        reader: &Reader,
        position: u64,
    ) -> Result<Option<TlogProof>, EvidenceError> {
        let logs = self.logs();
        let Some(log) = logs.iter().rev().find(|log| log.first_position <= position) else {
            return Ok(None);
        };
        let Some(index) = log.index(position) else { return Ok(None) };
        let note = reader.db().logs().await?.into_iter().find(|row| row.number == log.number);
        let Some(note) = note.and_then(|row| row.checkpoint) else { return Ok(None) };
        let checkpoint = SignedCheckpoint::parse(&note).map_err(LogError::from)?;
        let size = checkpoint.checkpoint().size;
        if index >= size {
            return Ok(None);
        }
        let tiles = LogReader::new(reader.db().clone(), Handle::current(), log.number);
        let proving = tokio::task::spawn_blocking(move || {
            TreeReader::new(&tiles, size).prove_inclusion(index, size)
        });
        let hashes =
            proving.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        let hashes = hashes.map_err(LogError::from)?;
        Ok(Some(TlogProof::new(index, hashes, checkpoint)))
    }
}

/// How long the end of a program waits for its last signature.
const PATIENCE: Duration = Duration::from_secs(20);

impl Drop for Evidence {
    /// Signs what is there, then ends the thread. Where the runtime is ending too, the store answers
    /// it no more: then what is left is signed at the next start.
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.take()
            && !store::thread::join_within(thread, PATIENCE)
        {
            tracing::warn!("the log was not signed to its end; that is done at the next start");
        }
    }
}

impl Worker {
    fn storage(&self) -> TileStorage {
        let db = self.reader.db().clone();
        TileStorage::new(db, Arc::clone(&self.writer), self.runtime.clone(), self.row.number)
    }

    fn open(&mut self, known: Option<&Checkpoint>) -> Result<(), EvidenceError> {
        let (origin, storage) = (self.row.origin.clone(), self.storage());
        let row = self.runtime.block_on(self.reader.db().logs())?;
        let row = row.into_iter().find(|row| row.number == self.row.number);
        let log = if row.is_some_and(|row| row.checkpoint.is_some()) {
            let verifier = self.key.verifier();
            Log::open_with(storage, &origin, &[&verifier], known, NoDuplicates)?
        } else {
            // Tiles without a checkpoint are left from a crash before the first was signed.
            let mut storage = storage;
            use ledger::storage::Storage as _;
            let left = storage.tiles_beyond(0).map_err(LogError::from)?;
            storage.set_aside(&left).map_err(LogError::from)?;
            Log::create_with(storage, &origin, &[&self.key], NoDuplicates)?
        };
        let entries = log.size();
        let records = self.runtime.block_on(self.reader.size())?;
        if self.row.position(entries).is_some_and(|next| next > records) {
            return Err(EvidenceError::Ahead { records, entries });
        }
        self.log = Some(log);
        self.tell()?;
        Ok(())
    }

    /// The position of the first record that is not in the log.
    fn next(&self) -> u64 {
        let entries = self.log.as_ref().map_or(0, Log::size);
        self.row.position(entries).unwrap_or(self.row.first_position)
    }

    /// Puts all durable records into the log and signs it.
    fn advance(&mut self) -> Result<(), EvidenceError> {
        if self.log.is_none() {
            self.open(None)?;
        }
        let size = self.runtime.block_on(self.reader.size())?;
        let mut grew = false;
        while self.next() < size {
            let from = self.next();
            let to = size.min(from + CHUNK);
            let leaves = self.runtime.block_on(self.reader.leaves(from, to))?;
            let Some(log) = self.log.as_mut() else { break };
            for leaf in &leaves {
                log.append(leaf)?;
            }
            grew = true;
            // A long way behind, as after a stream: what is done is signed on the way.
            if to < size && to % (CHUNK * 16) < CHUNK {
                log.publish(&[&self.key])?;
            }
        }
        if let Some(log) = self.log.as_mut().filter(|_| grew) {
            log.publish(&[&self.key])?;
            self.tell()?;
        }
        Ok(())
    }

    /// Keeps the checkpoint outside of the store, then tells those who wait.
    fn tell(&self) -> Result<(), EvidenceError> {
        let Some(log) = &self.log else { return Ok(()) };
        let checkpoint = log.published().to_string();
        keep(&self.kept, checkpoint.as_bytes())?;
        let signed = log.published().checkpoint().size;
        let records = self.row.position(signed).unwrap_or(self.row.first_position);
        let origin = self.row.origin.clone();
        self.publish.send_replace(Published { origin, records, checkpoint });
        Ok(())
    }

    fn serve(mut self, orders: &Receiver<Order>) {
        loop {
            let order = orders.recv_timeout(TICK);
            if let Err(error) = self.advance() {
                tracing::warn!(%error, "the log could not grow; it is tried again");
                // What is in memory may not be what is stored.
                self.log = None;
            }
            // Several that wait are served by one signature; an order to stop is never passed over.
            let mut stop = matches!(order, Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected));
            while let (false, Ok(next)) = (stop, orders.try_recv()) {
                stop = matches!(next, Order::Stop);
            }
            if stop {
                break;
            }
        }
    }
}

/// Whether the store was set back: the entries that it has of its log, and the last checkpoint that
/// is known of it.
fn set_back(
    row: &LogRow,
    own: Option<&SignedCheckpoint>,
    known: Option<&SignedCheckpoint>,
    restored: bool,
    size: u64,
) -> Option<(u64, SignedCheckpoint)> {
    let entries = own.map_or(0, |own| own.checkpoint().size);
    if let Some(known) = known {
        let same = known.checkpoint().origin == row.origin;
        // A log of another name was begun after this copy was made, or this log had more entries.
        if !same || known.checkpoint().size > entries {
            return Some((entries, known.clone()));
        }
    }
    // A restored store cannot tell what was signed after it was copied.
    let _ = size;
    own.filter(|_| restored).map(|own| (entries, own.clone()))
}

/// Begins a log that names the old one in its first entry.
async fn begin_anew(
    parts: &Parts<'_>,
    runtime: &Handle,
    old: LogRow,
    own: Option<SignedCheckpoint>,
    last_known: SignedCheckpoint,
) -> Result<LogRow, EvidenceError> {
    let entries = own.as_ref().map_or(0, |own| own.checkpoint().size);
    let same = last_known.checkpoint().origin == old.origin;
    let base = old.origin.rsplit_once("/log-").map_or(old.origin.as_str(), |(base, _)| base);
    let last_number = |origin: &str| {
        origin.rsplit_once("/log-").and_then(|(_, n)| n.parse::<u64>().ok()).unwrap_or(old.number)
    };
    let number = last_number(&last_known.checkpoint().origin).max(old.number) + 1;
    // Where the newer log is another's successor, this copy has none of its entries.
    let root = match own.as_ref().filter(|_| same) {
        Some(own) => own.checkpoint().root,
        None => ledger::Hash::empty_root(),
    };
    let shared = if same { entries } else { 0 };
    let succession = Succession::new(shared, root, last_known)
        .map_err(|e| store::Error::Damaged { what: e.to_string() })?;
    let row = LogRow {
        number,
        origin: format!("{base}/log-{number}"),
        first_position: old.position(entries).unwrap_or(old.first_position),
        first_index: 1,
        checkpoint: None,
    };
    tracing::warn!(
        old = old.origin,
        new = row.origin,
        "the store was set back; a new log begins and names the old one"
    );
    parts.writer.write(vec![add(&row)]).await?;
    let storage = TileStorage::new(
        parts.reader.db().clone(),
        Arc::clone(parts.writer),
        runtime.clone(),
        row.number,
    );
    let key = parts.keys.signer(&row.origin)?;
    let origin = row.origin.clone();
    let beginning = tokio::task::spawn_blocking(move || {
        let mut log = Log::create_with(storage, &origin, &[&key], NoDuplicates)?;
        log.append(succession.to_string().as_bytes())?;
        log.publish(&[&key])?;
        Ok::<_, LogError>(log.published().to_string())
    });
    let note =
        beginning.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })??;
    keep(&parts.data.join("kept").join("checkpoint"), note.as_bytes())?;
    // Last: until here the next start begins anew again.
    parts.writer.write(vec![store::state::set_begun_anew()]).await?;
    Ok(row)
}

/// The logs of the store. One that was to follow another, but whose first entry was not signed when
/// the program stopped, has not begun and is removed: its entries would stand one place off.
async fn begun_logs(parts: &Parts<'_>) -> Result<Vec<LogRow>, EvidenceError> {
    let mut logs = parts.reader.db().logs().await?;
    while let Some(last) = logs.last().filter(|log| log.first_index > 0) {
        let note = last.checkpoint.as_deref().map(SignedCheckpoint::parse).transpose();
        let signed = note.map_err(LogError::from)?.map_or(0, |note| note.checkpoint().size);
        if signed > 0 {
            break;
        }
        parts.writer.write(store::log::remove(last.number)).await?;
        logs.pop();
    }
    Ok(logs)
}

/// Makes the folder of what is kept. The names of the installation's folder and of those in it are
/// durable then, before anything is signed or taken in: else a power cut could take the keys and
/// leave the store.
fn make_folder(kept: &Path) -> Result<(), EvidenceError> {
    let Some(folder) = kept.parent() else { return Ok(()) };
    let make = || {
        fs::create_dir_all(folder)?;
        let folder = fs::canonicalize(folder)?;
        sync_folder(&folder)?;
        // The folder above need not be ours to open; then it was not ours to make.
        match folder.parent().map(sync_folder) {
            Some(Err(error)) if error.kind() != std::io::ErrorKind::PermissionDenied => Err(error),
            _ => Ok(()),
        }
    };
    make().map_err(|source| EvidenceError::Kept { action: "make", path: folder.to_owned(), source })
}

/// Replaces what is kept, durably and as a whole.
fn keep(path: &Path, note: &[u8]) -> Result<(), EvidenceError> {
    let draft = path.with_extension("new");
    let write = || {
        let mut file = fs::File::create(&draft)?;
        file.write_all(note)?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        sync_folder(path)
    };
    write().map_err(|source| EvidenceError::Kept { action: "write", path: path.to_owned(), source })
}

fn kept_checkpoint(
    path: &Path,
    keys: &Keys,
    logs: &[LogRow],
) -> Result<Option<SignedCheckpoint>, EvidenceError> {
    let note = match fs::read(path) {
        Ok(note) => note,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(EvidenceError::Kept { action: "read", path: path.to_owned(), source });
        }
    };
    let wrong = |reason: String| EvidenceError::KeptWrong { path: path.to_owned(), reason };
    let found = SignedCheckpoint::parse(&note).map_err(|e| wrong(e.to_string()))?;
    let origin = &found.checkpoint().origin;
    // The name of every log of this store, and of those that follow it, has the same beginning.
    let base =
        |origin: &str| origin.rsplit_once("/log-").map_or(origin, |(base, _)| base).to_owned();
    if !logs.iter().any(|log| base(&log.origin) == base(origin)) {
        return Err(wrong(format!("it is of {origin}")));
    }
    let verifier: VerifierKey = keys.signer(origin)?.verifier();
    let keys: [&dyn Verifier; 1] = [&verifier];
    SignedCheckpoint::open(&note, &keys).map(Some).map_err(|e| wrong(e.to_string()))
}
