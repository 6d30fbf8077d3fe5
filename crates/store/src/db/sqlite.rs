//! Reading an SQLite file, off the threads that serve requests.

use std::cell::Cell as Flag;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, params_from_iter};
use tokio::runtime::Handle;
use tokio::sync::{AcquireError, Semaphore};

use super::value::{Bind, Cell, Row, Statement};
use crate::dialect::Dialect;
use crate::error::Error;

/// How long a question waits for another's write.
const PATIENCE: Duration = Duration::from_secs(10);
/// Questions that are asked at once for each core, each on a connection of its own; more wait for one of
/// these. So connections stay, with what they have prepared, and threads do not take the cores from one
/// another: at 64 clients on two cores 16 at once answered half as many as 4.
const AT_ONCE_A_CORE: usize = 2;

thread_local! {
    /// Whether this thread may wait for a disk.
    static IS_ASIDE: Flag<bool> = const { Flag::new(false) };
}

/// Whether this thread is one on which [`Db::aside`](super::Db::aside) runs something: what takes long
/// need not be handed to another.
pub fn is_aside() -> bool {
    IS_ASIDE.get()
}

/// Makes this thread one that may wait, until it is dropped.
struct Aside;

impl Aside {
    fn begin() -> Self {
        IS_ASIDE.set(true);
        Self
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        IS_ASIDE.set(false);
    }
}

/// Read-only connections to one file, handed out one at a time.
pub(crate) struct SqliteFile {
    path: PathBuf,
    at_once: usize,
    turns: Arc<Semaphore>,
    asides: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteFile {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let at_once = AT_ONCE_A_CORE * cores.max(2);
        let [turns, asides] = [(); 2].map(|()| Arc::new(Semaphore::new(at_once)));
        let idle = Mutex::new(vec![connection]);
        Ok(Self { path: path.to_owned(), at_once, turns, asides, idle })
    }

    /// Runs a question on an idle connection.
    pub(crate) async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        ask: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        if is_aside() {
            return self.with_here(ask);
        }
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(closed)?;
        let file = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            // Until it is answered, also where nobody waits for the answer any more.
            let _turn = turn;
            file.with_here(ask)
        });
        asked.await.map_err(|e| Error::Unavailable { reason: e.to_string() })?
    }

    /// Runs something to its end on one thread that may wait for a disk.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        asking: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = Arc::clone(&self.asides).acquire_owned().await.map_err(closed)?;
        let runtime = Handle::current();
        let asked = tokio::task::spawn_blocking(move || {
            let (_turn, _aside) = (turn, Aside::begin());
            runtime.block_on(asking)
        });
        asked.await.map_err(|e| Error::Unavailable { reason: e.to_string() })
    }

    /// Runs a question on an idle connection, on this thread.
    pub(crate) fn with_here<T>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?,
        };
        let answer = ask(&connection);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // What failed may have left the connection in the middle of something.
        if answer.is_ok() && idle.len() < self.at_once * 2 {
            idle.push(connection);
        }
        answer
    }

    /// Runs something on a connection of its own that may write.
    pub(crate) async fn with_writable<T: Send + 'static>(
        self: &Arc<Self>,
        ask: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let file = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            let mut connection = open(&file.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")?;
            ask(&mut connection)
        });
        asked.await.map_err(|e| Error::Unavailable { reason: e.to_string() })?
    }
}

fn closed(error: AcquireError) -> Error {
    Error::Unavailable { reason: error.to_string() }
}

fn open(path: &Path, how: OpenFlags) -> Result<Connection, Error> {
    let flags = how | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|e| Error::Address {
        address: path.display().to_string(),
        reason: e.to_string(),
    })?;
    // A plan once made is kept, whatever is bound: else a statement is prepared anew each time it is run.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch("PRAGMA mmap_size = 1073741824; PRAGMA cache_size = -16384;")?;
    Ok(connection)
}

pub(crate) fn query(connection: &Connection, sql: &str, binds: &[Bind]) -> Result<Vec<Row>, Error> {
    let mut statement = connection.prepare_cached(&Dialect::Sqlite.sql(sql))?;
    let columns = statement.column_count();
    let mut rows = statement.query(params_from_iter(binds))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut cells = Vec::with_capacity(columns);
        for column in 0..columns {
            cells.push(match row.get_ref(column)? {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(number) => Cell::Integer(number),
                ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
                ValueRef::Real(_) => return Err(Error::damaged("a binary fraction in a column")),
            });
        }
        found.push(Row(cells));
    }
    Ok(found)
}

/// Runs statements in one transaction and says how many rows they changed.
pub(crate) fn write(connection: &mut Connection, statements: &[Statement]) -> Result<u64, Error> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let changed = execute_all(&transaction, statements)?;
    transaction.commit()?;
    Ok(changed)
}

pub(crate) fn execute_all(connection: &Connection, statements: &[Statement]) -> Result<u64, Error> {
    let mut changed = 0;
    for Statement { sql, binds } in statements {
        let mut statement = connection.prepare_cached(&Dialect::Sqlite.sql(sql))?;
        changed += statement.execute(params_from_iter(binds))? as u64;
    }
    Ok(changed)
}

impl ToSql for Bind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
