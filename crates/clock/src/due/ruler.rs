//! Counting along a line of days or seconds, of which some count and some are suspended.
//!
//! A position is the end of a day, by its number, or a second. What lies between two positions counts
//! as much as the difference of their ranks, less what is suspended between them.

use crate::time::Span;
use crate::working_days::WorkingDays;

/// What counts along the line.
pub(super) trait Ruler {
    /// How much counts up to and with `position`, from somewhere.
    fn rank(&self, position: i64) -> i64;
    /// The first position by which `rank` counts.
    fn first_at(&self, rank: i64) -> Option<i64>;
    /// The last position by which no more than `rank` counts.
    fn last_at(&self, rank: i64) -> Option<i64>;
}

/// Everything counts: calendar days, or seconds.
pub(super) struct Plain;

impl Ruler for Plain {
    fn rank(&self, position: i64) -> i64 {
        position
    }

    fn first_at(&self, rank: i64) -> Option<i64> {
        Some(rank)
    }

    fn last_at(&self, rank: i64) -> Option<i64> {
        Some(rank)
    }
}

impl Ruler for WorkingDays {
    fn rank(&self, position: i64) -> i64 {
        WorkingDays::rank(self, position)
    }

    fn first_at(&self, rank: i64) -> Option<i64> {
        self.place(rank - 1)
    }

    fn last_at(&self, rank: i64) -> Option<i64> {
        self.place(rank).map(|next| next - 1)
    }
}

/// Where a count along the line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    /// At this position.
    At(i64),
    /// Nowhere: from `since` on the term stands still for good, with `left` still to count.
    Suspended { since: i64, left: i64 },
    /// Beyond what the ruler knows.
    Beyond,
}

/// The first position after `start` with `n` (more than 0) counted between them.
pub(super) fn forward(
    ruler: &impl Ruler,
    start: i64,
    n: i64,
    suspensions: impl Iterator<Item = Span>,
) -> Reached {
    let mut rank = ruler.rank(start).saturating_add(n);
    for span in suspensions.filter(|span| span.until > start) {
        let after = span.after.max(start);
        if ruler.first_at(rank).is_some_and(|end| end <= after) {
            break;
        }
        if span.until == i64::MAX {
            let left = rank - ruler.rank(after);
            return Reached::Suspended { since: after, left };
        }
        rank = rank.saturating_add(ruler.rank(span.until) - ruler.rank(after));
    }
    ruler.first_at(rank).map_or(Reached::Beyond, Reached::At)
}

/// The last position before `start` with `n` (more than 0) counted between them; `suspensions` from
/// the last to the first.
pub(super) fn backward(
    ruler: &impl Ruler,
    start: i64,
    n: i64,
    suspensions: impl Iterator<Item = Span>,
) -> Reached {
    let mut rank = ruler.rank(start).saturating_sub(n);
    for span in suspensions.filter(|span| span.after < start) {
        let until = span.until.min(start);
        if ruler.last_at(rank).is_some_and(|end| end >= until) {
            break;
        }
        rank = rank.saturating_sub(ruler.rank(until) - ruler.rank(span.after));
    }
    ruler.last_at(rank).map_or(Reached::Beyond, Reached::At)
}

/// How much counts after `from` up to and with `to`; 0 where `to` is not later.
pub(super) fn between(
    ruler: &impl Ruler,
    from: i64,
    to: i64,
    suspensions: impl Iterator<Item = Span>,
) -> i64 {
    if to <= from {
        return 0;
    }
    let suspended: i64 = suspensions
        .map(|span| (span.after.max(from), span.until.min(to)))
        .filter(|(after, until)| after < until)
        .map(|(after, until)| ruler.rank(until) - ruler.rank(after))
        .sum();
    ruler.rank(to) - ruler.rank(from) - suspended
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLD: [Span; 2] = [Span { after: 12, until: 15 }, Span { after: 20, until: i64::MAX }];

    #[test]
    fn a_count_steps_over_what_is_suspended() {
        let ahead = |start, n| forward(&Plain, start, n, HOLD.into_iter());
        assert_eq!(ahead(10, 2), Reached::At(12));
        assert_eq!(ahead(10, 3), Reached::At(16));
        assert_eq!(ahead(13, 1), Reached::At(16));
        assert_eq!(ahead(10, 7), Reached::At(20));
        assert_eq!(ahead(10, 8), Reached::Suspended { since: 20, left: 1 });
        assert_eq!(ahead(25, 1), Reached::Suspended { since: 25, left: 1 });
        let back = |start, n| backward(&Plain, start, n, HOLD.into_iter().rev());
        assert_eq!(back(18, 3), Reached::At(15));
        assert_eq!(back(18, 4), Reached::At(11));
        assert_eq!(back(30, 5), Reached::At(15));
        assert_eq!(between(&Plain, 10, 18, HOLD.into_iter()), 5);
        assert_eq!(between(&Plain, 10, 30, HOLD.into_iter()), 7);
        assert_eq!(between(&Plain, 18, 10, HOLD.into_iter()), 0);
    }

    #[test]
    fn no_length_overflows() {
        assert_eq!(forward(&Plain, 5, i64::MAX, std::iter::empty()), Reached::At(i64::MAX));
        assert_eq!(backward(&Plain, -5, i64::MAX, std::iter::empty()), Reached::At(i64::MIN));
    }
}
