//! One event at a time.

use std::collections::HashMap;

use epcis::{Limits, Read, Reader};
use model::RecordId;
use store::{Outcome, Refusal};

use super::draft::{draft_of, told};
use super::{CAPTURE, KIND, hash_of};
use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::intake::{Context, Preparer, Receipt};
use crate::keys::random;
use crate::system::System;

/// What of one event that comes by itself is taken at most; the rest is for documents, which are taken in
/// one after the other.
const ALONE: Limits = Limits { bytes: 16 << 20, depth: 64, values: 400_000, late: 16 << 20 };
/// Odd identifiers that are told.
const MOST_ODD: usize = 100;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Captured {
    /// It is stored now.
    New(Receipt),
    /// It was known: the receipt is that of the record that holds it.
    Known(Receipt),
}

/// An event that was captured, and its name.
#[derive(Debug, Clone)]
pub struct CapturedEvent {
    /// What became of it.
    pub captured: Captured,
    /// The event.
    pub event: epcis::Event,
    /// Its id, or its hash where it has none.
    pub id: String,
    /// What is odd about its identifiers; their maker alone can mend them.
    pub warnings: Vec<Fault>,
}

impl System {
    /// Whether somebody may report events.
    pub(crate) fn may_capture(&self, who: &Principal) -> Result<(), Rejection> {
        let pack = self.pack();
        let today = crate::time::day(self.clock().now());
        let target = Target {
            kind: Some(KIND),
            organization: Some(&who.on_behalf_of),
            person: Some(&who.account),
            ..Target::default()
        };
        let door = Door::new(&pack, today);
        match &who.person {
            Some(_) => door.authorize(who, CAPTURE, target),
            None => door.authorize(who, CAPTURE, Target::default()),
        }
    }

    /// Takes in one event: by itself, or the only one of a document. It is durable when this returns.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] with the place in what was sent; [`Rejection::Conflict`] where its id is
    /// that of another event; no permission; a fault of the store.
    pub async fn capture_event(
        &self,
        who: &Principal,
        text: &[u8],
    ) -> Result<CapturedEvent, Rejection> {
        self.may_capture(who)?;
        let read = only(text)?;
        let pack = self.pack();
        let own = self.own_region(who);
        let draft = draft_of(&pack, &read, &who.on_behalf_of, own.as_deref(), None);
        let hash = draft.open.get("event_hash").and_then(|hash| hash.as_str()).map(str::to_owned);
        let hash = hash.unwrap_or_default();
        // No right by which this is let in ends before it is durable.
        let _rights = match &who.person {
            Some(_) => Some(self.people().hold().await),
            None => None,
        };
        let keys = HashMap::new();
        let now = self.clock().now();
        let context = Context { who, now, keys: &keys, batch: None, random: random() };
        let record = Preparer::of_events(&pack)
            .record(draft, &context)
            .map_err(|rejection| at_event(rejection, ""))?;
        let id = record.id;
        let mut answers = self.submit(vec![record]).await?.await?;
        let answer = answers
            .pop()
            .ok_or_else(|| store::Error::Unavailable { reason: "no answer".to_owned() })?;
        let captured = match answer {
            Ok(outcome) => {
                self.note_stored();
                Captured::New(self.receipt(id, outcome))
            }
            Err(Refusal::NotUnique { holder, position, .. }) => {
                self.known_event(holder, position, &hash).await?
            }
            Err(refusal) => return Err(Rejection::Conflict(refusal.into())),
        };
        let (odd, _) = read.event.first_identifier_faults(MOST_ODD);
        let warnings = odd.iter().map(told).collect();
        let id = read.event.id.clone().unwrap_or(hash);
        Ok(CapturedEvent { captured, event: read.event, id, warnings })
    }

    /// The receipt of an event that is there already, if it is the same.
    async fn known_event(
        &self,
        holder: RecordId,
        position: u64,
        hash: &str,
    ) -> Result<Captured, Rejection> {
        let stored = self.reader().at(&[position]).await?.pop();
        let is_same = stored.is_some_and(|stored| hash_of(&stored.open) == hash);
        if is_same {
            return Ok(Captured::Known(self.receipt(holder, Outcome::AlreadyKnown { position })));
        }
        Err(Rejection::Conflict(taken(&holder.to_string())))
    }
}

/// That an id belongs to another event.
pub(crate) fn taken(holder: &str) -> Fault {
    Fault::new(
        "epcis.taken",
        format!(
            "an event with this eventID and other content is there (record {holder}); give the event an id of its own, or declare the other wrong (errorDeclaration) and send the right one under a new id"
        ),
        format!(
            "已有相同 eventID 而内容不同的事件（记录 {holder}）；请使用新的 eventID，或先以 errorDeclaration 声明原事件有误"
        ),
    )
    .at("/eventID")
}

/// That the store refused an event of a document, by its number in it.
pub(crate) fn taken_by(fault: Fault, number: u64) -> Fault {
    if fault.code != "record.not_unique" {
        return Fault {
            en: format!("event {number}: {}", fault.en),
            zh: format!("第 {number} 个事件：{}", fault.zh),
            ..fault
        };
    }
    let taken = taken("?");
    Fault {
        en: format!("event {number}: {}", taken.en.replace(" (record ?)", "")),
        zh: format!("第 {number} 个事件：{}", taken.zh.replace("（记录 ?）", "")),
        pointer: format!("/epcisBody/eventList/{}/eventID", number.saturating_sub(1)),
        ..taken
    }
}

/// What intake found wrong with a record, at the place in the event that it came from.
pub(crate) fn at_event(rejection: Rejection, place: &str) -> Rejection {
    let move_to = |fault: Fault| {
        let member = match fault.pointer.as_str() {
            "/valid_at" => "/eventTime",
            "/open/event_id" | "/open/event_key" => "/eventID",
            "/open/biz_step" => "/bizStep",
            "/open/disposition" => "/disposition",
            _ => "",
        };
        fault.at(format!("{place}{member}"))
    };
    match rejection {
        Rejection::Invalid(faults) => Rejection::Invalid(faults.into_iter().map(move_to).collect()),
        other => other,
    }
}

/// The one event of a text.
fn only(text: &[u8]) -> Result<Read, Rejection> {
    let mut reader = Reader::new(text, ALONE).map_err(|fault| told(&fault))?;
    let (mut found, mut faults): (Option<Read>, Vec<Fault>) = (None, Vec::new());
    let mut number = 0;
    for item in &mut reader {
        match item {
            Ok(read) => {
                number += 1;
                found = found.or(Some(read));
            }
            Err(fault) => faults.push(with_line(&fault)),
        }
        if number > 1 || faults.len() > 100 {
            break;
        }
    }
    if !faults.is_empty() {
        return Err(Rejection::Invalid(faults));
    }
    match found {
        Some(read) if number == 1 => Ok(read),
        _ => Err(Fault::new(
            "epcis.one_event",
            "one event is taken here, this is none or more; send a document to /epcis/capture",
            "此处每次只接收一个事件；文档请发送至 /epcis/capture",
        )
        .into()),
    }
}

/// As [`told`]; of XML the line stands in the words, and as the record of a stream of lines.
pub(crate) fn with_line(fault: &epcis::Fault) -> Fault {
    let told = told(fault);
    match fault.place {
        epcis::Place::Line(line) => {
            let record = usize::try_from(line).ok().and_then(|line| line.checked_sub(1));
            Fault { en: fault.to_string(), zh: fault.zh(), record, ..told }
        }
        _ => told,
    }
}
