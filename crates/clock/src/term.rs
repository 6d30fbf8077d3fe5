//! A term, and how it is counted.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, quote};
use crate::time::Suspensions;

/// What a term is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// 小时
    Hour,
    /// 日 (calendar days)
    Day,
    /// 工作日
    WorkingDay,
    /// 月
    Month,
    /// 年
    Year,
}

impl Unit {
    /// The word that packs and command lines use.
    ///
    /// ```
    /// assert_eq!(clock::Unit::WorkingDay.word(), "working_day");
    /// assert_eq!("month".parse(), Ok(clock::Unit::Month));
    /// ```
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::WorkingDay => "working_day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The English noun for `n` of them.
    pub(crate) fn counted(self, n: u64) -> String {
        let word = self.word().replace('_', " ");
        if n == 1 { word } else { format!("{word}s") }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Unit {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::Hour, Self::Day, Self::WorkingDay, Self::Month, Self::Year]
            .into_iter()
            .find(|unit| unit.word() == text)
            .ok_or_else(|| Error::BadWord {
                text: quote(text),
                what: "a unit",
                choice: "hour, day, working_day, month, year",
            })
    }
}

/// A length of time set by law: so many units.
///
/// ```
/// use clock::{Term, Unit};
/// let term = Term::parse("7", Unit::WorkingDay)?;
/// assert_eq!(term.to_string(), "7 working days");
/// assert_eq!(Term::parse("-7", Unit::Day).unwrap_err().code(), "clock.negative_term");
/// # Ok::<(), clock::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// How many; zero ends on the start.
    pub amount: u64,
    /// Of what.
    pub unit: Unit,
}

impl Term {
    /// `amount` in decimal digits, of `unit`.
    ///
    /// # Errors
    /// [`Error::NegativeTerm`], [`Error::BadTerm`], [`Error::TermTooLong`] past 64 bits.
    pub fn parse(amount: &str, unit: Unit) -> Result<Self, Error> {
        let (negative, digits) = match amount.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, amount),
        };
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::BadTerm { text: quote(amount) });
        }
        if negative {
            return Err(Error::NegativeTerm { text: quote(amount) });
        }
        digits
            .parse()
            .map(|amount| Self { amount, unit })
            .map_err(|_| Error::TermTooLong { amount: quote(amount) })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit.counted(self.amount))
    }
}

/// Which way a term runs from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Towards later days.
    #[default]
    Forward,
    /// Towards earlier days, such as "seven working days before the hearing" (行政处罚法 64(2)).
    Backward,
}

/// What becomes of an end that falls on a day off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Roll {
    /// It stays: the ends of publications and seizures do.
    None,
    /// It moves to the next working day (民法典 203(1)); of a term that runs backwards, to the working
    /// day before.
    Next,
}

impl Roll {
    /// What holds for `unit` unless a law says otherwise: the last day of a term in days, months or
    /// years rolls (民法典 203(1)), hours run on, and working days end on one anyway.
    ///
    /// ```
    /// use clock::{Roll, Unit};
    /// assert_eq!(Roll::usual(Unit::Month), Roll::Next);
    /// assert_eq!(Roll::usual(Unit::Hour), Roll::None);
    /// ```
    pub fn usual(unit: Unit) -> Self {
        match unit {
            Unit::Day | Unit::Month | Unit::Year => Self::Next,
            Unit::Hour | Unit::WorkingDay => Self::None,
        }
    }

    /// The word that packs and command lines use.
    ///
    /// ```
    /// assert_eq!("next".parse::<clock::Roll>()?.word(), "next");
    /// # Ok::<(), clock::Error>(())
    /// ```
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Next => "next",
        }
    }
}

impl FromStr for Roll {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::None, Self::Next].into_iter().find(|roll| roll.word() == text).ok_or_else(|| {
            Error::BadWord { text: quote(text), what: "a way to roll", choice: "next, none" }
        })
    }
}

/// How a term is counted.
///
/// ```
/// use clock::{Counts, Roll, Unit};
/// let counts = Counts::usual(Unit::Month);
/// assert_eq!((counts.first_day, counts.roll), (false, Roll::Next));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Whether the day of the start counts. By 民法典 201(1) it does not.
    pub first_day: bool,
    /// What becomes of an end on a day off.
    pub roll: Roll,
    /// Which way.
    pub direction: Direction,
    /// When the term stands still.
    pub suspensions: Suspensions,
}

impl Counts {
    /// As 民法典 200 to 204 count: forward, the first day not counted, the usual roll of `unit`, and
    /// never suspended.
    ///
    /// ```
    /// use clock::{Counts, Direction, Unit};
    /// let counts = Counts::usual(Unit::Day);
    /// assert!(counts.direction == Direction::Forward && counts.suspensions.is_empty());
    /// ```
    pub fn usual(unit: Unit) -> Self {
        Self {
            first_day: false,
            roll: Roll::usual(unit),
            direction: Direction::Forward,
            suspensions: Suspensions::default(),
        }
    }
}
