//! Lists of codes.

use std::fmt;
use std::sync::Arc;

/// The codes that a field or a literal may hold, under the name of their list.
///
/// A list that changes with the day is made for the day in question: of the codes in force, where
/// a record of that day is checked; of all that ever were, where a filter is read.
///
/// ```
/// use rules::value::CodeList;
/// let results = CodeList::new("test-result", ["pass", "fail", "not-judged"]);
/// assert!(results.holds("fail") && !results.holds("fial"));
/// assert_eq!(results.codes().next(), Some("fail"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CodeList {
    name: Arc<str>,
    codes: Arc<[Box<str>]>,
}

impl CodeList {
    /// A list of these codes; a code that comes twice counts once.
    pub fn new<'a>(name: &str, codes: impl IntoIterator<Item = &'a str>) -> Self {
        let mut codes: Vec<Box<str>> = codes.into_iter().map(Box::from).collect();
        codes.sort_unstable();
        codes.dedup();
        Self { name: name.into(), codes: codes.into() }
    }

    /// The name of the list.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the list has the code.
    pub fn holds(&self, code: &str) -> bool {
        self.codes.binary_search_by(|known| (**known).cmp(code)).is_ok()
    }

    /// The codes, by their code points.
    pub fn codes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.codes.iter().map(|code| &**code)
    }
}

/// A list of a province's divisions would fill pages.
impl fmt::Debug for CodeList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeList({}, {} codes)", self.name, self.codes.len())
    }
}
