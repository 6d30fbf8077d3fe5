//! The fields of a form as the pack says them: shown, and read back.

use askama::Template;
use askama::filters::HtmlSafe;
use clock::Date;
use pack::{Field, FieldType, Pack};
use serde_json::{Map, Value};

use super::control::{Choice, Control, What, box_name, cell_name, unit_name};
use crate::page::Page;
use crate::page::form::Form;

/// Rows of a table that are read.
const MOST_ROWS: usize = 200;
/// Rows that are empty and shown.
const EMPTY_ROWS: usize = 2;
/// Texts of more characters have several lines.
const LINE: u32 = 200;

/// A field with its label, hint and fault.
#[derive(Template)]
#[template(path = "ui/field.html")]
pub struct Entry<'f> {
    p: &'f Page,
    id: String,
    label: String,
    hint: String,
    required: bool,
    personal: bool,
    fault: Option<&'f str>,
    /// Whether it stands in a frame of its own, with several controls.
    group: bool,
    /// Whether the frame bears the id that a fault leads to.
    framed: bool,
    control: Control<'f>,
}

impl HtmlSafe for Entry<'_> {}

/// What shows fields and reads them, under a pack, on a day.
pub struct Fields<'p> {
    /// The page.
    pub p: &'p Page,
    /// The pack.
    pub pack: &'p Pack,
    /// The day whose codes count.
    pub on: Date,
    /// Subjects that may be meant: the sort, the id, what it is called.
    pub subjects: &'p [(String, String, String)],
    /// Whether fields of persons are marked: not where all is of whoever fills it in.
    pub marks: bool,
}

/// The name under which a field is sent.
pub fn name_of(field: &str) -> String {
    format!("in-{field}")
}

impl<'p> Fields<'p> {
    /// The fields as they are shown, with what the form holds.
    pub fn shown<'f>(&'f self, fields: &[Field], form: &'f Form) -> Vec<Entry<'f>> {
        fields.iter().map(|field| self.entry(field, form)).collect()
    }

    fn entry<'f>(&'f self, field: &Field, form: &'f Form) -> Entry<'f> {
        let words = &self.p.w.casework;
        let name = name_of(&field.name);
        let fault = form.fault_of(&name);
        let what = match self.what(&field.field_type) {
            What::Rows(columns, _) => {
                let filled = filled_rows(&name, columns.len(), form);
                let most = field.most.and_then(|most| usize::try_from(most).ok());
                let rows = (filled + EMPTY_ROWS).min(most.unwrap_or(MOST_ROWS).min(MOST_ROWS));
                What::Rows(columns, rows.max(1))
            }
            // A citizen sees at once what there is to choose.
            What::One(choices) if self.is_first_choice(field) => What::Pick(choices),
            what => what,
        };
        let hint = match (&field.field_type, &what) {
            (FieldType::List(_), What::Area) => words.one_a_line.to_owned(),
            (FieldType::Money, _) => words.in_yuan.to_owned(),
            (FieldType::Reference { subjects }, _) => {
                let labels = subjects.iter().filter_map(|id| self.pack.subject(id));
                let labels: Vec<&str> = labels.map(|sort| self.p.say(&sort.label)).collect();
                words.code_of(labels.join(self.p.pick("、", ", ")))
            }
            (_, What::Rows(..)) => words.rows_hint.to_owned(),
            _ => String::new(),
        };
        let mut described = Vec::new();
        if fault.is_some() {
            described.push(format!("e-{name}"));
        }
        if !hint.is_empty() {
            described.push(format!("h-{name}"));
        }
        let longest = match &field.field_type {
            FieldType::Text { max } => Some(*max),
            _ => None,
        };
        let group = what.is_group();
        let is_one = !group || matches!(what, What::Pick(_));
        let control = Control {
            name: name.clone(),
            what,
            form,
            described: described.join(" "),
            invalid: fault.is_some(),
            required: field.required && is_one,
            nothing: words.choose,
            longest,
        };
        Entry {
            p: self.p,
            framed: group && !matches!(control.what, What::Measured(_)),
            group,
            label: self.p.say(&field.label).to_owned(),
            hint,
            required: field.required,
            personal: field.personal && self.marks,
            fault,
            control,
            id: name,
        }
    }

    fn is_first_choice(&self, field: &Field) -> bool {
        !self.marks && field.required && matches!(field.field_type, FieldType::Code { .. })
    }

