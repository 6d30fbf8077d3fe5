//! What was done with what was asked about, act by act: the way of a thing, the tests and calibrations of
//! an instrument, the trade of a party.

use app::item::STEPS;
use app::trace::answer::{PartInAct, TracedAct};
use pack::Pack;

use super::chain::{self, Chain};
use crate::page::Page;
use crate::page::facts::Facts;
use crate::page::format::{date_time, decimal};
use crate::page::ui::{Tag, Tone};

/// An act.
pub struct ActShown {
    /// When.
    pub time: String,
    /// What was done.
    pub what: String,
    /// How it came out, where that is said.
    pub tag: Option<Tag>,
    /// Who did it, and where that is.
    pub party: String,
    /// The division.
    pub region: String,
    /// Of which things: the lot of a test, what went in and came out.
    pub things: String,
    /// From where, to where.
    pub way: String,
    /// How much.
    pub quantity: String,
    /// The record.
    pub record: String,
}

/// Roles of who answers for an act, the first that is there.
const DOERS: [&str; 6] = ["reporter", "laboratory", "body", "seller", "nominal_maker", "maker"];
/// Roles of where something comes from, and where it goes to.
const FROM: [&str; 4] = ["from_owner", "from_holder", "from_place", "from"];
const TO: [&str; 5] = ["to_owner", "to_holder", "to_place", "to", "buyer"];
/// Things of an act that are named.
const NAMED: usize = 3;

/// The acts of what was asked about, in the order of time.
pub fn shown(page: &Page, pack: &Pack, facts: &Facts<'_>, chain: &Chain) -> Vec<ActShown> {
    chain.acts.iter().map(|act| one(page, pack, facts, chain, act)).collect()
}

fn one(
    page: &Page,
    pack: &Pack,
    facts: &Facts<'_>,
    chain: &Chain,
    own: &super::chain::OwnAct,
) -> ActShown {
    let act = &own.act;
    let on = act.at.day_in_china();
    let of_role = |roles: &[&str]| {
        let mut found = roles.iter().filter_map(|role| {
            act.around.iter().find(|around| around.role == *role).map(|around| around.id.as_str())
        });
        found.next()
    };
    let doer = of_role(&DOERS).filter(|doer| *doer != chain.asked);
    let region = doer.map(|doer| chain.region_of(doer)).unwrap_or_default();
    let (from, to) = (of_role(&FROM), of_role(&TO));
    let way = match (from, to) {
        (Some(from), Some(to)) => format!("{} → {}", chain.name_of(from), chain.name_of(to)),
        (Some(from), None) => format!("{} →", chain.name_of(from)),
        (None, Some(to)) => format!("→ {}", chain.name_of(to)),
        (None, None) => String::new(),
    };
    let mut things: Vec<String> =
        own.others.iter().take(NAMED).map(|id| thing(chain, id)).collect();
    let more = own.others.len().saturating_sub(NAMED) + act.others;
    if more > 0 {
        things.push(page.w.trace.more(more));
    }
    let tag = match (act.what, act.is_bad) {
        ("test", true) => Some(Tag::new(Tone::Danger, page.w.trace.failed)),
        ("test", false) => Some(Tag::new(Tone::Ok, page.w.trace.passed)),
        ("calibration", true) => Some(Tag::new(Tone::Danger, page.w.trace.out_of_tolerance)),
        ("calibration", false) => Some(Tag::new(Tone::Ok, page.w.trace.in_tolerance)),
        _ => None,
    };
    ActShown {
        time: date_time(act.at),
        what: what(page, pack, facts, act, own.part.as_ref(), on),
        tag,
        party: doer.map(|doer| chain.name_of(doer)).unwrap_or_default(),
        region: if region.is_empty() { String::new() } else { facts.region(region, page.today()) },
        things: things.join(page.pick("；", "; ")),
        way,
        quantity: own.part.as_ref().map(|part| quantity(page, part)).unwrap_or_default(),
        record: act.record.to_string(),
    }
}

/// A step of an event in the pack's words; of another record what kind it is.
fn what(
    page: &Page,
    pack: &Pack,
    facts: &Facts<'_>,
    act: &TracedAct,
    part: Option<&PartInAct>,
    on: clock::Date,
) -> String {
    if part.is_some_and(|part| part.part == "input") {
        return page.w.item.used.to_owned();
    }
    let Some(step) = &act.step else { return facts.kind(&act.kind).to_owned() };
    let entry = pack.list(STEPS).and_then(|list| list.get(step, on));
    match entry {
        Some(entry) => page.say(&entry.label).to_owned(),
        None if step == "unpacking" => page.w.trace.unpacked.to_owned(),
        None => step.rsplit(['/', ':']).next().unwrap_or(step).replace('_', " "),
    }
}

fn thing(chain: &Chain, id: &str) -> String {
    match chain::product(id) {
        Some((_, telling)) => format!("{} {telling}", chain.name_of(id)),
        None => chain.name_of(id),
    }
}

fn quantity(page: &Page, part: &PartInAct) -> String {
    let Some(quantity) = &part.quantity else { return String::new() };
    format!("{} {}", decimal(&quantity.value), super::list::unit(page, &quantity.unit))
}
