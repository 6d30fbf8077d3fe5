//! Carries jobs out: takes them out of the queue, step by step, and notes how far they are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use model::Timestamp;
use serde_json::Value;
use store::job::{
    Asker, End, Job, JobState, Progress, advance, drop_files, finish, forget, release, take,
};
use tokio::sync::Semaphore;

use super::work::{Entry, Order, Outcome, Step, ToldFault};
use super::{Jobs, file};
use crate::door::Principal;
use crate::fault::{Fault, Rejection, store_fault};
use crate::people::audit::{self, Went};
use crate::system::System;
use crate::token::Token;

/// Jobs that are carried out at once.
const AT_ONCE: usize = 2;
/// How often progress is noted at most.
const NOTED: Duration = Duration::from_millis(300);
/// How often the queue is looked at without anybody saying so, and files are swept away.
const PAUSE: Duration = Duration::from_secs(60);
/// The first and the longest wait after a fault of the store.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// For how long what came of a job is kept, in µs.
const REMEMBERED: i64 = 400 * 86_400_000_000;

impl System {
    /// Begins to carry jobs out, also those that were under way when the program last stopped.
    /// Called again it does nothing.
    pub fn start_jobs(self: &Arc<Self>) {
        if self.jobs.is_started.swap(true, Ordering::Relaxed) {
            return;
        }
        let wake = Arc::clone(&self.jobs.wake);
        let stopping = Arc::clone(&self.jobs.is_stopping);
        tokio::spawn(run(Arc::downgrade(self), wake, stopping));
    }

    /// Lets no further step of a job begin, and waits for those that are under way. They are gone on
    /// with at the next start.
    pub async fn stop_jobs(&self) {
        self.jobs.is_stopping.store(true, Ordering::Relaxed);
        self.jobs.wake.notify_one();
        while !self.jobs.under_way().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn run(system: Weak<System>, wake: Arc<tokio::sync::Notify>, stopping: Arc<AtomicBool>) {
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut is_released = false;
    let mut swept: Option<Instant> = None;
    while !stopping.load(Ordering::Relaxed) {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let Some(running) = system.upgrade() else { return };
        let found = async {
            if !is_released {
                running.writer().write(vec![release(&running.jobs.runner)]).await?;
                is_released = true;
                remove_left_over(&running).await?;
            }
            running.reader().db().next_job().await
        };
        match found.await {
            Ok(Some(job)) => {
                let id = job.id;
                let flag = Arc::new(AtomicBool::new(job.cancel));
                running.jobs.under_way().insert(id, Arc::clone(&flag));
                let under_way = UnderWay { system: Arc::clone(&running), id };
                let wake = Arc::clone(&wake);
                if !taken(&running, id).await {
                    continue;
                }
                tokio::spawn(async move {
                    // A task of its own: where it panics, that is what came of the job.
                    let carried = tokio::spawn(carry_out(Arc::clone(&running), job, flag)).await;
                    if let Err(error) = carried
                        && error.is_panic()
                    {
                        tracing::error!(job = %id, "a job failed");
                        end_failed(&running, id).await;
                    }
                    drop(under_way);
                    drop(running);
                    drop(permit);
                    wake.notify_one();
                });
            }
            Ok(None) => {
                drop(permit);
                if swept.is_none_or(|at| at.elapsed() >= PAUSE) {
                    swept = Some(Instant::now());
                    if let Err(error) = sweep(&running).await {
                        tracing::warn!(%error, "files of jobs that are kept no longer");
                    }
                }
                drop(running);
                let _ = tokio::time::timeout(PAUSE, wake.notified()).await;
            }
            Err(error) => {
                tracing::warn!(%error, "the queue of jobs");
                drop((permit, running));
                tokio::time::sleep(WAITS.0).await;
            }
        }
    }
}

/// Takes a job out of the queue; false where it waits no more. A fault of the store does not say
/// whether it was taken, so it is asked for until the store answers.
async fn taken(system: &Arc<System>, id: model::RecordId) -> bool {
    while !system.jobs.is_stopping.load(Ordering::Relaxed) {
        let note = take(id, &system.jobs.runner, system.clock().now());
        match system.writer().write(vec![note]).await {
            Ok(changed) => return changed > 0,
            Err(error) if error.may_pass() => tokio::time::sleep(WAITS.0).await,
            Err(error) => {
                tracing::warn!(job = %id, %error, "a job is left for the next start");
                tokio::time::sleep(WAITS.0).await;
                return false;
            }
        }
    }
    false
}

/// A job that is being carried out, until this is dropped.
struct UnderWay {
    system: Arc<System>,
    id: model::RecordId,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.system.jobs.under_way().remove(&self.id);
    }
}

/// Looks up who asked for some things, the tokens once for all of them.
#[derive(Default)]
pub(crate) struct Askers(Option<HashMap<String, Token>>);

impl Askers {
    /// Who asked for something, with the rights of now.
    ///
    /// # Errors
    /// The grant has ended, the token is taken no longer; a fault of the store.
    pub(crate) async fn principal(
        &mut self,
        system: &System,
        asker: &Asker,
    ) -> Result<Principal, Rejection> {
        let ended = || {
            Rejection::Denied(Fault::new(
                "job.right_ended",
                "the right by which this was asked for has ended; ask somebody who has it",
                "发起此任务所依据的权限已经终止；请由有权限的人员重新发起",
            ))
        };
        let now = system.clock().now();
        let Some(grant) = asker.grant else {
            let own = [Principal::operator(), Principal::program()];
            if let Some(own) = own.into_iter().find(|own| own.account == asker.account) {
                return Ok(Principal { on_behalf_of: asker.on_behalf_of.clone(), ..own });
            }
            let token = self.tokens(system).await?.get(&asker.account);
            let token = token.filter(|token| token.revoked_at.is_none() && token.expires_at > now);
            return token.map(|token| token.principal.clone()).ok_or_else(ended);
        };
        let pack = system.pack();
        let person = system.people().person(&pack, &asker.account, crate::time::day(now));
        if !person.held().holdings().iter().any(|holding| holding.grant == grant) {
            return Err(ended());
        }
        Ok(Principal {
            on_behalf_of: asker.on_behalf_of.clone(),
            account: asker.account.clone(),
            office: asker.office.clone(),
            permissions: std::collections::BTreeSet::new(),
            person: Some(person),
        })
    }

