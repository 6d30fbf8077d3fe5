//! What the program does, without saying how it is asked: taking records in, reading them as of any
//! time, proving them, erasing what is personal, backing up and checking.
//!
//! | module | what |
//! |---|---|
//! | [`system`] | a running program: its store, pack, keys, log |
//! | [`intake`] | the one way in: checks, receipts, batches, streams |
//! | [`import`] | tables that others keep become records |
//! | [`keys`] | the secrets of an installation and the keys of persons |
//! | [`door`] | who may do what |
//! | [`people`] | accounts, roles, the audit trail, the informer vault |
//! | [`evidence`] | records become leaves of the log, the log is signed |
//! | [`proof`] | checking a proof file against the logs of this installation |
//! | [`reading`] | records and subjects as of (valid, known) |
//! | [`registry`] | finding subjects, their archives, double entries |
//! | [`attachment`] | files that belong to records |
//! | [`archived`] | the packs that were in force, kept whole |
//! | [`disclosure`] | what is shown without a permission: to the public, to those concerned |
//! | [`job`] | work that outlives a request: the queue, the files that it leaves |
//! | [`demonstration`] | a store to look at: made at a told time, marked for good |
//! | [`item`] | what whoever holds a thing may know of it |
//! | [`export`] | records of a kind as a file |
//! | [`report`] | statistical reports: computed, checked, locked, amended |
//! | [`trace`] | where things came from and went, who answers for them |
//! | [`case`] | cases: what their records come to, the next step of them |
//! | [`duty`] | who has to do what by when, whose a case is, what the program does at the end of a term |
//! | [`document`] | documents of cases and their service |
//! | [`notice`] | telling people what has to be done: in the program, by e-mail, to their address |
//! | [`program`] | programs of the office that seal and scan |
//! | [`epcis`] | traceability events: captured, asked for |
//! | [`erasure`] | destroying what is personal, where no law keeps it |
//!
//! Only [`time`] reads the clock.

mod activation;
pub mod archived;
pub mod attachment;
pub mod backup;
pub mod batch;
pub mod case;
mod days;
pub mod demonstration;
pub mod disclosure;
pub mod document;
pub mod door;
pub mod duty;
pub mod epcis;
pub mod erasure;
pub mod evidence;
pub mod export;
pub mod fault;
mod following;
pub mod import;
pub mod intake;
pub mod item;
pub mod job;
pub mod keys;
pub mod letter;
pub mod notice;
pub mod people;
pub mod program;
pub mod proof;
pub mod reading;
pub mod registry;
pub mod report;
pub mod system;
pub mod time;
pub mod token;
pub mod trace;
pub mod verify;

pub use door::{Door, Principal};
pub use fault::{Fault, Rejection};
pub use system::{OpenError, Settings, System};
