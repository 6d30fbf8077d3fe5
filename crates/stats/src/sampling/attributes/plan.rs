//! A plan by attributes.

use crate::{Error, Result};

/// One sample of a plan. Numbers are of all samples so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The size of this sample.
    pub n: u32,
    /// Accept with at most so many; nothing where the lot cannot be accepted yet (printed as # or
    /// *).
    pub accept: Option<u32>,
    /// Reject with at least so many.
    pub reject: u32,
}

/// A single, double or multiple sampling plan.
///
/// After each sample the lot is accepted, rejected, or the next sample is drawn. After the last a
/// lot between the two numbers, which only old reduced plans have, is accepted (and reduced
/// inspection ends: see [`Inspected`](crate::sampling::Inspected)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributesPlan {
    stages: Vec<Stage>,
}

/// The largest size and rejection number, so that sums stay within their type.
const LARGEST: u32 = 100_000_000;

/// What a plan says after a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The lot is accepted.
    Accept,
    /// The lot is rejected.
    Reject,
    /// The next sample is drawn.
    DrawOn,
}

impl AttributesPlan {
    /// A single plan: reject with more than `accept`.
    ///
    /// # Errors
    /// The sample is empty, or a number is above a hundred million.
    ///
    /// ```
    /// use stats::sampling::AttributesPlan;
    /// let plan = AttributesPlan::single(80, 2)?;
    /// assert_eq!((plan.stages()[0].n, plan.stages()[0].reject), (80, 3));
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn single(n: u32, accept: u32) -> Result<Self> {
        let reject = accept.saturating_add(1);
        Self::new(vec![Stage { n, accept: Some(accept), reject }])
    }

    /// A plan of several samples.
    ///
    /// # Errors
    /// There is no sample or one is empty; a rejection number is not above the acceptance number of
    /// its sample; numbers fall from one sample to the next; the last sample has no acceptance
    /// number; there are more than twenty samples, or a number is above a hundred million.
    ///
    /// ```
    /// use stats::sampling::{AttributesPlan, Stage};
    /// let double = AttributesPlan::new(vec![
    ///     Stage { n: 50, accept: Some(1), reject: 4 },
    ///     Stage { n: 50, accept: Some(4), reject: 5 },
    /// ])?;
    /// assert_eq!(double.stages().len(), 2);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn new(stages: Vec<Stage>) -> Result<Self> {
        let wrong = |why| Err(Error::Inconsistent { what: "sampling plan", why });
        if stages.is_empty() {
            return Err(Error::Empty { what: "sampling plan" });
        }
        if stages.iter().any(|s| s.n.max(s.reject) > LARGEST) {
            return wrong("a number is above a hundred million");
        }
        if stages.len() > 20 {
            return wrong("there are more than twenty samples");
        }
        if stages.iter().any(|s| s.n == 0) {
            return wrong("a sample has no items");
        }
        if stages.iter().any(|s| s.accept.is_some_and(|ac| ac >= s.reject)) {
            return wrong("a rejection number is not above the acceptance number");
        }
        let falls =
            |pair: &[Stage]| pair[0].accept > pair[1].accept || pair[0].reject > pair[1].reject;
        if stages.windows(2).any(falls) {
            return wrong("the numbers fall from one sample to the next");
        }
        if stages.last().is_some_and(|s| s.accept.is_none()) {
            return wrong("the last sample has no acceptance number");
        }
        Ok(Self { stages })
    }

    /// The samples in order.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The items of all samples together.
    pub fn most_items(&self) -> u32 {
        self.stages.iter().map(|s| s.n).sum()
    }

    /// What follows from `found` nonconforming items in all samples up to number `stage`, counted
    /// from 0.
    ///
    /// ```
    /// use stats::sampling::{AttributesPlan, Verdict};
    /// let plan = AttributesPlan::single(80, 2)?;
    /// assert_eq!((plan.verdict(0, 2), plan.verdict(0, 3)), (Verdict::Accept, Verdict::Reject));
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn verdict(&self, stage: usize, found: u32) -> Verdict {
        let last = stage + 1 == self.stages.len();
        match self.stages.get(stage) {
            Some(s) if s.accept.is_some_and(|ac| found <= ac) => Verdict::Accept,
            Some(s) if found >= s.reject => Verdict::Reject,
            Some(_) if !last => Verdict::DrawOn,
            _ => Verdict::Accept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_must_make_sense() {
        let stage = |n, accept, reject| Stage { n, accept, reject };
        for bad in [
            vec![],
            vec![stage(0, Some(0), 1)],
            vec![stage(5, Some(1), 1)],
            vec![stage(5, None, 2)],
            vec![stage(5, Some(1), 4), stage(5, Some(0), 5)],
            vec![stage(5, Some(1), 6), stage(5, Some(4), 5)],
        ] {
            assert!(AttributesPlan::new(bad).is_err());
        }
        let plan = AttributesPlan::new(vec![stage(5, None, 2), stage(5, Some(1), 3)]).unwrap();
        assert_eq!(plan.verdict(0, 0), Verdict::DrawOn);
        assert_eq!(plan.verdict(0, 2), Verdict::Reject);
        // In the gap after the last sample.
        assert_eq!(plan.verdict(1, 2), Verdict::Accept);
        assert_eq!(plan.verdict(1, 3), Verdict::Reject);
    }
}
