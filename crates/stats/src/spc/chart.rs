//! A control chart: statistics, centre line, limits, and what lies outside.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::rules::{Rule, rule_violations};
use crate::Result;
use crate::error::check;

/// A line of a chart: at one height, or with a height for each point.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// The same everywhere.
    Level(f64),
    /// One value for each point.
    Each(Vec<f64>),
}

impl Line {
    /// The height at point `index`; beyond the last point that of the last.
    pub fn at(&self, index: usize) -> f64 {
        match self {
            Self::Level(value) => *value,
            Self::Each(values) => values.get(index).or(values.last()).copied().unwrap_or(f64::NAN),
        }
    }

    /// The line as one value, where it is level.
    pub fn level(&self) -> Option<f64> {
        match self {
            Self::Level(value) => Some(*value),
            Self::Each(_) => None,
        }
    }

    /// A level line where all sizes are the same.
    pub(super) fn over(sizes: &[f64], height: impl Fn(f64) -> Result<f64>) -> Result<Self> {
        match sizes {
            [first, rest @ ..] if rest.iter().any(|n| n != first) => {
                let mut known = BTreeMap::new();
                let each = sizes.iter().map(|&n| match known.entry(n.to_bits()) {
                    Entry::Occupied(known) => Ok(*known.get()),
                    Entry::Vacant(new) => Ok(*new.insert(height(n)?)),
                });
                Ok(Self::Each(each.collect::<Result<_>>()?))
            }
            [first, ..] => Ok(Self::Level(height(*first)?)),
            [] => Ok(Self::Each(Vec::new())),
        }
    }
}

/// How far the limits are from the centre line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limits {
    /// This many standard errors; three are usual.
    Sigmas(f64),
    /// So that a point of a process in control is between them with this probability.
    Probability(f64),
}

impl Default for Limits {
    fn default() -> Self {
        Self::Sigmas(3.0)
    }
}

impl Limits {
    /// The number of standard errors for a normal statistic.
    pub(super) fn sigmas(self) -> Result<f64> {
        match self {
            Self::Sigmas(sigmas) => {
                check::positive("number of standard errors of the limits", sigmas)?;
                Ok(sigmas)
            }
            Self::Probability(p) => {
                check::level("probability between the limits", p)?;
                Ok(-crate::dist::normal_quantile(0.5 * (1.0 - p)))
            }
        }
    }
}

/// What a chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Means of subgroups.
    Xbar,
    /// Ranges of subgroups.
    Range,
    /// Standard deviations of subgroups.
    Sd,
    /// Single values.
    Individuals,
    /// Ranges of successive single values.
    MovingRange,
    /// Shares of nonconforming items (p).
    Share,
    /// Numbers of nonconforming items (np).
    Number,
    /// Nonconformities (c).
    Nonconformities,
    /// Nonconformities per unit (u).
    Rate,
    /// Items between events (g).
    Between,
}

/// A control chart. Points count from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart<'a> {
    /// What it shows.
    pub kind: Kind,
    /// The points.
    pub statistics: Cow<'a, [f64]>,
    /// The size of the sample behind each point (1 for single values).
    pub sizes: Line,
    /// The centre line.
    pub center: Line,
    /// The standard deviation of the process: of one measurement, one item, one unit.
    pub sigma: Line,
    /// The standard error of the points.
    pub error: Line,
    /// The lower control limit.
    pub lower: Line,
    /// The upper control limit.
    pub upper: Line,
}

/// The points outside the limits of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beyond {
    /// Above the upper limit.
    pub above: Vec<usize>,
    /// Below the lower limit.
    pub below: Vec<usize>,
}

impl Chart<'_> {
    /// The points outside the limits.
    pub fn beyond(&self) -> Beyond {
        let points = || self.statistics.iter().enumerate();
        Beyond {
            above: points().filter(|(i, x)| **x > self.upper.at(*i)).map(|(i, _)| i).collect(),
            below: points().filter(|(i, x)| **x < self.lower.at(*i)).map(|(i, _)| i).collect(),
        }
    }

    /// For each rule the points that complete a pattern it forbids, by the distance of the points
    /// from the centre line in standard errors.
    ///
    /// ```
    /// use stats::spc::{ChartOptions, NELSON, individuals};
    /// let chart = individuals(&[5.1, 4.9, 5.2, 4.8, 5.0, 5.1, 4.9, 9.0], &ChartOptions::default())?;
    /// let found = chart.violations(&NELSON)?;
    /// assert_eq!(found[0], [7]); // rule 1: beyond three standard deviations
    /// # Ok::<(), stats::Error>(())
    /// ```
    ///
    /// # Errors
    /// See [`rule_violations`].
    pub fn violations(&self, rules: &[Rule]) -> Result<Vec<Vec<usize>>> {
        rule_violations(&self.statistics, &self.center, &self.error, rules)
    }
}
