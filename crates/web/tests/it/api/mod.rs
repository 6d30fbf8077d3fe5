//! `/api/v1`.

mod batches;
mod erasures;
mod health;
mod kinds;
mod records;
mod subjects;
mod tokens;
mod withdrawals;
