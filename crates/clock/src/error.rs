//! What can be wrong with a question about statutory time, or with the data that answers it.

use crate::term::Unit;
use crate::time::Date;

/// Why a question could not be answered: what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not a day as it must be written.
    #[error("{text} is not a date: {why}; write year-month-day, such as 2026-02-10")]
    BadDate {
        /// What was given, quoted.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// Not a time of day as it must be written.
    #[error(
        "{text} is not a point in time: {why}; write year-month-day, T and the time in Shanghai, such as 2026-02-10T09:30"
    )]
    BadTime {
        /// What was given, quoted.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// A year that the clock does not know.
    #[error("the year {year} is outside 1900 to 2100; give a day within those years")]
    YearOutOfRange {
        /// The year.
        year: i64,
    },
    /// A point in time when Shanghai's clocks were not yet always at +08:00.
    #[error(
        "hours are counted from 1992 on (before that Shanghai's clocks moved in summer), and {date} is earlier; give a later time, or count in days"
    )]
    BeforeFixedOffset {
        /// The day.
        date: Date,
    },
    /// Not an interval of days or points in time.
    #[error(
        "{text} is not an interval: {why}; write its first and last day, such as 2026-02-12..2026-02-20, or leave the end open: 2026-02-12.."
    )]
    BadInterval {
        /// What was given, quoted.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// Not a number of units.
    #[error("{text} is not a length of a term: write a whole number in ordinary digits, such as 7")]
    BadTerm {
        /// What was given, quoted.
        text: String,
    },
    /// A length below zero.
    #[error(
        "a term cannot be negative, and {text} is; give its length as a positive number, and count backwards (--back) for a term before the start"
    )]
    NegativeTerm {
        /// What was given, quoted.
        text: String,
    },
    /// A length that ends outside every calendar, whatever the start.
    #[error(
        "a term of {amount} is longer than the 201 years that the clock knows; give a shorter one"
    )]
    TermTooLong {
        /// The length as it was given.
        amount: String,
    },
    /// A word that is none of those to choose from.
    #[error("{text} is not {what}; choose one of: {choice}")]
    BadWord {
        /// What was given, quoted.
        text: String,
        /// What it should have been.
        what: &'static str,
        /// The words to choose from.
        choice: &'static str,
    },
    /// Not a division of GB/T 2260.
    #[error("{text} is not a region: write the six digits of GB/T 2260, such as 420000 for Hubei")]
    BadRegion {
        /// What was given, quoted.
        text: String,
    },
    /// A term in hours needs a time of day.
    #[error(
        "hours run from a point in time, and {date} is a whole day; add the time in Shanghai, such as {date}T09:30"
    )]
    NeedsTime {
        /// The day that was given.
        date: Date,
    },
    /// Days are suspended by whole days.
    #[error(
        "a term in days, months or years is suspended by whole days, and a suspension was given with a time of day; give its first and last day"
    )]
    NeedsDays,
    /// A way of counting that hours do not have.
    #[error(
        "hours run on from the moment given, so {what} has no meaning for them; leave it out, or count in days"
    )]
    NotForHours {
        /// What was asked for.
        what: &'static str,
    },
    /// The term stands still and does not go on.
    #[error(
        "the term stands still from {since} on with {left} {} left, so it has no due date; give the day on which the suspension ends", .unit.counted(*.left)
    )]
    Suspended {
        /// When the suspension without an end begins, or the start of the term if that is later.
        since: String,
        /// How much of the term is left, in `unit`.
        left: u64,
        /// What is left: days for a term in months or years, else the term's own unit.
        unit: Unit,
    },
    /// The working days of a day are not known.
    #[error(
        "{what} the calendar, which knows the working days from {first} to {last}; ask within it, add the missing years to the pack, or count in calendar days without rolling (--roll none)"
    )]
    OutsideCalendar {
        /// What lies outside or runs out of it.
        what: String,
        /// First day of the calendar.
        first: Date,
        /// Last day of the calendar.
        last: Date,
    },
    /// The end lies outside the years that the clock knows.
    #[error(
        "the term ends outside the years 1900 to 2100; give a shorter term or a start further within"
    )]
    BeyondRange,
    /// Nothing had been announced by then.
    #[error(
        "on {known} no rule on the holidays of {year} was known to this pack; ask as known on a later day"
    )]
    NothingKnown {
        /// The day as of which was asked.
        known: String,
        /// The first year without a rule.
        year: i32,
    },
    /// A calendar file says something that cannot be.
    #[error("{file}, line {line}: {why}")]
    CalendarFile {
        /// The file as it was named to the parser.
        file: String,
        /// Line within it, from 1.
        line: usize,
        /// What is wrong and what to write instead.
        why: String,
    },
    /// The files hold no calendar.
    #[error(
        "the calendar files hold no notice that publishes a year and no festivals; add at least one year's notice (publishes = YEAR)"
    )]
    EmptyCalendar,
}

impl Error {
    /// A word that stays the same whatever the wording of the message, for programs to compare.
    ///
    /// ```
    /// use clock::Date;
    /// let fault = "2026-02-30".parse::<Date>().unwrap_err();
    /// assert_eq!(fault.code(), "clock.bad_date");
    /// assert!(fault.to_string().contains("2026-02 has 28 days"));
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadDate { .. } => "clock.bad_date",
            Self::BadTime { .. } => "clock.bad_time",
            Self::YearOutOfRange { .. } => "clock.year_out_of_range",
            Self::BeforeFixedOffset { .. } => "clock.before_fixed_offset",
            Self::BadInterval { .. } => "clock.bad_interval",
            Self::BadTerm { .. } => "clock.bad_term",
            Self::NegativeTerm { .. } => "clock.negative_term",
            Self::TermTooLong { .. } => "clock.term_too_long",
            Self::BadWord { .. } => "clock.bad_word",
            Self::BadRegion { .. } => "clock.bad_region",
            Self::NeedsTime { .. } => "clock.needs_time",
            Self::NeedsDays => "clock.needs_days",
            Self::NotForHours { .. } => "clock.not_for_hours",
            Self::Suspended { .. } => "clock.suspended",
            Self::OutsideCalendar { .. } => "clock.outside_calendar",
            Self::BeyondRange => "clock.beyond_range",
            Self::NothingKnown { .. } => "clock.nothing_known",
            Self::CalendarFile { .. } => "clock.calendar_file",
            Self::EmptyCalendar => "clock.empty_calendar",
        }
    }
}

/// `text` in quotation marks, with what a terminal would hide or obey made visible, and cut short.
pub(crate) fn quote(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut quoted = String::from("\"");
    for c in text.chars().take(SHOWN) {
        if c.is_control() || is_format(c) {
            quoted.extend(c.escape_unicode());
        } else {
            quoted.push(c);
        }
    }
    if text.chars().nth(SHOWN).is_some() {
        quoted.push('…');
    }
    quoted.push('"');
    quoted
}

/// Marks that change how text around them is shown and are themselves not seen (UAX 9, UAX 31).
fn is_format(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
