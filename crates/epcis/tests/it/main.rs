#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! Published events, documents, hashes and queries.

mod documents;
mod hashes;
mod laws;
mod queries;
mod words;

use std::path::{Path, PathBuf};

use epcis::{Fault, Limits, Read, Reader};

/// The folder of trace data, or nothing where a plain clone has no such folder.
fn folder(name: &str) -> Option<PathBuf> {
    let folder = testkit::testdata().join("trace").join(name);
    let whole = std::env::var_os("ZHIHENG_TESTDATA").is_some();
    assert!(folder.is_dir() || !whole, "no folder {}", folder.display());
    folder.is_dir().then_some(folder)
}

/// All events of a file, their faults, and what the document says.
fn read(path: &Path) -> (Vec<Read>, Vec<Fault>, epcis::Document) {
    let bytes = std::fs::read(path).unwrap();
    let mut reader = Reader::new(&bytes[..], Limits::default()).unwrap();
    let (mut events, mut faults) = (Vec::new(), Vec::new());
    for item in &mut reader {
        match item {
            Ok(read) => events.push(read),
            Err(fault) => faults.push(*fault),
        }
    }
    (events, faults, reader.document().clone())
}

/// The one event of a text.
fn one(text: &str) -> Result<epcis::Event, Box<Fault>> {
    let mut reader = Reader::new(text.as_bytes(), Limits::default())?;
    let first = reader.next().expect("an event or a fault")?;
    match reader.next() {
        Some(Err(fault)) => Err(fault),
        _ => Ok(first.event),
    }
}
