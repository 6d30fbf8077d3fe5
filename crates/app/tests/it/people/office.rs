//! Offices that come, go and merge.

use std::sync::Arc;

use app::door::{Target, decide};
use app::people::grant::Grant;
use app::people::{Directory, Held, Territory};
use clock::Date;
use pack::Pack;

use super::support::*;
use crate::support::*;

/// Hubei, where the office of one district ends on a day and another takes over.
fn merged() -> Pack {
    let mut files = testkit::hubei_pack();
    let (_, offices) = files.iter_mut().find(|(path, _)| path == "offices.csv").unwrap();
    let text = String::from_utf8(offices.clone()).unwrap();
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.split(',').next() {
            Some("420103") => line.replace(",*,*,,,,", ",*,*,,2026-11-30,420102,合并公告"),
            // It has both districts from the day after.
            Some("420102") => {
                let before = line.replace(",*,*,,,,", ",*,*,,2026-11-30,,合并公告");
                let after =
                    line.replace("420102,*,*,,,,", "420102 420103,*,*,2026-12-01,,,合并公告");
                format!("{before}\n{after}")
            }
            _ => line.to_owned(),
        })
        .collect();
    *offices = format!("{}\n", lines.join("\n")).into_bytes();
    Pack::load(files).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn held(pack: &Pack, office: &str, day: &str) -> Held {
    let grant = Grant {
        id: new_id(),
        account: "me".to_owned(),
        role: "county-officer".to_owned(),
        held_in: Some(office.to_owned()),
        from: "2020-01-01".parse().unwrap(),
        until: None,
        ended: false,
        reason: String::new(),
        given_by: "another".to_owned(),
    };
    let day: Date = day.parse().unwrap();
    Held::of(pack, &Directory::of([grant], []), "me", &Arc::new(Territory::of(pack, day)))
}

#[test]
fn an_office_that_is_no_more_gives_nothing_and_its_successor_has_its_records() {
    let pack = merged();
    let sees = |office: &str, of: &str, day: &str| {
        let target = Target {
            office: Some(of),
            region: Some(of),
            kind: Some("inspection"),
            ..Target::default()
        };
        decide(&held(&pack, office, day), office, "archive.view", &target).is_allowed()
    };
    let (last, next) = ("2026-11-30", "2026-12-01");
    assert!(sees("420103", "420103", last) && !sees("420102", "420103", last));
    // Whoever was of the office that ended has nothing of it from the next day on.
    assert!(!sees("420103", "420103", next));
    assert_eq!(held(&pack, "420103", next).holdings().len(), 0);
    assert!(sees("420102", "420103", next) && sees("420102", "420102", next));
    // So has the one above both, before and after; the neighbour never.
    assert!(sees(WUHAN, "420103", last) && sees(WUHAN, "420103", next));
    assert!(!sees(WUCHANG, "420103", last) && !sees(WUCHANG, "420103", next));
    // It acts in the district of the other from the day on which it may.
    let writes = |office: &str, region: &str, day: &str| {
        let target = Target {
            office: Some(office),
            region: Some(region),
            kind: Some("inspection"),
            ..Target::default()
        };
        decide(&held(&pack, office, day), office, "inspection.record", &target).is_allowed()
    };
    assert!(!writes("420102", "420103", last) && writes("420102", "420103", next));
}

#[test]
fn a_retired_division_lies_where_what_became_of_it_lies() {
    let pack = pack();
    let sees = |office: &str, region: &str| {
        let target = Target { region: Some(region), kind: Some("inspection"), ..Target::default() };
        decide(&held(&pack, office, "2026-11-27"), office, "archive.view", &target).is_allowed()
    };
    // 监利县 became 监利市; old records bear the old code.
    assert!(sees("421088", "421023") && sees("421088", "421088"));
    assert!(!sees(WUCHANG, "421023"));
    assert!(!sees("421088", "no-such-code"));
}
