//! The file in which what is wrong with a table is marked, to be corrected and sent again.

use std::collections::HashMap;
use std::path::Path;

use sheet::marked::{List, Mark, Marked, Words, WriteError};
use sheet::{Flow, Limits, Row, Source};

use super::cell_fault::CellFault;
use super::check::{Summary, sheet_fault};
use super::header::{OWN_COLUMNS, OWN_SHEET};
use crate::fault::Rejection;

/// A table of more rows is not copied whole: only its wrong rows are.
pub const WHOLE: u64 = 100_000;
/// Rows of one sheet of a file.
const MOST_ROWS: u64 = 1_000_000;

/// The language of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Chinese.
    Zh,
    /// English.
    En,
}

const LIST_ZH: [&str; 7] = ["工作表", "行", "列", "列名", "单元格内容", "原因", "处理办法"];
const LIST_EN: [&str; 7] = ["Sheet", "Row", "Column", "Header", "Value", "Why", "What to do"];

impl Tongue {
    fn why(self, fault: &CellFault) -> &str {
        if self == Self::Zh { &fault.why_zh } else { &fault.why_en }
    }

    fn remedy(self, fault: &CellFault) -> &str {
        if self == Self::Zh { &fault.do_zh } else { &fault.do_en }
    }

    fn list(self) -> [&'static str; 7] {
        if self == Self::Zh { LIST_ZH } else { LIST_EN }
    }
}

/// Writes a table with its faults marked as XLSX: the whole, or of a large one the wrong rows. Says
/// how many rows it has. It blocks.
///
/// # Errors
/// The table is there no more, or the file cannot be written.
pub fn write_book(
    table: &Path,
    layout: sheet::Layout,
    summary: &Summary,
    faults: &[CellFault],
    words: Tongue,
    to: &Path,
) -> Result<u64, Rejection> {
    let is_whole = summary.rows <= WHOLE;
    let mut by_row: HashMap<(usize, u64), Vec<&CellFault>> = HashMap::new();
    for fault in faults {
        by_row.entry((fault.sheet, fault.row)).or_default().push(fault);
    }
    let lead = match (words, is_whole) {
        (Tongue::Zh, true) => format!(
            "共 {} 处差错。请在数据表中改正标红的单元格，保存后重新上传；“{}”两列不会导入。",
            summary.faults,
            OWN_COLUMNS.join("”“")
        ),
        (Tongue::Zh, false) => format!(
            "共 {} 处差错。表格较大，本文件只含有差错的行；请先导入正确的行，再改正并上传本文件。",
            summary.faults
        ),
        (Tongue::En, true) => format!(
            "{} faults. Correct the red cells of the table, save it and send it again; the columns {} are not imported.",
            summary.faults,
            OWN_COLUMNS.join(" and ")
        ),
        (Tongue::En, false) => format!(
            "{} faults. The table is large, so this file has its wrong rows only; import the right rows first, then correct this file and send it.",
            summary.faults
        ),
    };
    let words_of =
        Words { columns: OWN_COLUMNS, list: OWN_SHEET, list_columns: words.list(), lead: &lead };
    let mut source = Source::open(table, layout, &Limits::default()).map_err(sheet_fault)?;
    let mut marked = Marked::new();
    let mut written = 0;
    for sheet in &summary.sheets {
        let mut header: Vec<Row> = Vec::new();
        let mut is_begun = false;
        let mut failed: Option<WriteError> = None;
        let width = sheet.headers.len();
        let (first, last) = sheet.header;
        let read = source.read(sheet.sheet, &mut |row| {
            let mut step = || -> Result<Flow, WriteError> {
                if row.number < first {
                    return Ok(Flow::On);
                }
                if row.number <= last {
                    row.cells.truncate(width);
                    header.push(row.clone());
                    return Ok(Flow::On);
                }
                if !is_begun {
                    marked.sheet(&sheet.name, &header, width, &words_of)?;
                    is_begun = true;
                }
                let found = by_row.get(&(sheet.sheet, row.number));
                if found.is_none() && !is_whole {
                    return Ok(Flow::On);
                }
                if written >= MOST_ROWS {
                    return Ok(Flow::Stop);
                }
                let found = found.map(Vec::as_slice).unwrap_or_default();
                let marks: Vec<Mark<'_>> = found.iter().map(|fault| mark(fault, words)).collect();
                marked.row(row, &marks)?;
                written += 1;
                Ok(Flow::On)
            };
            step().unwrap_or_else(|error| {
                failed = Some(error);
                Flow::Stop
            })
        });
        // What cannot be read on was told when it was checked; the rows before are worth having.
        drop(read);
        if let Some(error) = failed {
            return Err(write_fault(&error));
        }
        if !is_begun {
            marked.sheet(&sheet.name, &header, width, &words_of).map_err(|e| write_fault(&e))?;
        }
        // Faults of the header stand in the list alone.
        for fault in by_row.get(&(sheet.sheet, last)).into_iter().flatten() {
            marked.note(&mark(fault, words));
        }
    }
    marked.finish(to, &words_of).map_err(|error| write_fault(&error))?;
    Ok(written)
}

/// Writes the faults of a table as CSV, a row for each. It blocks.
///
/// # Errors
/// The file cannot be written.
pub fn write_list(
    summary: &Summary,
    faults: &[CellFault],
    words: Tongue,
    to: &Path,
) -> Result<u64, Rejection> {
    let write = || -> Result<(), WriteError> {
        let mut list = List::create(to, &words.list())?;
        for fault in faults {
            let sheet = summary.sheets.iter().find(|sheet| sheet.sheet == fault.sheet);
            let name = sheet.map_or("", |sheet| sheet.name.as_str());
            let column = fault.column.map(sheet::column_name).unwrap_or_default();
            let row = fault.row.to_string();
            let (why, remedy) = (words.why(fault), words.remedy(fault));
            list.line(&[name, &row, &column, &fault.header, &fault.value, why, remedy])?;
        }
        list.finish()
    };
    write().map_err(|error| write_fault(&error))?;
    Ok(faults.len() as u64)
}

fn mark(fault: &CellFault, words: Tongue) -> Mark<'_> {
    Mark {
        row: fault.row,
        column: fault.column,
        header: &fault.header,
        value: &fault.value,
        why: words.why(fault),
        remedy: words.remedy(fault),
    }
}

fn write_fault(error: &WriteError) -> Rejection {
    store::Error::NotWritable { reason: error.to_string() }.into()
}
