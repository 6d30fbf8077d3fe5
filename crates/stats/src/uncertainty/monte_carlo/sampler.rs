//! Draws of all inputs together.

use super::super::distribution::Distribution;
use super::super::gum::check_correlations;
use crate::error::{Error, Result};
use crate::linalg::Matrix;
use crate::random::Random;

/// How many trials share a stream of random numbers; a matter of speed only.
const BLOCK: usize = 8192;

pub(super) struct Sampler<'a> {
    inputs: &'a [Distribution],
    /// The correlations of the normal inputs as a product L Lᵀ.
    factor: Option<Matrix>,
}

impl<'a> Sampler<'a> {
    pub fn new(inputs: &'a [Distribution], correlations: Option<&Matrix>) -> Result<Self> {
        if inputs.is_empty() {
            return Err(Error::Empty { what: "inputs" });
        }
        for input in inputs {
            input.check()?;
        }
        let factor = correlations.map(|r| factor(inputs, r)).transpose()?;
        Ok(Self { inputs, factor })
    }

    /// Values of `function`, as many as there is room for, the same whatever the number of threads.
    /// `run` tells calls apart that share a seed.
    pub fn fill(
        &self,
        function: &(impl Fn(&[f64]) -> f64 + Sync),
        seed: u64,
        run: u32,
        values: &mut [f64],
    ) {
        use rayon::prelude::*;
        let blocks = values.par_chunks_mut(BLOCK).enumerate();
        blocks.for_each(|(block, values)| {
            let mut random = Random::stream(seed, (u64::from(run) << 32) | block as u64);
            let mut x = vec![0.0; self.inputs.len()];
            let mut z = vec![0.0; self.inputs.len()];
            for value in values {
                self.draw(&mut random, &mut z, &mut x);
                *value = function(&x);
            }
        });
    }

    fn draw(&self, random: &mut Random, z: &mut [f64], x: &mut [f64]) {
        let Some(factor) = &self.factor else {
            for (x, input) in x.iter_mut().zip(self.inputs) {
                *x = input.draw(random);
            }
            return;
        };
        for (i, input) in self.inputs.iter().enumerate() {
            if let Distribution::Normal { mean, standard_uncertainty } = *input {
                z[i] = random.normal();
                let row = factor.row(i)[..=i].iter().zip(&*z);
                x[i] = mean + standard_uncertainty * row.map(|(l, z)| l * z).sum::<f64>();
            } else {
                x[i] = input.draw(random);
            }
        }
    }
}

/// L with L Lᵀ the correlations; a column of zeros where a quantity follows from those before it,
/// so that inputs may be perfectly correlated.
fn factor(inputs: &[Distribution], correlations: &Matrix) -> Result<Matrix> {
    let n = inputs.len();
    check_correlations(correlations, n)?;
    let normal = |i: usize| matches!(inputs[i], Distribution::Normal { .. });
    let mut lower = Matrix::zeros(n, n);
    for j in 0..n {
        for i in j..n {
            if i != j && correlations[(i, j)] != 0.0 && !(normal(i) && normal(j)) {
                return Err(Error::Inconsistent {
                    what: "correlations",
                    why: "only normal inputs can be correlated here: write the function in terms of what is independent",
                });
            }
            let known: f64 = (0..j).map(|k| lower[(i, k)] * lower[(j, k)]).sum();
            let rest = correlations[(i, j)] - known;
            lower[(i, j)] = if i == j {
                if rest < -1e-9 {
                    return Err(impossible());
                }
                rest.max(0.0).sqrt()
            } else if lower[(j, j)] > 1e-7 {
                rest / lower[(j, j)]
            } else if rest.abs() > 1e-7 {
                return Err(impossible());
            } else {
                0.0
            };
        }
    }
    Ok(lower)
}

fn impossible() -> Error {
    Error::Inconsistent {
        what: "correlations",
        why: "no quantities are so correlated: the matrix is not positive semidefinite",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const Z: Distribution = Distribution::Normal { mean: 0.0, standard_uncertainty: 1.0 };

    fn product(r: f64) -> f64 {
        let matrix = Matrix::from_rows(2, 2, vec![1.0, r, r, 1.0]).unwrap();
        let inputs = [Z; 2];
        let sampler = Sampler::new(&inputs, Some(&matrix)).unwrap();
        let mut values = vec![0.0; 100_000];
        sampler.fill(&|x: &[f64]| x[0] * x[1], 1, 0, &mut values);
        crate::sample::mean(&values)
    }

    #[test]
    fn draws_are_as_correlated_as_asked() {
        for r in [-1.0, -0.5, 0.0, 0.9, 1.0] {
            assert!((product(r) - r).abs() < 0.02, "{r}");
        }
    }

    #[test]
    fn refusals() {
        let flat = Distribution::Rectangular { lower: 0.0, upper: 1.0 };
        let half = Matrix::from_rows(2, 2, vec![1.0, 0.5, 0.5, 1.0]).unwrap();
        let mixed = [Z, flat];
        let code = |inputs: &[Distribution], r: Option<&Matrix>| {
            Sampler::new(inputs, r).err().map(|e| e.code())
        };
        assert_eq!(code(&mixed, Some(&half)), Some("stats.inconsistent"));
        assert_eq!(code(&mixed, Some(&Matrix::identity(2))), None);
        assert_eq!(code(&[], None), Some("stats.empty"));
        let opposed = Matrix::from_fn(3, 3, |i, j| if i == j { 1.0 } else { -0.9 });
        assert_eq!(code(&[Z; 3], Some(&opposed)), Some("stats.inconsistent"));
    }
}
