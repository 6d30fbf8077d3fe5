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

/// A province as small as the browser tests have it contradicts itself in every way that is planted.
#[test]
fn contradictions_are_planted() {
    let mut province = province(1, 300);
    let mut all = Vec::new();
    while let Some(acts) = province.acts() {
        all.extend(events(&acts));
    }
    let (mut begun, mut packed) = (BTreeMap::<&str, usize>::new(), HashSet::new());
    let mut places: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for event in &all {
        let begins = event["action"] == "ADD" && event["type"] == "ObjectEvent";
        let items = named(event, "epcList").into_iter().chain(named(event, "outputEPCList"));
        for item in items.filter(|id| id.contains("/21/")) {
            *begun.entry(item).or_default() +=
                usize::from(begins || event["type"] == "TransformationEvent");
            let at = event["readPoint"]["id"].as_str().unwrap();
            places.entry(item).or_default().push((event["eventTime"].as_str().unwrap(), at));
        }
        if event["action"] == "ADD" {
            packed.extend(event["parentID"].as_str());
        }
    }
    assert!(begun.values().any(|count| *count == 2), "one is labelled again");
    assert!(begun.values().any(|count| *count == 0), "one was never made");
    let is_unpacked = |event: &&Value| event["action"] == "DELETE";
    let unknown = |event: &Value| event["parentID"].as_str().is_some_and(|id| !packed.contains(id));
    assert!(all.iter().filter(is_unpacked).any(unknown), "one is opened that was never packed");
    let sum = |event: &Value, list: &str| -> Option<f64> {
        let list = event[list].as_array()?;
        list.iter().map(|of| of["quantity"].as_f64().filter(|_| of["uom"] == "KGM")).sum()
    };
    let grows = |event: &Value| {
        let sums = sum(event, "inputQuantityList").zip(sum(event, "outputQuantityList"));
        sums.is_some_and(|(went_in, came_out)| came_out > went_in)
    };
    assert!(all.iter().any(grows), "more comes out than went in");
    let made: Vec<(Vec<&str>, Vec<&str>)> = all
        .iter()
        .map(|event| (named(event, "inputQuantityList"), named(event, "outputQuantityList")))
        .filter(|(from, into)| !from.is_empty() && !into.is_empty())
        .collect();
    let meet = |one: &[&str], other: &[&str]| one.iter().any(|id| other.contains(id));
    let turned = made
        .iter()
        .any(|(from, into)| made.iter().any(|(other, back)| meet(into, other) && meet(back, from)));
    assert!(turned, "one goes back into what it was made of");
    // The label that was copied is told of, with where to see all sorts.
    let copied = province.look().chains.into_iter().find(|sight| sight.en.contains("findings"));
    let copied = copied.and_then(|sight| sight.subject).unwrap();
    let of = &places[&*copied];
    let seen: HashSet<&str> = of.iter().map(|(_, place)| *place).collect();
    assert!(seen.len() > 1, "{of:?}");
}
