//! What is said of a record, in the two languages of the program.

use std::fmt;

/// What is wrong; shown in English, with the Chinese beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

impl<E: Into<String>, Z: Into<String>> From<(E, Z)> for Words {
    /// English and Chinese.
    fn from((en, zh): (E, Z)) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }
}
