//! What can go wrong where a log is kept.

use std::io;

/// Why tiles cannot be read or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}; check that it exists, its owner and the free space")]
    Io {
        /// What was tried.
        action: &'static str,
        /// With which file or folder.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// Another program writes this log.
    #[error(
        "another program is writing the log in {path}; a log has one writer, so stop the other one first"
    )]
    Locked {
        /// The log's folder.
        path: String,
    },
    /// A file with more bytes than anything of its kind can have.
    #[error("{path} has more than {most} bytes, more than such a file of a log can have")]
    TooLarge {
        /// The file.
        path: String,
        /// The most that is read.
        most: usize,
    },
    /// Something else than a file or folder refused, such as a database.
    #[error("cannot {action}: {source}")]
    Other {
        /// What was tried.
        action: &'static str,
        /// What it says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StorageError {
    /// The stable code of the error.
    ///
    /// ```
    /// # use ledger::audit::LogFiles as _;
    /// let missing = ledger::storage::DirReader::new("/no/such/folder");
    /// assert_eq!(missing.list().unwrap_err().code(), "ledger.storage");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } | Self::Other { .. } => "ledger.storage",
            Self::Locked { .. } => "ledger.locked",
            Self::TooLarge { .. } => "ledger.file_too_large",
        }
    }
}
