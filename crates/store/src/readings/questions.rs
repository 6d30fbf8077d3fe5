//! What the readings are asked: heads by subject and by kind, newest first.

use std::collections::BTreeSet;
use std::fmt::Write;

use model::Timestamp;
use rules::filter::Filter;

use super::plan::Kind;
use super::scope::within;
use super::{Readings, Regions, Scope};
use crate::db::{Bind, Row};
use crate::error::Error;

/// More regions than this are not asked for one by one.
const APART: usize = 32;
/// Positions in one question.
const ASKED: usize = 1024;

/// The two times of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// What happened up to this instant, inclusive.
    pub valid: Timestamp,
    /// What the first so many records say. Beyond the watermark it is what the merged ones say.
    pub known: u64,
}

/// A record that counts, and a place in the order of pages: behind it the next page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// When it happened.
    pub valid_at: Timestamp,
    /// Its position.
    pub position: u64,
}

/// A question that is being written.
#[derive(Default)]
pub(super) struct Question {
    sql: String,
    binds: Vec<Bind>,
}

impl Question {
    /// A question that begins so.
    pub(super) fn begin(sql: &str) -> Self {
        Self { sql: sql.to_owned(), binds: Vec::new() }
    }

    /// One without a text yet that goes on counting its values from these.
    pub(super) fn with(binds: Vec<Bind>) -> Self {
        Self { sql: String::new(), binds }
    }

    /// Its text, with what comes at its end, and its values.
    pub(super) fn end(self, sql: &str) -> (String, Vec<Bind>) {
        (self.sql + sql, self.binds)
    }

    /// Adds a value and gives its place.
    pub(super) fn bind(&mut self, value: impl Into<Bind>) -> String {
        self.binds.push(value.into());
        format!("${}", self.binds.len())
    }

    /// Adds values and gives their places; rounded up by the last one, so that few different texts
    /// have to be prepared. Nothing is among none.
    pub(super) fn places(&mut self, values: &[String]) -> String {
        if values.is_empty() {
            return "NULL".to_owned();
        }
        let last = values.last().into_iter().cycle();
        let number = values.len().next_power_of_two();
        let values: Vec<&String> = values.iter().chain(last).take(number).collect();
        let places: Vec<String> = values.into_iter().map(|v| self.bind(v.as_str())).collect();
        places.join(", ")
    }

