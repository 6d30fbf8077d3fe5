//! Figures of a recall: from one lot of an ingredient to all items that were made with it, with where
//! each of them is.
//!
//! `recall [--stream 1000000]` makes so many items out of one lot, packs them by the thousand, sends
//! them to shops, and sells some; then it asks for the scope of the lot, to the first lines and to the
//! end.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::System;
use app::reading::When;
use app::trace::Touch;

use crate::answerable::{gln, gtin, lot, take};
use crate::report::say;
use crate::store::events::sender;
use crate::store::{self, Fault, Home, Options, home};

/// Items of one event, and of a pallet.
const EACH: u64 = 1_000;
/// Pallets of one document.
const TOGETHER: u64 = 20;
/// Of a pallet that was opened, items that were sold.
const SOLD: u64 = 100;
/// Shops.
const SHOPS: u64 = 200;
/// Times that it is asked.
const ASKED: usize = 5;
/// How long a graph may take to follow.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| recall(&options).await)
}

async fn recall(options: &Options) -> Result<(), Fault> {
    let pallets = options.stream.unwrap_or(1_000_000).div_ceil(EACH).max(1);
    say(&format!("putting {} items into a store", pallets * EACH));
    let home = Home::empty(options)?;
    let system = Arc::new(home.open().await?);
    for first in (0..pallets).step_by(TOGETHER as usize) {
        let mut events = String::new();
        for pallet in first..(first + TOGETHER).min(pallets) {
            write(&mut events, pallet);
        }
        take(&system, first + 1, &events).await?;
    }
    home::settle(&system).await?;
    let known = system.reader().size().await?;
    system.chain().wait_for(known, PATIENCE).await?;
    let [things, acts, links] = system.chain().size().await?;
    let (mut firsts, mut wholes) = (Vec::new(), Vec::new());
    for _ in 0..ASKED {
        let (first, whole) = ask(&system, pallets * EACH).await?;
        firsts.push(first);
        wholes.push(whole);
    }
    let surroundings = store::Surroundings::of(home.folder())?;
    for (what, mut times) in [("first lines", firsts), ("whole scope", wholes)] {
        surroundings
            .measurement("recall", what, pallets * EACH)
            .with("engine", options.engine())
            .with("links", links as u64)
            .with("nodes", (things + acts) as u64)
            .percentiles(&mut times)
            .print();
    }
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}

/// How long it takes to the first lines, and to the end.
async fn ask(system: &Arc<System>, items: u64) -> Result<(Duration, Duration), Fault> {
    let touch = Touch { id: lot(0), from: None, until: None };
    let begun = Instant::now();
    let mut scope = system.scope(&sender(), &touch, When { valid: None, known: None }).await?;
    let mut first = None;
    while let Some(lines) = scope.next().await? {
        if !lines.is_empty() {
            first.get_or_insert_with(|| begun.elapsed());
        }
    }
    let summary = scope.summary();
    let whole = begun.elapsed();
    let sold = items / EACH / 2 * SOLD;
    if summary.items != items || summary.items_sold != sold || !summary.is_whole {
        let found = (summary.items, summary.items_sold);
        return Err(format!("{found:?} items and sold, not {items} and {sold}").into());
    }
    Ok((first.unwrap_or(whole), whole))
}

/// What happens to the items of a pallet.
fn write(text: &mut String, pallet: u64) {
    let item = |number: u64| format!(r#""https://id.gs1.org/01/{}/21/{pallet}-{number}""#, gtin(1));
    let items = |number: u64| (0..number).map(item).collect::<Vec<_>>().join(",");
    let (mill, shop) = (gln("414", 900_000), gln("414", pallet % SHOPS));
    let body = format!("00952{pallet:012}");
    let check = codes::gs1::check_digit(body.as_bytes()).map_or('0', char::from);
    let parent = format!("https://id.gs1.org/00/{body}{check}");
    let mut step = 0;
    let mut say = |sort: &str, rest: String| {
        let comma = if text.is_empty() { "" } else { "," };
        let (day, hour, minute) = (pallet / 1_440 % 28 + 1, pallet / 60 % 24, pallet % 60);
        let _ = write!(
            text,
            r#"{comma}{{"type":"{sort}","eventID":"urn:recall:{pallet}-{step}","eventTime":"2024-{:02}-{day:02}T{hour:02}:{minute:02}:00+08:00","eventTimeZoneOffset":"+08:00",{rest}}}"#,
            step + 1,
        );
        step += 1;
    };
    say(
        "TransformationEvent",
        format!(
            r#""inputQuantityList":[{{"epcClass":"{}","quantity":1,"uom":"KGM"}}],"outputEPCList":[{}],"bizStep":"commissioning","ilmd":{{"cbvmda:lotNumber":"B{}"}},"bizLocation":{{"id":"{mill}"}}"#,
            lot(0),
            items(EACH),
            pallet / 100,
        ),
    );
    say(
        "AggregationEvent",
        format!(
            r#""action":"ADD","parentID":"{parent}","childEPCs":[{}],"bizStep":"packing","bizLocation":{{"id":"{mill}"}}"#,
            items(EACH)
        ),
    );
    say(
        "ObjectEvent",
        format!(
            r#""action":"OBSERVE","epcList":["{parent}"],"bizStep":"shipping","disposition":"in_transit","readPoint":{{"id":"{mill}"}},"destinationList":[{{"type":"location","destination":"{shop}"}}]"#
        ),
    );
    say(
        "ObjectEvent",
        format!(
            r#""action":"OBSERVE","epcList":["{parent}"],"bizStep":"receiving","bizLocation":{{"id":"{shop}"}}"#
        ),
    );
    if pallet % 2 == 1 {
        say(
            "AggregationEvent",
            format!(
                r#""action":"DELETE","parentID":"{parent}","childEPCs":[],"bizStep":"unpacking","bizLocation":{{"id":"{shop}"}}"#
            ),
        );
        say(
            "ObjectEvent",
            format!(
                r#""action":"OBSERVE","epcList":[{}],"bizStep":"retail_selling","disposition":"retail_sold","bizLocation":{{"id":"{shop}"}}"#,
                items(SOLD)
            ),
        );
    }
}
