//! SQLite through rusqlite: WAL, every commit synced.

mod checkpoint;
mod key_tail;

use std::collections::HashSet;
use std::collections::hash_map::Entry;
use std::path::Path;

use model::{Digest, RecordId};
use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use checkpoint::Checkpointer;
use key_tail::KeyTail;

use crate::db::{Statement, execute_all};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::schema;
use crate::writer::decide::Changes;
use crate::writer::{Engine, Holder, Known, KnownRecord, Place, Target, Wanted, sql};

/// The file inside the store's folder.
pub(crate) const FILE: &str = "zhiheng.sqlite";

pub(crate) struct SqliteEngine {
    checkpointer: Checkpointer,
    connection: Connection,
    epoch: i64,
    keys: KeyTail,
}

impl SqliteEngine {
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(|e| Error::Address {
            address: folder.display().to_string(),
            reason: e.to_string(),
        })?;
        let path = folder.join(FILE);
        let mut connection = Connection::open(&path)?;
        // A plan once made is kept, whatever is bound.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        // FULL: a commit is on the disk before it is acknowledged.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; \
             PRAGMA trusted_schema = OFF; \
             PRAGMA secure_delete = ON;",
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
        let keys = KeyTail::load(&transaction)?;
        transaction.commit()?;
        let checkpointer = Checkpointer::start(&path, &mut connection)?;
        Ok(Self { checkpointer, connection, epoch, keys })
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
        let (mut is_there, mut by_id) = (self.statement(sql::HAS_ID)?, self.statement(sql::BY_ID)?);
        for id in &wanted.ids {
            if !is_there.exists([id.to_string()])? {
                continue;
            }
            let mut rows = by_id.query([id.to_string()])?;
            while let Some(row) = rows.next()? {
                let keys: Vec<u8> = row.get(4)?;
                let batch: Option<String> = row.get(2)?;
                let (position, kind): (i64, String) = (row.get(0)?, row.get(1)?);
                let by: Option<(i64, String)> =
                    row.get::<_, Option<i64>>(5)?.zip(row.get::<_, Option<String>>(6)?);
                let by = by.map(|(at, id)| Ok::<_, Error>((at, id, row.get(7)?))).transpose()?;
                known.add_record(*id, position, kind, batch, row.get(3)?, &keys, by)?;
            }
        }
        let keys: Vec<Digest> = wanted.keys.clone();
        self.look_up_keys(&keys, &mut known)?;
        if !wanted.targets.is_empty() {
            let mut keys = Vec::new();
            for target in &wanted.targets {
                let (found, more) = self.target(*target)?;
                known.targets.insert(*target, found);
                keys.extend(more);
            }
            self.look_up_keys(&keys, &mut known)?;
        }
        let mut closed = self.statement(sql::IS_CLOSED)?;
        for batch in wanted.batches.iter().copied().chain(known.batches()) {
            if closed.exists([batch.to_string()])? {
                known.closed.insert(batch);
            }
        }
        let mut withdrawn = self.statement(sql::IS_WITHDRAWN)?;
        for target in known.may_be_withdrawn(wanted) {
            if withdrawn.exists([target.to_string()])? {
                known.withdrawn.insert(target);
            }
        }
        Ok(known)
    }

    fn commit(&mut self, changes: &Changes) -> Result<(), Error> {
        let keys = self.keys.write(&self.connection, &changes.freed, &changes.held)?;
        {
            let mut record = self.statement(
                "INSERT INTO record (position, id, kind, valid_at, recorded_at, class, batch, \
                 corrects, withdraws, closes, content, unique_keys, envelope, open_part, nonce, \
                 leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            )?;
            let mut id = self.statement("INSERT INTO record_id (id, position) VALUES ($1, $2)")?;
            let mut personal = self.statement(
                "INSERT INTO personal_part (position, place, person, sealed) VALUES ($1, $2, $3, $4)",
            )?;
            let mut key = self.statement(sql::NEW_KEY)?;
            for (position, new) in &changes.records {
                let (position, text) = (*position as i64, new.id.to_string());
                record.execute(params![
                    position,
                    text,
                    new.kind,
                    new.valid_at.micros(),
                    new.recorded_at.micros(),
                    new.class.word(),
                    new.batch.map(|id| id.to_string()),
                    new.corrects.map(|id| id.to_string()),
                    new.withdraws.map(|id| id.to_string()),
                    new.closes.map(|id| id.to_string()),
                    new.content.as_bytes(),
                    joined(&new.unique_keys),
                    new.envelope,
                    new.open,
                    new.nonce,
                    new.leaf,
                ])?;
                id.execute(params![text, position])?;
                for (place, part) in new.personal.iter().enumerate() {
                    personal.execute(params![position, place as i64, part.person, part.sealed])?;
                }
                for new in &new.new_keys {
                    key.execute(params![new.person, new.wrapped])?;
                }
            }
            let mut corrected =
                self.statement("INSERT INTO corrected (position, corrected_by) VALUES ($1, $2)")?;
            for (old, new) in &changes.corrected {
                corrected.execute([*old as i64, *new as i64])?;
            }
            for (into, ended) in
                [(sql::CLOSE, &changes.closed), (sql::WITHDRAW, &changes.withdrawn)]
            {
                let mut statement = self.statement(into)?;
                for (id, position) in ended {
                    statement.execute(params![id.to_string(), *position as i64])?;
                }
            }
            self.statement("UPDATE store_state SET size = size + $1")?
                .execute([changes.records.len() as i64])?;
        }
        self.statement("COMMIT")?.execute([])?;
        self.keys.committed(keys);
        self.checkpointer.committed(&self.connection);
        Ok(())
    }

    fn write(&mut self, statements: &[Statement]) -> Result<u64, Error> {
        let changed = execute_all(&self.connection, statements)?;
        self.statement("COMMIT")?.execute([])?;
        self.checkpointer.committed(&self.connection);
        Ok(changed)
    }

    fn abandon(&mut self) {
        if !self.connection.is_autocommit() {
            // What cannot be rolled back was never committed.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn scrub(&mut self) -> Result<(), Error> {
        // secure_delete has overwritten what was deleted; the write-ahead log goes too.
        let busy: i64 =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy != 0 {
            let reason = "a reader keeps the old pages in use".to_owned();
            return Err(Error::Unavailable { reason });
        }
        Ok(())
    }
}

impl SqliteEngine {
    fn look_up_keys(&self, keys: &[Digest], known: &mut Known) -> Result<(), Error> {
        let mut by_key = self.statement("SELECT position FROM unique_key WHERE unique_key = ?1")?;
        let mut at = self.statement("SELECT id, batch FROM record WHERE position = ?1")?;
        for key in keys {
            let position: Option<i64> = match self.keys.get(key) {
                Some(position) => position.map(|at| at as i64),
                None => by_key.query_row([key.as_bytes()], |row| row.get(0)).optional()?,
            };
            let Some(position) = position else { continue };
            let (id, batch): (String, Option<String>) =
                at.query_row([position], |row| Ok((row.get(0)?, row.get(1)?)))?;
            known.keys.insert(*key, holder(position, &id, batch.as_deref())?);
        }
        Ok(())
    }

    /// What taking something back would do, and the unique keys that would come back.
    fn target(&self, target: RecordId) -> Result<(Target, Vec<Digest>), Error> {
        let text = target.to_string();
        let (records, kind): (i64, Option<String>) = self
            .statement(sql::TARGET_SIZE)?
            .query_row([&text], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let outside: Option<(i64, String, i64, String)> = self
            .statement(sql::TARGET_CORRECTED)?
            .query_row([&text], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
        let mut found = Target {
            records: records.unsigned_abs(),
            kind,
            corrected_outside: outside
                .map(|(at, id, by, by_id)| Ok::<_, Error>((place(at, &id)?, place(by, &by_id)?)))
                .transpose()?,
            restored: Vec::new(),
        };
        let mut statement = self.statement(sql::TARGET_RESTORED)?;
        let mut rows = statement.query([&text])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let (position, id): (i64, String) = (row.get(0)?, row.get(1)?);
            let keys = split_keys(position, &row.get::<_, Vec<u8>>(2)?)?;
            all.extend_from_slice(&keys);
            found.restored.push((place(position, &id)?, keys));
        }
        Ok((found, all))
    }
}

/// Unique keys one behind the other.
pub(crate) fn joined(keys: &[Digest]) -> Vec<u8> {
    keys.iter().flat_map(|key| *key.as_bytes()).collect()
}

pub(crate) fn place(position: i64, id: &str) -> Result<Place, Error> {
    let id: RecordId = id.parse().map_err(|_| Error::damaged(format!("{id} is no record id")))?;
    let position = u64::try_from(position).map_err(|_| Error::damaged("a negative place"))?;
    Ok(Place { position, id })
}

pub(crate) fn holder(position: i64, id: &str, batch: Option<&str>) -> Result<Holder, Error> {
    let batch = batch.map(|b| b.parse().map_err(|_| Error::damaged(format!("{b} is no batch"))));
    Ok(Holder { place: place(position, id)?, batch: batch.transpose()? })
}

pub(crate) fn split_keys(position: i64, keys: &[u8]) -> Result<Vec<Digest>, Error> {
    let (keys, rest) = keys.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(Error::damaged(format!("the unique keys of the record at {position}")));
    }
    Ok(keys.iter().map(|key| Digest::from(*key)).collect())
}

impl Known {
    /// Adds what one row says of a record: there is a row for each record that took its place.
    #[allow(clippy::too_many_arguments)] // the columns of the row
    pub(crate) fn add_record(
        &mut self,
        id: RecordId,
        position: i64,
        kind: String,
        batch: Option<String>,
        content: [u8; 32],
        keys: &[u8],
        corrected_by: Option<(i64, String, Option<String>)>,
    ) -> Result<(), Error> {
        let by = corrected_by.map(|(at, id, batch)| holder(at, &id, batch.as_deref()));
        let by = by.transpose()?;
        match self.records.entry(id) {
            Entry::Occupied(mut known) => known.get_mut().corrected_by.extend(by),
            Entry::Vacant(free) => {
                let Holder { place, batch } = holder(position, &id.to_string(), batch.as_deref())?;
                free.insert(KnownRecord {
                    position: place.position,
                    kind,
                    batch,
                    content: content.into(),
                    unique_keys: split_keys(position, keys)?,
                    corrected_by: by.into_iter().collect(),
                });
            }
        }
        Ok(())
    }

    /// The batches of known records.
    pub(crate) fn batches(&self) -> Vec<RecordId> {
        self.records.values().filter_map(|record| record.batch).collect()
    }

    /// All ids of which it matters whether they were taken back.
    pub(crate) fn may_be_withdrawn(&self, wanted: &Wanted) -> HashSet<RecordId> {
        let mut ids: HashSet<RecordId> = wanted.batches.iter().copied().collect();
        ids.extend(&wanted.targets);
        let holders = self.records.values().flat_map(|record| &record.corrected_by);
        for holder in holders.chain(self.keys.values()) {
            ids.insert(holder.place.id);
            ids.extend(holder.batch);
        }
        for (id, record) in &self.records {
            ids.insert(*id);
            ids.extend(record.batch);
        }
        ids
    }
}
