//! The graph follows the records: corrected, withdrawn, declared wrong, it is what one made anew is.

use app::reading::When;
use app::trace::answer::Way;
use app::{Principal, System};
use model::{Draft, RecordId};
use serde_json::{Value, json};

use super::support::{MILL, SHOP, event, event_draft, item, lot, place, product, record};
use crate::support::{Home, new_id, on_both, operator, somebody};

fn bake(id: &str, minute: u64, from: &str, into: &str) -> Value {
    event(
        "TransformationEvent",
        id,
        minute,
        json!({
            "inputQuantityList": [{ "epcClass": from, "quantity": 10, "uom": "KGM" }],
            "outputQuantityList": [{ "epcClass": into, "quantity": 9, "uom": "KGM" }],
            "bizStep": "commissioning", "bizLocation": { "id": place(1) },
        }),
    )
}

fn sources(home: &Home, system: &System, id: &str, known: u64) -> Vec<String> {
    let when = When { valid: None, known: Some(known) };
    let found = home.run(system.trace(operator(), id, Way::Back, when, 1_000));
    let Ok(found) = found else { return Vec::new() };
    let of_lots = found.things.into_iter().filter(|thing| thing.sort == "lot");
    let mut ids: Vec<String> = of_lots.map(|thing| thing.id).collect();
    ids.sort_unstable();
    ids
}

fn with_id(mut draft: Draft) -> (RecordId, Draft) {
    let id = new_id();
    draft.id = Some(id);
    (id, draft)
}

/// Everything that the graph holds, as it followed, after a restart, and made anew.
fn is_the_same_made_anew(home: &Home, system: std::sync::Arc<System>, known: u64) {
    let dump = |system: &System| {
        home.run(system.chain().dump(known, System::PATIENCE)).unwrap_or_else(|e| panic!("{e}"))
    };
    let live = dump(&system);
    assert!(live.lines().count() > 3);
    home.run(system.chain().write_snapshot()).unwrap();
    assert!(home.data().join("trace/graph").is_file());
    home.close(system);
    let system = home.open();
    assert_eq!(dump(&system), live, "from its snapshot");
    home.run(system.rebuild()).unwrap();
    home.run(system.await_merged(known)).unwrap();
    assert_eq!(dump(&system), live, "made anew");
    home.close(system);
    // A damaged snapshot, and one of something else, are no reason to stop.
    for bytes in [&b"zh-chain"[..], b"", b"something else, long enough to be looked at twice over"]
    {
        std::fs::create_dir_all(home.data().join("trace")).unwrap();
        std::fs::write(home.data().join("trace/graph"), bytes).unwrap();
        let system = home.open();
        assert_eq!(dump(&system), live, "damaged");
        home.close(system);
    }
}

#[test]
fn what_happens_to_records_happens_to_the_graph() {
    on_both(|home| {
        let system = home.open();
        let (a, b, c) = (lot(1, "A"), lot(1, "B"), lot(2, "C"));
        let (first, made) = with_id(event_draft(&bake("1", 10, &a, &c), MILL));
        let told = home.put(&system, vec![made]);
        assert_eq!(sources(home, &system, &c, told), [a.clone(), c.clone()]);
        // Corrected, it came of the other; whoever knew less knew otherwise.
        let (second, mut made) = with_id(event_draft(&bake("1", 10, &b, &c), MILL));
        made.corrects = Some(first);
        let corrected = home.put(&system, vec![made]);
        assert_eq!(sources(home, &system, &c, corrected), [b.clone(), c.clone()]);
        assert_eq!(sources(home, &system, &c, told), [a.clone(), c.clone()]);
        // The correction is taken back: the first counts again.
        home.withdraw(&system, second).unwrap();
        let taken = corrected + 1;
        assert_eq!(sources(home, &system, &c, taken), [a.clone(), c.clone()]);
        // The event is declared wrong.
        let mut wrong = bake("1", 10, &a, &c);
        wrong["errorDeclaration"] = json!({
            "declarationTime": "2024-02-01T08:00:00+08:00", "reason": "did_not_occur",
        });
        // Nobody declares wrong what others report.
        let stranger = Principal {
            on_behalf_of: SHOP.to_owned(),
            ..somebody(&["trace.capture", "trace.read"])
        };
        let theirs = system.append(&stranger, vec![event_draft(&wrong, SHOP)], None);
        let theirs = home.run(theirs).unwrap().pop().unwrap().position + 1;
        assert_eq!(sources(home, &system, &c, theirs), [a.clone(), c.clone()]);
        wrong["errorDeclaration"]["declarationTime"] = "2024-02-02T08:00:00+08:00".into();
        let (declaration, made) = with_id(event_draft(&wrong, MILL));
        let declared = home.put(&system, vec![made]);
        assert_eq!(sources(home, &system, &c, declared), Vec::<String>::new());
        assert_eq!(sources(home, &system, &c, taken), [a.clone(), c.clone()]);
        // That is taken back too.
        home.withdraw(&system, declaration).unwrap();
        let again = declared + 1;
        assert_eq!(sources(home, &system, &c, again), [a.clone(), c.clone()]);
        // An event that is declared wrong before it comes never counts.
        let d = lot(3, "D");
        let mut wrong = bake("2", 20, &c, &d);
        wrong["errorDeclaration"] = json!({ "declarationTime": "2024-02-01T08:00:00+08:00" });
        home.put(&system, vec![event_draft(&wrong, MILL)]);
        let known = home.put(&system, vec![event_draft(&bake("2", 20, &c, &d), MILL)]);
        assert_eq!(sources(home, &system, &d, known), Vec::<String>::new());
        // Lines of purchases and sales, a batch that is open and then taken back.
        let known = home.put(&system, vec![record(
            "trade-line", 30,
            &[("seller", MILL), ("buyer", SHOP), ("product", &product(2)), ("lot", &c), ("item", &item(2, 1))],
            json!({
                "direction": "sale", "document_no": "D-1", "line_no": 1, "traded_on": "2024-01-01",
                "quantity": { "value": 3, "unit": "kg" },
            }),
        )]);
        assert_eq!(sources(home, &system, &item(2, 1), known), [a, c]);
        is_the_same_made_anew(home, system, known);
    });
}
