//! What a step fills into the record that comes with it, beside what bears the same name.

use std::fmt;
use std::str::FromStr;

/// Where a field or role of such a record has its content from.
///
/// ```
/// use pack::Fill;
/// assert_eq!("today".parse(), Ok(Fill::Today));
/// assert_eq!("'complaint'".parse(), Ok(Fill::Text("complaint".into())));
/// assert_eq!("clue_finding".parse(), Ok(Fill::Of("clue_finding".into())));
/// assert_eq!("again('XF')".parse(), Ok(Fill::Again("XF".into())));
/// assert!("clue finding".parse::<Fill>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// `today`: the day of the step.
    Today,
    /// `'…'`: always this.
    Text(String),
    /// `FIELD` or `ROLE`: what the step or the case says under another name.
    Of(String),
    /// `due('TERM')`: the last day of a term that the step starts.
    Due(String),
    /// `nothing`: what stood there is taken out.
    Nothing,
    /// `again('…')`: the text that the case has under the same name, with this and how many times the
    /// step was taken behind it, so that a second number differs from the first.
    Again(String),
}

/// A text that says nothing to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillFault {
    /// The text.
    pub text: String,
}

impl fmt::Display for FillFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} says nothing to be filled in; write today, nothing, 'TEXT', again('SUFFIX'), due('TERM'), or the name of a field or role",
            self.text
        )
    }
}

impl std::error::Error for FillFault {}

impl FromStr for Fill {
    type Err = FillFault;

    fn from_str(text: &str) -> Result<Self, FillFault> {
        let quoted = |text: &str| {
            let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
            (!inner.is_empty() && !inner.contains('\'')).then(|| inner.to_owned())
        };
        let is_name = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let inner = |word| text.strip_prefix(word)?.strip_prefix('(')?.strip_suffix(')');
        let found = match (text, inner("again"), inner("due")) {
            ("today", ..) => Some(Self::Today),
            ("nothing", ..) => Some(Self::Nothing),
            (_, Some(suffix), _) => quoted(suffix).map(Self::Again),
            (_, _, Some(term)) => quoted(term).map(Self::Due),
            _ if is_name => Some(Self::Of(text.to_owned())),
            _ => quoted(text).map(Self::Text),
        };
        found.ok_or_else(|| FillFault { text: text.to_owned() })
    }
}

/// Written as [`FromStr`] reads it.
impl fmt::Display for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Today => f.write_str("today"),
            Self::Text(text) => write!(f, "'{text}'"),
            Self::Of(name) => f.write_str(name),
            Self::Due(term) => write!(f, "due('{term}')"),
            Self::Nothing => f.write_str("nothing"),
            Self::Again(suffix) => write!(f, "again('{suffix}')"),
        }
    }
}
