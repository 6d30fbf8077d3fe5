//! `zhiheng account`: people who log in. The server may run meanwhile.

use std::io::Write;

use app::people::account::normal;
use app::people::link::{Link, first_links};
use model::Timestamp;
use store::Reader;

use super::installation::{Installation, runtime, told};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a new one-time link for each administrator's role that nobody has, or for one of them
    Link {
        #[command(flatten)]
        installation: Installation,
        /// The role, as security-administrator
        #[arg(long)]
        role: Option<String>,
        /// Where the program is reached, for the address of the link
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8420")]
        at: String,
    },
    /// List all accounts, without what is secret
    List {
        #[command(flatten)]
        installation: Installation,
    },
    /// Open an account that is locked after failures, where the security administrator cannot
    Unlock {
        #[command(flatten)]
        installation: Installation,
        /// The login
        login: String,
    },
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    let open = |installation: &Installation| -> Result<Reader, Fault> {
        let address = installation.address()?;
        let found = runtime.block_on(Reader::open(&address));
        match found {
            Ok(reader) if runtime.block_on(reader.size()).is_ok() => Ok(reader),
            _ => {
                drop(installation.open(&runtime)?);
                Ok(runtime.block_on(Reader::open(&address))?)
            }
        }
    };
    match args.command {
        Command::Link { installation, role, at } => {
            let (reader, pack) = (open(&installation)?, installation.load_pack()?);
            let made = first_links(&reader, &pack, now(), role.as_deref());
            let links = runtime.block_on(made).map_err(|e| told(&e))?;
            if links.is_empty() {
                writeln!(out, "every administrator's role is held; nothing to do")?;
            }
            for link in &links {
                write_link(out, &at, link)?;
            }
        }
        Command::List { installation } => {
            let reader = open(&installation)?;
            let accounts = runtime.block_on(reader.db().accounts())?;
            for account in &accounts {
                let state = match (account.closed_at, account.locked_until) {
                    (Some(at), _) => format!("closed {at}"),
                    (None, Some(until)) if until > now() => format!("locked until {until}"),
                    _ if account.password.is_none() => "no password yet".to_owned(),
                    _ => "open".to_owned(),
                };
                writeln!(out, "{}  {}  {}  {state}", account.login, account.sort, account.id)?;
            }
            if accounts.is_empty() {
                writeln!(out, "no account yet; make the first with `zhiheng account link`")?;
            }
        }
        Command::Unlock { installation, login } => {
            let reader = open(&installation)?;
            let account = runtime.block_on(reader.db().account_of(&normal(&login)))?;
            let account = account.ok_or_else(|| {
                format!("there is no account {login}; see `zhiheng account list`")
            })?;
            let clear = store::account::clear_failures(&account.id);
            runtime.block_on(reader.db().write(vec![clear]))?;
            writeln!(out, "{} may log in again", account.login)?;
        }
    }
    Ok(Outcome::Good)
}

fn now() -> Timestamp {
    app::time::Clock::starting_at(Timestamp::from_micros(0)).now()
}

/// One line for a link, which is shown this once.
pub fn write_link(out: &mut impl Write, at: &str, link: &Link) -> std::io::Result<()> {
    let role = link.role.as_deref().unwrap_or_default();
    writeln!(out, "{role}: {}/link/{}", at.trim_end_matches('/'), link.text)?;
    writeln!(out, "  good once, until {}; it is not shown again", link.expires_at)
}
