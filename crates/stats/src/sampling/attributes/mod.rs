//! Plans that count nonconforming items or nonconformities.

mod declared;
mod find;
mod oc;
mod plan;

pub use declared::DeclaredLevelPlan;
pub use find::{RiskPoint, find_plan};
pub use oc::{Characteristics, Model};
pub use plan::{AttributesPlan, Stage, Verdict};
