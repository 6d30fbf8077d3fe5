//! From the rows of a record to its draft, with what is wrong with their cells.

use std::collections::HashSet;

use clock::Date;
use model::{Draft, PersonalPart, Subject, SubjectId, Timestamp};
use pack::{NO_REGION, RegionFrom, TimeFrom};
use serde_json::{Map, Value};
use sheet::value::words::clean;
use sheet::value::{Unread, code, date};
use sheet::{Cell, Row};

use super::cell_fault::{At, CellFault, shown};
use super::header::Layout;
use super::plan::{Plan, Slot};
use super::value;
use crate::fault::Fault;
use crate::time::day;

/// A draft that rows gave, and what is wrong with them.
pub(crate) struct Built {
    pub(crate) draft: Draft,
    pub(crate) faults: Vec<CellFault>,
    whence: Whence,
}

/// Which columns of the mapping gave the parts of a draft.
#[derive(Default)]
struct Whence {
    valid_at: Option<usize>,
    region: Option<usize>,
    /// By the subjects of the draft, in their order.
    subjects: Vec<Option<usize>>,
    /// By the entries of the table that the other columns go to: columns of the sheet.
    rest: Vec<usize>,
}

/// The middle of a day in China, where only the day is known. It lies on that day in China and, as it
/// is 04:00 UTC, in UTC too, so that whoever counts by day counts it on its own in either of the two.
const NOON: i64 = 4 * 3_600 * 1_000_000;
const DAY: i64 = 86_400 * 1_000_000;
const CHINA: i64 = 8 * 3_600 * 1_000_000;

/// Rows of one record that are being read.
struct Reading<'r, 'p> {
    plan: &'r Plan<'p>,
    layout: &'r Layout,
    rows: &'r [Row],
    faults: Vec<CellFault>,
    /// Columns of the sheet with a fault, by row.
    wrong: HashSet<(usize, Option<usize>)>,
    /// What stands in the columns of the mapping in the first row, for patterns.
    texts: Vec<String>,
    on: Date,
}

impl Plan<'_> {
    /// Reads the rows of one record.
    pub(crate) fn build(&self, layout: &Layout, rows: &[Row]) -> Built {
        let mut reading = Reading {
            plan: self,
            layout,
            rows,
            faults: Vec::new(),
            wrong: HashSet::new(),
            texts: Vec::new(),
            on: day(self.now),
        };
        reading.all()
    }
}

impl Reading<'_, '_> {
    fn all(&mut self) -> Built {
        let mut whence = Whence::default();
        self.texts();
        let valid_at = self.valid_at(&mut whence);
        self.on = day(valid_at);
        let region = self.region(&mut whence);
        let (mut open, mut personal) = (Map::new(), Map::new());
        self.columns(&mut open, &mut personal);
        self.fixed(&mut open, &mut personal);
        self.extras(&mut open);
        self.rest(&mut open, &mut whence);
        self.flags(&mut open);
        let subjects = self.subjects(&mut whence);
        let person = self.plan.mapping.person.as_ref().filter(|_| !personal.is_empty());
        let person = person.and_then(|pattern| pattern.fill(|id| self.text(id)));
        let personal = person.map(|person| PersonalPart { person, fields: personal });
        let draft = Draft {
            id: None,
            kind: self.plan.kind.id.clone(),
            subjects,
            office: None,
            region,
            valid_at,
            source: self.plan.mapping.source.clone(),
            open,
            personal: personal.into_iter().collect(),
            corrects: None,
            withdraws: None,
        };
        Built { draft, faults: std::mem::take(&mut self.faults), whence }
    }

    /// The cell of a column of the mapping in one of the rows.
    fn cell(&self, at: usize, row: usize) -> &Cell {
        const NOTHING: &Cell = &Cell::EMPTY;
        let column = self.layout.columns.get(at).copied().flatten();
        let cell = column.zip(self.rows.get(row)).map(|(column, row)| row.get(column));
        cell.filter(|cell| !self.plan.is_nothing(cell)).unwrap_or(NOTHING)
    }

    fn text(&self, id: &str) -> &str {
        self.plan.at(id).and_then(|at| self.texts.get(at)).map_or("", String::as_str)
    }

