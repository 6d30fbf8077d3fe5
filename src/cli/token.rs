//! `zhiheng token`: who may send by program. The server may run meanwhile.

use std::io::Write;

use app::token::{self, NewToken};
use model::Timestamp;
use store::{Db, Reader};
use tokio::runtime::Runtime;

use super::installation::{Installation, runtime, told};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a token; its text is shown this once
    Add(AddArgs),
    /// List all tokens, without their texts
    List {
        #[command(flatten)]
        installation: Installation,
    },
    /// Take a token back
    Revoke {
        #[command(flatten)]
        installation: Installation,
        /// The name that the token was given
        name: String,
    },
}

#[derive(clap::Args)]
struct AddArgs {
    #[command(flatten)]
    installation: Installation,
    /// What the token is for
    name: String,
    /// The office or organization that sends with it, as uscc:…
    #[arg(long, value_name = "ID")]
    on_behalf_of: String,
    /// The office in which its permissions count
    #[arg(long, value_name = "ID")]
    office: Option<String>,
    /// A permission of the pack, as report.issue, or * for all; may be repeated
    #[arg(long = "permission", value_name = "PERMISSION", required = true)]
    permissions: Vec<String>,
    /// How many days it lives
    #[arg(long, default_value_t = 365)]
    days: u32,
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    match args.command {
        Command::Add(args) => add(args, &runtime, out),
        Command::List { installation } => list(&installation, &runtime, out),
        Command::Revoke { installation, name } => {
            let db = open(&installation, &runtime)?;
            let data = &installation.data;
            match runtime.block_on(token::revoke(&db, data, now(), &name)) {
                Ok(()) => {
                    writeln!(
                        out,
                        "revoked {name}; it is refused from now on, by servers on other machines within seconds"
                    )?;
                    Ok(Outcome::Good)
                }
                Err(rejection) => Err(told(&rejection)),
            }
        }
    }
}

/// The store, made first where there is none.
fn open(installation: &Installation, runtime: &Runtime) -> Result<Db, Fault> {
    let address = installation.address()?;
    let reader = match runtime.block_on(Reader::open(&address)) {
        Ok(reader) if runtime.block_on(reader.size()).is_ok() => reader,
        _ => {
            drop(installation.open(runtime)?);
            runtime.block_on(Reader::open(&address))?
        }
    };
    Ok(reader.db().clone())
}

fn now() -> Timestamp {
    app::time::Clock::starting_at(Timestamp::from_micros(0)).now()
}

fn add(args: AddArgs, runtime: &Runtime, out: &mut impl Write) -> Result<Outcome, Fault> {
    let pack = args.installation.load_pack()?;
    let db = open(&args.installation, runtime)?;
    let new = NewToken {
        name: args.name,
        on_behalf_of: args.on_behalf_of,
        office: args.office,
        permissions: args.permissions,
        days: args.days,
    };
    let (text, made) =
        runtime.block_on(token::create(&db, &pack, now(), new)).map_err(|e| told(&e))?;
    writeln!(out, "{text}")?;
    writeln!(out, "  for {}, until {}; it is not shown again", made.name, made.expires_at)?;
    Ok(Outcome::Good)
}

fn list(
    installation: &Installation,
    runtime: &Runtime,
    out: &mut impl Write,
) -> Result<Outcome, Fault> {
    let db = open(installation, runtime)?;
    let tokens = runtime.block_on(token::list(&db))?;
    let now = now();
    for token in &tokens {
        let state = match token.revoked_at {
            Some(at) => format!("revoked {at}"),
            None if token.expires_at <= now => format!("expired {}", token.expires_at),
            None => format!("until {}", token.expires_at),
        };
        let who = &token.principal;
        let permissions: Vec<&str> = who.permissions.iter().map(String::as_str).collect();
        let permissions = permissions.join(" ");
        writeln!(out, "{}  for {}  {state}  {permissions}", token.name, who.on_behalf_of)?;
    }
    if tokens.is_empty() {
        writeln!(out, "no token yet; make one with `zhiheng token add`")?;
    }
    Ok(Outcome::Good)
}
