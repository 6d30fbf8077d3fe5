//! Work that outlives the request that asked for it: the queue, how far each job is, what came of it.
//!
//! A process that runs a job holds it under its own name: a **lease**. Each note of progress is
//! written under that name and under the writer's fence, and changes nothing where the lease is
//! another's. A lease has no clock: one process at a time writes to a store, and the one that starts
//! takes back what those before it held ([`release`]).

use model::{RecordId, Timestamp};

use crate::db::{Bind, Db, Row, Statement};
use crate::error::Error;

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It is to be done, or to be gone on with.
    Waiting,
    /// It is being done, or will be gone on with at the next start.
    Running,
    /// It is done.
    Done,
    /// It ended without doing what was asked, because that was wrong.
    Refused,
    /// Somebody ended it.
    Cancelled,
    /// It ended by a fault of the program.
    Failed,
}

impl JobState {
    const ALL: [Self; 6] =
        [Self::Waiting, Self::Running, Self::Done, Self::Refused, Self::Cancelled, Self::Failed];

    /// The word in the store and in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more comes of it.
    pub fn is_end(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// Who asked for a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asker {
    /// The account, as a pseudonym.
    pub account: String,
    /// The office or organization that they act for.
    pub on_behalf_of: String,
    /// The office in which their permissions count, where they are held in one.
    pub office: Option<String>,
    /// The grant by which it was let in; none for a program.
    pub grant: Option<RecordId>,
}

impl Asker {
    /// From the columns `account, on_behalf_of, office, role_grant` of a row, the first of them at a place.
    pub(crate) fn of(row: &mut Row, first: usize) -> Result<Self, Error> {
        Ok(Self {
            account: row.take(first)?,
            on_behalf_of: row.take(first + 1)?,
            office: row.take(first + 2)?,
            grant: row.take(first + 3)?,
        })
    }

