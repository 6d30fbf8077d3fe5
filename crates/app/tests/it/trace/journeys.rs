//! Journeys that nobody can have made.

use app::System;
use app::reading::When;
use app::trace::answer::{Finding, FindingSort, Way};
use app::trace::{FindingQuestion, KeptFinding};
use model::{Draft, RecordId};
use serde_json::{Value, json};

use super::support::{MILL, SHOP, event, event_draft, item, place, record};
use crate::support::{Home, new_id, on_both, operator};

/// Registers a place: in Wuchang, in Yichang, or somewhere of which only the division is known.
fn registered(number: u64, minute: u64, position: Option<(f64, f64)>, region: &str) -> Draft {
    let gln = place(number).rsplit('/').next().unwrap().to_owned();
    let mut open =
        json!({ "name": format!("场所{number}"), "place_type": "factory", "address": "路1号" });
    if let Some((latitude, longitude)) = position {
        open["latitude"] = json!(latitude);
        open["longitude"] = json!(longitude);
    }
    let mut draft = record("place", minute, &[("place", &format!("gln:{gln}"))], open);
    draft.region = region.to_owned();
    draft
}

fn see(id: &str, minute: u64, step: &str, things: &[&str], at: &str) -> Value {
    let action = if step == "commissioning" { "ADD" } else { "OBSERVE" };
    event(
        "ObjectEvent",
        id,
        minute,
        json!({
            "action": action, "epcList": things, "bizStep": step, "readPoint": { "id": at },
        }),
    )
}

fn of_sort(home: &Home, system: &System, known: u64) -> Vec<KeptFinding> {
    let question = FindingQuestion { sorts: vec![FindingSort::ImpossibleJourney], region: None };
    let when = When { valid: None, known: Some(known) };
    let page = home.run(system.trace_findings(operator(), &question, when, 0, 100));
    page.unwrap_or_else(|e| panic!("{e}")).findings
}

fn journeys(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().filter(|one| one.sort == FindingSort::ImpossibleJourney).collect()
}

const WUCHANG: (f64, f64) = (30.55, 114.31);
/// About 289 km from there.
const YICHANG: (f64, f64) = (30.70, 111.29);

#[test]
fn one_thing_cannot_be_at_two_places_in_too_short_a_time() {
    on_both(|home| {
        let system = home.open();
        let (here, there) = (place(1), place(2));
        let (quick, slow, back) = (item(1, "quick"), item(1, "slow"), item(1, "back"));
        let ids: Vec<RecordId> = (0..2).map(|_| new_id()).collect();
        let with_id = |at: usize, draft: Draft| Draft { id: Some(ids[at]), ..draft };
        // 289 km at 300 km/h take 58 minutes, of which clocks may take 10.
        let drafts = vec![
            registered(1, 1, Some(WUCHANG), "420106"),
            registered(2, 1, Some(YICHANG), "420502"),
            with_id(0, event_draft(&see("1", 100, "commissioning", &[&quick], &here), MILL)),
            with_id(1, event_draft(&see("2", 130, "receiving", &[&quick], &there), SHOP)),
            event_draft(&see("3", 100, "commissioning", &[&slow, &back], &here), MILL),
            event_draft(&see("4", 150, "receiving", &[&slow], &there), SHOP),
            // At one place however quickly.
            event_draft(&see("5", 101, "shipping", &[&back], &here), MILL),
        ];
        let known = home.put(&system, drafts);
        let found = of_sort(home, &system, known);
        let [one] = found.as_slice() else { panic!("{found:#?}") };
        assert_eq!((one.thing.as_str(), one.records.as_slice()), (&*quick, ids.as_slice()));
        assert_eq!(one.detail.as_deref(), Some(&*format!("{here}, {there}: 289 km / 30 min")));

        // On every answer about it, and no reason to refuse one.
        let when = When { valid: None, known: Some(known) };
        for way in [Way::Back, Way::Forward] {
            let told = |id: &str| home.run(system.trace(operator(), id, way, when, 100)).unwrap();
            let answer = told(&quick);
            let [flagged] = journeys(&answer.findings)[..] else { panic!("{:?}", answer.findings) };
            assert_eq!(
                (flagged.records.as_slice(), &flagged.detail),
                (ids.as_slice(), &one.detail)
            );
            assert!(journeys(&told(&slow).findings).is_empty());
        }
        let answerable = home.run(system.answerable(operator(), &quick, when)).unwrap();
        assert_eq!(journeys(&answerable.findings).len(), 1);
        // As of before it was seen there, nothing is wrong.
        let early = When { valid: Some("2024-01-01T02:00:00+08:00".parse().unwrap()), ..when };
        let answer = home.run(system.trace(operator(), &quick, Way::Back, early, 100)).unwrap();
        assert!(journeys(&answer.findings).is_empty());

        // The other place lies elsewhere, as is told later: nearer, it can have been.
        let moved = home.put(&system, vec![registered(2, 90, Some((30.60, 114.30)), "420102")]);
        assert!(of_sort(home, &system, moved).is_empty());
        assert_eq!(of_sort(home, &system, known), found);
        home.close(system);
    });
}

