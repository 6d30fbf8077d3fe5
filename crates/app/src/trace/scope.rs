//! The recall scope: what of something is where, what is sold and what can still be stopped, line by
//! line.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ::trace::{Part, Thing, Walker};
use model::{Envelope, RecordId, Timestamp};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::readings;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::amount::Millionths;
use super::answer::{Certainty, Quantity, State};
use super::meaning::Meanings;
use super::sort::Sort;
use super::walk::{graph_times, known, not_traced, was_there};
use super::whereabouts::Finder;
use super::{spread, state, touched};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::reading::When;
use crate::system::System;

/// Lines that are handed over at a time.
const PIECE: usize = 1_000;
/// Pieces that wait for who takes them.
const WAITING: usize = 4;
/// The most things of a scope.
const MOST: usize = 5_000_000;
/// Parties and places whose registers are looked up; of those beyond, the code tells.
const MOST_REGISTERS: usize = 20_000;

/// What a scope is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Touch {
    /// A product, lot or item; a party, place or instrument.
    pub id: String,
    /// Of a party, place or instrument: what it touched from then on. Of an instrument without both
    /// times: since the calibration before each that found it out of tolerance.
    #[schema(value_type = Option<String>)]
    pub from: Option<Timestamp>,
    /// And up to then, inclusive.
    #[schema(value_type = Option<String>)]
    pub until: Option<Timestamp>,
}

/// A line of a scope: an item, or some of a lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScopeLine {
    /// The thing.
    pub id: String,
    /// `item`, `lot` or `product`.
    pub sort: &'static str,
    /// How certain it is that it is concerned.
    pub certainty: Certainty,
    /// Acts between it and what was asked about.
    pub layer: u32,
    /// How it stands.
    pub state: State,
    /// Whether it can still be stopped before it reaches who uses it.
    pub can_be_stopped: bool,
    /// Since when, as far as it was seen.
    #[schema(value_type = Option<String>)]
    pub since: Option<Timestamp>,
    /// Who has it, or had it last.
    pub party: Option<String>,
    /// Its last known place.
    pub place: Option<String>,
    /// The division of that place or party, GB/T 2260.
    pub region: Option<String>,
    /// How much; none where no record tells.
    pub quantity: Option<Quantity>,
    /// The position of the record that says so.
    pub position: Option<u64>,
}

/// Sums of lines that have these in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScopeTotal {
    /// The division.
    pub region: Option<String>,
    /// Who has it.
    pub party: Option<String>,
    /// How certain.
    pub certainty: Certainty,
    /// How it stands.
    pub state: State,
    /// Lines.
    pub lines: u64,
    /// Items.
    pub items: u64,
    /// Quantities of lots, by unit.
    pub quantities: Vec<Quantity>,
}

/// What a scope comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScopeSummary {
    /// What was asked about, in its one form.
    pub asked: String,
    /// Lines.
    pub lines: u64,
    /// Things: items and lots.
    pub things: u64,
    /// Items.
    pub items: u64,
    /// Items that can still be stopped.
    pub items_to_stop: u64,
    /// Items that were sold.
    pub items_sold: u64,
    /// Sums by region, party, certainty and state, in this order.
    pub totals: Vec<ScopeTotal>,
    /// Lines that the asker may not see.
    pub withheld: u64,
    /// Whether nothing was left out because it was too much.
    #[serde(rename = "whole")]
    pub is_whole: bool,
    /// The SHA-256 of all lines as JSON, each with a line feed: who asks again as of the same times
    /// gets the same.
    pub digest: String,
}

/// A scope that is being made.
pub struct ScopeStream<'s> {
    system: &'s System,
    who: Principal,
    as_of: readings::AsOf,
    pieces: mpsc::Receiver<Piece>,
    regions: Regions,
    seen: HashMap<u64, bool>,
    totals: BTreeMap<Key, Sums>,
    things: BTreeSet<Thing>,
    summary: ScopeSummary,
    digest: Sha256,
}

type Key = (Option<String>, Option<String>, Certainty, State);

#[derive(Default)]
struct Sums {
    lines: u64,
    items: u64,
    quantities: BTreeMap<String, i64>,
}

/// Lines in names, without regions; whether the walk was whole.
struct Piece {
    lines: Vec<(Thing, ScopeLine, Option<i64>)>,
    is_whole: bool,
}

