//! Control chart constants.

use crate::Result;
use crate::dist::{NormalRange, ln_gamma};
use crate::error::check;

/// Where the constants of the range come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Constants {
    /// The printed tables (d₂ with three decimals) up to 25, as in ASTM MNL 7 and in most software,
    /// and exact beyond: limits agree with the published ones to the last digit.
    #[default]
    Printed,
    /// The moments of the range of a normal sample.
    Exact,
}

/// d₂ for samples of 2 to 25, as printed.
const D2: [f64; 24] = [
    1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.970, 3.078, 3.173, 3.258, 3.336, 3.407,
    3.472, 3.532, 3.588, 3.640, 3.689, 3.735, 3.778, 3.819, 3.858, 3.895, 3.931,
];

/// d₃ for samples of 2 to 25, as printed.
const D3: [f64; 24] = [
    0.8525033, 0.8883697, 0.8798108, 0.8640855, 0.8480442, 0.8332108, 0.8198378, 0.8078413,
    0.7970584, 0.7873230, 0.7784873, 0.7704257, 0.7630330, 0.7562217, 0.7499188, 0.7440627,
    0.7386021, 0.7334929, 0.7286980, 0.7241851, 0.7199267, 0.7158987, 0.7120802, 0.7084528,
];

/// c₄, the mean of the standard deviation of a sample of `n` over that of the population:
/// √(2/(n-1)) Γ(n/2) / Γ((n-1)/2).
///
/// ```
/// assert!((stats::spc::c4(5)? - 0.9399856029866254).abs() < 1e-14);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// `n` is below 2.
pub fn c4(n: usize) -> Result<f64> {
    size(n, "2 or more", usize::MAX)?;
    let df = n as f64 - 1.0;
    Ok((2.0 / df).sqrt() * libm::exp(ln_gamma(0.5 * (df + 1.0)) - ln_gamma(0.5 * df)))
}

/// d₂, the mean of the range of a sample of `n` over the standard deviation of the population.
///
/// ```
/// use stats::spc::{Constants, d2};
/// assert_eq!(d2(5, Constants::Printed)?, 2.326);
/// assert!((d2(5, Constants::Exact)? - 2.325928947).abs() < 1e-9);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// `n` is below 2 or above 100000.
pub fn d2(n: usize, constants: Constants) -> Result<f64> {
    of_range(n, constants, &D2, NormalRange::mean)
}

/// d₃, the standard deviation of the range of a sample of `n` over that of the population.
///
/// ```
/// use stats::spc::{Constants, d3};
/// assert_eq!(d3(5, Constants::Printed)?, 0.8640855);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// `n` is below 2 or above 100000.
pub fn d3(n: usize, constants: Constants) -> Result<f64> {
    of_range(n, constants, &D3, NormalRange::sd)
}

fn of_range(
    n: usize,
    constants: Constants,
    printed: &[f64],
    exact: fn(&NormalRange) -> f64,
) -> Result<f64> {
    size(n, "from 2 to 100000", 100_000)?;
    match (constants, printed.get(n - 2)) {
        (Constants::Printed, Some(&value)) => Ok(value),
        _ => Ok(exact(&NormalRange::new(n as f64)?)),
    }
}

fn size(n: usize, must: &'static str, most: usize) -> Result<()> {
    check::within("size of a sample", n as f64, n >= 2 && n <= most, must)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_constants_are_the_exact_ones_rounded() {
        for n in [2, 3, 4, 5, 7, 10, 17, 25] {
            let (printed, exact) = (Constants::Printed, Constants::Exact);
            let d2s = (d2(n, printed).unwrap(), d2(n, exact).unwrap());
            assert!((d2s.0 - d2s.1).abs() < 6e-4, "{n} {d2s:?}");
            let d3s = (d3(n, printed).unwrap(), d3(n, exact).unwrap());
            assert!((d3s.0 - d3s.1).abs() < 1.5e-5, "{n} {d3s:?}");
        }
        assert!(d2(26, Constants::Printed).unwrap() > 3.931);
        assert_eq!(c4(1).unwrap_err().code(), "stats.out_of_range");
    }
}
