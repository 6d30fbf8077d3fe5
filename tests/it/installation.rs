//! An installation from the command line: records in, out, proven, copied, made anew; on both
//! databases.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{Run, zhiheng};

/// An installation in a folder of its own.
struct Installation {
    folder: TempDir,
    database: Option<testkit::postgres::Database>,
}

fn on_both(test: impl Fn(&Installation)) {
    test(&Installation::new(None));
    let server = testkit::postgres::Server::shared();
    test(&Installation::new(Some(server.database("installation"))));
}

impl Installation {
    fn new(database: Option<testkit::postgres::Database>) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// What `verify` is given.
    fn store(&self) -> String {
        let folder = || self.data().display().to_string();
        self.database.as_ref().map_or_else(folder, |d| d.parameters().to_owned())
    }

    fn run(&self, command: &str, args: &[&str]) -> Run {
        let data = self.data().display().to_string();
        let mut all = vec![command, "--data", &data];
        if let Some(database) = &self.database {
            all.extend(["--database", database.parameters()]);
        }
        all.extend(args);
        zhiheng(&all)
    }

    /// Runs what must go well.
    fn good(&self, command: &str, args: &[&str]) -> String {
        let run = self.run(command, args);
        assert_eq!(run.status, 0, "{command} {args:?}: {} {}", run.stdout, run.stderr);
        run.stdout
    }