impl System {
    /// Begins to compute what something touched and where that is.
    ///
    /// # Errors
    /// No permission to read; no such thing; more known than there is; a fault of the store.
    pub async fn scope(
        &self,
        who: &Principal,
        touch: &Touch,
        when: When,
    ) -> Result<ScopeStream<'_>, Rejection> {
        self.may_trace(who)?;
        if touch.from.zip(touch.until).is_some_and(|(from, until)| from > until) {
            return Err(Fault::new(
                "trace.window",
                "the first instant lies behind the last; exchange them",
                "起始时间晚于截止时间；请对调",
            )
            .into());
        }
        let as_of = self.trace_times(when).await?;
        let keys = self.trace_keys(&touch.id, as_of).await?;
        let asked = keys.first().cloned().unwrap_or_default();
        let (names, times) = (keys, graph_times(as_of));
        let found = self.chain().ask({
            let names = names.clone();
            move |state| !known(state, &names, times).is_empty()
        });
        if !found.await? {
            return Err(not_traced(&asked));
        }
        let window = (
            touch.from.map_or(i64::MIN, Timestamp::micros),
            touch.until.map_or(i64::MAX, Timestamp::micros),
        );
        let (sender, pieces) = mpsc::channel(WAITING);
        let meanings = self.chain().meanings();
        self.chain().ask_aside(move |state| {
            lines(state, &meanings, &names, window, times, &sender);
        });
        Ok(ScopeStream {
            system: self,
            who: who.clone(),
            as_of,
            pieces,
            regions: Regions::default(),
            seen: HashMap::new(),
            totals: BTreeMap::new(),
            things: BTreeSet::new(),
            summary: ScopeSummary {
                asked,
                lines: 0,
                things: 0,
                items: 0,
                items_to_stop: 0,
                items_sold: 0,
                totals: Vec::new(),
                withheld: 0,
                is_whole: true,
                digest: String::new(),
            },
            digest: Sha256::new(),
        })
    }
}

impl ScopeStream<'_> {
    /// As of when.
    pub fn as_of(&self) -> readings::AsOf {
        self.as_of
    }

    /// What was asked about, in its one form.
    pub fn asked(&self) -> &str {
        &self.summary.asked
    }

    /// The next lines; none at the end.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn next(&mut self) -> Result<Option<Vec<ScopeLine>>, Rejection> {
        let Some(piece) = self.pieces.recv().await else { return Ok(None) };
        self.summary.is_whole &= piece.is_whole;
        self.look_at(&piece).await?;
        let mut lines = Vec::with_capacity(piece.lines.len());
        for (thing, mut line, amount) in piece.lines {
            let is_seen =
                line.position.is_none_or(|at| self.seen.get(&at).copied().unwrap_or(false));
            if !is_seen {
                self.summary.withheld += 1;
                continue;
            }
            let ids = [line.place.as_deref(), line.party.as_deref()];
            line.region = self.regions.of(self.system, self.as_of, ids).await?;
            self.count(thing, &line, amount);
            let mut text = serde_json::to_vec(&line).unwrap_or_default();
            text.push(b'\n');
            self.digest.update(&text);
            lines.push(line);
        }
        Ok(Some(lines))
    }

    /// Which records of a piece the asker may see.
    async fn look_at(&mut self, piece: &Piece) -> Result<(), Rejection> {
        let new: BTreeSet<u64> = piece
            .lines
            .iter()
            .filter_map(|(_, line, _)| line.position)
            .filter(|at| !self.seen.contains_key(at))
            .collect();
        if self.who.person.is_none() {
            self.seen.extend(new.into_iter().map(|at| (at, true)));
            return Ok(());
        }
        let seen = self.system.seen_of(&self.who, &new).await?;
        self.seen.extend(new.into_iter().map(|at| (at, seen.contains_key(&at))));
        Ok(())
    }

    fn count(&mut self, thing: Thing, line: &ScopeLine, amount: Option<i64>) {
        let is_item = line.sort == Sort::Item.word();
        let summary = &mut self.summary;
        summary.lines += 1;
        summary.things += u64::from(self.things.insert(thing));
        summary.items += u64::from(is_item);
        summary.items_to_stop += u64::from(is_item && line.can_be_stopped);
        summary.items_sold += u64::from(is_item && line.state == State::Sold);
        let key = (line.region.clone(), line.party.clone(), line.certainty, line.state);
        let sums = self.totals.entry(key).or_default();
        sums.lines += 1;
        sums.items += u64::from(is_item);
        if let (Some(quantity), Some(amount), false) = (&line.quantity, amount, is_item) {
            let sum = sums.quantities.entry(quantity.unit.clone()).or_default();
            *sum = sum.saturating_add(amount);
        }
    }

    /// What it comes to, once all lines were taken.
    pub fn summary(self) -> ScopeSummary {
        let totals = self.totals.into_iter().map(|((region, party, certainty, state), sums)| {
            let quantities = sums.quantities.into_iter();
            let quantities =
                quantities.map(|(unit, sum)| Quantity { value: Millionths(sum).to_string(), unit });
            ScopeTotal {
                region,
                party,
                certainty,
                state,
                lines: sums.lines,
                items: sums.items,
                quantities: quantities.collect(),
            }
        });
        let digest = self.digest.finalize();
        let digest = digest.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        ScopeSummary { totals: totals.collect(), digest, ..self.summary }
    }
}

