//! Asking for events.
//!
//! The index finds events that may answer, [`epcis::Query::matches`] says which do. Pages are as of one
//! state of the records, in the order in which events were stored or in that which the question asks for,
//! so that nothing is skipped or repeated while events come.

use epcis::{Event, Field, Op, Query, Test, Time};
use model::Timestamp;
use store::Said;
use store::readings::{EventOrder, EventPlace, EventsAsked, Scope};

use super::{KIND, READ, event_of};
use crate::Door;
use crate::door::{ALL, Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::reading::{READ as VIEW, When};
use crate::system::System;

/// The most events of a page.
pub const MOST_ON_PAGE: usize = 1_000;
/// Bytes of events on a page; a page with one larger event has that one.
const MOST_BYTES: usize = 32 << 20;
/// Events that are looked at for one page; where few of them answer, the page is short and says where
/// to go on.
const MOST_LOOKED_AT: usize = 20_000;
/// Events that are sorted by a field which has no order of its own in the store.
const MOST_SORTED: usize = 10_000;

/// An event as it is given out.
#[derive(Debug, Clone)]
pub struct EventView {
    /// Where its record stands.
    pub position: u64,
    /// The id of the record.
    pub record: String,
    /// The event, with the time when it was taken in, and with its hash as its id where it had none.
    pub event: Event,
    /// Bytes of it as it came.
    pub bytes: usize,
}

/// A place between two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventCursor {
    /// What the first so many records say.
    pub known: u64,
    /// Behind which event.
    pub place: EventPlace,
    /// How many more are wanted in all, where that is limited.
    pub left: Option<u64>,
}

/// A page of events.
#[derive(Debug, Clone)]
pub struct EventsPage {
    /// The events.
    pub events: Vec<EventView>,
    /// Where the next page begins, if there may be one.
    pub next: Option<EventCursor>,
    /// As of how many records.
    pub known: u64,
}

impl System {
    /// Whose events somebody may read; none: all.
    ///
    /// # Errors
    /// No permission.
    pub(crate) fn event_scopes(&self, who: &Principal) -> Result<Option<Vec<Scope>>, Rejection> {
        let pack = self.pack();
        let door = Door::new(&pack, crate::time::day(self.clock().now()));
        if who.person.is_some() {
            let scopes = self.scopes(who, KIND, Some(READ))?;
            if scopes.as_ref().is_some_and(Vec::is_empty) {
                door.authorize(who, READ, Target::default())?;
            }
            return Ok(scopes);
        }
        let views = who.permissions.contains(ALL) || who.permissions.contains(VIEW);
        if !views {
            door.authorize(who, READ, Target::default())?;
        }
        // The token of an organization reaches what it reported itself.
        let is_own = !views && who.on_behalf_of.contains(':');
        let own = || vec![Scope { authors: vec![who.on_behalf_of.clone()], ..Scope::default() }];
        Ok(is_own.then(own))
    }

    /// A page of the events that answer a question.
    ///
    /// # Errors
    /// No permission; a question whose answer is larger than it lets be, or that cannot be sorted; a
    /// fault of the store.
    pub async fn events(
        &self,
        who: &Principal,
        query: &Query,
        after: Option<EventCursor>,
        limit: usize,
    ) -> Result<EventsPage, Rejection> {
        let scopes = self.event_scopes(who)?;
        let known = self.as_of(When { valid: None, known: after.map(|after| after.known) }).await?;
        let query = &*self.with_places(query, known).await?;
        let asked = asked(query, scopes, known.known);
        let order = order_of(query);
        if after.is_none()
            && let Some(most) = query.most
        {
            self.refuse_more(query, &asked, most).await?;
        }
        let left = after.map_or(query.limit, |after| after.left);
        let limit = limit.clamp(1, MOST_ON_PAGE);
        let wanted = left.map_or(limit, |left| limit.min(usize::try_from(left).unwrap_or(limit)));
        let Some(order) = order else {
            return self.sorted_events(query, &asked, after, left, wanted).await;
        };
        let mut page =
            self.looked_up(query, &asked, order, after.map(|after| after.place), wanted).await?;
        let left = left.map(|left| left.saturating_sub(page.0.len() as u64));
        let next = page.1.take().filter(|_| left != Some(0));
        let next = next.map(|place| EventCursor { known: asked.known, place, left });
        Ok(EventsPage { events: page.0, next, known: asked.known })
    }

