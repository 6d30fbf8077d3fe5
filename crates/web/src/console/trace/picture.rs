//! The layers of a chain as SVG: parties are lanes, things lie in them, marks say what was tested.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use super::chain::{self, Chain, Thing};
use crate::page::Page;
use crate::page::facts::Facts;
use crate::page::format::month_day;
use crate::page::ui::Escaped;

/// Widths and heights, in units of the picture.
const LANE: f64 = 138.0;
const STEP: f64 = 175.0;
const LOT: f64 = 31.0;
const HEAD: f64 = 42.0;
const TOP: f64 = 36.0;
/// Lanes of a layer, and things in a lane, that are drawn; the list has all.
const LANES: usize = 7;
const LOTS: usize = 4;
/// Cities in which it was sold that are drawn.
const CITIES: usize = 9;

/// A picture.
pub struct Picture {
    /// Units across.
    pub width: f64,
    /// Units down.
    pub height: f64,
    /// What is drawn.
    pub drawn: String,
    /// What it shows, in words.
    pub label: String,
    /// Things that are not drawn for want of room.
    pub left_out: usize,
}

impl Picture {
    /// Whether it may be drawn a little smaller to fit beside the panel.
    pub fn is_fit(&self) -> bool {
        self.width < 1_000.0
    }
}

/// A bar of the time line, which leads to the question as of its end.
pub struct Bar {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub label: String,
    /// Left edge, top, height.
    pub x: usize,
    /// Top.
    pub y: usize,
    /// Height.
    pub height: usize,
}

/// A lane: somebody in a layer, with what they made or have.
struct Lane<'c> {
    party: &'c str,
    things: Vec<usize>,
    y: f64,
    height: f64,
}

/// Draws a chain; with `only_hit` what is touched alone.
pub fn draw(page: &Page, facts: &Facts<'_>, chain: &Chain, only_hit: bool) -> Picture {
    let is_drawn = |thing: &Thing| {
        matches!(thing.sort, "item" | "lot" | "product" | "sample" | "process") || thing.layer == 0
    };
    let mut layers: BTreeMap<i64, BTreeMap<&str, Vec<usize>>> = BTreeMap::new();
    for (at, thing) in chain.things.iter().enumerate() {
        if !is_drawn(thing) || only_hit && !thing.is_hit {
            continue;
        }
        let party = thing.party.as_deref().or(thing.holder.as_deref()).unwrap_or_default();
        layers.entry(thing.layer).or_default().entry(party).or_default().push(at);
    }
    let mut left_out = 0;
    let mut columns: Vec<(i64, Vec<Lane<'_>>)> = Vec::new();
    for (layer, parties) in layers {
        let mut lanes: Vec<Lane<'_>> = parties
            .into_iter()
            .map(|(party, things)| Lane { party, things, y: 0.0, height: 0.0 })
            .collect();
        // What is wrong or asked about first, then those with most.
        let weight = |lane: &Lane<'_>| {
            let has = |is: fn(&Thing) -> bool| lane.things.iter().any(|at| is(&chain.things[*at]));
            (
                has(|t| t.layer == 0),
                has(|t| t.test == Some(false)),
                has(|t| t.is_odd),
                lane.things.len(),
            )
        };
        lanes.sort_by(|a, b| weight(b).cmp(&weight(a)).then(a.party.cmp(b.party)));
        for lane in lanes.iter().skip(LANES) {
            left_out += lane.things.len();
        }
        lanes.truncate(LANES);
        for lane in &mut lanes {
            lane.things.sort_by_key(|at| {
                let thing = &chain.things[*at];
                (thing.layer != 0, thing.test != Some(false), !thing.is_odd, thing.at)
            });
            left_out += lane.things.len().saturating_sub(LOTS);
        }
        columns.push((layer, lanes));
    }
    let mut height: f64 = 0.0;
    for (_, lanes) in &mut columns {
        let mut y = TOP;
        for lane in lanes {
            let lots = lane.things.len().min(LOTS) as f64;
            let more = if lane.things.len() > LOTS { 16.0 } else { 0.0 };
            (lane.y, lane.height) = (y, HEAD + lots * LOT + more);
            y += lane.height + 14.0;
        }
        height = height.max(y);
    }
    let cities = cities(facts, page, chain);
    let has_cities = !cities.is_empty();
    height = height.max(TOP + 43.0 * cities.len().min(CITIES) as f64);
    let width = 16.0 + STEP * (columns.len() + usize::from(has_cities)) as f64 - (STEP - LANE);
    let mut places: HashMap<usize, (f64, f64)> = HashMap::new();
    for (number, (_, lanes)) in columns.iter().enumerate() {
        let x = 8.0 + STEP * number as f64;
        for lane in lanes {
            for (row, at) in lane.things.iter().take(LOTS).enumerate() {
                places.insert(*at, (x, lane.y + HEAD + LOT * row as f64 + 10.0));
            }
        }
    }
    let mut drawn = String::with_capacity(32 << 10);
    heads(page, chain, &columns, has_cities, &mut drawn);
    links(chain, &places, &mut drawn);
    if has_cities {
        sales(page, chain, &cities, columns.len(), &places, &mut drawn);
    }
    for (number, (_, lanes)) in columns.iter().enumerate() {
        let x = 8.0 + STEP * number as f64;
        lanes.iter().for_each(|lane| self::lane(page, facts, chain, lane, x, &mut drawn));
    }
    let label = page.w.trace.picture(chain::short(&chain.asked), chain.things.len(), columns.len());
    Picture { width: width.max(320.0), height: height.max(120.0), drawn, label, left_out }
}

