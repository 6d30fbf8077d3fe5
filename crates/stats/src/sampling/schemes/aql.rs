//! Acceptance quality limits.

use crate::Result;
use crate::error::check;

/// A preferred acceptance quality limit: 0.010 to 1000, nonconforming items in a hundred or, above
/// 10 always, nonconformities per hundred items (ISO 2859-1, clause 5; five to a decade).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aql(u8);

const PERCENT: [f64; 26] = [
    0.010, 0.015, 0.025, 0.040, 0.065, 0.10, 0.15, 0.25, 0.40, 0.65, 1.0, 1.5, 2.5, 4.0, 6.5, 10.0,
    15.0, 25.0, 40.0, 65.0, 100.0, 150.0, 250.0, 400.0, 650.0, 1000.0,
];

impl Aql {
    /// The limit of so many per hundred.
    ///
    /// ```
    /// use stats::sampling::Aql;
    /// assert_eq!(Aql::per_hundred(1.5)?.value(), 1.5);
    /// assert!(Aql::per_hundred(2.0).is_err());
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// It is none of the preferred values.
    pub fn per_hundred(value: f64) -> Result<Self> {
        let near = |known: &f64| (known - value).abs() <= 1e-9 * known;
        let place = PERCENT.iter().position(near);
        check::within(
            "acceptance quality limit",
            value,
            place.is_some(),
            "one of the preferred values 0.010, 0.015, 0.025, 0.040, 0.065, 0.10 ... 1000",
        )?;
        Ok(Self(place.unwrap_or_default() as u8))
    }

    /// All of them, from 0.010 to 1000.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..PERCENT.len() as u8).map(Self)
    }

    /// How many per hundred.
    pub fn value(self) -> f64 {
        PERCENT[usize::from(self.0)]
    }

    /// The next smaller one: the switching score asks whether a lot would have passed it.
    pub fn tighter(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }

    pub(super) fn index(self) -> usize {
        self.0.into()
    }
}
