//! What a record says, in words: its fields by their labels, codes by what they stood for on the
//! day, amounts and days as people write them. Everything comes from the pack.

use clock::Date;
use pack::{Field, FieldType, Kind, Pack};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::format::{date_time, decimal};
use super::ui::Tone;
use super::{Page, assets};

/// Fields that the line of a record in a list says.
const IN_A_LINE: usize = 4;
/// Characters of one of them.
const LONGEST: usize = 60;

/// A field with what it holds.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its name in records.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What it holds.
    pub shown: Shown,
}

/// What a field holds, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Words.
    Text(String),
    /// A code or number, in letters of one width.
    Code(String),
    /// Several values.
    Lines(Vec<String>),
    /// A subject, which has a page.
    Subject {
        /// The page.
        href: String,
        /// Its id.
        id: String,
    },
    /// Rows.
    Table {
        /// The labels of the columns.
        heads: Vec<String>,
        /// The cells.
        rows: Vec<Vec<String>>,
    },
}

impl Shown {
    /// The same in one line.
    pub fn line(&self) -> String {
        match self {
            Self::Text(text) | Self::Code(text) => text.clone(),
            Self::Subject { id, .. } => id.clone(),
            Self::Lines(lines) => lines.join("; "),
            Self::Table { rows, .. } => {
                let rows: Vec<String> = rows.iter().map(|row| row.join(" ")).collect();
                rows.join("; ")
            }
        }
    }
}

/// What may stand in a path as it is, beside letters and digits.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// A text as one part of a path.
pub fn in_path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// What reads records for a page, under a pack.
pub struct Facts<'p> {
    p: &'p Page,
    pack: &'p Pack,
    /// Where the page of a subject is, up to its id.
    subjects: &'static str,
}

impl<'p> Facts<'p> {
    /// Links to subjects lead to the page below `subjects`, such as `/archive/`.
    pub fn new(p: &'p Page, pack: &'p Pack, subjects: &'static str) -> Self {
        Self { p, pack, subjects }
    }

    /// A subject with a link to its page.
    pub fn subject(&self, id: &str) -> Shown {
        Shown::Subject { href: self.href(id), id: plain_id(id).to_owned() }
    }

    /// Where the page of a subject is.
    pub fn href(&self, id: &str) -> String {
        format!("{}{}", self.subjects, in_path(id))
    }

    /// The subjects of a record by their roles, those in `without` left out.
    pub fn roles(&self, subjects: &[(String, String)], without: &str) -> Vec<Fact> {
        let others = subjects.iter().filter(|(_, id)| id != without);
        others
            .map(|(role, id)| Fact {
                name: role.clone(),
                label: self.role(role).to_owned(),
                shown: self.subject(id),
            })
            .collect()
    }

    /// The label of a role.
    pub fn role<'r>(&'r self, role: &'r str) -> &'r str {
        self.pack.subject_role(role).map_or(role, |role| self.p.say(&role.label))
    }

    /// The fields that a record has, in the order of the form.
    pub fn of(&self, kind: &Kind, open: &Map<String, Value>, on: Date) -> Vec<Fact> {
        self.of_fields(&kind.fields, open, on)
    }

    /// The same of a form that is no record by itself.
    pub fn of_fields(&self, fields: &[Field], open: &Map<String, Value>, on: Date) -> Vec<Fact> {
        let has = |field: &'_ Field| open.get(&field.name).map(|value| (field.clone(), value));
        let fields = fields.iter().filter_map(has);
        fields
            .map(|(field, value)| Fact {
                shown: self.value(&field.field_type, value, on),
                label: self.p.say(&field.label).to_owned(),
                name: field.name,
            })
            .collect()
    }

    /// One field in words; empty where the record does not have it.
    pub fn line(&self, kind: &Kind, open: &Map<String, Value>, name: &str, on: Date) -> String {
        let found = kind.field(name).zip(open.get(name));
        found.map_or_else(String::new, |(f, value)| self.value(&f.field_type, value, on).line())
    }

    /// What a record says in one line: the first fields with one value.
    pub fn summary(&self, kind: &Kind, open: &Map<String, Value>, on: Date) -> String {
        let mut parts = Vec::new();
        for field in &kind.fields {
            // The day stands beside the line already.
            let is_day = field.field_type == FieldType::Date
                && open.get(&field.name).and_then(Value::as_str) == Some(&on.to_string());
            if is_day {
                continue;
            }
            let is_short = field.field_type.is_scalar() && field.field_type != FieldType::Boolean;
            let Some(value) = open.get(&field.name).filter(|_| is_short) else { continue };
            let mut text = self.value(&field.field_type, value, on).line();
            if let Some((at, _)) = text.char_indices().nth(LONGEST) {
                text.truncate(at);
                text.push('…');
            }
            // The next field goes on in the same line.
            let text = text.trim_end_matches(['。', '.', '；', ';']).to_owned();
            parts.push(self.p.w.ui.labelled(self.p.say(&field.label), text));
            if parts.len() == IN_A_LINE {
                break;
            }
        }
        parts.join(self.p.pick("；", "; "))
    }

