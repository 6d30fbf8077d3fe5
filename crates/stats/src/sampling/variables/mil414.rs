//! The tables of MIL-STD-414.

use super::plan::{Method, VariablesPlan};
use crate::error::check;
use crate::sampling::schemes::{Aql, Severity};
use crate::{Error, Result};

/// The inspection levels of MIL-STD-414; IV unless another is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VariablesLevel {
    /// Level I.
    I,
    /// Level II.
    II,
    /// Level III.
    III,
    /// Level IV.
    #[default]
    IV,
    /// Level V.
    V,
}

/// Where the ranges of lot sizes end, and the letters for the levels I to V (table A-2).
const LETTERS: [(u32, &[u8; 5]); 17] = [
    (8, b"BBBBC"),
    (15, b"BBBBD"),
    (25, b"BBBCE"),
    (40, b"BBBDF"),
    (65, b"BBCEG"),
    (110, b"BBDFH"),
    (180, b"BCEGI"),
    (300, b"BDFHJ"),
    (500, b"CEGIK"),
    (800, b"DFHJL"),
    (1_300, b"EGIKL"),
    (3_200, b"FHJLM"),
    (8_000, b"GILMN"),
    (22_000, b"HJMNO"),
    (110_000, b"IKNOP"),
    (550_000, b"IKOPQ"),
    (u32::MAX, b"IKPQQ"),
];

/// The limits of the columns, per cent.
const COLUMNS: [f64; 14] =
    [0.040, 0.065, 0.10, 0.15, 0.25, 0.40, 0.65, 1.0, 1.5, 2.5, 4.0, 6.5, 10.0, 15.0];

/// Letters B to Q: the sample and the constants up to the column of 15; arrows down stand where a
/// row begins later (table B-1).
const ROWS: [(u32, &[f64]); 16] = [
    (3, &[1.12, 0.958, 0.765, 0.566, 0.341]),
    (4, &[1.45, 1.34, 1.17, 1.01, 0.814, 0.617, 0.393]),
    (5, &[1.65, 1.53, 1.40, 1.24, 1.07, 0.874, 0.675, 0.455]),
    (7, &[2.00, 1.88, 1.75, 1.62, 1.50, 1.33, 1.15, 0.955, 0.755, 0.536]),
    (10, &[2.24, 2.11, 1.98, 1.84, 1.72, 1.58, 1.41, 1.23, 1.03, 0.828, 0.611]),
    (15, &[2.64, 2.53, 2.42, 2.32, 2.20, 2.06, 1.91, 1.79, 1.65, 1.47, 1.30, 1.09, 0.886, 0.664]),
    (20, &[2.69, 2.58, 2.47, 2.36, 2.24, 2.11, 1.96, 1.82, 1.69, 1.51, 1.33, 1.12, 0.917, 0.695]),
    (25, &[2.72, 2.61, 2.50, 2.40, 2.26, 2.14, 1.98, 1.85, 1.72, 1.53, 1.35, 1.14, 0.936, 0.712]),
    (30, &[2.73, 2.61, 2.51, 2.41, 2.28, 2.15, 2.00, 1.86, 1.73, 1.55, 1.36, 1.15, 0.946, 0.723]),
    (35, &[2.77, 2.65, 2.54, 2.45, 2.31, 2.18, 2.03, 1.89, 1.76, 1.57, 1.39, 1.18, 0.969, 0.745]),
    (40, &[2.77, 2.66, 2.55, 2.44, 2.31, 2.18, 2.03, 1.89, 1.76, 1.58, 1.39, 1.18, 0.971, 0.746]),
    (50, &[2.83, 2.71, 2.60, 2.50, 2.35, 2.22, 2.08, 1.93, 1.80, 1.61, 1.42, 1.21, 1.00, 0.774]),
    (75, &[2.90, 2.77, 2.66, 2.55, 2.41, 2.27, 2.12, 1.98, 1.84, 1.65, 1.46, 1.24, 1.03, 0.804]),
    (100, &[2.92, 2.80, 2.69, 2.58, 2.43, 2.29, 2.14, 2.00, 1.86, 1.67, 1.48, 1.26, 1.05, 0.819]),
    (150, &[2.96, 2.84, 2.73, 2.61, 2.47, 2.33, 2.18, 2.03, 1.89, 1.70, 1.51, 1.29, 1.07, 0.841]),
    (200, &[2.97, 2.85, 2.73, 2.62, 2.47, 2.33, 2.18, 2.04, 1.89, 1.70, 1.51, 1.29, 1.07, 0.845]),
];

