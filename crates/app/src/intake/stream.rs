//! Many records in one request: lines of JSON, checked to the end before any is stored.
//!
//! The checked records wait in a file. Then they are appended in chunks, under a batch; they count
//! when its closing record is stored behind them. A crash in between loses nothing: the stream is
//! appended from the file at the next start, and what was stored already is recognised by its id.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use model::{Draft, RecordId};
use serde_json::{Value, json};
use store::job::JobState;
use store::{NewRecord, Outcome, Refusal};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::Receipt;
use super::prepare::{Context, Preparer, own_kind, persons as persons_of};
use super::staging::{Header, Staged, Staging, encode};
use crate::Principal;
use crate::epcis::hash_of;
use crate::fault::{Fault, Rejection};
use crate::job::{StreamJob, faults_json};
use crate::keys::random;
use crate::system::System;

/// Bytes of lines that are checked at a time.
const PART: usize = 512 << 10;
/// Parts that are checked at once; more wait in the sender's connection.
const AT_ONCE: usize = 3;
/// Records in one request to the writer.
const CHUNK: usize = 1000;
/// How long a stream waits after a fault of the store.
const PAUSE: Duration = Duration::from_secs(1);
/// Faults that are told; the rest is counted.
const MOST_FAULTS: usize = 1000;

/// How a stream is taken.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The batch; made up where none is given. To send a stream again, give the same.
    pub batch: Option<RecordId>,
    /// Whether faulty lines are left out and the others stored. Else one fault refuses all.
    pub proceed: bool,
    /// Where the lines come from.
    pub source: Option<String>,
}

/// What became of a stream.
#[derive(Debug, Clone)]
pub struct Report {
    /// The batch, by which it can be taken back.
    pub batch: RecordId,
    /// Lines with something on them.
    pub lines: u64,
    /// Records that are stored now.
    pub stored: u64,
    /// Records that were stored before.
    pub known: u64,
    /// Lines that are not stored.
    pub refused: u64,
    /// Why, by line from 1; the first thousand.
    pub faults: Vec<(u64, Fault)>,
    /// The receipt of the closing record: from there on the batch counts.
    pub closing: Receipt,
}

impl Report {
    fn job<'a>(&self, who: &'a Principal) -> StreamJob<'a> {
        let Self { batch, lines, stored, known, refused, .. } = self;
        let faults = faults_json(self.faults.iter().map(|(line, fault)| (*line, fault)));
        StreamJob {
            batch: *batch,
            account: &who.account,
            on_behalf_of: &who.on_behalf_of,
            state: JobState::Done,
            done: stored + known,
            total: Some(*lines),
            refused: *refused,
            result: Some(json!({
                "stored": stored, "known": known, "refused": refused, "faults": faults,
            })),
        }
    }
}

/// A stream that is being received.
pub struct Stream {
    system: Arc<System>,
    who: Principal,
    options: Options,
    batch: RecordId,
    staging: Option<Staging>,
    buffer: Vec<u8>,
    /// The line that the buffer begins with, from 1.
    line: u64,
    /// A line that is too long is passed over up to its end.
    skipping: bool,
    checking: VecDeque<JoinHandle<Result<Checked, store::Error>>>,
    lines: u64,
    refused: u64,
    faults: Vec<(u64, Fault)>,
}

/// A part of the lines, checked.
#[derive(Default)]
struct Checked {
    frames: Vec<u8>,
    records: u64,
    lines: u64,
    refused: u64,
    faults: Vec<(u64, Fault)>,
}

