//! Cases from one end to the other, what the program is to do, and what was late.

use std::ops::Range;

use model::{RecordId, Timestamp};

use super::super::Readings;
use super::super::questions::Question;
use crate::db::Row;
use crate::error::Error;

/// A step that the program is to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramStep {
    /// When.
    pub at: Timestamp,
    /// The position of the record that opened the case.
    pub position: u64,
    /// Which of the case's it is.
    pub ordinal: u64,
    /// The case.
    pub case: RecordId,
    /// The step.
    pub step: String,
}

/// Which lateness is asked for.
#[derive(Debug, Clone, Default)]
pub struct LateAsked<'a> {
    /// What became overdue from this moment on.
    pub from: Option<Timestamp>,
    /// And before this one.
    pub until: Option<Timestamp>,
    /// Of these offices; all, where none are given.
    pub offices: Option<&'a [String]>,
    /// What is overdue at this moment and not done yet counts with it.
    pub now: Option<Timestamp>,
}

/// How often a term was late with somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateSum {
    /// The office.
    pub office: String,
    /// The procedure.
    pub procedure: String,
    /// The term.
    pub term: String,
    /// Whose it was, or who did it in the end; none where nobody has.
    pub account: Option<String>,
    /// Done, but late; or over late.
    pub done: u64,
    /// Not done yet.
    pub open: u64,
    /// How late those that are done were, together, in µs.
    pub lateness: u64,
}

impl Readings {
    /// What the records of cases say whose opening stands at a position in a range, in the order of
    /// the positions.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn cases_in(&self, range: Range<u64>) -> Result<Vec<(u64, Vec<u8>)>, Error> {
        let sql = "SELECT position, entries FROM case_row WHERE position >= $1 AND position < $2 \
                   ORDER BY position";
        let rows = self.db.query(sql, vec![range.start.into(), range.end.into()]).await?;
        rows.into_iter().map(|mut row| Ok((row.take(0)?, row.take(1)?))).collect()
    }

    /// The ids of cases at some positions.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn case_ids(&self, positions: &[u64]) -> Result<Vec<(u64, RecordId)>, Error> {
        let mut found = Vec::with_capacity(positions.len());
        for positions in positions.chunks(1024) {
            let values = positions.iter().map(|position| (*position).into()).collect();
            let sql = "SELECT position, id FROM case_row WHERE position IN";
            let question = crate::standing::among(sql, values);
            for mut row in self.db.query(&question.sql, question.binds).await? {
                found.push((row.take(0)?, row.take(1)?));
            }
        }
        Ok(found)
    }

    /// How many cases there are, and how many of them go on.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn case_counts(&self) -> Result<(u64, u64), Error> {
        let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(is_open), 0) AS BIGINT) FROM case_row";
        let row = self.db.first(sql, vec![]).await?;
        let mut row = row.ok_or_else(|| Error::damaged("a count without a row"))?;
        Ok((row.take(0)?, row.take(1)?))
    }

    /// Steps that the program is to take by a moment, the earliest first; `limit` behind one of them.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn program_steps(
        &self,
        until: Timestamp,
        after: Option<&ProgramStep>,
        limit: usize,
    ) -> Result<Vec<ProgramStep>, Error> {
        let sql = "SELECT t.take_at, t.case_position, t.ordinal, c.id, t.step FROM case_take t \
             JOIN case_row c ON c.position = t.case_position WHERE t.take_at <= $1 \
             AND (t.take_at, t.case_position, t.ordinal) > ($2, $3, $4) \
             ORDER BY t.take_at, t.case_position, t.ordinal LIMIT $5";
        let (at, case, ordinal) =
            after.map_or((i64::MIN, 0, 0), |step| (step.at.micros(), step.position, step.ordinal));
        let binds =
            vec![until.into(), at.into(), case.into(), ordinal.into(), (limit as u64).into()];
        let rows = self.db.query(sql, binds).await?;
        let step = |mut row: Row| {
            Ok(ProgramStep {
                at: row.take(0)?,
                position: row.take(1)?,
                ordinal: row.take(2)?,
                case: row.take(3)?,
                step: row.take(4)?,
            })
        };
        rows.into_iter().map(step).collect()
    }

    /// When the program is to take its next step after a moment.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn next_program_step(&self, after: Timestamp) -> Result<Option<Timestamp>, Error> {
        let sql = "SELECT take_at FROM case_take WHERE take_at > $1 ORDER BY take_at LIMIT 1";
        let row = self.db.first(sql, vec![after.into()]).await?;
        row.map(|mut row| row.take(0)).transpose()
    }

    /// What was late, put together by office, procedure, term and person.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn late_sums(&self, asked: &LateAsked<'_>) -> Result<Vec<LateSum>, Error> {
        if asked.offices.is_some_and(<[_]>::is_empty) {
            return Ok(Vec::new());
        }
        let mut question = Question::default();
        let from = question.bind(asked.from.unwrap_or(Timestamp::from_micros(i64::MIN)));
        // What has no end is never late.
        let until = question.bind(asked.until.map_or(i64::MAX, Timestamp::micros));
        let now = question.bind(asked.now.unwrap_or(Timestamp::from_micros(i64::MIN)));
        let within = match asked.offices {
            Some(offices) => {
                let places = question.places(offices);
                format!(" AND o.office IN ({places})")
            }
            None => String::new(),
        };
        let sql = format!(
            "SELECT office, procedure, term, account, \
             CAST(SUM(1 - is_open) AS BIGINT), CAST(SUM(is_open) AS BIGINT), \
             CAST(SUM(lateness) AS BIGINT) FROM (\
             SELECT o.office, o.procedure, o.term, COALESCE(o.assignee, o.done_by) AS account, \
             0 AS is_open, o.done_at - o.overdue_from AS lateness FROM case_late o \
             WHERE o.overdue_from >= {from} AND o.overdue_from < {until}{within} \
             UNION ALL SELECT o.office, o.procedure, o.term, o.assignee, 1, 0 FROM duty o \
             WHERE o.overdue_from >= {from} AND o.overdue_from < {until} \
             AND o.overdue_from <= {now} AND o.kind = 'term'{within}) l \
             GROUP BY office, procedure, term, account ORDER BY office, procedure, term, account"
        );
        let (_, binds) = question.end("");
        let rows = self.db.query(&sql, binds).await?;
        let sum = |mut row: Row| {
            Ok(LateSum {
                office: row.take(0)?,
                procedure: row.take(1)?,
                term: row.take(2)?,
                account: row.take(3)?,
                done: row.take(4)?,
                open: row.take(5)?,
                lateness: row.take(6)?,
            })
        };
        rows.into_iter().map(sum).collect()
    }
}