/// The plan of MIL-STD-414 (1957, public domain), section B: standard deviation unknown, one limit,
/// form k; with the code letter of the row it stands in. ISO 3951:1989 and GB/T 6378-1986 took over
/// its constants for the letters B to I.
///
/// ```
/// use stats::sampling::{Aql, Severity, VariablesLevel, mil414_plan};
/// // Example B-1: a lot of 40, level IV, limit 1 per cent.
/// let aql = Aql::per_hundred(1.0)?;
/// let (letter, plan) = mil414_plan(40, VariablesLevel::IV, Severity::Normal, aql)?;
/// assert_eq!((letter, plan.n, plan.k), ('D', 5, 1.53));
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// A lot of fewer than three items, a limit that the table does not have (0.040 to 15; tightened from
/// 0.065), or reduced inspection, for which it has other tables.
pub fn mil414_plan(
    lot: u32,
    level: VariablesLevel,
    severity: Severity,
    aql: Aql,
) -> Result<(char, VariablesPlan)> {
    check::within("lot size", lot.into(), lot >= 3, "3 or more")?;
    // Tightened inspection reads the column of the next tighter limit.
    let asked = match severity {
        Severity::Normal => Some(aql),
        Severity::Tightened => aql.tighter(),
        Severity::Reduced => {
            return Err(Error::NoSolution {
                what: "plan of MIL-STD-414",
                why: "reduced inspection has its own tables, which are not held here",
            });
        }
    };
    let column = asked.and_then(|asked| {
        let near = |known: &f64| (known - asked.value()).abs() < 1e-9;
        COLUMNS.iter().position(near)
    });
    let column = column.ok_or(Error::NoSolution {
        what: "plan of MIL-STD-414",
        why: "its limits go from 0.040 (tightened from 0.065) to 15 per cent",
    })?;
    let letters = LETTERS.iter().find(|(end, _)| lot <= *end);
    let place = match level {
        VariablesLevel::I => 0,
        VariablesLevel::II => 1,
        VariablesLevel::III => 2,
        VariablesLevel::IV => 3,
        VariablesLevel::V => 4,
    };
    let first = letters.map_or(b'Q', |(_, letters)| letters[place]);
    let rows = (b'B'..).zip(ROWS).filter(|(letter, _)| *letter >= first);
    for (letter, (n, constants)) in rows {
        let skipped = COLUMNS.len() - constants.len();
        if let Some(&k) = column.checked_sub(skipped).and_then(|i| constants.get(i)) {
            return Ok((char::from(letter), VariablesPlan::new(n, k, Method::S)?));
        }
    }
    Err(Error::NoSolution { what: "plan of MIL-STD-414", why: "the table has none in this column" })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Constants fall with the limit and rise with the sample, and every plan accepts lots of the
    /// quality of its limit with a probability of 0.86 to 0.995: a wrong digit would show.
    #[test]
    fn the_table_is_smooth() {
        for pair in ROWS.windows(2) {
            for (upper, lower) in pair[0].1.iter().rev().zip(pair[1].1.iter().rev()) {
                assert!(upper <= lower || (upper - lower).abs() < 0.011, "{pair:?}");
            }
        }
        for (n, constants) in ROWS {
            assert!(constants.windows(2).all(|k| k[0] > k[1]), "{n}");
            let limits = COLUMNS.iter().skip(COLUMNS.len() - constants.len());
            for (&k, limit) in constants.iter().zip(limits) {
                let plan = VariablesPlan::new(n, k, Method::S).unwrap();
                let accepted = plan.acceptance(limit / 100.0).unwrap();
                assert!((0.86..0.995).contains(&accepted), "{n} {limit} {accepted}");
            }
        }
    }

    #[test]
    fn arrows_lead_down() {
        let aql = |x| Aql::per_hundred(x).unwrap();
        let of = |lot, severity, limit| mil414_plan(lot, VariablesLevel::IV, severity, limit);
        let (letter, plan) = of(10, Severity::Normal, aql(0.25)).unwrap();
        assert_eq!((letter, plan.n, plan.k), ('E', 7, 2.00));
        let (_, tight) = of(40, Severity::Tightened, aql(1.0)).unwrap();
        assert_eq!(tight.k, 1.65);
        assert!(of(40, Severity::Tightened, aql(0.040)).is_err());
        assert!(of(40, Severity::Normal, aql(25.0)).is_err());
        assert!(of(40, Severity::Reduced, aql(1.0)).is_err());
        assert!(of(2, Severity::Normal, aql(1.0)).is_err());
    }
}
