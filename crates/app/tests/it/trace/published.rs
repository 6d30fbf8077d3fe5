//! Published chains, captured through the door and traced from end to end.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use app::System;
use app::epcis::{Document, Watch};
use app::reading::When;
use app::trace::answer::{Traced, Way};
use serde_json::Value;

use crate::support::{Home, new_id, on_both, operator};

/// The most faults of one event.
const ROUNDS: usize = 12;

/// What a published file tells.
enum Told {
    /// Of what its last thing was made, from the nearest to the first.
    Chain(&'static str, &'static [&'static str]),
    /// Of things that nothing is made of: each is found with so many acts.
    Seen(&'static str, usize),
    /// Nothing that can be traced, and why.
    Nothing(&'static str),
}
use Told::{Chain, Nothing, Seen};

const PROCESSED: &str =
    "urn:gdst:traceregister.com:product:lot:class:tr28402.0tuna01.processed-02-08-2024";
const COMMINGLED: &str =
    "urn:gdst:traceregister.com:product:lot:class:tr28402.0tuna01.commingle-02-08-2024";
const WILD: &str = "urn:gdst:traceregister.com:product:lot:class:tr28402.0tuna01.lot-02072024";
const FARMED: &str = "urn:gdst:traceregister.com:product:lot:class:tr28402.0msc_fz_albacore_tuna_whole_round.farm-02-08-2024";
const FEED: &str = "urn:gdst:traceregister.com:product:lot:class:tr28402.0feed1.feed-02-08-2024";
const FRY: &str = "urn:gdst:traceregister.com:product:lot:class:tr28402.0fryling1.hatch-02-08-2024";
const OTHER_PROCESSED: &str =
    "urn:gdst:exampleorg.com:product:lot:class:ex28402.0tuna01.processed-02-08-2024";
const OTHER_COMMINGLED: &str =
    "urn:gdst:exampleorg.com:product:lot:class:ex28402.0tuna01.commingle-02-08-2024";
const OTHER_WILD: &str = "urn:gdst:exampleorg.com:product:lot:class:ex28402.0tuna01.lot-02072024";
const OTHER_FARMED: &str = "urn:gdst:exampleorg.com:product:lot:class:ex28402.0msc_fz_albacore_tuna_whole_round.farm-02-08-2024";
const OTHER_FEED: &str = "urn:gdst:exampleorg.com:product:lot:class:ex28402.0feed1.feed-02-08-2024";
const OTHER_FRY: &str =
    "urn:gdst:exampleorg.com:product:lot:class:ex28402.0fryling1.hatch-02-08-2024";
const TUNA: &[&str] = &[
    "urn:gdst:example.org:product:lot:class:processor.10.commingle-01232022",
    "urn:gdst:example.org:product:lot:class:fishfarm.1.farmed-tuna-01192022",
    "urn:gdst:example.org:product:lot:class:fisherman01.tuna.v1-0122-2022",
    "urn:gdst:example.org:product:lot:class:hatchery.1.tf12012021",
    "urn:gdst:example.org:product:lot:class:feedmill.1.ff11252021",
];
const TUNA_SOLD: &str = "urn:gdst:example.org:product:lot:class:processor.2.v1-0122-2022";

/// Every file, by the end of its path.
const FILES: &[(&str, Told)] = &[
    (
        "beef-leather-example/events.jsonld",
        Chain(
            "https://id.gs1.org/01/10000082345676/10/STEAKS20251107",
            &["https://id.gs1.org/01/10000082345676/10/CATTLE20230101"],
        ),
    ),
    ("epcis-data/importer.xml", Seen("https://id.gs1.org/01/00860003130308/10/abc12320250825", 2)),
    ("EPCISQUERYDOCUMENT_advanced_10.jsonld", Chain(COMMINGLED, &[FARMED, WILD, FEED, FRY])),
    ("EPCISQUERYDOCUMENT_advanced_14.jsonld", Chain(TUNA_SOLD, TUNA)),
    // Its second event has an id that is no UUID.
    ("EPCISQUERYDOCUMENT_advanced_15.jsonld", Seen(PROCESSED, 1)),
    ("EPCISQUERYDOCUMENT_advanced_16.jsonld", Nothing("it is the answer that nothing was found")),
    ("EPCISQUERYDOCUMENT_advanced_17.jsonld", Chain(TUNA_SOLD, TUNA)),
    ("EPCISQUERYDOCUMENT_advanced_19.jsonld", Chain(PROCESSED, &[COMMINGLED, FARMED, WILD])),
    ("EPCISQUERYDOCUMENT_advanced_4.jsonld", Chain(OTHER_PROCESSED, &[OTHER_COMMINGLED])),
    (
        "EPCISQUERYDOCUMENT_advanced_6.jsonld",
        Chain(OTHER_PROCESSED, &[OTHER_COMMINGLED, OTHER_FARMED, OTHER_WILD]),
    ),
    ("EPCISQUERYDOCUMENT_advanced_7.jsonld", Chain(PROCESSED, &[COMMINGLED])),
    ("EPCISQUERYDOCUMENT_advanced_8.jsonld", Chain(PROCESSED, &[COMMINGLED, FARMED, WILD])),
    ("EPCISQUERYDOCUMENT_advanced_9.jsonld", Chain(COMMINGLED, &[FARMED, WILD, FEED, FRY])),
    (
        "EPCISQUERYDOCUMENT_with_errorDeclarations.jsonld",
        Chain(OTHER_COMMINGLED, &[OTHER_FARMED, OTHER_WILD, OTHER_FEED, OTHER_FRY]),
    ),
    (
        "EPCISQueryDocument.GDST.jsonld",
        Chain(
            "urn:gdst:sfstrace.com:product:lot:class:processor.2.v1-0122-2022",
            &["urn:gdst:sfstrace.com:product:lot:class:processor.10.commingle-01232022"],
        ),
    ),
    (
        "EPCISQueryDocument_duplicate_eventIDs.jsonld",
        Seen("https://id.gs1.org/01/10614141073464/21/2017", 1),
    ),
    ("EPCISQueryDocument_malformed.jsonld", Nothing("it breaks off within its only event")),
    (
        "EPCISQueryDocument_with_masterdata.jsonld",
        Nothing("its only event has a time without a zone of its own"),
    ),
];

/// The bytes of a file. One is written with comments, which JSON has not (RFC 8259): they are whole
/// lines, and are left out.
fn bytes(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    if !path.ends_with("beef-leather-example/events.jsonld") {
        return bytes;
    }
    let text = String::from_utf8(bytes).unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

fn trace(home: &Home, system: &System, id: &str, way: Way, known: u64) -> Traced {
    let when = When { valid: None, known: Some(known) };
    let traced = home.run(system.trace(operator(), id, way, when, 1_000));
    traced.unwrap_or_else(|e| panic!("{id}: {e}"))
}

fn ids(traced: &Traced) -> BTreeSet<&str> {
    traced.things.iter().map(|thing| thing.id.as_str()).collect()
}

#[test]
fn published_chains_are_traced_from_end_to_end() {
    let folder = testkit::testdata().join("trace/trace-chains-ift");
    if !folder.is_dir() {
        assert!(std::env::var_os("ZHIHENG_TESTDATA").is_none(), "no folder {}", folder.display());
        return;
    }
    let files = testkit::files_under(&folder);
    let of = |path: &Path| {
        let found = FILES.iter().find(|(end, _)| path.ends_with(end));
        found.map(|(_, told)| told).unwrap_or_else(|| panic!("{} is unknown", path.display()))
    };
    assert_eq!(files.len(), FILES.len());
    // Each by itself: some are the same events with other names.
    for path in &files {
        on_both(|home| {
            let system = home.open();
            traced(home, &system, path, of(path));
            home.close(system);
        });
    }
}

/// Takes a file in, and says how many events were stored. What makes events wrong is left out of them,
/// where it is known: fields of others without a namespace, which EPCIS 2.0 refuses, and names of
/// transformations that are no URIs.
fn taken(home: &Home, system: &Arc<System>, path: &Path) -> u64 {
    let mut bytes = bytes(path);
    let mut stored = 0;
    for _ in 0..ROUNDS {
        let document = Document { batch: new_id(), name: None, proceed: true };
        let input = std::io::Cursor::new(bytes.clone());
        let watch = Arc::new(Watch::default());
        let taken = home.run(system.take_document(operator(), &document, input, &watch));
        let taken = taken.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        stored += taken.stored;
        let Ok(mut json) = serde_json::from_slice::<Value>(&bytes) else { return stored };
        let mut is_mended = false;
        for fault in taken.faults.iter().map(|found| &found.fault) {
            let (parent, field) = fault.pointer.rsplit_once('/').unwrap();
            let is_known = fault.code == "epcis.unknown"
                || fault.code == "epcis.form" && field == "transformationID";
            let place = json.pointer_mut(parent).and_then(Value::as_object_mut);
            if let Some(place) = place.filter(|_| is_known) {
                is_mended |= place.remove(field).is_some();
            } else {
                assert!(matches!(fault.code, "epcis.taken" | "epcis.form"), "{fault:?}");
            }
        }
        if !is_mended {
            return stored;
        }
        bytes = json.to_string().into_bytes();
    }
    panic!("{} is still wrong", path.display());
}

fn traced(home: &Home, system: &Arc<System>, path: &Path, told: &Told) {
    let shown = path.display();
    let stored = taken(home, system, path);
    let known = home.run(system.reader().size()).unwrap();
    home.run(system.await_merged(known)).unwrap();
    match told {
        Nothing(why) => assert_eq!(stored, 0, "{shown}: {why}"),
        Seen(thing, acts) => {
            assert!(stored > 0, "{shown}");
            let found = trace(home, system, thing, Way::Back, known);
            assert_eq!(found.acts.len(), *acts, "{shown}: {:?}", found.acts);
        }
        Chain(last, sources) => {
            assert!(stored > 0, "{shown}");
            let back = trace(home, system, last, Way::Back, known);
            assert!(back.is_whole && back.withheld.records == 0);
            for first in *sources {
                assert!(ids(&back).contains(first), "{shown}: {last} of {first}");
                let forward = trace(home, system, first, Way::Forward, known);
                assert!(ids(&forward).contains(last), "{shown}: {first} to {last}");
            }
            // Besides these there is nothing but the products of what stands there.
            let lots = back.things.iter().filter(|thing| thing.sort == "lot").count();
            assert_eq!(lots, sources.len() + 1, "{shown}: {:?}", ids(&back));
        }
    }
}
