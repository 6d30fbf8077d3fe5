//! `reports/*.toml`: one report a file, of the file's name.

use super::check::Places;
use super::{Column, CrossCheck, Due, Equation, Measure, Over, Report, Rows};
use crate::context::{Context, Place, Target};
use crate::fault::FaultCode;
use crate::kind::Basis;
use crate::list::well_known;
use crate::manifest::read_articles;
use crate::source::{Form, Located, Table};

/// Reads a report and where its parts stand.
pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Option<(Places, Report)> {
    let id = table.id("report", Form::Kebab, cx)?;
    let file = format!("reports/{}.toml", id.value);
    if id.place.file != file {
        let what = format!("the report {} stands in another file than {file}", id.value);
        cx.fault(FaultCode::BadValue, &id.place, what, format!("name the file {file}"));
    }
    let label = table.required("label", cx);
    let form = table.required("form", cx);
    let articles = read_articles(&mut table, cx);
    let basis: String = table.required("basis", cx);
    let in_force = table.in_force_from(cx);
    let kind: Located<String> = table.required("kind", cx);
    if !kind.value.is_empty() {
        cx.refer(&kind.place, &table.what, &kind.value, Target::Kind);
    }
    let date: Option<Located<String>> = table.optional("date", cx);
    let filter: Option<Located<String>> = table.optional("where", cx);
    let periods: Vec<Located<super::PeriodSort>> = table.required("periods", cx);
    if periods.is_empty() {
        let what = format!("the {} is made for no period", table.what);
        cx.fault(FaultCode::BadValue, &table.place(), what, "name month, quarter or year");
    }
    for (n, period) in periods.iter().enumerate() {
        if periods.iter().take(n).any(|other| other.value == period.value) {
            let what = format!("{} stands twice", period.value);
            cx.fault(FaultCode::Duplicate, &period.place, what, "take one out");
        }
    }
    let rows: Located<String> = table.required("rows", cx);
    let note = table.optional("note", cx);
    let mut places = Places {
        report: id.place.clone(),
        date: date.as_ref().map(|date| date.place.clone()),
        filter: filter.as_ref().map(|filter| filter.place.clone()),
        rows: rows.place.clone(),
        columns: Vec::new(),
        checks: Vec::new(),
        due: Vec::new(),
    };
    let columns = table.tables("column", "column", cx);
    if columns.is_empty() {
        let what = format!("the {} has no columns", table.what);
        let remedy = "add [[column]] with id, label and measure";
        cx.fault(FaultCode::MissingKey, &table.place(), what, remedy);
    }
    let columns: Vec<(Place, Column)> =
        columns.into_iter().filter_map(|column| read_column(column, cx)).collect();
    let checks = table.tables("check", "check", cx);
    let checks: Vec<(Place, CrossCheck)> =
        checks.into_iter().filter_map(|check| read_check(check, cx)).collect();
    let due = table.tables("due", "time limit", cx);
    let due: Vec<(Place, Due)> = due.into_iter().map(|due| read_due(due, cx)).collect();
    table.finish(cx);
    let mut report = Report {
        id: id.value,
        label,
        form,
        articles,
        basis: if basis == "decision" { Basis::Decision } else { Basis::Law(basis) },
        in_force,
        kind: kind.value,
        date: date.map(|date| date.value),
        filter: filter.map(|filter| filter.value),
        periods: periods.into_iter().map(|period| period.value).collect(),
        rows: match rows.value.split_once('.') {
            Some((role, field)) => {
                Rows::Register { role: role.to_owned(), field: field.to_owned() }
            }
            None if rows.value == "region" => Rows::Region,
            None => Rows::Field(rows.value),
        },
        columns: Vec::new(),
        checks: Vec::new(),
        due: Vec::new(),
        note,
    };
    (places.columns, report.columns) = columns.into_iter().unzip();
    (places.checks, report.checks) = checks.into_iter().unzip();
    (places.due, report.due) = due.into_iter().unzip();
    Some((places, report))
}

fn read_column(mut table: Table<'_>, cx: &mut Context) -> Option<(Place, Column)> {
    let id = table.id("id", Form::Snake, cx)?;
    let label = table.required("label", cx);
    let filter = table.optional("where", cx);
    let each = table.optional("each", cx);
    let measure = read_measure(&mut table, cx);
    table.finish(cx);
    Some((id.place, Column { id: id.value, label, measure: measure?, filter, each }))
}

/// `measure = "count"`, `{ sum = "amount" }` or `{ share = "fail", of = "total" }`.
fn read_measure(table: &mut Table<'_>, cx: &mut Context) -> Option<Measure> {
    const EXPECTED: &str = "\"count\", { sum = \"…\" } or { share = \"…\", of = \"…\" }";
    let Some(node) = table.take("measure") else {
        let what = format!("the {} has no measure", table.what);
        let remedy = format!("add measure = {EXPECTED}");
        cx.fault(FaultCode::MissingKey, &table.place(), what, remedy);
        return None;
    };
    let place = node.place();
    if let toml::de::DeValue::String(word) = node.value.get_ref() {
        if word == "count" {
            return Some(Measure::Count);
        }
        let what = format!("{word:?} is no measure");
        cx.fault(FaultCode::BadValue, &place, what, format!("write {EXPECTED}"));
        return None;
    }
    let mut inner = node.table("measure", cx)?;
    let sum: Option<String> = inner.optional("sum", cx);
    let share: Option<String> = inner.optional("share", cx);
    let measure = match (sum, share) {
        (Some(field), None) => Some(Measure::Sum(field)),
        (None, Some(part)) => Some(Measure::Share { part, whole: inner.required("of", cx) }),
        _ => {
            cx.fault(
                FaultCode::BadValue,
                &place,
                "this is no measure",
                format!("write {EXPECTED}"),
            );
            None
        }
    };
    inner.finish(cx);
    measure
}

fn read_check(mut table: Table<'_>, cx: &mut Context) -> Option<(Place, CrossCheck)> {
    let id = table.id("id", Form::Snake, cx)?;
    let label = table.required("label", cx);
    let text: Located<String> = table.required("equation", cx);
    let over = table.optional("over", cx).unwrap_or(Over::Rows);
    let must = table.optional("must", cx).unwrap_or(true);
    table.finish(cx);
    if text.value.is_empty() {
        return None;
    }
    let equation = match Equation::parse(&text.value) {
        Ok(equation) => equation,
        Err(why) => {
            let what = format!("the equation {:?} cannot be read: {why}", text.value);
            let remedy = "write it as total == sum(category) or total <= previous.total * 3";
            cx.fault(FaultCode::Expression, &text.place, what, remedy);
            return None;
        }
    };
    Some((text.place, CrossCheck { id: id.value, label, equation, over, must }))
}

fn read_due(mut table: Table<'_>, cx: &mut Context) -> (Place, Due) {
    let office: Located<String> = table.required("office", cx);
    if !office.value.is_empty() {
        let list = well_known::OFFICE_TYPES.to_owned();
        cx.refer(&office.place, &table.what, &office.value, Target::Code { list });
    }
    let period = table.required("period", cx);
    let within: Located<i64> = table.required("within", cx);
    let days = u32::try_from(within.value).ok().filter(|days| (1..=366).contains(days));
    if days.is_none() {
        let what = format!("{} is no number of days", within.value);
        cx.fault(FaultCode::BadValue, &within.place, what, "write a number from 1 to 366");
    }
    let unit = table.required("unit", cx);
    let law = table.optional("law", cx);
    let place = table.place();
    table.finish(cx);
    let due = Due { office_type: office.value, period, within: days.unwrap_or(1), unit, law };
    (place, due)
}
