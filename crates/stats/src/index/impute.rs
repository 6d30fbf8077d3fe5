//! Filling what is missing.

use super::columns::{Column, check_column, present};
use crate::error::{Error, Result, check};
use crate::sample::{mean, quantile, sorted};

/// What stands in for a missing value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Imputation<'a> {
    /// The mean of the values that are there.
    #[default]
    Mean,
    /// Their median.
    Median,
    /// The mean within the unit's group; `groups` has one label per unit.
    GroupMean(&'a [usize]),
    /// The median within the unit's group.
    GroupMedian(&'a [usize]),
    /// A given value.
    Constant(f64),
}

/// Fills the missing values of one indicator.
///
/// # Errors
/// No value, one that is not finite, a missing value where its group (or the whole) has none to
/// take it from, another number of group labels than values.
///
/// ```
/// use stats::index::{impute, Imputation};
/// let x = [Some(1.0), None, Some(4.0), Some(7.0)];
/// assert_eq!(impute(&x, Imputation::Mean)?, [1.0, 4.0, 4.0, 7.0]);
/// assert_eq!(impute(&x, Imputation::GroupMean(&[0, 0, 1, 1]))?, [1.0, 1.0, 4.0, 7.0]);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn impute(values: &[Option<f64>], how: Imputation<'_>) -> Result<Vec<f64>> {
    check_column("values", values)?;
    let fill = |unit: usize| -> Result<f64> {
        match how {
            Imputation::Mean => Ok(mean(&some(present(values))?)),
            Imputation::Median => Ok(median(&some(present(values))?)),
            Imputation::GroupMean(groups) => Ok(mean(&some(alike(values, groups, unit)?)?)),
            Imputation::GroupMedian(groups) => Ok(median(&some(alike(values, groups, unit)?)?)),
            Imputation::Constant(value) => {
                check::finite("value to fill in", &[value])?;
                Ok(value)
            }
        }
    };
    values.iter().enumerate().map(|(unit, value)| value.map_or_else(|| fill(unit), Ok)).collect()
}

/// The values of the units in the group of `unit`.
fn alike(values: &[Option<f64>], groups: &[usize], unit: usize) -> Result<Vec<f64>> {
    check::length("groups", groups.len(), values.len())?;
    let own = groups[unit];
    let members: Column =
        values.iter().zip(groups).filter(|(_, g)| **g == own).map(|(v, _)| *v).collect();
    Ok(present(&members))
}

fn some(values: Vec<f64>) -> Result<Vec<f64>> {
    if values.is_empty() {
        return Err(Error::NoSolution {
            what: "a missing value",
            why: "nothing is there to fill it from: leave the indicator or the group out",
        });
    }
    Ok(values)
}

fn median(values: &[f64]) -> f64 {
    quantile(&sorted(values), 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_constants() {
        let x = [Some(1.0), None, Some(2.0), Some(9.0), Some(4.0)];
        assert_eq!(impute(&x, Imputation::Median).unwrap()[1], 3.0);
        assert_eq!(impute(&x, Imputation::Constant(0.0)).unwrap()[1], 0.0);
        let groups = [7, 7, 7, 7, 1];
        assert_eq!(impute(&x, Imputation::GroupMedian(&groups)).unwrap()[1], 2.0);
    }

    #[test]
    fn refusals() {
        let code = |v: &[Option<f64>], how| impute(v, how).unwrap_err().code();
        assert_eq!(code(&[None], Imputation::Mean), "stats.no_solution");
        let x = [Some(1.0), None];
        assert_eq!(code(&x, Imputation::GroupMean(&[0, 1])), "stats.no_solution");
        assert_eq!(code(&x, Imputation::GroupMean(&[0])), "stats.length");
        assert_eq!(code(&x, Imputation::Constant(f64::NAN)), "stats.not_finite");
    }
}
