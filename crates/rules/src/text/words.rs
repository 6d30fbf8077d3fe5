//! What is said of a rule, in the two languages of the program.

use std::fmt;

/// A part of what a fault says, shown in English.
///
/// What a filter says has its Chinese beside it, because filters come with requests. Guards stand
/// in packs, whose faults are told in English; where there is no Chinese, a fault says less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Box<Texts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Texts {
    en: String,
    zh: Option<String>,
}

impl Words {
    /// What is the same in both languages: a sign, a name.
    pub(crate) fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::from((text.clone(), text))
    }

    /// In English.
    pub fn en(&self) -> &str {
        &self.0.en
    }

    /// In Chinese, where it is known.
    pub fn zh(&self) -> Option<&str> {
        self.0.zh.as_deref()
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.en())
    }
}

impl From<String> for Words {
    /// English alone.
    fn from(en: String) -> Self {
        Self(Box::new(Texts { en, zh: None }))
    }
}

impl From<&str> for Words {
    /// English alone.
    fn from(en: &str) -> Self {
        Self::from(en.to_owned())
    }
}

impl<E: Into<String>, Z: Into<String>> From<(E, Z)> for Words {
    /// English and Chinese.
    fn from((en, zh): (E, Z)) -> Self {
        Self(Box::new(Texts { en: en.into(), zh: Some(zh.into()) }))
    }
}
