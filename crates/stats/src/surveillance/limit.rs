//! What the charts with an upper limit give, and what they check.

use std::ops::Range;

use crate::error::check;
use crate::{Error, Result};

/// One tested point of a series, under a chart that sets an upper limit for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Its place in the series, from 0.
    pub index: usize,
    /// The count.
    pub observed: f64,
    /// The largest value that raises no alarm; none where the method does not define it.
    pub upper: Option<f64>,
    /// Whether the count is above the limit.
    pub alarm: bool,
}

impl Limit {
    pub(crate) fn new(index: usize, observed: f64, upper: f64) -> Self {
        let upper = (!upper.is_nan()).then_some(upper);
        Self { index, observed, upper, alarm: upper.is_some_and(|upper| observed > upper) }
    }
}

/// Checks a series of counts and the points to be tested, of which the first needs `before` points
/// of history.
pub(crate) fn check_range(counts: &[f64], range: &Range<usize>, before: usize) -> Result<()> {
    check::counts("counts", counts)?;
    check_places(counts.len(), range, before)
}

/// Checks the points to be tested in a series of `len` points.
pub(crate) fn check_places(len: usize, range: &Range<usize>, before: usize) -> Result<()> {
    if range.is_empty() {
        return Err(Error::Empty { what: "range of points to test" });
    }
    if range.end > len {
        return Err(Error::TooFew {
            what: "counts up to the end of the range",
            needed: range.end,
            got: len,
        });
    }
    if range.start < before {
        return Err(Error::TooFew {
            what: "points before the range",
            needed: before,
            got: range.start,
        });
    }
    Ok(())
}
