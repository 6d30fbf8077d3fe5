//! What was in what, when.

use trace::{AsOf, Certainty, Graph, NewAct, Part, Thing};

const ITEM: Thing = Thing(0);
const CASE: Thing = Thing(1);
const PALLET: Thing = Thing(2);
const OTHER: Thing = Thing(3);

fn act(record: u64, at: i64, links: &[(Thing, Part)]) -> NewAct {
    let serial = Certainty::Serial;
    links.iter().fold(NewAct::new(record, at), |act, (thing, part)| act.with(*thing, *part, serial))
}

fn graph(acts: &[NewAct]) -> Graph {
    let mut graph = Graph::default();
    for act in acts {
        graph.add(act).unwrap();
    }
    graph
}

fn contents(graph: &Graph, parent: Thing, valid: i64) -> Vec<Thing> {
    graph.contents(parent, AsOf { valid, known: 99 })
}

#[test]
fn a_child_is_in_its_parent_between_packing_and_unpacking() {
    let graph = graph(&[
        act(0, 10, &[(CASE, Part::Parent), (ITEM, Part::Child)]),
        act(1, 20, &[(PALLET, Part::Parent), (CASE, Part::Child)]),
        act(2, 30, &[(CASE, Part::FormerParent), (ITEM, Part::FormerChild)]),
    ]);
    assert_eq!(contents(&graph, CASE, 9), []);
    assert_eq!(contents(&graph, CASE, 10), [ITEM]);
    assert_eq!(contents(&graph, PALLET, 29), [ITEM, CASE]);
    assert_eq!(contents(&graph, PALLET, 30), [CASE]);
    // Not known yet, the unpacking ends nothing.
    assert_eq!(graph.contents(CASE, AsOf { valid: 40, known: 2 }), [ITEM]);
}

#[test]
fn a_parent_that_is_emptied_loses_all() {
    let graph = graph(&[
        act(0, 10, &[(CASE, Part::Parent), (ITEM, Part::Child), (OTHER, Part::Child)]),
        act(1, 20, &[(CASE, Part::FormerParent)]),
    ]);
    assert_eq!(contents(&graph, CASE, 19), [ITEM, OTHER]);
    assert_eq!(contents(&graph, CASE, 20), []);
}

#[test]
fn packed_elsewhere_or_used_up_it_is_no_longer_there() {
    let graph = graph(&[
        act(0, 10, &[(CASE, Part::Parent), (ITEM, Part::Child), (OTHER, Part::Child)]),
        act(1, 20, &[(PALLET, Part::Parent), (ITEM, Part::Child)]),
        act(2, 30, &[(OTHER, Part::Input)]),
    ]);
    assert_eq!(contents(&graph, CASE, 25), [OTHER]);
    assert_eq!(contents(&graph, PALLET, 25), [ITEM]);
    assert_eq!(contents(&graph, CASE, 30), []);
}

#[test]
fn a_parent_in_itself_ends_all_the_same() {
    let graph = graph(&[
        act(0, 10, &[(CASE, Part::Parent), (PALLET, Part::Child)]),
        act(1, 20, &[(PALLET, Part::Parent), (CASE, Part::Child)]),
    ]);
    assert_eq!(contents(&graph, CASE, 30), [CASE, PALLET]);
    let mut carriers = Vec::new();
    let now = AsOf { valid: 30, known: 2 };
    graph.carriers(CASE, (0, 31), now, &mut |parent, window| carriers.push((parent, window)));
    assert_eq!(carriers[..2], [(PALLET, (20, 31)), (CASE, (20, 31))]);
}

#[test]
fn carriers_are_told_with_their_time() {
    let graph = graph(&[
        act(0, 10, &[(CASE, Part::Parent), (ITEM, Part::Child)]),
        act(1, 20, &[(PALLET, Part::Parent), (CASE, Part::Child)]),
        act(2, 30, &[(CASE, Part::FormerParent), (ITEM, Part::FormerChild)]),
    ]);
    let mut carriers = Vec::new();
    let now = AsOf { valid: 50, known: 3 };
    graph.carriers(ITEM, (0, 51), now, &mut |parent, window| carriers.push((parent, window)));
    assert_eq!(carriers, [(CASE, (10, 30)), (PALLET, (20, 30))]);
}
