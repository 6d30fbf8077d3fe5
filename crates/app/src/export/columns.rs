//! The columns of a kind, and what of a record stands in each.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use codes::Label;
use model::{Envelope, Timestamp};
use pack::{FieldType, Kind, Pack};
use sheet::write::{Cell, Column, Format, Holds, Writer};
use store::Said;

use super::open::{Fields, Held};
use crate::fault::Rejection;
use crate::reading::{PersonalView, Shown};

/// What a column is of.
#[derive(Debug, Clone)]
enum Source {
    Id,
    ValidAt,
    RecordedAt,
    Region,
    RegionName,
    Office,
    Author,
    Origin,
    /// The subjects in a role.
    Role(String),
    /// A field, by its place.
    Field(usize),
    /// The name of the code in a field.
    Name(usize, Arc<HashMap<String, String>>),
    /// The persons that the record speaks of.
    Persons,
    /// A personal field.
    Personal(String),
}

/// The columns of a file.
pub(super) struct Columns {
    columns: Vec<(Column, Source)>,
    /// Open fields in the order of their names, with their places.
    fields: Vec<(String, usize)>,
    regions: HashMap<String, String>,
    /// Text and JSON keep days and times as records have them.
    is_text: bool,
    is_json: bool,
}

impl Columns {
    pub(super) fn of(
        pack: &Pack,
        kind: &Kind,
        format: Format,
        personal: bool,
        english: bool,
    ) -> Self {
        let say = |label: &Label| if english { label.en.clone() } else { label.zh.clone() };
        let pick = |zh: &str, en: &str| if english { en.to_owned() } else { zh.to_owned() };
        let mut columns = vec![
            (Column::new("id", pick("记录编号", "Record"), Holds::Text), Source::Id),
            (
                Column::new("valid_at", pick("发生时间", "Happened at"), Holds::Time),
                Source::ValidAt,
            ),
            (
                Column::new("recorded_at", pick("记录时间", "Recorded at"), Holds::Time),
                Source::RecordedAt,
            ),
            (Column::new("region", pick("行政区划代码", "Region"), Holds::Text), Source::Region),
            (
                Column::new("region_label", pick("行政区划", "Name of the region"), Holds::Text),
                Source::RegionName,
            ),
            (Column::new("office", pick("机关", "Office"), Holds::Text), Source::Office),
            (Column::new("author", pick("报送单位", "Sent by"), Holds::Text), Source::Author),
            (Column::new("source", pick("来源", "Source"), Holds::Text), Source::Origin),
        ];
        for subject in &kind.subjects {
            let label = pack.subject_role(&subject.role).map(|role| say(&role.label));
            let label = label.unwrap_or_else(|| subject.role.clone());
            let column = Column::new(format!("subject.{}", subject.role), label, Holds::Text);
            columns.push((column, Source::Role(subject.role.clone())));
        }
        let mut fields = Vec::new();
        for field in kind.fields.iter().filter(|field| !field.personal) {
            let place = fields.len();
            fields.push((field.name.clone(), place));
            let holds = holds(&field.field_type);
            let column = Column::new(&field.name, say(&field.label), holds);
            let FieldType::Code { list } = &field.field_type else {
                columns.push((column, Source::Field(place)));
                continue;
            };
            let entries = pack.list(list).map(|list| list.entries()).unwrap_or_default();
            let names = entries.iter().map(|entry| (entry.code.clone(), say(&entry.label)));
            let names = Arc::new(names.collect::<HashMap<_, _>>());
            let label = format!("{}{}", say(&field.label), pick("代码", " (code)"));
            columns.push((Column { label, ..column }, Source::Field(place)));
            let name = Column::new(format!("{}_label", field.name), say(&field.label), Holds::Text);
            columns.push((name, Source::Name(place, names)));
        }
        if personal {
            let persons = Column::new("persons", pick("个人代号", "Persons"), Holds::Text);
            columns.push((persons, Source::Persons));
            for field in kind.personal_fields() {
                let column = Column::new(&field.name, say(&field.label), Holds::Text);
                columns.push((column, Source::Personal(field.name.clone())));
            }
        }
        fields.sort();
        // The latest name of each code.
        let divisions = pack.tables().divisions.all();
        let regions = divisions.map(|division| (division.code.clone(), division.name.clone()));
        Self {
            columns,
            fields,
            regions: regions.collect(),
            is_text: format != Format::Xlsx,
            is_json: format == Format::JsonLines,
        }
    }

    pub(super) fn heads(&self) -> Vec<Column> {
        self.columns.iter().map(|(column, _)| column.clone()).collect()
    }

