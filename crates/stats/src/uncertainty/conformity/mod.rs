//! Deciding whether an item meets its tolerance, and what it costs to be wrong.
//!
//! What is known of the true value after a measurement is taken as normal, with the estimate and its
//! standard uncertainty; what was known of such items before, where it matters, as normal too.
//!
//! | method | item | source | how it is checked |
//! |---|---|---|---|
//! | probability of conformance | [`conformance_probability`] | JCGM 106:2012 7.2 to 7.4 | golden |
//! | specific risks | [`specific_risk`], [`Tolerance::acceptance_for_risk`] | JCGM 106:2012 3.3.13, 3.3.14, 9.3 | the two are inverse; one-sided by the normal quantile |
//! | global risks | [`global_risks`], [`guard_for_consumer_risk`] | JCGM 106:2012 9.5, eq. 17 to 19 | golden; the two are inverse; sums of the four outcomes |
//! | guard bands, decision rules | [`DecisionRule`] | JCGM 106:2012 8.2, 8.3; ILAC-G8:09/2019 | by hand; the specific risk at the limit |
//! | knowledge before and after | [`posterior`] | JCGM 106:2012 7.2.2, Annex A | by hand |

mod probability;
mod quadrature;
mod risk;
mod rule;
mod tolerance;

pub use probability::{conformance_probability, posterior, specific_risk};
pub use risk::{GlobalRisks, Population, global_risks, guard_for_consumer_risk};
pub use rule::{Decision, DecisionRule};
pub use tolerance::Tolerance;
