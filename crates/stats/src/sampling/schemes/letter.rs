//! Sample size code letters.

use crate::Result;
use crate::error::check;

/// How much is inspected for a lot of given size. General level II unless another is asked for; the
/// special levels take small samples at higher risk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum InspectionLevel {
    /// Special level S-1.
    S1,
    /// Special level S-2.
    S2,
    /// Special level S-3.
    S3,
    /// Special level S-4.
    S4,
    /// General level I.
    I,
    /// General level II.
    #[default]
    II,
    /// General level III.
    III,
}

/// A code letter, A to R (without I and O); S occurs in tightened plans only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Letter(u8);

const LETTERS: &[u8; 17] = b"ABCDEFGHJKLMNPQRS";

/// Where each range of lot sizes ends; the last has no end.
const LOT_ENDS: [u32; 14] =
    [8, 15, 25, 50, 90, 150, 280, 500, 1_200, 3_200, 10_000, 35_000, 150_000, 500_000];

impl Letter {
    /// The letter for a lot of `lot` items (ISO 2859-1 and GB/T 2828.1, table 1; MIL-STD-105E,
    /// table I).
    ///
    /// ```
    /// use stats::sampling::{InspectionLevel, Letter};
    /// assert_eq!(Letter::of(1000, InspectionLevel::II)?.name(), 'J');
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// The lot has fewer than two items.
    pub fn of(lot: u32, level: InspectionLevel) -> Result<Self> {
        check::within("lot size", lot.into(), lot >= 2, "2 or more")?;
        let range = LOT_ENDS.partition_point(|&end| end < lot);
        let row: &[u8; 15] = match level {
            InspectionLevel::S1 => b"AAAABBBBCCCCDDD",
            InspectionLevel::S2 => b"AAABBBCCCDDDEEE",
            InspectionLevel::S3 => b"AABBCCDDEEFFGGH",
            InspectionLevel::S4 => b"AABCCDEEFGGHJJK",
            InspectionLevel::I => b"AABCCDEFGHJKLMN",
            InspectionLevel::II => b"ABCDEFGHJKLMNPQ",
            InspectionLevel::III => b"BCDEFGHJKLMNPQR",
        };
        let place = LETTERS.iter().position(|letter| *letter == row[range]);
        Ok(Self(place.unwrap_or_default() as u8))
    }

    /// All letters, A to S.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..LETTERS.len() as u8).map(Self)
    }

    /// The letter itself.
    pub fn name(self) -> char {
        char::from(LETTERS[usize::from(self.0)])
    }

    pub(super) fn index(self) -> usize {
        self.0.into()
    }
}
