//! The length of GS1 company prefixes, which a key does not tell by itself.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::table::read_rows;
use crate::words::{Name, Words};

/// Lengths of company prefixes by the digits that a key's company prefix begins with.
///
/// Source: the GS1 company prefix length table, for the prefixes the table names; every other
/// prefix gets the default of the table.
#[derive(Debug, Clone)]
pub struct CompanyPrefixes {
    lengths: BTreeMap<String, usize>,
    default: usize,
}

/// Lengths that an EPC can have (EPC Tag Data Standard, section 14.3).
pub(crate) const LEAST: usize = 6;
pub(crate) const MOST: usize = 12;

impl CompanyPrefixes {
    /// Every company prefix has the same length.
    pub fn constant(length: usize) -> Self {
        Self { lengths: BTreeMap::new(), default: length }
    }

    /// Reads CSV text with the columns `prefix` (digits, or `default` for the rest) and `length`.
    ///
    /// # Errors
    /// [`Error::Table`] with the line; a table without a default row is refused.
    ///
    /// ```
    /// let table = codes::gs1::CompanyPrefixes::from_csv("\
    /// prefix,length
    /// 690,7
    /// 6901028,10
    /// 692,8
    /// default,7
    /// ").unwrap();
    /// assert_eq!(table.length_of("690102812345"), (10, true)); // the longest row that fits
    /// assert_eq!(table.length_of("400638133393"), (7, false)); // the default
    /// ```
    pub fn from_csv(text: &str) -> Result<Self, Error> {
        const TABLE: Name = Name::new("table of company prefixes", "厂商识别代码长度表");
        let rows = read_rows(TABLE, text, |row| {
            let prefix = row.required("prefix")?;
            let length =
                row.required("length")?.parse().ok().filter(|n| (LEAST..=MOST).contains(n));
            let Some(length) = length else {
                return Err(row.fault(
                    format!("the length is not a number from {LEAST} to {MOST}"),
                    format!("长度不是 {LEAST} 至 {MOST} 的数字"),
                ));
            };
            if prefix != "default" && !prefix.bytes().all(|b| b.is_ascii_digit()) {
                return Err(row.fault(
                    format!("{prefix} is neither digits nor the word default"),
                    format!("{prefix} 既不是数字，也不是 default"),
                ));
            }
            Ok((prefix.to_owned(), length))
        })?;
        let mut lengths: BTreeMap<String, usize> = rows.into_iter().collect();
        let Some(default) = lengths.remove("default") else {
            let reason =
                Words::new("there is no row for the default; add one", "缺少 default 一行；请补上");
            return Err(Error::Table { table: TABLE, line: 1, reason });
        };
        Ok(Self { lengths, default })
    }

    /// The length of the company prefix that `digits` begin with, and whether a row says so
    /// rather than the default. The longest row that fits decides.
    pub fn length_of(&self, digits: &str) -> (usize, bool) {
        let longest = (1..=digits.len().min(MOST)).rev();
        let known =
            longest.filter_map(|n| digits.get(..n)).find_map(|prefix| self.lengths.get(prefix));
        known.map_or((self.default, false), |length| (*length, true))
    }
}
