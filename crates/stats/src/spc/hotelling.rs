//! Hotelling's T² for several characteristics at once.

use super::subgroups::mean;
use crate::dist::{Beta, Continuous, FisherF};
use crate::error::check;
use crate::linalg::{Cholesky, Matrix};
use crate::{Error, Result};

/// A T² chart.
#[derive(Clone, Debug)]
pub struct TSquared {
    /// The statistic of each sample.
    pub statistics: Vec<f64>,
    /// The mean of each characteristic.
    pub center: Vec<f64>,
    /// Their covariance, within samples or between single items.
    pub covariance: Matrix,
    /// The upper limit for the samples from which centre and covariance were estimated (phase I).
    pub upper: f64,
    /// The upper limit for further samples (phase II).
    pub upper_future: f64,
    sample: f64,
    decomposed: Cholesky,
}

impl TSquared {
    /// The statistic of a further sample from the means of its characteristics.
    ///
    /// # Errors
    /// A mean is missing, or there are too few or too many.
    pub fn statistic(&self, means: &[f64]) -> Result<f64> {
        check::length("means of the sample", means.len(), self.center.len())?;
        check::finite("means of the sample", means)?;
        Ok(distance(&self.decomposed, means, &self.center, self.sample))
    }

    /// The samples above the phase I limit, counted from 0.
    pub fn beyond(&self) -> Vec<usize> {
        let points = self.statistics.iter().enumerate();
        points.filter(|(_, t)| **t > self.upper).map(|(i, _)| i).collect()
    }
}

/// The probability between the limits that three standard errors give one characteristic, to the
/// power of the number of characteristics: the usual choice.
pub fn usual_confidence(characteristics: usize) -> f64 {
    libm::pow(0.9973, characteristics as f64)
}

/// A T² chart of samples of several items (Alt 1985; Montgomery 2009, section 11.3).
///
/// `items` holds one item in each row and one characteristic in each column; each `size` successive
/// rows are a sample. `confidence` is the probability that a sample of a process in control is below
/// the limit; see [`usual_confidence`].
///
/// ```
/// use stats::linalg::Matrix;
/// use stats::spc::{t_squared, usual_confidence};
/// let items = Matrix::from_rows(6, 2, vec![1.0, 2.0, 2.0, 1.0, 3.0, 3.0, 2.0, 4.0, 1.0, 1.0, 3.0, 2.0])?;
/// let chart = t_squared(&items, 2, usual_confidence(2))?;
/// assert_eq!(chart.statistics.len(), 3);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// Rows that are no multiple of `size`; fewer than two samples or items in one; fewer degrees of
/// freedom than characteristics; missing values; a characteristic that does not vary or follows from
/// the others; a confidence outside 0 to 1.
pub fn t_squared(items: &Matrix, size: usize, confidence: f64) -> Result<TSquared> {
    let p = items.columns();
    if size < 2 || !items.rows().is_multiple_of(size) {
        return Err(Error::Inconsistent {
            what: "samples",
            why: "the rows must be a multiple of the size, which is 2 or more; see t_squared_single",
        });
    }
    let m = items.rows() / size;
    check(items, m, confidence)?;
    let mut means = Vec::with_capacity(m);
    let mut covariance = Matrix::zeros(p, p);
    for sample in 0..m {
        let rows: Vec<usize> = (sample * size..(sample + 1) * size).collect();
        let center = column_means(items, &rows);
        add_squares(&mut covariance, items, &rows, &center);
        means.push(center);
    }
    let df = (m * (size - 1)) as f64;
    scale(&mut covariance, df);
    let center =
        (0..p).map(|j| means.iter().map(|sample| sample[j]).sum::<f64>() / m as f64).collect();
    let (p, n, m) = (p as f64, size as f64, m as f64);
    let below = df - p + 1.0;
    enough(below)?;
    let quantile = FisherF::new(p, below)?.quantile(confidence)?;
    let factor = p * (n - 1.0) / below * quantile;
    chart(means, center, covariance, n, (m - 1.0) * factor, (m + 1.0) * factor)
}

