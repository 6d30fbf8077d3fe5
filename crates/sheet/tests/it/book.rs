//! XLSX as spreadsheet programs and attackers write it.

use std::io::{Cursor, Write as _};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use sheet::{Cell, Limits, Sort};
use zip::write::SimpleFileOptions;

use crate::files::{read, read_with};

fn book(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

#[test]
fn cells_keep_their_types() {
    let bytes = book(|book| {
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let time = Format::new().set_num_format("yyyy/m/d h:mm:ss");
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "名称").unwrap();
        sheet.write(2, 0, "甲").unwrap();
        sheet.write(2, 1, 12.5).unwrap();
        sheet.write(2, 2, true).unwrap();
        let day = ExcelDateTime::from_ymd(2026, 3, 5).unwrap();
        sheet.write_with_format(2, 3, &day, &date).unwrap();
        let moment = day.and_hms(14, 30, 0).unwrap();
        sheet.write_with_format(2, 5, &moment, &time).unwrap();
        sheet.write_blank(3, 0, &date).unwrap();
    });
    let read = read(&bytes);
    assert!(read.fault.is_none(), "{:?}", read.fault);
    assert_eq!(read.numbers(), [1, 3]);
    let cells = &read.rows[1].cells;
    assert_eq!(cells[1], Cell { text: "12.5".to_owned(), sort: Sort::Number(12.5) });
    assert_eq!(cells[2].sort, Sort::Bool(true));
    assert_eq!((cells[3].text.as_str(), cells[3].sort), ("2026-03-05", Sort::Date));
    assert!(cells[4].is_empty());
    assert_eq!(cells[5].text, "2026-03-05 14:30:00");
}

#[test]
fn formulas_give_what_was_last_worked_out_and_it_is_said() {
    let bytes = book(|book| {
        let sheet = book.add_worksheet();
        sheet.write_formula(0, 0, Formula::new("=1+1").set_result("2")).unwrap();
        sheet.write_formula(0, 1, Formula::new("=\"a\"&\"b\"").set_result("ab")).unwrap();
    });
    let read = read(&bytes);
    assert_eq!(read.texts(), [["2", "ab"]]);
    assert_eq!(read.notes.len(), 1);
    assert!(read.notes[0].code == "sheet.formulas" && read.notes[0].en.contains("(2)"));
}

#[test]
fn hidden_sheets_are_not_read_and_it_is_said() {
    let bytes = book(|book| {
        book.add_worksheet().set_name("数据").unwrap().write(0, 0, "x").unwrap();
        book.add_worksheet().set_name("代码").unwrap().set_hidden(true);
    });
    let read = read(&bytes);
    assert_eq!(read.texts(), [["x"]]);
    assert_eq!(read.notes[0].code, "sheet.hidden");
}

#[test]
fn sixteen_thousand_columns_are_refused_where_something_stands_in_them() {
    let bytes = book(|book| {
        let sheet = book.add_worksheet();
        for column in 0..16_384 {
            sheet.write(0, column, "x").unwrap();
        }
    });
    assert_eq!(read(&bytes).fault(), ("sheet.columns", Some(1)));
    let bytes = book(|book| {
        let format = Format::new().set_bold();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "x").unwrap();
        for column in 1..16_384 {
            sheet.write_blank(0, column, &format).unwrap();
        }
    });
    assert_eq!(read(&bytes).texts(), [["x"]]);
}

