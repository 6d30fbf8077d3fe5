//! Double entries: joined by rule, by what a person decides, and parted again.

use app::registry::Because;

use super::samples::{OLD_STEEL, OTHER, STEEL, ids, organization, visit};
use crate::support::{id_of, new_id, on_both, operator, somebody};

#[test]
fn an_old_code_and_the_new_one_around_it_are_one() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &organization(OLD_STEEL, "武汉钢铁公司", 1)).unwrap();
        home.send(&system, &visit(3, OLD_STEEL)).unwrap();
        assert_eq!(home.found(&system, "武钢"), [OLD_STEEL]);
        home.send(&system, &organization(STEEL, "武汉钢铁（集团）公司", 5)).unwrap();
        home.send(&system, &visit(7, STEEL)).unwrap();
        let hits = home.search_as(&system, Some(operator()), "武钢").unwrap().hits;
        assert_eq!(hits.len(), 1);
        assert_eq!(
            (hits[0].id.as_str(), &hits[0].other_ids[..]),
            (STEEL, &[OLD_STEEL.to_owned()][..])
        );
        for id in [STEEL, OLD_STEEL] {
            let archive = home.archive(&system, id);
            assert_eq!((archive.id.as_str(), ids(&archive)), (STEEL, vec![STEEL, OLD_STEEL]));
            assert_eq!(archive.page.records.len(), 4, "one time line of both");
            assert!(
                archive.page.records.is_sorted_by_key(|r| std::cmp::Reverse(r.stored.valid_at))
            );
            assert_eq!(
                archive.kinds,
                [("inspection".to_owned(), Some(2)), ("organization".to_owned(), Some(2))]
            );
        }
        // In another order, and made anew.
        home.run(system.rebuild()).unwrap();
        assert_eq!(home.search_as(&system, Some(operator()), "武钢").unwrap().hits, hits);
        // A person knows better than the rule, and may think better of it, named either way round.
        let decide = |a, b, is_same| {
            home.found(&system, "武钢");
            home.run(system.decide_double(operator(), a, b, is_same, "另一家")).unwrap()
        };
        decide(STEEL, OLD_STEEL, false);
        assert_eq!(home.found(&system, "武钢").len(), 2);
        assert_eq!(ids(&home.archive(&system, OLD_STEEL)), [OLD_STEEL]);
        decide(OLD_STEEL, STEEL, true);
        assert_eq!(ids(&home.archive(&system, OLD_STEEL)), [STEEL, OLD_STEEL]);
        decide(OLD_STEEL, STEEL, false);
        assert_eq!(ids(&home.archive(&system, STEEL)), [STEEL]);
    });
}

#[test]
fn the_same_name_in_the_same_place_is_suggested_until_somebody_says_something() {
    on_both(|home| {
        let system = home.open();
        let (first, second) = ("shop:1", "shop:2");
        home.send(&system, &organization(first, "周黑鸭食品有限公司", 1)).unwrap();
        home.send(&system, &organization(second, "周黑鴨（食品）有限公司", 2)).unwrap();
        let mut far = organization(OTHER, "周黑鸭食品有限公司", 1);
        far["region"] = "420202".into();
        home.send(&system, &far).unwrap();
        let suggested = || {
            home.found(&system, "周黑鸭");
            let found = home.run(system.suggestions(operator(), 0, 10)).unwrap();
            let pair = |s: app::registry::Suggestion| (s.entry.id, s.double_entry.id);
            found.some.into_iter().map(pair).collect::<Vec<_>>()
        };
        assert_eq!(suggested(), [(first.to_owned(), second.to_owned())]);
        let decide = |is_same, reason| {
            home.run(system.decide_double(operator(), first, second, is_same, reason))
        };
        let no = decide(false, "两家门店").unwrap();
        assert!(suggested().is_empty(), "never again after a no");
        home.run(system.rebuild()).unwrap();
        assert!(suggested().is_empty());
        // The no is taken back, and a yes is said.
        home.withdraw(&system, no.id).unwrap();
        assert_eq!(suggested().len(), 1);
        let yes = decide(true, "").unwrap();
        assert!(suggested().is_empty());
        let archive = home.archive(&system, second);
        assert_eq!(ids(&archive), [first, second]);
        assert_eq!(archive.members[1].because, Because::Verdict(yes.id));
        assert_eq!(archive.page.records.len(), 3, "the decision itself is one of them");
        assert_eq!(home.found(&system, "周黑鸭").len(), 2);
        let before = archive.as_of.known - 1;
        let when = app::reading::When { known: Some(before), valid: None };
        assert_eq!(ids(&home.archive_when(&system, second, when)), [second]);
        home.withdraw(&system, yes.id).unwrap();
        assert_eq!(ids(&home.archive(&system, second)), [second]);
        assert_eq!(home.found(&system, "周黑鸭").len(), 3);
    });
}

#[test]
fn chains_and_rings_of_decisions_are_one_subject() {
    on_both(|home| {
        let system = home.open();
        let all: Vec<String> = (1..=4).map(|n| format!("shop:{n}")).collect();
        for id in &all {
            home.send(&system, &organization(id, &format!("三环{id}"), 1)).unwrap();
        }
        for (a, b) in [(0, 1), (2, 1), (2, 3), (3, 0)] {
            home.run(system.decide_double(operator(), &all[a], &all[b], true, "")).unwrap();
        }
        for id in &all {
            assert_eq!(ids(&home.archive(&system, id)), all);
        }
        assert_eq!(home.found(&system, "三环"), ["shop:1"]);
        home.run(system.rebuild()).unwrap();
        assert_eq!(home.found(&system, "三环"), ["shop:1"]);
    });
}

#[test]
fn who_may_not_register_decides_nothing() {
    on_both(|home| {
        let system = home.open();
        let record = organization("shop:1", "三环", 1);
        home.send(&system, &record).unwrap();
        let reader = somebody(&["archive.view", "search.use"]);
        assert!(home.run(system.suggestions(&reader, 0, 10)).is_err());
        let decide = |who, a: &str, b: &str| {
            let decided = home.run(system.decide_double(who, a, b, true, ""));
            decided.map(|receipt| receipt.id).map_err(|rejection| rejection.faults()[0].code)
        };
        assert_eq!(decide(&reader, "shop:1", "shop:2"), Err("door.permission"));
        assert_eq!(decide(operator(), "shop:1", "shop:1"), Err("same-subject.itself"));
        assert_ne!(id_of(&record), new_id());
    });
}
