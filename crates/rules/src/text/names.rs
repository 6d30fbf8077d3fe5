//! Names of fields, variables and functions.

use super::{Problem, Words};

/// The longest name, in characters.
const LONGEST: usize = 100;

/// Whether a text is a name: lower-case ASCII words with digits and underscores, joined by dots.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= LONGEST
        && text.split('.').all(|word| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        })
}

/// The problem that `name` is not one of `known`.
pub(crate) fn unknown<'a>(
    what: impl Into<Words>,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Problem {
    Problem::UnknownName { what: what.into(), name: name.to_owned(), nearest: nearest(name, known) }
}

/// The one of some names that a slip or two turn into `name`.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let length = name.chars().count();
    // Comparing long texts takes long, and no name is.
    if length > LONGEST {
        return None;
    }
    // Two slips, or one in a short name: farther names are more likely others than this one.
    let most = if length < 5 { 1 } else { 2 };
    known
        .map(|candidate| (strsim::osa_distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_where_one_is_near() {
        let nearest = |name| match unknown("field", name, ["result", "results", "lot"].into_iter())
        {
            Problem::UnknownName { nearest, .. } => nearest,
            _ => None,
        };
        assert_eq!(nearest("reslut").as_deref(), Some("result"));
        assert_eq!(nearest("lto").as_deref(), Some("lot"));
        assert_eq!(nearest("verdict"), None);
    }

    #[test]
    fn names_are_lower_case_words() {
        assert!(["a", "report_no", "product.category", "x9"].into_iter().all(is_name));
        assert!(
            !["", "A", "9a", "_a", "a.", ".a", "a b", "结论", "a-b", "a\""]
                .into_iter()
                .any(is_name)
        );
        assert!(!is_name(&"a".repeat(101)));
    }
}
