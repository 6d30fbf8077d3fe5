//! Which ids are of one and the same subject.
//!
//! An old organization code and the credit code around it are joined by rule; all else by what a
//! person decided. A decision may part what the rule joins. What is joined with what is joined is
//! joined: chains and rings of decisions are walked once.

use std::collections::{BTreeSet, HashMap};

use model::{RecordId, Timestamp};
use pack::Pack;
use serde_json::{Map, Value};
use store::readings::{AsOf, Readings};
use store::{Error, Reader};

use crate::reading::envelope;

/// The kind of record by which a person decides.
pub const SAME_SUBJECT: &str = "same-subject";
/// The roles of the two in it.
pub(crate) const ENTRY: &str = "entry";
pub(crate) const DOUBLE_ENTRY: &str = "double_entry";
/// The field of the decision, and what it says where they are one.
const VERDICT: &str = "verdict";
const SAME: &str = "same";
const DIFFERENT: &str = "different";
/// More ids are of no one subject: beyond them a chain of decisions is followed no further.
const MOST: usize = 64;

/// What a person decided of two ids.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    sides: [String; 2],
    pub(crate) is_same: bool,
    pub(crate) record: RecordId,
    valid_at: Timestamp,
    position: u64,
    /// When the record counts.
    intervals: Vec<(u64, u64)>,
}

impl Verdict {
    fn counts(&self, as_of: AsOf) -> bool {
        let known = |(from, until): &(u64, u64)| *from < as_of.known && *until >= as_of.known;
        self.valid_at <= as_of.valid && self.intervals.iter().any(known)
    }

    /// The two, in the order in which the record names them.
    pub(crate) fn sides(&self) -> &[String; 2] {
        &self.sides
    }

    fn other(&self, id: &str) -> &str {
        let [first, second] = &self.sides;
        if first == id { second } else { first }
    }
}

/// All decisions, also those that count no more.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    all: Vec<Verdict>,
    by_id: HashMap<String, Vec<usize>>,
}

impl Verdicts {
    /// Reads all decisions.
    pub(crate) async fn load(
        pack: &Pack,
        readings: &Readings,
        reader: &Reader,
    ) -> Result<Self, Error> {
        let mut verdicts = Self::default();
        if pack.kind(SAME_SUBJECT).is_none() {
            return Ok(verdicts);
        }
        let mut after = None;
        loop {
            let positions = readings.kind_positions(SAME_SUBJECT, after, store::MOST).await?;
            let Some(last) = positions.last() else { break };
            after = Some(*last);
            let mut intervals: HashMap<u64, Vec<(u64, u64)>> = HashMap::new();
            for (position, from, until) in readings.intervals(&positions).await? {
                intervals.entry(position).or_default().push((from, until));
            }
            for stored in reader.at(&positions).await? {
                let Some(intervals) = intervals.remove(&stored.position) else { continue };
                let envelope = envelope(&stored)?;
                let side = |role| {
                    let found = envelope.subjects.iter().find(|subject| subject.role == role);
                    found.map(|subject| subject.id.clone().into_owned())
                };
                let (Some(first), Some(second)) = (side(ENTRY), side(DOUBLE_ENTRY)) else {
                    continue;
                };
                let open: Map<String, Value> =
                    serde_json::from_slice(&stored.open).unwrap_or_default();
                verdicts.add(Verdict {
                    sides: [first, second],
                    is_same: open.get(VERDICT).and_then(Value::as_str) == Some(SAME),
                    record: stored.id,
                    valid_at: stored.valid_at,
                    position: stored.position,
                    intervals,
                });
            }
        }
        Ok(verdicts)
    }

    fn add(&mut self, verdict: Verdict) {
        let at = self.all.len();
        for side in &verdict.sides {
            self.by_id.entry(side.clone()).or_default().push(at);
        }
        self.all.push(verdict);
    }

