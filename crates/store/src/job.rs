//! Work that outlives the request that asked for it: how far it is, and what came of it.

use model::{RecordId, Timestamp};

use crate::db::{Db, Row, Statement};
use crate::error::Error;

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It is being done, or will be gone on with at the next start.
    Running,
    /// It is done.
    Done,
    /// It ended without doing what was asked, because that was wrong.
    Refused,
}

impl JobState {
    const ALL: [Self; 3] = [Self::Running, Self::Done, Self::Refused];

    /// The word in the store and in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id; that of a stream is the id of its batch.
    pub id: RecordId,
    /// What sort of work it is.
    pub kind: String,
    /// How it stands.
    pub state: JobState,
    /// Who asked for it.
    pub account: String,
    /// When.
    pub created_at: Timestamp,
    /// When this was last written.
    pub updated_at: Timestamp,
    /// How much is done.
    pub done: u64,
    /// Of how much, where that is known.
    pub total: Option<u64>,
    /// How many faults were met.
    pub faults: u64,
    /// What came of it, as JSON.
    pub result: Option<String>,
}

const COLUMNS: &str = "SELECT id, kind, state, account, created_at, updated_at, done, total, faults, \
     result FROM job";

/// Writes a job, in place of what was written of it before.
pub fn put(job: &Job) -> Statement {
    Statement::new(
        "INSERT INTO job (id, kind, state, account, created_at, updated_at, done, total, faults, \
         result) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at, \
         done = excluded.done, total = excluded.total, faults = excluded.faults, \
         result = excluded.result",
        vec![
            job.id.into(),
            job.kind.as_str().into(),
            job.state.word().into(),
            job.account.as_str().into(),
            job.created_at.into(),
            job.updated_at.into(),
            job.done.into(),
            job.total.into(),
            job.faults.into(),
            job.result.as_deref().into(),
        ],
    )
}

impl Db {
    /// The job with an id.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn job(&self, id: RecordId) -> Result<Option<Job>, Error> {
        let row = self.first(&format!("{COLUMNS} WHERE id = $1"), vec![id.into()]).await?;
        row.map(job).transpose()
    }

    /// The latest jobs, the newest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn jobs(&self, limit: usize) -> Result<Vec<Job>, Error> {
        let sql = format!("{COLUMNS} ORDER BY created_at DESC, id DESC LIMIT $1");
        self.query(&sql, vec![(limit as u64).into()]).await?.into_iter().map(job).collect()
    }
}

fn job(mut row: Row) -> Result<Job, Error> {
    let word: String = row.take(2)?;
    let state = JobState::ALL.into_iter().find(|state| state.word() == word);
    Ok(Job {
        id: row.take(0)?,
        kind: row.take(1)?,
        state: state.ok_or_else(|| Error::damaged(format!("a job in the state {word}")))?,
        account: row.take(3)?,
        created_at: row.take(4)?,
        updated_at: row.take(5)?,
        done: row.take(6)?,
        total: row.take(7)?,
        faults: row.take(8)?,
        result: row.take(9)?,
    })
}
