//! The pack of Hubei.

use std::collections::BTreeSet;

use clock::Date;
use pack::{Check, Class, FieldType, Pack};

fn hubei() -> Check {
    pack::check(testkit::hubei_pack())
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn it_has_no_fault() {
    let faults: Vec<String> = hubei().faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn it_has_every_kind_that_was_asked_for() {
    let pack = hubei().pack;
    let asked = "organization same-subject product place person-in-office instrument laboratory-scope standard \
                 standard-adoption self-declaration construction-project licence certificate \
                 commitment insurance-policy inspection-order inspection sample seal test-report \
                 calibration complaint tip-off injury accident clue penalty honour trade-line \
                 recall-notice foreign-alert public-opinion official-value \
                 batch withdrawal erasure pack-activation \
                 role-grant role-end absence informer-grant audit attachment statistical-return \
                 trace-scope epcis-event \
                 sampling-order food-sampling-order product-denial consumer-recall car-recall food-recall \
                 credit-repair case-step document service case-assignment";
    let asked: BTreeSet<&str> = asked.split_whitespace().collect();
    let there: BTreeSet<&str> = pack.kinds().map(|kind| kind.id.as_str()).collect();
    assert_eq!(there, asked);
}

#[test]
fn all_thirty_articles_are_told_and_no_more_is_claimed_than_is_there() {
    let Check { coverage, pack, .. } = hubei();
    let numbers: Vec<u16> = coverage.articles.iter().map(|article| article.number).collect();
    assert_eq!(numbers, (1..=30).collect::<Vec<u16>>());
    for article in &coverage.articles {
        assert!(!article.systems.is_empty() || article.note.is_some(), "{}", article.number);
    }
    let ids: Vec<&str> = coverage.systems.iter().map(|system| system.id.as_str()).collect();
    let expected: Vec<String> = [("T", 6), ("S", 11), ("C", 4), ("X", 6), ("G", 10), ("A", 6)]
        .iter()
        .flat_map(|(wing, n)| (1..=*n).map(move |i| format!("{wing}{i}")))
        .collect();
    assert_eq!(ids, expected);
    assert!(coverage.unclaimed.is_empty(), "{:?}", coverage.unclaimed);
    for system in &coverage.systems {
        for need in &system.held {
            let there = match need.part {
                pack::Part::Kinds => pack.kind(&need.name).is_some(),
                pack::Part::Law => pack.law_groups().any(|group| group.id == need.name),
                pack::Part::Reports => pack.report(&need.name).is_some(),
                pack::Part::Procedures => pack.procedure(&need.name).is_some(),
                pack::Part::Documents => pack.document(&need.name).is_some(),
                _ => false,
            };
            assert!(there, "{} claims {need}", system.id);
        }
    }
}

#[test]
fn the_tree_has_the_province_its_17_cities_99_counties_and_two_zones() {
    let pack = hubei().pack;
    let today = day("2026-11-23");
    let of = |sort: &str| {
        pack.offices()
            .filter(|office| office.on(today).is_some_and(|p| p.office_type == sort))
            .collect::<Vec<_>>()
    };
    assert_eq!((of("province").len(), of("city").len(), of("county").len()), (1, 17, 99));
    let zones: Vec<(&str, Option<&str>)> = of("zone")
        .iter()
        .map(|o| (o.id.as_str(), o.on(today).and_then(|p| p.parent.as_deref())))
        .collect();
    assert_eq!(zones, [("421071", Some("421000")), ("421171", Some("421100"))]);
    assert!(
        !of("station").is_empty() && !of("department").is_empty() && !of("delegated").is_empty()
    );
    // The zones are no divisions; every division in force has its office.
    let divisions = &pack.tables().divisions;
    assert!(divisions.history("421071").is_empty() && divisions.history("421171").is_empty());
    for division in divisions.all().filter(|d| d.in_force.holds(today)) {
        let office = pack.jurisdiction(&division.code).unwrap();
        assert!(office.covers(&division.code, None, "complaint", today), "{}", division.name);
        assert!(pack.is_below(&division.code, "420000", today), "{}", division.name);
    }
}

#[test]
fn an_office_acts_where_and_when_it_has_power() {
    let pack = hubei().pack;
    let covers = |office: &str, region: &str, industry, kind: &str, on: &str| {
        pack.jurisdiction(office).unwrap().covers(region, industry, kind, day(on))
    };
    let today = "2026-11-23";
    assert!(covers("420000", "422801", None, "complaint", today));
    assert!(covers("420000", "none", None, "foreign-alert", today));
    assert!(!covers("420100", "none", None, "foreign-alert", today));
    assert!(!covers("420100", "420500", None, "complaint", today));
    assert!(covers("421071", "421002", None, "inspection", today));
    // 监利: the county's code before 2020-06-12, the city's after.
    assert!(covers("421088", "421023", None, "complaint", "2020-06-11"));
    assert!(!covers("421088", "421023", None, "complaint", "2020-06-12"));
    assert!(covers("421088", "421088", None, "complaint", "2020-06-12"));
    // A department has its trades and kinds.
    assert!(covers("420000-housing", "420106", Some("E47"), "accident", today));
    assert!(covers("420000-housing", "420106", Some("K70"), "accident", today));
    assert!(!covers("420000-housing", "420106", Some("C14"), "accident", today));
    assert!(!covers("420000-housing", "420106", Some("E47"), "recall-notice", today));
}

#[test]
fn the_three_administrators_are_different_people_and_read_no_archive() {
    let pack = hubei().pack;
    let three = ["system-administrator", "security-administrator", "audit-administrator"];
    for (n, role) in three.iter().enumerate() {
        for other in three.iter().skip(n + 1) {
            assert!(pack.exclusion(role, other).is_some() && pack.exclusion(other, role).is_some());
        }
        let role = pack.role(role).unwrap();
        assert_eq!((role.view, role.search), (pack::Scope::None, pack::Scope::None));
        assert!(!role.grants.iter().any(|grant| grant == "archive.view"));
    }
    assert!(pack.exclusion("county-officer", "sampler").is_none());
}

#[test]
fn who_may_be_harmed_stands_in_the_personal_part() {
    let pack = hubei().pack;
    for (kind, fields) in [
        ("complaint", ["text", "complainant_name", "complainant_phone"]),
        ("tip-off", ["text", "informer_name", "informer_phone"]),
        ("injury", ["description", "victim_name", "victim_phone"]),
    ] {
        let kind = pack.kind(kind).unwrap();
        assert_eq!(kind.class, Class::Personal);
        assert!(kind.public.is_empty());
        for field in fields {
            assert!(kind.field(field).unwrap().personal, "{field}");
        }
    }
}

#[test]
fn the_proposals_test_report_is_as_proposed() {
    let pack = hubei().pack;
    let report = pack.kind("test-report").unwrap();
    assert_eq!(report.unique, ["laboratory", "report_no"]);
    assert_eq!(
        report.field("result").unwrap().field_type,
        FieldType::Code { list: "test-result".into() }
    );
    let FieldType::Table { columns } = &report.field("items").unwrap().field_type else { panic!() };
    assert!(
        columns
            .iter()
            .any(|c| c.field_type == FieldType::Quantity { units: "measuring-unit".into() })
    );
    assert_eq!(report.count.as_ref().unwrap().bad.as_deref(), Some("result == 'fail'"));
    assert!(report.links.iter().any(|link| link.from == "laboratory" && link.to == "instrument"));
}

#[test]
fn the_digest_is_of_paths_and_contents_in_any_order() {
    let mut files = testkit::hubei_pack();
    let digest = Pack::load(files.clone()).unwrap().digest().clone();
    files.reverse();
    assert_eq!(Pack::load(files.clone()).unwrap().digest(), &digest);
    let (_, first) = files.first_mut().unwrap();
    first.extend_from_slice(b"\n");
    assert_ne!(Pack::load(files).unwrap().digest(), &digest);
}

#[test]
fn who_is_refused_by_a_guard_is_told_why_and_what_to_do() {
    let pack = hubei().pack;
    let mut guards = 0;
    for procedure in pack.procedures() {
        for step in &procedure.engine.definition().steps {
            let Some(guard) = &step.guard else { continue };
            guards += 1;
            let (zh, en) = (&guard.says.zh, &guard.says.en);
            let why = format!("{} {}: {zh} {en}", procedure.id(), step.id);
            let (reason, remedy) = zh.split_once("；请").unwrap_or_else(|| panic!("{why}"));
            assert!(!reason.is_empty() && !remedy.is_empty(), "{why}");
            let (reason, remedy) = en.split_once("; ").unwrap_or_else(|| panic!("{why}"));
            assert!(!reason.is_empty() && !remedy.is_empty(), "{why}");
            // The article is named by the step, beside that which the guard may name.
            let form = procedure.form(&step.id);
            assert!(form.is_some_and(|form| form.law.is_some()), "{why}");
        }
    }
    assert!(guards > 150, "{guards}");
}
