//! The organizations of the test data, and the words of the pack.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use search::{Index, Lexicon, NameSort, Subject};

pub fn testdata(name: &str) -> Vec<Vec<String>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/search").join(name);
    let text = fs::read_to_string(path).unwrap();
    let cells = |line: &str| line.split(',').map(str::to_owned).collect();
    text.lines().skip(1).map(cells).collect()
}

/// The divisions of the pack by name, with and without their last character, and all codes below.
fn places() -> Vec<(String, Vec<String>)> {
    let files: BTreeMap<String, Vec<u8>> = testkit::hubei_pack().into_iter().collect();
    let text = String::from_utf8(files["regions.csv"].clone()).unwrap();
    let rows = text.lines().filter(|line| line.starts_with('4'));
    let rows: Vec<(&str, &str)> = rows
        .map(|row| row.split_once(',').map(|(c, r)| (c, r.split(',').next().unwrap())).unwrap())
        .collect();
    let below = |code: &str| {
        let prefix = code.trim_end_matches("00");
        let codes = rows.iter().map(|(c, _)| *c).filter(|c| c.starts_with(prefix));
        codes.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut places = Vec::new();
    for (code, name) in &rows {
        places.push(((*name).to_owned(), below(code)));
        let short: String = name.chars().take(name.chars().count() - 1).collect();
        places.push((short, below(code)));
    }
    places
}

pub fn lexicon() -> Lexicon {
    let forms = [
        "公司",
        "有限公司",
        "有限责任公司",
        "股份有限公司",
        "股份公司",
        "集团公司",
        "集团",
        "厂",
        "分公司",
    ];
    let places = places();
    Lexicon::new(forms, places.iter().map(|(name, codes)| (name.as_str(), codes.clone())))
}

/// A right code of eighteen characters for a number, and the old code inside.
pub fn codes(number: usize) -> (String, String) {
    let body = format!("{:08}", 17_770_000 + number * 7);
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    let check = b"0123456789X"[((11 - sum % 11) % 11) as usize] as char;
    (format!("91420100{body}{check}5"), format!("{body}{check}"))
}

pub fn subjects() -> Vec<Subject> {
    let rows = testdata("subjects.csv").into_iter().enumerate();
    let subjects = rows.map(|(number, cells)| {
        let [name, short, former, region, address] = &cells[..] else { panic!("{cells:?}") };
        let (code, old) = codes(number);
        let mut subject = Subject::new(&format!("uscc:{code}"), 0, region).named(name);
        for (sort, other) in [(NameSort::Short, short), (NameSort::Former, former)] {
            if !other.is_empty() {
                subject.names.push((sort, other.clone()));
            }
        }
        subject.address.clone_from(address);
        subject.coded(&code).coded(&old)
    });
    subjects.collect()
}

pub fn index_of(subjects: &[Subject]) -> Index {
    let mut index = Index::new(lexicon());
    subjects.iter().for_each(|subject| index.put(subject));
    index
}
