//! Figures of exporting: all inspections of a store as a file.
//!
//! `export [--database postgres] [--stream 1000000]` stores so many inspections, writes them as CSV,
//! XLSX and JSON Lines, and writes rows of the same width with the crates `csv` and `rust_xlsxwriter`
//! (in constant memory) alone beside: those neither read a store nor ask who may see a row. The peak of
//! memory is that of the export, for the kernel's mark is set back before it.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::export::Asked;
use app::intake::stream::Options as StreamOptions;
use app::{Principal, System};
use model::{RecordId, Timestamp};
use rust_xlsxwriter::Workbook;

use crate::report::{Measurement, timed};
use crate::store::{self, Fault, Home, OwnMemory, Surroundings, peak_mb};

/// Rows that are exported where nobody says otherwise.
const ROWS: u64 = 1_000_000;
/// Cells of a row with something in them, for the peers.
const CELLS: usize = 16;

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| {
        let rows = options.stream.unwrap_or(ROWS);
        let home = Home::empty(&options)?;
        let system = Arc::new(home.open().await?);
        fill(&system, rows).await?;
        tokio::task::spawn_blocking(move || drop(system)).await?;
        let system = Arc::new(home.open().await?);
        let folder = home.folder().join("exported");
        std::fs::create_dir_all(&folder)?;
        for (format, peer) in [("csv", "csv"), ("xlsx", "rust_xlsxwriter"), ("jsonl", "")] {
            let path = folder.join(format!("rows.{format}"));
            let surroundings = Surroundings::of(home.folder())?;
            // "5" sets the mark of the most memory back (proc(5)).
            let _ = std::fs::write("/proc/self/clear_refs", "5");
            let memory = OwnMemory::watch();
            let (written, time) = export(&system, format, &path).await?;
            if written != rows {
                return Err(format!("{written} of {rows} rows are written").into());
            }
            let mut found = surroundings
                .measurement("export", &format!("all of a kind to {format}"), rows)
                .with("engine", options.engine())
                .took(time)
                .with("peak_rss_mb", peak_mb()?)
                .with("peak_own_mb", memory.most_mb())
                .with("bytes", std::fs::metadata(&path)?.len());
            if !peer.is_empty() {
                let (wrote, time) = timed(|| match peer {
                    "csv" => write_csv(&path, rows),
                    _ => write_xlsx(&path, rows),
                });
                wrote?;
                found =
                    found.peer(peer, Measurement::new("export", "writing alone", rows).took(time));
            }
            found.print();
        }
        Ok(())
    })
}

async fn fill(system: &Arc<System>, rows: u64) -> Result<(), Fault> {
    let mut stream = system.begin_stream(&Principal::operator(), StreamOptions::default())?;
    let mut text = String::new();
    for row in 0..rows {
        let mut random = [0; 10];
        random[2..].copy_from_slice(&row.to_be_bytes());
        let id = RecordId::new(Timestamp::from_micros(1_772_000_000_000_000), &random);
        let (day, region) = (row % 28 + 1, ["420106", "420102", "420502"][(row % 3) as usize]);
        let result = if row % 9 == 0 { "fail" } else { "pass" };
        let _ = writeln!(
            text,
            "{{\"id\":\"{id}\",\"kind\":\"inspection\",\"region\":\"{region}\",\
             \"valid_at\":\"2025-03-{day:02}T09:00:00+08:00\",\"source\":\"bench\",\"subjects\":\
             [{{\"role\":\"inspected\",\"id\":\"shop:{}\"}}],\"open\":{{\"inspection_no\":\
             \"J-2025-{row:07}\",\"inspected_on\":\"2025-03-{day:02}\",\"sort\":\"daily\",\"result\":\
             \"{result}\",\"minor_count\":{}}}}}",
            row % 50_000,
            row % 7,
        );
        if text.len() > 1 << 20 || row + 1 == rows {
            stream.push(text.as_bytes()).await?;
            text.clear();
        }
    }
    let report = stream.finish().await?;
    if report.stored != rows {
        return Err(format!("{} of {rows} rows are stored", report.stored).into());
    }
    let (system, last) = (Arc::clone(system), report.closing.position);
    while !system.readings().watermark().wait_for(last, Duration::from_secs(60)).await {}
    Ok(())
}

async fn export(system: &Arc<System>, format: &str, path: &Path) -> Result<(u64, Duration), Fault> {
    let asked =
        Asked { kind: "inspection".to_owned(), format: format.to_owned(), ..Asked::default() };
    let start = Instant::now();
    let out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut exporting = system.begin_export(&Principal::operator(), asked, out).await?;
    while exporting.step().await?.is_some() {}
    let (file, written) = exporting.finish()?;
    let file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok((written.rows, start.elapsed()))
}

fn cell(row: u64, column: usize) -> String {
    format!("J-2025-{row:07}-{column:02}")
}

fn write_csv(path: &Path, rows: u64) -> Result<(), Fault> {
    let mut out = csv::Writer::from_path(path)?;
    for row in 0..rows {
        out.write_record((0..CELLS).map(|column| cell(row, column)))?;
    }
    Ok(out.flush()?)
}

fn write_xlsx(path: &Path, rows: u64) -> Result<(), Fault> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory();
    for row in 0..rows.min(1_048_575) {
        for column in 0..CELLS {
            sheet.write_string(row as u32, column as u16, cell(row, column))?;
        }
    }
    Ok(book.save(path)?)
}
