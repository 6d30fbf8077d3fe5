//! The graph as bytes, so that a start need not make it of all records.
//!
//! A snapshot holds numbers in little-endian order: a mark and a format, how many acts, links,
//! things and exceptions there are, then each array. It is derived like the graph; what does not
//! read is made anew.

use std::io::{self, Read, Write};

use crate::act::{Act, Certainty, Link, Part};
use crate::as_of::Span;
use crate::error::Error;
use crate::graph::{ActRow, Frozen, Graph};

const MARK: [u8; 8] = *b"zh-trace";
const FORMAT: u64 = 2;
/// Numbers that are read at a time: a length that is a lie takes no more memory than there are bytes.
const PIECE: usize = 1 << 16;

/// What goes wrong with a snapshot.
#[derive(Debug)]
pub enum Fault {
    /// It cannot be read or written.
    Io(io::Error),
    /// It is not right.
    Snapshot(Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Snapshot(Error::Damaged),
            _ => Self::Io(error),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the snapshot cannot be read or written: {error}"),
            Self::Snapshot(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Fault {}

impl Graph {
    /// Writes the graph, its tail merged. Where there is one, that is done with a copy: who can
    /// [compact](Self::compact) before saves the memory.
    ///
    /// # Errors
    /// What the writer cannot take.
    pub fn write_snapshot(&self, to: &mut impl Write) -> io::Result<()> {
        if self.tail.acts() > 0 {
            let mut whole = self.clone();
            whole.compact();
            return whole.write_snapshot(to);
        }
        let Frozen { acts, act_links, things, .. } = &self.base;
        to.write_all(&MARK)?;
        let mut spans: Vec<_> = self.spans.iter().collect();
        spans.sort_unstable_by_key(|(act, _)| **act);
        let lengths = [acts.len(), act_links.len(), things.len().saturating_sub(1), spans.len()];
        for number in [FORMAT].into_iter().chain(lengths.map(|length| length as u64)) {
            to.write_all(&number.to_le_bytes())?;
        }
        for row in acts {
            to.write_all(&row.at.to_le_bytes())?;
            to.write_all(&row.record.to_le_bytes())?;
            to.write_all(&row.from.to_le_bytes())?;
            to.write_all(&row.first.to_le_bytes())?;
            to.write_all(&row.note.to_le_bytes())?;
        }
        for link in act_links {
            to.write_all(&link.other.to_le_bytes())?;
            to.write_all(&[link.part, link.certainty as u8])?;
        }
        for (act, spans) in spans {
            to.write_all(&act.0.to_le_bytes())?;
            to.write_all(&(spans.len() as u32).to_le_bytes())?;
            for span in spans {
                to.write_all(&span.from.to_le_bytes())?;
                to.write_all(&span.until.to_le_bytes())?;
            }
        }
        Ok(())
    }

    /// Reads a graph. The ends at the things are made from those at the acts, which costs less than
    /// reading them.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn read_snapshot(from: &mut impl Read) -> Result<Self, Fault> {
        let mut mark = [0; 8];
        from.read_exact(&mut mark)?;
        if mark != MARK || number(from)? != FORMAT {
            return Err(Fault::Snapshot(Error::Format));
        }
        let damaged = Fault::Snapshot(Error::Damaged);
        let [acts, links, things, exceptions] =
            [number(from)?, number(from)?, number(from)?, number(from)?];
        if [acts, links, things, exceptions].iter().any(|length| *length > u64::from(u32::MAX)) {
            return Err(damaged);
        }
        let (acts, links) = (acts as usize, links as usize);
        let rows = rows::<32, _>(from, acts, |bytes| {
            let (at, rest) = bytes.split_first_chunk()?;
            let (record, rest) = rest.split_first_chunk()?;
            let (counts, rest) = rest.split_first_chunk()?;
            let (first, note) = rest.split_first_chunk()?;
            Some(ActRow {
                at: i64::from_le_bytes(*at),
                record: u64::from_le_bytes(*record),
                from: u64::from_le_bytes(*counts),
                first: u32::from_le_bytes(*first),
                note: u32::from_le_bytes(note.try_into().ok()?),
            })
        })?;
        let is_ordered = rows.is_sorted_by_key(|row| row.first)
            && rows.is_sorted_by_key(|row| row.record)
            && rows.first().is_none_or(|row| row.first == 0)
            && rows.last().is_none_or(|row| row.first as usize <= links);
        let act_links = self::rows::<6, _>(from, links, |bytes| {
            let (other, rest) = bytes.split_first_chunk()?;
            let [part, certainty] = rest else { return None };
            let other = u32::from_le_bytes(*other);
            Part::from_byte(*part).filter(|_| u64::from(other) < things)?;
            Some(Link { other, part: *part, certainty: Certainty::from_byte(*certainty)? })
        })?;
        if !is_ordered || (acts == 0 && links > 0) {
            return Err(damaged);
        }
        let mut spans = std::collections::HashMap::new();
        for _ in 0..exceptions {
            let mut head = [0; 8];
            from.read_exact(&mut head)?;
            let [act, count] = [&head[..4], &head[4..]]
                .map(|half| half.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b)));
            let of_act = rows_of_spans(from, count as usize)?;
            if act as usize >= acts {
                return Err(damaged);
            }
            spans.insert(Act(act), of_act.into_boxed_slice());
        }
        let base = Frozen::new(rows, act_links);
        if base.things() as u64 != things || from.read(&mut [0])? != 0 {
            return Err(damaged);
        }
        Ok(Self { base, spans, ..Self::default() })
    }
}

fn rows_of_spans(from: &mut impl Read, count: usize) -> Result<Vec<Span>, Fault> {
    rows::<16, _>(from, count, |bytes| {
        let (start, end) = bytes.split_first_chunk()?;
        let end = end.try_into().ok()?;
        Some(Span { from: u64::from_le_bytes(*start), until: u64::from_le_bytes(end) })
    })
}

fn number(from: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// So many rows of `N` bytes each.
fn rows<const N: usize, T>(
    from: &mut impl Read,
    count: usize,
    read: impl Fn(&[u8; N]) -> Option<T>,
) -> Result<Vec<T>, Fault> {
    let mut rows = Vec::with_capacity(count.min(PIECE));
    let mut bytes = vec![0; N * count.min(PIECE)];
    while rows.len() < count {
        let length = N * (count - rows.len()).min(PIECE);
        let piece = bytes.get_mut(..length).unwrap_or_default();
        from.read_exact(piece)?;
        for row in piece.as_chunks::<N>().0 {
            rows.push(read(row).ok_or(Fault::Snapshot(Error::Damaged))?);
        }
    }
    Ok(rows)
}
