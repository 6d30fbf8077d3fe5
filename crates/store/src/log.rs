//! The evidence logs in the store: their tiles and checkpoints, and which records they hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger::audit::LogFiles;
use ledger::storage::{ReadTiles, Storage, StorageError};
use ledger::tile::{FULL_WIDTH, TileId, TileKind};
use tokio::runtime::Handle;

use crate::db::{Bind, Db, Row, Statement};
use crate::error::Error;
use crate::writer::Writer;

/// A log of a store. A store has one that grows, and those that it had before it was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Its number, from 1; the largest is the one that grows.
    pub number: u64,
    /// Its name.
    pub origin: String,
    /// The position of the first record that is in it.
    pub first_position: u64,
    /// The index of that record: 0, or 1 behind an entry that names the log before.
    pub first_index: u64,
    /// The note with the last checkpoint.
    pub checkpoint: Option<Vec<u8>>,
}

impl LogRow {
    /// The index of the record at a position, where it is in this log.
    pub fn index(&self, position: u64) -> Option<u64> {
        position.checked_sub(self.first_position).map(|after| after + self.first_index)
    }

    /// The position of the record behind an index.
    pub fn position(&self, index: u64) -> Option<u64> {
        index.checked_sub(self.first_index).map(|after| after + self.first_position)
    }
}

impl Db {
    /// The logs, the oldest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn logs(&self) -> Result<Vec<LogRow>, Error> {
        const SQL: &str = "SELECT number, origin, first_position, first_index, checkpoint FROM log \
             ORDER BY number";
        self.query(SQL, vec![]).await?.into_iter().map(log_row).collect()
    }

    /// The bytes of a tile.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn tile(&self, log: u64, tile: TileId) -> Result<Option<Vec<u8>>, Error> {
        let mut binds = vec![Bind::from(log)];
        binds.extend(key(tile));
        let row = self.first(READ, binds).await?;
        row.map(|mut row| row.take(0)).transpose()
    }
}

fn log_row(mut row: Row) -> Result<LogRow, Error> {
    Ok(LogRow {
        number: row.take(0)?,
        origin: row.take(1)?,
        first_position: row.take(2)?,
        first_index: row.take(3)?,
        checkpoint: row.take(4)?,
    })
}

/// The statement that adds a log without a checkpoint.
pub fn add(log: &LogRow) -> Statement {
    Statement::new(
        "INSERT INTO log (number, origin, first_position, first_index) VALUES ($1, $2, $3, $4)",
        vec![
            log.number.into(),
            log.origin.as_str().into(),
            log.first_position.into(),
            log.first_index.into(),
        ],
    )
}

/// The statements that remove a log with its tiles.
pub fn remove(number: u64) -> Vec<Statement> {
    ["DELETE FROM log_tile WHERE number = $1", "DELETE FROM log WHERE number = $1"]
        .map(|sql| Statement::new(sql, vec![number.into()]))
        .into()
}

/// The statement that puts a checkpoint in the place of the last.
pub fn set_checkpoint(number: u64, note: &[u8]) -> Statement {
    Statement::new(CHECKPOINT, vec![number.into(), note.into()])
}

const READ: &str = "SELECT bytes FROM log_tile \
     WHERE number = $1 AND level = $2 AND tile_index = $3 AND width = $4";
const WRITE: &str = "INSERT INTO log_tile (number, level, tile_index, width, bytes) \
     VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (number, level, tile_index, width) DO UPDATE SET bytes = excluded.bytes";
/// A log may drop a partial tile once the full one is there.
const DROP_PARTIAL: &str =
    "DELETE FROM log_tile WHERE number = $1 AND level = $2 AND tile_index = $3 AND width < 256";
const DROP: &str =
    "DELETE FROM log_tile WHERE number = $1 AND level = $2 AND tile_index = $3 AND width = $4";
const BEYOND: &str = "SELECT level, tile_index, width FROM log_tile \
     WHERE number = $1 AND level = $2 AND tile_index >= $3";
