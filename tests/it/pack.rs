//! `zhiheng pack check` and `zhiheng pack diff`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{Run, zhiheng};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder that is gone when the test is over.
struct Copy(PathBuf);

impl Copy {
    /// A pack copied, with the first `old` of a file made `new`.
    fn of(pack: &str, name: &str, path: &str, old: &str, new: &str) -> Self {
        let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pack-{name}"));
        let _ = std::fs::remove_dir_all(&to);
        let from = root().join(pack);
        for file in testkit::files_under(&from) {
            let copied = to.join(file.strip_prefix(&from).unwrap());
            std::fs::create_dir_all(copied.parent().unwrap()).unwrap();
            std::fs::copy(&file, &copied).unwrap();
        }
        let file = to.join(path);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(old), "{path} has no {old}");
        std::fs::write(&file, text.replacen(old, new, 1)).unwrap();
        Self(to)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const SMALL: &str = "crates/pack/tests/small";

fn small() -> String {
    root().join(SMALL).to_str().unwrap().to_owned()
}

#[test]
fn the_built_in_pack_and_its_folder_are_the_same_and_have_no_fault() {
    let built_in = zhiheng(&["pack", "check"]);
    assert_eq!((built_in.status, built_in.stderr.as_str()), (0, ""));
    let folder = zhiheng(&["pack", "check", root().join("packs/hubei").to_str().unwrap()]);
    assert_eq!((folder.status, &folder.stdout), (0, &built_in.stdout));
    assert!(built_in.stdout.contains("\nno faults\n"));
    for article in 1..=30 {
        let begins = format!("\n{article:>3}  ");
        assert!(built_in.stdout.contains(&begins), "article {article}");
    }
    assert!(built_in.stdout.contains("\n  procedures  10 files\n"));
}

#[test]
fn the_check_of_the_built_in_pack_as_json() {
    let run = zhiheng(&["pack", "check", "--json"]);
    assert_eq!(run.status, 0);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["faults"], Value::Array(Vec::new()));
    assert_eq!(answer["counts"]["versions_of_parameters"], 281);
    assert_eq!(answer["counts"]["kinds"], 57);
    let articles = answer["coverage"]["articles"].as_array().unwrap();
    assert_eq!(articles.len(), 30);
    assert_eq!(articles[22]["article"], 23);
    assert_eq!(articles[22]["systems"], serde_json::json!(["G1", "G2", "G3"]));
    assert_eq!(answer["coverage"]["systems"].as_array().unwrap().len(), 43);
    assert!(answer["pack"]["digest"].as_str().unwrap().starts_with("sha256:"));
}

#[test]
fn the_check_of_a_small_pack_word_for_word() {
    let run = zhiheng(&["pack", "check", &small()]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!("check_small", run.stdout);
    let run = zhiheng(&["pack", "check", &small(), "--json"]);
    insta::assert_snapshot!("check_small_json", run.stdout);
}

#[test]
fn faults_have_file_line_and_remedy_and_exit_status_1() {
    let broken =
        Copy::of(SMALL, "broken", "kinds/report.toml", "class = \"internal\"", "klass = 1");
    let run = zhiheng(&["pack", "check", broken.path()]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    insta::assert_snapshot!("check_broken", run.stdout);
    let run = zhiheng(&["pack", "check", "--json", broken.path()]);
    assert_eq!(run.status, 1);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let fault = &answer["faults"][1];
    assert_eq!(fault["code"], "pack.unknown_key");
    assert_eq!(
        (fault["file"].as_str(), fault["line"].as_u64()),
        (Some("kinds/report.toml"), Some(5))
    );
    // What could be read is still covered.
    assert_eq!(
        answer["coverage"]["articles"][0]["kinds"],
        serde_json::json!(["product", "report"])
    );
}

#[test]
fn what_is_no_pack_is_said_so() {
    let Run { status, stdout, stderr } = zhiheng(&["pack", "check", "/nowhere/at/all"]);
    assert_eq!((status, stdout.as_str()), (2, ""));
    assert!(stderr.contains("/nowhere/at/all") && stderr.contains("name the folder of a pack"));
    // A folder without a pack is a pack with everything missing.
    let run = zhiheng(&["pack", "check", root().join("src").to_str().unwrap()]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("pack.toml:1: there is no file pack.toml"));
}

#[test]
fn a_change_of_law_is_told_in_both_languages() {
    let hubei = root().join("packs/hubei");
    let old = hubei.to_str().unwrap();
    let new = Copy::of("packs/hubei", "law", "law/complaint.toml", "value = 60\n", "value = 50\n");
    let run = zhiheng(&["pack", "diff", old, new.path()]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(
        run.stdout,
        "parameter complaint.mediate (Term of mediation) from 2026-04-15: value changes from 60 days to 50 days\n"
    );
    let run = zhiheng(&["pack", "diff", old, new.path(), "--lang", "zh"]);
    assert_eq!(
        run.stdout,
        "法定参数 complaint.mediate（投诉调解期限），自2026-04-15起：数值由“60 日”改为“50 日”\n"
    );
    let run = zhiheng(&["pack", "diff", old, new.path(), "--json"]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_ne!(answer["old"]["digest"], answer["new"]["digest"]);
    assert_eq!(answer["changes"][0]["facet"], "value");
    assert_eq!(answer["changes"][0]["change"], "changed");
}

#[test]
fn no_difference_is_said_too() {
    let run = zhiheng(&["pack", "diff", &small(), &small()]);
    assert_eq!((run.status, run.stdout.as_str()), (0, "the two packs do not differ\n"));
    let run = zhiheng(&["pack", "diff", &small(), &small(), "--lang", "zh"]);
    assert_eq!(run.stdout, "两个规则包没有差别\n");
    assert_eq!(zhiheng(&["pack", "diff", &small(), &small(), "--lang", "fr"]).status, 2);
    let note = Copy::of(SMALL, "note", "offices.csv", "# The offices.", "# Offices.");
    let run = zhiheng(&["pack", "diff", &small(), note.path()]);
    assert_eq!(
        run.stdout,
        "nothing that the pack says changes; notes, order or layout differ in offices.csv\n"
    );
}

#[test]
fn a_pack_with_faults_is_not_compared() {
    let broken = Copy::of(SMALL, "uncompared", "roles.toml", "id = \"auditor\"", "id = 3");
    let run = zhiheng(&["pack", "diff", &small(), broken.path()]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("roles.toml:") && run.stderr.contains("pack check"),
        "{}",
        run.stderr
    );
}
