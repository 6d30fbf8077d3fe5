//! Reading records: by id and in the order of the log.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use model::RecordId;
use rusqlite::{Connection, OpenFlags};
use tokio_postgres::{Client, NoTls};

use crate::connect::Address;
use crate::dialect::Dialect;
use crate::entry::{PersonalSealed, Stored};
use crate::error::Error;
use crate::sqlite::{FILE, place};

/// The most records that one reading of a range gives.
const MOST: usize = 1024;

/// The columns of a record, in the order in which [`Row`] has them.
const COLUMNS: &str = "SELECT r.log_index, r.id, r.kind, r.envelope, r.open_part, r.nonce, r.leaf, \
     c.corrected_by FROM record r LEFT JOIN corrected c ON c.log_index = r.log_index";

const PERSONAL: &str = "SELECT log_index, person, sealed FROM personal_part \
     WHERE log_index >= $1 AND log_index <= $2 ORDER BY log_index, place";

/// What reads from a store. It sees what was committed before it asks.
#[derive(Clone)]
pub enum Reader {
    /// Connections to an SQLite file that can only read.
    Sqlite(Arc<SqliteReader>),
    /// A connection to PostgreSQL.
    Postgres(Arc<Client>),
}

/// Read-only connections to one file, handed out one at a time.
pub struct SqliteReader {
    file: std::path::PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Reader {
    /// Opens a store for reading. Its tables must be there: a writer makes them.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Unavailable`].
    pub async fn open(address: &Address) -> Result<Self, Error> {
        match address {
            Address::Folder(folder) => {
                let reader = SqliteReader { file: folder.join(FILE), idle: Mutex::default() };
                let connection = open_sqlite(&reader.file)?;
                reader.give_back(connection);
                Ok(Self::Sqlite(Arc::new(reader)))
            }
            Address::Postgres(url) => {
                let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
                tokio::spawn(connection);
                Ok(Self::Postgres(Arc::new(client)))
            }
        }
    }

    /// How many records the log has.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn size(&self) -> Result<u64, Error> {
        const SQL: &str = "SELECT size FROM store_state";
        let size: i64 = match self {
            Self::Sqlite(reader) => {
                reader
                    .with(|connection| Ok(connection.query_row(SQL, [], |row| row.get(0))?))
                    .await?
            }
            Self::Postgres(client) => client.query_one(SQL, &[]).await?.try_get(0)?,
        };
        u64::try_from(size).map_err(|_| Error::damaged("the size of the log is negative"))
    }

    /// The record with an id.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn record(&self, id: RecordId) -> Result<Option<Stored>, Error> {
        const SQL: &str = "SELECT log_index FROM record_id WHERE id = $1";
        let id = id.to_string();
        let index: Option<i64> = match self {
            Self::Sqlite(reader) => {
                reader
                    .with(move |connection| {
                        let mut statement = connection.prepare_cached(&Dialect::Sqlite.sql(SQL))?;
                        let mut rows = statement.query([&id])?;
                        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
                    })
                    .await?
            }
            Self::Postgres(client) => {
                let row = client.query_opt(SQL, &[&id]).await?;
                row.map(|row| row.try_get(0)).transpose()?
            }
        };
        let Some(index) = index.and_then(|index| u64::try_from(index).ok()) else {
            return Ok(None);
        };
        let found = self.range(index, 1).await?.pop();
        found.map(Some).ok_or_else(|| Error::damaged(format!("there is no record at {index}")))
    }

    /// Records in the order of the log, from a place on; at most 1,024 at a time.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn range(&self, from: u64, count: usize) -> Result<Vec<Stored>, Error> {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let to = from.saturating_add(count.min(MOST) as i64 - 1);
        let sql =
            format!("{COLUMNS} WHERE r.log_index >= $1 AND r.log_index <= $2 ORDER BY r.log_index");
        let (mut records, parts) = match self {
            Self::Sqlite(reader) => {
                reader.with(move |connection| sqlite_range(connection, &sql, from, to)).await?
            }
            Self::Postgres(client) => postgres_range(client, &sql, from, to).await?,
        };
        let mut parts = parts.into_iter().peekable();
        for record in &mut records {
            while let Some((_, part)) = parts.next_if(|(at, _)| *at == record.log_index as i64) {
                record.personal.push(part);
            }
        }
        match parts.next() {
            Some((at, _)) => {
                Err(Error::damaged(format!("a personal part at {at} without a record")))
            }
            None => Ok(records),
        }
    }
}

type Found = (Vec<Stored>, Vec<(i64, PersonalSealed)>);

fn sqlite_range(connection: &Connection, sql: &str, from: i64, to: i64) -> Result<Found, Error> {
    let mut statement = connection.prepare_cached(&Dialect::Sqlite.sql(sql))?;
    let mut rows = statement.query([from, to])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let (log_index, id): (i64, String) = (row.get(0)?, row.get(1)?);
        let at = place(log_index, &id)?;
        let corrected_by: Option<i64> = row.get(7)?;
        records.push(Stored {
            log_index: at.log_index,
            id: at.id,
            kind: row.get(2)?,
            envelope: row.get(3)?,
            open: row.get(4)?,
            personal: Vec::new(),
            nonce: row.get(5)?,
            leaf: row.get(6)?,
            corrected_by: corrected_by.and_then(|by| u64::try_from(by).ok()),
        });
    }
    let mut statement = connection.prepare_cached(&Dialect::Sqlite.sql(PERSONAL))?;
    let mut rows = statement.query([from, to])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        parts.push((row.get(0)?, PersonalSealed { person: row.get(1)?, sealed: row.get(2)? }));
    }
    Ok((records, parts))
}

async fn postgres_range(client: &Client, sql: &str, from: i64, to: i64) -> Result<Found, Error> {
    let mut records = Vec::new();
    for row in client.query(sql, &[&from, &to]).await? {
        let at = place(row.try_get(0)?, row.try_get(1)?)?;
        let nonce: &[u8] = row.try_get(5)?;
        let corrected_by: Option<i64> = row.try_get(7)?;
        records.push(Stored {
            log_index: at.log_index,
            id: at.id,
            kind: row.try_get(2)?,
            envelope: row.try_get(3)?,
            open: row.try_get(4)?,
            personal: Vec::new(),
            nonce: nonce
                .try_into()
                .map_err(|_| Error::damaged(format!("the nonce at {}", at.log_index)))?,
            leaf: row.try_get(6)?,
            corrected_by: corrected_by.and_then(|by| u64::try_from(by).ok()),
        });
    }
    let mut parts = Vec::new();
    for row in client.query(PERSONAL, &[&from, &to]).await? {
        let part = PersonalSealed { person: row.try_get(1)?, sealed: row.try_get(2)? };
        parts.push((row.try_get(0)?, part));
    }
    Ok((records, parts))
}

impl SqliteReader {
    /// Runs a question on an idle connection, off the threads that serve requests.
    async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        ask: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let reader = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            let idle = reader.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match idle {
                Some(connection) => connection,
                None => open_sqlite(&reader.file)?,
            };
            let answer = ask(&connection);
            reader.give_back(connection);
            answer
        });
        asked.await.map_err(|e| Error::Unavailable { reason: e.to_string() })?
    }

    fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

fn open_sqlite(file: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(|e| Error::Address {
        address: file.display().to_string(),
        reason: e.to_string(),
    })?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    Ok(connection)
}