    /// The values of those columns.
    pub(crate) fn binds(&self) -> [Bind; 4] {
        [
            self.account.as_str().into(),
            self.on_behalf_of.as_str().into(),
            self.office.as_deref().into(),
            self.grant.into(),
        ]
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
    /// Jobs of one resource are done one after another.
    pub resource: Option<String>,
    /// Who asked for it.
    pub asker: Asker,
    /// What was asked for, as JSON; none for a stream, which is no work of the queue.
    pub parameters: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When this was last written.
    pub updated_at: Timestamp,
    /// How much is done.
    pub done: u64,
    /// Of how much, where that is known.
    pub total: Option<u64>,
    /// How many faults were met.
    pub faults: u64,
    /// Whether somebody asked that it end.
    pub cancel: bool,
    /// What keeps it from going on just now, as JSON.
    pub trouble: Option<String>,
    /// What came of it, as JSON.
    pub result: Option<String>,
    /// Until when the files that it left are kept; none where there are none, or no more.
    pub files_until: Option<Timestamp>,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// How much is done.
    pub done: u64,
    /// Of how much, where that is known.
    pub total: Option<u64>,
    /// How many faults were met.
    pub faults: u64,
}

const COLUMNS: &str = "SELECT id, kind, state, resource, account, on_behalf_of, office, role_grant, \
     parameters, created_at, updated_at, done, total, faults, cancel, trouble, result, files_until \
     FROM job";

/// In the words of the index of those that have not ended: SQLite sees by no others that it serves.
const OPEN: &str = "state IN ('waiting', 'running')";

/// Writes a job, in place of what was written of it before. Under the id of a job of the queue, or of
/// somebody else's, nothing is written: the id of a stream is its sender's to choose.
pub fn put(job: &Job) -> Statement {
    let [account, on_behalf_of, office, grant] = job.asker.binds();
    Statement::new(
        "INSERT INTO job (id, kind, state, resource, account, on_behalf_of, office, role_grant, \
         parameters, created_at, updated_at, done, total, faults, cancel, trouble, result, \
         files_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
         $16, $17, $18) \
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at, \
         done = excluded.done, total = excluded.total, faults = excluded.faults, \
         cancel = excluded.cancel, trouble = excluded.trouble, result = excluded.result, \
         files_until = excluded.files_until \
         WHERE job.parameters IS NULL AND job.on_behalf_of = excluded.on_behalf_of",
        vec![
            job.id.into(),
            job.kind.as_str().into(),
            job.state.word().into(),
            job.resource.as_deref().into(),
            account,
            on_behalf_of,
            office,
            grant,
            job.parameters.as_deref().into(),
            job.created_at.into(),
            job.updated_at.into(),
            job.done.into(),
            job.total.into(),
            job.faults.into(),
            i64::from(job.cancel).into(),
            job.trouble.as_deref().into(),
            job.result.as_deref().into(),
            job.files_until.into(),
        ],
    )
}

/// Gives a waiting job to a runner; changes no row where it waits no more. A runner to whom it was
/// given, and who was not told so, takes it again.
pub fn take(id: RecordId, runner: &str, now: Timestamp) -> Statement {
    const SQL: &str = "UPDATE job SET state = 'running', runner = $1, updated_at = $2, \
         trouble = NULL WHERE id = $3 AND (state = 'waiting' OR state = 'running' AND runner = $1)";
    Statement::new(SQL, vec![runner.into(), now.into(), id.into()])
}

/// Takes back what other runners held: they are gone, or the fence keeps them out.
pub fn release(runner: &str) -> Statement {
    const SQL: &str = "UPDATE job SET state = 'waiting', runner = NULL \
         WHERE state = 'running' AND runner IS NOT NULL AND runner <> $1";
    Statement::new(SQL, vec![runner.into()])
}

/// Notes how far a job is, and from where it can be gone on with; changes no row where the runner
/// does not hold it.
pub fn advance(
    id: RecordId,
    runner: &str,
    now: Timestamp,
    progress: Progress,
    checkpoint: &str,
) -> Statement {
    const SQL: &str = "UPDATE job SET updated_at = $1, done = $2, total = $3, faults = $4, \
         checkpoint = $5, trouble = NULL WHERE id = $6 AND runner = $7 AND state = 'running'";
    Statement::new(
        SQL,
        vec![
            now.into(),
            progress.done.into(),
            progress.total.into(),
            progress.faults.into(),
            checkpoint.into(),
            id.into(),
            runner.into(),
        ],
    )
}

/// Notes what keeps a job from going on just now.
pub fn set_trouble(id: RecordId, runner: &str, now: Timestamp, trouble: &str) -> Statement {
    const SQL: &str = "UPDATE job SET trouble = $1, updated_at = $2 \
         WHERE id = $3 AND runner = $4 AND state = 'running'";
    Statement::new(SQL, vec![trouble.into(), now.into(), id.into(), runner.into()])
}

/// How a job ended.
#[derive(Debug, Clone, Copy)]
pub struct End<'a> {
    /// How it stands from here on.
    pub state: JobState,
    /// How far it came.
    pub progress: Progress,
    /// What came of it, as JSON.
    pub result: &'a str,
    /// Until when its files are kept, where it left some.
    pub files_until: Option<Timestamp>,
}

/// Notes how a job ended; changes no row where the runner does not hold it. What it went on from is
/// forgotten.
pub fn finish(id: RecordId, runner: &str, now: Timestamp, end: End<'_>) -> Statement {
    const SQL: &str = "UPDATE job SET state = $1, updated_at = $2, done = $3, total = $4, \
         faults = $5, result = $6, files_until = $7, checkpoint = NULL, trouble = NULL, \
         runner = NULL WHERE id = $8 AND runner = $9 AND state = 'running'";
    Statement::new(
        SQL,
        vec![
            end.state.word().into(),
            now.into(),
            end.progress.done.into(),
            end.progress.total.into(),
            end.progress.faults.into(),
            end.result.into(),
            end.files_until.into(),
            id.into(),
            runner.into(),
        ],
    )
}

/// Asks that a job end; changes no row where it has ended, or is none of the queue.
pub fn ask_to_end(id: RecordId, now: Timestamp) -> Statement {
    const SQL: &str = "UPDATE job SET cancel = 1, updated_at = $1 WHERE id = $2 AND cancel = 0 \
         AND parameters IS NOT NULL AND state IN ('waiting', 'running')";
    Statement::new(SQL, vec![now.into(), id.into()])
}

/// Notes that the files of a job are gone.
pub fn drop_files(id: RecordId) -> Statement {
    Statement::new("UPDATE job SET files_until = NULL WHERE id = $1", vec![id.into()])
}

