//! What a text means as a value of a type of the pack.

use std::cell::RefCell;
use std::collections::HashMap;

use clock::Date;
use pack::{FieldType, ListedCode, Pack};
use serde_json::Value;

use super::decimal;

/// The code lists of a pack, with the words that were looked up already: a table has few of them,
/// and looking one up compares it with every label and alias of its list.
pub struct Codes<'a> {
    /// The pack.
    pub pack: &'a Pack,
    found: RefCell<HashMap<&'a str, HashMap<String, &'a ListedCode>>>,
}

impl<'a> Codes<'a> {
    /// The lists of a pack.
    pub fn of(pack: &'a Pack) -> Self {
        Self { pack, found: RefCell::default() }
    }

    /// The code that a word has in a list on a day.
    pub fn find(&self, list: &str, word: &str, day: Date) -> Option<&'a str> {
        let list = self.pack.list(list)?;
        let mut found = self.found.borrow_mut();
        let words = found.entry(&list.id).or_default();
        if let Some(code) = words.get(word).filter(|code| code.in_force.holds(day)) {
            return Some(&code.code);
        }
        let code = list.find(word, day)?;
        words.insert(word.to_owned(), code);
        Some(&code.code)
    }
}

/// What was read.
#[derive(Debug, Default)]
pub struct Read {
    /// The value; nothing of an empty text.
    pub value: Option<Value>,
    /// What its reader should know, though it is no fault.
    pub note: Option<String>,
}

impl From<Value> for Read {
    fn from(value: Value) -> Self {
        Self { value: Some(value), note: None }
    }
}

/// Reads a text on a day.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn read(codes: &Codes<'_>, of: &FieldType, text: &str, day: Date) -> Result<Read, String> {
    if text.is_empty() {
        return Ok(Read::default());
    }
    match of {
        FieldType::Text { max } => {
            let length = text.chars().count();
            if length > *max as usize {
                return Err(format!(
                    "{length} characters, but the field holds {max}; shorten it, or let the pack's field hold more"
                ));
            }
            Ok(Value::from(text).into())
        }
        FieldType::Code { list } => {
            let code = codes.find(list, text, day).ok_or_else(|| {
                format!(
                    "the list {list} has no code for it on {day}; add it to the aliases of its code in the pack's lists/, or mend the row"
                )
            })?;
            Ok(Value::from(code).into())
        }
        FieldType::Date => {
            let day: Date = text.parse().map_err(|fault: clock::Error| fault.to_string())?;
            Ok(Value::from(day.to_string()).into())
        }
        FieldType::Integer => {
            let number: i64 =
                text.parse().map_err(|_| "not a whole number; mend the row".to_owned())?;
            Ok(Value::from(number).into())
        }
        FieldType::Decimal => {
            let read = decimal::read(text)?;
            let note = read.rounded.then(|| {
                format!("rounded half to even to {} places: {}", decimal::MOST_PLACES, read.number)
            });
            Ok(Read { value: Some(Value::Number(read.number)), note })
        }
        FieldType::List(of) => {
            let mut entries = Vec::new();
            for entry in entries_of(text) {
                // The same code can come twice, where a name with a comma is one country.
                entries.extend(read(codes, of, entry, day)?.value.filter(|v| !entries.contains(v)));
            }
            Ok(Read { value: (!entries.is_empty()).then_some(Value::Array(entries)), note: None })
        }
        _ => Err(format!("the converter cannot read a {of}; teach it")),
    }
}

/// The entries of a cell. A comma between two digits separates none: it belongs to the name of a
/// substance, as in `3-monochlor-1,2-propanediol` or `2,4-D`, where it stands between locants.
pub fn entries_of(text: &str) -> impl Iterator<Item = &str> {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let separates = move |at: usize| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !(digit(before) && digit(bytes.get(at + 1)))
    };
    let commas = text.match_indices(',').map(|(at, _)| at).filter(move |at| separates(*at));
    let ends = commas.chain([text.len()]);
    let mut from = 0;
    let cut = ends.map(move |to| {
        let entry = text.get(from..to).unwrap_or("");
        from = to + 1;
        entry.trim()
    });
    cut.filter(|entry| !entry.is_empty())
}

#[cfg(test)]
mod tests {
    use super::entries_of;

    #[test]
    fn commas_between_digits_belong_to_the_name() {
        let entries = |text: &'static str| entries_of(text).collect::<Vec<_>>();
        assert_eq!(entries("Aflatoxin B1,aflatoxin total"), ["Aflatoxin B1", "aflatoxin total"]);
        assert_eq!(entries("2,4-D,paraquat"), ["2,4-D", "paraquat"]);
        assert_eq!(
            entries("1,3-dichloropropanol (1,3-DCP),3-monochlor-1,2-propanediol"),
            ["1,3-dichloropropanol (1,3-DCP)", "3-monochlor-1,2-propanediol"]
        );
        assert_eq!(entries(",a,, é ,"), ["a", "é"]);
    }
}
