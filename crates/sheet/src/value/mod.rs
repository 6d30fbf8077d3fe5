//! Days, numbers, codes and words as people write them in spreadsheets.
//!
//! What can be read in one way only is read; what can be read in two is refused with a word on how
//! to write it.

pub mod code;
pub mod date;
pub mod number;
pub mod words;

/// Why a cell is not what its column asks for: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// A stable name for programs.
    pub code: &'static str,
    /// What is wrong, in English.
    pub en: String,
    /// What to do, in English.
    pub do_en: String,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What to do, in Chinese.
    pub do_zh: String,
}

impl Unread {
    /// What is wrong and what to do, in English and in Chinese.
    pub fn new(
        code: &'static str,
        en: (impl Into<String>, impl Into<String>),
        zh: (impl Into<String>, impl Into<String>),
    ) -> Self {
        Self { code, en: en.0.into(), do_en: en.1.into(), zh: zh.0.into(), do_zh: zh.1.into() }
    }
}
