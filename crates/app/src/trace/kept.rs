//! What does not fit in all that is known: a reading of the records, found once for each two times that
//! are asked for. A finding is there since the last of its records came, and ends when a correction, a
//! withdrawal or a declaration mends it; as of what was known before, it is still there. Made anew, it
//! is the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Envelope, RecordId, Timestamp};
use serde::Serialize;
use store::{Stored, readings};
use utoipa::ToSchema;

use super::answer::FindingSort;
use super::findings::Found;
use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

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

/// What of a record is told beside a finding.
struct SeenRecord {
    id: RecordId,
    region: String,
    came: Timestamp,
}

impl SeenRecord {
    fn of(stored: Stored) -> Self {
        let region = Envelope::read(&stored.envelope).map(|e| e.region.into_owned());
        let region = region.unwrap_or_default();
        Self { id: stored.id, region, came: stored.recorded_at }
    }
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
        let all = self.chain().findings(super::walk::graph_times(as_of), Self::PATIENCE).await?;
        let below = question.region.as_deref().map(below);
        let mut page = FindingPage { as_of, findings: Vec::new(), next: None };
        let mut at = usize::try_from(from).unwrap_or(usize::MAX);
        let end = at.saturating_add(MOST_LOOKED);
        while let Some(found) =
            all.get(at..(at + TOGETHER).min(all.len())).filter(|f| !f.is_empty())
        {
            let is_asked = |found: &&Arc<Found>| {
                question.sorts.is_empty() || question.sorts.contains(&found.sort)
            };
            let positions = found.iter().filter(is_asked).flat_map(|found| &found.records);
            let seen = self.seen_of(who, &positions.copied().collect(), SeenRecord::of).await?;
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
}

/// A finding as somebody sees it; none where they see none of its records.
fn kept(found: &Found, seen: &BTreeMap<u64, SeenRecord>) -> Option<KeptFinding> {
    let of: Vec<_> = found.records.iter().filter_map(|at| seen.get(at)).collect();
    let last = of.last()?;
    Some(KeptFinding {
        sort: found.sort,
        thing: found.thing.clone(),
        records: of.iter().map(|seen| seen.id).collect(),
        // Names and numbers of what may not be seen are not told.
        detail: found.detail.clone().filter(|_| of.len() == found.records.len()),
        region: last.region.clone(),
        since: last.came,
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
