//! A province to look at: everything that a provincial office would have after two and a half years,
//! invented from a seed.
//!
//! | module | what |
//! |---|---|
//! | [`Province`] | what is recorded, in the order in which it is recorded |
//! | `world` | who and what there is: organizations, products, laboratories, instruments |
//! | `chain` | chains of supply, event by event, from the ingredient to the counter |
//! | `case` | cases, from the record that opens one to its last step, under the law of the day |
//! | `events` | what happens to them: one file for each field |
//! | `data/` | rates, delays, names, trades and what is planted, as TOML |
//! | `code` | right codes that nobody real has |
//! | [`look`] | what to look at first |
//!
//! Nothing is read and no clock is asked: the same pack, seed, scale and end give the same records to
//! the byte. What happened and when it was written down differ as they do in offices: some is late,
//! some is corrected, some is taken back. Names are invented and say so.

mod case;
mod chain;
mod code;
mod data;
mod draw;
mod events;
pub mod look;
mod province;
mod sheet;
mod time;
mod world;

pub use data::AccountLine;
pub use province::{Act, Error, Plan, Province, Scale};
