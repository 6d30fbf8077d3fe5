//! Cells and rows, whatever the file was.

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sort {
    /// Nothing.
    Empty,
    /// Text. Everything in a text file is text.
    Text,
    /// A number, as XLSX and JSON have them.
    Number(f64),
    /// A day, or a day and a time, of a spreadsheet: a number in the format of a date.
    Date,
    /// True or false.
    Bool(bool),
    /// What a formula gives that could not be worked out, such as `#N/A`.
    Error,
}

/// A cell: its text, and what it was in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What stands there. Of a number all its digits, without an exponent; of a date `2026-03-05` or
    /// `2026-03-05 14:30:00`.
    pub text: String,
    /// What it is.
    pub sort: Sort,
}

impl Cell {
    /// A cell with nothing in it.
    pub const EMPTY: Self = Self { text: String::new(), sort: Sort::Empty };

    /// A cell of text; empty where that has nothing but white space.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        let sort = if text.trim().is_empty() { Sort::Empty } else { Sort::Text };
        Self { text, sort }
    }

    /// A cell of a number.
    pub fn number(number: f64) -> Self {
        Self { text: number.to_string(), sort: Sort::Number(number) }
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.sort == Sort::Empty
    }
}

/// A row with something in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The row of the sheet, or the line of the file that it begins on, from 1.
    pub number: u64,
    /// Its cells from the first column on; what is empty behind the last is left out.
    pub cells: Vec<Cell>,
    /// How many fields it has in a text file, with those that are empty; 0 where nothing says.
    pub width: usize,
}

impl Row {
    /// The cell in a column, from 0.
    pub fn get(&self, column: usize) -> &Cell {
        const NOTHING: &Cell = &Cell::EMPTY;
        self.cells.get(column).unwrap_or(NOTHING)
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        let texts: usize = self.cells.iter().map(|cell| cell.text.capacity()).sum();
        texts + self.cells.capacity() * size_of::<Cell>()
    }

    /// Takes what is empty behind the last cell away.
    pub(crate) fn trim(&mut self) {
        let used = self.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        self.cells.truncate(used);
    }
}

/// The name that spreadsheets give to a column, from 0: `A` … `Z`, `AA` …
///
/// ```
/// assert_eq!([0, 25, 26, 16_383].map(sheet::column_name), ["A", "Z", "AA", "XFD"]);
/// ```
pub fn column_name(column: usize) -> String {
    let mut name = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        name.push(b'A' + (rest % 26) as u8);
        rest /= 26;
    }
    name.iter().rev().map(|letter| char::from(*letter)).collect()
}
