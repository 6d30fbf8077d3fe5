//! A table with its faults marked in it, to be corrected and sent again: the cells as they were, what
//! is wrong on a coloured ground and in words behind the row, and a list of all faults on a sheet of
//! its own.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use rust_xlsxwriter::{Color, Format, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::cell::{Cell, Row, Sort};

/// A fault as it is marked.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'m> {
    /// The row of the table that was read, from 1.
    pub row: u64,
    /// The column, from 0; none for the whole row.
    pub column: Option<usize>,
    /// The header of the column.
    pub header: &'m str,
    /// What stands in the cell.
    pub value: &'m str,
    /// Why it is wrong.
    pub why: &'m str,
    /// What to do.
    pub remedy: &'m str,
}

/// What an error file calls its parts.
#[derive(Debug, Clone, Copy)]
pub struct Words<'w> {
    /// The header of the column with what is wrong, and of that with the number of the row.
    pub columns: [&'w str; 2],
    /// The name of the sheet with the list.
    pub list: &'w str,
    /// The headers of the list: sheet, row, column, header, value, why, what to do.
    pub list_columns: [&'w str; 7],
    /// The line above the list.
    pub lead: &'w str,
}

/// An error file as XLSX, written row by row.
pub struct Marked {
    book: Workbook,
    formats: Formats,
    sheet: usize,
    line: u32,
    width: usize,
    lines: Vec<(String, Vec<[String; 6]>)>,
}

struct Formats {
    header: Format,
    wrong: Format,
    text: Format,
    wrap: Format,
}

/// Why an error file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the error file cannot be written: {0}")]
pub struct WriteError(String);

impl From<XlsxError> for WriteError {
    fn from(error: XlsxError) -> Self {
        Self(error.to_string())
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

impl Marked {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        let border = FormatBorder::Thin;
        let formats = Formats {
            header: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0xF0_F5FF))
                .set_border_bottom(border)
                .set_text_wrap(),
            wrong: Format::new().set_background_color(Color::RGB(0xFF_CCC7)).set_num_format("@"),
            text: Format::new().set_num_format("@"),
            wrap: Format::new().set_font_color(Color::RGB(0xA8_071A)),
        };
        Self { book: Workbook::new(), formats, sheet: 0, line: 0, width: 0, lines: Vec::new() }
    }

    /// Begins a sheet with the rows of its header, which are `width` columns wide.
    ///
    /// # Errors
    /// The name is none that a sheet may have.
    pub fn sheet(
        &mut self,
        name: &str,
        header: &[Row],
        width: usize,
        words: &Words<'_>,
    ) -> Result<(), WriteError> {
        let is_first = self.lines.is_empty();
        let sheet = self.book.add_worksheet_with_constant_memory();
        let name = if name.is_empty() { "Sheet1" } else { name };
        sheet.set_name(name)?;
        self.sheet = self.lines.len();
        self.lines.push((name.to_owned(), Vec::new()));
        (self.line, self.width) = (0, width);
        let formats = &self.formats;
        for (at, row) in header.iter().enumerate() {
            for (column, cell) in row.cells.iter().enumerate() {
                sheet.write_with_format(
                    self.line,
                    column as u16,
                    cell.text.as_str(),
                    &formats.header,
                )?;
            }
            if at + 1 == header.len() {
                for (column, text) in words.columns.iter().enumerate() {
                    let column = (width + column) as u16;
                    sheet.write_with_format(self.line, column, *text, &formats.header)?;
                }
            }
            self.line += 1;
        }
        sheet.set_freeze_panes(self.line, 0)?;
        sheet.set_column_width(width as u16, 60)?;
        if is_first {
            sheet.set_active(true);
        }
        Ok(())
    }

    /// Writes a row and marks what is wrong with it.
    ///
    /// # Errors
    /// More rows than a sheet has.
    pub fn row(&mut self, row: &Row, marks: &[Mark<'_>]) -> Result<(), WriteError> {
        let (width, line) = (self.width, self.line);
        let sheet = self.book.worksheet_from_index(self.sheet)?;
        let is_wrong = |column: usize| marks.iter().any(|mark| mark.column == Some(column));
        for column in 0..width.max(row.cells.len()) {
            let cell = row.get(column);
            let format = if is_wrong(column) { &self.formats.wrong } else { &self.formats.text };
            if cell.is_empty() && !is_wrong(column) {
                continue;
            }
            write_cell(sheet, line, column as u16, cell, format)?;
        }
        if !marks.is_empty() {
            let text = in_words(marks);
            sheet.write_with_format(line, width as u16, text.as_str(), &self.formats.wrap)?;
            sheet.write(line, width as u16 + 1, row.number as f64)?;
        }
        for mark in marks {
            let place = mark.column.map(crate::column_name).unwrap_or_default();
            let own = (line + 1).to_string();
            let fault = [
                own,
                place,
                mark.header.to_owned(),
                mark.value.to_owned(),
                mark.why.to_owned(),
                mark.remedy.to_owned(),
            ];
            if let Some((_, lines)) = self.lines.last_mut() {
                lines.push(fault);
            }
        }
        self.line += 1;
        Ok(())
    }

    /// Adds a fault to the list alone.
    pub fn note(&mut self, mark: &Mark<'_>) {
        let place = mark.column.map(crate::column_name).unwrap_or_default();
        let fault = [
            mark.row.to_string(),
            place,
            mark.header.to_owned(),
            mark.value.to_owned(),
            mark.why.to_owned(),
            mark.remedy.to_owned(),
        ];
        if let Some((_, lines)) = self.lines.last_mut() {
            lines.push(fault);
        }
    }

    /// Ends the file with the list of all faults.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self, path: &Path, words: &Words<'_>) -> Result<(), WriteError> {
        let list = self.book.add_worksheet_with_constant_memory();
        list.set_name(words.list)?;
        list.write_with_format(0, 0, words.lead, &Format::new().set_bold())?;
        for (column, text) in words.list_columns.iter().enumerate() {
            list.write_with_format(1, column as u16, *text, &self.formats.header)?;
        }
        let mut line = 2;
        for (name, faults) in &self.lines {
            for fault in faults {
                list.write_with_format(line, 0, name.as_str(), &self.formats.text)?;
                for (column, text) in fault.iter().enumerate() {
                    list.write_with_format(
                        line,
                        column as u16 + 1,
                        text.as_str(),
                        &self.formats.text,
                    )?;
                }
                line += 1;
            }
        }
        for (column, width) in [16.0, 8.0, 8.0, 20.0, 28.0, 50.0, 50.0].into_iter().enumerate() {
            list.set_column_width(column as u16, width)?;
        }
        list.set_freeze_panes(2, 0)?;
        self.book.save(path)?;
        Ok(())
    }
}

