//! `zhiheng demo`: a province to look at, made anew where there is none yet, and served.
//!
//! It is made in a folder beside, which takes its place only when it is whole: broken off, nothing
//! looks as if it were. A demonstration stays one ([`app::demonstration`]).

use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use app::demonstration::{Making, NewPerson};
use app::people::account::NewAccount;
use app::{Rejection, Settings, System};
use clock::{Known, Region};
use demo::look::Look;
use demo::{Act, Plan, Province, Scale};
use model::Timestamp;
use pack::Pack;

use super::installation::{load_pack, runtime, told};
use super::{Fault, Outcome};
use crate::pack_files::PackFiles;

#[derive(clap::Args)]
pub struct Args {
    /// Another seed, another province
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How large: small has 5,000 organizations, city 200,000, province 1,000,000
    #[arg(long, value_enum, default_value_t = Size::Small)]
    scale: Size,
    /// So many organizations, whatever the scale: for tests
    #[arg(long, hide = true, value_name = "COUNT")]
    organizations: Option<u32>,
    /// The folder; a demonstration that is there is served again, not made anew
    #[arg(long, value_name = "DIR", default_value = "zhiheng-demo")]
    dir: PathBuf,
    /// Make it, and do not serve it
    #[arg(long)]
    no_serve: bool,
    /// Where to listen; on this machine alone
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Size {
    Small,
    City,
    Province,
}

impl Size {
    fn scale(self) -> Scale {
        match self {
            Self::Small => Scale::SMALL,
            Self::City => Scale::CITY,
            Self::Province => Scale::PROVINCE,
        }
    }
}

/// The file beside the store that says from what it was made.
const MADE_OF: &str = "demonstration.txt";
/// The ending of the folder in which one is made.
const DRAFT: &str = "being-made";

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    if !args.listen.ip().is_loopback() {
        let listen = args.listen;
        return Err(format!(
            "a demonstration is not served on {listen}: everybody who reaches it is logged in by one click; use --listen 127.0.0.1:8420"
        )
        .into());
    }
    let runtime = runtime()?;
    let pack = load_pack(None)?;
    if !args.dir.join(MADE_OF).is_file() {
        if is_taken(&args.dir)? {
            let dir = args.dir.display();
            return Err(format!(
                "{dir} is no demonstration, and has something in it; name another folder with --dir"
            )
            .into());
        }
        let made = runtime.block_on(async {
            tokio::select! {
                made = make(&args, Arc::clone(&pack), out) => made.map(|()| true),
                () = super::serve::stopped() => Ok(false),
            }
        });
        match made {
            Ok(true) => {}
            Ok(false) => {
                // Nothing of it is to be found, and nothing of it is still being written.
                runtime.shutdown_timeout(std::time::Duration::from_secs(30));
                remove(&draft(&args.dir))?;
                return Err("the making was broken off; nothing is left of it".into());
            }
            Err(fault) => {
                runtime.shutdown_timeout(std::time::Duration::from_secs(30));
                remove(&draft(&args.dir))?;
                return Err(fault);
            }
        }
    }
    tell(&args.dir, out)?;
    if args.no_serve {
        let dir = args.dir.display();
        writeln!(out, "\nserve it: zhiheng demo --dir {dir}")?;
        return Ok(Outcome::Good);
    }
    super::serve::demonstration(&args.dir, args.listen, out)
}

/// Whether there is something in a folder.
fn is_taken(dir: &Path) -> Result<bool, Fault> {
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(format!("cannot read {}: {e}", dir.display()).into()),
    }
}

fn draft(dir: &Path) -> PathBuf {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    dir.with_file_name(format!("{name}.{DRAFT}"))
}

fn remove(dir: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {e}", dir.display()).into())
        }
        _ => Ok(()),
    }
}

