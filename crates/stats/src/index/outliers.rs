//! Outliers: what is far off is drawn in, so that one unit does not set the scale for all.

use super::columns::{check_column, present, range};
use crate::error::{Result, check};
use crate::sample::{mean, square};

/// Skewness and excess kurtosis of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// G1 of Joanes and Gill (what spreadsheets call skewness).
    pub skewness: f64,
    /// G2 of Joanes and Gill (excess kurtosis).
    pub kurtosis: f64,
}

/// Skewness and kurtosis; `None` for fewer than four values or values that do not vary.
///
/// ```
/// let found = stats::index::shape(&[1.0, 2.0, 3.0, 4.0, 10.0]).unwrap();
/// assert!((found.skewness - 1.6971).abs() < 1e-4 && (found.kurtosis - 3.152).abs() < 1e-3);
/// ```
pub fn shape(values: &[f64]) -> Option<Shape> {
    if values.len() < 4 {
        return None;
    }
    let n = values.len() as f64;
    let centre = mean(values);
    let (mut m2, mut m3, mut m4) = (0.0, 0.0, 0.0);
    for value in values {
        let (d, d2) = (value - centre, square(value - centre));
        m2 += d2 / n;
        m3 += d2 * d / n;
        m4 += d2 * d2 / n;
    }
    let skewness = m3 / (m2 * m2.sqrt()) * (n * (n - 1.0)).sqrt() / (n - 2.0);
    let excess = m4 / (m2 * m2) - 3.0;
    let kurtosis = ((n + 1.0) * excess + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
    let found = Shape { skewness, kurtosis };
    (skewness.is_finite() && kurtosis.is_finite()).then_some(found)
}

/// What follows where Winsorising did not suffice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum SecondTreatment {
    /// `ln(x - min + (max - min) / 100)` of the untreated values: the published default.
    #[default]
    Log,
    /// Box-Cox with the given exponent, of the untreated values shifted as for `Log`.
    BoxCox(f64),
    /// Nothing: the values stay as they were before.
    None,
}

/// When values count as having outliers, and what is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TreatmentOptions {
    /// Outliers are suspected where the absolute skewness is above this (2) ...
    pub skewness: f64,
    /// ... and the excess kurtosis above this (3.5).
    pub kurtosis: f64,
    /// How often the values at the far end may be drawn in to the next one (5).
    pub most_winsorised: usize,
    /// What is done if that does not suffice.
    pub then: SecondTreatment,
}

impl Default for TreatmentOptions {
    fn default() -> Self {
        Self { skewness: 2.0, kurtosis: 3.5, most_winsorised: 5, then: SecondTreatment::Log }
    }
}

/// What was done to an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Nothing was needed (or there are too few values, or they do not vary).
    None,
    /// The far end was drawn in that often.
    Winsorised(usize),
    /// The second treatment was applied.
    Second,
}

/// An indicator after treatment.
#[derive(Clone, Debug, PartialEq)]
pub struct Treated {
    /// The values; missing ones stay missing.
    pub values: Vec<Option<f64>>,
    /// What was done.
    pub treatment: Treatment,
    /// Skewness and kurtosis before.
    pub before: Option<Shape>,
    /// Skewness and kurtosis after.
    pub after: Option<Shape>,
}

