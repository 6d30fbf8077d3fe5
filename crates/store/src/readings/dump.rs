//! The readings as text, for comparing.

use std::fmt::Write;

use super::Readings;
use crate::db::Cell;
use crate::error::Error;

impl Readings {
    /// Everything that stands in the readings, in an order that depends on nothing else: two
    /// readings of the same records under the same plan give the same text, on either database.
    /// It is held in memory.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn dump(&self) -> Result<String, Error> {
        let mut text = String::new();
        for (table, key) in self.plan.all_tables() {
            let _ = writeln!(text, "{table}");
            let sql = format!("SELECT * FROM \"{table}\" ORDER BY {key}");
            for row in self.db.query(&sql, vec![]).await? {
                for cell in row.into_cells() {
                    let _ = match cell {
                        Cell::Null => write!(text, "\t-"),
                        Cell::Integer(number) => write!(text, "\t{number}"),
                        Cell::Text(words) => write!(text, "\t{words:?}"),
                        Cell::Bytes(bytes) => write!(text, "\t{bytes:?}"),
                    };
                }
                text.push('\n');
            }
        }
        Ok(text)
    }
}
