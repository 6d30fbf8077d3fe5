//! One subject as the index holds it, made of the records that register and name it.

use std::collections::BTreeSet;

use model::Class;
use pack::Pack;
use search::{NameSort, Subject};
use serde_json::{Map, Value};
use store::Stored;
use store::readings::{Mentions, Naming};

use super::joins::body;
use super::sorts::Sorts;

/// Names are cut here.
const LONGEST_NAME: usize = 200;
/// More names and codes of one subject are not looked for.
const MOST: usize = 32;

/// The entry of a subject; none where it is of no sort that has a register. `registrations` are the
/// records that count, the newest first.
pub(crate) fn entry(
    pack: &Pack,
    sorts: &Sorts,
    id: &str,
    mentions: &[Mentions],
    registrations: &[(&Naming, &Stored)],
) -> Option<Subject> {
    let mut registered = registrations.iter().filter_map(|(naming, stored)| {
        let number = sorts.registered(pack, &naming.kind, &naming.role)?;
        let open: Map<String, Value> = serde_json::from_slice(&stored.open).ok()?;
        Some((number, *stored, open))
    });
    let newest = registered.next();
    let number = match &newest {
        Some((number, ..)) => *number,
        None => mentions.iter().find_map(|found| sorts.of_role(pack, &found.role))?,
    };
    let sort = sorts.get(number)?;
    let region = newest.as_ref().and_then(|(_, stored, _)| region(stored)).unwrap_or_default();
    let mut subject = Subject::new(id, number, &region);
    let naming = &sort.naming;
    if let Some((_, stored, open)) = &newest {
        let text = |field: &Option<String>| {
            field.as_ref().and_then(|field| open.get(field)?.as_str()).unwrap_or_default()
        };
        add_name(&mut subject, NameSort::Current, text(&naming.name));
        add_name(&mut subject, NameSort::Short, text(&naming.short));
        for former in naming.former.iter().filter_map(|field| open.get(field)) {
            let former = former.as_array().into_iter().flatten().filter_map(Value::as_str);
            former.for_each(|name| add_name(&mut subject, NameSort::Former, name));
        }
        text(&naming.address).clone_into(&mut subject.address);
        for field in naming.codes.iter().filter_map(|field| open.get(field)) {
            codes_of(field, &mut subject.codes);
        }
        let status = naming.status.as_ref().and_then(|field| open.get(field)?.as_str());
        subject.flags = sort.flags(sort.public && stored.class == Class::Public.word(), status);
    }
    // What it was called by older records.
    for (_, _, open) in registered.take(MOST) {
        for field in naming.name.iter().chain(&naming.short) {
            let name = open.get(field).and_then(Value::as_str).unwrap_or_default();
            add_name(&mut subject, NameSort::Former, name);
        }
    }
    subject.codes.extend(own_codes(id));
    subject.codes.retain(|code| code.chars().any(|c| c.is_ascii_digit()));
    let mut seen = BTreeSet::new();
    subject.codes.retain(|code| seen.insert(code.clone()));
    subject.codes.truncate(MOST);
    let records: u64 = mentions.iter().map(|found| found.records).sum();
    // Twice as much known is one step.
    subject.weight = u8::try_from(records.checked_ilog2().unwrap_or(0)).unwrap_or(u8::MAX);
    subject.since_valid = mentions.iter().map(|m| m.earliest.micros()).min().unwrap_or(i64::MAX);
    subject.since_known = mentions.iter().map(|m| m.first + 1).min().unwrap_or(u64::MAX);
    Some(subject)
}

fn region(stored: &Stored) -> Option<String> {
    let envelope = model::Envelope::read(&stored.envelope).ok()?;
    Some(envelope.region.into_owned())
}

fn add_name(subject: &mut Subject, sort: NameSort, name: &str) {
    let name: String = name.trim().chars().take(LONGEST_NAME).collect();
    let is_known = subject.names.iter().any(|(_, known)| *known == name);
    if !name.is_empty() && !is_known && subject.names.len() < MOST {
        subject.names.push((sort, name));
    }
}

/// Codes in a field: a text, or rows with a column `value`.
fn codes_of(field: &Value, codes: &mut Vec<String>) {
    match field {
        Value::String(code) => codes.push(code.clone()),
        Value::Array(rows) => {
            let value = |row: &Value| row.get("value").unwrap_or(row).as_str().map(str::to_owned);
            codes.extend(rows.iter().filter_map(value));
        }
        _ => {}
    }
}

/// The codes that an id is: what stands behind its scheme, the old code inside of a new one, the
/// keys in a Digital Link.
fn own_codes(id: &str) -> Vec<String> {
    if let Some((_, path)) = id.split_once("://") {
        let keys = path.split('/').skip(2).step_by(2);
        return keys.flat_map(without_zeros).collect();
    }
    let value = id.split_once(':').map_or(id, |(_, value)| value);
    let mut codes = vec![value.to_owned()];
    codes.extend(body(id).filter(|body| body != value));
    codes
}

/// A key, and what is printed of it: a GTIN-14 that begins with zeros is printed shorter.
fn without_zeros(key: &str) -> Vec<String> {
    let printed = key.trim_start_matches('0');
    let mut codes = vec![key.to_owned()];
    if printed.len() != key.len() && printed.len() >= 8 {
        codes.push(printed.to_owned());
    }
    codes
}

/// The entry of several that are one: under the id of the first, found by all that any of them has.
pub(crate) fn merged(mut entries: Vec<Subject>) -> Option<Subject> {
    if entries.is_empty() {
        return None;
    }
    let mut one = entries.remove(0);
    for other in entries {
        if one.names.is_empty() {
            one.names = other.names;
            one.address = other.address;
            one.region = other.region;
            one.flags = other.flags;
        } else {
            for (sort, name) in other.names {
                let sort = if sort == NameSort::Short { sort } else { NameSort::Former };
                add_name(&mut one, sort, &name);
            }
        }
        one.codes.extend(other.codes);
        one.weight = one.weight.max(other.weight);
        one.since_valid = one.since_valid.min(other.since_valid);
        one.since_known = one.since_known.min(other.since_known);
    }
    let mut seen = BTreeSet::new();
    one.codes.retain(|code| seen.insert(code.clone()));
    Some(one)
}

#[cfg(test)]
mod tests {
    use super::own_codes;

    #[test]
    fn an_id_is_found_by_what_is_printed() {
        for (id, codes) in [
            ("uscc:914201001777000029", &["914201001777000029", "177700002"][..]),
            ("organization-code:177700002", &["177700002"]),
            ("https://id.gs1.org/01/06901234567892", &["06901234567892", "6901234567892"]),
            ("shop:1", &["1"]),
        ] {
            assert_eq!(own_codes(id), codes, "{id}");
        }
    }
}
