//! Whose records a question is of.

use super::questions::Question;

/// Records that somebody may read by one right. A record lies in it where one of the three holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// It belongs to one of these offices.
    pub offices: Vec<String>,
    /// It belongs to no office and lies in one of these regions.
    pub regions: Vec<String>,
    /// One of these sent it.
    pub authors: Vec<String>,
}

/// Only what lies in one of some scopes. No index is meant to serve it: who may read little is shown
/// pages in the order of time all the same.
pub(super) fn within(question: &mut Question, scopes: Option<&[Scope]>) {
    let Some(scopes) = scopes else { return };
    let mut any = Vec::new();
    for scope in scopes {
        let sides = [
            ("k.office IN", &scope.offices),
            ("k.office IS NULL AND k.region || '' IN", &scope.regions),
            ("k.author IN", &scope.authors),
        ];
        for (condition, values) in sides {
            if !values.is_empty() {
                let places = question.places(values);
                any.push(format!("({condition} ({places}))"));
            }
        }
    }
    match any.is_empty() {
        // Nothing lies in a scope of nothing.
        true => question.and("1 = 0"),
        false => question.and(&format!("({})", any.join(" OR "))),
    }
}
