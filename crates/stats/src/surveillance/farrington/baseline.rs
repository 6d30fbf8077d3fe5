//! Which points a point is compared with, and in which season group each lies.

use std::ops::Range;

use super::super::calendar::Calendar;
use super::layout::Layout;
use crate::{Error, Result};

/// The reference points of one tested point, in order of time: runs of one season group each.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Baseline {
    /// The points of each run and its group; the last group is that of the tested point.
    pub runs: Vec<(Range<usize>, u32)>,
    /// How many groups there are.
    pub groups: usize,
}

/// How far and how wide a baseline reaches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    pub years: usize,
    pub half_width: usize,
    /// How many groups: one window a year, or that window and the rest of the year in parts.
    pub periods: usize,
    /// How many points just before the tested one are left out.
    pub gap: usize,
}

impl Baseline {
    /// For the point `t`.
    ///
    /// With one period: the windows of `half_width` points about the same point of the last years.
    /// With more: all points from the first such window on, where the windows make up the last
    /// group and the points between two windows are split into the others, the longer parts first
    /// (Noufaily et al. 2013, 3.1). What lies within `gap` points of `t` is left out.
    pub fn of(calendar: &Calendar<'_>, t: usize, reach: &Reach) -> Result<Self> {
        let w = reach.half_width;
        let centres = calendar.anniversaries(t, reach.years)?;
        let first = centres.first().copied().unwrap_or(t);
        if first < w {
            return Err(Error::TooFew {
                what: "points before the range",
                needed: t - first + w,
                got: t,
            });
        }
        let end = t.saturating_sub(reach.gap);
        let window = reach.periods as u32 - 1;
        let mut runs = Vec::new();
        let mut push = |range: Range<usize>, group: u32| {
            let range = range.start..range.end.min(end);
            if !range.is_empty() {
                runs.push((range, group));
            }
        };
        let mut done = first - w;
        for (i, &centre) in centres.iter().enumerate() {
            // Windows that overlap make one.
            push((centre - w).max(done)..centre + w + 1, window);
            done = centre + w + 1;
            let Some(&next) = centres.get(i + 1) else {
                break;
            };
            let between = done..next.saturating_sub(w).max(done);
            if window > 0 {
                for (part, range) in split(between.clone(), window as usize).enumerate() {
                    push(range, part as u32);
                }
            }
            done = between.end.max(done);
        }
        if runs.is_empty() {
            return Err(Error::Empty {
                what: "baseline (more points are left out than there are)",
            });
        }
        Ok(Self { runs, groups: reach.periods })
    }

    /// The reference points.
    pub fn points(&self) -> impl Iterator<Item = usize> + '_ {
        self.runs.iter().flat_map(|(range, _)| range.clone())
    }

    /// Their times and groups.
    pub fn layout(&self, calendar: &Calendar<'_>) -> Layout {
        let first = self.first();
        let times: Vec<f64> = self.points().map(|i| calendar.time(i, first)).collect();
        let groups = self.runs.iter();
        let groups: Vec<usize> =
            groups.flat_map(|(range, group)| range.clone().map(|_| *group as usize)).collect();
        Layout::new(&times, &groups)
    }

    /// The first reference point.
    pub fn first(&self) -> usize {
        self.runs.first().map_or(0, |(range, _)| range.start)
    }
}

/// `range` in `parts` parts whose lengths differ by one at most, the longer first.
fn split(range: Range<usize>, parts: usize) -> impl Iterator<Item = Range<usize>> {
    let (length, longer) = (range.len() / parts, range.len() % parts);
    let mut start = range.start;
    (0..parts).map(move |part| {
        let end = start + length + usize::from(part < longer);
        let range = start..end;
        start = end;
        range
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(reach: Reach, t: usize) -> Vec<(usize, u32)> {
        let baseline = Baseline::of(&Calendar::Frequency(52), t, &reach).unwrap();
        let runs = baseline.runs.into_iter();
        runs.map(|(range, group)| (range.len(), group)).collect()
    }

    #[test]
    fn one_period_is_a_window_a_year() {
        let reach = Reach { years: 3, half_width: 3, periods: 1, gap: 3 };
        assert_eq!(shape(reach, 299), [(7, 0); 3]);
        // Without a gap the points just before count too.
        let near = Reach { gap: 0, ..reach };
        assert_eq!(shape(near, 299), [(7, 0), (7, 0), (7, 0), (3, 0)]);
    }

    #[test]
    fn the_rest_of_the_year_is_split_with_the_longer_parts_first() {
        let reach = Reach { years: 1, half_width: 3, periods: 5, gap: 26 };
        let expected = [(7, 4), (12, 0), (11, 1), (0, 2), (0, 3)];
        assert_eq!(shape(reach, 299)[..2], expected[..2]);
        assert_eq!(shape(reach, 299).iter().map(|(n, _)| n).sum::<usize>(), 29);
    }
}
