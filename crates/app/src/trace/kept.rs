//! What does not fit in all that is known: a reading of the records, found once for each two times that
//! are asked for. A finding is there since the last of its records came, and ends when a correction, a
//! withdrawal or a declaration mends it; as of what was known before, it is still there. Made anew, it
//! is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::trace::{Act, AsOf, Thing};
use model::{Envelope, RecordId, Timestamp};
use serde::Serialize;
use store::readings;
use utoipa::ToSchema;

use super::answer::FindingSort;
use super::findings::{Finder, Found};
use super::follow::Aside;
use super::meaning::Meanings;
use super::note::What;
use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

/// Things or acts that are looked at while the graph is held.
const AT_ONCE: u32 = 4_096;
/// Findings whose records are read together.
const TOGETHER: usize = 200;
/// Findings that are looked through for one page; where the asker sees few of them, it has fewer.
const MOST_LOOKED: usize = 5_000;

/// Something that does not fit, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeptFinding {
    /// What.
    pub sort: FindingSort,
    /// The thing.
    pub thing: String,
    /// The records that say it, as far as the asker may see them.
    #[schema(value_type = Vec<String>)]
    pub records: Vec<RecordId>,
    /// In numbers or names, where there are any.
    pub detail: Option<String>,
    /// The division of the last of these records, GB/T 2260.
    pub region: String,
    /// Since when it is known: when the last of these records came.
    #[schema(value_type = String)]
    pub since: Timestamp,
}

/// Which findings are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingQuestion {
    /// Of these sorts; empty: of all.
    pub sorts: Vec<FindingSort>,
    /// Of a division and those below it, GB/T 2260.
    pub region: Option<String>,
}

/// A page of findings, those first that came last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingPage {
    /// As of when.
    pub as_of: readings::AsOf,
    /// The findings.
    pub findings: Vec<KeptFinding>,
    /// Where the next page begins; none on the last.
    pub next: Option<u64>,
}

/// All findings, those first that came last.
pub(super) type Findings = Arc<Vec<Found>>;

/// Looks through all things and acts, piece by piece; none where the graph was made anew meanwhile.
pub(super) fn all(aside: &Aside, meanings: &Meanings, as_of: AsOf) -> Option<Findings> {
    let size = aside.look(|state| (state.names.len() as u32, state.graph.acts() as u32))?;
    let (things, acts) = size;
    let mut found: BTreeSet<Found> = BTreeSet::new();
    for first in (0..things).step_by(AT_ONCE as usize) {
        let to = things.min(first.saturating_add(AT_ONCE));
        found.extend(aside.look(|state| {
            let mut finder = Finder::new(state, meanings, as_of);
            let goods = (first..to).map(Thing).filter(|thing| state.sort(*thing).is_goods());
            goods.for_each(|thing| finder.of_thing(thing));
            finder.found
        })?);
    }
    let mut made: BTreeSet<Act> = BTreeSet::new();
    for first in (0..acts).step_by(AT_ONCE as usize) {
        let to = acts.min(first.saturating_add(AT_ONCE));
        let (some, more) = aside.look(|state| {
            let mut finder = Finder::new(state, meanings, as_of);
            let holds = |act: &Act| state.graph.holds(*act, as_of);
            let acts: Vec<Act> = (first..to).map(Act).filter(holds).collect();
            acts.iter().for_each(|act| finder.of_act(*act));
            let is_made = |act: &Act| state.note(*act).what == What::Transformation;
            (finder.found, acts.into_iter().filter(is_made).collect::<Vec<Act>>())
        })?;
        found.extend(some);
        made.extend(more);
    }
    found.extend(aside.look(|state| {
        let mut finder = Finder::new(state, meanings, as_of);
        finder.loops(&made);
        finder.found
    })?);
    let mut found: Vec<Found> = found.into_iter().collect();
    // Stable: what came with one record stands in the order of sorts and things.
    found.sort_by_key(|found| std::cmp::Reverse(found.records.last().copied()));
    Some(Arc::new(found))
}

