//! Who answers for a thing: each party by role, who answers first and the recourse behind, with
//! what each held at that time, and the tests with the chain behind their instruments.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use ::trace::{Act, AsOf, Part, Thing};
use clock::Date;
use model::{RecordId, Timestamp};
use pack::Pack;
use serde::Serialize;
use serde_json::{Map, Value};
use store::Stored;
use store::readings;
use utoipa::ToSchema;

use super::answer::{Certainty, Finding, Way, Withheld};
use super::findings::{self, Found as FoundFinding};
use super::interpret::context;
use super::meaning::Meanings;
use super::note::{Life, What};
use super::show::{Seen, told_findings};
use super::sort::Sort;
use super::state::State;
use super::walk::{graph_times, known, not_traced, walk};
use super::whereabouts::{Sides, around};
use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

/// Things behind the one asked about whose makers are told.
const MOST_SOURCES: usize = 2_000;
/// Parties, and records of one party, that are looked at.
const MOST_PARTIES: usize = 1_000;
const MOST_RECORDS: usize = 500;
/// Steps of a chain of calibrations.
const DEEP: usize = 12;

/// What a party holds or says: a licence, a scope, a declared standard, a person in office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Holding {
    /// The record.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// What it is, by its link: `licensed-for`, `qualified-for`, `certified-by`, `declares`,
    /// `answered-for-by`, `insured-by`.
    pub link: String,
    /// Whom or what it leads to: the person, the standard, the products.
    pub to: Vec<String>,
    /// When it was recorded to hold from; the day of the record where it does not say.
    pub from: Option<String>,
    /// Until when, inclusive; without an end where it does not say.
    pub until: Option<String>,
    /// Whether it was in force at the time of the act.
    pub in_force: bool,
    /// What it says: typed fields of its open part.
    #[schema(value_type = Object)]
    pub says: Map<String, Value>,
}

/// What a party did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartyRole {
    /// As what: `maker`, `seller`, `buyer`, `sender`, `receiver`, `carrier`, `keeper`, `handler`, or
    /// a role of the pack, such as `importer` or `nominal_maker`.
    pub role: String,
    /// With which thing.
    pub thing: String,
    /// Acts between that thing and what was asked about: 0 for the thing itself, its lot, its product.
    pub layer: u32,
    /// When first.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// The record that says so.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// What it held then, in force or not.
    pub holdings: Vec<Holding>,
}

/// A party that answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnswerableParty {
    /// Who.
    pub id: String,
    /// What it did, the nearest first.
    pub roles: Vec<PartyRole>,
}

/// A step of the chain from an instrument to the national standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalibrationStep {
    /// The instrument that was calibrated.
    pub instrument: String,
    /// Steps from the instrument that measured: 0 for that one.
    pub level: u32,
    /// The calibration in force at the time; none where there was none.
    #[schema(value_type = Option<String>)]
    pub record: Option<RecordId>,
    /// When it was done.
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    /// Who did it.
    pub body: Option<String>,
    /// With which instruments.
    pub references: Vec<String>,
    /// Whether it was in force when the instrument was used.
    pub in_force: bool,
    /// A later calibration that casts doubt on what was done since this one.
    #[schema(value_type = Option<String>)]
    pub doubted_by: Option<RecordId>,
}

/// A test of the thing, its lot or its product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TestEvidence {
    /// The report.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// What was tested.
    pub thing: String,
    /// How certainly it speaks of what was asked about.
    pub certainty: Certainty,
    /// Whether it was failed.
    pub is_bad: bool,
    /// By whom.
    pub laboratory: Option<String>,
    /// What the laboratory was qualified for then.
    pub scope: Vec<Holding>,
    /// With which instruments.
    pub instruments: Vec<String>,
    /// The chain behind each, the nearest first.
    pub calibrations: Vec<CalibrationStep>,
}

