//! What records bring to those who follow events, and what of it each may be told.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use epcis::Query;
use model::{RecordId, Timestamp};
use store::epcis::Brings;
use store::job::Asker;
use store::readings::Scope;

use super::KIND;
use super::ask::EventView;
use super::subscription::{Subscription, Told};
use crate::door::Principal;
use crate::fault::Rejection;
use crate::job::Askers;
use crate::reading::When;
use crate::system::System;

/// Events that are told at once.
const AT_ONCE: usize = 500;
/// Bytes of events that are told at once; one larger event is told by itself.
const BYTES: usize = 4 << 20;
/// Events that are read together.
const PIECE: usize = 50;
/// Records that are looked at in one step.
const STEP: usize = 1_000;

/// An event that begins to count, with its record.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The event.
    pub view: EventView,
    /// When it was taken in.
    pub recorded_at: Timestamp,
    /// The keys by which it is found.
    pub keys: Vec<i64>,
    stored: store::Stored,
}

/// What those may read who are told, looked up once for a round.
#[derive(Default)]
pub struct Readers {
    askers: Askers,
    known: HashMap<Asker, Result<Reader, Rejection>>,
    /// Questions for places and what lies below them, with the places of now.
    wider: HashMap<RecordId, Query>,
}

/// Who is told, with what they may read: all, or what lies in these scopes.
#[derive(Clone)]
struct Reader {
    who: Principal,
    scopes: Option<Vec<Scope>>,
}

impl Readers {
    /// The question of a subscription, with the places of now.
    async fn question<'s>(
        &mut self,
        system: &System,
        subscription: &'s Subscription,
    ) -> Result<Cow<'s, Query>, Rejection> {
        let query = &subscription.query;
        if query.places().is_empty() {
            return Ok(Cow::Borrowed(query));
        }
        let id = subscription.row.id;
        let wider = match self.wider.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let now = system.as_of(When::default()).await?;
                place.insert(system.with_places(query, now).await?.into_owned())
            }
        };
        Ok(Cow::Owned(wider.clone()))
    }

    async fn of(&mut self, system: &System, asker: &Asker) -> Result<&Reader, Rejection> {
        if !self.known.contains_key(asker) {
            let who = self.askers.principal(system, asker).await;
            let reader = who.and_then(|who| {
                let scopes = system.event_scopes(&who)?;
                Ok(Reader { who, scopes })
            });
            self.known.insert(asker.clone(), reader);
        }
        match self.known.get(asker) {
            Some(Ok(reader)) => Ok(reader),
            Some(Err(rejection)) => Err(rejection.clone()),
            None => Err(Rejection::Store(store::Error::Damaged { what: "a reader".to_owned() })),
        }
    }
}

impl System {
    /// Events that begin to count behind a place and before another, some of them in the order in which
    /// they do, and how far that is.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn brought(
        &self,
        after: Told,
        until: Option<Told>,
    ) -> Result<(Vec<Brought>, Told), Rejection> {
        let (mut places, mut reached) = self.places_behind(after).await?;
        if let Some(until) = until {
            places.retain(|place| *place < until);
            reached = reached.min(until);
        }
        let size = self.reader().size().await?;
        let (mut brought, mut bytes) = (Vec::with_capacity(places.len()), 0);
        for piece in places.chunks(PIECE) {
            let positions: Vec<u64> = piece.iter().map(|place| place.position).collect();
            let stored = self.reader().at(&positions).await?;
            let standing = self.reader().standing(&stored, size).await?;
            let mut found: HashMap<u64, store::Stored> = HashMap::with_capacity(stored.len());
            for (stored, standing) in stored.into_iter().zip(standing) {
                // What was taken back meanwhile is not told any more.
                if standing.counts && stored.kind == KIND {
                    found.insert(stored.position, stored);
                }
            }
            for place in piece {
                let Some(stored) = found.remove(&place.position) else { continue };
                if bytes > 0 && bytes + stored.open.len() > BYTES {
                    reached = *place;
                    return Ok((brought, reached));
                }
                bytes += stored.open.len();
                brought.push(event_of(stored)?);
            }
        }
        Ok((brought, reached))
    }

    /// Where the next events lie that begin to count behind a place, and how far that is.
    async fn places_behind(&self, after: Told) -> Result<(Vec<Told>, Told), Rejection> {
        let (steps, behind) = self.reader().brings(KIND, after.known, STEP).await?;
        let mut places: Vec<Told> = Vec::new();
        let mut skip = after.position;
        for (known, brings) in steps {
            let from = std::mem::take(&mut skip);
            let left = AT_ONCE - places.len();
            if left == 0 {
                return Ok((places, Told { known, position: from }));
            }
            match brings {
                Brings::Event => places.push(Told { known, position: known }),
                Brings::Batch(batch) => {
                    let behind = from.checked_sub(1);
                    let found = self.reader().batch_positions(batch, behind, left + 1).await?;
                    let place = |position: &u64| Told { known, position: *position };
                    places.extend(found.iter().take(left).map(place));
                    if let Some(next) = found.get(left) {
                        return Ok((places, place(next)));
                    }
                }
            }
        }
        Ok((places, Told { known: behind, position: 0 }))
    }

    /// Of some events those that answer a subscription and that who asked for it may read now.
    ///
    /// # Errors
    /// The right has ended; a fault of the store.
    pub async fn to_be_told(
        &self,
        subscription: &Subscription,
        brought: &[&Brought],
        readers: &mut Readers,
    ) -> Result<Vec<EventView>, Rejection> {
        if brought.is_empty() {
            return Ok(Vec::new());
        }
        let query = readers.question(self, subscription).await?;
        let from = subscription.from();
        let answers = |event: &&&Brought| {
            from.is_none_or(|from| event.recorded_at >= from) && query.matches(&event.view.event)
        };
        let mut found = Vec::new();
        for event in brought.iter().filter(answers) {
            let reader = readers.of(self, &subscription.row.asker).await?;
            if self.is_told(reader, event)? {
                found.push(event.view.clone());
            }
        }
        Ok(found)
    }

    /// Whether who asked for a subscription may still be told of anything.
    ///
    /// # Errors
    /// The right has ended; a fault of the store.
    pub async fn may_be_told(
        &self,
        subscription: &Subscription,
        readers: &mut Readers,
    ) -> Result<(), Rejection> {
        readers.of(self, &subscription.row.asker).await.map(drop)
    }

    fn is_told(&self, reader: &Reader, event: &Brought) -> Result<bool, Rejection> {
        match (&reader.who.person, &reader.scopes) {
            (Some(_), _) => self.sees(&reader.who, &event.stored),
            (None, None) => Ok(true),
            (None, Some(scopes)) => {
                let envelope = crate::reading::envelope(&event.stored)?;
                let author = &*envelope.author.on_behalf_of;
                Ok(scopes.iter().any(|scope| scope.authors.iter().any(|own| own == author)))
            }
        }
    }
}

fn event_of(stored: store::Stored) -> Result<Brought, Rejection> {
    let said = store::Said {
        position: stored.position,
        id: stored.id.to_string(),
        valid_at: stored.valid_at,
        recorded_at: stored.recorded_at,
        envelope: Vec::new(),
        open: stored.open.clone(),
    };
    let view = super::ask::view(&said)?;
    let keys = view.event.keys();
    Ok(Brought { recorded_at: stored.recorded_at, keys, view, stored })
}
