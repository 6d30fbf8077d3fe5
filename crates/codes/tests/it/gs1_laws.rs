//! Laws of the GS1 notations, and what comes from outside.

use codes::gs1::{
    DigitalLink, Element, ElementString, Epc, Gtin, canonical_digital_link, check_digit,
};
use codes::{Error, Mode};
use proptest::prelude::*;

/// A right EPC URN of any scheme, at any level.
fn urns() -> impl Strategy<Value = String> {
    let set82 = "[!\"%&'()*+,\\-./0-9:;<=>?A-Z_a-z]{1,16}";
    // name, digits of prefix and reference together, what follows
    let fixed = prop_oneof![
        Just(("sgtin", 13, "serial")),
        Just(("upui", 13, "serial")),
        Just(("lgtin", 13, "lot")),
        Just(("itip", 13, "piece")),
        Just(("sscc", 17, "")),
        Just(("sgln", 12, "extension")),
        Just(("pgln", 12, "")),
        Just(("grai", 12, "serial")),
        Just(("gdti", 12, "serial")),
        Just(("gsrn", 17, "")),
        Just(("gsrnp", 17, "")),
        Just(("sgcn", 12, "digits")),
        Just(("gsin", 16, "")),
        Just(("giai", 0, "text")),
        Just(("ginc", 0, "text")),
        Just(("cpi", 0, "part")),
    ];
    (fixed, 6..=12usize, "[0-9]{17}", set82, "[1-9][0-9]{0,11}", any::<bool>()).prop_map(
        |((name, digits, rest), prefix, number, text, serial, class)| {
            let text = escape_urn(&text);
            let body = |digits: usize| format!("{}.{}", &number[..prefix], &number[prefix..digits]);
            match (rest, class) {
                ("", _) => format!("urn:epc:id:{name}:{}", body(digits)),
                ("serial", false) => format!("urn:epc:id:{name}:{}.{text}", body(digits)),
                ("serial", true) if name != "upui" => {
                    format!("urn:epc:idpat:{name}:{}.*", body(digits))
                }
                ("serial", true) => format!("urn:epc:id:{name}:{}.{text}", body(digits)),
                ("lot", _) => format!("urn:epc:class:{name}:{}.{text}", body(digits)),
                ("piece", false) => format!("urn:epc:id:{name}:{}.01.02.{text}", body(digits)),
                ("piece", true) => format!("urn:epc:idpat:{name}:{}.01.02.*", body(digits)),
                ("extension", false) => format!("urn:epc:id:{name}:{}.A{text}", body(digits)),
                ("extension", true) => format!("urn:epc:id:{name}:{}.0", body(digits)),
                ("digits", false) => format!("urn:epc:id:{name}:{}.{serial}", body(digits)),
                ("digits", true) => format!("urn:epc:idpat:{name}:{}.*", body(digits)),
                ("text", _) => format!("urn:epc:id:{name}:{}.{text}", &number[..prefix]),
                (_, false) => format!("urn:epc:id:{name}:{}.A-%23%2F9.{serial}", &number[..prefix]),
                (_, true) => format!("urn:epc:idpat:{name}:{}.A-%23%2F9.*", &number[..prefix]),
            }
        },
    )
}

fn escape_urn(text: &str) -> String {
    text.chars()
        .map(|c| if "\"%&/<>?".contains(c) { format!("%{:02X}", c as u32) } else { c.to_string() })
        .collect()
}

proptest! {
    #[test]
    fn a_urn_comes_back_from_its_digital_link(urn in urns()) {
        let epc = Epc::from_urn(&urn, Mode::Strict).unwrap().value;
        let uri = epc.to_digital_link();
        let link = DigitalLink::parse(&uri, Mode::Strict).unwrap();
        prop_assert!(link.warnings.is_empty());
        prop_assert_eq!(link.value.to_uri(), uri.clone());
        prop_assert_eq!(link.value.to_canonical(), uri.clone());
        let again = link.value.to_epc().unwrap();
        prop_assert!(again.warnings.is_empty());
        prop_assert_eq!(&again.value, &epc);
        let length = epc.prefix_length().unwrap();
        prop_assert_eq!(again.value.to_urn(length, Mode::Strict).unwrap().value, urn.clone());
        prop_assert_eq!(canonical_digital_link(&urn).unwrap(), uri);
    }

    #[test]
    fn an_element_string_comes_back(urn in urns()) {
        let uri = Epc::from_urn(&urn, Mode::Strict).unwrap().value.to_digital_link();
        let link = DigitalLink::parse(&uri, Mode::Strict).unwrap().value;
        let elements = link.to_element_string();
        let scanned = ElementString::parse(&elements.to_scanned(), Mode::Strict).unwrap().value;
        prop_assert_eq!(&scanned, &elements);
        prop_assert_eq!(scanned.to_digital_link().unwrap(), link);
    }

    #[test]
    fn lenient_reading_never_refuses_what_strict_reading_takes(urn in urns()) {
        let uri = Epc::from_urn(&urn, Mode::Strict).unwrap().value.to_digital_link();
        let strict = DigitalLink::parse(&uri, Mode::Strict).unwrap().value;
        prop_assert_eq!(DigitalLink::parse(&uri, Mode::Lenient).unwrap().value, strict);
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,60}") {
        for mode in [Mode::Strict, Mode::Lenient] {
            let _ = Epc::from_urn(&text, mode);
            let _ = Epc::from_urn(&format!("urn:epc:id:sgtin:{text}"), mode);
            let _ = DigitalLink::parse(&text, mode);
            if let Ok(link) = DigitalLink::parse(&format!("https://a.b/01/{text}"), mode) {
                let _ = link.value.to_epc();
            }
            if let Ok(link) = DigitalLink::parse(&format!("https://a.b/8003/0950600013437{text}"), mode)
                && let Ok(epc) = link.value.to_epc() {
                let _ = epc.value.to_urn(7, mode);
            }
            let _ = ElementString::parse(&format!("({text}"), mode);
            let _ = ElementString::parse(&format!("01{text}"), mode);
        }
    }

    #[test]
    fn a_changed_digit_is_found(body in "[0-9]{13}", at in 0..13usize, by in 1..10u8) {
        let check = check_digit(body.as_bytes()).unwrap();
        let right = format!("{body}{}", char::from(check));
        prop_assert!(Gtin::parse(&right, Mode::Strict).is_ok());
        let mut wrong = right.clone().into_bytes();
        wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert!(Gtin::parse(&wrong, Mode::Strict).is_err());
        prop_assert_eq!(Gtin::parse(&wrong, Mode::Lenient).unwrap().warnings.len(), 1);
    }
}

