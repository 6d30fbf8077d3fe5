//! Published tables go in and come out as subjects with time lines: alerts of the EU (RASFF) and
//! food inspections of Chicago, converted by `cargo xtask convert`.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::command::{Run, zhiheng};

/// What the whole table of alerts has: rows, and references among them.
const ALERTS: (usize, usize) = (6_599, 6_574);
/// What the whole table of inspections has.
const INSPECTIONS: usize = 17_075;

#[test]
fn alerts_come_out_as_time_lines() {
    let drafts = converted("rasff", "alerts/rasff.csv");
    let mut references = HashSet::new();
    // The first of each reference is stored, what comes after it is a double.
    let first = |draft: &&Value| references.insert(draft["open"]["reference_no"].to_string());
    let heads: Vec<&Value> = drafts.iter().filter(first).collect();
    if drafts.len() == ALERTS.0 {
        assert_eq!(heads.len(), ALERTS.1);
    }
    on_both("rasff", &drafts, &heads);
}

#[test]
fn inspections_come_out_as_time_lines() {
    let drafts = converted("chicago", "inspections/chicago-canvass.csv");
    let is_whole = std::env::var_os("ZHIHENG_TESTDATA").is_some() || drafts.len() > 10_000;
    assert!(!is_whole || drafts.len() == INSPECTIONS, "{} inspections", drafts.len());
    let heads: Vec<&Value> = drafts.iter().collect();
    on_both("chicago", &drafts, &heads);
}

/// The records of a table of the reference data, one for each row.
fn converted(source: &str, file: &str) -> Vec<Value> {
    let file = testkit::testdata().join(file);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--locked", "--offline", "--package", "xtask", "--"])
        .args(["convert", source])
        .arg(&file)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let drafts: Vec<Value> = lines.map(|line| serde_json::from_slice(line).unwrap()).collect();
    // No cell of these tables has a line break, so that a line is a row.
    let rows = std::fs::read_to_string(&file).unwrap().lines().count() - 1;
    assert_eq!(drafts.len(), rows);
    drafts
}

fn on_both(name: &str, drafts: &[Value], heads: &[&Value]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("{name}.ndjson"));
    let lines: String = drafts.iter().map(|draft| format!("{draft}\n")).collect();
    std::fs::write(&file, lines).unwrap();
    let database = testkit::postgres::Server::shared().database(name);
    for database in [None, Some(database.parameters())] {
        let data = folder.path().join(if database.is_some() { "postgres" } else { "sqlite" });
        let run = |command: &str, args: &[&str]| {
            let data = data.display().to_string();
            let mut all = vec![command, "--data", &data];
            all.extend(database.iter().flat_map(|database| ["--database", database]));
            all.extend(args);
            zhiheng(&all)
        };
        check(&run, &file, drafts, heads);
        let store = database.map_or(data.display().to_string(), str::to_owned);
        let key = std::fs::read_to_string(data.join("keys/log.vkey")).unwrap();
        let verified = zhiheng(&["verify", &store, "--key", key.trim()]);
        assert_eq!(verified.status, 0, "{}{}", verified.stdout, verified.stderr);
    }
}

fn check(run: &dyn Fn(&str, &[&str]) -> Run, file: &Path, drafts: &[Value], heads: &[&Value]) {
    let doubles = drafts.len() - heads.len();
    let file = file.display().to_string();
    let taken = run("append", &["--proceed", "--json", &file]);
    assert_eq!(taken.status, i32::from(doubles > 0), "{}{}", taken.stdout, taken.stderr);
    let report: Value = serde_json::from_str(&taken.stdout).unwrap();
    assert_eq!(report["lines"], drafts.len());
    assert_eq!(report["stored"], heads.len());
    assert_eq!(report["refused"], doubles);
    // Each double is told with its line and with what is there already.
    let faults = report["faults"].as_array().unwrap();
    assert_eq!(faults.len(), doubles);
    let heads_by_id: BTreeMap<&str, &Value> =
        heads.iter().map(|draft| (draft["id"].as_str().unwrap(), *draft)).collect();
    assert_eq!(heads_by_id.len(), heads.len());
    for fault in faults {
        assert_eq!(fault["code"], "record.not_unique", "{fault:#}");
        let line = fault["line"].as_u64().unwrap() as usize;
        let double = &drafts[line - 1];
        let reference = |draft: &Value| draft["open"]["reference_no"].clone();
        let holder = fault["en"].as_str().unwrap();
        let holder = heads_by_id.iter().find(|(id, _)| holder.contains(*id));
        assert_eq!(reference(holder.unwrap().1), reference(double), "{fault:#}");
    }
    time_lines(run, heads);
}

/// The subjects with most records, and some with few.
fn time_lines(run: &dyn Fn(&str, &[&str]) -> Run, heads: &[&Value]) {
    let mut subjects: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for draft in heads {
        for subject in draft["subjects"].as_array().unwrap() {
            // The colours of the inspectors have thousands each.
            if subject["role"] != "officer" {
                subjects.entry(subject["id"].as_str().unwrap()).or_default().push(draft);
            }
        }
    }
    let mut subjects: Vec<(&str, Vec<&Value>)> = subjects.into_iter().collect();
    subjects.sort_by_key(|(_, records)| std::cmp::Reverse(records.len()));
    assert!(subjects[0].1.len() > 2, "{subjects:?}");
    let middle = subjects.len() / 2;
    for (subject, records) in [&subjects[0], &subjects[1], &subjects[middle]] {
        let shown = run("subject", &[subject, "--json", "--limit", "100000"]);
        assert_eq!(shown.status, 0, "{}", shown.stderr);
        let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
        let shown = shown["records"].as_array().unwrap();
        let ids = |records: &mut dyn Iterator<Item = &Value>| -> HashSet<String> {
            records.map(|record| record["id"].to_string()).collect()
        };
        assert_eq!(ids(&mut shown.iter()), ids(&mut records.iter().copied()), "{subject}");
        assert_eq!(shown.len(), records.len());
        // The newest first, and each as it was sent.
        let times: Vec<&str> = shown.iter().map(|r| r["valid_at"].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|newer, older| newer >= older), "{subject}: {times:?}");
        for record in shown {
            let sent = records.iter().find(|draft| draft["id"] == record["id"]).unwrap();
            assert_eq!(record["open"], sent["open"]);
            assert_eq!(record["standing"]["counts"], true);
        }
    }
}
