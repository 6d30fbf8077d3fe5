//! Checking a store from what is in it, without the program that runs it and without its secrets.
//!
//! Every record is held against the digests in its own canonical text, that text against its leaf,
//! every leaf against the entries of the evidence log, and the log against its signed checkpoints.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::audit::{AuditOptions, AuditReport, audit};
use ledger::leaf::{BlindedLeaf, Nonce};
use ledger::note::{Verifier, VerifierKey};
use ledger::storage::StorageError;
use ledger::tile::{Entries, FULL_WIDTH, TileKind};
use ledger::{Checkpoint, SignedCheckpoint};
use model::{Digest, Envelope};
use store::log::{LogReader, LogRow};
use store::{Reader, Stored};
use tokio::runtime::Handle;

use crate::attachment::{Files, file_of};

/// Records that are read at a time; a whole number of bundles of the log.
const CHUNK: u64 = store::MOST as u64;

/// Problems that are told; a store that is torn has as many as it has records.
const MOST_PROBLEMS: usize = 100;

/// How to check.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Public keys; each checkpoint must be signed by one. Without any, signatures go unchecked.
    pub keys: Vec<VerifierKey>,
    /// A checkpoint that was kept elsewhere: the log must have grown from it.
    pub since: Option<Checkpoint>,
    /// How many work at once; 0 for as many as there are cores.
    pub threads: usize,
    /// The files of attachments; without them only records are checked.
    pub files: Option<Files>,
}

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// A record.
    Record {
        /// Its position.
        position: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A log.
    Log {
        /// Its name.
        origin: String,
        /// What is wrong with it.
        what: String,
    },
    /// A pack that was in force.
    Pack {
        /// Its digest.
        digest: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record { position, what } => write!(f, "record at position {position}: {what}"),
            Self::Log { origin, what } => write!(f, "log {origin}: {what}"),
            Self::Pack { digest } => {
                write!(f, "pack {digest}: what is kept of it is not its files")
            }
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Records of the store.
    pub records: u64,
    /// Records that are under a signed checkpoint.
    pub signed: u64,
    /// Personal parts.
    pub personal: u64,
    /// Files of attachments that were checked.
    pub files: u64,
    /// Each log with what its audit found; the one that grows is the last.
    pub logs: Vec<(LogRow, AuditReport)>,
    /// What does not fit, in order; the first hundred.
    pub problems: Vec<Problem>,
}

/// Checks a store.
///
/// # Errors
/// The store cannot be read, so that nothing can be said about it.
pub async fn verify(reader: &Reader, options: &Options) -> Result<Report, store::Error> {
    // The logs first: what they hold is in the store before it is in them.
    let logs = reader.db().logs().await?;
    let size = reader.size().await?;
    let mut report = Report { records: size, ..Report::default() };
    for log in &logs {
        let (found, problem) = audit_log(reader, log, options).await?;
        report.problems.extend(problem);
        report.logs.push((log.clone(), found));
    }
    let signed: Vec<(LogRow, u64)> = report
        .logs
        .iter()
        .map(|(log, found)| (log.clone(), found.largest().map_or(0, |largest| largest.size)))
        .collect();
    report.signed =
        signed.last().and_then(|(log, size)| log.position(*size)).unwrap_or(0).min(size);
    let records = check_records(reader, size, signed, options).await?;
    report.personal = records.personal;
    report.files = records.files;
    report.problems.extend(records.problems);
    for digest in reader.db().archived_packs().await? {
        let kept = reader.db().archived_pack(&digest).await?;
        if kept.is_none_or(|kept| crate::archived::unpacked(&kept).is_none()) {
            report.problems.push(Problem::Pack { digest });
        }
    }
    report.problems.sort();
    report.problems.truncate(MOST_PROBLEMS);
    Ok(report)
}

async fn audit_log(
    reader: &Reader,
    log: &LogRow,
    options: &Options,
) -> Result<(AuditReport, Option<Problem>), store::Error> {
    let files = LogReader::new(reader.db().clone(), Handle::current(), log.number);
    // The keys of one installation share their bytes; the name is that of the log.
    let keys: Vec<VerifierKey> =
        options.keys.iter().filter(|key| key.name().as_str() == log.origin).cloned().collect();
    let since = options.since.clone().filter(|since| since.origin == log.origin);
    let threads = threads(options.threads);
    let no_key = !options.keys.is_empty() && keys.is_empty();
    let auditing = tokio::task::spawn_blocking(move || {
        let keys: Vec<&dyn Verifier> = keys.iter().map(|key| key as &dyn Verifier).collect();
        let mut options = AuditOptions::new(&keys).threads(threads);
        if let Some(since) = &since {
            options = options.grown_from(since);
        }
        audit(&files, &options)
    });
    let found = auditing.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
    let found = found
        .map_err(|error: StorageError| store::Error::Unavailable { reason: error.to_string() })?;
    let what = match &found.problem {
        Some(problem) => Some(problem.to_string()),
        None if no_key => Some("none of the keys given is this log's; give its key too".to_owned()),
        None => None,
    };
    let problem = what.map(|what| Problem::Log { origin: log.origin.clone(), what });
    Ok((found, problem))
}

#[derive(Default)]
struct Found {
    personal: u64,
    files: u64,
    problems: Vec<Problem>,
}

fn threads(asked: usize) -> usize {
    if asked > 0 { asked } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

async fn check_records(
    reader: &Reader,
    size: u64,
    signed: Vec<(LogRow, u64)>,
    options: &Options,
) -> Result<Found, store::Error> {
    let next = Arc::new(AtomicU64::new(0));
    let signed = Arc::new(signed);
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..threads(options.threads) {
        let files = options.files.clone();
        let (reader, next, signed) = (reader.clone(), Arc::clone(&next), Arc::clone(&signed));
        let handle = Handle::current();
        workers.spawn_blocking(move || {
            let mut found = Found::default();
            loop {
                let from = next.fetch_add(CHUNK, Ordering::Relaxed);
                if from >= size {
                    return Ok::<_, store::Error>(found);
                }
                let count = (size - from).min(CHUNK);
                let records = handle.block_on(reader.range_now(from, count as usize))?;
                check_chunk(from, count, &records, &mut found);
                if let Some(files) = &files {
                    check_files(files, &records, &mut found);
                }
                handle.block_on(check_entries(&reader, from, &records, &signed, &mut found))?;
            }
        });
    }
    let mut all = Found::default();
    while let Some(found) = workers.join_next().await {
        let found = found.map_err(|e| store::Error::Unavailable { reason: e.to_string() })??;
        all.personal += found.personal;
        all.files += found.files;
        all.problems.extend(found.problems);
    }
    Ok(all)
}

impl Found {
    fn problem(&mut self, position: u64, what: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem::Record { position, what: what.into() });
        }
    }
}

