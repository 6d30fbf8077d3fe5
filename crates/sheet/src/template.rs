//! Blank tables to fill in: headers with what belongs under them, drop-downs of code lists, an
//! example, and a sheet that says all of it in words.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, Format, FormatAlign, FormatBorder, Note,
    Workbook, XlsxError,
};

/// Rows that are made ready to be filled in.
const ROWS: u32 = 5_000;

/// A column of a template.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// The header.
    pub header: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// What belongs there, in words.
    pub hint: String,
    /// What stands there in an example.
    pub example: String,
    /// The words that may stand there, where they are few.
    pub choices: Vec<String>,
    /// What it is as a type, in words.
    pub sort: String,
    /// Whether its cells are text whatever stands there, as codes are.
    pub is_text: bool,
}

/// What a template calls its parts.
#[derive(Debug, Clone, Copy)]
pub struct Words<'w> {
    /// The name of the sheet to fill in.
    pub sheet: &'w str,
    /// The name of the sheet with hints.
    pub hints: &'w str,
    /// The name of the sheet with the code lists.
    pub lists: &'w str,
    /// What stands above the hints, line by line.
    pub lead: &'w [String],
    /// The headers of the hints: column, required, type, what belongs there, example, choices.
    pub columns: [&'w str; 6],
    /// Yes.
    pub yes: &'w str,
    /// No.
    pub no: &'w str,
    /// What is said where something else than a choice is entered.
    pub not_listed: &'w str,
}

/// A template as XLSX.
///
/// # Errors
/// It cannot be written: a name is none that a sheet may have.
pub fn template(columns: &[Column], words: &Words<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let must = Format::new()
        .set_bold()
        .set_background_color(Color::RGB(0xFF_F1F0))
        .set_font_color(Color::RGB(0xA8_071A))
        .set_border_bottom(FormatBorder::Thin)
        .set_align(FormatAlign::Top)
        .set_text_wrap();
    let may = must.clone().set_background_color(Color::RGB(0xF0_F5FF)).set_font_color(Color::Black);
    let text = Format::new().set_num_format("@");
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);

    let sheet = book.add_worksheet();
    sheet.set_name(words.sheet)?;
    let mut lists: Vec<&[String]> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let at = at as u16;
        let header =
            if column.required { format!("{}*", column.header) } else { column.header.clone() };
        sheet.write_with_format(
            0,
            at,
            header.as_str(),
            if column.required { &must } else { &may },
        )?;
        let width =
            column.header.chars().map(|c| if c.is_ascii() { 1.1 } else { 2.1 }).sum::<f64>();
        sheet.set_column_width(at, width.clamp(12.0, 36.0))?;
        if column.is_text {
            sheet.set_column_format(at, &text)?;
        }
        if !column.hint.is_empty() {
            sheet.insert_note(0, at, &Note::new(column.hint.as_str()).set_author(""))?;
        }
        if column.choices.is_empty() {
            continue;
        }
        let list = lists.iter().position(|list| *list == column.choices.as_slice());
        let list = list.unwrap_or_else(|| {
            lists.push(&column.choices);
            lists.len() - 1
        });
        let name = crate::column_name(list);
        let source = format!("='{}'!${name}$1:${name}${}", words.lists, column.choices.len());
        let validation = DataValidation::new()
            .allow_list_formula(source.as_str().into())
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_message(words.not_listed)?;
        sheet.add_data_validation(1, at, ROWS, at, &validation)?;
    }
    sheet.set_freeze_panes(1, 0)?;

    let hints = book.add_worksheet();
    hints.set_name(words.hints)?;
    let bold = Format::new().set_bold();
    let mut line = 0;
    for lead in words.lead {
        hints.write_with_format(line, 0, lead.as_str(), &bold)?;
        line += 1;
    }
    line += 1;
    for (at, header) in words.columns.iter().enumerate() {
        hints.write_with_format(line, at as u16, *header, &may)?;
    }
    for column in columns {
        line += 1;
        let choices = column.choices.join("、");
        let must = if column.required { words.yes } else { words.no };
        let cells =
            [&column.header, must, &column.sort, &column.hint, &column.example, choices.as_str()];
        for (at, cell) in cells.into_iter().enumerate() {
            hints.write_string_with_format(line, at as u16, cell, &wrap)?;
        }
    }
    for (at, width) in [24.0, 8.0, 18.0, 40.0, 28.0, 60.0].into_iter().enumerate() {
        hints.set_column_width(at as u16, width)?;
    }

    let codes = book.add_worksheet();
    codes.set_name(words.lists)?;
    for (at, list) in lists.iter().enumerate() {
        for (line, choice) in list.iter().enumerate() {
            codes.write_string(line as u32, at as u16, choice)?;
        }
    }
    codes.set_hidden(true);
    book.save_to_buffer()
}
