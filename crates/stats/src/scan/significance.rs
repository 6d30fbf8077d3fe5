//! How unusual a statistic is among simulated ones.

/// The place of a statistic among those of the simulations (Dwass 1957; Barnard 1963).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Significance {
    /// One more than the number of simulations whose largest statistic is as large or larger.
    pub rank: usize,
    /// The rank over one more than the number of simulations.
    pub p_value: f64,
    /// How many simulations have a strictly larger statistic. Where ties are common (a permutation
    /// scan of few cases), some software counts these only: (1 + larger) / (1 + simulations).
    pub larger: usize,
}

impl Significance {
    /// The place of `statistic` among `sorted`, which ascends; nothing where that is empty.
    pub(super) fn of(statistic: f64, sorted: &[f64]) -> Option<Self> {
        if sorted.is_empty() {
            return None;
        }
        let rank = 1 + sorted.len() - sorted.partition_point(|&s| s < statistic);
        Some(Self {
            larger: sorted.len() - sorted.partition_point(|&s| s <= statistic),
            rank,
            p_value: rank as f64 / (sorted.len() + 1) as f64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_count_against_the_statistic() {
        let place = Significance::of(2.0, &[1.0, 2.0, 2.0, 3.0]).unwrap();
        assert_eq!((place.rank, place.larger, place.p_value), (4, 1, 0.8));
        assert_eq!(Significance::of(9.0, &[1.0]).unwrap().p_value, 0.5);
        assert_eq!(Significance::of(1.0, &[]), None);
    }
}
