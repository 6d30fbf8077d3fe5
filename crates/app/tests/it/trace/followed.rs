//! What does not fit, followed as records come, is what is found when all is looked at anew.

use app::System;
use app::reading::When;
use app::trace::{FindingQuestion, KeptFinding};
use model::{Draft, RecordId};
use serde_json::{Value, json};

use super::support::{MILL, event, event_draft, item, lot, place, record};
use crate::support::{Home, new_id, on_both, operator};

/// Numbers by SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ bits >> 31) % n
    }
}

/// Records come in so many rounds.
const ROUNDS: u64 = 12;
const IN_ROUND: usize = 14;
const SEEDS: u64 = 3;

fn all(home: &Home, system: &System, known: u64) -> Vec<KeptFinding> {
    let when = When { valid: None, known: Some(known) };
    let question = FindingQuestion::default();
    let page = home.run(system.trace_findings(operator(), &question, when, 0, 10_000));
    let page = page.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(page.next, None);
    page.findings
}

fn unit(number: u64) -> String {
    let digits = format!("1061414{number:010}");
    let check = codes::gs1::check_digit(digits.as_bytes()).unwrap();
    format!("https://id.gs1.org/00/{digits}{}", check as char)
}

/// Something of few things, places and minutes, so that contradictions are frequent.
fn happening(random: &mut Random, id: &str) -> Value {
    let minute = 100 + random.below(60) * 10;
    let at = json!({ "id": place(1 + random.below(3)) });
    let mut thing = || item(1, random.below(4));
    let (one, two) = (thing(), thing());
    let (from, into) = (lot(2, random.below(3)), lot(2, random.below(3)));
    let (load, within) = (unit(random.below(2)), unit(2 + random.below(2)));
    let amount =
        |lot: &str, many: u64| json!([{ "epcClass": lot, "quantity": many, "uom": "KGM" }]);
    match random.below(8) {
        0 => event(
            "ObjectEvent",
            id,
            minute,
            json!({ "action": "ADD", "epcList": [one], "bizStep": "commissioning", "readPoint": at }),
        ),
        1 | 2 => event(
            "ObjectEvent",
            id,
            minute,
            json!({ "action": "OBSERVE", "epcList": [one, load], "bizStep": "storing", "readPoint": at }),
        ),
        3 => event(
            "AggregationEvent",
            id,
            minute,
            json!({ "action": "ADD", "parentID": load, "childEPCs": [one, two], "bizStep": "packing", "readPoint": at }),
        ),
        4 => event(
            "AggregationEvent",
            id,
            minute,
            json!({ "action": "ADD", "parentID": within, "childEPCs": [load], "bizStep": "packing", "readPoint": at }),
        ),
        5 => {
            let children = if random.below(2) == 0 { json!([one]) } else { json!([]) };
            event(
                "AggregationEvent",
                id,
                minute,
                json!({ "action": "DELETE", "parentID": load, "childEPCs": children, "bizStep": "unpacking", "readPoint": at }),
            )
        }
        6 => event(
            "TransformationEvent",
            id,
            minute,
            json!({
                "inputQuantityList": amount(&from, 5), "outputQuantityList": amount(&into, 3 + random.below(4)),
                "bizStep": "commissioning", "readPoint": at,
            }),
        ),
        _ => {
            // One that is told in parts.
            let process = format!("urn:test:process:{}", random.below(2));
            let mut rest = json!({
                "transformationID": process, "bizStep": "commissioning", "readPoint": at,
            });
            if random.below(2) == 0 {
                rest["inputQuantityList"] = amount(&from, 5);
            } else {
                rest["outputQuantityList"] = amount(&into, 4);
                rest["outputEPCList"] = json!([two]);
            }
            event("TransformationEvent", id, minute, rest)
        }
    }
}

/// Where a place is, as is said for the time since some minute.
fn registered(random: &mut Random, minute: u64) -> Draft {
    let gln = place(1 + random.below(3)).rsplit('/').next().unwrap().to_owned();
    let position = [(30.55, 114.31), (30.70, 111.29), (30.56, 114.32)][random.below(3) as usize];
    let open = json!({
        "name": "场所", "place_type": "factory", "address": "路1号",
        "latitude": position.0, "longitude": position.1,
    });
    record("place", minute, &[("place", &format!("gln:{gln}"))], open)
}

#[test]
fn what_followed_is_what_is_found_anew() {
    (1..=SEEDS).for_each(|seed| on_both(|home| follow(home, seed)));
}

fn follow(home: &Home, seed: u64) {
    let mut system = home.open();
    let mut random = Random(seed);
    let mut heads: Vec<(RecordId, String)> = Vec::new();
    let (mut number, mut most) = (0, 0);
    for round in 0..ROUNDS {
        let mut drafts = Vec::new();
        for _ in 0..IN_ROUND {
            if random.below(12) == 0 {
                number += 1;
                drafts.push(registered(&mut random, number));
                continue;
            }
            number += 1;
            let id = new_id();
            let name = number.to_string();
            let mut draft = event_draft(&happening(&mut random, &name), MILL);
            draft.id = Some(id);
            // Now and then what was said before is put right.
            if !heads.is_empty() && random.below(5) == 0 {
                let at = random.below(heads.len() as u64) as usize;
                let (before, name) = heads.swap_remove(at);
                draft = event_draft(&happening(&mut random, &name), MILL);
                (draft.id, draft.corrects) = (Some(id), Some(before));
                heads.push((id, name));
            } else {
                heads.push((id, name));
            }
            drafts.push(draft);
        }
        let mut known = home.put(&system, drafts);
        if !heads.is_empty() && round % 2 == 1 {
            let at = random.below(heads.len() as u64) as usize;
            let (taken, _) = heads.swap_remove(at);
            home.withdraw(&system, taken).unwrap();
            known += 1;
        }
        let followed = all(home, &system, known);
        most = most.max(followed.len());
        if round % 3 == 2 {
            let dump =
                |system: &System| home.run(system.chain().dump(known, System::PATIENCE)).unwrap();
            let held = dump(&system);
            // What starts again looks at everything.
            home.close(system);
            system = home.open();
            assert_eq!(dump(&system), held, "round {round}");
            assert_eq!(all(home, &system, known), followed, "round {round}");
        }
    }
    assert!(most > 15, "there is something to find: {most}");
    home.close(system);
}
