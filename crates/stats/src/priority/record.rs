//! A subject's earlier visits, net of who made them.

use std::collections::HashMap;

use crate::error::check;
use crate::{Error, Result};

/// Past visits, one value for each in every slice.
#[derive(Clone, Copy, Debug)]
pub struct PastVisits<'a> {
    /// Who was visited.
    pub subject: &'a [&'a str],
    /// The day, as a number of days from any origin.
    pub day: &'a [i64],
    /// Who went.
    pub inspector: &'a [&'a str],
    /// How bad it was, 0 or more, on any scale.
    pub severity: &'a [f64],
}

/// What each subject's earlier visits showed beyond what their inspectors usually find.
///
/// A finding says more when a lenient inspector made it. So each visit counts by its severity less
/// what its inspector had found on average by the end of that day, and a subject's record is the sum
/// of these over its earlier visits, divided by their number and a few more: one visit is not a
/// habit. Renaming inspectors changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// For each subject its visits in order of day: the day and the sum of the net severities up to
    /// and with it.
    visits: HashMap<String, Vec<(i64, f64)>>,
    shrinkage: f64,
}

/// Visits' worth of the common average that stands behind each inspector's own.
const PRIOR_VISITS: f64 = 20.0;

impl Record {
    /// Reads past visits, in any order. `shrinkage` is how many visits without anything unusual are
    /// set beside a subject's own (4 is a fair value where visits are yearly).
    ///
    /// # Errors
    /// Unequal lengths; a severity that is negative or not finite; a negative shrinkage.
    ///
    /// ```
    /// use stats::priority::{PastVisits, Record};
    /// let record = Record::new(
    ///     PastVisits {
    ///         subject: &["mill", "dairy", "mill"],
    ///         day: &[10, 10, 20],
    ///         inspector: &["Li", "Wu", "Wu"],
    ///         severity: &[3.0, 1.0, 0.0],
    ///     },
    ///     4.0,
    /// )?;
    /// // Nothing is known before the first visit, nor on its day.
    /// assert_eq!(record.before("mill", 10), 0.0);
    /// // By day 10 the average is 2; Li has found (3 + 20 × 2) / 21, so 3 is 20/21 more.
    /// assert!((record.before("mill", 11) - 20.0 / 21.0 / 5.0).abs() < 1e-15);
    /// assert!(record.before("dairy", 11) < 0.0);
    /// assert_eq!(record.before("never seen", 11), 0.0);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(past: PastVisits<'_>, shrinkage: f64) -> Result<Self> {
        let PastVisits { subject, day, inspector, severity } = past;
        check::length("days", day.len(), subject.len())?;
        check::length("inspectors", inspector.len(), subject.len())?;
        check::length("severities", severity.len(), subject.len())?;
        check::non_negative("severity", severity)?;
        check::non_negative("shrinkage", &[shrinkage])?;
        let mut order: Vec<usize> = (0..day.len()).collect();
        order.sort_by_key(|&i| day[i]);
        let mut tallies: HashMap<&str, Tally> = HashMap::new();
        let mut all = Tally::default();
        let mut visits: HashMap<String, Vec<(i64, f64)>> = HashMap::new();
        for today in order.chunk_by(|&i, &j| day[i] == day[j]) {
            for &i in today {
                tallies.entry(inspector[i]).or_default().add(severity[i]);
                all.add(severity[i]);
            }
            let average = all.sum / all.visits;
            for &i in today {
                let usual = tallies.get(inspector[i]).map_or(average, |tally| {
                    (tally.sum + PRIOR_VISITS * average) / (tally.visits + PRIOR_VISITS)
                });
                let of_subject = visits.entry(subject[i].to_string()).or_default();
                let before = of_subject.last().map_or(0.0, |&(_, sum)| sum);
                of_subject.push((day[i], before + severity[i] - usual));
            }
        }
        Ok(Self { visits, shrinkage })
    }

    /// The record of `subject` from its visits before `day`: above 0 where they were worse than
    /// usual; 0 where there were none.
    pub fn before(&self, subject: &str, day: i64) -> f64 {
        let Some(visits) = self.visits.get(subject) else { return 0.0 };
        let earlier = visits.partition_point(|&(of, _)| of < day);
        match visits[..earlier].last() {
            Some(&(_, sum)) => sum / (earlier as f64 + self.shrinkage),
            None => 0.0,
        }
    }

    /// The records of several visits at once.
    ///
    /// # Errors
    /// Unequal lengths.
    pub fn all_before(&self, subjects: &[&str], days: &[i64]) -> Result<Vec<f64>> {
        if subjects.len() != days.len() {
            let (expected, got) = (subjects.len(), days.len());
            return Err(Error::Length { what: "days", expected, got });
        }
        Ok(subjects.iter().zip(days).map(|(subject, &day)| self.before(subject, day)).collect())
    }
}

#[derive(Clone, Copy, Default)]
struct Tally {
    sum: f64,
    visits: f64,
}

impl Tally {
    fn add(&mut self, severity: f64) {
        self.sum += severity;
        self.visits += 1.0;
    }
}
