//! Filling in forms and records: what a course says, and what they must have beside that.

use std::collections::BTreeMap;

use clock::Date;
use model::{RecordId, Timestamp};
use pack::{Field, FieldType, Pack};
use serde_json::{Map, Value, json};

use crate::sheet::rounded;

/// The open and the personal part of a form.
pub(super) type Parts = (Map<String, Value>, Map<String, Value>);

/// What forms are filled in with.
pub(super) struct Fill<'a> {
    pub(super) pack: &'a Pack,
    /// The moment of the step: days are counted from its day.
    pub(super) at: Timestamp,
    /// Who takes part, by role, and codes of what the case is about, by field.
    pub(super) roles: &'a BTreeMap<String, String>,
    pub(super) region: &'a str,
    /// What says that something is invented.
    pub(super) mark: &'a str,
    /// For what must be the only one of its number.
    pub(super) number: &'a str,
    /// The record that opened the case, where there is one yet.
    pub(super) case: Option<RecordId>,
    /// What was said in the case before.
    pub(super) before: &'a dyn Fn(&str) -> Option<Value>,
}

impl Fill<'_> {
    fn on(&self) -> Date {
        self.at.day_in_china()
    }

    /// A form with what is given, what it must have, and what is needed beside that.
    pub(super) fn form(
        &self,
        fields: &[Field],
        given: &toml::Table,
        is_needed: impl Fn(&str) -> bool,
    ) -> Parts {
        let (mut open, mut personal) = (Map::new(), Map::new());
        for field in fields {
            let value = match given.get(&field.name) {
                Some(value) => self.said(&field.field_type, value),
                None if field.required || is_needed(&field.name) => self.some(field),
                None => continue,
            };
            let part = if field.personal { &mut personal } else { &mut open };
            part.insert(field.name.clone(), value);
        }
        (open, personal)
    }

    /// What a course says: `@` is the day of the step, `@-3` three days before it, `@T` its moment,
    /// `=maker` who has that role, `$published_on` what was said in the case before.
    fn said(&self, of: &FieldType, value: &toml::Value) -> Value {
        match (of, value) {
            (FieldType::Decimal | FieldType::Money, toml::Value::String(text)) => {
                text.parse::<f64>().map_or(Value::Null, |number| rounded(number, 4))
            }
            (_, toml::Value::String(text)) => match text.split_at_checked(1) {
                Some(("@", rest)) => self.day(rest),
                Some(("=", role)) => self.role(role),
                Some(("$", name)) => (self.before)(name).unwrap_or_default(),
                _ => text.as_str().into(),
            },
            (_, toml::Value::Boolean(value)) => (*value).into(),
            (_, toml::Value::Integer(value)) => (*value).into(),
            (_, toml::Value::Float(value)) => rounded(*value, 4),
            (FieldType::List(of), toml::Value::Array(items)) => {
                items.iter().map(|item| self.said(of, item)).collect()
            }
            _ => Value::Null,
        }
    }

    fn day(&self, rest: &str) -> Value {
        let (days, is_moment) = match rest.strip_suffix('T') {
            Some(days) => (days, true),
            None => (rest, false),
        };
        let days: i64 = days.parse().unwrap_or(0);
        if is_moment {
            let at = Timestamp::from_micros(self.at.micros() + days * crate::time::DAY);
            return at.to_string().into();
        }
        self.on().plus(days).unwrap_or(self.on()).to_string().into()
    }

    fn role(&self, role: &str) -> Value {
        self.roles.get(role).map_or(Value::Null, |id| id.as_str().into())
    }

    /// Something that a field may hold.
    pub(super) fn some(&self, field: &Field) -> Value {
        let one = self.some_of(field, &field.field_type);
        match field.field_type {
            FieldType::List(_) | FieldType::Table { .. } => Value::Array(vec![one]),
            _ => one,
        }
    }

    /// The same of a type; of a table a row, of a list an entry.
    fn some_of(&self, field: &Field, of: &FieldType) -> Value {
        match of {
            FieldType::Text { max } => {
                let is_number = field.name == "number" || field.name.ends_with("_no");
                let text = match is_number {
                    true => self.number.to_owned(),
                    false => format!("{}{}", field.label.zh, self.mark),
                };
                text.chars().take(*max as usize).collect::<String>().into()
            }
            FieldType::Integer | FieldType::Decimal | FieldType::Money => {
                field.least.unwrap_or(1).max(1).into()
            }
            FieldType::Quantity { units } => json!({ "value": 1, "unit": self.code(units) }),
            FieldType::Boolean => false.into(),
            FieldType::Date => self.on().to_string().into(),
            FieldType::Instant => self.at.to_string().into(),
            FieldType::Code { list } => match self.roles.get(&field.name) {
                Some(code) => code.as_str().into(),
                None => self.code(list).into(),
            },
            FieldType::Region => self.region.into(),
            FieldType::Industry => Value::Null,
            FieldType::Reference { subjects } => self.some_subject(&field.name, subjects),
            FieldType::List(of) => self.some_of(field, of),
            FieldType::Table { columns } => {
                let is_shown = |column: &&Field| column.required;
                let row = columns.iter().filter(is_shown);
                Value::Object(row.map(|c| (c.name.clone(), self.some(c))).collect())
            }
        }
    }

    /// Who has the role, else the case itself or somebody who takes part in it.
    fn some_subject(&self, role: &str, sorts: &[String]) -> Value {
        let found = self.role(role);
        if !found.is_null() {
            return found;
        }
        if sorts.iter().any(|sort| sort == "record") {
            return self.case.map_or(Value::Null, |id| format!("record:{id}").into());
        }
        let somebody = self.roles.values().find(|id| id.starts_with("uscc:"));
        somebody.map_or(Value::Null, |id| id.as_str().into())
    }

    fn code(&self, list: &str) -> String {
        let entries = self.pack.list(list).map(|list| list.entries()).unwrap_or_default();
        let found = entries.iter().find(|entry| entry.in_force.holds(self.on()));
        found.map(|entry| entry.code.clone()).unwrap_or_default()
    }
}
