//! Traceability events: how they become records, are captured, and are asked for.

mod capture;
mod draft;
mod support;
