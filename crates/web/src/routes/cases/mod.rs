//! `/api/v1/cases/{id}`: how a case stands, and its next step.

pub mod read;
pub mod steps;
