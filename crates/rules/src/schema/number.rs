//! Numbers of JSON as exact ones.

use std::io::Write;

use serde_json::Number;

use crate::value::{Decimal, DecimalError};

/// The decimal that a JSON number was written as. Of a binary number that is the shortest decimal
/// that stands for it, which gives back every number of at most 15 digits. Fastest where it has at
/// most `places` digits after the point.
pub(super) fn decimal(number: &Number, places: u8) -> Result<Decimal, DecimalError> {
    if let Some(whole) = number.as_i64() {
        return Ok(Decimal::from(whole));
    }
    let binary = number.as_f64().ok_or(DecimalError::Size)?;
    let places = places.min(Decimal::MAX_PLACES);
    let factor = f64::from(10_u32.pow(places.into()));
    let units = (binary * factor).round();
    // Both sides of the division are exact, so it gives the binary number nearest to this decimal;
    // and of the decimals of at most 15 digits no two have the same nearest one.
    if units.abs() < 1e15 && units / factor == binary {
        return Decimal::new(units as i64, places);
    }
    shortest(binary)
}

fn shortest(binary: f64) -> Result<Decimal, DecimalError> {
    if binary.abs() >= 1e18 {
        return Err(DecimalError::Size);
    }
    // The shortest decimal has at most 18 digits before the point; what does not go into the
    // buffer has too many behind it.
    let mut buffer = [0; 48];
    let mut rest = &mut buffer[..];
    if write!(rest, "{binary}").is_err() {
        return Err(DecimalError::Places);
    }
    let length = 48 - rest.len();
    let text = buffer.get(..length).and_then(|text| std::str::from_utf8(text).ok());
    text.ok_or(DecimalError::Form)?.parse()
}

/// The whole number that a JSON number is, also where it was written as `1e2` or `5.0`.
pub(super) fn integer(number: &Number) -> Option<i64> {
    match number.as_i64() {
        Some(whole) => Some(whole),
        None => decimal(number, 0).ok()?.units_at(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, DecimalError> {
        let number = serde_json::from_str(text).unwrap();
        let read = decimal(&number, 0);
        // How many places are expected is of no account.
        assert!((1..=9).all(|places| decimal(&number, places) == read), "{text}");
        read.map(|number| number.to_string())
    }

    #[test]
    fn decimals_come_back_as_written() {
        for text in [
            "0.1",
            "19.99",
            "0.29",
            "1.005",
            "8.41",
            "123456.789",
            "999999999999999",
            "0.999999999",
            "-0.000001",
            "999999999.999999",
            "1000000000000000",
            "0.3",
        ] {
            assert_eq!(read(text).as_deref(), Ok(text));
        }
        assert_eq!(read("1e2").as_deref(), Ok("100"));
        assert_eq!(read("-0.0").as_deref(), Ok("0"));
        assert_eq!(read("1.50").as_deref(), Ok("1.5"));
    }

    #[test]
    fn what_is_no_such_decimal_is_told() {
        assert_eq!(read("0.30000000000000004"), Err(DecimalError::Places));
        assert_eq!(read("1e-300"), Err(DecimalError::Places));
        assert_eq!(read("1e300"), Err(DecimalError::Size));
        assert_eq!(read("18446744073709551615"), Err(DecimalError::Size));
    }

    #[test]
    fn whole_numbers_may_be_written_with_a_point() {
        let read = |text: &str| integer(&serde_json::from_str(text).unwrap());
        assert_eq!(read("5.0"), Some(5));
        assert_eq!(read("1e2"), Some(100));
        assert_eq!(read("5.5"), None);
        assert_eq!(read("-9007199254740993"), Some(-9_007_199_254_740_993));
        assert_eq!(read("18446744073709551615"), None);
    }
}