const LEVELS: &str = "SELECT DISTINCT level FROM log_tile WHERE number = $1";
const LIST: &str = "SELECT level, tile_index, width FROM log_tile WHERE number = $1";
const CHECKPOINT: &str = "UPDATE log SET checkpoint = $2 WHERE number = $1";

/// Level, index and width of a tile, as the table has them.
fn key(tile: TileId) -> [Bind; 3] {
    let level = match tile.kind() {
        TileKind::Entries => -1,
        TileKind::Hashes { level } => i64::from(level),
    };
    [level.into(), tile.index().into(), i64::from(tile.width()).into()]
}

fn kind(level: i64) -> Result<TileKind, Error> {
    match level {
        -1 => Ok(TileKind::Entries),
        level => u8::try_from(level)
            .map(|level| TileKind::Hashes { level })
            .map_err(|_| Error::damaged(format!("a tile of the level {level}"))),
    }
}

fn tile_id(mut row: Row) -> Result<TileId, Error> {
    let (level, index, width): (i64, u64, u64) = (row.take(0)?, row.take(1)?, row.take(2)?);
    let width = u16::try_from(width).ok();
    width
        .and_then(|width| TileId::new(kind(level).ok()?, index, width))
        .ok_or_else(|| Error::damaged(format!("a tile of the level {level}")))
}

/// Keeps a log in the store. What is written waits in memory until it is synced.
///
/// It blocks, so it is used on a thread of its own and never on one that serves requests.
pub struct TileStorage {
    db: Db,
    writer: Arc<Writer>,
    runtime: Handle,
    log: u64,
    pending: BTreeMap<TileId, Vec<u8>>,
    /// Full tiles whose partial ones are dropped with the next checkpoint: until then the last one
    /// needs those.
    full: Vec<TileId>,
}

impl TileStorage {
    /// The tiles of the log with a number, whose row is there.
    pub fn new(db: Db, writer: Arc<Writer>, runtime: Handle, log: u64) -> Self {
        Self { db, writer, runtime, log, pending: BTreeMap::new(), full: Vec::new() }
    }

    fn write(&self, statements: Vec<Statement>) -> Result<(), StorageError> {
        loop {
            match self.runtime.block_on(self.writer.write(statements.clone())) {
                Ok(_) => return Ok(()),
                // The queue is full of records; they go first.
                Err(Error::Busy) => std::thread::sleep(std::time::Duration::from_millis(5)),
                Err(error) => return Err(other("write the log", error)),
            }
        }
    }

    fn statement(&self, sql: &'static str, tile: TileId) -> Statement {
        let [level, index, width] = key(tile);
        let mut binds = vec![Bind::from(self.log), level, index];
        if sql != DROP_PARTIAL {
            binds.push(width);
        }
        Statement::new(sql, binds)
    }
}

fn other(action: &'static str, error: Error) -> StorageError {
    StorageError::Other { action, source: Box::new(error) }
}

impl ReadTiles for TileStorage {
    fn read_tile(&self, tile: TileId, into: &mut Vec<u8>) -> Result<bool, StorageError> {
        if let Some(bytes) = self.pending.get(&tile) {
            into.clear();
            into.extend_from_slice(bytes);
            return Ok(true);
        }
        LogReader { db: self.db.clone(), runtime: self.runtime.clone(), log: self.log }
            .read_tile(tile, into)
    }

    fn read_checkpoint(&self) -> Result<Option<Vec<u8>>, StorageError> {
        LogReader { db: self.db.clone(), runtime: self.runtime.clone(), log: self.log }
            .read_checkpoint()
    }
}

impl Storage for TileStorage {
    fn write_tile(&mut self, tile: TileId, bytes: &[u8]) -> Result<(), StorageError> {
        self.pending.insert(tile, bytes.to_vec());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut statements = Vec::with_capacity(self.pending.len());
        for (tile, bytes) in &self.pending {
            let mut write = self.statement(WRITE, *tile);
            write.binds.push(bytes.as_slice().into());
            statements.push(write);
        }
        self.write(statements)?;
        let stored = std::mem::take(&mut self.pending).into_keys();
        self.full.extend(stored.filter(|tile| tile.width() == FULL_WIDTH));
        Ok(())
    }