/// Who answers for a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answerable {
    /// As of when.
    pub as_of: readings::AsOf,
    /// What was asked about.
    pub asked: String,
    /// Who answers first to who bought it: the seller of the last sale; none before it was sold.
    pub first: Option<String>,
    /// On whom that one can fall back, in this order, to the maker.
    pub recourse: Vec<String>,
    /// All parties, those of the thing itself first.
    pub parties: Vec<AnswerableParty>,
    /// The tests.
    pub tests: Vec<TestEvidence>,
    /// What does not fit.
    pub findings: Vec<Finding>,
    /// What the asker may not see.
    pub withheld: Withheld,
    /// Whether nothing was left out because it was too much.
    pub is_whole: bool,
}

/// A party with a role, in names and positions.
struct Found {
    party: String,
    role: String,
    thing: String,
    layer: u32,
    at: i64,
    record: u64,
}

struct FoundTest {
    record: u64,
    at: i64,
    thing: String,
    certainty: Certainty,
    is_bad: bool,
    laboratory: Option<String>,
    instruments: Vec<String>,
    calibrations: Vec<FoundStep>,
}

struct FoundStep {
    instrument: String,
    level: u32,
    record: Option<u64>,
    at: i64,
    used_at: i64,
    body: Option<String>,
    references: Vec<String>,
    doubted_by: Option<u64>,
}

/// All of it before it is asked who may see it.
struct Answer {
    custody: Vec<(String, u64)>,
    sold_by: Option<(String, u64)>,
    roles: Vec<Found>,
    tests: Vec<FoundTest>,
    findings: Vec<FoundFinding>,
    is_whole: bool,
}

impl System {
    /// Who answers for a thing: by any of its codes.
    ///
    /// # Errors
    /// No permission to read; no such thing; more known than there is; a fault of the store.
    pub async fn answerable(
        &self,
        who: &Principal,
        id: &str,
        when: When,
    ) -> Result<Answerable, Rejection> {
        self.may_trace(who)?;
        let as_of = self.trace_times(when).await?;
        let keys = self.trace_keys(id, as_of).await?;
        let (meanings, names) = (self.chain().meanings(), keys.clone());
        let found = self.chain().ask(move |state| {
            let times = graph_times(as_of);
            let start = known(state, &names, times);
            (!start.is_empty()).then(|| answer(state, &meanings, &start, times))
        });
        let asked = keys.into_iter().next().unwrap_or_default();
        let Some(found) = found.await? else { return Err(not_traced(&asked)) };
        self.tell_answerable(who, asked, as_of, found).await
    }

