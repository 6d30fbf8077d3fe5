//! Back and forward on records.

use app::reading::When;
use app::trace::answer::{Certainty, State, Traced, Way};
use serde_json::json;

use super::support::{MILL, SHOP, event, event_draft, item, lot, place, product, record};
use crate::support::operator;
use crate::support::{Home, on_both};

fn trace(home: &Home, system: &app::System, id: &str, way: Way, known: u64) -> Traced {
    let when = When { valid: None, known: Some(known) };
    let traced = home.run(system.trace(operator(), id, way, when, 1_000));
    traced.unwrap_or_else(|e| panic!("{id}: {e}"))
}

fn ids(traced: &Traced) -> Vec<&str> {
    let mut ids: Vec<&str> = traced.things.iter().map(|thing| thing.id.as_str()).collect();
    ids.sort_unstable();
    ids
}

/// Flour and salt become bread, which is packed, sent, unpacked and sold.
fn bread(home: &Home, system: &app::System) -> u64 {
    let (flour, salt, bread) = (lot(1, "F1"), lot(2, "S1"), lot(3, "B1"));
    let pallet = "https://id.gs1.org/00/106141412345678908";
    let (one, two) = (item(3, "1"), item(3, "2"));
    let (mill, shop) = (place(1), place(2));
    let drafts = vec![
        event_draft(
            &event(
                "TransformationEvent",
                "bake",
                10,
                json!({
                    "inputQuantityList": [
                        { "epcClass": flour, "quantity": 100, "uom": "KGM" },
                        { "epcClass": salt, "quantity": 2, "uom": "KGM" },
                    ],
                    "outputEPCList": [one, two], "bizStep": "commissioning",
                    "ilmd": { "cbvmda:lotNumber": "B1" },
                    "bizLocation": { "id": mill },
                }),
            ),
            MILL,
        ),
        event_draft(
            &event(
                "AggregationEvent",
                "pack",
                20,
                json!({
                    "action": "ADD", "parentID": pallet, "childEPCs": [one, two], "bizStep": "packing",
                    "bizLocation": { "id": mill },
                }),
            ),
            MILL,
        ),
        event_draft(
            &event(
                "ObjectEvent",
                "ship",
                30,
                json!({
                    "action": "OBSERVE", "epcList": [pallet], "bizStep": "shipping",
                    "disposition": "in_transit", "readPoint": { "id": mill },
                    "destinationList": [{ "type": "location", "destination": shop }],
                }),
            ),
            MILL,
        ),
        event_draft(
            &event(
                "ObjectEvent",
                "receive",
                40,
                json!({
                    "action": "OBSERVE", "epcList": [pallet], "bizStep": "receiving",
                    "bizLocation": { "id": shop },
                }),
            ),
            SHOP,
        ),
        event_draft(
            &event(
                "AggregationEvent",
                "unpack",
                50,
                json!({
                    "action": "DELETE", "parentID": pallet, "childEPCs": [], "bizStep": "unpacking",
                    "bizLocation": { "id": shop },
                }),
            ),
            SHOP,
        ),
        event_draft(
            &event(
                "ObjectEvent",
                "sell",
                60,
                json!({
                    "action": "OBSERVE", "epcList": [one], "bizStep": "retail_selling",
                    "disposition": "retail_sold", "bizLocation": { "id": shop },
                }),
            ),
            SHOP,
        ),
        record(
            "test-report",
            55,
            &[
                ("nominal_maker", MILL),
                ("product", &product(3)),
                ("lot", &bread),
                ("laboratory", SHOP),
            ],
            json!({
                "report_no": "T-1", "issued_on": "2024-01-01", "result": "pass",
                "programme": "supervision", "items": [{ "item": "铅", "verdict": "pass" }],
            }),
        ),
    ];
    home.put(system, drafts)
}

#[test]
fn a_loaf_comes_from_flour_and_goes_to_the_shop() {
    on_both(|home| {
        let system = home.open();
        let known = bread(home, &system);
        let back = trace(home, &system, &item(3, "1"), Way::Back, known);
        let expected = [
            product(1),
            lot(1, "F1"),
            product(2),
            lot(2, "S1"),
            product(3),
            lot(3, "B1"),
            item(3, "1"),
        ];
        let mut expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        expected.sort_unstable();
        assert_eq!(ids(&back), expected);
        let find = |traced: &Traced, id: &str| {
            traced.things.iter().find(|thing| thing.id == id).cloned().unwrap()
        };
        let flour = find(&back, &lot(1, "F1"));
        assert_eq!((flour.layer, flour.certainty), (1, Certainty::Lot));
        let through = &back.acts[flour.through.unwrap()];
        assert_eq!(
            (through.what, through.step.as_deref()),
            ("transformation", Some("commissioning"))
        );
        let one = find(&back, &item(3, "1"));
        let now = one.now.unwrap();
        assert_eq!((now.state, now.party.as_deref()), (State::Sold, Some(SHOP)));
        assert_eq!(now.place, Some(place(2)));
        // The test of its lot is among what is told of it.
        assert!(back.acts.iter().any(|act| act.what == "test"));
        assert!(back.is_whole && back.withheld.records == 0);

        let forward = trace(home, &system, &lot(1, "F1"), Way::Forward, known);
        let two = find(&forward, &item(3, "2")).now.unwrap();
        assert_eq!((two.state, two.place), (State::Held, Some(place(2))));
        // Known before it was unpacked, it was in the pallet.
        let before = trace(home, &system, &item(3, "2"), Way::Back, known - 3);
        let now = find(&before, &item(3, "2")).now.unwrap();
        assert_eq!(now.within, ["https://id.gs1.org/00/106141412345678908"]);
        // All notations lead to the one.
        let urn = trace(home, &system, "urn:epc:id:sgtin:6900000.000003.1", Way::Back, known).asked;
        assert_eq!(urn, item(3, "1"));
        let scanned = format!("(01){}(21)1", super::support::gtin(3));
        assert_eq!(trace(home, &system, &scanned, Way::Back, known).asked, item(3, "1"));
    });
}