    /// Ids of which something was ever decided.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &String> {
        self.by_id.keys()
    }

    /// Whatever was decided of an id, also what counts no more.
    pub(crate) fn ever_decided<'v>(&'v self, id: &str) -> impl Iterator<Item = &'v Verdict> {
        let all = self.by_id.get(id).into_iter().flatten();
        all.filter_map(|at| self.all.get(*at))
    }

    /// What counts of each pair that an id is in: the newest decision.
    fn of<'v>(&'v self, id: &'v str, as_of: AsOf) -> Vec<&'v Verdict> {
        let all = self.by_id.get(id).into_iter().flatten().filter_map(|at| self.all.get(*at));
        let mut newest: Vec<&Verdict> = all.filter(|verdict| verdict.counts(as_of)).collect();
        newest.sort_by_key(|v| (v.other(id), std::cmp::Reverse((v.valid_at, v.position))));
        newest.dedup_by_key(|verdict| verdict.other(id));
        newest
    }

    /// What counts of two ids.
    pub(crate) fn between(&self, a: &str, b: &str, as_of: AsOf) -> Option<&Verdict> {
        let all = self.by_id.get(a).into_iter().flatten().filter_map(|at| self.all.get(*at));
        let counting = all.filter(|v| v.other(a) == b && v.counts(as_of));
        counting.max_by_key(|verdict| (verdict.valid_at, verdict.position))
    }
}

/// Why an id belongs to a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// It is the id itself that stands for the subject.
    Itself,
    /// The one code stands in the other.
    Code,
    /// A person decided so, by this record.
    Verdict(RecordId),
}

/// An id of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The id.
    pub id: String,
    /// Why it belongs to it.
    pub because: Because,
}

/// All ids that are of one subject with `id`, the one that stands for it first. `kin` are those that
/// the rule joins.
pub(crate) fn cluster(
    id: &str,
    verdicts: &Verdicts,
    as_of: AsOf,
    kin: impl Fn(&str) -> Vec<String>,
) -> Vec<Member> {
    let mut members = reached(id, verdicts, as_of, &kin);
    let first = members.first().map(|member| member.id.clone());
    // Why the others belong to it is told from the one that stands for all.
    if let Some(first) = first.filter(|first| first != id) {
        members = reached(&first, verdicts, as_of, &kin);
    }
    members
}

/// What is reached from an id, in the order in which ids stand for a subject.
fn reached(
    id: &str,
    verdicts: &Verdicts,
    as_of: AsOf,
    kin: &impl Fn(&str) -> Vec<String>,
) -> Vec<Member> {
    let mut found = vec![Member { id: id.to_owned(), because: Because::Itself }];
    let mut seen = BTreeSet::from([id.to_owned()]);
    let mut at = 0;
    while let Some(id) = found.get(at).map(|member| member.id.clone()) {
        at += 1;
        let decided = verdicts.of(&id, as_of);
        let by_rule = kin(&id).into_iter().filter(|other| {
            let parted = decided.iter().any(|v| !v.is_same && v.other(&id) == other.as_str());
            !parted
        });
        let by_rule = by_rule.map(|id| Member { id, because: Because::Code });
        let by_person = decided.iter().filter(|verdict| verdict.is_same).map(|verdict| Member {
            id: verdict.other(&id).to_owned(),
            because: Because::Verdict(verdict.record),
        });
        for member in by_rule.chain(by_person).collect::<Vec<_>>() {
            if found.len() < MOST && seen.insert(member.id.clone()) {
                found.push(member);
            }
        }
    }
    found.sort_by(|a, b| rank(&a.id).cmp(&rank(&b.id)));
    found
}

/// Which id stands for a subject that has several: the credit code before the old code before what
/// has no national code.
fn rank(id: &str) -> (u8, &str) {
    let scheme = id.split_once(':').map_or("", |(scheme, _)| scheme);
    let order = match scheme {
        "uscc" => 0,
        "organization-code" => 1,
        "https" | "http" | "urn" => 2,
        _ => 3,
    };
    (order, id)
}

