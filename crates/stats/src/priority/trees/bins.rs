//! Columns of numbers as small classes by rank.

/// A column of at most 255 classes.
pub struct Binned {
    /// The class of each row: 0 where the value is unknown, else 1 and up.
    pub classes: Vec<u8>,
    /// The upper end of each known class but the last, itself a value of the column: a value belongs
    /// to class 1 + the number of ends below it.
    pub ends: Vec<f64>,
}

impl Binned {
    /// Puts `values` into at most `classes` classes of about equal size.
    pub fn new(values: &[f64], classes: usize) -> Self {
        let mut known: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
        known.sort_unstable_by(f64::total_cmp);
        let mut ends = Vec::new();
        for k in 1..classes {
            let Some(&end) = known.get((known.len() * k / classes).saturating_sub(1)) else {
                break;
            };
            if ends.last().is_none_or(|&last| last < end) && known.last().is_some_and(|&m| end < m)
            {
                ends.push(end);
            }
        }
        let classes = values
            .iter()
            .map(|&v| if v.is_nan() { 0 } else { 1 + ends.partition_point(|&end| end < v) as u8 });
        Self { classes: classes.collect(), ends }
    }

    /// The number of classes, with that of the unknown.
    pub fn count(&self) -> usize {
        self.ends.len() + 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_have_a_class_each() {
        let binned = Binned::new(&[3.0, 1.0, f64::NAN, 2.0, 1.0, 3.0, 2.0, 1.0, 3.0], 64);
        assert_eq!(binned.ends, [1.0, 2.0]);
        assert_eq!(binned.classes, [3, 1, 0, 2, 1, 3, 2, 1, 3]);
    }

    #[test]
    fn a_constant_column_has_one_class() {
        assert_eq!(Binned::new(&[5.0; 10], 4).ends, Vec::<f64>::new());
        assert_eq!(Binned::new(&[f64::NAN; 3], 4).classes, [0, 0, 0]);
        assert!(Binned::new(&[], 4).classes.is_empty());
    }

    #[test]
    fn many_values_are_shared_out_evenly() {
        let values: Vec<f64> = (0..1000).map(f64::from).collect();
        let binned = Binned::new(&values, 255);
        assert_eq!(binned.count(), 256);
        let mut sizes = [0; 256];
        binned.classes.iter().for_each(|&c| sizes[usize::from(c)] += 1);
        assert!(sizes[1..].iter().all(|n| (3..=5).contains(n)), "{sizes:?}");
    }
}
