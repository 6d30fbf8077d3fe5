//! `/api/v1`.

mod archives;
mod batches;
mod cases;
mod documents;
mod duties;
mod erasures;
mod health;
mod jobs;
mod kinds;
mod records;
pub mod search;
mod subjects;
mod tokens;
mod trace;
mod withdrawals;
