//! A log in a folder, as C2SP tlog-tiles lays it out: the only part of this crate that touches files.
//!
//! ```text
//! checkpoint                    the last checkpoint
//! tile/<level>/<index>[.p/<n>]  hashes
//! tile/entries/<index>[.p/<n>]  entries
//! .writer/                      the writer's own: its lock, the file it is writing, what it set aside
//! ```
//!
//! Every file is written under another name and renamed into place, so none is ever seen half
//! written. Tiles may be lost in a power cut until [`sync`](super::Storage::sync) returns; only then
//! is a checkpoint that covers them written, itself synced before and after it is renamed. What is
//! left of tiles beyond the checkpoint is set aside when the log is opened again.

mod files;
mod pending;
mod reader;
mod writer;

pub use reader::DirReader;
pub use writer::DirStorage;
