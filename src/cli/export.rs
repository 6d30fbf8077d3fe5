//! `zhiheng export`: all records of a kind that are filtered, as a file.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use app::export::Asked;
use app::{Principal, Rejection};
use clap::ValueEnum;

use super::installation::{Installation, runtime, told};
use super::{Fault, Outcome};

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Xlsx,
    Csv,
    Jsonl,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// By how the name of a file ends.
    fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Self::value_variants().iter().copied().find(|format| format.word() == ending)
    }
}

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
    /// The kind of record, such as inspection
    kind: String,
    /// Where to write it; how the name ends says the format
    file: PathBuf,
    /// The format, if the name does not say it
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Only what this holds of, such as "result == 'fail'"
    #[arg(long, value_name = "CONDITION")]
    filter: Option<String>,
    /// Only this division with all below it, GB/T 2260
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// As of the first so many records
    #[arg(long, value_name = "COUNT")]
    known: Option<u64>,
    /// With what records say of persons; needs --purpose
    #[arg(long)]
    personal: bool,
    /// What for; stands in the file and in the audit trail
    #[arg(long, value_name = "TEXT", default_value = "")]
    purpose: String,
    /// Headings in English
    #[arg(long)]
    english: bool,
}

/// Makes the file anew; what says something of persons nobody else on the machine may read.
fn create(path: &Path, personal: bool) -> std::io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if personal {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = personal;
    options.open(path)
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let Some(format) = args.format.or_else(|| Format::of(&args.file)) else {
        return Err("name the file .xlsx, .csv or .jsonl, or say --format".into());
    };
    let runtime = runtime()?;
    let system = args.installation.open_existing(&runtime)?;
    let who = Principal::operator();
    let path = &args.file;
    runtime.block_on(async {
        let known = match args.known {
            Some(known) => Some(known),
            None => Some(system.reader().size().await?),
        };
        let asked = Asked {
            kind: args.kind,
            filter: args.filter,
            region: args.region,
            known,
            format: format.word().to_owned(),
            personal: args.personal,
            purpose: args.purpose,
            english: args.english,
            ..Asked::default()
        };
        let (asked, rows) = match system.export_size(&who, asked).await {
            Ok(found) => found,
            Err(Rejection::Store(error)) => return Err(error.into()),
            Err(rejection) => {
                writeln!(out, "{rejection}")?;
                return Ok(Outcome::Wrong);
            }
        };
        writeln!(out, "{rows} rows, as of record {}", asked.known.unwrap_or_default())?;
        out.flush()?;
        // Beside it, and put in its place when it is whole: nobody takes a part for the file.
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let cannot = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
        let file = create(&part, asked.personal).map_err(cannot)?;
        let written = async {
            let out = BufWriter::with_capacity(1 << 20, file);
            let writing = async {
                let mut exporting = system.begin_export(&who, asked, out).await?;
                while exporting.step().await?.is_some() {}
                exporting.finish()
            };
            let (out, written) = writing.await.map_err(|rejection| told(&rejection))?;
            let file = out.into_inner().map_err(|e| cannot(e.into_error()))?;
            file.sync_all().map_err(cannot)?;
            std::fs::rename(&part, path).map_err(cannot)?;
            Ok::<_, Fault>(written)
        };
        let written = match written.await {
            Ok(written) => written,
            Err(fault) => {
                let _ = std::fs::remove_file(&part);
                return Err(fault);
            }
        };
        write!(out, "{} rows written to {}", written.rows, path.display())?;
        if written.sheets > 1 {
            write!(out, ", on {} sheets", written.sheets)?;
        }
        writeln!(out)?;
        if written.cut > 0 {
            let cut = written.cut;
            writeln!(out, "{cut} texts were longer than a cell and end with words that say so")?;
        }
        Ok(Outcome::Good)
    })
}
