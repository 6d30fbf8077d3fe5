//! For tests: a disk that forgets everything not synced.
//!
//! A program that is killed loses nothing that it wrote, synced or not, since the system still has it.
//! A power cut is not so kind. [`Disk`] starts an unmodified program on a file layer that keeps apart
//! what the program has made durable; the test kills it whenever it likes and looks at that.
//!
//! ```
//! # fn main() -> std::io::Result<()> {
//! # if !cfg!(all(target_os = "linux", target_arch = "x86_64")) { return Ok(()); }
//! # let folder = std::env::temp_dir().join(format!("powercut-example-{}", std::process::id()));
//! let disk = powercut::Disk::new(&folder)?;
//! let notes = disk.working().join("notes");
//! std::fs::write(&notes, "first ")?; // before the program starts: taken for durable
//! std::fs::write(folder.join("more"), "second ")?;
//!
//! // Appends, as any program might, and may sync or not.
//! let append = |how: &str| {
//!     let mut dd = disk.command("dd");
//!     dd.arg(format!("if={}", folder.join("more").display()));
//!     dd.arg(format!("of={}", notes.display())).args(["oflag=append", how]);
//!     dd.stderr(std::process::Stdio::null()).spawn()?.wait() // or kill it at any moment
//! };
//! let left = || std::fs::read_to_string(disk.after_power_cut()?.join("notes"));
//!
//! append("conv=notrunc")?;
//! assert_eq!(std::fs::read_to_string(&notes)?, "first second ");
//! assert_eq!(left()?, "first ");
//!
//! append("conv=notrunc,fsync")?;
//! assert_eq!(left()?, "first second second ");
//! # std::fs::remove_dir_all(folder)
//! # }
//! ```
//!
//! # What survives
//! | what | survives |
//! |---|---|
//! | bytes written, a file cut or lengthened | `fsync` or `fdatasync` of the file, `syncfs`, `sync`, a write with `O_SYNC`, `O_DSYNC` or `RWF_DSYNC` |
//! | bytes stored through a shared mapping | the same, or `msync` with `MS_SYNC` for its part; SQLite's `-shm` asks for neither |
//! | a name made, removed, linked, renamed | `fsync` of the folder that has it, `syncfs`, `sync` |
//! | anything | not `sync_file_range`, `msync` with `MS_ASYNC`, `close` |
//!
//! POSIX promises no more, and ext4 keeps more: there a sync of a file also keeps its new name. A
//! program that is right on this disk is right on both. [`Disk::with_kind_entries`] is the kinder
//! disk: with a file, the folder entries that lead to it are kept, and its old names go.
//!
//! Two things are kinder than the letter of POSIX, because every journalling file system of Linux
//! keeps them. A sync of a folder has its changes as a whole or not at all, so that a rename over
//! another file leaves one of the two. And where something is renamed into another folder, a sync of
//! the old one alone does not lose it: the new name is made durable too. A sync of the new folder alone
//! leaves both names.
//!
//! # A full disk
//! Between [`Disk::fill`] and [`Disk::make_room`] nothing new finds room, a write over old bytes
//! included: harder than a file system that writes in place, and as hard as one that copies on write.
//! What is stored through a mapping finds room.
//!
//! # Limits
//! - Linux on x86-64 with glibc. The program is linked dynamically to libc, as Rust programs are.
//! - This disk forgets *all* that was not synced, where a real one keeps any part of it. What a
//!   program does about half-written pages is therefore tested only where a kill falls into a sync:
//!   such a sync may be partly there.
//! - One program at a time may write in the folder; a second one that tries is ended with a message.
//!   A program may be started again after another one ended: what that one left unsynced still is
//!   unsynced, and a first sync of a file takes all of it. A process that forks and goes on without
//!   `exec` is not followed.
//! - Calls past libc's functions are not seen, but for `sync` and `syncfs`: names changed by the raw
//!   calls of `rustix` (without its feature `use-libc`), `io_uring`, C's `fopen` and `fwrite`. What is
//!   written so to a file that the disk knows is *not* made durable by a sync, and shows as lost. A
//!   file that was created so is found at its first sync.
//! - Programs that the program starts are in the seccomp filter too: without the preloaded library (its
//!   environment removed) they die of `SIGSYS` on calling `sync`, and set-user-id programs stay
//!   ordinary.
//! - The watched folder is one file system. Folders' modes, owners, times, extended attributes, pipes
//!   and devices are not kept.
//! - The real syncs are left out, which makes tests fast. `POWERCUT_REAL_SYNC=1` in the environment
//!   of the command makes them too, for the timing of a real disk.
//!
//! The library that is preloaded, and why its state is whole at any moment, is described in
//! `shim/src/lib.rs`.

mod disk;
#[path = "../shim/src/journal.rs"]
#[allow(missing_docs)]
mod journal;
mod shim;
mod survivors;

pub use disk::Disk;
