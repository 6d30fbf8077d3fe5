//! The real tables, whole as far as they are there, and tables with faults.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use model::Draft;
use pack::Pack;
use serde_json::{Value, json};

use super::*;

fn hubei() -> &'static Pack {
    static PACK: OnceLock<Pack> = OnceLock::new();
    PACK.get_or_init(|| Pack::load(testkit::hubei_pack()).unwrap())
}

struct Converted {
    lines: Vec<String>,
    told: Vec<String>,
    tally: Tally,
}

fn converted(source: &Source, table: &[u8]) -> Result<Converted, String> {
    let (mut out, mut told) = (Vec::new(), Vec::new());
    let tally = convert(source, hubei(), table, &mut out, &mut |line| told.push(line.to_owned()))?;
    let lines: Vec<_> = String::from_utf8(out).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(tally.written, lines.len() as u64);
    Ok(Converted { lines, told, tally })
}

fn table(source: &Source) -> Vec<u8> {
    std::fs::read(testkit::testdata().join(source.file)).unwrap()
}

/// The drafts of a whole table, each of which is taken as it is.
fn drafts(source: &Source, table: &[u8]) -> Vec<Draft> {
    let Converted { lines, told, tally } = converted(source, table).unwrap();
    assert_eq!(told, [""; 0]);
    let read = tally.read;
    assert_eq!(tally, Tally { read, written: read, faults: 0 });
    assert!(read > 30);
    let drafts: Vec<Draft> =
        lines.iter().map(|line| Draft::parse(line.as_bytes()).unwrap()).collect();
    let ids: BTreeSet<_> = drafts.iter().map(|draft| draft.id.unwrap()).collect();
    assert_eq!(ids.len(), drafts.len());
    for draft in &drafts {
        assert_eq!((draft.region.as_str(), &draft.office), ("none", &None));
        assert_eq!((draft.kind.as_str(), draft.source.as_str()), (source.kind, source.dataset));
        no_value_is_empty(&Value::Object(draft.open.clone()));
        // 04:00 UTC, so that the first ten characters are the day of the row.
        let day = draft.valid_at.to_string()[..10].parse().unwrap();
        let payload = json!({ "open": draft.open });
        let faults = hubei().payload_faults(&draft.kind, day, &payload).unwrap();
        assert!(faults.is_empty(), "{faults:?}: {payload}");
    }
    drafts
}

fn no_value_is_empty(value: &Value) {
    match value {
        Value::Null => panic!("null"),
        Value::String(text) => assert!(!text.is_empty()),
        Value::Array(entries) => {
            assert!(!entries.is_empty());
            entries.iter().for_each(no_value_is_empty);
        }
        Value::Object(members) => {
            assert!(!members.is_empty());
            members.values().for_each(no_value_is_empty);
        }
        _ => {}
    }
}

const RASFF_HEADER: &str = "reference,date,category,type,notifying_country,classification,risk_decision,origin,distribution,hazards\n";

fn rasff(rows: &str) -> Converted {
    converted(&RASFF, format!("{RASFF_HEADER}{rows}").as_bytes()).unwrap()
}

#[test]
fn rows_of_alerts_become_these_lines() {
    let converted = rasff(concat!(
        "2024.0006,2024-01-02,\"nuts, nut products and seeds\",food,Italy,border rejection notification,serious,Türkiye,,\"Aflatoxin B1,aflatoxin total\"\n",
        "2024.1,2024-02-03,feed materials,feed,Germany,alert notification,no risk,\"China,\u{20}Germany\",\"Austria,Bonaire, Sint Eustatius and Saba\",\"2,4-D\"\n",
        "2024.2,2024-02-03,wine,food,Germany,alert notification,no risk,,,\n",
    ));
    assert_eq!(converted.told, [""; 0]);
    assert_eq!(
        converted.lines,
        [
            r#"{"id":"018cc854-0a00-7f54-b6ef-cb868f32d402","kind":"foreign-alert","open":{"category":"nuts, nut products and seeds","classification":"border-rejection","country":"IT","from_china":false,"hazards":["Aflatoxin B1","aflatoxin total"],"notified_on":"2024-01-02","origins":["TR"],"product_category":"nuts","reference_no":"2024.0006","risk":"serious","subject_type":"food","system":"rasff"},"region":"none","source":"rasff","subjects":[{"id":"rasff:nuts, nut products and seeds@Türkiye","role":"goods"}],"valid_at":"2024-01-02T12:00:00+08:00"}"#,
            r#"{"id":"018d6d1f-8a00-7215-b536-69c7f2d09571","kind":"foreign-alert","open":{"category":"feed materials","classification":"alert","country":"DE","distribution":["AT","BQ"],"from_china":true,"hazards":["2,4-D"],"notified_on":"2024-02-03","origins":["CN","DE"],"product_category":"feed","reference_no":"2024.1","risk":"none","subject_type":"feed","system":"rasff"},"region":"none","source":"rasff","subjects":[{"id":"rasff:feed materials@China, Germany","role":"goods"}],"valid_at":"2024-02-03T12:00:00+08:00"}"#,
            r#"{"id":"018d6d1f-8a00-7cca-91fc-4a813845e040","kind":"foreign-alert","open":{"category":"wine","classification":"alert","country":"DE","notified_on":"2024-02-03","product_category":"liquor","reference_no":"2024.2","risk":"none","subject_type":"food","system":"rasff"},"region":"none","source":"rasff","subjects":[{"id":"rasff:wine@","role":"goods"}],"valid_at":"2024-02-03T12:00:00+08:00"}"#,
        ]
    );
}

