//! Where places are, as a kind says, and the points that stand in for them.

use pack::{Datum, FaultCode, Language, Pack};

/// The files of Hubei with something replaced; nothing replaced: appended.
fn with(path: &str, old: &str, new: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = testkit::hubei_pack();
    let (_, bytes) = files.iter_mut().find(|(own, _)| own == path).unwrap();
    let mut text = String::from_utf8(std::mem::take(bytes)).unwrap();
    if old.is_empty() {
        text.push_str(new);
    } else {
        assert!(text.contains(old), "{path}: {old}");
        text = text.replacen(old, new, 1);
    }
    *bytes = text.into_bytes();
    files
}

#[test]
fn a_place_says_where_it_is_and_how_fast_goods_travel() {
    let pack = Pack::load(testkit::hubei_pack()).unwrap();
    let position = pack.kind("place").unwrap().tracing.position.as_ref().unwrap();
    assert_eq!((position.of.as_str(), position.datum), ("place", Datum::Cgcs2000));
    assert!(position.division);
    let day = "2026-11-27".parse().unwrap();
    for (id, unit) in [(&position.fastest, "km_per_hour"), (&position.slack, "minute")] {
        let version = pack.parameter(id).and_then(|parameter| parameter.on(day)).unwrap();
        assert!(version.unit == unit && version.amount() > Some(0), "{id}");
        // It says of itself that no law fixes it.
        assert!(version.law.contains("选定"), "{id}");
    }
    // Every division of today below the province has its point.
    let divisions = pack.tables().divisions.all().filter(|division| division.in_force.holds(day));
    for division in divisions.filter(|division| division.code != "420000") {
        let centre = pack.centre(&division.code).unwrap_or_else(|| panic!("{}", division.code));
        assert!((28_500_000..33_500_000).contains(&centre.latitude), "{}", division.code);
        assert!((108_000_000..116_500_000).contains(&centre.longitude), "{}", division.code);
        assert!((2_000..200_000).contains(&centre.reach), "{}", division.code);
    }
}

#[test]
fn what_cannot_be_is_told_with_its_line() {
    let kind = "kinds/place.toml";
    for (path, old, new, code, said) in [
        (kind, "of = \"place\"", "of = \"operator\"", FaultCode::Contradiction, "one subject has"),
        (
            kind,
            "latitude = \"latitude\"",
            "latitude = \"address\"",
            FaultCode::Contradiction,
            "no field of such degrees",
        ),
        (
            kind,
            "longitude = \"longitude\"",
            "longitude = \"latitude\"",
            FaultCode::Contradiction,
            "longitude of place",
        ),
        (kind, "\"CGCS2000\"", "\"GCJ-02\"", FaultCode::BadValue, "none of the words"),
        (kind, "datum = \"CGCS2000\"\n", "", FaultCode::MissingKey, "no datum"),
        (
            kind,
            "\"trace.fastest\"",
            "\"trace.fast\"",
            FaultCode::UnknownName,
            "the parameter of law trace.fast,",
        ),
        (
            kind,
            "fastest = \"trace.fastest\"",
            "fastest = \"trace.clock_slack\"",
            FaultCode::Contradiction,
            "which is 10 minute",
        ),
        (
            "law/trace.toml",
            "value = 300",
            "value = 0",
            FaultCode::Contradiction,
            "names trace.fastest, which is 0",
        ),
        (kind, "division = true", "division = true\nfar = 1", FaultCode::UnknownKey, "a key far"),
        (
            "centres.csv",
            "420106,30.5544,",
            "420106,95.5,",
            FaultCode::BadValue,
            "95.5 in the column latitude",
        ),
        ("centres.csv", ",WGS84,20,", ",WGS48,20,", FaultCode::BadValue, "WGS48 is no datum"),
        (
            "centres.csv",
            ",WGS84,20,",
            ",WGS84,-1,",
            FaultCode::BadValue,
            "-1 in the column reach_km",
        ),
        (
            "centres.csv",
            "",
            "420106,30.5,114.3,WGS84,20,again\n",
            FaultCode::Duplicate,
            "420106 stands twice",
        ),
        (
            "centres.csv",
            "",
            "999999,30.5,114.3,WGS84,20,nowhere\n",
            FaultCode::UnknownName,
            "the division 999999",
        ),
    ] {
        let faults = Pack::load(with(path, old, new)).unwrap_err();
        let fault = faults.0.iter().find(|fault| fault.what.contains(said));
        let fault = fault.unwrap_or_else(|| panic!("{said}: {faults}"));
        assert_eq!(fault.code, code, "{fault}");
        assert!(fault.line > 1 && !fault.remedy.is_empty(), "{fault}");
    }
    // Where the points are not there, nothing can stand in.
    let mut files = testkit::hubei_pack();
    files.retain(|(path, _)| path != "centres.csv");
    let faults = Pack::load(files).unwrap_err();
    assert!(faults.to_string().contains("lets centres of divisions stand in"), "{faults}");
    let mut files = with("kinds/place.toml", "division = true", "division = false");
    files.retain(|(path, _)| path != "centres.csv");
    assert_eq!(Pack::load(files).unwrap().centre("420106"), None);
}

#[test]
fn a_change_is_told() {
    let old = Pack::load(testkit::hubei_pack()).unwrap();
    let said = |files: Vec<(String, Vec<u8>)>| -> Vec<String> {
        let new = Pack::load(files).unwrap();
        pack::diff(&old, &new).iter().map(|change| change.say(Language::En)).collect()
    };
    let told = said(with("kinds/place.toml", "\"CGCS2000\"", "\"WGS84\""));
    assert!(told.len() == 1 && told[0].contains("(WGS84)"), "{told:?}");
    let told = said(with("kinds/place.toml", "division = true", "division = false"));
    assert!(told.len() == 1 && told[0].contains("else none"), "{told:?}");
    let told = said(with("law/trace.toml", "value = 300", "value = 250"));
    assert!(told.len() == 1 && told[0].contains("from 300 km/h to 250 km/h"), "{told:?}");
    let told = said(with("centres.csv", ",WGS84,20,", ",WGS84,21,"));
    assert!(told.len() == 1 && told[0].contains("centres.csv"), "{told:?}");
}
