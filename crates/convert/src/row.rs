//! A row on its way to a draft, and what is wrong with it.

use clock::Date;
use csv::StringRecord;
use model::SubjectId;
use pack::{Field, FieldType, Kind};
use serde_json::{Map, Value};

use super::value::{self, Codes};
use super::{Source, draft};

/// Where the columns of a table are.
pub struct Columns {
    names: Vec<String>,
}

impl Columns {
    /// # Errors
    /// A column is missing, comes twice, or nobody knows where it belongs.
    pub fn read(source: &Source, header: &StringRecord) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        let known = source.columns;
        if let Some(missing) = known.iter().find(|column| !names.iter().any(|n| n == *column)) {
            let known = known.join(", ");
            return Err(format!("the header has no column {missing}; it must have {known}"));
        }
        for (at, name) in names.iter().enumerate() {
            if names[..at].contains(name) {
                return Err(format!("the header has the column {name:?} twice; take one out"));
            }
            if !source.others && !known.contains(&name.as_str()) {
                return Err(format!(
                    "nothing says where the column {name:?} belongs; take it out, or add it to the converter"
                ));
            }
        }
        Ok(Self { names })
    }
}

/// A row of a table, and what has become of it so far.
pub struct Row<'a, 'p> {
    source: &'a Source,
    codes: &'a Codes<'p>,
    kind: &'p Kind,
    columns: &'a Columns,
    record: &'a StringRecord,
    number: u64,
    day: Option<Date>,
    subjects: Vec<(&'static str, SubjectId)>,
    open: Map<String, Value>,
    told: Vec<String>,
    faults: u64,
}

impl<'a, 'p> Row<'a, 'p> {
    /// The row `number`, counted from 1 without the header.
    pub fn new(
        source: &'a Source,
        codes: &'a Codes<'p>,
        kind: &'p Kind,
        columns: &'a Columns,
        record: &'a StringRecord,
        number: u64,
    ) -> Self {
        let (day, subjects, open, told) = (None, Vec::new(), Map::new(), Vec::new());
        Self { source, codes, kind, columns, record, number, day, subjects, open, told, faults: 0 }
    }

    /// Reads the whole row.
    pub fn fill(&mut self) {
        let column = self.source.day;
        match self.cell(column).parse() {
            Ok(day) => self.day = Some(day),
            Err(fault) => return self.fault(column, self.cell(column), &fault.to_string()),
        }
        (self.source.fill)(self);
        let kind = self.kind;
        if self.faults == 0 {
            let missing = |field: &&Field| field.required && !self.open.contains_key(&field.name);
            if let Some(field) = kind.fields.iter().find(missing) {
                let what = format!("nothing for {}, which every {} must have", field.name, kind.id);
                self.fault(&field.name, "", &what);
            }
        }
    }

    /// What stands in a column, without white space around it.
    pub fn cell(&self, column: &str) -> &'a str {
        let at = self.columns.names.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).unwrap_or("").trim()
    }

    /// Every column that the source does not name.
    pub fn other_columns(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let known = self.source.columns;
        let names = self.columns.names.iter().map(String::as_str);
        names.filter(move |name| !known.contains(name))
    }

    /// Puts a column into a field, as the type of the field asks for it; an empty one is left out.
    pub fn put(&mut self, field: &str, column: &str) {
        self.put_text(field, column, self.cell(column));
    }

    /// Puts into a field what the source says of all its rows alike.
    pub fn put_word(&mut self, field: &str, word: &str) {
        self.put_text(field, field, word);
    }

    /// Puts into a field what no type has to be asked for.
    pub fn put_value(&mut self, field: &str, value: Value) {
        self.open.insert(field.to_owned(), value);
    }

    fn put_text(&mut self, field: &str, column: &str, text: &str) {
        let Some(found) = self.kind.field(field) else {
            let what = format!("the kind {} has no field {field}", self.kind.id);
            return self.fault(column, text, &what);
        };
        if let Some(value) = self.read(&found.field_type, column, text) {
            self.put_value(field, value);
        }
    }

    /// Reads a text as a type asks for it; nothing where it is empty or wrong, which is told.
    pub fn read(&mut self, of: &FieldType, column: &str, text: &str) -> Option<Value> {
        let day = self.day?;
        match value::read(self.codes, of, text, day) {
            Ok(value::Read { value, note }) => {
                if let Some(note) = note {
                    self.tell(column, text, &note);
                }
                value
            }
            Err(what) => {
                self.fault(column, text, &what);
                None
            }
        }
    }

    /// The code that a word has as a value of a field, or of an entry of a field.
    pub fn code_of(&self, field: &str, word: &str) -> Option<&'p str> {
        let mut of = &self.kind.field(field)?.field_type;
        while let FieldType::List(entry) = of {
            of = entry;
        }
        let FieldType::Code { list } = of else { return None };
        self.codes.find(list, word, self.day?)
    }

    /// What is in a field already.
    pub fn field(&self, field: &str) -> Option<&Value> {
        self.open.get(field)
    }

    /// The columns of a field that is a table.
    pub fn table(&self, field: &str) -> &'p [Field] {
        match self.kind.field(field).map(|field| &field.field_type) {
            Some(FieldType::Table { columns }) => columns,
            _ => &[],
        }
    }

    /// Adds a subject.
    pub fn subject(&mut self, role: &'static str, column: &str, id: &str) {
        if !self.kind.subjects.iter().any(|subject| subject.role == role) {
            let what = format!("the kind {} has no role {role}", self.kind.id);
            return self.fault(column, id, &what);
        }
        let named = self.codes.pack.identify(role, id, self.day).map_err(|fault| fault.to_string());
        match named.and_then(|_| id.parse().map_err(|fault: model::Error| fault.to_string())) {
            Ok(id) => self.subjects.push((role, id)),
            Err(what) => self.fault(column, id, &what),
        }
    }

    /// Says what is wrong with a value; the row will not be written.
    pub fn fault(&mut self, column: &str, value: &str, what: &str) {
        self.faults += 1;
        self.tell(column, value, what);
    }

    fn tell(&mut self, column: &str, value: &str, what: &str) {
        let line = self.record.position().map_or(0, csv::Position::line);
        self.told.push(format!("row {} (line {line}), {column} {value:?}: {what}", self.number));
    }

    /// What was said of it.
    pub fn told(&self) -> impl Iterator<Item = &str> {
        self.told.iter().map(String::as_str)
    }

    /// How many faults it has.
    pub fn faults(&self) -> u64 {
        self.faults
    }

    /// The draft, if nothing is wrong with it.
    pub fn line(self) -> Option<String> {
        let day = self.day.filter(|_| self.faults == 0)?;
        let Source { dataset, kind, .. } = self.source;
        draft::line(dataset, self.number, kind, day, &self.subjects, self.open)
    }
}
