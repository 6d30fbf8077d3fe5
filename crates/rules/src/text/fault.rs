//! What is wrong with the text of a rule.

use std::fmt;
use std::ops::Range;

use thiserror::Error;

use super::Words;

/// A place in a text: line and character, both from 1, as a person counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The character in its line, from 1.
    pub column: u32,
}

impl Position {
    /// The place of the byte `offset` in `text`.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let lines = count(before.matches('\n').count());
        let column = before.get(start..).map_or(0, |line| line.chars().count());
        Self { line: lines.saturating_add(1), column: count(column).saturating_add(1) }
    }

    /// The place in a file, of a text whose first character stands at `start` in that file.
    ///
    /// ```
    /// use rules::text::Position;
    /// let start = Position { line: 12, column: 10 };
    /// let inside = Position { line: 1, column: 5 };
    /// assert_eq!(inside.within(start), Position { line: 12, column: 14 });
    /// let below = Position { line: 3, column: 5 };
    /// assert_eq!(below.within(start), Position { line: 14, column: 5 });
    /// ```
    pub fn within(self, start: Self) -> Self {
        let line = start.line.saturating_add(self.line.saturating_sub(1));
        if self.line > 1 {
            return Self { line, column: self.column };
        }
        Self { line, column: start.column.saturating_add(self.column.saturating_sub(1)) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// What is wrong with the text of a rule, and where.
///
/// The position counts from the start of the rule's own text; [`Position::within`] turns it into a
/// position of the file that holds the text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{position}: {problem}")]
pub struct Fault {
    /// Where it begins.
    pub position: Position,
    /// The bytes of the text that it is about.
    pub span: Range<usize>,
    /// What is wrong, and what to do.
    pub problem: Problem,
}

impl Fault {
    pub(crate) fn new(text: &str, span: Range<usize>, problem: Problem) -> Self {
        Self { position: Position::of(text, span.start), span, problem }
    }

    /// A stable name of what is wrong, such as `rules.unknown_name`.
    pub fn code(&self) -> &'static str {
        self.problem.code()
    }

    /// What is wrong, where and what to do, in Chinese.
    ///
    /// ```
    /// # use rules::filter::{Field, Fields, Filter, Type};
    /// # use std::sync::Arc;
    /// let fields = Arc::new(Fields::new([Field::new("result", Type::Text)])?);
    /// let fault = Filter::parse("reslut == 'fail'", &fields).unwrap_err();
    /// assert_eq!(fault.zh(), "第 1 行第 1 个字符：没有字段 reslut；是否应为 result？");
    /// # Ok::<(), rules::DeclarationError>(())
    /// ```
    pub fn zh(&self) -> String {
        let Position { line, column } = self.position;
        format!("第 {line} 行第 {column} 个字符：{}", self.problem.zh())
    }
}

/// What can be wrong with the text of a rule; its text says what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// There is no rule in the text.
    #[error("the rule is empty; write a condition, or leave the rule out")]
    Empty,
    /// The text, a part of it or their number is beyond a limit.
    #[error("{what}: at most {most}; {remedy}")]
    Limit {
        /// What there is too much of.
        what: Words,
        /// The limit.
        most: usize,
        /// What to do.
        remedy: Words,
    },
    /// A character that no rule has outside quotes.
    #[error("{found:?} (U+{:04X}) cannot stand here; {remedy}", *found as u32)]
    Character {
        /// The character.
        found: char,
        /// What to do.
        remedy: Words,
    },
    /// A quoted text that never ends.
    #[error("the quoted text that begins here does not end on its line; close it with {quote}")]
    Unclosed {
        /// The quote that opens it.
        quote: char,
    },
    /// An escape in a quoted text that means nothing, or no character.
    #[error(
        "\\{found} is no escape; write one of \\\\ \\' \\\" \\n \\r \\t \\u0000 (four hexadecimal digits) \\U00000000 (eight), or \\\\ for a backslash"
    )]
    Escape {
        /// What follows the backslash.
        found: String,
    },
    /// A number, day, time or other value of another form, or beyond what can be held.
    #[error("{found} cannot stand here: {remedy}")]
    Literal {
        /// The value as written.
        found: String,
        /// What to do.
        remedy: Words,
    },
    /// Something else stands where a part of the rule must stand.
    #[error("{expected} must stand here, not {found}; {remedy}")]
    Expected {
        /// What must stand there.
        expected: Words,
        /// What stands there.
        found: Words,
        /// What to do.
        remedy: Words,
    },
    /// A name that was not declared.
    #[error("there is no {what} {name}; {}", meant(.nearest.as_deref()))]
    UnknownName {
        /// What was looked for: field, variable, function, ...
        what: Words,
        /// The name as written.
        name: String,
        /// The declared name that comes nearest, where one is near.
        nearest: Option<String>,
    },
    /// Values of these types do not go together.
    #[error("{what}; {remedy}")]
    Type {
        /// What does not go together.
        what: Words,
        /// What to do.
        remedy: Words,
    },
}

