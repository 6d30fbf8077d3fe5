//! What a record is about.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// The id of a subject, `scheme:value`: `uscc:91420100…`, `gtin:06901234567892`,
/// `chicago-license:1234567`.
///
/// The scheme is 1-32 characters `a-z 0-9 -` and begins with a letter; the value is 1-200
/// characters without control characters and without white space around it. Whether the value is
/// right under its scheme is checked at intake, with the pack; here it is only well formed, so that
/// ids of schemes that are no longer known stay readable.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectId {
    text: String,
    colon: usize,
}

const LONGEST_SCHEME: usize = 32;
const LONGEST_VALUE: usize = 200;

impl SubjectId {
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

impl FromStr for SubjectId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault =
            |en: &str, zh: &str| Error::field("subject", (en, zh), "uscc:914201001777000029");
        let (scheme, value) = text
            .split_once(':')
            .ok_or_else(|| fault("no colon after the scheme", "方案后没有冒号"))?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let begins = scheme.starts_with(|c: char| c.is_ascii_lowercase());
        if !begins || scheme.len() > LONGEST_SCHEME || !scheme.chars().all(fits) {
            return Err(fault(
                "the scheme is not 1 to 32 of a-z, 0-9 and -",
                "方案应为 1 至 32 个字符，只用 a-z、0-9 和 -",
            ));
        }
        let length = value.chars().count();
        if length == 0 || length > LONGEST_VALUE || value.trim() != value {
            return Err(fault(
                "the value is not 1 to 200 characters without white space around",
                "代码应为 1 至 200 个字符，首尾不留空白",
            ));
        }
        if value.chars().any(char::is_control) {
            return Err(fault("the value has a control character", "代码含有控制字符"));
        }
        Ok(Self { text: text.to_owned(), colon: scheme.len() })
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
