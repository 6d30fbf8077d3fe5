//! The language of a pack's rules.

mod declaration;
pub mod filter;
pub mod guard;
pub mod schema;
pub mod text;
pub mod value;

pub use declaration::DeclarationError;
pub use text::{Fault, Position, Problem};
