//! Decimal numbers as JSON numbers, digit for digit.

use serde_json::Number;

/// Places after the point that a record keeps.
pub const MOST_PLACES: i32 = 9;

/// Digits that a binary number of 64 bits keeps (IEEE 754), so that a JSON number is read back as
/// the decimal that was written.
const MOST_DIGITS: i32 = 15;

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The number.
    pub number: Number,
    /// Whether it had more places than a record keeps.
    pub rounded: bool,
}

/// Reads `12`, `-0.5` or `5e-04`; rounds half to even to [`MOST_PLACES`].
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn read(text: &str) -> Result<Decimal, String> {
    let (units, places) = parse(text).ok_or("not a decimal number; mend the row")?;
    let too_large = || format!("more than {MOST_DIGITS} digits; a JSON number does not keep them");
    let mut units = if places < 0 {
        let more = ten_to(-places).and_then(|ten| units.checked_mul(ten));
        more.ok_or_else(too_large)?
    } else {
        units
    };
    let mut places = places.max(0);
    let over = places - MOST_PLACES;
    let rounded = over > 0;
    if rounded {
        // Beyond what can be counted, nothing is left of it.
        units = ten_to(over).map_or(0, |ten| half_to_even(units, ten));
        places = MOST_PLACES;
    }
    while places > 0 && units % 10 == 0 {
        (units, places) = (units / 10, places - 1);
    }
    if ten_to(MOST_DIGITS).is_none_or(|ten| units.abs() >= ten) {
        return Err(too_large());
    }
    let whole = i64::try_from(units).map_err(|_| too_large())?;
    let number = if places == 0 {
        Number::from(whole)
    } else {
        let nearest = format!("{whole}e-{places}").parse().ok().and_then(Number::from_f64);
        nearest.ok_or_else(too_large)?
    };
    Ok(Decimal { number, rounded })
}

/// The digits as a whole number, and how many of them stand after the point.
fn parse(text: &str) -> Option<(i128, i32)> {
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i16>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole.strip_prefix('-').unwrap_or(whole)) || !is_number(fraction) {
        return None;
    }
    let units = format!("{whole}{fraction}").parse().ok()?;
    Some((units, i32::try_from(fraction.len()).ok()? - i32::from(exponent)))
}

fn ten_to(power: i32) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(power).ok()?)
}

fn half_to_even(units: i128, ten: i128) -> i128 {
    let (down, rest) = (units.div_euclid(ten), units.rem_euclid(ten));
    let up = rest * 2 > ten || (rest * 2 == ten && down % 2 != 0);
    down + i128::from(up)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        read(text).unwrap().number.to_string()
    }

    #[test]
    fn what_is_written_is_what_was_there() {
        for same in
            ["0", "2", "-87.645", "41.9434", "0.1", "0.0146", "123456789012345", "0.123456789"]
        {
            assert_eq!(written(same), same);
        }
        assert_eq!(written("5e-04"), "0.0005");
        assert_eq!(written("1.5E2"), "150");
        assert_eq!(written("0.10"), "0.1");
        assert_eq!(written("7.0"), "7");
        assert_eq!(written("-0"), "0");
    }

    #[test]
    fn a_tenth_place_is_rounded_half_to_even() {
        let rounded = |text: &str| {
            let read = read(text).unwrap();
            assert!(read.rounded, "{text}");
            read.number.to_string()
        };
        assert_eq!(rounded("0.1234567885"), "0.123456788");
        assert_eq!(rounded("0.1234567875"), "0.123456788");
        assert_eq!(rounded("0.12345678750001"), "0.123456788");
        assert_eq!(rounded("0.12345678849999"), "0.123456788");
        assert_eq!(rounded("-0.1234567885"), "-0.123456788");
        assert_eq!(rounded("-0.1234567875"), "-0.123456788");
        assert_eq!(rounded("1.9999999999"), "2");
        assert_eq!(rounded("1e-60"), "0");
        assert!(!read("0.123456789").unwrap().rounded);
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "-", ".", ".5", "1.", "+1", "--1", "1,5", "NaN", "1e", "1e99999", "０"] {
            assert!(read(text).unwrap_err().starts_with("not a decimal"), "{text}");
        }
        for text in ["1234567890123456", "1e15", "1e999", "123456789.1234567"] {
            assert!(read(text).unwrap_err().starts_with("more than 15"), "{text}");
        }
    }
}
