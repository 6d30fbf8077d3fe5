//! Ranks.

/// What units with equal values get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// The lowest of their ranks ("sport" ranking), the published default.
    #[default]
    Min,
    /// The mean of their ranks.
    Average,
    /// The highest of their ranks.
    Max,
}

/// Ranks from 1 for the smallest value up; zero and minus zero are equal. A NaN ranks above all.
///
/// ```
/// use stats::index::{rank, Ties};
/// assert_eq!(rank(&[10.0, 30.0, 10.0], Ties::Min), [1.0, 3.0, 1.0]);
/// assert_eq!(rank(&[10.0, 30.0, 10.0], Ties::Average), [1.5, 3.0, 1.5]);
/// ```
pub fn rank(values: &[f64], ties: Ties) -> Vec<f64> {
    // Adding zero turns -0 into +0, so that the total order ties them.
    let key = |i: &usize| values[*i] + 0.0;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| key(a).total_cmp(&key(b)));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for group in order.chunk_by(|a, b| key(a) == key(b)) {
        let (first, last) = ((below + 1) as f64, (below + group.len()) as f64);
        let rank = match ties {
            Ties::Min => first,
            Ties::Average => (first + last) / 2.0,
            Ties::Max => last,
        };
        for &i in group {
            ranks[i] = rank;
        }
        below += group.len();
    }
    ranks
}

/// Places from 1 for the largest value down, equal values sharing the best of their places; `None`
/// where the value is missing.
///
/// ```
/// use stats::index::rank_best_first;
/// let places = rank_best_first(&[Some(70.0), None, Some(90.0), Some(70.0)]);
/// assert_eq!(places, [Some(2), None, Some(1), Some(2)]);
/// ```
pub fn rank_best_first(values: &[Option<f64>]) -> Vec<Option<u32>> {
    let turned: Vec<f64> = values.iter().flatten().map(|v| -v).collect();
    let mut places = rank(&turned, Ties::Min).into_iter();
    let place = |v: &Option<f64>| v.and_then(|_| places.next()).map(|p| p as u32);
    values.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_and_zeros() {
        assert_eq!(rank(&[0.0, -0.0, -1.0], Ties::Max), [3.0, 3.0, 1.0]);
        assert_eq!(rank(&[], Ties::Min), Vec::<f64>::new());
    }
}
