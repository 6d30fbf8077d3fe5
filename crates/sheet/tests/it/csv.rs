//! CSV as systems and people write it.

use encoding_rs::GB18030;
use proptest::prelude::*;
use sheet::text::Encoding;
use sheet::{Layout, Limits, Sort};

use crate::files::{File, read, read_with};

#[test]
fn rfc_4180_is_read_to_the_letter() {
    let read = read(b"a,b,c\r\n1,\"x,y\",\"say \"\"hi\"\"\"\r\n,,\r\n\"two\nlines\",3,\n4,5,6");
    assert!(read.fault.is_none());
    assert_eq!(
        read.texts(),
        [
            vec!["a", "b", "c"],
            vec!["1", "x,y", "say \"hi\""],
            vec!["two\nlines", "3"],
            vec!["4", "5", "6"]
        ]
    );
    // The third line has nothing on it; the fourth row takes two.
    assert_eq!(read.numbers(), [1, 2, 4, 6]);
    assert_eq!(read.rows[2].width, 3);
}

#[test]
fn line_breaks_of_all_machines_are_counted() {
    for text in ["a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r"] {
        assert_eq!(read(text.as_bytes()).numbers(), [1, 2, 3], "{text:?}");
    }
}

#[test]
fn separators_are_guessed() {
    for (separator, name) in [(';', "甲"), ('\t', "乙"), ('|', "丙"), (',', "丁")] {
        let text =
            format!("编号{separator}名称{separator}数\n1{separator}{name}，某{separator}2\n");
        let file = File::of(text.as_bytes());
        let source = file.open().unwrap();
        assert_eq!(source.separator(), Some(separator as u8));
        assert_eq!(read(text.as_bytes()).rows[1].cells.len(), 3);
    }
    // One column has no separator.
    assert_eq!(read("名称\n甲\n乙\n".as_bytes()).rows.len(), 3);
}

#[test]
fn encodings_are_guessed_and_can_be_said() {
    let text = "编号,名称\n1,武汉市示例食品有限公司\n";
    let gb = GB18030.encode(text).0;
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    let utf16: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    for bytes in [text.as_bytes(), &gb, &utf16] {
        let read = read(bytes);
        assert!(read.fault.is_none(), "{:?}", read.fault);
        assert_eq!(read.texts()[1], ["1", "武汉市示例食品有限公司"]);
    }
    let said = Layout { encoding: Some(Encoding::Utf8), separator: None };
    let wrong = read_with(&gb, said, &Limits::default());
    assert_eq!(wrong.fault(), ("sheet.two_encodings", Some(1)));
    assert!(wrong.fault.unwrap().zh.contains("GB18030"));
}

#[test]
fn two_encodings_in_one_file_are_told_with_the_line() {
    let mut bytes = "编号,名称\n1,武汉市\n2,宜昌市\n".as_bytes().to_vec();
    bytes.extend_from_slice(&GB18030.encode("3,黄石市\n").0);
    assert_eq!(read(&bytes).fault(), ("sheet.two_encodings", Some(4)));
    let mut bytes = GB18030.encode("编号,名称\n1,武汉市\n2,宜昌市\n").0.into_owned();
    bytes.extend_from_slice("3,黄石市襄阳市\n".as_bytes());
    assert_eq!(read(&bytes).fault(), ("sheet.two_encodings", Some(4)));
}

#[test]
fn a_mark_in_the_middle_is_left_out_and_told() {
    let read = read("\u{FEFF}a,b\n1,2\n\u{FEFF}a,b\n3,4\n".as_bytes());
    assert_eq!(read.texts()[2], ["a", "b"]);
    assert_eq!(read.notes.len(), 1);
    assert_eq!((read.notes[0].code, read.notes[0].row), ("sheet.mark_inside", Some(3)));
}

#[test]
fn a_broken_end_is_told() {
    // A quote that is not closed.
    let read_1 = read(b"a,b\n1,2\n3,\"cut o");
    assert_eq!(read_1.fault(), ("sheet.open_quote", Some(3)));
    assert_eq!(read_1.rows.len(), 2);
    // Fewer fields than the header, and no line break.
    assert_eq!(read(b"a,b,c\n1,2,3\n4,5").fault(), ("sheet.cut_off", Some(3)));
    // A whole last line without a line break is no fault.
    assert!(read(b"a,b,c\n1,2,3\n4,5,6").fault.is_none());
    // Cut in the middle of a character.
    let cut = "a,b\n1,甲".as_bytes();
    assert_eq!(read(&cut[..cut.len() - 1]).fault(), ("sheet.cut_off", Some(2)));
}

