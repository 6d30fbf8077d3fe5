//! A ZIP archive (APPNOTE 6.3) that is written from front to back, so that a workbook can go out
//! while it is made: each entry is deflated, and its length and check sum stand behind it.
//!
//! There is no ZIP64 in it: Excel refuses entries that announce it and need it not. Whoever writes
//! keeps each entry below 4 GiB; an archive that would itself become longer is an error.

use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Quick, and close to the best: rows are alike.
const LEVEL: u32 = 2;

/// Counts what is written through it.
struct Counted<W> {
    out: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let count = self.out.write(buf)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

struct Entry {
    name: String,
    offset: u32,
    crc: u32,
    packed: u32,
    plain: u32,
}

/// An entry that is being written.
struct Within<W: Write> {
    encoder: DeflateEncoder<Counted<W>>,
    crc: Crc,
    plain: u64,
    began: u64,
    offset: u32,
}

enum State<W: Write> {
    Between(Counted<W>),
    Within(Box<Within<W>>),
    /// Something went wrong; nothing more is written.
    Broken,
}

pub(super) struct Zip<W: Write> {
    state: State<W>,
    entries: Vec<Entry>,
    name: String,
}

impl<W: Write> Zip<W> {
    pub(super) fn new(out: W) -> Self {
        let state = State::Between(Counted { out, bytes: 0 });
        Self { state, entries: Vec::new(), name: String::new() }
    }

    /// Begins an entry.
    pub(super) fn begin(&mut self, name: &str) -> io::Result<()> {
        let State::Between(mut counted) = std::mem::replace(&mut self.state, State::Broken) else {
            return Err(broken());
        };
        let offset = small(counted.bytes)?;
        let mut header = Vec::with_capacity(30 + name.len());
        header.extend_from_slice(&0x0403_4B50_u32.to_le_bytes());
        // Version 2.0; bit 3: length and check sum stand behind it; bit 11: the name is UTF-8.
        for word in [20, FLAGS, DEFLATE, 0, NO_DATE] {
            header.extend_from_slice(&u16::to_le_bytes(word));
        }
        header.extend_from_slice(&[0; 12]);
        header.extend_from_slice(&(name.len() as u16).to_le_bytes());
        header.extend_from_slice(&[0; 2]);
        header.extend_from_slice(name.as_bytes());
        counted.write_all(&header)?;
        let began = counted.bytes;
        self.name = name.to_owned();
        let encoder = DeflateEncoder::new(counted, Compression::new(LEVEL));
        self.state =
            State::Within(Box::new(Within { encoder, crc: Crc::new(), plain: 0, began, offset }));
        Ok(())
    }

    /// How long the entry is that is being written.
    pub(super) fn length(&self) -> u64 {
        if let State::Within(within) = &self.state { within.plain } else { 0 }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let State::Within(within) = &mut self.state else { return Err(broken()) };
        within.crc.update(bytes);
        within.plain += bytes.len() as u64;
        within.encoder.write_all(bytes)
    }

    /// Ends the entry.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let State::Within(within) = std::mem::replace(&mut self.state, State::Broken) else {
            return Err(broken());
        };
        let Within { encoder, crc, plain, began, offset } = *within;
        let mut counted = encoder.finish()?;
        let packed = small(counted.bytes - began)?;
        let (plain, crc) = (small(plain)?, crc.sum());
        let mut behind = Vec::with_capacity(16);
        for word in [0x0807_4B50, crc, packed, plain] {
            behind.extend_from_slice(&u32::to_le_bytes(word));
        }
        counted.write_all(&behind)?;
        let name = std::mem::take(&mut self.name);
        self.entries.push(Entry { name, offset, crc, packed, plain });
        self.state = State::Between(counted);
        Ok(())
    }

    /// A whole entry.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.begin(name)?;
        self.write(bytes)?;
        self.end()
    }

    /// Where it is written to.
    pub(super) fn out(&mut self) -> Option<&mut W> {
        match &mut self.state {
            State::Between(counted) => Some(&mut counted.out),
            State::Within(within) => Some(&mut within.encoder.get_mut().out),
            State::Broken => None,
        }
    }

    /// Ends the archive with the list of its entries.
    pub(super) fn finish(self) -> io::Result<W> {
        let State::Between(mut counted) = self.state else { return Err(broken()) };
        let start = small(counted.bytes)?;
        let mut list = Vec::new();
        for entry in &self.entries {
            list.extend_from_slice(&0x0201_4B50_u32.to_le_bytes());
            for word in [20, 20, FLAGS, DEFLATE, 0, NO_DATE] {
                list.extend_from_slice(&u16::to_le_bytes(word));
            }
            for word in [entry.crc, entry.packed, entry.plain] {
                list.extend_from_slice(&u32::to_le_bytes(word));
            }
            list.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
            list.extend_from_slice(&[0; 12]);
            list.extend_from_slice(&entry.offset.to_le_bytes());
            list.extend_from_slice(entry.name.as_bytes());
        }
        let (count, length) = (self.entries.len() as u16, small(list.len() as u64)?);
        list.extend_from_slice(&0x0605_4B50_u32.to_le_bytes());
        list.extend_from_slice(&[0; 4]);
        for word in [count, count] {
            list.extend_from_slice(&u16::to_le_bytes(word));
        }
        for word in [length, start] {
            list.extend_from_slice(&u32::to_le_bytes(word));
        }
        list.extend_from_slice(&[0; 2]);
        counted.write_all(&list)?;
        counted.flush()?;
        Ok(counted.out)
    }
}

const FLAGS: u16 = 1 << 3 | 1 << 11;
const DEFLATE: u16 = 8;
/// 1980-01-01: the same rows give the same bytes.
const NO_DATE: u16 = 1 << 5 | 1;

fn small(length: u64) -> io::Result<u32> {
    u32::try_from(length).map_err(|_| {
        io::Error::new(io::ErrorKind::FileTooLarge, "the workbook would be longer than 4 GiB")
    })
}

fn broken() -> io::Error {
    io::Error::other("the workbook could not be written before")
}
