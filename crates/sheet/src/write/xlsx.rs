//! A workbook (ECMA-376, SpreadsheetML), one sheet of rows after the other and at the end a sheet
//! that says what the file is.
//!
//! Texts are written into their cells as they are (`inlineStr`): a spreadsheet never takes them for
//! a formula, and nothing has to be kept in memory. Cells of text have the format of text, so that a
//! code stays whole when somebody changes it. Numbers of more than 15 digits, which a spreadsheet
//! would round, are text too.

use std::io::{self, Write};

use super::zip::Zip;
use super::{Cell, Column, Head, Holds, Written, in_china, integer};

/// Rows of a sheet, with its heading.
const MOST_ROWS: u32 = 1_048_576;
/// Bytes of a sheet, from which on it goes on on the next: an entry of the archive stays below 4 GiB.
const MOST_BYTES: u64 = 3 << 30;
/// Characters (UTF-16 units) of a cell.
const MOST_CHARACTERS: usize = 32_767;
/// Characters of a sheet's name.
const MOST_NAME: usize = 31;
/// Characters of the mark in a footer, beside which there are the numbers of the pages.
const MOST_FOOT: usize = 220;
/// Bytes that are gathered before they are deflated.
const PART: usize = 128 << 10;

/// The formats of cells in `styles.xml`, by number.
mod style {
    pub const TEXT: u32 = 1;
    pub const DATE: u32 = 2;
    pub const TIME: u32 = 3;
    pub const HEADING: u32 = 4;
    pub const WRAPPED: u32 = 5;
}

pub(super) struct Xlsx<W: Write> {
    zip: Zip<W>,
    part: Vec<u8>,
    /// The names of columns: `A`, `B` …
    names: Vec<Vec<u8>>,
    /// The row that was written last, from 1.
    row: u32,
    /// Rows of each sheet that is whole, with its heading.
    sheets: Vec<u32>,
    most_rows: u32,
    most_bytes: u64,
    cut: u64,
}

impl<W: Write> Xlsx<W> {
    pub(super) fn new(out: W, head: &Head) -> io::Result<Self> {
        Self::with_limits(out, head, MOST_ROWS, MOST_BYTES)
    }

    /// As with sheets that hold less, for tests.
    fn with_limits(out: W, head: &Head, most_rows: u32, most_bytes: u64) -> io::Result<Self> {
        let names = (0..head.columns.len()).map(|at| crate::column_name(at).into_bytes());
        let mut xlsx = Self {
            zip: Zip::new(out),
            part: Vec::with_capacity(PART + 8192),
            names: names.collect(),
            row: 0,
            sheets: Vec::new(),
            most_rows,
            most_bytes,
            cut: 0,
        };
        xlsx.begin_sheet(head)?;
        Ok(xlsx)
    }

    fn begin_sheet(&mut self, head: &Head) -> io::Result<()> {
        self.zip.begin(&format!("xl/worksheets/sheet{}.xml", self.sheets.len() + 1))?;
        let part = &mut self.part;
        part.extend_from_slice(BEGIN.as_bytes());
        part.extend_from_slice(b"<sheetViews><sheetView workbookViewId=\"0\"");
        if self.sheets.is_empty() {
            part.extend_from_slice(b" tabSelected=\"1\"");
        }
        part.extend_from_slice(
            b"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" \
              state=\"frozen\"/></sheetView></sheetViews>",
        );
        // A list of columns may not be empty.
        if !head.columns.is_empty() {
            part.extend_from_slice(b"<cols>");
        }
        for (at, column) in head.columns.iter().enumerate() {
            let (number, width) = (at + 1, width(column));
            write!(
                part,
                "<col min=\"{number}\" max=\"{number}\" width=\"{width}\" customWidth=\"1\"/>"
            )?;
        }
        if !head.columns.is_empty() {
            part.extend_from_slice(b"</cols>");
        }
        part.extend_from_slice(b"<sheetData>");
        self.row = 0;
        self.begin_row()?;
        for (at, column) in head.columns.iter().enumerate() {
            self.text(at, &column.label, style::HEADING, head);
        }
        self.end_row()
    }