    fn what(&self, of: &FieldType) -> What {
        match of {
            FieldType::Text { max } if *max > LINE => What::Area,
            FieldType::Text { .. } | FieldType::Industry => What::Line("text", ""),
            FieldType::Integer => What::Line("text", "numeric"),
            FieldType::Decimal | FieldType::Money => What::Line("text", "decimal"),
            FieldType::Quantity { units } => What::Measured(self.codes(units)),
            FieldType::Boolean => {
                let words = &self.p.w.ui;
                let choice = |value: &str, label: &str| Choice {
                    value: value.to_owned(),
                    label: label.to_owned(),
                    group: String::new(),
                };
                What::One(vec![choice("yes", words.yes), choice("no", words.no)])
            }
            FieldType::Date => What::Line("date", ""),
            FieldType::Instant => What::Line("datetime-local", ""),
            FieldType::Code { list } => What::One(self.codes(list)),
            FieldType::Region => What::One(regions(self.pack, self.on)),
            FieldType::Reference { subjects } => {
                let fits = self.subjects.iter().filter(|(sort, ..)| subjects.contains(sort));
                let choices = fits.map(|(_, id, name)| Choice {
                    value: id.clone(),
                    label: name.clone(),
                    group: String::new(),
                });
                What::Suggested(choices.collect())
            }
            FieldType::List(of) => match &**of {
                FieldType::Code { list } => What::Any(self.codes(list)),
                _ => What::Area,
            },
            FieldType::Table { columns } => {
                let columns = columns.iter().map(|column| {
                    let mut head = self.p.say(&column.label).to_owned();
                    if column.required {
                        head.push_str(" *");
                    }
                    let what = match self.what(&column.field_type) {
                        // A cell has one line.
                        What::Area | What::Any(_) | What::Pick(_) | What::Rows(..) => {
                            What::Line("text", "")
                        }
                        // Its suggestions would stand in every row.
                        What::Suggested(_) => What::Suggested(Vec::new()),
                        what => what,
                    };
                    (head, what)
                });
                What::Rows(columns.collect(), 0)
            }
        }
    }

    /// The codes of a list that hold on the day.
    fn codes(&self, list: &str) -> Vec<Choice> {
        let entries = self.pack.list(list).map(|list| list.entries()).unwrap_or_default();
        let held = entries.iter().filter(|entry| entry.in_force.holds(self.on));
        held.map(|entry| Choice {
            value: entry.code.clone(),
            label: self.p.say(&entry.label).to_owned(),
            group: String::new(),
        })
        .collect()
    }

    /// Reads fields: the open part and what is said of persons. What cannot be read is told at its
    /// field; whether it is right, the program says.
    pub fn read(
        &self,
        fields: &[Field],
        form: &mut Form,
    ) -> (Map<String, Value>, Map<String, Value>) {
        let (mut open, mut personal) = (Map::new(), Map::new());
        for field in fields {
            let name = name_of(&field.name);
            let value = match self.value(&field.field_type, &name, form) {
                Ok(value) => value,
                Err(what) => {
                    form.fault(name, what);
                    continue;
                }
            };
            let part = if field.personal { &mut personal } else { &mut open };
            match value {
                Some(value) => drop(part.insert(field.name.clone(), value)),
                None if field.required => {
                    form.fault(name, self.p.w.casework.missing(self.p.say(&field.label)));
                }
                None => {}
            }
        }
        (open, personal)
    }

