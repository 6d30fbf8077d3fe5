//! What is made: the same for a seed, in order, within bounds.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use clock::Weekday;
use codes::gs1::Gtin;
use codes::{Mode, Uscc};
use demo::{Act, Error, Plan, Province, Scale};
use model::{Draft, system_kind};
use serde_json::Value;

use crate::{acts, days, drafts, pack, plan, province};

const DAY: i64 = 86_400_000_000;

#[test]
fn a_seed_makes_one_province_and_another_makes_another() {
    let (one, again, other) = (acts(7, 120), acts(7, 120), acts(8, 120));
    assert_eq!(one, again);
    assert_ne!(one, other);
    assert!(one.len() > 1_000, "{}", one.len());
}

#[test]
fn it_needs_enough_organizations() {
    let few = plan(1, Scale::LEAST - 1);
    assert!(matches!(Province::new(few, pack(), &days()), Err(Error::Small)));
    assert!(Province::new(plan(1, Scale::LEAST), pack(), &days()).is_ok());
}

#[test]
fn records_come_in_the_order_of_time_and_nothing_is_written_before_it_happens() {
    let acts = acts(3, 400);
    let end = plan(3, 400).until;
    let mut last = acts[0].at();
    for act in &acts {
        assert!(act.at() >= last, "{act:?}");
        assert!(act.at() < end);
        last = act.at();
    }
    for (at, draft) in drafts(&acts) {
        assert!(draft.valid_at <= at, "{draft:?}");
    }
    let began = province(3, 400).begins();
    assert!(acts[0].at() >= began);
    assert!((900..930).contains(&((end.micros() - began.micros()) / DAY)));
}

/// A file belongs to an attachment; a return and a scope are reckoned from the records themselves; events
/// are made as documents. What opens a case of sampling, recall or repair, and the steps of a case, come with
/// its course.
const NOT_MADE: [&str; 7] = [
    "attachment",
    "statistical-return",
    "trace-scope",
    "epcis-event",
    "case-assignment",
    "document",
    "service",
];

#[test]
fn every_kind_that_senders_send_is_there() {
    let acts = acts(1, 2_000);
    let made: BTreeSet<&str> = drafts(&acts).iter().map(|(_, draft)| draft.kind.as_str()).collect();
    let pack = pack();
    let is_made = |kind: &&str| !system_kind::is(kind) && !NOT_MADE.contains(kind);
    let wanted: BTreeSet<&str> =
        pack.kinds().map(|kind| kind.id.as_str()).filter(is_made).collect();
    assert_eq!(made, wanted);
}

/// How many of each kind.
fn counts(acts: &[Act]) -> BTreeMap<&str, f64> {
    let mut counts = BTreeMap::new();
    for (_, draft) in drafts(acts) {
        *counts.entry(draft.kind.as_str()).or_default() += 1.0;
    }
    counts
}

#[test]
fn rates_are_within_bounds() {
    let organizations = 2_000.0;
    let acts = acts(1, 2_000);
    let counts = counts(&acts);
    let total: f64 = counts.values().sum();
    // A small province has 5,000, and 90,000 to 140,000 records.
    assert!((18.0..28.0).contains(&(total / organizations)), "{total} {counts:#?}");
    // Per organization and year; the visits are those of the rates and what follows from others.
    let each = |kind: &str| counts[kind] / organizations / 2.5;
    assert!((1.2..2.6).contains(&each("inspection")), "{}", each("inspection"));
    assert!((0.4..0.9).contains(&each("complaint")), "{}", each("complaint"));
    assert!((0.25..0.6).contains(&each("sample")), "{}", each("sample"));
    assert!((0.01..0.12).contains(&each("penalty")), "{}", each("penalty"));
    // Of supervision tests some fail, and not too many.
    let reports = drafts(&acts);
    let reports = reports.iter().filter(|(_, draft)| {
        let programme = draft.open.get("programme").and_then(Value::as_str).unwrap_or_default();
        draft.kind == "test-report" && programme.contains("supervision")
    });
    let failed: Vec<bool> = reports.map(|(_, draft)| draft.open["result"] == "fail").collect();
    let share = failed.iter().filter(|failed| **failed).count() as f64 / failed.len() as f64;
    assert!((0.015..0.15).contains(&share), "{share}");
    // Some is corrected, some taken back, some imported and taken back.
    let corrected = drafts(&acts).iter().filter(|(_, draft)| draft.corrects.is_some()).count();
    assert!(corrected > 40, "{corrected}");
    let withdrawn = acts.iter().filter(|act| matches!(act, Act::Withdraw { .. })).count();
    let batches = acts.iter().filter(|act| matches!(act, Act::Batch { .. })).count();
    assert!(withdrawn > batches && batches == 3, "{withdrawn} {batches}");
}

