//! The graph of responsibility in a running program: from any thing to where it came from and went,
//! who answers for it, and what something touched.
//!
//! | module | what |
//! |---|---|
//! | `interpret` | what a record says to the graph: events, and kinds with `[trace]` in the pack |
//! | `sort`, `note`, `amount`, `meaning` | what the graph knows of things, acts and kinds beside links |
//! | `state`, `follow`, `snapshot` | the graph in memory, following the readings, kept in a file |
//! | [`answer`] | answers, typed |
//! | [`answerable`] | who answers for a thing, and what they held then |
//! | `name` | the one key of a thing, however it is written |
//! | `numbered` | things by the lot or serial number that stands on them |
//! | `walk` | back and forward |
//! | `whereabouts` | where a thing is |
//! | `touched`, `spread`, `scope`, `save` | what something touched and where that is: the recall scope |
//! | `findings`, `journeys` | what does not fit: of an answer, and of all that is known |
//! | `looked`, `kept` | all of it, followed as records come, and told by pages |
//! | `position` | where places are, and how far it is between them |
//! | `public` | what the page of a thing asks |
//! | `show` | what the asker may see of acts |
//!
//! A thing has one key: subjects of records and identifiers of events are brought to the canonical
//! Digital Link of their GS1 key, so that a GTIN, its URN and its Digital Link meet.

mod amount;
pub mod answer;
pub mod answerable;
mod findings;
mod follow;
mod interpret;
mod journeys;
mod kept;
mod looked;
mod meaning;
mod name;
mod note;
mod numbered;
mod position;
mod public;
mod save;
mod scope;
mod show;
mod snapshot;
mod sort;
mod spread;
mod state;
mod touched;
mod walk;
mod whereabouts;

pub use amount::Millionths;
pub use follow::Chain;
pub use kept::{FindingPage, FindingQuestion, KeptFinding};
pub use note::{Life, What};
pub use scope::{SavedScope, ScopeLine, ScopeStream, ScopeSummary, ScopeTotal, Touch};
pub use sort::Sort;
pub use walk::MOST_THINGS;

pub(crate) use follow::Source;
