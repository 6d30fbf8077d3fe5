//! Where a store is, and opening it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::Error;
use crate::postgres::PostgresEngine;
use crate::sqlite::SqliteEngine;
use crate::writer::Writer;

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A folder with an SQLite database.
    Folder(PathBuf),
    /// A PostgreSQL database.
    Postgres(String),
}

impl FromStr for Address {
    type Err = Error;

    /// `postgres://…`, or the path of a folder.
    fn from_str(text: &str) -> Result<Self, Error> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        if text.is_empty() || text.contains("://") {
            let reason = "neither a folder nor a PostgreSQL address".to_owned();
            return Err(Error::Address { address: text.to_owned(), reason });
        }
        Ok(Self::Folder(Path::new(text).to_owned()))
    }
}

/// Opens a store for writing, makes its tables where they are missing, and takes over from any
/// writer before: that one is fenced off at its next group.
///
/// # Errors
/// [`Error::Address`], [`Error::Unavailable`], [`Error::NotWritable`], [`Error::Newer`].
pub fn open_writer(address: &Address) -> Result<Writer, Error> {
    match address {
        Address::Folder(folder) => Writer::start(Box::new(SqliteEngine::open(folder)?)),
        Address::Postgres(url) => Writer::start(Box::new(PostgresEngine::open(url)?)),
    }
}
