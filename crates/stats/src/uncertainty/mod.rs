//! Uncertainty of measurement, and deciding under it.
//!
//! A measurement function, as a closure or as text ([`Formula`]), turns input quantities into the
//! quantity sought. [`propagate`] carries their standard uncertainties through it by first (or
//! second) derivatives, [`monte_carlo`] by drawing from their [`Distribution`]s; [`agreement`] tells
//! whether the first was good enough. With the result, [`conformity`] says whether an item meets its
//! tolerance, how sure that is, and what it costs to be wrong.
//!
//! | method | item | source | how it is checked |
//! |---|---|---|---|
//! | repeated observations | [`type_a`], [`type_a_joint`] | JCGM 100:2008 4.2, 5.2.3 | golden |
//! | law of propagation, correlated inputs | [`propagate`], [`propagate_joint`] | JCGM 100:2008 5.1, 5.2, H.2 | golden |
//! | second-order terms | [`PropagateOptions::second_order`] | JCGM 100:2008 5.1.2 note, H.1.7 | golden (published figure); by hand |
//! | effective degrees of freedom | [`Budget::degrees_of_freedom`] | JCGM 100:2008 G.4 (Welch-Satterthwaite); groups: Willink, Metrologia 44 (2007) 340 | golden; by hand |
//! | propagation of distributions | [`monte_carlo`] | JCGM 101:2008 6.4, 7 | golden |
//! | adaptive number of trials | [`monte_carlo_adaptive`] | JCGM 101:2008 7.9 | the standard's additive example 9.2 |
//! | coverage intervals, symmetric and shortest | [`MonteCarlo::symmetric`], [`MonteCarlo::shortest`] | JCGM 101:2008 7.7 | golden |
//! | comparison with the first order | [`agreement`] | JCGM 101:2008 8 | the standard's example 9.2.3 |
//! | conformance probability, specific and global risks, guard bands, decision rules | [`conformity`] | JCGM 106:2012 | golden; see there |

pub mod conformity;
mod derivative;
mod distribution;
mod formula;
mod gum;
mod monte_carlo;
mod type_a;

pub use distribution::Distribution;
pub use formula::Formula;
pub use gum::{
    Budget, Contribution, Degrees, Function, Input, JointBudget, PropagateOptions, propagate,
    propagate_joint,
};
pub use monte_carlo::{
    AdaptiveOptions, Agreement, MonteCarlo, MonteCarloOptions, agreement, monte_carlo,
    monte_carlo_adaptive, numerical_tolerance,
};
pub use type_a::{Observed, ObservedJointly, type_a, type_a_joint};
