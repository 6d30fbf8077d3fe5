//! What every part of the program means by a record: ids, times, subjects, the record itself and
//! its canonical text.
//!
//! A sender gives a [`Draft`]. Intake adds who sent it, when, and under which pack, which makes a
//! [`Record`]; its canonical text is what a leaf of the evidence log commits to. The two parts of
//! a payload are named in that text only by their digests, so that the personal part can be
//! erased and every proof still holds.
//!
//! Nothing here reads the clock or does input or output.

mod digest;
mod envelope;
mod error;
pub mod json;
mod record;
mod record_id;
mod subject;
pub mod system_kind;
mod timestamp;
mod words;

pub use digest::Digest;
pub use envelope::{Envelope, EnvelopeAuthor, EnvelopePersonal, EnvelopeSubject};
pub use error::Error;
pub use record::{Author, Class, Draft, PersonalDigests, PersonalPart, Record, Subject};
pub use record_id::RecordId;
pub use subject::SubjectId;
pub use timestamp::{Timestamp, TimestampFault};
pub use words::Words;
