//! Jobs: work that outlives the request that asked for it.
//!
//! | module | what |
//! |---|---|
//! | [`work`] | what a kind of job is: its parameters, its steps, what comes of it |
//! | `runner` | takes jobs out of the queue in the store and carries them out |
//! | `file` | the files that jobs leave: who may take them away, until when |
//! | `stream` | streams, which are no work of the queue but are asked for in the same way |
//!
//! # How a kind is added
//! 1. A type in the folder of its feature that implements [`Work`]: `KIND` is its name in the store
//!    (`"import"`), `Parameters` what is asked for, `Checkpoint` from where it can be gone on with.
//!    Both are kept as JSON, so a field that is added later needs `#[serde(default)]`.
//!    * `begin(order, parameters, checkpoint)` makes it ready; with a checkpoint the program was
//!      stopped, or the store did not answer for a while. What lies in memory (an open file, a
//!      parsed sheet) is made here and kept in `self` from step to step.
//!    * `step` does a piece that takes about a second at most and returns [`Step::More`] with how far
//!      it is and a checkpoint, or [`Step::Done`] with the [`Outcome`]. Between two steps it is seen
//!      whether somebody asked for an end. What computes or reads long goes through
//!      `tokio::task::spawn_blocking`, so that it holds up nobody.
//!    * Checkpoints are noted a few times a second and behind the step. **What was done since the
//!      last one is done again after a kill**: give records ids that follow from the job's and the
//!      row's number (then the writer recognises them), write files anew from where the checkpoint
//!      says.
//!    * `undo` is called instead of the next step when somebody ended it.
//!    * An error that is [`Rejection::Store`] and may pass is waited out: the job stays, says why it
//!      waits, and begins again from its last checkpoint. Every other error ends it as refused, with
//!      the faults told.
//! 2. A line for it in `Jobs::new`.
//! 3. Whoever asks calls [`System::ask_job`] with the permission that it takes and on what; the door
//!    decides, the grant is noted with the job, and each step sees in [`Order::who`] the person with
//!    the rights of that moment. When the grant ends, so does the job.
//! 4. `resource` names what only one job at a time may use (`"import"`, `"export/a-17"`). Jobs of
//!    one resource are done in the order in which they were asked for.
//! 5. Files: write to `order.path("report.xlsx")`, then give the [`ResultFile`] of
//!    [`Order::finished`] in the outcome. Only who asked may take them away, each time noted first.
//!
//! The pages under `/console/system/jobs` show every kind with its label, progress, faults, files and
//! what it leads to; a kind needs none of its own.

mod file;
mod runner;
mod stream;
pub mod work;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use codes::Label;
use model::{RecordId, Timestamp};
use store::job::{Asker, Job, JobState, ask_to_end, put};
use tokio::sync::Notify;

pub use work::{Order, Outcome, Progress, ResultFile, Said, Step, ToldFault, Work};

pub(crate) use file::file_fault;
pub(crate) use runner::Askers;
pub(crate) use stream::{StreamJob, faults_json};

use self::work::Entry;
use crate::Door;
use crate::door::{Decision, Principal, Target, decide};
use crate::fault::{Fault, Rejection};
use crate::keys::random;
use crate::people::audit;
use crate::people::audit::Went;
use crate::reading::READ;
use crate::system::System;

/// The permission to see and end the jobs of all.
pub const OPERATE: &str = "system.operate";

/// Jobs of one account that have not ended, at most.
const MOST_OPEN: u64 = 20;

/// What a running program knows of jobs.
pub struct Jobs {
    kinds: RwLock<BTreeMap<&'static str, Entry>>,
    /// Under which name this process holds jobs.
    runner: String,
    wake: Arc<Notify>,
    is_started: AtomicBool,
    is_stopping: Arc<AtomicBool>,
    /// Until when this process erased somebody, in µs; 0: it erased nobody.
    reached: AtomicI64,
    /// Those that are being carried out, and whether each is to end.
    under_way: Mutex<HashMap<RecordId, Arc<AtomicBool>>>,
}

/// What is asked of the door for a job.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ask<'a> {
    /// The permission that it takes.
    pub permission: &'a str,
    /// On what.
    pub target: Target<'a>,
    /// What for, in the words of who asks.
    pub purpose: Option<&'a str>,
}

