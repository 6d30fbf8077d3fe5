//! What can be wrong with what a sender gives.

use thiserror::Error;

use crate::json;
use crate::words::Words;

/// A fault of a record: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The text is not in UTF-8.
    #[error("byte {offset} of the JSON text is no UTF-8; save it in UTF-8, not in GBK or UTF-16")]
    Encoding {
        /// The bytes before it.
        offset: usize,
    },
    /// The text is not JSON.
    #[error("line {line}, column {column}: {reason}; {}", json::remedy(.reason))]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader met.
        reason: String,
    },
    /// A key that an object has twice.
    #[error("{pointer}: the key comes twice in one object; take one out")]
    Twice {
        /// JSON pointer of the second.
        pointer: String,
    },
    /// Objects and lists that lie too deep in each other.
    #[error(
        "{pointer}: objects and lists are nested more than {most} levels deep; write it flatter"
    )]
    Deep {
        /// JSON pointer.
        pointer: String,
        /// The limit.
        most: usize,
    },
    /// An integer that not every reader of JSON holds.
    #[error("{pointer}: {number} is too large to be exact; send it as text")]
    Inexact {
        /// JSON pointer.
        pointer: String,
        /// The integer.
        number: String,
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
            Self::Encoding { .. }
            | Self::Json { .. }
            | Self::Twice { .. }
            | Self::Deep { .. }
            | Self::Inexact { .. } => "record.json",
            Self::TooLarge { .. } => "record.too_large",
            Self::Field { .. } => "record.field",
        }
    }

    /// Where it is, as a JSON pointer, for a fault of a part of the record.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::Twice { pointer }
            | Self::Deep { pointer, .. }
            | Self::Inexact { pointer, .. } => Some(pointer),
            Self::Field { field, .. } => Some(field),
            Self::Encoding { .. } | Self::Json { .. } | Self::TooLarge { .. } => None,
        }
    }

    /// What is wrong and what to do, in Chinese; the pointer is told beside it.
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
            Self::Encoding { offset } => format!(
                "JSON 文本第 {offset} 字节处不是 UTF-8；请保存为 UTF-8 编码，不要使用 GBK 或 UTF-16"
            ),
            Self::Twice { .. } => "同一对象中此键出现两次；请删除其一".to_owned(),
            Self::Deep { most, .. } => format!("对象和列表的嵌套超过 {most} 层；请减少层次"),
            Self::Inexact { number, .. } => {
                format!("{number} 超出可精确表示的整数范围；请作为文本发送")
            }
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
