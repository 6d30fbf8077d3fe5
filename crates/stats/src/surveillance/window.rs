//! Windows of reference weeks: some weeks back, and around the same week of earlier years.

use crate::error::check;
use crate::{Error, Result};

/// Which points a point is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceWindow {
    /// How many years back.
    pub years: usize,
    /// Half the width: that many points before, and in earlier years also after, the place.
    pub half_width: usize,
    /// Whether the `half_width` points just before the tested one count too.
    pub this_year: bool,
    /// How many points make a year (52 for weeks, 12 for months).
    pub frequency: usize,
}

impl ReferenceWindow {
    /// System 1 of the RKI and Bayes methods: the last six weeks.
    pub const SYSTEM_1: Self = Self { years: 0, half_width: 6, this_year: true, frequency: 52 };
    /// System 2: the last six weeks and thirteen around the same week a year ago.
    pub const SYSTEM_2: Self = Self { years: 1, ..Self::SYSTEM_1 };
    /// System 3: nine weeks around the same week of each of the last two years.
    pub const SYSTEM_3: Self = Self { years: 2, half_width: 4, this_year: false, frequency: 52 };

    pub(crate) fn check(&self) -> Result<()> {
        check::within("frequency", self.frequency as f64, self.frequency > 0, "1 or more")?;
        if self.years == 0 && (!self.this_year || self.half_width == 0) {
            return Err(Error::Inconsistent {
                what: "reference window",
                why: "it holds no point: ask for this year or for at least one year back",
            });
        }
        Ok(())
    }

    /// How many points must lie before the first that can be tested.
    pub(crate) fn history(&self) -> usize {
        let back = self.years * self.frequency;
        let this_year = if self.this_year { self.half_width } else { 0 };
        if self.years == 0 { this_year } else { (back + self.half_width).max(this_year) }
    }

    /// The reference points of the point `t`, which has enough history. Points of earlier years
    /// that would not lie before `t` are left out.
    pub(crate) fn of<'a>(&self, counts: &'a [f64], t: usize) -> impl Iterator<Item = f64> + 'a {
        let w = self.half_width;
        let recent = if self.this_year { t - w..t } else { t..t };
        let frequency = self.frequency;
        let earlier = (1..=self.years).map(move |year| {
            let place = t - year * frequency;
            place - w..(place + w + 1).min(t)
        });
        std::iter::once(recent).chain(earlier).flat_map(|range| counts[range].iter().copied())
    }
}
