//! Chinese working days and statutory terms.
//!
//! [`Calendar`] reads the dated notices of a pack: which days are off, which week-end days are worked
//! to make up for them, and on which day each was announced. [`Calendar::working_days`] makes of it the
//! [`WorkingDays`] of a region as they were known on a day. [`due`] counts a [`Term`] on them as
//! 民法典 200 to 204 count, [`explain`] says day by day how, [`remaining`] what is left at some moment.
//!
//! The crate does no input or output and never reads the clock.
//!
//! ```
//! use clock::{Calendar, Counts, Known, Region, Term, Unit, due};
//! let file = r#"
//! [[notice]]
//! publishes = 2026
//! source    = "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）"
//! announced = 2025-11-04
//! [[notice.holiday]]
//! label = { zh = "春节", en = "Spring Festival" }
//! off   = ["2026-02-15..2026-02-23"]
//! work  = ["2026-02-14", "2026-02-28"]
//! "#;
//! let calendar = Calendar::parse([("calendar/2026.toml", file)])?;
//! let days = calendar.working_days(Region::CHINA, Known::Latest)?;
//!
//! let term = Term { amount: 7, unit: Unit::WorkingDay };
//! let answer = due(&days, "2026-02-10".parse()?, term, &Counts::usual(term.unit))?;
//! // 11, 12, 13 February, the worked Saturday 14, then after the festival 24, 25, 26.
//! assert_eq!(answer.end.to_string(), "2026-02-26");
//! # Ok::<(), clock::Error>(())
//! ```

mod calendar;
mod due;
mod error;
mod region;
mod term;
mod time;
mod working_days;

pub use calendar::{Calendar, Known, Label, Source};
pub use due::{
    DayLine, Due, Explanation, HourLine, Left, Remaining, State, Verdict, due, explain, remaining,
};
pub use error::Error;
pub use region::Region;
pub use term::{Counts, Direction, Roll, Term, Unit};
pub use time::{Date, Instant, Interval, Moment, Suspensions, Weekday};
pub use working_days::{Day, DayKind, WorkingDays};
