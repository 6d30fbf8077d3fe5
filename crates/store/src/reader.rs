//! Reading records: by id and in the order of their positions.

use model::{Digest, RecordId, Timestamp};

use crate::connect::Address;
use crate::db::{Bind, Db, Row, Statement};
use crate::entry::{PersonalSealed, Stored};
use crate::error::Error;
use crate::standing::among;

/// The most records that one reading of a range gives.
pub const MOST: usize = 1024;

/// The columns of a record, in the order in which [`stored`] takes them.
const COLUMNS: &str = "SELECT r.position, r.id, r.kind, r.valid_at, r.recorded_at, r.batch, \
     r.corrects, r.withdraws, r.closes, r.content, r.unique_keys, r.envelope, r.open_part, \
     r.nonce, r.leaf, r.class FROM record r";

/// The condition of the index `record_people`, word for word: only so is it taken. No record of
/// these kinds has a personal part.
const PEOPLE: &str = "r.kind IN ('role-grant', 'role-end', 'absence', 'informer-grant', 'audit')";

const PERSONAL: &str = "SELECT position, person, sealed FROM personal_part \
     WHERE position >= $1 AND position <= $2 ORDER BY position, place";

const PARTS_AT: &str = "SELECT position, person, sealed FROM personal_part WHERE position IN";

/// What reads from a store. It sees what was committed before it asks.
#[derive(Clone)]
pub struct Reader {
    db: Db,
}

impl Reader {
    /// Opens a store for reading. Its tables must be there: a writer makes them.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Unavailable`].
    pub async fn open(address: &Address) -> Result<Self, Error> {
        Ok(Self { db: Db::open(address).await? })
    }

    /// The database behind it.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// How many records there are.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn size(&self) -> Result<u64, Error> {
        let row = self.db.first("SELECT size FROM store_state", vec![]).await?;
        row.ok_or_else(|| Error::damaged("the store has no state"))?.take(0)
    }

    /// Whether the store was restored from a backup and its log has not been begun anew yet.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn is_restored(&self) -> Result<bool, Error> {
        let row = self.db.first("SELECT restored FROM store_state", vec![]).await?;
        let restored: i64 = row.ok_or_else(|| Error::damaged("the store has no state"))?.take(0)?;
        Ok(restored != 0)
    }

    /// The leaves of the records from one position to before another.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`], also where one is missing.
    pub async fn leaves(&self, from: u64, to: u64) -> Result<Vec<Vec<u8>>, Error> {
        const SQL: &str = "SELECT position, leaf FROM record WHERE position >= $1 AND position < $2 \
             ORDER BY position";
        let rows = self.db.query(SQL, vec![from.into(), to.into()]).await?;
        let mut leaves = Vec::with_capacity(rows.len());
        for (mut row, wanted) in rows.into_iter().zip(from..) {
            let position: u64 = row.take(0)?;
            if position != wanted {
                return Err(Error::damaged(format!("there is no record at {wanted}")));
            }
            leaves.push(row.take(1)?);
        }
        if leaves.len() as u64 != to.saturating_sub(from) {
            return Err(Error::damaged(format!("records are missing before {to}")));
        }
        Ok(leaves)
    }

    /// The record with an id.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn record(&self, id: RecordId) -> Result<Option<Stored>, Error> {
        let Some(position) = self.position(id).await? else { return Ok(None) };
        let found = self.range(position, 1).await?.pop();
        found.map(Some).ok_or_else(|| Error::damaged(format!("there is no record at {position}")))
    }

    /// The position of the record with an id.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn position(&self, id: RecordId) -> Result<Option<u64>, Error> {
        let row = self.db.first("SELECT position FROM record_id WHERE id = $1", vec![id.into()]);
        row.await?.map(|mut row| row.take(0)).transpose()
    }

    /// Records in order, from a position on; at most [`MOST`] at a time.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn range(&self, from: u64, count: usize) -> Result<Vec<Stored>, Error> {
        let to = from.saturating_add(count.min(MOST) as u64);
        let Some(to) = to.checked_sub(1).filter(|to| *to >= from) else { return Ok(Vec::new()) };
        self.ask(Self::range_questions(from, to)).await
    }

    /// As [`range`](Self::range), on the thread that asks: for work that has a thread of its own.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn range_now(&self, from: u64, count: usize) -> Result<Vec<Stored>, Error> {
        let to = from.saturating_add(count.min(MOST) as u64);
        let Some(to) = to.checked_sub(1).filter(|to| *to >= from) else { return Ok(Vec::new()) };
        self.ask_now(Self::range_questions(from, to)).await
    }

    fn range_questions(from: u64, to: u64) -> Vec<Statement> {
        let bounds = || vec![Bind::from(from), Bind::from(to)];
        let sql =
            format!("{COLUMNS} WHERE r.position >= $1 AND r.position <= $2 ORDER BY r.position");
        vec![Statement::new(sql, bounds()), Statement::new(PERSONAL, bounds())]
    }

    /// The records at some positions, in the order of the positions, each once; they are held in memory.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`], also where a position has no record.
    pub async fn at(&self, positions: &[u64]) -> Result<Vec<Stored>, Error> {
        let mut positions: Vec<u64> = positions.to_vec();
        positions.sort_unstable();
        positions.dedup();
        let mut questions = Vec::new();
        for positions in positions.chunks(MOST) {
            let values = || positions.iter().map(|position| Bind::from(*position)).collect();
            let mut records = among(&format!("{COLUMNS} WHERE r.position IN"), values());
            records.sql.to_mut().push_str(" ORDER BY r.position");
            let mut parts = among(PARTS_AT, values());
            parts.sql.to_mut().push_str(" ORDER BY position, place");
            questions.extend([records, parts]);
        }
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.ask(questions).await?;
        if found.len() != positions.len() {
            return Err(Error::damaged("a position has no record"));
        }
        Ok(found)
    }

    /// What some records say, in the order of their positions: as [`at`](Self::at), without what proves them and without personal parts.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`], also where a position has no record.
    pub async fn said_at(&self, positions: &[u64]) -> Result<Vec<Said>, Error> {
        const SAID: &str = "SELECT position, id, valid_at, recorded_at, envelope, open_part \
             FROM record WHERE position";
        let mut found = Vec::with_capacity(positions.len());
        for positions in positions.chunks(MOST) {
            let (Some(first), Some(last)) = (positions.first(), positions.last()) else { continue };
            // Neighbours are read as a range, and what lies between few others with them.
            let is_dense = last - first < positions.len() as u64 * 2;
            let mut question = match is_dense {
                true => Statement::new(
                    format!("{SAID} BETWEEN $1 AND $2"),
                    vec![(*first).into(), (*last).into()],
                ),
                false => {
                    let values = positions.iter().map(|position| Bind::from(*position));
                    among(&format!("{SAID} IN"), values.collect())
                }
            };
            question.sql.to_mut().push_str(" ORDER BY position");
            let rows = self.db.query(&question.sql, question.binds).await?;
            let mut wanted = positions.iter().peekable();
            for mut row in rows {
                let position: u64 = row.take(0)?;
                if wanted.next_if(|wanted| **wanted == position).is_none() {
                    continue;
                }
                found.push(Said {
                    position,
                    id: row.take(1)?,
                    valid_at: row.take(2)?,
                    recorded_at: row.take(3)?,
                    envelope: row.take(4)?,
                    open: row.take(5)?,
                });
            }
            if wanted.peek().is_some() {
                return Err(Error::damaged("a position has no record"));
            }
        }
        Ok(found)
    }

    /// Records that the program wrote about people, of one of its kinds, in the order of their
    /// positions from one on.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn of_people(
        &self,
        kind: &str,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Stored>, Error> {
        let sql = format!(
            "{COLUMNS} WHERE {PEOPLE} AND r.kind = $1 AND r.position >= $2 \
             ORDER BY r.kind, r.position LIMIT $3"
        );
        let binds = vec![kind.into(), from.into(), (limit as u64).into()];
        self.db.query(&sql, binds).await?.into_iter().map(stored).collect()
    }

    /// As [`of_people`](Self::of_people), the newest first, before a position.
    ///
    /// # Errors
    /// As there.
    pub async fn latest_of_people(
        &self,
        kind: &str,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Stored>, Error> {
        let sql = format!(
            "{COLUMNS} WHERE {PEOPLE} AND r.kind = $1 AND r.position < $2 \
             ORDER BY r.kind DESC, r.position DESC LIMIT $3"
        );
        let binds = vec![kind.into(), before.into(), (limit as u64).into()];
        self.db.query(&sql, binds).await?.into_iter().map(stored).collect()
    }

    async fn ask(&self, questions: Vec<Statement>) -> Result<Vec<Stored>, Error> {
        together(self.db.query_all(questions).await?)
    }

    async fn ask_now(&self, questions: Vec<Statement>) -> Result<Vec<Stored>, Error> {
        together(self.db.query_all_now(questions).await?)
    }
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its position.
    pub position: u64,
    /// Its id, as text.
    pub id: String,
    /// When it happened.
    pub valid_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Its heading, canonical.
    pub envelope: Vec<u8>,
    /// Its open part, canonical.
    pub open: Vec<u8>,
}

