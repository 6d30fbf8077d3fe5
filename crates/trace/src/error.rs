use std::fmt;

/// Why something cannot be put into a graph, or a graph cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// Acts come in the order of their records, and this one is before the last.
    OutOfOrder {
        /// The record of the last act.
        last: u64,
        /// The record that came behind it.
        record: u64,
    },
    /// There are more acts or links than numbers for them.
    Full,
    /// The bytes are no snapshot, or one of another format.
    Format,
    /// The snapshot does not end where it should, or a number in it points to nothing.
    Damaged,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfOrder { last, record } => {
                write!(f, "the act of record {record} comes behind that of record {last}")
            }
            Self::Full => f.write_str("the graph has no numbers left"),
            Self::Format => f.write_str("this is no snapshot of a graph of this format"),
            Self::Damaged => f.write_str("the snapshot is damaged; make the graph anew"),
        }
    }
}

impl std::error::Error for Error {}
