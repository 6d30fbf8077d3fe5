//! Streams on their way in: checked records in a file, so that memory does not hold them and a
//! stream that was once checked to its end goes on after a crash.
//!
//! The file begins with a line of JSON about the stream, then come the records, and at the end,
//! once the stream was checked to its end, [`END`] and their number. It holds nothing that the
//! store does not: personal parts are encrypted in it already.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use model::{Class, Digest, RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use store::{NewRecord, PersonalSealed, WrappedKey};

use crate::keys::sync_folder;

/// A length that no record has.
const END: u32 = u32::MAX;

/// What a staged stream is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) batch: String,
    pub(super) on_behalf_of: String,
    pub(super) account: String,
    pub(super) source: Option<String>,
    pub(super) proceed: bool,
    /// What a person held when it began; none for a program. It must be held until it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rights: Option<Vec<String>>,
    /// Whether its records are of events: one that is there already is no fault.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) events: bool,
}

/// A stream that is being staged.
pub(super) struct Staging {
    path: PathBuf,
    file: BufWriter<File>,
    records: u64,
}

impl Staging {
    /// The file of a batch.
    pub(super) fn path(data: &Path, batch: RecordId) -> PathBuf {
        data.join("staging").join(format!("{batch}.stage"))
    }

    pub(super) fn create(data: &Path, batch: RecordId, header: &Header) -> io::Result<Self> {
        let path = Self::path(data, batch);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
            // Its own name too: a stream that is told to be checked is found after a power cut.
            sync_folder(folder)?;
        }
        let file = File::create_new(&path)?;
        let mut file = BufWriter::with_capacity(1 << 20, file);
        serde_json::to_writer(&mut file, header)?;
        file.write_all(b"\n")?;
        Ok(Self { path, file, records: 0 })
    }

    pub(super) fn add(&mut self, frames: &[u8], records: u64) -> io::Result<()> {
        self.records += records;
        self.file.write_all(frames)
    }

    /// Says that all was checked, durably. Where that fails nothing stays.
    pub(super) fn finish(self) -> io::Result<PathBuf> {
        let Self { path, mut file, records } = self;
        let mut end = || {
            file.write_all(&END.to_le_bytes())?;
            file.write_all(&records.to_le_bytes())?;
            file.flush()?;
            file.get_ref().sync_all()?;
            sync_folder(&path)
        };
        let ended = end();
        drop(file);
        if ended.is_err() {
            let _ = fs::remove_file(&path);
        }
        ended.map(|()| path)
    }

    pub(super) fn discard(self) {
        drop(self.file);
        // What stays is found and removed at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

/// A staged stream that is read back.
pub(super) struct Staged {
    pub(super) header: Header,
    /// How many records it has.
    pub(super) records: u64,
    file: BufReader<File>,
}

impl Staged {
    /// Opens a staged stream; none where it was not checked to its end.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        if length < 12 {
            return Ok(None);
        }
        use io::Seek as _;
        file.seek(io::SeekFrom::End(-12))?;
        let (mut end, mut records) = ([0; 4], [0; 8]);
        file.read_exact(&mut end)?;
        file.read_exact(&mut records)?;
        file.seek(io::SeekFrom::Start(0))?;
        if u32::from_le_bytes(end) != END {
            return Ok(None);
        }
        let mut file = BufReader::with_capacity(1 << 20, file);
        let mut line = String::new();
        file.read_line(&mut line)?;
        let records = u64::from_le_bytes(records);
        Ok(Some(Self { header: serde_json::from_str(&line)?, records, file }))
    }

    /// The next records with their lines, at most so many; nothing at the end.
    pub(super) fn next(&mut self, most: usize) -> io::Result<Vec<(u64, NewRecord)>> {
        let mut found = Vec::with_capacity(most);
        let mut frame = Vec::new();
        while found.len() < most {
            let mut length = [0; 4];
            self.file.read_exact(&mut length)?;
            let length = u32::from_le_bytes(length);
            if length == END {
                // Stay before the end: it is read again by the next call.
                self.file.seek_relative(-4)?;
                break;
            }
            frame.resize(length as usize, 0);
            self.file.read_exact(&mut frame)?;
            let record = decode(&frame);
            found.push(record.ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, "a staged record is damaged")
            })?);
        }
        Ok(found)
    }
}

