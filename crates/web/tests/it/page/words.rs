//! The language files: what the build refuses, and words that nobody uses.

#[path = "../../../build/words.rs"]
#[allow(dead_code)]
mod generator;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use generator::{Texts, check, read};

fn faults(zh: &str, en: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let languages = [("zh-CN", zh), ("en", en)].map(|(name, content)| {
        let mut texts = Texts::new();
        read(name, content, &mut texts, &mut faults);
        texts
    });
    check(&languages, &mut faults);
    faults
}

#[test]
fn languages_that_do_not_say_the_same_are_refused() {
    let right =
        faults("[a]\nb = \"{n} 条，{x}\"", "[a]\nb = { one = \"{n} {x}\", other = \"{n}, {x}\" }");
    assert!(right.is_empty(), "{right:?}");
    for (zh, en, what) in [
        ("[a]\nb = \"甲\"\nc = \"乙\"", "[a]\nb = \"A\"", "lang/en has no a.c"),
        ("[a]\nb = \"甲\"", "[a]\nb = \"A\"\nc = \"C\"", "is not in lang/zh-CN"),
        ("[a]\nb = \"甲\"", "[a]\nb = \" \"", "is empty"),
        ("[a]\nb = \"甲\"", "[a]\nb = \"A（B）\"", "has Chinese in it"),
        ("[a]\nb = \"{n} 条\"", "[a]\nb = \"rows\"", "does not fill in"),
        ("[a]\nb = \"甲\"", "[a]\nb = \"{n} rows\"", "fills in other names"),
        ("[a]\nb = \"{n\"", "[a]\nb = \"{n\"", "a brace"),
        (
            "[a]\nb = \"{x}\"",
            "[a]\nb = { one = \"{x}\", other = \"{x}\" }",
            "tells one from several",
        ),
        ("b = \"甲\"", "b = \"A\"", "stands in no section"),
        ("[a]\nB = \"甲\"", "[a]\nB = \"A\"", "names are of"),
        ("[a]\nb = 3", "[a]\nb = \"A\"", "must be a text"),
        ("[a]\nb = {", "[a]", "zh-CN: "),
    ] {
        let found = faults(zh, en);
        assert!(found.iter().any(|fault| fault.contains(what)), "{what}: {found:?}");
    }
}

#[test]
fn every_word_is_used() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    for folder in ["src", "templates"] {
        gather(&here.join(folder), &mut sources);
    }
    let mut texts = Texts::new();
    let mut faults = Vec::new();
    for path in files(&here.join("lang/zh-CN")) {
        read("zh-CN", &fs::read_to_string(path).unwrap(), &mut texts, &mut faults);
    }
    assert!(faults.is_empty() && texts.len() > 50, "{faults:?}");
    // `p.w.home.title`, or `let words = &page.w.home;` and `words.title` in the same file.
    let used: BTreeSet<&str> = sources
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
        .filter(|path| path.contains('.'))
        .collect();
    let ends_with = |end: &str| {
        let further = format!("{end}.");
        used.iter().any(|path| path.ends_with(end) || path.contains(&further))
    };
    let unused: Vec<String> = texts
        .keys()
        .filter(|(section, key)| {
            let whole = ends_with(&format!(".w.{section}.{key}"))
                || ends_with(&format!("w.{section}.{key}"));
            let by_part = ends_with(&format!(".w.{section}")) && ends_with(&format!("words.{key}"));
            !whole && !by_part
        })
        .map(|(section, key)| format!("{section}.{key}"))
        .collect();
    assert!(unused.is_empty(), "words that no page says; take them out: {unused:?}");
}

fn gather(folder: &Path, text: &mut String) {
    for path in files(folder) {
        match path.is_dir() {
            true => gather(&path, text),
            false => {
                text.push_str(&fs::read_to_string(&path).unwrap());
                text.push('\n');
            }
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}
