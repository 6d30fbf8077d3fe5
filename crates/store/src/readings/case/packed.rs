//! The parts of a case, one behind the other.
//!
//! Of each: its position, when it happened, the intervals in which it counts, and what it says. Whole
//! numbers are written in groups of seven bits, the lowest first, so that a part takes some twenty bytes
//! beside its body.

use std::cmp::Ordering;

/// The end of an interval that has none, as it is written.
const OPEN: u64 = 0;

/// What the records of a case say, in the order of their positions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Packed<'a>(&'a [u8]);

/// What one of them says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedPart<'a> {
    /// Its position.
    pub position: u64,
    /// When it happened, in µs.
    pub valid_at: i64,
    intervals: &'a [u8],
    /// What it says.
    pub body: &'a [u8],
}

impl PackedPart<'_> {
    /// Whether it counts when so many records are known.
    pub fn counts(&self, known: u64) -> bool {
        self.intervals().any(|(from, until)| from < known && until >= known)
    }

    fn intervals(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut rest = self.intervals;
        std::iter::from_fn(move || {
            let from = number(&mut rest)?;
            let until = number(&mut rest)?;
            Some((from, if until == OPEN { u64::MAX } else { until }))
        })
    }
}

impl<'a> Packed<'a> {
    /// What was packed before.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Its parts; those behind damage are left out.
    pub fn parts(self) -> impl Iterator<Item = PackedPart<'a>> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let position = number(&mut rest)?;
            let valid_at = signed(number(&mut rest)?);
            let intervals = slice(&mut rest)?;
            let body = slice(&mut rest)?;
            Some(PackedPart { position, valid_at, intervals, body })
        })
    }
}

/// A part that comes or whose intervals are anew.
pub(super) struct Coming<'a> {
    pub(super) position: u64,
    pub(super) valid_at: i64,
    /// From, until; `i64::MAX` where it has no end.
    pub(super) intervals: &'a [(i64, i64)],
    pub(super) body: &'a [u8],
}

/// The parts that were there with those that come, in the order of their positions; what comes at a
/// position takes the place of what was there.
pub(super) fn merged(old: Packed<'_>, coming: &[Coming<'_>]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(old.0.len() + coming.len() * 64);
    let mut coming = coming.iter().peekable();
    for part in old.parts() {
        let mut is_replaced = false;
        while let Some(next) = coming.peek() {
            match next.position.cmp(&part.position) {
                Ordering::Greater => break,
                order => is_replaced |= order == Ordering::Equal,
            }
            write_coming(&mut packed, next);
            coming.next();
        }
        if !is_replaced {
            write(&mut packed, part.position, part.valid_at, part.intervals, part.body);
        }
    }
    coming.for_each(|next| write_coming(&mut packed, next));
    packed
}

fn write_coming(packed: &mut Vec<u8>, coming: &Coming<'_>) {
    let mut intervals = Vec::new();
    for (from, until) in coming.intervals {
        put(&mut intervals, from.unsigned_abs());
        put(&mut intervals, if *until == i64::MAX { OPEN } else { until.unsigned_abs() });
    }
    write(packed, coming.position, coming.valid_at, &intervals, coming.body);
}

fn write(packed: &mut Vec<u8>, position: u64, valid_at: i64, intervals: &[u8], body: &[u8]) {
    put(packed, position);
    put(packed, unsigned(valid_at));
    put(packed, intervals.len() as u64);
    packed.extend_from_slice(intervals);
    put(packed, body.len() as u64);
    packed.extend_from_slice(body);
}

fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    let (mut value, mut shift) = (0u64, 0);
    loop {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        shift += 7;
    }
}

fn slice<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (slice, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(slice)
}

/// Small numbers of either sign become small numbers.
fn unsigned(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn signed(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coming<'a>(position: u64, intervals: &'a [(i64, i64)], body: &'a [u8]) -> Coming<'a> {
        Coming { position, valid_at: -(position as i64) * 1_000_003, intervals, body }
    }

    #[test]
    fn parts_come_back_as_they_were_put_in_and_in_order() {
        let open = [(7, i64::MAX)];
        let twice = [(3, 9), (12, i64::MAX)];
        let first =
            merged(Packed::default(), &[coming(3, &twice, b"opened"), coming(7, &open, b"")]);
        let all = merged(
            Packed::new(&first),
            &[coming(5, &[], b"never"), coming(7, &[(7, 8)], b"gone"), coming(900, &open, b"last")],
        );
        let parts: Vec<_> = Packed::new(&all).parts().collect();
        let told: Vec<_> = parts.iter().map(|part| (part.position, part.body)).collect();
        assert_eq!(told, [(3, &b"opened"[..]), (5, b"never"), (7, b"gone"), (900, b"last")]);
        assert_eq!(parts[3].valid_at, -900 * 1_000_003);
        let counts = |at: usize, known: u64| parts[at].counts(known);
        assert!(!counts(0, 3) && counts(0, 4) && counts(0, 9) && !counts(0, 10));
        assert!(!counts(0, 12) && counts(0, 13) && counts(0, u64::MAX));
        assert!(!counts(1, 100) && counts(2, 8) && !counts(2, 9));
    }

    #[test]
    fn damage_ends_the_parts_and_nothing_else() {
        let whole = merged(Packed::default(), &[coming(3, &[(3, 9)], b"opened")]);
        for end in 0..whole.len() {
            assert_eq!(Packed::new(&whole[..end]).parts().count(), 0, "{end}");
        }
        assert_eq!(Packed::new(&[0xff; 40]).parts().count(), 0);
    }

    #[test]
    fn numbers_of_either_sign_come_back() {
        for value in [0, 1, -1, 63, -64, i64::MAX, i64::MIN, 1_700_000_000_000_000] {
            assert_eq!(signed(unsigned(value)), value);
        }
    }
}