    fn place(&self, at: usize, row: usize) -> At {
        At {
            sheet: self.layout.sheet,
            row: self.rows.get(row).map_or(0, |row| row.number),
            column: self.layout.columns.get(at).copied().flatten(),
            header: self.plan.header(self.layout, at).to_owned(),
            value: self.cell(at, row).text.clone(),
            is_personal: self.plan.is_personal(at),
        }
    }

    /// A cell has one fault: the first that is found.
    fn fault(&mut self, at: usize, row: usize, unread: Unread) {
        let place = self.place(at, row);
        if self.wrong.insert((row, place.column)) || place.column.is_none() {
            self.faults.push(CellFault::of(place, unread));
        }
    }

    /// The texts of all columns, with the codes as codes are.
    fn texts(&mut self) {
        for at in 0..self.plan.columns.len() {
            let (plan, mut text) = (self.plan, String::new());
            let Some(planned) = plan.columns.get(at) else { continue };
            let lengths = &planned.column.lengths;
            let cell = self.cell(at, 0);
            if !cell.is_empty() {
                match lengths.is_empty() {
                    // A long number that names something was a code before it was a number.
                    true if planned.targets.is_empty()
                        && matches!(cell.sort, sheet::Sort::Number(_)) =>
                    {
                        match code::code(cell, &[]) {
                            Ok(found) => text = found,
                            Err(unread) => self.fault(at, 0, unread),
                        }
                    }
                    true => text = clean(&cell.text),
                    false => match code::code(cell, lengths) {
                        Ok(found) => text = found.to_uppercase(),
                        Err(unread) => self.fault(at, 0, unread),
                    },
                }
            } else if planned.column.required {
                self.fault(at, 0, missing());
            }
            self.texts.push(text);
        }
    }

    fn valid_at(&mut self, whence: &mut Whence) -> Timestamp {
        let plan = self.plan;
        for from in &plan.mapping.valid_at {
            let id = match from {
                TimeFrom::AsOf => match plan.said.as_of {
                    Some(as_of) => return noon(as_of),
                    None => continue,
                },
                TimeFrom::Column(id) => id,
            };
            let Some(at) = plan.at(id) else { continue };
            let cell = self.cell(at, 0);
            if cell.is_empty() {
                continue;
            }
            whence.valid_at = Some(at);
            let order = plan.columns.get(at).map(|planned| value::order(planned.column));
            match date::moment(cell, order.unwrap_or_default()) {
                Ok(moment) => return instant(moment),
                Err(unread) => {
                    self.fault(at, 0, unread);
                    return plan.now;
                }
            }
        }
        // No day at all: told of the column that should have it, if that is not told already.
        let column = plan.mapping.valid_at.iter().find_map(|from| match from {
            TimeFrom::Column(id) => plan.at(id),
            TimeFrom::AsOf => None,
        });
        match column {
            Some(at) => self.fault(at, 0, missing()),
            None => {
                let place = At { sheet: self.layout.sheet, row: self.number(0), ..At::default() };
                self.faults.push(CellFault::of(
                    place,
                    Unread::new(
                        "import.as_of",
                        (
                            "nothing says as of which day the table is",
                            "give the day as of which it was made",
                        ),
                        ("没有说明数据截止日期", "请填写数据截止日期"),
                    ),
                ));
            }
        }
        plan.now
    }

    fn number(&self, row: usize) -> u64 {
        self.rows.get(row).map_or(0, |row| row.number)
    }

    fn region(&mut self, whence: &mut Whence) -> String {
        let plan = self.plan;
        let mut wrong = None;
        for from in &plan.mapping.region {
            match from {
                RegionFrom::Abroad => return NO_REGION.to_owned(),
                RegionFrom::OwnOffice => {
                    if let Some(region) = &plan.said.region
                        && wrong.is_none()
                    {
                        return region.clone();
                    }
                }
                RegionFrom::Column(id) => {
                    let Some(at) = plan.at(id) else { continue };
                    let text = self.texts.get(at).cloned().unwrap_or_default();
                    if text.is_empty() {
                        continue;
                    }
                    if let Some(code) = value::region(plan.pack, &text, self.on) {
                        whence.region = Some(at);
                        return code.to_owned();
                    }
                    wrong = wrong.or(Some((at, text)));
                }
            }
        }
        let above = plan.said.region.clone();
        if let Some((at, text)) = wrong {
            self.fault(at, 0, value::no_region(&text, self.on));
            whence.region = Some(at);
        } else {
            let column = plan.mapping.region.iter().find_map(|from| match from {
                RegionFrom::Column(id) => plan.at(id),
                _ => None,
            });
            if let Some(at) = column {
                self.fault(at, 0, missing());
            }
        }
        above.unwrap_or_else(|| plan.pack.manifest().province.clone())
    }