    async fn tell_answerable(
        &self,
        who: &Principal,
        asked: String,
        as_of: readings::AsOf,
        found: Answer,
    ) -> Result<Answerable, Rejection> {
        let mut positions: BTreeSet<u64> = found.roles.iter().map(|role| role.record).collect();
        positions.extend(found.custody.iter().chain(&found.sold_by).map(|(_, record)| *record));
        positions.extend(found.findings.iter().flat_map(|finding| &finding.records));
        for test in &found.tests {
            positions.insert(test.record);
            let steps = test.calibrations.iter();
            positions.extend(steps.flat_map(|step| step.record.into_iter().chain(step.doubted_by)));
        }
        let seen = self.seen_of(who, &positions, Seen::of).await?;
        let mut withheld = Withheld { records: positions.len() - seen.len(), things: 0 };
        let is_seen = |record: &u64| seen.contains_key(record);
        let acted = found.roles.iter().filter(|role| is_seen(&role.record));
        let tested = found.tests.iter().filter(|test| is_seen(&test.record));
        let holders: BTreeSet<&str> = acted
            .map(|role| role.party.as_str())
            .chain(tested.filter_map(|test| test.laboratory.as_deref()))
            .collect();
        let facts = Facts::read(self, who, as_of, &holders, &mut withheld).await?;
        let steps = found.tests.iter().flat_map(|test| &test.calibrations);
        let calibrated: Vec<u64> = steps.filter_map(|step| step.record).collect();
        let calibrated = self.reader().at(&calibrated).await?;
        let mut parties: Vec<AnswerableParty> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut is_whole = found.is_whole;
        for role in found.roles {
            let Some(record) = seen.get(&role.record).map(|seen| seen.id) else { continue };
            let holdings = facts.holdings(&role.party, role.at);
            let told = PartyRole {
                role: role.role,
                thing: role.thing,
                layer: role.layer,
                at: Timestamp::from_micros(role.at),
                record,
                holdings,
            };
            let is_full = parties.len() >= MOST_PARTIES;
            match places.get(&role.party).and_then(|place| parties.get_mut(*place)) {
                Some(party) => party.roles.push(told),
                None if is_full => is_whole = false,
                None => {
                    places.insert(role.party.clone(), parties.len());
                    parties.push(AnswerableParty { id: role.party, roles: vec![told] });
                }
            }
        }
        let mut tests = Vec::with_capacity(found.tests.len());
        for test in found.tests {
            let Some(record) = seen.get(&test.record).map(|seen| seen.id) else { continue };
            let scope = match &test.laboratory {
                Some(laboratory) => facts.holdings(laboratory, test.at),
                None => Vec::new(),
            };
            let mut calibrations = Vec::with_capacity(test.calibrations.len());
            for step in test.calibrations {
                let id = |at: Option<u64>| at.and_then(|at| seen.get(&at)).map(|seen| seen.id);
                if step.record.is_some() && id(step.record).is_none() {
                    continue;
                }
                let used_on = Timestamp::from_micros(step.used_at).day_in_china();
                let record = step.record.and_then(|at| {
                    let place =
                        calibrated.binary_search_by_key(&at, |stored: &Stored| stored.position);
                    calibrated.get(place.ok()?)
                });
                let in_force =
                    record.is_some_and(|record| in_force(&facts.pack, record, used_on).2);
                calibrations.push(CalibrationStep {
                    instrument: step.instrument,
                    level: step.level,
                    record: id(step.record),
                    at: step.record.map(|_| Timestamp::from_micros(step.at)),
                    body: step.body,
                    references: step.references,
                    in_force,
                    doubted_by: id(step.doubted_by),
                });
            }
            tests.push(TestEvidence {
                record,
                at: Timestamp::from_micros(test.at),
                thing: test.thing,
                certainty: test.certainty,
                is_bad: test.is_bad,
                laboratory: test.laboratory,
                scope: scope.into_iter().filter(|held| held.link == "qualified-for").collect(),
                instruments: test.instruments,
                calibrations,
            });
        }
        let may = |(_, record): &&(String, u64)| seen.contains_key(record);
        let first = found.sold_by.as_ref().filter(|sold| may(sold)).map(|(party, _)| party.clone());
        let recourse = recourse(first.as_deref(), found.custody.iter().filter(may));
        let findings = told_findings(found.findings, &seen);
        Ok(Answerable {
            as_of,
            asked,
            first,
            recourse,
            parties,
            tests,
            findings,
            withheld,
            is_whole,
        })
    }
}

/// Those before the first who answers, the nearest first; each once.
fn recourse<'c>(
    first: Option<&str>,
    custody: impl Iterator<Item = &'c (String, u64)>,
) -> Vec<String> {
    let parties: Vec<&str> = custody.map(|(party, _)| party.as_str()).collect();
    let Some(first) = first else { return Vec::new() };
    let until = parties.iter().position(|party| *party == first).unwrap_or(parties.len());
    let mut behind: Vec<String> = Vec::new();
    for party in parties.get(..until).unwrap_or_default().iter().rev() {
        if *party != first && !behind.iter().any(|known| known == party) {
            behind.push((*party).to_owned());
        }
    }
    behind
}