impl Problem {
    /// A stable name of the problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "rules.empty",
            Self::Limit { .. } => "rules.limit",
            Self::Character { .. } => "rules.character",
            Self::Unclosed { .. } => "rules.unclosed",
            Self::Escape { .. } => "rules.escape",
            Self::Literal { .. } => "rules.literal",
            Self::Expected { .. } => "rules.expected",
            Self::UnknownName { .. } => "rules.unknown_name",
            Self::Type { .. } => "rules.type",
        }
    }

    /// What is wrong and what to do, in Chinese.
    pub fn zh(&self) -> String {
        const LOOK: &str = "请查看规则的写法";
        let or = |words: &Words, other: &str| words.zh().unwrap_or(other).to_owned();
        match self {
            Self::Empty => "条件为空；请写出条件，或略去此项".to_owned(),
            Self::Limit { what, most, remedy } => {
                format!("{}最多 {most}；{}", or(what, "数量"), or(remedy, LOOK))
            }
            Self::Character { found, remedy } => {
                let shown = if found.is_control() { ' ' } else { *found };
                format!("“{shown}”（U+{:04X}）不能写在这里；{}", *found as u32, or(remedy, LOOK))
            }
            Self::Unclosed { quote } => {
                format!("从这里开始的文本在本行内没有结束；请用 {quote} 结束")
            }
            Self::Escape { found } => format!(
                "没有转义 \\{found}；可用 \\\\ \\' \\\" \\n \\r \\t \\u0000（四位十六进制数字）\\U00000000（八位），反斜线写作 \\\\"
            ),
            Self::Literal { found, remedy } => {
                format!("{found} 不能写在这里：{}", or(remedy, LOOK))
            }
            Self::Expected { expected, found, remedy } => format!(
                "这里应为{}，而不是 {}；{}",
                or(expected, "其他内容"),
                or(found, found.en()),
                or(remedy, LOOK)
            ),
            Self::UnknownName { what, name, nearest: Some(nearest) } => {
                format!("没有{} {name}；是否应为 {nearest}？", or(what, "名称"))
            }
            Self::UnknownName { what, name, nearest: None } => {
                format!("没有{} {name}；请查看已有的名称", or(what, "名称"))
            }
            Self::Type { what, remedy } => {
                format!("{}；{}", or(what, "这些值的类型不相配"), or(remedy, LOOK))
            }
        }
    }
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "look at the names that are declared".to_owned(),
        |name| format!("was {name} meant?"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_lines() {
        let text = "结论 ==\n 'a'";
        let at = |offset| Position::of(text, offset);
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at("结论 ".len()), Position { line: 1, column: 4 });
        assert_eq!(at("结论 ==\n ".len()), Position { line: 2, column: 2 });
        assert_eq!(at(text.len()), Position { line: 2, column: 5 });
        assert_eq!(at(text.len() + 9), Position { line: 2, column: 5 });
    }
}
