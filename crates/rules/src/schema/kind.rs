//! The typed description of a kind of record.

use crate::value::{CodeList, Decimal};

/// A name for people, in Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Label {
    /// A label of these words.
    pub fn new(zh: &str, en: &str) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned() }
    }
}

/// A kind of record: what its payload says, in an open and a personal part.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// Its name, such as `test-report`.
    pub name: String,
    /// What people call it.
    pub label: Label,
    /// What the open part says.
    pub open: Vec<Member>,
    /// What the personal part says, which is encrypted and can be erased.
    pub personal: Vec<Member>,
}

/// A member of a JSON object: a field of a record, a column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its name: lower-case English words, digits and `_`.
    pub name: String,
    /// What people call it.
    pub label: Label,
    /// What it holds.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it is a field that filters speak of, with a database column of its own.
    pub typed: bool,
}

impl Member {
    /// A member that may be left out, and that no filter speaks of.
    pub fn new(name: &str, label: Label, shape: Shape) -> Self {
        Self { name: name.to_owned(), label, shape, required: false, typed: false }
    }

    /// The member, which must be there.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The member as a field that filters speak of.
    #[must_use]
    pub fn typed(self) -> Self {
        Self { typed: true, ..self }
    }
}

/// What a member holds.
///
/// What is not known is left out: there is no `null`, no empty text and no empty list, so that
/// "missing" is said in one way.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Text of at most so many characters (code points), not blank, without control characters but
    /// tab and line ends.
    Text {
        /// The most characters.
        most: u32,
    },
    /// A code of a list. A list that has no code on the day that it was made for takes none.
    Code(CodeList),
    /// A whole number.
    Integer {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// A decimal number, in JSON a number; it has at most 15 digits in all, so that every JSON
    /// reader gives it back as it was written.
    Decimal {
        /// The most digits after the point.
        places: u8,
        /// The least.
        least: Decimal,
        /// The most.
        most: Decimal,
    },
    /// `true` or `false`.
    Boolean,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A point in time, RFC 3339 with any offset and at most six digits of a second.
    Instant,
    /// An object of these members.
    Object(Vec<Member>),
    /// A list of at least so many, and never none, and at most so many.
    List {
        /// What its items hold.
        of: Box<Shape>,
        /// The fewest items, from 1.
        least: u32,
        /// The most items.
        most: u32,
    },
}

impl Shape {
    /// The largest whole number that every JSON reader gives back: 2^53 - 1 (RFC 8259, section 6).
    pub const LARGEST: i64 = (1 << 53) - 1;

    /// Any whole number.
    pub fn integer() -> Self {
        Self::Integer { least: -Self::LARGEST, most: Self::LARGEST }
    }

    /// Any decimal number of at most so many places, at most [`Decimal::MAX_PLACES`], and 15 digits
    /// in all.
    pub fn decimal(places: u8) -> Self {
        let most = Decimal::new(MOST_UNITS, places.min(Decimal::MAX_PLACES));
        let most = most.unwrap_or_else(|_| Decimal::from(0));
        let least = most.negated().unwrap_or(most);
        Self::Decimal { places, least, most }
    }

    /// A number with its unit: an object with the decimal `value` and the code `unit`.
    pub fn quantity(places: u8, units: CodeList) -> Self {
        let value = Member::new("value", Label::new("数值", "Value"), Self::decimal(places));
        let unit = Member::new("unit", Label::new("单位", "Unit"), Self::Code(units));
        Self::Object(vec![value.required(), unit.required()])
    }

    /// A table: a list of rows with these columns.
    pub fn table(columns: Vec<Member>, most: u32) -> Self {
        Self::List { of: Box::new(Self::Object(columns)), least: 1, most }
    }
}

/// 15 digits, which a binary number of 64 bits gives back.
pub(super) const MOST_UNITS: i64 = 999_999_999_999_999;
