//! Small graphs by chance, and what the words of the documentation say of them, done slowly.

use std::collections::BTreeSet;

use proptest::prelude::*;
use trace::{AsOf, Certainty, Direction, Graph, NewAct, Part, Span, Thing};

/// Things of a small graph: few, so that they meet often.
pub const THINGS: u32 = 9;
/// Instants of a small graph.
pub const TIMES: i64 = 12;

/// What a record of a small graph says.
#[derive(Debug, Clone)]
pub enum Said {
    Make { from: Vec<u32>, into: Vec<u32> },
    Pack { parent: u32, children: Vec<u32> },
    Unpack { parent: u32, children: Vec<u32> },
    Class { class: u32, members: Vec<u32> },
    See { things: Vec<u32> },
}

/// A record of a small graph.
#[derive(Debug, Clone)]
pub struct Record {
    pub said: Said,
    pub at: i64,
    pub certainty: Certainty,
    /// By how many records later it ceases to count.
    pub gone_after: Option<u64>,
}

fn some() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0..THINGS, 1..4)
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        5 => (some(), some()).prop_map(|(from, into)| Said::Make { from, into }),
        3 => (0..THINGS, some()).prop_map(|(parent, children)| Said::Pack { parent, children }),
        1 => (0..THINGS, prop::collection::vec(0..THINGS, 0..3))
            .prop_map(|(parent, children)| Said::Unpack { parent, children }),
        // A class has a smaller number than its members: classes go in no circle.
        2 => (0..3_u32, prop::collection::vec(3..THINGS, 1..3))
            .prop_map(|(class, members)| Said::Class { class, members }),
        1 => some().prop_map(|things| Said::See { things }),
    ]
}

pub fn record() -> impl Strategy<Value = Record> {
    let certainty = prop::sample::select(Certainty::ALL.to_vec());
    let gone = prop::option::weighted(0.2, 1..6_u64);
    (said(), 0..TIMES, certainty, gone).prop_map(|(said, at, certainty, gone_after)| Record {
        said,
        at,
        certainty,
        gone_after,
    })
}

pub fn records() -> impl Strategy<Value = Vec<Record>> {
    prop::collection::vec(record(), 0..24)
}

impl Record {
    pub fn act(&self, position: u64) -> NewAct {
        let mut act = NewAct::new(position, self.at);
        if let Some(after) = self.gone_after {
            act.counts = vec![Span { from: position, until: position + after }];
        }
        let mut add = |things: &[u32], part| {
            act.links.extend(things.iter().map(|thing| (Thing(*thing), part, self.certainty)));
        };
        match &self.said {
            Said::Make { from, into } => {
                add(from, Part::Input);
                add(into, Part::Output);
            }
            Said::Pack { parent, children } => {
                add(&[*parent], Part::Parent);
                add(children, Part::Child);
            }
            Said::Unpack { parent, children } => {
                add(&[*parent], Part::FormerParent);
                add(children, Part::FormerChild);
            }
            Said::Class { class, members } => {
                add(&[*class], Part::Class);
                add(members, Part::Member);
            }
            Said::See { things } => add(things, Part::Object),
        }
        act
    }
}

pub fn graph(records: &[Record]) -> Graph {
    let mut graph = Graph::default();
    for (position, record) in records.iter().enumerate() {
        graph.add(&record.act(position as u64)).unwrap();
    }
    graph
}

/// The records that count as of two times.
fn counting(records: &[Record], as_of: AsOf) -> Vec<&Record> {
    let counts = |(position, record): &(usize, &Record)| {
        let position = *position as u64;
        let until = record.gone_after.map_or(u64::MAX, |after| position + after);
        position < as_of.known && until >= as_of.known
    };
    records.iter().enumerate().filter(counts).map(|(_, record)| record).collect()
}

/// Whether a child is in a parent at an instant, by the records that count.
fn is_in(records: &[&Record], child: u32, parent: u32, at: i64, valid: i64) -> bool {
    let happened: Vec<&&Record> = records.iter().filter(|record| record.at <= valid).collect();
    happened.iter().any(|pack| {
        let Said::Pack { parent: into, children } = &pack.said else { return false };
        if *into != parent || !children.contains(&child) || pack.at > at {
            return false;
        }
        !happened.iter().any(|end| {
            let ends = match &end.said {
                Said::Pack { children, .. } => children.contains(&child),
                Said::Make { from, .. } => from.contains(&child),
                Said::Unpack { parent: out_of, children } => {
                    children.contains(&child) || children.is_empty() && *out_of == parent
                }
                _ => false,
            };
            ends && end.at > pack.at && end.at <= at
        })
    })
}

/// Everything in a parent at an instant, also within what is in it.
fn is_deep_in(records: &[&Record], child: u32, parent: u32, at: i64, valid: i64) -> bool {
    let mut found = BTreeSet::new();
    let mut parents = vec![parent];
    while let Some(parent) = parents.pop() {
        for thing in 0..THINGS {
            if is_in(records, thing, parent, at, valid) && found.insert(thing) {
                parents.push(thing);
            }
        }
    }
    found.contains(&child)
}

/// All that lies behind a thing in one direction: every step is tried from every state until there
/// is nothing new.
pub fn reached(records: &[Record], start: u32, direction: Direction, as_of: AsOf) -> BTreeSet<u32> {
    let counting = counting(records, as_of);
    let bound = match direction {
        Direction::Back => as_of.valid,
        Direction::Forward => i64::MIN,
    };
    let mut states = BTreeSet::from([(start, false, bound)]);
    loop {
        let mut more = BTreeSet::new();
        for (thing, as_class, bound) in &states {
            for record in &counting {
                match (&record.said, direction) {
                    (Said::Class { class, members }, _) => {
                        if members.contains(thing) {
                            more.insert((*class, true, *bound));
                        }
                        if class == thing && !as_class {
                            more.extend(members.iter().map(|member| (*member, false, *bound)));
                        }
                    }
                    (Said::Make { from, into }, Direction::Back)
                        if record.at <= *bound
                            && record.at <= as_of.valid
                            && into.contains(thing) =>
                    {
                        for other in 0..THINGS {
                            let within = |input: &u32| {
                                is_deep_in(&counting, other, *input, record.at, record.at)
                            };
                            if from.contains(&other) || from.iter().any(within) {
                                more.insert((other, false, record.at));
                            }
                        }
                    }
                    (Said::Make { from, into }, Direction::Forward)
                        if record.at >= *bound && record.at <= as_of.valid =>
                    {
                        let within = |input: &u32| {
                            is_deep_in(&counting, *thing, *input, record.at, record.at)
                        };
                        if from.contains(thing) || from.iter().any(within) {
                            more.extend(into.iter().map(|output| (*output, false, record.at)));
                        }
                    }
                    _ => {}
                }
            }
        }
        let before = states.len();
        states.extend(more);
        if states.len() == before {
            return states.into_iter().map(|(thing, ..)| thing).collect();
        }
    }
}
