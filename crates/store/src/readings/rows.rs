//! What a record becomes in the readings.

use std::borrow::Cow;

use rules::filter::{Fields, Type};
use rules::value::Value;

use super::case::CasePart;
use super::plan::{Column, Holds, Kind, Plan, column};
use crate::entry::Stored;

/// What the pack reads out of a record; the rest stands in [`Stored`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projected {
    /// The region, by its code.
    pub region: String,
    /// The office.
    pub office: Option<String>,
    /// Who wrote it.
    pub author: String,
    /// Roles and the subjects in them.
    pub subjects: Vec<(String, String)>,
    /// The values of the planned fields of its kind, in their order; empty where the kind is not
    /// planned.
    pub typed: Vec<Option<Value>>,
    /// The keys of a traceability event in the index of events, each once.
    pub terms: Vec<i64>,
    /// What it says of a case, where it does.
    pub case: Option<CasePart>,
    /// Values of its fields of which there are few, with the field: all that there were are kept.
    pub values: Vec<(&'static str, String)>,
}

/// A value on its way into a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scalar<'a> {
    Null,
    Integer(i64),
    Text(Cow<'a, str>),
    Bytes(Vec<u8>),
}

impl<'a> From<&'a str> for Scalar<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<i64> for Scalar<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

/// Rows for one table, one behind the other.
pub(super) struct Rows<'a> {
    pub(super) table: &'a str,
    pub(super) columns: Cow<'a, [Column]>,
    pub(super) cells: Vec<Scalar<'a>>,
}

/// Records and what was read out of them, or why nothing could be.
pub(super) type Interpreted = (Stored, Result<Projected, String>);

/// The rows of some records, each table's in the order of its key: pages are then touched once.
pub(super) fn rows<'a>(plan: &'a Plan, records: &'a [Interpreted]) -> Vec<Rows<'a>> {
    let mut of_kinds: Vec<Rows<'a>> = Vec::new();
    let mut subjects: Vec<(&str, i64, i64, &str, &str)> = Vec::new();
    let mut terms: Vec<[i64; 2]> = Vec::new();
    let mut aside = Rows {
        table: "set_aside",
        columns: vec![column("position", Holds::Integer), column("reason", Holds::Text)].into(),
        cells: Vec::new(),
    };
    for (stored, read) in records {
        let position = stored.position as i64;
        let kind = plan.kind(&stored.kind);
        let typed = read.as_ref().map_err(Clone::clone).and_then(|read| {
            let typed = kind.map(|kind| typed(kind, read)).transpose()?.unwrap_or_default();
            is_storable(read).then_some((read, typed)).ok_or_else(|| "a text with U+0000".into())
        });
        let (read, typed) = match typed {
            Ok(sound) => sound,
            Err(reason) => {
                let reason = reason.replace('\0', "\u{fffd}");
                aside.cells.extend([position.into(), Scalar::Text(reason.into())]);
                continue;
            }
        };
        let valid_at = stored.valid_at.micros();
        let of_subject = |(role, subject): &'a (String, String)| {
            (&**subject, valid_at, position, &**role, &*stored.kind)
        };
        subjects.extend(read.subjects.iter().map(of_subject));
        terms.extend(read.terms.iter().map(|term| [*term, position]));
        if let Some(kind) = kind {
            let rows = match of_kinds.iter().position(|rows| rows.table == kind.table) {
                Some(found) => of_kinds.get_mut(found),
                None => {
                    let columns = Cow::Borrowed(&kind.columns[..]);
                    of_kinds.push(Rows { table: &kind.table, columns, cells: Vec::new() });
                    of_kinds.last_mut()
                }
            };
            let fixed = [
                position.into(),
                Scalar::Text(stored.id.to_string().into()),
                valid_at.into(),
                stored.recorded_at.micros().into(),
                Scalar::from(&*read.region),
                read.office.as_deref().map_or(Scalar::Null, Scalar::from),
                Scalar::from(&*read.author),
            ];
            if let Some(rows) = rows {
                rows.cells.extend(fixed);
                rows.cells.extend(typed);
            }
        }
    }
    let mut all = of_kinds;
    all.push(of_subjects(subjects));
    all.push(of_terms(terms));
    all.push(aside);
    all
}