fn answer(state: &State, meanings: &Meanings, start: &[Thing], as_of: AsOf) -> Answer {
    let walked = walk(state, meanings, start, Way::Back, as_of, MOST_SOURCES);
    let name = |thing: Thing| state.names.name(thing).to_owned();
    let mut roles: BTreeMap<(u32, String, String), Found> = BTreeMap::new();
    let mut add = |party: Thing, role: &str, thing: Thing, layer: u32, act: Act| {
        let (at, record) = (state.graph.at(act), state.graph.record(act));
        let party = name(party);
        let found = Found {
            party: party.clone(),
            role: role.to_owned(),
            thing: name(thing),
            layer,
            at,
            record,
        };
        let known = roles.entry((layer, role.to_owned(), party)).or_insert_with(|| Found {
            thing: found.thing.clone(),
            role: found.role.clone(),
            party: found.party.clone(),
            ..found
        });
        if (at, record) < (known.at, known.record) {
            *known = found;
        }
    };
    let mut custody: Vec<(i64, u64, Vec<String>)> = Vec::new();
    let mut sold: Option<(i64, u64, String)> = None;
    let mut tests: BTreeMap<Act, (Thing, Certainty)> = BTreeMap::new();
    for one in &walked.things {
        let reached = one.reached;
        let (thing, layer) = (reached.thing, reached.layer);
        let is_product_of_it = reached.as_class && state.sort(thing) == Sort::Product;
        let journey = match is_product_of_it {
            true => Vec::new(),
            false if layer == 0 => state.graph.journey(thing, as_of),
            false => state.graph.sightings(thing, as_of),
        };
        for seen in journey {
            let note = state.note(seen.act);
            if layer > 0 {
                // Of what went in it is told who made it, and who brought it.
                if seen.at > reached.bound {
                    continue;
                }
            }
            let sides = Sides::of(state, meanings, seen.act);
            let begins = seen.part == Part::Output || note.life == Life::Begin;
            if note.what == What::Trade {
                let both = [("seller", sides.from), ("buyer", sides.to)];
                for (role, party) in both {
                    if let Some(party) = party {
                        add(party, role, thing, layer, seen.act);
                    }
                }
            } else if seen.part != Part::Input {
                let role = match note.life {
                    _ if begins => "maker",
                    Life::Sold => "seller",
                    Life::Sent => "sender",
                    Life::Arrived => "receiver",
                    Life::Carried => "carrier",
                    Life::Kept => "keeper",
                    _ => "handler",
                };
                if let Some(party) = sides.reporter {
                    add(party, role, thing, layer, seen.act);
                }
                let owners = [("seller", context::FROM_OWNER), ("buyer", context::TO_OWNER)];
                for (role, way) in owners {
                    if let Some(party) = around(state, seen.act, &[way]) {
                        add(party, role, thing, layer, seen.act);
                    }
                }
            }
            if layer == 0 && note.life != Life::Carried && seen.part != Part::Input {
                let owners = [context::FROM_OWNER, context::TO_OWNER];
                let owners = owners.map(|way| around(state, seen.act, &[way]));
                let holders = match note.what {
                    What::Trade => [sides.from, sides.to],
                    _ => [owners[0].or(sides.reporter), owners[1]],
                };
                let holders: Vec<String> = holders.into_iter().flatten().map(name).collect();
                let record = state.graph.record(seen.act);
                let seller = match note.life {
                    Life::Sold => holders.first().cloned(),
                    _ if note.what == What::Trade && !note.reversed => holders.first().cloned(),
                    _ => None,
                };
                custody.push((seen.at, record, holders));
                if let Some(seller) = seller
                    && sold.as_ref().is_none_or(|(at, ..)| *at <= seen.at)
                {
                    sold = Some((seen.at, record, seller));
                }
            }
        }
        for link in state.graph.of_thing(thing) {
            let act = link.act();
            let note = state.note(act);
            if !state.graph.holds(act, as_of) {
                continue;
            }
            match (link.part(), note.what) {
                (Part::Mark, What::Test) if layer == 0 => {
                    let certainty: Certainty = reached.certainty.max(link.certainty()).into();
                    let known = tests.entry(act).or_insert((thing, certainty));
                    if certainty < known.1 {
                        *known = (thing, certainty);
                    }
                    parties_of_record(state, meanings, act, &mut |role, party| {
                        add(party, role, thing, layer, act);
                    });
                }
                (Part::Mark, What::Sampling | What::Recall) if layer == 0 => {
                    parties_of_record(state, meanings, act, &mut |role, party| {
                        add(party, role, thing, layer, act);
                    });
                }
                // What a register says of the product: its maker.
                (Part::Context(_), What::Statement) => {
                    let meaning = meanings.get(note.kind);
                    let maker = meaning.and_then(|meaning| meaning.to("made-by"));
                    let maker = maker.and_then(|way| around(state, act, &[way]));
                    if let Some(maker) = maker {
                        add(maker, "maker", thing, layer, act);
                    }
                }
                _ => {}
            }
        }
    }
    custody.sort();
    let custody = custody
        .into_iter()
        .flat_map(|(_, record, holders)| holders.into_iter().map(move |holder| (holder, record)));
    let mut roles: Vec<Found> = roles.into_values().collect();
    roles.sort_by(|a, b| {
        (a.layer, a.at, a.record, &a.role).cmp(&(b.layer, b.at, b.record, &b.role))
    });
    let tests = tests.into_iter();
    let tests =
        tests.map(|(act, (thing, certainty))| test(state, meanings, act, thing, certainty, as_of));
    Answer {
        custody: custody.collect(),
        sold_by: sold.map(|(_, record, party)| (party, record)),
        roles,
        tests: tests.collect(),
        findings: findings::of_answer(state, meanings, &walked, as_of),
        is_whole: walked.is_whole,
    }
}