    fn columns(&mut self, open: &mut Map<String, Value>, personal: &mut Map<String, Value>) {
        let plan = self.plan;
        for (at, planned) in plan.columns.iter().enumerate() {
            let unit = planned.column.unit_column.as_deref().and_then(|id| plan.at(id));
            for target in &planned.targets {
                let rows = match target.slot {
                    Slot::Entry { .. } => self.rows.len(),
                    _ => 1,
                };
                // What is of the whole record is so of each of its entries, as below a merged cell.
                let is_of_all =
                    planned.targets.iter().any(|target| !matches!(target.slot, Slot::Entry { .. }));
                for row in 0..rows {
                    let own = self.cell(at, row);
                    let cell = if own.is_empty() && is_of_all { self.cell(at, 0) } else { own };
                    if cell.is_empty() {
                        continue;
                    }
                    let unit =
                        unit.map(|unit| self.cell(unit, row).text.clone()).unwrap_or_default();
                    match target.reader.read(cell, &unit, self.on) {
                        Ok(Some(found)) => put(target.slot, row, found, open, personal),
                        Ok(None) => {}
                        Err(unread) => self.fault(at, row, unread),
                    }
                }
                if rows == 1 {
                    self.alike(at);
                }
            }
        }
    }

    /// What is not of an entry must be the same in all rows of a record, or not stand there again.
    fn alike(&mut self, at: usize) {
        let first = self.cell(at, 0).text.trim().to_owned();
        for row in 1..self.rows.len() {
            let cell = self.cell(at, row);
            if !cell.is_empty() && cell.text.trim() != first {
                let number = self.number(0);
                self.fault(
                    at,
                    row,
                    Unread::new(
                        "cell.differs",
                        (
                            format!("the row belongs to the record of row {number}, where {first:?} stands"),
                            "make them the same, or give the row a number of its own",
                        ),
                        (format!("此行与第 {number} 行同属一条记录，但那里是“{first}”"), "请改为一致，或使用不同编号"),
                    ),
                );
            }
        }
    }

    fn fixed(&mut self, open: &mut Map<String, Value>, personal: &mut Map<String, Value>) {
        let plan = self.plan;
        for fixed in &plan.fixed {
            // Where the column has something wrong, that is what is told.
            let column = plan
                .mapping
                .columns
                .iter()
                .position(|column| column.targets().any(|(field, _)| field == fixed.name));
            let rows = match fixed.slot {
                Slot::Entry { .. } => self.rows.len(),
                _ => 1,
            };
            for row in 0..rows {
                if column.is_some_and(|at| !self.cell(at, row).is_empty()) {
                    continue;
                }
                let has = match fixed.slot {
                    Slot::Open(name) => open.contains_key(name),
                    Slot::Personal(name) => personal.contains_key(name),
                    Slot::Entry { .. } => false,
                };
                if let Ok(Some(found)) = fixed.reader.read(&Cell::text(fixed.text), "", self.on)
                    && !has
                {
                    put(fixed.slot, row, found, open, personal);
                }
            }
        }
    }

    fn extras(&mut self, open: &mut Map<String, Value>) {
        for extra in &self.plan.mapping.extras {
            let mut entry = Map::new();
            let mut is_given = true;
            for (column, pattern) in &extra.columns {
                match pattern.fill(|id| self.text(id)).map(|text| text.trim().to_owned()) {
                    Some(text) if !text.is_empty() => {
                        _ = entry.insert(column.clone(), self.as_day(text).into())
                    }
                    Some(_) => {}
                    None => is_given = false,
                }
            }
            if is_given && let Some(entries) = list(open, &extra.table) {
                entries.push(Value::Object(entry));
            }
        }
    }

    /// A text that a spreadsheet would take for a day, as days are written here.
    fn as_day(&self, text: String) -> String {
        let looks = text.contains(['年', '/']) && text.starts_with(|c: char| c.is_ascii_digit());
        match looks.then(|| date::day(&Cell::text(text.as_str()), date::Order::YearFirst)) {
            Some(Ok(day)) => day.to_string(),
            _ => text,
        }
    }