/// Appends a record and the line that it came from.
pub(super) fn encode(into: &mut Vec<u8>, line: u64, record: &NewRecord) {
    let start = into.len();
    into.extend_from_slice(&[0; 4]);
    into.extend_from_slice(&line.to_le_bytes());
    id(into, Some(record.id));
    into.extend_from_slice(record.content.as_bytes());
    bytes(into, record.kind.as_bytes());
    into.extend_from_slice(&record.valid_at.micros().to_le_bytes());
    into.extend_from_slice(&record.recorded_at.micros().to_le_bytes());
    bytes(into, record.class.word().as_bytes());
    for other in [record.batch, record.corrects, record.withdraws, record.closes] {
        id(into, other);
    }
    count(into, record.unique_keys.len());
    for key in &record.unique_keys {
        into.extend_from_slice(key.as_bytes());
    }
    bytes(into, &record.envelope);
    bytes(into, &record.open);
    count(into, record.personal.len());
    for part in &record.personal {
        bytes(into, part.person.as_bytes());
        bytes(into, &part.sealed);
    }
    count(into, record.new_keys.len());
    for key in &record.new_keys {
        bytes(into, key.person.as_bytes());
        bytes(into, &key.wrapped);
    }
    into.extend_from_slice(&record.nonce);
    bytes(into, &record.leaf);
    let length = (into.len() - start - 4) as u32;
    into[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

fn count(into: &mut Vec<u8>, count: usize) {
    into.extend_from_slice(&(count as u32).to_le_bytes());
}

fn bytes(into: &mut Vec<u8>, bytes: &[u8]) {
    count(into, bytes.len());
    into.extend_from_slice(bytes);
}

fn id(into: &mut Vec<u8>, id: Option<RecordId>) {
    into.extend_from_slice(id.as_ref().map_or(&[0; 16], RecordId::as_bytes).as_slice());
}

struct Decoder<'a>(&'a [u8]);

impl<'a> Decoder<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn count(&mut self) -> Option<usize> {
        self.array().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.count()?;
        self.take(length)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn time(&mut self) -> Option<Timestamp> {
        self.array().map(|bytes| Timestamp::from_micros(i64::from_le_bytes(bytes)))
    }

    fn id(&mut self) -> Option<Option<RecordId>> {
        let bytes = self.array()?;
        if bytes == [0; 16] { Some(None) } else { RecordId::from_bytes(bytes).ok().map(Some) }
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.count()?;
        (0..count).map(|_| item(self)).collect()
    }
}

fn decode(frame: &[u8]) -> Option<(u64, NewRecord)> {
    let mut from = Decoder(frame);
    let line = u64::from_le_bytes(from.array()?);
    let record = NewRecord {
        id: from.id()??,
        content: Digest::from(from.array::<32>()?),
        kind: from.text()?,
        valid_at: from.time()?,
        recorded_at: from.time()?,
        class: Class::from_word(&from.text()?)?,
        batch: from.id()?,
        corrects: from.id()?,
        withdraws: from.id()?,
        closes: from.id()?,
        unique_keys: from.list(|from| from.array::<32>().map(Digest::from))?,
        envelope: from.bytes()?.to_vec(),
        open: from.bytes()?.to_vec(),
        personal: from.list(|from| {
            Some(PersonalSealed { person: from.text()?, sealed: from.bytes()?.to_vec() })
        })?,
        new_keys: from.list(|from| {
            Some(WrappedKey { person: from.text()?, wrapped: from.bytes()?.to_vec() })
        })?,
        nonce: from.array()?,
        leaf: from.bytes()?.to_vec(),
    };
    from.0.is_empty().then_some((line, record))
}
