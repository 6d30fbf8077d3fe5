//! What of a report has to fit its kind, looked at when the whole pack is read.

use std::collections::BTreeMap;

use rules::filter::{Filter, Type};

use super::{Measure, Report, Rows};
use crate::context::{Context, Place};
use crate::fault::FaultCode;
use crate::kind::Number;
use crate::pack::Pack;
use crate::source::nearest;

/// Where the parts of a report stand.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) report: Place,
    pub(crate) date: Option<Place>,
    pub(crate) filter: Option<Place>,
    pub(crate) rows: Place,
    pub(crate) columns: Vec<Place>,
    pub(crate) checks: Vec<Place>,
    pub(crate) due: Vec<Place>,
}

/// Notes a fault for everything of the reports that does not fit.
pub(crate) fn check(pack: &Pack, places: &BTreeMap<String, Places>, cx: &mut Context) {
    // Where a kind or list could not be read, what it has is not known.
    let is_unread = |folder: &str| cx.faults.iter().any(|fault| fault.file.starts_with(folder));
    if is_unread("kinds/") || is_unread("lists/") || is_unread("subjects.toml") {
        return;
    }
    for report in pack.reports.values() {
        let Some(places) = places.get(&report.id) else { continue };
        if pack.kind(&report.kind).is_none() {
            continue; // told by its reference
        }
        Checking { pack, report, places, cx: &mut *cx }.all();
    }
}

struct Checking<'c> {
    pack: &'c Pack,
    report: &'c Report,
    places: &'c Places,
    cx: &'c mut Context,
}

