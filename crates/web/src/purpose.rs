//! What somebody looks subjects up for: said once a session, in memory alone, and written into the audit
//! trail with each search.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::response::Response;

/// Sessions that are remembered; who is beyond them says it again.
const MOST: usize = 10_000;
/// The most characters of a purpose.
pub const LONGEST: usize = 200;
/// The least: fewer say nothing.
pub const LEAST: usize = 4;

/// The purposes of sessions.
#[derive(Debug, Default)]
pub struct Purposes(Mutex<HashMap<[u8; 32], Arc<str>>>);

impl Purposes {
    /// What a session is for, by its binding.
    pub fn of(&self, session: &[u8; 32]) -> Option<Arc<str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(session).cloned()
    }

    /// Says what a session is for from here on.
    pub fn say(&self, session: [u8; 32], purpose: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(session, purpose.into());
    }
}

/// What was looked for, on an answer that shows what was found: it is noted before it goes out.
#[derive(Debug, Clone)]
pub struct Searched {
    /// What was typed.
    pub text: String,
    /// What for.
    pub purpose: Option<Arc<str>>,
}

impl Searched {
    /// Marks an answer.
    pub fn mark(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}
