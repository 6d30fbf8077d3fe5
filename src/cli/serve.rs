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
    serve(Args { installation, listen, proxies: Vec::new(), trust: None, log_level }, out)
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
    let runtime = runtime()?;
    let listener = runtime.block_on(TcpListener::bind(args.listen));
    let listener = listener.map_err(|e| format!("cannot listen on {}: {e}", args.listen))?;
    let address = listener.local_addr()?;
    let system = args.installation.open(&runtime)?;
    web::may_serve(&system, address, &args.proxies)?;
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
    let setting = web::Setting { proxies: args.proxies, trust, ..web::Setting::default() };
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
