//! Measurement functions written as text, so that a procedure can name its own.

mod evaluate;
mod parse;

use crate::error::Result;
use parse::Step;

/// A measurement function of named quantities, such as `V / I * cos(phi)`.
///
/// Numbers, names (letters, digits, `_` and `.`), `+ - * /`, powers as `^` or `**` (to the right,
/// binding more tightly than a minus sign before it), parentheses, `pi`, and the functions `abs`,
/// `acos`, `asin`, `atan`, `cos`, `cosh`, `exp`, `ln` (or `log`), `log10`, `sin`, `sinh`, `sqrt`,
/// `tan`, `tanh`. Angles are in radians. Functions are those of `libm`, the same on every machine.
///
/// ```
/// use stats::uncertainty::Formula;
/// let power = Formula::parse("V^2 / R0 / (1 + alpha * (t - 20))", &["V", "R0", "alpha", "t"])?;
/// assert_eq!(power.value(&[10.0, 50.0, 0.0, 35.0]), 2.0);
/// # Ok::<(), stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    steps: Vec<Step>,
    quantities: usize,
}

impl Formula {
    /// Reads a formula over the quantities `names`.
    ///
    /// # Errors
    /// [`Error::Syntax`](crate::Error::Syntax), with the place, where the text cannot be read, names
    /// what is not there or nests more than 40 deep.
    ///
    /// ```
    /// let wrong = stats::uncertainty::Formula::parse("2 * (x", &["x"]).unwrap_err();
    /// assert_eq!(wrong.to_string(), "measurement function, character 7: a parenthesis is not closed");
    /// ```
    pub fn parse(text: &str, names: &[&str]) -> Result<Self> {
        Ok(Self { steps: parse::parse(text, names)?, quantities: names.len() })
    }

    /// The value for the quantities in the order of their names; NaN where the function is not
    /// defined, or where `quantities` are fewer than the names.
    pub fn value(&self, quantities: &[f64]) -> f64 {
        if quantities.len() < self.quantities {
            return f64::NAN;
        }
        evaluate::value(&self.steps, quantities)
    }
}
