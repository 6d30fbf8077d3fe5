//! Characters that people and their programs slip into codes.

use std::borrow::Cow;

/// A character that is not seen: byte order mark, joiners, marks of writing direction.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The half-width form of a full-width character (U+FF01 to U+FF5E, and the wide space).
pub(crate) fn narrow(c: char) -> Option<char> {
    match c {
        '\u{3000}' => Some(' '),
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0),
        _ => None,
    }
}

/// The code as it was most likely meant: half-width, in capitals, without spaces, invisible and
/// control characters.
///
/// For offering a correction, never for reading: what is stored is what was checked.
///
/// ```
/// assert_eq!(codes::tidy(" ９１３５０２０３m0001qay9b\u{200f}"), "91350203M0001QAY9B");
/// ```
pub fn tidy(text: &str) -> Cow<'_, str> {
    let clean = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase() || c == '-';
    if text.chars().all(clean) {
        return Cow::Borrowed(text);
    }
    let tidied = text
        .chars()
        .map(|c| narrow(c).unwrap_or(c).to_ascii_uppercase())
        .filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c))
        .collect();
    Cow::Owned(tidied)
}

/// At most 60 characters of what somebody sent, for showing it in a message.
pub(crate) fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}
