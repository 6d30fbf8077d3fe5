//! What a table says of unified social credit codes: labels, and codes given out with a fault.

use std::collections::BTreeMap;

use crate::error::{Checked, Error, Mode};
use crate::table::read_rows;
use crate::uscc::Uscc;
use crate::words::Name;

/// Codes that were given out with a check character that does not fit, each with its source.
///
/// Such a code is on a licence, so its holder cannot help it: it is read with a warning.
#[derive(Debug, Clone, Default)]
pub struct IssuedCodes {
    source: BTreeMap<String, String>,
}

impl IssuedCodes {
    /// Reads CSV text with the columns `code` and `source`.
    ///
    /// # Errors
    /// [`Error::Table`] with the line: no code, no source, or a code that has nothing wrong.
    pub fn from_csv(text: &str) -> Result<Self, Error> {
        let rows =
            read_rows(Name::new("table of issued codes", "已发放代码表"), text, |row| {
                let code = row.required("code")?;
                let checked = Uscc::parse(code, Mode::Lenient)
                    .map_err(|e| row.fault(e.to_string(), e.zh()))?;
                if checked.warnings.is_empty() {
                    return Err(row.fault(
                        format!("{code} has nothing wrong; take the row out"),
                        format!("{code} 没有错误；请删除此行"),
                    ));
                }
                Ok((code.to_owned(), row.required("source")?.to_owned()))
            })?;
        Ok(Self { source: rows.into_iter().collect() })
    }

    /// Reads a code strictly, but lets the codes of this table pass with a warning.
    ///
    /// # Errors
    /// As [`Uscc::parse`].
    ///
    /// ```
    /// let table = codes::IssuedCodes::from_csv("code,source\n91350203M0001QAY9B,licence seen\n").unwrap();
    /// let code = table.parse("91350203M0001QAY9B").unwrap();
    /// assert_eq!(code.warnings[0].code(), "codes.check_digit");
    /// assert!(table.parse("91350200776049653B").is_err());
    /// ```
    pub fn parse(&self, text: &str) -> Result<Checked<Uscc>, Error> {
        let mode = if self.source.contains_key(text) { Mode::Lenient } else { Mode::Strict };
        Uscc::parse(text, mode)
    }

    /// Where it is known from that `code` was given out as it is.
    pub fn source(&self, code: &str) -> Option<&str> {
        self.source.get(code).map(String::as_str)
    }
}

/// A label in the two languages of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What the first two characters of a code stand for, GB 32100-2015 table 1 and its amendments.
#[derive(Debug, Clone, Default)]
pub struct Registrations {
    /// By department, and by department and type.
    labels: BTreeMap<(char, Option<char>), Label>,
}

impl Registrations {
    /// Reads CSV text with the columns `department`, `type` (empty for the department's own
    /// row), `zh` and `en`.
    ///
    /// # Errors
    /// [`Error::Table`] with the line.
    ///
    /// ```
    /// use codes::{Mode, Registrations, Uscc};
    /// let table = Registrations::from_csv("department,type,zh,en\n9,,工商,Market regulation\n9,1,企业,Enterprise\n").unwrap();
    /// let code = Uscc::parse("91350200776049653A", Mode::Strict).unwrap().value;
    /// assert_eq!(table.department(&code).unwrap().en, "Market regulation");
    /// assert_eq!(table.organization_type(&code).unwrap().zh, "企业");
    /// ```
    pub fn from_csv(text: &str) -> Result<Self, Error> {
        let rows =
            read_rows(Name::new("table of registrations", "登记管理部门表"), text, |row| {
                let single = |column: &str| match row.text(column).chars().collect::<Vec<_>>()[..] {
                    [] => Ok(None),
                    [c] => Ok(Some(c)),
                    _ => Err(row.fault(
                        format!("{column} is one character"),
                        format!("{column} 应为一个字符"),
                    )),
                };
                let department = single("department")?.ok_or_else(|| {
                    row.fault("department is one character", "department 应为一个字符")
                })?;
                let label = Label {
                    zh: row.required("zh")?.to_owned(),
                    en: row.required("en")?.to_owned(),
                };
                Ok(((department, single("type")?), label))
            })?;
        Ok(Self { labels: rows.into_iter().collect() })
    }

    /// The registering department of a code.
    pub fn department(&self, code: &Uscc) -> Option<&Label> {
        self.labels.get(&(code.department(), None))
    }

    /// The type of organization of a code.
    pub fn organization_type(&self, code: &Uscc) -> Option<&Label> {
        self.labels.get(&(code.department(), Some(code.organization_type())))
    }
}
