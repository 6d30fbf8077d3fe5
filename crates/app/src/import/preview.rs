//! What was understood of a table, before all of it is read: its sheets, the header, which columns
//! are taken, and the first rows as records.

use std::collections::BTreeMap;
use std::path::Path;

use pack::{FieldType, Mapping, Pack};
use serde_json::Value;
use sheet::{Flow, Format, Limits, Row, Source};

use super::cell_fault::CellFault;
use super::check::{Told, mapping_of, sheet_fault};
use super::header::{self, HINT_SHEET, LOOKED_AT, Layout, Names, OWN_SHEET};
use super::plan::Plan;
use super::upload::Upload;
use crate::door::Principal;
use crate::fault::Rejection;
use crate::system::System;

/// Rows that are shown of a sheet.
const SHOWN: usize = 8;

/// What was understood.
#[derive(Debug)]
pub struct Preview {
    /// The format.
    pub format: Format,
    /// Of a text the encoding, and whether there is no doubt about it.
    pub encoding: Option<(sheet::text::Encoding, bool)>,
    /// Of CSV what stands between fields.
    pub separator: Option<u8>,
    /// The sheets.
    pub sheets: Vec<SheetPreview>,
    /// What is odd about the file.
    pub notes: Vec<Told>,
    /// What keeps it from being read.
    pub fault: Option<Rejection>,
}

/// What was understood of a sheet.
#[derive(Debug)]
pub struct SheetPreview {
    /// Its name.
    pub name: String,
    /// How it is laid out; none where it does not have the header.
    pub layout: Option<Layout>,
    /// The first rows below the header, as they stand there.
    pub rows: Vec<Row>,
    /// The same as records: fields with what they hold, in words.
    pub records: Vec<RecordPreview>,
}

/// A record as it was understood.
#[derive(Debug)]
pub struct RecordPreview {
    /// The row.
    pub row: u64,
    /// When it happened, as a day in China.
    pub day: String,
    /// The region.
    pub region: String,
    /// Who and what takes part: role and id.
    pub subjects: Vec<(String, String)>,
    /// The names of fields, and what they hold.
    pub fields: Vec<(String, String)>,
    /// What is wrong.
    pub faults: Vec<CellFault>,
}

impl System {
    /// What is understood of a table as it is to be read.
    ///
    /// # Errors
    /// No permission; the table is there no more; no such mapping.
    pub fn preview(&self, who: &Principal, upload: &Upload) -> Result<Preview, Rejection> {
        self.may_import(who)?;
        let path = self.table_of(upload)?;
        let pack = self.pack();
        let mapping = mapping_of(&pack, &upload.choice.mapping)?;
        let said = upload.choice.said(self, who);
        let plan = Plan::new(&pack, mapping, &said, self.clock().now());
        let mut preview = Preview {
            format: Format::Csv,
            encoding: None,
            separator: None,
            sheets: Vec::new(),
            notes: Vec::new(),
            fault: None,
        };
        let source = Source::open(&path, upload.choice.layout(), &Limits::default());
        let mut source = match source {
            Ok(source) => source,
            Err(fault) => {
                preview.fault = Some(sheet_fault(fault));
                return Ok(preview);
            }
        };
        preview.format = source.format();
        preview.encoding = source.encoding();
        preview.separator = source.separator();
        let names = Names::of(mapping);
        for (at, name) in source.sheets().to_vec().into_iter().enumerate() {
            if name == OWN_SHEET || name == HINT_SHEET {
                continue;
            }
            let mut head: Vec<Row> = Vec::new();
            let read = source.read(at, &mut |row| {
                head.push(std::mem::take(row));
                if head.len() < LOOKED_AT + SHOWN { Flow::On } else { Flow::Stop }
            });
            if let Err(fault) = read {
                preview.fault = Some(sheet_fault(fault));
            }
            let looked = head.get(..head.len().min(LOOKED_AT)).unwrap_or_default();
            let layout = header::find(mapping, &names, at, &name, looked);
            let last = layout.as_ref().map_or(0, |layout| layout.header.1);
            let is_row = |row: &&Row| layout.is_none() || row.number > last;
            let rows: Vec<Row> = head.iter().filter(is_row).take(SHOWN).cloned().collect();
            let records = layout.as_ref().zip(plan.as_ref()).map(|(layout, plan)| {
                let below = rows.iter().filter(|row| !plan.is_footer(row));
                below.map(|row| of_row(plan, layout, row)).collect()
            });
            let records = records.unwrap_or_default();
            preview.sheets.push(SheetPreview { name, layout, rows, records });
        }
        preview.notes = source.notes().iter().map(Told::note).collect();
        Ok(preview)
    }

