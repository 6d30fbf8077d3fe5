//! The two times of a question.

/// What had happened by an instant, as far as it was known when there were so many records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// What happened up to this instant, inclusive; µs since 1970, UTC.
    pub valid: i64,
    /// What the first so many records say.
    pub known: u64,
}

/// When a record counts: for who knows more than `from` records and no more than `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The position of the record by which it began to count: its own, or the one that completed
    /// its batch.
    pub from: u64,
    /// The position of the record by which it ceased to count; [`Span::OPEN`] where there is none.
    pub until: u64,
}

impl Span {
    /// No end yet.
    pub const OPEN: u64 = u64::MAX;

    /// From a position on, without an end.
    pub const fn from(from: u64) -> Self {
        Self { from, until: Self::OPEN }
    }

    /// Whether it holds when the first so many records are known.
    pub const fn holds(&self, known: u64) -> bool {
        self.from < known && self.until >= known
    }
}
