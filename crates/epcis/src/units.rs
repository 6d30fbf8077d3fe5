//! Units of measure by their common codes, and exact comparing across them.

use std::cmp::Ordering;

use crate::number::{Decimal, compare};

/// Code, quantity, and how its base is reached: `(value + shift) * numerator / denominator`.
///
/// Source: UN/ECE Recommendation 20, Codes for Units of Measure Used in International Trade;
/// factors of SI units are those of the SI Brochure, of inch, pound, gallon and degree Fahrenheit
/// those of the international yard and pound agreement and of NIST SP 811, appendix B.
type Unit = (&'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const UNITS: &[Unit] = &[
    ("KEL", "temperature", "0", "1", "1"),
    ("CEL", "temperature", "273.15", "1", "1"),
    ("FAH", "temperature", "459.67", "5", "9"),
    ("A48", "temperature", "0", "5", "9"),
    ("MTR", "length", "0", "1", "1"),
    ("KMT", "length", "0", "1000", "1"),
    ("DMT", "length", "0", "1", "10"),
    ("CMT", "length", "0", "1", "100"),
    ("MMT", "length", "0", "1", "1000"),
    ("4H", "length", "0", "1", "1000000"),
    ("INH", "length", "0", "0.0254", "1"),
    ("FOT", "length", "0", "0.3048", "1"),
    ("YRD", "length", "0", "0.9144", "1"),
    ("SMI", "length", "0", "1609.344", "1"),
    ("NMI", "length", "0", "1852", "1"),
    ("KGM", "mass", "0", "1", "1"),
    ("TNE", "mass", "0", "1000", "1"),
    ("GRM", "mass", "0", "1", "1000"),
    ("MGM", "mass", "0", "1", "1000000"),
    ("MC", "mass", "0", "1", "1000000000"),
    ("LBR", "mass", "0", "0.45359237", "1"),
    ("ONZ", "mass", "0", "0.028349523125", "1"),
    ("SEC", "time", "0", "1", "1"),
    ("C26", "time", "0", "1", "1000"),
    ("B98", "time", "0", "1", "1000000"),
    ("MIN", "time", "0", "60", "1"),
    ("HUR", "time", "0", "3600", "1"),
    ("DAY", "time", "0", "86400", "1"),
    ("WEE", "time", "0", "604800", "1"),
    ("MTK", "area", "0", "1", "1"),
    ("CMK", "area", "0", "1", "10000"),
    ("MMK", "area", "0", "1", "1000000"),
    ("KMK", "area", "0", "1000000", "1"),
    ("HAR", "area", "0", "10000", "1"),
    ("FTK", "area", "0", "0.09290304", "1"),
    ("MTQ", "volume", "0", "1", "1"),
    ("LTR", "volume", "0", "1", "1000"),
    ("DMQ", "volume", "0", "1", "1000"),
    ("HLT", "volume", "0", "1", "10"),
    ("DLT", "volume", "0", "1", "10000"),
    ("CLT", "volume", "0", "1", "100000"),
    ("MLT", "volume", "0", "1", "1000000"),
    ("CMQ", "volume", "0", "1", "1000000"),
    ("GLL", "volume", "0", "0.003785411784", "1"),
    ("MTS", "speed", "0", "1", "1"),
    ("KMH", "speed", "0", "5", "18"),
    ("HM", "speed", "0", "0.44704", "1"),
    ("KNT", "speed", "0", "1852", "3600"),
    ("MSK", "acceleration", "0", "1", "1"),
    ("K40", "acceleration", "0", "9.80665", "1"),
    ("PAL", "pressure", "0", "1", "1"),
    ("A97", "pressure", "0", "100", "1"),
    ("KPA", "pressure", "0", "1000", "1"),
    ("MPA", "pressure", "0", "1000000", "1"),
    ("BAR", "pressure", "0", "100000", "1"),
    ("MBR", "pressure", "0", "100", "1"),
    ("ATM", "pressure", "0", "101325", "1"),
    ("NEW", "force", "0", "1", "1"),
    ("B47", "force", "0", "1000", "1"),
    ("JOU", "energy", "0", "1", "1"),
    ("KJO", "energy", "0", "1000", "1"),
    ("3B", "energy", "0", "1000000", "1"),
    ("WHR", "energy", "0", "3600", "1"),
    ("KWH", "energy", "0", "3600000", "1"),
    ("MWH", "energy", "0", "3600000000", "1"),
    ("WTT", "power", "0", "1", "1"),
    ("KWT", "power", "0", "1000", "1"),
    ("MAW", "power", "0", "1000000", "1"),
    ("AMP", "electric current", "0", "1", "1"),
    ("4K", "electric current", "0", "1", "1000"),
    ("VLT", "voltage", "0", "1", "1"),
    ("KVT", "voltage", "0", "1000", "1"),
    ("2Z", "voltage", "0", "1", "1000"),
    ("OHM", "resistance", "0", "1", "1"),
    ("B49", "resistance", "0", "1000", "1"),
    ("HTZ", "frequency", "0", "1", "1"),
    ("KHZ", "frequency", "0", "1000", "1"),
    ("MHZ", "frequency", "0", "1000000", "1"),
    ("A93", "mass concentration", "0", "1", "1"),
    ("GP", "mass concentration", "0", "1", "1000"),
    ("GL", "mass concentration", "0", "1000", "1"),
    ("M1", "mass concentration", "0", "1", "1"),
    ("KMQ", "mass concentration", "0", "1000", "1"),
    ("LUX", "illuminance", "0", "1", "1"),
    ("KLX", "illuminance", "0", "1000", "1"),
    ("P1", "ratio", "0", "1", "100"),
    ("C62", "ratio", "0", "1", "1"),
    ("59", "ratio", "0", "1", "1000000"),
    ("C34", "amount of substance", "0", "1", "1"),
    ("C18", "amount of substance", "0", "1", "1000"),
    ("C35", "molar concentration", "0", "1000", "1"),
    ("C36", "molar concentration", "0", "1", "1"),
    ("BQL", "radioactivity", "0", "1", "1"),
    ("2Q", "radioactivity", "0", "1000", "1"),
    ("D13", "dose equivalent", "0", "1", "1"),
    ("C28", "dose equivalent", "0", "1", "1000"),
    ("P71", "dose equivalent rate", "0", "1", "1"),
];

