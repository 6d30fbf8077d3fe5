//! Tables for tests, and what becomes of them.

use std::path::PathBuf;
use std::sync::Arc;

use app::import::run::{Imported, NotImported, Table};
use app::import::{CellFault, Choice, Progress};
use app::{Principal, Rejection, System};
use model::RecordId;
use tempfile::TempDir;

use crate::support::*;

/// A table in a folder of its own.
pub struct File {
    pub folder: TempDir,
    pub path: PathBuf,
}

impl File {
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table");
        std::fs::write(&path, bytes).unwrap();
        Self { folder, path }
    }

    pub fn table(&self, mapping: &str) -> Table {
        let as_of = Some("2026-03-01".to_owned());
        let choice = Choice { mapping: mapping.to_owned(), as_of, ..Choice::default() };
        Table { path: self.path.clone(), name: "table.csv".to_owned(), choice }
    }
}

pub fn checked(home: &Home, system: &Arc<System>, file: &File, mapping: &str) -> Imported {
    try_check(home, system, file, mapping).unwrap()
}

pub fn try_check(
    home: &Home,
    system: &Arc<System>,
    file: &File,
    mapping: &str,
) -> Result<Imported, Rejection> {
    let progress: Arc<Progress> = Arc::default();
    home.run(system.check_table(operator(), &file.table(mapping), &progress))
}

pub fn import_as(
    home: &Home,
    system: &Arc<System>,
    who: &Principal,
    file: &File,
    mapping: &str,
    good_rows: bool,
) -> Result<(RecordId, Imported), NotImported> {
    let (batch, progress): (_, Arc<Progress>) = (system.new_batch(), Arc::default());
    let table = file.table(mapping);
    let imported =
        home.run(system.import_table(who, &table, (batch, good_rows), &progress, |_| Ok(())))?;
    if let Some(position) = imported.counts_from {
        // What comes after reads what is merged.
        merged(home, system, position + 1);
    }
    Ok((batch, imported))
}

pub fn import(
    home: &Home,
    system: &Arc<System>,
    file: &File,
    mapping: &str,
) -> (RecordId, Imported) {
    import_as(home, system, operator(), file, mapping, false).unwrap()
}

/// Faults as place and code, and that each says what is wrong and what to do in both languages.
pub fn told(faults: &[CellFault]) -> Vec<(String, &str)> {
    for fault in faults {
        for words in [&fault.why_en, &fault.why_zh, &fault.do_en, &fault.do_zh] {
            assert!(!words.trim().is_empty(), "{fault:?}");
        }
        assert!(!fault.why_zh.is_ascii() && !fault.do_zh.is_ascii(), "{fault:?}");
    }
    faults.iter().map(|fault| (fault.place(), fault.code.as_str())).collect()
}

/// The records of a kind that count.
pub fn kind_ids(home: &Home, system: &System, kind: &str) -> Vec<RecordId> {
    let page =
        home.run(system.list(operator(), kind, &Default::default(), Default::default(), None, 500));
    page.unwrap().records.iter().map(|view| view.stored.id).collect()
}

/// Waits until so many records are merged, however busy the machine is.
pub fn merged(home: &Home, system: &System, known: u64) {
    let when = app::reading::When { known: Some(known), valid: None };
    let is_merged = (0..30).any(|_| home.run(system.as_of(when)).is_ok());
    assert!(is_merged, "the readings do not follow");
}
