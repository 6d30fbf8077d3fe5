//! What is wrong with a record's payload.

use std::fmt;

use super::Label;
use crate::value::{DateError, Decimal};

/// A fault of a payload: where, of what, and what is wrong.
///
/// It is told in English by [`fmt::Display`] and in Chinese by [`Fault::zh`].
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Where, as a JSON pointer (RFC 6901) from the payload.
    pub pointer: String,
    /// What people call that part of the payload.
    pub label: Label,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with a part of a payload.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// The member must be there.
    Missing,
    /// The kind has no such member.
    Unknown {
        /// The member of the kind that comes nearest, where one is near.
        nearest: Option<String>,
    },
    /// Another type of JSON value.
    Type {
        /// What it must be.
        wanted: JsonType,
        /// What it is.
        found: JsonType,
    },
    /// A text without anything but blanks, or a list without items.
    Empty,
    /// A text or list that is too long.
    Long {
        /// The most characters or items.
        most: u32,
        /// How many there are.
        found: usize,
    },
    /// A list with too few items.
    Few {
        /// The fewest.
        least: u32,
        /// How many there are.
        found: usize,
    },
    /// A control character.
    Control {
        /// The character.
        found: char,
        /// Which character of the text it is, from 1.
        at: usize,
    },
    /// A code that the list does not have, or not on the day that the list was made for.
    Code {
        /// The list.
        list: String,
        /// The code as given, or its beginning.
        found: String,
        /// The code of the list that comes nearest, where one is near.
        nearest: Option<String>,
    },
    /// A number that is not whole, or has too many digits after the point.
    Places {
        /// The most digits after the point.
        most: u8,
    },
    /// A number beyond its bounds.
    Range {
        /// The least.
        least: Decimal,
        /// The most.
        most: Decimal,
    },
    /// No day, or no instant.
    Date(DateError),
    /// An identifier of something that is not there. A schema does not know what there is: who
    /// does says it with this.
    Identifier {
        /// The stable name of what is wrong.
        code: &'static str,
        /// What is wrong and what to do, in Chinese.
        zh: String,
        /// What is wrong and what to do, in English.
        en: String,
    },
    /// More faults than are told.
    More {
        /// How many are told.
        told: usize,
    },
}

/// The types of JSON values, with the two kinds of numbers told apart where one is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A text in quotes.
    Text,
    /// A list in square brackets.
    List,
    /// An object in curly brackets.
    Object,
}

impl JsonType {
    /// The type of a value.
    pub fn of(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(_) => Self::Boolean,
            serde_json::Value::Number(_) => Self::Number,
            serde_json::Value::String(_) => Self::Text,
            serde_json::Value::Array(_) => Self::List,
            serde_json::Value::Object(_) => Self::Object,
        }
    }

    fn en(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Text => "a text in quotes",
            Self::List => "a list in square brackets",
            Self::Object => "an object in curly brackets",
        }
    }

    fn zh(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "true 或 false",
            Self::Number => "数字",
            Self::Text => "带引号的文本",
            Self::List => "方括号中的列表",
            Self::Object => "花括号中的对象",
        }
    }
}