/// Sends the lines of a scope, in the order of the things' numbers.
fn lines(
    state: &state::State,
    meanings: &Meanings,
    names: &[String],
    window: (i64, i64),
    as_of: ::trace::AsOf,
    to: &mpsc::Sender<Piece>,
) {
    let of = known(state, names, as_of);
    let starts = touched::starts(state, meanings, &of, window, as_of);
    let mut walker = Walker::default();
    let forward = ::trace::Direction::Forward;
    let answer = walker.walk_from(&state.graph, starts, forward, as_of, MOST);
    let mut reached: Vec<_> = answer
        .reached
        .iter()
        .filter(|one| !one.is_again && !one.as_class && state.sort(one.thing).is_goods())
        .filter(|one| was_there(state, one.thing, as_of))
        .copied()
        .collect();
    // What is reached again as itself after it was reached as a class stands there too.
    let told: BTreeSet<Thing> = reached.iter().map(|one| one.thing).collect();
    let again = answer.reached.iter().filter(|one| one.is_again && !one.as_class);
    let mut later: BTreeMap<Thing, _> = BTreeMap::new();
    for one in again.filter(|one| !told.contains(&one.thing) && state.sort(one.thing).is_goods()) {
        if was_there(state, one.thing, as_of) {
            later.entry(one.thing).or_insert(*one);
        }
    }
    reached.extend(later.into_values());
    reached.sort_by_key(|one| one.thing);
    let mut finder = Finder::new(state, meanings, as_of);
    let mut piece = Piece { lines: Vec::new(), is_whole: answer.is_whole };
    let name = |thing: Thing| state.names.name(thing).to_owned();
    for one in &reached {
        let sort = state.sort(one.thing);
        let line = |at: State| ScopeLine {
            id: name(one.thing),
            sort: sort.word(),
            certainty: one.certainty.into(),
            layer: one.layer,
            state: at,
            can_be_stopped: at.can_be_stopped(),
            since: None,
            party: None,
            place: None,
            region: None,
            quantity: None,
            position: None,
        };
        if sort == Sort::Item {
            let found = finder.find(one.thing);
            let line = ScopeLine {
                since: found.act.map(|_| Timestamp::from_micros(found.at)),
                party: found.party.map(name),
                place: found.place.map(name),
                quantity: Some(Quantity::new(1_000_000, "piece")),
                position: found.act.map(|act| state.graph.record(act)),
                ..line(found.state)
            };
            piece.lines.push((one.thing, line, None));
        } else {
            let shares = spread::of_lot(state, meanings, one.thing, as_of);
            if shares.is_empty() && sort == Sort::Lot && !has_items(state, one.thing, as_of) {
                piece.lines.push((one.thing, line(State::Unknown), None));
            }
            for share in shares {
                let line = ScopeLine {
                    since: Some(Timestamp::from_micros(share.last.at)),
                    party: share.party.map(name),
                    place: share.place.map(name),
                    quantity: share
                        .amount
                        .as_ref()
                        .map(|(value, unit)| Quantity::new(*value, unit)),
                    position: Some(state.graph.record(share.last.act)),
                    ..line(share.state)
                };
                piece.lines.push((one.thing, line, share.amount.map(|(value, _)| value)));
            }
        }
        if piece.lines.len() >= PIECE {
            let next = Piece { lines: Vec::new(), is_whole: answer.is_whole };
            // Nobody takes it any more.
            if to.blocking_send(std::mem::replace(&mut piece, next)).is_err() {
                return;
            }
        }
    }
    let _ = to.blocking_send(piece);
}

