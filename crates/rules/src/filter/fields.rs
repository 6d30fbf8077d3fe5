//! The typed fields that a filter may speak of.

use std::fmt;

use super::Dialect;
use crate::DeclarationError;
use crate::text::is_name;
use crate::value::{CodeList, Decimal};

/// What a field holds, and how a database column holds it.
///
/// | type | column | ordered by |
/// |---|---|---|
/// | text, code | TEXT | code points; a code is not ordered |
/// | integer | BIGINT | |
/// | decimal | BIGINT of units of the last place | |
/// | boolean | SMALLINT 0 or 1 | not ordered |
/// | date | BIGINT days since 1970-01-01 | |
/// | instant | BIGINT µs since 1970-01-01T00:00:00Z | |
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Any text without U+0000.
    Text,
    /// A code, of a list where one is given.
    Code(Option<CodeList>),
    /// A whole number.
    Integer,
    /// A decimal number with at most so many digits after the point.
    Decimal {
        /// Digits after the point, at most [`Decimal::MAX_PLACES`].
        places: u8,
    },
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A point in time.
    Instant,
}

impl Type {
    /// The type of a column that holds the values, as CREATE TABLE writes it.
    ///
    /// ```
    /// use rules::filter::{Dialect, Type};
    /// assert_eq!(Type::Boolean.column(Dialect::Sqlite), "SMALLINT");
    /// assert_eq!(Type::Text.column(Dialect::Postgres), "TEXT COLLATE \"C\"");
    /// ```
    pub fn column(&self, dialect: Dialect) -> String {
        match self {
            Self::Text | Self::Code(_) => format!("TEXT {}", dialect.by_code_points()),
            Self::Boolean => "SMALLINT".to_owned(),
            Self::Integer | Self::Decimal { .. } | Self::Date | Self::Instant => {
                "BIGINT".to_owned()
            }
        }
    }

    /// Whether values can be compared by more than being equal.
    pub(super) fn is_ordered(&self) -> bool {
        !matches!(self, Self::Code(_) | Self::Boolean)
    }
}

impl Type {
    /// What it is called in Chinese.
    pub(super) fn zh(&self) -> String {
        match self {
            Self::Text => "文本".to_owned(),
            Self::Code(None) => "代码".to_owned(),
            Self::Code(Some(list)) => format!("代码表 {} 的代码", list.name()),
            Self::Integer => "整数".to_owned(),
            Self::Decimal { places } => format!("{places} 位小数"),
            Self::Boolean => "是否值".to_owned(),
            Self::Date => "日期".to_owned(),
            Self::Instant => "时刻".to_owned(),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Code(None) => f.write_str("code"),
            Self::Code(Some(list)) => write!(f, "code of {}", list.name()),
            Self::Integer => f.write_str("integer"),
            Self::Decimal { places } => write!(f, "decimal with {places} places"),
            Self::Boolean => f.write_str("boolean"),
            Self::Date => f.write_str("date"),
            Self::Instant => f.write_str("instant"),
        }
    }
}

/// A field: its name in filters, its type, its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    name: String,
    column: String,
    holds: Type,
}

impl Field {
    /// A field whose column has its name, with `_` for dots.
    pub fn new(name: &str, holds: Type) -> Self {
        Self { name: name.to_owned(), column: name.replace('.', "_"), holds }
    }

    /// The field in a column of another name.
    #[must_use]
    pub fn in_column(mut self, column: &str) -> Self {
        self.column = column.to_owned();
        self
    }

    /// Its name in filters.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of its column.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// What it holds.
    pub fn holds(&self) -> &Type {
        &self.holds
    }
}

/// The fields that a filter may speak of, in an order that rows share.
///
/// ```
/// use rules::filter::{Field, Fields, Type};
/// let fields = Fields::new([
///     Field::new("product.category", Type::Code(None)),
///     Field::new("net_content", Type::Decimal { places: 2 }).in_column("f_net_content"),
/// ])?;
/// assert_eq!(fields.find("net_content"), Some(1));
/// # Ok::<(), rules::DeclarationError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields(Vec<Field>);

/// Words of the grammar, which no field can be named by.
const RESERVED: &[&str] =
    &["and", "or", "not", "in", "is", "missing", "starts_with", "true", "false", "null"];

/// PostgreSQL cuts longer names off.
const LONGEST_COLUMN: usize = 63;

impl Fields {
    /// These fields.
    ///
    /// # Errors
    /// A name or column of a form that neither a filter nor a database takes, or that comes twice;
    /// more places than a decimal has.
    pub fn new(fields: impl IntoIterator<Item = Field>) -> Result<Self, DeclarationError> {
        let mut known: Vec<Field> = Vec::new();
        for field in fields {
            check(&field)?;
            for (what, same) in [
                ("the field", known.iter().any(|other| other.name == field.name)),
                ("the column of the field", known.iter().any(|f| f.column == field.column)),
            ] {
                if same {
                    return Err(DeclarationError::Twice { what, name: field.name });
                }
            }
            known.push(field);
        }
        Ok(Self(known))
    }

    /// The number of the field of that name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|field| field.name == name)
    }

    /// The field of that number.
    pub fn get(&self, field: usize) -> Option<&Field> {
        self.0.get(field)
    }

    /// All fields in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Field> {
        self.0.iter()
    }
}

fn check(field: &Field) -> Result<(), DeclarationError> {
    let name = field.name.clone();
    if !is_name(&name) {
        return Err(DeclarationError::Name { what: "the field", name, dots: true });
    }
    if name.split('.').any(|word| RESERVED.contains(&word)) {
        return Err(DeclarationError::Reserved { what: "the field", name });
    }
    let column = &field.column;
    if !is_name(column) || column.contains('.') || column.len() > LONGEST_COLUMN {
        let what = "the column of at most 63 letters";
        return Err(DeclarationError::Name { what, name: column.clone(), dots: false });
    }
    match field.holds {
        Type::Decimal { places } if places > Decimal::MAX_PLACES => {
            Err(DeclarationError::Unsound {
                what: "the field",
                name,
                reason: format!("a decimal has at most {} places", Decimal::MAX_PLACES),
                remedy: "declare fewer",
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsound_fields_are_refused() {
        let code = |fields: &[(&str, &str)]| {
            let fields =
                fields.iter().map(|(name, column)| Field::new(name, Type::Text).in_column(column));
            Fields::new(fields).map_or_else(|e| e.code(), |_| "none")
        };
        assert_eq!(code(&[("a", "a"), ("a.b", "b")]), "none");
        assert_eq!(code(&[("order", "order"), ("select", "select")]), "none");
        assert_eq!(code(&[("a b", "a")]), "rules.declared_name");
        assert_eq!(code(&[("结论", "a")]), "rules.declared_name");
        assert_eq!(code(&[("a", "a\" OR 1")]), "rules.declared_name");
        assert_eq!(code(&[("a", "t.a")]), "rules.declared_name");
        assert_eq!(code(&[("a", &"a".repeat(64))]), "rules.declared_name");
        assert_eq!(code(&[("is.missing", "a")]), "rules.declared_reserved");
        assert_eq!(code(&[("a", "a"), ("a", "b")]), "rules.declared_twice");
        assert_eq!(code(&[("a.b", "a_b"), ("a_b", "a_b")]), "rules.declared_twice");
        let places = Fields::new([Field::new("a", Type::Decimal { places: 10 })]);
        assert_eq!(places.map_err(|e| e.code()), Err("rules.declared_unsound"));
    }
}
