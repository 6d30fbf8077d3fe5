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
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::Layer as _;

use crate::demonstration;
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

/// As [`serve_behind`], without a proxy on another machine.
///
/// # Errors
/// As there.
pub async fn serve(
    system: Arc<System>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_behind(system, Vec::new(), listener, shutdown).await
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

/// Serves a program until `shutdown` comes, then lets the requests that are being answered end.
/// `proxies` are machines that speak TLS before it and say where a request comes from; one on this
/// machine need not be named.
///
/// # Errors
/// The listener is no listener any more.
pub async fn serve_behind(
    system: Arc<System>,
    proxies: Vec<IpAddr>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    may_serve(&system, listener.local_addr()?, &proxies)?;
    // Those that were under way when the program last stopped are gone on with.
    system.start_jobs();
    let site = Arc::new(Site::new(Arc::clone(&system)).behind(proxies));
    crate::epcis::start(&site);
    let router = crate::routes::router(site);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_headers(MOST_HEADERS)
        .max_buf_size(BUFFER);
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
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
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(ENDING, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still being answered when the program ended");
    }
    if tokio::time::timeout(ENDING, system.stop_jobs()).await.is_err() {
        tracing::warn!("a step of a job was still being done when the program ended");
    }
    Ok(())
}
