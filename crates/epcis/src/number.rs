//! Numbers as they are written: exact, in one canonical form.

use std::cmp::Ordering;

/// The canonical text of a number: no sign `+`, no zeros that say nothing, no exponent.
///
/// `None` for what is no decimal number, or has more than 400 digits written out.
///
/// ```
/// assert_eq!(epcis::canonical_number("+008.150").as_deref(), Some("8.15"));
/// assert_eq!(epcis::canonical_number("1.5E3").as_deref(), Some("1500"));
/// assert_eq!(epcis::canonical_number("-0.0").as_deref(), Some("0"));
/// assert_eq!(epcis::canonical_number("twenty"), None);
/// ```
pub fn canonical_number(text: &str) -> Option<String> {
    const MOST: i64 = 400;
    let (negative, body) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], body[at + 1..].parse::<i64>().ok()?),
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let all = format!("{whole}{fraction}");
    // The place of the point, counted from the first digit.
    let mut point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let leading = all.bytes().take_while(|b| *b == b'0').count();
    let significant = all[leading..].trim_end_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    point = point.checked_sub(i64::try_from(leading).ok()?)?;
    let length = i64::try_from(significant.len()).ok()?;
    if !(-MOST..=MOST).contains(&point) || length > MOST {
        return None;
    }
    let mut out = String::with_capacity(significant.len() + 4);
    if negative {
        out.push('-');
    }
    if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', (-point) as usize));
        out.push_str(significant);
    } else if point >= length {
        out.push_str(significant);
        out.extend(std::iter::repeat_n('0', (point - length) as usize));
    } else {
        let (whole, fraction) = significant.split_at(point as usize);
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
    }
    Some(out)
}

/// A decimal number, exact as far as 38 digits reach.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal {
    units: i128,
    places: u32,
}

impl Decimal {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = canonical_number(text)?;
        let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let units = text.replace('.', "").parse().ok()?;
        Some(Self { units, places: u32::try_from(places).ok()? })
    }

    fn at(self, places: u32) -> Option<i128> {
        self.units.checked_mul(10_i128.checked_pow(places.checked_sub(self.places)?)?)
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let places = self.places.max(other.places);
        Some(Self { units: self.at(places)?.checked_add(other.at(places)?)?, places })
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let units = self.units.checked_mul(other.units)?;
        let mut product = Self { units, places: self.places + other.places };
        while product.places > 0 && product.units % 10 == 0 {
            product.units /= 10;
            product.places -= 1;
        }
        Some(product)
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        let places = self.places.max(other.places);
        match (self.at(places), other.at(places)) {
            (Some(a), Some(b)) => a.cmp(&b),
            // So far apart that binary numbers tell them apart.
            _ => self.near().total_cmp(&other.near()),
        }
    }

    fn near(self) -> f64 {
        self.units as f64 / 10_f64.powi(i32::try_from(self.places).unwrap_or(i32::MAX))
    }
}

/// Compares two numbers as texts; `None` where one is none.
pub(crate) fn compare(a: &str, b: &str) -> Option<Ordering> {
    match (Decimal::parse(a), Decimal::parse(b)) {
        (Some(a), Some(b)) => Some(a.compare(b)),
        _ => {
            let number = |t: &str| canonical_number(t)?.parse::<f64>().ok();
            number(a)?.partial_cmp(&number(b)?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponent_at_the_end_of_its_numbers_is_no_number() {
        for text in [
            "0.1e-9223372036854775808",
            "0.01e-9223372036854775807",
            "1e-9223372036854775808",
            "1e9223372036854775807",
            "10e9223372036854775807",
            "1e-402",
            "1e400",
        ] {
            assert_eq!(canonical_number(text), None, "{text}");
        }
        assert_eq!(canonical_number("0e9223372036854775806").as_deref(), Some("0"));
        assert_eq!(canonical_number("1e-2").as_deref(), Some("0.01"));
    }
}