    /// The event with an id, or with a hash where it has none, and what declares it wrong.
    ///
    /// # Errors
    /// No permission; a fault of the store; no such event.
    pub async fn event(&self, who: &Principal, id: &str) -> Result<EventsPage, Rejection> {
        let query = of_id(id)?;
        let page = self.events(who, &query, None, MOST_ON_PAGE).await?;
        if page.events.is_empty() {
            return Err(Rejection::NotFound(Fault::new(
                "epcis.no_event",
                format!("there is no event {id}; look at the id"),
                format!("没有事件 {id}；请核对编号"),
            )));
        }
        Ok(page)
    }

    /// Events that answer, behind a place, and where to go on.
    async fn looked_up(
        &self,
        query: &Query,
        asked: &EventsAsked,
        order: EventOrder,
        mut after: Option<EventPlace>,
        wanted: usize,
    ) -> Result<(Vec<EventView>, Option<EventPlace>), Rejection> {
        let mut found: Vec<EventView> = Vec::new();
        let (mut looked_at, mut bytes) = (0, 0);
        // Most that the index finds do answer; where few do, more are looked at together.
        let mut ask_for = wanted + 1;
        loop {
            let places = self.readings().events(asked, order, after, ask_for).await?;
            let is_last = places.len() < ask_for;
            let positions: Vec<u64> = places.iter().map(|place| place.position).collect();
            let mut sorted = positions.clone();
            sorted.sort_unstable();
            let said = self.reader().said_at(&sorted).await?;
            looked_at += places.len();
            for place in places {
                let at = said.binary_search_by_key(&place.position, |said| said.position);
                let Some(said) = at.ok().and_then(|at| said.get(at)) else { continue };
                let view = view(said)?;
                let answers = query.matches(&view.event);
                let is_full = found.len() >= wanted || bytes > 0 && bytes + view.bytes > MOST_BYTES;
                if answers && is_full {
                    return Ok((found, after));
                }
                after = Some(place);
                if answers {
                    bytes += view.bytes;
                    found.push(view);
                }
            }
            if is_last {
                return Ok((found, None));
            }
            if looked_at >= MOST_LOOKED_AT {
                return Ok((found, after));
            }
            ask_for = (ask_for * 2).min(1024);
        }
    }

