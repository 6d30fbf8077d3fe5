//! What filters and guards share: the text of a rule, its words and signs, and what can be wrong
//! with it.

mod cursor;
mod fault;
mod lexer;
mod names;
mod quoted;
mod words;

pub(crate) use cursor::Cursor;
pub use fault::{Fault, Position, Problem};
pub(crate) use lexer::Lexeme;
pub(crate) use names::{is_name, nearest, unknown};
pub(crate) use quoted::quoted;
pub use words::Words;
