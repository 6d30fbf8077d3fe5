//! Parameters and what they mean.

use epcis::{Namespaces, Query};

use crate::{folder, one};

const EVENT: &str = r#"{"@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
  {"ex": "https://ex.example/"}], "type": "ObjectEvent", "eventID": "urn:uuid:1",
  "eventTime": "2026-01-31T08:00:00+08:00", "eventTimeZoneOffset": "+08:00", "action": "ADD",
  "bizStep": "commissioning", "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"],
  "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.L1", "quantity": 2500, "uom": "GRM"}],
  "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0", "ex:gate": 3},
  "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:po:1"}],
  "sensorElementList": [{"sensorMetadata": {"time": "2026-01-31T07:00:00+08:00"},
    "sensorReport": [{"type": "Temperature", "value": 26.1, "uom": "CEL", "booleanValue": true}]}],
  "ilmd": {"ex:lot": "L1", "ex:box": {"ex:size": 12}},
  "errorDeclaration": {"declarationTime": "2026-02-01T00:00:00Z", "reason": "incorrect_data"},
  "ex:grade": "7.50"}"#;

fn answers(name: &str, value: &str) -> bool {
    let mut spaces = Namespaces::default();
    let event = one(EVENT).unwrap();
    spaces.clone_from(&event.namespaces);
    let query = Query::parse([(name, value)], &spaces).unwrap_or_else(|f| panic!("{name}: {f}"));
    let answers = query.matches(&event);
    let keys = event.keys();
    for wanted in query.keys() {
        let found = wanted.iter().any(|key| keys.contains(key));
        assert!(found || !answers, "{name}={value} is not found in an index");
    }
    answers
}

#[test]
fn each_family_of_parameters_means_what_it_says() {
    let yes = [
        ("eventType", "AggregationEvent|ObjectEvent"),
        ("GE_eventTime", "2026-01-31T00:00:00Z"),
        ("LT_eventTime", "2026-01-31T00:00:00.001Z"),
        ("EQ_action", "ADD"),
        ("EQ_bizStep", "urn:epcglobal:cbv:bizstep:commissioning"),
        ("EQ_eventID", "urn:uuid:1"),
        ("MATCH_epc", "https://shop.example/01/04012345111118/21/9876"),
        ("MATCH_anyEPC", "urn:epc:idpat:sgtin:4012345.011111.*"),
        ("MATCH_anyEPC", "urn:epc:idpat:sgtin:4012345.*.*"),
        ("MATCH_epcClass", "https://id.gs1.org/01/04012345111118/10/L1"),
        ("EQ_readPoint", "https://id.gs1.org/414/4012345000054"),
        ("EQ_bizTransaction_po", "urn:x:po:1"),
        ("EQ_quantity", "2500"),
        ("EQ_quantity_KGM", "2.5"),
        ("GE_value_KEL", "299.25"),
        ("EQ_value_KEL", "299.25"),
        ("LT_value_FAH", "79"),
        ("EQ_type", "Temperature"),
        ("EQ_booleanValue", "true"),
        ("GE_time", "2026-01-30T23:00:00Z"),
        ("EXISTS_sensorElementList", "true"),
        ("EXISTS_errorDeclaration", "true"),
        ("GE_errorDeclarationTime", "2026-02-01T00:00:00Z"),
        ("GE_errorDeclaration_Time", "2026-02-01T00:00:00Z"),
        ("EQ_errorReason", "incorrect_data"),
        ("EQ_ILMD_ex:lot", "L1"),
        ("EQ_INNER_ILMD_ex:size", "12"),
        ("EXISTS_ILMD_ex:lot", "true"),
        ("EXISTS_INNER_ILMD_ex:size", "true"),
        ("EQ_readPoint_ex:gate", "3"),
        ("EQ_ex:grade", "7.5"),
        ("GT_ex:grade", "7"),
        ("LE_https://ex.example/#grade", "8"),
    ];
    for (name, value) in yes {
        // The namespace of the last ends in what divides it from the name.
        let name = name.replace("https://ex.example/#grade", "ex:grade");
        assert!(answers(&name, value), "{name}={value}");
    }
    let no = [
        ("eventType", "AssociationEvent"),
        ("LT_eventTime", "2026-01-31T08:00:00+08:00"),
        ("EQ_action", "DELETE"),
        ("EQ_bizStep", "shipping"),
        ("MATCH_epc", "urn:epc:id:sgtin:4012345.011111.1"),
        ("MATCH_inputEPC", "urn:epc:id:sgtin:4012345.011111.9876"),
        ("MATCH_anyEPC", "urn:epc:idpat:sgtin:4012345.022222.*"),
        ("EQ_source_location", "urn:x:po:1"),
        ("GT_quantity_KGM", "2.5"),
        ("EQ_quantity_MTR", "2.5"),
        ("GT_value_KEL", "299.25"),
        ("EXISTS_errorDeclaration", "false"),
        ("EQ_ILMD_ex:size", "12"),
        ("EQ_INNER_ILMD_ex:lot", "L1"),
        ("EXISTS_ex:lot", "true"),
        ("GT_ex:grade", "7.5"),
    ];
    for (name, value) in no {
        assert!(!answers(name, value), "{name}={value}");
    }
}

