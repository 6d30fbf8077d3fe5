//! `zhiheng pack`: what is wrong with an institution pack, what it covers, and what a change
//! of pack changes.

mod json;
mod text;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use pack::{Fault as PackFault, Language, Pack};
use serde_json::{Value, json};

use self::json::{change_json, check_json};
use self::text::write_check;
use super::installation::{address, runtime, told};
use super::{Fault, Outcome};
use crate::pack_files::PackFiles;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Report the faults of a pack with file, line and remedy, then what it covers, article by
    /// article; exit status 1 if there are faults
    Check(CheckArgs),
    /// Say in words what NEW changes of OLD
    Diff(DiffArgs),
    /// Write the files of a pack that was in force to a folder
    Get(GetArgs),
}

/// Where packs are kept that were in force.
#[derive(clap::Args)]
struct Kept {
    /// The folder of the installation that keeps a pack that is named by its digest
    #[arg(long, value_name = "DIR", default_value = "zhiheng-data", env = "ZHIHENG_DATA")]
    data: PathBuf,
    /// Its store, if it is PostgreSQL: postgres://user@host/database
    #[arg(long, value_name = "URL", env = "ZHIHENG_DATABASE", hide_env_values = true)]
    database: Option<String>,
}

#[derive(clap::Args)]
struct GetArgs {
    /// The digest of a pack that was in force: eight digits at least
    digest: String,
    /// The folder to write it to; it must not be there
    dir: PathBuf,
    #[command(flatten)]
    kept: Kept,
}

#[derive(clap::Args)]
struct CheckArgs {
    /// The folder of the pack (default: the built-in pack of Hubei)
    dir: Option<PathBuf>,
    /// Answer as JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct DiffArgs {
    /// The folder of the old pack, or the digest (eight digits at least) of one that was in force
    old: PathBuf,
    /// The folder of the new pack, or a digest
    new: PathBuf,
    #[command(flatten)]
    kept: Kept,
    /// The language of the answer: zh or en
    #[arg(long, default_value = "en", value_parser = ["zh", "en"])]
    lang: String,
    /// Answer as JSON, in both languages
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    match args.command {
        Command::Check(args) => check(args, out),
        Command::Diff(args) => diff(args, out),
        Command::Get(args) => get(&args, out),
    }
}

fn check(args: CheckArgs, out: &mut impl Write) -> Result<Outcome, Fault> {
    let check = pack::check(PackFiles::open(args.dir).all()?);
    if args.json {
        writeln!(out, "{:#}", check_json(&check))?;
    } else {
        write_check(out, &check)?;
    }
    Ok(if check.faults.is_empty() { Outcome::Good } else { Outcome::Wrong })
}

fn diff(args: DiffArgs, out: &mut impl Write) -> Result<Outcome, Fault> {
    let (old, new) = (sound(args.old, &args.kept)?, sound(args.new, &args.kept)?);
    let changes = pack::diff(&old, &new);
    if args.json {
        let changes: Vec<Value> = changes.iter().map(change_json).collect();
        let side = |pack: &Pack| {
            json!({
                "version": pack.manifest().version,
                "digest": pack.digest().to_string(),
            })
        };
        let answer = json!({ "old": side(&old), "new": side(&new), "changes": changes });
        writeln!(out, "{answer:#}")?;
        return Ok(Outcome::Good);
    }
    let language = if args.lang == "zh" { Language::Zh } else { Language::En };
    for change in &changes {
        writeln!(out, "{}", change.say(language))?;
    }
    if changes.is_empty() {
        writeln!(out, "{}", no_change(&old, &new, language))?;
    }
    Ok(Outcome::Good)
}

/// Whether a text can be the digest of a pack, whole or cut off.
fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    (8..=64).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

impl Kept {
    fn files(&self, digest: &str) -> Result<app::archived::Files, Fault> {
        let address = address(self.database.as_deref(), &self.data)?;
        let found = runtime()?.block_on(async {
            let reader = store::Reader::open(&address).await?;
            app::archived::files(reader.db(), digest).await
        });
        found.map_err(|rejection| told(&rejection))
    }
}

fn get(args: &GetArgs, out: &mut impl Write) -> Result<Outcome, Fault> {
    let GetArgs { digest, dir, kept } = args;
    if dir.exists() {
        return Err(format!("{} is there already; name another folder", dir.display()).into());
    }
    let files = kept.files(digest)?;
    for (path, content) in &files {
        // A pack's own paths; none of them leads out of the folder.
        let is_inside = path.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
        if !is_inside {
            return Err(format!("the pack has a file {path}, which lies in no folder").into());
        }
        let path = dir.join(path);
        let cannot = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(cannot)?;
        }
        std::fs::write(&path, content).map_err(cannot)?;
    }
    writeln!(out, "{} files in {}", files.len(), dir.display())?;
    Ok(Outcome::Good)
}

/// What to say where nothing that the pack says changes, though its texts may.
fn no_change(old: &Pack, new: &Pack, language: Language) -> String {
    let (was, is) = (old.files(), new.files());
    let paths: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let other: Vec<&str> =
        paths.iter().filter(|path| was.get(**path) != is.get(**path)).map(|p| p.as_str()).collect();
    match (language, other.is_empty()) {
        (Language::Zh, true) => "两个规则包没有差别".to_owned(),
        (Language::En, true) => "the two packs do not differ".to_owned(),
        (Language::Zh, false) => {
            format!("内容没有变化；仅注释、顺序或者排版不同：{}", other.join("、"))
        }
        (Language::En, false) => format!(
            "nothing that the pack says changes; notes, order or layout differ in {}",
            other.join(", ")
        ),
    }
}

/// A pack without faults, so that every difference is one of meaning.
fn sound(dir: PathBuf, kept: &Kept) -> Result<Pack, Fault> {
    let shown = dir.display().to_string();
    // What could be a folder is one, unless it is not there.
    let loaded = match is_digest(&shown) && !dir.exists() {
        true => Pack::load(kept.files(&shown)?),
        false => Pack::load(PackFiles::open(Some(dir)).all()?),
    };
    loaded.map_err(|faults| {
        let (first, more) = (faults.0.first(), faults.0.len().saturating_sub(1));
        let first = first.map_or_else(String::new, PackFault::to_string);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        format!("{shown} has faults: {first}{more}; `zhiheng pack check {shown}` says them all")
            .into()
    })
}
