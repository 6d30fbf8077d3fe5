//! `mappings/*.toml`: one mapping a file, of the file's name.

use std::collections::BTreeMap;

use super::{Also, Column, Extra, Flag, Mapping, Pattern, RegionFrom, Rest, SubjectFrom, TimeFrom};
use crate::context::{Context, Place, Target};
use crate::fault::FaultCode;
use crate::office::NO_REGION;
use crate::source::{Form, Located, Read, Table};

/// The word for the day as of which a table was made.
const AS_OF: &str = "as-of";
/// The word for the office for which it is imported.
const OWN_OFFICE: &str = "own-office";

/// Where the parts of a mapping stand, in their order.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) mapping: Place,
    pub(crate) key: Place,
    pub(crate) valid_at: Place,
    pub(crate) region: Place,
    pub(crate) person: Place,
    pub(crate) entries: Place,
    pub(crate) rest: Place,
    pub(crate) columns: Vec<Place>,
    pub(crate) subjects: Vec<Place>,
    pub(crate) flags: Vec<Place>,
    pub(crate) extras: Vec<Place>,
    pub(crate) fixed: BTreeMap<String, Place>,
}

/// Reads a mapping; none where it has no name.
pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Option<(Places, Mapping)> {
    let id = table.id("mapping", Form::Kebab, cx)?;
    let file = format!("mappings/{}.toml", id.value);
    if id.place.file != file {
        let what = format!("the mapping {} stands in another file than {file}", id.value);
        cx.fault(FaultCode::BadValue, &id.place, what, format!("name the file {file}"));
    }
    let mut places = Places::at(&id.place);
    let label = table.required("label", cx);
    let kind: Located<String> = table.required("kind", cx);
    if !kind.value.is_empty() {
        cx.refer(&kind.place, &table.what, &kind.value, Target::Kind);
    }
    let header_rows: Option<Located<i64>> = table.optional("header_rows", cx);
    let header_rows = header_rows.map_or(1, |rows| {
        let fits = u8::try_from(rows.value).ok().filter(|rows| (1..=4).contains(rows));
        if fits.is_none() {
            let what = format!("a header of {} rows is not read", rows.value);
            cx.fault(FaultCode::BadValue, &rows.place, what, "write a number from 1 to 4");
        }
        fits.unwrap_or(1)
    });
    let key: Located<Vec<String>> = table.required("key", cx);
    let valid_at: Located<Vec<String>> = table.required("valid_at", cx);
    let region: Located<Vec<String>> = table.required("region", cx);
    (places.key, places.valid_at, places.region) = (key.place, valid_at.place, region.place);
    let person: Option<Located<String>> = table.optional("person", cx);
    let person = person.and_then(|person| {
        places.person = person.place.clone();
        pattern(&person, cx)
    });
    let entries: Option<Located<String>> = table.optional("entries", cx);
    let entries = entries.map(|entries| {
        places.entries = entries.place;
        entries.value
    });
    let mut mapping = Mapping {
        id: id.value,
        label,
        kind: kind.value,
        source: table.required("source", cx),
        columns_are: table.required("columns_are", cx),
        note: table.optional("note", cx),
        header_rows,
        sheets: table.optional("sheets", cx).unwrap_or_default(),
        footer: table.optional("footer", cx).unwrap_or_default(),
        nothing: table.optional("nothing", cx).unwrap_or_default(),
        key: key.value,
        complete: table.optional("complete", cx).unwrap_or(false),
        valid_at: valid_at.value.into_iter().map(TimeFrom::of).collect(),
        region: region.value.into_iter().map(RegionFrom::of).collect(),
        person,
        entries,
        columns: Vec::new(),
        subjects: Vec::new(),
        fixed: BTreeMap::new(),
        flags: Vec::new(),
        extras: Vec::new(),
        rest: None,
        ignore: table.optional("ignore", cx).unwrap_or_default(),
    };
    for column in table.tables("column", "column", cx) {
        if let Some(column) = read_column(column, &mut places, cx) {
            mapping.columns.push(column);
        }
    }
    if mapping.columns.is_empty() {
        let what = format!("the {} has no columns", table.what);
        let remedy = "add a [[column]] for each, with id and names";
        cx.fault(FaultCode::MissingKey, &places.mapping, what, remedy);
    }
    for subject in table.tables("subject", "subject", cx) {
        mapping.subjects.push(read_subject(subject, &mut places, cx));
    }
    if let Some(fixed) = table.table("fixed", "fixed", cx) {
        mapping.fixed = read_fixed(fixed, &mut places, cx);
    }
    for flag in table.tables("flag", "flag", cx) {
        mapping.flags.push(read_flag(flag, &mut places, cx));
    }
    for extra in table.tables("entry", "entry", cx) {
        mapping.extras.push(read_extra(extra, &mut places, cx));
    }
    if let Some(mut rest) = table.table("rest", "rest", cx) {
        places.rest = rest.place();
        mapping.rest = Some(Rest {
            table: rest.required("table", cx),
            name: rest.required("name", cx),
            value: rest.required("value", cx),
        });
        rest.finish(cx);
    }
    table.finish(cx);
    Some((places, mapping))
}

