//! Administrative divisions of China, GB/T 2260, with their days in force.

use std::collections::BTreeMap;

use clock::Date;

use crate::error::Error;
use crate::table::{InForce, read_rows};
use crate::words::{Name, Words};

const TABLE: Name = Name::new("table of divisions", "行政区划表");

/// How high a division stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DivisionLevel {
    /// A province, autonomous region or municipality.
    Province,
    /// A city, prefecture, or a county-level unit that the province itself administers.
    City,
    /// A county, district or county-level city.
    County,
}

/// One division under one name, for as long as it had both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// Six digits.
    pub code: String,
    /// The official name.
    pub name: String,
    /// Its level.
    pub level: DivisionLevel,
    /// The code of the division above; none for a province.
    pub parent: Option<String>,
    /// Its days in force. An open first day is not known.
    pub in_force: InForce,
    /// The codes that took its place; empty while it is in force.
    pub became: Vec<String>,
    /// Where the days are from; empty where none is known.
    pub source: String,
}

/// A table of divisions. A code is never given to another place, so a code with a past names one
/// place under its successive names.
#[derive(Debug, Clone, Default)]
pub struct Divisions {
    by_code: BTreeMap<String, Vec<Division>>,
}

impl Divisions {
    /// Reads CSV text with the columns `code`, `name`, `level` (province, city, county),
    /// `parent`, `from`, `to`, `became` (codes, space between) and `source`.
    ///
    /// # Errors
    /// [`Error::Table`] with the line: a code that is not six digits, a name twice in force at
    /// once, a day without a source, a parent or successor that is not in the table.
    ///
    /// ```
    /// let table = codes::Divisions::from_csv("\
    /// code,name,level,parent,from,to,became,source
    /// 420000,湖北省,province,,,,,
    /// 420800,荆门市,city,420000,,,,
    /// 420821,京山县,county,420800,,2018-02-22,420882,notice
    /// 420882,京山市,county,420800,2018-02-23,,,notice
    /// ").unwrap();
    /// let on = |day: &str| table.get("420821", day.parse().unwrap()).map(|d| d.name.as_str());
    /// assert_eq!(on("2017-01-01"), Some("京山县"));
    /// assert_eq!(on("2019-01-01"), None);
    /// assert_eq!(table.history("420821")[0].became, ["420882"]);
    /// ```
    pub fn from_csv(text: &str) -> Result<Self, Error> {
        let rows = read_rows(TABLE, text, |row| {
            let code = row.required("code")?;
            if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
                return Err(
                    row.fault(format!("{code} is not six digits"), format!("{code} 不是六位数字"))
                );
            }
            let level = match row.required("level")? {
                "province" => DivisionLevel::Province,
                "city" => DivisionLevel::City,
                "county" => DivisionLevel::County,
                other => {
                    return Err(row.fault(
                        format!("{other} is no level; give province, city or county"),
                        format!("没有级别 {other}；请填 province、city 或 county"),
                    ));
                }
            };
            let in_force = row.in_force()?;
            let source = row.text("source");
            if source.is_empty() && in_force != InForce::default() {
                return Err(row.fault(
                    format!("{code} has days in force without a source"),
                    format!("{code} 有有效期而无来源"),
                ));
            }
            let parent = Some(row.text("parent")).filter(|p| !p.is_empty()).map(str::to_owned);
            if parent.is_none() != (level == DivisionLevel::Province) {
                return Err(row.fault(
                    format!("{code}: every division but a province has a parent"),
                    format!("{code}：除省级外，区划都应有上级"),
                ));
            }
            let division = Division {
                code: code.to_owned(),
                name: row.required("name")?.to_owned(),
                level,
                parent,
                in_force,
                became: row.text("became").split_whitespace().map(str::to_owned).collect(),
                source: source.to_owned(),
            };
            Ok((row.line, division))
        })?;
        let mut table = Self::default();
        let mut lines = Vec::with_capacity(rows.len());
        for (line, division) in rows {
            let names = table.by_code.entry(division.code.clone()).or_default();
            if let Some(other) = names.iter().find(|d| d.in_force.overlaps(&division.in_force)) {
                let (a, b, code) = (&other.name, &division.name, &division.code);
                let reason = Words::new(
                    format!("{a} and {b} are in force under {code} at once"),
                    format!("{a}与{b}的有效期在代码 {code} 下重叠"),
                );
                return Err(Error::Table { table: TABLE, line, reason });
            }
            lines.push((
                line,
                division.code.clone(),
                division.parent.clone(),
                division.became.clone(),
            ));
            names.push(division);
            names.sort_by_key(|d| d.in_force.from);
        }
        for (line, code, parent, became) in lines {
            let missing = parent.iter().chain(&became).find(|c| !table.by_code.contains_key(*c));
            if let Some(missing) = missing {
                let reason = Words::new(
                    format!("{code} names {missing}, which is not in the table"),
                    format!("{code} 所指的 {missing} 不在表中"),
                );
                return Err(Error::Table { table: TABLE, line, reason });
            }
        }
        Ok(table)
    }

    /// The division that has this code on this day.
    pub fn get(&self, code: &str, on: Date) -> Option<&Division> {
        self.history(code).iter().find(|division| division.in_force.holds(on))
    }

    /// Everything the code has stood for, oldest first; empty for an unknown code.
    pub fn history(&self, code: &str) -> &[Division] {
        self.by_code.get(code).map_or(&[], Vec::as_slice)
    }

    /// The divisions directly below one, on a day, by code.
    pub fn children<'a>(&'a self, code: &'a str, on: Date) -> impl Iterator<Item = &'a Division> {
        self.all().filter(move |d| d.parent.as_deref() == Some(code) && d.in_force.holds(on))
    }

    /// The codes of all divisions that were ever directly below one, each once.
    ///
    /// ```
    /// let table = codes::Divisions::from_csv("\
    /// code,name,level,parent,from,to,became,source
    /// 420000,湖北省,province,,,,,
    /// 420100,武汉市,city,420000,,,,
    /// ").unwrap();
    /// assert_eq!(table.ever_below("420000"), ["420100"]);
    /// ```
    pub fn ever_below(&self, code: &str) -> Vec<&str> {
        let below = self.all().filter(|division| division.parent.as_deref() == Some(code));
        let mut codes: Vec<&str> = below.map(|division| division.code.as_str()).collect();
        codes.dedup();
        codes
    }

    /// Whether `code` is `above` or lies below it on a day.
    ///
    /// ```
    /// let table = codes::Divisions::from_csv("\
    /// code,name,level,parent,from,to,became,source
    /// 420000,湖北省,province,,,,,
    /// 420100,武汉市,city,420000,,,,
    /// 420106,武昌区,county,420100,,,,
    /// ").unwrap();
    /// let day = "2026-11-23".parse().unwrap();
    /// assert!(table.is_within("420106", "420000", day));
    /// assert!(!table.is_within("420000", "420106", day));
    /// assert_eq!(table.children("420000", day).count(), 1);
    /// ```
    pub fn is_within(&self, code: &str, above: &str, on: Date) -> bool {
        let mut at = Some(code);
        // A table has few levels; the bound keeps a table that names itself as parent from looping.
        for _ in 0..8 {
            match at {
                Some(code) if code == above => return true,
                Some(code) => at = self.get(code, on).and_then(|d| d.parent.as_deref()),
                None => return false,
            }
        }
        false
    }

    /// Every row, by code and then by day.
    pub fn all(&self) -> impl Iterator<Item = &Division> {
        self.by_code.values().flatten()
    }
}