/// The parties of a record in the roles that the pack gives them, but for the laboratory, which is told
/// with the test.
fn parties_of_record(
    state: &State,
    meanings: &Meanings,
    act: Act,
    add: &mut impl FnMut(&str, Thing),
) {
    let Some(meaning) = meanings.get(state.note(act).kind) else { return };
    for (way, thing) in state.graph.leading_contexts(act) {
        if state.sort(thing) == Sort::Party
            && Some(way) != meaning.to("tested-by")
            && let Some((_, role, _)) = meaning.roles.iter().find(|(number, ..)| *number == way)
        {
            add(role, thing);
        }
    }
}

fn test(
    state: &State,
    meanings: &Meanings,
    act: Act,
    thing: Thing,
    certainty: Certainty,
    as_of: AsOf,
) -> FoundTest {
    let note = state.note(act);
    let meaning = meanings.get(note.kind);
    let name = |thing: Thing| state.names.name(thing).to_owned();
    let laboratory = meaning.and_then(|meaning| meaning.to("tested-by"));
    let with = meaning.and_then(|meaning| meaning.to("measured-with"));
    let contexts = state.graph.leading_contexts(act);
    let instruments: Vec<Thing> =
        contexts.filter(|(way, _)| Some(*way) == with).map(|(_, thing)| thing).collect();
    let at = state.graph.at(act);
    FoundTest {
        record: state.graph.record(act),
        at,
        thing: name(thing),
        certainty,
        is_bad: note.bad,
        laboratory: laboratory.and_then(|way| around(state, act, &[way])).map(name),
        calibrations: chain(state, meanings, &instruments, at, as_of),
        instruments: instruments.into_iter().map(name).collect(),
    }
}

/// The calibrations of an instrument, in the order of time.
pub(super) fn calibrations(
    state: &State,
    meanings: &Meanings,
    instrument: Thing,
    as_of: AsOf,
) -> Vec<Act> {
    let mut acts: Vec<Act> = state
        .graph
        .of_thing(instrument)
        .filter(|link| {
            let note = state.note(link.act());
            let of = meanings.get(note.kind).and_then(|meaning| meaning.from("calibrated-by"));
            note.what == What::Calibration
                && of.is_some_and(|of| link.part() == Part::Context(of))
                && state.graph.holds(link.act(), as_of)
        })
        .map(|link| link.act())
        .collect();
    acts.sort_by_key(|act| (state.graph.at(*act), *act));
    acts
}

/// The instruments with which one was calibrated.
pub(super) fn references(state: &State, meanings: &Meanings, calibration: Act) -> Vec<Thing> {
    let meaning = meanings.get(state.note(calibration).kind);
    let with = meaning.and_then(|meaning| meaning.to("calibrated-with"));
    let contexts = state.graph.leading_contexts(calibration);
    contexts.filter(|(way, _)| Some(*way) == with).map(|(_, thing)| thing).collect()
}