impl Default for Marked {
    fn default() -> Self {
        Self::new()
    }
}

/// A cell as it was. A number whose text says more, and a day, stay text, so that nothing is lost or
/// turned round on the way; no text is ever a formula.
fn write_cell(
    sheet: &mut Worksheet,
    line: u32,
    column: u16,
    cell: &Cell,
    format: &Format,
) -> Result<(), XlsxError> {
    match cell.sort {
        Sort::Number(number) if number.abs() < 1e15 => sheet.write(line, column, number)?,
        _ => sheet.write_string_with_format(line, column, cell.text.as_str(), format)?,
    };
    Ok(())
}

/// All that is wrong with a row, in one line.
fn in_words(marks: &[Mark<'_>]) -> String {
    let mut text = String::new();
    for mark in marks {
        if !text.is_empty() {
            text.push_str(" | ");
        }
        if !mark.header.is_empty() {
            text.push_str(mark.header);
            text.push_str(": ");
        }
        text.push_str(mark.why);
        text.push_str(" → ");
        text.push_str(mark.remedy);
    }
    text
}

/// An error file as CSV: a row for each fault.
pub struct List<W: Write> {
    out: W,
}

impl List<BufWriter<File>> {
    /// Begins one with its headers. A mark says to spreadsheets that it is UTF-8.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path, headers: &[&str]) -> Result<Self, WriteError> {
        let mut out = BufWriter::with_capacity(1 << 16, File::create(path)?);
        out.write_all("\u{FEFF}".as_bytes())?;
        let mut list = Self { out };
        list.line(headers)?;
        Ok(list)
    }

    /// Ends it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self) -> Result<(), WriteError> {
        Ok(self.out.flush()?)
    }
}

impl<W: Write> List<W> {
    /// Writes a row. What a spreadsheet would take for a formula gets an apostrophe in front.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn line(&mut self, cells: &[&str]) -> Result<(), WriteError> {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.out.write_all(b",")?;
            }
            let begins = cell.trim_start_matches([' ', '\u{A0}', '\u{3000}']);
            let is_formula = begins
                .starts_with(['=', '+', '-', '@', '\t', '\r', '|', '＝', '＋', '－', '＠'])
                && cell.parse::<f64>().is_err();
            let text = if is_formula { format!("'{cell}") } else { (*cell).to_owned() };
            match text.contains([',', '"', '\r', '\n']) {
                true => write!(self.out, "\"{}\"", text.replace('"', "\"\""))?,
                false => self.out.write_all(text.as_bytes())?,
            }
        }
        Ok(self.out.write_all(b"\r\n")?)
    }
}