fn of_terms<'a>(mut terms: Vec<[i64; 2]>) -> Rows<'a> {
    terms.sort_unstable();
    let columns = vec![column("term", Holds::Integer), column("position", Holds::Integer)];
    let cells = terms.into_iter().flatten().map(Scalar::Integer).collect();
    Rows { table: "event_term", columns: columns.into(), cells }
}

/// Values that fields of events have in some records, each once, in their order.
pub(super) fn event_values(records: &[Interpreted]) -> Vec<(&str, &str)> {
    let read = records.iter().filter_map(|(_, read)| read.as_ref().ok());
    let sound = read.filter(|read| is_storable(read));
    let values = sound.flat_map(|read| read.values.iter().map(|(field, value)| (*field, &**value)));
    let mut found: Vec<(&str, &str)> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    found.extend(values.filter(|value| seen.insert(*value)));
    found.sort_unstable();
    found
}

fn of_subjects<'a>(mut lines: Vec<(&'a str, i64, i64, &'a str, &'a str)>) -> Rows<'a> {
    lines.sort_unstable();
    // A record that names a subject twice in one role says nothing more by it.
    lines.dedup();
    let columns = vec![
        column("subject", Holds::Text),
        column("valid_at", Holds::Integer),
        column("position", Holds::Integer),
        column("role", Holds::Text),
        column("kind", Holds::Text),
    ];
    let mut cells = Vec::with_capacity(lines.len() * columns.len());
    for (subject, valid_at, position, role, kind) in lines {
        cells.extend([
            subject.into(),
            valid_at.into(),
            position.into(),
            role.into(),
            Scalar::from(kind),
        ]);
    }
    Rows { table: "subject_record", columns: columns.into(), cells }
}

/// PostgreSQL holds no U+0000 in a text, so neither database is given one.
fn is_storable(read: &Projected) -> bool {
    let typed = read.typed.iter().flatten().filter_map(|value| match value {
        Value::Text(text) => Some(&**text),
        _ => None,
    });
    let subjects = read.subjects.iter().flat_map(|(role, subject)| [&**role, &**subject]);
    let values = read.values.iter().map(|(_, value)| &**value);
    let heading = [&*read.region, read.office.as_deref().unwrap_or_default(), &*read.author];
    !heading.into_iter().chain(subjects).chain(typed).chain(values).any(|text| text.contains('\0'))
}

fn typed<'a>(kind: &Kind, read: &'a Projected) -> Result<Vec<Scalar<'a>>, String> {
    let fields: &Fields = &kind.fields;
    if read.typed.len() != fields.iter().len() {
        return Err(format!("{} values for {} fields", read.typed.len(), fields.iter().len()));
    }
    let mut cells = Vec::with_capacity(read.typed.len());
    for (field, value) in fields.iter().zip(&read.typed) {
        let cell = value.as_ref().map_or(Some(Scalar::Null), |value| cell(value, field.holds()));
        cells
            .push(cell.ok_or_else(|| format!("the field {} cannot hold its value", field.name()))?);
    }
    Ok(cells)
}

/// A value as the column of a field holds it.
fn cell<'a>(value: &'a Value, holds: &Type) -> Option<Scalar<'a>> {
    Some(match (value, holds) {
        (Value::Text(text), Type::Text | Type::Code(_)) => Scalar::from(&**text),
        (Value::Integer(number), Type::Integer) => Scalar::Integer(*number),
        (Value::Decimal(number), Type::Decimal { places }) => {
            Scalar::Integer(number.units_at(*places)?)
        }
        (Value::Boolean(value), Type::Boolean) => Scalar::Integer((*value).into()),
        (Value::Date(day), Type::Date) => Scalar::Integer(day.unix_day()),
        (Value::Instant(time), Type::Instant) => Scalar::Integer(time.micros()),
        _ => return None,
    })
}
