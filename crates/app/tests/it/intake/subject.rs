//! The one form under which a subject is kept.

use serde_json::json;

use crate::support::*;

#[test]
fn every_notation_of_a_product_meets_in_one_subject() {
    on_both(|home| {
        let system = home.open();
        let forms = [
            "gtin:06901234567892",
            "gtin:6901234567892",
            "https://id.gs1.org/01/06901234567892",
            "https://example.com/some/path/01/06901234567892?linkType=gs1:pip",
            "urn:epc:idpat:sgtin:69012345.06789.*",
        ];
        let mut sent = Vec::new();
        for (number, form) in (1..).zip(forms) {
            let mut record = inspection(number);
            record["subjects"] = json!([
                { "role": "inspected", "id": format!("shop:{number}") },
                { "role": "product", "id": form },
            ]);
            home.send(&system, &record).unwrap_or_else(|e| panic!("{form}: {e}"));
            sent.insert(0, id_of(&record));
        }
        for form in forms {
            assert_eq!(home.ids(&system, form), sent, "{form}");
        }
        // One product, so one key: a second register entry of the same instant is refused.
        let product = |form: &str| {
            json!({ "id": new_id().to_string(), "kind": "product", "region": "420100",
                "valid_at": day(1), "source": "test",
                "subjects": [{ "role": "product", "id": form }],
                "open": { "name": "电水壶", "category": "meat" } })
        };
        home.send(&system, &product(forms[0])).unwrap();
        let refused = home.refused(&system, &product(forms[2]));
        assert_eq!(refused[0].0, "record.not_unique");
        // An item of it is another subject.
        let item = "urn:epc:id:sgtin:69012345.06789.S1";
        assert!(home.ids(&system, item).is_empty());
    });
}

#[test]
fn codes_of_other_schemes_are_kept_as_they_are() {
    on_each(&[false], |home| {
        let system = home.open();
        let mut record = inspection(1);
        record["subjects"][0]["id"] = "chicago-license:1334073".into();
        home.send(&system, &record).unwrap();
        assert_eq!(home.ids(&system, "chicago-license:1334073"), [id_of(&record)]);
        let mut record = inspection(2);
        record["subjects"][0]["id"] = MAKER.into();
        home.send(&system, &record).unwrap();
        assert_eq!(home.ids(&system, MAKER), [id_of(&record)]);
    });
}
