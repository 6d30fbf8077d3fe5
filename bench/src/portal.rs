//! Figures of the public page of an enterprise, as a citizen's browser asks for it: over connections on
//! loopback, each page of another subject, none of them kept.
//!
//! `portal [--preload 1000000] [--subjects 200000] [--connections 64] [--seconds 20]`
//!
//! The server is the one of `zhiheng serve`; its clients are in the same process, on a thread of their
//! own, and share the machine's cores with it. The peer is a server that does nothing but answer a body
//! of the same length, asked in the same way: what is left of the ratio is what the page itself takes.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::{Settings, System};
use axum::Router;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use crate::archive::{Options, made};
use crate::store::http::Client;
use crate::store::{Fault, Surroundings, home};

/// Subjects that are asked for.
const SUBJECTS: usize = 10_000;
/// Time at the start that does not count.
const WARM_UP: Duration = Duration::from_secs(2);
/// What every whole page ends with.
const END: &[u8] = b"</html>";

/// How many ask, and how long.
pub(crate) struct Load {
    pub(crate) connections: usize,
    pub(crate) time: Duration,
}

impl Default for Load {
    fn default() -> Self {
        Self { connections: 64, time: Duration::from_secs(20) }
    }
}

struct Asked {
    store: Options,
    load: Load,
}

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let ran = || {
        let asked = read(args)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        match &asked.store.at {
            Some(at) => runtime.block_on(enterprises(at, &asked)),
            None => {
                let at = runtime.block_on(made(&asked.store))?;
                drop(runtime);
                let number = |n: u64| n.to_string();
                let status = Command::new(std::env::current_exe()?)
                    .args(["portal", "--at"])
                    .arg(at)
                    .args(["--preload", &number(asked.store.records)])
                    .args(["--subjects", &number(asked.store.subjects)])
                    .args(["--connections", &number(asked.load.connections as u64)])
                    .args(["--seconds", &number(asked.load.time.as_secs())])
                    .status()?;
                if status.success() { Ok(()) } else { Err("it could not be measured".into()) }
            }
        }
    };
    ran().map_err(|fault: Fault| -> Box<dyn std::error::Error> { fault })
}

fn read(args: &[String]) -> Result<Asked, Fault> {
    let store = Options { records: 1_000_000, subjects: 200_000, calls: 0, at: None };
    let mut asked = Asked { store, load: Load::default() };
    let mut args = args.iter();
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--preload" => asked.store.records = value.parse()?,
            "--subjects" => asked.store.subjects = value.parse()?,
            "--connections" => asked.load.connections = value.parse()?,
            "--seconds" => asked.load.time = Duration::from_secs(value.parse()?),
            "--at" => asked.store.at = Some(value.into()),
            _ => return Err(format!("{name} is no option").into()),
        }
    }
    Ok(asked)
}

