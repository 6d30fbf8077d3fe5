//! Streams: checked to their end before anything is stored.

use app::intake::stream::Options;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::support::*;

fn some(from: u64, count: u64) -> Vec<Value> {
    (from..from + count).map(inspection).collect()
}

#[test]
fn one_bad_line_refuses_all() {
    on_both(|home| {
        let system = home.open();
        let size = home.size(&system);
        // Blank lines between them: enough that the first are staged before the last ones come.
        let blank = " ".repeat(600 << 10) + "\n";
        let mut text = lines(&some(0, 10)) + &blank.repeat(3);
        text.push_str("\n{\"kind\": \n");
        text.push_str(&lines([&with(inspection(1900), "/open/sort", "nightly")]));
        text.push_str(&lines(&some(20, 10)));
        let refused = home.stream(&system, &text, of_batch(new_id())).unwrap_err();
        let faults = check(refused.faults());
        let told: Vec<_> = faults.iter().map(|f| (f.record.unwrap() + 1, f.code)).collect();
        // By line, empty ones counted.
        assert_eq!(told[0], (15, "record.json"));
        assert_eq!(told[1].0, 16);
        assert_eq!(told.len(), 2);
        assert_eq!(home.size(&system), size);
        assert_eq!(home.staged(), [] as [std::path::PathBuf; 0]);
        // What does not fit what is stored is found while it is appended; nothing counts then.
        home.send(&system, &inspection(1)).unwrap();
        let mut records = some(3000, 20);
        records.push(inspection(1));
        let batch = new_id();
        let refused = home.stream(&system, &lines(&records), of_batch(batch)).unwrap_err();
        let faults = check(refused.faults());
        assert_eq!((faults[0].code, faults[0].record), ("record.not_unique", Some(20)));
        assert_eq!(faults.len(), 1);
        assert!(home.staged().is_empty());
        for record in [&records[0], &records[19]] {
            let subject = record["subjects"][0]["id"].as_str().unwrap();
            assert!(home.ids(&system, subject).is_empty());
        }
        // The unique fields are free: under new ids the lines are taken.
        let mut records = some(3000, 20);
        let report = home.stream(&system, &lines(&records), of_batch(new_id())).unwrap();
        assert_eq!((report.lines, report.stored, report.refused), (20, 20, 0));
        // Under the old ones it is said why not.
        records = vec![with(inspection(9000), "/id", id_of(&records[0]).to_string())];
        assert_eq!(home.refused(&system, &records[0])[0].0, "record.id_taken");
        for nothing in ["", "\n\n  \n"] {
            let refused = home.stream(&system, nothing, Options::default());
            assert_eq!(only(refused).code, "request.count");
        }
        assert!(home.staged().is_empty());
    });
}

#[test]
fn lines_of_a_stream_that_was_refused_say_so_when_sent_again() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &inspection(1)).unwrap();
        let mut records = some(3000, 20);
        records.push(inspection(1));
        let batch = new_id();
        home.stream(&system, &lines(&records), of_batch(batch)).unwrap_err();
        records.pop();
        // The first of them stand in the store, taken back: their ids are used up.
        for (again, code) in [(new_id(), "record.withdrawn"), (batch, "batch.withdrawn")] {
            let refused = home.stream(&system, &lines(&records), of_batch(again)).unwrap_err();
            let faults = check(refused.faults());
            assert!(faults.iter().any(|fault| fault.code == code), "{:?}", faults[0]);
        }
    });
}

#[test]
fn a_stream_may_leave_out_what_is_wrong() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &inspection(1)).unwrap();
        let mut records = some(10, 4);
        records[2] = with(inspection(12), "/region", "429999");
        records.push(inspection(1));
        let batch = new_id();
        let options = Options { source: Some("一月.csv".to_owned()), ..proceeding(batch) };
        let report = home.stream(&system, &lines(&records), options.clone()).unwrap();
        assert_eq!((report.batch, report.lines), (batch, 5));
        assert_eq!((report.stored, report.known, report.refused), (3, 0, 2));
        let told: Vec<_> = report.faults.iter().map(|(line, f)| (*line, f.code)).collect();
        assert_eq!(told, [(3, "record.region"), (5, "record.not_unique")]);
        check(report.faults.into_iter().map(|(_, fault)| fault).collect());
        assert_eq!(home.ids(&system, "shop:10"), [id_of(&records[0])]);
        assert!(home.ids(&system, "shop:12").is_empty());
        let closing = home.record(&system, report.closing.id);
        assert_eq!(closing.stored.closes, Some(batch));
        assert_eq!(closing.open["records"], 3);
        assert_eq!(closing.open["source_name"], "一月.csv");
        // Sent again it is known, whole.
        let size = home.size(&system);
        let again = home.stream(&system, &lines(&records), options).unwrap();
        assert_eq!((again.stored, again.known, again.refused), (0, 3, 2));
        assert!(again.closing.known && again.closing.position == report.closing.position);
        assert_eq!(home.size(&system), size);
        // And taken back whole.
        home.withdraw(&system, batch).unwrap();
        assert!(home.ids(&system, "shop:10").is_empty());
        assert!(home.staged().is_empty());
    });
}

