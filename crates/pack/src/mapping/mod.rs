//! Mappings: how the rows of a table that somebody else keeps become records of a kind.
//!
//! A mapping says which kind it gives, which columns it takes under which names, what words and units
//! mean, whence the day and the region of a record are, and by what two rows are about the same thing.

mod check;
mod pattern;
mod read;

pub(crate) use check::check;
pub use pattern::{Part, Pattern};
pub(crate) use read::{Places, read};

use std::collections::BTreeMap;

use codes::Label;

use crate::words::words;

/// A mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The kind of record that a row becomes.
    pub kind: String,
    /// What the records say where they are from.
    pub source: String,
    /// Whether the names of the columns are known.
    pub columns_are: Names,
    /// What whoever imports should know.
    pub note: Option<Label>,
    /// How many rows the header has; of more than one the cells of the upper ones reach over what is
    /// empty to their right, as merged cells do.
    pub header_rows: u8,
    /// The sheets that are read; every sheet that has the header, where none is named.
    pub sheets: Vec<String>,
    /// What rows below the table begin with.
    pub footer: Vec<String>,
    /// What stands in a cell that says nothing.
    pub nothing: Vec<String>,
    /// By what two rows are about the same thing: names of open fields and roles, `region` or
    /// `valid_at`.
    pub key: Vec<String>,
    /// Whether a table has everything that there is, so that what a new one lacks is told.
    pub complete: bool,
    /// Whence the time of a record is: the first of these that says something.
    pub valid_at: Vec<TimeFrom>,
    /// Whence its region is: the first of these that says something.
    pub region: Vec<RegionFrom>,
    /// The pseudonym of the person that it speaks of.
    pub person: Option<Pattern>,
    /// The field whose entries following rows of one key give.
    pub entries: Option<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// Who and what takes part.
    pub subjects: Vec<SubjectFrom>,
    /// What fields hold, or columns of tables, where no column gives anything: texts by name.
    pub fixed: BTreeMap<String, String>,
    /// Yes or no, by what a list of codes has.
    pub flags: Vec<Flag>,
    /// Entries of tables that are put together of columns.
    pub extras: Vec<Extra>,
    /// Where columns go that nothing names.
    pub rest: Option<Rest>,
    /// Columns that are left out.
    pub ignore: Vec<String>,
}

words! {
    /// Whether the names of a mapping's columns are known.
    Names {
        /// From the source itself.
        Known = "known", "来自数据源";
        /// As the field usually calls them; the source may call them otherwise.
        Usual = "usual", "按行业惯用名称";
    }
}

words! {
    /// In which order day, month and year stand where the year is not first.
    DayOrder {
        /// `31/3/2026`
        DayFirst = "dmy", "日/月/年";
        /// `3/31/2026`
        MonthFirst = "mdy", "月/日/年";
    }
}

/// Whence the time of a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFrom {
    /// The column of this id, with a day or a moment.
    Column(String),
    /// The day as of which the table was made, which whoever imports it says.
    AsOf,
}

/// Whence the region of a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegionFrom {
    /// The column of this id, with the code or the name of a division.
    Column(String),
    /// That of the office for which it is imported.
    OwnOffice,
    /// What happened abroad lies in none.
    Abroad,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its id, by which the mapping speaks of it.
    pub id: String,
    /// The names under which it stands in tables; the first stands in the template.
    pub names: Vec<String>,
    /// The field that it goes into, or `table.column` of a field that is a table.
    pub field: Option<String>,
    /// Other fields that it goes into too.
    pub also: Vec<Also>,
    /// Whether a table must have it, and every row something in it.
    pub required: bool,
    /// Other words that the source has for codes of the field's list.
    pub words: BTreeMap<String, String>,
    /// The unit of its numbers where none stands with them.
    pub unit: Option<String>,
    /// The column with the unit.
    pub unit_column: Option<String>,
    /// How many times as much its numbers mean, as 10000 for 万元.
    pub times: i64,
    /// What stands between the entries of a cell.
    pub split: Option<String>,
    /// In which order day, month and year stand where the year is not first.
    pub order: Option<DayOrder>,
    /// It holds a code of so many characters, one of these numbers.
    pub lengths: Vec<usize>,
    /// What to fill in, where the label of the field does not say it.
    pub hint: Option<Label>,
    /// What stands there in an example.
    pub example: Option<String>,
}

/// Another field that a column goes into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// The field, or `table.column`.
    pub field: String,
    /// Other words that the source has for codes of this field's list.
    pub words: BTreeMap<String, String>,
}

/// A subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectFrom {
    /// Its role.
    pub role: String,
    /// What it is called by: the first of these whose columns have something.
    pub id: Vec<Pattern>,
    /// What stands between several of them in a cell.
    pub split: Option<String>,
}

/// A field that is true where a list of codes has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The field.
    pub field: String,
    /// The field with the list.
    pub of: String,
    /// The code.
    pub has: String,
    /// Codes because of which nobody knows, where it has these and not that one.
    pub unless: Vec<String>,
}

/// An entry of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// The field that is a table.
    pub table: String,
    /// What its columns hold; an entry is made where all patterns with columns give something.
    pub columns: BTreeMap<String, Pattern>,
}

/// Where columns go that nothing names: each as an entry of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// The field that is a table.
    pub table: String,
    /// The column of it with the header.
    pub name: String,
    /// The column of it with the cell.
    pub value: String,
}

impl Mapping {
    /// A column by its id.
    pub fn column(&self, id: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// The column that goes into a field.
    pub fn column_of(&self, field: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.targets().any(|(target, _)| target == field))
    }
}

impl Column {
    /// The fields that it goes into, each with the words for its codes.
    pub fn targets(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, String>)> {
        let first = self.field.iter().map(|field| (field.as_str(), &self.words));
        first.chain(self.also.iter().map(|also| (also.field.as_str(), &also.words)))
    }
}
