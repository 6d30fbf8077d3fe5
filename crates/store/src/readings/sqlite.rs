//! The readings in an SQLite file of their own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::case::{self, CaseChange, Derive};
use super::plan::{FORMAT, Plan};
use super::rows::{Scalar, event_values, rows};
use super::target::{BEGIN_EMPTY, Chunk, MOVE, STATE, State};
use crate::dialect::Dialect;
use crate::error::Error;

/// The file inside the store's folder.
pub(super) const FILE: &str = "readings.sqlite";
/// What SQLite keeps beside a file.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

pub(super) struct SqliteTarget {
    path: PathBuf,
    plan: Arc<Plan>,
    /// None while it is lent out, and after a thread that had it broke down.
    connection: Option<Connection>,
}

impl SqliteTarget {
    pub(super) async fn open(folder: &Path, plan: &Arc<Plan>) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let mut target = Self { path, plan: Arc::clone(plan), connection: None };
        match target.with(|connection, plan| make(connection, plan, false)).await {
            // Nothing is lost by a damaged file: it is derived.
            Err(Error::Damaged { .. }) => {
                target.connection = None;
                target.remove()?;
                target.with(|connection, plan| make(connection, plan, false)).await?;
            }
            made => made?,
        }
        Ok(target)
    }

    fn remove(&self) -> Result<(), Error> {
        for end in BESIDE {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            match std::fs::remove_file(path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::NotWritable { reason: e.to_string() });
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) async fn state(&mut self) -> Result<State, Error> {
        self.with(|connection, _| state(connection)).await
    }

    pub(super) async fn reset(&mut self) -> Result<(), Error> {
        self.with(|connection, plan| make(connection, plan, true)).await
    }

    pub(super) async fn merge(&mut self, chunk: Chunk, derive: Arc<Derive>) -> Result<bool, Error> {
        self.with(move |connection, plan| merge(connection, plan, &chunk, &*derive)).await
    }

    /// Runs something on the connection, off the threads that serve requests.
    async fn with<T: Send + 'static>(
        &mut self,
        act: impl FnOnce(&mut Connection, &Plan) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (path, plan, kept) =
            (self.path.clone(), Arc::clone(&self.plan), self.connection.take());
        let acting = tokio::task::spawn_blocking(move || {
            let mut connection = match kept {
                Some(connection) => connection,
                None => connect(&path)?,
            };
            let answer = act(&mut connection, &plan);
            Ok::<_, Error>((connection, answer))
        });
        let done = acting.await.map_err(|e| Error::Unavailable { reason: e.to_string() })?;
        let (connection, answer) = done?;
        self.connection = Some(connection);
        answer
    }
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path).map_err(|e| Error::Address {
        address: path.display().to_string(),
        reason: e.to_string(),
    })?;
    // A plan once made is kept, whatever is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.busy_timeout(Duration::from_secs(10))?;
    // NORMAL: a commit survives a kill; what a power cut takes is merged again.
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; \
         PRAGMA wal_autocheckpoint = 8000; PRAGMA trusted_schema = OFF;",
    )?;
    Ok(connection)
}

fn state(connection: &Connection) -> Result<State, Error> {
    let mut statement = connection.prepare_cached(STATE)?;
    let found = statement.query_row([], |row| {
        let merged: i64 = row.get(2)?;
        Ok(State {
            format: row.get(0)?,
            plan: row.get(1)?,
            merged: merged.unsigned_abs(),
            last_id: row.get(3)?,
        })
    });
    Ok(found?)
}

