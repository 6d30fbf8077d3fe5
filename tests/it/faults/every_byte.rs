//! Every single byte that is changed in the records or the log is found.

use app::verify::{Options, verify};
use ledger::note::VerifierKey;
use serde_json::{Value, json};
use store::Reader;
use store::db::{Bind, Statement};
use tokio::runtime::Runtime;

use super::installation::Installation;
use super::sender::MAKER;
use crate::command::zhiheng;

/// Of how many bytes one is changed in a usual run. A prime: it meets all places of what repeats.
const SOME: usize = 37;

#[test]
fn a_changed_byte_is_found_in_sqlite() {
    every_byte(&Installation::new(None), SOME);
}

#[test]
fn a_changed_byte_is_found_in_postgres() {
    let server = testkit::postgres::Server::shared();
    every_byte(&Installation::new(Some(server.database("bytes"))), SOME);
}

#[test]
#[ignore = "takes long"]
fn every_changed_byte_is_found_in_sqlite() {
    every_byte(&Installation::new(None), 1);
}

#[test]
#[ignore = "takes long"]
fn every_changed_byte_is_found_in_postgres() {
    let server = testkit::postgres::Server::shared();
    every_byte(&Installation::new(Some(server.database("bytes"))), 1);
}

fn id(number: u64) -> String {
    format!("019cc2d1-5c00-7000-8000-{number:012}")
}

/// Records of several kinds, two of them with a personal part, a correction, and many that only
/// make the log longer than a tile.
fn records() -> Vec<Value> {
    let mut records = vec![
        json!({
            "kind": "complaint", "region": "420100", "source": "hotline",
            "valid_at": "2026-05-02T09:00:00+08:00",
            "subjects": [{ "role": "respondent", "id": MAKER }],
            "open": { "number": "C-1", "channel": "hotline-12315", "category": "quality" },
            "personal": [{ "person": "p-1", "fields": { "text": "漏水", "complainant_name": "张三" } }],
        }),
        json!({
            "kind": "inspection", "region": "none", "source": "test",
            "valid_at": "2026-03-02T09:00:00+08:00",
            "subjects": [{ "role": "inspected", "id": "chicago-license:30790" }],
            "open": {
                "inspection_no": "I-1", "inspected_on": "2026-03-02", "sort": "daily", "result": "pass",
            },
            "personal": [{ "person": "p-2", "fields": { "accompanied_by": "某人" } }],
        }),
    ];
    let opinion = |number: usize| {
        json!({
            "kind": "public-opinion", "region": "420100", "source": "press",
            "valid_at": format!("2026-05-{:02}T09:00:00+08:00", 1 + number % 28),
            "subjects": [{ "role": "organization", "id": MAKER }],
            "open": {
                "url": format!("https://press.example/{number}"), "source_type": "newspaper",
                "published_at": "2026-05-01T08:00:00+08:00", "title": format!("第 {number} 条"),
            },
        })
    };
    records.push(opinion(0));
    let mut correction = opinion(0);
    correction["corrects"] = json!(id(2));
    records.push(correction);
    records.extend((1..310).map(opinion));
    for (number, record) in (0..).zip(&mut records) {
        record["id"] = json!(id(number));
    }
    records
}

/// A column of a table and the rows that are changed there.
struct Place {
    table: &'static str,
    column: &'static str,
    /// The columns that name a row.
    key: &'static [&'static str],
    /// Which rows.
    rows: &'static str,
}

/// The records that the program writes itself are the first and the last ones: the activation of the
/// pack, and what closes the batch. The twelve that are changed are of all kinds.
const RECORDS: &str = "position < 11 OR position = (SELECT MAX(position) FROM record)";

const PLACES: &[Place] = &[
    Place { table: "record", column: "envelope", key: &["position"], rows: RECORDS },
    Place { table: "record", column: "open_part", key: &["position"], rows: RECORDS },
    Place { table: "record", column: "nonce", key: &["position"], rows: RECORDS },
    Place { table: "record", column: "leaf", key: &["position"], rows: RECORDS },
    Place { table: "personal_part", column: "sealed", key: &["position", "place"], rows: "0 = 0" },
    Place {
        table: "log_tile",
        column: "bytes",
        key: &["number", "level", "tile_index", "width"],
        rows: "0 = 0",
    },
    Place { table: "log", column: "checkpoint", key: &["number"], rows: "0 = 0" },
];

fn every_byte(here: &Installation, step: usize) {
    let file = here.folder.path().join("records.ndjson");
    let lines: String = records().iter().map(|record| format!("{record}\n")).collect();
    std::fs::write(&file, lines).unwrap();
    let (options, file) = (here.options(), file.display().to_string());
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let run = zhiheng(&[&["append"], &options[..], &[&file]].concat());
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    here.verify_good(&[]);

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let reader = runtime.block_on(Reader::open(&here.address())).unwrap();
    let key: VerifierKey = here.key().parse().unwrap();
    let store = Store {
        runtime,
        reader,
        options: Options { keys: vec![key], threads: 1, ..Options::default() },
    };
    assert_eq!(store.problems(), 0);
    let (mut at, mut changed) = (0, 0);
    for place in PLACES {
        let rows = store.rows(place);
        assert!(!rows.is_empty(), "{}.{}", place.table, place.column);
        for (key, bytes) in rows {
            for byte in 0..bytes.len() {
                at += 1;
                if at % step != 0 {
                    continue;
                }
                changed += 1;
                let mut wrong = bytes.clone();
                wrong[byte] ^= 1 << (at / step % 8);
                store.write(place, &key, wrong);
                let found = store.problems();
                assert!(found > 0, "{}.{} {key:?}: byte {byte}", place.table, place.column);
            }
            store.write(place, &key, bytes);
        }
    }
    assert_eq!(store.problems(), 0);
    assert!(at > 30_000, "{at} bytes are few");
    eprintln!("{changed} of {at} bytes changed");
}

struct Store {
    runtime: Runtime,
    reader: Reader,
    options: Options,
}

impl Store {
    fn problems(&self) -> usize {
        let report = self.runtime.block_on(verify(&self.reader, &self.options)).unwrap();
        report.problems.len()
    }

    fn rows(&self, place: &Place) -> Vec<(Vec<Bind>, Vec<u8>)> {
        let Place { table, column, key, rows } = place;
        let sql = format!("SELECT {}, {column} FROM {table} WHERE {rows}", key.join(", "));
        let rows = self.runtime.block_on(self.reader.db().query(&sql, vec![])).unwrap();
        let rows = rows.into_iter().map(|row| {
            let mut cells = row.into_cells();
            match cells.pop() {
                Some(Bind::Bytes(bytes)) => (cells, bytes),
                other => panic!("{table}.{column} is {other:?}"),
            }
        });
        rows.collect()
    }

    fn write(&self, place: &Place, key: &[Bind], bytes: Vec<u8>) {
        let Place { table, column, key: names, .. } = place;
        let names = names.iter().zip(2..);
        let names: Vec<String> = names.map(|(name, at)| format!("{name} = ${at}")).collect();
        let sql = format!("UPDATE {table} SET {column} = $1 WHERE {}", names.join(" AND "));
        let mut binds = vec![Bind::Bytes(bytes)];
        binds.extend_from_slice(key);
        let written = self.reader.db().write(vec![Statement::new(sql, binds)]);
        assert_eq!(self.runtime.block_on(written).unwrap(), 1);
    }
}
