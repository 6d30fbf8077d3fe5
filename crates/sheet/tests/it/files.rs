//! Files for tests, and what is read of them.

use std::path::PathBuf;

use sheet::{Cell, Fault, Flow, Layout, Limits, Note, Row, Source};
use tempfile::TempDir;

/// A file in a folder of its own.
pub struct File {
    _folder: TempDir,
    pub path: PathBuf,
}

impl File {
    pub fn of(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        std::fs::write(&path, bytes).unwrap();
        Self { _folder: folder, path }
    }

    pub fn open(&self) -> Result<Source, Fault> {
        Source::open(&self.path, Layout::default(), &Limits::default())
    }
}

/// What was read of the first sheet of a file.
#[derive(Debug)]
pub struct Read {
    pub rows: Vec<Row>,
    pub notes: Vec<Note>,
    pub fault: Option<Fault>,
}

impl Read {
    pub fn texts(&self) -> Vec<Vec<&str>> {
        self.rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect())
            .collect()
    }

    pub fn numbers(&self) -> Vec<u64> {
        self.rows.iter().map(|row| row.number).collect()
    }

    pub fn fault(&self) -> (&'static str, Option<u64>) {
        let fault = self.fault.as_ref().expect("a fault");
        assert!(!fault.en.is_empty() && !fault.zh.is_empty());
        (fault.code, fault.row)
    }
}

pub fn read_with(bytes: &[u8], layout: Layout, limits: &Limits) -> Read {
    let file = File::of(bytes);
    let mut rows = Vec::new();
    let mut source = match Source::open(&file.path, layout, limits) {
        Ok(source) => source,
        Err(fault) => return Read { rows, notes: Vec::new(), fault: Some(fault) },
    };
    let fault = source
        .read(0, &mut |row| {
            rows.push(row.clone());
            Flow::On
        })
        .err();
    Read { rows, notes: source.notes().to_vec(), fault }
}

pub fn read(bytes: &[u8]) -> Read {
    read_with(bytes, Layout::default(), &Limits::default())
}

pub fn cell(text: &str) -> Cell {
    Cell::text(text)
}
