//! Industrial classification for national economic activities, GB/T 4754: sections 门类 and
//! divisions 大类.

use clock::Date;

use crate::error::Error;
use crate::issued::Label;
use crate::table::{InForce, read_rows};
use crate::words::Name;

/// A section (one letter) or a division (two digits) of one edition of GB/T 4754.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Industry {
    /// The year of the edition.
    pub edition: String,
    /// A letter, or two digits.
    pub code: String,
    /// The letter of the section it belongs to; its own for a section.
    pub section: char,
    /// Its names.
    pub label: Label,
    /// The days on which this edition is in force.
    pub in_force: InForce,
}

/// The table of industries. Unlike a division of the country, a number may mean another industry
/// in the next edition, so a code is only understood with a day.
#[derive(Debug, Clone, Default)]
pub struct Industries(Vec<Industry>);

impl Industries {
    /// Reads CSV text with the columns `edition`, `code`, `section`, `zh`, `en`, `from`, `to`.
    ///
    /// # Errors
    /// [`Error::Table`] with the line.
    pub fn from_csv(text: &str) -> Result<Self, Error> {
        let table = Name::new("table of industries", "行业表");
        let rows = read_rows(table, text, |row| {
            let code = row.required("code")?;
            let section = row.required("section")?;
            let letter =
                section.chars().next().filter(|c| section.len() == 1 && ('A'..='T').contains(c));
            let Some(letter) = letter else {
                return Err(row.fault(
                    format!("{section} is no section; give a letter from A to T"),
                    format!("没有门类 {section}；请填 A 至 T 的字母"),
                ));
            };
            let is_division = code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit());
            if code != section && !is_division {
                return Err(row.fault(
                    format!("{code} is neither its section's letter nor two digits"),
                    format!("{code} 既不是门类字母，也不是两位数字"),
                ));
            }
            Ok(Industry {
                edition: row.required("edition")?.to_owned(),
                code: code.to_owned(),
                section: letter,
                label: Label {
                    zh: row.required("zh")?.to_owned(),
                    en: row.required("en")?.to_owned(),
                },
                in_force: row.in_force()?,
            })
        })?;
        Ok(Self(rows))
    }

    /// What a code stood for on a day: `C`, `13`, or `C13`.
    ///
    /// ```
    /// let table = codes::Industries::from_csv("\
    /// edition,code,section,zh,en,from,to
    /// 2011,79,O,居民服务业,Services to households,2011-11-01,2017-09-30
    /// 2017,79,N,土地管理业,Land management,2017-10-01,
    /// ").unwrap();
    /// let on = |day: &str| table.get("79", day.parse().unwrap()).map(|i| i.section);
    /// assert_eq!((on("2016-05-01"), on("2020-05-01")), (Some('O'), Some('N')));
    /// ```
    pub fn get(&self, code: &str, on: Date) -> Option<&Industry> {
        self.history(code).find(|industry| industry.in_force.holds(on))
    }

    /// What a code stood for in every edition: `C`, `13`, or `C13`.
    pub fn history(&self, code: &str) -> impl Iterator<Item = &Industry> {
        let mut characters = code.chars();
        let (section, own) = match (characters.next(), characters.as_str()) {
            (Some(letter), rest) if letter.is_ascii_uppercase() && rest.len() == 2 => {
                (Some(letter), rest)
            }
            _ => (None, code),
        };
        self.0
            .iter()
            .filter(move |i| i.code == own && section.is_none_or(|letter| i.section == letter))
    }

    /// Every row, in the order of the table.
    pub fn all(&self) -> impl Iterator<Item = &Industry> {
        self.0.iter()
    }
}
