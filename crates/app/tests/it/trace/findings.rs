//! What does not fit is kept until it is mended, and told to who may see its records.

use std::collections::BTreeSet;

use app::reading::When;
use app::trace::answer::{FindingSort, State, Way};
use app::trace::{FindingQuestion, KeptFinding, Touch};
use app::{Principal, System};
use model::Draft;
use serde_json::{Value, json};

use super::support::{MILL, SHOP, event, event_draft, item, lot, place};
use crate::people::support::{Staff, WUCHANG, XILING};
use crate::support::{Home, new_id, on_both, operator};

fn make(id: &str, minute: u64, from: &str, into: &str, made: u64) -> Value {
    event(
        "TransformationEvent",
        id,
        minute,
        json!({
            "inputQuantityList": [{ "epcClass": from, "quantity": 10, "uom": "KGM" }],
            "outputQuantityList": [{ "epcClass": into, "quantity": made, "uom": "KGM" }],
            "bizStep": "commissioning", "bizLocation": { "id": place(1) },
        }),
    )
}

fn see(id: &str, minute: u64, action: &str, step: &str, item: &str) -> Value {
    let rest = json!({
        "action": action, "epcList": [item], "bizStep": step, "bizLocation": { "id": place(1) },
    });
    event("ObjectEvent", id, minute, rest)
}

fn of_region(mut draft: Draft, region: &str) -> Draft {
    draft.region = region.to_owned();
    draft
}

/// All findings, by pages of two.
fn all(
    home: &Home,
    system: &System,
    who: &Principal,
    question: &FindingQuestion,
    known: u64,
) -> Vec<KeptFinding> {
    let when = When { valid: None, known: Some(known) };
    let (mut found, mut from) = (Vec::new(), 0);
    loop {
        let page = home.run(system.trace_findings(who, question, when, from, 2));
        let page = page.unwrap_or_else(|e| panic!("{e}"));
        assert!(page.findings.len() <= 2);
        assert_eq!(page.as_of.known, known);
        found.extend(page.findings);
        match page.next {
            Some(next) => from = next,
            None => return found,
        }
    }
}

fn told(found: &[KeptFinding]) -> BTreeSet<(FindingSort, String)> {
    let told: BTreeSet<_> = found.iter().map(|one| (one.sort, one.thing.clone())).collect();
    assert_eq!(told.len(), found.len(), "each stands there once: {found:#?}");
    told
}

#[test]
fn what_does_not_fit_is_kept_until_it_is_mended() {
    on_both(|home| {
        let system = home.open();
        let (twice, never) = (item(1, "a"), item(1, "b"));
        let (grain, flour) = (lot(2, "G"), lot(2, "F"));
        let (dough, bread) = (lot(3, "D"), lot(3, "B"));
        let mut over = event_draft(&make("3", 30, &grain, &flour, 12), MILL);
        let id = new_id();
        over.id = Some(id);
        let pallet = "https://id.gs1.org/00/106141412345678908";
        let open = json!({
            "action": "DELETE", "parentID": pallet, "childEPCs": [twice], "bizStep": "unpacking",
        });
        let known = home.put(
            &system,
            vec![
                event_draft(&see("1", 10, "ADD", "commissioning", &twice), MILL),
                event_draft(&see("2", 20, "ADD", "commissioning", &twice), MILL),
                over,
                event_draft(&make("4", 40, &dough, &bread, 10), MILL),
                event_draft(&make("5", 50, &bread, &dough, 10), MILL),
                of_region(event_draft(&see("6", 60, "OBSERVE", "shipping", &never), SHOP), XILING),
                event_draft(&event("AggregationEvent", "7", 70, open), MILL),
            ],
        );
        let everything = FindingQuestion::default();
        let found = all(home, &system, operator(), &everything, known);
        let expected = [
            (FindingSort::Twice, twice.clone()),
            (FindingSort::NeverCommissioned, never.clone()),
            (FindingSort::MassBalance, flour.clone()),
            (FindingSort::Loop, dough.clone()),
            // It was used before it was made.
            (FindingSort::OutOfOrder, dough.clone()),
            (FindingSort::MissingParent, pallet.to_owned()),
        ];
        let expected = BTreeSet::from(expected);
        assert_eq!(told(&found), expected);
        // What came last stands first, since the last of its records.
        assert!(found.is_sorted_by_key(|one| std::cmp::Reverse(one.since)), "{found:#?}");
        assert_eq!((found[0].sort, &*found[0].thing), (FindingSort::MissingParent, pallet));
        assert_eq!(found[0].detail.as_deref(), Some(&*twice));
        let balance = found.iter().find(|one| one.sort == FindingSort::MassBalance).unwrap();
        assert_eq!(balance.records, [id]);
        assert_eq!(balance.detail.as_deref(), Some("12 > 10 kg"));
        let stored = home.run(system.reader().record(id)).unwrap().unwrap();
        assert_eq!((balance.since, balance.region.as_str()), (stored.recorded_at, WUCHANG));

        // By sort and by division.
        let of = |sorts: &[FindingSort], region: Option<&str>| {
            let region = region.map(str::to_owned);
            let question = FindingQuestion { sorts: sorts.to_vec(), region };
            told(&all(home, &system, operator(), &question, known))
        };
        let sorts = [FindingSort::Loop, FindingSort::MassBalance];
        assert_eq!(of(&sorts, None), [(sorts[0], dough), (sorts[1], flour)].into());
        let never = BTreeSet::from([(FindingSort::NeverCommissioned, never)]);
        assert_eq!(of(&[], Some("420500")), never);
        assert_eq!(of(&[], Some("420502")), never);
        assert_eq!(of(&[], Some("420100")).len(), 5);
        assert_eq!(of(&[], Some("420000")), expected);
        assert!(of(&[FindingSort::ImpossibleJourney], None).is_empty());

        // A correction ends it; who knew less still finds it.
        let mut right = event_draft(&make("3", 30, &grain, &lot(2, "F"), 9), MILL);
        right.corrects = Some(id);
        let mended = home.put(&system, vec![right]);
        let after = all(home, &system, operator(), &everything, mended);
        assert_eq!(after.len(), expected.len() - 1);
        assert!(after.iter().all(|one| one.sort != FindingSort::MassBalance), "{after:#?}");
        assert_eq!(all(home, &system, operator(), &everything, known), found);
        // Made anew, it is the same.
        home.run(system.rebuild()).unwrap();
        home.run(system.await_merged(mended)).unwrap();
        assert_eq!(all(home, &system, operator(), &everything, mended), after);
        home.close(system);
    });
}