fn code(result: Result<impl Sized, Error>) -> &'static str {
    result.err().map_or("none", |e| e.code())
}

#[test]
fn bad_gtins_are_told_what_is_wrong() {
    let fault = |text: &str| code(Gtin::parse(text, Mode::Strict));
    assert_eq!(fault(""), "codes.empty");
    assert_eq!(fault("123"), "codes.length");
    assert_eq!(fault("６９０１２３４５６７８９２"), "codes.character");
    assert_eq!(fault("6901234567892\u{200f}"), "codes.character");
    assert_eq!(fault("690123456789\0"), "codes.character");
    assert_eq!(fault("6901234567829"), "codes.check_digit");
    let full_width = Gtin::parse("６９０１２３４５６７８９２", Mode::Strict).unwrap_err();
    assert_eq!(full_width.suggestions(), ["6901234567892"]);
    assert!(full_width.to_string().contains("half-width"));
}

#[test]
fn bad_links_are_told_what_is_wrong() {
    let fault = |text: &str| code(DigitalLink::parse(text, Mode::Strict));
    assert_eq!(fault(""), "codes.form");
    assert_eq!(fault("ftp://id.gs1.org/01/09506000134352"), "codes.form");
    assert_eq!(fault("https://id.gs1.org"), "codes.form");
    assert_eq!(fault("https://id.gs1.org/01/09506000134353"), "codes.check_digit");
    assert_eq!(fault("https://id.gs1.org/01/09506000134352/99/x"), "codes.form");
    assert_eq!(fault("https://id.gs1.org/01/09506000134352/21/a/b"), "codes.form");
    assert_eq!(fault("https://id.gs1.org/01/09506000134352/21/%"), "codes.form");
    assert_eq!(fault("https://id.gs1.org/01/09506000134352/21/a%00b"), "codes.character");
    assert_eq!(
        fault("https://id.gs1.org/01/09506000134352/10/123456789012345678901"),
        "codes.application_identifier"
    );
    assert_eq!(fault("https://id.gs1.org/01/09506000134352?17=269931"), "codes.form");
    assert_eq!(
        fault("https://id.gs1.org/01/09506000134352?9999=1"),
        "codes.application_identifier"
    );
    assert_eq!(fault("https://id.gs1.org/01/09506000134352?linkType=all"), "none");
}

#[test]
fn bad_urns_are_told_what_is_wrong() {
    let fault = |text: &str| code(Epc::from_urn(text, Mode::Strict));
    assert_eq!(fault("urn:epc:id:sgtin:0614141.812345.6789"), "none");
    assert_eq!(fault("urn:epc:id:sgtin:0614141.81234.6789"), "codes.form");
    assert_eq!(fault("urn:epc:id:sgtin:0614141.812345."), "codes.form");
    // Outside a pattern an asterisk is a character like another.
    assert_eq!(fault("urn:epc:id:sgtin:0614141.812345.*"), "none");
    assert_eq!(fault("urn:epc:idpat:sgtin:0614141.812345.6789"), "codes.form");
    assert_eq!(fault("urn:epc:idpat:sgtin:0614141.*.*"), "codes.form");
    assert_eq!(fault("urn:epc:id:lgtin:0614141.812345.6789"), "codes.form");
    assert_eq!(fault("urn:epc:id:gid:0614141.812345.6789"), "codes.form");
    assert_eq!(fault("urn:epc:id:sgtin:0614141.812345.a\"b\u{202e}"), "codes.character");
    assert_eq!(fault("urn:epc:id:cpi:0614141.abc.1"), "codes.character");
    assert_eq!(
        fault(&format!("urn:epc:id:sgtin:0614141.812345.{}", "9".repeat(1 << 20))),
        "codes.application_identifier"
    );
}

#[test]
fn what_an_epc_cannot_say_is_told() {
    let parse = |text: &str| DigitalLink::parse(text, Mode::Strict).unwrap().value;
    let both =
        parse("https://id.gs1.org/01/09506000134352/10/L1/21/S1?17=261231").to_epc().unwrap();
    let lost: Vec<String> = both.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(lost.len(), 2, "{lost:?}");
    assert!(lost[0].contains("(10) BATCH/LOT") && lost[1].contains("(17)"));
    assert_eq!(
        code(parse("https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2K").to_epc()),
        "codes.no_notation"
    );
    let epc = both.value;
    assert_eq!(code(epc.to_urn(5, Mode::Strict)), "codes.prefix_length");
    assert_eq!(code(epc.to_urn(13, Mode::Lenient)), "codes.prefix_length");
    let dates = ElementString::parse("(17)261231", Mode::Strict).unwrap().value;
    assert_eq!(code(dates.to_digital_link()), "codes.no_notation");
    assert_eq!(code(Element::parse("05", "1", Mode::Strict)), "codes.application_identifier");
}