fn check_chunk(from: u64, count: u64, records: &[Stored], found: &mut Found) {
    let mut at = from;
    for record in records {
        for missing in at..record.position {
            found.problem(missing, "it is missing");
        }
        at = record.position + 1;
        found.personal += record.personal.len() as u64;
        if let Err(what) = check_record(record) {
            found.problem(record.position, what);
        }
    }
    for missing in at..from + count {
        found.problem(missing, "it is missing");
    }
}

/// The files of attachments against the digests in their records.
fn check_files(files: &Files, records: &[Stored], found: &mut Found) {
    for record in records {
        let Some(digest) = file_of(record) else { continue };
        found.files += 1;
        match files.get(&digest) {
            Ok(Some(_)) => {}
            Ok(None) => {
                found.problem(record.position, format!("its file {digest} is gone or changed"))
            }
            Err(error) => found.problem(record.position, format!("its file {digest}: {error}")),
        }
    }
}

/// Everything about one record that shows from itself.
fn check_record(record: &Stored) -> Result<(), String> {
    let envelope = Envelope::read(&record.envelope)
        .map_err(|e| format!("its canonical text does not read: {e}"))?;
    let leaf = BlindedLeaf::blind(&Nonce::from_bytes(record.nonce), &record.envelope);
    if leaf.to_bytes().as_slice() != record.leaf {
        return Err("its leaf does not stand for its canonical text".to_owned());
    }
    let is = |digest: &str, bytes: &[u8]| is_digest(digest, &Digest::of(&[bytes]));
    if !is(&envelope.open, &record.open) {
        return Err("its open part is not what was taken in".to_owned());
    }
    if envelope.personal.len() != record.personal.len() {
        return Err(format!(
            "it has {} personal parts, {} were taken in",
            record.personal.len(),
            envelope.personal.len()
        ));
    }
    for (said, part) in envelope.personal.iter().zip(&record.personal) {
        if said.person != part.person.as_str() || !is(&said.sealed, &part.sealed) {
            return Err("a personal part is not what was taken in".to_owned());
        }
    }
    let mut text = [0; 36];
    let mut same = |said: Option<&str>, id: Option<model::RecordId>| match (said, id) {
        (Some(said), Some(id)) => said == id.write(&mut text),
        (None, None) => true,
        _ => false,
    };
    let fits = [
        ("id", same(Some(&envelope.id), Some(record.id))),
        ("kind", envelope.kind == record.kind.as_str()),
        ("valid_at", envelope.valid_at == record.valid_at.micros()),
        ("recorded_at", envelope.recorded_at == record.recorded_at.micros()),
        ("batch", same(envelope.batch.as_deref(), record.batch)),
        ("corrects", same(envelope.corrects.as_deref(), record.corrects)),
        ("withdraws", same(envelope.withdraws.as_deref(), record.withdraws)),
        ("closes", same(envelope.closes.as_deref(), record.closes)),
        ("class", envelope.class == record.class.as_str()),
    ];
    match fits.iter().find(|(_, fits)| !fits) {
        Some((column, _)) => Err(format!("its column {column} is not what was taken in")),
        None => Ok(()),
    }
}

