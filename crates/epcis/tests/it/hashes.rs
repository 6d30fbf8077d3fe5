//! Event hashes as CBV's reference gives them.

use crate::{folder, read};

/// Every `.hashes` file is that of its JSON and its XML.
#[test]
fn every_published_hash_holds() {
    let Some(folder) = folder("event-hash/examples") else { return };
    let (mut events, mut files, mut wrong) = (0, 0, Vec::new());
    for path in testkit::files_under(&folder) {
        let extension = path.extension().unwrap().to_str().unwrap();
        match extension {
            "hashes" | "prehashes" => continue,
            "jsonld" | "xml" => {}
            other => panic!("{}: what is {other}?", path.display()),
        }
        let expected = std::fs::read_to_string(path.with_extension("hashes")).unwrap();
        let expected: Vec<&str> = expected.lines().filter(|line| !line.is_empty()).collect();
        let (found, faults, document) = read(&path);
        let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
        if !faults.is_empty() {
            wrong.push(format!("{}: {shown:?}", path.display()));
            continue;
        }
        let ignored = |node: &epcis::Node| document.ignored.contains(&node.name);
        let hashes: Vec<String> =
            found.iter().map(|read| read.event.hash_without(&ignored)).collect();
        if hashes != expected {
            for read in &found {
                wrong.push(format!(
                    "{}\n{}",
                    path.display(),
                    read.event.pre_hash_without(&ignored)
                ));
            }
        }
        events += hashes.len();
        files += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files >= 20 && events >= 35, "{files} {events}");
}

/// All events of one file of equals are one.
#[test]
fn what_is_equal_has_one_hash() {
    let Some(folder) = folder("event-hash/expected_equal") else { return };
    let mut wrong = Vec::new();
    for path in testkit::files_under(&folder) {
        let (found, faults, _) = read(&path);
        assert!(faults.is_empty() && found.len() > 1, "{}: {faults:?}", path.display());
        let first = found[0].event.pre_hash();
        for other in &found[1..] {
            if other.event.pre_hash() != first {
                wrong.push(format!("{}\n{first}\n{}", path.display(), other.event.pre_hash()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
