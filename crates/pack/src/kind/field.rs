//! Fields and their types.

use std::fmt;

use codes::Label;

use crate::context::{Context, Target};
use crate::fault::FaultCode;
use crate::source::{Form, Located, Node, Read, Table, nearest};

/// A field of a kind of record, or a column of a field that is a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in records and expressions.
    pub name: String,
    /// Its name on forms.
    pub label: Label,
    /// What it holds.
    pub field_type: FieldType,
    /// Whether a record must have it.
    pub required: bool,
    /// Whether it stands in a column that rules filter and count by.
    pub typed: bool,
    /// Whether it goes to the personal part of the payload.
    pub personal: bool,
    /// The least number, or of a table or list the fewest entries.
    pub least: Option<i64>,
    /// The greatest number, or of a table or list the most entries.
    pub most: Option<i64>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// Text of at most `max` characters.
    Text {
        /// How many characters at most.
        max: u32,
    },
    /// A whole number.
    Integer,
    /// A number with decimals, exact.
    Decimal,
    /// A number with decimals and a unit.
    Quantity {
        /// The code list of its units.
        units: String,
    },
    /// Yuan, to the fen.
    Money,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A moment.
    Instant,
    /// A code of a list, in force on the day of the record.
    Code {
        /// The list.
        list: String,
    },
    /// A division, GB/T 2260, or `none` for what lies abroad.
    Region,
    /// An industry, GB/T 4754.
    Industry,
    /// The identifier of a subject that does not take part in a role.
    Reference {
        /// The sorts of subject it can be.
        subjects: Vec<String>,
    },
    /// Rows of columns.
    Table {
        /// The columns.
        columns: Vec<Field>,
    },
    /// Several of another type.
    List(Box<FieldType>),
}

/// Characters of a text: an event that names a million things fits.
const LONGEST: u32 = 64 << 20;

const PLAIN: &[(&str, FieldType)] = &[
    ("integer", FieldType::Integer),
    ("decimal", FieldType::Decimal),
    ("money", FieldType::Money),
    ("boolean", FieldType::Boolean),
    ("date", FieldType::Date),
    ("instant", FieldType::Instant),
    ("region", FieldType::Region),
    ("industry", FieldType::Industry),
];

const EXPECTED: &str = "one of \"integer\", \"decimal\", \"money\", \"boolean\", \"date\", \"instant\", \"region\", \
     \"industry\", \"table\", { text = 200 }, { code = \"…\" }, { quantity = \"…\" }, \
     { reference = [\"…\"] } and { list = … }";

impl FieldType {
    /// Whether one value fits into one column that can be filtered and compared.
    pub fn is_scalar(&self) -> bool {
        !matches!(self, Self::Quantity { .. } | Self::Table { .. } | Self::List(_))
    }

    fn has_bounds(&self) -> bool {
        matches!(
            self,
            Self::Integer
                | Self::Decimal
                | Self::Money
                | Self::Quantity { .. }
                | Self::Table { .. }
                | Self::List(_)
        )
    }

    fn read(node: Node<'_>, table: &mut Table<'_>, cx: &mut Context) -> Option<Self> {
        if node.value.get_ref().is_str() {
            let word = String::read(node, cx)?;
            if word == "table" {
                return Some(Self::Table { columns: read_columns(table, cx) });
            }
            let found = PLAIN.iter().find(|(name, _)| *name == word);
            if found.is_none() {
                let words = PLAIN.iter().map(|(name, _)| *name).chain(["table"]);
                let remedy = match nearest(&word, words) {
                    Some(meant) => format!("write \"{meant}\", if that is meant"),
                    None => format!("write {EXPECTED}"),
                };
                cx.fault(
                    FaultCode::BadValue,
                    &node.place(),
                    format!("{word:?} is no type"),
                    remedy,
                );
            }
            return found.map(|(_, plain)| plain.clone());
        }
        if !node.value.get_ref().is_table() {
            node.wrong_type(EXPECTED, cx);
            return None;
        }
        let mut inner = node.table("type", cx)?;
        let by = &table.what.clone();
        let mut found = None;
        if let Some(max) = inner.optional::<Located<i64>>("text", cx) {
            let longest = u32::try_from(max.value).ok().filter(|max| (1..=LONGEST).contains(max));
            if longest.is_none() {
                let remedy = format!("write a number of characters from 1 to {LONGEST}");
                cx.fault(
                    FaultCode::BadValue,
                    &max.place,
                    format!("{} is no length", max.value),
                    remedy,
                );
            }
            found = Some(Self::Text { max: longest.unwrap_or(1) });
        }
        if let Some(list) = inner.optional::<Located<String>>("code", cx) {
            cx.refer(&list.place, by, &list.value, Target::List);
            found = Some(Self::Code { list: list.value });
        }
        if let Some(units) = inner.optional::<Located<String>>("quantity", cx) {
            cx.refer(&units.place, by, &units.value, Target::List);
            found = Some(Self::Quantity { units: units.value });
        }
        if let Some(subjects) = inner.optional::<Vec<Located<String>>>("reference", cx) {
            for subject in &subjects {
                cx.refer(&subject.place, by, &subject.value, Target::Subject);
            }
            let subjects = subjects.into_iter().map(|subject| subject.value).collect();
            found = Some(Self::Reference { subjects });
        }
        if let Some(of) = inner.take("list") {
            let value = of.value.get_ref();
            if value.as_str() == Some("table") || value.get("list").is_some() {
                let what = "a list of lists or tables is not known";
                let remedy = "write type = \"table\" with [[field.column]]";
                cx.fault(FaultCode::BadValue, &of.place(), what, remedy);
                return None;
            }
            found = Some(Self::List(Box::new(Self::read(of, table, cx)?)));
        }
        inner.finish(cx);
        if found.is_none() {
            cx.fault(
                FaultCode::BadValue,
                &node.place(),
                "the type is empty",
                format!("write {EXPECTED}"),
            );
        }
        found
    }
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { max } => write!(f, "text({max})"),
            Self::Quantity { units } => write!(f, "quantity({units})"),
            Self::Code { list } => write!(f, "code({list})"),
            Self::Reference { subjects } => write!(f, "reference({})", subjects.join(", ")),
            Self::List(of) => write!(f, "list of {of}"),
            Self::Table { columns } => {
                let columns: Vec<String> = columns.iter().map(Field::to_string).collect();
                write!(f, "table({})", columns.join(", "))
            }
            plain => {
                let name = PLAIN.iter().find(|(_, other)| other == plain);
                f.write_str(name.map_or("", |(name, _)| name))
            }
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}{}", self.name, self.field_type, if self.required { "!" } else { "" })
    }
}