/// A book with a sheet of this text.
fn raw(sheet: &[u8], shared: Option<&[u8]>, more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let files = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"
                .to_owned(),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{rels}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{rels}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{rels}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
    ];
    for (name, text) in files {
        archive.start_file(name, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    for (name, bytes) in
        more.iter().copied().chain(shared.map(|shared| ("xl/sharedStrings.xml", shared)))
    {
        archive.start_file(name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    archive.write_all(b"<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>").unwrap();
    archive.write_all(sheet).unwrap();
    archive.write_all(b"</sheetData></worksheet>").unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_million_empty_rows_cost_nothing() {
    let mut sheet = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>".to_owned();
    for row in 2..=1_000_001_u32 {
        sheet.push_str(&format!("<row r=\"{row}\"><c r=\"A{row}\" s=\"0\"/></row>"));
    }
    sheet.push_str("<row r=\"1000002\"><c r=\"A1000002\"><v>2</v></c></row>");
    let read = read(&raw(sheet.as_bytes(), None, &[]));
    assert!(read.fault.is_none(), "{:?}", read.fault);
    assert_eq!(read.numbers(), [1, 1_000_002]);
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_read() {
    // One text of 8 MiB in a cell.
    let mut sheet = b"<row r=\"1\"><c r=\"A1\" t=\"str\"><v>".to_vec();
    sheet.resize(8 << 20, b'x');
    sheet.extend_from_slice(b"</v></c></row>");
    assert_eq!(read(&raw(&sheet, None, &[])).fault().0, "sheet.too_large");
    // Many tags: the ratio tells, but not of what is small.
    let limits = Limits { ratio: 20, free: 1 << 20, ..Limits::default() };
    let refused = |sheet: &[u8], shared: Option<&[u8]>, limits: &Limits| {
        read_with(&raw(sheet, shared, &[]), Default::default(), limits).fault.map(|f| f.code)
    };
    let rows = |count| b"<row r=\"1\"></row>".repeat(count);
    assert_eq!(refused(&rows(100_000), None, &limits), Some("sheet.too_large"));
    assert_eq!(refused(&rows(10_000), None, &limits), None);
    // Texts that would fill the memory, by their number and by their size.
    let texts = b"<si><t/></si>".repeat(10_000);
    let few = Limits { shared_texts: 9_999, ..Limits::default() };
    assert_eq!(refused(b"", Some(&texts), &few), Some("sheet.too_many_texts"));
    let small = Limits { shared: 100_000, ..Limits::default() };
    assert_eq!(refused(b"", Some(&texts), &small), Some("sheet.too_many_texts"));
    // More than the limit, whatever the ratio.
    let limits = Limits { unpacked: 1_000, ..Limits::default() };
    let small = raw(&b"<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>".repeat(50), None, &[]);
    assert_eq!(read_with(&small, Default::default(), &limits).fault().0, "sheet.too_large");
}

/// A reader finds the shared texts however their file is called, and a sheet wherever the book says.
#[test]
fn a_zip_bomb_under_another_name_is_refused_too() {
    let texts = [b"<sst>".to_vec(), b"<si><t/></si>".repeat(10_000)].concat();
    let few = Limits { shared_texts: 9_999, ..Limits::default() };
    for name in ["xl/SharedStrings.XML", "XL\\sharedStrings.xml", "xl/drawings/sheet1.xml"] {
        let book = raw(b"", None, &[(name, &texts)]);
        let refused = read_with(&book, Default::default(), &few).fault;
        assert_eq!(refused.map(|fault| fault.code), Some("sheet.too_many_texts"), "{name}");
    }
    let small = Limits { shared: 100_000, ..Limits::default() };
    for name in ["xl/SharedStrings.XML", "xl/drawings/sharedStrings.xml"] {
        let book = raw(b"", None, &[(name, &texts)]);
        assert_eq!(read_with(&book, Default::default(), &small).fault().0, "sheet.too_many_texts");
    }
    // What lies among the pictures is unpacked and counted as well.
    let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
    let book = raw(b"", None, &[("xl/media/image1.png", &vec![b'<'; 2 << 20])]);
    assert_eq!(read_with(&book, Default::default(), &limits).fault().0, "sheet.too_large");
}

#[test]
fn a_text_that_all_cells_of_a_row_share_is_counted_for_each() {
    let text = "x".repeat(100_000);
    let shared = format!("<sst><si><t>{text}</t></si></sst>");
    let cells: String = (0..100)
        .map(|at| format!("<c r=\"{}1\" t=\"s\"><v>0</v></c>", sheet::column_name(at)))
        .collect();
    let rows = format!("<row r=\"1\">{cells}</row>");
    let read = read(&raw(rows.as_bytes(), Some(shared.as_bytes()), &[]));
    assert_eq!(read.fault(), ("sheet.row_long", Some(1)));
}

#[test]
fn external_links_and_macros_are_not_followed_and_it_is_said() {
    let sheet = b"<row r=\"1\"><c r=\"A1\"><f>[1]S!A1</f><v>7</v></c></row>";
    let more: [(&str, &[u8]); 2] =
        [("xl/externalLinks/externalLink1.xml", b"<externalLink/>"), ("xl/vbaProject.bin", b"x")];
    let read = read(&raw(sheet, None, &more));
    assert!(read.fault.is_none(), "{:?}", read.fault);
    assert_eq!(read.texts(), [["7"]]);
    let codes: Vec<&str> = read.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["sheet.formulas", "sheet.external_links", "sheet.macros"]);
}

#[test]
fn a_damaged_book_is_refused() {
    let whole = raw(b"<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", None, &[]);
    for length in [4, 100, whole.len() / 2, whole.len() - 1] {
        assert_eq!(read(&whole[..length]).fault().0, "sheet.xlsx", "{length}");
    }
    assert_eq!(
        read(&raw(b"<row r=\"1\"><c r=\"A1\"><v>1</c></row>", None, &[])).fault().0,
        "sheet.xlsx"
    );
}
