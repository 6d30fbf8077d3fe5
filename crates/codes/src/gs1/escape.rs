//! Percent-encoding, RFC 3986 section 2.1, as Digital Links and EPC URNs use it.

use std::borrow::Cow;
use std::fmt::Write;

/// Which characters stand for themselves.
#[derive(Clone, Copy)]
pub(crate) enum Syntax {
    /// A path segment or a query value of a Digital Link: the unreserved characters only.
    DigitalLink,
    /// A component of an EPC URN: all of set 82 but `" % & / < > ?`, and `#` and `/` of set 39
    /// (EPC Tag Data Standard, section 6.3.1 and table A-1).
    Urn,
}

impl Syntax {
    fn is_plain(self, byte: u8) -> bool {
        let others: &[u8] = match self {
            Self::DigitalLink => b"-._~",
            Self::Urn => b"!'()*+,-.:;=_",
        };
        byte.is_ascii_alphanumeric() || others.contains(&byte)
    }

    /// Appends `text` to `out`, escaped where this syntax demands it.
    pub(crate) fn encode(self, text: &str, out: &mut String) {
        for byte in text.bytes() {
            if self.is_plain(byte) {
                out.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// The text with its escapes resolved, and whether every `%` began one.
///
/// A `%` that begins no escape stands for itself; so does an escape that would not give UTF-8.
pub(crate) fn decode(text: &str) -> (Cow<'_, str>, bool) {
    if !text.contains('%') {
        return (Cow::Borrowed(text), true);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let mut whole = true;
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high * 16 + low);
                rest = &after[2..];
            }
            None => {
                whole &= *first != b'%';
                bytes.push(*first);
            }
        }
    }
    match String::from_utf8(bytes) {
        Ok(decoded) => (Cow::Owned(decoded), whole),
        Err(_) => (Cow::Borrowed(text), false),
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|d| d as u8)
}
