//! What a procedure is: states, steps, terms, as a pack writes them.

use std::fmt;
use std::str::FromStr;

use codes::Label;

/// The id under which the record that opens a case stands among its steps.
pub const OPENED: &str = "opened";

/// A procedure, as it is written. [`crate::Procedure::new`] checks it and makes it ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The articles of the decision that it serves.
    pub articles: Vec<u16>,
    /// The kind of record that opens a case: the record is its first step, [`OPENED`].
    pub opens_with: String,
    /// The field whose value is the level of the case, for limits that differ by level.
    pub level: Option<String>,
    /// The date field with the day of the act that is judged, for parameters that apply by it.
    pub act_on: Option<String>,
    /// Its states; a case begins in the first.
    pub states: Vec<State>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Its terms.
    pub terms: Vec<TermRule>,
}

/// A state of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// Whether the case has ended: its terms run no more, and only steps that name the state go on.
    pub end: bool,
    /// Whether what the steps say in fields that are public is shown to everybody meanwhile.
    pub public: bool,
}

/// A step of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its id.
    pub id: String,
    /// Its name, as what is done.
    pub label: Label,
    /// The states in which it can be taken.
    pub from: Origin,
    /// Where it leads.
    pub to: To,
    /// Who can take it; whoever is one of them.
    pub who: Vec<Who>,
    /// What must hold, and what is said where it does not.
    pub guard: Option<Guarded>,
    /// Permissions of those who must agree before it takes effect, in order; each may send it back.
    pub approvals: Vec<String>,
    /// The parameter of law that says how many officers must take it together; none: one is enough.
    pub officers: Option<String>,
    /// Whether it takes a decision of several in a meeting: then it must name its minutes.
    pub collective: Collective,
    /// How often it can be taken in a case; none: as often as wanted.
    pub at_most: Option<u32>,
    /// The procedure of which it opens a case under this one.
    pub opens: Option<String>,
    /// The fields that it takes, by name; what they are is said with the kinds of record.
    pub fields: Vec<StepField>,
}

/// A field of a step, as far as the course of a case depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepField {
    /// Its name; fields of the same name in several steps hold the same.
    pub name: String,
    /// What it holds, where guards and terms can ask for it.
    pub holds: Option<rules::guard::Type>,
    /// Whether it must be filled.
    pub required: bool,
}

/// States in which a step can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// These.
    States(Vec<String>),
    /// All that are no end.
    Open,
}

/// Where a step leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// The case stays where it is.
    Stay,
    /// Into a state.
    State(String),
    /// Back into the state before the one it is in, as after a suspension.
    Back,
}

/// Who can take a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Whoever holds a permission in the office of the case.
    Permission(String),
    /// The subject in a role of the opening record, or named by a field of a step.
    Party(String),
    /// The program, at the end of a term that says so.
    Program,
}

/// A condition in CEL and what is said where it does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarded {
    /// The condition.
    pub when: String,
    /// What is said where it does not hold, with the article.
    pub says: Label,
}

/// Whether a step takes a decision of several in a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Collective {
    /// It does not.
    Never,
    /// It always does.
    Always,
    /// It does where a condition in CEL holds.
    When(String),
}

/// A term of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermRule {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The steps that start it; each starts it anew.
    pub starts: Vec<String>,
    /// The date or instant field of those steps from which it runs; none: the time of the step.
    pub start_on: Option<String>,
    /// Whether it counts back from that date, as what must be done so many days before a hearing.
    pub backward: bool,
    /// How long it is.
    pub limit: Limit,
    /// The steps of which one must be taken before it ends; none: it ends by itself, such as a
    /// publication.
    pub met_by: Vec<String>,
    /// When it stands still.
    pub suspended: Vec<Suspension>,
    /// What makes it longer.
    pub extended: Vec<Extension>,
    /// The steps that end it without meeting it.
    pub lifted_by: Vec<String>,
    /// How long before its end it is pressing.
    pub warn: Option<clock::Term>,
    /// What happens at its end.
    pub at_end: AtEnd,
}

/// How long a term is: a parameter of law, or the earlier or later of several.
///
/// ```
/// use procedure::Limit;
/// let limit: Limit = "min(complaint.mediate, complaint.mediate_cap)".parse()?;
/// assert_eq!(limit, Limit::Earlier(vec!["complaint.mediate".into(), "complaint.mediate_cap".into()]));
/// assert!("min(complaint.mediate".parse::<Limit>().is_err());
/// # Ok::<(), procedure::LimitFault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limit {
    /// One parameter.
    Of(String),
    /// `min(…)`: the earliest end. A parameter that is not in force on the day that decides does
    /// not take part.
    Earlier(Vec<String>),
    /// `max(…)`: the latest end, in the same way.
    Later(Vec<String>),
}

