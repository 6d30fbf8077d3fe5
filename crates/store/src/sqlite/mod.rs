//! SQLite through rusqlite: WAL, every commit synced.

use std::path::Path;

use model::{Digest, RecordId};
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use crate::dialect::Dialect;
use crate::error::Error;
use crate::schema;
use crate::writer::decide::Changes;
use crate::writer::{Engine, Known, KnownRecord, Place, Wanted};

/// The file inside the store's folder.
pub(crate) const FILE: &str = "zhiheng.sqlite";

pub(crate) struct SqliteEngine {
    connection: Connection,
    epoch: i64,
}

impl SqliteEngine {
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(|e| Error::Address {
            address: folder.display().to_string(),
            reason: e.to_string(),
        })?;
        let mut connection = Connection::open(folder.join(FILE))?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        // FULL: a commit is on the disk before it is acknowledged.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; \
             PRAGMA wal_autocheckpoint = 4000; PRAGMA trusted_schema = OFF;",
        )?;
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let has_tables: Option<i64> = transaction
            .query_row("SELECT 1 FROM sqlite_master WHERE name = 'store_state'", [], |row| {
                row.get(0)
            })
            .optional()?;
        let version = match has_tables {
            Some(_) => {
                transaction.query_row("SELECT version FROM store_state", [], |row| row.get(0))?
            }
            None => 0,
        };
        if version > schema::VERSION {
            return Err(Error::Newer { found: version, known: schema::VERSION });
        }
        transaction.execute_batch(&schema::steps_from(version, Dialect::Sqlite))?;
        transaction
            .execute("UPDATE store_state SET version = ?1, epoch = epoch + 1", [schema::VERSION])?;
        let epoch = transaction.query_row("SELECT epoch FROM store_state", [], |row| row.get(0))?;
        transaction.commit()?;
        Ok(Self { connection, epoch })
    }

    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>, Error> {
        Ok(self.connection.prepare_cached(&Dialect::Sqlite.sql(sql))?)
    }
}

impl Engine for SqliteEngine {
    fn begin(&mut self) -> Result<u64, Error> {
        self.statement("BEGIN IMMEDIATE")?.execute([])?;
        let (epoch, size): (i64, i64) = self
            .statement("SELECT epoch, size FROM store_state")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if epoch != self.epoch {
            return Err(Error::Fenced);
        }
        u64::try_from(size).map_err(|_| Error::damaged("the size of the log is negative"))
    }

    fn look_up(&mut self, wanted: &Wanted) -> Result<Known, Error> {
        let mut known = Known::default();
        let mut by_id = self.statement(
            "SELECT r.log_index, r.content, r.unique_keys, c.corrected_by, n.id \
             FROM record_id i JOIN record r ON r.log_index = i.log_index \
             LEFT JOIN corrected c ON c.log_index = r.log_index \
             LEFT JOIN record n ON n.log_index = c.corrected_by WHERE i.id = $1",
        )?;
        for id in &wanted.ids {
            let found = by_id
                .query_row([id.to_string()], |row| {
                    let keys: Vec<u8> = row.get(2)?;
                    let content: [u8; 32] = row.get(1)?;
                    let by: Option<(i64, String)> =
                        row.get::<_, Option<i64>>(3)?.zip(row.get::<_, Option<String>>(4)?);
                    Ok((row.get::<_, i64>(0)?, content, keys, by))
                })
                .optional()?;
            if let Some((log_index, content, keys, corrected_by)) = found {
                known.records.insert(*id, known_record(log_index, content, &keys, corrected_by)?);
            }
        }
        let mut by_key = self.statement(
            "SELECT k.log_index, r.id FROM unique_key k JOIN record r ON r.log_index = k.log_index \
             WHERE k.unique_key = $1",
        )?;
        for key in &wanted.keys {
            let found: Option<(i64, String)> = by_key
                .query_row([key.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            if let Some((log_index, id)) = found {
                known.keys.insert(*key, place(log_index, &id)?);
            }
        }
        Ok(known)
    }

    fn commit(&mut self, changes: &Changes) -> Result<(), Error> {
        {
            let mut record = self.statement(
                "INSERT INTO record (log_index, id, kind, valid_at, recorded_at, class, batch, \
                 corrects, content, unique_keys, envelope, open_part, nonce, leaf) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            )?;
            let mut id = self.statement("INSERT INTO record_id (id, log_index) VALUES ($1, $2)")?;
            let mut personal = self.statement(
                "INSERT INTO personal_part (log_index, place, person, sealed) VALUES ($1, $2, $3, $4)",
            )?;
            for (log_index, new) in &changes.records {
                let (log_index, text) = (*log_index as i64, new.id.to_string());
                record.execute(params![
                    log_index,
                    text,
                    new.kind,
                    new.valid_at.micros(),
                    new.recorded_at.micros(),
                    new.class.word(),
                    new.batch.map(|batch| batch.to_string()),
                    new.corrects.map(|corrects| corrects.to_string()),
                    new.content.as_bytes(),
                    joined(&new.unique_keys),
                    new.envelope,
                    new.open,
                    new.nonce,
                    new.leaf,
                ])?;
                id.execute(params![text, log_index])?;
                for (place, part) in new.personal.iter().enumerate() {
                    personal.execute(params![log_index, place as i64, part.person, part.sealed])?;
                }
            }
            let mut corrected =
                self.statement("INSERT INTO corrected (log_index, corrected_by) VALUES ($1, $2)")?;
            for (old, new) in &changes.corrected {
                corrected.execute([*old as i64, *new as i64])?;
            }
            let mut freed = self.statement("DELETE FROM unique_key WHERE unique_key = $1")?;
            for key in &changes.freed {
                freed.execute([key.as_bytes()])?;
            }
            let mut held = self.statement(
                "INSERT INTO unique_key (unique_key, log_index) VALUES ($1, $2) \
                 ON CONFLICT (unique_key) DO UPDATE SET log_index = excluded.log_index",
            )?;
            for (key, log_index) in &changes.held {
                held.execute(params![key.as_bytes(), *log_index as i64])?;
            }
            self.statement("UPDATE store_state SET size = size + $1")?
                .execute([changes.records.len() as i64])?;
        }
        self.statement("COMMIT")?.execute([])?;
        Ok(())
    }

    fn abandon(&mut self) {
        if !self.connection.is_autocommit() {
            // What cannot be rolled back was never committed.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

/// Unique keys one behind the other.
pub(crate) fn joined(keys: &[Digest]) -> Vec<u8> {
    keys.iter().flat_map(|key| *key.as_bytes()).collect()
}

pub(crate) fn place(log_index: i64, id: &str) -> Result<Place, Error> {
    let id: RecordId = id.parse().map_err(|_| Error::damaged(format!("{id} is no record id")))?;
    let log_index = u64::try_from(log_index).map_err(|_| Error::damaged("a negative place"))?;
    Ok(Place { log_index, id })
}

pub(crate) fn known_record(
    log_index: i64,
    content: [u8; 32],
    keys: &[u8],
    corrected_by: Option<(i64, String)>,
) -> Result<KnownRecord, Error> {
    let (keys, rest) = keys.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(Error::damaged(format!("the unique keys of the record at {log_index}")));
    }
    Ok(KnownRecord {
        log_index: u64::try_from(log_index).map_err(|_| Error::damaged("a negative place"))?,
        content: Digest::from(content),
        unique_keys: keys.iter().map(|key| Digest::from(*key)).collect(),
        corrected_by: corrected_by.map(|(at, id)| place(at, &id)).transpose()?,
    })
}
