//! Facts from elsewhere fit the kinds of this pack: real foreign alerts and real inspections.

use std::collections::{BTreeMap, BTreeSet};

use clock::Date;
use pack::{CodeList, FieldType, Kind, Pack};

/// The values that a row gives to the fields of a kind: one text, or several of a list.
type Values = BTreeMap<&'static str, Vec<String>>;

/// What keeps values from being a record of a kind on a day.
fn refusals(pack: &Pack, kind: &Kind, values: &Values, on: Date) -> Vec<String> {
    let mut refused = Vec::new();
    for (name, texts) in values {
        match kind.field(name) {
            None => refused.push(format!("no field {name}")),
            Some(field) => {
                let bad = texts.iter().filter(|text| !fits(pack, &field.field_type, text, on));
                refused.extend(bad.map(|text| format!("{name}: {text}")));
            }
        }
    }
    let missing =
        kind.fields.iter().filter(|f| f.required && !values.contains_key(f.name.as_str()));
    refused.extend(missing.map(|field| format!("{} is missing", field.name)));
    refused
}

fn fits(pack: &Pack, of: &FieldType, text: &str, on: Date) -> bool {
    match of {
        FieldType::Text { max } => text.chars().count() <= *max as usize,
        FieldType::Integer => text.parse::<i64>().is_ok(),
        FieldType::Decimal => text.parse::<f64>().is_ok_and(f64::is_finite),
        FieldType::Boolean => matches!(text, "true" | "false"),
        FieldType::Date => text.parse::<Date>().is_ok(),
        FieldType::Code { list } => pack.list(list).is_some_and(|list| list.has(text, on)),
        FieldType::List(of) => fits(pack, of, text, on),
        _ => false,
    }
}

fn rows(path: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(testkit::testdata().join(path)).unwrap();
    let rows: Vec<_> = reader.deserialize().map(Result::unwrap).collect();
    assert!(rows.len() > 30, "{path}");
    rows
}

/// The code of a list that a source means.
fn code(list: &CodeList, text: &str, on: Date) -> String {
    list.find(text, on).unwrap_or_else(|| panic!("{}: {text}", list.id)).code.clone()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

#[test]
fn every_foreign_alert_fits_and_only_doubles_are_doubled() {
    let pack = Pack::load(testkit::hubei_pack()).unwrap();
    let kind = pack.kind("foreign-alert").unwrap();
    assert_eq!(kind.unique, ["system", "reference_no"]);
    let rows = rows("alerts/rasff.csv");
    let mut references = BTreeSet::new();
    for row in &rows {
        let on: Date = row["date"].parse().unwrap();
        let list = |id: &str| pack.list(id).unwrap();
        let countries = |text: &str| parts(text).map(|c| code(list("country"), c, on)).collect();
        let one = |text: String| vec![text];
        let mut values: Values = BTreeMap::from([
            ("system", one("rasff".to_owned())),
            ("reference_no", one(row["reference"].clone())),
            ("notified_on", one(row["date"].clone())),
            ("category", one(row["category"].clone())),
            ("product_category", one(code(list("product-category"), &row["category"], on))),
            ("subject_type", one(code(list("alert-subject"), &row["type"], on))),
            ("country", countries(&row["notifying_country"])),
            ("classification", one(code(list("alert-classification"), &row["classification"], on))),
            ("risk", one(code(list("alert-risk"), &row["risk_decision"], on))),
            ("origins", countries(&row["origin"])),
            ("distribution", countries(&row["distribution"])),
            ("hazards", parts(&row["hazards"]).map(str::to_owned).collect()),
        ]);
        values.retain(|_, texts| !texts.is_empty());
        assert_eq!(values["country"].len(), 1);
        assert_eq!(refusals(&pack, kind, &values, on), [""; 0], "{}", row["reference"]);
        let goods = format!("rasff:{}@{}", row["category"], row["origin"]);
        let found = pack.identify("goods", &goods, Some(on)).unwrap();
        assert_eq!((found.subject.as_str(), found.scheme.as_str()), ("goods", "rasff"));
        assert_eq!(found.canonical, goods);
        references.insert(row["reference"].clone());
    }
    if rows.len() > 1000 {
        assert_eq!((rows.len(), references.len()), (6_599, 6_574));
    }
}

#[test]
fn every_inspection_of_chicago_fits() {
    let pack = Pack::load(testkit::hubei_pack()).unwrap();
    let kind = pack.kind("inspection").unwrap();
    let known_before = [
        "ageAtInspection",
        "consumption_on_premises_incidental_activity",
        "tobacco_retail_over_counter",
        "heat_burglary",
        "heat_garbage",
        "heat_sanitation",
        "precipIntensity",
        "temperatureMax",
        "windSpeed",
        "humidity",
        "pastFail",
        "pastCritical",
        "pastSerious",
        "pastMinor",
        "timeSinceLast",
        "firstRecord",
    ];
    let FieldType::Table { columns } = &kind.field("circumstances").unwrap().field_type else {
        panic!("circumstances is a table")
    };
    for row in rows("inspections/chicago-canvass.csv") {
        let on: Date = row["Inspection_Date"].parse().unwrap();
        let coded = |list: &str, column: &str| code(pack.list(list).unwrap(), &row[column], on);
        let one = |text: &str| vec![text.to_owned()];
        let values: Values = BTreeMap::from([
            ("inspection_no", one(&row["Inspection_ID"])),
            ("inspected_on", one(&row["Inspection_Date"])),
            ("sort", one("daily")),
            ("business_format", vec![coded("business-format", "Facility_Type")]),
            ("risk_class", vec![coded("risk-class", "risk")]),
            ("result", vec![coded("inspection-result", "result")]),
            ("critical_count", one(&row["criticalCount"])),
            ("serious_count", one(&row["seriousCount"])),
            ("minor_count", one(&row["minorCount"])),
            ("latitude", one(&row["lat"])),
            ("longitude", one(&row["lon"])),
            ("postcode", one(&row["zip"])),
            ("country", one("US")),
        ]);
        assert_eq!(refusals(&pack, kind, &values, on), [""; 0], "{}", row["Inspection_ID"]);
        for factor in known_before {
            assert!(fits(&pack, &columns[0].field_type, factor, on), "{factor}");
            assert!(fits(&pack, &columns[1].field_type, &row[factor], on), "{factor}");
        }
        let inspected = format!("chicago-license:{}", row["License"]);
        let found = pack.identify("inspected", &inspected, Some(on)).unwrap();
        assert_eq!((found.subject.as_str(), found.canonical), ("organization", inspected));
        let officer = format!("chicago-inspector:{}", row["Inspector_Assigned"]);
        assert_eq!(pack.identify("officer", &officer, Some(on)).unwrap().subject, "person");
    }
}
