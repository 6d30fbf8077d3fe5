//! Where the counts of a baseline lie in time and season: the same for all series of a chart.

use std::ops::Range;

/// Counts in order of time, as runs of one season group each.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Time of each count, from `centre`.
    pub times: Vec<f64>,
    /// The time in the middle: sums of squares about it lose no digits.
    pub centre: f64,
    pub runs: Vec<Run>,
    /// How many groups there are.
    pub groups: usize,
}

/// Neighbouring counts of one group.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub range: Range<usize>,
    pub group: usize,
    /// The step from time to time, the same throughout.
    pub step: f64,
}

/// Runs are not longer than this, so that a product along them gathers few roundings.
const LONGEST: usize = 16;

impl Layout {
    /// From the time and the group of each count.
    pub fn new(times: &[f64], groups: &[usize]) -> Self {
        let (first, last) = match (times.first(), times.last()) {
            (Some(first), Some(last)) => (*first, *last),
            _ => (0.0, 0.0),
        };
        let centre = 0.5 * (first + last);
        let mut runs: Vec<Run> = Vec::new();
        for (i, (&time, &group)) in times.iter().zip(groups).enumerate() {
            let step = if i > 0 { time - times[i - 1] } else { 0.0 };
            match runs.last_mut() {
                Some(run)
                    if run.group == group
                        && run.range.len() < LONGEST
                        && (run.range.len() == 1 || run.step == step) =>
                {
                    run.range.end += 1;
                    run.step = step;
                }
                _ => runs.push(Run { range: i..i + 1, group, step: 0.0 }),
            }
        }
        Self {
            times: times.iter().map(|time| time - centre).collect(),
            centre,
            runs,
            groups: groups.iter().max().map_or(0, |last| last + 1),
        }
    }

    /// Gives `each` the place and e^(rate · value of the line) of every count, where the line is
    /// `intercepts[group] + slope · time` and a population adds its logarithm.
    pub fn exponentials(
        &self,
        intercepts: &[f64],
        slope: f64,
        offset: &[f64],
        rate: f64,
        mut each: impl FnMut(usize, usize, f64),
    ) {
        for run in &self.runs {
            let start = run.range.start;
            let line = intercepts[run.group] + slope * self.times[start];
            if offset.is_empty() {
                // Equal steps of time are equal factors.
                let factor = if slope == 0.0 { 1.0 } else { (rate * slope * run.step).exp() };
                let mut value = (rate * line).exp();
                for i in run.range.clone() {
                    each(i, run.group, value);
                    value *= factor;
                }
            } else {
                for i in run.range.clone() {
                    let line = intercepts[run.group] + slope * self.times[i] + offset[i];
                    each(i, run.group, (rate * line).exp());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_along_a_run_are_exponentials() {
        let times: Vec<f64> = (0..60).map(|i| f64::from(i + i / 40)).collect();
        let groups: Vec<usize> = (0..60).map(|i| i / 25).collect();
        let layout = Layout::new(&times, &groups);
        let intercepts = [1.0, -2.0, 0.3];
        let mut seen = 0;
        layout.exponentials(&intercepts, -0.07, &[], 0.5, |i, group, value| {
            assert_eq!((i, group), (seen, groups[i]));
            let line = intercepts[group] - 0.07 * (times[i] - layout.centre);
            assert!((value / (0.5 * line).exp() - 1.0).abs() < 1e-14);
            seen += 1;
        });
        assert_eq!(seen, 60);
    }
}
