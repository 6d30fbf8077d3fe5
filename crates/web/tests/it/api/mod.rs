//! `/api/v1`.

mod records;
