//! What is kept of a case beside what its records say.

use model::Timestamp;

/// What has to be done in a case by what its records say, all that are merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Derived {
    /// The office that is competent; empty where nobody knows.
    pub office: String,
    /// The division in which it lies.
    pub region: String,
    /// Its procedure; empty where the record that opened it counts no more.
    pub procedure: String,
    /// The state that it is in.
    pub state: String,
    /// Whether it goes on.
    pub is_open: bool,
    /// What has to be done.
    pub duties: Vec<DutyRow>,
    /// What the program is to do.
    pub takes: Vec<TakeRow>,
    /// What was done late, or not at all in a case that has gone past it.
    pub late: Vec<LateRow>,
}

/// Something that has to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DutyRow {
    /// `term`, `approval`, `next`, or `party`: for somebody outside of the office.
    pub kind: String,
    /// The term by which, where one runs.
    pub term: Option<String>,
    /// The steps of which one does it.
    pub steps: Vec<String>,
    /// The permissions of which one is needed.
    pub needs: Vec<String>,
    /// From when on it is overdue.
    pub overdue_from: Option<Timestamp>,
    /// From when on it is pressing.
    pub pressing_from: Option<Timestamp>,
    /// Until when it stands still.
    pub still_until: Option<Timestamp>,
    /// Whether its end rests on a calendar that is not announced yet.
    pub is_provisional: bool,
    /// Whose it is.
    pub assignee: Option<String>,
    /// Who may not do it.
    pub excluded: Vec<String>,
}

/// A step that the program is to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeRow {
    /// The step.
    pub step: String,
    /// At the end of which term.
    pub term: String,
    /// When that ends.
    pub at: Timestamp,
}

/// A term that was met after its end, or was over only after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateRow {
    /// The term.
    pub term: String,
    /// The step that met it or with which it was over.
    pub step: String,
    /// Whether that met it.
    pub is_met: bool,
    /// From when on it was overdue.
    pub overdue_from: Timestamp,
    /// When it was met or over.
    pub at: Timestamp,
    /// The account that did it.
    pub by: String,
    /// Whose it was then.
    pub assignee: Option<String>,
}

/// Words in one text, each between strokes, so that one of them can be asked for.
pub(super) fn joined(words: &[String]) -> String {
    match words {
        [] => String::new(),
        words => format!("|{}|", words.join("|")),
    }
}

/// The words in such a text.
pub(super) fn parted(text: &str) -> Vec<String> {
    text.split('|').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