impl Fault {
    /// A stable name of what is wrong, such as `rules.member_missing`.
    pub fn code(&self) -> &'static str {
        match self.problem {
            Problem::Missing => "rules.member_missing",
            Problem::Unknown { .. } => "rules.member_unknown",
            Problem::Type { .. } => "rules.value_type",
            Problem::Empty => "rules.value_empty",
            Problem::Long { .. } => "rules.value_long",
            Problem::Few { .. } => "rules.value_short",
            Problem::Control { .. } => "rules.text_control",
            Problem::Code { .. } => "rules.code_unknown",
            Problem::Places { .. } => "rules.number_places",
            Problem::Range { .. } => "rules.number_range",
            Problem::Date(error) => error.code(),
            Problem::Identifier { code, .. } => code,
            Problem::More { .. } => "rules.faults_more",
        }
    }

    /// What is wrong, where and what to do, in Chinese.
    pub fn zh(&self) -> String {
        let what = match &self.problem {
            Problem::Missing => "缺少此项；请填写".to_owned(),
            Problem::Unknown { nearest: Some(nearest) } => {
                format!("没有这一项；是否应为 {nearest}？")
            }
            Problem::Unknown { nearest: None } => "没有这一项；请删除".to_owned(),
            Problem::Type { found: JsonType::Null, .. } => {
                "不能为 null；没有值时请略去此项".to_owned()
            }
            Problem::Type { wanted, found } => {
                format!("应为{}，现为{}；请改正", wanted.zh(), found.zh())
            }
            Problem::Empty => "为空；没有值时请略去此项".to_owned(),
            Problem::Long { most, found } => format!("最多 {most} 个，现有 {found} 个；请缩短"),
            Problem::Few { least, found } => format!("至少 {least} 个，现有 {found} 个；请补充"),
            Problem::Control { found, at } => {
                format!("第 {at} 个字符为控制字符 U+{:04X}；请删除", *found as u32)
            }
            Problem::Code { list, found, nearest: Some(nearest) } => {
                format!("代码表 {list} 中没有 {found}；是否应为 {nearest}？")
            }
            Problem::Code { list, found, nearest: None } => {
                format!("代码表 {list} 中没有 {found}；请从表中选取当日有效的代码")
            }
            Problem::Places { most: 0 } => "应为整数；请四舍五入".to_owned(),
            Problem::Places { most } => format!("小数点后最多 {most} 位；请四舍五入"),
            Problem::Range { least, most } => format!("应在 {least} 与 {most} 之间；请核对"),
            Problem::Date(error) => error.zh().to_owned(),
            Problem::Identifier { zh, .. } => zh.clone(),
            Problem::More { told } => {
                format!("另有其他错误，此处只列出 {told} 项；请改正后再次提交")
            }
        };
        format!("{}（{}）：{what}", self.label.zh, self.place())
    }

    /// The pointer of the payload itself is empty, which says nothing to a person.
    fn place(&self) -> &str {
        if self.pointer.is_empty() { "/" } else { &self.pointer }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): ", self.label.en, self.place())?;
        match &self.problem {
            Problem::Missing => f.write_str("it is missing; give it"),
            Problem::Unknown { nearest: Some(nearest) } => {
                write!(f, "there is no such member; was {nearest} meant?")
            }
            Problem::Unknown { nearest: None } => {
                f.write_str("there is no such member; take it out")
            }
            Problem::Type { found: JsonType::Null, .. } => {
                f.write_str("it cannot be null; leave it out where there is no value")
            }
            Problem::Type { wanted, found } => {
                write!(f, "it must be {}, not {}; correct it", wanted.en(), found.en())
            }
            Problem::Empty => f.write_str("it is empty; leave it out where there is no value"),
            Problem::Long { most, found } => {
                write!(f, "at most {most} are taken, it has {found}; shorten it")
            }
            Problem::Few { least, found } => {
                write!(f, "at least {least} are needed, it has {found}; add what is missing")
            }
            Problem::Control { found, at } => {
                let number = *found as u32;
                write!(f, "character {at} is the control character U+{number:04X}; take it out")
            }
            Problem::Code { list, found, nearest: Some(nearest) } => {
                write!(f, "the code list {list} has no {found}; was {nearest} meant?")
            }
            Problem::Code { list, found, nearest: None } => {
                write!(
                    f,
                    "the code list {list} has no {found}; take one that is in force on the day"
                )
            }
            Problem::Places { most: 0 } => f.write_str("it must be a whole number; round it"),
            Problem::Places { most } => {
                write!(f, "at most {most} digits are taken after the point; round it")
            }
            Problem::Range { least, most } => {
                write!(f, "it must lie from {least} to {most}; look at its source")
            }
            Problem::Date(error) => error.fmt(f),
            Problem::Identifier { en, .. } => f.write_str(en),
            Problem::More { told } => {
                write!(
                    f,
                    "there are more faults than the {told} told here; correct these, then send it again"
                )
            }
        }
    }
}

impl std::error::Error for Fault {}
