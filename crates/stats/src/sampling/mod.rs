//! Acceptance sampling: what a sample says of a lot, and which samples to take.
//!
//! | method | source | held to |
//! |---|---|---|
//! | code letters, single, double and multiple plans by AQL ([`scheduled_plan`]) | MIL-STD-105E; GB/T 2828.1-2012 = ISO 2859-1:1999 | AQLSchemes for MIL-STD-105E; cells of GB/T 2828.1 tables 2-A to 4-C, and every double and multiple plan to the OC curve of its single plan |
//! | switching rules ([`Switching`]) | GB/T 2828.1-2012, clauses 9.3 and 9.4; MIL-STD-105E, 4.7 and 4.8 | the clauses, case by case |
//! | checking a declared level ([`DeclaredLevelPlan`]) | GB/T 2828.11-2008 | the risk by counting, and no larger sample keeps it |
//! | OC curves ([`AttributesPlan::acceptance`]), binomial, hypergeometric, Poisson | | AcceptanceSampling; a small lot by going through all samples |
//! | ASN, AOQ, AOQL, ATI ([`AttributesPlan::characteristics`] and beside) | Dodge and Romig 1959 | examples of Montgomery, chapter 15 |
//! | plans for two points ([`find_plan`], [`find_variables_plan`]) | ISO 28591 | AcceptanceSampling |
//! | plans by variables, s and σ, forms k and M ([`VariablesPlan`]) | ISO 3951-1; Lieberman and Resnikoff 1955 | AcceptanceSampling, AQLSchemes, examples of MIL-STD-414 |
//! | tables of plans by variables ([`mil414_plan`]) | MIL-STD-414, A-2 and B-1 | its example; the OC curve at the limit of every plan |
//! | plans by variables matched to attributes ([`matching_plan`]) | principle of ISO 3951-1 | both points |
//!
//! Quality is a share of nonconforming items (0.01 is one per cent) or, for the Poisson model, the
//! mean number of nonconformities per item; only [`Aql`] counts per hundred, as the standards do.
//!
//! Not held here: the tables of ISO 3951-1 itself (see [`matching_plan`]), the reduced tables of
//! MIL-STD-414, the limit numbers of table VIII of MIL-STD-105E (say whether they are met:
//! [`Inspected::within_limit`]) and the optional fractional acceptance numbers of GB/T 2828.1.

mod attributes;
mod schemes;
mod variables;

pub use attributes::{
    AttributesPlan, Characteristics, DeclaredLevelPlan, Model, RiskPoint, Stage, Verdict, find_plan,
};
pub use schemes::{
    Aql, Basis, Inspected, InspectionLevel, Letter, PlanKind, Scheduled, Severity, Standard,
    Switching, scheduled_plan, single_plan_for,
};
pub use variables::{
    Judgement, Limits, Method, VariablesLevel, VariablesPlan, find_variables_plan, matching_plan,
    mil414_plan, nonconforming_share,
};
