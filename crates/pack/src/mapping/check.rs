//! What of a mapping has to fit its kind, looked at when the whole pack is read.

use std::collections::BTreeMap;

use super::{Column, Mapping, Pattern, Places, RegionFrom, TimeFrom};
use crate::context::{Context, Place};
use crate::fault::FaultCode;
use crate::kind::{Field, FieldType, Kind, Number};
use crate::pack::Pack;
use crate::source::nearest;

/// Notes a fault for everything of the mappings that does not fit.
pub(crate) fn check(pack: &Pack, places: &BTreeMap<String, Places>, cx: &mut Context) {
    // Where a kind or list could not be read, what it has is not known.
    let is_unread = |folder: &str| cx.faults.iter().any(|fault| fault.file.starts_with(folder));
    if is_unread("kinds/") || is_unread("lists/") || is_unread("subjects.toml") {
        return;
    }
    for mapping in pack.mappings.values() {
        let (Some(kind), Some(places)) = (pack.kind(&mapping.kind), places.get(&mapping.id)) else {
            continue;
        };
        if cx.faults.iter().any(|fault| fault.file == places.mapping.file) {
            continue;
        }
        Checking { pack, mapping, kind, places, cx: &mut *cx }.all();
    }
}

struct Checking<'c> {
    pack: &'c Pack,
    mapping: &'c Mapping,
    kind: &'c Kind,
    places: &'c Places,
    cx: &'c mut Context,
}