    /// Writes the row of a record.
    pub(super) fn write<W: Write>(
        &self,
        record: &Said,
        personal: Option<&[PersonalView]>,
        writer: &mut Writer<W>,
    ) -> Result<(), Rejection> {
        let damaged = |what: String| store::Error::Damaged {
            what: format!("the record at position {}: {what}", record.position),
        };
        let envelope = Envelope::read(&record.envelope).map_err(damaged)?;
        let mut held = vec![Held::Nothing; self.fields.len()];
        Fields(&self.fields).read(&record.open, &mut held).map_err(|e| damaged(e.to_string()))?;
        let (valid_at, recorded_at) = match self.is_json {
            true => (record.valid_at.to_string(), record.recorded_at.to_string()),
            false => (String::new(), String::new()),
        };
        // Texts that are made for this row; a cell borrows them.
        let mut made: Vec<Cow<'_, str>> = Vec::new();
        for (_, source) in &self.columns {
            match source {
                Source::Role(role) => made.push(subjects(&envelope, role)),
                Source::Persons => {
                    let persons = personal.unwrap_or_default().iter().map(|p| p.person.as_str());
                    made.push(persons.collect::<Vec<_>>().join(" ").into());
                }
                Source::Personal(field) => {
                    made.push(said_of(personal.unwrap_or_default(), field).into());
                }
                _ => {}
            }
        }
        let mut made = made.iter();
        let time = |time: Timestamp, text| -> Cell<'_> {
            if self.is_json { Cell::Text(text) } else { Cell::Time(time.micros()) }
        };
        let text = |text: &'_ str| -> bool { text.is_empty() };
        let mut cells: Vec<Cell<'_>> = Vec::with_capacity(self.columns.len());
        for (column, source) in &self.columns {
            cells.push(match source {
                Source::Id => Cell::Text(&record.id),
                Source::ValidAt => time(record.valid_at, valid_at.as_str()),
                Source::RecordedAt => time(record.recorded_at, recorded_at.as_str()),
                Source::Region => Cell::Text(&envelope.region),
                Source::RegionName => {
                    let name = self.regions.get(&*envelope.region);
                    name.map_or(Cell::Empty, |name| Cell::Text(name))
                }
                Source::Office => envelope.office.as_deref().map_or(Cell::Empty, Cell::Text),
                Source::Author => Cell::Text(&envelope.author.on_behalf_of),
                Source::Origin => Cell::Text(&envelope.source),
                Source::Role(_) | Source::Persons | Source::Personal(_) => match made.next() {
                    Some(said) if !text(said) => Cell::Text(said),
                    _ => Cell::Empty,
                },
                Source::Field(place) => {
                    held.get(*place).map_or(Cell::Empty, |held| self.cell(held, column.holds))
                }
                Source::Name(place, names) => match held.get(*place) {
                    Some(Held::Text(code)) => {
                        names.get(&**code).map_or(Cell::Empty, |name| Cell::Text(name))
                    }
                    _ => Cell::Empty,
                },
            });
        }
        writer.row(&cells).map_err(|e| super::write_fault(&e))
    }

    fn cell<'c>(&self, held: &'c Held<'_>, holds: Holds) -> Cell<'c> {
        match held {
            Held::Nothing => Cell::Empty,
            Held::Integer(number) => Cell::Integer(*number),
            Held::Float(number) => Cell::Float(*number),
            Held::Flag(flag) => Cell::Flag(*flag),
            Held::Json(text) => Cell::Json(text),
            Held::Text(text) => match holds {
                Holds::Number => Cell::Decimal(text),
                Holds::Date if !self.is_text => text.parse().map_or(Cell::Text(text), Cell::Date),
                Holds::Time if !self.is_json => text
                    .parse::<Timestamp>()
                    .map_or(Cell::Text(text), |time| Cell::Time(time.micros())),
                _ => Cell::Text(text),
            },
        }
    }
}

fn holds(field: &FieldType) -> Holds {
    match field {
        FieldType::Integer | FieldType::Decimal | FieldType::Money => Holds::Number,
        FieldType::Boolean => Holds::Flag,
        FieldType::Date => Holds::Date,
        FieldType::Instant => Holds::Time,
        _ => Holds::Text,
    }
}

/// The subjects in a role, with spaces between them.
fn subjects<'e>(envelope: &'e Envelope<'_>, role: &str) -> Cow<'e, str> {
    let mut found = envelope.subjects.iter().filter(|subject| subject.role == role);
    let Some(first) = found.next() else { return Cow::Borrowed("") };
    let rest: Vec<&str> = found.map(|subject| &*subject.id).collect();
    match rest.is_empty() {
        true => Cow::Borrowed(&first.id),
        false => format!("{} {}", first.id, rest.join(" ")).into(),
    }
}

/// What is said of the persons of a record in a field.
fn said_of(personal: &[PersonalView], field: &str) -> String {
    let of = |part: &PersonalView| match &part.shown {
        Shown::Fields(fields) => fields.get(field).map(|value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        }),
        Shown::Hidden => Some("[hidden]".to_owned()),
        Shown::Restricted => Some("[restricted]".to_owned()),
        Shown::Erased => Some("[erased]".to_owned()),
        Shown::Sealed => Some("[sealed]".to_owned()),
        Shown::Unnoted => Some("[not noted]".to_owned()),
    };
    personal.iter().filter_map(of).collect::<Vec<_>>().join("; ")
}