/// Makes it beside, and puts it in its place.
async fn make(args: &Args, pack: Arc<Pack>, out: &mut impl Write) -> Result<(), Fault> {
    let started = Instant::now();
    let draft = draft(&args.dir);
    // What another one left that was killed; one that is being made holds its lock.
    if let Ok(lock) = File::open(draft.join("lock"))
        && lock.try_lock().is_err()
    {
        let draft = draft.display();
        return Err(format!("another process makes a demonstration in {draft}; wait for it").into());
    }
    remove(&draft)?;
    let until = app::time::Clock::starting_at(Timestamp::from_micros(0)).now();
    let calendar = PackFiles::open(None).calendar()?;
    let days = calendar.working_days(Region::CHINA, Known::Latest)?;
    let scale = match args.organizations {
        Some(organizations) => Scale { organizations },
        None => args.scale.scale(),
    };
    let plan = Plan { seed: args.seed, scale, until };
    let mut province = Province::new(plan, Arc::clone(&pack), &days)?;
    let organizations = plan.scale.organizations;
    writeln!(out, "making a province of {organizations} organizations, seed {}", args.seed)?;
    out.flush()?;
    let settings = Settings::in_folder(&draft);
    let mut making = Making::begin(settings, pack, province.begins()).await?;
    // One after the other, so that they are shown in this order.
    let begins = province.begins().micros();
    for (number, (account, organization)) in (0..).zip(province.accounts()) {
        let at = Timestamp::from_micros(begins + number * 1_000_000);
        let person = NewPerson {
            held_in: account.office.clone().or_else(|| organization.clone()),
            role: account.role,
            account: NewAccount {
                login: account.login,
                name: account.name,
                sort: account.sort,
                organization,
            },
        };
        making.person(at, &person).await.map_err(|e| told(&e))?;
    }
    let mut shown = Instant::now();
    while let Some(acts) = province.acts() {
        for act in acts {
            take(&mut making, act).await.map_err(|e| told(&e))?;
        }
        if shown.elapsed().as_secs() >= 5 {
            writeln!(out, "  {} records", making.records())?;
            out.flush()?;
            shown = Instant::now();
        }
    }
    let system = making.finish().await.map_err(|e| told(&e))?;
    let records = system.reader().size().await?;
    close(system).await?;
    // What was made is known only now.
    let look = province.look();
    let mut text = String::new();
    summary(&mut text, &look);
    write_durably(
        &draft.join(MADE_OF),
        &format!("{records} records, seed {}, until {until}\n{text}", args.seed),
    )?;
    if args.dir.exists() {
        // Empty, as was seen; where it is not any more, this fails.
        fs::remove_dir(&args.dir).map_err(|e| format!("cannot use {}: {e}", args.dir.display()))?;
    }
    fs::rename(&draft, &args.dir)
        .map_err(|e| format!("cannot put {} in its place: {e}", args.dir.display()))?;
    if let Some(above) = args.dir.parent() {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        File::open(above).and_then(|folder| folder.sync_all())?;
    }
    let seconds = started.elapsed().as_secs_f64();
    writeln!(out, "made {records} records in {seconds:.1} s: {}", args.dir.display())?;
    Ok(())
}

async fn take(making: &mut Making, act: Act) -> Result<(), Rejection> {
    match act {
        Act::Record { at, by, account, draft } => making.record_by(at, by, account, draft).await,
        Act::Batch { at, by, batch, drafts } => making.batch(at, &by, batch, drafts).await,
        Act::Event { at, by, region, event } => making.event(at, by, region, event).await,
        Act::Withdraw { at, by, target, reason } => making.withdraw(at, &by, target, &reason).await,
    }
}

/// Ends a program once nothing of it is under way any more: its files are to be moved.
async fn close(mut system: Arc<System>) -> Result<(), Fault> {
    for _ in 0..1_000 {
        match Arc::try_unwrap(system) {
            Ok(system) => {
                tokio::task::spawn_blocking(move || drop(system)).await?;
                return Ok(());
            }
            Err(shared) => system = shared,
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    Err("the store does not come to rest; try again".into())
}

fn write_durably(path: &Path, text: &str) -> Result<(), Fault> {
    let cannot = |e| format!("cannot write {}: {e}", path.display());
    let mut file = File::create(path).map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)?;
    file.sync_all().map_err(cannot)?;
    Ok(())
}

/// What to look at first, in both languages.
fn summary(text: &mut String, look: &Look) {
    use std::fmt::Write as _;
    let _ = writeln!(text, "\n看什么 / what to look at first");
    for sight in &look.enterprises {
        let subject = sight.subject.as_deref().unwrap_or_default();
        let _ = writeln!(text, "  {}  /archive/{subject}", sight.name);
        let _ = writeln!(text, "    {}\n    {}", sight.zh, sight.en);
    }
    let _ = writeln!(
        text,
        "\n案件 / a case to begin with, as 武昌区局执法人员 / the officer of Wuchang"
    );
    for sight in &look.cases {
        let case = sight.subject.as_deref().unwrap_or_default();
        let _ = writeln!(text, "  {}  /console/cases/{case}", sight.name);
        let _ = writeln!(text, "    {}\n    {}", sight.zh, sight.en);
    }
    let _ = writeln!(text, "\n聚集 / clusters in place and time, for risk monitoring to find");
    for sight in &look.clusters {
        let _ = writeln!(text, "  {} / {}", sight.zh, sight.en);
    }
    let _ = writeln!(text, "\n追溯 / traceability: look in /console/trace, or scan");
    for sight in &look.chains {
        let subject = sight.subject.as_deref().unwrap_or_default();
        match subject.strip_prefix("https://id.gs1.org") {
            Some(path) => _ = writeln!(text, "  {}  /item{path}", sight.name),
            None => _ = writeln!(text, "  {}", sight.name),
        }
        let _ = writeln!(text, "    /console/trace?q={}", encoded(subject));
        let _ = writeln!(text, "    {}\n    {}", sight.zh, sight.en);
    }
    let _ = writeln!(text, "\n进入 / to enter: /login, 一键选择岗位 / choose a role by one click");
}

/// An id as a parameter of an address.
fn encoded(id: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/:".contains(&b);
    let mut text = String::with_capacity(id.len());
    for byte in id.bytes() {
        match plain(byte) {
            true => text.push(char::from(byte)),
            false => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// Shows what was written when it was made.
fn tell(dir: &Path, out: &mut impl Write) -> Result<(), Fault> {
    let path = dir.join(MADE_OF);
    let text =
        fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    write!(out, "\n{text}")?;
    out.flush()?;
    Ok(())
}
