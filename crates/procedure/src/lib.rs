//! Procedures: what the law lets be done in a case, by whom and by when.
//!
//! A [`Definition`] says states, steps and terms, as a pack writes them; [`Procedure::new`] proves
//! that it is sound. A [`Case`] is made from the records of its steps, and everything else follows
//! from them: the state it is in, the terms that run and how long still, who has what to do, what
//! can be done next and why something cannot. Nothing of that is stored. Given other records, or
//! another law, the same question has another answer; given the same, always the same.
//!
//! The crate does no input or output and never reads the clock.

mod case;
mod check;
mod course;
mod definition;
mod entry;
mod fault;
mod law;
mod procedure;
mod run;
mod turn;

pub use case::{Attempt, Case, Duty, SubCase, WhyNot};
pub use check::MINUTES;
pub use course::{Course, Effect, Irregular, Pending};
pub use definition::{
    AtEnd, By, Collective, Definition, Extension, Guarded, Limit, LimitFault, OPENED, Origin,
    State, Step, StepField, Suspension, TermRule, To, Who, WordFault,
};
pub use entry::{Act, Entry};
pub use fault::{At, Fault};
pub use law::{Deciding, Law, NoLimit, Version};
pub use procedure::{Parameter, Procedure, Surroundings};
pub use run::{Ending, NoEnding, Outcome, Run, Standing};
pub use turn::Turns;
