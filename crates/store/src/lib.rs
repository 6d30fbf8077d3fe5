//! The store: records and everything derived from them, in SQLite or PostgreSQL.
//!
//! SQL stands only in this crate. One [`Writer`] appends, in groups, each group in one durable
//! transaction; what it acknowledged survives a kill and a power cut. What is refused and what is
//! already known is decided by one piece of code for both databases ([`writer::decide`]).

pub mod account;
mod batch;
mod connect;
pub mod db;
mod dialect;
mod entry;
pub mod epcis;
mod error;
pub mod form_draft;
pub mod job;
pub mod log;
pub mod notice;
pub mod pack_archive;
pub mod person_key;
mod postgres;
mod reader;
pub mod readings;
mod schema;
pub mod session;
mod sqlite;
mod standing;
pub mod state;
pub mod thread;
pub mod token;
pub mod writer;

pub use batch::BatchRow;
pub use connect::{Address, open_writer};
pub use db::Db;
pub use entry::{NewRecord, PersonalSealed, Stored, WrappedKey};
pub use error::Error;
pub use reader::{MOST, Reader, Said};
pub use readings::{Projector, Readings};
pub use standing::Standing;
pub use writer::{Outcome, Place, Refusal, Writer};
