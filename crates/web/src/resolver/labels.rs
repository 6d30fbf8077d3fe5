//! `GET /labels/{thing}`: a sheet of labels to print on A4, each with the code of the thing.

use std::sync::Arc;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::qr::{address, picture};
use super::thing::{Thing, origin};
use crate::page::Page;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// Labels on a sheet: three across, eight down, on A4.
const ON_SHEET: usize = 24;
/// The most labels at once.
const MOST: u64 = 2_400;

#[derive(Template)]
#[template(path = "portal/labels.html")]
struct Labels<'p> {
    p: &'p Page,
    name: String,
    count: u64,
    most: u64,
    sheets: Vec<Vec<Label>>,
    path: &'p str,
    first: Option<String>,
}

/// A label: the code, and in words what it says.
struct Label {
    code: Svg,
    /// What it is called, where the register says it.
    name: String,
    lines: Vec<String>,
}

/// A picture that was made here.
struct Svg(String);

impl std::fmt::Display for Svg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Svg {}

/// The sheets. `n` labels of the thing; with `from`, a number, that many serial numbers from there on,
/// one on each label.
///
/// # Errors
/// 400 for what is no code of a thing, 404 where nothing is known of it, a wrong parameter.
pub async fn labels(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let thing = Thing::of(&uri, "/labels")?;
    let mut query = Query::of(&uri);
    let count = query.number("n").unwrap_or(ON_SHEET as u64);
    if !(1..=MOST).contains(&count) {
        let (en, zh) = (format!("a number from 1 to {MOST}"), format!(" 1 至 {MOST} 的整数"));
        query.wrong("n", (&en, &zh));
    }
    // An empty field of the form is none.
    let first = query.text("from").filter(|text| !text.is_empty());
    let serials = first.as_deref().map(|text| numbers(text, count));
    if serials.as_ref().is_some_and(Option::is_none) || (first.is_some() && !has_serials(&thing)) {
        query.wrong(
            "from",
            (
                "the first serial number, ending in digits, of a GTIN without one of its own",
                "首个序列号，以数字结尾；仅用于未带序列号的 GTIN",
            ),
        );
    }
    // What is data of the code is none of this page.
    let attributes = thing.attributes();
    for name in ["11", "13", "15", "17"] {
        if attributes.iter().any(|(found, _)| found == name) {
            let _ = query.text(name);
        }
    }
    query.finish()?;
    let known = site.system.thing_known(&thing.levels()).await?;
    let known = known.ok_or_else(|| super::unknown(thing.path()))?;
    let base = origin(&headers);
    let mut labels = Vec::with_capacity(count as usize);
    match serials.flatten() {
        Some(serials) => {
            for serial in serials {
                let serial: String = form_urlencoded::byte_serialize(serial.as_bytes()).collect();
                let own = Thing::parse(&format!("{base}{}/21/{serial}", thing.path()))?;
                labels.push(label(&page, &own, &known.name, &base)?);
            }
        }
        None => {
            for _ in 0..count {
                labels.push(label(&page, &thing, &known.name, &base)?);
            }
        }
    }
    let mut sheets = Vec::new();
    let mut labels = labels.into_iter().peekable();
    while labels.peek().is_some() {
        sheets.push(labels.by_ref().take(ON_SHEET).collect());
    }
    let path = format!("/labels{}", thing.path());
    page.show(&Labels { p: &page, name: known.name, count, most: MOST, sheets, path: &path, first })
}

/// Whether serial numbers can be given to what a code names: a GTIN, with its lot or without.
fn has_serials(thing: &Thing) -> bool {
    thing.key().ai().digits() == "01" && thing.said("21").is_none() && thing.said("235").is_none()
}

/// So many serial numbers from one on: its last digits count up, and keep their width.
fn numbers(first: &str, count: u64) -> Option<Vec<String>> {
    let at = first
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + first[at..].chars().next().map_or(1, char::len_utf8));
    let (head, digits) = first.split_at(at);
    let from: u64 = digits.parse().ok()?;
    let width = digits.len();
    let last = from.checked_add(count - 1)?;
    // A serial number has up to 20 characters.
    let fits = head.len() + width.max(last.to_string().len()) <= 20;
    fits.then(|| (from..=last).map(|number| format!("{head}{number:0width$}")).collect())
}

fn label(page: &Page, thing: &Thing, name: &str, base: &str) -> Result<Label, Problem> {
    let code = Svg(picture(&address(thing, base))?);
    let lines = thing.elements().map(|element| {
        let ai = element.ai();
        let title = match ai.digits() {
            "01" => page.w.item.gtin,
            "10" => page.w.item.lot,
            "21" => page.w.item.serial,
            _ => page.pick(ai.name_zh(), ai.title()),
        };
        let value = element.value().text();
        // People know the number of a bar code in thirteen digits.
        let value = match ai.digits() {
            "01" => value.strip_prefix('0').unwrap_or(value),
            _ => value,
        };
        format!("{title} {value}")
    });
    Ok(Label { code, name: name.to_owned(), lines: lines.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_count_up() {
        let all = |first: &str, count| numbers(first, count);
        assert_eq!(all("A098", 3).unwrap(), ["A098", "A099", "A100"]);
        assert_eq!(all("7", 2).unwrap(), ["7", "8"]);
        assert_eq!(all("甲1", 1).unwrap(), ["甲1"]);
        assert_eq!(all("AB", 2), None);
        assert_eq!(all("", 2), None);
        assert_eq!(all("18446744073709551615", 2), None);
        assert_eq!(all("99999999999999999999", 1), None);
    }
}
