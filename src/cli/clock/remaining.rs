//! `zhiheng clock remaining`.

use std::time::{SystemTime, UNIX_EPOCH};

use clock::{Instant, Moment, remaining};
use serde::Serialize;

use super::answer::{Asked, SourceLine, caveats, ends_at, sources};
use super::question::QuestionArgs;
use super::{Refusal, Reply};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    question: QuestionArgs,
    /// The moment at which is asked, with the time for hours [default: now]
    #[arg(long, value_name = "DATE[THH:MM]")]
    now: Option<String>,
}

impl Args {
    pub fn is_json(&self) -> bool {
        self.question.calendar.json
    }
}

/// The answer as JSON.
#[derive(Serialize)]
pub struct Answer {
    /// not_started, running, suspended, due_today or overdue.
    state: &'static str,
    /// How much is left, or has passed since the end.
    amount: u64,
    /// What `amount` is counted in: day, working_day or minute.
    amount_unit: &'static str,
    /// The same in words.
    words: String,
    /// The moment at which was asked.
    now: String,
    /// When the term ends; null while it is suspended without an end.
    due: Option<String>,
    /// When it is over: 24:00 of its last day.
    ends_at: Option<String>,
    #[serde(flatten)]
    asked: Asked,
    provisional: bool,
    not_reviewed: bool,
    /// The notices and laws that the due date rests on.
    calendar: Vec<SourceLine>,
}

pub fn answer(args: &Args) -> Result<Reply<Answer>, Refusal> {
    let question = args.question.read()?;
    let now: Moment = match &args.now {
        Some(now) => now.parse()?,
        None => this_moment()?.into(),
    };
    let days = args.question.calendar.load()?;
    let left = remaining(&days, question.start, question.term, &question.counts, now)?;
    let (provisional, not_reviewed) =
        left.due.map_or((false, false), |due| (due.provisional, due.not_reviewed));
    let json = Answer {
        state: left.state.word(),
        amount: left.amount,
        amount_unit: left.unit.word(),
        words: left.to_string(),
        now: now.to_string(),
        due: left.due.map(|due| due.end.to_string()),
        ends_at: left.due.map(|due| ends_at(due.end)),
        asked: Asked::new(&question, &days),
        provisional,
        not_reviewed,
        calendar: left.due.map_or(Vec::new(), |due| sources(&days, &due)),
    };
    let due = match &json.due {
        Some(due) => format!("due {due}"),
        None => "no due date while the suspension has no end".to_owned(),
    };
    let mut text = format!("{} on {now}; {due}\n", json.words);
    for caveat in caveats(provisional, not_reviewed) {
        text += &format!("{caveat}\n");
    }
    Ok(Reply { text, json })
}

/// The command line is the edge: only here is the clock read.
fn this_moment() -> Result<Instant, clock::Error> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Instant::from_unix(since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX)))
}
