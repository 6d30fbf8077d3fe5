//! The queue before the writer, and the thread that empties it.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::decide::{Decision, Outcome, wanted};
use super::engine::Engine;
use super::refusal::Refusal;
use crate::db::Statement;
use crate::entry::NewRecord;
use crate::error::Error;

/// What one request gets: one outcome a record, or why none of them is stored.
pub type Answer = Result<Result<Vec<Outcome>, Refusal>, Error>;

/// Requests that may wait; a sender beyond them is told to come again.
const QUEUE: usize = 4096;
/// Records in one group: enough to pay for a sync many times over, few enough to stay quick.
const GROUP: usize = 1024;

/// What became of each record of a request that is taken record by record.
pub type EachAnswer = Result<Vec<Result<Outcome, Refusal>>, Error>;

/// Records of one request that wait for their group.
struct Request {
    records: Vec<NewRecord>,
    answer: Reply,
}

/// How a request is answered: as a whole, or record by record.
enum Reply {
    Whole(oneshot::Sender<Answer>),
    Each(oneshot::Sender<EachAnswer>),
}

impl Request {
    /// What takes a batch back is decided by itself: what it does depends on all that was before.
    fn is_alone(&self) -> bool {
        self.records.iter().any(|record| record.withdraws.is_some())
    }
}

enum Task {
    Append(Request),
    Write { statements: Vec<Statement>, scrub: bool, answer: oneshot::Sender<Result<u64, Error>> },
}

/// The one way to write to a store. It may be shared; every request is stored wholly or not at all.
pub struct Writer {
    queue: Option<SyncSender<Task>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(engine: Box<dyn Engine>) -> Result<Self, Error> {
        let (queue, requests) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || serve(engine, &requests))
            .map_err(|e| Error::Unavailable { reason: e.to_string() })?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Stores the records of one request, all or none, and returns when they are durable.
    ///
    /// # Errors
    /// The inner error refuses the request for good; the outer one is a fault of the store. After
    /// an outer error the request may have been stored all the same; sent again, it is recognised.
    pub async fn append(&self, records: Vec<NewRecord>) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.send(Task::Append(Request { records, answer: Reply::Whole(answer) }))?;
        answered.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Puts records into the queue that are each stored or refused for themselves, in their order
    /// and behind all that was put there before. The answer comes when they are durable.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::Unavailable`]: nothing was put there.
    pub fn submit_each(
        &self,
        records: Vec<NewRecord>,
    ) -> Result<impl Future<Output = EachAnswer> + Send + use<>, Error> {
        let (answer, answered) = oneshot::channel();
        self.send(Task::Append(Request { records, answer: Reply::Each(answer) }))?;
        Ok(async move { answered.await.unwrap_or_else(|_| Err(stopped())) })
    }

    /// Runs statements under the writer's fence, in one durable transaction of their own, and says
    /// how many rows they changed. For what stands beside the records: tiles, checkpoints, keys.
    ///
    /// # Errors
    /// A fault of the store; nothing is written then, or it cannot be told.
    pub async fn write(&self, statements: Vec<Statement>) -> Result<u64, Error> {
        let (answer, answered) = oneshot::channel();
        self.send(Task::Write { statements, scrub: false, answer })?;
        answered.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// As [`write`](Self::write), and what was deleted is made unreadable in the files too, as far
    /// as the database can.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_and_scrub(&self, statements: Vec<Statement>) -> Result<u64, Error> {
        let (answer, answered) = oneshot::channel();
        self.send(Task::Write { statements, scrub: true, answer })?;
        answered.await.unwrap_or_else(|_| Err(stopped()))
    }

    fn send(&self, task: Task) -> Result<(), Error> {
        match self.queue.as_ref().map(|queue| queue.try_send(task)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(Error::Busy),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(stopped()),
        }
    }
}

impl Drop for Writer {
    /// Finishes what waits, then ends the thread.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            crate::thread::join(thread);
        }
    }
}

fn stopped() -> Error {
    Error::Unavailable { reason: "the writer has stopped".to_owned() }
}

fn serve(mut engine: Box<dyn Engine>, tasks: &Receiver<Task>) {
    let mut next = None;
    while let Some(task) = next.take().or_else(|| tasks.recv().ok()) {
        match task {
            Task::Write { statements, scrub, answer } => {
                let written = write(engine.as_mut(), &statements, scrub);
                let _ = answer.send(written);
            }
            Task::Append(first) => {
                let mut count = first.records.len();
                let mut alone = first.is_alone();
                let mut group = vec![first];
                while count < GROUP && !alone {
                    match tasks.try_recv() {
                        Ok(Task::Append(request)) if !request.is_alone() => {
                            count += request.records.len();
                            group.push(request);
                        }
                        Ok(other) => {
                            next = Some(other);
                            alone = true;
                        }
                        Err(_) => break,
                    }
                }
                answer_group(engine.as_mut(), group);
            }
        }
    }
}

fn write(engine: &mut dyn Engine, statements: &[Statement], scrub: bool) -> Result<u64, Error> {
    let written = engine.begin().and_then(|_| engine.write(statements));
    if written.is_err() {
        engine.abandon();
    } else if scrub {
        engine.scrub()?;
    }
    written
}

fn answer_group(engine: &mut dyn Engine, group: Vec<Request>) {
    let (mut waiting, mut requests) = (Vec::new(), Vec::new());
    for Request { records, answer } in group {
        waiting.push(answer);
        requests.push(records);
    }
    match store_group(engine, requests, &waiting) {
        Ok(answers) => {
            for (answer, reply) in answers.into_iter().zip(waiting) {
                // Who no longer waits finds out by sending again.
                match reply {
                    Reply::Whole(sender) => _ = sender.send(Ok(answer.into_iter().collect())),
                    Reply::Each(sender) => _ = sender.send(Ok(answer)),
                }
            }
        }
        Err(error) => {
            engine.abandon();
            for reply in waiting {
                let error = error.clone();
                match reply {
                    Reply::Whole(sender) => _ = sender.send(Err(error)),
                    Reply::Each(sender) => _ = sender.send(Err(error)),
                }
            }
        }
    }
}

/// For each request what became of its records; a request that is refused as a whole has one entry.
fn store_group(
    engine: &mut dyn Engine,
    requests: Vec<Vec<NewRecord>>,
    replies: &[Reply],
) -> Result<Vec<Vec<Result<Outcome, Refusal>>>, Error> {
    let size = engine.begin()?;
    let known = engine.look_up(&wanted(requests.iter()))?;
    let mut decision = Decision::new(known, size);
    let mut answers = Vec::with_capacity(requests.len());
    for (records, reply) in requests.into_iter().zip(replies) {
        answers.push(match reply {
            Reply::Whole(_) => match decision.request(records) {
                Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
                Err(refusal) => vec![Err(refusal)],
            },
            Reply::Each(_) => {
                let decide = |record| decision.one(record);
                records.into_iter().map(decide).collect()
            }
        });
    }
    let changes = decision.settle();
    if changes.is_empty() {
        engine.abandon();
    } else {
        engine.commit(&changes)?;
    }
    Ok(answers)
}
