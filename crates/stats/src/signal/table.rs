//! The two-by-two table of one pair.

use crate::Result;
use crate::dist::{ChiSquared, Continuous, normal_quantile};
use crate::error::check;

/// How the reports divide by whether they name the product and the event.
///
/// ```
/// use stats::signal::TwoByTwo;
/// // Rifabutin and uveitis: Evans, Waller and Davis (2001), Pharmacoepidemiol. Drug Saf. 10, 483-486.
/// let table = TwoByTwo::new(41.0, 14.0, 754.0, 591_958.0)?;
/// assert_eq!(table.prr(0.95)?.value.round(), 586.0);
/// assert_eq!(table.chi_squared(false).round(), 22_740.0);
/// # Ok::<(), stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoByTwo {
    /// Both.
    pub a: f64,
    /// The product without the event.
    pub b: f64,
    /// The event without the product.
    pub c: f64,
    /// Neither.
    pub d: f64,
}

/// A ratio with its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The ratio; infinite where its denominator is zero, missing (NaN) where it is 0/0.
    pub value: f64,
    /// The ends of the interval; none where a cell of zero leaves the variance undefined.
    pub interval: Option<(f64, f64)>,
}

impl Estimate {
    /// value · exp(± z se).
    pub(super) fn log_normal(value: f64, variance: f64, level: f64) -> Result<Self> {
        check::level("confidence level", level)?;
        let estimable = value > 0.0 && value.is_finite() && variance.is_finite();
        let width = normal_quantile(0.5 + 0.5 * level) * variance.max(0.0).sqrt();
        let interval = estimable.then(|| (value * (-width).exp(), value * width.exp()));
        Ok(Self { value, interval })
    }
}

impl TwoByTwo {
    /// From the four cells.
    ///
    /// # Errors
    /// A cell is missing, negative or not whole.
    pub fn new(a: f64, b: f64, c: f64, d: f64) -> Result<Self> {
        check::counts("cells of the table", &[a, b, c, d])?;
        Ok(Self { a, b, c, d })
    }

    /// All reports.
    pub fn total(&self) -> f64 {
        self.a + self.b + self.c + self.d
    }

    /// The number of reports of the pair that independence would give; missing for an empty table.
    pub fn expected(&self) -> f64 {
        (self.a + self.b) * (self.a + self.c) / self.total()
    }

    /// The proportional reporting ratio (a/(a+b)) / (c/(c+d)) with an interval on its logarithm
    /// (Evans, Waller and Davis 2001).
    ///
    /// # Errors
    /// The level does not lie between 0 and 1.
    ///
    /// ```
    /// let table = stats::signal::TwoByTwo::new(6.0, 9.0, 41.0, 3300.0)?;
    /// let prr = table.prr(0.95)?;
    /// assert!((prr.value - 32.5951219512).abs() < 1e-9);
    /// assert!((prr.interval.unwrap().0 - 16.34).abs() < 0.01);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn prr(&self, level: f64) -> Result<Estimate> {
        let Self { a, b, c, d } = *self;
        let variance = 1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d);
        Estimate::log_normal((a / (a + b)) / (c / (c + d)), variance, level)
    }

    /// The reporting odds ratio ad / (bc) with an interval on its logarithm (van Puijenbroek et al.
    /// 2002, Pharmacoepidemiol. Drug Saf. 11, 3-10).
    ///
    /// # Errors
    /// The level does not lie between 0 and 1.
    pub fn ror(&self, level: f64) -> Result<Estimate> {
        let Self { a, b, c, d } = *self;
        let variance = 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d;
        Estimate::log_normal(a * d / (b * c), variance, level)
    }

    /// The chi-squared statistic of independence with one degree of freedom, with Yates' correction
    /// if `yates`; zero where a margin is zero. The correction never takes it below zero.
    pub fn chi_squared(&self, yates: bool) -> f64 {
        let Self { a, b, c, d } = *self;
        let n = self.total();
        let margins = (a + b) * (c + d) * (a + c) * (b + d);
        if margins == 0.0 {
            return 0.0;
        }
        let correction = if yates { n / 2.0 } else { 0.0 };
        let excess = ((a * d - b * c).abs() - correction).max(0.0);
        // Divided one margin after the other: the product of four may overflow.
        n * (excess / ((a + b) * (c + d))) * (excess / ((a + c) * (b + d)))
    }

    /// The probability of such a chi-squared statistic, or a larger one, under independence.
    ///
    /// # Errors
    /// None for a table made by [`TwoByTwo::new`].
    pub fn p_value(&self, yates: bool) -> Result<f64> {
        Ok(ChiSquared::new(1.0)?.sf(self.chi_squared(yates)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_cells_have_no_interval() {
        let table = TwoByTwo::new(1.0, 0.0, 0.0, 10.0).unwrap();
        let prr = table.prr(0.95).unwrap();
        assert_eq!(prr.value, f64::INFINITY);
        assert_eq!(prr.interval, None);
        assert_eq!(table.ror(0.9).unwrap().interval, None);
        let empty = TwoByTwo::new(0.0, 0.0, 0.0, 0.0).unwrap();
        assert_eq!(empty.chi_squared(true), 0.0);
        assert_eq!(empty.prr(0.95).unwrap().interval, None);
    }

    #[test]
    fn without_correction_the_statistic_is_the_sum_over_cells() {
        let table = TwoByTwo::new(25.0, 15.0, 40.0, 90.0).unwrap();
        let rows = [table.a + table.b, table.c + table.d];
        let columns = [table.a + table.c, table.b + table.d];
        let cells = [[table.a, table.b], [table.c, table.d]];
        let mut sum = 0.0;
        for i in 0..2 {
            for j in 0..2 {
                let expected = rows[i] * columns[j] / table.total();
                sum += (cells[i][j] - expected).powi(2) / expected;
            }
        }
        assert!((table.chi_squared(false) - sum).abs() < 1e-12);
    }
}
