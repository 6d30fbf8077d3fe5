//! `zhiheng trace`: back, forward, who answers, and the scope, as of two times.

use std::path::Path;

use serde_json::{Value, json};

use crate::command::{Run, zhiheng};

const MILL: &str = "uscc:914201001777000029";
const SHOP: &str = "uscc:91420100758123450T";

fn product(number: u64) -> String {
    let body = format!("0690{number:09}");
    let check = codes::gs1::check_digit(body.as_bytes()).unwrap();
    format!("https://id.gs1.org/01/{body}{}", check as char)
}

/// A line of trade: who sold what of which lot, which item, on which day of March 2024.
fn sale(day: u32, from: &str, to: &str, lot: &str, kilograms: u32) -> Value {
    json!({
        "kind": "trade-line", "region": "420106", "source": "test",
        "valid_at": format!("2024-03-{day:02}T09:00:00+08:00"),
        "subjects": [
            { "role": "seller", "id": from }, { "role": "buyer", "id": to },
            { "role": "product", "id": product(1) }, { "role": "lot", "id": lot },
        ],
        "open": {
            "direction": "sale", "document_no": format!("D-{day}"), "line_no": 1,
            "traded_on": format!("2024-03-{day:02}"),
            "quantity": { "value": kilograms, "unit": "kg" },
        },
    })
}

/// A store in which a lot was sold by a mill to a shop, and some of it came on to another.
fn store(folder: &Path) -> (String, String) {
    let data = folder.join("data").display().to_string();
    let lot = format!("{}/10/A", product(1));
    let lines = [sale(1, MILL, SHOP, &lot, 10), sale(5, SHOP, "uscc:914201061777000020", &lot, 4)];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let file = folder.join("lines.ndjson");
    std::fs::write(&file, text).unwrap();
    let run = zhiheng(&["append", "--data", &data, &file.display().to_string()]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    (data, lot)
}

fn trace(data: &str, id: &str, more: &[&str]) -> Run {
    let mut args = vec!["trace", "--data", data, id];
    args.extend(more);
    zhiheng(&args)
}

fn answer(run: &Run) -> Value {
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.stdout))
}

#[test]
fn a_lot_is_traced_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let (data, lot) = store(folder.path());

    // Back is what is asked where nothing else is.
    let back = answer(&trace(&data, &lot, &["--json"]));
    assert_eq!((&back["asked"], &back["direction"]), (&lot.as_str().into(), &"back".into()));
    assert_eq!(back, answer(&trace(&data, &lot, &["--back", "--json"])));
    assert_eq!(back["acts"].as_array().unwrap().len(), 2);
    assert_eq!((&back["whole"], &back["withheld"]["records"]), (&true.into(), &0.into()));
    let forward = answer(&trace(&data, &lot, &["--forward", "--json"]));
    assert_eq!(forward["direction"], "forward");
    assert_eq!(forward["things"][0]["id"], lot.as_str());

    // By the end of a day, and by how much was known.
    let early = answer(&trace(&data, &lot, &["--json", "--valid", "2024-03-01"]));
    assert_eq!(early["acts"].as_array().unwrap().len(), 1);
    let instant = trace(&data, &lot, &["--json", "--valid", "2024-03-05T08:59:59+08:00"]);
    assert_eq!(answer(&instant)["acts"].as_array().unwrap().len(), 1);
    let known = back["known"].as_u64().unwrap().to_string();
    assert_eq!(answer(&trace(&data, &lot, &["--json", "--known", &known])), back);
    let none = trace(&data, &lot, &["--known", "0"]);
    assert_eq!(none.status, 2, "{}{}", none.stdout, none.stderr);

    // Who answers, and what is where.
    let answerable = answer(&trace(&data, &lot, &["--answerable", "--json"]));
    let parties: Vec<&str> = answerable["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|party| party["id"].as_str().unwrap())
        .collect();
    assert!(parties.contains(&MILL) && parties.contains(&SHOP), "{parties:?}");
    let scope = trace(&data, &lot, &["--scope", "--json"]);
    assert_eq!(scope.status, 0, "{}{}", scope.stdout, scope.stderr);
    let lines: Vec<Value> =
        scope.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (summary, lines) = lines.split_last().unwrap();
    assert_eq!(summary["summary"]["lines"], lines.len());
    let held = |party: &str| {
        let line = lines.iter().find(|line| line["line"]["party"] == party);
        line.map(|line| line["line"]["quantity"]["value"].as_str().unwrap().to_owned())
    };
    assert_eq!(held(SHOP).as_deref(), Some("6"));
    assert_eq!(held("uscc:914201061777000020").as_deref(), Some("4"));
    let of_mill = ["--scope", "--json", "--from", "2024-03-02T00:00:00+08:00"];
    let later = trace(&data, MILL, &of_mill);
    assert!(!later.stdout.contains("\"line\""), "{}{}", later.stdout, later.stderr);

    // For people the same in words.
    let words = trace(&data, &lot, &[]);
    assert_eq!(words.status, 0, "{}", words.stderr);
    assert!(words.stdout.starts_with(&format!("{lot}: ")), "{}", words.stdout);
    let words = trace(&data, &lot, &["--answerable"]);
    assert!(words.stdout.contains("首负责任"), "{}", words.stdout);
    let words = trace(&data, &lot, &["--scope"]);
    assert!(words.stdout.contains("held") && words.stdout.contains("digest"), "{}", words.stdout);
}

#[test]
fn a_wrong_question_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (data, lot) = store(folder.path());
    let unknown = trace(&data, "https://id.gs1.org/01/06900000000090/10/none", &[]);
    assert_eq!(unknown.status, 2, "{}{}", unknown.stdout, unknown.stderr);
    assert!(unknown.stderr.contains("no record that was known names"), "{}", unknown.stderr);
    let day = trace(&data, &lot, &["--valid", "2024-02-30"]);
    assert_eq!(day.status, 2);
    assert!(day.stderr.contains("give a day as 2026-11-23"), "{}", day.stderr);
    let two = trace(&data, &lot, &["--back", "--forward"]);
    assert_eq!(two.status, 2, "{}", two.stdout);
    let from = trace(&data, &lot, &["--from", "2024-03-02T00:00:00+08:00"]);
    assert_eq!(from.status, 2, "{}", from.stdout);
    let nobody = trace(&data, "", &[]);
    assert_eq!(nobody.status, 2, "{}", nobody.stdout);
    let nowhere = trace(&folder.path().join("none").display().to_string(), &lot, &[]);
    assert_eq!(nowhere.status, 2, "{}", nowhere.stdout);
    assert!(!folder.path().join("none").exists());
}