/// From instruments up to what they are traced to, as of when they were used.
fn chain(
    state: &State,
    meanings: &Meanings,
    instruments: &[Thing],
    used_at: i64,
    as_of: AsOf,
) -> Vec<FoundStep> {
    let name = |thing: Thing| state.names.name(thing).to_owned();
    let mut steps = Vec::new();
    let mut seen: BTreeSet<Thing> = BTreeSet::new();
    let mut level: Vec<(Thing, i64)> = instruments.iter().map(|thing| (*thing, used_at)).collect();
    for number in 0..DEEP as u32 {
        let mut above = Vec::new();
        for (instrument, used_at) in level {
            if !seen.insert(instrument) {
                continue;
            }
            let acts = calibrations(state, meanings, instrument, as_of);
            let before = acts.iter().rev().find(|act| state.graph.at(**act) <= used_at);
            let mut after = acts.iter().filter(|act| state.graph.at(**act) > used_at);
            let doubted = after.next().filter(|act| state.note(**act).doubt);
            let references = before.map(|act| references(state, meanings, *act));
            let references = references.unwrap_or_default();
            let body = before.and_then(|act| {
                let body = meanings.get(state.note(*act).kind)?.to("calibrated-by")?;
                around(state, *act, &[body])
            });
            let at = before.map_or(0, |act| state.graph.at(*act));
            above.extend(references.iter().map(|thing| (*thing, at)));
            steps.push(FoundStep {
                instrument: name(instrument),
                level: number,
                record: before.map(|act| state.graph.record(*act)),
                at,
                used_at,
                body: body.map(name),
                references: references.into_iter().map(name).collect(),
                doubted_by: doubted.map(|act| state.graph.record(*act)),
            });
        }
        level = above;
    }
    steps
}

/// What parties held, all of it read at once.
struct Facts {
    pack: Arc<Pack>,
    records: BTreeMap<u64, Held>,
    /// The places of those that name a party, in their order.
    of_parties: BTreeMap<String, Vec<u64>>,
}

/// A record of what somebody held, with what it has in common with others of the same series.
struct Held {
    record: Stored,
    series: (String, String),
}

/// The links by which a party holds something.
const HOLDS: &[&str] =
    &["licensed-for", "qualified-for", "certified-by", "declares", "answered-for-by", "insured-by"];

impl Facts {
    /// Reads what some parties ever held, of which somebody may see.
    async fn read(
        system: &System,
        who: &Principal,
        as_of: readings::AsOf,
        parties: &BTreeSet<&str>,
        withheld: &mut Withheld,
    ) -> Result<Self, Rejection> {
        let pack = system.pack();
        let has =
            |kind: &&pack::Kind| kind.links.iter().any(|link| HOLDS.contains(&link.link.as_str()));
        let kinds: Vec<String> = pack.kinds().filter(has).map(|kind| kind.id.clone()).collect();
        let named = system.trace_keys_of(parties.iter().copied(), as_of).await?;
        let asked = named.iter().flatten().map(|id| (id.as_str(), &*kinds));
        let asked: Vec<(&str, &[String])> = asked.collect();
        let mut heads = system.readings().heads_of(&asked, as_of, MOST_RECORDS).await?.into_iter();
        let mut of_parties = BTreeMap::new();
        for (party, ids) in parties.iter().zip(&named) {
            let heads = heads.by_ref().take(ids.len()).flatten();
            let places: BTreeSet<u64> = heads.map(|found| found.head.position).collect();
            of_parties.insert((*party).to_owned(), places.into_iter().collect::<Vec<u64>>());
        }
        let positions: BTreeSet<u64> = of_parties.values().flatten().copied().collect();
        let keep = |record: Stored| {
            let series = (record.kind.clone(), series(&pack, &record));
            Held { record, series }
        };
        let records = system.seen_of(who, &positions, keep).await?;
        for places in of_parties.values_mut() {
            let all = places.len();
            places.retain(|place| records.contains_key(place));
            withheld.records += all - places.len();
        }
        Ok(Self { pack, records, of_parties })
    }

