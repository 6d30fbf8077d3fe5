//! The few differences between the two databases.

use std::borrow::Cow;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The text of a statement for this database.
    ///
    /// The common text has `$n` for parameters (SQLite counts raw `$n` by first appearance, so
    /// they become `?n`), `{position}` for the key of a table in log order, `{clustered}` behind a
    /// table that lies in the order of its key, and `{text}` for a text that is ordered by its code
    /// points whatever the database's own language is. `{by_kind}` behind a table has SQLite take its
    /// index by subject and kind; PostgreSQL knows by its statistics.
    pub(crate) fn sql(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Sqlite if text.contains('{') => Cow::Owned(
                text.replace('$', "?")
                    .replace("{position}", "INTEGER PRIMARY KEY")
                    .replace("{clustered}", "WITHOUT ROWID")
                    .replace("{by_kind}", "INDEXED BY subject_record_kind")
                    .replace("{text}", "TEXT"),
            ),
            Self::Sqlite if text.contains('$') => Cow::Owned(text.replace('$', "?")),
            Self::Postgres if text.contains('{') => Cow::Owned(
                text.replace("{position}", "BIGINT PRIMARY KEY")
                    .replace("{clustered}", "")
                    .replace("{by_kind}", "")
                    .replace("{text}", "TEXT COLLATE \"C\""),
            ),
            Self::Sqlite | Self::Postgres => Cow::Borrowed(text),
        }
    }
}
