//! The thin layer over both databases: one text of SQL, the same values in and out.

mod postgres;
mod sqlite;
mod value;

use std::path::Path;
use std::sync::Arc;

pub use value::{Bind, Cell, Row, Statement};

pub(crate) use self::postgres::{Pool, sql_values};
pub use self::sqlite::is_aside;
pub(crate) use self::sqlite::{SqliteFile, execute_all};
use crate::connect::Address;
use crate::error::Error;
use crate::sqlite::FILE;

/// Reads from a store's database; it sees what was committed before it asks. Cheap to clone.
#[derive(Clone)]
pub struct Db(Inner);

#[derive(Clone)]
enum Inner {
    Sqlite(Arc<SqliteFile>),
    Postgres(Arc<Pool>),
}

impl Db {
    /// Opens the database of a store. Its tables must be there: a writer makes them.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Unavailable`].
    pub async fn open(address: &Address) -> Result<Self, Error> {
        match address {
            Address::Folder(folder) => Self::open_file(&folder.join(FILE)),
            Address::Postgres(url) => {
                let pool = Pool::new(url);
                pool.client().await?;
                Ok(Self(Inner::Postgres(Arc::new(pool))))
            }
        }
    }

    /// Opens an SQLite file.
    pub(crate) fn open_file(path: &Path) -> Result<Self, Error> {
        Ok(Self(Inner::Sqlite(Arc::new(SqliteFile::open(path)?))))
    }

    /// The rows of a question: common SQL with `$1`, `$2` ... for the values.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn query(&self, sql: &str, binds: Vec<Bind>) -> Result<Vec<Row>, Error> {
        match &self.0 {
            Inner::Sqlite(file) => {
                let sql = sql.to_owned();
                file.with(move |connection| sqlite::query(connection, &sql, &binds)).await
            }
            Inner::Postgres(pool) => pool.query(sql, &binds).await,
        }
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub async fn first(&self, sql: &str, binds: Vec<Bind>) -> Result<Option<Row>, Error> {
        Ok(self.query(sql, binds).await?.into_iter().next())
    }

    /// Several questions of which each sees what the ones before saw: on one connection, for SQLite
    /// with one hop to another thread, for PostgreSQL without waiting for one answer before the next
    /// question.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub async fn query_all(&self, questions: Vec<Statement>) -> Result<Vec<Vec<Row>>, Error> {
        match &self.0 {
            Inner::Sqlite(file) => {
                file.with(move |connection| {
                    let ask = |s: &Statement| sqlite::query(connection, &s.sql, &s.binds);
                    questions.iter().map(ask).collect()
                })
                .await
            }
            Inner::Postgres(pool) => pool.query_all(&questions).await,
        }
    }

    /// As [`query_all`](Self::query_all), on the thread that asks where the database is SQLite.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub async fn query_all_now(&self, questions: Vec<Statement>) -> Result<Vec<Vec<Row>>, Error> {
        match &self.0 {
            Inner::Sqlite(file) => file.with_here(|connection| {
                let ask = |s: &Statement| sqlite::query(connection, &s.sql, &s.binds);
                questions.iter().map(ask).collect()
            }),
            Inner::Postgres(_) => self.query_all(questions).await,
        }
    }

    /// Runs something that asks many questions, each after the answer to the one before: where the
    /// database is SQLite all of it on one thread that may wait for a disk, so that the questions take
    /// no hops; they are asked of this database and of others as if they were on it. It should not
    /// wait for anything else: there are few such threads.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it breaks down.
    pub async fn aside<T: Send + 'static>(
        &self,
        asking: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Error> {
        match &self.0 {
            Inner::Sqlite(file) => file.aside(asking).await,
            Inner::Postgres(_) => Ok(asking.await),
        }
    }

    /// Writes outside of the writer and its fence, in one durable transaction: only for what is no
    /// part of the log, such as tokens and jobs.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::NotWritable`].
    pub async fn write(&self, statements: Vec<Statement>) -> Result<u64, Error> {
        match &self.0 {
            Inner::Sqlite(file) => {
                file.with_writable(move |connection| sqlite::write(connection, &statements)).await
            }
            Inner::Postgres(pool) => pool.write(&statements).await,
        }
    }

    /// Which database, for SQL that must differ.
    pub fn dialect(&self) -> rules::filter::Dialect {
        match &self.0 {
            Inner::Sqlite(_) => rules::filter::Dialect::Sqlite,
            Inner::Postgres(_) => rules::filter::Dialect::Postgres,
        }
    }
}
