//! Where a calendar holds.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, quote};

/// A division of GB/T 2260: province (`420000`), city (`420100`) or county (`420102`), or the whole
/// country (`000000`).
///
/// ```
/// use clock::Region;
/// let (hubei, wuchang): (Region, Region) = ("420000".parse()?, "420106".parse()?);
/// assert!(wuchang.is_within(hubei) && !hubei.is_within(wuchang));
/// assert!(hubei.is_within(Region::CHINA));
/// # Ok::<(), clock::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(u32);

impl Region {
    /// The whole country: what holds there holds everywhere.
    pub const CHINA: Self = Self(0);

    /// Whether it is `outer` or lies in it: pairs of zeros at the end of a code mean "all of".
    pub fn is_within(self, outer: Self) -> bool {
        let step = outer.step();
        self.0 / step == outer.0 / step
    }

    /// How many levels down from the country: 0 to 3.
    pub(crate) fn depth(self) -> u32 {
        match self.step() {
            1 => 3,
            100 => 2,
            10_000 => 1,
            _ => 0,
        }
    }

    /// How many codes lie in it.
    fn step(self) -> u32 {
        [1_000_000, 10_000, 100].into_iter().find(|step| self.0.is_multiple_of(*step)).unwrap_or(1)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        (text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten()
            .map(Self)
            .ok_or_else(|| Error::BadRegion { text: quote(text) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_ordinary_digits_are_a_region() {
        for text in ["", "42000", "4200000", "４２００００", "42000a", "+42000", "42000\0"] {
            let fault = text.parse::<Region>().unwrap_err();
            assert_eq!(fault.code(), "clock.bad_region", "{text:?}");
        }
    }

    #[test]
    fn levels() {
        let region = |text: &str| text.parse::<Region>().unwrap();
        for (text, depth) in
            [("000000", 0), ("420000", 1), ("420100", 2), ("420102", 3), ("429004", 3)]
        {
            assert_eq!(region(text).depth(), depth, "{text}");
        }
        assert!(region("429004").is_within(region("420000")));
        assert!(!region("430000").is_within(region("420000")));
        assert!(!region("420200").is_within(region("420100")));
        assert!(!Region::CHINA.is_within(region("420000")));
    }
}
