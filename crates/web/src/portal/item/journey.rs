//! The way of a thing, on a line and on the map.

use std::fmt::Write as _;

use app::item::{Item, NAMED, STEPS, Step};
use clock::Date;
use pack::Pack;

use crate::page::Page;
use crate::page::facts::Facts;
use crate::page::ui::Escaped;

/// The field of the register of products that says what sort of product one is.
const SORT: &str = "category";

/// A step, as it is shown.
pub struct StepShown {
    /// Its number on the line and on the map.
    pub number: usize,
    /// What was done.
    pub title: String,
    /// By whom, where.
    pub text: String,
    /// When.
    pub day: Date,
    /// Its picture.
    pub icon: &'static str,
    /// Whether a recall concerns it.
    pub is_danger: bool,
    /// The division.
    pub region: String,
}

/// The steps that the pack tells, in the order of time.
pub fn steps(
    page: &Page,
    pack: &Pack,
    facts: &Facts<'_>,
    item: &Item,
    is_recalled: bool,
) -> Vec<StepShown> {
    let list = pack.list(STEPS);
    let named = pack.list(NAMED);
    let mut shown = Vec::new();
    for step in &item.journey.steps {
        let on = step.at.day_in_china();
        let Some(entry) = list.and_then(|list| list.get(&step.step, on)) else { continue };
        // Of whom a maker buys, and to whom it sells for other makers, are trade secrets.
        let is_named =
            step.of.is_none() && !step.is_use && named.is_some_and(|list| list.has(&step.step, on));
        let party = step.party.as_ref();
        let region = party.map(|party| party.region.clone()).unwrap_or_default();
        let mut text = Vec::new();
        if let Some(party) = party.filter(|_| is_named) {
            let found = party.id.as_ref().and_then(|id| item.names.get(id).cloned());
            text.extend(found);
        }
        if !region.is_empty() {
            text.push(facts.region(&region, on));
        }
        let mut title = page.say(&entry.label).to_owned();
        if step.is_use {
            title = page.w.item.used.to_owned();
        }
        if step.of.is_some() {
            let what = ingredient(pack, facts, item, step, on);
            title = page.w.ui.labelled(&title, what.unwrap_or(page.w.item.ingredient.to_owned()));
        }
        shown.push(StepShown {
            number: shown.len() + 1,
            title,
            text: text.join(page.pick("，", ", ")),
            day: on,
            icon: icon(&step.step),
            is_danger: is_recalled && step.of.is_some(),
            region,
        });
    }
    shown
}

/// What sort of product an ingredient is, as the register says: its name would say whose.
fn ingredient(
    pack: &Pack,
    facts: &Facts<'_>,
    item: &Item,
    step: &Step,
    on: Date,
) -> Option<String> {
    let product = step.of.as_deref().and_then(app::item::product_of)?;
    let record = item.origins.get(&product)?;
    let sort = facts.line(pack.kind(&record.kind)?, &record.open, SORT, on);
    (!sort.is_empty()).then_some(sort)
}

/// The picture of a step of the Core Business Vocabulary.
fn icon(step: &str) -> &'static str {
    match step {
        "commissioning"
        | "creating_class_instance"
        | "assembling"
        | "transforming"
        | "harvesting"
        | "slaughtering" => "factory",
        "packing" | "unpacking" | "storing" | "inspecting" | "loading" | "unloading" => "box",
        "shipping" | "departing" | "transporting" | "arriving" | "receiving" => "truck",
        "retail_selling" | "stocking" | "dispensing" => "shop",
        "sampling" | "sensor_reporting" => "flask",
        _ => "pin",
    }
}

/// The steps on the map of the pack.
pub struct Picture {
    /// Units across.
    pub width: f64,
    /// Units down.
    pub height: f64,
    /// What is drawn, as parts of SVG.
    pub drawn: String,
    /// What it shows, in words.
    pub label: String,
}

/// Steps that follow each other in one place are one mark.
pub fn picture(page: &Page, pack: &Pack, steps: &[StepShown]) -> Option<Picture> {
    let map = pack.map()?;
    let divisions = &pack.tables().divisions;
    // Code, place, steps, danger.
    let mut marks: Vec<(&str, f64, f64, Vec<usize>, bool)> = Vec::new();
    for step in steps {
        let Some(unit) = map.unit(&step.region) else { continue };
        match marks.last_mut().filter(|mark| mark.0 == unit.code) {
            Some(mark) => {
                mark.3.push(step.number);
                mark.4 |= step.is_danger;
            }
            None => marks.push((&unit.code, unit.x, unit.y, vec![step.number], step.is_danger)),
        }
    }
    if marks.is_empty() {
        return None;
    }
    let mut drawn = String::with_capacity(24 << 10);
    for unit in &map.units {
        let _ = write!(drawn, "<path class=\"q1\" d=\"{}\"/>", unit.path);
    }
    let way: Vec<String> =
        marks.iter().map(|mark| format!("{:.1} {:.1}", mark.1, mark.2)).collect();
    let _ = write!(drawn, "<path class=\"way\" d=\"M{}\"/>", way.join("L"));
    let mut names = Vec::new();
    let mut placed: Vec<(f64, f64)> = Vec::new();
    for (at, (code, x, y, numbers, is_danger)) in marks.iter().enumerate() {
        let class = if *is_danger { "stop stop-danger" } else { "stop" };
        let _ = write!(drawn, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>");
        let name = divisions.get(code, page.today()).map_or(*code, |found| found.name.as_str());
        let name = name.trim_end_matches('市');
        let name = name.split_once("土家族").map_or(name, |(short, _)| short);
        names.push(name.to_owned());
        let said = match (numbers.first(), numbers.last()) {
            (Some(first), Some(last)) if first != last => format!("{first}–{last} {name}"),
            (Some(first), _) => format!("{first} {name}"),
            _ => name.to_owned(),
        };
        // Above and below by turns; further away where something stands already.
        let mut line = if at % 2 == 0 { y + 17.0 } else { y - 9.0 };
        let half = 6.0 * said.chars().count() as f64;
        let centre = x.clamp(half, map.width - half);
        while placed.iter().any(|(px, py)| (px - centre).abs() < 56.0 && (py - line).abs() < 12.0) {
            line += if at % 2 == 0 { 13.0 } else { -13.0 };
        }
        placed.push((centre, line));
        let _ = write!(
            drawn,
            "<text class=\"t-mid\" x=\"{centre:.1}\" y=\"{line:.1}\">{}</text>",
            Escaped(&said)
        );
    }
    let label = page.w.item.route(names.join(page.pick("、", ", ")));
    Some(Picture { width: map.width, height: map.height, drawn, label })
}
