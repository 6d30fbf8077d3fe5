//! What a pack answers, on the small one.

use clock::Date;
use pack::{AppliesBasis, AppliesBy, Need, Part, Scalar};

use crate::small::Files;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn a_parameter_has_one_version_a_day() {
    let pack = Files::small().pack();
    let publish = pack.parameter("penalty.publish").unwrap();
    let on = |text: &str| publish.on(day(text)).and_then(|v| v.value.one()?.integer());
    assert_eq!(on("2021-08-31"), None);
    assert_eq!(on("2021-09-01"), Some(20));
    assert_eq!(on("2025-12-24"), Some(20));
    assert_eq!(on("2025-12-25"), Some(10));
    assert_eq!(on("2099-01-01"), Some(10));
    assert!(publish.versions[0].is_reviewed() && !publish.versions[1].is_reviewed());
    assert_eq!(publish.versions[1].applies_by, AppliesBy::TermStart);
    assert_eq!(publish.versions[1].applies_basis, AppliesBasis::OfficeChoice);
}

#[test]
fn a_value_by_level_keeps_the_order_of_the_levels() {
    let pack = Files::small().pack();
    let version = pack.parameter("penalty.start").unwrap().on(day("2026-01-01")).unwrap();
    assert_eq!(version.value.to_string(), "one=24 two=48");
    assert_eq!(version.value.at("two"), Some(&Scalar::Integer(48)));
    assert_eq!(version.value.at("three"), None);
    assert_eq!(version.value.one(), None);
    assert_eq!(version.applies_by, AppliesBy::ActDate);
    assert_eq!(version.applies_basis, AppliesBasis::Article("行政处罚法 37".to_owned()));
}

#[test]
fn a_decimal_is_exact() {
    let files = Files::small().with("law/penalty.toml", "value = 20", "value = 0.050");
    let value = files.pack().parameter("penalty.publish").unwrap().versions[0].value.clone();
    assert_eq!(value.to_string(), "0.050");
    for wrong in ["value = 1e3", "value = inf", "value = nan"] {
        assert_eq!(
            files.clone().with("law/penalty.toml", "value = 0.050", wrong).faults().len(),
            1
        );
    }
}

#[test]
fn a_code_counts_while_it_is_in_force() {
    let pack = Files::small().pack();
    let list = pack.list("result").unwrap();
    assert!(list.has("old", day("2019-12-31")) && !list.has("old", day("2020-01-01")));
    let found = |text: &str| list.find(text, day("2026-01-01")).map(|entry| entry.code.as_str());
    assert_eq!(found("OK"), Some("pass"));
    assert_eq!(found(" ok "), Some("pass"));
    assert_eq!(found("不合格"), Some("fail"));
    assert_eq!(found("旧"), None);
    assert_eq!(found(""), None);
}

#[test]
fn an_identifier_names_what_its_role_asks_for() {
    let pack = Files::small().pack();
    let identify = |role: &str, text: &str| {
        pack.identify(role, text, None)
            .map(|found| (found.subject, found.scheme, found.canonical))
            .map_err(|error| error.code())
    };
    let ok = |subject: &str, scheme: &str, canonical: &str| {
        Ok((subject.to_owned(), scheme.to_owned(), canonical.to_owned()))
    };
    assert_eq!(
        identify("maker", "91350200776049653A"),
        ok("organization", "uscc", "91350200776049653A")
    );
    assert_eq!(identify("maker", "91350200776049653B"), Err("codes.check_digit"));
    assert_eq!(identify("maker", "6901234567892"), Err("pack.identify_scheme"));
    assert_eq!(identify("maker", "chicago-license:1"), Err("pack.identify_scheme"));
    let gtin = "https://id.gs1.org/01/06901234567892";
    assert_eq!(identify("product", "6901234567892"), ok("product", "gtin", gtin));
    assert_eq!(identify("product", gtin), ok("product", "gtin", gtin));
    // An item is not its class.
    assert_eq!(
        identify("product", "https://id.gs1.org/01/06901234567892/21/7"),
        Err("pack.identify_scheme")
    );
    assert_eq!(identify("product", "model:X/1"), ok("product", "model", "model:X/1"));
    assert_eq!(identify("seller", "model:X/1"), Err("pack.identify_role"));
    assert_eq!(identify("product", ""), Err("codes.empty"));
}

#[test]
fn coverage_tells_what_is_held_and_what_is_missing() {
    let files = Files::small().with("indices/trace.toml", "", "index = \"trace\"\n");
    let check = pack::check(&files.0);
    assert!(check.faults.is_empty());
    let need = |part: Part, name: &str| Need { part, name: name.to_owned() };
    let system = &check.coverage.systems[0];
    let trace = need(Part::Procedures, "trace");
    assert_eq!(system.held, [need(Part::Kinds, "report"), need(Part::Law, "penalty"), trace]);
    assert_eq!(system.missing, [need(Part::Kinds, "trace")]);
    assert_eq!(check.coverage.unclaimed, [need(Part::Kinds, "product")]);
    let part = check.coverage.parts.iter().find(|part| part.folder == "indices").unwrap();
    assert_eq!((part.files, part.read), (1, pack::PartRead::NotYet));
    assert_eq!(check.coverage.articles[0].law, [("penalty".to_owned(), 3)]);
    assert!(check.coverage.articles[1].note.is_some());
}

#[test]
fn coverage_is_told_of_a_pack_with_faults_too() {
    let files = Files::small().with("kinds/report.toml", "class = \"internal\"", "class = \"x\"");
    let check = pack::check(&files.0);
    assert_eq!(check.faults.len(), 1);
    assert_eq!(check.coverage.articles[0].kinds, ["product", "report"]);
}
