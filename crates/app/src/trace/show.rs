//! What the asker may see of acts, and of things that only acts name that they may not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ::trace::{Act, AsOf, Part, Thing};
use model::{RecordId, Timestamp};
use serde::Deserialize;
use store::{Stored, readings};

use super::answer::{
    Around, Finding, PartInAct, Quantity, Traced, TracedAct, TracedThing, Way, Whereabouts,
    Withheld,
};
use super::findings::{self, Found as FoundFinding};
use super::meaning::Meanings;
use super::note::{Note, What};
use super::state::State;
use super::walk::{Found, FoundThing};
use super::whereabouts::Where;
use crate::door::{Principal, Target};
use crate::fault::Rejection;
use crate::reading::READ;
use crate::system::System;

/// Parts of an act that are looked through for things of the answer.
const MOST_PARTS: usize = 100_000;

/// What was found, in names, before it is asked who may see it.
pub(super) struct Shown {
    pub(super) things: Vec<ShownThing>,
    pub(super) acts: Vec<ShownAct>,
    pub(super) findings: Vec<FoundFinding>,
    pub(super) is_whole: bool,
}

pub(super) struct ShownThing {
    pub(super) id: String,
    pub(super) sort: &'static str,
    pub(super) found: FoundThing,
    pub(super) now: Option<ShownWhere>,
}

/// Where a thing is, in names.
pub(super) struct ShownWhere {
    pub(super) at: Where,
    pub(super) party: Option<String>,
    pub(super) place: Option<String>,
    pub(super) within: Vec<String>,
    pub(super) record: Option<u64>,
}

impl ShownWhere {
    pub(super) fn of(state: &State, at: Where, within: &[Thing]) -> Self {
        let name = |thing: Thing| state.names.name(thing).to_owned();
        Self {
            party: at.party.map(name),
            place: at.place.map(name),
            within: within.iter().map(|thing| name(*thing)).collect(),
            record: at.act.map(|act| state.graph.record(act)),
            at,
        }
    }
}

pub(super) struct ShownAct {
    pub(super) act: Act,
    pub(super) record: u64,
    pub(super) at: i64,
    pub(super) note: Note,
    pub(super) around: Vec<Around>,
    /// Things of the answer by their places.
    pub(super) parts: Vec<(usize, Part, Option<Quantity>)>,
    pub(super) others: usize,
}

impl Shown {
    pub(super) fn of(state: &State, meanings: &Meanings, found: &Found, as_of: AsOf) -> Self {
        let mut places: HashMap<Thing, usize> = HashMap::new();
        for (place, thing) in found.things.iter().enumerate() {
            places.entry(thing.reached.thing).or_insert(place);
        }
        let mut acts: Vec<ShownAct> = found
            .acts
            .iter()
            .filter(|act| state.note(**act).what != What::Membership)
            .map(|act| ShownAct::of(state, meanings, *act, &places))
            .collect();
        acts.sort_by_key(|act| (act.at, act.record, act.act));
        let things = found.things.iter().map(|thing| {
            let number = thing.reached.thing;
            let now = thing.now.as_ref();
            ShownThing {
                id: state.names.name(number).to_owned(),
                sort: state.sort(number).word(),
                now: now.map(|(at, within)| ShownWhere::of(state, *at, within)),
                found: FoundThing { reached: thing.reached, now: None },
            }
        });
        let things = things.collect();
        let findings = findings::of_answer(state, meanings, found, as_of);
        Self { things, acts, findings, is_whole: found.is_whole }
    }
}

impl ShownAct {
    pub(super) fn of(
        state: &State,
        meanings: &Meanings,
        act: Act,
        places: &HashMap<Thing, usize>,
    ) -> Self {
        let graph = &state.graph;
        let note = state.note(act);
        let around = graph.leading_contexts(act).map(|(context, thing)| Around {
            role: meanings.word(note.kind, context),
            id: state.names.name(thing).to_owned(),
            sort: state.sort(thing).word(),
        });
        let around = around.collect();
        let (mut parts, mut others) = (Vec::new(), 0);
        for (number, link) in graph.of_act(act).iter().enumerate() {
            let part = link.part();
            if matches!(part, Part::Context(_)) {
                continue;
            }
            match places.get(&link.thing()).filter(|_| number < MOST_PARTS) {
                None => others += 1,
                Some(place) => {
                    let mut amounts = state.amounts.of(act.0, link.thing().0);
                    let amount = amounts.next().map(|(value, unit)| Quantity::new(value, unit));
                    parts.push((*place, part, amount));
                }
            }
        }
        let (record, at) = (graph.record(act), graph.at(act));
        Self { act, record, at, note, around, parts, others }
    }
}

