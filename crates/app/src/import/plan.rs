//! A mapping made ready for reading rows: which column goes where, and as what.

use std::collections::HashMap;

use clock::Date;
use model::Timestamp;
use pack::{Column, Field, FieldType, Kind, Mapping, Pack};
use sheet::value::words::key;

use super::header::Layout;
use super::value::Reader;

/// What whoever imports says of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The day as of which it was made.
    pub as_of: Option<Date>,
    /// The region of what has none of its own: that of the office.
    pub region: Option<String>,
}

/// Where a column goes.
pub(super) struct Target<'p> {
    pub(super) slot: Slot<'p>,
    pub(super) reader: Reader<'p>,
}

/// A place in a draft.
#[derive(Clone, Copy)]
pub(super) enum Slot<'p> {
    /// A field of the open part.
    Open(&'p str),
    /// A field of the personal part.
    Personal(&'p str),
    /// A column of a field that is a table.
    Entry { table: &'p str, column: &'p str },
}

/// A column of the mapping, made ready.
pub(super) struct Planned<'p> {
    pub(super) column: &'p Column,
    pub(super) targets: Vec<Target<'p>>,
    /// Whether it says something of a person.
    pub(super) is_personal: bool,
}

/// What a field holds where no column gives anything.
pub(super) struct Fixed<'p> {
    pub(super) name: &'p str,
    pub(super) slot: Slot<'p>,
    pub(super) text: &'p str,
    pub(super) reader: Reader<'p>,
}

/// A mapping made ready.
pub(crate) struct Plan<'p> {
    pub(super) pack: &'p Pack,
    pub(super) mapping: &'p Mapping,
    pub(super) kind: &'p Kind,
    pub(super) said: &'p Said,
    pub(super) now: Timestamp,
    pub(super) columns: Vec<Planned<'p>>,
    pub(super) fixed: Vec<Fixed<'p>>,
    pub(super) rest: Option<Reader<'p>>,
    /// Texts that say nothing, as texts are compared, and how long a cell is at most that has one.
    nothing: Vec<String>,
    longest_nothing: usize,
    by_id: HashMap<&'p str, usize>,
    /// Columns by which rows of one record are known to be so.
    pub(super) grouping: Vec<usize>,
}

/// A column that nothing says anything of.
static PLAIN: std::sync::LazyLock<Column> = std::sync::LazyLock::new(|| Column {
    id: String::new(),
    names: Vec::new(),
    field: None,
    also: Vec::new(),
    required: false,
    words: std::collections::BTreeMap::new(),
    unit: None,
    unit_column: None,
    times: 1,
    split: None,
    order: None,
    lengths: Vec::new(),
    hint: None,
    example: None,
});

impl<'p> Plan<'p> {
    /// The plan of a mapping; none where its kind is not there, which a sound pack does not have.
    pub(crate) fn new(
        pack: &'p Pack,
        mapping: &'p Mapping,
        said: &'p Said,
        now: Timestamp,
    ) -> Option<Self> {
        let kind = pack.kind(&mapping.kind)?;
        let columns: Vec<Planned<'p>> = mapping
            .columns
            .iter()
            .map(|column| {
                let targets = column.targets().filter_map(|(name, words)| {
                    let (slot, field) = slot(kind, name)?;
                    let reader = Reader::new(pack, &field.field_type, column, words);
                    Some(Target { slot, reader })
                });
                let targets: Vec<Target<'_>> = targets.collect();
                let is_personal =
                    targets.iter().any(|target| matches!(target.slot, Slot::Personal(_)));
                Planned { column, targets, is_personal }
            })
            .collect();
        let fixed = mapping.fixed.iter().filter_map(|(name, text)| {
            let (slot, field) = slot(kind, name)?;
            let column = mapping.column_of(name).unwrap_or(&PLAIN);
            let reader = Reader::new(pack, &field.field_type, column, &PLAIN.words);
            Some(Fixed { name, slot, text, reader })
        });
        let fixed = fixed.collect();
        let rest = mapping.rest.as_ref().and_then(|rest| {
            let (_, field) = slot(kind, &format!("{}.{}", rest.table, rest.value))?;
            Some(Reader::new(pack, &field.field_type, &PLAIN, &PLAIN.words))
        });
        let by_id: HashMap<&str, usize> = mapping
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| (column.id.as_str(), at))
            .collect();
        let nothing: Vec<String> = mapping.nothing.iter().map(|text| key(text)).collect();
        // With blanks around it, and in characters of full width.
        let longest_nothing = nothing.iter().map(|text| text.len() * 3 + 6).max().unwrap_or(0);
        let mut plan = Self {
            pack,
            mapping,
            kind,
            said,
            now,
            columns,
            fixed,
            rest,
            nothing,
            longest_nothing,
            by_id,
            grouping: Vec::new(),
        };
        plan.grouping = plan.grouping();
        Some(plan)
    }

    /// The place of a column of the mapping, by its id.
    pub(super) fn at(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Whether a cell says nothing.
    pub(super) fn is_nothing(&self, cell: &sheet::Cell) -> bool {
        cell.is_empty()
            || cell.text.len() <= self.longest_nothing && self.nothing.contains(&key(&cell.text))
    }

    /// Whether a row stands below the table.
    pub(super) fn is_footer(&self, row: &sheet::Row) -> bool {
        let first = row.cells.iter().find(|cell| !cell.is_empty());
        first.is_some_and(|cell| {
            self.mapping.footer.iter().any(|footer| cell.text.trim_start().starts_with(footer))
        })
    }

    /// The columns that the key is made of.
    fn grouping(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for name in &self.mapping.key {
            let of_field = self
                .mapping
                .columns
                .iter()
                .position(|column| column.targets().any(|(field, _)| field == name));
            found.extend(of_field);
            let subjects = self.mapping.subjects.iter().filter(|subject| subject.role == *name);
            for pattern in subjects.flat_map(|subject| &subject.id) {
                found.extend(pattern.columns().filter_map(|id| self.at(id)));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether a column of the mapping says something of a person.
    pub(super) fn is_personal(&self, at: usize) -> bool {
        self.columns.get(at).is_some_and(|planned| planned.is_personal)
    }

    /// The header under which a column of the mapping stands in a sheet; where it does not, the name
    /// that it has in the template.
    pub(super) fn header<'h>(&'h self, layout: &'h Layout, at: usize) -> &'h str {
        let own = layout.columns.get(at).copied().flatten();
        let own = own.and_then(|column| layout.headers.get(column)).map(String::as_str);
        own.or_else(|| Some(self.columns.get(at)?.column.names.first()?.as_str()))
            .unwrap_or_default()
    }
}

/// The place and the field of a name such as `result` or `items.verdict`.
fn slot<'p>(kind: &'p Kind, name: &str) -> Option<(Slot<'p>, &'p Field)> {
    let Some((table, column)) = name.split_once('.') else {
        let field = kind.field(name)?;
        let slot = match field.personal {
            true => Slot::Personal(field.name.as_str()),
            false => Slot::Open(field.name.as_str()),
        };
        return Some((slot, field));
    };
    let field = kind.field(table)?;
    let FieldType::Table { columns } = &field.field_type else { return None };
    let found = columns.iter().find(|found| found.name == column)?;
    Some((Slot::Entry { table: &field.name, column: &found.name }, found))
}
