//! Quoted text: how it is read and written.

use std::fmt::{self, Write};
use std::ops::Range;

use super::{Fault, Problem};

/// The text in quotes that begins at the byte `start`, and the byte after its closing quote.
///
/// Escapes are those of CEL that stand for one character, without octal and `\x`.
pub(super) fn read(text: &str, start: usize) -> Result<(String, usize), Fault> {
    let fault = |span: Range<usize>, problem| Err(Fault::new(text, span, problem));
    let mut chars = text.get(start..).unwrap_or_default().char_indices();
    let Some((_, quote)) = chars.next() else {
        return fault(start..start, Problem::Empty);
    };
    let mut value = String::new();
    while let Some((at, c)) = chars.next() {
        let at = start + at;
        match c {
            _ if c == quote => return Ok((value, at + quote.len_utf8())),
            '\n' | '\r' => break,
            '\0' => return fault(at..at + 1, no_zero()),
            '\\' => {
                let escape = chars.next().map_or('\0', |(_, escape)| escape);
                let digits = match escape {
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                let hex: String = chars.by_ref().take(digits).map(|(_, digit)| digit).collect();
                let end = at + 1 + escape.len_utf8() + hex.len();
                match escaped(escape, &hex) {
                    Some('\0') => return fault(at..end, no_zero()),
                    Some(character) => value.push(character),
                    None => {
                        return fault(at..end, Problem::Escape { found: format!("{escape}{hex}") });
                    }
                }
            }
            _ => value.push(c),
        }
    }
    fault(start..text.len(), Problem::Unclosed { quote })
}

fn escaped(escape: char, hex: &str) -> Option<char> {
    match escape {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '\\' | '\'' | '"' => Some(escape),
        'u' | 'U' if hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
        }
        _ => None,
    }
}

/// Neither database holds it in text.
fn no_zero() -> Problem {
    Problem::Character {
        found: '\0',
        remedy: ("no text may hold it: take it out", "文本不能含有它：请删除").into(),
    }
}

/// A text as a rule writes it.
pub(crate) fn quoted(text: &str) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        f.write_char('\'')?;
        for c in text.chars() {
            match c {
                '\\' | '\'' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if c.is_control() => write!(f, "\\u{:04x}", c as u32)?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('\'')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        read(text, 0).map_or_else(|fault| fault.code(), |_| "none")
    }

    #[test]
    fn escapes_stand_for_one_character() {
        let read = |text: &str| read(text, 0).unwrap();
        assert_eq!(read(r#"'a"\'\\\n\u8d28' b"#), ("a\"'\\\n质".to_owned(), 16));
        assert_eq!(read(r#""it's \U0001F600""#).0, "it's 😀");
    }

    #[test]
    fn bad_escapes_and_open_quotes_are_told() {
        assert_eq!(code("'"), "rules.unclosed");
        assert_eq!(code("'a\n'"), "rules.unclosed");
        assert_eq!(code("'a\\'"), "rules.unclosed");
        for text in [r"'\q'", r"'\ud800'", r"'\u12'", r"'\U00110000'", r"'\u+123'", "'\\"] {
            assert_eq!(code(text), "rules.escape", "{text}");
        }
        assert_eq!(code("'\0'"), "rules.character");
        assert_eq!(code(r"'\u0000'"), "rules.character");
    }
}
