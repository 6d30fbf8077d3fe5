//! The taking in of a document as a job.

use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use codes::Label;
use model::RecordId;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::document::{Counts, Document, EventFault, Taken, Watch};
use super::receiving::path_of;
use crate::fault::{Fault, Rejection};
use crate::job::{Order, Outcome, Progress, Said, Step, ToldFault, Work, file_fault};
use crate::system::System;

/// How often a job looks how far it is.
const PAUSE: Duration = Duration::from_millis(100);
/// Faults that are told with a job.
const TOLD: usize = 1000;

/// What is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parameters {
    /// The batch under which the events are stored; the document lies under its name.
    pub batch: String,
    /// Whether the right events are wanted where some are wrong.
    pub proceed: bool,
    /// Bytes of the document.
    pub bytes: u64,
    /// What its sender calls it.
    #[serde(default)]
    pub name: Option<String>,
    /// Who reports.
    pub reporter: String,
}

/// A document while it is taken in.
pub struct Capture {
    batch: RecordId,
    watch: Arc<Watch>,
    doing: Option<JoinHandle<Result<Taken, Rejection>>>,
}

impl Work for Capture {
    const KIND: &'static str = super::CAPTURE_JOB;
    type Parameters = Parameters;
    type Checkpoint = ();

    fn label(parameters: &Parameters) -> Label {
        let (zh, en) = ("上报追溯事件", "Capture of events");
        match &parameters.name {
            Some(name) => Label { zh: format!("{zh}：{name}"), en: format!("{en}: {name}") },
            None => Label { zh: zh.to_owned(), en: en.to_owned() },
        }
    }

    /// One document of a reporter at a time: each finds what the one before stored.
    fn resource(parameters: &Parameters) -> Option<String> {
        Some(format!("epcis-capture/{}", parameters.reporter))
    }

    async fn begin(
        order: &Order,
        parameters: Parameters,
        _from: Option<()>,
    ) -> Result<Self, Rejection> {
        let batch: RecordId = parameters.batch.parse().map_err(Fault::from)?;
        let system = Arc::clone(&order.system);
        let document = Document { batch, name: parameters.name, proceed: parameters.proceed };
        let watch = Arc::new(Watch::default());
        let (who, watched) = (order.who.clone(), Arc::clone(&watch));
        // What was checked before the program stopped is gone on with.
        let resumes = system.is_staged(batch)? || system.is_closed(batch).await?;
        let doing = match resumes {
            true => tokio::spawn(async move { system.resume_document(&document, &watched).await }),
            false => {
                let path = path_of(system.data(), batch);
                let file = File::open(&path).map_err(|error| match error.kind() {
                    std::io::ErrorKind::NotFound => gone(),
                    _ => file_fault(&error),
                })?;
                let input = BufReader::with_capacity(256 << 10, file);
                tokio::spawn(
                    async move { system.take_document(&who, &document, input, &watched).await },
                )
            }
        };
        Ok(Self { batch, watch, doing: Some(doing) })
    }

    async fn step(&mut self, order: &Order) -> Result<Step<()>, Rejection> {
        let Some(doing) = &mut self.doing else {
            let reason = "a capture without work".to_owned();
            return Err(store::Error::Unavailable { reason }.into());
        };
        if order.is_to_end() {
            self.watch.stop.store(true, Ordering::Relaxed);
        }
        let Ok(done) = tokio::time::timeout(PAUSE, &mut *doing).await else {
            return Ok(Step::More(self.progress(None), ()));
        };
        self.doing = None;
        let taken = done.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        let may_pass = matches!(&taken, Err(Rejection::Store(error)) if error.may_pass());
        if !may_pass {
            self.drop_document(&order.system);
        }
        let taken = taken?;
        let mut progress = self.progress(Some(taken.counts.events));
        progress.done = taken.stored + taken.known;
        progress.faults = taken.counts.wrong;
        Ok(Step::Done(progress, outcome(&taken)))
    }

    async fn undo(mut self, order: &Order) -> Result<Outcome, Rejection> {
        self.watch.stop.store(true, Ordering::Relaxed);
        let done = match self.doing.take() {
            Some(doing) => doing.await.ok(),
            None => None,
        };
        if let Some(Ok(taken)) = done
            && taken.stored > 0
        {
            let reason = "the capture was ended by who asked for it";
            let program = crate::Principal::program();
            order.system.withdraw(&program, self.batch, reason).await?;
        }
        self.drop_document(&order.system);
        Ok(Outcome::default())
    }
}

impl Drop for Capture {
    /// Who goes on from the last checkpoint begins anew, and what reads the document lets it.
    fn drop(&mut self) {
        self.watch.stop.store(true, Ordering::Relaxed);
    }
}

impl Capture {
    fn drop_document(&self, system: &System) {
        let path = path_of(system.data(), self.batch);
        if let Err(error) = std::fs::remove_file(path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, batch = %self.batch, "a document that was taken in");
        }
    }

    fn progress(&self, total: Option<u64>) -> Progress {
        let events = self.watch.events.load(Ordering::Relaxed);
        let durable = self.watch.durable.load(Ordering::Relaxed);
        Progress {
            done: if durable > 0 { durable } else { events },
            total: total.or_else(|| (durable > 0).then_some(events)),
            faults: self.watch.wrong.load(Ordering::Relaxed),
        }
    }
}

impl System {
    /// Goes on with a document that was checked before the program stopped.
    async fn resume_document(
        self: &Arc<Self>,
        document: &Document,
        watch: &Watch,
    ) -> Result<Taken, Rejection> {
        let mut taken = Taken::default();
        if self.is_staged(document.batch)? {
            self.append_document(document, watch, &mut taken).await?;
        } else {
            // It was appended when the program started.
            taken.stored = self.reader().db().batch(document.batch).await?.records;
        }
        taken.counts.events = taken.stored + taken.known + taken.counts.wrong;
        Ok(taken)
    }
}

impl System {
    /// The jobs that take in documents of who asks, the latest first, before one of them.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn capture_jobs(
        &self,
        who: &crate::Principal,
        before: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<store::job::Job>, Rejection> {
        let kind = super::CAPTURE_JOB;
        Ok(self.reader().db().jobs_of_kind(kind, &who.account, before, limit).await?)
    }
}

fn gone() -> Rejection {
    Rejection::NotFound(Fault::new(
        "epcis.gone",
        "the document is kept no longer; send it again",
        "文档已不再保留；请重新上报",
    ))
}

/// What is said of the taking in of a document.
fn outcome(taken: &Taken) -> Outcome {
    let Counts { events, wrong, odd } = taken.counts;
    let mut said = vec![
        Said::new("事件", "Events", events),
        Said::new("新增", "New", taken.stored),
        Said::new("已有", "Known before", taken.known),
        Said::new("有差错", "Wrong", wrong),
    ];
    if odd > 0 {
        said.push(Said::new(
            "编码有误的标识（已接收）",
            "Identifiers with faults, taken as they are",
            odd,
        ));
    }
    let told = |found: &EventFault| ToldFault::of(found.line, &found.fault);
    let mut faults: Vec<ToldFault> = taken.faults.iter().take(TOLD).map(told).collect();
    if wrong == 0 {
        // What is odd is told only where nothing is wrong: the list of faults says what to mend first.
        faults.extend(taken.odd.iter().take(20).map(told));
    }
    Outcome { said, faults, ..Outcome::default() }
}
