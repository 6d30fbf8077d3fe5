//! Figures of asking for traceability events over HTTP on loopback: the first page of a question that
//! the index answers.
//!
//! `query [--stream 1000000] [--calls 4000]` asks a store of so many events, made once and kept, all
//! sorts of questions by turns, one at a time: by thing, by lot, by step and place, by party and time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use app::token::{self, NewToken};
use app::{Settings, System};
use tokio::net::TcpListener;

use crate::capture::take;
use crate::report::say;
use crate::store::http::Client;
use crate::store::sample::Random;
use crate::store::{self, Fault, Options, Surroundings, home};

/// Events of the store where nobody says otherwise.
const EVENTS: u64 = 1_000_000;
/// Events of a document by which it is filled.
const PIECE: u64 = 500_000;
/// Events of a page.
const PER_PAGE: u64 = 30;
/// Questions before those that count.
const WARM_UP: u64 = 200;

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| query(&options).await)
}

async fn query(options: &Options) -> Result<(), Fault> {
    if options.postgres {
        return Err("this figure is of SQLite alone".into());
    }
    let events = options.stream.unwrap_or(EVENTS);
    let folder = made(events).await?;
    let system = Arc::new(System::open(Settings::in_folder(&folder), home::hubei()?).await?);
    let new = NewToken {
        name: format!("bench-{}", std::process::id()),
        on_behalf_of: "420000".to_owned(),
        office: None,
        permissions: vec!["*".to_owned()],
        days: 1,
    };
    let (db, now) = (system.reader().db(), system.clock().now());
    let (token, _) = token::create(db, &system.pack(), now, new).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut client = Client::connect(listener.local_addr()?, &token).await?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async move { _ = stopped.await };
    let server = tokio::spawn(web::serve(Arc::clone(&system), listener, stopped));
    let surroundings = Surroundings::of(&folder)?;
    let mut random = Random(11);
    for (what, question) in QUESTIONS {
        let calls = options.calls / QUESTIONS.len() as u64;
        let mut times = Vec::new();
        let (mut bytes, mut full) = (0, 0_u64);
        let mut begun = Instant::now();
        for call in 0..WARM_UP + calls {
            if call == WARM_UP {
                begun = Instant::now();
            }
            let path = format!("/epcis/events?perPage={PER_PAGE}&{}", question(&mut random));
            let start = Instant::now();
            let (status, answer) = client.get(&path).await?;
            let took = start.elapsed();
            if status != 200 {
                return Err(format!("{path}: {status}: {}", String::from_utf8_lossy(answer)).into());
            }
            if call >= WARM_UP {
                times.push(took);
                bytes += answer.len() as u64;
                let found = answer.windows(9).filter(|nine| nine == b"\"eventID\"").count() as u64;
                full += u64::from(found == PER_PAGE);
            }
        }
        surroundings
            .measurement("query", &format!("first page, {what}"), calls)
            .with("engine", options.engine())
            .with("events", events)
            .with("per_page", PER_PAGE)
            .with("full_pages", full)
            .with("mean_bytes", bytes / calls.max(1))
            .took(begun.elapsed())
            .percentiles(&mut times)
            .print();
    }
    let _ = stop.send(());
    drop(client);
    server.await??;
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}

type Question = fn(&mut Random) -> String;

/// All sorts of questions; the values are those of the events.
const QUESTIONS: [(&str, Question); 5] = [
    ("by a thing", |random| {
        let (party, product) = (random.below(1_000), random.below(20));
        let serial = random.below(1_000_000);
        format!("MATCH_epc=urn:epc:id:sgtin:952{party:05}.0{product:04}.{serial}")
    }),
    ("by a lot", |random| {
        let (party, product, lot) = (random.below(1_000), random.below(20), random.below(500));
        format!("MATCH_epcClass=urn:epc:class:lgtin:952{party:05}.0{product:04}.L{lot}")
    }),
    ("by a step and a place", |random| {
        let step = ["shipping", "receiving", "inspecting"][random.below(3) as usize];
        format!(
            "EQ_bizStep={step}&EQ_bizLocation=urn:epc:id:sgln:952{:05}.0001.0",
            random.below(1_000)
        )
    }),
    ("by a party and a month", |random| {
        let (party, month) = (random.below(1_000), 1 + random.below(11));
        format!(
            "EQ_source_owning_party=urn:epc:id:pgln:952{party:05}.0001&\
             GE_eventTime=2024-{month:02}-01T00:00:00Z&LT_eventTime=2024-{:02}-01T00:00:00Z",
            month + 1
        )
    }),
    ("by a step in a week", |random| {
        let day = 1 + random.below(21);
        format!(
            "EQ_bizStep=shipping&GE_eventTime=2025-03-{day:02}T00:00:00Z&\
             LT_eventTime=2025-03-{:02}T00:00:00Z",
            day + 7
        )
    }),
];

/// The store, made where there is none yet.
async fn made(events: u64) -> Result<PathBuf, Fault> {
    let pack = home::hubei()?;
    let digest = pack.digest().to_string();
    let digest = digest.rsplit(':').next().and_then(|hex| hex.get(..12)).unwrap_or_default();
    let folder = home::base()?.join(format!("events-{events}-{digest}"));
    if !folder.join("complete").exists() {
        fill(&folder, events).await?;
    }
    Ok(folder)
}

async fn fill(folder: &Path, events: u64) -> Result<(), Fault> {
    say(&format!("putting {events} events into a store"));
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let system = Arc::new(System::open(Settings::in_folder(folder), home::hubei()?).await?);
    for piece in 0..events.div_ceil(PIECE) {
        let taken = take(&system, PIECE.min(events - piece * PIECE), 100 + piece).await?;
        if taken.counts.wrong != 0 || taken.is_refused {
            return Err(format!("{taken:?}").into());
        }
    }
    home::settle(&system).await?;
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(std::fs::write(folder.join("complete"), b"")?)
}
