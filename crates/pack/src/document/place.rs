//! What can stand in braces.

use std::fmt;
use std::str::FromStr;

/// A place that is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A field, as it was last said by the time of the step.
    Case(String),
    /// A field of the step.
    Now(String),
    /// The name of a subject: a role of the opening record, or a field.
    Party(String),
    /// The value of a parameter of law.
    Law(String),
    /// The law and article of a parameter.
    Basis(String),
    /// The last day of a term.
    Due(String),
    /// The day on which a step was last taken.
    Done(String),
    /// The name of the step.
    Step,
    /// What asks for the step or allows it.
    Grounds,
    /// The name of the procedure.
    Procedure,
    /// The number of the document.
    Number,
    /// The office that issues it.
    Office,
    /// The day on which it is sealed.
    Date,
    /// The day on which the case was opened.
    Opened,
    /// The officers who take the step.
    Officers,
    /// Nothing yet: filled in by hand.
    Blank,
}

/// Makes a place of a name.
type Named = fn(String) -> Place;

const NAMED: &[(&str, Named)] = &[
    ("case", Place::Case),
    ("now", Place::Now),
    ("party", Place::Party),
    ("law", Place::Law),
    ("basis", Place::Basis),
    ("due", Place::Due),
    ("done", Place::Done),
];

const PLAIN: &[(&str, Place)] = &[
    ("step", Place::Step),
    ("grounds", Place::Grounds),
    ("procedure", Place::Procedure),
    ("number", Place::Number),
    ("office", Place::Office),
    ("date", Place::Date),
    ("opened", Place::Opened),
    ("officers", Place::Officers),
    ("blank", Place::Blank),
];

/// What can stand in braces, in words.
pub(super) fn all() -> String {
    let named = NAMED.iter().map(|(word, _)| format!("{word}.NAME"));
    let plain = PLAIN.iter().map(|(word, _)| (*word).to_owned());
    named.chain(plain).collect::<Vec<_>>().join(", ")
}

impl FromStr for Place {
    type Err = ();

    /// ```
    /// use pack::DocumentPlace as Place;
    /// assert_eq!("case.facts".parse(), Ok(Place::Case("facts".to_owned())));
    /// assert_eq!("law.penalty.pay".parse(), Ok(Place::Law("penalty.pay".to_owned())));
    /// assert_eq!("date".parse(), Ok(Place::Date));
    /// assert!("casefacts".parse::<Place>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some((_, place)) = PLAIN.iter().find(|(word, _)| *word == text) {
            return Ok(place.clone());
        }
        let (word, name) = text.split_once('.').ok_or(())?;
        let (_, make) = NAMED.iter().find(|(known, _)| *known == word).ok_or(())?;
        if name.is_empty() { Err(()) } else { Ok(make(name.to_owned())) }
    }
}

impl fmt::Display for Place {
    /// As it is written, without braces.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, name) = match self {
            Self::Case(name) => ("case", name),
            Self::Now(name) => ("now", name),
            Self::Party(name) => ("party", name),
            Self::Law(name) => ("law", name),
            Self::Basis(name) => ("basis", name),
            Self::Due(name) => ("due", name),
            Self::Done(name) => ("done", name),
            plain => {
                let found = PLAIN.iter().find(|(_, place)| place == plain);
                return f.write_str(found.map_or("", |(word, _)| word));
            }
        };
        write!(f, "{word}.{name}")
    }
}