#[test]
fn from_china_is_left_out_where_nobody_knows() {
    let row = |origin: &str| {
        let rest = "alert notification,no risk";
        let converted = rasff(&format!("1,2024-02-03,wine,food,Italy,{rest},\"{origin}\",,\n"));
        Draft::parse(converted.lines[0].as_bytes()).unwrap().open.get("from_china").cloned()
    };
    assert_eq!(row("Chile"), Some(Value::Bool(false)));
    assert_eq!(row("Chile,China"), Some(Value::Bool(true)));
    assert_eq!(row("unknown origin,China"), Some(Value::Bool(true)));
    assert_eq!(row("unknown origin,Chile"), None);
    assert_eq!(row(""), None);
}

#[test]
fn every_alert_becomes_a_draft() {
    let table = table(&RASFF);
    let drafts = drafts(&RASFF, &table);
    assert_eq!(drafts, self::drafts(&RASFF, &table), "twice the same");
    let key = |draft: &Draft| (draft.open["system"].clone(), draft.open["reference_no"].clone());
    let keys: BTreeSet<_> = drafts.iter().map(|draft| format!("{:?}", key(draft))).collect();
    if drafts.len() > 1000 {
        assert_eq!((drafts.len(), keys.len()), (6_599, 6_574));
    }
}

#[test]
fn rows_of_inspections_become_these_lines() {
    let table = concat!(
        "Inspection_ID,License,Inspection_Date,Facility_Type,risk,zip,lat,lon,heat_garbage,precipIntensity,result,criticalCount,seriousCount,minorCount,criticalFound,firstRecord,Inspector_Assigned\n",
        "269961,30790,2013-01-31,Grocery_Store,Risk 3 (Low),60657,41.9434,-87.645,12.7686,5e-04,Pass,0,0,2,0,1,green\n",
        "269962,30791,2013-01-31,Restaurant,Risk 1 (High),,,,,,Pass w/ Conditions,2,0,0,1,,\n",
    );
    let converted = converted(&CHICAGO, table.as_bytes()).unwrap();
    assert_eq!(converted.told, [""; 0]);
    assert_eq!(
        converted.lines,
        [
            r#"{"id":"013c8ec2-da00-73ff-bbd1-843eb7586db4","kind":"inspection","open":{"business_format":"grocery","circumstances":[{"factor":"heat_garbage","value":12.7686},{"factor":"precipIntensity","value":0.0005},{"factor":"firstRecord","value":1}],"country":"US","critical_count":0,"inspected_on":"2013-01-31","inspection_no":"269961","latitude":41.9434,"longitude":-87.645,"minor_count":2,"postcode":"60657","result":"pass","risk_class":"low","serious_count":0,"sort":"daily"},"region":"none","source":"chicago-food-inspections","subjects":[{"id":"chicago-license:30790","role":"inspected"},{"id":"person:chicago-green","role":"officer"}],"valid_at":"2013-01-31T12:00:00+08:00"}"#,
            r#"{"id":"013c8ec2-da00-7207-a4f5-72af21e8959e","kind":"inspection","open":{"business_format":"restaurant","country":"US","critical_count":2,"inspected_on":"2013-01-31","inspection_no":"269962","minor_count":0,"result":"conditional","risk_class":"high","serious_count":0,"sort":"daily"},"region":"none","source":"chicago-food-inspections","subjects":[{"id":"chicago-license:30791","role":"inspected"}],"valid_at":"2013-01-31T12:00:00+08:00"}"#,
        ]
    );
}