impl System {
    /// Begins to take a stream in.
    ///
    /// # Errors
    /// A batch id that is none, or a stream of that batch that is being taken in just now.
    pub fn begin_stream(
        self: &Arc<Self>,
        who: &Principal,
        options: Options,
    ) -> Result<Stream, Rejection> {
        let now = self.clock().now();
        let batch = options.batch.unwrap_or_else(|| RecordId::new(now, &random()));
        self.check_batch_id(batch)?;
        let header = Header {
            batch: batch.to_string(),
            on_behalf_of: who.on_behalf_of.clone(),
            account: who.account.clone(),
            source: options.source.clone(),
            proceed: options.proceed,
            rights: who.person.as_ref().map(|person| person.held().names()),
            events: false,
        };
        let staging = Staging::create(self.data(), batch, &header).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => Rejection::Conflict(Fault::new(
                "batch.busy",
                format!("batch {batch} is being taken in just now; ask for it in a moment"),
                format!("批次 {batch} 正在接收中；请稍后查询"),
            )),
            _ => staging_fault(&e),
        })?;
        Ok(Stream {
            system: Arc::clone(self),
            who: who.clone(),
            options,
            batch,
            staging: Some(staging),
            buffer: Vec::with_capacity(PART + (64 << 10)),
            line: 1,
            skipping: false,
            checking: VecDeque::new(),
            lines: 0,
            refused: 0,
            faults: Vec::new(),
        })
    }

    /// A batch is a UUID of version 7 made lately, for its closing record bears its time.
    pub(crate) fn check_batch_id(&self, batch: RecordId) -> Result<(), Rejection> {
        const YEAR: i64 = 366 * 86_400 * 1_000_000;
        let (time, now) = (batch.time().micros(), self.clock().now().micros());
        if (now - 10 * YEAR..now + YEAR / 366).contains(&time) {
            return Ok(());
        }
        Err(Fault::new(
            "batch.id",
            format!(
                "batch {batch} bears a time that is not of these days; make a UUID of version 7"
            ),
            format!("批次编号 {batch} 所含时间不对；请生成第 7 版 UUID"),
        )
        .into())
    }

    /// Appends the streams that were checked before the program last stopped, and removes those
    /// that were not. Returns how many were appended.
    ///
    /// # Errors
    /// A fault of the store or of the files.
    pub async fn resume_streams(&self) -> Result<usize, Rejection> {
        let folder = self.data().join("staging");
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(e) => return Err(staging_fault(&e)),
        };
        let mut resumed = 0;
        for entry in entries {
            let path = entry.map_err(|e| staging_fault(&e))?.path();
            if path.extension().is_none_or(|e| e != "stage") {
                continue;
            }
            let taken = match Staged::open(&path).map_err(|e| staging_fault(&e)) {
                Ok(Some(staged)) => self.append_staged(staged).await.map(|_| resumed += 1),
                // It was not checked to its end, and nobody was promised anything.
                Ok(None) => Ok(()),
                Err(fault) => Err(fault),
            };
            let name = path.display();
            match taken {
                Ok(()) => {}
                // Nothing was acknowledged; it is put aside, so that the program can start.
                Err(Rejection::Store(error @ store::Error::Damaged { .. })) => {
                    tracing::error!(%name, %error, "a staged stream is damaged and put aside");
                    let aside = path.with_extension("damaged");
                    std::fs::rename(&path, aside).map_err(|e| staging_fault(&e))?;
                    continue;
                }
                Err(Rejection::Store(error)) => return Err(error.into()),
                Err(error) => tracing::warn!(%name, %error, "a staged stream was refused"),
            }
            std::fs::remove_file(&path).map_err(|e| staging_fault(&e))?;
        }
        Ok(resumed)
    }

    /// Appends a staged stream, closes its batch, and notes what came of it.
    async fn append_staged(&self, staged: Staged) -> Result<Appended, Rejection> {
        let batch: RecordId = staged.header.batch.parse().map_err(Fault::from)?;
        let (header, total) = (staged.header.clone(), Some(staged.records));
        let job = |state, done, refused, result| {
            let (account, on_behalf_of) = (header.account.as_str(), header.on_behalf_of.as_str());
            StreamJob { batch, account, on_behalf_of, state, done, total, refused, result }
        };
        self.note_stream(job(JobState::Running, 0, 0, None)).await;
        let appended = self.append_records(staged, None).await;
        match &appended {
            Ok(appended) => {
                let done = appended.stored + appended.known;
                let faults = faults_json(appended.faults.iter().map(|(line, f)| (*line, f)));
                let (stored, known, refused) = (appended.stored, appended.known, appended.refused);
                let result = json!({
                    "stored": stored, "known": known, "refused": refused, "faults": faults,
                });
                self.note_stream(job(JobState::Done, done, refused, Some(result))).await;
            }
            // It is gone on with.
            Err(Rejection::Store(_)) => {}
            Err(rejection) => {
                let faults = rejection.faults();
                let result = json!({ "faults": faults_of_lines(&faults) });
                let refused = faults.len() as u64;
                self.note_stream(job(JobState::Refused, 0, refused, Some(result))).await;
            }
        }
        appended
    }

    /// Appends the records of a staged stream and closes its batch; `done` counts those that are
    /// durable.
    pub(super) async fn append_records(
        &self,
        mut staged: Staged,
        done: Option<&AtomicU64>,
    ) -> Result<Appended, Rejection> {
        let header = staged.header.clone();
        let batch: RecordId = header.batch.parse().map_err(Fault::from)?;
        let mut appended = Appended::default();
        let mut waiting = VecDeque::new();
        let mut refusal = None;
        loop {
            // Refused, it goes no further; what is under way is waited for and counted all the same.
            let is_refused = refusal.is_some() && !header.proceed;
            let part = if is_refused { Ok(Vec::new()) } else { staged.next(CHUNK) };
            let part = part.map_err(|e| staging_fault(&e))?;
            let is_end = part.is_empty();
            if !is_end {
                let (lines, mut records): (Vec<u64>, Vec<NewRecord>) = part.into_iter().unzip();
                self.person_keys().leave_out_destroyed(&mut records);
                self.vault_keys().leave_out_destroyed(&mut records);
                let keys: Vec<_> = records.iter().map(|r| r.new_keys.clone()).collect();
                let hashes = match header.events {
                    true => records.iter().map(|r| Some(hash_of(&r.open))).collect(),
                    false => vec![None; records.len()],
                };
                waiting.push_back((lines, keys, hashes, self.submit(records).await?));
            }
            while waiting.len() > if is_end { 0 } else { 2 } {
                let Some((lines, keys, hashes, answer)) = waiting.pop_front() else { break };
                let answers = answer.await?;
                let mut stored = Vec::new();
                let mut held = Vec::new();
                let of = lines.into_iter().zip(keys).zip(hashes);
                for (((line, keys), hash), answer) in of.zip(answers) {
                    match answer {
                        Ok(Outcome::Stored { .. }) => {
                            appended.stored += 1;
                            stored.extend(keys);
                        }
                        Ok(Outcome::AlreadyKnown { .. }) => appended.known += 1,
                        Err(found @ Refusal::NotUnique { position, .. }) if hash.is_some() => {
                            held.push((line, hash, position, found));
                        }
                        Err(found) => {
                            refusal.get_or_insert_with(|| found.clone());
                            appended.refuse(line, found);
                        }
                    }
                }
                for (line, found) in self.not_the_same(held, &mut appended.copies).await? {
                    refusal.get_or_insert_with(|| found.clone());
                    appended.refuse(line, found);
                }
                // Only of what was stored the store has the keys.
                self.confirm_keys(&stored).await?;
                if let Some(done) = done {
                    let durable = appended.stored + appended.known + appended.copies;
                    done.store(durable, Ordering::Relaxed);
                }
            }
            if is_end {
                break;
            }
        }
        if refusal.is_some() && !header.proceed {
            let reason = "a line of the stream was refused, so none of it counts";
            self.take_back(batch, &appended, reason).await?;
            return Err(Rejection::Invalid(appended.told()));
        }
        // No right by which its lines were let in ends before the batch counts.
        let _rights = match &header.rights {
            Some(_) => Some(self.people().hold().await),
            None => None,
        };
        if !self.still_holds(&header) {
            let reason = "a role by which the stream was sent ended before it counted";
            self.take_back(batch, &appended, reason).await?;
            return Err(Rejection::Denied(Fault::new(
                "batch.rights",
                format!(
                    "a role of yours ended while batch {batch} was being taken in, so none of it counts; send it again by a role that you have"
                ),
                format!(
                    "批次 {batch} 接收期间您的岗位授权已终止，全部不生效；请以现有岗位重新发送"
                ),
            )));
        }
        let records = appended.stored + appended.known;
        let mut who = Principal::program();
        who.on_behalf_of = header.on_behalf_of;
        who.account = header.account;
        let closing = self.closing_draft(batch, records, header.source.as_deref());
        let closing = self.append_closing(&who, closing, batch).await?;
        appended.closing = Some(closing);
        Ok(appended)
    }

    /// Of events whose key another record holds: those that are not the same as that one. The others
    /// are copies, and counted.
    async fn not_the_same(
        &self,
        held: Vec<(u64, Option<String>, u64, Refusal)>,
        copies: &mut u64,
    ) -> Result<Vec<(u64, Refusal)>, Rejection> {
        let mut others = Vec::new();
        let positions: Vec<u64> = held.iter().map(|(_, _, position, _)| *position).collect();
        let found = self.reader().at(&positions).await?;
        for (line, hash, position, refusal) in held {
            let at = found.binary_search_by_key(&position, |stored| stored.position);
            let there = at.ok().and_then(|at| found.get(at)).map(|stored| hash_of(&stored.open));
            match there == hash {
                true => *copies += 1,
                false => others.push((line, refusal)),
            }
        }
        Ok(others)
    }

    /// Whether a person still holds all that they held when the stream began.
    fn still_holds(&self, header: &Header) -> bool {
        let Some(rights) = &header.rights else { return true };
        let today = crate::time::day(self.clock().now());
        let held = self.people().person(&self.pack(), &header.account, today).held().names();
        rights.iter().all(|right| held.contains(right))
    }

    /// Takes back what was stored of a batch that is not to count.
    async fn take_back(
        &self,
        batch: RecordId,
        appended: &Appended,
        reason: &str,
    ) -> Result<(), Rejection> {
        // Known are also those that were stored before a crash; a batch that was closed before is
        // another matter.
        let is_closed = self.reader().position(super::closing_id(batch)).await?.is_some();
        if appended.stored + appended.known == 0 || is_closed {
            return Ok(());
        }
        match self.withdraw(&Principal::program(), batch, reason).await {
            // All that was known stands elsewhere.
            Err(Rejection::Conflict(fault)) if fault.code.starts_with("withdrawal.") => Ok(()),
            withdrawn => withdrawn.map(drop),
        }
    }

    async fn append_closing(
        &self,
        who: &Principal,
        draft: Draft,
        batch: RecordId,
    ) -> Result<Receipt, Rejection> {
        let records = self.prepare(who, vec![draft], Some(batch)).await?;
        let receipt = self.store_all(records).await?.pop();
        receipt.ok_or_else(|| store::Error::Unavailable { reason: "no answer".into() }.into())
    }

    /// Puts records into the writer's queue, waiting while it is full.
    pub(crate) async fn submit(
        &self,
        records: Vec<NewRecord>,
    ) -> Result<impl Future<Output = store::writer::EachAnswer> + Send + use<>, Rejection> {
        loop {
            match self.writer().submit_each(records.clone()) {
                Ok(answer) => return Ok(answer),
                Err(store::Error::Busy) => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[derive(Default)]
pub(super) struct Appended {
    pub(super) stored: u64,
    pub(super) known: u64,
    /// Events that are there already under other records.
    pub(super) copies: u64,
    pub(super) refused: u64,
    pub(super) faults: Vec<(u64, Fault)>,
    pub(super) closing: Option<Receipt>,
}

impl Appended {
    fn refuse(&mut self, line: u64, refusal: Refusal) {
        self.refused += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push((line, refusal.into()));
        }
    }

    fn told(self) -> Vec<Fault> {
        self.faults.into_iter().map(|(line, fault)| on_line(line, fault)).collect()
    }
}

fn faults_of_lines(faults: &[Fault]) -> Value {
    faults_json(faults.iter().map(|f| (f.record.map_or(0, |record| record as u64 + 1), f)))
}

fn on_line(line: u64, fault: Fault) -> Fault {
    let record = usize::try_from(line - 1).unwrap_or(usize::MAX);
    fault.of_record(record)
}

pub(super) fn staging_fault(error: &io::Error) -> Rejection {
    let reason = format!("the stream cannot be staged: {error}");
    Rejection::Store(match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            store::Error::Damaged { what: reason }
        }
        _ => store::Error::NotWritable { reason },
    })
}

