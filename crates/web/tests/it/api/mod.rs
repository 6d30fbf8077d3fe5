//! `/api/v1`.

mod batches;
mod erasures;
mod health;
mod jobs;
mod kinds;
mod records;
mod subjects;
mod tokens;
mod withdrawals;
