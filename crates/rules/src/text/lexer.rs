//! Words, numbers, quoted texts and signs of a rule.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::{Fault, Problem, Words, quoted};

/// A part of a rule with the bytes that it spans.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token<'a> {
    pub lexeme: Lexeme<'a>,
    pub span: Range<usize>,
}

/// What a part of a rule is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Lexeme<'a> {
    /// A name or a word of the language.
    Word(&'a str),
    /// A number without its sign, as written.
    Number(&'a str),
    /// The value of a quoted text.
    Text(Arc<str>),
    /// A sign.
    Sign(&'static str),
    /// The end of the rule.
    End,
}

impl fmt::Display for Lexeme<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) | Self::Number(word) => f.write_str(word),
            Self::Text(text) => quoted::quoted(text).fmt(f),
            Self::Sign(sign) => f.write_str(sign),
            Self::End => f.write_str("the end of the rule"),
        }
    }
}

impl Lexeme<'_> {
    /// What it is, for a fault.
    pub(crate) fn words(&self) -> Words {
        match self {
            Self::End => (self.to_string(), "结尾").into(),
            other => Words::same(other.to_string()),
        }
    }
}

/// All signs of both languages and those that people write by mistake, longer ones first.
const SIGNS: &[&str] = &[
    "==", "!=", "<=", ">=", "<>", "&&", "||", "=", "<", ">", "!", "(", ")", "[", "]", ",", ".",
    "?", ":", "+", "-", "*", "/", "%", "&", "|", ";", "{", "}",
];

/// The parts of a rule, the last of them [`Lexeme::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Fault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let (lexeme, length) = match c {
            ' ' | '\t' | '\n' | '\r' => {
                at += 1;
                continue;
            }
            '\'' | '"' => {
                let (value, end) = quoted::read(text, at)?;
                (Lexeme::Text(value.into()), end - at)
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let word = word(rest);
                (Lexeme::Word(word), word.len())
            }
            '0'..='9' => {
                let number = number(rest);
                let after = word(rest.get(number.len()..).unwrap_or_default());
                if !after.is_empty() {
                    let problem = Problem::Literal {
                        found: format!("{number}{after}"),
                        remedy: (
                            "write it in digits, such as 12 or 0.05",
                            "请写成数字，如 12 或 0.05",
                        )
                            .into(),
                    };
                    return Err(Fault::new(text, at..at + number.len() + after.len(), problem));
                }
                (Lexeme::Number(number), number.len())
            }
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => (Lexeme::Sign(sign), sign.len()),
                None => {
                    let problem = Problem::Character { found: c, remedy: remedy(c) };
                    return Err(Fault::new(text, at..at + c.len_utf8(), problem));
                }
            },
        };
        tokens.push(Token { lexeme, span: at..at + length });
        at += length;
    }
    tokens.push(Token { lexeme: Lexeme::End, span: at..at });
    Ok(tokens)
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// Digits, and a point only where digits follow it.
fn number(text: &str) -> &str {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.bytes().take_while(u8::is_ascii_digit).count()
    };
    let whole = digits(0);
    let end = match text.as_bytes().get(whole..) {
        Some([b'.', b'0'..=b'9', ..]) => digits(whole + 1),
        _ => whole,
    };
    text.get(..end).unwrap_or_default()
}

/// Chinese input methods give signs that look like the right ones.
fn remedy(c: char) -> Words {
    let half = match c {
        '‘' | '’' => Some('\''),
        '“' | '”' => Some('"'),
        '、' => Some(','),
        '。' => Some('.'),
        '【' => Some('['),
        '】' => Some(']'),
        '《' | '〈' => Some('<'),
        '》' | '〉' => Some('>'),
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0),
        _ => None,
    };
    match half {
        Some(half) => {
            (format!("type {half} in half-width characters"), format!("请改用半角的 {half}")).into()
        }
        None if c.is_alphanumeric() => (
            "put text in quotes, such as 'text'; names are in English letters",
            "文本请加引号，如 '文本'；名称用英文字母",
        )
            .into(),
        None => ("take it out", "请删除").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        tokens(text).unwrap().iter().map(|token| token.lexeme.to_string()).collect()
    }

    #[test]
    fn parts_are_told_apart() {
        assert_eq!(
            shown("a.b<=1.5&& !x in['中',\"d\"]"),
            [
                "a",
                ".",
                "b",
                "<=",
                "1.5",
                "&&",
                "!",
                "x",
                "in",
                "[",
                "'中'",
                ",",
                "'d'",
                "]",
                "the end of the rule"
            ]
        );
        assert_eq!(shown("1.size")[..3], ["1", ".", "size"]);
    }

    #[test]
    fn what_cannot_stand_is_told_with_a_remedy() {
        let fault = |text: &str| tokens(text).unwrap_err();
        assert_eq!(fault("1e3").code(), "rules.literal");
        assert_eq!(fault("0x1F").code(), "rules.literal");
        let quote = fault("a == ‘b’");
        assert_eq!((quote.code(), quote.position.column), ("rules.character", 6));
        assert!(quote.to_string().contains("type ' in half-width"), "{quote}");
        assert!(fault("a ＝＝ 1").to_string().contains("type = in half-width"));
        assert!(fault("结论 == 1").to_string().contains("in quotes"));
    }
}
