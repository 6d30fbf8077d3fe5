//! VIKOR: a compromise between the good of the whole and the regret of the worst criterion.

use super::columns::range;
use super::{DecisionMatrix, Direction};
use crate::error::{Error, Result, check};

/// The measures of VIKOR, one value per alternative each; less is better.
#[derive(Clone, Debug, PartialEq)]
pub struct Vikor {
    /// S: the weighted distances from the best, added over the criteria.
    pub group: Vec<f64>,
    /// R: the largest of them.
    pub regret: Vec<f64>,
    /// Q: both, from 0 for the best to 1 for the worst of each, weighed by `v` and `1 - v`.
    pub compromise: Vec<f64>,
}

impl DecisionMatrix<'_> {
    /// VIKOR with the weight `v` (0 to 1, ½ as published) on the group against the regret. If all
    /// alternatives agree in S (or R), that part of Q is zero.
    ///
    /// # Errors
    /// As [`DecisionMatrix::topsis`]; a `v` outside 0 to 1; a criterion that does not vary.
    ///
    /// ```
    /// use stats::index::{DecisionMatrix, Direction};
    /// let values = [1.0, 9.0, 2.0, 5.0, 3.0, 1.0];
    /// let directions = [Direction::Positive, Direction::Negative];
    /// let found = DecisionMatrix::new(&values, &directions)?.vikor(&[1.0, 1.0], 0.5)?;
    /// assert_eq!(found.compromise, [1.0, 0.5, 0.0]);
    /// assert_eq!(found.proposed(), [2]);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn vikor(&self, weights: &[f64], v: f64) -> Result<Vikor> {
        let weights = self.check_weights(weights)?;
        check::probability("weight of the group", v)?;
        if self.columns.iter().any(|c| c.min == c.max) {
            return Err(Error::Constant { what: "a criterion" });
        }
        let best = |j: usize| match self.directions()[j] {
            Direction::Positive => self.columns[j].max,
            Direction::Negative => self.columns[j].min,
        };
        let losses: Vec<(f64, f64)> = (0..self.criteria())
            .map(|j| (best(j), weights[j] / (self.columns[j].max - self.columns[j].min)))
            .collect();
        let measures = self.in_blocks(|block| {
            let rows = block.chunks_exact(losses.len());
            let measure = |row: &[f64]| {
                let parts = row.iter().zip(&losses);
                let parts = parts.map(|(x, (best, factor))| (best - x).abs() * factor);
                parts.fold((0.0, 0.0f64), |(s, r), part| (s + part, r.max(part)))
            };
            rows.map(measure).collect::<Vec<(f64, f64)>>()
        });
        let (group, regret): (Vec<f64>, Vec<f64>) = measures.into_iter().flatten().unzip();
        let (s, r) = (from_zero_to_one(&group), from_zero_to_one(&regret));
        let both = s.iter().zip(&r);
        let compromise = both.map(|(s, r)| v * s + (1.0 - v) * r).collect();
        Ok(Vikor { group, regret, compromise })
    }
}

impl Vikor {
    /// The alternatives proposed (Opricovic and Tzeng 2004, §2): the one with the least Q alone, if
    /// it leads by 1/(m - 1) and is also first in S or R; the first two, if it only leads; else all
    /// that are within that lead of it. Indices from 0, best first.
    pub fn proposed(&self) -> Vec<usize> {
        let q = &self.compromise;
        let mut order: Vec<usize> = (0..q.len()).collect();
        order.sort_by(|&a, &b| q[a].total_cmp(&q[b]));
        let [first, second, ..] = order[..] else {
            return order;
        };
        let lead = 1.0 / (q.len() as f64 - 1.0);
        if q[second] - q[first] >= lead {
            let least = |of: &[f64]| range(of).0;
            let stable = self.group[first] == least(&self.group)
                || self.regret[first] == least(&self.regret);
            order.truncate(if stable { 1 } else { 2 });
        } else {
            order.retain(|&a| q[a] - q[first] < lead);
        }
        order
    }
}

fn from_zero_to_one(values: &[f64]) -> Vec<f64> {
    let (min, max) = range(values);
    let scaled = |x: &f64| {
        if max > min { (x - min) / (max - min) } else { 0.0 }
    };
    values.iter().map(scaled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(q: [f64; 3], s: [f64; 3], r: [f64; 3]) -> Vec<usize> {
        let all = Vikor { group: s.to_vec(), regret: r.to_vec(), compromise: q.to_vec() };
        all.proposed()
    }

    #[test]
    fn the_three_outcomes() {
        // With three alternatives a lead is 1/2.
        assert_eq!(found([0.9, 0.1, 0.6], [3.0, 1.0, 2.0], [3.0, 1.0, 2.0]), [1]);
        assert_eq!(found([0.9, 0.1, 0.6], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), [1, 2]);
        assert_eq!(found([0.5, 0.1, 1.0], [3.0, 1.0, 2.0], [3.0, 1.0, 2.0]), [1, 0]);
    }

    #[test]
    fn all_alike_in_one_measure() {
        // Each alternative is worst on one criterion and best on the other: S and R agree.
        let values = [0.0, 1.0, 1.0, 0.0];
        let matrix = DecisionMatrix::new(&values, &[Direction::Positive; 2]).unwrap();
        assert_eq!(matrix.vikor(&[1.0, 1.0], 0.5).unwrap().compromise, [0.0, 0.0]);
        let flat = DecisionMatrix::new(&[1.0, 1.0, 1.0, 2.0], &[Direction::Positive; 2]).unwrap();
        assert_eq!(flat.vikor(&[1.0, 1.0], 0.5).unwrap_err().code(), "stats.constant");
    }
}