impl Stream {
    /// The batch under which the stream is stored.
    pub fn batch(&self) -> RecordId {
        self.batch
    }

    /// Takes the next bytes, cut anywhere.
    ///
    /// # Errors
    /// A fault of the store or the files. Faults of lines come at the end, all at once.
    pub async fn push(&mut self, mut bytes: &[u8]) -> Result<(), Rejection> {
        let longest = model::json::Limits::default().bytes;
        while !bytes.is_empty() {
            if self.skipping {
                match bytes.iter().position(|b| *b == b'\n') {
                    Some(end) => {
                        bytes = &bytes[end + 1..];
                        self.skipping = false;
                        self.line += 1;
                    }
                    None => return Ok(()),
                }
                continue;
            }
            let room = (PART + longest).saturating_sub(self.buffer.len()).max(1).min(bytes.len());
            self.buffer.extend_from_slice(&bytes[..room]);
            bytes = &bytes[room..];
            if self.buffer.len() < PART {
                continue;
            }
            match self.buffer.iter().rposition(|b| *b == b'\n') {
                Some(end) => {
                    let rest = self.buffer.split_off(end + 1);
                    let part = std::mem::replace(&mut self.buffer, rest);
                    self.check(part).await?;
                }
                None if self.buffer.len() > longest => {
                    let (found, line) = (self.buffer.len(), self.line);
                    self.buffer.clear();
                    self.skipping = true;
                    self.lines += 1;
                    let what = "a line of the stream";
                    self.refuse(line, model::Error::TooLarge { what, found, most: longest }.into());
                }
                None => {}
            }
        }
        Ok(())
    }