#[test]
fn offices_rest_at_week_ends_and_much_is_late() {
    let acts = acts(1, 2_000);
    let mut visits = HashMap::new();
    let mut delays = Vec::new();
    for (at, draft) in drafts(&acts) {
        if draft.kind == "inspection" && draft.source == "演示数据" {
            let day = draft.valid_at.day_in_china().weekday();
            *visits.entry(day).or_insert(0) += 1;
            delays.push((at.micros() - draft.valid_at.micros()) as f64 / 3.6e9);
        }
    }
    let on = |day: Weekday| visits.get(&day).copied().unwrap_or(0);
    // Make-up working days lie on week-ends.
    assert!(on(Weekday::Sunday) * 5 < on(Weekday::Wednesday), "{visits:?}");
    delays.sort_by(f64::total_cmp);
    let at = |part: f64| delays[(delays.len() as f64 * part) as usize];
    assert!(at(0.5) > 2.0 && at(0.5) < 48.0, "{}", at(0.5));
    assert!(at(0.95) > 60.0, "{}", at(0.95));
}

#[test]
fn codes_are_right_and_names_say_that_they_are_invented() {
    let acts = acts(5, 600);
    let (mut organizations, mut products) = (0, 0);
    for (_, draft) in drafts(&acts) {
        for subject in &draft.subjects {
            let (scheme, value) = (subject.id.scheme(), subject.id.value());
            match scheme {
                "uscc" => {
                    let code = Uscc::parse(value, Mode::Strict).unwrap();
                    assert!(code.warnings.is_empty() && value[8..].starts_with("DEM"), "{value}");
                }
                "gtin" => {
                    Gtin::parse(value, Mode::Strict).unwrap();
                    assert!(value.starts_with("952"), "{value}");
                }
                _ => {}
            }
        }
        match draft.kind.as_str() {
            "organization" => {
                organizations += 1;
                assert!(draft.open["name"].as_str().unwrap().ends_with("（演示）"), "{draft:?}");
            }
            "product" => {
                products += 1;
                assert!(draft.open["brand"].as_str().unwrap().ends_with("（演示）"));
            }
            "complaint" => {
                let name = draft.personal[0].fields["complainant_name"].as_str().unwrap();
                assert!(name.ends_with("（演示）"));
            }
            _ => {}
        }
        assert_eq!(draft.source, "演示数据");
    }
    assert!(organizations >= 600 && products > 100);
}

