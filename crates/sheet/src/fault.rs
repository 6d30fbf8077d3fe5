//! What is wrong or odd about a file.

use std::fmt;
use std::io;

/// Why a file cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// A stable name for programs.
    pub code: &'static str,
    /// The line of a text file or the row of a sheet, from 1, where it has one.
    pub row: Option<u64>,
    /// What is wrong and what to do, in English.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
}

impl Fault {
    /// A fault of a file as a whole.
    pub fn new(code: &'static str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { code, row: None, en: en.into(), zh: zh.into() }
    }

    /// The fault at a line or row.
    #[must_use]
    pub fn at(self, row: u64) -> Self {
        Self { row: Some(row), ..self }
    }

    /// The fault of a file that the machine cannot read.
    pub fn read(error: &io::Error) -> Self {
        Self::new(
            "sheet.read",
            format!("the file cannot be read: {error}; send it again"),
            format!("文件无法读取（{error}）；请重新上传"),
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row) = self.row {
            write!(f, "line {row}: ")?;
        }
        f.write_str(&self.en)
    }
}

/// Something that whoever sent a file should know, though it is no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// A stable name for programs.
    pub code: &'static str,
    /// The line or row, from 1, where it has one.
    pub row: Option<u64>,
    /// What it is, in English.
    pub en: String,
    /// What it is, in Chinese.
    pub zh: String,
}

impl Note {
    /// A note on a file as a whole.
    pub fn new(code: &'static str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { code, row: None, en: en.into(), zh: zh.into() }
    }

    /// The note at a line or row.
    #[must_use]
    pub fn at(self, row: u64) -> Self {
        Self { row: Some(row), ..self }
    }
}
