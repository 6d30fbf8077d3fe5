//! The library that `powercut` preloads into a program to see what it makes durable.
//!
//! The program's files stand in the *watched* folder and are read and written as usual. Beside it, the
//! *shadow* folder holds what a power cut would leave:
//!
//! ```text
//! <shadow>/journal         which names are durable, one batch of lines per sync (`journal.rs`)
//! <shadow>/contents/<id>   the durable content of each file, by a number of the file's own
//! <shadow>/lock            held by the one program that writes
//! ```
//!
//! # How it works
//! The library has functions of the same names as libc's (`calls/`). The loader finds ours first; each
//! calls the real one and then notes in `disk::Disk` what changed: per file the ranges of bytes
//! written and the shortest length it was cut to since its last sync, per folder the names that were
//! made, removed or renamed. A sync of a file copies those ranges to `contents/<id>`; a sync of a
//! folder appends the names that changed to `journal`.
//!
//! Files are known by their inode, found by `fstat` from the descriptor that a call is given. So
//! nothing need be known about `close`, `dup`, `fcntl`, or descriptors from elsewhere. As an inode
//! number is used again when a file is gone, whoever creates a file gets a new number (`id`) for it.
//!
//! # When the program is killed in the middle
//! The state is whole at every moment, since what is durable is in the shadow folder only, in order:
//! - *Content.* A sync cuts the copy to the shortest length, writes the ranges in ascending order, and
//!   then sets the length. A kill in between leaves some of these done: a sync that has not returned
//!   may be partly there, as on a disk, which may write any page at any time. What earlier syncs wrote
//!   stays, but for bytes that this one also writes or cuts. The kernel finishes the page it is
//!   writing, so pages are never torn.
//! - *Names.* A batch of the journal ends with a line `end`; one without it counts for nothing. So a
//!   sync of a folder is there as a whole or not at all, and a rename is never seen half done.
//! - *The start.* The first program takes all that is there for durable; it writes that to
//!   `journal.first`, which becomes the journal once it is whole. Until then there is none.
//! - A file's content is removed from `contents/` only after the batch that removes its last name.
//!
//! # What must hold
//! - The library never opens and closes a file that the program has open: closing *any* descriptor of
//!   a file drops all POSIX locks that the process has on it, and SQLite lives by those. That is why
//!   files are read through the descriptor that is synced, and why a file opened for writing only is
//!   opened for reading too.
//! - While it works for itself (`world::Entered`), its own calls go straight to libc.
//! - It ends the program rather than be wrong in silence (`sys::die`).
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
// Functions that C calls with pointers, and calls to C: the purpose of this crate. `unsafe` stands in
// `sys`, `calls` and `trap`; what is remembered about the disk (`disk`) is safe code.
#![allow(unsafe_code)]
// The tests are not to run upon their own file layer.
#![cfg_attr(test, allow(dead_code))]

#[cfg(not(test))]
mod calls;
mod disk;
mod journal;
mod ranges;
mod sys;
#[cfg(not(test))]
mod trap;
mod world;
