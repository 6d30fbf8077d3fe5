//! Whether a kind can be what its description says.

use std::collections::BTreeMap;

use super::kind::{Kind, MOST_UNITS, Member, Shape};
use crate::DeclarationError;
use crate::text::is_name;
use crate::value::{CodeList, Decimal};

/// Objects and lists inside of each other.
const DEEPEST: usize = 4;
/// Members of one object.
const MOST_MEMBERS: usize = 200;
/// Characters of a text, items of a list.
const MOST_LENGTH: u32 = 64 << 20;

/// The code lists of a kind, by name.
pub(super) fn check(kind: &Kind) -> Result<BTreeMap<String, CodeList>, DeclarationError> {
    let mut checker = Checker { lists: BTreeMap::new() };
    if !has_words(&kind.name) {
        let name = kind.name.clone();
        return Err(DeclarationError::Name { what: "the kind", name, dots: false });
    }
    checker.label(&kind.name, &kind.label.zh, &kind.label.en)?;
    checker.members("open", &kind.open, 0)?;
    checker.members("personal", &kind.personal, 0)?;
    for member in &kind.open {
        let scalar = !matches!(member.shape, Shape::Object(_) | Shape::List { .. });
        if member.typed && !scalar {
            return Err(untyped(&member.name));
        }
    }
    match kind.personal.iter().find(|member| member.typed) {
        Some(member) => Err(untyped(&member.name)),
        None => Ok(checker.lists),
    }
}

/// Whether it is named by words joined by hyphens, such as `test-report`.
fn has_words(name: &str) -> bool {
    name.split('-').all(|word| is_name(word) && !word.contains('.'))
}

fn untyped(name: &str) -> DeclarationError {
    unsound(
        name,
        "only a single value of the open part has a column that filters speak of",
        "take `typed` away, or give the value a member of its own in the open part",
    )
}

fn unsound(name: &str, reason: &str, remedy: &'static str) -> DeclarationError {
    let (name, reason) = (name.to_owned(), reason.to_owned());
    DeclarationError::Unsound { what: "the member", name, reason, remedy }
}

struct Checker {
    lists: BTreeMap<String, CodeList>,
}

impl Checker {
    fn members(
        &mut self,
        of: &str,
        members: &[Member],
        depth: usize,
    ) -> Result<(), DeclarationError> {
        if members.len() > MOST_MEMBERS {
            let reason = format!("it has {} members, more than {MOST_MEMBERS}", members.len());
            return Err(unsound(of, &reason, "divide it"));
        }
        for (at, member) in members.iter().enumerate() {
            let name = &member.name;
            if !is_name(name) || name.contains('.') {
                let name = name.clone();
                return Err(DeclarationError::Name { what: "the member", name, dots: false });
            }
            if members.iter().take(at).any(|other| other.name == *name) {
                return Err(DeclarationError::Twice { what: "the member", name: name.clone() });
            }
            if depth > 0 && member.typed {
                return Err(untyped(name));
            }
            self.label(name, &member.label.zh, &member.label.en)?;
            self.shape(name, &member.shape, depth)?;
        }
        Ok(())
    }

    fn label(&self, name: &str, zh: &str, en: &str) -> Result<(), DeclarationError> {
        if zh.trim().is_empty() || en.trim().is_empty() {
            return Err(unsound(name, "a label is empty", "give it in Chinese and in English"));
        }
        Ok(())
    }

    fn shape(&mut self, name: &str, shape: &Shape, depth: usize) -> Result<(), DeclarationError> {
        let range = "the least is above the most";
        match shape {
            Shape::Text { most } | Shape::List { most, .. }
                if !(1..=MOST_LENGTH).contains(most) =>
            {
                let reason = format!("a length of at most {most} is not from 1 to {MOST_LENGTH}");
                Err(unsound(name, &reason, "give another"))
            }
            Shape::List { least, most, .. } if !(1..=*most).contains(least) => {
                let reason = format!("a fewest of {least} items is not from 1 to {most}");
                Err(unsound(name, &reason, "give another"))
            }
            Shape::Code(list) => self.list(name, list),
            Shape::Integer { least, most } => {
                let largest = Shape::LARGEST;
                if *least < -largest || *most > largest {
                    let reason =
                        format!("a bound lies beyond {largest}, which JSON does not carry");
                    return Err(unsound(name, &reason, "give a nearer one"));
                }
                if least > most {
                    return Err(unsound(name, range, "exchange them"));
                }
                Ok(())
            }
            Shape::Decimal { places, least, most } => {
                let fits = |bound: &Decimal| {
                    let units = bound.units_at(*places);
                    units.is_some_and(|units| (-MOST_UNITS..=MOST_UNITS).contains(&units))
                };
                if *places > Decimal::MAX_PLACES || !fits(least) || !fits(most) {
                    let reason =
                        "a bound has more than 15 digits in all, or more places than it may";
                    return Err(unsound(name, reason, "give fewer places or nearer bounds"));
                }
                if least > most {
                    return Err(unsound(name, range, "exchange them"));
                }
                Ok(())
            }
            Shape::Object(_) | Shape::List { .. } if depth == DEEPEST => {
                let reason = format!("it lies more than {DEEPEST} levels deep");
                Err(unsound(name, &reason, "write it flatter"))
            }
            Shape::Object(members) => self.members(name, members, depth + 1),
            Shape::List { of, .. } => self.shape(name, of, depth + 1),
            Shape::Text { .. } | Shape::Boolean | Shape::Date | Shape::Instant => Ok(()),
        }
    }

    fn list(&mut self, name: &str, list: &CodeList) -> Result<(), DeclarationError> {
        if !has_words(list.name()) {
            let name = list.name().to_owned();
            return Err(DeclarationError::Name { what: "the code list", name, dots: false });
        }
        let known = self.lists.entry(list.name().to_owned()).or_insert_with(|| list.clone());
        if known != list {
            let reason = format!("another code list is called {} too", list.name());
            return Err(unsound(name, &reason, "rename one of them"));
        }
        Ok(())
    }
}