/// Puts records and their personal parts together: after each answer of records comes that of their
/// parts.
fn together(answers: Vec<Vec<Row>>) -> Result<Vec<Stored>, Error> {
    let mut all: Vec<Stored> = Vec::with_capacity(answers.iter().step_by(2).map(Vec::len).sum());
    let mut answers = answers.into_iter();
    while let (Some(records), Some(parts)) = (answers.next(), answers.next()) {
        let from = all.len();
        for record in records {
            all.push(stored(record)?);
        }
        let mut at = all.iter_mut().skip(from).peekable();
        for mut part in parts {
            let position: u64 = part.take(0)?;
            while at.next_if(|record| record.position < position).is_some() {}
            // A record that came between the two questions is not in the answer to the first.
            if let Some(record) = at.peek_mut().filter(|record| record.position == position) {
                let part = PersonalSealed { person: part.take(1)?, sealed: part.take(2)? };
                record.personal.push(part);
            }
        }
    }
    Ok(all)
}

fn stored(mut row: Row) -> Result<Stored, Error> {
    let position = row.take(0)?;
    let content: [u8; 32] = row.take(9)?;
    Ok(Stored {
        position,
        id: row.take(1)?,
        kind: row.take(2)?,
        valid_at: row.take(3)?,
        recorded_at: row.take(4)?,
        batch: row.take(5)?,
        corrects: row.take(6)?,
        withdraws: row.take(7)?,
        closes: row.take(8)?,
        content: Digest::from(content),
        unique_keys: row.take(10)?,
        envelope: row.take(11)?,
        open: row.take(12)?,
        personal: Vec::new(),
        nonce: row.take(13)?,
        leaf: row.take(14)?,
        class: row.take(15)?,
    })
}
