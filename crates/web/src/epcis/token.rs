//! Places between two pages: what `nextPageToken` says.
//!
//! A token knows its question, so that it is not used for another, and as of which records the first page
//! was. Who does not want one to be used any more may say so; that is remembered while the program runs.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use app::Fault;
use app::epcis::{EventCursor, Told};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Timestamp;
use sha2::{Digest as _, Sha256};
use store::readings::EventPlace;

use crate::problem::Problem;
use crate::site::Site;

const VERSION: u8 = 1;
const LENGTH: usize = 1 + 5 * 8 + 8;
/// Of places of those who follow.
const FOLLOWS: u8 = 2;
const FOLLOWS_LENGTH: usize = 1 + 2 * 8 + 8;
/// Tokens that are remembered as invalid at once.
const MOST: usize = 10_000;

/// A place, and how many parts of the event there were given already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The place.
    pub cursor: EventCursor,
    /// Parts of the next event that were given.
    pub given: u64,
}

fn mark(question: &str) -> [u8; 8] {
    let digest = Sha256::digest(question.as_bytes());
    let mut mark = [0; 8];
    mark.copy_from_slice(&digest[..8]);
    mark
}

impl Token {
    /// Its text.
    pub fn text(&self, question: &str) -> String {
        let EventCursor { known, place, left } = self.cursor;
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend(known.to_be_bytes());
        bytes.extend(place.valid_at.micros().to_be_bytes());
        bytes.extend(place.position.to_be_bytes());
        bytes.extend(left.map_or(u64::MAX, |left| left).to_be_bytes());
        bytes.extend(self.given.to_be_bytes());
        bytes.extend(mark(question));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`text`](Self::text) wrote for the same question.
    fn parse(text: &str, question: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == LENGTH)?;
        if bytes[0] != VERSION || bytes[LENGTH - 8..] != mark(question) {
            return None;
        }
        let number = |at: usize| {
            let bytes = bytes.get(1 + at * 8..9 + at * 8)?;
            bytes.try_into().ok().map(u64::from_be_bytes)
        };
        // No database counts beyond 63 bits.
        let fits = |number: &u64| *number <= i64::MAX as u64;
        let known = number(0).filter(fits)?;
        let valid_at = Timestamp::from_micros(number(1)? as i64);
        let position = number(2).filter(|n| fits(n) || *n == u64::MAX)?;
        let left = number(3).filter(|left| *left != u64::MAX);
        let place = EventPlace { valid_at, position };
        Some(Self { cursor: EventCursor { known, place, left }, given: number(4)? })
    }
}

/// How far somebody was told who follows a question.
pub fn place_text(told: Told, question: &str) -> String {
    let mut bytes = Vec::with_capacity(FOLLOWS_LENGTH);
    bytes.push(FOLLOWS);
    bytes.extend(told.known.to_be_bytes());
    bytes.extend(told.position.to_be_bytes());
    bytes.extend(mark(question));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads what [`place_text`] wrote for the same question.
pub fn place(text: &str, question: &str) -> Option<Told> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|b| b.len() == FOLLOWS_LENGTH)?;
    if bytes[0] != FOLLOWS || bytes[FOLLOWS_LENGTH - 8..] != mark(question) {
        return None;
    }
    let number = |at: usize| {
        let bytes = bytes.get(1 + at * 8..9 + at * 8)?;
        bytes.try_into().ok().map(u64::from_be_bytes).filter(|number| *number <= i64::MAX as u64)
    };
    Some(Told { known: number(0)?, position: number(1)? })
}

/// Tokens that are not to be taken any more.
#[derive(Default)]
pub struct Invalidated(Mutex<Digests>);

/// Digests of tokens, and in which order they came.
#[derive(Default)]
struct Digests {
    all: HashSet<[u8; 32]>,
    order: VecDeque<[u8; 32]>,
}

impl Invalidated {
    fn add(&self, token: &str) {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.all.insert(digest) {
            all.order.push_back(digest);
        }
        if all.order.len() > MOST
            && let Some(oldest) = all.order.pop_front()
        {
            all.all.remove(&oldest);
        }
    }

    fn has(&self, token: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all.contains(&digest)
    }
}

/// Reads the token of a question.
///
/// # Errors
/// It is of another question, or not to be taken any more.
pub fn read(site: &Site, text: &str, question: &str) -> Result<Token, Problem> {
    let found = Token::parse(text, question).filter(|_| !site.invalidated.has(text));
    found.ok_or_else(wrong)
}

/// That a token is not of this question.
pub fn wrong() -> Problem {
    let fault = Fault::new(
        "epcis.page",
        "nextPageToken must be that of the page before, with the other parameters unchanged; begin anew without it",
        "nextPageToken 应为上一页给出的值，且其他参数不变；否则请从第一页重新查询",
    );
    Problem::new(StatusCode::BAD_REQUEST, fault)
}

/// `DELETE /epcis/nextPageToken/{token}`.
pub async fn invalidate(
    State(site): State<Arc<Site>>,
    Path(token): Path<String>,
    request: Parts,
) -> Result<Response, Problem> {
    site.principal(&request.headers).await?;
    site.invalidated.add(&token);
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_who_follows_is_read_back_for_its_own_question_only() {
        let told = Told { known: 7, position: 3 };
        let text = place_text(told, "a");
        assert_eq!(place(&text, "a"), Some(told));
        assert_eq!(place(&text, "b"), None);
        for end in 0..text.len() {
            assert_eq!(place(&text[..end], "a"), None);
        }
        assert_eq!(Token::parse(&text, "a"), None);
    }

    #[test]
    fn a_token_is_read_back_for_its_own_question_only() {
        let place = EventPlace { valid_at: Timestamp::from_micros(-5), position: 3 };
        let token = Token { cursor: EventCursor { known: 7, place, left: Some(2) }, given: 1 };
        let text = token.text("a=b");
        assert_eq!(Token::parse(&text, "a=b"), Some(token));
        assert_eq!(Token::parse(&text, "a=c"), None);
        for end in 0..text.len() {
            assert_eq!(Token::parse(&text[..end], "a=b"), None);
        }
    }
}