fn is_digest(text: &str, digest: &Digest) -> bool {
    let hex = text.strip_prefix("sha256:").filter(|hex| hex.len() == 64);
    hex.is_some_and(|hex| {
        let digit = |c: u8| match c {
            b'0'..=b'9' => Some(c - b'0'),
            b'a'..=b'f' => Some(c - b'a' + 10),
            _ => None,
        };
        hex.as_bytes().chunks_exact(2).zip(digest.as_bytes()).all(|(pair, byte)| match pair {
            [high, low] => digit(*high).zip(digit(*low)).is_some_and(|(h, l)| h << 4 | l == *byte),
            _ => false,
        })
    })
}

/// The leaves against the entries of the log.
async fn check_entries(
    reader: &Reader,
    from: u64,
    records: &[Stored],
    signed: &[(LogRow, u64)],
    found: &mut Found,
) -> Result<(), store::Error> {
    let mut at = 0;
    while let Some(first) = records.get(at) {
        let position = first.position;
        let Some((log, size)) = signed.iter().rev().find(|(log, _)| log.first_position <= position)
        else {
            at += 1;
            continue;
        };
        let Some(index) = log.index(position).filter(|index| index < size) else {
            // Not under a checkpoint yet, like all behind it.
            let next = signed.iter().find(|(log, _)| log.first_position > position);
            let Some((next, _)) = next else { return Ok(()) };
            at += records[at..].partition_point(|r| r.position < next.first_position);
            continue;
        };
        let width = u64::from(FULL_WIDTH);
        let tile = TileKind::Entries.tile_at(index / width, *size);
        let mut bytes = reader.db().tile(log.number, tile).await?;
        let mut width_read = tile.width();
        if bytes.is_none() {
            bytes = reader.db().tile(log.number, tile.full()).await?;
            width_read = FULL_WIDTH;
        }
        let Some(bytes) = bytes else {
            found.problem(position, format!("the log has no {tile}"));
            return Ok(());
        };
        let entries: Vec<&[u8]> = Entries::new(&bytes, width_read).map_while(Result::ok).collect();
        let bundle = index / width;
        while let Some(record) = records.get(at) {
            let Some(index) = log.index(record.position).filter(|i| i / width == bundle) else {
                break;
            };
            if index >= *size {
                break;
            }
            let place = (index % width) as usize;
            if entries.get(place) != Some(&record.leaf.as_slice()) {
                found.problem(
                    record.position,
                    format!("entry {index} of {} is another", log.origin),
                );
            }
            at += 1;
        }
    }
    let _ = from;
    Ok(())
}

/// The checkpoint in a note, whoever signed it.
///
/// # Errors
/// It is none.
pub fn checkpoint(note: &[u8]) -> Result<Checkpoint, ledger::CheckpointError> {
    SignedCheckpoint::parse(note).map(|signed| signed.checkpoint().clone())
}