/// What each layer is: of the things that are in most of it, the product.
fn heads(
    page: &Page,
    chain: &Chain,
    columns: &[(i64, Vec<Lane<'_>>)],
    has_cities: bool,
    drawn: &mut String,
) {
    for (number, (layer, lanes)) in columns.iter().enumerate() {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for at in lanes.iter().flat_map(|lane| &lane.things) {
            let thing = &chain.things[*at];
            let name = match chain::product(&thing.id) {
                Some(_) => chain.name_of(&thing.id),
                None if thing.id.contains("/00/") => page.w.trace.logistic_unit.to_owned(),
                None => chain::sort_words(page, thing.sort).to_owned(),
            };
            *names.entry(name).or_default() += 1;
        }
        let name = names.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| name);
        let name = fitted(&name.unwrap_or_default(), 20);
        let (x, class) =
            (77.0 + STEP * number as f64, if *layer == 0 { "t-strong t-mid" } else { "t-mid" });
        let _ =
            write!(drawn, "<text class=\"{class}\" x=\"{x}\" y=\"22\">{}</text>", Escaped(&name));
    }
    if has_cities {
        let x = 77.0 + STEP * columns.len() as f64;
        let _ = write!(
            drawn,
            "<text class=\"t-mid\" x=\"{x}\" y=\"22\">{}</text>",
            page.w.trace.sold_in
        );
    }
}

fn links(chain: &Chain, places: &HashMap<usize, (f64, f64)>, drawn: &mut String) {
    for (from, to) in &chain.links {
        let (Some((x1, y1)), Some((x2, y2))) = (places.get(from), places.get(to)) else { continue };
        let (a, b) = (&chain.things[*from], &chain.things[*to]);
        let class = match (a.is_odd || b.is_odd, a.is_hit && b.is_hit) {
            (true, _) => "link link-odd",
            (false, true) => "link-hit",
            (false, false) => "link",
        };
        curve(drawn, class, (x1 + 132.0, *y1 + 3.0), (x2 + 6.0, *y2 + 3.0), 2.5);
    }
}

fn curve(drawn: &mut String, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64), width: f64) {
    let middle = (x1 + x2) / 2.0;
    let _ = write!(
        drawn,
        "<path class=\"{class}\" stroke-width=\"{width}\" d=\"M{x1:.1} {y1:.1}C{middle:.1} {y1:.1} {middle:.1} {y2:.1} {x2:.1} {y2:.1}\"/>"
    );
}

