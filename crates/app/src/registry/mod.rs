//! The registry: which subjects there are, what they are called and were called, which ids are one,
//! and finding them.
//!
//! | module | what |
//! |---|---|
//! | `sorts` | what the pack says of registered subjects |
//! | `entry` | one subject as the index holds it |
//! | `joins` | which ids are of one and the same subject |
//! | `state`, `follow` | all of it in memory, following the readings |
//! | [`find`] | searching, within what the searcher may find |
//! | [`number`] | finding records by the numbers that people call them by |
//! | [`archive`] | what holds of a subject as of any time, and its time line |
//! | [`suggest`] | what may be double, and what a person says to it |
//!
//! Nothing of it is stored: the readings answer what a subject is as of any (valid, known), and the
//! index is made of them in some seconds. An id is never given up: one that was joined to another
//! leads to the archive of both.

pub mod archive;
mod called;
mod entry;
pub mod find;
mod follow;
mod joins;
pub mod number;
mod sorts;
mod state;
pub mod suggest;

pub use archive::Archive;
pub use called::Called;
pub use find::{Search, SubjectHit, SubjectsFound};
pub use follow::Registry;
pub use joins::{Because, Member, SAME_SUBJECT};
pub use number::Numbered;
pub use search::How;
pub use suggest::{Side, Suggestion, Suggestions};

pub(crate) use state::Source;
