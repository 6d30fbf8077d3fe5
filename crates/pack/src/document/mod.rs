//! Documents 文书: what is written on paper when a step is taken.
//!
//! ```toml
//! # documents/penalty.toml
//! [[part]]                              # lines that several documents share
//! id   = "remedies"
//! body = """
//! 如不服本决定，可以自收到本决定书之日起{law.reconsideration.apply}内申请行政复议。
//! """
//!
//! [[document]]
//! id        = "penalty-decision"
//! label     = { zh = "行政处罚决定书", en = "Penalty decision" }
//! law       = "行政处罚法 59"             # what asks for it or says what stands in it
//! form      = "3"                       # the number of the statutory form, where it has one
//! addressee = "offender"                # a role of the opening record, or a field
//! numbered  = "decision_no"             # a text field of the step in which its number is filled in
//! served_by = ["serve"]                 # the steps by which it is served on the addressee
//! body      = """
//! # 违法事实
//! {now.facts}
//! | 罚款 | {now.fine} |
//! ? 没收：{now.confiscated}
//! @remedies
//! > {office}
//! > {date}
//! """
//! ```
//!
//! A line is a paragraph, or begins with a sign: `#` a heading, `=` centred, `>` right-aligned, `~` not
//! indented, `|` a row of a table, `@` the lines of a part, `?` left out where something that it names
//! was not said. On a line of its own `{fields}` is a row for everything that the step says and the
//! document does not name.
//!
//! In braces: `case.FIELD` (what was last said by then), `now.FIELD` (what the step says),
//! `party.ROLE` (the name of a subject), `law.PARAMETER` (its value with the unit), `basis.PARAMETER`
//! (law and article), `due.TERM` (the last day), `done.STEP` (the day on which it was last taken),
//! `step`, `grounds` (what asks for the step or allows it), `procedure`, `number`, `office`, `date`, `opened`, `officers`, `blank` (to be filled in by
//! hand).

mod check;
mod place;
mod read;

pub(crate) use check::check;
pub use place::Place;
pub(crate) use read::{Reading, build, read};

use codes::Label;

/// A document of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: String,
    /// Its name; the Chinese is its title.
    pub label: Label,
    /// What asks for it or says what stands in it.
    pub law: Option<String>,
    /// The number of the statutory form.
    pub form: Option<String>,
    /// To whom it is addressed: a role of the opening record, or a field.
    pub addressee: Option<String>,
    /// The field of the step in which its number is filled in.
    pub numbered: Option<String>,
    /// The steps by which it is served.
    pub served_by: Vec<String>,
    /// What stands on it, with the lines of its parts.
    pub body: Vec<Line>,
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What sort of line.
    pub shape: Shape,
    /// Whether it is left out where something that it names was not said.
    pub may_go: bool,
    /// What stands on it: of a row, its cells; else one.
    pub cells: Vec<Vec<Span>>,
}

/// The shape of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A paragraph, indented by two characters.
    Paragraph,
    /// A paragraph that is not indented.
    Flush,
    /// A heading.
    Heading,
    /// Centred.
    Centred,
    /// Right-aligned.
    Right,
    /// A row of a table.
    Row,
    /// A row for each thing that the step says and the document does not name.
    Rest,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// As it is written.
    Text(String),
    /// To be filled in.
    Place(Place),
}

impl Document {
    /// The places of the document that are filled in.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        let spans = self.body.iter().flat_map(|line| line.cells.iter().flatten());
        spans.filter_map(|span| match span {
            Span::Place(place) => Some(place),
            Span::Text(_) => None,
        })
    }
}