/// One lane with what lies in it.
fn lane(
    page: &Page,
    facts: &Facts<'_>,
    chain: &Chain,
    lane: &Lane<'_>,
    x: f64,
    drawn: &mut String,
) {
    let is_hit = lane.things.iter().any(|at| chain.things[*at].is_hit);
    let class = if is_hit { "lane lane-hit" } else { "lane" };
    let (y, height) = (lane.y, lane.height);
    let is_hidden = lane.things.iter().any(|at| chain.things[*at].is_hidden);
    let is_around = lane.things.iter().any(|at| chain.things[*at].layer == 0) && chain.is_around();
    let name = match lane.party {
        "" if is_around => chain.name_of(&chain.asked),
        "" if is_hidden => page.w.trace.not_for_you.to_owned(),
        "" => page.w.trace.unknown_party.to_owned(),
        party => chain.name_of(party),
    };
    let region = chain.region_of(lane.party);
    let region = if region.is_empty() { String::new() } else { facts.region(region, page.today()) };
    let _ = write!(
        drawn,
        "<g><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{LANE}\" height=\"{height}\" rx=\"6\"><title>{}</title></rect><text class=\"t-strong\" x=\"{}\" y=\"{}\">{}</text><text class=\"t-small\" x=\"{}\" y=\"{}\">{}</text>",
        Escaped(&name),
        x + 8.0,
        y + 17.0,
        Escaped(&fitted(&name, 18)),
        x + 8.0,
        y + 32.0,
        Escaped(&region),
    );
    for (row, at) in lane.things.iter().take(LOTS).enumerate() {
        thing(page, chain, &chain.things[*at], (x + 6.0, y + HEAD + LOT * row as f64), drawn);
    }
    if lane.things.len() > LOTS {
        let more = page.w.trace.more(lane.things.len() - LOTS);
        let _ = write!(
            drawn,
            "<text class=\"t-small\" x=\"{}\" y=\"{}\">{more}</text>",
            x + 8.0,
            y + height - 6.0
        );
    }
    drawn.push_str("</g>");
}

/// A thing, which leads to the question about itself.
fn thing(page: &Page, chain: &Chain, thing: &Thing, (x, y): (f64, f64), drawn: &mut String) {
    let is_source = thing.layer == 0 && thing.test == Some(false);
    let (class, text) = match (is_source, thing.is_hit) {
        (true, _) => ("lot-source", "t-inv t-small"),
        (false, true) => ("lot lot-hit", "t-danger t-small"),
        (false, false) => ("lot", "t-small"),
    };
    let href = super::question(&thing.id);
    let name = chain.name_of(&thing.id);
    let short = chain::short(&thing.id);
    // Of long numbers the end tells.
    let shown = match short.chars().count() {
        count if count > 15 => format!("…{}", short.chars().skip(count - 10).collect::<String>()),
        _ => short.to_owned(),
    };
    let _ = write!(
        drawn,
        "<a href=\"{href}\"><title>{} {}</title><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"126\" height=\"26\" rx=\"4\"/>",
        Escaped(&name),
        Escaped(short)
    );
    if thing.layer == 0 {
        let _ = write!(
            drawn,
            "<rect class=\"lot-picked\" x=\"{}\" y=\"{}\" width=\"132\" height=\"32\" rx=\"6\"/>",
            x - 3.0,
            y - 3.0
        );
    }
    let _ = write!(
        drawn,
        "<text class=\"{text}\" x=\"{}\" y=\"{}\">{}</text>",
        x + 6.0,
        y + 17.0,
        Escaped(&shown)
    );
    let _ = page;
    let (mut at, middle) = (x + 115.0, y + 13.0);
    if thing.instruments > 0 {
        let _ =
            write!(drawn, "<path class=\"mark-tool\" d=\"M{at} {}l7 7-7 7-7-7z\"/>", middle - 7.0);
        at -= 17.0;
    }
    if thing.is_odd {
        let _ = write!(
            drawn,
            "<path class=\"mark-odd\" d=\"M{at} {}l7 13h-14z\"/><path class=\"mark-odd-line\" d=\"M{at} {}v4m0 2v.6\"/>",
            middle - 7.0,
            middle - 2.5
        );
        at -= 17.0;
    }
    match thing.test {
        Some(true) => {
            let _ = write!(
                drawn,
                "<circle class=\"mark-pass\" cx=\"{at}\" cy=\"{middle}\" r=\"7\"/><path class=\"mark-pass-line\" d=\"M{} {middle}l2.4 2.6 4-5\"/>",
                at - 3.0
            );
        }
        Some(false) => {
            let _ = write!(
                drawn,
                "<rect class=\"mark-fail\" x=\"{}\" y=\"{}\" width=\"14\" height=\"14\" rx=\"2\"/><path class=\"mark-fail-line\" d=\"M{} {}l6 6m0-6l-6 6\"/>",
                at - 7.0,
                middle - 7.0,
                at - 3.0,
                middle - 3.0
            );
        }
        None => {}
    }
    drawn.push_str("</a>");
}

/// Where it was sold: city, shops, sales; most first.
fn cities(facts: &Facts<'_>, page: &Page, chain: &Chain) -> Vec<(String, usize, usize)> {
    let mut cities: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (seller, sales) in &chain.sales {
        let region = chain.region_of(seller);
        let city = match region.get(..4) {
            // What the province administers itself is no part of a city.
            Some("4290") => region.to_owned(),
            Some(city) => format!("{city}00"),
            None => String::new(),
        };
        let name = match city.as_str() {
            "" => page.w.trace.unknown_place.to_owned(),
            city => facts.region(city, page.today()),
        };
        let of = cities.entry(name).or_default();
        of.0 += 1;
        of.1 += sales;
    }
    let mut cities: Vec<_> =
        cities.into_iter().map(|(city, (shops, sales))| (city, shops, sales)).collect();
    cities.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    cities
}

