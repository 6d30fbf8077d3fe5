//! What the registry is made of: which subjects there are, what registers them, how much is known of
//! each. No table of its own is needed: the index by subject and the intervals answer it.

use clock::Date;
use model::{RecordId, Timestamp};

use super::questions::Question;
use super::{AsOf, Head, Readings};
use crate::error::Error;
use crate::reader::Reader;

/// µs in a day, and by how many China is ahead.
const DAY: i64 = 86_400_000_000;
const CHINA: i64 = 8 * 3_600_000_000;
/// Days before 1970 from which days are counted in the database.
const EARLIEST: i64 = 1_000_000;

/// A record that names a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The subject.
    pub subject: String,
    /// The record.
    pub head: Head,
    /// Its kind.
    pub kind: String,
    /// The role in which it names the subject.
    pub role: String,
}

/// How often records name a subject in a role, whether they count or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentions {
    /// The subject.
    pub subject: String,
    /// The role.
    pub role: String,
    /// How many records.
    pub records: u64,
    /// The position of the first of them.
    pub first: u64,
    /// When the earliest of what they say happened.
    pub earliest: Timestamp,
}

impl Readings {
    /// Subjects that records name, in order, behind one of them.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn subjects_behind(&self, after: &str, limit: usize) -> Result<Vec<String>, Error> {
        let sql = "SELECT DISTINCT subject FROM subject_record WHERE subject > $1 \
                   ORDER BY subject LIMIT $2";
        let rows = self.db.query(sql, vec![after.into(), (limit as u64).into()]).await?;
        rows.into_iter().map(|mut row| row.take(0)).collect()
    }

    /// The records of some kinds that count and name the subjects from one to another, both included:
    /// by subject, of each the newest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn namings(
        &self,
        (from, to): (&str, &str),
        kinds: &[String],
        as_of: AsOf,
    ) -> Result<Vec<Naming>, Error> {
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let mut question = Question::begin(
            "SELECT s.subject, s.valid_at, s.position, s.kind, s.role FROM subject_record s WHERE s.position >= 0",
        );
        let (from, to) = (question.bind(from), question.bind(to));
        question.and(&format!("s.subject >= {from} AND s.subject <= {to}"));
        let valid = question.bind(as_of.valid);
        question.and(&format!("s.valid_at <= {valid}"));
        let kinds = question.places(kinds);
        question.and(&format!("s.kind IN ({kinds})"));
        question.and_each_counts("s.position", as_of.known);
        let (sql, binds) =
            question.end(" ORDER BY s.subject, s.valid_at DESC, s.position DESC, s.role");
        let rows = self.db.query(&sql, binds).await?;
        let naming = |mut row: crate::db::Row| {
            Ok(Naming {
                subject: row.take(0)?,
                head: Head { valid_at: row.take(1)?, position: row.take(2)? },
                kind: row.take(3)?,
                role: row.take(4)?,
            })
        };
        rows.into_iter().map(naming).collect()
    }

    /// How often the first so many records name the subjects from one to another, both included.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn mentions(
        &self,
        (from, to): (&str, &str),
        known: u64,
    ) -> Result<Vec<Mentions>, Error> {
        let sql = "SELECT subject, role, COUNT(*), MIN(position), MIN(valid_at) \
                   FROM subject_record WHERE subject >= $1 AND subject <= $2 AND position < $3 \
                   GROUP BY subject, role ORDER BY subject, role";
        let rows = self.db.query(sql, vec![from.into(), to.into(), known.into()]).await?;
        let mentions = |mut row: crate::db::Row| {
            Ok(Mentions {
                subject: row.take(0)?,
                role: row.take(1)?,
                records: row.take(2)?,
                first: row.take(3)?,
                earliest: row.take(4)?,
            })
        };
        rows.into_iter().map(mentions).collect()
    }

    /// How many records of each kind and day in China count and name one of some subjects, by the
    /// names of the kinds and the days.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn days_of(
        &self,
        subjects: &[String],
        as_of: AsOf,
    ) -> Result<Vec<(String, Date, u64)>, Error> {
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        // Counted from long before, so that no database rounds up what was before 1970.
        let shift = EARLIEST * DAY + CHINA;
        let mut question = Question::begin(&format!(
            "SELECT s.kind, (s.valid_at + {shift}) / {DAY}, COUNT(DISTINCT s.position) \
             FROM subject_record s WHERE s.position >= 0"
        ));
        let subjects = question.places(subjects);
        question.and(&format!("s.subject IN ({subjects})"));
        let valid = question.bind(as_of.valid);
        question.and(&format!("s.valid_at <= {valid}"));
        question.and_each_counts("s.position", as_of.known);
        let (sql, binds) = question.end(" GROUP BY 1, 2 ORDER BY 1, 2");
        let rows = self.db.query(&sql, binds).await?;
        let count = |mut row: crate::db::Row| {
            let day: i64 = row.take(1)?;
            let day = Date::from_unix_day(day - EARLIEST);
            let day = day.ok_or_else(|| Error::damaged("a record of no day"))?;
            Ok((row.take(0)?, day, row.take(2)?))
        };
        rows.into_iter().map(count).collect()
    }
}

impl Readings {
    /// Positions of the records of a planned kind, whether they count or not, ascending, behind one
    /// of them.
    ///
    /// # Errors
    /// [`Error::NoReading`] where the kind is not planned; [`Error::Unavailable`],
    /// [`Error::Damaged`].
    pub async fn kind_positions(
        &self,
        kind: &str,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<u64>, Error> {
        let table = &self.planned(kind)?.table;
        let sql = format!(
            "SELECT position FROM \"{table}\" WHERE position > $1 ORDER BY position LIMIT $2"
        );
        let after: i64 = after.map_or(-1, |position| position as i64);
        let rows = self.db.query(&sql, vec![after.into(), (limit as u64).into()]).await?;
        rows.into_iter().map(|mut row| row.take(0)).collect()
    }

    /// When some records count: position, from, until. As of `known` one counts where
    /// `from < known` and `until >= known`.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn intervals(&self, positions: &[u64]) -> Result<Vec<(u64, u64, u64)>, Error> {
        let mut found = Vec::new();
        for positions in positions.chunks(1024) {
            let mut question = Question::begin(
                "SELECT position, from_position, until_position FROM effect WHERE position IN (",
            );
            let values: Vec<String> =
                positions.iter().map(|position| question.bind(*position)).collect();
            let (sql, binds) = question.end(&format!("{})", values.join(", ")));
            for mut row in self.db.query(&sql, binds).await? {
                found.push((row.take(0)?, row.take(1)?, row.take(2)?));
            }
        }
        Ok(found)
    }
}

impl Reader {
    /// Positions of the records of a batch, ascending, behind one of them.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn batch_positions(
        &self,
        batch: RecordId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<u64>, Error> {
        let sql = "SELECT position FROM record WHERE batch = $1 AND position > $2 \
                   ORDER BY position LIMIT $3";
        let after: i64 = after.map_or(-1, |position| position as i64);
        let binds = vec![batch.into(), after.into(), (limit as u64).into()];
        let rows = self.db().query(sql, binds).await?;
        rows.into_iter().map(|mut row| row.take(0)).collect()
    }
}
