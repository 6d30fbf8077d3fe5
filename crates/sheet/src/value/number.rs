//! Numbers, digit for digit.

use std::fmt;

use super::Unread;
use super::words::half_width;
use crate::cell::{Cell, Sort};

/// Digits that a binary number of 64 bits keeps (IEEE 754), and that a spreadsheet shows.
const MOST_DIGITS: u32 = 15;

/// A decimal number: `units` over ten to the power of `places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    units: i128,
    places: u32,
}

impl Decimal {
    /// A number without zeros at its end; none with more than 15 digits.
    fn new(units: i128, places: u32) -> Option<Self> {
        let (mut units, mut places) = (units, places);
        while places > 0 && units % 10 == 0 {
            (units, places) = (units / 10, places - 1);
        }
        (units.unsigned_abs() < 10_u128.pow(MOST_DIGITS)).then_some(Self { units, places })
    }

    /// How many digits it has after the point.
    pub fn places(&self) -> u32 {
        self.places
    }

    /// The whole number that it is, if it is one.
    pub fn whole(&self) -> Option<i64> {
        (self.places == 0).then(|| i64::try_from(self.units).ok()).flatten()
    }

    /// The number to so many places, half to even, and whether it had more.
    #[must_use]
    pub fn rounded(&self, places: u32) -> (Self, bool) {
        let Some(over) = self.places.checked_sub(places).filter(|over| *over > 0) else {
            return (*self, false);
        };
        // Beyond what can be counted, nothing is left of it.
        let units = 10_i128.checked_pow(over).map_or(0, |ten| half_to_even(self.units, ten));
        (Self::new(units, places).unwrap_or(*self), true)
    }

    /// The number so many times; none where that has too many digits.
    pub fn times(&self, factor: i64) -> Option<Self> {
        Self::new(self.units.checked_mul(factor.into())?, self.places)
    }

    /// The binary number that is nearest; read back, it has the same digits.
    pub fn to_f64(&self) -> f64 {
        format!("{}e-{}", self.units, self.places).parse().unwrap_or_default()
    }
}

fn half_to_even(units: i128, ten: i128) -> i128 {
    let (down, rest) = (units.div_euclid(ten), units.rem_euclid(ten));
    let up = rest * 2 > ten || (rest * 2 == ten && down % 2 != 0);
    down + i128::from(up)
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, digits) = (if self.units < 0 { "-" } else { "" }, self.units.unsigned_abs());
        if self.places == 0 {
            return write!(f, "{sign}{digits}");
        }
        let width = self.places as usize + 1;
        let digits = format!("{digits:0width$}");
        let (whole, fraction) = digits.split_at(digits.len() - self.places as usize);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

/// The number in a cell, and what stands behind it, such as a unit.
///
/// Of text the digits may be of full width, thousands may be separated by commas in threes, a sign or
/// `¥` may stand in front, and brackets may stand for a minus.
///
/// # Errors
/// No number, or more than 15 digits.
///
/// ```
/// use sheet::{Cell, value::number::decimal};
/// let read = |text: &str| decimal(&Cell::text(text)).map(|(n, rest)| (n.to_string(), rest));
/// assert_eq!(read("１，２３４．５０").unwrap(), ("1234.5".to_owned(), String::new()));
/// assert_eq!(read("￥1,000 元").unwrap(), ("1000".to_owned(), "元".to_owned()));
/// assert_eq!(read("0.02 mg/kg").unwrap(), ("0.02".to_owned(), "mg/kg".to_owned()));
/// assert_eq!(read("（12）").unwrap().0, "-12");
/// assert_eq!(read("5e-04").unwrap().0, "0.0005");
/// assert!(read("12,34").is_err() && read("约5").is_err() && read("").is_err());
/// ```
pub fn decimal(cell: &Cell) -> Result<(Decimal, String), Unread> {
    if let Sort::Number(number) = cell.sort {
        // A spreadsheet shows 15 digits; the binary number behind them may have more.
        let text = format!("{number:.14e}");
        let found = parse(&text).and_then(|(units, places)| shift(units, places));
        return found.map(|number| (number, String::new())).ok_or_else(|| too_long(&cell.text));
    }
    let text: String = cell.text.trim().chars().map(half_width).collect();
    let text = text.trim();
    let text = text.trim_start_matches(['¥', '￥', '$']).trim_start();
    let bracketed = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let (text, rest, is_negative) = match bracketed {
        Some((inside, rest)) => (inside, rest, true),
        None => {
            let end = end_of_number(text);
            (&text[..end], &text[end..], false)
        }
    };
    let is_exponent = text.contains(['e', 'E']);
    let digits =
        if is_exponent { text.to_owned() } else { without_commas(text).ok_or_else(no_number)? };
    let digits = digits.trim().strip_prefix('+').unwrap_or(digits.trim());
    let (units, places) = parse(digits).ok_or_else(no_number)?;
    let units = if is_negative { -units } else { units };
    let number = shift(units, places).ok_or_else(|| too_long(text))?;
    Ok((number, rest.trim().to_owned()))
}

/// Where the number at the beginning of a text ends.
fn end_of_number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    while let Some(byte) = bytes.get(end) {
        let is_exponent = matches!(byte, b'e' | b'E')
            && end > 0
            && match (bytes.get(end + 1), bytes.get(end + 2)) {
                (Some(b'+' | b'-'), Some(digit)) => digit.is_ascii_digit(),
                (Some(digit), _) => digit.is_ascii_digit(),
                _ => false,
            };
        match byte {
            b'0'..=b'9' | b'.' | b',' => end += 1,
            b'+' | b'-' if end == 0 => end += 1,
            _ if is_exponent => {
                end += 2;
                while bytes.get(end).is_some_and(u8::is_ascii_digit) {
                    end += 1;
                }
                break;
            }
            _ => break,
        }
    }
    end
}

/// The digits without commas between thousands; none where commas stand elsewhere.
fn without_commas(text: &str) -> Option<String> {
    if !text.contains(',') {
        return Some(text.to_owned());
    }
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    if fraction.is_some_and(|fraction| fraction.contains(',')) {
        return None;
    }
    let mut groups = whole.trim_start_matches(['+', '-']).split(',');
    let first = groups.next()?;
    let is_right = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    is_right.then(|| text.replace(',', ""))
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

/// The number with no digits before the point that the exponent put there.
fn shift(units: i128, places: i32) -> Option<Decimal> {
    match u32::try_from(places) {
        // Beyond 30 places nothing is left of what has 15 digits.
        Ok(places) if places > 60 => Decimal::new(0, 0),
        Ok(places) => {
            let (mut units, mut places) = (units, places);
            while places > 30 {
                (units, places) = (units / 10, places - 1);
            }
            Decimal::new(units, places)
        }
        Err(_) => {
            let ten = 10_i128.checked_pow(places.unsigned_abs())?;
            Decimal::new(units.checked_mul(ten)?, 0)
        }
    }
}

fn no_number() -> Unread {
    Unread::new(
        "cell.number",
        ("this is no number", "write digits, such as 1234.5"),
        ("不是数字", "请填写数字，例如 1234.5"),
    )
}

fn too_long(_text: &str) -> Unread {
    Unread::new(
        "cell.number_long",
        ("the number has more than 15 digits, which no number keeps", "shorten it"),
        ("数字超过 15 位有效数字，无法准确保存", "请缩短"),
    )
}