/// The word of a part.
fn part_word(part: Part) -> &'static str {
    match part {
        Part::Input => "input",
        Part::Output => "output",
        Part::Object => "object",
        Part::Parent => "parent",
        Part::Child => "child",
        Part::FormerParent => "former-parent",
        Part::FormerChild => "former-child",
        Part::Class => "class",
        Part::Member => "member",
        Part::Mark => "mark",
        Part::Context(_) => "context",
    }
}

/// What of a record's open part an answer tells.
#[derive(Deserialize, Default)]
struct Told {
    #[serde(default)]
    action: Option<String>,
    #[serde(default)]
    biz_step: Option<String>,
    #[serde(default)]
    disposition: Option<String>,
}

/// A record that the asker may see.
pub(super) struct Seen {
    pub(super) id: RecordId,
    kind: String,
    told: Told,
}

impl Seen {
    pub(super) fn of(stored: Stored) -> Self {
        let is_event = stored.kind == crate::epcis::KIND;
        let told = is_event.then(|| serde_json::from_slice(&stored.open).ok()).flatten();
        Self { id: stored.id, kind: stored.kind, told: told.unwrap_or_default() }
    }
}

impl System {
    /// Whether somebody may ask the graph anything at all.
    pub(super) fn may_trace(&self, who: &Principal) -> Result<(), Rejection> {
        let pack = self.pack();
        let door = crate::Door::new(&pack, crate::time::day(self.clock().now()));
        let target = Target::default();
        let may = [crate::epcis::READ, READ].iter().any(|p| door.authorize(who, p, target).is_ok());
        if may { Ok(()) } else { self.may_read(who) }
    }

    /// What is kept of those of some records that somebody may see, by their positions.
    pub(super) async fn seen_of<T>(
        &self,
        who: &Principal,
        positions: &BTreeSet<u64>,
        keep: impl Fn(Stored) -> T,
    ) -> Result<BTreeMap<u64, T>, Rejection> {
        let mut seen = BTreeMap::new();
        let positions: Vec<u64> = positions.iter().copied().collect();
        for stored in self.reader().at(&positions).await? {
            if self.sees(who, &stored)? {
                seen.insert(stored.position, keep(stored));
            }
        }
        Ok(seen)
    }