/// The old organization code that an id is, or that stands in it.
pub(crate) fn body(id: &str) -> Option<String> {
    let body = match id.split_once(':')? {
        ("uscc", code) => code.get(8..17)?.to_owned(),
        ("organization-code", code) => code.replace('-', ""),
        _ => return None,
    };
    (body.len() == 9).then_some(body)
}

/// The word of a decision.
pub(crate) fn word(is_same: bool) -> &'static str {
    if is_same { SAME } else { DIFFERENT }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: AsOf = AsOf { valid: Timestamp::from_micros(100), known: 100 };

    fn verdict(a: &str, b: &str, is_same: bool, position: u64) -> Verdict {
        Verdict {
            sides: [a.to_owned(), b.to_owned()],
            is_same,
            record: RecordId::new(Timestamp::from_micros(0), &[position as u8; 10]),
            valid_at: Timestamp::from_micros(position as i64),
            position,
            intervals: vec![(position, i64::MAX as u64)],
        }
    }

    fn of(verdicts: &[(&str, &str, bool)]) -> Verdicts {
        let mut all = Verdicts::default();
        for (at, (a, b, is_same)) in verdicts.iter().enumerate() {
            all.add(verdict(a, b, *is_same, at as u64));
        }
        all
    }

    fn ids(id: &str, verdicts: &Verdicts, as_of: AsOf, pairs: &[(&str, &str)]) -> Vec<String> {
        let kin = |id: &str| {
            let other = |(a, b): &(&str, &str)| match (*a == id, *b == id) {
                (true, _) => Some((*b).to_owned()),
                (_, true) => Some((*a).to_owned()),
                _ => None,
            };
            pairs.iter().filter_map(other).collect()
        };
        cluster(id, verdicts, as_of, kin).into_iter().map(|member| member.id).collect()
    }

    #[test]
    fn chains_and_rings_are_one_whoever_is_asked() {
        let ring = of(&[("a:1", "a:2", true), ("a:3", "a:2", true), ("a:3", "a:1", true)]);
        for id in ["a:1", "a:2", "a:3"] {
            assert_eq!(ids(id, &ring, NOW, &[]), ["a:1", "a:2", "a:3"], "{id}");
        }
        assert_eq!(ids("a:2", &ring, AsOf { known: 1, ..NOW }, &[]), ["a:1", "a:2"]);
        assert_eq!(ids("a:2", &ring, AsOf { known: 0, ..NOW }, &[]), ["a:2"]);
        let valid = Timestamp::from_micros(-1);
        assert_eq!(ids("a:2", &ring, AsOf { valid, ..NOW }, &[]), ["a:2"]);
    }

    #[test]
    fn the_newest_decision_counts_and_parts_what_the_rule_joins() {
        let rule = [("organization-code:9", "uscc:9")];
        let code = "organization-code:9";
        assert_eq!(ids(code, &of(&[]), NOW, &rule), ["uscc:9", code]);
        let no = of(&[(code, "uscc:9", false)]);
        assert_eq!(ids(code, &no, NOW, &rule), [code]);
        let again = of(&[(code, "uscc:9", false), ("uscc:9", code, true)]);
        assert_eq!(ids(code, &again, NOW, &rule), ["uscc:9", code]);
        assert!(again.between(code, "uscc:9", NOW).is_some_and(|verdict| verdict.is_same));
        assert_eq!(ids(code, &again, AsOf { known: 1, ..NOW }, &rule), [code]);
    }

    #[test]
    fn an_endless_chain_ends() {
        let names: Vec<String> = (0..500).map(|n| format!("a:{n:03}")).collect();
        let pairs: Vec<(&str, &str, bool)> =
            names.windows(2).map(|pair| (pair[0].as_str(), pair[1].as_str(), true)).collect();
        let mut all = of(&[]);
        pairs.iter().for_each(|(a, b, same)| all.add(verdict(a, b, *same, 1)));
        assert_eq!(ids("a:250", &all, NOW, &[]).len(), MOST);
    }
}
