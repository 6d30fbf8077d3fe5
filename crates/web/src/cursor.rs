//! Places between two pages.
//!
//! A cursor fixes the two times of the question, so that all pages together are one answer, however
//! many records come meanwhile; and it knows its question, so that it is not used for another.

use app::reading::When;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Timestamp;
use sha2::{Digest as _, Sha256};
use store::readings::{AsOf, Head};

use crate::query::Query;

/// A place behind a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    as_of: AsOf,
    head: Head,
}

const VERSION: u8 = 1;
const LENGTH: usize = 1 + 4 * 8 + 8;

/// What tells one question from another.
fn mark(question: &[&str]) -> [u8; 8] {
    let mut digest = Sha256::new();
    for part in question {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let mut mark = [0; 8];
    mark.copy_from_slice(&digest.finalize()[..8]);
    mark
}

impl Cursor {
    /// The place behind a record, in the answer to a question.
    pub fn behind(head: Head, as_of: AsOf) -> Self {
        Self { as_of, head }
    }

    /// The text of it.
    pub fn text(&self, question: &[&str]) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend(self.as_of.valid.micros().to_be_bytes());
        bytes.extend(self.as_of.known.to_be_bytes());
        bytes.extend(self.head.valid_at.micros().to_be_bytes());
        bytes.extend(self.head.position.to_be_bytes());
        bytes.extend(mark(question));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`text`](Self::text) wrote for the same question.
    fn parse(text: &str, question: &[&str]) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == LENGTH)?;
        let number = |at: usize| {
            let bytes = bytes.get(1 + at * 8..9 + at * 8)?;
            bytes.try_into().ok().map(u64::from_be_bytes)
        };
        if bytes[0] != VERSION || bytes[LENGTH - 8..] != mark(question) {
            return None;
        }
        // No database counts beyond 63 bits.
        let place = |at: usize| number(at).filter(|n| *n <= i64::MAX as u64);
        let time = |at: usize| number(at).map(|n| Timestamp::from_micros(n as i64));
        Some(Self {
            as_of: AsOf { valid: time(0)?, known: place(1)? },
            head: Head { valid_at: time(2)?, position: place(3)? },
        })
    }

    /// Reads the parameters `valid`, `known` and `after` of a question.
    pub fn read(query: &mut Query, question: &[&str]) -> (When, Option<Head>) {
        let mut when = When { valid: query.time("valid"), known: query.number("known") };
        let form = (
            "what the answer before gave as next, with the other parameters unchanged",
            "上一页给出的 next，其他参数不变",
        );
        let after = query.read("after", form, |text| Self::parse(text, question));
        let Some(after) = after else { return (when, None) };
        let fixed = When {
            valid: Some(after.as_of.valid).filter(|valid| valid.micros() != i64::MAX),
            known: Some(after.as_of.known),
        };
        let agrees = when.known.is_none_or(|known| Some(known) == fixed.known)
            && when.valid.is_none_or(|valid| Some(valid) == fixed.valid);
        if agrees {
            when = fixed;
        } else {
            query.wrong("after", form);
        }
        (when, Some(after.head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_for_its_own_question_only() {
        let cursor = Cursor {
            as_of: AsOf { valid: Timestamp::from_micros(i64::MAX), known: 7 },
            head: Head { valid_at: Timestamp::from_micros(-5), position: 3 },
        };
        let text = cursor.text(&["a", "bc"]);
        assert_eq!(Cursor::parse(&text, &["a", "bc"]), Some(cursor));
        assert_eq!(Cursor::parse(&text, &["ab", "c"]), None);
        for end in 0..text.len() {
            assert_eq!(Cursor::parse(&text[..end], &["a", "bc"]), None);
        }
        assert_eq!(Cursor::parse("é", &["a", "bc"]), None);
    }
}
