//! Building the schemas of all kinds, and reading their conditions, when a pack is loaded.

use std::collections::BTreeMap;
use std::sync::Arc;

use clock::Date;
use rules::filter::Filter;
use rules::schema::Schema;
use rules::value::CodeList;
use rules::{DeclarationError, Problem};

use super::KindSchema;
use super::identifiers::Watch;
use super::shape::{code_list, label, lists_of, member};
use crate::context::{Context, KindPlaces, Place};
use crate::fault::FaultCode;
use crate::kind::{Kind, RECORD_MEMBERS};
use crate::pack::Pack;
use crate::procedure::Reading;

/// The schemas of all kinds; a fault for each that cannot be, and for each condition that cannot
/// be read. Where the file of a kind or a list is at fault already, what follows from that is not
/// told.
pub(crate) fn build(pack: &Pack, cx: &mut Context) -> BTreeMap<String, Arc<KindSchema>> {
    let mut lists = Lists { pack, made: BTreeMap::new() };
    let mut found = BTreeMap::new();
    let places = std::mem::take(&mut cx.kinds);
    for kind in pack.kinds.values() {
        let Some(places) = places.get(&kind.id) else { continue };
        let concerns = |file: &str| file == places.kind.file || file.starts_with("lists/");
        if cx.faults.iter().any(|fault| concerns(&fault.file)) {
            continue;
        }
        if let Some(schema) = of_kind(kind, places, &mut lists, cx) {
            found.insert(kind.id.clone(), Arc::new(schema));
        }
    }
    found
}

/// The schemas of the forms of steps, by their names.
pub(crate) fn build_forms(
    pack: &Pack,
    readings: &[Reading],
    cx: &mut Context,
) -> BTreeMap<String, Arc<KindSchema>> {
    let mut lists = Lists { pack, made: BTreeMap::new() };
    let mut found = BTreeMap::new();
    for (form, place) in readings.iter().flat_map(Reading::as_kinds) {
        let (kind, fields) = (place.clone(), Vec::new());
        let places = KindPlaces { kind, fields, conditions: BTreeMap::new() };
        if let Some(schema) = of_kind(&form, &places, &mut lists, cx) {
            found.insert(form.id, Arc::new(schema));
        }
    }
    found
}

/// Code lists for a day, each made once for all kinds.
struct Lists<'p> {
    pack: &'p Pack,
    /// By the list and how many of its changes are past; the last has all codes that ever were.
    made: BTreeMap<(&'p str, usize), CodeList>,
}

impl Lists<'_> {
    /// The days on which a list changes, rising.
    fn boundaries(&self, list: &str) -> Vec<Date> {
        let entries = self.pack.list(list).map(|list| list.entries()).unwrap_or_default();
        let days = entries.iter().map(|entry| entry.in_force);
        let after = |day: Date| day.plus(1).ok();
        let mut days: Vec<Date> =
            days.flat_map(|days| [days.from, days.to.and_then(after)]).flatten().collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    fn on(&mut self, name: &str, on: Option<Date>) -> CodeList {
        let Some(list) = self.pack.list(name) else { return CodeList::new(name, []) };
        let past = |day| self.boundaries(name).partition_point(|first| *first <= day);
        let key = (list.id.as_str(), on.map_or(usize::MAX, past));
        self.made.entry(key).or_insert_with(|| code_list(list, on)).clone()
    }
}

