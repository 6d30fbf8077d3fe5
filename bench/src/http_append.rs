//! Figures of taking records in over HTTP on loopback, one and a hundred a request, durable.
//!
//! `http-append [--database postgres] [--seconds 60] [--preload 1000000] [--clients 32]`: the server
//! as `zhiheng serve` runs it and its clients are in one process and share its cores.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::token::{self, NewToken};
use tokio::net::TcpListener;

use crate::store::http::Client;
use crate::store::sample::{OPEN_BYTES, PERSONAL_BYTES};
use crate::store::{self, Fault, Home, Options, Samples, Surroundings, Threads, home};

/// Time at the start that does not count.
const WARM_UP: Duration = Duration::from_secs(1);

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| append(&options).await)
}

async fn append(options: &Options) -> Result<(), Fault> {
    let home = Home::preloaded(options).await?;
    home.assert_durable().await?;
    let system = Arc::new(home.open().await?);
    home::settle(&system).await?;
    let who = home::sender();
    let new = NewToken {
        name: "bench".to_owned(),
        on_behalf_of: who.on_behalf_of,
        office: None,
        permissions: who.permissions.into_iter().collect(),
        days: 1,
    };
    let (db, now) = (system.reader().db(), system.clock().now());
    let (token, _) = token::create(db, &system.pack(), now, new).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async move { _ = stopped.await };
    let server = tokio::spawn(web::serve(Arc::clone(&system), listener, stopped));
    let samples = Samples::new(options.preload, options.persons, 2)?;
    for (round, records) in [1_u64, 100].into_iter().enumerate() {
        let surroundings = Surroundings::of(home.folder())?;
        let threads = Threads::now()?;
        let before = system.reader().size().await?;
        let start = Instant::now() + WARM_UP;
        let until = start + options.time / 2;
        let mut sending = tokio::task::JoinSet::new();
        for client in 0..options.clients as u64 {
            let samples = samples.split(10_000 * round as u64 + 5_000 + client);
            sending.spawn(client_loop(address, token.clone(), samples, records, start, until));
        }
        let mut times = Vec::new();
        while let Some(sent) = sending.join_next().await {
            times.extend(sent??);
        }
        let took = start.elapsed();
        let n = times.len() as u64 * records;
        let stored = system.reader().size().await? - before;
        let what = format!("over HTTP on loopback, {records} a request, durable");
        surroundings
            .measurement("http-append", &what, n)
            .with("engine", options.engine())
            .with("open_bytes", OPEN_BYTES)
            .with("personal_bytes", PERSONAL_BYTES)
            .with("subjects", 3)
            .with("preloaded", options.preload)
            .with("connections", options.clients)
            .took(took)
            .percentiles(&mut times)
            .with("cpu_us", Threads::now()?.since(&threads, stored))
            .print();
        home::settle(&system).await?;
    }
    let _ = stop.send(());
    server.await??;
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}

/// One request in flight; the times of those that began after the warm-up.
async fn client_loop(
    address: SocketAddr,
    token: String,
    mut samples: Samples,
    records: u64,
    from: Instant,
    until: Instant,
) -> Result<Vec<Duration>, Fault> {
    let mut client = Client::connect(address, &token).await?;
    let mut times = Vec::new();
    let mut text = String::new();
    loop {
        text.clear();
        if records == 1 {
            samples.write(&mut text)?;
        } else {
            for at in 0..records {
                text.push(if at == 0 { '[' } else { ',' });
                samples.write(&mut text)?;
            }
            text.push(']');
        }
        let start = Instant::now();
        if start > until {
            return Ok(times);
        }
        let (status, answer) = client.post("/api/v1/records", text.as_bytes()).await?;
        if status != 201 {
            return Err(format!("{status}: {}", String::from_utf8_lossy(answer)).into());
        }
        if start >= from {
            times.push(start.elapsed());
        }
    }
}
