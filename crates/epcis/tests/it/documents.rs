//! Every published document is read or refused as it should be.

use std::path::Path;

use crate::{folder, read};

/// Files outside of `Invalid` that are refused all the same, and why.
const REFUSED: &[(&str, &str)] = &[
    // A list written as an object, which the schema refuses too.
    ("JSON-simple-context/Example-TransactionEvents-2020_07_03y.jsonld", "epcis.form"),
    // Answers about jobs, requests to a server and master data by itself: no events.
    ("Example-CaptureJobSuccess.xml", "epcis.document"),
    ("Example-CaptureJobWithErrors.xml", "epcis.document"),
    ("ValidMasterdataElement.xml", "epcis.document"),
    ("GetStandardVersion.xml", "epcis.document"),
    ("GetSubscriptionIDs.xml", "epcis.document"),
    ("Unsubscribe.xml", "epcis.document"),
    // A document type declaration, which may hold an entity bomb and is never read.
    ("XML/WithFullCombinationOfFields/aggregation_event_all_possible_fields.xml", "epcis.unsafe"),
    ("XML/WithFullCombinationOfFields/association_event_all_possible_fields.xml", "epcis.unsafe"),
    ("XML/WithFullCombinationOfFields/object_event_all_possible_fields.xml", "epcis.unsafe"),
    ("XML/WithFullCombinationOfFields/transaction_event_all_possible_fields.xml", "epcis.unsafe"),
    (
        "XML/WithFullCombinationOfFields/transformation_event_all_possible_fields.xml",
        "epcis.unsafe",
    ),
    // A time without seconds, which XML Schema does not know.
    ("1.2/EPCIS/XML/Capture/Documents/TransactionEvent_all_possible_fields.xml", "epcis.form"),
    ("2.0/EPCIS/XML/Query/TransformationEvent_with_error_declaration.xml", "epcis.form"),
    // A disposition that is no word and no URI.
    ("Requests/Request_ObjectEvent_WithMasterdata.json", "epcis.word"),
    // Comments, an unfinished file, and times without a zone.
    ("beef-leather-example/events.jsonld", "epcis.json"),
    ("EPCISQueryDocument_malformed.jsonld", "epcis.missing"),
    ("EPCISQueryDocument_with_masterdata.jsonld", "epcis.form"),
    // Fields without a namespace, and a disposition that is a list.
    ("EPCISQUERYDOCUMENT_advanced_9.jsonld", "epcis.unknown"),
    ("EPCISQUERYDOCUMENT_advanced_10.jsonld", "epcis.unknown"),
    ("EPCISQUERYDOCUMENT_advanced_14.jsonld", "epcis.unknown"),
    ("EPCISQUERYDOCUMENT_advanced_15.jsonld", "epcis.form"),
    ("EPCISQUERYDOCUMENT_advanced_17.jsonld", "epcis.unknown"),
    ("EPCISQUERYDOCUMENT_with_errorDeclarations.jsonld", "epcis.unknown"),
];

fn name(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[test]
fn every_published_document_is_read_or_refused() {
    let (mut files, mut events, mut wrong) = (0, 0, Vec::new());
    for part in
        ["gs1-examples", "openepcis-test-resources", "fastnt-test-resources", "trace-chains-ift"]
    {
        let Some(folder) = folder(part) else { continue };
        for path in testkit::files_under(&folder) {
            let shown = name(&path);
            files += 1;
            let (found, faults, _) = read(&path);
            let refused = REFUSED.iter().find(|(end, _)| shown.ends_with(end));
            let invalid = shown.contains("/Invalid/");
            if invalid || refused.is_some() {
                match faults.first() {
                    None => wrong.push(format!("{shown}: read, {} events", found.len())),
                    Some(fault) => {
                        if let Some((_, code)) = refused
                            && fault.code() != *code
                        {
                            wrong.push(format!("{shown}: {fault}"));
                        }
                    }
                }
                continue;
            }
            events += found.len();
            for read in &found {
                let hash = read.event.hash();
                let json = read.event.to_json();
                let xml = read.event.to_xml();
                for text in [&json, &xml] {
                    match crate::one(text) {
                        Ok(again) if again.hash() != hash => wrong.push(format!(
                            "{shown}: hash of {text}\n{}\n{}",
                            read.event.pre_hash(),
                            again.pre_hash()
                        )),
                        Ok(again) if text == &json && again.to_json() != json => {
                            wrong.push(format!("{shown}: {json}\n{}", again.to_json()))
                        }
                        Ok(again) if text == &xml && again.to_xml() != xml => {
                            wrong.push(format!("{shown}: {xml}\n{}", again.to_xml()))
                        }
                        Ok(_) => {}
                        Err(fault) => wrong.push(format!("{shown}: {fault} in {text}")),
                    }
                }
            }
            if let Some(fault) = faults.first() {
                wrong.push(format!("{shown}: {} {fault}", fault.code()));
            }
        }
    }
    assert!(wrong.is_empty(), "{files} {events}\n{}", wrong.join("\n"));
}

/// What is transacted may be the parent alone: the schema wants a list all the same, which may be empty.
#[test]
fn a_transaction_of_a_parent_alone_is_written_with_its_list() {
    let text = r#"{"@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "TransactionEvent", "eventTime": "2026-01-31T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00", "action": "ADD",
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:po:1"}],
        "parentID": "urn:epc:id:sscc:4012345.1111111111"LISTS}"#;
    let things = r#""epcList": ["urn:epc:id:sgtin:4012345.011111.1"]"#;
    let amounts = r#""quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.012345.1"}]"#;
    for (lists, empty) in [("", 1), (r#", "epcList": []"#, 1), (things, 0), (amounts, 0)] {
        let comma = if lists.is_empty() || lists.starts_with(',') { "" } else { ", " };
        let event = crate::one(&text.replace("LISTS", &format!("{comma}{lists}"))).unwrap();
        let (json, xml) = (event.to_json(), event.to_xml());
        assert_eq!(json.matches(r#""epcList":[]"#).count(), empty, "{json}");
        assert_eq!(xml.matches("<epcList/>").count(), empty, "{xml}");
        for written in [json, xml] {
            let again = crate::one(&written).unwrap();
            assert_eq!((again.hash(), again.parent), (event.hash(), event.parent.clone()));
        }
    }
    // What it says no more, it need not say of nothing.
    let over = text.replace("LISTS", "").replace("\"ADD\"", "\"DELETE\"");
    assert!(!crate::one(&over).unwrap().to_json().contains("epcList"));
}
