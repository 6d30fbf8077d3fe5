//! Texts that are put together of columns: `rasff:{category}@{origin?}`.

use std::fmt;

/// A text with columns in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text as it is.
    Text(String),
    /// What stands in a column.
    Column {
        /// The id of the column.
        id: String,
        /// Whether it may be empty.
        may_be_empty: bool,
    },
}

impl Pattern {
    /// Reads a pattern; none where a brace has no other, or holds no name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}')?;
            let (id, may_be_empty) = match name.strip_suffix('?') {
                Some(id) => (id, true),
                None => (name, false),
            };
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if before.contains('}') || id.is_empty() || !id.chars().all(fits) {
                return None;
            }
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Column { id: id.to_owned(), may_be_empty });
            rest = behind;
        }
        if rest.contains('}') {
            return None;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        (!parts.is_empty()).then_some(Self { parts })
    }

    /// Its parts.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The columns in it.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Column { id, .. } => Some(id.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The text, with what `cell` gives for the columns; none where one is empty that may not be.
    pub fn fill<'c>(&self, cell: impl Fn(&str) -> &'c str) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Column { id, may_be_empty } => {
                    let found = cell(id);
                    if found.is_empty() && !may_be_empty {
                        return None;
                    }
                    text.push_str(found);
                }
            }
        }
        Some(text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Column { id, may_be_empty } => {
                    write!(f, "{{{id}{}}}", if *may_be_empty { "?" } else { "" })?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_filled_or_not_at_all() {
        let pattern = Pattern::parse("rasff:{category}@{origin?}").unwrap();
        assert_eq!(pattern.to_string(), "rasff:{category}@{origin?}");
        assert_eq!(pattern.columns().collect::<Vec<_>>(), ["category", "origin"]);
        let with = |category: &'static str| {
            pattern.fill(|id| if id == "category" { category } else { "" })
        };
        assert_eq!(with("wine").as_deref(), Some("rasff:wine@"));
        assert_eq!(with(""), None);
        for wrong in ["", "{", "a}", "{A}", "{}", "a}{b}", "{a b}"] {
            assert_eq!(Pattern::parse(wrong), None, "{wrong}");
        }
    }
}