/// A T² chart of single items (Tracy, Young and Mason 1992): one item in each row of `items`.
///
/// ```
/// use stats::linalg::Matrix;
/// use stats::spc::{t_squared_single, usual_confidence};
/// let items = Matrix::from_rows(5, 2, vec![1.0, 2.0, 2.0, 1.0, 3.0, 3.0, 2.0, 4.0, 1.0, 1.0])?;
/// let chart = t_squared_single(&items, usual_confidence(2))?;
/// // The distances of all items sum to p (m - 1).
/// assert!((chart.statistics.iter().sum::<f64>() - 8.0).abs() < 1e-12);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// No more items than characteristics plus one; missing values; a characteristic that does not vary
/// or follows from the others; a confidence outside 0 to 1.
pub fn t_squared_single(items: &Matrix, confidence: f64) -> Result<TSquared> {
    let (m, p) = (items.rows(), items.columns());
    check(items, m, confidence)?;
    let rows: Vec<usize> = (0..m).collect();
    let center = column_means(items, &rows);
    let mut covariance = Matrix::zeros(p, p);
    add_squares(&mut covariance, items, &rows, &center);
    scale(&mut covariance, m as f64 - 1.0);
    let means = rows.iter().map(|&i| items.row(i).to_vec()).collect();
    let (m, p) = (m as f64, p as f64);
    enough(m - p - 1.0)?;
    let beta = Beta::new(0.5 * p, 0.5 * (m - p - 1.0))?;
    let upper = (m - 1.0) * (m - 1.0) / m * beta.quantile(confidence)?;
    let future = FisherF::new(p, m - p)?.quantile(confidence)?;
    let future = p * (m + 1.0) * (m - 1.0) / (m * (m - p)) * future;
    chart(means, center, covariance, 1.0, upper, future)
}

fn check(items: &Matrix, samples: usize, confidence: f64) -> Result<()> {
    check::at_least("characteristics", items.values(), 1)?;
    check::finite("items", items.values())?;
    check::level("confidence", confidence)?;
    if samples < 2 {
        return Err(Error::TooFew { what: "samples", needed: 2, got: samples });
    }
    Ok(())
}

fn enough(degrees: f64) -> Result<()> {
    if degrees < 1.0 {
        return Err(Error::Inconsistent {
            what: "samples",
            why: "there are too few for so many characteristics",
        });
    }
    Ok(())
}

fn chart(
    means: Vec<Vec<f64>>,
    center: Vec<f64>,
    covariance: Matrix,
    sample: f64,
    upper: f64,
    upper_future: f64,
) -> Result<TSquared> {
    let decomposed = Cholesky::of("covariance of the characteristics", &covariance)?;
    let statistics =
        means.iter().map(|means| distance(&decomposed, means, &center, sample)).collect();
    Ok(TSquared { statistics, center, covariance, upper, upper_future, sample, decomposed })
}

fn distance(decomposed: &Cholesky, means: &[f64], center: &[f64], sample: f64) -> f64 {
    let away: Vec<f64> = means.iter().zip(center).map(|(x, c)| x - c).collect();
    sample * decomposed.inverse_form(&away)
}

fn column_means(items: &Matrix, rows: &[usize]) -> Vec<f64> {
    (0..items.columns())
        .map(|j| mean(&rows.iter().map(|&i| items[(i, j)]).collect::<Vec<_>>()))
        .collect()
}

fn add_squares(sums: &mut Matrix, items: &Matrix, rows: &[usize], center: &[f64]) {
    for &i in rows {
        let away: Vec<f64> = items.row(i).iter().zip(center).map(|(x, c)| x - c).collect();
        for (a, &x) in away.iter().enumerate() {
            for (sum, y) in sums.row_mut(a).iter_mut().zip(&away) {
                *sum += x * y;
            }
        }
    }
}

fn scale(sums: &mut Matrix, by: f64) {
    for i in 0..sums.rows() {
        sums.row_mut(i).iter_mut().for_each(|sum| *sum /= by);
    }
}
