//! The graph of responsibility: from any thing to all that it came from and all that came of it.
//!
//! A *thing* is whatever has an identity: an item with a serial number, a lot, a product, a pallet,
//! a party, a place, an instrument. An *act* is what a record says that was done: things went in,
//! came out, were moved, packed, tested. The graph joins things and acts only, so that an act with
//! a thousand inputs and a thousand outputs has two thousand links and not a million, and every
//! link has its record.
//!
//! Nothing that depends on time is stored. Whether a child was in its parent, whether an act counted
//! when so much was known, which path was possible in time: all is derived for the times of the
//! question ([`AsOf`]), so that a late, a corrected and a withdrawn record need no repair.
//!
//! | module | what |
//! |---|---|
//! | [`act`] | acts, the parts that things have in them, and how certain that is |
//! | [`as_of`] | the two times of a question |
//! | [`graph`] | things and acts in arrays, with a tail for what came since |
//! | [`containment`] | what was in what, when |
//! | [`walk`] | back to sources, forward to what came of it |
//! | [`journey`] | the acts that saw a thing, and the last of them |
//! | [`names`] | numbers for the identifiers of things |
//! | [`snapshot`] | the graph as bytes |
//!
//! It does no input or output. Things are numbers here; what their names mean the caller knows.
//!
//! ```
//! use trace::{Act, AsOf, Certainty, Direction, Graph, NewAct, Part, Thing, Walker};
//! let [milk, culture, yoghurt, crate_] = [0, 1, 2, 3].map(Thing);
//! let mut graph = Graph::default();
//! let make = NewAct::new(0, 100)
//!     .with(milk, Part::Input, Certainty::Lot)
//!     .with(culture, Part::Input, Certainty::Lot)
//!     .with(yoghurt, Part::Output, Certainty::Lot);
//! assert_eq!(graph.add(&make), Ok(Act(0)));
//! let pack = NewAct::new(1, 200)
//!     .with(crate_, Part::Parent, Certainty::Serial)
//!     .with(yoghurt, Part::Child, Certainty::Lot);
//! graph.add(&pack)?;
//! let mut walker = Walker::default();
//! let now = AsOf { valid: 1_000, known: 2 };
//! let back = walker.walk(&graph, &[yoghurt], Direction::Back, now, usize::MAX);
//! let things: Vec<Thing> = back.reached.iter().map(|reached| reached.thing).collect();
//! assert_eq!(things, [yoghurt, milk, culture]);
//! // When the first record alone was known, nothing was in the crate.
//! assert_eq!(graph.contents(crate_, AsOf { valid: 1_000, known: 1 }), []);
//! # Ok::<(), trace::Error>(())
//! ```

pub mod act;
pub mod as_of;
pub mod containment;
mod error;
pub mod graph;
pub mod journey;
pub mod names;
pub mod snapshot;
pub mod walk;

pub use act::{ALWAYS, Act, Certainty, Link, NewAct, Part, Thing};
pub use as_of::{AsOf, Span};
pub use error::Error;
pub use graph::Graph;
pub use journey::{LastSeen, Sighting};
pub use names::Names;
pub use walk::{Answer, Direction, Reached, Start, Walker};
