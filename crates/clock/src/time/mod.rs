//! Days, points in time and intervals of them, on the civil calendar and the clock of Shanghai.

mod date;
mod instant;
mod interval;

pub use date::{Date, Weekday};
pub use instant::{Instant, Moment};
pub(crate) use interval::Span;
pub use interval::{Interval, Suspensions};
