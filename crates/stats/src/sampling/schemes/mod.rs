//! Schemes of plans indexed by the acceptance quality limit (AQL), and the rules for switching.

mod aql;
mod letter;
mod lookup;
mod switching;
mod tables;

pub use aql::Aql;
pub use letter::{InspectionLevel, Letter};
pub use lookup::{PlanKind, Scheduled, Severity, Standard, scheduled_plan, single_plan_for};
pub use switching::{Basis, Inspected, Switching};
