//! Every published pair of notations in `trace/digital-link/`.

use codes::Mode;
use codes::gs1::{DigitalLink, Epc, canonical_digital_link};
use serde_json::Value;

/// Words of the CBV are not codes: their pairs are tested with EPCIS events.
const OF_EVENTS: &[&str] =
    &["toCbvVocabulary", "toBareStringVocabulary", "toUrnVocabulary", "toWebURIVocabulary"];

#[test]
fn every_pair_converts_and_canonical_ones_convert_back() {
    let (mut there, mut back, mut canonical) = (0, 0, 0);
    let folder = testkit::testdata().join("trace/digital-link");
    for file in testkit::files_under(&folder) {
        let text = std::fs::read_to_string(&file).unwrap();
        let pairs: Vec<Value> = serde_json::from_str(&text).unwrap();
        for pair in &pairs {
            let Some(input) = pair["input"].as_str() else {
                panic!("{}: a pair without input: {pair}", file.display())
            };
            if let Some(expected) = pair.get("canonical_dl") {
                let found = canonical_digital_link(input);
                assert_eq!(found.as_deref().ok(), expected.as_str(), "{input}: {found:?}");
                canonical += 1;
                continue;
            }
            let expected = pair["expected"].as_str().unwrap();
            match pair["fn"].as_str().unwrap() {
                "toURI" | "toURIForClassLevelIdentifier" => {
                    assert_eq!(to_link(input, Mode::Lenient), expected, "{input}");
                    there += 1;
                    back += usize::from(is_reversible(expected, input));
                }
                "toURN" | "toURNForClassLevelIdentifier" => {
                    let length = match pair["gcp_length"].as_u64() {
                        Some(length) => length as usize,
                        None => prefix_length(expected),
                    };
                    assert_eq!(to_urn(input, length, Mode::Lenient), expected, "{input}");
                    there += 1;
                    back += usize::from(is_reversible(input, expected));
                }
                name if OF_EVENTS.contains(&name) => {}
                other => panic!("{}: a function that is not known: {other}", file.display()),
            }
        }
    }
    assert!(there >= 100 && canonical >= 30 && back >= 40, "{there} {canonical} {back}");
}

fn to_link(urn: &str, mode: Mode) -> String {
    Epc::from_urn(urn, mode).unwrap_or_else(|e| panic!("{urn}: {e}")).value.to_digital_link()
}

fn to_urn(link: &str, length: usize, mode: Mode) -> String {
    let link = DigitalLink::parse(link, mode).unwrap_or_else(|e| panic!("{link}: {e}")).value;
    let epc = link.to_epc().unwrap_or_else(|e| panic!("{link:?}: {e}")).value;
    epc.to_urn(length, mode).unwrap_or_else(|e| panic!("{link:?} {length}: {e}")).value
}

/// The first part behind the scheme of `urn:epc:LEVEL:SCHEME:`.
fn prefix_length(urn: &str) -> usize {
    urn.split(':').nth(4).unwrap().split('.').next().unwrap().len()
}

/// Where both sides are canonical and right, both directions hold strictly.
fn is_reversible(link: &str, urn: &str) -> bool {
    let Ok(read) = DigitalLink::parse(link, Mode::Strict) else { return false };
    if read.value.to_canonical() != link || Epc::from_urn(urn, Mode::Strict).is_err() {
        return false;
    }
    assert_eq!(to_link(urn, Mode::Strict), link);
    assert_eq!(to_urn(link, prefix_length(urn), Mode::Strict), urn);
    true
}