#[test]
fn a_stream_that_breaks_off_leaves_nothing() {
    on_both(|home| {
        let system = home.open();
        let size = home.size(&system);
        let batch = new_id();
        let text = lines(&some(0, 10)) + &" ".repeat(600 << 10) + "\n";
        home.run(async {
            let mut stream = system.begin_stream(operator(), of_batch(batch)).unwrap();
            stream.push(text.as_bytes()).await.unwrap();
            assert_eq!(home.staged().len(), 1);
            // Nobody else takes the same batch in meanwhile.
            let rival = system.begin_stream(operator(), of_batch(batch)).map(|_| ());
            assert_eq!(only(rival).code, "batch.busy");
        });
        assert!(home.staged().is_empty());
        assert_eq!(home.size(&system), size);
        // A program that was killed meanwhile finds the file and removes it.
        home.close(system);
        let half = home.data().join("staging").join(format!("{batch}.stage"));
        let header =
            r#"{"batch":"x","on_behalf_of":"x","account":"x","source":null,"proceed":false}"#;
        std::fs::write(&half, format!("{header}\n and half a record")).unwrap();
        std::fs::write(half.with_file_name("empty.stage"), "").unwrap();
        let system = home.open();
        assert!(home.staged().is_empty());
        let report = home.stream(&system, &text, of_batch(batch)).unwrap();
        assert_eq!((report.stored, report.closing.known), (10, false));
    });
}

#[test]
fn a_stream_may_be_cut_anywhere() {
    let home = Home::new(false);
    let system = home.open();
    let mut records = some(0, 6);
    records[3] = with(inspection(3), "/open/sort", "nightly");
    let batch = new_id();
    let mut text = format!("\n{}\r\n \n{{}}\n", lines(&records));
    text.push_str(&inspection(7).to_string());
    let told = |pieces: &[&[u8]]| {
        let report = home.stream_in(&system, pieces.iter().copied(), proceeding(batch)).unwrap();
        (report.lines, report.stored + report.known, report.refused, report.faults)
    };
    let whole = told(&[text.as_bytes()]);
    assert_eq!((whole.0, whole.1, whole.2), (8, 6, 2));
    let lines: Vec<_> = whole.3.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [5, 10]);
    let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
    assert_eq!(told(&bytes), whole);
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    let cuts = prop::collection::vec(0..text.len(), 0..12);
    TestRunner::new(config)
        .run(&cuts, |mut cuts| {
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> =
                cuts.windows(2).map(|cut| &text.as_bytes()[cut[0]..cut[1]]).collect();
            prop_assert_eq!(told(&pieces), whole.clone());
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_line_that_is_too_long_is_told_and_passed_over() {
    on_each(&[false], |home| {
        let system = home.open();
        let blank = |length: usize| " ".repeat(length) + "\n";
        let long = |length: usize| format!("{{\"kind\": \"{}\"}}\n", "x".repeat(length));
        let text = [
            lines(&some(0, 3)),
            long(5 << 20),
            lines(&some(10, 3)),
            long((1 << 20) + 10),
            lines([&with(inspection(20), "/open/sort", "nightly")]),
            long(100),
            blank(10),
            long(2 << 20),
        ]
        .concat();
        let expected = [4, 8, 9, 10, 12];
        let codes = |faults: Vec<(u64, app::Fault)>| {
            faults.into_iter().map(|(line, fault)| (line, fault.code)).collect::<Vec<_>>()
        };
        let mut first = None;
        for size in [text.len(), 100_003] {
            let pieces = text.as_bytes().chunks(size);
            let report = home.stream_in(&system, pieces, proceeding(new_id()));
            let report = report.unwrap();
            assert_eq!((report.lines, report.refused), (11, 5), "pieces of {size}");
            let told = codes(report.faults);
            assert_eq!(told.iter().map(|(line, _)| *line).collect::<Vec<_>>(), expected);
            assert_eq!(
                (told[0].1, told[1].1, told[4].1),
                ("record.too_large", "record.too_large", "record.too_large")
            );
            assert_eq!(*first.get_or_insert_with(|| told.clone()), told, "pieces of {size}");
        }
        // All refused: told in the order of the lines, too.
        let refused = home.stream_in(&system, text.as_bytes().chunks(1 << 18), Options::default());
        let faults = check(refused.unwrap_err().faults());
        let at: Vec<u64> = faults.iter().map(|f| f.record.unwrap() as u64 + 1).collect();
        assert_eq!(at, expected);
    });
}

#[test]
fn a_line_without_an_end_is_not_kept_in_memory() {
    on_each(&[false], |home| {
        let system = home.open();
        let piece = vec![b'x'; 1 << 20];
        let before = resident();
        let fault = home.stream_in(&system, (0..80).map(|_| piece.as_slice()), Options::default());
        let faults = check(fault.unwrap_err().faults());
        assert_eq!((faults[0].code, faults[0].record), ("record.too_large", Some(0)));
        assert!(resident() < before + (30 << 20), "{} MiB more", (resident() - before) >> 20);
    });
}

/// The most bytes that this process has had in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

#[test]
fn a_stream_goes_on_by_itself_after_a_fault_of_the_store() {
    on_both(|home| {
        let system = home.open();
        let (batch, size) = (new_id(), home.size(&system));
        let records = some(0, 5);
        // The database fails for a while.
        home.change("ALTER TABLE personal_part RENAME TO lost", vec![]);
        let text = lines(records.iter().chain([&complaint("T-1", "p-1")]));
        let refused = home.stream(&system, &text, of_batch(batch)).unwrap_err();
        assert!(refused.is_retryable(), "{refused}");
        // Sent again meanwhile, it is on its way still.
        let again = system.begin_stream(operator(), of_batch(batch)).map(|_| ());
        assert_eq!(only(again).code, "batch.busy");
        home.change("ALTER TABLE lost RENAME TO personal_part", vec![]);
        for _ in 0..500 {
            if home.staged().is_empty() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let again = home.stream(&system, &text, of_batch(batch)).unwrap();
        assert_eq!((again.stored, again.known, again.closing.known), (0, 6, true));
        assert_eq!(home.size(&system), size + 7);
        home.close(system);
    });
}
