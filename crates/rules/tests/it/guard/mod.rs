//! Guards: what CEL says, no more and no less; a remedy for each fault; never a panic.

mod facts;
mod faults;
mod meaning;
mod oracle;