    fn value(
        &self,
        of: &FieldType,
        name: &str,
        form: &mut Form,
    ) -> Result<Option<Value>, &'static str> {
        let words = &self.p.w.casework;
        match of {
            FieldType::List(of) => {
                let values: Vec<Value> = match &**of {
                    FieldType::Code { list } => {
                        let codes = self.codes(list).into_iter();
                        let chosen =
                            codes.filter(|c| !form.text(&box_name(name, &c.value)).is_empty());
                        chosen.map(|choice| choice.value.into()).collect()
                    }
                    of => {
                        let text = form.text(name);
                        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                        let read = lines.map(|line| self.single(of, line.to_owned()));
                        read.collect::<Result<_, _>>()?
                    }
                };
                Ok((!values.is_empty()).then_some(Value::Array(values)))
            }
            FieldType::Quantity { .. } => {
                let (number, unit) = (form.text(name), form.text(&unit_name(name)));
                if number.is_empty() {
                    return Ok(None);
                }
                if unit.is_empty() {
                    return Err(words.no_unit);
                }
                let mut quantity = Map::new();
                quantity.insert("value".to_owned(), decimal(&number).ok_or(words.no_number)?);
                quantity.insert("unit".to_owned(), unit.into());
                Ok(Some(quantity.into()))
            }
            FieldType::Table { columns } => {
                let mut rows = Vec::new();
                for row in 0..MOST_ROWS {
                    let mut cells = Map::new();
                    for (at, column) in columns.iter().enumerate() {
                        let name = cell_name(name, row, at);
                        if let Some(value) = self.value(&column.field_type, &name, form)? {
                            cells.insert(column.name.clone(), value);
                        }
                    }
                    if !cells.is_empty() {
                        rows.push(cells.into());
                    }
                }
                Ok((!rows.is_empty()).then_some(Value::Array(rows)))
            }
            of => {
                let text = form.text(name);
                if text.is_empty() {
                    return Ok(None);
                }
                self.single(of, text).map(Some)
            }
        }
    }

    /// A value of a single type.
    fn single(&self, of: &FieldType, text: String) -> Result<Value, &'static str> {
        let words = &self.p.w.casework;
        Ok(match of {
            FieldType::Integer => {
                let digits = text.replace([',', '，', ' '], "");
                digits.parse::<i64>().map_err(|_| words.no_whole)?.into()
            }
            FieldType::Decimal | FieldType::Money => decimal(&text).ok_or(words.no_number)?,
            FieldType::Boolean => (text == "yes").into(),
            // As browsers send it, in China's time.
            FieldType::Instant => match text.len() {
                16 => format!("{text}:00+08:00").into(),
                19 => format!("{text}+08:00").into(),
                _ => text.into(),
            },
            FieldType::Code { list } if !is_one_of(&self.codes(list), &text) => {
                return Err(words.no_choice);
            }
            FieldType::Region if !is_one_of(&regions(self.pack, self.on), &text) => {
                return Err(words.no_choice);
            }
            FieldType::Reference { subjects } => self.reference(subjects, text).into(),
            _ => text.replace("\r\n", "\n").into(),
        })
    }

    /// The id of a subject; a code that everybody knows by itself needs no scheme, and one that is
    /// suggested may be called by its name.
    fn reference(&self, sorts: &[String], text: String) -> String {
        let by_name =
            |(sort, _, name): &&(String, String, String)| sorts.contains(sort) && *name == text;
        if let Some((_, id, _)) = self.subjects.iter().find(by_name) {
            return id.clone();
        }
        match text.contains(':') {
            true => text,
            false => self.with_scheme(sorts, &text).unwrap_or(text),
        }
    }

    /// A code that is written without its scheme: one that is known by itself, as a social credit code or
    /// a barcode, or one of things that have a single scheme.
    fn with_scheme(&self, sorts: &[String], text: &str) -> Option<String> {
        if let Ok(found) = self.pack.identify_sort(sorts, text, Some(self.on)) {
            let is_whole = found.canonical.contains("://");
            let (scheme, code) = (found.scheme, found.canonical);
            return Some(if is_whole { code } else { format!("{scheme}:{code}") });
        }
        let subjects = sorts.iter().filter_map(|sort| self.pack.subject(sort));
        let mut schemes =
            subjects.flat_map(|sort| &sort.schemes).filter(|s| *s != pack::ANY_SCHEME);
        match (schemes.next(), schemes.next()) {
            (Some(scheme), None) => Some(format!("{scheme}:{text}")),
            _ => None,
        }
    }
}

fn is_one_of(choices: &[Choice], value: &str) -> bool {
    choices.iter().any(|choice| choice.value == value)
}

/// A number as people write it.
fn decimal(text: &str) -> Option<Value> {
    let digits = text.replace([',', '，', ' ', '¥', '￥'], "");
    let body = digits.strip_prefix('-').unwrap_or(&digits);
    let (whole, rest) = body.split_once('.').unwrap_or((body, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(rest) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if digits.starts_with('-') { "-" } else { "" };
    let rest = rest.trim_end_matches('0');
    let text =
        if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") };
    serde_json::from_str(&text).ok()
}

/// How many rows of a table hold something.
fn filled_rows(name: &str, columns: usize, form: &Form) -> usize {
    let has = |row: &usize| {
        (0..columns).any(|column| !form.value(&cell_name(name, *row, column)).trim().is_empty())
    };
    (0..MOST_ROWS).rfind(has).map_or(0, |last| last + 1)
}

/// The divisions of a pack on a day, counties under their cities.
pub fn regions(pack: &Pack, on: Date) -> Vec<Choice> {
    let divisions = &pack.tables().divisions;
    let here = divisions.all().filter(|division| division.in_force.holds(on));
    let here: Vec<&codes::Division> = here.collect();
    let choice = |division: &codes::Division, group: &str| Choice {
        value: division.code.clone(),
        label: division.name.clone(),
        group: group.to_owned(),
    };
    let mut choices = Vec::new();
    let is_top = |division: &&&codes::Division| division.parent.is_none();
    for top in here.iter().filter(is_top) {
        choices.push(choice(top, ""));
        for below in here.iter().filter(|d| d.parent.as_deref() == Some(&*top.code)) {
            choices.push(choice(below, &below.name));
            let deeper = here.iter().filter(|d| d.parent.as_deref() == Some(&*below.code));
            choices.extend(deeper.map(|division| choice(division, &below.name)));
        }
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in
            [("268,800.50", "268800.5"), ("￥ 12", "12"), ("-0.10", "-0.1"), ("007", "7")]
        {
            assert_eq!(decimal(text).map(|n| n.to_string()).as_deref(), Some(number), "{text}");
        }
        for text in ["", "1.", ".5", "1e9", "十", "1.2.3", "--1"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
