//! How names are written, and which known name a wrong one is nearest to.

use crate::context::{Context, Place};
use crate::fault::FaultCode;

/// How a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `test-report`: kinds, code lists, roles of people, schemes.
    Kebab,
    /// `report_no`: fields and roles of subjects, so that expressions can name them.
    Snake,
    /// `complaint.mediate`: parameters, permissions.
    Dotted,
    /// The id of an office or a system: letters, digits, `-`, `_` and `.`.
    Code,
    /// A code of a list: as an id, with `/` and `%` for units of measurement.
    Listed,
}

impl Form {
    fn fits(self, name: &str) -> bool {
        let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
        let only = |also: &[char]| {
            name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || also.contains(&c))
        };
        match self {
            Self::Kebab => begins && only(&['-']),
            Self::Snake => begins && only(&['_']),
            Self::Dotted => {
                let mut parts = name.split('.');
                begins
                    && only(&['_', '-', '.'])
                    && parts.clone().count() == 2
                    && parts.all(|part| !part.is_empty())
            }
            Self::Code => {
                name.starts_with(|c: char| c.is_ascii_alphanumeric()) && letters(name, "-_.")
            }
            Self::Listed => !name.is_empty() && letters(name, "-_./%"),
        }
    }

    fn rule(self) -> &'static str {
        match self {
            Self::Kebab => "lower-case letters, digits and -, beginning with a letter",
            Self::Snake => "lower-case letters, digits and _, beginning with a letter",
            Self::Dotted => "two parts with a dot between, of lower-case letters, digits, _ and -",
            Self::Code => "letters, digits, -, _ and ., beginning with a letter or digit",
            Self::Listed => "letters, digits, -, _, ., / and %",
        }
    }

    /// Whether a name is written so; a fault where not.
    pub(crate) fn check(self, name: &str, place: &Place, cx: &mut Context) -> bool {
        let fits = self.fits(name) && name.len() <= 64;
        if !fits {
            let rule = self.rule();
            let what = format!("{name:?} is not a name of this sort");
            cx.fault(FaultCode::BadValue, place, what, format!("use at most 64 of {rule}"));
        }
        fits
    }
}

fn letters(name: &str, also: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
}

/// The known name that is nearest to a wrong one, if one is near enough to be meant.
pub(crate) fn nearest<'n>(
    wrong: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    known
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .filter(|(far, name)| *far <= 1 + name.chars().count() / 4)
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX);
            let next = (before + usize::from(x != *y)).min(left + 1).min(above + 1);
            before = above;
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            left = next;
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_by_hand() {
        for (a, b, far) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("检验", "检测", 1),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(a, b), far, "{a} {b}");
            assert_eq!(distance(b, a), far, "{b} {a}");
        }
    }

    #[test]
    fn a_name_far_from_all_is_not_guessed() {
        assert_eq!(nearest("lable", ["label", "kind"]), Some("label"));
        assert_eq!(nearest("xyz", ["label", "kind"]), None);
    }
}
