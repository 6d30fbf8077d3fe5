//! Which pack is in force is a record.

use std::sync::Arc;

use app::System;
use app::reading::{RecordView, Selection, When};

use crate::support::*;

fn activations(home: &Home, system: &Arc<System>) -> Vec<RecordView> {
    let when = When { valid: None, known: Some(home.size(system)) };
    let all = Selection::default();
    let asked = system.list(operator(), "pack-activation", &all, when, None, 100);
    home.run(asked).unwrap().records
}

#[test]
fn a_pack_is_activated_once() {
    on_both(|home| {
        let system = home.open();
        let record = inspection(1);
        home.send(&system, &record).unwrap();
        let first = activations(home, &system);
        let digest = pack().digest().to_string();
        assert_eq!(first.len(), 1);
        assert_eq!(first[0].stored.position, 0);
        assert_eq!(first[0].open["pack_digest"], digest);
        assert_eq!(first[0].open.get("previous_digest"), None);
        drop(system);
        let system = home.open();
        assert_eq!(activations(home, &system).len(), 1);
        assert_eq!(home.size(&system), 2);
        let before = home.record(&system, id_of(&record)).to_json().unwrap();
        drop(system);

        // Another version of the pack, and back again.
        let other = changed_pack();
        let system = home.open_with(Arc::clone(&other));
        let found = activations(home, &system);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].open["pack_digest"], other.digest().to_string());
        assert_eq!(found[0].open["previous_digest"], digest);
        // What was there before is read as before, also by the readings, which were made anew.
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&record)]);
        let mut after = home.record(&system, id_of(&record)).to_json().unwrap();
        after["log"]["signed"] = before["log"]["signed"].clone();
        assert_eq!(after, before);
        assert_ne!(after["pack"], other.digest().to_string());
        let live = home.run(system.readings().dump()).unwrap();
        home.run(system.rebuild()).unwrap();
        assert_eq!(home.run(system.readings().dump()).unwrap(), live);
        let new = inspection(2);
        home.send(&system, &new).unwrap();
        let view = home.record(&system, id_of(&new)).to_json().unwrap();
        assert!(view["pack"].as_str().unwrap().ends_with(&other.digest().to_string()), "{view}");
        drop(system);
        let system = home.open();
        let found = activations(home, &system);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].open["previous_digest"], other.digest().to_string());
        assert_eq!(home.ids(&system, "shop:2"), [id_of(&new)]);
    });
}
