//! How much of a lot an act speaks of.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read, Write};

/// Millionths of a unit in one.
const ONE: i128 = 1_000_000;

/// A unit that quantities are told in, from another: name, base, numerator, denominator. Symbols of
/// the SI, and the codes of UN/ECE Recommendation 20 that EPCIS writes.
const UNITS: &[(&str, &str, i128, i128)] = &[
    ("kg", "kg", 1, 1),
    ("KGM", "kg", 1, 1),
    ("g", "kg", 1, 1_000),
    ("GRM", "kg", 1, 1_000),
    ("mg", "kg", 1, 1_000_000),
    ("MGM", "kg", 1, 1_000_000),
    ("t", "kg", 1_000, 1),
    ("TNE", "kg", 1_000, 1),
    ("L", "L", 1, 1),
    ("LTR", "L", 1, 1),
    ("mL", "L", 1, 1_000),
    ("MLT", "L", 1, 1_000),
    ("m3", "L", 1_000, 1),
    ("MTQ", "L", 1_000, 1),
    ("m", "m", 1, 1),
    ("MTR", "m", 1, 1),
    ("cm", "m", 1, 100),
    ("CMT", "m", 1, 100),
    ("mm", "m", 1, 1_000),
    ("MMT", "m", 1, 1_000),
    ("m2", "m2", 1, 1),
    ("MTK", "m2", 1, 1),
    ("", "piece", 1, 1),
    ("1", "piece", 1, 1),
    ("piece", "piece", 1, 1),
    ("EA", "piece", 1, 1),
    ("C62", "piece", 1, 1),
    ("H87", "piece", 1, 1),
];

/// A quantity in millionths of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millionths(pub i64);

impl fmt::Display for Millionths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0.unsigned_abs() / 1_000_000, self.0.unsigned_abs() % 1_000_000);
        let sign = if self.0 < 0 { "-" } else { "" };
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:06}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

/// Reads a decimal number in a unit, in millionths of the unit that such quantities are added in.
/// None where it is no such number, or one too large.
pub(super) fn read<'u>(number: &str, unit: &'u str) -> Option<(i64, &'u str)> {
    let (mantissa, exponent) = match number.find(['e', 'E']) {
        Some(at) => (number.get(..at)?, number.get(at + 1..)?.parse::<i32>().ok()?),
        None => (number, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole.strip_prefix('-').unwrap_or(whole)) || !is_number(part) || part.len() > 18 {
        return None;
    }
    let digits: i128 = format!("{whole}{part}").parse().ok()?;
    let exponent = exponent - i32::try_from(part.len()).ok()?;
    let (mut numerator, mut denominator) = (digits.checked_mul(ONE)?, 1_i128);
    match exponent {
        0..=18 => numerator = numerator.checked_mul(10_i128.pow(exponent.unsigned_abs()))?,
        -24..0 => denominator = 10_i128.pow(exponent.unsigned_abs()),
        _ => return None,
    }
    let known = UNITS.iter().find(|(name, ..)| *name == unit);
    let (_, base, times, by) = known.copied().unwrap_or((unit, unit, 1, 1));
    let value = numerator.checked_mul(times)?.checked_div(denominator.checked_mul(by)?)?;
    Some((i64::try_from(value).ok()?, base))
}

/// How much acts speak of: in the order of acts.
#[derive(Debug, Clone, Default)]
pub(super) struct Amounts {
    rows: Vec<Row>,
    units: Vec<String>,
    numbers: BTreeMap<String, u16>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    act: u32,
    thing: u32,
    value: i64,
    unit: u16,
}

impl Amounts {
    pub(super) fn push(&mut self, act: u32, thing: u32, value: i64, unit: &str) {
        let next = u16::try_from(self.units.len()).unwrap_or(u16::MAX);
        let unit = match self.numbers.get(unit) {
            Some(number) => *number,
            // More units than numbers: such an amount is not known.
            None if next == u16::MAX => return,
            None => {
                self.numbers.insert(unit.to_owned(), next);
                self.units.push(unit.to_owned());
                next
            }
        };
        self.rows.push(Row { act, thing, value, unit });
    }

    /// The amounts of a thing in an act.
    pub(super) fn of(&self, act: u32, thing: u32) -> impl Iterator<Item = (i64, &str)> {
        let from = self.rows.partition_point(|row| row.act < act);
        let rows = self.rows.get(from..).unwrap_or_default().iter();
        let rows = rows.take_while(move |row| row.act == act).filter(move |row| row.thing == thing);
        rows.map(|row| (row.value, self.unit(row.unit)))
    }

    fn unit(&self, number: u16) -> &str {
        self.units.get(number as usize).map_or("", String::as_str)
    }

    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(&(self.units.len() as u64).to_le_bytes())?;
        for unit in &self.units {
            to.write_all(&(unit.len() as u64).to_le_bytes())?;
            to.write_all(unit.as_bytes())?;
        }
        to.write_all(&(self.rows.len() as u64).to_le_bytes())?;
        for row in &self.rows {
            to.write_all(&row.act.to_le_bytes())?;
            to.write_all(&row.thing.to_le_bytes())?;
            to.write_all(&row.value.to_le_bytes())?;
            to.write_all(&row.unit.to_le_bytes())?;
        }
        Ok(())
    }

    /// None where it is damaged.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut amounts = Self::default();
        for number in 0..super::snapshot::number(from)? {
            let Some(unit) = super::snapshot::text(from)? else { return Ok(None) };
            let Ok(number) = u16::try_from(number) else { return Ok(None) };
            amounts.numbers.insert(unit.clone(), number);
            amounts.units.push(unit);
        }
        for _ in 0..super::snapshot::number(from)? {
            let mut bytes = [0; 18];
            from.read_exact(&mut bytes)?;
            let four = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
            let row = || {
                Some(Row {
                    act: four(0)?,
                    thing: four(4)?,
                    value: i64::from_le_bytes(bytes.get(8..16)?.try_into().ok()?),
                    unit: u16::from_le_bytes(bytes.get(16..18)?.try_into().ok()?),
                })
            };
            let Some(row) = row() else { return Ok(None) };
            amounts.rows.push(row);
        }
        Ok(Some(amounts).filter(|amounts| amounts.rows.is_sorted_by_key(|row| row.act)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_added_in_one_unit() {
        for (number, unit, value, base) in [
            ("12.5", "KGM", 12_500_000, "kg"),
            ("250", "g", 250_000, "kg"),
            ("0.5", "t", 500_000_000, "kg"),
            ("3", "", 3_000_000, "piece"),
            ("-2", "box", -2_000_000, "box"),
            ("1.5E+2", "LTR", 150_000_000, "L"),
            ("1e-3", "KGM", 1_000, "kg"),
        ] {
            assert_eq!(read(number, unit), Some((value, base)), "{number} {unit}");
        }
        for wrong in ["", "-", "1.2.3", "1e999", "99999999999999999999", "NaN", "+1"] {
            assert!(
                read(wrong, "kg").is_none_or(|(value, _)| wrong.is_empty() && value == 0),
                "{wrong}"
            );
        }
        assert_eq!(Millionths(12_500_000).to_string(), "12.5");
        assert_eq!(Millionths(-1).to_string(), "-0.000001");
        assert_eq!(Millionths(3_000_000).to_string(), "3");
    }
}
