//! What holds of every graph.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use trace::{Answer, AsOf, Direction, Graph, Span, Thing, Walker};

use crate::small::{Record, THINGS, TIMES, graph, reached, records};

fn things(answer: &Answer) -> BTreeSet<u32> {
    answer.reached.iter().map(|reached| reached.thing.0).collect()
}

fn walked(graph: &Graph, from: u32, direction: Direction, as_of: AsOf) -> Answer {
    Walker::default().walk(graph, &[Thing(from)], direction, as_of, usize::MAX)
}

fn as_of() -> impl Strategy<Value = AsOf> {
    (0..=TIMES, 0..30_u64).prop_map(|(valid, known)| AsOf { valid, known })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The walk finds what trying every step from every state finds.
    #[test]
    fn a_walk_finds_what_there_is(records in records(), as_of in as_of()) {
        let graph = graph(&records);
        for from in 0..THINGS {
            for direction in [Direction::Back, Direction::Forward] {
                let found = things(&walked(&graph, from, direction, as_of));
                prop_assert_eq!(found, reached(&records, from, direction, as_of), "{} {:?}", from, direction);
            }
        }
    }

    #[test]
    fn back_and_forward_are_converse(records in records(), as_of in as_of()) {
        let graph = graph(&records);
        let walk = |direction| -> BTreeMap<u32, BTreeSet<u32>> {
            (0..THINGS).map(|from| (from, things(&walked(&graph, from, direction, as_of)))).collect()
        };
        let (back, forward) = (walk(Direction::Back), walk(Direction::Forward));
        for (one, behind) in &back {
            for other in behind {
                prop_assert!(forward[other].contains(one), "{} is behind {}, not before it", other, one);
            }
        }
        for (one, before) in &forward {
            for other in before {
                prop_assert!(back[other].contains(one), "{} is before {}, not behind it", other, one);
            }
        }
    }

    /// Where the tail ends and the arrays begin changes no answer.
    #[test]
    fn made_anew_it_is_the_same(records in records(), cut in 0..24_usize, as_of in as_of()) {
        let whole = graph(&records);
        let cut = cut.min(records.len());
        let mut live = graph(&records[..cut]);
        live.compact();
        for (position, record) in records.iter().enumerate().skip(cut) {
            live.add(&record.act(position as u64)).unwrap();
        }
        let mut compact = live.clone();
        compact.compact();
        prop_assert_eq!(compact.in_tail(), 0);
        for from in 0..THINGS {
            for direction in [Direction::Back, Direction::Forward] {
                let expected = things(&walked(&whole, from, direction, as_of));
                prop_assert_eq!(things(&walked(&live, from, direction, as_of)), expected.clone());
                prop_assert_eq!(things(&walked(&compact, from, direction, as_of)), expected);
            }
        }
    }

    /// What came later is not known: the graph of the first records says the same.
    #[test]
    fn what_was_known_does_not_change(records in records(), known in 0..24_u64, valid in 0..=TIMES) {
        let as_of = AsOf { valid, known };
        let first: Vec<Record> = records.iter().take(known as usize).cloned().collect();
        let (whole, first) = (graph(&records), graph(&first));
        for from in 0..THINGS {
            for direction in [Direction::Back, Direction::Forward] {
                let found = things(&walked(&whole, from, direction, as_of));
                prop_assert_eq!(found, things(&walked(&first, from, direction, as_of)));
            }
        }
    }

    /// Told later when a record counts, the graph is the one that was told at once.
    #[test]
    fn when_records_count_can_be_told_later(records in records(), as_of in as_of(), compact: bool) {
        let told = graph(&records);
        let mut later = Graph::default();
        for (position, record) in records.iter().enumerate() {
            let mut act = record.act(position as u64);
            act.counts = vec![Span::from(position as u64)];
            later.add(&act).unwrap();
        }
        if compact {
            later.compact();
        }
        for (position, record) in records.iter().enumerate() {
            later.set_counts(position as u64, &record.act(position as u64).counts);
        }
        for from in 0..THINGS {
            let found = things(&walked(&later, from, Direction::Back, as_of));
            prop_assert_eq!(found, things(&walked(&told, from, Direction::Back, as_of)));
        }
    }

    /// A thing's path leads to where the walk began, layer by layer, no more certain than told.
    #[test]
    fn paths_lead_to_the_start(records in records(), as_of in as_of(), from in 0..THINGS) {
        let graph = graph(&records);
        let answer = walked(&graph, from, Direction::Back, as_of);
        prop_assert!(answer.is_whole);
        for (place, reached) in answer.reached.iter().enumerate() {
            let next = answer.reached[reached.from as usize];
            if reached.from as usize == place {
                prop_assert_eq!(reached.thing, Thing(from));
                continue;
            }
            prop_assert!((reached.from as usize) < place);
            prop_assert!(next.certainty <= reached.certainty);
            let step = u32::from(reached.through.is_some());
            prop_assert_eq!(next.layer + step, reached.layer);
        }
        let part = Walker::default().walk(&graph, &[Thing(from)], Direction::Back, as_of, 2);
        prop_assert_eq!(part.things, answer.things.min(2));
        prop_assert_eq!(part.is_whole, answer.things <= 2);
        let all: BTreeSet<u32> = answer.reached.iter().map(|reached| reached.thing.0).collect();
        prop_assert_eq!(all.len(), answer.things);
        prop_assert_eq!(answer.things().count(), answer.things);
    }
}
