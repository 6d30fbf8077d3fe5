//! What can be wrong with a pack: where, what, and what to do about it.

use std::fmt;

/// The sort of a fault, with a stable name for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultCode {
    /// A file that every pack has is not there.
    FileMissing,
    /// A file that nothing reads.
    FileUnknown,
    /// A file that is not UTF-8.
    NotUtf8,
    /// The text is not TOML, or not CSV.
    Syntax,
    /// A key or a column that the language does not know.
    UnknownKey,
    /// A key or a column that is not there.
    MissingKey,
    /// A value of another type than its key asks for.
    WrongType,
    /// A value that its key does not allow.
    BadValue,
    /// Something that is not a day, or days in the wrong order.
    BadDay,
    /// A label without one of the two languages.
    Label,
    /// A name that nothing in the pack has.
    UnknownName,
    /// A name given twice.
    Duplicate,
    /// Two values of one name in force on the same day.
    Overlap,
    /// Two statements that cannot both hold.
    Contradiction,
    /// A condition that cannot be read.
    Expression,
    /// A permission held by two roles that no person may have together.
    Conflict,
    /// A procedure that is not sound.
    Procedure,
    /// A row of a table of codes that the crate `codes` refuses.
    CodeTable,
}

impl FaultCode {
    /// The stable name.
    ///
    /// ```
    /// assert_eq!(pack::FaultCode::UnknownKey.code(), "pack.unknown_key");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            Self::FileMissing => "pack.file_missing",
            Self::FileUnknown => "pack.file_unknown",
            Self::NotUtf8 => "pack.not_utf8",
            Self::Syntax => "pack.syntax",
            Self::UnknownKey => "pack.unknown_key",
            Self::MissingKey => "pack.missing_key",
            Self::WrongType => "pack.wrong_type",
            Self::BadValue => "pack.bad_value",
            Self::BadDay => "pack.bad_day",
            Self::Label => "pack.label",
            Self::UnknownName => "pack.unknown_name",
            Self::Duplicate => "pack.duplicate",
            Self::Overlap => "pack.overlap",
            Self::Contradiction => "pack.contradiction",
            Self::Expression => "pack.expression",
            Self::Conflict => "pack.conflict",
            Self::Procedure => "pack.procedure",
            Self::CodeTable => "pack.code_table",
        }
    }
}

/// A fault of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its sort.
    pub code: FaultCode,
    /// The path of the file inside the pack.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}; {}", self.file, self.line, self.what, self.remedy)
    }
}

/// Everything that is wrong with a pack, by file and line; never empty where it is an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", joined(.0))]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// The stable name of the sort of the first fault.
    pub fn code(&self) -> &'static str {
        self.0.first().map_or("pack.none", |fault| fault.code.code())
    }
}

fn joined(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}