    fn rest(&mut self, open: &mut Map<String, Value>, whence: &mut Whence) {
        let (plan, layout) = (self.plan, self.layout);
        let (Some(rest), Some(reader)) = (&plan.mapping.rest, &plan.rest) else { return };
        for column in layout.rest.iter().copied() {
            let Some(row) = self.rows.first() else { return };
            let cell = row.get(column);
            if plan.is_nothing(cell) {
                continue;
            }
            let header = layout.headers.get(column).cloned().unwrap_or_default();
            match reader.read(cell, "", self.on) {
                Ok(Some(found)) => {
                    let mut entry = Map::new();
                    entry.insert(rest.name.clone(), header.into());
                    entry.insert(rest.value.clone(), found);
                    if let Some(entries) = list(open, &rest.table) {
                        entries.push(Value::Object(entry));
                        whence.rest.push(column);
                    }
                }
                Ok(None) => {}
                Err(unread) => {
                    let (value, column) = (cell.text.clone(), Some(column));
                    let (sheet, row) = (layout.sheet, row.number);
                    let place = At { sheet, row, column, header, value, ..At::default() };
                    if self.wrong.insert((0, column)) {
                        self.faults.push(CellFault::of(place, unread));
                    }
                }
            }
        }
    }

    fn flags(&mut self, open: &mut Map<String, Value>) {
        for flag in &self.plan.mapping.flags {
            let Some(Value::Array(codes)) = open.get(&flag.of) else { continue };
            let has = |code: &String| codes.iter().any(|found| found == code);
            let holds = match (has(&flag.has), flag.unless.iter().any(has)) {
                (true, _) => Some(true),
                (false, false) => Some(false),
                // Nobody knows.
                (false, true) => None,
            };
            if let Some(holds) = holds {
                open.insert(flag.field.clone(), holds.into());
            }
        }
    }

    fn subjects(&mut self, whence: &mut Whence) -> Vec<Subject> {
        let plan = self.plan;
        let mut subjects: Vec<Subject> = Vec::new();
        for from in &plan.mapping.subjects {
            let filled = from.id.iter().find_map(|pattern| {
                let text = pattern.fill(|id| self.text(id))?;
                let column = pattern.columns().find_map(|id| {
                    plan.at(id)
                        .filter(|at| self.texts.get(*at).is_some_and(|text| !text.is_empty()))
                });
                Some((text.trim().to_owned(), column))
            });
            let Some((text, column)) = filled else { continue };
            match text.parse::<SubjectId>() {
                Ok(id) => {
                    let subject = Subject { role: from.role.clone(), id };
                    if !subjects.contains(&subject) {
                        subjects.push(subject);
                        whence.subjects.push(column);
                    }
                }
                Err(error) => {
                    let fault = Fault::from(error);
                    let place = match column {
                        Some(at) => self.place(at, 0),
                        None => {
                            At { sheet: self.layout.sheet, row: self.number(0), ..At::default() }
                        }
                    };
                    if self.wrong.insert((0, place.column)) {
                        self.faults.push(CellFault::of_intake(place, &fault));
                    }
                }
            }
        }
        subjects
    }
}

impl Built {
    /// Adds what intake found wrong with the draft, each at its cell; what follows from a fault that
    /// is told already is not told again.
    pub(crate) fn add(&mut self, plan: &Plan<'_>, layout: &Layout, rows: &[Row], found: &[Fault]) {
        let was_wrong = !self.faults.is_empty();
        for fault in found {
            let (row, at, column) = self.place(plan, layout, fault);
            let column = column.or_else(|| layout.columns.get(at?).copied().flatten());
            let number = rows.get(row).map_or(0, |row| row.number);
            let header = match (at, column) {
                (Some(at), _) => plan.header(layout, at).to_owned(),
                (None, Some(column)) => layout.headers.get(column).cloned().unwrap_or_default(),
                (None, None) => String::new(),
            };
            let header = shown(header);
            let is_told = |told: &CellFault| told.row == number && told.header == header;
            if self.faults.iter().any(is_told) || was_wrong && header.is_empty() {
                continue;
            }
            let value = column.and_then(|column| Some(rows.get(row)?.get(column).text.clone()));
            let value = value.unwrap_or_default();
            let is_personal = at.is_some_and(|at| plan.is_personal(at));
            let place = At { sheet: layout.sheet, row: number, column, header, value, is_personal };
            self.faults.push(CellFault::of_intake(place, fault));
        }
    }

