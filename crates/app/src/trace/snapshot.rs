//! The graph in a file, so that a start need not read all records.
//!
//! The file holds what it was made with and from: a format, the digest of the pack, how many records,
//! and the id of the last of them. Where any of these is not as it should be, the graph is made anew;
//! the file is derived and can be thrown away at any time.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use ::trace::{Graph, Names, Span};

use super::amount::Amounts;
use super::position::Positions;
use super::state::{Events, State};

const MARK: [u8; 8] = *b"zh-chain";
/// Another number where anything is interpreted in another way.
const FORMAT: u64 = 2;
/// The longest text that is read.
const LONGEST: u64 = 1 << 16;

/// What a snapshot was made with and from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// The digest of the pack.
    pub(super) pack: String,
    /// How many records it knows.
    pub(super) known: u64,
    /// The id of the last of them.
    pub(super) last: String,
}

/// Where snapshots lie in the folder of an installation.
pub(super) fn path(data: &Path) -> PathBuf {
    data.join("trace").join("graph")
}

/// Writes a snapshot in the place of the one before, so that a kill leaves one of the two.
pub(super) fn write(path: &Path, origin: &Origin, state: &State) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    let mut to = BufWriter::with_capacity(1 << 20, File::create(&beside)?);
    to.write_all(&MARK)?;
    to.write_all(&FORMAT.to_le_bytes())?;
    to.write_all(&origin.known.to_le_bytes())?;
    for text in [&origin.pack, &origin.last] {
        to.write_all(&(text.len() as u64).to_le_bytes())?;
        to.write_all(text.as_bytes())?;
    }
    write_events(&mut to, &state.events)?;
    state.amounts.write(&mut to)?;
    state.positions.write(&mut to)?;
    state.names.write_snapshot(&mut to)?;
    state.graph.write_snapshot(&mut to)?;
    let file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// Whose snapshot lies there, without reading it all; none where there is none of this format.
pub(super) fn origin(path: &Path) -> io::Result<Option<Origin>> {
    match File::open(path) {
        Ok(file) => read_origin(&mut BufReader::new(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a snapshot; none where it is damaged.
pub(super) fn read(path: &Path) -> io::Result<Option<State>> {
    let mut from = BufReader::with_capacity(1 << 20, File::open(path)?);
    let Some(origin) = read_origin(&mut from)? else { return Ok(None) };
    let Some(events) = read_events(&mut from)? else { return Ok(None) };
    let Some(amounts) = Amounts::read(&mut from)? else { return Ok(None) };
    let positions = Positions::read(&mut from)?;
    let (Ok(names), Ok(graph)) = (Names::read_snapshot(&mut from), Graph::read_snapshot(&mut from))
    else {
        return Ok(None);
    };
    if graph.things() > names.len() {
        return Ok(None);
    }
    Ok(Some(State { graph, names, amounts, positions, events, known: origin.known, made: 0 }))
}

/// Throws the snapshot away.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn read_origin(from: &mut impl Read) -> io::Result<Option<Origin>> {
    let mut mark = [0; 8];
    from.read_exact(&mut mark)?;
    if mark != MARK || number(from)? != FORMAT {
        return Ok(None);
    }
    let known = number(from)?;
    let (Some(pack), Some(last)) = (text(from)?, text(from)?) else { return Ok(None) };
    Ok(Some(Origin { pack, known, last }))
}

fn write_events(to: &mut impl Write, events: &Events) -> io::Result<()> {
    let mut of_id: Vec<(u64, u64)> =
        events.of_id.iter().map(|(id, record)| (*id, *record)).collect();
    of_id.sort_unstable();
    to.write_all(&(of_id.len() as u64).to_le_bytes())?;
    for number in of_id.into_iter().flat_map(|(id, record)| [id, record]) {
        to.write_all(&number.to_le_bytes())?;
    }
    for lists in [&events.again, &events.declared] {
        to.write_all(&(lists.len() as u64).to_le_bytes())?;
        for (id, records) in lists {
            to.write_all(&id.to_le_bytes())?;
            to.write_all(&(records.len() as u64).to_le_bytes())?;
            for record in records {
                to.write_all(&record.to_le_bytes())?;
            }
        }
    }
    to.write_all(&(events.spans.len() as u64).to_le_bytes())?;
    for (record, spans) in &events.spans {
        to.write_all(&record.to_le_bytes())?;
        to.write_all(&(spans.len() as u64).to_le_bytes())?;
        for number in spans.iter().flat_map(|span| [span.from, span.until]) {
            to.write_all(&number.to_le_bytes())?;
        }
    }
    Ok(())
}

fn read_events(from: &mut impl Read) -> io::Result<Option<Events>> {
    let mut events = Events::default();
    for _ in 0..number(from)? {
        events.of_id.insert(number(from)?, number(from)?);
    }
    for lists in [&mut events.again, &mut events.declared] {
        for _ in 0..number(from)? {
            let id = number(from)?;
            let count = number(from)?;
            let list = lists.entry(id).or_default();
            for _ in 0..count {
                list.push(number(from)?);
            }
        }
    }
    for _ in 0..number(from)? {
        let record = number(from)?;
        let count = number(from)?;
        let list = events.spans.entry(record).or_default();
        for _ in 0..count {
            list.push(Span { from: number(from)?, until: number(from)? });
        }
    }
    Ok(Some(events))
}

pub(super) fn number(from: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// None where it is no text.
pub(super) fn text(from: &mut impl Read) -> io::Result<Option<String>> {
    let length = number(from)?;
    if length > LONGEST {
        return Ok(None);
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    Ok(String::from_utf8(bytes).ok())
}
