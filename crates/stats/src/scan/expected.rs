//! Expected numbers by indirect standardisation.

use crate::error::check;
use crate::{Error, Result};

/// The number of cases to be expected in each region if the rates of all regions together held in
/// each stratum (indirect standardisation; Breslow and Day 1987, vol. II, ch. 2).
///
/// `population` and `cases` go region by region, and within each through the same `strata` strata
/// (say, sex and age) in the same order. A stratum without population anywhere adds nothing.
///
/// ```
/// // Two regions of two strata: young (rate 10 of 2000) and old (rate 30 of 1000).
/// let people = [1000.0, 200.0, 1000.0, 800.0];
/// let expected = stats::scan::expected(&people, &[4.0, 8.0, 6.0, 22.0], 2)?;
/// assert_eq!(expected, [5.0 + 6.0, 5.0 + 24.0]);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// No values, negative or missing ones; lengths that differ or are no multiple of `strata`; cases
/// in a stratum that has no population in any region.
pub fn expected(population: &[f64], cases: &[f64], strata: usize) -> Result<Vec<f64>> {
    check::at_least("population", population, 1)?;
    check::non_negative("population", population)?;
    check::length("cases", cases.len(), population.len())?;
    check::non_negative("cases", cases)?;
    if strata == 0 || !population.len().is_multiple_of(strata) {
        return Err(Error::Inconsistent {
            what: "strata",
            why: "the values must be as many for each region as there are strata",
        });
    }
    let over_regions = |values: &[f64]| {
        let mut sums = vec![0.0; strata];
        for region in values.chunks_exact(strata) {
            sums.iter_mut().zip(region).for_each(|(sum, v)| *sum += v);
        }
        sums
    };
    let (people, all) = (over_regions(population), over_regions(cases));
    if people.iter().zip(&all).any(|(&p, &c)| p == 0.0 && c > 0.0) {
        return Err(Error::Inconsistent {
            what: "cases",
            why: "a stratum has cases but no population",
        });
    }
    let rates: Vec<f64> =
        all.iter().zip(&people).map(|(c, &p)| if p > 0.0 { c / p } else { 0.0 }).collect();
    Ok(population
        .chunks_exact(strata)
        .map(|region| region.iter().zip(&rates).map(|(p, rate)| p * rate).sum())
        .collect())
}