    /// The row of the record, the column of the mapping and the column of the sheet that a fault of
    /// intake is of.
    fn place(
        &self,
        plan: &Plan<'_>,
        layout: &Layout,
        fault: &Fault,
    ) -> (usize, Option<usize>, Option<usize>) {
        let mapping = plan.mapping;
        let of_field = |name: &str| {
            mapping
                .columns
                .iter()
                .position(|column| column.targets().any(|(field, _)| field == name))
        };
        let first_of = |role: &str| {
            let subject = mapping.subjects.iter().find(|subject| subject.role == role)?;
            let mut columns = subject.id.iter().flat_map(|pattern| pattern.columns());
            columns.find_map(|id| {
                plan.at(id).filter(|at| layout.columns.get(*at).is_some_and(Option::is_some))
            })
        };
        let mut parts = fault.pointer.split('/').skip(1);
        let parts = (parts.next().unwrap_or(""), parts.next(), parts.next(), parts.next());
        match parts {
            ("valid_at", ..) => (0, self.whence.valid_at, None),
            ("region", ..) => (0, self.whence.region, None),
            ("subjects", Some(index), ..) => {
                let column = index.parse().ok().and_then(|at: usize| self.whence.subjects.get(at));
                (0, column.copied().flatten(), None)
            }
            ("subjects", None, ..) => {
                // A role is missing: which one, the kind and the draft say.
                let has = |role: &str| self.draft.subjects.iter().any(|s| s.role == role);
                let missing = plan
                    .kind
                    .subjects
                    .iter()
                    .find(|subject| subject.number == pack::Number::One && !has(&subject.role));
                (0, missing.and_then(|subject| first_of(&subject.role)), None)
            }
            ("personal", _, Some(_), Some(name)) => (0, of_field(name), None),
            ("open", Some(name), entry, column) => {
                if mapping.rest.as_ref().is_some_and(|rest| rest.table == name) {
                    let entry = entry.and_then(|entry| entry.parse::<usize>().ok());
                    let column = entry.and_then(|entry| self.whence.rest.get(entry));
                    return (0, None, column.copied());
                }
                let row = entry.and_then(|entry| entry.parse().ok()).unwrap_or(0);
                match (entry, column) {
                    (Some(_), Some(column)) if of_field(name).is_none() => {
                        (row, of_field(&format!("{name}.{column}")), None)
                    }
                    _ => {
                        let of_table = || {
                            mapping.columns.iter().position(|found| {
                                let mut targets = found.targets();
                                targets.any(|(field, _)| field.split('.').next() == Some(name))
                            })
                        };
                        (0, of_field(name).or_else(of_table), None)
                    }
                }
            }
            _ => (0, None, None),
        }
    }
}

/// Puts a value into its place.
fn put(
    slot: Slot<'_>,
    row: usize,
    found: Value,
    open: &mut Map<String, Value>,
    personal: &mut Map<String, Value>,
) {
    match slot {
        Slot::Open(name) => _ = open.insert(name.to_owned(), found),
        Slot::Personal(name) => _ = personal.insert(name.to_owned(), found),
        Slot::Entry { table, column } => {
            let Some(entries) = list(open, table) else { return };
            while entries.len() <= row {
                entries.push(Value::Object(Map::new()));
            }
            if let Some(Value::Object(entry)) = entries.get_mut(row) {
                entry.insert(column.to_owned(), found);
            }
        }
    }
}

fn list<'o>(open: &'o mut Map<String, Value>, table: &str) -> Option<&'o mut Vec<Value>> {
    match open.entry(table.to_owned()).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(entries) => Some(entries),
        _ => None,
    }
}

fn missing() -> Unread {
    Unread::new(
        "cell.missing",
        ("it is empty and must not be", "fill it in"),
        ("此项必填，不能为空", "请填写"),
    )
}

fn noon(day: Date) -> Timestamp {
    Timestamp::from_micros(day.unix_day() * DAY + NOON)
}

fn instant(moment: date::Moment) -> Timestamp {
    match moment.second {
        None => noon(moment.day),
        Some(second) => {
            let micros = i64::from(second) * 1_000_000;
            Timestamp::from_micros(moment.day.unix_day() * DAY + micros - CHINA)
        }
    }
}