#[test]
fn what_is_no_table_is_refused_with_a_remedy() {
    for (bytes, code) in [
        (&b""[..], "sheet.empty"),
        (b"%PDF-1.7\n", "sheet.format"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "sheet.format"),
        (b"<html><table></table></html>", "sheet.format"),
        (b"\x89PNG\r\n\x1A\n", "sheet.format"),
        (b"a,b\n1,\x00\n", "sheet.zero_byte"),
        (b"a,b\n\"x\"y,2\n", "sheet.after_quote"),
    ] {
        assert_eq!(read(bytes).fault().0, code);
    }
}

#[test]
fn what_goes_beyond_the_limits_is_refused() {
    let limits = Limits { columns: 3, rows: 2, cell: 10, row: 100, ..Limits::default() };
    let fault = |text: &str| read_with(text.as_bytes(), Layout::default(), &limits).fault();
    assert_eq!(fault("1,2,3,4\n"), ("sheet.columns", Some(1)));
    assert_eq!(fault("a\n1\n2\n"), ("sheet.rows", Some(3)));
    assert_eq!(fault("a\n12345678901\n"), ("sheet.cell_long", Some(2)));
    assert_eq!(fault(&format!("a\n\"{}", "x".repeat(1_000))), ("sheet.open_quote", Some(2)));
    // Columns with nothing in them are none.
    let empty = format!("1,2{}\n", ",".repeat(16_382));
    let read = read_with(empty.as_bytes(), Layout::default(), &limits);
    assert_eq!(read.texts(), [["1", "2"]]);
}

#[test]
fn a_million_empty_lines_cost_nothing() {
    let mut text = "a,b\n1,2\n".to_owned();
    text.push_str(&",\r\n".repeat(1_000_000));
    text.push_str("3,4\n");
    let read = read(text.as_bytes());
    assert_eq!(read.numbers(), [1, 2, 1_000_003]);
}

#[test]
fn a_row_that_is_longer_than_a_block_is_read() {
    let long = "质量".repeat(20_000);
    let text = format!("a,b\n1,\"{long}\n\"\n2,3\n");
    let read = read(text.as_bytes());
    assert!(read.fault.is_none(), "{:?}", read.fault);
    assert_eq!(read.rows[1].cells[1].text.chars().count(), 40_001);
    assert_eq!(read.numbers(), [1, 2, 4]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever stands in cells, the crate `csv` reads the same, in whichever encoding it is.
    #[test]
    fn cells_come_back_as_they_were(
        rows in prop::collection::vec(prop::collection::vec("[a-z0-9 \"',;|\n质量监督é-]{0,12}", 3), 1..20),
        gb in any::<bool>(),
    ) {
        let mut text = "x1,x2,x3\n".to_owned();
        for row in &rows {
            let quoted: Vec<String> = row.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
            text.push_str(&quoted.join(","));
            text.push('\n');
        }
        let bytes = if gb { GB18030.encode(&text).0.into_owned() } else { text.into_bytes() };
        let encoding = Some(if gb { Encoding::Gb18030 } else { Encoding::Utf8 });
        let found = read_with(&bytes, Layout { encoding, separator: Some(b',') }, &Limits::default());
        prop_assert!(found.fault.is_none(), "{:?}", found.fault);
        let is_something = |row: &&Vec<String>| row.iter().any(|c| !c.trim().is_empty());
        let expected: Vec<&Vec<String>> = rows.iter().filter(is_something).collect();
        prop_assert_eq!(found.rows.len(), expected.len() + 1);
        for (row, expected) in found.rows[1..].iter().zip(expected) {
            for (at, text) in expected.iter().enumerate() {
                let cell = row.get(at);
                prop_assert!(cell.text == *text || cell.sort == Sort::Empty && text.trim().is_empty());
            }
        }
    }

    /// No bytes bring it down.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let found = read(&bytes);
        if let Some(fault) = found.fault {
            prop_assert!(!fault.zh.is_empty());
        }
    }
}
