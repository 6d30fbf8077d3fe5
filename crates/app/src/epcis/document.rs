//! A document on its way in: read as a stream, each event checked and staged, then appended.
//!
//! Memory does not grow with the document: some parts of it are in work at once, and what was checked
//! lies in a file. Nothing is stored before all of it was read. What is appended is gone on with after
//! a kill; an event that is there already is counted, and no fault.

use std::collections::{HashMap, VecDeque};
use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use epcis::{Limits, Read, Reader};
use model::{Digest, RecordId};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::capture::at_event;
use super::draft::{draft_of, told};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::intake::{Context, Preparer, Stage};
use crate::keys::random;
use crate::system::System;

/// Events that are checked together.
const PART: usize = 256;
/// Bytes of events that are checked together.
const BYTES: usize = 1 << 20;
/// Parts that are checked at once.
const AT_ONCE: usize = 3;
/// Bytes of the parts that are checked at once: what an event becomes in memory is many times its bytes.
const BYTES_AT_ONCE: usize = 8 << 20;
/// Faults that are told; the rest is counted.
pub(crate) const MOST_FAULTS: usize = 1000;

/// What is wrong with an event of a document, or odd about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFault {
    /// The line of XML.
    pub line: Option<u64>,
    /// What is wrong; of JSON with the pointer into the document.
    pub fault: Fault,
}

/// What was found in a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Events, right and wrong.
    pub events: u64,
    /// Events that are wrong.
    pub wrong: u64,
    /// Identifiers that the rules of their own scheme refuse, in events that are taken.
    pub odd: u64,
}

/// How far a document is, for who watches.
#[derive(Debug, Default)]
pub struct Watch {
    /// Events that were checked.
    pub events: AtomicU64,
    /// Events that are wrong.
    pub wrong: AtomicU64,
    /// Events that are stored, or were known.
    pub durable: AtomicU64,
    /// Set to end it before anything is stored.
    pub stop: AtomicBool,
}

/// A document that is to be taken in.
#[derive(Debug, Clone)]
pub struct Document {
    /// The batch under which it is stored.
    pub batch: RecordId,
    /// What it is called.
    pub name: Option<String>,
    /// Whether the right events are wanted where some are wrong; else all or none.
    pub proceed: bool,
}

/// What became of a document.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// What was found in it.
    pub counts: Counts,
    /// What is wrong with it; the first thousand.
    pub faults: Vec<EventFault>,
    /// What is odd about identifiers; the first thousand.
    pub odd: Vec<EventFault>,
    /// Events that are stored now.
    pub stored: u64,
    /// Events that were there already.
    pub known: u64,
    /// Whether it was refused as a whole: nothing of it is stored.
    pub is_refused: bool,
    /// The position of the record from which on it counts, where something of it does.
    pub counts_from: Option<u64>,
}

/// A part of a document, checked.
#[derive(Default)]
struct Checked {
    frames: Vec<u8>,
    records: u64,
    wrong: u64,
    odd_count: u64,
    faults: Vec<EventFault>,
    odd: Vec<EventFault>,
}