async fn enterprises(folder: &Path, asked: &Asked) -> Result<(), Fault> {
    let system = System::open(Settings::in_folder(folder), home::hubei()?).await?;
    let system = Arc::new(system);
    system.registry().start();
    while system.registry().known().is_none() {
        if let Some(fault) = system.registry().fault() {
            return Err(fault.into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let ids = std::fs::read_to_string(folder.join("some"))?;
    let ids = ids.lines().take(SUBJECTS);
    let paths = ids.map(|id| (format!("/archive/{id}"), id.to_owned())).collect();
    let what = "enterprise page over HTTP on loopback";
    measure("portal", what, system, folder, paths, &asked.load).await
}

/// Asks the program for paths, each with what its page must have in it, and a bare server for bodies of
/// the same length.
pub(crate) async fn measure(
    bench: &str,
    what: &str,
    system: Arc<System>,
    folder: &Path,
    paths: Vec<(String, String)>,
    load: &Load,
) -> Result<(), Fault> {
    let (listener, address, stop, stopped) = bound().await?;
    let served = web::serve(Arc::clone(&system), listener, stopped);
    let server = tokio::spawn(served);
    let surroundings = Surroundings::of(folder)?;
    let records = system.reader().size().await?;
    let bare_paths = paths.iter().map(|(path, _)| (path.clone(), String::new())).collect();
    let pages = paths.len() as u64;
    let found = ask(address, paths, load).await?;
    let _ = stop.send(());
    server.await??;

    let length = usize::try_from(found.bytes / found.times.len().max(1) as u64)?;
    let body: Arc<str> = format!("{}{}", "x".repeat(length - END.len()), "</html>").into();
    let bare =
        Router::new().route("/{*path}", get(async move || axum::response::Html(body.to_string())));
    let (listener, address, ..) = bound().await?;
    let server = tokio::spawn(serve_bare(listener, bare));
    let peer = ask(address, bare_paths, load).await?;
    server.abort();

    let rate = |found: &Found| found.times.len() as f64 / load.time.as_secs_f64();
    let ratio = rate(&found) / rate(&peer);
    let figure = |what: &str, mut found: Found| {
        let n = found.times.len() as u64;
        let figure = surroundings.measurement(bench, what, n).with("engine", "sqlite");
        figure
            .with("records", records)
            .with("pages", pages)
            .with("connections", load.connections as u64)
            .with("html_bytes", length as u64)
            .took(load.time)
            .percentiles(&mut found.times)
    };
    let bare = figure("a body of the same length", peer);
    figure(what, found)
        .with("ratio_to_peer", (ratio * 1e3).round() / 1e3)
        .peer("a route of axum that answers a body of the same length", bare)
        .print();
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}

/// Serves connections as the program does, with nothing before the route.
async fn serve_bare(listener: TcpListener, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let service = TowerToHyperService::new(router.clone());
        let _ = stream.set_nodelay(true);
        let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(serving);
    }
}

type Stop = tokio::sync::oneshot::Sender<()>;

async fn bound()
-> Result<(TcpListener, SocketAddr, Stop, impl Future<Output = ()> + Send + 'static), Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    Ok((listener, address, stop, async move { _ = stopped.await }))
}

/// What clients saw.
struct Found {
    times: Vec<Duration>,
    bytes: u64,
}

/// Asks for the paths, one after the other on each connection, and holds every answer to what it must
/// have in it.
async fn ask(
    address: SocketAddr,
    paths: Vec<(String, String)>,
    load: &Load,
) -> Result<Found, Fault> {
    let (connections, time) = (load.connections, load.time);
    let paths: Arc<[(String, String)]> = paths.into();
    let asking = std::thread::spawn(move || -> Result<Found, Fault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let from = Instant::now() + WARM_UP;
            let until = from + time;
            let mut clients = tokio::task::JoinSet::new();
            for client in 0..connections {
                clients.spawn(one(address, Arc::clone(&paths), client, connections, from, until));
            }
            let mut all = Found { times: Vec::new(), bytes: 0 };
            while let Some(found) = clients.join_next().await {
                let found = found??;
                all.times.extend(found.times);
                all.bytes += found.bytes;
            }
            Ok(all)
        })
    });
    let asked = tokio::task::spawn_blocking(move || asking.join()).await?;
    asked.map_err(|_| "the clients broke down")?
}

async fn one(
    address: SocketAddr,
    paths: Arc<[(String, String)]>,
    client: usize,
    step: usize,
    from: Instant,
    until: Instant,
) -> Result<Found, Fault> {
    let mut found = Found { times: Vec::new(), bytes: 0 };
    let mut connection = Client::nobody(address).await?;
    let mut at = client;
    loop {
        let (path, says) = &paths[at % paths.len()];
        at += step;
        let start = Instant::now();
        if start >= until {
            return Ok(found);
        }
        let (status, body) = connection.get(path).await?;
        let took = start.elapsed();
        let code = says.rsplit(':').next().unwrap_or_default().as_bytes();
        let is_whole = body.trim_ascii_end().ends_with(END)
            && (code.is_empty() || body.windows(code.len()).any(|part| part == code));
        if status != 200 || !is_whole {
            return Err(format!("{status} {path}: {}", String::from_utf8_lossy(body)).into());
        }
        if start >= from {
            found.times.push(took);
            found.bytes += body.len() as u64;
        }
    }
}
