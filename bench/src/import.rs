//! Figures of importing tables: rows of inspections from a file to durable records, and the error file
//! of a table that is wrong everywhere.
//!
//! `import [--database postgres] [--stream 1000000]` makes a table of so many rows as CSV and as XLSX,
//! imports each into an empty store, and reads the same file with the crates `csv` and `calamine`
//! alone beside. Then the error file of 100,000 faults is written.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::import::marks::{Tongue, write_book, write_list};
use app::import::run::Table;
use app::import::{Choice, Progress};
use app::{Principal, System};
use calamine::Reader as _;
use rust_xlsxwriter::Workbook;

use crate::report::{Measurement, timed};
use crate::store::{self, Fault, Home, Options, Surroundings, peak_mb};

/// Rows that are imported where nobody says otherwise.
const ROWS: u64 = 1_000_000;
/// Rows of an XLSX sheet at most.
const SHEET: u64 = 1_048_575;
/// Faults of the error file.
const FAULTS: u64 = 100_000;

const HEADER: [&str; 8] = [
    "检查编号",
    "企业名称",
    "统一社会信用代码",
    "抽查类型",
    "检查日期",
    "检查结果",
    "行政区划代码",
    "整改期限",
];

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| {
        let rows = options.stream.unwrap_or(ROWS);
        let folder =
            std::env::temp_dir().join(format!("zhiheng-bench-import-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let done = all(&options, rows, &folder).await;
        std::fs::remove_dir_all(&folder)?;
        done
    })
}

async fn all(options: &Options, rows: u64, folder: &Path) -> Result<(), Fault> {
    let csv = folder.join("table.csv");
    write_csv(&csv, rows, false)?;
    let peer = timed(|| read_csv(&csv));
    import(options, &csv, rows, "CSV", ("csv", peer.0?, peer.1)).await?;
    let in_sheet = rows.min(SHEET);
    let book = folder.join("table.xlsx");
    write_xlsx(&book, in_sheet)?;
    let peer = timed(|| read_xlsx(&book));
    import(options, &book, in_sheet, "XLSX", ("calamine", peer.0?, peer.1)).await?;
    faults(options, folder).await
}

/// A row: what an inspection says, with a number of its own.
fn cells(row: u64, is_wrong: bool) -> [String; 8] {
    let day = row % 28 + 1;
    let date = match (is_wrong, row % 3) {
        (true, _) => format!("2025-02-{}", 30 + row % 2),
        (false, 0) => format!("2025/3/{day}"),
        (false, 1) => format!("2025年3月{day}日"),
        _ => format!("2025-03-{day:02}"),
    };
    [
        format!("J-2025-{row:07}"),
        format!("武汉市示例{}食品有限公司", row % 50_000),
        String::new(),
        if row.is_multiple_of(2) { "双随机抽查" } else { "日常监督检查" }.to_owned(),
        date,
        if row.is_multiple_of(9) { "发现问题已责令改正" } else { "未发现问题" }.to_owned(),
        "420106".to_owned(),
        String::new(),
    ]
}

fn write_csv(path: &Path, rows: u64, is_wrong: bool) -> Result<(), Fault> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    writeln!(out, "{}", HEADER.join(","))?;
    for row in 0..rows {
        writeln!(out, "{}", cells(row, is_wrong).join(","))?;
    }
    Ok(out.flush()?)
}

fn write_xlsx(path: &Path, rows: u64) -> Result<(), Fault> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory();
    for (column, name) in (0..).zip(HEADER) {
        sheet.write_string(0, column, name)?;
    }
    for row in 0..rows {
        for (column, text) in (0..).zip(cells(row, false)).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row as u32 + 1, column, text)?;
        }
    }
    Ok(book.save(path)?)
}

fn read_csv(path: &Path) -> Result<u64, Fault> {
    let mut reader = csv::Reader::from_path(path)?;
    let mut record = csv::StringRecord::new();
    let mut rows = 0;
    while reader.read_record(&mut record)? {
        rows += 1;
    }
    Ok(rows)
}

fn read_xlsx(path: &Path) -> Result<u64, Fault> {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path)?;
    let name = book.sheet_names().first().cloned().ok_or("no sheet")?;
    let mut cells = book.worksheet_cells_reader(&name)?;
    let mut last = 0;
    while let Some(cell) = cells.next_cell()? {
        last = cell.get_position().0;
    }
    Ok(u64::from(last))
}

fn table(path: PathBuf) -> Table {
    let choice = Choice { mapping: "inspection-results".to_owned(), ..Choice::default() };
    Table { name: "table".to_owned(), path, choice }
}

async fn import(
    options: &Options,
    path: &Path,
    rows: u64,
    format: &str,
    (peer, read, time_of_peer): (&str, u64, Duration),
) -> Result<(), Fault> {
    if read != rows {
        return Err(format!("{peer} reads {read} rows of {rows}").into());
    }
    let home = Home::empty(options)?;
    let system = Arc::new(home.open().await?);
    let surroundings = Surroundings::of(home.folder())?;
    let progress: Arc<Progress> = Arc::default();
    let (who, table, batch) = (Principal::operator(), table(path.to_owned()), system.new_batch());
    let start = Instant::now();
    let imported = system.import_table(&who, &table, (batch, false), &progress, |_| Ok(())).await;
    let time = start.elapsed();
    let imported = imported.map_err(|not| format!("{not:?}"))?;
    if imported.stored != rows {
        return Err(format!("{} of {rows} rows are stored", imported.stored).into());
    }
    surroundings
        .measurement("import", &format!("{format} to durable records"), rows)
        .with("engine", options.engine())
        .took(time)
        .with("peak_rss_mb", peak_mb()?)
        .peer(peer, Measurement::new("import", "reading alone", rows).took(time_of_peer))
        .print();
    Ok(())
}

async fn faults(options: &Options, folder: &Path) -> Result<(), Fault> {
    let path = folder.join("wrong.csv");
    write_csv(&path, FAULTS, true)?;
    let home = Home::empty(options)?;
    let system: Arc<System> = Arc::new(home.open().await?);
    let surroundings = Surroundings::of(home.folder())?;
    let progress: Arc<Progress> = Arc::default();
    let table = table(path);
    let start = Instant::now();
    let found = system.check_table(&Principal::operator(), &table, &progress).await;
    let found = found.map_err(|fault| fault.to_string())?;
    let checked = start.elapsed();
    let (book, list) = (folder.join("faults.xlsx"), folder.join("faults.csv"));
    let start = Instant::now();
    let layout = table.choice.layout();
    let written = write_book(&table.path, layout, &found.summary, &found.faults, Tongue::Zh, &book);
    written.map_err(|fault| fault.to_string())?;
    let as_book = start.elapsed();
    write_list(&found.summary, &found.faults, Tongue::Zh, &list).map_err(|f| f.to_string())?;
    if found.summary.faults != FAULTS {
        return Err(format!("{} faults of {FAULTS}", found.summary.faults).into());
    }
    surroundings
        .measurement("import", "error file", FAULTS)
        .took(start.elapsed())
        .with("book_seconds", format!("{:.2}", as_book.as_secs_f64()))
        .with("dry_run_seconds", format!("{:.2}", checked.as_secs_f64()))
        .with("peak_rss_mb", peak_mb()?)
        .print();
    Ok(())
}