    /// Adds text.
    pub(super) fn add(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    pub(super) fn and(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }

    /// Only what counts, asked row by row: a page ends after few rows, and PostgreSQL would read
    /// the whole table first to join it.
    pub(super) fn and_each_counts(&mut self, position: &str, known: u64) {
        let known = self.bind(known);
        // The intervals of a record are disjoint: there is one row at most.
        let interval = interval(position, &known);
        let _ = write!(self.sql, " AND (SELECT 1 {interval}) IS NOT NULL");
    }

    /// Only what counts, where all rows are read.
    pub(super) fn and_all_count(&mut self, position: &str, known: u64) {
        let known = self.bind(known);
        let interval = interval(position, &known);
        let _ = write!(self.sql, " AND EXISTS (SELECT 1 {interval})");
    }
}

fn interval(position: &str, known: &str) -> String {
    format!(
        "FROM effect e WHERE e.position = {position} AND e.from_position < {known} \
         AND e.until_position >= {known}"
    )
}

/// The first place that is not on the page: newest first, behind `after` and not after `valid`.
pub(super) fn before(valid: Timestamp, after: Option<Head>) -> (i64, i64) {
    let newest = (valid.micros(), i64::MAX);
    after.map_or(newest, |h| newest.min((h.valid_at.micros(), h.position as i64)))
}

impl Readings {
    /// The heads of a planned kind of which a filter holds, newest first; `limit` behind `after`.
    /// The filter may have been read with any fields of the plan's names and types.
    ///
    /// # Errors
    /// [`Error::NoReading`] where the kind is not planned or the filter is not of its fields;
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn kind_page(
        &self,
        kind: &str,
        filter: Option<&Filter>,
        regions: Regions<'_>,
        as_of: AsOf,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Vec<Head>, Error> {
        self.kind_page_within(kind, filter, regions, None, as_of, after, limit).await
    }

    /// As [`kind_page`](Self::kind_page), of what lies in one of some scopes; all, where none are
    /// given.
    ///
    /// # Errors
    /// As there.
    #[allow(clippy::too_many_arguments)] // a question has that many sides
    pub async fn kind_page_within(
        &self,
        kind: &str,
        filter: Option<&Filter>,
        regions: Regions<'_>,
        scopes: Option<&[Scope]>,
        as_of: AsOf,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Vec<Head>, Error> {
        let kind = self.planned(kind)?;
        if regions.is_none() || scopes.is_some_and(<[_]>::is_empty) {
            return Ok(Vec::new());
        }
        let mut question = Question::default();
        let (valid_at, position) = before(as_of.valid, after);
        let (valid_at, position) = (question.bind(valid_at), question.bind(position));
        let time = format!("(k.valid_at, k.position) < ({valid_at}, {position})");
        self.and_holds(&mut question, kind, filter)?;
        within(&mut question, scopes);
        question.and_each_counts("k.position", as_of.known);
        let limit = question.bind(limit as u64);
        let table = &kind.table;
        let from = format!("SELECT k.valid_at, k.position FROM \"{table}\" k WHERE {time}");
        let order =
            |of: &str| format!(" ORDER BY {of}.valid_at DESC, {of}.position DESC LIMIT {limit}");
        let sql = match regions {
            // Each region has its own order by time: the newest of each, then of all.
            Regions::Exactly(codes) if codes.len() <= APART => {
                let rest = std::mem::take(&mut question.sql);
                let codes: BTreeSet<&String> = codes.iter().collect();
                let of_each: Vec<String> = codes
                    .into_iter()
                    .map(|code| {
                        let code = question.bind(code.as_str());
                        let newest = order("k");
                        format!("SELECT * FROM ({from} AND k.region = {code}{rest}{newest}) o")
                    })
                    .collect();
                format!("SELECT * FROM ({}) a{}", of_each.join(" UNION ALL "), order("a"))
            }
            _ => {
                regions.scanned(&mut question);
                format!("{from}{}{}", question.sql, order("k"))
            }
        };
        let rows = self.db.query(&sql, question.binds).await?;
        rows.into_iter().map(|mut row| head(&mut row)).collect()
    }

    /// How many heads of a planned kind there are of which a filter holds.
    ///
    /// # Errors
    /// As [`kind_page`](Self::kind_page).
    pub async fn kind_count(
        &self,
        kind: &str,
        filter: Option<&Filter>,
        regions: Regions<'_>,
        as_of: AsOf,
    ) -> Result<u64, Error> {
        self.kind_count_within(kind, filter, regions, None, as_of).await
    }

    /// As [`kind_count`](Self::kind_count), of what lies in one of some scopes.
    ///
    /// # Errors
    /// As there.
    pub async fn kind_count_within(
        &self,
        kind: &str,
        filter: Option<&Filter>,
        regions: Regions<'_>,
        scopes: Option<&[Scope]>,
        as_of: AsOf,
    ) -> Result<u64, Error> {
        let kind = self.planned(kind)?;
        if regions.is_none() || scopes.is_some_and(<[_]>::is_empty) {
            return Ok(0);
        }
        let mut question = Question::default();
        let valid_at = question.bind(as_of.valid);
        let table = &kind.table;
        // Not by the index by time: nearly all rows are counted, and their order in the table is
        // that of the intervals.
        question.sql =
            format!("SELECT COUNT(*) FROM \"{table}\" k WHERE k.valid_at + 0 <= {valid_at}");
        self.and_holds(&mut question, kind, filter)?;
        within(&mut question, scopes);
        regions.indexed(&mut question);
        question.and_all_count("k.position", as_of.known);
        let row = self.db.first(&question.sql, question.binds).await?;
        row.ok_or_else(|| Error::damaged("a count without a row"))?.take(0)
    }

    /// The records that count and bear one of some numbers by which people call them, newest first: their
    /// kinds and places.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn numbered(
        &self,
        numbers: &[String],
        as_of: AsOf,
        limit: usize,
    ) -> Result<Vec<(String, Head)>, Error> {
        let mut question = Question::default();
        let mut branches = Vec::new();
        let places = question.places(numbers);
        let valid = question.bind(as_of.valid);
        let known = question.bind(as_of.known);
        let counts = interval("k.position", &known);
        for (kind, table, column) in self.plan.numbers() {
            // A kind has a name of small letters and hyphens: its plan says so.
            branches.push(format!(
                "SELECT '{kind}' AS kind, k.valid_at, k.position FROM \"{table}\" k \
                 WHERE k.\"{column}\" IN ({places}) AND k.valid_at + 0 <= {valid} \
                 AND (SELECT 1 {counts}) IS NOT NULL"
            ));
        }
        if branches.is_empty() || numbers.is_empty() {
            return Ok(Vec::new());
        }
        let limit = question.bind(limit as u64);
        let sql = format!(
            "SELECT kind, valid_at, position FROM ({}) n ORDER BY valid_at DESC, position DESC \
             LIMIT {limit}",
            branches.join(" UNION ALL ")
        );
        let rows = self.db.query(&sql, question.binds).await?;
        let found = |mut row: Row| {
            Ok((row.take(0)?, Head { valid_at: row.take(1)?, position: row.take(2)? }))
        };
        rows.into_iter().map(found).collect()
    }

    /// Which of some records count when so many are known.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn counting(&self, positions: &[u64], known: u64) -> Result<BTreeSet<u64>, Error> {
        let mut found = BTreeSet::new();
        for positions in positions.chunks(ASKED) {
            let values = positions.iter().map(|position| Bind::from(*position)).collect();
            let mut question =
                crate::standing::among("SELECT position FROM effect WHERE position IN", values);
            question.binds.push(known.into());
            let known = question.binds.len();
            let _ = write!(
                question.sql.to_mut(),
                " AND from_position < ${known} AND until_position >= ${known}"
            );
            for mut row in self.db.query(&question.sql, question.binds).await? {
                found.insert(row.take(0)?);
            }
        }
        Ok(found)
    }

