//! XLSX (ECMA-376), as a stream of cells.

mod guard;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::cell::{Cell, Row, Sort};
use crate::fault::{Fault, Note};
use crate::limits::Limits;
use crate::source::Flow;
use crate::text::csv::{too_long_cell, too_many_columns, too_many_rows};

/// A book that is open for reading.
pub struct Book {
    book: Xlsx<BufReader<File>>,
    sheets: Vec<String>,
    notes: Vec<Note>,
    limits: Limits,
}

impl Book {
    /// Opens a book, after it was looked whether it unpacks to what can be read.
    ///
    /// # Errors
    /// No XLSX, a password, more than the limits allow.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, Fault> {
        let file = File::open(path).map_err(|error| Fault::read(&error))?;
        let mut notes = guard::check(file, limits)?;
        let file = File::open(path).map_err(|error| Fault::read(&error))?;
        let book = Xlsx::new(BufReader::with_capacity(64 << 10, file));
        let book = book.map_err(|error| fault(&error))?;
        let all = book.sheets_metadata();
        let is_read = |typ: SheetType, visible: SheetVisible| {
            typ == SheetType::WorkSheet && visible == SheetVisible::Visible
        };
        let sheets: Vec<String> =
            all.iter().filter(|s| is_read(s.typ, s.visible)).map(|s| s.name.clone()).collect();
        let left: Vec<&str> =
            all.iter().filter(|s| !is_read(s.typ, s.visible)).map(|s| s.name.as_str()).collect();
        if !left.is_empty() {
            let left = left.join(", ");
            notes.push(Note::new(
                "sheet.hidden",
                format!("sheets that are hidden or no tables are not read: {left}"),
                format!("隐藏的工作表或非表格工作表未读取：{left}"),
            ));
        }
        if sheets.is_empty() {
            return Err(Fault::new(
                "sheet.no_sheet",
                "the book has no visible sheet; unhide the sheet with the table",
                "工作簿中没有可见的工作表；请取消隐藏含有数据的工作表",
            ));
        }
        Ok(Self { book, sheets, notes, limits: limits.clone() })
    }

    /// Its visible sheets.
    pub fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// What is odd about it.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Reads the rows of a sheet that have something in them.
    ///
    /// # Errors
    /// The sheet is damaged, or has more than the limits allow.
    pub fn read(
        &mut self,
        sheet: &str,
        each: &mut dyn FnMut(&mut Row) -> Flow,
    ) -> Result<(), Fault> {
        let limits = &self.limits;
        let mut cells = self.book.worksheet_cells_reader(sheet).map_err(|e| fault(&e))?;
        let mut row = Row::default();
        let (mut rows, mut bytes) = (0, 0);
        loop {
            let found = cells.next_cell().map_err(|error| fault(&error))?;
            let Some(found) = found else { break };
            let (at, column) = found.get_position();
            if *found.get_value() == DataRef::Empty {
                continue;
            }
            let (number, column) = (u64::from(at) + 1, column as usize);
            if number != row.number {
                if !row.cells.is_empty() && each(&mut row) == Flow::Stop {
                    return Ok(());
                }
                row.cells.clear();
                (row.number, row.width) = (number, 0);
                (rows, bytes) = (rows + 1, 0);
                if rows > limits.rows {
                    return Err(too_many_rows(limits.rows).at(number));
                }
            }
            let cell = cell(found.get_value());
            if cell.is_empty() {
                continue;
            }
            if column >= limits.columns {
                return Err(too_many_columns(column + 1, limits.columns).at(number));
            }
            if cell.text.len() > limits.cell {
                return Err(too_long_cell(limits.cell).at(number));
            }
            bytes += cell.text.len();
            if bytes > limits.row {
                return Err(too_long_row(limits.row).at(number));
            }
            if row.cells.len() <= column {
                row.cells.resize(column + 1, Cell::EMPTY);
            }
            if let Some(place) = row.cells.get_mut(column) {
                *place = cell;
            }
        }
        if !row.cells.is_empty() {
            each(&mut row);
        }
        Ok(())
    }
}

fn too_long_row(most: usize) -> Fault {
    Fault::new(
        "sheet.row_long",
        format!("the cells of the row have more than {most} bytes together; shorten them"),
        format!("此行各单元格合计超过 {most} 字节；请缩短"),
    )
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::EMPTY,
        DataRef::Int(number) => {
            Cell { text: number.to_string(), sort: Sort::Number(*number as f64) }
        }
        DataRef::Float(number) => Cell::number(*number),
        DataRef::String(text) => Cell::text(text.as_str()),
        DataRef::SharedString(text) => Cell::text(*text),
        DataRef::Bool(yes) => Cell { text: yes.to_string(), sort: Sort::Bool(*yes) },
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            let mut text = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) != (0, 0, 0) {
                text.push_str(&format!(" {hour:02}:{minute:02}:{second:02}"));
            }
            Cell { text, sort: Sort::Date }
        }
        DataRef::DateTime(span) => Cell::number(span.as_f64()),
        DataRef::DateTimeIso(text) => Cell { text: text.replace('T', " "), sort: Sort::Date },
        DataRef::DurationIso(text) => Cell::text(text.as_str()),
        DataRef::Error(error) => Cell { text: error.to_string(), sort: Sort::Error },
    }
}

fn fault(error: &XlsxError) -> Fault {
    if matches!(error, XlsxError::Password) {
        return guard::password();
    }
    Fault::new(
        "sheet.xlsx",
        format!(
            "the book cannot be read: {error}; open it in a spreadsheet program and save it as XLSX again"
        ),
        format!("工作簿无法读取（{error}）；请用表格软件打开后重新另存为 XLSX"),
    )
}