    fn refuse(&mut self, line: u64, fault: Fault) {
        self.refused += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push((line, fault));
        }
    }

    /// Checks whole lines on another thread, and stages what was checked before.
    async fn check(&mut self, part: Vec<u8>) -> Result<(), Rejection> {
        let first = self.line;
        self.line += part.iter().filter(|b| **b == b'\n').count() as u64;
        let (system, who, batch) = (Arc::clone(&self.system), self.who.clone(), self.batch);
        let handle = Handle::current();
        self.checking.push_back(tokio::task::spawn_blocking(move || {
            check(&system, &who, batch, &part, first, &handle)
        }));
        while self.checking.len() >= AT_ONCE {
            self.stage_next().await?;
        }
        Ok(())
    }

    async fn stage_next(&mut self) -> Result<(), Rejection> {
        let Some(next) = self.checking.pop_front() else { return Ok(()) };
        let checked =
            next.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })??;
        self.lines += checked.lines;
        self.refused += checked.refused;
        let room = MOST_FAULTS.saturating_sub(self.faults.len());
        self.faults.extend(checked.faults.into_iter().take(room));
        if let Some(staging) = self.staging.as_mut() {
            staging.add(&checked.frames, checked.records).map_err(|e| staging_fault(&e))?;
        }
        Ok(())
    }

    /// Takes the end of the stream: stores what was checked, or refuses it.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] with the faults by line (`record` counts from 0) where one line is
    /// wrong and the stream is not to proceed: nothing of it counts then.
    pub async fn finish(mut self) -> Result<Report, Rejection> {
        let rest = std::mem::take(&mut self.buffer);
        if !rest.is_empty() {
            self.check(rest).await?;
        }
        while !self.checking.is_empty() {
            self.stage_next().await?;
        }
        let Some(staging) = self.staging.take() else {
            return Err(store::Error::Unavailable { reason: "no staging".into() }.into());
        };
        if self.refused > 0 && !self.options.proceed {
            staging.discard();
            let mut faults = std::mem::take(&mut self.faults);
            faults.sort_by_key(|(line, _)| *line);
            let faults = faults.into_iter().map(|(line, fault)| on_line(line, fault));
            let faults: Vec<Fault> = faults.collect();
            self.system
                .note_stream(StreamJob {
                    batch: self.batch,
                    account: &self.who.account,
                    on_behalf_of: &self.who.on_behalf_of,
                    state: JobState::Refused,
                    done: 0,
                    total: Some(self.lines),
                    refused: self.refused,
                    result: Some(json!({ "faults": faults_of_lines(&faults) })),
                })
                .await;
            return Err(Rejection::Invalid(faults));
        }
        if self.lines == 0 {
            staging.discard();
            return Err(Fault::new(
                "request.count",
                "the stream has no line; send one JSON object a line",
                "数据流为空；请每行发送一个 JSON 对象",
            )
            .into());
        }
        let path = staging.finish().map_err(|e| staging_fault(&e))?;
        let staged = Staged::open(&path).map_err(|e| staging_fault(&e))?;
        let staged =
            staged.ok_or_else(|| store::Error::Damaged { what: "the staged stream".into() })?;
        // It goes on to its end also when the sender no longer waits.
        let system = Arc::clone(&self.system);
        let appending = tokio::spawn(async move {
            let appended = system.append_staged(staged).await;
            match &appended {
                Err(Rejection::Store(error)) if error.may_pass() => {
                    tokio::spawn(append_later(Arc::downgrade(&system), path));
                }
                // The file stays for the next start.
                Err(Rejection::Store(_)) => {}
                _ => _ = std::fs::remove_file(&path),
            }
            appended
        });
        let appended = appending.await;
        let appended =
            appended.map_err(|e| store::Error::Unavailable { reason: e.to_string() })??;
        let mut faults = std::mem::take(&mut self.faults);
        faults.extend(appended.faults);
        faults.sort_by_key(|(line, _)| *line);
        let closing = appended.closing;
        let report = Report {
            batch: self.batch,
            lines: self.lines,
            stored: appended.stored,
            known: appended.known,
            refused: self.refused + appended.refused,
            faults,
            closing: closing
                .ok_or_else(|| store::Error::Damaged { what: "the batch was not closed".into() })?,
        };
        if self.refused > 0 {
            // With the lines that were refused before any was stored.
            self.system.note_stream(report.job(&self.who)).await;
        }
        Ok(report)
    }
}