/// Makes the tables where they are missing or of another plan, or anew in any case.
fn make(connection: &mut Connection, plan: &Plan, is_anew: bool) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let tables: Vec<String> = transaction
        .prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if !is_anew && tables.iter().any(|table| table == "watermark") {
        // Another format may have another table; what cannot be read is not ours.
        let found: Option<(i64, String)> = transaction
            .query_row("SELECT format, plan FROM watermark", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()
            .unwrap_or_default();
        if found.is_some_and(|(format, digest)| format == FORMAT && digest == plan.digest()) {
            return Ok(());
        }
    }
    for table in tables {
        transaction.execute_batch(&format!("DROP TABLE \"{}\"", table.replace('"', "\"\"")))?;
    }
    transaction.execute_batch(&plan.tables(Dialect::Sqlite))?;
    transaction.execute(&Dialect::Sqlite.sql(BEGIN_EMPTY), params![FORMAT, plan.digest()])?;
    transaction.commit()?;
    Ok(())
}

fn merge(
    connection: &mut Connection,
    plan: &Plan,
    chunk: &Chunk,
    derive: &Derive,
) -> Result<bool, Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let moved = transaction.prepare_cached(&Dialect::Sqlite.sql(MOVE))?.execute(params![
        chunk.to as i64,
        chunk.last_id,
        chunk.from as i64,
        plan.digest(),
        FORMAT,
    ])?;
    if moved == 0 {
        return Ok(false);
    }
    {
        let mut gone = transaction.prepare_cached("DELETE FROM effect WHERE position = ?1")?;
        for position in &chunk.effects.anew {
            gone.execute([*position as i64])?;
        }
        let names = ["position", "from_position", "until_position"];
        insert(&transaction, "effect", &names, chunk.effects.intervals.as_flattened())?;
    }
    {
        let sql = "INSERT INTO event_value (field, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        let mut statement = transaction.prepare_cached(sql)?;
        for (field, value) in event_values(&chunk.records) {
            statement.execute((field, value))?;
        }
    }
    for rows in rows(plan, &chunk.records) {
        let names: Vec<&str> = rows.columns.iter().map(|column| &*column.name).collect();
        insert(&transaction, rows.table, &names, &rows.cells)?;
    }
    merge_cases(&transaction, &chunk.cases, derive)?;
    transaction.commit()?;
    Ok(true)
}

/// Puts the rows of cases of which something changed in the place of those that were there.
fn merge_cases(
    transaction: &Transaction<'_>,
    changes: &[CaseChange],
    derive: &Derive,
) -> Result<(), Error> {
    let mut old = HashMap::new();
    {
        let mut find = transaction.prepare_cached(&format!("{} = ?1", case::OLD))?;
        for changes in changes.chunk_by(|a, b| a.case == b.case) {
            let Some(first) = changes.first() else { continue };
            let found = find.query_row([first.case as i64], |row| Ok((row.get(1)?, row.get(2)?)));
            if let Some(found) = found.optional()? {
                old.insert(first.case, found);
            }
        }
    }
    for (table, column) in case::TABLES {
        let gone = format!("DELETE FROM {table} WHERE {column} = ?1");
        let mut gone = transaction.prepare_cached(&gone)?;
        for case in old.keys() {
            gone.execute([*case as i64])?;
        }
    }
    for rows in case::merged(changes, &old, derive) {
        let names: Vec<&str> = rows.columns.iter().map(|column| &*column.name).collect();
        insert(transaction, rows.table, &names, &rows.cells)?;
    }
    Ok(())
}

/// Inserts rows that lie one behind the other.
fn insert(
    transaction: &Transaction<'_>,
    table: &str,
    columns: &[&str],
    cells: &[impl ToSql],
) -> Result<(), Error> {
    let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    let places = vec!["?"; columns.len()].join(", ");
    // One at a time: rows of many in one statement take longer.
    let mut statement = transaction.prepare_cached(&format!(
        "INSERT INTO \"{table}\" ({}) VALUES ({places})",
        names.join(", ")
    ))?;
    for row in cells.chunks(columns.len()) {
        for (at, cell) in row.iter().enumerate() {
            statement.raw_bind_parameter(at + 1, cell)?;
        }
        statement.raw_execute()?;
    }
    Ok(())
}

impl ToSql for Scalar<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
