//! The chain as rows, in the order of time, and as a file.

use axum::response::Response;
use futures_util::stream;
use serde_json::Value;

use super::chain::{self, Chain, Thing, certainty_words, sort_words, state_words};
use crate::page::Page;
use crate::page::export::{Column, Export, Format, Row};
use crate::page::facts::Facts;
use crate::page::format::{date_time, decimal};
use crate::page::ui::{Tag, Tone};

/// A row.
pub struct RowShown {
    /// The product, or what sort of thing.
    pub name: String,
    /// What tells it apart.
    pub code: String,
    /// The question about it.
    pub href: String,
    /// Who made or packed it.
    pub party: String,
    /// Where that is.
    pub region: String,
    /// When.
    pub time: String,
    /// How much.
    pub quantity: String,
    /// How it stands.
    pub tags: Vec<Tag>,
    /// How certain.
    pub certainty: &'static str,
    /// The record.
    pub record: Option<String>,
    /// Whether it is what was asked about.
    pub is_asked: bool,
}

fn in_order(chain: &Chain, only_hit: bool) -> Vec<&Thing> {
    let mut things: Vec<&Thing> =
        chain.things.iter().filter(|thing| !only_hit || thing.is_hit).collect();
    things.sort_by_key(|thing| (thing.at.is_none(), thing.at, thing.layer));
    things
}

/// The rows of a page.
pub fn rows(page: &Page, facts: &Facts<'_>, chain: &Chain, only_hit: bool) -> Vec<RowShown> {
    in_order(chain, only_hit).into_iter().map(|thing| row(page, facts, chain, thing)).collect()
}

fn row(page: &Page, facts: &Facts<'_>, chain: &Chain, thing: &Thing) -> RowShown {
    let words = &page.w.trace;
    let mut tags = Vec::new();
    if thing.is_recalled {
        tags.push(Tag::new(Tone::Solid, words.recalled).icon("recall"));
    }
    match thing.test {
        Some(false) if thing.layer == 0 => {
            tags.push(Tag::new(Tone::Solid, words.source).icon("flag"));
        }
        Some(false) => tags.push(Tag::new(Tone::Danger, words.failed)),
        Some(true) => tags.push(Tag::new(Tone::Ok, words.passed)),
        None if thing.is_hit && thing.layer > 0 && thing.sort == "lot" => {
            tags.push(Tag::new(Tone::Warn, words.hit_untested));
        }
        None => {}
    }
    if thing.is_odd {
        tags.push(Tag::new(Tone::Warn, words.odd));
    }
    if thing.is_hidden {
        tags.push(Tag::new(Tone::Mute, words.not_for_you).icon("info"));
    } else if let Some(state) = thing.state {
        tags.push(Tag::new(Tone::Mute, state_words(page, state)).icon("pin"));
    }
    let party = thing.party.as_deref().or(thing.holder.as_deref());
    let region = party.map(|party| chain.region_of(party)).unwrap_or_default();
    let name = match chain::product(&thing.id) {
        Some(_) => chain.name_of(&thing.id),
        None if thing.layer == 0 => chain.name_of(&thing.id),
        None if thing.id.contains("/00/") => words.logistic_unit.to_owned(),
        None => sort_words(page, thing.sort).to_owned(),
    };
    RowShown {
        name,
        code: chain::short(&thing.id).to_owned(),
        href: super::question(&thing.id),
        party: party.map(|party| chain.name_of(party)).unwrap_or_default(),
        region: if region.is_empty() { String::new() } else { facts.region(region, page.today()) },
        time: thing.at.map(date_time).unwrap_or_default(),
        quantity: quantity(page, thing),
        tags,
        certainty: certainty_words(page, thing.certainty),
        record: thing.record.clone(),
        is_asked: thing.layer == 0,
    }
}

/// A quantity as people read it; without a unit it is pieces.
pub fn quantity(page: &Page, thing: &Thing) -> String {
    let Some((value, unit)) = &thing.quantity else { return String::new() };
    format!("{} {}", decimal(value), self::unit(page, unit))
}

/// A unit of UN/CEFACT Recommendation 20 as people write it.
pub fn unit<'u>(page: &Page, unit: &'u str) -> &'u str {
    match unit {
        "KGM" | "kg" => page.w.trace.kilogram,
        "piece" | "" => page.w.trace.pieces,
        other => other,
    }
}

/// All of it as a file.
pub fn file(page: &Page, facts: &Facts<'_>, chain: &Chain, format: Format) -> Response {
    let words = &page.w.trace;
    let columns = vec![
        Column::new("id", words.col_id),
        Column::new("sort", words.col_sort),
        Column::new("name", words.col_name),
        Column::new("layer", words.col_layer),
        Column::new("party", words.col_party),
        Column::new("party_name", words.col_party_name),
        Column::new("region", words.col_region),
        Column::new("made_at", words.col_time),
        Column::new("quantity", words.col_quantity),
        Column::new("unit", words.col_unit),
        Column::new("state", words.col_state),
        Column::new("holder", words.col_holder),
        Column::new("certainty", words.col_certainty),
        Column::new("touched", words.col_touched),
        Column::new("record", words.col_record),
    ];
    let rows: Vec<Row> = in_order(chain, false)
        .into_iter()
        .map(|thing| {
            let shown = row(page, facts, chain, thing);
            let text =
                |text: Option<&String>| text.map_or(Value::Null, |t| Value::from(t.as_str()));
            vec![
                Value::from(thing.id.as_str()),
                Value::from(thing.sort),
                Value::from(shown.name),
                Value::from(thing.layer),
                text(thing.party.as_ref()),
                Value::from(shown.party),
                Value::from(shown.region),
                thing.at.map_or(Value::Null, |at| Value::from(at.to_string())),
                text(thing.quantity.as_ref().map(|(value, _)| value)),
                text(thing.quantity.as_ref().map(|(_, unit)| unit)),
                thing.state.map_or(Value::Null, |state| Value::from(state_words(page, state))),
                text(thing.holder.as_ref()),
                Value::from(shown.certainty),
                Value::from(thing.is_hit),
                text(thing.record.as_ref()),
            ]
        })
        .collect();
    let name: String =
        chain::short(&chain.asked).chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    let (count, known) = (rows.len() as u64, chain.known);
    let export = Export { format, name: format!("trace-{name}"), count, columns, known };
    export.answer(page, Box::pin(stream::once(async move { Ok(rows) })))
}