/// Treats one indicator for outliers: step by step the values at the end to which it is skewed are
/// set to the next value, until skewness or kurtosis is within its bound; if that takes more than
/// the steps allowed, the second treatment is applied to the untreated values instead.
///
/// # Errors
/// No value, one that is not finite; bounds that are missing or below zero.
///
/// ```
/// use stats::index::{treat, Treatment, TreatmentOptions};
/// let x: Vec<_> = (1..=10).chain([30, 100]).map(|x| Some(f64::from(x))).collect();
/// let treated = treat(&x, &TreatmentOptions::default())?;
/// assert_eq!(treated.treatment, Treatment::Winsorised(1));
/// assert_eq!(treated.values[11], Some(30.0));
/// # Ok::<(), stats::Error>(())
/// ```
pub fn treat(values: &[Option<f64>], options: &TreatmentOptions) -> Result<Treated> {
    check_column("values", values)?;
    check::non_negative("skewness and kurtosis", &[options.skewness, options.kurtosis])?;
    let before = shape(&present(values));
    let mut treated = values.to_vec();
    let mut steps = 0;
    loop {
        let after = shape(&present(&treated));
        let far_end =
            after.filter(|s| s.skewness.abs() > options.skewness && s.kurtosis > options.kurtosis);
        let Some(far_end) = far_end else {
            let treatment = match steps {
                0 => Treatment::None,
                n => Treatment::Winsorised(n),
            };
            return Ok(Treated { values: treated, treatment, before, after });
        };
        if steps == options.most_winsorised {
            break;
        }
        draw_in(&mut treated, far_end.skewness.signum());
        steps += 1;
    }
    let (values, treatment) = second(values, options.then);
    let after = shape(&present(&values));
    Ok(Treated { values, treatment, before, after })
}

/// Sets the largest values (the smallest, if `side` is negative) to the next one.
fn draw_in(values: &mut [Option<f64>], side: f64) {
    let top = range_turned(values, side, f64::INFINITY);
    let next = range_turned(values, side, top);
    for value in values.iter_mut().flatten() {
        if *value * side == top {
            *value = next * side;
        }
    }
}

/// The largest of the turned values below `below`.
fn range_turned(values: &[Option<f64>], side: f64, below: f64) -> f64 {
    let turned = values.iter().flatten().map(|v| v * side);
    turned.filter(|&v| v < below).fold(f64::NEG_INFINITY, f64::max)
}

fn second(values: &[Option<f64>], then: SecondTreatment) -> (Vec<Option<f64>>, Treatment) {
    let (min, max) = range(&present(values));
    let shift = 0.01 * (max - min) - min;
    let map = |f: &dyn Fn(f64) -> f64| values.iter().map(|v| v.map(|v| f(v + shift))).collect();
    match then {
        SecondTreatment::None => (values.to_vec(), Treatment::None),
        SecondTreatment::BoxCox(power) if power != 0.0 => {
            (map(&|x| (libm::pow(x, power) - 1.0) / power), Treatment::Second)
        }
        SecondTreatment::Log | SecondTreatment::BoxCox(_) => (map(&libm::log), Treatment::Second),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heavy() -> Vec<Option<f64>> {
        (0..40).map(|i| Some(f64::from(i).exp())).collect()
    }

    #[test]
    fn too_heavy_a_tail_is_logged() {
        let options = TreatmentOptions { most_winsorised: 1, ..TreatmentOptions::default() };
        let treated = treat(&heavy(), &options).unwrap();
        assert_eq!(treated.treatment, Treatment::Second);
        let (min, max) = (1.0, 39f64.exp());
        let expected = (1.0 - min + 0.01 * (max - min)).ln();
        assert!((treated.values[0].unwrap() / expected - 1.0).abs() < 1e-14);
        let none = TreatmentOptions { then: SecondTreatment::None, ..options };
        assert_eq!(treat(&heavy(), &none).unwrap().values, heavy());
    }

    #[test]
    fn the_low_end_is_drawn_in_too() {
        let mut x: Vec<Option<f64>> = (1..=10).map(|x| Some(f64::from(-x))).collect();
        x.extend([Some(-30.0), None, Some(-100.0)]);
        let treated = treat(&x, &TreatmentOptions::default()).unwrap();
        assert_eq!((treated.values[12], treated.values[11]), (Some(-30.0), None));
    }

    #[test]
    fn few_or_equal_values_are_left_alone() {
        for x in [vec![Some(1.0), Some(50.0), Some(900.0)], vec![Some(2.0); 9]] {
            let treated = treat(&x, &TreatmentOptions::default()).unwrap();
            assert_eq!((treated.values, treated.treatment), (x, Treatment::None));
        }
    }
}
