//! Checking a whole log from its files, with no help from whoever runs it.
//!
//! Everything is computed anew from the entries: the leaf hashes, every tile at every level, partial
//! tiles and partial bundles that are there, and the root of each checkpoint. What is checked, in this
//! order, is that
//!
//! 1. each file `checkpoint` and `checkpoint.<number>` is a checkpoint, of one and the same log, and
//!    signed by a given key;
//! 2. every bundle and tile that the largest checkpoint calls for is there, has the right length and
//!    nothing behind it, and agrees with the entries;
//! 3. so does every partial tile and bundle that a smaller checkpoint calls for, unless the full one
//!    has taken its place, as C2SP tlog-tiles allows;
//! 4. each checkpoint has the root that the entries give, and so has one that was kept elsewhere
//!    ([`AuditOptions::grown_from`]).
//!
//! The first thing that does not fit is named ([`Problem`]). It is the same whatever the number of
//! threads. Where a tile and what is under it disagree, the hash in the tile above, or the checkpoint
//! at the right edge, tells which of the two is wrong.
//!
//! Tiles that reach beyond the largest checkpoint are covered by no signature: a crash may have left
//! them, whole or torn, and the log will set them aside. They are listed and not checked, unless one
//! stands in for a partial tile that is gone. Files that are no part of a log are listed too and do no
//! harm.

mod checkpoints;
mod chunk;
mod files;
mod listing;
mod problem;
mod report;
mod run;
mod tiles;
mod witness;

pub use files::LogFiles;
pub use problem::{Finding, Problem};
pub use report::{AuditReport, CheckpointReport};
pub use run::{AuditOptions, audit};
