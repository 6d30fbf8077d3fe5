//! `zhiheng serve`: the program over HTTP.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tokio::net::TcpListener;

use super::installation::{Installation, runtime};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
    /// Where to listen; put a proxy that speaks TLS before it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
    /// The address of a proxy on another machine, whose word counts for where a request comes from;
    /// may be repeated. One on this machine need not be named
    #[arg(long = "proxy", value_name = "IP")]
    proxies: Vec<std::net::IpAddr>,
    /// A file of certificates (PEM) of authorities that vouch for receivers of events over HTTPS, beside
    /// those that this machine trusts
    #[arg(long, value_name = "FILE", env = "ZHIHENG_TRUST")]
    trust: Option<PathBuf>,
    /// The relay for e-mail, as 127.0.0.1:25: a mail server of the office that takes letters from here in
    /// the clear and sends them on. Without it nobody is told by e-mail
    #[arg(long, value_name = "HOST:PORT", env = "ZHIHENG_MAIL_RELAY", requires = "mail_from")]
    mail_relay: Option<String>,
    /// Whom letters are from
    #[arg(long, value_name = "ADDRESS", env = "ZHIHENG_MAIL_FROM")]
    mail_from: Option<String>,
    /// The address under which people reach this program, for links in notices
    #[arg(long, value_name = "URL", env = "ZHIHENG_PUBLIC_ADDRESS")]
    public_address: Option<String>,
    /// A program that puts an electronic seal on a document: it is given HTML and writes a PDF
    #[arg(long, value_name = "PROGRAM", env = "ZHIHENG_SEAL_PROGRAM")]
    seal_program: Option<PathBuf>,
    /// A program that looks for viruses in a file: it ends with 0 where it is clean, with 1 where not
    #[arg(long, value_name = "PROGRAM", env = "ZHIHENG_SCAN_PROGRAM")]
    scan_program: Option<PathBuf>,
    /// Tell more of what happens: info, debug
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log_level: tracing::level_filters::LevelFilter,
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    serve(args, out)
}

/// A demonstration in a folder, until the program is asked to stop.
pub fn demonstration(
    folder: &Path,
    listen: SocketAddr,
    out: &mut impl Write,
) -> Result<Outcome, Fault> {
    let installation = Installation {
        data: folder.to_owned(),
        database: None,
        pack: None,
        origin: None,
        new_log: false,
    };
    let log_level = tracing::level_filters::LevelFilter::WARN;
    let args = Args {
        installation,
        listen,
        proxies: Vec::new(),
        trust: None,
        mail_relay: None,
        mail_from: None,
        public_address: None,
        seal_program: None,
        scan_program: None,
        log_level,
    };
    serve(args, out)
}

fn serve(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    tracing_subscriber::fmt()
        .with_max_level(args.log_level)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .init();
    let trust = match &args.trust {
        Some(file) => web::Trust::with_authorities(file)?,
        None => web::Trust::default(),
    };
    let relay = match (&args.mail_relay, &args.mail_from) {
        (Some(relay), Some(from)) => Some(app::notice::Relay::new(relay, from)?),
        _ => None,
    };
    let runtime = runtime()?;
    let listener = runtime.block_on(TcpListener::bind(args.listen));
    let listener = listener.map_err(|e| format!("cannot listen on {}: {e}", args.listen))?;
    let address = listener.local_addr()?;
    let base = match &args.public_address {
        Some(base) => base.trim_end_matches('/').to_owned(),
        None => format!("http://{address}"),
    };
    let system = args.installation.open(&runtime)?;
    web::may_serve(&system, address, &args.proxies)?;
    system.use_programs(app::program::Programs {
        seal: args.seal_program,
        scan: args.scan_program,
        patience: None,
    });
    {
        // It is made while the first who ask are on their way.
        let _inside = runtime.enter();
        system.registry().start();
        system.chain().start();
    }
    let published = system.published();
    // The line that a supervisor or a test waits for.
    writeln!(out, "listening on http://{address}")?;
    out.flush()?;
    let (pack, now) = (system.pack(), system.clock().now());
    let links = app::people::link::first_links(system.reader(), &pack, now, None);
    match runtime.block_on(links) {
        // Whoever starts it may have read the first line and gone.
        Ok(links) => links.iter().for_each(|link| {
            let _ = super::account::write_link(out, &format!("http://{address}"), link);
            let _ = out.flush();
        }),
        Err(error) => tracing::error!(%error, "no links for the administrators"),
    }
    tracing::info!(origin = published.origin, records = published.records, "the log is signed");
    let telling = web::Telling { relay, base };
    let setting = web::Setting { proxies: args.proxies, trust, telling, ..web::Setting::default() };
    runtime.block_on(web::serve_as(system, setting, listener, stopped()))?;
    tracing::info!("stopped");
    Ok(Outcome::Good)
}

/// Comes when the program is asked to stop.
pub async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
