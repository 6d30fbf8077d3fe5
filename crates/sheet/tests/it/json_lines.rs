//! JSON Lines.

use sheet::{Format, Sort};

use crate::files::{File, read};

#[test]
fn members_are_columns_and_types_stay() {
    let text =
        "{\"b\":\"x\",\"a\":1.50,\"c\":[\"p\",\"q\"]}\n\n{\"a\":true,\"d\":null,\"b\":null}\n";
    let file = File::of(text.as_bytes());
    assert_eq!(file.open().unwrap().format(), Format::JsonLines);
    let read = read(text.as_bytes());
    assert!(read.fault.is_none(), "{:?}", read.fault);
    assert_eq!(read.texts()[0], ["a", "b", "c", "d"]);
    assert_eq!(read.numbers(), [0, 1, 3]);
    assert_eq!(read.rows[1].cells[0].sort, Sort::Number(1.5));
    assert_eq!(read.rows[1].cells[2].text, "p\nq");
    assert_eq!(read.rows[2].cells[0].sort, Sort::Bool(true));
    assert_eq!(read.rows[2].cells.len(), 1);
}

#[test]
fn wrong_lines_are_told() {
    assert_eq!(read(b"{\"a\":1}\n{\"a\":\n").fault(), ("sheet.json", Some(2)));
    assert_eq!(read(b"{\"a\":1}\n[1]\n").fault(), ("sheet.json", Some(2)));
    assert_eq!(read(b"{\"a\":{\"b\":1}}\n").fault(), ("sheet.json_nested", Some(1)));
}

/// The names of members are held in memory, and told.
#[test]
fn a_name_that_is_no_name_is_refused() {
    let name = "n".repeat(200_000);
    let first = format!("{{\"a\":1,\"{name}\":1}}\n");
    assert_eq!(read(first.as_bytes()).fault(), ("sheet.cell_long", Some(1)));
    let late = "{\"a\":1}\n".repeat(1_000) + &first;
    assert_eq!(read(late.as_bytes()).fault(), ("sheet.cell_long", Some(1_001)));
}
