//! A workbook of ours, read by two programs of others: the crate `calamine` and LibreOffice.

use std::fs;
use std::process::Command;

use sheet::write::{Cell, Column, Format, Head, Holds, Note, Writer};
use sheet::{Flow, Layout, Limits, Source};

/// 2026-03-05 14:30:00 in China.
const TIME: i64 = 1_772_692_200_000_000;
const CODE: &str = "914201001777000029";

/// The workbook, and what stands in its cells as a spreadsheet shows them.
fn book() -> (Vec<u8>, Vec<Vec<&'static str>>) {
    let columns = [
        ("code", Holds::Text),
        ("words", Holds::Text),
        ("day", Holds::Date),
        ("time", Holds::Time),
        ("number", Holds::Number),
    ];
    let head = Head {
        title: "抽查：结果/1".to_owned(),
        columns: columns.map(|(name, holds)| Column::new(name, name, holds)).to_vec(),
        rows: 3,
        notes: vec![Note::number("known", "截至记录数", 7)],
        mark: Some("李静｜武汉市市场监督管理局｜核对 & 归档".to_owned()),
        ..Head::default()
    };
    let day = "2026-03-05".parse().unwrap();
    let mut writer = Writer::new(Format::Xlsx, Vec::new(), head).unwrap();
    let rows: [[Cell<'_>; 5]; 3] = [
        [
            Cell::Text(CODE),
            Cell::Text("=1+1"),
            Cell::Date(day),
            Cell::Time(TIME),
            Cell::Integer(-7),
        ],
        [
            Cell::Text("007"),
            Cell::Text("甲<乙>&\"丙\""),
            Cell::Empty,
            Cell::Empty,
            Cell::Decimal("12.5"),
        ],
        [
            Cell::Text("+86"),
            Cell::Text("@x -1"),
            Cell::Date(day),
            Cell::Empty,
            Cell::Decimal("12345678901234567"),
        ],
    ];
    for row in &rows {
        writer.row(row).unwrap();
    }
    let (bytes, written) = writer.finish().unwrap();
    assert_eq!((written.rows, written.sheets, written.cut), (3, 1, 0));
    let said = vec![
        vec!["code", "words", "day", "time", "number"],
        vec![CODE, "=1+1", "2026-03-05", "2026-03-05 14:30:00", "-7"],
        vec!["007", "甲<乙>&\"丙\"", "", "", "12.5"],
        vec!["+86", "@x -1", "2026-03-05", "", "12345678901234567"],
    ];
    (bytes, said)
}

#[test]
fn our_own_reader_reads_what_was_written() {
    let (bytes, said) = book();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.xlsx");
    fs::write(&path, bytes).unwrap();
    let mut source = Source::open(&path, Layout::default(), &Limits::default()).unwrap();
    assert_eq!(source.sheets(), ["抽查：结果1", "说明"]);
    let mut found = Vec::new();
    let mut each = |row: &mut sheet::Row| {
        found.push((0..5).map(|at| row.get(at).text.clone()).collect::<Vec<_>>());
        Flow::On
    };
    source.read(0, &mut each).unwrap();
    assert_eq!(found, said);
}

/// `cargo xtask test --full` runs it.
#[test]
#[ignore = "takes long; needs LibreOffice"]
fn libreoffice_reads_what_was_written() {
    let (bytes, said) = book();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.xlsx");
    fs::write(&path, bytes).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("p").display());
    // Comma, quotation mark, UTF-8, from the first line; cells as they are shown.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false";
    let run = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", filter, "--outdir"])
        .args([folder.path(), &path])
        .output();
    let Ok(run) = run else {
        use std::io::Write as _;
        let _ =
            writeln!(std::io::stderr(), "skipped: there is no soffice here; install LibreOffice");
        return;
    };
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = fs::read_to_string(folder.path().join("book.csv")).unwrap();
    let quoted = |cell: &&str| match cell.contains(['"', ',']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => (*cell).to_owned(),
    };
    let lines = said.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(","));
    assert_eq!(
        text.trim_start_matches('\u{FEFF}').lines().collect::<Vec<_>>(),
        lines.collect::<Vec<_>>()
    );
}
