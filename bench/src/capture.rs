//! Figures of taking traceability events in: one document of many events, streamed, every check on.
//!
//! `capture [--database postgres] [--stream 1000000]` captures a document of so many events into an
//! empty store. The peer in the same run reads the same document with `serde_json` and stores each
//! event as a bare row, in groups of 1,024, checked and hashed by nobody.

use std::io::{BufReader, Read as _};
use std::sync::Arc;
use std::time::Instant;

use app::System;
use app::epcis::{Document, Taken, Watch};
use model::RecordId;

use crate::report::Measurement;
use crate::store::events::{self, bytes_each, sender};
use crate::store::{
    self, Fault, Home, Options, OwnMemory, Surroundings, Threads, home, peak_mb, peer,
};

/// Events where nobody says otherwise.
const EVENTS: u64 = 1_000_000;

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| capture(&options).await)
}

async fn capture(options: &Options) -> Result<(), Fault> {
    let number = options.stream.unwrap_or(EVENTS);
    let home = Home::empty(options)?;
    home.open().await?;
    home.assert_durable().await?;
    let bare = peer::bulk(&home, Bare::new(number)).await?;
    let system = Arc::new(home.open().await?);
    let surroundings = Surroundings::of(home.folder())?;
    let threads = Threads::now()?;
    let memory = OwnMemory::watch();
    let start = Instant::now();
    let taken = take(&system, number, 1).await?;
    let took = start.elapsed();
    let (peak, own) = (peak_mb()?, memory.most_mb());
    let threads = Threads::now()?.since(&threads, number);
    if taken.stored != number || taken.counts.wrong != 0 || taken.counts.odd != 0 {
        return Err(format!("{taken:?}").into());
    }
    let ended = Instant::now();
    home::settle(&system).await?;
    let behind = ended.elapsed().as_secs_f64();
    let peer = Measurement::new("capture", "bare", bare.0).took(bare.1);
    let ratio = bare.1.as_secs_f64() / took.as_secs_f64();
    surroundings
        .measurement("capture", "a document of events, durable", number)
        .with("engine", options.engine())
        .with("bytes_of_an_event", bytes_each()?)
        .took(took)
        .with("peak_rss_mb", peak)
        .with("peak_own_mb", own)
        .with("cpu_us", threads)
        .with("read_and_signed_after_seconds", format!("{behind:.1}"))
        .peer("serde_json and a bare insert of each event", peer)
        .with("of_peer", format!("{ratio:.2}"))
        .print();
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}

/// Captures a document of so many events.
pub(crate) async fn take(system: &Arc<System>, number: u64, seed: u64) -> Result<Taken, Fault> {
    let document = Document {
        batch: RecordId::new(system.clock().now(), &seed.to_be_bytes().repeat(2)[..10].try_into()?),
        name: None,
        proceed: false,
    };
    let text = BufReader::with_capacity(256 << 10, events::Document::new(number, seed));
    Ok(system.take_document(&sender(), &document, text, &Arc::new(Watch::default())).await?)
}

/// The events of the document, each read by itself.
struct Bare {
    events: std::vec::IntoIter<Vec<u8>>,
    left: u64,
    seed: u64,
}

/// Events that the peer reads together: it has no reader of streams.
const TOGETHER: u64 = 10_000;

impl Bare {
    fn new(left: u64) -> Self {
        Self { events: Vec::new().into_iter(), left, seed: 1 }
    }

    fn more(&mut self) -> Result<(), Fault> {
        let number = self.left.min(TOGETHER);
        self.left -= number;
        self.seed += 1;
        let mut text = Vec::new();
        events::Document::new(number, self.seed).read_to_end(&mut text)?;
        let document: serde_json::Value = serde_json::from_slice(&text)?;
        let list = document.pointer("/epcisBody/eventList").and_then(|list| list.as_array());
        let list = list.ok_or("no list of events")?;
        self.events =
            list.iter().map(serde_json::to_vec).collect::<Result<Vec<_>, _>>()?.into_iter();
        Ok(())
    }
}

impl Iterator for Bare {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if self.events.len() == 0 && self.left > 0 {
            self.more().ok()?;
        }
        self.events.next()
    }
}
