//! Faults of the store.

use thiserror::Error;

/// Why the store could not do what was asked.
#[derive(Debug, Clone, Error)]
pub enum Error {
    /// The database could not be reached or gave up; nothing of the request is known to be
    /// stored. The same request may be sent again: what was stored all the same is recognised.
    #[error("the database did not answer: {reason}; send the request again")]
    Unavailable {
        /// What the database said.
        reason: String,
    },
    /// The disk is full or the file system refuses to write.
    #[error("the database cannot be written: {reason}; make room, then send the request again")]
    NotWritable {
        /// What the database said.
        reason: String,
    },
    /// Another writer took over this store.
    #[error("another process writes to this store now; stop one of the two")]
    Fenced,
    /// More waits than is taken at once.
    #[error("too much waits to be written; send the request again in a moment")]
    Busy,
    /// The store's tables are newer than this program.
    #[error(
        "the store has schema version {found}, this program knows {known}; use a newer program"
    )]
    Newer {
        /// What the store has.
        found: i64,
        /// What the program knows.
        known: i64,
    },
    /// What is stored is not what this program stores.
    #[error("the store is damaged: {what}; run `zhiheng verify` and restore a backup")]
    Damaged {
        /// What was found.
        what: String,
    },
    /// The address of the database is wrong.
    #[error("{address} is no database: {reason}; give a folder, or postgres://user@host/database")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong.
        reason: String,
    },
    /// The pack wants readings that no table can hold.
    #[error("the readings cannot be laid out: {what}; rename it in the pack")]
    Plan {
        /// What is wrong.
        what: String,
    },
    /// The readings were asked for something that they do not have.
    #[error("the readings have no answer: {what}; ask for a kind and fields of the pack")]
    NoReading {
        /// What is missing.
        what: String,
    },
}

impl Error {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "store.unavailable",
            Self::NotWritable { .. } => "store.not_writable",
            Self::Fenced => "store.fenced",
            Self::Busy => "store.busy",
            Self::Newer { .. } => "store.newer",
            Self::Damaged { .. } => "store.damaged",
            Self::Address { .. } => "store.address",
            Self::Plan { .. } => "store.plan",
            Self::NoReading { .. } => "store.no_reading",
        }
    }

    /// Whether the same request may succeed later, or with the process that writes now.
    pub fn is_retryable(&self) -> bool {
        self.may_pass() || matches!(self, Self::Fenced)
    }

    /// Whether the same request may succeed later with this process.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::NotWritable { .. } | Self::Busy)
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let reason = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly) => {
                Self::NotWritable { reason }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { what: reason }
            }
            _ => Self::Unavailable { reason },
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        use tokio_postgres::error::SqlState;
        let reason = match error.as_db_error() {
            Some(fault) => fault.to_string(),
            None => error.to_string(),
        };
        match error.code() {
            Some(code) if [SqlState::DISK_FULL, SqlState::IO_ERROR].contains(code) => {
                Self::NotWritable { reason }
            }
            Some(code) if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(code) => {
                Self::Damaged { what: reason }
            }
            _ => Self::Unavailable { reason },
        }
    }
}
