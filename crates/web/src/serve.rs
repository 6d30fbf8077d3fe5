//! Connections: taking them in, and ending them in good order.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use app::System;
use axum::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::Layer as _;

use crate::demonstration;
use crate::epcis::{Patience, Trust};
use crate::notices::Telling;
use crate::page::limit::Peer;
use crate::site::Site;

/// Connections at once; more wait in the listener's queue.
const CONNECTIONS: usize = 4096;
/// How long a connection may take to send a request's headers, or be idle between two requests.
const HEADERS: Duration = Duration::from_secs(60);
/// Bytes of request line and headers that are read before they are refused; also how much of a body
/// is read at once.
const BUFFER: usize = 128 << 10;
/// How many headers a request may have.
const MOST_HEADERS: usize = 100;
/// How long requests that are being answered may take once the program is to end.
const ENDING: Duration = Duration::from_secs(30);

/// What an operator sets.
#[derive(Default)]
pub struct Setting {
    /// Machines that speak TLS before it and say where a request comes from; one on this machine need
    /// not be named.
    pub proxies: Vec<IpAddr>,
    /// Who vouches for receivers of events over HTTPS.
    pub trust: Trust,
    /// How long is waited for who is told of events over a WebSocket.
    pub patience: Patience,
    /// By what people are told outside of the program.
    pub telling: Telling,
}

/// As [`serve_as`], with nothing set.
///
/// # Errors
/// As there.
pub async fn serve(
    system: Arc<System>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_as(system, Setting::default(), listener, shutdown).await
}

/// Whether a program may be served on an address and behind these proxies: a demonstration only on this
/// machine, behind none.
///
/// # Errors
/// Why not, and what to do.
pub fn may_serve(system: &System, address: SocketAddr, proxies: &[IpAddr]) -> io::Result<()> {
    match system.is_demonstration() {
        true => demonstration::only_here(address, proxies),
        false => Ok(()),
    }
}

/// Serves a program until `shutdown` comes, then lets the requests that are being answered end, and
/// closes WebSockets.
///
/// # Errors
/// The listener is no listener any more.
pub async fn serve_as(
    system: Arc<System>,
    setting: Setting,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    may_serve(&system, listener.local_addr()?, &setting.proxies)?;
    // Those that were under way when the program last stopped are gone on with.
    system.start_jobs();
    system.start_program_steps();
    let mut setting = setting;
    let telling = std::mem::take(&mut setting.telling);
    let site = Arc::new(Site::new(Arc::clone(&system)).set(setting));
    crate::epcis::start(&site);
    crate::notices::start(&site, telling);
    let router = crate::routes::router(Arc::clone(&site));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_headers(MOST_HEADERS)
        .max_buf_size(BUFFER);
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let ending = watch::Sender::new(false);
    let mut shutdown = pin!(shutdown);
    loop {
        let next = async {
            let permit = Arc::clone(&connections).acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            next = next => next,
            () = &mut shutdown => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
            Err(error) => {
                // No descriptor is free, or the peer went away: neither ends the program.
                tracing::warn!(%error, "a connection could not be taken in");
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        // Answers are small and waited for.
        let _ = stream.set_nodelay(true);
        let with_peer = Extension(Peer(peer.ip().to_canonical())).layer(router.clone());
        let service = TowerToHyperService::new(with_peer);
        // What becomes a WebSocket goes on without this, and is bounded and ended with its like.
        let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let mut is_ending = ending.subscribe();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = comes(&mut is_ending) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }
    drop(listener);
    ending.send_replace(true);
    let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
    let ended = async { tokio::join!(connections.acquire_many(all), site.deliveries.end()) };
    if tokio::time::timeout(ENDING, ended).await.is_err() {
        tracing::warn!("some requests were still being answered when the program ended");
    }
    system.stop_program_steps();
    if tokio::time::timeout(ENDING, system.stop_jobs()).await.is_err() {
        tracing::warn!("a step of a job was still being done when the program ended");
    }
    // A task that has answered lets go of the site a moment later. The program is not to be left to
    // such a one, whose end would be that of the runtime that its own end needs.
    let held = Arc::downgrade(&site);
    drop((router, site));
    let let_go = async {
        while held.strong_count() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    if tokio::time::timeout(ENDING, let_go).await.is_err() {
        tracing::warn!("something was still going on when the program ended");
    }
    Ok(())
}

/// Comes when it is said that all is to end, or nobody is left to say so.
pub(crate) async fn comes(ending: &mut watch::Receiver<bool>) {
    let _ = ending.wait_for(|ending| *ending).await;
}
