//! The recall scope: what of something is where, what is sold and what can still be stopped, line by
//! line.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use ::trace::{Part, Reached, Thing, Walker};
use model::{Envelope, RecordId, Timestamp};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::readings;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::amount::Millionths;
use super::answer::{Certainty, Quantity, State};
use super::follow::Aside;
use super::meaning::Meanings;
use super::show::Seen;
use super::sort::Sort;
use super::walk::{graph_times, known, not_traced, was_there};
use super::whereabouts::Finder;
use super::{spread, state, touched};
use crate::disclosure::MOST_NAMING;
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
    pieces: mpsc::Receiver<Result<Piece, store::Error>>,
    regions: Regions,
    seen: HashMap<u64, bool>,
    totals: BTreeMap<Key, Sums>,
    /// The sums of the last line, not yet among the others: lines in a row often have all in common.
    latest: Option<(Key, Sums)>,
    /// The thing of the last line; those of one thing stand together.
    thing: Option<Thing>,
    summary: ScopeSummary,
    digest: Sha256,
    /// The text of a line.
    text: Vec<u8>,
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
        let (found, reached) = std::sync::mpsc::channel();
        let meanings = self.chain().meanings();
        let question = Arc::new(Question { meanings, names, window, as_of: times });
        let (walking, aside) = (Arc::clone(&question), self.chain().aside());
        let walked = aside.clone();
        tokio::task::spawn_blocking(move || walking.walk(&walked, &found));
        tokio::task::spawn_blocking(move || question.tell(&aside, &reached, &sender));
        Ok(ScopeStream {
            system: self,
            who: who.clone(),
            as_of,
            pieces,
            regions: Regions::default(),
            seen: HashMap::new(),
            totals: BTreeMap::new(),
            latest: None,
            thing: None,
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
            text: Vec::new(),
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
        let Some(piece) = self.pieces.recv().await.transpose()? else { return Ok(None) };
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
            self.text.clear();
            // Nothing of a line can fail to be written, nor can memory.
            let _ = serde_json::to_writer(&mut self.text, &line);
            self.text.push(b'\n');
            self.digest.update(&self.text);
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
        let seen = self.system.seen_of(&self.who, &new, Seen::of).await?;
        self.seen.extend(new.into_iter().map(|at| (at, seen.contains_key(&at))));
        Ok(())
    }

    fn count(&mut self, thing: Thing, line: &ScopeLine, amount: Option<i64>) {
        let is_item = line.sort == Sort::Item.word();
        let summary = &mut self.summary;
        summary.lines += 1;
        summary.things += u64::from(self.thing.replace(thing) != Some(thing));
        summary.items += u64::from(is_item);
        summary.items_to_stop += u64::from(is_item && line.can_be_stopped);
        summary.items_sold += u64::from(is_item && line.state == State::Sold);
        let is_latest = self.latest.as_ref().is_some_and(|((region, party, certainty, at), _)| {
            (*certainty, *at) == (line.certainty, line.state)
                && *region == line.region
                && *party == line.party
        });
        if !is_latest {
            self.settle();
            let key = (line.region.clone(), line.party.clone(), line.certainty, line.state);
            self.latest = Some((key, Sums::default()));
        }
        let Some((_, sums)) = &mut self.latest else { return };
        sums.lines += 1;
        sums.items += u64::from(is_item);
        if let (Some(quantity), Some(amount), false) = (&line.quantity, amount, is_item) {
            let sum = sums.quantities.entry(quantity.unit.clone()).or_default();
            *sum = sum.saturating_add(amount);
        }
    }

    /// Puts the sums of the last lines among the others.
    fn settle(&mut self) {
        let Some((key, latest)) = self.latest.take() else { return };
        let sums = self.totals.entry(key).or_default();
        sums.lines += latest.lines;
        sums.items += latest.items;
        for (unit, amount) in latest.quantities {
            let sum = sums.quantities.entry(unit).or_default();
            *sum = sum.saturating_add(amount);
        }
    }

    /// What it comes to, once all lines were taken.
    pub fn summary(mut self) -> ScopeSummary {
        self.settle();
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

/// What the lines of a scope are found for.
struct Question {
    meanings: Arc<Meanings>,
    names: Vec<String>,
    window: (i64, i64),
    as_of: ::trace::AsOf,
}

/// What a walk finds.
enum Found {
    /// Goods that were touched, each once, in the order in which they were reached.
    Goods(Vec<Reached>),
    /// These were all that were looked for; whether there are no more.
    End { is_whole: bool },
}

impl Question {
    /// Sends the lines of what is found, while more is found.
    fn tell(
        &self,
        aside: &Aside,
        found: &Receiver<Found>,
        to: &mpsc::Sender<Result<Piece, store::Error>>,
    ) {
        for found in found {
            let (goods, is_whole) = match found {
                Found::Goods(goods) => (goods, None),
                Found::End { is_whole } => (Vec::new(), Some(is_whole)),
            };
            let Some(lines) = aside.look(|state| self.lines(state, &goods)) else { break };
            let piece = Piece { lines, is_whole: is_whole.unwrap_or(true) };
            // Nobody takes it any more, or it was the last.
            if to.blocking_send(Ok(piece)).is_err() || is_whole.is_some() {
                return;
            }
        }
        let reason = "the graph of responsibility is being made anew; ask again".to_owned();
        _ = to.blocking_send(Err(store::Error::Unavailable { reason }));
    }

    /// Walks to the goods that were touched. It waits for nobody, so that the graph is held no longer
    /// than the walk takes.
    fn walk(&self, aside: &Aside, to: &Sender<Found>) {
        let is_whole = aside.look(|state| {
            let as_of = self.as_of;
            let of = known(state, &self.names, as_of);
            let starts = touched::starts(state, &self.meanings, &of, self.window, as_of);
            let forward = ::trace::Direction::Forward;
            let (mut goods, mut as_class) = (Vec::with_capacity(PIECE), HashSet::new());
            let tell = |some: &[Reached]| {
                for one in some {
                    // What is reached as a class first may be reached as itself later: that is told.
                    let is_new = match (one.as_class, one.is_again) {
                        (true, is_again) => {
                            if !is_again {
                                as_class.insert(one.thing);
                            }
                            false
                        }
                        (false, false) => true,
                        (false, true) => as_class.remove(&one.thing),
                    };
                    let is_told = is_new
                        && state.sort(one.thing).is_goods()
                        && was_there(state, one.thing, as_of);
                    if is_told {
                        goods.push(*one);
                    }
                    if goods.len() == PIECE {
                        let full = std::mem::replace(&mut goods, Vec::with_capacity(PIECE));
                        _ = to.send(Found::Goods(full));
                    }
                }
            };
            let mut walker = Walker::default();
            let answer = walker.walk_telling(&state.graph, starts, forward, as_of, MOST, tell);
            _ = to.send(Found::Goods(goods));
            answer.is_whole
        });
        // Without an end it is told that the graph is made anew.
        if let Some(is_whole) = is_whole {
            _ = to.send(Found::End { is_whole });
        }
    }

    fn lines(
        &self,
        state: &state::State,
        things: &[Reached],
    ) -> Vec<(Thing, ScopeLine, Option<i64>)> {
        let as_of = self.as_of;
        let mut finder = Finder::new(state, &self.meanings, as_of);
        let mut lines = Vec::with_capacity(things.len());
        let name = |thing: Thing| state.names.name(thing).to_owned();
        for one in things {
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
                lines.push((one.thing, line, None));
                continue;
            }
            let shares = spread::of_lot(state, &self.meanings, one.thing, as_of);
            if shares.is_empty() && sort == Sort::Lot && !has_items(state, one.thing, as_of) {
                lines.push((one.thing, line(State::Unknown), None));
            }
            for share in shares {
                let amount = share.amount.as_ref();
                let line = ScopeLine {
                    since: Some(Timestamp::from_micros(share.last.at)),
                    party: share.party.map(name),
                    place: share.place.map(name),
                    quantity: amount.map(|(value, unit)| Quantity::new(*value, unit)),
                    position: Some(state.graph.record(share.last.act)),
                    ..line(share.state)
                };
                lines.push((one.thing, line, share.amount.map(|(value, _)| value)));
            }
        }
        lines
    }
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
        let heads = self.readings().heads_of(&[(id, &kinds)], as_of, MOST_NAMING).await?;
        // The register of a product names its maker too: it says where the product is from.
        let describes = |head: &&readings::SubjectHead| {
            registers.iter().any(|(kind, sort)| *kind == head.kind && head.roles.contains(sort))
        };
        let Some(head) = heads.iter().flatten().find(describes) else { return Ok(None) };
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
