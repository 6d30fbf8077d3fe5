//! Double entries: what may be one subject, and what a person says to it.

use model::{Draft, Timestamp};
use serde_json::json;
use store::readings::AsOf;

use super::find::Reach;
use super::joins::{self, DOUBLE_ENTRY, ENTRY, SAME_SUBJECT};
use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::reading::When;
use crate::system::System;

/// The most suggestions that are given at once, as a file is made of them.
pub const MOST_SUGGESTIONS: usize = 10_000;

/// Two entries that have the same name in the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The one.
    pub entry: Side,
    /// The other.
    pub double_entry: Side,
    /// The sort of both, by the id of the pack.
    pub sort: String,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The division.
    pub region: String,
    /// Where it is.
    pub address: String,
}

/// What may be double.
#[derive(Debug, Clone)]
pub struct Suggestions {
    /// As of when.
    pub as_of: AsOf,
    /// How many there are.
    pub count: usize,
    /// Some of them, in the order of the names.
    pub some: Vec<Suggestion>,
}

impl System {
    /// Entries that may be one subject: of one sort, with the same name, in the same division or one
    /// within the other. What a person has said something to is not suggested again.
    ///
    /// # Errors
    /// No permission to register; a registry that is not ready; a fault of the store.
    pub async fn suggestions(
        &self,
        who: &Principal,
        offset: usize,
        limit: usize,
    ) -> Result<Suggestions, Rejection> {
        let pack = self.pack();
        let today = crate::time::day(self.clock().now());
        let author = pack.kind(SAME_SUBJECT).map_or("", |kind| kind.author.as_str());
        Door::new(&pack, today).authorize(who, author, Target::default())?;
        let as_of = self.as_of(When::default()).await?;
        let state = self.registry().for_question(None, as_of.known, Self::PATIENCE).await?;
        let Some(state) = state.as_ref() else {
            let reason = "the registry is being made ready".to_owned();
            return Err(store::Error::Unavailable { reason }.into());
        };
        let reach = Reach::of(self, Some(who));
        let divisions = &pack.tables().divisions;
        let groups = state.index.namesakes(|facet| {
            !facet.region.is_empty()
                && state.sorts.get(facet.sort).is_some_and(|sort| reach.finds(sort, &facet))
        });
        let (mut count, mut some) = (0, Vec::new());
        for group in groups {
            let group: Vec<_> = group.iter().filter_map(|id| state.index.subject(id)).collect();
            for (at, entry) in group.iter().enumerate() {
                for other in group.iter().skip(at + 1) {
                    let (a, b) = (entry.region.as_str(), other.region.as_str());
                    let is_near = a == b
                        || divisions.is_within(a, b, today)
                        || divisions.is_within(b, a, today);
                    let is_open = || {
                        let now = AsOf { valid: Timestamp::from_micros(i64::MAX), ..as_of };
                        state.verdicts.between(&entry.id, &other.id, now).is_none()
                    };
                    if entry.sort != other.sort || !is_near || !is_open() {
                        continue;
                    }
                    count += 1;
                    if count > offset && some.len() < limit.clamp(1, MOST_SUGGESTIONS) {
                        let side = |subject: &search::Subject| Side {
                            id: subject.id.clone(),
                            name: state.index.name(&subject.id).unwrap_or_default().to_owned(),
                            region: subject.region.clone(),
                            address: subject.address.clone(),
                        };
                        some.push(Suggestion {
                            entry: side(entry),
                            double_entry: side(other),
                            sort: state
                                .sorts
                                .get(entry.sort)
                                .map_or_else(String::new, |s| s.id.clone()),
                        });
                    }
                }
            }
        }
        Ok(Suggestions { as_of, count, some })
    }

    /// Says whether two entries are one, by a record; where something was said of the two before, the
    /// record corrects it. Taken back or corrected like any other, it counts no more.
    ///
    /// # Errors
    /// What is wrong with the record or the right to send it; one and the same id twice.
    pub async fn decide_double(
        &self,
        who: &Principal,
        entry: &str,
        double_entry: &str,
        is_same: bool,
        reason: &str,
    ) -> Result<Receipt, Rejection> {
        if entry == double_entry {
            return Err(Fault::new(
                "same-subject.itself",
                format!("{entry} is named twice; name two entries"),
                format!("{entry} 重复；请填写两个不同的主体"),
            )
            .into());
        }
        let (region, said) = {
            let as_of = self.as_of(When::default()).await?;
            let state = self.registry().state(as_of.known, Self::PATIENCE).await?;
            let said = state.as_ref().and_then(|s| s.verdicts.between(entry, double_entry, as_of));
            let said = said.map(|verdict| (verdict.record, verdict.sides().clone()));
            let entry = state.as_ref().and_then(|s| s.index.subject(s.stands_for(entry)));
            (entry.map(|entry| entry.region).filter(|region| !region.is_empty()), said)
        };
        let region = region.unwrap_or_else(|| self.pack().manifest().province.clone());
        let mut open = json!({ "verdict": joins::word(is_same) });
        if let Some(fields) = open.as_object_mut().filter(|_| !reason.trim().is_empty()) {
            fields.insert("reason".to_owned(), reason.trim().into());
        }
        let named = [entry.to_owned(), double_entry.to_owned()];
        let [entry, double_entry] = said.as_ref().map_or(&named, |(_, sides)| sides);
        let mut draft = json!({
            "kind": SAME_SUBJECT,
            "region": region,
            "valid_at": self.clock().now().to_string(),
            "source": "console",
            "subjects": [
                { "role": ENTRY, "id": entry },
                { "role": DOUBLE_ENTRY, "id": double_entry },
            ],
            "open": open,
        });
        if let (Some((record, _)), Some(fields)) = (&said, draft.as_object_mut()) {
            fields.insert("corrects".to_owned(), record.to_string().into());
        }
        let draft = Draft::from_json(draft).map_err(Fault::from)?;
        let mut receipts = self.append(who, vec![draft], None).await?;
        receipts.pop().ok_or_else(|| {
            let reason = "no receipt".to_owned();
            store::Error::Unavailable { reason }.into()
        })
    }
}
