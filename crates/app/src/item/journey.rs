//! Where a thing was, as whoever holds it is told.

use std::collections::{HashMap, HashSet};

use model::{Envelope, RecordId, Timestamp};
use pack::Pack;
use serde::Deserialize;
use store::Stored;
use store::readings::AsOf;

use super::STEPS;
use crate::fault::Rejection;
use crate::system::System;

/// Steps that a page tells; a lot that was sold in a hundred shops has more.
const MOST: usize = 24;
/// Origins of these the nearest in time.
const MOST_ORIGINS: usize = 8;

/// Records by which the graph may be behind before it is said.
const BEHIND: u64 = 5_000;

/// A party or place of a journey, as far as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its id.
    pub id: Option<String>,
    /// Its division, GB/T 2260; empty where it is not known.
    pub region: String,
}

/// A step of a journey.
#[derive(Debug, Clone)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What was done: a code of the list [`STEPS`].
    pub step: String,
    /// Who reports it, and where that is.
    pub party: Option<Party>,
    /// What the thing was then, where it was not yet this: an ingredient's lot, by its id. Which lot of
    /// whom a maker uses is its trade secret: a page tells of its product what sort that is.
    pub of: Option<String>,
    /// Whether it went into something else. Who made that bought it: not to be told.
    pub is_use: bool,
    /// The record.
    pub record: RecordId,
    /// Its index in the log.
    pub index: u64,
    /// Whether it is signed.
    pub is_signed: bool,
}

/// A journey, in the order of time.
#[derive(Debug, Clone, Default)]
pub struct Journey {
    /// Whether any event names the thing.
    pub is_known: bool,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Whether the graph still follows from afar, as after a start: then steps may be missing.
    pub is_behind: bool,
    /// Steps that are known and not told.
    pub untold: usize,
    /// The lots of which the thing is.
    pub lots: Vec<String>,
}

/// What of an event's record a step is read from.
#[derive(Deserialize)]
struct Told {
    biz_step: Option<String>,
}

impl System {
    /// The journey of a thing, by its keys from the item to the lot.
    pub(super) async fn journey_of(
        &self,
        pack: &Pack,
        ids: &[String],
        as_of: AsOf,
    ) -> Result<Journey, Rejection> {
        let way = self.way_of(ids.to_vec(), as_of).await?;
        let is_behind = way.known.saturating_add(BEHIND) < as_of.known;
        if way.found.is_none() {
            return Ok(Journey { is_behind, ..Journey::default() });
        }
        let nearest = way.origins.len().saturating_sub(MOST_ORIGINS);
        let origins: HashMap<u64, &str> = way
            .origins
            .get(nearest..)
            .unwrap_or_default()
            .iter()
            .map(|(of, record)| (*record, of.as_str()))
            .collect();
        let own: HashMap<u64, bool> = way.own.iter().map(|own| (own.record, own.is_use)).collect();
        let mut positions: Vec<u64> = origins.keys().chain(own.keys()).copied().collect();
        positions.sort_unstable();
        positions.dedup();
        let mut journey = Journey {
            is_known: true,
            is_behind,
            untold: nearest,
            lots: way.lots.clone(),
            ..Journey::default()
        };
        for record in self.reader().at(&positions).await? {
            let is_use = own.get(&record.position).copied();
            let of = origins.get(&record.position).filter(|_| is_use.is_none());
            match self.step(pack, &record, of.map(|of| (*of).to_owned())) {
                Some(step) => {
                    journey.steps.push(Step { is_use: is_use.unwrap_or(false), ..step });
                }
                None => journey.untold += 1,
            }
        }
        journey.steps.sort_by_key(|step| (step.at, step.index));
        thin_out(&mut journey);
        Ok(journey)
    }

    /// The step of a record; none where the pack does not tell it.
    fn step(&self, pack: &Pack, record: &Stored, of: Option<String>) -> Option<Step> {
        let told: Told = serde_json::from_slice(&record.open).ok()?;
        let on = record.valid_at.day_in_china();
        let step =
            told.biz_step.filter(|step| pack.list(STEPS).is_some_and(|list| list.has(step, on)))?;
        let envelope = Envelope::read(&record.envelope).ok()?;
        let reporter = envelope.subjects.iter().find(|subject| subject.role == "reporter");
        let party = Party {
            id: reporter.map(|subject| subject.id.clone().into_owned()),
            region: envelope.region.clone().into_owned(),
        };
        let (index, is_signed) = self.log_index(record.position);
        Some(Step {
            at: record.valid_at,
            step,
            party: Some(party),
            of,
            is_use: false,
            record: record.id,
            index,
            is_signed,
        })
    }
}

/// Of a lot that went to many places each step is told once in each division, and the first ones.
fn thin_out(journey: &mut Journey) {
    let mut seen = HashSet::new();
    let before = journey.steps.len();
    journey.steps.retain(|step| {
        let region = step.party.as_ref().map(|party| party.region.clone());
        seen.insert((step.step.clone(), step.is_use, region, step.of.clone()))
    });
    journey.steps.truncate(MOST);
    journey.untold += before - journey.steps.len();
}
