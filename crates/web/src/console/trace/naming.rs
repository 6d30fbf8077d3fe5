//! Things and places in words: what a product is called with the number of its lot or item, instead of a
//! raw address.

use std::collections::{BTreeSet, HashMap};

use app::registry::Called;
use app::trace::answer::FindingSort;
use percent_encoding::percent_decode_str;

use super::chain::{product, short};
use crate::page::Page;
use crate::page::facts::plain_id;
use crate::site::Site;

const ADDRESS: &str = "https://id.gs1.org/";

/// What some ids are called.
pub struct Names(HashMap<String, Called>);

impl Names {
    /// Looks up what they are called, and the products that they are of.
    pub async fn of(site: &Site, ids: &[&str]) -> Self {
        let mut all: BTreeSet<&str> = ids.iter().copied().collect();
        all.extend(ids.iter().filter_map(|id| product(id)).map(|(product, _)| product));
        Self(site.system.called(all).await)
    }

    fn name(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(|called| called.name.as_str()).filter(|name| !name.is_empty())
    }

    /// The name of a thing: of a lot or an item that of its product, with its number.
    pub fn say(&self, page: &Page, id: &str) -> String {
        if let Some(name) = self.name(id) {
            return name.to_owned();
        }
        if let Some(unit) = id.strip_prefix(ADDRESS).and_then(|rest| rest.strip_prefix("00/")) {
            return page.w.trace.unit_of(unit);
        }
        let Some((of, number)) = product(id) else {
            return plain_id(id).strip_prefix(ADDRESS).unwrap_or(plain_id(id)).to_owned();
        };
        let name = self.name(of).unwrap_or(plain_id(of));
        let number = percent_decode_str(number).decode_utf8_lossy();
        let words = &page.w.trace;
        match id.get(of.len()..).is_some_and(|rest| rest.starts_with("/10/")) {
            true => words.lot_of(name, &number),
            false => words.item_of(name, &number),
        }
    }

    /// What a finding says in numbers and names: every address in it is said in words.
    pub fn detail(&self, page: &Page, sort: FindingSort, detail: &str) -> String {
        if let Some([from, to, far, long]) = journey(detail) {
            let [from, to] = [from, to].map(|place| self.say(page, place));
            return page.w.trace.journey(far, &from, long, &to);
        }
        let parts = detail.split(' ').map(|part| {
            let (id, end) = id_of(part);
            match id {
                "" => part.to_owned(),
                id if sort == FindingSort::Loop => format!("{}{end}", short(id)),
                id => format!("{}{end}", self.say(page, id)),
            }
        });
        parts.collect::<Vec<String>>().join(" ")
    }
}

/// From where to where, how far and in how long, where a finding says that.
fn journey(detail: &str) -> Option<[&str; 4]> {
    let (places, way) = detail.split_once(": ")?;
    let (from, to) = places.split_once(", ")?;
    let (far, long) = way.split_once(" km / ")?;
    Some([from, to, far, long.strip_suffix(" min")?])
}

/// An address, and the mark behind it; empty where a word is none.
fn id_of(part: &str) -> (&str, &str) {
    if !part.starts_with(ADDRESS) {
        return ("", part);
    }
    part.split_at(part.trim_end_matches([',', ':']).len())
}

/// A thing that does not fit and what it names, as ids to look up.
pub fn ids_of<'f>(thing: &'f str, detail: Option<&'f str>) -> Vec<&'f str> {
    detail.into_iter().flat_map(ids_in).chain([thing]).collect()
}

/// The addresses in what a finding says.
fn ids_in(detail: &str) -> impl Iterator<Item = &str> {
    detail.split(' ').map(|part| id_of(part).0).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_what_is_said() {
        let place = |n| format!("{ADDRESS}414/690000000000{n}");
        let (one, two) = (place(1), place(2));
        let journey = format!("{one}, {two}: 289 km / 30 min");
        assert_eq!(ids_in(&journey).collect::<Vec<_>>(), [one.as_str(), two.as_str()]);
        assert_eq!(ids_in(&format!("{one} +3")).collect::<Vec<_>>(), [one.as_str()]);
        assert_eq!(ids_in("12 > 10 kg").count(), 0);
        assert_eq!(super::journey(&journey), Some([one.as_str(), two.as_str(), "289", "30"]));
        assert_eq!(super::journey("12 > 10 kg"), None);
    }
}
