//! Figures of telling subscribers of events: webhooks on loopback, while events come.
//!
//! `subscriptions [--database postgres] [--subscriptions 10000] [--seconds 60]`: so many subscriptions (a hundred
//! to a question, each question of one place), all told at one receiver. Events come one at a time, each
//! durable before the next; each happens at the next place, so that each is told a hundred times. The
//! server, the receiver and who sends the events are in one process and share its cores. A delay is from the
//! receipt of an event, when it is durable, to its coming at the receiver.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::epcis::Terms;
use app::token::{self, NewToken};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::report::say;
use crate::store::events::sender;
use crate::store::http::Client;
use crate::store::{self, Fault, Home, Options, OwnMemory, Surroundings, home, peak_mb};

/// Subscriptions to one question.
const TO_ONE: usize = 100;
/// How long is waited for what is still on its way when no more events come.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most deliveries that may be on their way: who sends waits for the receiver then.
const ON_THEIR_WAY: usize = 2_000;
/// How an event's id begins; its number follows.
const ID: &str = "urn:bench:told:";

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| subscriptions(&options).await)
}

async fn subscriptions(options: &Options) -> Result<(), Fault> {
    let wanted = options.subscriptions.max(1);
    let places = wanted.div_ceil(TO_ONE);
    let home = Home::empty(options)?;
    let system = Arc::new(home.open().await?);
    home.assert_durable().await?;
    let who = sender();
    let new = NewToken {
        name: "bench".to_owned(),
        on_behalf_of: who.on_behalf_of.clone(),
        office: None,
        permissions: vec!["*".to_owned()],
        days: 1,
    };
    let (db, now) = (system.reader().db(), system.clock().now());
    let (token, _) = token::create(db, &system.pack(), now, new).await?;
    let told = Arc::new(Told::default());
    let dest = receive(Arc::clone(&told)).await?;
    say(&format!("subscribing {wanted} times to {places} questions"));
    for place in 0..places {
        let name = format!("place-{place}");
        let query = json!({ "EQ_bizLocation": [place_of(place)] });
        system.name_query(&who, &name, &query).await?;
        for _ in 0..TO_ONE.min(wanted - place * TO_ONE) {
            let terms = Terms {
                dest: dest.clone(),
                stream: true,
                schedule: None,
                report_if_empty: false,
                initial_record_time: None,
                xml: false,
                epc_format: None,
            };
            system.subscribe(&who, &name, terms, "a secret of the benchmark").await?;
        }
    }
    home::settle(&system).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut client = Client::connect(listener.local_addr()?, &token).await?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async move { _ = stopped.await };
    let server = tokio::spawn(web::serve(Arc::clone(&system), listener, stopped));
    // The first are told when all subscriptions are read.
    let (mut sent, mut expected) = (0, 0);
    send(&mut client, &told, sent, 0).await?;
    (sent, expected) = (sent + 1, expected + TO_ONE.min(wanted));
    told.wait_for(expected, 0).await?;
    told.forget();
    let (before, begun) = (expected, Instant::now());
    let surroundings = Surroundings::of(home.folder())?;
    let memory = OwnMemory::watch();
    while begun.elapsed() < options.time {
        let place = sent as usize % places;
        send(&mut client, &told, sent, place).await?;
        (sent, expected) = (sent + 1, expected + TO_ONE.min(wanted - place * TO_ONE));
        told.wait_for(expected, ON_THEIR_WAY).await?;
    }
    told.wait_for(expected, 0).await?;
    let took = begun.elapsed();
    let (mut delays, requests, twice) = told.figures();
    let delivered = (expected - before) as u64;
    surroundings
        .measurement("subscriptions", "webhooks on loopback while events come", delivered)
        .with("engine", options.engine())
        .with("subscriptions", wanted)
        .with("questions", places)
        .with("events", sent - 1)
        .with("requests", requests)
        .with("told_again", twice)
        .took(took)
        .percentiles(&mut delays)
        .with("peak_rss_mb", peak_mb()?)
        .with("peak_own_mb", memory.most_mb())
        .print();
    let _ = stop.send(());
    drop(client);
    server.await??;
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}