#[test]
fn where_only_the_division_is_known_its_size_counts() {
    on_both(|home| {
        let system = home.open();
        let (here, unknown, far, nowhere) = (place(1), place(2), place(3), place(4));
        let things: Vec<String> = (0..4).map(|n| item(1, n)).collect();
        let mut drafts = vec![
            registered(1, 1, Some(WUCHANG), "420106"),
            // Some 290 km away, and somewhere within the whole of a city that reaches 130 km.
            registered(2, 1, None, "420500"),
            // Some 400 km away, in a county.
            registered(3, 1, None, "422827"),
        ];
        let to = [&unknown, &far, &nowhere, &"geo:30.70,111.29".to_owned()].map(String::clone);
        for (number, (thing, to)) in things.iter().zip(&to).enumerate() {
            let made = see(&format!("a{number}"), 100, "commissioning", &[thing], &here);
            let seen = see(&format!("b{number}"), 125, "receiving", &[thing], to);
            drafts.extend([event_draft(&made, MILL), event_draft(&seen, SHOP)]);
        }
        let known = home.put(&system, drafts);
        let found = of_sort(home, &system, known);
        let mut told: Vec<&str> = found.iter().map(|one| one.thing.as_str()).collect();
        told.sort_unstable();
        // Not to where it may be near enough, nor to where nothing is known of; to a URI that says it.
        assert_eq!(told, [things[1].as_str(), things[3].as_str()], "{found:#?}");
        home.close(system);
    });
}

#[test]
fn what_is_carried_is_told_of_its_carrier_once() {
    on_both(|home| {
        let system = home.open();
        let (here, there) = (place(1), place(2));
        let pallet = "https://id.gs1.org/00/106141412345678908";
        let items: Vec<String> = (0..3).map(|n| item(1, n)).collect();
        let all: Vec<&str> = items.iter().map(String::as_str).collect();
        let packed = event(
            "AggregationEvent",
            "2",
            110,
            json!({
                "action": "ADD", "parentID": pallet, "childEPCs": items, "bizStep": "packing",
                "readPoint": { "id": here },
            }),
        );
        let known = home.put(
            &system,
            vec![
                registered(1, 1, Some(WUCHANG), "420106"),
                registered(2, 1, Some(YICHANG), "420502"),
                event_draft(&see("1", 100, "commissioning", &all, &here), MILL),
                event_draft(&packed, MILL),
                event_draft(&see("3", 130, "receiving", &[pallet], &there), SHOP),
            ],
        );
        let found = of_sort(home, &system, known);
        let told: Vec<&str> = found.iter().map(|one| one.thing.as_str()).collect();
        assert_eq!(told, [pallet]);
        // Who asks about an item is told of it all the same.
        let when = When { valid: None, known: Some(known) };
        let answer = home.run(system.trace(operator(), &items[0], Way::Back, when, 100)).unwrap();
        assert!(!journeys(&answer.findings).is_empty(), "{:?}", answer.findings);
        home.close(system);
    });
}