impl Field {
    pub(crate) fn read<'s>(mut table: Table<'s>, cx: &mut Context) -> Option<(Table<'s>, Self)> {
        let name = table.id("name", Form::Snake, cx)?;
        let label = table.required("label", cx);
        let place = table.place();
        let field_type = match table.take("type") {
            Some(node) => FieldType::read(node, &mut table, cx),
            None => {
                let what = format!("the {} has no type", table.what);
                cx.fault(FaultCode::MissingKey, &place, what, format!("add type, {EXPECTED}"));
                None
            }
        };
        let known = field_type.is_some();
        let field = Self {
            name: name.value,
            label,
            field_type: field_type.unwrap_or(FieldType::Boolean),
            required: table.optional("required", cx).unwrap_or(false),
            typed: table.optional("typed", cx).unwrap_or(false),
            personal: table.optional("personal", cx).unwrap_or(false),
            least: table.optional("least", cx),
            most: table.optional("most", cx),
        };
        if known {
            field.check_flags(&table, cx);
        } else {
            // What columns it was to have, the type would have said.
            table.take("column");
        }
        Some((table, field))
    }

    fn check_flags(&self, table: &Table<'_>, cx: &mut Context) {
        let mut wrong = |holds: bool, what: &str, remedy: &str| {
            if holds {
                let what = format!("the {} {what}", table.what);
                cx.fault(FaultCode::Contradiction, &table.place(), what, remedy);
            }
        };
        wrong(
            self.typed && self.personal,
            "is typed and personal, but a typed column cannot be erased with its person's key",
            "take typed = true out",
        );
        wrong(
            self.typed && !self.field_type.is_scalar(),
            "is typed, but its values do not fit into one column",
            "take typed = true out, or give it a type with one value",
        );
        let bounded = self.least.is_some() || self.most.is_some();
        wrong(
            bounded && !self.field_type.has_bounds(),
            "has least or most, but is neither a number nor a table nor a list",
            "take least and most out",
        );
        wrong(
            matches!((self.least, self.most), (Some(least), Some(most)) if most < least),
            "has a most below its least",
            "exchange least and most",
        );
    }
}

fn read_columns(table: &mut Table<'_>, cx: &mut Context) -> Vec<Field> {
    let columns = table.tables("column", "column", cx);
    if columns.is_empty() {
        let what = format!("the {} is a table without columns", table.what);
        let remedy = "add a [[field.column]] for each, with name, label and type";
        cx.fault(FaultCode::MissingKey, &table.place(), what, remedy);
    }
    let mut found: Vec<Field> = Vec::with_capacity(columns.len());
    for column in columns {
        let Some((column, field)) = Field::read(column, cx) else { continue };
        let nested = matches!(field.field_type, FieldType::Table { .. });
        if nested || field.typed || field.personal {
            let what =
                format!("the {} cannot be a table, typed or personal by itself", column.what);
            let remedy = "say it of the whole field, or take the column out of the table";
            cx.fault(FaultCode::Contradiction, &column.place(), what, remedy);
        }
        if found.iter().any(|other| other.name == field.name) {
            let what = format!("there is another {}", column.what);
            cx.fault(FaultCode::Duplicate, &column.place(), what, "rename one, or take it out");
        }
        column.finish(cx);
        found.push(field);
    }
    found
}
