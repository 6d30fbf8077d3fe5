//! The options that ask for a term.

use clock::{Counts, Direction, Interval, Moment, Roll, Suspensions, Term, Unit};

use super::{CalendarArgs, Refusal};

#[derive(clap::Args)]
pub struct QuestionArgs {
    /// Start of the term: 2026-02-10; for hours with the time in Shanghai, 2026-02-10T09:30
    #[arg(long, value_name = "DATE[THH:MM]")]
    start: String,
    /// Length of the term
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    term: String,
    /// What it is counted in: hour, day, working_day, month or year
    #[arg(long)]
    unit: String,
    /// A time that does not count, both ends included; FROM.. where no end is known; may be repeated
    #[arg(long, value_name = "FROM..TO", allow_hyphen_values = true)]
    suspend: Vec<String>,
    /// Count backwards from the start
    #[arg(long)]
    back: bool,
    /// What becomes of an end on a day off: next or none [default: next for day, month and year]
    #[arg(long)]
    roll: Option<String>,
    /// Count the day of the start too
    #[arg(long)]
    first_day_counts: bool,
    #[command(flatten)]
    pub calendar: CalendarArgs,
}

/// A question, read and found sound.
pub struct Question {
    pub start: Moment,
    pub term: Term,
    pub counts: Counts,
}

impl QuestionArgs {
    pub fn read(&self) -> Result<Question, Refusal> {
        let unit: Unit = self.unit.parse()?;
        let suspensions = self
            .suspend
            .iter()
            .map(|interval| interval.parse::<Interval>())
            .collect::<Result<Suspensions, _>>()?;
        Ok(Question {
            start: self.start.parse()?,
            term: Term::parse(&self.term, unit)?,
            counts: Counts {
                first_day: self.first_day_counts,
                roll: match &self.roll {
                    Some(roll) => roll.parse()?,
                    None => Roll::usual(unit),
                },
                direction: if self.back { Direction::Backward } else { Direction::Forward },
                suspensions,
            },
        })
    }
}
