//! `zhiheng import`: the three real files by command, and a table that is wrong.

use serde_json::Value;

use crate::command::{Run, zhiheng};

fn import(data: &str, file: &str, more: &[&str]) -> (Run, Value) {
    let file = testkit::testdata().join(file);
    let mut args = vec!["import", "--data", data, "--json"];
    let path = file.display().to_string();
    args.extend(more);
    args.push(&path);
    let run = zhiheng(&args);
    let answer = serde_json::from_str(&run.stdout);
    let answer = answer.unwrap_or_else(|e| panic!("{e}: {}{}", run.stdout, run.stderr));
    (run, answer)
}

/// What the archive of a subject says.
fn archive(data: &str, subject: &str) -> String {
    let run = zhiheng(&["subject", "--data", data, subject]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout
}

#[test]
fn real_files_become_records_and_show_in_archives() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();

    let (run, alerts) = import(&data, "alerts/rasff.csv", &["--good-rows"]);
    let count = |answer: &Value, name: &str| answer[name].as_u64().unwrap();
    assert_eq!(alerts["mapping"], "rasff");
    let (rows, added) = (count(&alerts, "rows"), count(&alerts, "added"));
    assert_eq!(count(&alerts, "stored"), added);
    if rows > 1_000 {
        assert_eq!((rows, added), (6_599, 6_574));
        assert_eq!((count(&alerts, "doubles"), count(&alerts, "faulty")), (18, 7));
        assert_eq!(run.status, 1, "some rows contradict others");
    }
    assert!(archive(&data, "rasff:fruits and vegetables@Türkiye").contains("foreign-alert"));

    let (run, inspections) = import(&data, "inspections/chicago-canvass.csv", &[]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert_eq!(count(&inspections, "stored"), count(&inspections, "rows"));
    let table = testkit::testdata().join("inspections/chicago-canvass.csv");
    let table = std::fs::read_to_string(table).unwrap();
    let licence = table.lines().nth(1).unwrap().split(',').nth(1).unwrap();
    assert!(archive(&data, &format!("chicago-license:{licence}")).contains("inspection"));

    if testkit::testdata().join("map/hubei-divisions.csv").exists() {
        let (run, divisions) = import(&data, "map/hubei-divisions.csv", &["--as-of", "2026-01-01"]);
        assert_eq!(run.status, 0, "{}", run.stdout);
        assert_eq!(count(&divisions, "stored"), 119);
        assert!(archive(&data, "place:420106").contains("place"));
    }

    // Again: it is all known, and nothing is stored.
    let (_, again) = import(&data, "inspections/chicago-canvass.csv", &[]);
    assert_eq!((count(&again, "stored"), &again["batch"]), (0, &Value::Null));
    assert_eq!(count(&again, "same"), count(&inspections, "rows"));
}

#[test]
fn a_wrong_table_stores_nothing_and_its_faults_are_marked() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let table = folder.path().join("t.csv");
    std::fs::write(
        &table,
        "企业名称,检查编号,检查日期,检查结果\n甲,1,昨天,未发现问题\n乙,2,2024-03-01,未发现问题\n",
    )
    .unwrap();
    let (table, faults) = (table.display().to_string(), folder.path().join("f.xlsx"));
    let path = faults.display().to_string();
    let run = zhiheng(&["import", "--data", &data, "--zh", "--faults", &path, &table]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(
        run.stdout.contains("C2 检查日期") && run.stdout.contains("不是日期"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("stored   nothing"), "{}", run.stdout);
    assert!(faults.exists());
    let run = zhiheng(&["import", "--data", &data, "--dry-run", "--good-rows", &table]);
    assert_eq!(run.status, 1);
    let run = zhiheng(&["import", "--data", &data, "--good-rows", &table]);
    assert!(run.stdout.contains("stored   1"), "{}", run.stdout);
    // What cannot be read at all.
    for (text, said) in [("a,b\n1,2\n", "no mapping fits"), ("", "empty")] {
        std::fs::write(&table, text).unwrap();
        let run = zhiheng(&["import", "--data", &data, &table]);
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    assert_eq!(zhiheng(&["import", "--data", &data, "/nowhere.csv"]).status, 2);
}
