//! The three real files: alerts of the EU, inspections of Chicago, divisions of Hubei.

use super::support::*;
use crate::support::*;

fn real(path: &str) -> Option<File> {
    let bytes = std::fs::read(testkit::testdata().join(path)).ok()?;
    Some(File::of(bytes))
}

#[test]
fn alerts_with_their_doubles() {
    on_both(|home| {
        let system = home.open();
        let file = real("alerts/rasff.csv").unwrap();
        assert_eq!(system.mapping_for(&file.path).unwrap().as_deref(), Some("rasff"));
        let (_, imported) = import_as(home, &system, operator(), &file, "rasff", true).unwrap();
        let summary = &imported.summary;
        let codes: Vec<_> = told(&imported.faults).into_iter().map(|(_, code)| code).collect();
        assert!(codes.iter().all(|code| *code == "import.key_twice"), "{codes:?}");
        assert_eq!(summary.records, summary.added + summary.doubles + summary.faulty);
        assert_eq!(imported.stored, summary.added);
        if summary.rows > 1_000 {
            // 6,599 rows are 6,574 alerts; of the 25 that come again 18 say the same.
            assert_eq!((summary.rows, summary.added), (6_599, 6_574));
            assert_eq!((summary.doubles, summary.faulty), (18, 7));
        }
        let page = home
            .run(system.subject(
                operator(),
                &"rasff:fruits and vegetables@Türkiye".parse().unwrap(),
                None,
                Default::default(),
                None,
                10,
            ))
            .unwrap();
        assert!(!page.records.is_empty());
        // Again: all of it is known.
        let again = checked(home, &system, &file, "rasff");
        assert_eq!((again.summary.same, again.summary.good()), (summary.added, 0));
        assert_eq!(again.summary.missing, 0);
    });
}

#[test]
fn inspections_with_what_was_known_before() {
    on_each(&[false], |home| {
        let system = home.open();
        let file = real("inspections/chicago-canvass.csv").unwrap();
        let (_, imported) = import(home, &system, &file, "chicago-canvass");
        let rows = imported.summary.rows;
        let text = std::fs::read_to_string(&file.path).unwrap();
        let licence = text.lines().nth(1).unwrap().split(',').nth(1).unwrap();
        assert_eq!((imported.stored, imported.summary.faults), (rows, 0));
        assert!(rows < 2_000 || rows == 17_075, "{rows}");
        let page = home
            .run(system.subject(
                operator(),
                &format!("chicago-license:{licence}").parse().unwrap(),
                None,
                Default::default(),
                None,
                10,
            ))
            .unwrap();
        let open: serde_json::Value = serde_json::from_slice(&page.records[0].stored.open).unwrap();
        assert!(open["circumstances"].as_array().unwrap().len() > 10, "{open}");
        let again = checked(home, &system, &file, "chicago-canvass");
        assert_eq!((again.summary.same, again.summary.good()), (rows, 0));
    });
}

#[test]
fn divisions_as_places() {
    on_each(&[false], |home| {
        let Some(file) = real("map/hubei-divisions.csv") else { return };
        let system = home.open();
        let (_, imported) = import(home, &system, &file, "divisions");
        assert_eq!(imported.stored, 119);
        let page = home
            .run(system.subject(
                operator(),
                &"place:420106".parse().unwrap(),
                None,
                Default::default(),
                None,
                10,
            ))
            .unwrap();
        assert!(String::from_utf8_lossy(&page.records[0].stored.open).contains("武昌区"));
    });
}