    /// The mapping that fits a table best, of those whose records who asks may send; none where none
    /// fits.
    ///
    /// # Errors
    /// It is no table.
    pub fn mapping_for(&self, path: &Path) -> Result<Option<String>, Rejection> {
        let pack = self.pack();
        let mut source = Source::open(path, sheet::Layout::default(), &Limits::default())
            .map_err(sheet_fault)?;
        let mut heads: Vec<(String, Vec<Row>)> = Vec::new();
        for (at, name) in source.sheets().to_vec().into_iter().enumerate().take(20) {
            let mut head = Vec::new();
            let _ = source.read(at, &mut |row| {
                head.push(std::mem::take(row));
                if head.len() < LOOKED_AT { Flow::On } else { Flow::Stop }
            });
            heads.push((name, head));
        }
        let score = |mapping: &Mapping| {
            let names = Names::of(mapping);
            let of = |(name, head): &(String, Vec<Row>)| {
                let layout = header::find(mapping, &names, 0, name, head)?;
                let missing = mapping.columns.iter().zip(&layout.columns);
                let missing = missing.filter(|(c, at)| c.required && at.is_none()).count();
                Some((layout.found() * 2).saturating_sub(missing * 3 + layout.unknown.len()))
            };
            heads.iter().filter_map(of).max().unwrap_or(0)
        };
        let best = pack.mappings().map(|mapping| (score(mapping), mapping));
        let best = best.reduce(|best, other| if other.0 > best.0 { other } else { best });
        Ok(best.filter(|(score, _)| *score > 0).map(|(_, mapping)| mapping.id.clone()))
    }
}

fn of_row(plan: &Plan<'_>, layout: &Layout, row: &Row) -> RecordPreview {
    let built = plan.build(layout, std::slice::from_ref(row));
    let draft = &built.draft;
    let mut fields = Vec::new();
    let personal = draft.personal.iter().flat_map(|part| &part.fields);
    let found: BTreeMap<&String, &Value> = draft.open.iter().chain(personal).collect();
    for field in &plan.kind.fields {
        if let Some(value) = found.get(&field.name) {
            fields.push((field.name.clone(), in_words(plan.pack, &field.field_type, value)));
        }
    }
    let subjects = draft.subjects.iter();
    RecordPreview {
        row: row.number,
        day: crate::time::day(draft.valid_at).to_string(),
        region: draft.region.clone(),
        subjects: subjects.map(|s| (s.role.clone(), s.id.to_string())).collect(),
        fields,
        faults: built.faults,
    }
}

/// What a field holds, in words: codes with their labels.
fn in_words(pack: &Pack, of: &FieldType, value: &Value) -> String {
    match (of, value) {
        (FieldType::Code { list }, Value::String(code)) => {
            let label = pack.list(list).and_then(|list| list.history(code).last());
            label.map_or_else(|| code.clone(), |entry| entry.label.zh.clone())
        }
        (FieldType::List(of), Value::Array(entries)) => {
            entries.iter().map(|entry| in_words(pack, of, entry)).collect::<Vec<_>>().join("、")
        }
        (FieldType::Table { .. }, Value::Array(entries)) => {
            let entry = |entry: &Value| match entry {
                Value::Object(members) => members
                    .values()
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                    .collect::<Vec<_>>()
                    .join(" "),
                other => other.to_string(),
            };
            entries.iter().map(entry).collect::<Vec<_>>().join("；")
        }
        (FieldType::Quantity { .. }, Value::Object(members)) => {
            let value = members.get("value").map(ToString::to_string).unwrap_or_default();
            let unit = members.get("unit").and_then(Value::as_str).unwrap_or_default();
            format!("{value} {unit}")
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(true)) => "是".to_owned(),
        (_, Value::Bool(false)) => "否".to_owned(),
        (_, other) => other.to_string(),
    }
}
