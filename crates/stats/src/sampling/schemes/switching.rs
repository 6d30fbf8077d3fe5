//! The switching rules as a state machine.

use super::lookup::{Severity, Standard};
use crate::{Error, Result};

/// What the switching score is counted by (GB/T 2828.1-2012, clause 9.3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Single plans: their acceptance number, and whether the lot would also have been accepted at
    /// the next tighter limit.
    Single {
        /// The acceptance number of the plan.
        accept: u32,
        /// Accepted one step tighter.
        tighter: bool,
    },
    /// Double plans: whether the first sample was enough for acceptance.
    Double {
        /// Accepted after the first sample.
        first: bool,
    },
    /// Multiple plans: whether three samples were enough for acceptance.
    Multiple {
        /// Accepted after the third sample or before.
        third: bool,
    },
}

impl Basis {
    /// What an accepted lot adds to the score; nothing sets it back to zero.
    fn credit(self) -> Option<u32> {
        match self {
            Self::Single { accept: 0 | 1, .. } => Some(2),
            Self::Single { tighter: true, .. }
            | Self::Double { first: true }
            | Self::Multiple { third: true } => Some(3),
            _ => None,
        }
    }
}

/// A lot that was inspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// Whether it was accepted.
    pub accepted: bool,
    /// What the switching score is counted by.
    pub basis: Basis,
    /// Accepted with more than the acceptance number of a reduced plan, but fewer than the rejection
    /// number (MIL-STD-105E only).
    pub between: bool,
    /// Production is steady and the responsible authority agrees to reduced inspection.
    pub steady: bool,
    /// The nonconforming items of the last ten lots are within the limit number of table VIII
    /// (MIL-STD-105E only).
    pub within_limit: bool,
}

impl Inspected {
    /// A lot with a verdict; all that leads to reduced inspection is left out.
    pub fn lot(accepted: bool, basis: Basis) -> Self {
        Self { accepted, basis, between: false, steady: false, within_limit: false }
    }
}

/// How severe inspection is, lot by lot.
///
/// Only lots that are submitted for the first time count; leave resubmitted ones out.
///
/// - Normal to tightened: two of five or fewer successive lots were rejected.
/// - Tightened to normal: five successive lots were accepted.
/// - Tightened to a stop: five lots in all were rejected since tightened inspection began.
/// - Normal to reduced, where production is steady and the authority agrees: the switching score is
///   30 or more (GB/T 2828.1); or ten successive lots were accepted and their nonconforming items
///   within the limit number (MIL-STD-105E).
/// - Reduced to normal: a lot is rejected, or between the numbers of an old reduced plan; production
///   is no longer steady.
///
/// Sources: GB/T 2828.1-2012, clauses 9.3 and 9.4; MIL-STD-105E, clauses 4.7 and 4.8.
///
/// ```
/// use stats::sampling::{Basis, Inspected, Severity, Standard, Switching};
/// let mut switching = Switching::new(Standard::Gb2828);
/// let basis = Basis::Single { accept: 2, tighter: true };
/// switching.record(&Inspected::lot(false, basis))?;
/// switching.record(&Inspected::lot(true, basis))?;
/// assert_eq!(switching.record(&Inspected::lot(false, basis))?, Severity::Tightened);
/// # Ok::<(), stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switching {
    standard: Standard,
    severity: Severity,
    stopped: bool,
    /// The verdicts since the severity last changed, the newest in the lowest bit: 1 is rejected.
    rejected: u16,
    /// How many verdicts these are, at most sixteen.
    lots: u32,
    /// Rejected lots since tightened inspection began.
    rejections: u32,
    score: u32,
}

impl Switching {
    /// Inspection begins as normal.
    pub fn new(standard: Standard) -> Self {
        Self {
            standard,
            severity: Severity::Normal,
            stopped: false,
            rejected: 0,
            lots: 0,
            rejections: 0,
            score: 0,
        }
    }

    /// How severe the inspection of the next lot is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Whether inspection is stopped until the supplier has acted.
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// The switching score; counted in normal inspection only.
    pub fn score(&self) -> u32 {
        self.score
    }

    /// Rejected lots since tightened inspection began.
    pub fn rejections(&self) -> u32 {
        self.rejections
    }

    /// Takes note of a lot and gives the severity for the next one.
    ///
    /// # Errors
    /// Inspection is stopped; see [`resume`](Self::resume).
    pub fn record(&mut self, lot: &Inspected) -> Result<Severity> {
        if self.stopped {
            return Err(Error::Inconsistent {
                what: "inspection",
                why: "it is stopped; resume it once the supplier's action has been found effective",
            });
        }
        self.rejected = (self.rejected << 1) | u16::from(!lot.accepted);
        self.lots = (self.lots + 1).min(16);
        match self.severity {
            Severity::Normal => {
                let credit = lot.basis.credit().filter(|_| lot.accepted);
                self.score = credit.map_or(0, |credit| self.score + credit);
                if (self.rejected & 0b1_1111).count_ones() >= 2 {
                    self.change(Severity::Tightened);
                } else if lot.steady && self.earned(lot) {
                    self.change(Severity::Reduced);
                }
            }
            Severity::Tightened => {
                self.rejections += u32::from(!lot.accepted);
                if self.rejections >= 5 {
                    self.stopped = true;
                } else if self.successive_accepted(5) {
                    self.change(Severity::Normal);
                }
            }
            Severity::Reduced => {
                if !lot.accepted || lot.between || !lot.steady {
                    self.change(Severity::Normal);
                }
            }
        }
        Ok(self.severity)
    }

