//! Figures of taking records in: durable appends one record a request, and a stream.
//!
//! `append [--database postgres] [--seconds 60] [--preload 1000000] [--clients 32]` sends requests of
//! one record through every check into a store that holds many already, beside the bare insert of
//! the payload. `append --stream 1000000` sends one stream into an empty store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::System;
use model::Draft;

use crate::report::Measurement;
use crate::store::home::sender;
use crate::store::sample::{OPEN_BYTES, PERSONAL_BYTES};
use crate::store::{
    self, Fault, Home, Options, Samples, Surroundings, Threads, home, peak_mb, peer,
};

/// Time at the start that does not count.
const WARM_UP: Duration = Duration::from_secs(1);

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| match options.stream {
        Some(records) => stream(&options, records).await,
        None => append(&options).await,
    })
}

async fn stream(options: &Options, records: u64) -> Result<(), Fault> {
    let home = Home::empty(options)?;
    let system = Arc::new(home.open().await?);
    let mut samples = Samples::new(records, options.persons, 1)?;
    let surroundings = Surroundings::of(home.folder())?;
    let threads = Threads::now()?;
    let start = Instant::now();
    let report = home::stream(&system, &mut samples, records).await?;
    let time = start.elapsed();
    let threads = Threads::now()?.since(&threads, records);
    if report.stored != records || report.refused != 0 {
        return Err(format!("{report:?}").into());
    }
    let figure = surroundings.measurement("append", "a stream, durable", records);
    let figure = sizes(figure, options).took(time).with("peak_rss_mb", peak_mb()?);
    let figure = figure.with("cpu_us", threads);
    let ended = Instant::now();
    home::settle(&system).await?;
    let behind = ended.elapsed().as_secs_f64();
    figure.with("read_and_signed_after_seconds", format!("{behind:.1}")).print();
    Ok(())
}

async fn append(options: &Options) -> Result<(), Fault> {
    let home = Home::preloaded(options).await?;
    home.assert_durable().await?;
    let surroundings = Surroundings::of(home.folder())?;
    let quarter = options.time / 4;
    let before = peer::run(&home, options.clients, quarter).await?;
    let system = Arc::new(home.open().await?);
    home::settle(&system).await?;
    let what = "one record a request, durable";
    let samples = Samples::new(options.preload, options.persons, 2)?;
    let size_before = system.reader().size().await?;
    let threads = Threads::now()?;
    let start = Instant::now() + WARM_UP;
    let until = start + options.time;
    let mut sending = tokio::task::JoinSet::new();
    for client in 0..options.clients as u64 {
        let samples = samples.split(1_000 + client);
        sending.spawn(client_loop(Arc::clone(&system), samples, start, until));
    }
    let mut times = Vec::new();
    while let Some(sent) = sending.join_next().await {
        times.extend(sent??);
    }
    let took = start.elapsed();
    let n = times.len() as u64;
    let size = system.reader().size().await?;
    let threads = Threads::now()?.since(&threads, size - size_before);
    let behind = size - system.readings().watermark().get();
    let unsigned = size - system.published().records;
    tokio::task::spawn_blocking(move || drop(system)).await?;
    let after = peer::run(&home, options.clients, quarter).await?;
    let rows = before.0 + after.0;
    let peer_took = before.1 + after.1;
    let mut peer_times = [before.2, after.2].concat();
    let peer = Measurement::new("append", what, rows).took(peer_took).percentiles(&mut peer_times);
    let ratio = (n as f64 / took.as_secs_f64()) / (rows as f64 / peer_took.as_secs_f64());
    sizes(surroundings.measurement("append", what, n), options)
        .with("preloaded", options.preload)
        .with("clients", options.clients)
        .took(took)
        .percentiles(&mut times)
        .with("cpu_us", threads)
        .with("unread_at_end", behind)
        .with("unsigned_at_end", unsigned)
        .peer("a bare insert of the payload row with the same grouping", peer)
        .with("of_peer", format!("{ratio:.2}"))
        .print();
    Ok(())
}

fn sizes(figure: Measurement, options: &Options) -> Measurement {
    figure
        .with("engine", options.engine())
        .with("open_bytes", OPEN_BYTES)
        .with("personal_bytes", PERSONAL_BYTES)
        .with("subjects", 3)
}

/// One request in flight; the times of those that began after the warm-up.
async fn client_loop(
    system: Arc<System>,
    mut samples: Samples,
    from: Instant,
    until: Instant,
) -> Result<Vec<Duration>, Fault> {
    let who = sender();
    let mut times = Vec::new();
    let mut text = String::new();
    loop {
        text.clear();
        samples.write(&mut text)?;
        let start = Instant::now();
        if start > until {
            return Ok(times);
        }
        let draft = Draft::parse(text.as_bytes())?;
        let receipts = system.append(&who, vec![draft], None).await?;
        if receipts.len() != 1 || receipts.iter().any(|receipt| receipt.known) {
            return Err(format!("{receipts:?}").into());
        }
        if start >= from {
            times.push(start.elapsed());
        }
    }
}
