//! Real inspections: the last quarter of the file predicted from what came before it.
//!
//! The figures that are stated are those of `bench priority`; here a smaller model must do
//! better than chance on whatever part of the file is there, and keep its promises.

use std::collections::BTreeMap;

use stats::priority::{Column, Part, PastVisits, Priority, Record, Table, Visits, gain};

use super::{bits, quick};

/// The columns of the file, by name.
fn file() -> BTreeMap<String, Vec<String>> {
    let path = testkit::testdata().join("inspections/chicago-canvass.csv");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    // No field of this file is quoted.
    let mut lines = text.lines().map(|line| line.split(',').map(String::from).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let mut rows: Vec<Vec<String>> = lines.collect();
    let day = header.iter().position(|name| name == "Inspection_Date").unwrap();
    rows.sort_by(|a, b| (&a[day], &a[0]).cmp(&(&b[day], &b[0])));
    assert!(rows.len() > 1000 && rows.iter().all(|row| row.len() == header.len()));
    let column = |at: usize| rows.iter().map(|row| row[at].clone()).collect();
    header.iter().enumerate().map(|(at, name)| (name.clone(), column(at))).collect()
}

/// A day as a number that rises with it; months of 31 days serve where only order matters.
fn day(date: &str) -> i64 {
    let part = |range| date.get(range).and_then(|digits: &str| digits.parse::<i64>().ok()).unwrap();
    (part(0..4) * 12 + part(5..7)) * 31 + part(8..10)
}

#[test]
fn real_inspections_are_ordered_better_than_they_came() {
    let file = file();
    let words = |name: &str| file[name].iter().map(String::as_str).collect::<Vec<_>>();
    let numbers =
        |name: &str| -> Vec<f64> { file[name].iter().map(|cell| cell.parse().unwrap()).collect() };
    let days: Vec<i64> = file["Inspection_Date"].iter().map(|date| day(date)).collect();
    let found: Vec<bool> = numbers("criticalFound").iter().map(|&v| v > 0.0).collect();
    let ids: Vec<u64> = file["Inspection_ID"].iter().map(|id| id.parse().unwrap()).collect();
    let (subject, inspector) = (words("License"), words("Inspector_Assigned"));
    let (critical, serious, minor) =
        (numbers("criticalCount"), numbers("seriousCount"), numbers("minorCount"));
    let n = days.len();
    let split = (0..n).find(|&i| i > n * 3 / 4 && days[i] > days[i - 1]).unwrap();
    let severity: Vec<f64> =
        (0..split).map(|i| 2.0 * critical[i] + 0.5 * serious[i] + 0.15 * minor[i]).collect();
    let record = Record::new(
        PastVisits {
            subject: &subject[..split],
            day: &days[..split],
            inspector: &inspector[..split],
            severity: &severity,
        },
        4.0,
    )
    .unwrap();
    let table = Table::new(vec![
        Column::numeric("past critical", numbers("pastCritical")),
        Column::numeric("past serious", numbers("pastSerious")),
        Column::numeric("past minor", numbers("pastMinor")),
        Column::numeric("record", record.all_before(&subject, &days).unwrap()),
        Column::numeric("temperature", numbers("temperatureMax")),
        Column::numeric("latitude", numbers("lat")).only(Part::Trees),
        Column::category("risk", words("risk")),
        Column::category("facility", words("Facility_Type")),
    ])
    .unwrap();
    let train = table.select(&(0..split).collect::<Vec<_>>()).unwrap();
    let test = table.select(&(split..n).collect::<Vec<_>>()).unwrap();
    let fit = |inspector: &[&str]| {
        let visits =
            Visits { table: &train, found: &found[..split], day: &days[..split], inspector };
        Priority::fit(&visits, &quick()).unwrap()
    };
    let model = fit(&inspector[..split]);
    let own = model.own_risk(&test).unwrap();
    let with = model.with_inspector(&test, &inspector[split..]).unwrap();
    let gain =
        |scores: &[f64]| gain(scores, &ids[split..], &days[split..], &found[split..]).unwrap();
    let (own_gain, with_gain) = (gain(&own), gain(&with));
    assert!(own_gain.auc > 0.54 && own_gain.days_earlier > 0.0, "{own_gain:?}");
    assert!(with_gain.auc > 0.64 && with_gain.first_half > 0.6, "{with_gain:?}");

    // The inspectors' report accounts for every visit, and somebody stands out.
    let departures = model.departures();
    assert_eq!(departures.iter().map(|d| d.visits).sum::<usize>(), split);
    assert!(departures.iter().any(|d| d.stands_out()));
    let expected: f64 = departures.iter().map(|d| d.expected).sum();
    assert!((50.0..split as f64 / 2.0).contains(&expected));

    // Renamed inspectors, the same own risk.
    let renamed: Vec<String> = inspector.iter().map(|name| name.chars().rev().collect()).collect();
    let renamed: Vec<&str> = renamed.iter().map(String::as_str).collect();
    let again = fit(&renamed[..split]);
    assert_eq!(bits(&own), bits(&again.own_risk(&test).unwrap()));
}
