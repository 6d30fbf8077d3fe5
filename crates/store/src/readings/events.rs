//! Traceability events by the keys of their index.
//!
//! A question names lists of keys; an event answers it as far as the index knows where it has one key of
//! each list. The list that fewest events answer is walked in the order of the positions, the others
//! are looked up for each of its events. Whether an event really answers is for who reads it to say.

use std::fmt::Write;

use model::Timestamp;

use super::Readings;
use super::plan::Kind;
use super::questions::Question;
use super::scope::{Scope, within};
use crate::error::Error;

/// Events from here on are many: not counted any further, and not sorted.
const MANY: u64 = 2_000;
/// So many keys are walked each by itself, and their events merged.
const APART: usize = 64;

/// In which order events are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventOrder {
    /// As they were stored, the first first.
    Stored,
    /// As they were stored, the last first.
    StoredLast,
    /// As they happened, the first first.
    Happened,
    /// As they happened, the last first.
    HappenedLast,
}

/// A place in the order of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPlace {
    /// When it happened.
    pub valid_at: Timestamp,
    /// Its position.
    pub position: u64,
}

/// What events are asked for.
#[derive(Debug, Clone, Default)]
pub struct EventsAsked {
    /// The kind of their records.
    pub kind: &'static str,
    /// Lists of keys: of each the event has one.
    pub keys: Vec<Vec<i64>>,
    /// They happened not before this.
    pub from: Option<Timestamp>,
    /// They happened before this.
    pub before: Option<Timestamp>,
    /// They were taken in not before this.
    pub recorded_from: Option<Timestamp>,
    /// They were taken in before this.
    pub recorded_before: Option<Timestamp>,
    /// Whose records; all, where none are given.
    pub scopes: Option<Vec<Scope>>,
    /// What the first so many records say.
    pub known: u64,
}

impl Readings {
    /// The places of events that answer as far as the index knows, behind a place; `limit` of them.
    ///
    /// # Errors
    /// [`Error::NoReading`] where the kind is not planned; [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn events(
        &self,
        asked: &EventsAsked,
        order: EventOrder,
        after: Option<EventPlace>,
        limit: usize,
    ) -> Result<Vec<EventPlace>, Error> {
        let kind = self.planned(asked.kind)?;
        if asked.scopes.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let (lists, fewest) = self.by_number(asked).await?;
        let by_time = matches!(order, EventOrder::Happened | EventOrder::HappenedLast);
        let walks_keys = !lists.is_empty() && (!by_time || fewest < MANY);
        let mut question = Question::default();
        let mut texts = Vec::new();
        if walks_keys {
            let (first, rest) =
                lists.split_first().map_or((&[][..], &[][..]), |(f, r)| (&f[..], r));
            let pieces: Vec<&[i64]> = match first.len() <= APART {
                true => first.chunks(1).collect(),
                false => vec![first],
            };
            for piece in pieces {
                let values: Vec<String> = piece.iter().map(|key| question.bind(*key)).collect();
                let mut text = format!(
                    "SELECT {}k.valid_at, k.position FROM event_term t JOIN \"{}\" k \
                     ON k.position = t.position WHERE t.term IN ({})",
                    if piece.len() > 1 { "DISTINCT " } else { "" },
                    kind.table,
                    values.join(", "),
                );
                let by = if by_time || piece.len() > 1 { "k" } else { "t" };
                conditions(&mut question, &mut text, asked, rest, order, after, by);
                ordered(&mut question, &mut text, order, by, limit);
                texts.push(text);
            }
        } else {
            let few = self.few_happened(kind, asked).await?;
            let mut text = format!(
                "SELECT k.valid_at, k.position FROM \"{}\" k WHERE k.position >= 0",
                kind.table
            );
            // The order by time has its index; otherwise few are found by it and sorted, and many are
            // walked as they lie.
            let by = if few && !by_time { "0 + k" } else { "k" };
            conditions(&mut question, &mut text, asked, &lists, order, after, by);
            ordered(&mut question, &mut text, order, "k", limit);
            texts.push(text);
        }
        let sql = match &texts[..] {
            [one] => one.clone(),
            several => {
                let each: Vec<String> =
                    several.iter().map(|text| format!("SELECT * FROM ({text}) o")).collect();
                let mut text =
                    format!("SELECT a.valid_at, a.position FROM ({}) a", each.join(" UNION "));
                ordered(&mut question, &mut text, order, "a", limit);
                text
            }
        };
        let (_, binds) = question.end("");
        let rows = self.db().query(&sql, binds).await?;
        rows.into_iter()
            .map(|mut row| Ok(EventPlace { valid_at: row.take(0)?, position: row.take(1)? }))
            .collect()
    }

    /// The lists of keys, that of the fewest events first, and how many it has at least, up to
    /// [`MANY`].
    async fn by_number(&self, asked: &EventsAsked) -> Result<(Vec<Vec<i64>>, u64), Error> {
        let mut counted = Vec::with_capacity(asked.keys.len());
        for list in &asked.keys {
            let mut question = Question::default();
            let values: Vec<String> = list.iter().map(|key| question.bind(*key)).collect();
            let sql = format!(
                "SELECT COUNT(*) FROM (SELECT 1 FROM event_term WHERE term IN ({}) LIMIT {MANY}) c",
                values.join(", ")
            );
            let (_, binds) = question.end("");
            let row = self.db().first(&sql, binds).await?;
            let number: u64 =
                row.ok_or_else(|| Error::damaged("a count without a row"))?.take(0)?;
            counted.push((number, list.clone()));
        }
        counted.sort_by_key(|(number, list)| (*number, list.len()));
        let fewest = counted.first().map_or(u64::MAX, |(number, _)| *number);
        Ok((counted.into_iter().map(|(_, list)| list).collect(), fewest))
    }

    /// Whether few events happened in the time that is asked for.
    async fn few_happened(&self, kind: &Kind, asked: &EventsAsked) -> Result<bool, Error> {
        if asked.from.is_none() && asked.before.is_none() {
            return Ok(false);
        }
        let mut question = Question::default();
        let mut text =
            format!("SELECT COUNT(*) FROM (SELECT 1 FROM \"{}\" k WHERE 1 = 1", kind.table);
        times(&mut question, &mut text, "k.valid_at", asked.from, asked.before);
        let _ = write!(text, " LIMIT {MANY}) c");
        let (_, binds) = question.end("");
        let row = self.db().first(&text, binds).await?;
        let number: u64 = row.ok_or_else(|| Error::damaged("a count without a row"))?.take(0)?;
        Ok(number < MANY)
    }

    /// Values that a field of events ever had, in their order, behind one.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn event_values(
        &self,
        field: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<String>, Error> {
        let sql = "SELECT value FROM event_value WHERE field = $1 AND value > $2 \
             ORDER BY value LIMIT $3";
        let binds = vec![field.into(), after.into(), (limit as u64).into()];
        let rows = self.db().query(sql, binds).await?;
        rows.into_iter().map(|mut row| row.take(0)).collect()
    }
}

