//! Codes of other schemes, written `scheme:value`.

use std::fmt;

use crate::error::Error;
use crate::text;
use crate::words::{Name, Words};

const WHAT: Name = Name::new("code of another scheme", "“方案:代码”形式的编码");
const EXAMPLE: &str = "chicago-license:1234567";
const LONGEST_SCHEME: usize = 32;
const LONGEST_VALUE: usize = 200;

/// A code that is none of GS1 and none of the national standards.
///
/// The scheme is 1-32 characters `a-z 0-9 -` and begins with a letter; the value is 1-200
/// characters without control or invisible characters and without white space at its ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemeCode {
    text: String,
    colon: usize,
}

/// Schemes whose texts have a notation of their own here.
const TAKEN: &[&str] = &["urn", "http", "https"];

impl SchemeCode {
    /// Reads `scheme:value`.
    ///
    /// # Errors
    /// [`Error::Form`] or [`Error::Character`].
    ///
    /// ```
    /// let code = codes::SchemeCode::parse("chicago-license:1234567").unwrap();
    /// assert_eq!((code.scheme(), code.value()), ("chicago-license", "1234567"));
    /// assert!(codes::SchemeCode::parse("Chicago:1").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fault = |en: String, zh: String| {
            let reason = Words::new(en, zh);
            Error::Form { what: WHAT, reason, example: EXAMPLE }
        };
        let Some((scheme, value)) = text.split_once(':') else {
            return Err(fault(
                "there is no colon after the scheme".to_owned(),
                "方案后没有冒号".to_owned(),
            ));
        };
        let begins = scheme.starts_with(|c: char| c.is_ascii_lowercase());
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !begins || !scheme.chars().all(fits) || scheme.len() > LONGEST_SCHEME {
            let scheme = text::excerpt(scheme);
            return Err(fault(
                format!(
                    "the scheme {scheme:?} is not 1 to {LONGEST_SCHEME} of a-z, 0-9 and -, beginning with a letter"
                ),
                format!(
                    "方案“{scheme}”应为 1 至 {LONGEST_SCHEME} 个字符，只用 a-z、0-9 和 -，以字母开头"
                ),
            ));
        }
        if TAKEN.contains(&scheme) {
            return Err(fault(
                format!("{scheme}: begins a web address or a URN"),
                format!("{scheme}: 是网址或 URN 的开头"),
            ));
        }
        let length = value.chars().count();
        if value.trim() != value || length == 0 || length > LONGEST_VALUE {
            return Err(fault(
                format!(
                    "the value is not 1 to {LONGEST_VALUE} characters without white space around them"
                ),
                format!("代码应为 1 至 {LONGEST_VALUE} 个字符，首尾不留空白"),
            ));
        }
        let foreign = |c: char| c.is_control() || text::is_invisible(c);
        if let Some((at, found)) = text.chars().enumerate().find(|(_, c)| foreign(*c)) {
            return Err(Error::Character {
                what: WHAT,
                at: at + 1,
                found,
                expected: Name::new("a visible character", "看得见的字符"),
                suggestions: Vec::new(),
            });
        }
        Ok(Self { text: text.to_owned(), colon: scheme.len() })
    }

    /// The part before the colon.
    pub fn scheme(&self) -> &str {
        &self.text[..self.colon]
    }

    /// The part after the colon.
    pub fn value(&self) -> &str {
        &self.text[self.colon + 1..]
    }

    /// The whole.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for SchemeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
