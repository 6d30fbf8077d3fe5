//! What is wrong with a cell, and where it is.

use serde::{Deserialize, Serialize};
use sheet::value::Unread;

use crate::fault::Fault;

/// A fault of a cell, or of a row as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellFault {
    /// The number of the sheet, from 0.
    pub sheet: usize,
    /// The row of the sheet or the line of the file, from 1; 0 for the header of a whole sheet.
    pub row: u64,
    /// The column of the sheet, from 0; none for the whole row, or for a column that is not there.
    pub column: Option<usize>,
    /// The header of the column, as the table has it; empty for the whole row.
    pub header: String,
    /// What stands in the cell.
    pub value: String,
    /// A stable name for programs.
    pub code: String,
    /// What is wrong, in English.
    pub why_en: String,
    /// What is wrong, in Chinese.
    pub why_zh: String,
    /// What to do, in English.
    pub do_en: String,
    /// What to do, in Chinese.
    pub do_zh: String,
    /// Whether the column says something of a person: then neither the value nor what is wrong with it
    /// is told anywhere but in the files of who asked.
    #[serde(default)]
    pub is_personal: bool,
}

/// Where a cell is.
#[derive(Debug, Clone, Default)]
pub(crate) struct At {
    pub(crate) sheet: usize,
    pub(crate) row: u64,
    pub(crate) column: Option<usize>,
    pub(crate) header: String,
    pub(crate) value: String,
    pub(crate) is_personal: bool,
}

/// Characters of a value and of a header that are told.
const SHOWN: usize = 120;

/// A text as it is told.
pub(crate) fn shown(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    text
}

impl CellFault {
    pub(crate) fn of(at: At, unread: Unread) -> Self {
        let Unread { code, en, do_en, zh, do_zh } = unread;
        Self::new(at, code, (en, do_en), (zh, do_zh))
    }

    pub(crate) fn new(
        at: At,
        code: &str,
        en: (impl Into<String>, impl Into<String>),
        zh: (impl Into<String>, impl Into<String>),
    ) -> Self {
        let At { sheet, row, column, header, value, is_personal } = at;
        let (header, value) = (shown(header), shown(value));
        Self {
            sheet,
            row,
            column,
            header,
            value,
            code: code.to_owned(),
            why_en: en.0.into(),
            why_zh: zh.0.into(),
            do_en: en.1.into(),
            do_zh: zh.1.into(),
            is_personal,
        }
    }

    /// A fault that intake found; it says what is wrong, then what to do.
    pub(crate) fn of_intake(at: At, fault: &Fault) -> Self {
        let (en, do_en) = halves(&fault.en, "; ", "correct it");
        let (zh, do_zh) = halves(&fault.zh, "；", "请改正");
        Self::new(at, fault.code, (en, do_en), (zh, do_zh))
    }

    /// Where it is, as people say it: `C12`, or the number of the row.
    pub fn place(&self) -> String {
        match self.column {
            Some(column) => format!("{}{}", sheet::column_name(column), self.row),
            None => self.row.to_string(),
        }
    }
}

fn halves<'t>(text: &'t str, between: &str, otherwise: &'t str) -> (&'t str, &'t str) {
    match text.split_once(between) {
        Some((what, remedy)) if !remedy.is_empty() => (what, remedy),
        _ => (text, otherwise),
    }
}
