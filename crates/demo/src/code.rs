//! Codes with right check digits that nobody real has.

use codes::gs1::check_digit;
use codes::{OrganizationCode, Uscc};

/// The prefix that GS1 keeps for demonstrations and examples.
const GS1: &str = "952";
/// What the body of every social credit code begins with: bodies that are given out are digits or
/// begin with MA.
const BODY: &[u8] = b"DEM";
/// The letters and digits of a social credit code.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The social credit code number `number` of a division; `individual` businesses have a type of
/// their own, public institutions a department.
pub(crate) fn uscc(number: u32, division: &str, sort: Sort) -> Option<String> {
    let mut bytes = [b'0'; 18];
    let (department, kind) = match sort {
        Sort::Enterprise => (b'9', b'1'),
        Sort::Individual => (b'9', b'2'),
        Sort::Cooperative => (b'9', b'3'),
        Sort::Institution => (b'1', b'2'),
    };
    bytes[0] = department;
    bytes[1] = kind;
    bytes[2..8].copy_from_slice(division.as_bytes().get(..6)?);
    bytes[8..11].copy_from_slice(BODY);
    let mut rest = number;
    for byte in bytes[11..16].iter_mut().rev() {
        *byte = *ALPHABET.get(rest as usize % ALPHABET.len())?;
        rest /= ALPHABET.len() as u32;
    }
    bytes[16] = OrganizationCode::check_character(&bytes[8..16])?;
    bytes[17] = Uscc::check_character(&bytes)?;
    String::from_utf8(bytes.to_vec()).ok()
}

/// What an organization is, for its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Enterprise,
    Individual,
    Cooperative,
    Institution,
}

/// The GTIN-13 number `number`.
pub(crate) fn gtin(number: u32) -> Option<String> {
    with_check(format!("{GS1}{number:09}"))
}

/// The GLN number `number`: from the upper end, so that it is never a GTIN that is in use here.
pub(crate) fn gln(number: u32) -> Option<String> {
    with_check(format!("{GS1}{:09}", 999_999_999 - number))
}

fn with_check(mut digits: String) -> Option<String> {
    let check = check_digit(digits.as_bytes())?;
    digits.push(char::from(check));
    Some(digits)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use codes::Mode;
    use codes::gs1::Gtin;

    use super::*;

    #[test]
    fn codes_are_right_and_no_two_are_one() {
        let mut seen = HashSet::new();
        let sorts = [Sort::Enterprise, Sort::Individual, Sort::Cooperative, Sort::Institution];
        for number in (0..2_000_000).step_by(997) {
            for sort in sorts {
                let code = uscc(number, "420106", sort).unwrap();
                let read = Uscc::parse(&code, Mode::Strict).unwrap();
                assert!(read.warnings.is_empty(), "{code}");
                assert!(seen.insert(code));
            }
            let (gtin, gln) = (gtin(number).unwrap(), gln(number).unwrap());
            assert!(Gtin::parse(&gtin, Mode::Strict).unwrap().warnings.is_empty());
            assert!(seen.insert(gtin) && seen.insert(gln));
        }
        assert_eq!(uscc(0, "42", Sort::Enterprise), None);
    }
}