/// All but the list that is walked: the other lists, the times, whose, whether they count, behind which
/// place. `by` is the table whose columns lead.
fn conditions(
    question: &mut Question,
    text: &mut String,
    asked: &EventsAsked,
    rest: &[Vec<i64>],
    order: EventOrder,
    after: Option<EventPlace>,
    by: &str,
) {
    for list in rest {
        let values: Vec<String> = list.iter().map(|key| question.bind(*key)).collect();
        let _ = write!(
            text,
            " AND EXISTS (SELECT 1 FROM event_term r WHERE r.term IN ({}) \
             AND r.position = k.position)",
            values.join(", ")
        );
    }
    times(question, text, "k.valid_at", asked.from, asked.before);
    times(question, text, "k.recorded_at", asked.recorded_from, asked.recorded_before);
    if let Some(after) = after {
        let position = question.bind(after.position);
        let _ = match order {
            EventOrder::Stored => write!(text, " AND {by}.position > {position}"),
            EventOrder::StoredLast => write!(text, " AND {by}.position < {position}"),
            EventOrder::Happened => {
                let valid_at = question.bind(after.valid_at);
                write!(text, " AND (k.valid_at, k.position) > ({valid_at}, {position})")
            }
            EventOrder::HappenedLast => {
                let valid_at = question.bind(after.valid_at);
                write!(text, " AND (k.valid_at, k.position) < ({valid_at}, {position})")
            }
        };
    }
    let mut inner = std::mem::take(question);
    within(&mut inner, asked.scopes.as_deref());
    inner.and_each_counts("k.position", asked.known);
    let (more, binds) = inner.end("");
    text.push_str(&more);
    *question = Question::with(binds);
}

fn times(
    question: &mut Question,
    text: &mut String,
    column: &str,
    from: Option<Timestamp>,
    before: Option<Timestamp>,
) {
    if let Some(from) = from {
        let from = question.bind(from);
        let _ = write!(text, " AND {column} >= {from}");
    }
    if let Some(before) = before {
        let before = question.bind(before);
        let _ = write!(text, " AND {column} < {before}");
    }
}

fn ordered(question: &mut Question, text: &mut String, order: EventOrder, by: &str, limit: usize) {
    let limit = question.bind(limit as u64);
    let _ = match order {
        EventOrder::Stored => write!(text, " ORDER BY {by}.position LIMIT {limit}"),
        EventOrder::StoredLast => write!(text, " ORDER BY {by}.position DESC LIMIT {limit}"),
        EventOrder::Happened => {
            write!(text, " ORDER BY {by}.valid_at, {by}.position LIMIT {limit}")
        }
        EventOrder::HappenedLast => {
            write!(text, " ORDER BY {by}.valid_at DESC, {by}.position DESC LIMIT {limit}")
        }
    };
}
