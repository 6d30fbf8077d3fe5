//! The check digit of the numeric GS1 keys.

/// The check digit that belongs to `digits`, given without it: modulus 10, weights 3 and 1 from
/// the right.
///
/// Gives nothing where a byte is not a digit.
///
/// Source: GS1 General Specifications, section 7.9.
///
/// ```
/// assert_eq!(codes::gs1::check_digit(b"950600013435"), Some(b'2'));
/// assert_eq!(codes::gs1::check_digit(b"95060001343X"), None);
/// ```
pub fn check_digit(digits: &[u8]) -> Option<u8> {
    let mut sum = 0u32;
    for (i, digit) in digits.iter().rev().enumerate() {
        if !digit.is_ascii_digit() {
            return None;
        }
        let weight = if i % 2 == 0 { 3 } else { 1 };
        sum += weight * u32::from(digit - b'0');
    }
    Some(b'0' + ((10 - sum % 10) % 10) as u8)
}

/// Whether the last of `digits` is the check digit of the others.
pub(crate) fn is_right(digits: &[u8]) -> bool {
    digits.split_last().is_some_and(|(check, body)| check_digit(body) == Some(*check))
}