#[test]
fn what_is_planted_is_there() {
    let acts = acts(1, 2_000);
    let province = province(1, 2_000);
    let look = province.look();
    let of = |name: &str| {
        let found = look.enterprises.iter().find(|sight| sight.name.contains(name)).unwrap();
        found.subject.clone().unwrap()
    };
    let (dairy, model) = (of("乳业"), of("茶业"));
    let failed = |id: &str| {
        let reports = drafts(&acts);
        let reports = reports
            .iter()
            .filter(|(_, draft)| draft.kind == "test-report" && draft.open["result"] == "fail");
        reports.filter(|(_, draft)| draft.subjects.iter().any(|s| s.id.as_str() == id)).count()
    };
    assert!(failed(&dairy) >= 2, "{}", failed(&dairy));
    assert_eq!(failed(&model), 0);
    // A cluster: many times as many complaints in its weeks as in as many before.
    let until = plan(1, 2_000).until.micros();
    let in_weeks = |from: i64, to: i64| {
        let all = drafts(&acts);
        let here = all.iter().filter(|(_, draft)| {
            let is_there = ["422801", "422822", "422825"].contains(&draft.region.as_str());
            let day = (until - draft.valid_at.micros()) / DAY;
            draft.kind == "complaint"
                && is_there
                && draft.open["category"] == "food"
                && (to..from).contains(&day)
        });
        here.count()
    };
    assert!(in_weeks(151, 128) > 3 * in_weeks(200, 177).max(4), "{}", in_weeks(151, 128));
    // The spectrometer of the story was found out of tolerance, and reports name it.
    let out: Vec<String> = drafts(&acts)
        .iter()
        .filter(|(_, d)| d.kind == "calibration" && d.open["conclusion"] == "out-of-tolerance")
        .flat_map(|(_, d)| d.subjects.iter().filter(|s| s.role == "instrument"))
        .map(|s| s.id.as_str().to_owned())
        .collect();
    let laboratory = of("检验检测");
    let touched = drafts(&acts)
        .iter()
        .filter(|(_, d)| d.kind == "test-report")
        .filter(|(_, d)| d.subjects.iter().any(|s| s.id.as_str() == laboratory))
        .filter(|(_, d)| d.subjects.iter().any(|s| out.iter().any(|id| id == s.id.as_str())))
        .count();
    assert!(touched > 5, "{touched}");
}

#[test]
fn there_is_an_account_for_every_desk() {
    let province = province(1, 100);
    let accounts = province.accounts();
    let roles: BTreeSet<&str> = accounts.iter().map(|(line, _)| line.role.as_str()).collect();
    for role in [
        "provincial-officer",
        "city-officer",
        "county-officer",
        "legal-reviewer",
        "laboratory",
        "enterprise",
        "citizen",
        "system-administrator",
        "security-administrator",
        "audit-administrator",
    ] {
        assert!(roles.contains(role), "{role}");
        assert!(pack().role(role).is_some(), "{role}");
    }
    for (line, organization) in &accounts {
        assert!(line.login.starts_with("demo-"));
        assert_eq!(organization.is_some(), line.story.is_some(), "{line:?}");
    }
}

/// What a record says that no other of its kind may say; nothing where its kind has no such key or it
/// does not say all of it.
fn unique_key(draft: &Draft) -> Option<Vec<String>> {
    let pack = pack();
    let kind = pack.kind(&draft.kind).unwrap();
    let said = |name: &String| match name.as_str() {
        "office" => Some(draft.office.clone().unwrap_or_default()),
        "valid_at" => Some(draft.valid_at.to_string()),
        role if kind.subject(role).is_some() => {
            let of_role = draft.subjects.iter().filter(|subject| subject.role == role);
            let ids: Vec<&str> = of_role.map(|subject| subject.id.as_str()).collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
        field => Some(draft.open.get(field)?.to_string()),
    };
    let key: Option<Vec<String>> = kind.unique.iter().map(said).collect();
    let key = key.filter(|key| !key.is_empty())?;
    Some(std::iter::once(kind.id.clone()).chain(key).collect())
}

#[test]
fn on_whatever_day_it_is_made_no_two_records_are_for_one_thing() {
    // What happens hangs on the day to which it goes: a day of each month.
    for month in 1..=12 {
        let until = format!("2026-{month:02}-{:02}T11:20:00+08:00", 2 * month + 3);
        let plan = Plan { until: until.parse().unwrap(), ..plan(month, 700) };
        let mut province = Province::new(plan, pack(), &days()).unwrap();
        let (mut ids, mut keys) = (BTreeSet::new(), BTreeMap::new());
        while let Some(acts) = province.acts() {
            for (_, draft) in drafts(&acts) {
                assert!(draft.id.is_none_or(|id| ids.insert(id)), "{until}: {draft:?}");
                let Some(key) = unique_key(draft).filter(|_| draft.corrects.is_none()) else {
                    continue;
                };
                if let Some(before) = keys.insert(key.clone(), draft.id) {
                    panic!("{until}: {key:?} of {before:?} and of {draft:?}");
                }
            }
        }
        assert!(keys.len() > 1_000, "{}", keys.len());
    }
}
