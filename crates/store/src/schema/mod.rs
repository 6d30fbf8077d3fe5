//! The tables, as numbered steps that a store goes through once each.

use crate::dialect::Dialect;

/// The steps, oldest first. A step that has been released is never changed.
const STEPS: &[&str] = &[include_str!("0001_records.sql")];

/// The version that this program knows.
pub(crate) const VERSION: i64 = STEPS.len() as i64;

/// The statements that bring a store from `version` to [`VERSION`].
pub(crate) fn steps_from(version: i64, dialect: Dialect) -> String {
    let done = usize::try_from(version).unwrap_or(0);
    STEPS.iter().skip(done).map(|step| dialect.sql(step)).collect()
}