    fn write(&self, name: &str, lines: &[Value]) -> String {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn subject(&self, subject: &str, args: &[&str]) -> Value {
        let args = [&[subject, "--json"], args].concat();
        serde_json::from_str(&self.good("subject", &args)).unwrap()
    }

    fn key(&self) -> String {
        std::fs::read_to_string(self.data().join("keys/log.vkey")).unwrap().trim().to_owned()
    }
}

const SUBJECT: &str = "chicago-license:30790";

fn inspection(number: u32, day: u32, result: &str) -> Value {
    json!({
        "id": id(number),
        "kind": "inspection", "region": "none", "source": "test",
        "valid_at": format!("2026-03-{day:02}T09:00:00+08:00"),
        "subjects": [{ "role": "inspected", "id": SUBJECT }],
        "open": {
            "inspection_no": format!("I-{number}"), "inspected_on": format!("2026-03-{day:02}"),
            "sort": "daily", "result": result,
        },
        "personal": [{ "person": "p-1", "fields": { "accompanied_by": "某人" } }],
    })
}

fn id(number: u32) -> String {
    format!("019cc2d1-5c00-7000-8000-{number:012}")
}

fn ids(page: &Value) -> Vec<&str> {
    page["records"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect()
}

#[test]
fn records_come_back_as_of_any_time_and_are_proven() {
    on_both(|here| {
        let file = here.write("a.ndjson", &[inspection(1, 3, "pass"), inspection(2, 2, "fail")]);
        let told = here.good("append", &[&file]);
        assert!(told.starts_with("2 lines: 2 stored, 0 known before, 0 refused"), "{told}");
        let again = here.good("append", &[&file]);
        assert!(again.starts_with("2 lines: 0 stored, 2 known before, 0 refused"), "{again}");

        let page = here.subject(SUBJECT, &[]);
        assert_eq!(ids(&page), [id(1), id(2)]);
        assert_eq!(page["records"][0]["personal"][0]["fields"]["accompanied_by"], "某人");
        let before = page["known"].as_u64().unwrap();

        let mut correction = inspection(3, 2, "pass");
        correction["corrects"] = json!(id(2));
        let correction = here.write("b.ndjson", &[correction]);
        here.good("append", &[&correction]);
        assert_eq!(ids(&here.subject(SUBJECT, &[])), [id(1), id(3)]);
        // What was known then; what had happened by then.
        let known = before.to_string();
        assert_eq!(ids(&here.subject(SUBJECT, &["--known", &known])), [id(1), id(2)]);
        let by_then = here.subject(SUBJECT, &["--valid", "2026-03-02T20:00:00+08:00"]);
        assert_eq!(ids(&by_then), [id(3)]);

        let shown: Value = serde_json::from_str(&here.good("get", &[&id(2)])).unwrap();
        assert_eq!(
            shown["standing"],
            json!({
                "counts": false, "corrected_by": id(3),
                "batch_closed_at": shown["standing"]["batch_closed_at"],
            })
        );
        assert_eq!(here.run("get", &[&id(9)]).status, 1);

        let proof = here.path("record.tlog-proof").display().to_string();
        here.good("get", &[&id(1), "--proof", &proof]);
        let (key, store) = (here.key(), here.store());
        assert_eq!(zhiheng(&["verify", &proof, "--key", &key]).status, 0);
        let verified = zhiheng(&["verify", &store, "--key", &key]);
        assert_eq!(verified.status, 0, "{} {}", verified.stdout, verified.stderr);
        let rebuilt = here.good("rebuild", &[]);
        assert!(rebuilt.starts_with("made anew from "), "{rebuilt}");
        assert_eq!(ids(&here.subject(SUBJECT, &[])), [id(1), id(3)]);
        // The proof needs nothing of the installation.
        std::fs::remove_dir_all(here.data()).unwrap();
        assert_eq!(zhiheng(&["verify", &proof, "--key", &key]).status, 0);
    });
}

#[test]
fn one_faulty_line_refuses_all_unless_told_to_proceed() {
    on_both(|here| {
        let lines = [inspection(1, 3, "pass"), inspection(2, 2, "pas"), inspection(3, 1, "fail")];
        let file = here.write("a.ndjson", &lines);
        let refused = here.run("append", &[&file]);
        assert_eq!(refused.status, 1);
        let told = "line 2: /open/result: Result: the code list";
        assert!(refused.stdout.contains(told), "{}", refused.stdout);
        assert_eq!(ids(&here.subject(SUBJECT, &[])), [""; 0]);

        let taken = here.run("append", &["--proceed", "--json", &file]);
        assert_eq!(taken.status, 1);
        let report: Value = serde_json::from_str(&taken.stdout).unwrap();
        assert_eq!((&report["stored"], &report["refused"]), (&json!(2), &json!(1)));
        assert_eq!((&report["faults"][0]["line"]), (&json!(2)));
        assert_eq!(ids(&here.subject(SUBJECT, &[])), [id(1), id(3)]);
    });
}

#[test]
fn a_backup_restores_into_the_other_database_and_begins_a_new_log() {
    on_both(|here| {
        let file = here.write("a.ndjson", &[inspection(1, 3, "pass"), inspection(2, 2, "fail")]);
        here.good("append", &[&file]);
        let mut correction = inspection(3, 2, "pass");
        correction["corrects"] = json!(id(2));
        here.good("append", &[&here.write("b.ndjson", &[correction])]);
        let (copy, proof) = (here.path("copy"), here.path("old.tlog-proof"));
        let (copy, proof) = (copy.display().to_string(), proof.display().to_string());
        here.good("get", &[&id(1), "--proof", &proof]);
        let key = here.key();
        here.good("backup", &[&copy]);
        assert_eq!(here.run("backup", &[&copy]).status, 2, "a backup is never written over");
        // Known only to the store that is lost.
        here.good("append", &[&here.write("c.ndjson", &[inspection(4, 4, "pass")])]);

        let other = match &here.database {
            Some(_) => Installation::new(None),
            None => {
                let server = testkit::postgres::Server::shared();
                Installation::new(Some(server.database("restored")))
            }
        };
        assert_eq!(other.run("restore", &[&copy]).status, 2, "without its keys");
        copy_folder(&here.data().join("keys"), &other.data().join("keys"));
        copy_folder(&here.data().join("kept"), &other.data().join("kept"));
        let told = other.good("restore", &[&copy]);
        assert!(told.starts_with("restored: "), "{told}");
        assert_eq!(other.run("restore", &[&copy]).status, 2, "not into a store with records");

        let page = other.subject(SUBJECT, &[]);
        assert_eq!(ids(&page), [id(1), id(3)]);
        assert_eq!(page["records"][0]["personal"][0]["fields"]["accompanied_by"], "某人");
        other.good("append", &[&other.write("d.ndjson", &[inspection(5, 5, "pass")])]);
        let keys = std::fs::read_to_string(other.data().join("keys/log.vkey")).unwrap();
        let keys: Vec<&str> = keys.lines().collect();
        assert_eq!(keys.len(), 2, "the old log and the one that names it");
        let store = other.store();
        let verified = zhiheng(&["verify", &store, "--key", keys[0], "--key", keys[1]]);
        assert_eq!(verified.status, 0, "{} {}", verified.stdout, verified.stderr);
        assert_eq!(zhiheng(&["verify", &proof, "--key", &key]).status, 0);
    });
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn a_backup_that_was_changed_or_cut_off_is_refused() {
    let here = Installation::new(None);
    here.good("append", &[&here.write("a.ndjson", &[inspection(1, 3, "pass")])]);
    let copy = here.path("copy").display().to_string();
    here.good("backup", &[&copy]);
    let whole = std::fs::read_to_string(&copy).unwrap();
    let other = Installation::new(None);
    for text in [
        whole.replacen("\"restricted\":false", "\"restricted\":true", 1),
        whole.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n",
        whole[..whole.len() / 2].to_owned(),
        format!("{whole}{{}}\n"),
        String::new(),
    ] {
        std::fs::write(&copy, text).unwrap();
        assert_eq!(other.run("restore", &["--check", &copy]).status, 1);
    }
    std::fs::write(&copy, whole).unwrap();
    assert_eq!(other.run("restore", &["--check", &copy]).status, 0);
    assert!(!other.data().exists(), "to check makes no store");
}

#[test]
fn tokens_are_made_listed_and_revoked() {
    on_both(|here| {
        let data = here.data().display().to_string();
        let run = |args: &[&str]| {
            let mut all = vec!["token", args[0], "--data", &data];
            if let Some(database) = &here.database {
                all.extend(["--database", database.parameters()]);
            }
            all.extend(&args[1..]);
            zhiheng(&all)
        };
        let add = ["add", "lims", "--on-behalf-of", "420100", "--permission", "report.issue"];
        let made = run(&add);
        assert!(made.stdout.starts_with("zh_"), "{} {}", made.stdout, made.stderr);
        assert_eq!(run(&add).status, 2, "a name is in use once");
        let unknown = run(&["add", "x", "--on-behalf-of", "420100", "--permission", "no.such"]);
        assert!(unknown.stderr.contains("no.such"), "{}", unknown.stderr);
        assert!(run(&["list"]).stdout.starts_with("lims  for 420100"));
        assert_eq!(run(&["revoke", "lims"]).status, 0);
        assert_eq!(run(&["revoke", "lims"]).status, 2);
        assert!(run(&["list"]).stdout.contains("revoked"));
    });
}

#[test]
fn a_question_makes_no_store() {
    let here = Installation::new(None);
    let run = here.run("get", &[&id(1)]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("there is no store in"), "{}", run.stderr);
    assert!(!here.data().exists());
}

#[test]
fn a_pack_that_was_in_force_comes_back_and_is_compared() {
    on_both(|it| {
        let records = it.write("one.ndjson", &[inspection(1, 1, "pass")]);
        it.good("append", &[&records]);
        let checked: Value =
            serde_json::from_str(&zhiheng(&["pack", "check", "--json"]).stdout).unwrap();
        let digest = checked["pack"]["digest"].as_str().unwrap();
        let (data, written) = (it.data().display().to_string(), it.path("written"));
        let written = written.display().to_string();
        let pack = |args: &[&str]| {
            let mut all = [&["pack"], args, &["--data", &data]].concat();
            if let Some(database) = &it.database {
                all.extend(["--database", database.parameters()]);
            }
            zhiheng(&all)
        };
        let got = pack(&["get", digest, &written]);
        assert_eq!(got.status, 0, "{} {}", got.stdout, got.stderr);
        let short = &digest["sha256:".len()..][..12];
        let same = pack(&["diff", short, &written]);
        assert_eq!((same.status, same.stdout.trim()), (0, "the two packs do not differ"));
        // It is not written over, and one that was never in force is not there.
        assert_eq!(pack(&["get", digest, &written]).status, 2);
        let none = pack(&["get", "00000000", &it.path("none").display().to_string()]);
        assert_ne!(none.status, 0, "{}", none.stdout);
    });
}
