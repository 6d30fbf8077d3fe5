//! Values on their way into and out of a database.

use std::borrow::Cow;

use model::{RecordId, Timestamp};

use crate::error::Error;

/// A value for a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bind {
    /// Nothing.
    Null,
    /// A whole number, a time, a flag.
    Integer(i64),
    /// A text, an id.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A value of a row.
pub type Cell = Bind;

/// A statement with its values.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Common SQL, with `$1`, `$2` ... for the values.
    pub sql: Cow<'static, str>,
    /// The values.
    pub binds: Vec<Bind>,
}

impl Statement {
    /// A statement.
    pub fn new(sql: impl Into<Cow<'static, str>>, binds: Vec<Bind>) -> Self {
        Self { sql: sql.into(), binds }
    }
}

impl From<i64> for Bind {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u64> for Bind {
    /// No position, count or size comes near the end of 63 bits.
    fn from(value: u64) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Bind {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Bind {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<u8>> for Bind {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<&[u8]> for Bind {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl From<Timestamp> for Bind {
    fn from(value: Timestamp) -> Self {
        Self::Integer(value.micros())
    }
}

impl From<RecordId> for Bind {
    fn from(value: RecordId) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<rules::filter::Bind> for Bind {
    fn from(value: rules::filter::Bind) -> Self {
        match value {
            rules::filter::Bind::Text(text) => Self::Text(text.as_ref().to_owned()),
            rules::filter::Bind::Integer(number) => Self::Integer(number),
        }
    }
}

impl<T: Into<Self>> From<Option<T>> for Bind {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub(crate) Vec<Cell>);

impl Row {
    /// The value of a column, taken out of the row.
    ///
    /// # Errors
    /// [`Error::Damaged`] where it is missing or of another type.
    pub fn take<T: FromCell>(&mut self, column: usize) -> Result<T, Error> {
        let cell = self.0.get_mut(column).map(|cell| std::mem::replace(cell, Cell::Null));
        let what = || Error::damaged(format!("column {column} holds no {}", T::WHAT));
        T::from_cell(cell.ok_or_else(what)?).ok_or_else(what)
    }

    /// All values in order.
    pub fn into_cells(self) -> Vec<Cell> {
        self.0
    }
}

/// What a column can be read as.
pub trait FromCell: Sized {
    /// Its name, for faults.
    const WHAT: &'static str;
    /// The value, where the cell holds one.
    fn from_cell(cell: Cell) -> Option<Self>;
}

impl FromCell for i64 {
    const WHAT: &'static str = "number";
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Integer(number) = cell { Some(number) } else { None }
    }
}

impl FromCell for u64 {
    const WHAT: &'static str = "number from 0";
    fn from_cell(cell: Cell) -> Option<Self> {
        i64::from_cell(cell).and_then(|number| Self::try_from(number).ok())
    }
}

impl FromCell for Timestamp {
    const WHAT: &'static str = "time";
    fn from_cell(cell: Cell) -> Option<Self> {
        i64::from_cell(cell).map(Self::from_micros)
    }
}

impl FromCell for String {
    const WHAT: &'static str = "text";
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Text(text) = cell { Some(text) } else { None }
    }
}

impl FromCell for RecordId {
    const WHAT: &'static str = "record id";
    fn from_cell(cell: Cell) -> Option<Self> {
        String::from_cell(cell).and_then(|text| text.parse().ok())
    }
}

impl FromCell for Vec<u8> {
    const WHAT: &'static str = "bytes";
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Bytes(bytes) = cell { Some(bytes) } else { None }
    }
}

impl<const N: usize> FromCell for [u8; N] {
    const WHAT: &'static str = "bytes of the right number";
    fn from_cell(cell: Cell) -> Option<Self> {
        Vec::from_cell(cell).and_then(|bytes| bytes.try_into().ok())
    }
}

impl<T: FromCell> FromCell for Option<T> {
    const WHAT: &'static str = T::WHAT;
    fn from_cell(cell: Cell) -> Option<Self> {
        if cell == Cell::Null { Some(None) } else { T::from_cell(cell).map(Some) }
    }
}