    /// The answer as somebody may see it.
    pub(super) async fn show(
        &self,
        who: &Principal,
        asked: String,
        way: Way,
        as_of: readings::AsOf,
        shown: Shown,
    ) -> Result<Traced, Rejection> {
        let mut positions: BTreeSet<u64> = shown.acts.iter().map(|act| act.record).collect();
        positions.extend(shown.findings.iter().flat_map(|finding| &finding.records));
        positions.extend(
            shown.things.iter().filter_map(|thing| thing.now.as_ref().and_then(|now| now.record)),
        );
        let seen = self.seen_of(who, &positions, Seen::of).await?;
        let withheld_records = positions.len() - seen.len();
        // What is named by a record that may be seen, and what was asked about.
        let mut named: BTreeSet<usize> = BTreeSet::new();
        let roots = shown.things.iter().enumerate().filter(|(place, thing)| {
            thing.found.reached.from as usize == *place && thing.found.reached.layer == 0
        });
        named.extend(roots.map(|(place, _)| place));
        for act in shown.acts.iter().filter(|act| seen.contains_key(&act.record)) {
            named.extend(act.parts.iter().map(|(place, ..)| *place));
        }
        // The lot and the product of what is seen are in its own name.
        for (place, thing) in shown.things.iter().enumerate() {
            let reached = &thing.found.reached;
            let from = reached.from as usize;
            if reached.through.is_none() && reached.as_class && named.contains(&from) {
                named.insert(place);
            }
        }
        let new_places: HashMap<usize, usize> =
            named.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        let mut acts = Vec::new();
        let mut act_places: HashMap<Act, usize> = HashMap::new();
        for act in shown.acts {
            let Some(seen) = seen.get(&act.record) else { continue };
            act_places.insert(act.act, acts.len());
            acts.push(traced_act(act, seen, &new_places));
        }
        let mut of_things: Vec<Vec<usize>> = vec![Vec::new(); named.len()];
        for (number, act) in acts.iter().enumerate() {
            for part in &act.parts {
                if let Some(list) = of_things.get_mut(part.thing)
                    && list.last() != Some(&number)
                {
                    list.push(number);
                }
            }
        }
        let withheld =
            Withheld { records: withheld_records, things: shown.things.len() - named.len() };
        let mut things = Vec::with_capacity(named.len());
        for (place, thing) in shown.things.into_iter().enumerate() {
            let Some(new) = new_places.get(&place) else { continue };
            let reached = thing.found.reached;
            let from = (reached.from as usize != place)
                .then(|| new_places.get(&(reached.from as usize)).copied())
                .flatten();
            things.push(TracedThing {
                id: thing.id,
                sort: thing.sort,
                certainty: reached.certainty.into(),
                layer: reached.layer,
                from,
                through: reached.through.and_then(|act| act_places.get(&act).copied()),
                as_class: reached.as_class,
                now: thing.now.map(|now| told_where(now, &seen)),
                acts: of_things.get_mut(*new).map(std::mem::take).unwrap_or_default(),
            });
        }
        let findings = told_findings(shown.findings, &seen);
        Ok(Traced { as_of, asked, way, things, acts, findings, withheld, is_whole: shown.is_whole })
    }
}

pub(super) fn told_findings(
    findings: Vec<FoundFinding>,
    seen: &BTreeMap<u64, Seen>,
) -> Vec<Finding> {
    let told = findings.into_iter().filter_map(|finding| {
        let records: Vec<RecordId> =
            finding.records.iter().filter_map(|at| seen.get(at)).map(|seen| seen.id).collect();
        let is_all_seen = records.len() == finding.records.len();
        // What only records say that may not be seen is not told.
        (!records.is_empty() || finding.records.is_empty()).then_some(Finding {
            sort: finding.sort,
            thing: finding.thing,
            records,
            // Nor are names and numbers of it.
            detail: finding.detail.filter(|_| is_all_seen),
        })
    });
    told.collect()
}

/// Where a thing is, as far as the asker may know.
pub(super) fn told_where(now: ShownWhere, seen: &BTreeMap<u64, Seen>) -> Whereabouts {
    let record = now.record.and_then(|record| seen.get(&record)).map(|seen| seen.id);
    // Who may not see the record may know that it is there, and no more.
    let is_told = record.is_some();
    let since = (is_told && now.at.at != i64::MIN).then(|| Timestamp::from_micros(now.at.at));
    let is_unknown = now.at.act.is_some() && !is_told;
    Whereabouts {
        state: if is_unknown { super::answer::State::Unknown } else { now.at.state },
        since,
        party: now.party.filter(|_| is_told),
        place: now.place.filter(|_| is_told),
        within: if is_told { now.within } else { Vec::new() },
        record,
    }
}

fn traced_act(act: ShownAct, seen: &Seen, places: &HashMap<usize, usize>) -> TracedAct {
    let mut others = act.others;
    let mut parts = Vec::with_capacity(act.parts.len());
    for (place, part, quantity) in act.parts {
        match places.get(&place) {
            Some(thing) => parts.push(PartInAct { thing: *thing, part: part_word(part), quantity }),
            None => others += 1,
        }
    }
    TracedAct {
        record: seen.id,
        position: act.record,
        kind: seen.kind.clone(),
        what: act.note.what.word(),
        at: Timestamp::from_micros(act.at),
        action: seen.told.action.clone(),
        step: seen.told.biz_step.clone(),
        disposition: seen.told.disposition.clone(),
        around: act.around,
        parts,
        others,
        // A calibration that casts doubt on what was measured is as bad as a test that was failed.
        is_bad: act.note.bad || act.note.doubt,
    }
}