fn find(code: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.0 == code)
}

/// What a unit measures; `None` for a code that is not in the table.
///
/// ```
/// assert_eq!(epcis::quantity_of("CEL"), Some("temperature"));
/// ```
pub fn quantity_of(code: &str) -> Option<&'static str> {
    find(code).map(|unit| unit.1)
}

/// Compares two values with their units, exactly. The same unit needs no table; `None` where the
/// units measure different things, or one is not known, or one value is no number.
///
/// ```
/// use std::cmp::Ordering;
/// assert_eq!(epcis::compare_units("26.1", "CEL", "299.25", "KEL"), Some(Ordering::Equal));
/// assert_eq!(epcis::compare_units("36", "KMH", "10", "MTS"), Some(Ordering::Equal));
/// assert_eq!(epcis::compare_units("212", "FAH", "100", "CEL"), Some(Ordering::Equal));
/// assert_eq!(epcis::compare_units("1", "KGM", "1", "MTR"), None);
/// ```
pub fn compare_units(a: &str, a_unit: &str, b: &str, b_unit: &str) -> Option<Ordering> {
    if a_unit == b_unit {
        return compare(a, b);
    }
    let (one, other) = (find(a_unit)?, find(b_unit)?);
    if one.1 != other.1 {
        return None;
    }
    // Both sides times both denominators, so that nothing is divided.
    let side = |value: &str, unit: &Unit, denominator: &str| {
        let shifted = Decimal::parse(value)?.plus(Decimal::parse(unit.2)?)?;
        shifted.times(Decimal::parse(unit.3)?)?.times(Decimal::parse(denominator)?)
    };
    Some(side(a, one, other.4)?.compare(side(b, other, one.4)?))
}