    async fn tokens(&mut self, system: &System) -> Result<&HashMap<String, Token>, Rejection> {
        if self.0.is_none() {
            let tokens = crate::token::list(system.reader().db()).await?.into_iter();
            self.0 = Some(tokens.map(|token| (token.principal.account.clone(), token)).collect());
        }
        Ok(self.0.get_or_insert_default())
    }
}

/// How a job ends.
struct Ended {
    state: JobState,
    outcome: Outcome,
}

/// Carries a job out to its end, or until the program is to stop.
async fn carry_out(system: Arc<System>, job: Job, end: Arc<AtomicBool>) {
    let mut progress = Progress { done: job.done, total: job.total, faults: job.faults };
    let mut wait = WAITS.0;
    loop {
        match attempt(&system, &job, &end, &mut progress, &mut wait).await {
            Ok(None) => return,
            Ok(Some(ended)) => {
                // What was done is not done again because it could not be noted.
                let mut noted = false;
                while let Err(error) = note_end(&system, &job, progress, &ended, &mut noted).await {
                    if !waits(&system, &job, &error, &mut wait).await {
                        return;
                    }
                }
                return;
            }
            Err(error) if waits(&system, &job, &error, &mut wait).await => {}
            Err(_) => return,
        }
    }
}

/// One attempt from the last checkpoint on. None: the program is to stop, or the job is another's.
async fn attempt(
    system: &Arc<System>,
    job: &Job,
    end: &Arc<AtomicBool>,
    progress: &mut Progress,
    wait: &mut Duration,
) -> Result<Option<Ended>, store::Error> {
    let refused = |rejection: Rejection| match rejection {
        Rejection::Store(error) if error.is_retryable() => Err(error),
        Rejection::Store(error) => {
            tracing::error!(job = %job.id, %error, "a job failed");
            Ok(Some(Ended { state: JobState::Failed, outcome: told(&[store_fault(&error)]) }))
        }
        other => Ok(Some(Ended { state: JobState::Refused, outcome: told(&other.faults()) })),
    };
    let cancelled = |outcome| Ok(Some(Ended { state: JobState::Cancelled, outcome }));
    // Somebody may have ended it while it was taken out of the queue.
    if system.reader().db().job(job.id).await?.is_some_and(|job| job.cancel) {
        end.store(true, Ordering::Relaxed);
    }
    let checkpoint = system.reader().db().job_checkpoint(job.id).await?;
    if end.load(Ordering::Relaxed) && checkpoint.is_none() {
        return cancelled(Outcome::default());
    }
    let who = match Askers::default().principal(system, &job.asker).await {
        Ok(who) => who,
        Err(rejection) => return refused(rejection),
    };
    let order = Order {
        system: Arc::clone(system),
        who,
        id: job.id,
        folder: file::folder(system.data(), job.id),
        end: Arc::clone(end),
    };
    let Some(Entry { begin, .. }) = system.jobs.entry(&job.kind) else {
        return refused(unknown_kind(&job.kind));
    };
    let parameters = job.parameters.as_deref().unwrap_or_default();
    let mut doing = match begin(&order, parameters, checkpoint.as_deref()).await {
        Ok(doing) => doing,
        Err(rejection) => return refused(rejection),
    };
    let mut noted: Option<Instant> = None;
    loop {
        if system.jobs.is_stopping.load(Ordering::Relaxed) {
            return Ok(None);
        }
        if end.load(Ordering::Relaxed) {
            return match doing.undo(&order).await {
                Ok(outcome) => cancelled(outcome),
                Err(rejection) => refused(rejection),
            };
        }
        if noted.is_some()
            && let Err(rejection) = Askers::default().principal(system, &job.asker).await
        {
            return refused(rejection);
        }
        match doing.step(&order).await {
            Ok(Step::More(now_at, checkpoint)) => {
                *progress = now_at;
                *wait = WAITS.0;
                if noted.is_some_and(|at| at.elapsed() < NOTED) {
                    continue;
                }
                let now = system.clock().now();
                let runner = &system.jobs.runner;
                let note = advance(job.id, runner, now, now_at, &checkpoint);
                if system.writer().write(vec![note]).await? == 0 {
                    return Ok(None);
                }
                noted = Some(Instant::now());
            }
            Ok(Step::Done(now_at, outcome)) => {
                *progress = now_at;
                return Ok(Some(Ended { state: JobState::Done, outcome }));
            }
            Err(rejection) => return refused(rejection),
        }
    }
}

/// Waits after a fault of the store; false where it is not to be waited for.
async fn waits(system: &Arc<System>, job: &Job, error: &store::Error, wait: &mut Duration) -> bool {
    if !error.may_pass() || system.jobs.is_stopping.load(Ordering::Relaxed) {
        tracing::warn!(job = %job.id, %error, "a job is left for the next start");
        return false;
    }
    tracing::warn!(job = %job.id, %error, "a job waits");
    let trouble = serde_json::to_string(&ToldFault::of(None, &store_fault(error)));
    let note = store::job::set_trouble(
        job.id,
        &system.jobs.runner,
        system.clock().now(),
        trouble.as_deref().unwrap_or_default(),
    );
    // Where the store takes nothing at all, nobody can be told.
    let _ = system.writer().write(vec![note]).await;
    let until = Instant::now() + *wait;
    *wait = (*wait * 2).min(WAITS.1);
    while Instant::now() < until && !system.jobs.is_stopping.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    true
}

/// Notes how a job ended: in the audit trail, once, and then with the job.
async fn note_end(
    system: &Arc<System>,
    job: &Job,
    progress: Progress,
    ended: &Ended,
    noted: &mut bool,
) -> Result<(), store::Error> {
    let (went, keeps) = match ended.state {
        JobState::Done => (Went::Done, !ended.outcome.files.is_empty()),
        JobState::Cancelled => (Went::Done, !ended.outcome.files.is_empty()),
        JobState::Refused => (Went::Refused, false),
        _ => (Went::Failed, false),
    };
    let label = system.jobs.label(job);
    let detail = format!("{} {} {}", job.id, ended.state.word(), label.zh);
    let who = Principal {
        account: job.asker.account.clone(),
        on_behalf_of: job.asker.on_behalf_of.clone(),
        ..audit::nobody()
    };
    let rows = Some(progress.done);
    let entry = audit::Entry { rows, detail: Some(&detail), ..audit::Entry::of("job-end") };
    if !*noted {
        match system.audit(&who, went, entry).await {
            Err(Rejection::Store(error)) => return Err(error),
            Err(rejection) => tracing::error!(job = %job.id, %rejection, "the end of a job"),
            Ok(()) => {}
        }
        *noted = true;
    }
    let now = system.clock().now();
    let is_personal = ended.outcome.files.iter().any(|file| file.personal);
    let kept = if is_personal { file::KEPT_PERSONAL } else { file::KEPT };
    let files_until = keeps.then(|| Timestamp::from_micros(now.micros() + kept));
    if !keeps && let Err(error) = file::remove(system.data(), job.id) {
        tracing::warn!(job = %job.id, %error, "the files of a job");
    }
    let result = serde_json::to_string(&ended.outcome).unwrap_or_else(|_| "{}".to_owned());
    let end = End { state: ended.state, progress, result: &result, files_until };
    system.writer().write(vec![finish(job.id, &system.jobs.runner, now, end)]).await?;
    Ok(())
}

async fn end_failed(system: &Arc<System>, id: model::RecordId) {
    let Ok(Some(job)) = system.reader().db().job(id).await else { return };
    let fault = Fault::new(
        "job.failed",
        "the program failed at this; tell the operator the id of the job",
        "程序在执行中出错；请将任务编号告知运维人员",
    );
    let progress = Progress { done: job.done, total: job.total, faults: job.faults };
    let ended = Ended { state: JobState::Failed, outcome: told(&[fault]) };
    if let Err(error) = note_end(system, &job, progress, &ended, &mut false).await {
        tracing::error!(job = %id, %error, "that a job failed could not be noted");
    }
}

fn told(faults: &[Fault]) -> Outcome {
    let faults = faults
        .iter()
        .map(|fault| ToldFault::of(fault.record.map(|record| record as u64 + 1), fault));
    Outcome { faults: faults.collect(), ..Outcome::default() }
}

fn unknown_kind(kind: &str) -> Rejection {
    Fault::new(
        "job.kind",
        format!("this program has no job of the kind {kind}; use the version that asked for it"),
        format!("此程序没有 {kind} 类任务；请使用发起该任务的版本"),
    )
    .into()
}

/// Removes folders of which no job knows: their job was forgotten, or ended while they could not be
/// removed, or the store is an earlier one.
async fn remove_left_over(system: &Arc<System>) -> Result<(), store::Error> {
    for id in file::all(system.data()) {
        let job = system.reader().db().job(id).await?;
        let is_kept = job.is_some_and(|job| !job.state.is_end() || job.files_until.is_some());
        if !is_kept && let Err(error) = file::remove(system.data(), id) {
            tracing::warn!(job = %id, %error, "the files of a job");
        }
    }
    Ok(())
}

/// Removes files that are kept no longer, and forgets what ended long ago.
async fn sweep(system: &Arc<System>) -> Result<(), store::Error> {
    let now = system.clock().now();
    // Also those of jobs that were under way while somebody was erased.
    system.drop_files_with_persons().await?;
    for id in system.reader().db().jobs_with_files_until(now).await? {
        if let Err(error) = file::remove(system.data(), id) {
            tracing::warn!(job = %id, %error, "the files of a job");
            continue;
        }
        system.writer().write(vec![drop_files(id)]).await?;
    }
    let long_ago = Timestamp::from_micros(now.micros() - REMEMBERED);
    system.writer().write(vec![forget(long_ago)]).await?;
    Ok(())
}

impl Jobs {
    /// What came of a job, as its page shows it; that of a stream has its faults alone.
    pub fn outcome(job: &Job) -> Outcome {
        let Some(text) = job.result.as_deref() else { return Outcome::default() };
        serde_json::from_str::<Value>(text)
            .ok()
            .and_then(|value| serde_json::from_value(value).ok())
            .unwrap_or_default()
    }
}
