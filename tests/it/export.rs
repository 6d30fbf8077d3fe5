//! `zhiheng export`: records that were imported go out again, whole, in each form.

use std::path::Path;

use crate::command::{Run, zhiheng};

/// Brings two inspections into a new store and returns its folder.
fn store(folder: &Path) -> String {
    let data = folder.join("data").display().to_string();
    let table = folder.join("t.csv");
    let text = "企业名称,检查编号,检查日期,检查结果\n\
        甲公司,J-1,2024-03-01,未发现问题\n乙公司,J-2,2024-03-02,未发现问题\n";
    std::fs::write(&table, text).unwrap();
    let run = zhiheng(&["import", "--data", &data, &table.display().to_string()]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    data
}

fn export(data: &str, file: &Path, more: &[&str]) -> Run {
    let file = file.display().to_string();
    let mut args = vec!["export", "--data", data, "inspection", &file];
    args.extend(more);
    zhiheng(&args)
}

#[test]
fn what_was_imported_goes_out_whole_in_each_form() {
    let folder = tempfile::tempdir().unwrap();
    let data = store(folder.path());
    let at = |name: &str| folder.path().join(name);
    let run = export(&data, &at("out.csv"), &[]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    // The number is said before it begins, and after.
    let said: Vec<&str> = run.stdout.lines().collect();
    assert!(said[0].starts_with("2 rows, as of record "), "{}", run.stdout);
    assert!(said[1].starts_with("2 rows written to "), "{}", run.stdout);
    let text = std::fs::read_to_string(at("out.csv")).unwrap();
    assert!(text.contains(",J-1,") && text.contains(",J-2,"), "{text}");
    assert!(text.lines().last().unwrap().starts_with("# 行数 2; "), "{text}");

    let run = export(&data, &at("out.jsonl"), &["--filter", "inspection_no == 'J-2'", "--english"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let text = std::fs::read_to_string(at("out.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["rows"]), (2, &1.into()));
    assert_eq!(
        (&lines[1]["inspection_no"], &lines[1]["inspected_on"]),
        (&"J-2".into(), &"2024-03-02".into())
    );

    let run = export(&data, &at("out.bin"), &["--format", "xlsx"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(std::fs::read(at("out.bin")).unwrap().starts_with(b"PK"));

    // As of when there was nothing, it is a file of nothing that says so.
    let run = export(&data, &at("none.csv"), &["--known", "0"]);
    assert!(run.stdout.starts_with("0 rows, as of record 0"), "{}{}", run.stdout, run.stderr);
    assert!(std::fs::read_to_string(at("none.csv")).unwrap().contains("# 行数 0; "));
}

#[test]
fn what_is_wrong_leaves_no_file_and_what_is_personal_is_for_one_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = store(folder.path());
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("old.csv"), "kept").unwrap();
    for (name, more, status, said) in [
        ("out.pdf", &[][..], 2, "--format"),
        ("old.csv", &["--filter", "nothing =="][..], 1, ""),
        ("old.csv", &["--personal"][..], 1, "4"),
        ("old.csv", &["--known", "99999"][..], 1, "99999"),
        ("nowhere/out.csv", &[][..], 2, "cannot write"),
    ] {
        let run = export(&data, &at(name), more);
        assert_eq!(run.status, status, "{name} {more:?}: {}{}", run.stdout, run.stderr);
        assert!(format!("{}{}", run.stdout, run.stderr).contains(said), "{name} {more:?}");
    }
    assert_eq!(std::fs::read_to_string(at("old.csv")).unwrap(), "kept");
    let run = zhiheng(&["export", "--data", &data, "nonsense", &at("x.csv").display().to_string()]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    let elsewhere = at("elsewhere").display().to_string();
    assert_eq!(export(&elsewhere, &at("x.csv"), &[]).status, 2);

    let run = export(&data, &at("old.csv"), &["--personal", "--purpose", "核对检查对象"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    let text = std::fs::read_to_string(at("old.csv")).unwrap();
    assert!(text.lines().last().unwrap().contains("核对检查对象"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(at("old.csv")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().collect();
    let part = left.iter().find(|entry| entry.file_name().to_string_lossy().ends_with(".part"));
    assert!(part.is_none(), "{part:?}");
}