impl System {
    /// Takes in a document: reads it to its end, then stores its events. Who reports is `who`.
    ///
    /// # Errors
    /// No permission; a fault of the store. What is wrong with the document stands in what is returned.
    pub async fn take_document(
        self: &Arc<Self>,
        who: &Principal,
        document: &Document,
        input: impl BufRead + Send + 'static,
        watch: &Arc<Watch>,
    ) -> Result<Taken, Rejection> {
        self.may_capture(who)?;
        let (system, who, handle) = (Arc::clone(self), who.clone(), Handle::current());
        let (own, watched) = (document.clone(), Arc::clone(watch));
        let reading = tokio::task::spawn_blocking(move || {
            read_all(&system, &who, &own, input, &watched, &handle)
        });
        let mut taken =
            reading.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })??;
        if taken.is_refused || taken.counts.events == taken.counts.wrong {
            return Ok(taken);
        }
        self.append_document(document, watch, &mut taken).await?;
        Ok(taken)
    }

    /// Appends what was staged of a document.
    pub(crate) async fn append_document(
        self: &Arc<Self>,
        document: &Document,
        watch: &Watch,
        taken: &mut Taken,
    ) -> Result<(), Rejection> {
        match self.append_stage(document.batch, &watch.durable).await {
            Ok(appended) => {
                taken.stored = appended.stored + appended.known;
                taken.known = appended.copies;
                taken.counts.wrong += appended.refused;
                taken.counts_from = Some(appended.closing.position);
                for (number, fault) in appended.faults {
                    taken.refuse(number, fault);
                }
                Ok(())
            }
            // One of them is another event under a known id, and all were wanted.
            Err(Rejection::Invalid(faults)) => {
                taken.is_refused = true;
                taken.counts.wrong += faults.len() as u64;
                for fault in faults {
                    let number = fault.record.map_or(0, |record| record as u64 + 1);
                    taken.refuse(number, Fault { record: None, ..fault });
                }
                Ok(())
            }
            Err(other) => Err(other),
        }
    }
}

impl Taken {
    /// A refusal of the store, of the event with a number from 1.
    fn refuse(&mut self, number: u64, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            let own = super::capture::taken_by(fault, number);
            self.faults.push(EventFault { line: None, fault: own });
        }
    }
}

/// Reads a document to its end and stages what is right.
fn read_all(
    system: &Arc<System>,
    who: &Principal,
    document: &Document,
    input: impl BufRead,
    watch: &Watch,
    handle: &Handle,
) -> Result<Taken, Rejection> {
    let Document { batch, name, proceed } = document;
    let mut taken = Taken::default();
    let mut stage = system.begin_stage(who, *batch, name.clone(), *proceed, true)?;
    let around = Around { system, who, batch: *batch, watch, handle };
    let read = read_into(&mut stage, &mut taken, input, &around);
    let is_ended = watch.stop.load(Ordering::Relaxed);
    let is_wanted = taken.counts.wrong == 0 || *proceed;
    let has_some = taken.counts.events > taken.counts.wrong;
    if read.is_err() || is_ended || !is_wanted || !has_some {
        stage.discard();
        read?;
        taken.is_refused = true;
        return Ok(taken);
    }
    stage.finish()?;
    Ok(taken)
}

/// What reading a document needs beside its bytes.
struct Around<'d> {
    system: &'d Arc<System>,
    who: &'d Principal,
    batch: RecordId,
    watch: &'d Watch,
    handle: &'d Handle,
}

/// Reads on to the end; cut out so that the stage outlives every way out of it.
fn read_into(
    stage: &mut Stage,
    taken: &mut Taken,
    input: impl BufRead,
    around: &Around<'_>,
) -> Result<(), Rejection> {
    let Around { system, who, batch, watch, handle } = *around;
    let mut reader = match Reader::new(input, Limits::default()) {
        Ok(reader) => reader,
        Err(fault) => {
            taken.fault(&fault);
            return Ok(());
        }
    };
    let (mut part, mut bytes, mut number) = (Vec::new(), 0, 0_u64);
    let mut checking: VecDeque<(usize, JoinHandle<Checked>)> = VecDeque::new();
    let mut in_check = 0;
    let capture = batch.to_string();
    let check = |part: Vec<(u64, Read)>| {
        let (system, who, capture) = (Arc::clone(system), who.clone(), capture.clone());
        handle.spawn_blocking(move || check_part(&system, &who, batch, &capture, &part))
    };
    loop {
        if watch.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        let item = reader.next();
        let is_end = item.is_none();
        match item {
            Some(Ok(read)) => {
                number += 1;
                bytes += read.raw.len();
                part.push((number, read));
            }
            Some(Err(fault)) => {
                number += u64::from(!reader.is_broken());
                taken.fault(&fault);
                watch.wrong.store(taken.counts.wrong, Ordering::Relaxed);
            }
            None => {}
        }
        if part.len() >= PART || bytes >= BYTES || is_end && !part.is_empty() {
            in_check += bytes;
            checking.push_back((bytes, check(std::mem::take(&mut part))));
            bytes = 0;
        }
        while checking.len() >= AT_ONCE || in_check > BYTES_AT_ONCE || is_end {
            let Some((of_part, next)) = checking.pop_front() else { break };
            in_check -= of_part;
            let checked = handle
                .block_on(next)
                .map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
            stage.add(&checked.frames, checked.records)?;
            taken.add(checked);
            watch.events.store(taken.counts.events, Ordering::Relaxed);
            watch.wrong.store(taken.counts.wrong, Ordering::Relaxed);
        }
        if is_end {
            return Ok(());
        }
    }
}