impl Jobs {
    /// The kinds of job of the program.
    pub(crate) fn new() -> Self {
        let runner: [u8; 8] = random();
        let jobs = Self {
            kinds: RwLock::default(),
            runner: format!("{:016x}", u64::from_be_bytes(runner)),
            wake: Arc::default(),
            is_started: AtomicBool::new(false),
            is_stopping: Arc::default(),
            reached: AtomicI64::new(0),
            under_way: Mutex::default(),
        };
        jobs.add::<crate::import::work::Import>();
        jobs.add::<crate::export::work::Export>();
        jobs.add::<crate::epcis::work::Capture>();
        jobs
    }

    /// Adds a kind; one of the same name before it is replaced.
    pub fn add<W: Work>(&self) {
        let mut kinds = self.kinds.write().unwrap_or_else(PoisonError::into_inner);
        kinds.insert(W::KIND, Entry::of::<W>());
    }

    fn entry(&self, kind: &str) -> Option<Entry> {
        self.kinds.read().unwrap_or_else(PoisonError::into_inner).get(kind).copied()
    }

    /// What a job is called on pages.
    pub fn label(&self, job: &Job) -> Label {
        let of_kind = self.entry(&job.kind).zip(job.parameters.as_deref());
        of_kind.and_then(|(entry, parameters)| (entry.label)(parameters)).unwrap_or_else(|| {
            match job.kind.as_str() {
                stream::KIND => {
                    Label { zh: "数据流".to_owned(), en: "Stream of records".to_owned() }
                }
                other => Label { zh: other.to_owned(), en: other.to_owned() },
            }
        })
    }

    /// Notes that somebody was erased: files that were asked for before may say something of them.
    pub(crate) fn reach(&self, now: Timestamp) {
        self.reached.fetch_max(now.micros(), Ordering::SeqCst);
    }

    /// Until when this process erased somebody.
    pub(crate) fn reached(&self) -> Option<Timestamp> {
        Some(self.reached.load(Ordering::SeqCst)).filter(|at| *at > 0).map(Timestamp::from_micros)
    }

    fn under_way(&self) -> std::sync::MutexGuard<'_, HashMap<RecordId, Arc<AtomicBool>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Jobs {
    /// The runner looks up and finds that the program is gone.
    fn drop(&mut self) {
        self.wake.notify_one();
    }
}

impl System {
    /// The kinds of job, for adding one.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Whether a job is being carried out just now.
    pub(crate) fn is_under_way(&self, id: RecordId) -> bool {
        self.jobs.under_way().contains_key(&id)
    }

    /// Puts a job into the queue and returns its id.
    ///
    /// # Errors
    /// No permission; too many jobs of the account that have not ended; a fault of the store.
    pub async fn ask_job<W: Work>(
        self: &Arc<Self>,
        who: &Principal,
        ask: Ask<'_>,
        parameters: &W::Parameters,
    ) -> Result<RecordId, Rejection> {
        let now = self.clock().now();
        let pack = self.pack();
        let door = Door::new(&pack, crate::time::day(now));
        door.authorize(who, ask.permission, ask.target)?;
        let grant = who.person.as_ref().and_then(|person| {
            let held = person.held();
            match decide(&held, &who.on_behalf_of, ask.permission, &ask.target) {
                Decision::Allowed(at) => held.holdings().get(at).map(|holding| holding.grant),
                Decision::Denied(_) => None,
            }
        });
        let open = self.reader().db().jobs_open(&who.account).await?;
        if open >= MOST_OPEN {
            return Err(Rejection::Conflict(Fault::new(
                "job.too_many",
                format!("you have {open} jobs that have not ended; wait for one, or end one"),
                format!("您有 {open} 个任务尚未结束；请等待其完成，或终止其中之一"),
            )));
        }
        let text = serde_json::to_string(parameters).map_err(|e| store::Error::Unavailable {
            reason: format!("the parameters of a job: {e}"),
        })?;
        let job = Job {
            id: RecordId::new(now, &random()),
            kind: W::KIND.to_owned(),
            state: JobState::Waiting,
            resource: W::resource(parameters),
            asker: Asker {
                account: who.account.clone(),
                on_behalf_of: who.on_behalf_of.clone(),
                office: who.office.clone(),
                grant,
            },
            parameters: Some(text),
            created_at: now,
            updated_at: now,
            done: 0,
            total: None,
            faults: 0,
            cancel: false,
            trouble: None,
            result: None,
            files_until: None,
        };
        let label = W::label(parameters);
        let detail = format!("{} {}", job.id, label.zh);
        let entry = audit::Entry {
            permission: Some(ask.permission),
            purpose: ask.purpose,
            detail: Some(&detail),
            ..audit::Entry::of("job-ask")
        };
        self.audit(who, Went::Done, entry).await?;
        self.writer().write(vec![put(&job)]).await?;
        self.start_jobs();
        self.jobs.wake.notify_one();
        Ok(job.id)
    }

