//! `/api/v1/records`.

mod send;