    /// What a party held at a time, whether in force or not.
    fn holdings(&self, party: &str, at: i64) -> Vec<Holding> {
        let day = Timestamp::from_micros(at).day_in_china();
        let places = self.of_parties.get(party).map(Vec::as_slice).unwrap_or_default();
        let held = places.iter().filter_map(|place| self.records.get(place));
        // Of a series, such as a licence and what was decided about it later, the last by then holds.
        let mut series: BTreeMap<&(String, String), &Stored> = BTreeMap::new();
        for held in held.filter(|held| held.record.valid_at.micros() <= at) {
            let last = series.entry(&held.series).or_insert(&held.record);
            if (last.valid_at, last.position) < (held.record.valid_at, held.record.position) {
                *last = &held.record;
            }
        }
        let held =
            series.into_values().filter_map(|record| holding(&self.pack, record, party, day));
        let mut held: Vec<Holding> = held.collect();
        held.sort_by(|a, b| (&a.link, &a.kind, a.record).cmp(&(&b.link, &b.kind, b.record)));
        held
    }
}

/// What records of one thing held have in common: their key, but for the time of each.
fn series(pack: &Pack, record: &Stored) -> String {
    let Some(kind) = pack.kind(&record.kind) else { return String::new() };
    let is_series = kind.unique.iter().any(|name| name == "valid_at");
    if !is_series || kind.unique.is_empty() {
        return record.id.to_string();
    }
    let open: Map<String, Value> = serde_json::from_slice(&record.open).unwrap_or_default();
    let subjects = model::Envelope::read(&record.envelope).map(|e| e.subjects).unwrap_or_default();
    let parts = kind.unique.iter().filter(|name| *name != "valid_at").map(|name| {
        let subject = subjects.iter().find(|subject| subject.role == **name);
        let subject = subject.map(|subject| subject.id.to_string());
        subject.or_else(|| open.get(name).map(Value::to_string)).unwrap_or_default()
    });
    parts.collect::<Vec<_>>().join("\n")
}

/// From when, until when, and whether a record was in force on a day.
fn in_force(pack: &Pack, record: &Stored, day: Date) -> (Option<Date>, Option<Date>, bool) {
    let Some(kind) = pack.kind(&record.kind) else { return (None, None, false) };
    let open: Value = serde_json::from_slice(&record.open).unwrap_or_default();
    let date = |field: &Option<String>| -> Option<Date> {
        open.get(field.as_deref()?)?.as_str()?.parse().ok()
    };
    let from = date(&kind.tracing.from).or_else(|| Some(record.valid_at.day_in_china()));
    let until = date(&kind.tracing.until);
    let is_so = pack.in_force(&kind.id).is_none_or(|filter| {
        let schema = pack.schema(&kind.id, record.valid_at.day_in_china());
        schema.is_some_and(|schema| {
            let mut payload = Map::new();
            payload.insert("open".to_owned(), open.clone());
            filter.holds(schema.row(&Value::Object(payload)).as_slice())
        })
    });
    let is_within = from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until);
    (from, until, is_so && is_within)
}

/// What a record says that a party held; none where the party stands otherwise in it.
fn holding(pack: &Pack, record: &Stored, party: &str, day: Date) -> Option<Holding> {
    let kind = pack.kind(&record.kind)?;
    let envelope = model::Envelope::read(&record.envelope).ok()?;
    let link = kind.links.iter().find(|link| {
        HOLDS.contains(&link.link.as_str())
            && envelope.subjects.iter().any(|subject| {
                // The party itself, or for cover the insured, whose product it is.
                subject.id == party && (subject.role == link.from || link.link == "insured-by")
            })
    })?;
    let to = envelope.subjects.iter().filter(|subject| subject.role == link.to);
    let (from, until, in_force) = in_force(pack, record, day);
    let open: Map<String, Value> = serde_json::from_slice(&record.open).unwrap_or_default();
    let is_typed =
        |name: &str| kind.field(name).is_some_and(|field| field.typed && !field.personal);
    Some(Holding {
        record: record.id,
        kind: kind.id.clone(),
        link: link.link.clone(),
        to: to.map(|subject| subject.id.to_string()).collect(),
        from: from.map(|day| day.to_string()),
        until: until.map(|day| day.to_string()),
        in_force,
        says: open.into_iter().filter(|(name, _)| is_typed(name)).collect(),
    })
}
