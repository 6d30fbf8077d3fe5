//! `zhiheng backup` and `zhiheng restore`.
//!
//! The keys in the folder of the installation are not in a backup: they are to be kept apart from
//! it, or whoever has the backup can read what is personal.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use app::attachment::Files;
use app::backup::{self, Summary};
use store::Reader;

use super::installation::{Installation, runtime};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct BackupArgs {
    #[command(flatten)]
    installation: Installation,
    /// The file to write; it must not be there
    file: PathBuf,
}

#[derive(clap::Args)]
pub struct RestoreArgs {
    #[command(flatten)]
    installation: Installation,
    /// The file to restore
    file: PathBuf,
    /// Only say whether the file is whole
    #[arg(long)]
    check: bool,
}

/// Writes a backup; the program may run meanwhile.
pub fn write(args: BackupArgs, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    let path = &args.file;
    let cannot = |action: &str, path: &Path, e: &std::io::Error| -> Fault {
        format!("cannot {action} {}: {e}", path.display()).into()
    };
    if path.exists() {
        return Err(format!("{} is there already; name another file", path.display()).into());
    }
    // Under another name first: a backup that is there is whole.
    let draft = path.with_extension("part");
    let file = File::create(&draft).map_err(|e| cannot("write", &draft, &e))?;
    let written = runtime.block_on(async {
        let reader = Reader::open(&args.installation.address()?).await?;
        let mut file = BufWriter::with_capacity(1 << 20, file);
        let files = Files::of(&args.installation.data);
        let summary = backup::write(&reader, &files, &mut file).await?;
        file.into_inner().map_err(|e| e.into_error())?.sync_all()?;
        Ok::<_, Fault>(summary)
    });
    let summary = match written {
        Ok(summary) => summary,
        Err(fault) => {
            let _ = std::fs::remove_file(&draft);
            return Err(fault);
        }
    };
    std::fs::rename(&draft, path).map_err(|e| cannot("make", path, &e))?;
    tell("written", &summary, out)?;
    writeln!(out, "  keep the keys apart: {}", args.installation.data.join("keys").display())?;
    Ok(Outcome::Good)
}

/// Restores a backup into an empty store.
pub fn restore(args: RestoreArgs, out: &mut impl Write) -> Result<Outcome, Fault> {
    let path = &args.file;
    let open = || -> Result<BufReader<File>, Fault> {
        let file = File::open(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        Ok(BufReader::with_capacity(1 << 20, file))
    };
    // Read to its end before anything is stored.
    let summary = match backup::check(open()?) {
        Ok(summary) => summary,
        Err(fault @ backup::BackupError::Wrong { .. }) => {
            writeln!(out, "wrong: {fault}")?;
            return Ok(Outcome::Wrong);
        }
        Err(fault) => return Err(fault.into()),
    };
    if args.check {
        tell("whole", &summary, out)?;
        return Ok(Outcome::Good);
    }
    let keys = args.installation.data.join("keys").join("master.key");
    if summary.persons > 0 && !keys.is_file() {
        let keys = keys.display();
        return Err(format!(
            "{keys} is missing: put the keys of the store back first, or nothing personal can be read"
        )
        .into());
    }
    let runtime = runtime()?;
    let restored = runtime.block_on(async {
        let address = args.installation.address()?;
        let files = Files::of(&args.installation.data);
        Ok::<_, Fault>(backup::restore(&address, &files, open()?).await?)
    })?;
    tell("restored", &restored, out)?;
    writeln!(out, "  at its next start the store begins a new log, which names the old one")?;
    Ok(Outcome::Good)
}

fn tell(what: &str, summary: &Summary, out: &mut impl Write) -> Result<(), Fault> {
    let Summary { records, persons, files, lost, digest } = summary;
    writeln!(out, "{what}: {records} records, keys of {persons} persons, {files} attached files")?;
    for lost in lost {
        writeln!(out, "  not there, or changed: the attached file {lost}")?;
    }
    writeln!(out, "  {digest}")?;
    Ok(())
}