impl Checking<'_> {
    fn fault(&mut self, code: FaultCode, place: &Place, what: String, remedy: &str) {
        let what = format!("the mapping {}: {what}", self.mapping.id);
        self.cx.fault(code, place, what, remedy);
    }

    fn all(mut self) {
        let (mapping, places) = (self.mapping, self.places);
        self.names();
        for (column, place) in mapping.columns.iter().zip(&places.columns) {
            self.column(column, place);
        }
        for (subject, place) in mapping.subjects.iter().zip(&places.subjects) {
            if self.kind.subject(&subject.role).is_none() {
                let what = format!("{} has no role {}", self.kind.id, subject.role);
                self.fault(FaultCode::UnknownName, place, what, "name a role of the kind");
            }
            subject.id.iter().for_each(|pattern| self.pattern(pattern, place));
        }
        for (field, text) in &mapping.fixed {
            let place = places.fixed.get(field).unwrap_or(&places.mapping);
            if let Some(found) = self.field(field, place) {
                self.code(&found.field_type, text, place);
            }
        }
        self.flags();
        self.extras();
        self.frame();
        self.all_is_given();
    }

    /// No two columns of one id, no header that means two columns.
    fn names(&mut self) {
        let (mapping, places) = (self.mapping, self.places);
        let mut ids: Vec<&str> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for (column, place) in mapping.columns.iter().zip(&places.columns) {
            if ids.contains(&column.id.as_str()) {
                let what = format!("there are two columns {}", column.id);
                self.fault(FaultCode::Duplicate, place, what, "rename one");
            }
            ids.push(&column.id);
            for name in &column.names {
                let key = name.to_lowercase();
                if names.contains(&key) {
                    let what = format!("the header {name} means two columns");
                    self.fault(FaultCode::Duplicate, place, what, "take one out");
                }
                names.push(key);
            }
        }
    }

    /// The field, or column of a table, of a name.
    fn field(&mut self, name: &str, place: &Place) -> Option<Field> {
        let (table, column) = match name.split_once('.') {
            Some((table, column)) => (table, Some(column)),
            None => (name, None),
        };
        let kind = self.kind;
        let known = || kind.fields.iter().map(|field| field.name.as_str());
        let Some(field) = kind.field(table) else {
            let remedy = match nearest(table, known()) {
                Some(meant) => format!("write {meant}, if that is meant"),
                None => "name a field of the kind".to_owned(),
            };
            let what = format!("{} has no field {table}", kind.id);
            self.fault(FaultCode::UnknownName, place, what, &remedy);
            return None;
        };
        let Some(column) = column else {
            if matches!(field.field_type, FieldType::Table { .. }) {
                let what = format!("{table} is a table, which no cell holds");
                let remedy = "name one of its columns, as table.column";
                self.fault(FaultCode::Contradiction, place, what, remedy);
                return None;
            }
            return Some(field.clone());
        };
        let FieldType::Table { columns } = &field.field_type else {
            let what = format!("{table} is no table and has no column {column}");
            self.fault(FaultCode::Contradiction, place, what, "write the name of the field alone");
            return None;
        };
        let found = columns.iter().find(|field| field.name == column);
        if found.is_none() {
            let what = format!("the table {table} has no column {column}");
            self.fault(FaultCode::UnknownName, place, what, "name a column of the table");
        }
        found.cloned()
    }

    fn column(&mut self, column: &Column, place: &Place) {
        if let Some(unit) = &column.unit_column
            && self.mapping.column(unit).is_none()
        {
            let what = format!("there is no column {unit}");
            self.fault(FaultCode::UnknownName, place, what, "name the id of a column");
        }
        for (target, words) in column.targets() {
            let into = |other: &Column| other.targets().filter(|(name, _)| *name == target).count();
            if self.mapping.columns.iter().map(into).sum::<usize>() > 1 {
                let what = format!("two columns go into {target}");
                self.fault(FaultCode::Duplicate, place, what, "let one go");
            }
            if let Some(field) = self.field(target, place) {
                self.target(column, &field, words, place);
            }
        }
    }

    /// What a column says of the field that it goes into.
    fn target(
        &mut self,
        column: &Column,
        field: &Field,
        words: &BTreeMap<String, String>,
        place: &Place,
    ) {
        let of = match &field.field_type {
            FieldType::List(of) => of.as_ref(),
            other => other,
        };
        words.values().for_each(|code| self.code(of, code, place));
        let mut wrong = |holds: bool, what: &str| {
            if holds {
                let what = format!("the column {} {what}", column.id);
                self.fault(FaultCode::Contradiction, place, what, "take it out");
            }
        };
        wrong(
            !words.is_empty() && !matches!(of, FieldType::Code { .. } | FieldType::Boolean),
            "has words, but its field holds no codes",
        );
        let quantity = matches!(of, FieldType::Quantity { .. });
        wrong(
            (column.unit.is_some() || column.unit_column.is_some()) && !quantity,
            "has a unit, but its field holds no quantities",
        );
        let is_number = matches!(
            of,
            FieldType::Quantity { .. } | FieldType::Money | FieldType::Decimal | FieldType::Integer
        );
        wrong(column.times > 1 && !is_number, "has times, but its field holds no numbers");
        let is_list = matches!(field.field_type, FieldType::List(_));
        wrong(column.split.is_some() && !is_list, "has split, but its field holds one value");
        let is_day = matches!(of, FieldType::Date | FieldType::Instant);
        wrong(column.order.is_some() && !is_day, "has an order, but its field holds no days");
        if let (Some(unit), FieldType::Quantity { units }) = (&column.unit, of) {
            let list = FieldType::Code { list: units.clone() };
            self.code(&list, unit, place);
        }
    }

    /// A text that has to be a code, where the type has codes.
    fn code(&mut self, of: &FieldType, code: &str, place: &Place) {
        let FieldType::Code { list } = of else { return };
        let Some(codes) = self.pack.list(list) else { return };
        if codes.history(code).next().is_none() {
            let known = codes.entries().iter().map(|entry| entry.code.as_str());
            let remedy = match nearest(code, known) {
                Some(meant) => format!("write {meant}, if that is meant"),
                None => format!("name a code of {list}"),
            };
            let what = format!("the list {list} has no code {code}");
            self.fault(FaultCode::UnknownName, place, what, &remedy);
        }
    }

    fn pattern(&mut self, pattern: &Pattern, place: &Place) {
        for id in pattern.columns() {
            self.column_id(id, place);
        }
    }

    fn column_id(&mut self, id: &str, place: &Place) {
        if self.mapping.column(id).is_none() {
            let known = self.mapping.columns.iter().map(|column| column.id.as_str());
            let remedy = match nearest(id, known) {
                Some(meant) => format!("write {meant}, if that is meant"),
                None => "name the id of a column".to_owned(),
            };
            self.fault(FaultCode::UnknownName, place, format!("there is no column {id}"), &remedy);
        }
    }

    fn flags(&mut self) {
        let (mapping, places) = (self.mapping, self.places);
        for (flag, place) in mapping.flags.iter().zip(&places.flags) {
            let field = self.field(&flag.field, place);
            if field.is_some_and(|field| field.field_type != FieldType::Boolean) {
                let what = format!("{} is neither true nor false", flag.field);
                self.fault(
                    FaultCode::Contradiction,
                    place,
                    what,
                    "name a field of the type boolean",
                );
            }
            let of = self.field(&flag.of, place).map(|field| field.field_type);
            if let Some(FieldType::List(of)) = of {
                self.code(&of, &flag.has, place);
                flag.unless.iter().for_each(|code| self.code(&of, code, place));
            } else if of.is_some() {
                let what = format!("{} is no list", flag.of);
                self.fault(FaultCode::Contradiction, place, what, "name a field that is a list");
            }
        }
    }

    fn extras(&mut self) {
        let (mapping, places) = (self.mapping, self.places);
        for (extra, place) in mapping.extras.iter().zip(&places.extras) {
            for (column, pattern) in &extra.columns {
                self.field(&format!("{}.{column}", extra.table), place);
                self.pattern(pattern, place);
            }
        }
        if let Some(rest) = &mapping.rest {
            self.field(&format!("{}.{}", rest.table, rest.name), &places.rest);
            self.field(&format!("{}.{}", rest.table, rest.value), &places.rest);
        }
        if let Some(entries) = &mapping.entries {
            let field = self.kind.field(entries).map(|field| &field.field_type);
            if !matches!(field, Some(FieldType::Table { .. })) {
                let what = format!("{entries} is no table of {}", self.kind.id);
                self.fault(FaultCode::Contradiction, &places.entries, what, "name a table");
            }
        }
    }

    /// Times, regions, keys and persons.
    fn frame(&mut self) {
        let (mapping, places, kind) = (self.mapping, self.places, self.kind);
        if mapping.valid_at.is_empty() || mapping.region.is_empty() || mapping.key.is_empty() {
            let what = "key, valid_at and region name something each".to_owned();
            let remedy = "name what makes a row the same, when it happened, and where";
            self.fault(FaultCode::BadValue, &places.mapping, what, remedy);
        }
        for from in &mapping.valid_at {
            if let TimeFrom::Column(id) = from {
                self.column_id(id, &places.valid_at);
            }
        }
        for from in &mapping.region {
            if let RegionFrom::Column(id) = from {
                self.column_id(id, &places.region);
            }
        }
        for name in &mapping.key {
            let field = kind.field(name);
            let is_known = field.is_some()
                || kind.subject(name).is_some()
                || name == "region"
                || name == "valid_at";
            if !is_known {
                let what = format!("key names {name}, which {} does not have", kind.id);
                let remedy = "name a field or a role of the kind, region or valid_at";
                self.fault(FaultCode::UnknownName, &places.key, what, remedy);
            }
            if field.is_some_and(|field| field.personal || !field.field_type.is_scalar()) {
                let what = format!("{name} is personal or has no single value, so it is no key");
                self.fault(FaultCode::Contradiction, &places.key, what, "name another field");
            }
        }
        let is_personal = |column: &&Column| {
            let mut fields = column.targets().filter_map(|(field, _)| kind.field(field));
            fields.any(|field| field.personal)
        };
        let has_personal = mapping.columns.iter().any(|column| is_personal(&column));
        match &mapping.person {
            Some(pattern) => self.pattern(pattern, &places.person),
            None if has_personal => {
                let what = "columns go into personal fields, but nothing names the person";
                let remedy =
                    "add person = \"…\", a pattern with the column that tells persons apart";
                self.fault(FaultCode::MissingKey, &places.mapping, what.to_owned(), remedy);
            }
            None => {}
        }
    }

    /// Without what the kind requires, no row could ever be right.
    fn all_is_given(&mut self) {
        let (mapping, places, kind) = (self.mapping, self.places, self.kind);
        for subject in kind.subjects.iter().filter(|subject| subject.number == Number::One) {
            if !mapping.subjects.iter().any(|found| found.role == subject.role) {
                let what = format!("{} needs a subject as {}", kind.id, subject.role);
                let remedy = "add a [[subject]] with this role";
                self.fault(FaultCode::MissingKey, &places.mapping, what, remedy);
            }
        }
        for field in kind.fields.iter().filter(|field| field.required) {
            let name = field.name.as_str();
            let into = |target: &str| target.split('.').next() == Some(name);
            let is_given = mapping.columns.iter().any(|c| c.targets().any(|(t, _)| into(t)))
                || mapping.fixed.keys().any(|fixed| into(fixed))
                || mapping.flags.iter().any(|flag| flag.field == name)
                || mapping.extras.iter().any(|extra| extra.table == name)
                || mapping.rest.as_ref().is_some_and(|rest| rest.table == name);
            if !is_given {
                let what = format!("{} needs {name}, and no column gives it", kind.id);
                let remedy = "add a [[column]] with this field, or put it into [fixed]";
                self.fault(FaultCode::MissingKey, &places.mapping, what, remedy);
            }
        }
    }
}