    /// What a record means for the reader: danger where the pack counts it as bad,
    /// a warning where the kind itself is one.
    pub fn tone(&self, kind: &Kind, open: &Map<String, Value>, on: Date) -> Tone {
        let bad = self.pack.bad(&kind.id).zip(self.pack.schema(&kind.id, on));
        let is_bad = bad.is_some_and(|(bad, schema)| {
            let mut payload = Map::new();
            payload.insert("open".to_owned(), Value::Object(open.clone()));
            bad.holds(schema.row(&Value::Object(payload)).as_slice())
        });
        match kind.look.warns {
            _ if is_bad => Tone::Danger,
            true => Tone::Warn,
            false => Tone::Info,
        }
    }

    /// A value of a type, on a day.
    pub fn value(&self, of: &FieldType, value: &Value, on: Date) -> Shown {
        match (of, value) {
            (FieldType::List(of), Value::Array(values)) => {
                Shown::Lines(values.iter().map(|value| self.value(of, value, on).line()).collect())
            }
            (FieldType::Table { columns }, Value::Array(rows)) => {
                let filled = |c: &&Field| rows.iter().any(|row| row.get(&c.name).is_some());
                let columns: Vec<&Field> = columns.iter().filter(filled).collect();
                let cell = |column: &Field, row: &Value| {
                    let value = row.get(&column.name);
                    value.map_or_else(String::new, |v| self.value(&column.field_type, v, on).line())
                };
                Shown::Table {
                    heads: columns.iter().map(|c| self.p.say(&c.label).to_owned()).collect(),
                    rows: rows
                        .iter()
                        .map(|r| columns.iter().map(|c| cell(c, r)).collect())
                        .collect(),
                }
            }
            (FieldType::Quantity { units }, Value::Object(quantity)) => {
                let number = quantity.get("value").map(plain).unwrap_or_default();
                let unit = quantity.get("unit").map(plain).unwrap_or_default();
                Shown::Text(format!("{} {}", decimal(&number), self.code(units, &unit, on)))
            }
            (FieldType::Money, value) => Shown::Text(self.p.w.ui.yuan(decimal(&plain(value)))),
            (FieldType::Integer | FieldType::Decimal, value) => Shown::Text(decimal(&plain(value))),
            (FieldType::Boolean, Value::Bool(yes)) => {
                let words = &self.p.w.ui;
                Shown::Text(if *yes { words.yes } else { words.no }.to_owned())
            }
            (FieldType::Instant, Value::String(text)) => {
                Shown::Text(text.parse().map_or_else(|_| text.clone(), date_time))
            }
            (FieldType::Code { list }, Value::String(code)) => {
                Shown::Text(self.code(list, code, on))
            }
            (FieldType::Region, Value::String(code)) => Shown::Text(self.region(code, on)),
            (FieldType::Industry, Value::String(code)) => {
                let found = self.pack.tables().industries.get(code, on);
                Shown::Text(found.map_or_else(
                    || code.clone(),
                    |i| format!("{} {}", i.code, self.p.say(&i.label)),
                ))
            }
            (FieldType::Reference { .. }, Value::String(id)) => self.subject(id),
            (_, value) => Shown::Text(plain(value)),
        }
    }

    /// What a code stands for.
    fn code(&self, list: &str, code: &str, on: Date) -> String {
        let found = self.pack.list(list).and_then(|list| list.get(code, on));
        found.map_or_else(|| code.to_owned(), |entry| self.p.say(&entry.label).to_owned())
    }

    /// The name of a division.
    pub fn region(&self, code: &str, on: Date) -> String {
        let divisions = &self.pack.tables().divisions;
        let found = divisions.get(code, on).or_else(|| divisions.history(code).last());
        match found {
            Some(division) => division.name.clone(),
            None if code == pack::NO_REGION => self.p.w.ui.abroad.to_owned(),
            None => code.to_owned(),
        }
    }

    /// The picture of a kind; one that has none is shown as a document.
    pub fn icon(&self, kind: &str) -> &'static str {
        let picture = self.pack.kind(kind).and_then(|kind| kind.look.picture.as_deref());
        picture.and_then(assets::picture).unwrap_or("doc")
    }

    /// The label of a kind.
    pub fn kind<'k>(&'k self, id: &'k str) -> &'k str {
        self.pack.kind(id).map_or(id, |kind| self.p.say(&kind.label))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An id of a subject without its scheme where everybody knows the code by itself.
pub fn plain_id(id: &str) -> &str {
    let gtin = id.strip_prefix("https://id.gs1.org/01/");
    let gtin = gtin.filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    gtin.or_else(|| id.strip_prefix("uscc:")).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_that_the_pack_names_is_drawn() {
        let pack = Pack::load(testkit::hubei_pack()).unwrap_or_else(|faults| panic!("{faults:?}"));
        let named = pack.kinds().filter_map(|kind| kind.look.picture.as_deref());
        let missing: Vec<&str> = named.filter(|name| assets::picture(name).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(assets::picture("gavel").is_some() && assets::picture("").is_none());
    }

    #[test]
    fn an_id_is_one_part_of_a_path() {
        assert_eq!(in_path("uscc:91420100A123456700"), "uscc:91420100A123456700");
        assert_eq!(
            in_path("https://id.gs1.org/01/1?a=b"),
            "https:%2F%2Fid.gs1.org%2F01%2F1%3Fa%3Db"
        );
        assert_eq!(in_path("lot:甲"), "lot:%E7%94%B2");
    }
}