/// Forgets jobs that ended before a time and have no files any more.
pub fn forget(before: Timestamp) -> Statement {
    // What ended before was asked for before: of that there is an index.
    const SQL: &str = "DELETE FROM job WHERE created_at < $1 AND updated_at < $1 \
         AND files_until IS NULL AND state NOT IN ('waiting', 'running')";
    Statement::new(SQL, vec![before.into()])
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

    /// The latest jobs, the newest first: all, or those that an account asked for.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn jobs(&self, account: Option<&str>, limit: usize) -> Result<Vec<Job>, Error> {
        let mut binds: Vec<Bind> = vec![(limit as u64).into()];
        let mut of = "";
        if let Some(account) = account {
            of = " WHERE account = $2";
            binds.push(account.into());
        }
        let sql = format!("{COLUMNS}{of} ORDER BY created_at DESC, id DESC LIMIT $1");
        self.query(&sql, binds).await?.into_iter().map(job).collect()
    }

    /// The latest jobs of a kind that an account asked for, the newest first, before one of them.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn jobs_of_kind(
        &self,
        kind: &str,
        account: &str,
        before: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<Job>, Error> {
        let mut binds: Vec<Bind> = vec![(limit as u64).into(), kind.into(), account.into()];
        let mut of = "";
        if let Some(before) = before {
            // Ids rise with the time at which they were made.
            of = " AND id < $4";
            binds.push(before.into());
        }
        let sql =
            format!("{COLUMNS} WHERE kind = $2 AND account = $3{of} ORDER BY id DESC LIMIT $1");
        self.query(&sql, binds).await?.into_iter().map(job).collect()
    }

    /// The job that is to be done next: the oldest that waits and whose resource nobody uses, but
    /// before all others one that is to end. One that is to take something back uses its resource too.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn next_job(&self) -> Result<Option<Job>, Error> {
        let sql = format!(
            "{COLUMNS} WHERE {OPEN} AND state = 'waiting' AND parameters IS NOT NULL AND \
             (cancel = 1 AND checkpoint IS NULL OR resource IS NULL OR resource NOT IN (\
             SELECT r.resource FROM job r WHERE r.{OPEN} AND r.state = 'running' \
             AND r.resource IS NOT NULL)) ORDER BY cancel DESC, created_at, id LIMIT 1"
        );
        self.first(&sql, vec![]).await?.map(job).transpose()
    }

    /// From where a job can be gone on with, as JSON; none where it has not begun.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn job_checkpoint(&self, id: RecordId) -> Result<Option<String>, Error> {
        let row = self.first("SELECT checkpoint FROM job WHERE id = $1", vec![id.into()]).await?;
        Ok(row.map(|mut row| row.take(0)).transpose()?.flatten())
    }

    /// How many jobs of an account have not ended.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn jobs_open(&self, account: &str) -> Result<u64, Error> {
        let sql = format!(
            "SELECT COUNT(*) FROM job WHERE {OPEN} AND account = $1 AND parameters IS NOT NULL"
        );
        let row = self.first(&sql, vec![account.into()]).await?;
        row.ok_or_else(|| Error::damaged("a count without a row"))?.take(0)
    }

    /// The jobs that left files which are still kept.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn jobs_with_files(&self) -> Result<Vec<Job>, Error> {
        let sql = format!("{COLUMNS} WHERE files_until IS NOT NULL ORDER BY files_until");
        self.query(&sql, vec![]).await?.into_iter().map(job).collect()
    }

    /// The jobs whose files are to go: those that are kept until before a time.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn jobs_with_files_until(&self, before: Timestamp) -> Result<Vec<RecordId>, Error> {
        let sql = "SELECT id FROM job WHERE files_until < $1 ORDER BY files_until LIMIT 1000";
        let rows = self.query(sql, vec![before.into()]).await?;
        rows.into_iter().map(|mut row| row.take(0)).collect()
    }
}

fn job(mut row: Row) -> Result<Job, Error> {
    let word: String = row.take(2)?;
    let state = JobState::ALL.into_iter().find(|state| state.word() == word);
    Ok(Job {
        id: row.take(0)?,
        kind: row.take(1)?,
        state: state.ok_or_else(|| Error::damaged(format!("a job in the state {word}")))?,
        resource: row.take(3)?,
        asker: Asker::of(&mut row, 4)?,
        parameters: row.take(8)?,
        created_at: row.take(9)?,
        updated_at: row.take(10)?,
        done: row.take(11)?,
        total: row.take(12)?,
        faults: row.take(13)?,
        cancel: row.take::<i64>(14)? != 0,
        trouble: row.take(15)?,
        result: row.take(16)?,
        files_until: row.take(17)?,
    })
}
