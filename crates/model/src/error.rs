//! What can be wrong with what a sender gives.

use thiserror::Error;

use crate::json;
use crate::words::Words;

/// A fault of a record: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The text is not JSON, or not the JSON of a record.
    #[error("line {line}, column {column}: {reason}; send one JSON object a record, in UTF-8")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader met.
        reason: String,
    },
    /// A limit of size was passed.
    #[error("{what} has {found}, at most {most} are taken; send less at a time")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// A field that does not say what it must.
    #[error("{field}: {reason}; it looks like {example}")]
    Field {
        /// JSON pointer or name of the field.
        field: String,
        /// What is wrong.
        reason: Words,
        /// A right one.
        example: &'static str,
    },
}

impl Error {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json { .. } => "record.json",
            Self::TooLarge { .. } => "record.too_large",
            Self::Field { .. } => "record.field",
        }
    }

    /// What is wrong and what to do, in Chinese; the field is told beside it.
    ///
    /// ```
    /// let fault = model::Draft::parse(b"{").unwrap_err();
    /// assert_eq!(
    ///     fault.zh(),
    ///     "第 1 行第 1 列不是合格的 JSON：文本中途结束；每条记录为一个 UTF-8 编码的 JSON 对象，键不得重复"
    /// );
    /// ```
    pub fn zh(&self) -> String {
        match self {
            Self::Json { line, column, reason } => format!(
                "第 {line} 行第 {column} 列不是合格的 JSON：{}；每条记录为一个 UTF-8 编码的 JSON 对象，键不得重复",
                json::reason_zh(reason)
            ),
            Self::TooLarge { found, most, .. } => {
                format!("数据过大：{found}，上限 {most}；请分次发送")
            }
            Self::Field { reason, example, .. } => format!("{}；应如 {example}", reason.zh),
        }
    }

    pub(crate) fn field(
        field: impl Into<String>,
        reason: impl Into<Words>,
        example: &'static str,
    ) -> Self {
        Self::Field { field: field.into(), reason: reason.into(), example }
    }
}
