//! Plans that measure a quality characteristic of each item.

mod estimate;
mod find;
mod mil414;
mod plan;

pub use estimate::nonconforming_share;
pub use find::{find_variables_plan, matching_plan};
pub use mil414::{VariablesLevel, mil414_plan};
pub use plan::{Judgement, Limits, Method, VariablesPlan};
