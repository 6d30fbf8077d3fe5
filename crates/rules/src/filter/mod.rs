//! Filters: a small typed language over the fields of a row, with one meaning in Rust, SQLite and
//! PostgreSQL.
//!
//! ```text
//! result == 'fail' and programme in ['supervision', 'risk'] and not (lot is missing)
//! ```
//!
//! | written | true where |
//! |---|---|
//! | `field == value`, `!=`, `<`, `<=`, `>`, `>=` | the field has a value, which compares so; a field of the same type may stand for the value; `=` is read as `==` |
//! | `field in [value, ...]` | the field has one of the values |
//! | `field starts_with 'text'` | the text or code begins so, to the code point |
//! | `field` | the boolean field is true |
//! | `field is missing`, `field is not missing` | the field has no value, has one |
//! | `not a`, `a and b`, `a or b`, `(a)` | as in logic; `not` binds closest, then `and`, then `or` |
//!
//! **A condition is true or false, never unknown.** A comparison with a missing value is false, also
//! `!=`. So `lot != 'A'` speaks of rows that have another lot; `not (lot == 'A')` holds of rows
//! without a lot too.
//!
//! Text is compared by code points in all three places, never by a language's order or letter case.
//! Numbers are exact. Texts stand in single or double quotes with the escapes `\\ \' \" \n \r \t
//! \u8d28 \U0001F600`; days and instants are written as quoted texts, `'2026-04-15'` and
//! `'2026-04-15T09:30:00+08:00'`.
//!
//! ```
//! use rules::filter::{Dialect, Field, Fields, Filter, Type};
//! use rules::value::{CodeList, Value};
//! use std::sync::Arc;
//!
//! let results = CodeList::new("test-result", ["pass", "fail", "not-judged"]);
//! let fields = Arc::new(Fields::new([
//!     Field::new("result", Type::Code(Some(results))),
//!     Field::new("issued_on", Type::Date),
//! ])?);
//! let filter = Filter::parse("result == 'fail' and issued_on >= '2026-01-01'", &fields)?;
//!
//! let row = [Some(Value::from("fail")), Some(Value::Date("2026-04-15".parse()?))];
//! assert!(filter.holds(row.as_slice()));
//!
//! let sql = filter.to_sql(Dialect::Sqlite, "r", 1);
//! assert_eq!(
//!     sql.text,
//!     "((\"r\".\"result\" IS NOT NULL AND \"r\".\"result\" COLLATE BINARY = $1) AND \
//!      (\"r\".\"issued_on\" IS NOT NULL AND \"r\".\"issued_on\" >= $2))"
//! );
//!
//! let fault = Filter::parse("result == 'fial'", &fields).unwrap_err();
//! assert_eq!(
//!     fault.to_string(),
//!     "line 1, column 11: there is no code of the list test-result fial; was fail meant?"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod condition;
mod fields;
mod literal;
mod parse;
mod row;
mod sql;

use std::fmt;
use std::sync::Arc;

pub use condition::{Condition, Operand};
pub use fields::{Field, Fields, Type};
pub use row::{Cell, Row};
pub use sql::{Bind, Dialect, Sql};

use crate::text::Fault;

/// A filter over the rows of some fields.
///
/// Its text by [`fmt::Display`] is canonical: it is read as the same filter, and two filters of the
/// same fields that say the same in the same order have the same text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    fields: Arc<Fields>,
    condition: Condition,
}

impl Filter {
    /// The filter that a text says: at most 64 KiB, 32 levels of brackets, 256 conditions, 1,000
    /// values in a list.
    ///
    /// # Errors
    /// The first thing that is wrong with the text: its form, a name, a code or a type.
    pub fn parse(text: &str, fields: &Arc<Fields>) -> Result<Self, Fault> {
        let condition = parse::parse(text, fields)?;
        Ok(Self { fields: Arc::clone(fields), condition })
    }

    /// Whether it holds of a row.
    pub fn holds<R: Row + ?Sized>(&self, row: &R) -> bool {
        self.condition.holds(row)
    }

    /// What it says.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// The fields that it was read with.
    pub fn fields(&self) -> &Arc<Fields> {
        &self.fields
    }

    /// The numbers of the fields that it speaks of, sorted.
    ///
    /// ```
    /// use rules::filter::{Field, Fields, Filter, Type};
    /// use std::sync::Arc;
    /// let fields = ["a", "b", "c"].map(|name| Field::new(name, Type::Integer));
    /// let fields = Arc::new(Fields::new(fields)?);
    /// assert_eq!(Filter::parse("c > 1 or a < c", &fields)?.fields_used(), [0, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fields_used(&self) -> Vec<usize> {
        let mut used = Vec::new();
        self.condition.each_field(&mut |field| used.push(field));
        used.sort_unstable();
        used.dedup();
        used
    }

    /// The filter as an SQL expression over the columns of `table` (a name or an alias), with its
    /// values as `$first`, `$first + 1`, ...
    ///
    /// Each placeholder stands once, in order. For SQLite a caller writes `?n` for `$n`, which
    /// SQLite takes for a name.
    ///
    /// ```
    /// use rules::filter::{Bind, Dialect, Field, Fields, Filter, Type};
    /// let fields = Fields::new([Field::new("water", Type::Decimal { places: 2 })])?;
    /// let sql = Filter::parse("water > 12.5", &fields.into())?.to_sql(Dialect::Postgres, "r", 3);
    /// assert_eq!(sql.text, r#"("r"."water" IS NOT NULL AND "r"."water" > $3)"#);
    /// assert_eq!(sql.binds, [Bind::Integer(1250)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_sql(&self, dialect: Dialect, table: &str, first: usize) -> Sql {
        let sql = Sql { text: String::new(), binds: Vec::new() };
        let mut writer = sql::Writer { fields: &self.fields, dialect, table, first, sql };
        writer.condition(&self.condition);
        writer.sql
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        condition::Written { fields: &self.fields, condition: &self.condition }.fmt(f)
    }
}