impl Taken {
    /// A fault of the document, or of an event that cannot be read.
    fn fault(&mut self, fault: &epcis::Fault) {
        self.counts.events += 1;
        self.counts.wrong += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(event_fault(fault));
        }
    }

    fn add(&mut self, checked: Checked) {
        self.counts.events += checked.records + checked.wrong;
        self.counts.wrong += checked.wrong;
        self.counts.odd += checked.odd_count;
        let room = MOST_FAULTS.saturating_sub(self.faults.len());
        self.faults.extend(checked.faults.into_iter().take(room));
        let room = MOST_FAULTS.saturating_sub(self.odd.len());
        self.odd.extend(checked.odd.into_iter().take(room));
    }
}

fn event_fault(fault: &epcis::Fault) -> EventFault {
    let line = match fault.place {
        epcis::Place::Line(line) => Some(line),
        _ => None,
    };
    EventFault { line, fault: told(fault) }
}

/// The id of the record of an event of a document: made again after a kill, it is the same.
fn id_of(batch: RecordId, number: u64) -> RecordId {
    let digest = Digest::of(&[b"zhiheng event", batch.as_bytes(), number.to_be_bytes().as_slice()]);
    let mut random = [0; 10];
    random.copy_from_slice(&digest.as_bytes()[..10]);
    RecordId::new(batch.time(), &random)
}

/// Checks events and encodes the records that they make.
fn check_part(
    system: &System,
    who: &Principal,
    batch: RecordId,
    capture: &str,
    part: &[(u64, Read)],
) -> Checked {
    let mut checked = Checked::default();
    let pack = system.pack();
    let preparer = Preparer::of_events(&pack);
    let own = system.own_region(who);
    let keys = HashMap::new();
    for (number, read) in part {
        let mut draft = draft_of(&pack, read, &who.on_behalf_of, own.as_deref(), Some(capture));
        draft.id = Some(id_of(batch, *number));
        let now = system.clock().now();
        let context = Context { who, now, keys: &keys, batch: Some(batch), random: random() };
        let (line, place) = match &read.place {
            epcis::Place::Line(line) => (Some(*line), String::new()),
            place => (None, place.to_string()),
        };
        match preparer.record(draft, &context) {
            Ok(record) => {
                Stage::frame(&mut checked.frames, *number, &record);
                checked.records += 1;
            }
            Err(rejection) => {
                checked.wrong += 1;
                let faults = at_event(rejection, place.trim_end_matches('/')).faults();
                checked.faults.extend(faults.into_iter().map(|fault| EventFault { line, fault }));
                continue;
            }
        }
        let room = MOST_FAULTS.saturating_sub(checked.odd.len());
        let (odd, count) = read.event.first_identifier_faults(room);
        checked.odd_count += count;
        checked.odd.extend(odd.iter().map(|fault| {
            let fault = told(fault);
            let pointer = format!("{}{}", place.trim_end_matches('/'), fault.pointer);
            EventFault { line, fault: fault.at(pointer) }
        }));
    }
    checked
}