impl System {
    /// A page of what does not fit, of what the asker may see. `from` is the place where the page
    /// before said that the next begins.
    ///
    /// # Errors
    /// No permission to read; more known than there is; a fault of the store.
    pub async fn trace_findings(
        &self,
        who: &Principal,
        question: &FindingQuestion,
        when: When,
        from: u64,
        limit: usize,
    ) -> Result<FindingPage, Rejection> {
        self.may_trace(who)?;
        let mut as_of = self.trace_times(when).await?;
        if when.valid.is_none() {
            // Of all that is known, whenever it is said to have happened.
            as_of.valid = Timestamp::from_micros(i64::MAX);
        }
        let all = self.chain().findings(super::walk::graph_times(as_of)).await?;
        let below = question.region.as_deref().map(below);
        let mut page = FindingPage { as_of, findings: Vec::new(), next: None };
        let mut at = usize::try_from(from).unwrap_or(usize::MAX);
        let end = at.saturating_add(MOST_LOOKED);
        while let Some(found) =
            all.get(at..(at + TOGETHER).min(all.len())).filter(|f| !f.is_empty())
        {
            let is_asked =
                |found: &&Found| question.sorts.is_empty() || question.sorts.contains(&found.sort);
            let positions = found.iter().filter(is_asked).flat_map(|found| &found.records);
            let seen = self.seen_records(who, &positions.copied().collect()).await?;
            for found in found {
                if page.findings.len() == limit {
                    page.next = Some(at as u64);
                    return Ok(page);
                }
                at += 1;
                if !is_asked(&found) {
                    continue;
                }
                let kept = kept(found, &seen);
                let is_below = |kept: &KeptFinding| {
                    below.as_ref().is_none_or(|below| kept.region.starts_with(below))
                };
                page.findings.extend(kept.filter(is_below));
            }
            if at >= end {
                break;
            }
        }
        page.next = (at < all.len()).then_some(at as u64);
        Ok(page)
    }

    /// Of some records those that somebody may see: id, region, and when they came.
    async fn seen_records(
        &self,
        who: &Principal,
        positions: &BTreeSet<u64>,
    ) -> Result<BTreeMap<u64, (RecordId, String, Timestamp)>, Rejection> {
        let mut seen = BTreeMap::new();
        let positions: Vec<u64> = positions.iter().copied().collect();
        for positions in positions.chunks(store::MOST) {
            for stored in self.reader().at(positions).await? {
                if !self.sees(who, &stored)? {
                    continue;
                }
                let region = Envelope::read(&stored.envelope).map(|e| e.region.into_owned());
                let told = (stored.id, region.unwrap_or_default(), stored.recorded_at);
                seen.insert(stored.position, told);
            }
        }
        Ok(seen)
    }
}

/// A finding as somebody sees it; none where they see none of its records.
fn kept(found: &Found, seen: &BTreeMap<u64, (RecordId, String, Timestamp)>) -> Option<KeptFinding> {
    let of: Vec<_> = found.records.iter().filter_map(|at| seen.get(at)).collect();
    let (_, region, since) = of.last()?;
    Some(KeptFinding {
        sort: found.sort,
        thing: found.thing.clone(),
        records: of.iter().map(|(id, ..)| *id).collect(),
        // Names and numbers of what may not be seen are not told.
        detail: found.detail.clone().filter(|_| of.len() == found.records.len()),
        region: region.clone(),
        since: *since,
    })
}

/// What the numbers of a division and of those below it begin with: GB/T 2260 writes 00 where a level
/// is not told.
fn below(region: &str) -> String {
    let mut digits = region;
    while let Some(shorter) = digits.strip_suffix("00").filter(|shorter| !shorter.is_empty()) {
        digits = shorter;
    }
    digits.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_has_those_below_it() {
        assert_eq!(below("420000"), "42");
        assert_eq!(below("420100"), "4201");
        assert_eq!(below("420106"), "420106");
        assert_eq!(below("421000"), "4210");
    }
}