    fn begin_row(&mut self) -> io::Result<()> {
        self.row += 1;
        self.part.extend_from_slice(b"<row r=\"");
        integer(&mut self.part, self.row.into());
        self.part.extend_from_slice(b"\">");
        Ok(())
    }

    fn end_row(&mut self) -> io::Result<()> {
        self.part.extend_from_slice(b"</row>");
        if self.part.len() >= PART {
            self.zip.write(&self.part)?;
            self.part.clear();
        }
        Ok(())
    }

    /// What every cell begins with.
    fn cell(&mut self, at: usize, style: u32) {
        self.part.extend_from_slice(b"<c r=\"");
        if let Some(name) = self.names.get(at) {
            self.part.extend_from_slice(name);
        }
        integer(&mut self.part, self.row.into());
        if style > 0 {
            self.part.extend_from_slice(b"\" s=\"");
            integer(&mut self.part, style.into());
        }
        self.part.push(b'"');
    }

    fn text(&mut self, at: usize, said: &str, style: u32, head: &Head) {
        self.cell(at, style);
        self.part.extend_from_slice(b" t=\"inlineStr\"><is><t");
        let is_kept = said.starts_with(char::is_whitespace)
            || said.ends_with(char::is_whitespace)
            || said.contains('\n');
        if is_kept {
            self.part.extend_from_slice(b" xml:space=\"preserve\"");
        }
        self.part.push(b'>');
        match fitting(said, &head.words.cut_mark) {
            None => escaped(&mut self.part, said),
            Some(fits) => {
                self.cut += 1;
                escaped(&mut self.part, fits);
                escaped(&mut self.part, &head.words.cut_mark);
            }
        }
        self.part.extend_from_slice(b"</t></is></c>");
    }

    fn number(&mut self, at: usize, style: u32, digits: impl FnOnce(&mut Vec<u8>)) {
        self.cell(at, style);
        self.part.extend_from_slice(b"><v>");
        digits(&mut self.part);
        self.part.extend_from_slice(b"</v></c>");
    }

