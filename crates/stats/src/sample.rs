//! What several methods ask of a sample. The callers have made sure that there are values enough.

/// x². The standard library leaves open how it takes powers, and published scores have to be the same
/// everywhere.
pub(crate) fn square(x: f64) -> f64 {
    x * x
}

/// The mean; of no values, zero.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The variance over n - 1; of a single value, zero.
pub(crate) fn variance(values: &[f64]) -> f64 {
    let centre = mean(values);
    let squares: f64 = values.iter().map(|x| square(x - centre)).sum();
    squares / (values.len().max(2) - 1) as f64
}

/// The values in ascending order.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The value below which a share `p` of sorted values lies, interpolated at (n - 1) p (Hyndman and
/// Fan's type 7, what spreadsheets and R give).
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let place = p * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = sorted[(below + 1).min(last)];
    sorted[below] + (place - below as f64) * (above - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!((mean(&[]), variance(&[3.0])), (0.0, 0.0));
        assert_eq!((mean(&[1.0, 3.0]), variance(&[1.0, 3.0])), (2.0, 2.0));
        let sorted = sorted(&[4.0, 0.0, 3.0, 1.0]);
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|p| quantile(&sorted, p)), [0.0, 0.75, 2.0, 4.0]);
    }
}
