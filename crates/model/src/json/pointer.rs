//! Where something is in a JSON value.

use std::fmt::Write;

/// A place in a JSON value: a chain of steps on the stack, written out only where something is
/// wrong.
///
/// ```
/// use model::json::Place;
/// let items = Place::WHOLE.member("items");
/// assert_eq!(items.item(2).member("a/b").pointer(), "/items/2/a~1b");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    above: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Whole,
    Member(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    /// The whole value.
    pub const WHOLE: Place<'static> = Place { above: None, step: Step::Whole };

    /// A member of the object at this place.
    pub fn member(&'a self, name: &'a str) -> Self {
        Self { above: Some(self), step: Step::Member(name) }
    }

    /// An item of the list at this place.
    pub fn item(&'a self, number: usize) -> Self {
        Self { above: Some(self), step: Step::Item(number) }
    }

    /// The JSON pointer (RFC 6901). Names of any length stand by their beginnings.
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.write(&mut pointer);
        pointer
    }

    fn write(&self, pointer: &mut String) {
        if let Some(above) = self.above {
            above.write(pointer);
        }
        let _ = match self.step {
            Step::Whole => Ok(()),
            Step::Member(name) => {
                write!(pointer, "/{}", shortly(&name.replace('~', "~0").replace('/', "~1")))
            }
            Step::Item(number) => write!(pointer, "/{number}"),
        };
    }
}

/// The beginning of a text of any length.
///
/// ```
/// assert_eq!(model::json::shortly(&"9".repeat(100)).chars().count(), 61);
/// ```
pub fn shortly(text: &str) -> String {
    let longest = 60;
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
