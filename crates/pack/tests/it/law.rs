//! The parameters of the pack against the collection that they were taken from, row by row.

use std::path::PathBuf;

use clock::Date;
use pack::{Pack, Value};

/// One row of the collection.
struct Row {
    id: String,
    value: String,
    unit: String,
    starts_when: String,
    law: String,
    article: String,
    from: Date,
    to: Option<Date>,
    confirmed: bool,
    note: String,
}

fn rows(path: &PathBuf) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let names: Vec<&str> = header.iter().collect();
    assert_eq!(
        names,
        [
            "id",
            "value",
            "unit",
            "starts_when",
            "law",
            "article",
            "in_force_from",
            "in_force_to",
            "confirmed",
            "note"
        ]
    );
    let read = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.unwrap();
        let text = |at: usize| record.get(at).unwrap().to_owned();
        let confirmed = match &record[8] {
            "yes" => true,
            "no" => false,
            other => panic!("confirmed is {other}"),
        };
        Row {
            id: text(0),
            value: text(1),
            unit: text(2),
            starts_when: text(3),
            law: text(4),
            article: text(5),
            from: record[6].parse().unwrap(),
            to: Some(&record[7]).filter(|t| !t.is_empty()).map(|t| t.parse().unwrap()),
            confirmed,
            note: text(9),
        }
    };
    reader.records().map(read).collect()
}

fn agrees(pack: &Pack, path: &PathBuf) {
    let rows = rows(path);
    assert!(rows.len() >= 264, "{}: {} rows", path.display(), rows.len());
    for row in &rows {
        let shown = format!("{} from {}", row.id, row.from);
        let parameter = pack.parameter(&row.id).unwrap_or_else(|| panic!("no {}", row.id));
        let version = parameter.on(row.from).unwrap_or_else(|| panic!("no {shown}"));
        let values: Vec<String> = version.value.scalars().map(ToString::to_string).collect();
        assert_eq!(values.join("|"), row.value, "{shown}");
        assert_eq!(
            matches!(version.value, Value::ByLevel { .. }),
            row.value.contains('|'),
            "{shown}"
        );
        assert_eq!(version.unit, row.unit, "{shown}");
        assert_eq!(version.law, row.law, "{shown}");
        assert_eq!(version.article.as_deref().unwrap_or(""), row.article, "{shown}");
        assert_eq!(
            (version.in_force.from, version.in_force.to),
            (Some(row.from), row.to),
            "{shown}"
        );
        assert_eq!(version.is_reviewed(), row.confirmed, "{shown}");
        assert_eq!(version.wording.starts.as_deref().unwrap_or(""), row.starts_when, "{shown}");
        assert_eq!(version.starts.is_some(), !row.starts_when.is_empty(), "{shown}");
        assert_eq!(version.wording.note.as_deref().unwrap_or(""), row.note, "{shown}");
    }
    // The numbers of the security of accounts and of how fast goods travel are the office's own: no
    // rule names any. From when a food recall counts is said by the collection in words.
    let beside = ["security", "trace", "food_recall"];
    let collected = pack.parameters().filter(|parameter| !beside.contains(&parameter.group()));
    let versions: usize = collected.map(|parameter| parameter.versions.len()).sum();
    assert_eq!(versions, rows.len(), "the pack has what the collection has not");
}

#[test]
fn every_row_of_the_collection_is_in_the_pack_and_nothing_else() {
    let pack = Pack::load(testkit::hubei_pack()).unwrap();
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/law/parameters.csv");
    agrees(&pack, &own);
    let beside = testkit::testdata().join("../law/parameters.csv");
    if beside.is_file() {
        agrees(&pack, &beside);
    }
}

#[test]
fn what_stands_in_words_in_the_collection_is_data() {
    let pack = Pack::load(testkit::hubei_pack()).unwrap();
    for version in pack.parameters().flat_map(|p| &p.versions) {
        let note = version.wording.note.as_deref().unwrap_or("");
        let starts = version.wording.starts.as_deref().unwrap_or("");
        let says = note.contains("excluded");
        assert_eq!(!version.counts.suspended_by.is_empty(), says, "{note}");
        let backward = starts.starts_with("before ") && version.unit != "month_day";
        assert_eq!(version.counts.direction == pack::Direction::Backward, backward, "{starts}");
    }
}

#[test]
fn records_are_kept_as_the_law_of_their_day_says() {
    let pack = Pack::load(testkit::hubei_pack()).unwrap();
    let kept = |kind: &str, on: &str| {
        let (day, version) = pack.kept_until(kind, on.parse().unwrap())?;
        Some(format!("{day} {} {}", version.law, version.article.as_deref().unwrap_or("")))
    };
    let sampling = "产品质量监督抽查管理暂行办法 (总局令18号) 54";
    for kind in ["sample", "seal", "test-report"] {
        assert_eq!(kept(kind, "2026-11-23"), Some(format!("2028-11-23 {sampling}")));
        assert_eq!(kept(kind, "2019-12-31"), None);
    }
    let recall = "缺陷汽车产品召回管理条例实施办法 (质检总局令176号) 29";
    assert_eq!(kept("recall-notice", "2026-11-23"), Some(format!("2036-11-23 {recall}")));
    assert_eq!(kept("organization", "2026-11-23"), None);
    assert_eq!(kept("nothing", "2026-11-23"), None);
}
