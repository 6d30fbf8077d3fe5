//! Chains with known answers.

use trace::{Act, AsOf, Certainty, Direction, Error, Graph, NewAct, Part, Thing, Walker};

fn walk(graph: &Graph, from: Thing, direction: Direction, valid: i64) -> Vec<(u32, Certainty)> {
    let as_of = AsOf { valid, known: u64::MAX };
    let answer = Walker::default().walk(graph, &[from], direction, as_of, usize::MAX);
    answer.reached.iter().map(|reached| (reached.thing.0, reached.certainty)).collect()
}

#[test]
fn an_item_is_traced_through_its_lot_and_not_to_its_brothers() {
    let (flour, lot, one, two, sold) = (Thing(0), Thing(1), Thing(2), Thing(3), Thing(4));
    let mut graph = Graph::default();
    for act in [
        NewAct::new(0, 10).with(flour, Part::Input, Certainty::Lot).with(
            lot,
            Part::Output,
            Certainty::Lot,
        ),
        NewAct::new(1, 10)
            .with(lot, Part::Class, Certainty::Lot)
            .with(one, Part::Member, Certainty::Lot)
            .with(two, Part::Member, Certainty::Lot),
        NewAct::new(2, 20).with(one, Part::Input, Certainty::Serial).with(
            sold,
            Part::Output,
            Certainty::Serial,
        ),
    ] {
        graph.add(&act).unwrap();
    }
    let (serial, lot_) = (Certainty::Serial, Certainty::Lot);
    assert_eq!(walk(&graph, one, Direction::Back, 99), [(2, serial), (1, lot_), (0, lot_)]);
    assert_eq!(walk(&graph, one, Direction::Forward, 99), [(2, serial), (4, serial), (1, lot_)]);
    // From the flour everything came: both items, and what was made of the one.
    let mut all = walk(&graph, flour, Direction::Forward, 99);
    all.sort_unstable();
    assert_eq!(all, [(0, serial), (1, lot_), (2, lot_), (3, lot_), (4, lot_)]);
}

#[test]
fn time_parts_what_went_in_from_what_came_later() {
    let (old, new, tank, bottle) = (Thing(0), Thing(1), Thing(2), Thing(3));
    let serial = Certainty::Serial;
    let mut graph = Graph::default();
    let fill = |record, at, what| {
        NewAct::new(record, at).with(what, Part::Input, serial).with(tank, Part::Output, serial)
    };
    graph.add(&fill(0, 10, old)).unwrap();
    let bottled =
        NewAct::new(1, 20).with(tank, Part::Input, serial).with(bottle, Part::Output, serial);
    graph.add(&bottled).unwrap();
    graph.add(&fill(2, 30, new)).unwrap();
    let things = |from, direction| -> Vec<u32> {
        walk(&graph, from, direction, 99).into_iter().map(|(thing, _)| thing).collect()
    };
    assert_eq!(things(bottle, Direction::Back), [3, 2, 0]);
    assert_eq!(things(new, Direction::Forward), [1, 2]);
    assert_eq!(things(old, Direction::Forward), [0, 2, 3]);
}

#[test]
fn the_best_certainty_of_all_paths_is_told() {
    // By a short way inferred, by a long way certain.
    let (start, middle, end) = (Thing(0), Thing(1), Thing(2));
    let made = |record, at, from, certainty, into| {
        NewAct::new(record, at).with(from, Part::Input, certainty).with(
            into,
            Part::Output,
            certainty,
        )
    };
    let mut graph = Graph::default();
    graph.add(&made(0, 10, start, Certainty::Serial, middle)).unwrap();
    graph.add(&made(1, 20, middle, Certainty::Serial, end)).unwrap();
    graph.add(&made(2, 30, start, Certainty::Inferred, end)).unwrap();
    let found = walk(&graph, start, Direction::Forward, 99);
    assert_eq!(found, [(0, Certainty::Serial), (1, Certainty::Serial), (2, Certainty::Serial)]);
    let as_of = AsOf { valid: 15, known: 99 };
    let early = Walker::default().walk(&graph, &[start], Direction::Forward, as_of, 9);
    assert_eq!(early.reached.len(), 2);
}

#[test]
fn what_went_in_with_its_pallet_went_in() {
    let (bag, pallet, feed) = (Thing(0), Thing(1), Thing(2));
    let serial = Certainty::Serial;
    let mut graph = Graph::default();
    for act in [
        NewAct::new(0, 10).with(pallet, Part::Parent, serial).with(bag, Part::Child, serial),
        NewAct::new(1, 20).with(pallet, Part::Input, serial).with(feed, Part::Output, serial),
    ] {
        graph.add(&act).unwrap();
    }
    assert_eq!(walk(&graph, feed, Direction::Back, 99).len(), 3);
    assert_eq!(walk(&graph, bag, Direction::Forward, 99), [(0, serial), (2, serial)]);
}

#[test]
fn acts_come_in_the_order_of_their_records() {
    let mut graph = Graph::default();
    assert_eq!(graph.add(&NewAct::new(5, 0)), Ok(Act(0)));
    assert_eq!(graph.add(&NewAct::new(5, 0)), Ok(Act(1)));
    let fault = Error::OutOfOrder { last: 5, record: 4 };
    assert_eq!(graph.add(&NewAct::new(4, 0)), Err(fault));
    graph.compact();
    assert_eq!(graph.add(&NewAct::new(4, 0)), Err(fault));
    assert_eq!(graph.of_record(5).collect::<Vec<_>>(), [Act(0), Act(1)]);
}