    /// Records that could not be read, and why: `limit` from a position on.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn set_aside(&self, from: u64, limit: usize) -> Result<Vec<(u64, String)>, Error> {
        let sql = "SELECT position, reason FROM set_aside WHERE position >= $1 \
                   ORDER BY position LIMIT $2";
        let rows = self.db.query(sql, vec![from.into(), (limit as u64).into()]).await?;
        rows.into_iter().map(|mut row| Ok((row.take(0)?, row.take(1)?))).collect()
    }

    pub(super) fn planned(&self, kind: &str) -> Result<&Kind, Error> {
        let found = self.plan.kind(kind).map(AsRef::as_ref);
        found.ok_or_else(|| Error::NoReading { what: format!("the kind {kind} is not planned") })
    }

    pub(super) fn and_holds(
        &self,
        question: &mut Question,
        kind: &Kind,
        filter: Option<&Filter>,
    ) -> Result<(), Error> {
        let Some(filter) = filter else { return Ok(()) };
        // Read again with the fields of the table: their columns have other names.
        let filter = Filter::parse(&filter.to_string(), &kind.fields)
            .map_err(|fault| Error::NoReading { what: fault.to_string() })?;
        let holds = filter.to_sql(self.db.dialect(), "k", question.binds.len() + 1);
        question.binds.extend(holds.binds.into_iter().map(Bind::from));
        question.and(&holds.text);
        Ok(())
    }
}

pub(super) fn head(row: &mut Row) -> Result<Head, Error> {
    Ok(Head { valid_at: row.take(0)?, position: row.take(1)? })
}
