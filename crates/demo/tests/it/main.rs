#![allow(clippy::unwrap_used)] // a test that cannot go on fails

//! Tests of the demonstration province.

mod case;
mod chain;
mod intake;
mod province;

use std::sync::{Arc, LazyLock};

use clock::{Calendar, Known, Region, WorkingDays};
use demo::{Act, Plan, Province, Scale};
use model::{Draft, Timestamp};
use pack::Pack;

/// The pack of Hubei.
fn pack() -> Arc<Pack> {
    static PACK: LazyLock<Arc<Pack>> =
        LazyLock::new(|| Arc::new(Pack::load(testkit::hubei_pack()).unwrap()));
    Arc::clone(&PACK)
}

fn days() -> WorkingDays {
    let files = testkit::hubei_pack();
    let files = files.iter().filter(|(path, _)| path.starts_with("calendar/"));
    let files: Vec<(&str, &str)> =
        files.map(|(path, bytes)| (path.as_str(), std::str::from_utf8(bytes).unwrap())).collect();
    Calendar::parse(files).unwrap().working_days(Region::CHINA, Known::Latest).unwrap()
}

fn plan(seed: u64, organizations: u32) -> Plan {
    let until: Timestamp = "2026-11-27T11:20:00+08:00".parse().unwrap();
    Plan { seed, scale: Scale { organizations }, until }
}

fn province(seed: u64, organizations: u32) -> Province {
    Province::new(plan(seed, organizations), pack(), &days()).unwrap()
}

/// Everything that is done, in its order.
fn acts(seed: u64, organizations: u32) -> Vec<Act> {
    let mut province = province(seed, organizations);
    let mut all = Vec::new();
    while let Some(acts) = province.acts() {
        all.extend(acts);
    }
    all
}

/// Every record, with when it is recorded.
fn drafts(acts: &[Act]) -> Vec<(Timestamp, &Draft)> {
    acts.iter()
        .flat_map(|act| match act {
            Act::Record { at, draft, .. } => vec![(*at, draft)],
            Act::Batch { at, drafts, .. } => drafts.iter().map(|draft| (*at, draft)).collect(),
            Act::Event { .. } | Act::Withdraw { .. } => Vec::new(),
        })
        .collect()
}
