//! Word pairs of CBV in all spellings, and canonical identifiers.

use epcis::List;
use serde_json::Value;

const LISTS: [List; 6] = [
    List::BizStep,
    List::Disposition,
    List::BizTransaction,
    List::SourceDestination,
    List::ErrorReason,
    List::Component,
];

#[test]
fn every_pair_of_words_meets_in_one_form() {
    let mut pairs = 0;
    for file in testkit::files_under(&testkit::testdata().join("trace/digital-link")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let all: Vec<Value> = serde_json::from_str(&text).unwrap();
        for pair in &all {
            let Some(input) = pair["input"].as_str() else { panic!("{pair}") };
            if let Some(expected) = pair.get("canonical_dl").and_then(Value::as_str) {
                assert_eq!(epcis::canonical_id(input), expected);
                continue;
            }
            let (Some(function), Some(expected)) = (pair["fn"].as_str(), pair["expected"].as_str())
            else {
                continue;
            };
            if !function.contains("Vocabulary") && !function.contains("BareString") {
                continue;
            }
            // Both spellings of a pair are one word of one list.
            let meets = LISTS.iter().any(|list| {
                let (a, b) = (list.canonical(input), list.canonical(expected));
                a.is_some() && a == b
            });
            if input.contains("cbv") || expected.contains("cbv") {
                assert!(meets, "{pair}");
                pairs += 1;
            }
        }
    }
    assert!(pairs >= 4, "{pairs}");
}

#[test]
fn every_word_has_one_form_in_all_spellings() {
    for list in LISTS {
        for word in list.words() {
            let canonical = list.canonical(word).unwrap();
            assert_eq!(list.bare(&canonical), *word);
            assert_eq!(list.canonical(&list.in_xml(&canonical)), Some(canonical.clone()));
            assert_eq!(list.canonical(&canonical), Some(canonical));
        }
        assert_eq!(list.canonical("nosuchword"), None);
    }
}
