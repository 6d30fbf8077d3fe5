//! Rules of decision.

use super::Tolerance;
use crate::error::{Result, check};

/// What is decided of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It conforms.
    Accept,
    /// Within the limits, but too near to one to be sure.
    ConditionallyAccept,
    /// Beyond a limit, but too near to it to be sure.
    ConditionallyReject,
    /// It does not conform.
    Reject,
}

/// How the uncertainty of a measurement enters the decision. The guard band is a multiple of the
/// expanded uncertainty: 1 as a rule, with which an accepted item does not conform with a probability
/// of at most 2.5 % (coverage factor 2).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum DecisionRule {
    /// Accepted within the limits, else rejected: the risk is shared (JCGM 106:2012 8.2).
    #[default]
    Simple,
    /// Accepted within the limits drawn in by the guard band, else rejected (8.3.2): doubts count
    /// against the item.
    GuardedAcceptance(f64),
    /// Rejected beyond the limits moved out by the guard band, else accepted (8.3.3): doubts count for
    /// the item, as when a breach of law has to be shown.
    GuardedRejection(f64),
    /// Accepted and rejected only beyond doubt; in between, conditionally (ILAC-G8:09/2019, 4.2.3).
    Conditional(f64),
}

impl DecisionRule {
    /// Decides on an item that measured `value` with an `expanded_uncertainty`.
    ///
    /// # Errors
    /// A value that is not finite, an uncertainty or multiple that is negative or not finite.
    ///
    /// ```
    /// use stats::uncertainty::conformity::{Decision, DecisionRule, Tolerance};
    /// let limit = Tolerance::at_most(50.0)?;
    /// let rule = |rule: DecisionRule| rule.decide(50.6, 1.0, &limit);
    /// assert_eq!(rule(DecisionRule::Simple)?, Decision::Reject);
    /// assert_eq!(rule(DecisionRule::GuardedRejection(1.0))?, Decision::Accept);
    /// assert_eq!(rule(DecisionRule::Conditional(1.0))?, Decision::ConditionallyReject);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn decide(
        &self,
        value: f64,
        expanded_uncertainty: f64,
        tolerance: &Tolerance,
    ) -> Result<Decision> {
        check::finite("measured value", &[value])?;
        let within = |multiple: f64| {
            let guard = [multiple.abs(), expanded_uncertainty];
            check::non_negative("multiple and expanded uncertainty", &guard)?;
            let accepted = tolerance.guarded(multiple * expanded_uncertainty);
            Ok::<bool, crate::Error>(accepted.is_some_and(|a| a.contains(value)))
        };
        let binary = |accepted: bool| {
            if accepted { Decision::Accept } else { Decision::Reject }
        };
        let multiple = match *self {
            Self::Simple => 0.0,
            Self::GuardedAcceptance(m) | Self::GuardedRejection(m) | Self::Conditional(m) => m,
        };
        check::non_negative("multiple of the expanded uncertainty", &[multiple])?;
        Ok(match self {
            Self::Simple | Self::GuardedAcceptance(_) => binary(within(multiple)?),
            Self::GuardedRejection(_) => binary(within(-multiple)?),
            Self::Conditional(_) if within(multiple)? => Decision::Accept,
            Self::Conditional(_) if within(0.0)? => Decision::ConditionallyAccept,
            Self::Conditional(_) if within(-multiple)? => Decision::ConditionallyReject,
            Self::Conditional(_) => Decision::Reject,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::specific_risk;
    use super::*;

    #[test]
    fn the_four_zones() {
        let tolerance = Tolerance::new(9.0, 11.0).unwrap();
        let decide = |rule: DecisionRule, value| rule.decide(value, 0.4, &tolerance).unwrap();
        let conditional = DecisionRule::Conditional(1.0);
        let zones = [10.6, 10.8, 11.2, 11.6].map(|v| decide(conditional, v));
        use Decision::{Accept, ConditionallyAccept, ConditionallyReject, Reject};
        assert_eq!(zones, [Accept, ConditionallyAccept, ConditionallyReject, Reject]);
        assert_eq!(decide(DecisionRule::GuardedAcceptance(1.0), 10.8), Reject);
        assert_eq!(decide(DecisionRule::GuardedRejection(1.0), 11.2), Accept);
        assert_eq!(decide(DecisionRule::Simple, 9.0), Accept);
    }

    #[test]
    fn the_risk_at_the_limit_of_guarded_acceptance() {
        // ILAC-G8:09/2019, Table 1: a guard band of U = 2 u leaves a specific risk below 2.5 %.
        let limit = Tolerance::at_most(10.0).unwrap();
        let risk = specific_risk(10.0 - 2.0 * 0.1, 0.1, &limit).unwrap();
        assert!(risk < 0.025 && risk > 0.0227);
    }

    #[test]
    fn nothing_left_and_refusals() {
        // A guard band wider than the tolerance accepts nothing.
        let tolerance = Tolerance::new(9.0, 11.0).unwrap();
        let rule = DecisionRule::GuardedAcceptance(1.0);
        assert_eq!(rule.decide(10.0, 2.0, &tolerance).unwrap(), Decision::Reject);
        let code = |rule: DecisionRule, v, u| rule.decide(v, u, &tolerance).unwrap_err().code();
        assert_eq!(code(rule, f64::NAN, 1.0), "stats.not_finite");
        assert_eq!(code(DecisionRule::Simple, 1.0, -1.0), "stats.negative");
        assert_eq!(code(DecisionRule::Conditional(-1.0), 1.0, 1.0), "stats.negative");
    }
}
