//! Measurements in subgroups.

use crate::error::check;
use crate::{Error, Result};

/// Measurements taken in rational subgroups, which may differ in size.
///
/// ```
/// use stats::spc::Subgroups;
/// let groups = Subgroups::equal(&[1.0, 3.0, 2.0, 6.0], 2)?;
/// assert_eq!(groups.iter().map(|g| g[1]).collect::<Vec<_>>(), [3.0, 6.0]);
/// # Ok::<(), stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Subgroups<'a> {
    values: &'a [f64],
    sizes: Vec<usize>,
}

impl<'a> Subgroups<'a> {
    /// Subgroups of `size` values each, one after another.
    ///
    /// # Errors
    /// There are no values, their number is no multiple of `size`, or one is missing or infinite.
    pub fn equal(values: &'a [f64], size: usize) -> Result<Self> {
        if size == 0 || !values.len().is_multiple_of(size) {
            return Err(Error::Inconsistent {
                what: "subgroups",
                why: "the number of values is no multiple of the size",
            });
        }
        Self::of(values, &vec![size; values.len() / size])
    }

    /// Subgroups of the given sizes, one after another. Leave missing values out of their group.
    ///
    /// # Errors
    /// There is no group, a size is zero, the sizes do not sum to the number of values, or a value
    /// is missing or infinite.
    pub fn of(values: &'a [f64], sizes: &[usize]) -> Result<Self> {
        if sizes.is_empty() {
            return Err(Error::Empty { what: "subgroups" });
        }
        if sizes.contains(&0) {
            return Err(Error::Empty { what: "a subgroup" });
        }
        check::length("subgroups", values.len(), sizes.iter().sum())?;
        check::finite("measurements", values)?;
        Ok(Self { values, sizes: sizes.to_vec() })
    }

    /// The groups in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [f64]> {
        let mut rest = self.values;
        self.sizes.iter().map(move |&size| {
            let (group, later) = rest.split_at(size);
            rest = later;
            group
        })
    }

    /// All measurements.
    pub fn values(&self) -> &'a [f64] {
        self.values
    }

    /// The size of each group.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }
}

/// The mean.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard deviation with n - 1.
pub(super) fn sd(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

/// The largest less the smallest.
pub(super) fn range(values: &[f64]) -> f64 {
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
    high - low
}
