//! The setting of a chart that gives a wanted run length.

use crate::{Error, Result};

/// The `x` above 0 and up to `most` at which `run_length(x)`, which rises, is `wanted`; the logarithm
/// of the run length is nearly straight.
pub(super) fn setting(
    what: &'static str,
    wanted: f64,
    most: f64,
    run_length: impl Fn(f64) -> Result<f64>,
) -> Result<f64> {
    const STEPS: usize = 100;
    // What is beyond counting is longer than what is wanted.
    let excess = |x: f64| match run_length(x) {
        Ok(length) => Ok(libm::log(length / wanted)),
        Err(Error::NoSolution { .. }) => Ok(libm::log(1e13 / wanted)),
        Err(other) => Err(other),
    };
    let no_solution = Error::NoSolution {
        what,
        why: "no setting gives this run length; it must be longer than one point, and not beyond counting",
    };
    let (mut low, mut high) = (1e-9, 1.0);
    let mut at_low = excess(low)?;
    if at_low > 0.0 {
        return Err(no_solution);
    }
    let mut at_high = excess(high)?;
    while at_high < 0.0 {
        if high >= most {
            return Err(no_solution);
        }
        (low, at_low) = (high, at_high);
        high = (1.5 * high).min(most);
        at_high = excess(high)?;
    }
    // The secant, with the end that stays weighed down (Illinois).
    for _ in 0..STEPS {
        if high - low <= 1e-13 * high {
            return Ok(high);
        }
        let x = (low * at_high - high * at_low) / (at_high - at_low);
        let at = excess(x)?;
        if at == 0.0 || at.abs() < 1e-13 {
            return Ok(x);
        }
        if at < 0.0 {
            (low, at_low) = (x, at);
            at_high *= 0.5;
        } else {
            (high, at_high) = (x, at);
            at_low *= 0.5;
        }
    }
    Err(Error::NoConvergence { what, iterations: STEPS })
}
