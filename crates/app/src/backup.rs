//! Copies of a store that do not depend on the database: they are made while the program runs, and
//! are restored into SQLite or PostgreSQL.
//!
//! A backup is lines of JSON: a header, the records in order, the keys of persons (encrypted under
//! the master keys, which are not in it), the tokens' digests, the accounts, the packs that were in
//! force, the files of attachments, and an end with a digest over all lines before it. What is derived
//! is not in it: heads, unique keys, tiles and readings follow from the records. It has the keys that there are when it is made: what was erased before stays erased.
//!
//! A store that is restored goes on under the name of a new log ([`crate::evidence`]): what came in
//! after the backup is lost, and the new log's first entry says so in public.

use std::collections::BTreeSet;
use std::io::{BufRead, Write};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ledger::note::SignerKey;
use ledger::{Log, NoDuplicates, SignedCheckpoint};
use model::{Class, Digest, RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::db::Statement;
use store::log::{LogRow, TileStorage, add};
use store::pack_archive::PackRow;
use store::person_key::StoredKey;
use store::state::Demonstration;
use store::token::TokenRow;
use store::{Address, NewRecord, Outcome, PersonalSealed, Reader, Stored, WrappedKey};
use tokio::runtime::Handle;

use crate::attachment::{self, Files};
use crate::keys::random;
use crate::people::saved::{self, AccountLine};

const FORMAT: &str = "zhiheng-backup";
const VERSION: u32 = 1;
/// Records that are written to the store at a time.
const CHUNK: usize = 1000;

/// Why a backup cannot be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A fault of the store.
    #[error("{0}")]
    Store(#[from] store::Error),
    /// The file cannot be read or written.
    #[error(
        "the backup cannot be {action}: {source}; check the file, its owner and the free space"
    )]
    File {
        /// What was tried.
        action: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no backup, or was changed.
    #[error("line {line} of the backup: {reason}; use another copy")]
    Wrong {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The store to restore into has records.
    #[error("the store has {records} records; restore into an empty one")]
    NotEmpty {
        /// How many.
        records: u64,
    },
}

/// What is in a backup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records.
    pub records: u64,
    /// Persons whose keys are in it.
    pub persons: u64,
    /// Files of attachments.
    pub files: u64,
    /// Files of attachments that were not there, or not as they had been put there.
    pub lost: Vec<String>,
    /// The digest of all lines before the end.
    pub digest: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Header(Header),
    Record(RecordLine),
    Person {
        person: String,
        wrapped: String,
        restricted: bool,
    },
    Token(TokenLine),
    Account(Box<AccountLine>),
    Pack {
        digest: String,
        stored_at: i64,
        files: String,
    },
    /// One file of an attachment, whole: it has 20 MiB at most.
    File {
        digest: String,
        bytes: String,
    },
    End {
        records: u64,
        persons: u64,
        digest: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u32,
    records: u64,
    pack: Option<String>,
    /// Whether the store is a demonstration; its copy is one too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    demonstration: bool,
    logs: Vec<LogLine>,
}

#[derive(Serialize, Deserialize)]
struct LogLine {
    number: u64,
    origin: String,
    first_position: u64,
    first_index: u64,
    checkpoint: Option<String>,
    /// The entry that names the log before, where there is one.
    first_entry: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct RecordLine {
    id: String,
    kind: String,
    valid_at: i64,
    recorded_at: i64,
    class: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    batch: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    corrects: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdraws: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closes: Option<String>,
    content: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    unique_keys: String,
    envelope: String,
    open: String,
    nonce: String,
    leaf: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    personal: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct TokenLine {
    digest: String,
    name: String,
    on_behalf_of: String,
    account: String,
    office: Option<String>,
    permissions: String,
    created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
}

/// Writes a backup of a store and the files of its attachments as they are now. A file that is not
/// there is told, and does not keep the rest from being saved.
///
/// # Errors
/// [`BackupError::Store`], [`BackupError::File`].
pub async fn write(
    reader: &Reader,
    files: &Files,
    out: impl Write,
) -> Result<Summary, BackupError> {
    let mut out = Lines { out, digest: Sha256::new() };
    let logs = reader.db().logs().await?;
    let size = reader.size().await?;
    let mut header = Header {
        format: FORMAT.to_owned(),
        version: VERSION,
        records: size,
        pack: None,
        demonstration: reader.db().demonstration().await? != Demonstration::No,
        logs: Vec::new(),
    };
    header.pack = reader.db().pack_in_force().await?;
    for log in logs {
        header.logs.push(log_line(reader, log).await?);
    }
    out.line(&Line::Header(header))?;
    let (mut at, mut attached) = (0, BTreeSet::new());
    while at < size {
        let count = (size - at).min(store::MOST as u64);
        let records = reader.range(at, count as usize).await?;
        if records.len() as u64 != count {
            return Err(
                store::Error::Damaged { what: format!("records are missing after {at}") }.into()
            );
        }
        for record in records {
            attached.extend(attachment::file_of(&record));
            out.line(&Line::Record(record_line(record)?))?;
        }
        at += count;
    }
    let (mut persons, mut last) = (0, String::new());
    loop {
        let keys = reader.db().person_keys_after(&last, 5000).await?;
        let Some(end) = keys.last() else { break };
        last.clone_from(&end.key.person);
        persons += keys.len() as u64;
        for StoredKey { key, restricted } in keys {
            let wrapped = STANDARD.encode(key.wrapped);
            out.line(&Line::Person { person: key.person, wrapped, restricted })?;
        }
    }
    for token in reader.db().tokens().await? {
        out.line(&Line::Token(token_line(token)))?;
    }
    for account in saved::lines(reader.db()).await? {
        out.line(&Line::Account(Box::new(account)))?;
    }
    for digest in reader.db().archived_packs().await? {
        let Some(kept) = reader.db().archived_pack(&digest).await? else { continue };
        let (stored_at, files) = (kept.stored_at.micros(), STANDARD.encode(kept.files));
        out.line(&Line::Pack { digest, stored_at, files })?;
    }
    let (mut saved, mut lost) = (0, Vec::new());
    for digest in attached {
        let found = files.get(&digest);
        match found.map_err(|source| BackupError::File { action: "made", source })? {
            Some(bytes) => {
                out.line(&Line::File { digest, bytes: STANDARD.encode(bytes) })?;
                saved += 1;
            }
            None => lost.push(digest),
        }
    }
    let digest = format!("sha256:{}", hex(&out.digest.clone().finalize()));
    let summary = Summary { records: size, persons, files: saved, lost, digest: digest.clone() };
    out.line(&Line::End { records: size, persons, digest })?;
    out.out.flush().map_err(|source| BackupError::File { action: "written", source })?;
    Ok(summary)
}

struct Lines<W> {
    out: W,
    digest: Sha256,
}

impl<W: Write> Lines<W> {
    fn line(&mut self, line: &Line) -> Result<(), BackupError> {
        let fault = |source| BackupError::File { action: "written", source };
        let mut text = serde_json::to_vec(line).map_err(|e| fault(e.into()))?;
        text.push(b'\n');
        self.digest.update(&text);
        self.out.write_all(&text).map_err(fault)
    }
}

async fn log_line(reader: &Reader, log: LogRow) -> Result<LogLine, store::Error> {
    let mut first_entry = None;
    if log.first_index == 1 {
        let tiles = store::log::LogReader::new(reader.db().clone(), Handle::current(), log.number);
        let reading = tokio::task::spawn_blocking(move || {
            let size = tiles_size(&tiles)?;
            ledger::TreeReader::new(&tiles, size).entry(0).map_err(|e| e.to_string())
        });
        let entry =
            reading.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        let entry = entry.map_err(|what| store::Error::Damaged { what })?;
        first_entry = Some(STANDARD.encode(entry));
    }
    Ok(LogLine {
        number: log.number,
        origin: log.origin,
        first_position: log.first_position,
        first_index: log.first_index,
        checkpoint: log.checkpoint.map(|note| STANDARD.encode(note)),
        first_entry,
    })
}

fn tiles_size(tiles: &store::log::LogReader) -> Result<u64, String> {
    use ledger::storage::ReadTiles as _;
    let note = tiles.read_checkpoint().map_err(|e| e.to_string())?.unwrap_or_default();
    SignedCheckpoint::parse(&note).map(|s| s.checkpoint().size).map_err(|e| e.to_string())
}

fn record_line(record: Stored) -> Result<RecordLine, store::Error> {
    let position = record.position;
    let text = |bytes: Vec<u8>| {
        let what = || format!("a text of the record at position {position}");
        String::from_utf8(bytes).map_err(|_| store::Error::Damaged { what: what() })
    };
    let id = |id: Option<RecordId>| id.map(|id| id.to_string());
    Ok(RecordLine {
        id: record.id.to_string(),
        kind: record.kind,
        valid_at: record.valid_at.micros(),
        recorded_at: record.recorded_at.micros(),
        class: record.class,
        batch: id(record.batch),
        corrects: id(record.corrects),
        withdraws: id(record.withdraws),
        closes: id(record.closes),
        content: record.content.to_string(),
        unique_keys: STANDARD.encode(record.unique_keys),
        envelope: text(record.envelope)?,
        open: text(record.open)?,
        nonce: STANDARD.encode(record.nonce),
        leaf: STANDARD.encode(record.leaf),
        personal: record
            .personal
            .into_iter()
            .map(|part| (part.person, STANDARD.encode(part.sealed)))
            .collect(),
    })
}

fn token_line(token: TokenRow) -> TokenLine {
    TokenLine {
        digest: STANDARD.encode(token.digest),
        name: token.name,
        on_behalf_of: token.on_behalf_of,
        account: token.account,
        office: token.office,
        permissions: token.permissions,
        created_at: token.created_at.micros(),
        expires_at: token.expires_at.micros(),
        revoked_at: token.revoked_at.map(Timestamp::micros),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks that a backup is whole, from its first line to its end.
///
/// # Errors
/// [`BackupError::Wrong`], [`BackupError::File`].
pub fn check(from: impl BufRead) -> Result<Summary, BackupError> {
    let mut reading = Reading::new(from);
    loop {
        if let Line::End { records, persons, digest } = reading.next()? {
            reading.finish()?;
            return Ok(reading.summary(records, persons, digest));
        }
    }
}

struct Reading<R> {
    from: R,
    line: u64,
    text: Vec<u8>,
    digest: Sha256,
    records: u64,
    persons: u64,
    files: u64,
}

impl<R: BufRead> Reading<R> {
    fn new(from: R) -> Self {
        let (line, text, digest) = (0, Vec::new(), Sha256::new());
        Self { from, line, text, digest, records: 0, persons: 0, files: 0 }
    }

    fn summary(&self, records: u64, persons: u64, digest: String) -> Summary {
        Summary { records, persons, files: self.files, lost: Vec::new(), digest }
    }

    fn wrong(&self, reason: impl Into<String>) -> BackupError {
        BackupError::Wrong { line: self.line, reason: reason.into() }
    }

    fn next(&mut self) -> Result<Line, BackupError> {
        self.text.clear();
        self.line += 1;
        let read = self.from.read_until(b'\n', &mut self.text);
        read.map_err(|source| BackupError::File { action: "read", source })?;
        if self.text.last() != Some(&b'\n') {
            return Err(self.wrong("it is cut off"));
        }
        let line: Line = serde_json::from_slice(&self.text)
            .map_err(|e| self.wrong(format!("it does not read ({e})")))?;
        match &line {
            Line::Header(header) => {
                if header.format != FORMAT || header.version != VERSION || self.line != 1 {
                    return Err(self.wrong("it is no backup that this program knows"));
                }
            }
            _ if self.line == 1 => return Err(self.wrong("a backup begins with a header")),
            Line::Record(_) => self.records += 1,
            Line::Person { .. } => self.persons += 1,
            Line::File { .. } => self.files += 1,
            Line::Token(_) | Line::Account(_) | Line::Pack { .. } => {}
            Line::End { records, persons, digest } => {
                let found = format!("sha256:{}", hex(&self.digest.clone().finalize()));
                if *digest != found || (*records, *persons) != (self.records, self.persons) {
                    return Err(self.wrong("the backup was changed since it was made"));
                }
            }
        }
        self.digest.update(&self.text);
        Ok(line)
    }

    fn finish(&mut self) -> Result<(), BackupError> {
        let rest =
            self.from.fill_buf().map_err(|source| BackupError::File { action: "read", source })?;
        if rest.is_empty() { Ok(()) } else { Err(self.wrong("something follows the end")) }
    }
}

/// Restores a backup into an empty store, and the files of its attachments into their folder. Check it
/// first: what is restored before a fault stays.
///
/// # Errors
/// [`BackupError`].
pub async fn restore(
    address: &Address,
    files: &Files,
    from: impl BufRead,
) -> Result<Summary, BackupError> {
    let opened = address.clone();
    let writer = tokio::task::spawn_blocking(move || store::open_writer(&opened)).await;
    let writer = writer.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
    let writer = Arc::new(writer?);
    let reader = Reader::open(address).await?;
    let records = reader.size().await?;
    if records > 0 || !reader.db().logs().await?.is_empty() {
        return Err(BackupError::NotEmpty { records });
    }
    let mut reading = Reading::new(from);
    let mut header = None;
    let mut chunk: Vec<NewRecord> = Vec::with_capacity(CHUNK);
    let mut at = 0;
    let mut statements = Vec::new();
    loop {
        let line = reading.next()?;
        if !matches!(line, Line::Record(_)) || chunk.len() >= CHUNK {
            at = flush(&writer, &mut chunk, at).await?;
        }
        match line {
            Line::Header(found) => {
                // Before anything is in it, as always.
                if found.demonstration {
                    writer.write(vec![store::state::begin_demonstration()]).await?;
                }
                header = Some(found);
            }
            Line::Record(line) => {
                let record =
                    new_record(line).ok_or_else(|| reading.wrong("a record that does not read"))?;
                // What takes something back is decided by itself, as it was the first time.
                if record.withdraws.is_some() {
                    at = flush(&writer, &mut chunk, at).await?;
                    chunk.push(record);
                    at = flush(&writer, &mut chunk, at).await?;
                } else {
                    chunk.push(record);
                }
            }
            Line::Person { person, wrapped, restricted } => {
                let wrapped =
                    bytes(&wrapped).ok_or_else(|| reading.wrong("a key that does not read"))?;
                let key = WrappedKey { person, wrapped };
                statements.push(store::person_key::put(&StoredKey { key, restricted }));
            }
            Line::Token(token) => {
                let statement = token_statement(token);
                statements
                    .push(statement.ok_or_else(|| reading.wrong("a token that does not read"))?);
            }
            Line::Account(account) => {
                let made = account.statements();
                let made = made.ok_or_else(|| reading.wrong("an account that does not read"))?;
                statements.extend(made);
            }
            Line::Pack { digest, stored_at, files } => {
                let files = bytes(&files);
                let files = files.ok_or_else(|| reading.wrong("a pack that does not read"))?;
                let stored_at = Timestamp::from_micros(stored_at);
                statements.push(store::pack_archive::put(&PackRow { digest, stored_at, files }));
            }
            Line::File { digest, bytes: text } => {
                let content = bytes(&text);
                let content = content.ok_or_else(|| reading.wrong("a file that does not read"))?;
                let put = files.put(&content);
                let put = put.map_err(|source| BackupError::File { action: "restored", source })?;
                if put.to_string() != digest {
                    return Err(reading.wrong("a file that is another"));
                }
            }
            Line::End { records, persons, digest } => {
                reading.finish()?;
                writer.write(std::mem::take(&mut statements)).await?;
                let header = header.ok_or_else(|| reading.wrong("there was no header"))?;
                restore_logs(&reader, &writer, &header).await?;
                let pack = header.pack.as_deref();
                let mut last = vec![store::state::set_restored(pack)];
                last.extend(header.demonstration.then(store::state::end_demonstration));
                writer.write(last).await?;
                return Ok(reading.summary(records, persons, digest));
            }
        }
        if statements.len() >= CHUNK {
            writer.write(std::mem::take(&mut statements)).await?;
        }
    }
}

/// Stores records, which must get the positions that they had.
async fn flush(
    writer: &store::Writer,
    chunk: &mut Vec<NewRecord>,
    at: u64,
) -> Result<u64, BackupError> {
    let mut next = at;
    for answer in writer.submit_each(std::mem::take(chunk))?.await? {
        match answer {
            Ok(Outcome::Stored { position }) if position == next => next += 1,
            other => {
                let what =
                    format!("the record at position {next} of the backup is refused: {other:?}");
                return Err(store::Error::Damaged { what }.into());
            }
        }
    }
    Ok(next)
}

/// Puts the leaves of the restored records into the tiles of the logs, up to their checkpoints.
async fn restore_logs(
    reader: &Reader,
    writer: &Arc<store::Writer>,
    header: &Header,
) -> Result<(), BackupError> {
    let damaged = |what: String| BackupError::Store(store::Error::Damaged { what });
    for line in &header.logs {
        let row = LogRow {
            number: line.number,
            origin: line.origin.clone(),
            first_position: line.first_position,
            first_index: line.first_index,
            checkpoint: None,
        };
        writer.write(vec![add(&row)]).await?;
        let Some(note) = line.checkpoint.as_deref() else { continue };
        let note = bytes(note).ok_or_else(|| damaged("a checkpoint that does not read".into()))?;
        let signed = SignedCheckpoint::parse(&note).map_err(|e| damaged(e.to_string()))?;
        let storage = TileStorage::new(
            reader.db().clone(),
            Arc::clone(writer),
            Handle::current(),
            row.number,
        );
        let first = line.first_entry.as_deref().and_then(bytes);
        let (reader, handle, origin) = (reader.clone(), Handle::current(), row.origin.clone());
        let wanted = signed.checkpoint().clone();
        let (from, to) =
            (row.first_position, row.position(wanted.size).unwrap_or(row.first_position));
        let building = tokio::task::spawn_blocking(move || {
            // Nothing that is signed on the way stays: the old checkpoint is put in its place.
            let key = SignerKey::from_seed(&origin, &random()).map_err(|e| e.to_string())?;
            let text = |e: ledger::LogError| e.to_string();
            let mut log =
                Log::create_with(storage, &origin, &[&key], NoDuplicates).map_err(text)?;
            if let Some(first) = first {
                log.append(&first).map_err(text)?;
            }
            let mut at = from;
            while at < to {
                let next = to.min(at + 8192);
                let leaves = handle.block_on(reader.leaves(at, next)).map_err(|e| e.to_string())?;
                for leaf in leaves {
                    log.append(&leaf).map_err(text)?;
                }
                log.publish(&[&key]).map_err(text)?;
                at = next;
            }
            log.publish(&[&key]).map_err(text)?;
            if log.root() == wanted.root && log.size() == wanted.size {
                Ok(())
            } else {
                Err(format!("the records do not give the signed root of {origin}"))
            }
        });
        let built =
            building.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        built.map_err(damaged)?;
        writer.write(vec![store::log::set_checkpoint(row.number, &note)]).await?;
    }
    Ok(())
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

fn new_record(line: RecordLine) -> Option<NewRecord> {
    let id = |id: Option<String>| match id {
        Some(id) => id.parse::<RecordId>().ok().map(Some),
        None => Some(None),
    };
    let keys = bytes(&line.unique_keys)?;
    let (keys, rest) = keys.as_chunks::<32>();
    let personal = line
        .personal
        .into_iter()
        .map(|(person, sealed)| Some(PersonalSealed { person, sealed: bytes(&sealed)? }));
    rest.is_empty().then_some(())?;
    Some(NewRecord {
        id: line.id.parse().ok()?,
        content: line.content.parse().ok()?,
        kind: line.kind,
        valid_at: Timestamp::from_micros(line.valid_at),
        recorded_at: Timestamp::from_micros(line.recorded_at),
        class: Class::from_word(&line.class)?,
        batch: id(line.batch)?,
        corrects: id(line.corrects)?,
        withdraws: id(line.withdraws)?,
        closes: id(line.closes)?,
        unique_keys: keys.iter().map(|key| Digest::from(*key)).collect(),
        envelope: line.envelope.into_bytes(),
        open: line.open.into_bytes(),
        personal: personal.collect::<Option<_>>()?,
        new_keys: Vec::new(),
        nonce: bytes(&line.nonce)?.try_into().ok()?,
        leaf: bytes(&line.leaf)?,
    })
}

fn token_statement(token: TokenLine) -> Option<Statement> {
    Some(store::token::put(&TokenRow {
        digest: bytes(&token.digest)?,
        name: token.name,
        on_behalf_of: token.on_behalf_of,
        account: token.account,
        office: token.office,
        permissions: token.permissions,
        created_at: Timestamp::from_micros(token.created_at),
        expires_at: Timestamp::from_micros(token.expires_at),
        revoked_at: token.revoked_at.map(Timestamp::from_micros),
    }))
}
