//! The chains: as many events as are asked for, each right, and what is planted can be followed.

use std::collections::{BTreeMap, HashSet};

use demo::Act;
use serde_json::Value;

use crate::province;

/// The events of a province, in the order in which they come in.
fn events(acts: &[Act]) -> Vec<Value> {
    let events = acts.iter().filter_map(|act| match act {
        Act::Event { event, .. } => Some(serde_json::from_str(event).unwrap()),
        _ => None,
    });
    events.collect()
}

/// The identifiers in a list of a member.
fn named<'e>(event: &'e Value, member: &str) -> Vec<&'e str> {
    let list = event[member].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|of| of.as_str().or_else(|| of["epcClass"].as_str())).collect()
}

#[test]
fn a_small_province_has_two_hundred_thousand_events() {
    let mut province = province(1, demo::Scale::SMALL.organizations);
    let (mut count, mut ids) = (0, HashSet::new());
    let mut steps: BTreeMap<String, usize> = BTreeMap::new();
    while let Some(acts) = province.acts() {
        for event in events(&acts) {
            count += 1;
            assert!(ids.insert(event["eventID"].as_str().unwrap().to_owned()), "{event}");
            *steps.entry(event["bizStep"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert!((200_000..300_000).contains(&count), "{count} {steps:?}");
    for step in ["commissioning", "packing", "shipping", "receiving", "unpacking", "stocking"] {
        assert!(steps.get(step).is_some_and(|count| *count > 1_000), "{step}: {steps:?}");
    }
}

#[test]
fn the_planted_lot_comes_to_the_shelf() {
    let mut province = province(1, 2_500);
    let mut all = Vec::new();
    while let Some(acts) = province.acts() {
        all.extend(events(&acts));
    }
    let sights = province.look().chains;
    let lot = sights[0].subject.clone().unwrap();
    let mut reached: HashSet<String> = HashSet::from([lot.clone()]);
    let (mut sold, mut changed) = (0, true);
    while changed {
        changed = false;
        for event in &all {
            let inputs = named(event, "inputQuantityList");
            if inputs.iter().any(|id| reached.contains(*id)) {
                for out in named(event, "outputQuantityList") {
                    changed |= reached.insert(out.to_owned());
                }
            }
        }
    }
    for event in &all {
        let is_sold = event["bizStep"] == "retail_selling";
        sold += usize::from(
            is_sold && named(event, "quantityList").iter().any(|id| reached.contains(*id)),
        );
    }
    // Feed, pork and sausages.
    assert!(reached.len() > 5, "{reached:?}");
    assert!(sold > 20, "{sold} sales of {} lots", reached.len());
}