#[test]
fn every_inspection_becomes_a_draft_with_its_numbers_as_they_were() {
    let table = table(&CHICAGO);
    let drafts = drafts(&CHICAGO, &table);
    let mut reader = csv::Reader::from_reader(table.as_slice());
    let header = reader.headers().unwrap().clone();
    let mut numbers = BTreeSet::new();
    for (record, draft) in reader.records().map(Result::unwrap).zip(&drafts) {
        let at = |column: &str| record.get(header.iter().position(|h| h == column).unwrap());
        let same = |number: &Value, column: &str| {
            let (was, is) = (at(column).unwrap(), number.to_string());
            let (was_number, is_number): (f64, f64) = (was.parse().unwrap(), is.parse().unwrap());
            assert!(was == is || (was.contains('e') && was_number == is_number), "{was} {is}");
        };
        same(&draft.open["latitude"], "lat");
        same(&draft.open["longitude"], "lon");
        let circumstances = draft.open["circumstances"].as_array().unwrap();
        assert_eq!(circumstances.len() + CHICAGO.columns.len(), header.len());
        for entry in circumstances {
            same(&entry["value"], entry["factor"].as_str().unwrap());
        }
        numbers.insert(draft.open["inspection_no"].to_string());
    }
    assert_eq!(numbers.len(), drafts.len());
    if drafts.len() > 2_000 {
        assert_eq!(drafts.len(), 17_075);
    }
}

#[test]
fn a_fault_says_row_column_value_and_what_to_do_and_the_others_go_on() {
    let rest = "food,Italy,alert notification,serious";
    let long = "x".repeat(201);
    let converted = rasff(&format!(
        "1,2024-02-03,wine,{rest},Freedonia,,\n\
         2,2024-02-30,wine,{rest},Italy,,\n\
         3,2024-02-03,wine,{rest},Italy,\n\
         4,2024-02-03,wine,{rest},Italy,,\n\
         ,2024-02-03,wine,{rest},Italy,,\n\
         6,2024-02-03,{long},{rest},Italy,,\n"
    ));
    assert_eq!(converted.lines.len(), 1);
    assert!(converted.lines[0].contains(r#""reference_no":"4""#));
    let told: Vec<&str> = converted.told.iter().map(String::as_str).collect();
    assert_eq!(
        told[0],
        "row 1 (line 2), origin \"Freedonia\": the list country has no code for it on 2024-02-03; \
         add it to the aliases of its code in the pack's lists/, or mend the row"
    );
    assert!(told[1].starts_with("row 2 (line 3), date \"2024-02-30\": "), "{}", told[1]);
    assert!(told[2].starts_with("row 3: "), "{}", told[2]);
    assert!(told[3].starts_with("row 5 (line 6), reference_no \"\": nothing for"), "{}", told[3]);
    // Too long for a subject, too long for the field, and no category.
    assert_eq!(told[4..].iter().filter(|line| line.starts_with("row 6 (line 7), ")).count(), 3);
    assert_eq!(converted.tally, Tally { read: 6, written: 1, faults: 7 });
}

#[test]
fn what_is_found_must_be_counted() {
    let table = String::from_utf8(table(&CHICAGO)).unwrap();
    let mut lines = table.lines();
    let (header, row) = (lines.next().unwrap(), lines.next().unwrap());
    let at = header.split(',').position(|column| column == "criticalFound").unwrap();
    let mut cells: Vec<&str> = row.split(',').collect();
    cells[at] = if cells[at] == "1" { "0" } else { "1" };
    let converted = converted(&CHICAGO, format!("{header}\n{}\n", cells.join(",")).as_bytes());
    let told = converted.unwrap().told;
    assert!(told.len() == 1 && told[0].contains("criticalFound"), "{told:?}");
}

#[test]
fn a_header_that_is_not_the_source_s_is_refused() {
    let refused = |source: &Source, header: &str| {
        converted(source, header.as_bytes()).map(|converted| converted.tally).unwrap_err()
    };
    assert!(refused(&RASFF, "").starts_with("the header has no column reference"));
    let more = RASFF_HEADER.replace("hazards", "hazards,subject");
    assert!(refused(&RASFF, &more).contains("\"subject\" belongs"));
    let twice = RASFF_HEADER.replace("hazards", "hazards,date");
    assert!(refused(&RASFF, &twice).contains("\"date\" twice"));
    assert!(refused(&CHICAGO, RASFF_HEADER).starts_with("the header has no column Inspection_ID"));
}
