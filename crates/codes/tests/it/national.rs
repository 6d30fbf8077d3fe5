//! Laws of the national codes, and what comes from outside.

use codes::{Error, Mode, Name, OrganizationCode, SchemeCode, Uscc};
use proptest::prelude::*;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Eighteen characters with a right check character.
fn right_codes() -> impl Strategy<Value = String> {
    ("[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}").prop_map(|body| {
        let mut bytes = [b'0'; 18];
        bytes[..17].copy_from_slice(body.as_bytes());
        bytes[17] = Uscc::check_character(&bytes).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    })
}

proptest! {
    #[test]
    fn a_changed_character_is_found(code in right_codes(), at in 0..18usize, to in 0..31usize) {
        prop_assert!(Uscc::parse(&code, Mode::Strict).is_ok());
        let mut wrong = code.clone().into_bytes();
        wrong[at] = ALPHABET[to];
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert_eq!(Uscc::parse(&wrong, Mode::Strict).is_ok(), wrong == code);
    }

    #[test]
    fn swapped_neighbours_are_found_and_undone(code in right_codes(), at in 1..18usize) {
        let mut wrong = code.clone().into_bytes();
        wrong.swap(at - 1, at);
        let wrong = String::from_utf8(wrong).unwrap();
        if wrong != code {
            let fault = Uscc::parse(&wrong, Mode::Strict).unwrap_err();
            prop_assert!(fault.suggestions().contains(&code), "{} {:?}", code, fault.suggestions());
        }
    }

    #[test]
    fn a_letter_for_a_digit_is_undone(code in right_codes(), letters in any::<bool>()) {
        let (from, to) = if letters { ("1", "I") } else { ("0", "O") };
        let wrong = code.replacen(from, to, 1);
        if wrong != code {
            let fault = Uscc::parse(&wrong, Mode::Strict).unwrap_err();
            prop_assert!(fault.suggestions().contains(&code), "{} {:?}", wrong, fault.suggestions());
        }
    }

    #[test]
    fn typing_that_only_looks_different_is_undone(code in right_codes()) {
        let wide: String = code.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
        for wrong in [wide, code.to_lowercase(), format!("{code} "), format!("\u{202e}{code}"), format!("{code}\0")] {
            if wrong != code {
                let fault = Uscc::parse(&wrong, Mode::Strict).unwrap_err();
                prop_assert_eq!(fault.code(), "codes.character");
                prop_assert!(fault.suggestions().contains(&code), "{:?}", fault);
            }
        }
    }

    #[test]
    fn an_organization_code_is_the_same_with_and_without_hyphen(body in "[0-9A-Z]{8}") {
        let check = char::from(OrganizationCode::check_character(body.as_bytes()).unwrap());
        let plain = OrganizationCode::parse(&format!("{body}{check}")).unwrap();
        let printed = plain.to_string();
        prop_assert_eq!(&printed, &format!("{body}-{check}"));
        prop_assert_eq!(OrganizationCode::parse(&printed).unwrap(), plain);
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}") {
        let _ = Uscc::parse(&text, Mode::Lenient);
        let _ = OrganizationCode::parse(&text);
        if let Ok(code) = SchemeCode::parse(&text) {
            prop_assert_eq!(format!("{}:{}", code.scheme(), code.value()), text);
        }
    }
}

fn fault(text: &str) -> Error {
    Uscc::parse(text, Mode::Strict).unwrap_err()
}

#[test]
fn bad_codes_are_told_what_is_wrong() {
    assert_eq!(fault("").code(), "codes.empty");
    assert_eq!(fault("9135020077604965").code(), "codes.length");
    assert!(fault("9135020077604965").to_string().contains("left out"));
    assert_eq!(fault(&"9".repeat(200_000_000)).code(), "codes.length");
    assert_eq!(fault("91350200776049653B").code(), "codes.check_digit");
    let lower = fault("91350200776049653a");
    assert_eq!(
        (lower.code(), lower.suggestions()),
        ("codes.character", &["91350200776049653A".to_owned()][..])
    );
    assert!(lower.to_string().contains("capitals"), "{lower}");
    assert!(fault("9135020077604965\u{202e}A").to_string().contains("U+202E (not visible)"));
    assert!(fault("91A50200776049653A").to_string().contains("administrative division"));
}

#[test]
fn a_code_with_a_wrong_old_code_inside_is_taken() {
    let code = Uscc::parse("91420100A123456700", Mode::Strict).unwrap();
    assert!(matches!(
        code.warnings[..],
        [Error::CheckDigit { what: Name { en: "organization code", .. }, .. }]
    ));
}

#[test]
fn a_code_given_out_wrong_is_taken_leniently() {
    let code = Uscc::parse("91350203M0001QAY9B", Mode::Lenient).unwrap();
    assert_eq!(code.warnings.len(), 1);
    assert_eq!(fault("91350203M0001QAY9B").code(), "codes.check_digit");
}

#[test]
fn bad_organization_codes_are_told_what_is_wrong() {
    let fault = |text: &str| OrganizationCode::parse(text).unwrap_err();
    assert_eq!(fault("").code(), "codes.empty");
    assert_eq!(fault("D214356-X").code(), "codes.length");
    assert_eq!(fault("d2143569-x").code(), "codes.character");
    assert_eq!(fault("D2143569-Y").code(), "codes.check_digit");
    assert_eq!(fault("D2143569－X").suggestions(), ["D2143569-X"]);
}

#[test]
fn bad_scheme_codes_are_told_what_is_wrong() {
    for text in ["", "a", ":a", "a:", "A:1", "urn:x", "a:b ", "a:\u{202e}b", "1a:b"] {
        assert!(SchemeCode::parse(text).is_err(), "{text:?}");
    }
    assert!(SchemeCode::parse(&format!("a:{}", "x".repeat(201))).is_err());
    assert_eq!(SchemeCode::parse("rasff:2024.0001").unwrap().value(), "2024.0001");
}
