//! `zhiheng case`: a complaint is accepted and settled on the command line.

use std::path::Path;

use serde_json::{Value, json};

use crate::command::{Run, zhiheng};

/// A store with one complaint, and the id of its record.
fn store(folder: &Path) -> (String, String) {
    let data = folder.join("data").display().to_string();
    let id = "018e0000-0000-7000-8000-000000000001";
    let letter = json!({
        "id": id, "kind": "complaint", "region": "420106", "source": "test",
        "valid_at": "2026-04-16T10:00:00+08:00",
        "open": { "number": "T-1", "channel": "hotline-12315", "category": "quality" },
        "personal": [{ "person": "p-1", "fields": { "text": "水壶漏电", "complainant_name": "王小明" } }],
    });
    let file = folder.join("letter.ndjson");
    std::fs::write(&file, format!("{letter}\n")).unwrap();
    let run = zhiheng(&["append", "--data", &data, &file.display().to_string()]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    (data, id.to_owned())
}

fn answer(run: &Run) -> Value {
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.stdout))
}

#[test]
fn a_complaint_goes_its_way_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let (data, id) = store(folder.path());
    let show = |more: &[&str]| {
        let mut args = vec!["case", "show", "--data", &data, &id];
        args.extend(more);
        zhiheng(&args)
    };
    let before = answer(&show(&["--json"]));
    assert_eq!((&before["state"], &before["last"]), (&json!("received"), &json!(0)));
    // Seven working days from Thursday 16 April 2026: 17, 20, 21, 22, 23, 24, 27.
    let term = before["terms"].as_array().unwrap().iter().find(|t| t["term"] == "accept").unwrap();
    assert_eq!(term["due"], "2026-04-27");
    assert!(term["law"].as_str().unwrap().contains("121号"), "{term}");
    let can = |case: &Value, step: &str| {
        let steps = case["next"].as_array().unwrap();
        steps.iter().any(|s| s["step"] == step && s["why_not"].as_array().unwrap().is_empty())
    };
    assert!(can(&before, "accept") && !can(&before, "settle"));

    let form = folder.path().join("accept.json");
    std::fs::write(&form, r#"{"form": {"accepted_on": "2026-04-20"}}"#).unwrap();
    let form = form.display().to_string();
    let at = ["--at", "2026-04-20T09:00:00+08:00", "--form", &form];
    let accept = |more: &[&str]| {
        let mut args = vec!["case", "step", "--data", &data, &id, "accept"];
        args.extend(at);
        args.extend(more);
        zhiheng(&args)
    };
    assert_eq!(answer(&accept(&["--seen", "0"]))["number"], 1);
    // Once more it is refused, and says why.
    let again = accept(&["--seen", "0"]);
    assert_eq!(again.status, 2);
    assert!(again.stderr.contains("took step 1"), "{}", again.stderr);
    let again = accept(&[]);
    assert!(again.stderr.contains("the case is in the state"), "{}", again.stderr);

    let after = answer(&show(&["--json"]));
    assert_eq!((&after["state"], &after["last"]), (&json!("mediating"), &json!(1)));
    assert_eq!(after["steps"][0]["form"]["accepted_on"], "2026-04-20");
    let shown = show(&[]);
    assert!(shown.stdout.contains("调解中") && shown.stdout.contains("受理"), "{}", shown.stdout);
    // As it was known before.
    let known = (after["steps"].as_array().unwrap().len()).to_string();
    assert_eq!(known, "1");
}
