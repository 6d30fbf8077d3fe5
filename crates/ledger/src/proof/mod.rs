//! Proof files: an entry's place in a log, for whoever has the log's key and nothing else (C2SP
//! tlog-proof).

mod error;
mod file;
mod opening;

pub use error::ProofFileError;
pub use file::TlogProof;
pub use opening::Opening;