fn of_kind(
    kind: &Kind,
    places: &KindPlaces,
    lists: &mut Lists<'_>,
    cx: &mut Context,
) -> Option<KindSchema> {
    let mut used = Vec::new();
    kind.fields.iter().for_each(|field| lists_of(&field.field_type, &mut used));
    let mut boundaries: Vec<Date> = used.iter().flat_map(|list| lists.boundaries(list)).collect();
    boundaries.sort_unstable();
    boundaries.dedup();
    let before_all = boundaries.first().map_or(Date::MIN, |first| first.plus(-1).unwrap_or(*first));
    let days: Vec<Date> = std::iter::once(before_all).chain(boundaries.iter().copied()).collect();
    let mut made = |on: Option<Date>| schema(kind, on, lists);
    let eras: Result<Vec<_>, _> =
        days.into_iter().map(|day| made(Some(day)).map(Arc::new)).collect();
    let (eras, all) = match (eras, made(None)) {
        (Ok(eras), Ok(all)) => (eras, all),
        (Err(error), _) | (_, Err(error)) => {
            refused(kind, places, &error, cx);
            return None;
        }
    };
    let fields = all.fields().clone();
    let bad = kind.count.as_ref().and_then(|count| count.bad.as_deref());
    let mut all_read = true;
    let mut condition = |key: &str, text: Option<&str>| match Filter::parse(text?, &fields) {
        Ok(filter) => Some(filter),
        Err(fault) => {
            unread(kind, places, key, &fault, cx);
            all_read = false;
            None
        }
    };
    let bad = condition("bad", bad);
    let in_force = condition("when", kind.tracing.when.as_deref());
    let doubt = condition("doubt", kind.tracing.doubt.as_deref());
    let reversed = condition("reversed", kind.tracing.reversed.as_deref());
    let watched = Watch::of(kind);
    all_read.then_some(KindSchema {
        boundaries,
        eras,
        watched,
        fields,
        bad,
        in_force,
        doubt,
        reversed,
    })
}

/// A kind as it is on a day; on none, with every code that ever was.
fn schema(
    kind: &Kind,
    on: Option<Date>,
    lists: &mut Lists<'_>,
) -> Result<Schema, DeclarationError> {
    let mut list = |name: &str| lists.on(name, on);
    let mut part = |personal: bool| {
        let fields = kind.fields.iter().filter(|field| field.personal == personal);
        fields.map(|field| member(field, &mut list)).collect()
    };
    let (open, personal) = (part(false), part(true));
    Schema::new(rules::schema::Kind {
        // Of the form of a step: its procedure and itself.
        name: kind.id.replace('/', "-"),
        label: label(&kind.label),
        open,
        personal,
    })
}

/// A message is what is wrong, then what to do.
fn halves(message: &str) -> (&str, &str) {
    message.split_once("; ").unwrap_or((message, "correct it"))
}

fn refused(kind: &Kind, places: &KindPlaces, error: &DeclarationError, cx: &mut Context) {
    let name = match error {
        DeclarationError::Name { name, .. }
        | DeclarationError::Reserved { name, .. }
        | DeclarationError::Twice { name, .. }
        | DeclarationError::Unsound { name, .. } => name.as_str(),
        _ => "",
    };
    let has_column = |field: &str| match kind.field(field).map(|field| &field.field_type) {
        Some(crate::kind::FieldType::Table { columns }) => columns.iter().any(|c| c.name == name),
        _ => false,
    };
    let fields = &places.fields;
    let named = fields.iter().find(|(field, _)| field == name);
    let named = named.or_else(|| fields.iter().find(|(field, _)| has_column(field)));
    let place = named.map_or(&places.kind, |(_, place)| place);
    let message = error.to_string();
    let (what, remedy) = halves(&message);
    let what = format!("no record of {} can be checked: {what}", kind.id);
    cx.fault(FaultCode::BadValue, place, what, remedy);
}

fn unread(kind: &Kind, places: &KindPlaces, key: &str, fault: &rules::Fault, cx: &mut Context) {
    let first = places.conditions.get(key).unwrap_or(&places.kind);
    let line = first.line + (fault.position.line as usize).saturating_sub(1);
    let place = Place { file: first.file.clone(), line };
    let message = fault.problem.to_string();
    let (what, mut remedy) = halves(&message);
    // A filter speaks of typed fields only; what else a record has may well be meant.
    if let Problem::UnknownName { name, .. } = &fault.problem {
        if kind.field(name).is_some() {
            remedy = "a condition speaks of typed fields only: add typed = true to the field, where \
                      it has one value and is not personal";
        } else if kind.subject(name).is_some() || RECORD_MEMBERS.contains(&name.as_str()) {
            remedy = "a condition speaks of the kind's own typed fields, not of its subjects or of \
                      what every record has: put it in by, or add a typed field that says it";
        }
    }
    let what = format!(
        "{key} of {} cannot be read at character {}: {what}",
        kind.id, fault.position.column
    );
    cx.fault(FaultCode::Expression, &place, what, remedy);
}
