//! The log itself: entries are put in order, tiles are written, checkpoints are signed, and what was
//! logged is proven.

mod edge;
mod error;
mod open;
mod reader;
mod writer;

pub use error::{LogError, ReadError};
pub use reader::TreeReader;
pub use writer::{Appended, Log};