#[test]
fn an_officer_is_told_what_the_office_may_see() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, here) = staff.officer("here", "county-officer", WUCHANG);
        let (_, there) = staff.officer("there", "county-officer", XILING);
        let (_, all_of) = staff.officer("all", "provincial-officer", "420000");
        let (grain, flour, one) = (lot(2, "G"), lot(2, "F"), item(1, "b"));
        let made = event(
            "TransformationEvent",
            "2",
            30,
            json!({
                "inputQuantityList": [{ "epcClass": flour, "quantity": 1, "uom": "KGM" }],
                "outputEPCList": [one], "bizStep": "commissioning",
                "bizLocation": { "id": place(2) },
            }),
        );
        let known = home.put(
            &system,
            vec![
                event_draft(&make("1", 20, &grain, &flour, 12), MILL),
                of_region(event_draft(&made, SHOP), XILING),
                of_region(event_draft(&see("3", 40, "OBSERVE", "storing", &one), SHOP), XILING),
            ],
        );
        let when = When { valid: None, known: Some(known) };
        let back =
            |who: &Principal| home.run(system.trace(who, &one, Way::Back, when, 100)).unwrap();
        // Who may see all sees all; the others are told how much they do not see.
        let whole = back(&all_of);
        assert_eq!((whole.acts.len(), whole.withheld.records), (3, 0));
        let part = back(&here);
        assert_eq!((part.acts.len(), part.withheld.records), (1, 2));
        assert!(part.acts.iter().all(|act| act.what == "transformation"));
        let ids: Vec<&str> = part.things.iter().map(|thing| thing.id.as_str()).collect();
        assert!(ids.contains(&grain.as_str()) && ids.contains(&one.as_str()), "{ids:?}");
        let now = part.things[0].now.as_ref().unwrap();
        assert_eq!((now.state, &now.party, &now.place), (State::Unknown, &None, &None));
        assert_eq!((part.findings.len(), back(&there).findings.len()), (1, 0));

        // Who answers, and what is where.
        let answerable = home.run(system.answerable(&here, &one, when)).unwrap();
        assert!(answerable.withheld.records > 0);
        assert!(answerable.parties.iter().all(|party| party.id != SHOP), "{answerable:#?}");
        let touch = Touch { id: grain.clone(), from: None, until: None };
        let scope = |who: &Principal| home.run(system.whole_scope(who, &touch, when, 100)).unwrap();
        let (lines, summary, _) = scope(&all_of);
        assert!(lines.iter().any(|line| line.id == one) && summary.withheld == 0);
        let (lines, summary, _) = scope(&here);
        assert!(lines.iter().all(|line| line.id != one) && summary.withheld > 0, "{lines:#?}");

        // What does not fit.
        let everything = FindingQuestion::default();
        let balance = BTreeSet::from([(FindingSort::MassBalance, flour)]);
        let found = |who: &Principal| told(&all(home, &system, who, &everything, known));
        assert_eq!((found(&all_of), found(&here)), (balance.clone(), balance));
        assert!(found(&there).is_empty());
        let nobody = Principal { permissions: BTreeSet::new(), ..operator().clone() };
        assert!(home.run(system.trace_findings(&nobody, &everything, when, 0, 2)).is_err());
        home.close(system);
    });
}