    /// Production became irregular, or another reason calls for normal inspection.
    pub fn end_reduced(&mut self) {
        if self.severity == Severity::Reduced {
            self.change(Severity::Normal);
        }
    }

    /// After a stop inspection begins again as tightened (GB/T 2828.1, clause 9.4).
    pub fn resume(&mut self) {
        if self.stopped {
            self.stopped = false;
            self.change(Severity::Tightened);
        }
    }

    fn earned(&self, lot: &Inspected) -> bool {
        match self.standard {
            Standard::Gb2828 => self.score >= 30,
            Standard::MilStd105E => lot.within_limit && self.successive_accepted(10),
        }
    }

    fn successive_accepted(&self, lots: u32) -> bool {
        self.lots >= lots && self.rejected.trailing_zeros() >= lots
    }

    fn change(&mut self, severity: Severity) {
        self.severity = severity;
        self.rejected = 0;
        self.lots = 0;
        self.rejections = 0;
        self.score = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Basis = Basis::Single { accept: 2, tighter: true };

    fn lot(accepted: bool, steady: bool) -> Inspected {
        Inspected { steady, ..Inspected::lot(accepted, GOOD) }
    }

    /// The verdicts of lots, + and -, and the severity after the last.
    fn after(verdicts: &str) -> Switching {
        let mut switching = Switching::new(Standard::Gb2828);
        for verdict in verdicts.chars() {
            switching.record(&lot(verdict == '+', false)).unwrap();
        }
        switching
    }

    #[test]
    fn two_of_five_are_tightened() {
        assert_eq!(after("-+++-").severity(), Severity::Tightened);
        assert_eq!(after("-++++-").severity(), Severity::Normal);
        assert_eq!(after("--").severity(), Severity::Tightened);
        assert_eq!(after("--++++").severity(), Severity::Tightened);
        assert_eq!(after("--+++++").severity(), Severity::Normal);
        // The rejections of the time before do not count again.
        assert_eq!(after("--+++++-").severity(), Severity::Normal);
    }

    #[test]
    fn five_rejections_stop() {
        let mut switching = after("---+-+-++-");
        assert!(!switching.stopped() && switching.rejections() == 4);
        switching.record(&lot(false, false)).unwrap();
        assert!(switching.stopped());
        assert_eq!(switching.record(&lot(true, false)).unwrap_err().code(), "stats.inconsistent");
        switching.resume();
        assert_eq!((switching.severity(), switching.rejections()), (Severity::Tightened, 0));
    }

    #[test]
    fn the_score_leads_to_reduced_inspection() {
        let mut switching = Switching::new(Standard::Gb2828);
        for _ in 0..9 {
            switching.record(&lot(true, true)).unwrap();
        }
        assert_eq!((switching.severity(), switching.score()), (Severity::Normal, 27));
        assert_eq!(switching.record(&lot(true, true)), Ok(Severity::Reduced));
        assert_eq!(switching.record(&lot(true, true)), Ok(Severity::Reduced));
        assert_eq!(switching.record(&lot(true, false)), Ok(Severity::Normal));
        assert_eq!(switching.score(), 0);
        // Zero and one acceptance numbers add two; fifteen lots.
        let small = Basis::Single { accept: 1, tighter: false };
        let accepted = Inspected { steady: true, ..Inspected::lot(true, small) };
        for _ in 0..14 {
            switching.record(&accepted).unwrap();
        }
        assert_eq!(switching.score(), 28);
        assert_eq!(switching.record(&accepted), Ok(Severity::Reduced));
        switching.end_reduced();
        assert_eq!(switching.severity(), Severity::Normal);
        // A lot that only just passes sets the score back.
        switching.record(&lot(true, true)).unwrap();
        let just = Basis::Double { first: false };
        switching.record(&Inspected::lot(true, just)).unwrap();
        assert_eq!(switching.score(), 0);
    }

    #[test]
    fn ten_lots_of_the_older_standard() {
        let mut switching = Switching::new(Standard::MilStd105E);
        let good = Inspected { within_limit: true, ..lot(true, true) };
        for _ in 0..9 {
            assert_eq!(switching.record(&good), Ok(Severity::Normal));
        }
        assert_eq!(switching.record(&good), Ok(Severity::Reduced));
        let between = Inspected { between: true, ..good };
        assert_eq!(switching.record(&between), Ok(Severity::Normal));
    }
}