    pub(super) fn row(&mut self, cells: &[Cell<'_>], head: &Head) -> io::Result<()> {
        if self.row >= self.most_rows || self.zip.length() >= self.most_bytes {
            self.end_sheet(head)?;
            self.begin_sheet(head)?;
        }
        self.begin_row()?;
        for (at, cell) in cells.iter().enumerate() {
            match cell {
                Cell::Empty => {}
                Cell::Text(said) | Cell::Json(said) => self.text(at, said, style::TEXT, head),
                Cell::Integer(number) if number.unsigned_abs() < 1_000_000_000_000_000 => {
                    self.number(at, 0, |part| integer(part, *number));
                }
                Cell::Integer(number) => self.text(at, &number.to_string(), style::TEXT, head),
                Cell::Decimal(digits) if is_exact(digits) => {
                    self.number(at, 0, |part| part.extend_from_slice(digits.as_bytes()));
                }
                Cell::Decimal(digits) => self.text(at, digits, style::TEXT, head),
                Cell::Float(number) if number.is_finite() => {
                    self.number(at, 0, |part| _ = write!(part, "{number}"));
                }
                Cell::Float(_) => {}
                Cell::Date(day) => match serial(day.unix_day()) {
                    Some(serial) => self.number(at, style::DATE, |part| integer(part, serial)),
                    None => self.text(at, &day.to_string(), style::TEXT, head),
                },
                Cell::Time(micros) => {
                    let day = in_china(*micros);
                    let found = day.and_then(|(day, rest)| Some((serial(day.unix_day())?, rest)));
                    match found {
                        Some((serial, rest)) => {
                            let seconds = (rest / 1_000_000) as f64;
                            self.number(at, style::TIME, |part| {
                                _ = write!(part, "{}", serial as f64 + seconds / 86_400.0);
                            });
                        }
                        None => self.text(at, &micros.to_string(), style::TEXT, head),
                    }
                }
                Cell::Flag(flag) => {
                    self.cell(at, 0);
                    let value: &[u8] = if *flag { b"1" } else { b"0" };
                    self.part.extend_from_slice(b" t=\"b\"><v>");
                    self.part.extend_from_slice(value);
                    self.part.extend_from_slice(b"</v></c>");
                }
            }
        }
        self.end_row()
    }

    fn end_sheet(&mut self, head: &Head) -> io::Result<()> {
        self.part.extend_from_slice(b"</sheetData>");
        if let Some(area) = area(&self.names, self.row) {
            write!(self.part, "<autoFilter ref=\"{area}\"/>")?;
        }
        self.part.extend_from_slice(MARGINS.as_bytes());
        self.part.extend_from_slice(
            b"<pageSetup paperSize=\"9\" orientation=\"landscape\" fitToWidth=\"1\" fitToHeight=\"0\"/>",
        );
        let foot = match &head.mark {
            Some(mark) => format!("&L{}&R&P / &N", in_foot(mark)),
            None => String::from("&C&P / &N"),
        };
        self.part.extend_from_slice(b"<headerFooter><oddFooter>");
        escaped(&mut self.part, &foot);
        self.part.extend_from_slice(b"</oddFooter></headerFooter></worksheet>");
        self.zip.write(&self.part)?;
        self.part.clear();
        self.zip.end()?;
        self.sheets.push(self.row);
        Ok(())
    }

    pub(super) fn out(&mut self) -> Option<&mut W> {
        self.zip.out()
    }

    pub(super) fn finish(mut self, head: &Head, rows: u64) -> io::Result<(W, Written)> {
        self.end_sheet(head)?;
        let count = self.sheets.len();
        let names: Vec<String> = match count {
            1 => vec![sheet_name(&head.title, "")],
            _ => (1..=count)
                .map(|number| sheet_name(&head.title, &format!(" {number}-{count}")))
                .collect(),
        };
        let about = sheet_name(&head.words.about, "");
        self.about(head, rows)?;
        self.zip.put("xl/styles.xml", STYLES.as_bytes())?;
        let mut sheets = String::new();
        let mut areas = String::new();
        let (mut parts, mut relations) = (String::new(), String::new());
        let all = names.iter().chain([&about]);
        for (number, name) in (1..).zip(all) {
            let mut said = Vec::new();
            escaped(&mut said, name);
            let name = String::from_utf8_lossy(&said);
            sheets.push_str(&format!(
                "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"
            ));
            parts.push_str(&format!(
                "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"\
                 application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
            ));
            relations.push_str(&format!(
                "<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/worksheet\" \
                 Target=\"worksheets/sheet{number}.xml\"/>"
            ));
        }
        for (at, (name, rows)) in names.iter().zip(&self.sheets).enumerate() {
            let Some(area) = area(&self.names, *rows) else { continue };
            let area = absolute(&area);
            let mut said = Vec::new();
            escaped(&mut said, &name.replace('\'', "''"));
            let name = String::from_utf8_lossy(&said);
            areas.push_str(&format!(
                "<definedName name=\"_xlnm._FilterDatabase\" localSheetId=\"{at}\" hidden=\"1\">\
                 '{name}'!{area}</definedName><definedName name=\"_xlnm.Print_Titles\" \
                 localSheetId=\"{at}\">'{name}'!$1:$1</definedName>"
            ));
        }
        if !areas.is_empty() {
            areas = format!("<definedNames>{areas}</definedNames>");
        }
        let book = format!(
            "{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><bookViews><workbookView \
             activeTab=\"0\"/></bookViews><sheets>{sheets}</sheets>{areas}</workbook>"
        );
        self.zip.put("xl/workbook.xml", book.as_bytes())?;
        let style = count + 2;
        let relations = format!(
            "{XML}<Relationships xmlns=\"{PACKAGE}\">{relations}<Relationship Id=\"rId{style}\" \
             Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/></Relationships>"
        );
        self.zip.put("xl/_rels/workbook.xml.rels", relations.as_bytes())?;
        let root = format!(
            "{XML}<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"rId1\" \
             Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        );
        self.zip.put("_rels/.rels", root.as_bytes())?;
        let types = format!(
            "{XML}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.\
             relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
             <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.\
             openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{parts}<Override \
             PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.\
             spreadsheetml.styles+xml\"/></Types>"
        );
        self.zip.put("[Content_Types].xml", types.as_bytes())?;
        let written = Written { rows, sheets: count as u32, cut: self.cut };
        Ok((self.zip.finish()?, written))
    }

    /// The sheet that says what the file is.
    fn about(&mut self, head: &Head, rows: u64) -> io::Result<()> {
        let mut said = vec![(head.words.rows.clone(), rows.to_string())];
        if self.sheets.len() > 1 {
            said.push((head.words.sheets.clone(), self.sheets.len().to_string()));
        }
        if self.cut > 0 {
            said.push((head.words.cut.clone(), self.cut.to_string()));
        }
        if let Some(mark) = &head.mark {
            said.push((head.words.mark.clone(), mark.clone()));
        }
        said.extend(head.notes.iter().map(|note| (note.label.clone(), note.value.clone())));
        self.names = vec![b"A".to_vec(), b"B".to_vec()];
        self.zip.begin(&format!("xl/worksheets/sheet{}.xml", self.sheets.len() + 1))?;
        self.part.extend_from_slice(BEGIN.as_bytes());
        self.part.extend_from_slice(
            b"<sheetViews><sheetView workbookViewId=\"0\"/></sheetViews><cols><col min=\"1\" \
              max=\"1\" width=\"28\" customWidth=\"1\"/><col min=\"2\" max=\"2\" width=\"80\" \
              customWidth=\"1\"/></cols><sheetData>",
        );
        self.row = 0;
        self.begin_row()?;
        self.text(0, &head.title, style::HEADING, head);
        self.end_row()?;
        for (name, value) in said {
            self.begin_row()?;
            self.text(0, &name, style::TEXT, head);
            self.text(1, &value, style::WRAPPED, head);
            self.end_row()?;
        }
        write!(self.part, "</sheetData>{MARGINS}</worksheet>")?;
        self.zip.write(&self.part)?;
        self.part.clear();
        self.zip.end()
    }
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet \
     xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetPr><pageSetUpPr \
     fitToPage=\"1\"/></sheetPr>";
const MARGINS: &str = "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.7\" \
     header=\"0.3\" footer=\"0.3\"/>";
/// The formats: plain, text, day, time, heading, text over several lines.
const STYLES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<styleSheet \
     xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts count=\"2\">\
     <numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/><numFmt numFmtId=\"165\" \
     formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/></numFmts><fonts count=\"2\"><font><sz val=\"11\"/>\
     <name val=\"等线\"/></font><font><b/><sz val=\"11\"/><name val=\"等线\"/></font></fonts>\
     <fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill \
     patternType=\"gray125\"/></fill><fill><patternFill patternType=\"solid\"><fgColor \
     rgb=\"FFF0F2F5\"/></patternFill></fill></fills><borders count=\"1\"><border><left/><right/>\
     <top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" \
     fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"6\"><xf \
     numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/><xf numFmtId=\"49\" \
     fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/><xf \
     numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
     <xf numFmtId=\"165\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" \
     applyNumberFormat=\"1\"/><xf numFmtId=\"49\" fontId=\"1\" fillId=\"2\" borderId=\"0\" \
     xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\"/><xf numFmtId=\"49\" \
     fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" \
     applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf></cellXfs><cellStyles \
     count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";

/// The area of a sheet's rows, without its heading none.
fn area(names: &[Vec<u8>], rows: u32) -> Option<String> {
    let last = names.last()?;
    Some(format!("A1:{}{rows}", String::from_utf8_lossy(last)))
}

/// `A1:C9` as `$A$1:$C$9`.
fn absolute(area: &str) -> String {
    let corner = |corner: &str| {
        let digits = corner.find(|c: char| c.is_ascii_digit()).unwrap_or(corner.len());
        let (column, row) = corner.split_at(digits);
        format!("${column}${row}")
    };
    area.split(':').map(corner).collect::<Vec<_>>().join(":")
}

/// How wide a column is shown, in characters: for its heading and for what it holds.
fn width(column: &Column) -> usize {
    let least = match column.holds {
        Holds::Text => 16,
        Holds::Number | Holds::Flag => 10,
        Holds::Date => 12,
        Holds::Time => 20,
    };
    let heading: usize = column.label.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    least.max(heading + 4).min(60)
}

/// The name of a sheet: what Excel does not take in it is left out, and it is not too long.
fn sheet_name(title: &str, number: &str) -> String {
    let room = MOST_NAME - number.encode_utf16().count().min(MOST_NAME);
    let mut units = 0;
    let is_sound = |c: &char| !c.is_control() && !"[]:*?/\\'".contains(*c);
    let name = title.trim().chars().filter(is_sound).take_while(|c| {
        units += c.len_utf16();
        units <= room
    });
    let name: String = name.collect();
    format!("{}{number}", if name.is_empty() { "Sheet" } else { &name })
}

/// A text as a footer holds it: an ampersand begins a code of its own there, and all of it has 255
/// characters (UTF-16 units), beyond which Excel calls the book damaged.
fn in_foot(text: &str) -> String {
    let mut units = 0;
    let mut found = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        units += if c == '&' { 2 } else { c.len_utf16() };
        if units > MOST_FOOT {
            break;
        }
        found.push(c);
        if c == '&' {
            found.push(c);
        }
    }
    found
}

/// The number of a day in spreadsheets; none before March 1900, where their calendar is wrong.
fn serial(unix_day: i64) -> Option<i64> {
    Some(unix_day + 25_569).filter(|serial| *serial >= 61)
}

/// Whether a spreadsheet keeps all digits of a number.
fn is_exact(digits: &str) -> bool {
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    !whole.is_empty()
        && are_digits(whole)
        && are_digits(fraction)
        && whole.trim_start_matches('0').len() + fraction.len() <= 15
}

/// The part of a text that fits into a cell with the words behind it; none where all of it fits.
fn fitting<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    // A character has one byte at least for each unit.
    if text.len() <= MOST_CHARACTERS || text.encode_utf16().count() <= MOST_CHARACTERS {
        return None;
    }
    let room = MOST_CHARACTERS - mark.encode_utf16().count();
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > room
    });
    text.get(..end.map_or(text.len(), |(at, _)| at))
}