/// Whether items are known to be of a lot: they tell where it is.
fn has_items(state: &state::State, lot: Thing, as_of: ::trace::AsOf) -> bool {
    let graph = &state.graph;
    graph.of_thing(lot).filter(|link| link.part() == Part::Class).any(|link| {
        graph.counts(link.act(), as_of.known)
            && graph.of_act(link.act()).iter().any(|member| {
                member.part() == Part::Member && state.sort(member.thing()) == Sort::Item
            })
    })
}

/// The divisions of parties and places.
#[derive(Default)]
pub(super) struct Regions {
    known: HashMap<String, Option<String>>,
    asked: usize,
}

impl Regions {
    /// The division of the first of some ids that has one.
    pub(super) async fn of(
        &mut self,
        system: &System,
        as_of: readings::AsOf,
        ids: [Option<&str>; 2],
    ) -> Result<Option<String>, Rejection> {
        for id in ids.into_iter().flatten() {
            if let Some(known) = self.known.get(id) {
                match known {
                    Some(region) => return Ok(Some(region.clone())),
                    None => continue,
                }
            }
            let mut region = None;
            if self.asked < MOST_REGISTERS {
                self.asked += 1;
                region = system.registered_region(id, as_of).await?;
            }
            if region.is_none() {
                let code = id.strip_prefix("uscc:");
                let code =
                    code.and_then(|code| codes::Uscc::parse(code, codes::Mode::Lenient).ok());
                region = code.map(|code| code.value.division().to_owned());
            }
            self.known.insert(id.to_owned(), region.clone());
            if region.is_some() {
                return Ok(region);
            }
        }
        Ok(None)
    }
}

impl System {
    /// The division that the register of a party or place says, as of the times of a question.
    async fn registered_region(
        &self,
        id: &str,
        as_of: readings::AsOf,
    ) -> Result<Option<String>, Rejection> {
        let pack = self.pack();
        let registers = pack.subjects().filter_map(|sort| {
            let register = sort.register.clone()?;
            Some((register, sort.id.clone()))
        });
        let registers: Vec<(String, String)> = registers.collect();
        let kinds: Vec<String> = registers.iter().map(|(kind, _)| kind.clone()).collect();
        let heads = self.readings().subject_page(id, as_of, Some(&kinds), None, 8).await?;
        // The register of a product names its maker too: it says where the product is from.
        let describes = |head: &&readings::SubjectHead| {
            registers.iter().any(|(kind, sort)| *kind == head.kind && head.roles.contains(sort))
        };
        let Some(head) = heads.iter().find(describes) else { return Ok(None) };
        let Some(stored) = self.reader().at(&[head.head.position]).await?.pop() else {
            return Ok(None);
        };
        let envelope = Envelope::read(&stored.envelope);
        Ok(envelope.ok().map(|envelope| envelope.region.into_owned()))
    }

    /// All lines of a scope, at most so many, and what it comes to.
    ///
    /// # Errors
    /// As [`scope`](Self::scope).
    pub async fn whole_scope(
        &self,
        who: &Principal,
        touch: &Touch,
        when: When,
        most: usize,
    ) -> Result<(Vec<ScopeLine>, ScopeSummary, readings::AsOf), Rejection> {
        let mut stream = self.scope(who, touch, when).await?;
        let as_of = stream.as_of();
        let mut all = Vec::new();
        while let Some(lines) = stream.next().await? {
            let room = most.saturating_sub(all.len());
            all.extend(lines.into_iter().take(room));
        }
        Ok((all, stream.summary(), as_of))
    }
}

/// A scope that was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedScope {
    /// Its record.
    pub record: RecordId,
    /// The position of its record.
    pub position: u64,
    /// What it came to.
    pub summary: ScopeSummary,
}
