//! Walking through the parts of a rule.

use std::ops::Range;

use super::lexer::{Lexeme, Token, tokens};
use super::{Fault, Position, Problem, Words};

/// A place among the parts of a rule.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
    depth: usize,
}

/// Where a rule cannot be read on, the last part stands: it is [`Lexeme::End`].
static END: Token<'static> = Token { lexeme: Lexeme::End, span: 0..0 };

impl<'a> Cursor<'a> {
    /// Before the first part of a rule of at most `most` bytes.
    pub fn new(text: &'a str, most: usize) -> Result<Self, Fault> {
        if text.len() > most {
            let problem = Problem::Limit {
                what: ("bytes in the text of a rule", "规则的字节数").into(),
                most,
                remedy: ("split it, or let a code list say it", "请拆分，或改用代码表").into(),
            };
            return Err(Fault::new("", 0..0, problem));
        }
        let tokens = tokens(text)?;
        if tokens.len() == 1 {
            return Err(Fault::new(text, 0..text.len(), Problem::Empty));
        }
        Ok(Self { text, tokens, at: 0, depth: 0 })
    }

    /// The part at the cursor.
    pub fn now(&self) -> &Token<'a> {
        self.ahead(0)
    }

    /// The part `by` places on.
    pub fn ahead(&self, by: usize) -> &Token<'a> {
        self.tokens.get(self.at + by).or(self.tokens.last()).unwrap_or(&END)
    }

    /// Where the part before the cursor ends.
    pub fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |t| t.span.end)
    }

    /// The place of a byte of the rule.
    pub fn position(&self, offset: usize) -> Position {
        Position::of(self.text, offset)
    }

    /// Steps over the part at the cursor.
    pub fn step(&mut self) {
        self.at += 1;
    }

    /// Steps over a sign where it stands at the cursor.
    pub fn takes(&mut self, sign: &str) -> bool {
        let there = matches!(self.now().lexeme, Lexeme::Sign(found) if found == sign);
        self.at += usize::from(there);
        there
    }

    /// Steps over a word where it stands at the cursor.
    pub fn takes_word(&mut self, word: &str) -> bool {
        let there = matches!(self.now().lexeme, Lexeme::Word(found) if found == word);
        self.at += usize::from(there);
        there
    }

    /// Steps over a sign, which must stand at the cursor.
    pub fn needs(&mut self, sign: &'static str, remedy: impl Into<Words>) -> Result<(), Fault> {
        if self.takes(sign) { Ok(()) } else { Err(self.expected(Words::same(sign), remedy)) }
    }

    /// The fault that `expected` does not stand at the cursor.
    pub fn expected(&self, expected: impl Into<Words>, remedy: impl Into<Words>) -> Fault {
        let found = self.now().lexeme.words();
        self.fault(
            self.now().span.clone(),
            Problem::Expected { expected: expected.into(), found, remedy: remedy.into() },
        )
    }

    /// A fault of some bytes.
    pub fn fault(&self, span: Range<usize>, problem: Problem) -> Fault {
        Fault::new(self.text, span, problem)
    }

    /// Goes a level deeper, where that is not deeper than `most`.
    pub fn enter(&mut self, most: usize) -> Result<(), Fault> {
        if self.depth == most {
            let problem = Problem::Limit {
                what: ("levels of nesting", "嵌套层数").into(),
                most,
                remedy: ("write it flatter, or as two rules", "请减少嵌套，或拆成两条").into(),
            };
            return Err(self.fault(self.now().span.clone(), problem));
        }
        self.depth += 1;
        Ok(())
    }

    /// Comes back from [`Cursor::enter`].
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}