    /// Refuses a question that more events answer than it lets be.
    async fn refuse_more(
        &self,
        query: &Query,
        asked: &EventsAsked,
        most: u64,
    ) -> Result<(), Rejection> {
        let (mut after, mut number) = (None, 0);
        loop {
            let (found, next) =
                self.looked_up(query, asked, EventOrder::Stored, after, MOST_ON_PAGE).await?;
            number += found.len() as u64;
            if number > most {
                return Err(Fault::new(
                    "epcis.query_too_large",
                    format!("more than {most} events answer (maxEventCount); ask for fewer"),
                    format!("符合条件的事件超过 {most} 个（maxEventCount）；请缩小查询范围"),
                )
                .into());
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// A page in the order of a field of which the store has none.
    async fn sorted_events(
        &self,
        query: &Query,
        asked: &EventsAsked,
        after: Option<EventCursor>,
        left: Option<u64>,
        wanted: usize,
    ) -> Result<EventsPage, Rejection> {
        let (mut all, mut behind) = (Vec::new(), None);
        loop {
            let (found, next) =
                self.looked_up(query, asked, EventOrder::Stored, behind, MOST_ON_PAGE).await?;
            all.extend(
                found
                    .into_iter()
                    .map(|view| (super::order::sort_key(query, &view.event), view.position)),
            );
            if all.len() > MOST_SORTED {
                return Err(Fault::new(
                    "epcis.query_too_complex",
                    format!("more than {MOST_SORTED} events would have to be sorted; order by eventTime or recordTime, or ask for fewer"),
                    format!("需排序的事件超过 {MOST_SORTED} 个；请按 eventTime 或 recordTime 排序，或缩小查询范围"),
                )
                .into());
            }
            match next {
                Some(next) => behind = Some(next),
                None => break,
            }
        }
        all.sort();
        if !query.ascending {
            all.reverse();
        }
        let from = after.map_or(0, |after| after.place.position);
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let positions: Vec<u64> =
            all.iter().skip(from).take(wanted).map(|(_, position)| *position).collect();
        let mut sorted = positions.clone();
        sorted.sort_unstable();
        let said = self.reader().said_at(&sorted).await?;
        let mut events = Vec::with_capacity(positions.len());
        for position in &positions {
            let at = said.binary_search_by_key(position, |said| said.position);
            if let Some(said) = at.ok().and_then(|at| said.get(at)) {
                events.push(view(said)?);
            }
        }
        let left = left.map(|left| left.saturating_sub(events.len() as u64));
        let end = from.saturating_add(positions.len());
        let next = (end < all.len() && left != Some(0)).then(|| EventCursor {
            known: asked.known,
            place: EventPlace { valid_at: Timestamp::from_micros(0), position: end as u64 },
            left,
        });
        Ok(EventsPage { events, next, known: asked.known })
    }

    /// Values that a field of events has, in their order, behind one: `bizStep`, `disposition`,
    /// `readPoint` or `bizLocation`; of events that somebody may read.
    ///
    /// # Errors
    /// No permission; a fault of the store.
    pub async fn event_values(
        &self,
        who: &Principal,
        field: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<String>, Rejection> {
        let scopes = self.event_scopes(who)?;
        let known = self.as_of(When::default()).await?.known;
        let (mut found, mut after) = (Vec::new(), after.to_owned());
        while found.len() < limit {
            let values = self.readings().event_values(field, &after, limit).await?;
            let is_last = values.len() < limit;
            for value in values {
                after.clone_from(&value);
                let query = Query::parse(
                    [(format!("EQ_{field}"), value.clone())],
                    &epcis::Namespaces::default(),
                );
                let Ok(query) = query else { continue };
                let asked = asked(&query, scopes.clone(), known);
                let first = self.readings().events(&asked, EventOrder::Stored, None, 1).await?;
                if !first.is_empty() && found.len() < limit {
                    found.push(value);
                }
            }
            if is_last {
                break;
            }
        }
        Ok(found)
    }

    /// Identifiers of instances in events that somebody may read, each at the first event that names it,
    /// behind a place: an event and how many of it were given.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub async fn event_epcs(
        &self,
        who: &Principal,
        after: Option<(EventCursor, u64)>,
        limit: usize,
    ) -> Result<(Vec<String>, Option<(EventCursor, u64)>), Rejection> {
        let scopes = self.event_scopes(who)?;
        let when = When { valid: None, known: after.map(|(after, _)| after.known) };
        let known = self.as_of(when).await?.known;
        let all = asked(&Query::default(), scopes.clone(), known);
        let mut found = Vec::new();
        let mut skip = after.map_or(0, |(_, given)| given);
        // The event of which some were given is read again.
        let mut behind = after.map(|(after, _)| after.place);
        let mut looked_at = 0;
        loop {
            let places = self.readings().events(&all, EventOrder::Stored, behind, 64).await?;
            let is_last = places.len() < 64;
            let positions: Vec<u64> = places.iter().map(|place| place.position).collect();
            let said = self.reader().said_at(&positions).await?;
            for (place, said) in places.iter().zip(&said) {
                let event = view(said)?.event;
                let ids = super::order::instances(&event);
                for (number, id) in (0_u64..).zip(&ids).skip(usize::try_from(skip).unwrap_or(0)) {
                    if found.len() == limit {
                        let place = behind.unwrap_or(EventPlace {
                            valid_at: Timestamp::from_micros(0),
                            position: u64::MAX,
                        });
                        let cursor = EventCursor { known, place, left: None };
                        return Ok((found, Some((cursor, number))));
                    }
                    let query = of_epc(id)?;
                    let asked = asked(&query, scopes.clone(), known);
                    let first = self.readings().events(&asked, EventOrder::Stored, None, 1).await?;
                    if first.first().is_some_and(|first| first.position == place.position) {
                        found.push(id.clone());
                    }
                }
                skip = 0;
                behind = Some(*place);
                looked_at += 1;
            }
            if is_last {
                return Ok((found, None));
            }
            if looked_at >= MOST_LOOKED_AT
                && let Some(place) = behind
            {
                let cursor = EventCursor { known, place, left: None };
                return Ok((found, Some((cursor, 0))));
            }
        }
    }
}

fn of_id(id: &str) -> Result<Query, Rejection> {
    let list = [("EQ_eventID".to_owned(), vec![id.to_owned()])];
    let query = Query::of_lists(list, &epcis::Namespaces::default());
    query.map_err(|fault| super::draft::told(&fault).into())
}

fn of_epc(id: &str) -> Result<Query, Rejection> {
    let list = [("MATCH_anyEPC".to_owned(), vec![id.to_owned()])];
    let query = Query::of_lists(list, &epcis::Namespaces::default());
    query.map_err(|fault| super::draft::told(&fault).into())
}

/// An event as it is given out.
pub(super) fn view(said: &Said) -> Result<EventView, Rejection> {
    let mut event = event_of(&said.open)?;
    event.recorded = Some(Time::of_micros(said.recorded_at.micros()));
    if event.id.is_none() {
        event.id = Some(super::hash_of(&said.open));
    }
    Ok(EventView {
        position: said.position,
        record: said.id.clone(),
        event,
        bytes: said.open.len(),
    })
}

/// What of a question the index and the columns help with.
pub(super) fn asked(query: &Query, scopes: Option<Vec<Scope>>, known: u64) -> EventsAsked {
    let mut asked =
        EventsAsked { kind: KIND, keys: query.keys(), scopes, known, ..EventsAsked::default() };
    for condition in &query.conditions {
        let Test::Time(field, op, time) = &condition.test else { continue };
        let time = Timestamp::from_micros(time.micros());
        let later = |a: Option<Timestamp>| Some(a.map_or(time, |a| a.max(time)));
        let earlier = |a: Option<Timestamp>| Some(a.map_or(time, |a| a.min(time)));
        match (field, op) {
            (Field::EventTime, Op::Ge) => asked.from = later(asked.from),
            (Field::EventTime, Op::Lt) => asked.before = earlier(asked.before),
            (Field::RecordTime, Op::Ge) => asked.recorded_from = later(asked.recorded_from),
            (Field::RecordTime, Op::Lt) => asked.recorded_before = earlier(asked.recorded_before),
            _ => {}
        }
    }
    asked
}

/// The order of a question, where the store has it.
fn order_of(query: &Query) -> Option<EventOrder> {
    match (query.order_by.as_deref(), query.ascending) {
        (None, _) | (Some("recordTime"), true) => Some(EventOrder::Stored),
        (Some("recordTime"), false) => Some(EventOrder::StoredLast),
        (Some("eventTime"), true) => Some(EventOrder::Happened),
        (Some("eventTime"), false) => Some(EventOrder::HappenedLast),
        (Some(_), _) => None,
    }
}