/// Appends a stream after a fault of the store, as soon as that is over. The sender was told of the
/// fault; sent again, the batch is busy until then, and known after.
async fn append_later(system: Weak<System>, path: PathBuf) {
    loop {
        tokio::time::sleep(PAUSE).await;
        let Some(system) = system.upgrade() else { return };
        let Ok(Some(staged)) = Staged::open(&path) else { return };
        match system.append_staged(staged).await {
            Err(Rejection::Store(error)) if error.may_pass() => {}
            Err(Rejection::Store(error)) => {
                tracing::warn!(%error, "a staged stream waits for the next start");
                return;
            }
            appended => {
                if let Err(error) = appended {
                    tracing::warn!(%error, "a staged stream was refused");
                }
                let _ = std::fs::remove_file(&path);
                return;
            }
        }
    }
}

impl Drop for Stream {
    /// A stream that breaks off leaves nothing behind.
    fn drop(&mut self) {
        if let Some(staging) = self.staging.take() {
            staging.discard();
        }
    }
}

/// Checks lines and encodes the records that they make.
fn check(
    system: &System,
    who: &Principal,
    batch: RecordId,
    part: &[u8],
    first: u64,
    handle: &Handle,
) -> Result<Checked, store::Error> {
    let mut checked = Checked::default();
    let mut drafts = Vec::new();
    let mut persons = Vec::new();
    let pack = system.pack();
    for (line, text) in (first..).zip(part.split(|b| *b == b'\n')) {
        let text = text.trim_ascii();
        if text.is_empty() {
            continue;
        }
        checked.lines += 1;
        match Draft::parse(text) {
            Ok(draft) if draft.withdraws.is_some() => checked.refuse(
                line,
                vec![Fault::new(
                    "withdrawal.alone",
                    "a withdrawal is not taken in a stream; send it by itself",
                    "数据流中不能有撤回记录；请单独发送",
                )],
            ),
            Ok(draft) if own_kind(&draft).is_some() => {
                checked.refuse(line, own_kind(&draft).into_iter().collect());
            }
            Ok(draft) => match handle.block_on(system.may_change(who, &draft)) {
                Ok(()) => {
                    persons.extend(persons_of(&pack, who, &draft));
                    drafts.push((line, draft));
                }
                Err(Rejection::Store(error)) => return Err(error),
                Err(denied) => checked.refuse(line, denied.faults()),
            },
            Err(error) => checked.refuse(line, vec![error.into()]),
        }
    }
    let keys = handle.block_on(system.resolve_keys(&persons))?;
    let preparer = Preparer::new(&pack);
    checked.frames.reserve(part.len() * 2);
    for (line, draft) in drafts {
        let now = system.clock().now();
        let context = Context { who, now, keys: &keys, batch: Some(batch), random: random() };
        match preparer.record(draft, &context) {
            Ok(record) => {
                encode(&mut checked.frames, line, &record);
                checked.records += 1;
            }
            Err(rejection) => checked.refuse(line, rejection.faults()),
        }
    }
    Ok(checked)
}

impl Checked {
    fn refuse(&mut self, line: u64, faults: Vec<Fault>) {
        self.refused += 1;
        let room = MOST_FAULTS.saturating_sub(self.faults.len());
        self.faults.extend(faults.into_iter().take(room).map(|fault| (line, fault)));
    }
}
