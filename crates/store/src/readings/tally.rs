//! How many heads there are, and what they add up to, by the regions and codes that they have: what
//! statistical reports are made of.

use std::fmt::Write;

use rules::filter::Filter;

use super::questions::Question;
use super::{AsOf, Readings, Regions};
use crate::error::Error;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub struct Tally<'a> {
    /// The kind, which is planned.
    pub kind: &'a str,
    /// What holds of a record that is counted.
    pub filters: &'a [&'a Filter],
    /// Which records fall into the period.
    pub when: Within<'a>,
    /// Where they lie.
    pub regions: Regions<'a>,
    /// By what rows are told apart, beside the region.
    pub row: By<'a>,
    /// The code field by which columns are told apart.
    pub column: Option<&'a str>,
    /// The number field that is added up.
    pub sum: Option<&'a str>,
}

/// A stretch of time, both ends inclusive.
#[derive(Debug, Clone, Copy)]
pub enum Within<'a> {
    /// By when it happened, in µs since 1970 UTC.
    Happened(i64, i64),
    /// By a date field, in days since 1970-01-01.
    Day(&'a str, i64, i64),
}

/// By what rows are told apart.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// By nothing but the region.
    Region,
    /// By a code field of the kind.
    Field(&'a str),
    /// By a code field of what registers the subject in a role: the latest of its records.
    Register {
        /// The role in the records that are counted.
        role: &'a str,
        /// The kinds that register it, each with the role that it has there.
        registers: &'a [(&'a str, &'a str)],
        /// The field there.
        field: &'a str,
    },
}

/// One region and code of each sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tallied {
    /// The region.
    pub region: String,
    /// The code by which rows are told apart, where there is one.
    pub row: Option<String>,
    /// The code by which columns are told apart, where there is one.
    pub column: Option<String>,
    /// How many.
    pub count: u64,
    /// What the number field adds up to, in units of its last place.
    pub sum: i64,
}

impl Readings {
    /// Counts heads. What happened is looked at up to `as_of.valid` also where a register says what
    /// a row is.
    ///
    /// # Errors
    /// [`Error::NoReading`] where a kind or field is not planned; [`Error::Unavailable`],
    /// [`Error::Damaged`].
    pub async fn tally(&self, tally: &Tally<'_>, as_of: AsOf) -> Result<Vec<Tallied>, Error> {
        if tally.regions.is_none() {
            return Ok(Vec::new());
        }
        let kind = self.planned(tally.kind)?;
        let column = |name: &str| {
            let found = kind.fields.iter().find(|field| field.name() == name);
            found.map(|field| format!("k.\"{}\"", field.column())).ok_or_else(|| Error::NoReading {
                what: format!("{name} is no typed field of {}", tally.kind),
            })
        };
        let mut question = Question::default();
        let row = match tally.row {
            By::Region => None,
            By::Field(field) => Some(column(field)?),
            By::Register { registers, field, .. } => {
                Some(self.registered(&mut question, registers, field, as_of)?)
            }
        };
        let codes = tally.column.map(column).transpose()?;
        let number = tally.sum.map(column).transpose()?.unwrap_or_else(|| "0".to_owned());
        let code =
            |code: &Option<String>| code.as_deref().unwrap_or("CAST(NULL AS TEXT)").to_owned();
        let table = &kind.table;
        let mut sql = format!(
            "SELECT g.region, g.r, g.c, COUNT(*), CAST(COALESCE(SUM(g.n), 0) AS BIGINT) FROM \
             (SELECT k.region AS region, {} AS r, {} AS c, {number} AS n FROM \"{table}\" k",
            code(&row),
            code(&codes),
        );
        if let By::Register { role, .. } = tally.row {
            let (role, of) = (question.bind(role), question.bind(tally.kind));
            let _ = write!(
                sql,
                " LEFT JOIN subject_record rs ON rs.position = k.position AND rs.role = {role} \
                 AND rs.kind = {of}"
            );
        }
        let within = match tally.when {
            Within::Happened(from, to) => {
                let (from, to) = (question.bind(from), question.bind(to));
                format!("k.valid_at BETWEEN {from} AND {to}")
            }
            Within::Day(field, from, to) => {
                let (from, to) = (question.bind(from), question.bind(to));
                format!("{} BETWEEN {from} AND {to}", column(field)?)
            }
        };
        question.add(&format!("{sql} WHERE {within}"));
        for filter in tally.filters {
            self.and_holds(&mut question, kind, Some(filter))?;
        }
        tally.regions.indexed(&mut question);
        question.and_all_count("k.position", as_of.known);
        let (sql, binds) = question.end(") g GROUP BY g.region, g.r, g.c ORDER BY 1, 2, 3");
        let rows = self.db.query(&sql, binds).await?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Tallied {
                    region: row.take(0)?,
                    row: row.take(1)?,
                    column: row.take(2)?,
                    count: row.take(3)?,
                    sum: row.take(4)?,
                })
            })
            .collect()
    }

    /// What the registers say of the subject of a row: a field of the latest record that counts.
    fn registered(
        &self,
        question: &mut Question,
        registers: &[(&str, &str)],
        field: &str,
        as_of: AsOf,
    ) -> Result<String, Error> {
        let mut found = Vec::new();
        for (kind, role) in registers {
            let planned = self.planned(kind)?;
            let Some(known) = planned.fields.iter().find(|known| known.name() == field) else {
                continue;
            };
            let (table, column) = (&planned.table, known.column());
            let (kind, role) = (question.bind(*kind), question.bind(*role));
            let valid = question.bind(as_of.valid);
            let known = question.bind(as_of.known);
            found.push(format!(
                "(SELECT p.\"{column}\" FROM subject_record ps JOIN \"{table}\" p \
                 ON p.position = ps.position WHERE ps.subject = rs.subject AND ps.kind = {kind} \
                 AND ps.role = {role} AND ps.valid_at <= {valid} AND EXISTS (SELECT 1 FROM effect f \
                 WHERE f.position = ps.position AND f.from_position < {known} \
                 AND f.until_position >= {known}) ORDER BY ps.valid_at DESC, ps.position DESC \
                 LIMIT 1)"
            ));
        }
        match found.len() {
            0 => Err(Error::NoReading { what: format!("{field} is no typed field of a register") }),
            1 => Ok(found.remove(0)),
            _ => Ok(format!("COALESCE({})", found.join(", "))),
        }
    }
}