impl Places {
    fn at(place: &Place) -> Self {
        let here = || place.clone();
        Self {
            mapping: here(),
            key: here(),
            valid_at: here(),
            region: here(),
            person: here(),
            entries: here(),
            rest: here(),
            columns: Vec::new(),
            subjects: Vec::new(),
            flags: Vec::new(),
            extras: Vec::new(),
            fixed: BTreeMap::new(),
        }
    }
}

impl TimeFrom {
    fn of(word: String) -> Self {
        if word == AS_OF { Self::AsOf } else { Self::Column(word) }
    }
}

impl RegionFrom {
    fn of(word: String) -> Self {
        match word.as_str() {
            OWN_OFFICE => Self::OwnOffice,
            NO_REGION => Self::Abroad,
            _ => Self::Column(word),
        }
    }
}

fn pattern(text: &Located<String>, cx: &mut Context) -> Option<Pattern> {
    let found = Pattern::parse(&text.value);
    if found.is_none() {
        let what = format!("{:?} is no pattern", text.value);
        let remedy = "write the ids of columns in braces, such as \"uscc:{code}\"";
        cx.fault(FaultCode::BadValue, &text.place, what, remedy);
    }
    found
}

fn read_column(mut table: Table<'_>, places: &mut Places, cx: &mut Context) -> Option<Column> {
    let id = table.id("id", Form::Snake, cx)?;
    let names: Vec<String> = table.required("names", cx);
    let place = table.place();
    if names.is_empty() {
        let what = format!("the {} has no name", table.what);
        cx.fault(FaultCode::BadValue, &place, what, "add the header under which it stands");
    }
    let words = read_words(&mut table, cx);
    let mut also = Vec::new();
    for mut other in table.tables("also", "also", cx) {
        let field = other.required("field", cx);
        also.push(Also { field, words: read_words(&mut other, cx) });
        other.finish(cx);
    }
    let times: Option<Located<i64>> = table.optional("times", cx);
    if let Some(times) = times.as_ref().filter(|times| times.value < 1) {
        let remedy = "write a whole number from 1 on";
        cx.fault(FaultCode::BadValue, &times.place, "nothing is so many times as much", remedy);
    }
    let lengths: Vec<i64> = table.optional("lengths", cx).unwrap_or_default();
    let column = Column {
        id: id.value,
        names,
        field: table.optional("field", cx),
        required: table.optional("required", cx).unwrap_or(false),
        also,
        words,
        unit: table.optional("unit", cx),
        unit_column: table.optional("unit_column", cx),
        times: times.map_or(1, |times| times.value.max(1)),
        split: table.optional("split", cx),
        order: table.optional("order", cx),
        lengths: lengths.into_iter().filter_map(|length| usize::try_from(length).ok()).collect(),
        hint: table.optional("hint", cx),
        example: table.optional("example", cx),
    };
    table.finish(cx);
    places.columns.push(place);
    Some(column)
}

/// Words and the codes that they mean.
fn read_words(table: &mut Table<'_>, cx: &mut Context) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let Some(mut words) = table.table("words", "words", cx) else { return found };
    for (word, _, node) in words.take_rest() {
        if let Some(code) = <String as Read>::read(node, cx) {
            found.insert(word.to_owned(), code);
        }
    }
    found
}

fn read_subject(mut table: Table<'_>, places: &mut Places, cx: &mut Context) -> SubjectFrom {
    let role: Located<String> = table.required("role", cx);
    if !role.value.is_empty() {
        cx.refer(&role.place, &table.what, &role.value, Target::SubjectRole);
    }
    let id: Vec<Located<String>> = table.required("id", cx);
    places.subjects.push(table.place());
    let subject = SubjectFrom {
        role: role.value,
        id: id.iter().filter_map(|id| pattern(id, cx)).collect(),
        split: table.optional("split", cx),
    };
    table.finish(cx);
    subject
}

fn read_fixed(
    mut table: Table<'_>,
    places: &mut Places,
    cx: &mut Context,
) -> BTreeMap<String, String> {
    let mut fixed = BTreeMap::new();
    for (field, place, node) in table.take_rest() {
        places.fixed.insert(field.to_owned(), place);
        if let Some(text) = <String as Read>::read(node, cx) {
            fixed.insert(field.to_owned(), text);
        }
    }
    fixed
}

fn read_flag(mut table: Table<'_>, places: &mut Places, cx: &mut Context) -> Flag {
    places.flags.push(table.place());
    let flag = Flag {
        field: table.required("field", cx),
        of: table.required("of", cx),
        has: table.required("has", cx),
        unless: table.optional("unless", cx).unwrap_or_default(),
    };
    table.finish(cx);
    flag
}

fn read_extra(mut table: Table<'_>, places: &mut Places, cx: &mut Context) -> Extra {
    places.extras.push(table.place());
    let field = table.required("table", cx);
    let mut columns = BTreeMap::new();
    if let Some(mut found) = table.table("columns", "columns", cx) {
        for (column, place, node) in found.take_rest() {
            let text = <String as Read>::read(node, cx);
            let text = text.map(|value| Located { value, place });
            if let Some(found) = text.and_then(|text| pattern(&text, cx)) {
                columns.insert(column.to_owned(), found);
            }
        }
    }
    table.finish(cx);
    Extra { table: field, columns }
}
