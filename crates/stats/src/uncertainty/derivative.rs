//! Derivatives of a measurement function, by differences.

use crate::error::{Error, Result};

/// The function with what is around it held fixed.
pub(super) struct Around<'a, F> {
    pub function: &'a F,
    pub at: &'a [f64],
    /// The natural step of each input: its standard uncertainty.
    pub steps: &'a [f64],
}

impl<F: Fn(&[f64]) -> f64> Around<'_, F> {
    /// The value there.
    pub fn value(&self) -> Result<f64> {
        defined((self.function)(self.at))
    }

    /// The value with some inputs moved by so many of their steps.
    fn moved(&self, moves: &[(usize, f64)]) -> f64 {
        let mut inputs = self.at.to_vec();
        for &(input, by) in moves {
            inputs[input] += by * self.steps[input];
        }
        (self.function)(&inputs)
    }

    /// ∂f/∂x × step of one input.
    ///
    /// Central differences over the step, its half and its quarter, extrapolated to zero (Richardson,
    /// Romberg): right to about 1e-10 of the change over a step for functions that are smooth on its
    /// scale. Where the function is not defined so far out, smaller steps are tried.
    pub fn first(&self, input: usize) -> Result<f64> {
        let central = |h: f64| (self.moved(&[(input, h)]) - self.moved(&[(input, -h)])) / (2.0 * h);
        let mut h = 1.0;
        for _ in 0..20 {
            let [a, b, c] = [h, h / 2.0, h / 4.0].map(central);
            let (ab, bc) = ((4.0 * b - a) / 3.0, (4.0 * c - b) / 3.0);
            let slope = (16.0 * bc - ab) / 15.0;
            if slope.is_finite() {
                return Ok(slope);
            }
            h /= 4.0;
        }
        Err(Error::NoSolution {
            what: "derivative of the measurement function",
            why: "the function is not defined near the estimates",
        })
    }

    /// The second-order terms of the variance (JCGM 100:2008 5.1.2, note) of two inputs, or of one
    /// with itself: ½ (f_ij)² + f_i f_ijj, times their squared steps.
    pub fn second(&self, i: usize, j: usize, first_i: f64) -> Result<f64> {
        let f = |a: f64, b: f64| {
            if i == j { self.moved(&[(i, a + b)]) } else { self.moved(&[(i, a), (j, b)]) }
        };
        let half = 0.5;
        let mixed = f(half, half) - f(half, -half) - f(-half, half) + f(-half, -half);
        let bend = |a: f64| f(a, 1.0) - 2.0 * f(a, 0.0) + f(a, -1.0);
        let third = bend(half) - bend(-half);
        defined(0.5 * mixed * mixed + first_i * third)
    }
}

fn defined(value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::NoSolution {
            what: "measurement function",
            why: "it has no value at, or one uncertainty away from, the estimates",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn against_calculus() {
        let f = |x: &[f64]| (x[0] * x[1]).sin() + x[0].powi(3);
        let (at, steps) = ([1.2, 0.7], [0.1, 0.05]);
        let around = Around { function: &f, at: &at, steps: &steps };
        let cos = (at[0] * at[1]).cos();
        let slope = |i: usize| around.first(i).unwrap() / steps[i];
        assert!((slope(0) - (at[1] * cos + 3.0 * at[0] * at[0])).abs() < 1e-11);
        assert!((slope(1) - at[0] * cos).abs() < 1e-11);
    }

    #[test]
    fn second_order_of_products_and_powers() {
        // For f = x y with means zero, all of the variance is of second order: u²(x) u²(y), half from
        // each order of the pair.
        let f = |x: &[f64]| x[0] * x[1];
        let (at, steps) = ([0.0, 0.0], [2.0, 3.0]);
        let around = Around { function: &f, at: &at, steps: &steps };
        assert!((around.second(0, 1, 0.0).unwrap() - 18.0).abs() < 1e-12);
        // For f = x², f_ii = 2: ½ (2 u²)² = 2 u⁴.
        let square = |x: &[f64]| x[0] * x[0];
        let around = Around { function: &square, at: &[5.0], steps: &[0.1] };
        assert!((around.second(0, 0, 1.0).unwrap() - 2e-4).abs() < 1e-12);
        // For f = x³ at x = 1: f_i f_iii = 3 × 6.
        let cube = |x: &[f64]| x[0].powi(3);
        let around = Around { function: &cube, at: &[1.0], steps: &[1.0] };
        assert!((around.second(0, 0, 3.0).unwrap() - (0.5 * 36.0 + 18.0)).abs() < 1e-9);
    }

    #[test]
    fn where_the_function_ends() {
        let f = |x: &[f64]| x[0].sqrt();
        let near = Around { function: &f, at: &[1.0], steps: &[1.5] };
        assert!((near.first(0).unwrap() / 1.5 - 0.5).abs() < 1e-6);
        let beyond = Around { function: &f, at: &[-1.0], steps: &[0.1] };
        assert_eq!(beyond.value().unwrap_err().code(), "stats.no_solution");
        assert_eq!(beyond.first(0).unwrap_err().code(), "stats.no_solution");
    }
}
