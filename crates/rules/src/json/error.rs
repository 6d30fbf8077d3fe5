//! Why a JSON text is not read.

use thiserror::Error;

/// Why a JSON text is not read. It is told in English by its text and in Chinese by
/// [`ReadError::zh`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The text is too large.
    #[error(
        "the JSON text has {found} bytes, at most {most} are taken; send less at a time, or a file as evidence"
    )]
    Large {
        /// The most bytes.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// The text is not in UTF-8.
    #[error("byte {offset} of the JSON text is no UTF-8; save it in UTF-8, not in GBK or UTF-16")]
    Encoding {
        /// The bytes before it.
        offset: usize,
    },
    /// The text has not the form of JSON.
    #[error("line {line}, column {column}: this is no JSON: {reason}; {}", remedy(.reason))]
    Form {
        /// The line, from 1.
        line: usize,
        /// The byte in its line, from 1.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// Objects and lists lie too deep in each other.
    #[error("{pointer}: objects and lists lie more than {most} levels deep; write it flatter")]
    Deep {
        /// Where, as a JSON pointer.
        pointer: String,
        /// The most levels.
        most: usize,
    },
    /// An object has the same name twice.
    #[error("{pointer}: the object has this name twice; take one out")]
    Twice {
        /// Where, as a JSON pointer.
        pointer: String,
    },
}

impl ReadError {
    pub(super) fn of(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let shown = error.to_string();
        let place = format!(" at line {line} column {column}");
        let reason = shown.strip_suffix(&place).unwrap_or(&shown).to_owned();
        Self::Form { line, column, reason }
    }

    /// A stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Large { .. } => "rules.json_large",
            Self::Encoding { .. } => "rules.json_encoding",
            Self::Form { .. } => "rules.json_form",
            Self::Deep { .. } => "rules.json_deep",
            Self::Twice { .. } => "rules.json_twice",
        }
    }

    /// Where it is, as a JSON pointer, for an error that is about a part of the value.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::Deep { pointer, .. } | Self::Twice { pointer } => Some(pointer),
            Self::Large { .. } | Self::Encoding { .. } | Self::Form { .. } => None,
        }
    }

    /// What is wrong, where and what to do, in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Large { most, found } => {
                format!(
                    "JSON 文本有 {found} 字节，最多 {most} 字节；请分批提交，或将文件作为附件提交"
                )
            }
            Self::Encoding { offset } => format!(
                "JSON 文本第 {offset} 字节处不是 UTF-8；请保存为 UTF-8 编码，不要使用 GBK 或 UTF-16"
            ),
            Self::Form { line, column, reason } => {
                format!("第 {line} 行第 {column} 列：不是 JSON（{reason}）；请改正后再次提交")
            }
            Self::Deep { pointer, most } => {
                format!("{pointer}：对象和列表的嵌套超过 {most} 层；请减少层次")
            }
            Self::Twice { pointer } => format!("{pointer}：同一对象中此项出现两次；请删除其一"),
        }
    }
}

fn remedy(reason: &str) -> &'static str {
    if reason.starts_with("EOF") {
        "it may have been cut off: send it again"
    } else if reason.starts_with("trailing characters") {
        "send one value, or a stream of lines where that is asked for"
    } else if reason.contains("number out of range") {
        "give a number that can be"
    } else {
        "compare it with the description of the interface"
    }
}