fn place_of(number: usize) -> String {
    format!("urn:epc:id:sgln:952{number:05}.0001.0")
}

/// Sends one event at a place; it is durable when this returns.
async fn send(client: &mut Client, told: &Told, number: u64, place: usize) -> Result<(), Fault> {
    let id = format!("{ID}{number}");
    let event = json!({
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "ObjectEvent",
        "eventID": id,
        "eventTime": "2024-03-01T08:00:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "epcList": [format!("urn:epc:id:sgtin:952{place:05}.00001.{number}")],
        "bizLocation": { "id": place_of(place) },
    });
    let text = event.to_string();
    // A delivery may come before the receipt was read: that is no delay.
    told.begins(number, Instant::now());
    let (status, answer) = client.post("/epcis/events", text.as_bytes()).await?;
    if status != 201 {
        return Err(format!("{status}: {}", String::from_utf8_lossy(answer)).into());
    }
    told.begins(number, Instant::now());
    Ok(())
}

/// What the receiver was told.
#[derive(Default)]
struct Told(Mutex<Heard>, tokio::sync::Notify);

#[derive(Default)]
struct Heard {
    begun: HashMap<u64, Instant>,
    delays: Vec<Duration>,
    /// By subscription and event.
    seen: std::collections::HashSet<(String, u64)>,
    requests: u64,
    twice: u64,
}

impl Told {
    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begins(&self, number: u64, at: Instant) {
        self.heard().begun.insert(number, at);
    }

    /// Takes a document in: which subscription was told of which events.
    fn hear(&self, body: &[u8]) -> Option<()> {
        let at = Instant::now();
        let document: serde_json::Value = serde_json::from_slice(body).ok()?;
        let results = &document["epcisBody"]["queryResults"];
        let subscription = results["subscriptionID"].as_str()?;
        let mut heard = self.heard();
        heard.requests += 1;
        for event in results["resultsBody"]["eventList"].as_array()? {
            let number: u64 = event["eventID"].as_str()?.strip_prefix(ID)?.parse().ok()?;
            if !heard.seen.insert((subscription.to_owned(), number)) {
                heard.twice += 1;
                continue;
            }
            let begun = *heard.begun.get(&number)?;
            heard.delays.push(at.saturating_duration_since(begun));
        }
        drop(heard);
        self.1.notify_one();
        Some(())
    }

    /// Waits until no more deliveries are on their way than so many.
    async fn wait_for(&self, expected: usize, on_their_way: usize) -> Result<(), Fault> {
        let begun = Instant::now();
        loop {
            let seen = self.heard().seen.len();
            if seen + on_their_way >= expected {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{seen} of {expected} deliveries came").into());
            }
            let _ = tokio::time::timeout(Duration::from_millis(100), self.1.notified()).await;
        }
    }

    /// Lets what was told until now not count.
    fn forget(&self) {
        let mut heard = self.heard();
        heard.delays.clear();
        (heard.requests, heard.twice) = (0, 0);
    }

    fn figures(&self) -> (Vec<Duration>, u64, u64) {
        let heard = self.heard();
        (heard.delays.clone(), heard.requests, heard.twice)
    }
}

/// A receiver on loopback that answers 204 to all it reads; its address.
async fn receive(told: Arc<Told>) -> Result<String, Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address: SocketAddr = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                if let Err(fault) = answer(stream, &told).await {
                    say(&format!("the receiver: {fault}"));
                }
            });
        }
    });
    Ok(format!("http://{address}/told"))
}

/// Reads requests of one connection until it is closed.
async fn answer(mut stream: TcpStream, told: &Told) -> Result<(), Fault> {
    let mut read = Vec::with_capacity(8 << 10);
    loop {
        let head = loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        };
        let length = std::str::from_utf8(&read[..head])?.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        let length: usize = length.ok_or("a request without its length")?;
        while read.len() < head + length {
            if stream.read_buf(&mut read).await? == 0 {
                return Err("a request was cut off".into());
            }
        }
        told.hear(&read[head..head + length]).ok_or("what was told cannot be read")?;
        read.drain(..head + length);
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
    }
}