/// The last column: where it went over the counter, by city.
fn sales(
    page: &Page,
    chain: &Chain,
    cities: &[(String, usize, usize)],
    column: usize,
    places: &HashMap<usize, (f64, f64)>,
    drawn: &mut String,
) {
    let x = 8.0 + STEP * column as f64;
    let most = cities.first().map_or(1, |city| city.2.max(1));
    // From the things of the last layer that is drawn.
    let last = places.iter().filter(|(at, _)| chain.things[**at].is_hit);
    let right = last.clone().map(|(_, (x, _))| *x).fold(0.0, f64::max);
    let ends: BTreeSet<(i64, i64)> =
        last.filter(|(_, (x, _))| *x >= right).map(|(_, (x, y))| (*x as i64, *y as i64)).collect();
    for (row, (name, shops, count)) in cities.iter().take(CITIES).enumerate() {
        let y = TOP + 43.0 * row as f64;
        for (from_x, from_y) in ends.iter().take(6) {
            let from = (*from_x as f64 + 132.0, *from_y as f64 + 3.0);
            curve(drawn, "link-hit", from, (x, y + 18.0), 1.2);
        }
        let width = 122.0 * *count as f64 / most as f64;
        let says = page.w.trace.shops(*shops);
        let _ = write!(
            drawn,
            "<g><rect class=\"lane lane-hit\" x=\"{x}\" y=\"{y}\" width=\"{LANE}\" height=\"37\" rx=\"6\"/><text class=\"t-strong\" x=\"{}\" y=\"{}\">{}</text><text class=\"t-small t-end\" x=\"{}\" y=\"{}\">{says}</text><rect class=\"sale-bar\" x=\"{}\" y=\"{}\" width=\"{width:.1}\" height=\"6\" rx=\"2\"/></g>",
            x + 8.0,
            y + 16.0,
            Escaped(&fitted(name, 10)),
            x + LANE - 8.0,
            y + 16.0,
            x + 8.0,
            y + 24.0,
        );
    }
}

/// A text within so many half-widths; a character of Chinese takes two.
fn fitted(text: &str, most: usize) -> String {
    let mut width = 0;
    let mut fitted = String::new();
    for c in text.chars() {
        width += if c.is_ascii() { 1 } else { 2 };
        if width > most {
            fitted.push('…');
            break;
        }
        fitted.push(c);
    }
    fitted
}

/// Bars of the time line.
const BARS: i64 = 13;

/// When there was how much: bars over the whole time, each leading to the question as of its last day.
pub fn bars(page: &Page, chain: &Chain) -> (Vec<Bar>, Option<(String, String)>) {
    let (Some(first), Some(last)) = (chain.times.first(), chain.times.last()) else {
        return (Vec::new(), None);
    };
    let span = (last.micros() - first.micros()).max(1);
    let mut counts = [0_usize; BARS as usize];
    for time in &chain.times {
        let at = (time.micros() - first.micros()) as i128 * i128::from(BARS) / i128::from(span + 1);
        if let Some(count) = counts.get_mut(at as usize) {
            *count += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    let bars = counts.iter().enumerate().map(|(at, count)| {
        let end = first.micros() + (span as i128 * (at as i128 + 1) / i128::from(BARS)) as i64;
        let day = model::Timestamp::from_micros(end).day_in_china();
        let height = count * 24 / most;
        Bar {
            href: page.with("on", &day.to_string()),
            label: page.w.trace.until(day.to_string(), *count),
            x: at * 63 + 3,
            y: 26 - height,
            height: height.max(usize::from(*count > 0)),
        }
    });
    let (first, last) = (first.day_in_china(), last.day_in_china());
    let ends = match first.year() == last.year() {
        true => (month_day(first), month_day(last)),
        false => (first.to_string(), last.to_string()),
    };
    (bars.collect(), Some(ends))
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn names_stay_within_their_lane() {
        assert_eq!(fitted("武汉汉北云仓", 18), "武汉汉北云仓");
        assert_eq!(fitted("荆门楚塑新材料有限公司", 18), "荆门楚塑新材料有限…");
        assert_eq!(fitted("ABC", 2), "AB…");
    }
}