impl Limit {
    /// The parameters that it names.
    pub fn parameters(&self) -> &[String] {
        match self {
            Self::Of(one) => std::slice::from_ref(one),
            Self::Earlier(several) | Self::Later(several) => several,
        }
    }
}

/// A text that says no limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitFault {
    /// The text.
    pub text: String,
}

impl fmt::Display for LimitFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no limit; write the id of a parameter of law, or min(…, …) or max(…, …) of several",
            self.text
        )
    }
}

impl std::error::Error for LimitFault {}

impl FromStr for Limit {
    type Err = LimitFault;

    fn from_str(text: &str) -> Result<Self, LimitFault> {
        let fault = || LimitFault { text: text.to_owned() };
        let id = |text: &str| {
            let text = text.trim();
            let word = |word: &str| {
                word.starts_with(|c: char| c.is_ascii_lowercase())
                    && word.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
            };
            let good = text.split_once('.').is_some_and(|(a, b)| word(a) && word(b));
            good.then(|| text.to_owned()).ok_or_else(fault)
        };
        let Some((function, rest)) = text.trim().split_once('(') else {
            return id(text).map(Self::Of);
        };
        let inner = rest.strip_suffix(')').ok_or_else(fault)?;
        let several = inner.split(',').map(id).collect::<Result<Vec<_>, _>>()?;
        match function.trim() {
            "min" => Ok(Self::Earlier(several)),
            "max" => Ok(Self::Later(several)),
            _ => Err(fault()),
        }
    }
}

/// Written as [`FromStr`] reads it.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(one) => f.write_str(one),
            Self::Earlier(several) => write!(f, "min({})", several.join(", ")),
            Self::Later(several) => write!(f, "max({})", several.join(", ")),
        }
    }
}

/// A stretch in which a term stands still: from one step to another, the day of the first not
/// counted in (民法典 201(1)), that of the second counted in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// What it is, a code of the list `suspending-event`: it suspends the term only where the
    /// version of the parameter says that this does.
    pub event: String,
    /// The steps with which it begins.
    pub from: Vec<String>,
    /// The steps with which it ends.
    pub to: Vec<String>,
}

/// What makes a term longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The step that does.
    pub step: String,
    /// By how much.
    pub by: By,
}

/// By how much a term is made longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// By a parameter of law, counted on from the end that it had.
    Limit(Limit),
    /// To the day that a date field of the step names.
    Until(String),
}

/// What happens at the end of a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtEnd {
    /// Whose duty it is, is reminded.
    Remind,
    /// Also those above them.
    Escalate,
    /// The program takes a step.
    Take(String),
}

macro_rules! from_word {
    ($name:ident, $what:literal, $($word:literal => $value:expr),+; $prefix:literal => $variant:ident) => {
        impl FromStr for $name {
            type Err = WordFault;

            fn from_str(text: &str) -> Result<Self, WordFault> {
                $(if text == $word { return Ok($value); })+
                match text.strip_prefix($prefix) {
                    Some(rest) if !rest.is_empty() => Ok(Self::$variant(rest.to_owned())),
                    _ => Err(WordFault { text: text.to_owned(), choice: $what }),
                }
            }
        }
    };
}

/// A word that is none of those that may stand in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordFault {
    /// The word.
    pub text: String,
    /// What may stand there.
    pub choice: &'static str,
}

impl fmt::Display for WordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is none of {}", self.text, self.choice)
    }
}

impl std::error::Error for WordFault {}

from_word!(AtEnd, "remind, escalate, take:STEP",
    "remind" => Self::Remind, "escalate" => Self::Escalate; "take:" => Take);

impl FromStr for Who {
    type Err = WordFault;

    /// `program`, `party:ROLE`, or a permission.
    fn from_str(text: &str) -> Result<Self, WordFault> {
        match (text, text.split_once(':')) {
            ("program", _) => Ok(Self::Program),
            (_, Some(("party", role))) if !role.is_empty() => Ok(Self::Party(role.to_owned())),
            (permission, None) if !permission.is_empty() => {
                Ok(Self::Permission(permission.to_owned()))
            }
            _ => Err(WordFault {
                text: text.to_owned(),
                choice: "a permission, party:ROLE, program",
            }),
        }
    }
}

/// Written as [`FromStr`] reads it.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permission(id) => f.write_str(id),
            Self::Party(role) => write!(f, "party:{role}"),
            Self::Program => f.write_str("program"),
        }
    }
}

/// Written as [`FromStr`] reads it.
impl fmt::Display for AtEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remind => f.write_str("remind"),
            Self::Escalate => f.write_str("escalate"),
            Self::Take(step) => write!(f, "take:{step}"),
        }
    }
}