    fn write_checkpoint(&mut self, note: &[u8]) -> Result<(), StorageError> {
        let mut statements = vec![Statement::new(CHECKPOINT, vec![self.log.into(), note.into()])];
        statements.extend(self.full.iter().map(|tile| self.statement(DROP_PARTIAL, *tile)));
        self.write(statements)?;
        self.full.clear();
        Ok(())
    }

    fn tiles_beyond(&self, size: u64) -> Result<Vec<TileId>, StorageError> {
        let find = async {
            let mut found = Vec::new();
            for mut row in self.db.query(LEVELS, vec![self.log.into()]).await? {
                let level: i64 = row.take(0)?;
                let from = kind(level)?.items(size) / u64::from(FULL_WIDTH);
                let binds = vec![self.log.into(), level.into(), from.into()];
                for row in self.db.query(BEYOND, binds).await? {
                    found.push(tile_id(row)?);
                }
            }
            Ok(found)
        };
        let mut found =
            self.runtime.block_on(find).map_err(|error| other("list the tiles", error))?;
        found.retain(|tile| !tile.is_within(size));
        Ok(found)
    }

    fn set_aside(&mut self, tiles: &[TileId]) -> Result<(), StorageError> {
        // Nothing is lost: they are made anew from the leaves of the records.
        let statements: Vec<_> = tiles.iter().map(|tile| self.statement(DROP, *tile)).collect();
        if statements.is_empty() { Ok(()) } else { self.write(statements) }
    }
}

/// Reads a log of the store, for proofs and audits. It blocks, as [`TileStorage`] does.
#[derive(Clone)]
pub struct LogReader {
    db: Db,
    runtime: Handle,
    log: u64,
}

impl LogReader {
    /// The log with a number.
    pub fn new(db: Db, runtime: Handle, log: u64) -> Self {
        Self { db, runtime, log }
    }
}

impl ReadTiles for LogReader {
    fn read_tile(&self, tile: TileId, into: &mut Vec<u8>) -> Result<bool, StorageError> {
        let found = self.runtime.block_on(self.db.tile(self.log, tile));
        let found = found.map_err(|error| other("read a tile", error))?;
        into.clear();
        Ok(found.map(|bytes| *into = bytes).is_some())
    }

    fn read_checkpoint(&self) -> Result<Option<Vec<u8>>, StorageError> {
        const SQL: &str = "SELECT checkpoint FROM log WHERE number = $1";
        let row = self.runtime.block_on(self.db.first(SQL, vec![self.log.into()]));
        let note = row.and_then(|row| row.map(|mut row| row.take(0)).transpose());
        Ok(note.map_err(|error| other("read the checkpoint", error))?.flatten())
    }
}

impl LogFiles for LogReader {
    fn list(&self) -> Result<Vec<String>, StorageError> {
        let rows = self.runtime.block_on(self.db.query(LIST, vec![self.log.into()]));
        let tiles =
            rows.and_then(|rows| rows.into_iter().map(tile_id).collect::<Result<Vec<_>, _>>());
        let tiles = tiles.map_err(|error| other("list the tiles", error))?;
        let mut files: Vec<String> = tiles.iter().map(ToString::to_string).collect();
        files.push("checkpoint".to_owned());
        Ok(files)
    }

    fn read_file(&self, path: &str, into: &mut Vec<u8>) -> Result<bool, StorageError> {
        if path == "checkpoint" {
            let note = self.read_checkpoint()?;
            into.clear();
            return Ok(note.map(|note| *into = note).is_some());
        }
        match path.parse() {
            Ok(tile) => self.read_tile(tile, into),
            Err(_) => Ok(false),
        }
    }
}