    /// The job with an id: who asked for it, who operates the system, and, for a stream, whoever may
    /// read.
    ///
    /// # Errors
    /// No such job, or not for the eyes of who asks; a fault of the store.
    pub async fn job(&self, who: &Principal, id: RecordId) -> Result<Job, Rejection> {
        let job = self.reader().db().job(id).await?.ok_or_else(|| not_found(id))?;
        let may = |permission| {
            let pack = self.pack();
            let today = crate::time::day(self.clock().now());
            Door::new(&pack, today).authorize(who, permission, Target::default()).is_ok()
        };
        let is_shown = job.asker.account == who.account
            || may(OPERATE)
            || job.kind == stream::KIND && may(READ);
        if is_shown { Ok(job) } else { Err(not_found(id)) }
    }

    /// The latest jobs, the newest first: those of who asks, or, for who operates the system, of all.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn jobs_shown(&self, who: &Principal, limit: usize) -> Result<Vec<Job>, Rejection> {
        let pack = self.pack();
        let today = crate::time::day(self.clock().now());
        let is_operator =
            Door::new(&pack, today).authorize(who, OPERATE, Target::default()).is_ok();
        let account = (!is_operator).then_some(who.account.as_str());
        Ok(self.reader().db().jobs(account, limit).await?)
    }

    /// Asks that a job end. It does so before its next step, and takes back what its kind takes back.
    ///
    /// # Errors
    /// No such job for who asks; one that has ended; a fault of the store.
    pub async fn cancel_job(
        self: &Arc<Self>,
        who: &Principal,
        id: RecordId,
    ) -> Result<(), Rejection> {
        let job = self.job(who, id).await?;
        let is_over = job.state.is_end() || job.parameters.is_none();
        let changed = match is_over {
            true => 0,
            false => {
                let detail = format!("{id} {}", self.jobs.label(&job).zh);
                let account = Some(job.asker.account.as_str());
                let entry = audit::Entry {
                    account,
                    detail: Some(&detail),
                    ..audit::Entry::of("job-cancel")
                };
                self.audit(who, Went::Done, entry).await?;
                self.writer().write(vec![ask_to_end(id, self.clock().now())]).await?
            }
        };
        if changed == 0 && !job.cancel {
            return Err(Rejection::Conflict(Fault::new(
                "job.over",
                format!("the job {id} has ended, or cannot be ended; look at what came of it"),
                format!("任务 {id} 已经结束或不能终止；请查看其结果"),
            )));
        }
        if let Some(flag) = self.jobs.under_way().get(&id) {
            flag.store(true, Ordering::Relaxed);
        }
        self.start_jobs();
        self.jobs.wake.notify_one();
        Ok(())
    }

    /// Waits until a job has ended, and returns it; for commands and tests.
    ///
    /// # Errors
    /// As [`job`](Self::job).
    pub async fn job_ended(&self, who: &Principal, id: RecordId) -> Result<Job, Rejection> {
        loop {
            let job = self.job(who, id).await?;
            if job.state.is_end() {
                return Ok(job);
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }
}

fn not_found(id: RecordId) -> Rejection {
    Rejection::NotFound(Fault::new(
        "job.not_found",
        format!("there is no job {id} of yours; a stream's job has the id of its batch"),
        format!("您没有任务 {id}；数据流的任务编号即其批次编号"),
    ))
}