impl Checking<'_> {
    fn fault(&mut self, code: FaultCode, place: &Place, what: &str, remedy: &str) {
        let what = format!("the report {}: {what}", self.report.id);
        self.cx.fault(code, place, what, remedy);
    }

    fn all(mut self) {
        let (report, places) = (self.report, self.places);
        if let (Some(date), Some(place)) = (&report.date, &places.date) {
            let fits = |found: &Type| matches!(found, Type::Date);
            self.field(date, place, "a typed date", fits);
        }
        if let (Some(filter), Some(place)) = (&report.filter, &places.filter) {
            self.filter(filter, place);
        }
        match &report.rows {
            Rows::Region => {}
            Rows::Field(field) => {
                let fits = |found: &Type| matches!(found, Type::Code(_));
                self.field(field, &places.rows, "a typed code", fits);
            }
            Rows::Register { role, field } => self.register(role, field),
        }
        for (at, (column, place)) in report.columns.iter().zip(&places.columns).enumerate() {
            if report.columns.iter().take(at).any(|other| other.id == column.id) {
                let what = format!("the column {} stands twice", column.id);
                self.fault(FaultCode::Duplicate, place, &what, "give one of them another id");
            }
            self.column(column, place);
        }
        for (at, (check, place)) in report.checks.iter().zip(&places.checks).enumerate() {
            if report.checks.iter().take(at).any(|other| other.id == check.id) {
                let what = format!("the check {} stands twice", check.id);
                self.fault(FaultCode::Duplicate, place, &what, "give one of them another id");
            }
            for cell in check.equation.cells() {
                self.cell(&cell.column, cell.sum, place);
            }
        }
        for (at, (due, place)) in report.due.iter().zip(&places.due).enumerate() {
            let is_same = |other: &&super::Due| {
                other.office_type == due.office_type && other.period == due.period
            };
            if report.due.iter().take(at).any(|other| is_same(&other)) {
                let what = format!("{} of {} is due twice", due.period, due.office_type);
                self.fault(FaultCode::Duplicate, place, &what, "take one out");
            }
            if !report.periods.contains(&due.period) {
                let what = format!("it is not made for each {}", due.period);
                let remedy = "add the period to periods, or take the time limit out";
                self.fault(FaultCode::Contradiction, place, &what, remedy);
            }
        }
    }

    fn column(&mut self, column: &super::Column, place: &Place) {
        if let Some(filter) = &column.filter {
            self.filter(filter, place);
        }
        if let Some(each) = &column.each {
            let fits = |found: &Type| matches!(found, Type::Code(_));
            self.field(each, place, "a typed code", fits);
        }
        match &column.measure {
            Measure::Count => {}
            Measure::Sum(field) => {
                let fits = |found: &Type| matches!(found, Type::Integer | Type::Decimal { .. });
                self.field(field, place, "a typed number", fits);
            }
            Measure::Share { part, whole } => {
                if column.each.is_some() || column.filter.is_some() {
                    let remedy = "take each and where out: it is of two other columns";
                    self.fault(FaultCode::Contradiction, place, "a share has no records", remedy);
                }
                for other in [part, whole] {
                    self.cell(other, false, place);
                    let found = self.report.column(other.split('.').next().unwrap_or_default());
                    if found.is_some_and(|c| matches!(c.measure, Measure::Share { .. })) {
                        let what = format!("{other} is a share itself");
                        self.fault(FaultCode::Contradiction, place, &what, "name a count or a sum");
                    }
                }
            }
        }
    }

    /// A typed field of the kind.
    fn field(&mut self, name: &str, place: &Place, expected: &str, fits: impl Fn(&Type) -> bool) {
        let fields = self.pack.filter_fields(&self.report.kind);
        let names: Vec<String> = fields
            .into_iter()
            .flat_map(|fields| fields.iter())
            .filter(|field| fits(field.holds()))
            .map(|field| field.name().to_owned())
            .collect();
        if !names.iter().any(|known| known == name) {
            let what = format!("{name} is not {expected} field of {}", self.report.kind);
            let remedy = match nearest(name, names.iter().map(String::as_str)) {
                Some(meant) => format!("write {meant}, if that is meant"),
                None => format!("name {expected} field: {}", names.join(", ")),
            };
            self.fault(FaultCode::UnknownName, place, &what, &remedy);
        }
    }

    fn filter(&mut self, text: &str, place: &Place) {
        let Some(fields) = self.pack.filter_fields(&self.report.kind) else { return };
        if let Err(fault) = Filter::parse(text, fields) {
            let remedy = "write a condition over the kind's typed fields";
            self.fault(FaultCode::Expression, place, &fault.to_string(), remedy);
        }
    }

    /// A code field of the register of a role.
    fn register(&mut self, role: &str, field: &str) {
        let (pack, place) = (self.pack, &self.places.rows);
        let subject = pack.kind(&self.report.kind).and_then(|kind| kind.subject(role));
        let has_role = subject.is_some();
        if subject.is_some_and(|subject| subject.number == Number::Many) {
            let what = format!("{} may name several in the role {role}", self.report.kind);
            let remedy = "take a role of one: a record would be counted for each of them";
            self.fault(FaultCode::Contradiction, place, &what, remedy);
        }
        let registers = super::registers(pack, role);
        let fits = |kind: &&str| {
            let found = pack.filter_fields(kind).and_then(|fields| {
                fields.iter().find(|known| known.name() == field).map(|f| f.holds().clone())
            });
            matches!(found, Some(Type::Code(_)))
        };
        if !has_role || !registers.iter().any(fits) {
            let what = format!(
                "{role}.{field} is no role of {} with a typed code field of its register",
                self.report.kind
            );
            let remedy = "write region, a typed code field, or role.field of a register";
            self.fault(FaultCode::UnknownName, place, &what, remedy);
        }
    }

    /// A column that a check or a share names.
    fn cell(&mut self, name: &str, sum: bool, place: &Place) {
        let (group, code) = name.split_once('.').map_or((name, None), |(g, c)| (g, Some(c)));
        let known = self.report.column(group);
        let fits = match (known, sum, code) {
            (Some(column), true, None) => column.each.is_some(),
            (Some(column), false, code) => column.each.is_some() == code.is_some(),
            _ => false,
        };
        if !fits {
            let what = format!("{name} is no column here");
            let names = self.report.columns.iter().map(|column| column.id.as_str());
            let remedy = match nearest(group, names) {
                Some(meant) if meant != group => format!("write {meant}, if that is meant"),
                _ => "write the id of a column; of one for each code sum(id) or id.code".to_owned(),
            };
            self.fault(FaultCode::UnknownName, place, &what, &remedy);
        }
    }
}