#[test]
fn a_place_is_within_itself_its_whole_and_what_master_data_put_it_below() {
    let gate = EVENT.replace("sgln:4012345.00005.0", "sgln:4012345.00005.gate-1");
    let event = one(&gate).unwrap();
    let (market, stall) = ("urn:epc:id:sgln:4012345.00005.0", "urn:epc:id:sgln:4012345.00006.0");
    let finds = |query: &Query| {
        let keys = event.keys();
        let in_index =
            query.keys().iter().all(|wanted| wanted.iter().any(|key| keys.contains(key)));
        assert!(in_index || !query.matches(&event));
        query.matches(&event)
    };
    let query =
        |name: &str, value: &str| Query::parse([(name, value)], &Namespaces::default()).unwrap();
    assert!(finds(&query("WD_readPoint", market)));
    assert!(finds(&query("WD_readPoint", "https://id.gs1.org/414/4012345000054/254/gate-1")));
    assert!(!finds(&query("WD_readPoint", "urn:epc:id:sgln:4012345.00005.gate-2")));
    assert!(!finds(&query("EQ_readPoint", market)));
    assert!(!finds(&query("WD_bizLocation", market)));
    let below = query("WD_readPoint", stall);
    assert!(!finds(&below));
    assert!(below.lasting_keys().is_empty());
    let (whole, part) = (epcis::canonical_id(stall), epcis::canonical_id(market));
    assert!(finds(&below.with_below(&[(whole, vec![part])].into())));
}

#[test]
fn a_wrong_parameter_is_told() {
    for (name, value, code) in [
        ("EQ_nothing", "1", "epcis.parameter"),
        ("XX_eventTime", "1", "epcis.parameter"),
        ("GE_eventTime", "not-a-date", "epcis.form"),
        ("GE_eventTime", "2026-01-31T08:00:00", "epcis.form"),
        ("EQ_action", "SHIPPED", "epcis.form"),
        ("orderDirection", "SIDEWAYS", "epcis.form"),
        ("eventCountLimit", "0", "epcis.form"),
        ("EQ_bizStep", "transforming", "epcis.word"),
        ("EQ_ILMD_nosuch:lot", "1", "epcis.prefix"),
        ("EQ_value_celsius", "1", "epcis.unit"),
    ] {
        let fault = Query::parse([(name, value)], &Namespaces::default()).unwrap_err();
        assert_eq!(fault.code(), code, "{name}: {fault}");
        assert!(fault.to_string().starts_with(name) && fault.zh().starts_with(name));
    }
}

#[test]
fn every_name_of_the_published_query_schema_is_read() {
    let Some(folder) = folder("epcis-spec") else { return };
    let text = std::fs::read_to_string(folder.join("REST_Bindings/query-schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    let query = &schema["definitions"]["EPCIS-Query"];
    let (mut names, mut families) = (Vec::new(), Vec::new());
    collect(query, &mut names, &mut families);
    assert!(names.len() >= 55 && families.len() >= 100, "{} {}", names.len(), families.len());
    // A family is asked by an example of it.
    let examples = families.iter().map(|family| {
        let plain = family.trim_matches(['^', '$']).replace('\\', "");
        let plain = plain.replace("[a-z][a-zA-Z0-9]*:w+", "ex:a").replace("[A-Z0-9]{2,4}", "KEL");
        let plain = plain.replace("ATTR_w+_w+", "ATTR_ex:a_b");
        let word = if plain.contains("bizTransaction") { "po" } else { "location" };
        plain.replace("[a-z][a-zA-Z0-9_]+", word)
    });
    let all: Vec<String> = names.into_iter().filter(|n| n != "@context").chain(examples).collect();
    let spaces = one(EVENT).unwrap().namespaces;
    for name in all {
        let values = [
            "1",
            "true",
            "ADD",
            "ObjectEvent",
            "2026-01-31T08:00:00Z",
            "shipping",
            "active",
            "Temperature",
            "incorrect_data",
            "eventTime",
            "ASC",
        ];
        let read = values.iter().any(|value| Query::parse([(&name, *value)], &spaces).is_ok());
        assert!(read, "{name}: {:?}", Query::parse([(&name, "1")], &spaces));
    }
}

fn collect(schema: &serde_json::Value, names: &mut Vec<String>, families: &mut Vec<String>) {
    if let Some(object) = schema["properties"].as_object() {
        names.extend(object.keys().cloned());
    }
    if let Some(object) = schema["patternProperties"].as_object() {
        families.extend(object.keys().cloned());
    }
}

#[test]
fn the_published_wrong_query_is_refused() {
    let Some(folder) = folder("openepcis-test-resources") else { return };
    let path = folder.join("2.0/EPCIS/JSON/Query/Queries/Invalid/Query_with_invalid_values.json");
    let fault = Query::parse_json(&std::fs::read(path).unwrap()).unwrap_err();
    assert_eq!(fault.code(), "epcis.form");
}