/// Writes a text into XML. What XML cannot hold is written as SpreadsheetML has it, `_x001F_`, and
/// what already looks so gets its underscore written in that way.
fn escaped(into: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let (written, length): (&[u8], usize) = match byte {
            b'&' => (b"&amp;", 1),
            b'<' => (b"&lt;", 1),
            b'>' => (b"&gt;", 1),
            b'"' => (b"&quot;", 1),
            b'\r' => (b"_x000D_", 1),
            b'\t' | b'\n' => continue,
            0..=0x1F => {
                into.extend_from_slice(&bytes[from..at]);
                let _ = write!(into, "_x{byte:04X}_");
                from = at + 1;
                continue;
            }
            b'_' if is_escape(&bytes[at..]) => (b"_x005F_", 1),
            // U+FFFE and U+FFFF.
            0xEF if matches!(bytes.get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF])) => {
                (if bytes[at + 2] == 0xBE { b"_xFFFE_" } else { b"_xFFFF_" }, 3)
            }
            _ => continue,
        };
        into.extend_from_slice(&bytes[from..at]);
        into.extend_from_slice(written);
        from = at + length;
    }
    into.extend_from_slice(&bytes[from..]);
}

fn is_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'_', b'x', a, b, c, d, b'_', ..]
        if [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::Words;

    fn said(text: &str) -> String {
        let mut into = Vec::new();
        escaped(&mut into, text);
        String::from_utf8(into).unwrap_or_default()
    }

    #[test]
    fn what_xml_cannot_hold_is_written_otherwise() {
        assert_eq!(said("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
        assert_eq!(said("\u{1}\r\n\t"), "_x0001__x000D_\n\t");
        assert_eq!(said("_x000D_ _x00_ __x005F_"), "_x005F_x000D_ _x00_ __x005F_x005F_");
        assert_eq!(said("\u{FFFE}甲\u{FFFF}"), "_xFFFE_甲_xFFFF_");
        assert_eq!(said("𠮷_"), "𠮷_");
    }

    #[test]
    fn numbers_that_a_spreadsheet_would_round_are_text() {
        for exact in ["0", "-12.50", "999999999999999", "0.000000000000001"] {
            assert!(is_exact(exact), "{exact}");
        }
        for other in ["1234567890123456", "", ".5", "1e3", "12,5", "914201001777000029"] {
            assert!(!is_exact(other), "{other}");
        }
    }

    #[test]
    fn days_are_counted_as_spreadsheets_do() {
        assert_eq!(serial(0), Some(25_569));
        assert_eq!(serial(-25_508), Some(61));
        assert_eq!(serial(-25_509), None);
    }

    #[test]
    fn a_name_of_a_sheet_is_one_that_excel_takes() {
        assert_eq!(sheet_name("投诉：2026/3 [全部]*?", ""), "投诉：20263 全部");
        assert_eq!(sheet_name(&"长".repeat(40), " 1-2"), format!("{} 1-2", "长".repeat(27)));
        assert_eq!(sheet_name("//", ""), "Sheet");
        assert_eq!(absolute("A1:XFD9"), "$A$1:$XFD$9");
    }

    #[test]
    fn a_mark_fits_into_a_footer() {
        assert_eq!(in_foot("甲&乙\n"), "甲&&乙");
        assert_eq!(in_foot(&"&".repeat(300)), "&".repeat(220));
        assert_eq!(in_foot(&format!("{}&&", "a".repeat(219))), "a".repeat(219));
        assert_eq!(in_foot(&"𠮷".repeat(300)).encode_utf16().count(), 220);
    }

    #[test]
    fn a_text_that_is_longer_than_a_cell_says_so() {
        let mark = Words::chinese().cut_mark;
        assert_eq!(fitting(&"a".repeat(MOST_CHARACTERS), &mark), None);
        assert_eq!(fitting(&"甲".repeat(MOST_CHARACTERS), &mark), None);
        let long = "𠮷".repeat(20_000);
        let fits = fitting(&long, &mark).unwrap_or_default();
        let units = fits.encode_utf16().count() + mark.encode_utf16().count();
        assert!((MOST_CHARACTERS - 1..=MOST_CHARACTERS).contains(&units), "{units}");
    }

    #[test]
    fn rows_go_on_on_the_next_sheet() -> io::Result<()> {
        let head = Head {
            title: "行".to_owned(),
            columns: vec![Column::new("n", "序号", Holds::Number)],
            rows: 25,
            ..Head::default()
        };
        let mut xlsx = Xlsx::with_limits(Vec::new(), &head, 11, MOST_BYTES)?;
        for number in 0..25 {
            xlsx.row(&[Cell::Integer(number)], &head)?;
        }
        let (bytes, written) = xlsx.finish(&head, 25)?;
        assert_eq!(written, Written { rows: 25, sheets: 3, cut: 0 });
        let read = |sheet: &str| {
            use calamine::{Reader as _, Xlsx as Read};
            let mut book: Read<_> = calamine::open_workbook_from_rs(io::Cursor::new(&bytes))
                .map_err(io::Error::other)?;
            let range = book.worksheet_range(sheet).map_err(io::Error::other)?;
            Ok::<_, io::Error>((range.height(), range.get_value((1, 0)).cloned()))
        };
        assert_eq!(read("行 1-3")?, (11, Some(calamine::Data::Float(0.0))));
        assert_eq!(read("行 2-3")?, (11, Some(calamine::Data::Float(10.0))));
        assert_eq!(read("行 3-3")?, (6, Some(calamine::Data::Float(20.0))));
        assert_eq!(read("说明")?.0, 3);
        Ok(())
    }
}
