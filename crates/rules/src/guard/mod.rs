//! Guards: conditions in CEL, the Common Expression Language, over declared variables and
//! functions.
//!
//! ```text
//! years(case.known_on, valid) <= law('complaint.claim_age') && !listed('serious-violation')
//! ```
//!
//! A guard is checked when it is read: every name is declared, every type fits, every name that is
//! looked up (a parameter of law, a list) exists. What is left to go wrong when it is evaluated is a
//! missing value, a number too large, and what a function itself refuses.
//!
//! | in a guard | |
//! |---|---|
//! | `true`, `12`, `0.05`, `'text'`, `['a', 'b']`, `date('2026-04-15')`, `timestamp('2026-04-15T09:30:00+08:00')` | values |
//! | `a ? b : c`, <code>\|\|</code>, `&&`, `!` | conditions; as in CEL, an error beside a `true` of <code>\|\|</code> or a `false` of `&&` is passed over, on either side |
//! | `==`, `!=`, `<`, `<=`, `>`, `>=`, `in` | comparisons of values of one type, numbers among each other; text by code points |
//! | `+`, `-`, `*`, `/`, `%` | of numbers; `/` and `%` of integers, cut towards zero |
//! | `has(case.known_on)` | whether a variable has a value |
//! | `size(x)`, `x.size()`, `x.contains(y)`, `x.startsWith(y)`, `x.endsWith(y)` | of texts; size of lists too |
//! | `list.exists(item, test)`, `list.all(item, test)` | not inside of each other |
//!
//! What is left out of CEL: maps, messages, bytes, unsigned numbers, exponents, `null`, indexing,
//! regular expressions, making of texts and lists. What differs: a number with a point is an exact
//! decimal and not a binary fraction, and may be compared and calculated with integers. Everything
//! else that is accepted means what CEL says, which a test holds against an interpreter of CEL.
//!
//! The cost is bounded: 4 KiB of text, 32 levels, 256 parts, 100,000 steps. Evaluation reads nothing
//! but the facts.
//!
//! ```
//! use rules::guard::{Declarations, Facts, Guard, Type};
//! use rules::value::{Value, years};
//!
//! struct Complaint;
//! impl Facts for Complaint {
//!     fn variable(&self, name: &str) -> Option<Value> {
//!         match name {
//!             "case.known_on" => "2023-02-10".parse().ok().map(Value::Date),
//!             "valid" => "2026-02-11".parse().ok().map(Value::Date),
//!             _ => None,
//!         }
//!     }
//!     fn call(&self, function: &str, arguments: &[Value]) -> Result<Value, String> {
//!         match (function, arguments) {
//!             ("years", [Value::Date(from), Value::Date(to)]) => Ok(years(*from, *to).into()),
//!             ("law", _) => Ok(Value::Integer(3)),
//!             _ => Err("is not answered; declare it".to_owned()),
//!         }
//!     }
//! }
//!
//! let declarations = Declarations::new()
//!     .variable("case.known_on", Type::Date)?
//!     .variable("valid", Type::Date)?
//!     .function("years", &[Type::Date, Type::Date], Type::Decimal)?
//!     .lookup("law", "parameter of law", [("complaint.claim_age", Type::Integer)])?;
//! let guard = Guard::parse(
//!     "years(case.known_on, valid) <= law('complaint.claim_age')",
//!     &declarations,
//! )?;
//! assert!(!guard.holds(&Complaint)?, "a day more than three years");
//!
//! let fault = Guard::parse("law('complaint.claim_ago') == 3", &declarations).unwrap_err();
//! assert_eq!(
//!     fault.to_string(),
//!     "line 1, column 5: there is no parameter of law complaint.claim_ago; \
//!      was complaint.claim_age meant?"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arithmetic;
mod call;
mod declarations;
mod error;
mod evaluate;
mod member;
mod node;
mod parse;
mod types;

pub use declarations::Declarations;
pub use error::EvaluationError;
pub use evaluate::Facts;
pub use types::Type;

use evaluate::Evaluation;
use node::Node;

use crate::text::Fault;

/// A condition in CEL, read and checked once.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    text: String,
    node: Node,
}

impl Guard {
    /// The guard that a text says.
    ///
    /// # Errors
    /// The first thing that is wrong with the text: its form, a name or a type.
    pub fn parse(text: &str, declarations: &Declarations) -> Result<Self, Fault> {
        let node = parse::parse(text, declarations)?;
        Ok(Self { text: text.to_owned(), node })
    }

    /// Whether it holds.
    ///
    /// # Errors
    /// A value that decides is missing, cannot be calculated, or is refused by a function.
    pub fn holds<F: Facts + ?Sized>(&self, facts: &F) -> Result<bool, EvaluationError> {
        Evaluation::new(facts).holds(&self.node)
    }

    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }
}
