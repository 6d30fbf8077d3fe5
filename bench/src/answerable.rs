//! Figures of who answers for a thing with a long history, over a store that holds it as events: the
//! walk, the parties' licences as of then, the tests, and the records of all that is told.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::System;
use app::epcis::{Document, Watch};
use app::reading::When;
use codes::gs1::check_digit;
use model::RecordId;
use trace::Part;

use crate::report::{Measurement, say};
use crate::store::events::sender;
use crate::store::sample::Random;
use crate::store::{Fault, Home, Options, home};
use crate::trace::Chains;

/// Questions that are asked.
const ASKED: usize = 200;
/// Parties that make things.
const PARTIES: u64 = 500;
/// Events of one document.
const TOGETHER: usize = 20_000;
/// How long a graph may take to follow.
const PATIENCE: Duration = Duration::from_secs(600);

/// Puts the acts of some chains into a store as events, and asks who answers for the last things.
pub(crate) async fn measure(chains: &Chains) -> Result<(), Fault> {
    say("putting the links into a store as events");
    let home = Home::empty(&Options::read(&[])?)?;
    let system = Arc::new(home.open().await?);
    let mut acts = chains.acts().peekable();
    let mut number = 0_u64;
    while acts.peek().is_some() {
        let mut events = String::new();
        for act in acts.by_ref().take(TOGETHER) {
            let of = |part: Part| {
                let things = act.links.iter().filter(move |(_, of, _)| *of == part);
                things.map(|(thing, ..)| u64::from(thing.0))
            };
            event(&mut events, number, act.at, of(Part::Input), of(Part::Output));
            number += 1;
        }
        take(&system, number, &events).await?;
    }
    home::settle(&system).await?;
    let known = system.reader().size().await?;
    system.chain().wait_for(known, PATIENCE).await?;
    let [things, acts, links] = system.chain().size().await?;
    let (mut random, mut times, mut parties) = (Random(5), Vec::new(), 0);
    let first = chains.layers * chains.width;
    for _ in 0..ASKED {
        let id = lot(first + random.below(chains.width));
        let begun = Instant::now();
        let found = system.answerable(&sender(), &id, When { valid: None, known: None }).await;
        times.push(begun.elapsed());
        parties += found?.parties.len();
    }
    Measurement::new("trace", "answerable, with the records that it tells of", ASKED as u64)
        .with("links", links as u64)
        .with("nodes", (things + acts) as u64)
        .with("parties_each", parties as f64 / ASKED as f64)
        .percentiles(&mut times)
        .print();
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}

/// Captures some events, joined by commas, as one document.
pub(crate) async fn take(system: &Arc<System>, number: u64, events: &str) -> Result<(), Fault> {
    let document = Document {
        batch: RecordId::new(
            system.clock().now(),
            &number.to_be_bytes().repeat(2)[..10].try_into()?,
        ),
        name: None,
        proceed: false,
    };
    let text = format!(
        r#"{{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-01-01T00:00:00Z","epcisBody":{{"eventList":[{events}]}}}}"#
    );
    let input = std::io::Cursor::new(text.into_bytes());
    let taken =
        system.take_document(&sender(), &document, input, &Arc::new(Watch::default())).await?;
    if taken.is_refused || taken.counts.wrong > 0 {
        return Err(format!("{taken:?}").into());
    }
    Ok(())
}

/// The key of a lot, by a number.
pub(crate) fn lot(number: u64) -> String {
    format!("https://id.gs1.org/01/{}/10/L{number}", gtin(number % 1_000))
}

/// A GTIN, by a number.
pub(crate) fn gtin(number: u64) -> String {
    let body = format!("0952{number:09}");
    let check = check_digit(body.as_bytes()).map_or('0', char::from);
    format!("{body}{check}")
}

/// A place or a party, by the key of its identifier and a number.
pub(crate) fn gln(key: &str, number: u64) -> String {
    let body = format!("952{number:09}");
    let check = check_digit(body.as_bytes()).map_or('0', char::from);
    format!("https://id.gs1.org/{key}/{body}{check}")
}

fn event(
    text: &mut String,
    number: u64,
    at: i64,
    inputs: impl Iterator<Item = u64>,
    outputs: impl Iterator<Item = u64>,
) {
    let list = |lots: &mut dyn Iterator<Item = u64>| {
        let of = |of| format!(r#"{{"epcClass":"{}","quantity":10,"uom":"KGM"}}"#, lot(of));
        lots.map(of).collect::<Vec<_>>().join(",")
    };
    let (mut inputs, mut outputs) = (inputs, outputs);
    let seconds = at / 1_000_000;
    let (day, rest) = (seconds / 86_400 % 28 + 1, seconds % 86_400);
    let comma = if text.is_empty() { "" } else { "," };
    let party = number % PARTIES;
    let _ = write!(
        text,
        r#"{comma}{{"type":"TransformationEvent","eventID":"urn:bench:{number}","eventTime":"2024-01-{day:02}T{:02}:{:02}:{:02}.{:06}+08:00","eventTimeZoneOffset":"+08:00","inputQuantityList":[{}],"outputQuantityList":[{}],"bizStep":"commissioning","bizLocation":{{"id":"{}"}},"sourceList":[{{"type":"owning_party","source":"{}"}}]}}"#,
        rest / 3_600,
        rest / 60 % 60,
        rest % 60,
        at % 1_000_000,
        list(&mut inputs),
        list(&mut outputs),
        gln("414", party),
        gln("417", party),
    );
}
