//! A pack as things with named facets.

use std::collections::BTreeMap;

use codes::{DivisionLevel, InForce, Label};

use super::procedures::procedure_of;
use super::{Area, Facet, Phrase};
use crate::document::{Document, Shape, Span};
use crate::kind::{Basis, Field, Kind, Positioning};
use crate::law::{AppliesBasis, Parameter, Version};
use crate::list::{CodeList, well_known};
use crate::load::is_compared_whole;
use crate::mapping::{Column, Mapping};
use crate::office::{Extent, Office};
use crate::pack::Pack;
use crate::report::{Measure, Report, Rows};
use crate::role::Role;

/// Which thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) area: Area,
    /// Parts are `whole/part`.
    pub(super) id: String,
    pub(super) since: Option<String>,
}

impl Key {
    pub(super) fn new(area: Area, id: impl Into<String>) -> Self {
        Self { area, id: id.into(), since: None }
    }

    fn since(area: Area, id: impl Into<String>, days: &InForce) -> Self {
        Self { since: days.from.map(|day| day.to_string()), ..Self::new(area, id) }
    }

    /// The thing that it is part of.
    pub(super) fn part_of(&self) -> Option<Self> {
        let whole = match self.area {
            Area::Code => Area::List,
            Area::Field => Area::Kind,
            Area::Column => Area::Mapping,
            Area::ReportColumn | Area::CrossCheck => Area::Report,
            Area::State | Area::Step | Area::Term => Area::Procedure,
            Area::StepField => Area::Step,
            _ => return None,
        };
        // A code may have a stroke in it, a field of a step has its step and the procedure before it.
        let parts = match self.area {
            Area::StepField => self.id.rsplit_once('/'),
            _ => self.id.split_once('/'),
        };
        parts.map(|(id, _)| Self::new(whole, id))
    }
}

/// A thing.
pub(super) struct Thing {
    pub(super) label: Phrase,
    /// What is said of it where it is new.
    pub(super) summary: Option<Phrase>,
    pub(super) facets: BTreeMap<Facet, FacetValue>,
}

/// What a side of a thing says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FacetValue {
    One(Phrase),
    Set(Vec<String>),
}

impl FacetValue {
    pub(super) fn phrase(&self) -> Phrase {
        match self {
            Self::One(phrase) => phrase.clone(),
            Self::Set(names) => Phrase { zh: names.join("、"), en: names.join(", ") },
        }
    }
}

impl Thing {
    pub(super) fn new(label: &Label) -> Self {
        let mut thing = Self { label: label.into(), summary: None, facets: BTreeMap::new() };
        let both = Phrase::same(format!("{} {}", label.zh, label.en));
        thing.facets.insert(Facet::Label, FacetValue::One(both));
        thing
    }

    pub(super) fn say(mut self, facet: Facet, phrase: Phrase) -> Self {
        self.facets.insert(facet, FacetValue::One(phrase));
        self
    }

    pub(super) fn text(self, facet: Facet, text: impl ToString) -> Self {
        self.say(facet, Phrase::same(text.to_string()))
    }

    pub(super) fn maybe(self, facet: Facet, text: Option<impl ToString>) -> Self {
        match text {
            Some(text) => self.text(facet, text),
            None => self,
        }
    }

    pub(super) fn yes(self, facet: Facet, holds: bool) -> Self {
        let (zh, en) = if holds { ("是", "yes") } else { ("否", "no") };
        self.say(facet, Phrase { zh: zh.to_owned(), en: en.to_owned() })
    }

    pub(super) fn set(
        mut self,
        facet: Facet,
        names: impl IntoIterator<Item = impl ToString>,
    ) -> Self {
        let names = names.into_iter().map(|name| name.to_string()).collect();
        self.facets.insert(facet, FacetValue::Set(names));
        self
    }

    pub(super) fn summary(mut self, summary: Phrase) -> Self {
        self.summary = Some(summary);
        self
    }
}

/// Everything in a pack.
pub(super) fn describe(pack: &Pack) -> BTreeMap<Key, Thing> {
    let mut things = BTreeMap::new();
    manifest(pack, &mut things);
    for subject in pack.subjects() {
        let thing = Thing::new(&subject.label)
            .set(Facet::Schemes, &subject.schemes)
            .maybe(Facet::Register, subject.register.as_ref())
            .set(
                Facet::Naming,
                subject.naming.fields().map(|(key, field)| format!("{key} {field}")),
            );
        things.insert(Key::new(Area::Subject, &subject.id), thing);
    }
    for role in pack.subject_roles() {
        let thing = Thing::new(&role.label).set(Facet::Subjects, &role.is);
        things.insert(Key::new(Area::SubjectRole, &role.id), thing);
    }
    pack.lists().for_each(|list| code_list(list, &mut things));
    pack.kinds().for_each(|kind| record_kind(kind, &mut things));
    pack.mappings().for_each(|mapping| mapping_of(mapping, &mut things));
    pack.reports().for_each(|report| report_of(report, &mut things));
    pack.procedures().for_each(|procedure| procedure_of(procedure, &mut things));
    for document in pack.documents() {
        let thing = Thing::new(&document.label)
            .maybe(Facet::Law, document.law.as_ref())
            .maybe(Facet::Form, document.form.as_ref())
            .maybe(Facet::Addressee, document.addressee.as_ref())
            .maybe(Facet::NumberedBy, document.numbered.as_ref())
            .set(Facet::ServedBy, &document.served_by)
            .text(Facet::Wording, text_of(document));
        things.insert(Key::new(Area::Document, &document.id), thing);
    }
    for group in pack.law_groups() {
        let thing = Thing::new(&group.label).set(Facet::Articles, &group.articles);
        things.insert(Key::new(Area::LawGroup, &group.id), thing);
    }
    pack.parameters().for_each(|parameter| law(parameter, pack, &mut things));
    for permission in pack.permissions() {
        let reach = permission.reach;
        let thing = Thing::new(&permission.label)
            .say(Facet::Reach, phrase_of(reach.zh(), reach.word()))
            .yes(Facet::PersonsOnly, permission.personal);
        things.insert(Key::new(Area::Permission, &permission.id), thing);
    }
    for role in pack.roles() {
        things.insert(Key::new(Area::Role, &role.id), role_of_people(role));
    }
    for exclusion in pack.exclusions() {
        let thing = Thing::new(&exclusion.why);
        things.insert(Key::new(Area::Exclusion, exclusion.roles.join(" / ")), thing);
    }
    pack.offices().for_each(|o| office(o, &mut things));
    regions(pack, &mut things);
    for (path, digest) in pack.files().iter().filter(|(path, _)| is_compared_whole(path)) {
        let thing = Thing {
            label: Phrase::same(""),
            summary: None,
            facets: BTreeMap::from([(
                Facet::Text,
                FacetValue::One(Phrase::same(digest.to_string())),
            )]),
        };
        things.insert(Key::new(Area::File, path), thing);
    }
    things
}

fn manifest(pack: &Pack, things: &mut BTreeMap<Key, Thing>) {
    let manifest = pack.manifest();
    let decision = &manifest.decision;
    let issued = |by: &str| match decision.issued_on {
        Some(day) => format!("{by} {day}"),
        None => by.to_owned(),
    };
    let thing = Thing::new(&manifest.title)
        .text(Facet::Version, &manifest.version)
        .say(Facet::Place, (&manifest.place).into())
        .say(Facet::Basis, (&decision.title).into())
        .say(
            Facet::Issued,
            phrase_of(&issued(&decision.issued_by.zh), &issued(&decision.issued_by.en)),
        );
    things.insert(Key::new(Area::Pack, &manifest.province), thing);
    for article in &manifest.decision.articles {
        let mut thing = Thing::new(&article.title).maybe(Facet::Text, article.text.as_ref());
        if let Some(note) = &article.note {
            thing = thing.say(Facet::Note, note.into());
        }
        things.insert(Key::new(Area::Article, format!("{:02}", article.number)), thing);
    }
    for wing in pack.wings() {
        things.insert(Key::new(Area::Wing, &wing.id), Thing::new(&wing.label));
    }
    for system in pack.systems() {
        let needs = system
            .needs
            .iter()
            .flat_map(|(part, names)| names.iter().map(move |name| format!("{part}/{name}")));
        let named = system.institutions.iter().map(|named| {
            let now = named.now.as_ref().map_or_else(String::new, |now| format!(" -> {}", now.zh));
            format!("{} {} {}{now}", named.article, named.label.zh, named.label.en)
        });
        let thing = Thing::new(&system.label)
            .text(Facet::Wing, &system.wing)
            .set(Facet::Articles, &system.articles)
            .say(Facet::Basis, basis_of(&system.basis))
            .set(Facet::Institutions, named)
            .set(Facet::Needs, needs);
        things.insert(Key::new(Area::System, &system.id), thing);
    }
}

fn code_list(list: &CodeList, things: &mut BTreeMap<Key, Thing>) {
    let codes: Vec<&str> = list.entries().iter().map(|entry| entry.code.as_str()).collect();
    let thing = Thing::new(&list.label)
        .summary(Phrase { zh: codes.join("、"), en: codes.join(", ") })
        .maybe(Facet::Source, list.source.as_ref())
        .set(Facet::Order, codes);
    things.insert(Key::new(Area::List, &list.id), thing);
    for entry in list.entries() {
        let thing = Thing::new(&entry.label)
            .maybe(Facet::LastDay, entry.in_force.to)
            .set(Facet::Aliases, &entry.aliases);
        let id = format!("{}/{}", list.id, entry.code);
        things.insert(Key::since(Area::Code, id, &entry.in_force), thing);
    }
}

fn record_kind(kind: &Kind, things: &mut BTreeMap<Key, Thing>) {
    let mut thing = Thing::new(&kind.label)
        .summary(Phrase {
            zh: format!("{}个字段，{}", kind.fields.len(), kind.class.zh()),
            en: format!("{} fields, {}", kind.fields.len(), kind.class),
        })
        .set(Facet::Articles, &kind.articles)
        .say(Facet::Basis, basis_of(&kind.basis))
        .say(Facet::Class, phrase_of(kind.class.zh(), kind.class.word()))
        .text(Facet::Author, &kind.author)
        .maybe(Facet::Keep, kind.keep.as_ref())
        .set(Facet::Subjects, kind.subjects.iter().map(|s| format!("{} ({})", s.role, s.number)))
        .set(Facet::Unique, &kind.unique)
        .set(Facet::Public, &kind.public)
        .set(Facet::Served, &kind.served)
        .set(
            Facet::Links,
            kind.links.iter().map(|link| format!("{} {} {}", link.from, link.link, link.to)),
        )
        .set(Facet::Order, kind.fields.iter().map(|field| &field.name));
    let tracing = &kind.tracing;
    let position = tracing.position.as_ref().map(|position| {
        let Positioning { of, latitude, longitude, datum, fastest, slack, division } = position;
        let otherwise = if *division { "the centre of the division" } else { "none" };
        format!("{of} at {latitude}, {longitude} ({datum}), else {otherwise}; {fastest}, {slack}")
    });
    let tracing = [
        ("from", &tracing.from),
        ("until", &tracing.until),
        ("quantity", &tracing.quantity),
        ("when", &tracing.when),
        ("doubt", &tracing.doubt),
        ("reversed", &tracing.reversed),
        ("position", &position),
    ];
    let said = |(key, text): (&str, &Option<String>)| Some(format!("{key}: {}", text.as_ref()?));
    thing = thing.set(Facet::Tracing, tracing.into_iter().filter_map(said));
    if let Some(count) = &kind.count {
        let bad = count.bad.as_deref().unwrap_or("-");
        let text = format!("{} by {}; bad: {bad}", count.series, count.by.join(", "));
        thing = thing.text(Facet::Count, text);
    }
    if let Some(from) = &kind.public_from {
        thing = thing.text(Facet::PublicFrom, from);
    }
    if let Some(until) = &kind.public_until {
        thing = thing.text(Facet::PublicUntil, until);
    }
    let look = [
        kind.look.picture.as_ref().map(|picture| format!("picture: {picture}")),
        kind.look.warns.then(|| "warns".to_owned()),
        kind.look.news.then(|| "news".to_owned()),
    ];
    thing = thing.set(Facet::Look, look.into_iter().flatten());
    if let Some(informer) = &kind.informer {
        let when = informer.when.as_deref().unwrap_or("always");
        thing = thing.text(Facet::Informer, format!("{} ({when})", informer.fields.join(", ")));
    }
    things.insert(Key::new(Area::Kind, &kind.id), thing);
    for field in &kind.fields {
        things
            .insert(Key::new(Area::Field, format!("{}/{}", kind.id, field.name)), field_of(field));
    }
}

fn mapping_of(mapping: &Mapping, things: &mut BTreeMap<Key, Thing>) {
    let Mapping { header_rows, sheets, footer, nothing, ignore, .. } = mapping;
    let layout = format!(
        "header rows {header_rows}; sheets {sheets:?}; footer {footer:?}; nothing {nothing:?}; ignore {ignore:?}"
    );
    let person = mapping.person.as_ref().map_or_else(String::new, ToString::to_string);
    let frame = format!(
        "{:?}; {:?}; {person}; complete {}",
        mapping.valid_at, mapping.region, mapping.complete
    );
    let flags = mapping.flags.iter().map(|flag| format!("{flag:?}"));
    let extras = mapping.extras.iter().map(|extra| format!("{extra:?}"));
    let rest = mapping.rest.iter().map(|rest| format!("{rest:?}"));
    let entries = mapping.entries.iter().map(|table| format!("entries of {table}"));
    let mut thing = Thing::new(&mapping.label)
        .summary(Phrase {
            zh: format!("{}列，生成 {}", mapping.columns.len(), mapping.kind),
            en: format!("{} columns, gives {}", mapping.columns.len(), mapping.kind),
        })
        .text(Facet::Gives, &mapping.kind)
        .text(Facet::Source, &mapping.source)
        .say(Facet::ColumnsAre, phrase_of(mapping.columns_are.zh(), mapping.columns_are.word()))
        .text(Facet::Layout, layout)
        .set(Facet::Key, &mapping.key)
        .text(Facet::Frame, frame)
        .set(
            Facet::Subjects,
            mapping.subjects.iter().map(|subject| {
                let id: Vec<String> = subject.id.iter().map(ToString::to_string).collect();
                let split = subject.split.as_deref().unwrap_or_default();
                format!("{} {} {split}", subject.role, id.join(" | "))
            }),
        )
        .set(Facet::Fixed, mapping.fixed.iter().map(|(field, text)| format!("{field} {text}")))
        .set(Facet::Derived, flags.chain(extras).chain(rest).chain(entries))
        .set(Facet::Order, mapping.columns.iter().map(|column| &column.id));
    if let Some(note) = &mapping.note {
        thing = thing.say(Facet::Note, note.into());
    }
    things.insert(Key::new(Area::Mapping, &mapping.id), thing);
    for column in &mapping.columns {
        let id = format!("{}/{}", mapping.id, column.id);
        things.insert(Key::new(Area::Column, id), column_of(column));
    }
}

fn column_of(column: &Column) -> Thing {
    let Column { unit, unit_column, times, split, order, lengths, .. } = column;
    let name = column.names.first().cloned().unwrap_or_default();
    let mut thing = Thing::new(&Label { zh: name.clone(), en: name })
        .set(Facet::Headers, &column.names)
        .set(Facet::Into, column.targets().map(|(field, _)| field))
        .yes(Facet::Required, column.required)
        .set(
            Facet::Words,
            column.targets().flat_map(|(field, words)| {
                words.iter().map(move |(word, code)| format!("{field}: {word} = {code}"))
            }),
        )
        .text(
            Facet::Reading,
            format!(
                "unit {unit:?} {unit_column:?}; times {times}; split {split:?}; order {order:?}; lengths {lengths:?}"
            ),
        )
        .maybe(Facet::Text, column.example.as_ref());
    if let Some(hint) = &column.hint {
        thing = thing.say(Facet::Hint, hint.into());
    }
    thing
}

fn report_of(report: &Report, things: &mut BTreeMap<Key, Thing>) {
    let days = |day: Option<clock::Date>| day.map_or_else(String::new, |day| day.to_string());
    let rows = match &report.rows {
        Rows::Region => "region".to_owned(),
        Rows::Field(field) => field.clone(),
        Rows::Register { role, field } => format!("{role}.{field}"),
    };
    let counts = [Some(&report.kind), report.date.as_ref(), report.filter.as_ref()];
    let counts: Vec<&str> = counts.into_iter().flatten().map(String::as_str).collect();
    let limits = report.due.iter().map(|due| {
        let law = due.law.as_deref().unwrap_or("-");
        format!("{} {} {} {} ({law})", due.office_type, due.period, due.within, due.unit)
    });
    let mut thing = Thing::new(&report.label)
        .summary(Phrase {
            zh: format!("{}项指标，统计 {}", report.columns.len(), report.kind),
            en: format!("{} columns, counts {}", report.columns.len(), report.kind),
        })
        .text(Facet::Form, &report.form)
        .say(Facet::Basis, basis_of(&report.basis))
        .set(Facet::Articles, &report.articles)
        .text(
            Facet::LastDay,
            format!("{}..{}", days(report.in_force.from), days(report.in_force.to)),
        )
        .text(Facet::Counts, counts.join("; "))
        .set(Facet::Periods, &report.periods)
        .text(Facet::Rows, rows)
        .set(Facet::TimeLimits, limits)
        .set(Facet::Order, report.columns.iter().map(|column| &column.id));
    if let Some(note) = &report.note {
        thing = thing.say(Facet::Note, note.into());
    }
    things.insert(Key::new(Area::Report, &report.id), thing);
    for column in &report.columns {
        let measure = match &column.measure {
            Measure::Count => "count".to_owned(),
            Measure::Sum(field) => format!("sum of {field}"),
            Measure::Share { part, whole } => format!("{part} of {whole}"),
        };
        let which = [column.each.as_ref(), column.filter.as_ref()];
        let which: Vec<&str> = which.into_iter().flatten().map(String::as_str).collect();
        let thing = Thing::new(&column.label)
            .text(Facet::Measure, format!("{measure} {}", which.join("; ")).trim_end());
        things.insert(Key::new(Area::ReportColumn, format!("{}/{}", report.id, column.id)), thing);
    }
    for check in &report.checks {
        let thing = Thing::new(&check.label)
            .text(Facet::Equation, format!("{} ({})", check.equation, check.over))
            .yes(Facet::Required, check.must);
        things.insert(Key::new(Area::CrossCheck, format!("{}/{}", report.id, check.id)), thing);
    }
}

fn basis_of(basis: &Basis) -> Phrase {
    match basis {
        Basis::Decision => phrase_of("决定", "the decision"),
        Basis::Law(law) => Phrase::same(law),
    }
}

pub(super) fn field_of(field: &Field) -> Thing {
    let bounds = match (field.least, field.most) {
        (None, None) => None,
        (least, most) => {
            let text = |bound: Option<i64>| bound.map_or_else(String::new, |b| b.to_string());
            Some(format!("{}..{}", text(least), text(most)))
        }
    };
    Thing::new(&field.label)
        .summary(Phrase::same(field.field_type.to_string()))
        .text(Facet::Type, &field.field_type)
        .yes(Facet::Required, field.required)
        .yes(Facet::Typed, field.typed)
        .yes(Facet::Personal, field.personal)
        .maybe(Facet::Bounds, bounds)
}

fn law(parameter: &Parameter, pack: &Pack, things: &mut BTreeMap<Key, Thing>) {
    for version in &parameter.versions {
        let key = Key::since(Area::Parameter, &parameter.id, &version.in_force);
        things.insert(key, version_of(version, pack));
    }
}

fn version_of(version: &Version, pack: &Pack) -> Thing {
    let value = with_unit(version, pack);
    let law = match &version.article {
        Some(article) => format!("{} {article}", version.law),
        None => version.law.clone(),
    };
    let applies = match &version.applies_basis {
        AppliesBasis::OfficeChoice => Phrase {
            zh: format!("{}（本机关选定）", version.applies_by.zh()),
            en: format!("{} (the office's choice)", version.applies_by),
        },
        AppliesBasis::Article(article) => Phrase {
            zh: format!("{}（{article}）", version.applies_by.zh()),
            en: format!("{} ({article})", version.applies_by),
        },
    };
    let summary =
        Phrase { zh: format!("{}（{law}）", value.zh), en: format!("{} ({law})", value.en) };
    let direction = version.counts.direction;
    let mut thing = Thing::new(&version.label)
        .summary(summary)
        .say(Facet::Value, value)
        .say(Facet::Direction, phrase_of(direction.zh(), direction.word()))
        .set(Facet::SuspendedBy, &version.counts.suspended_by)
        .text(Facet::Law, law)
        .maybe(Facet::LastDay, version.in_force.to)
        .say(Facet::AppliesBy, applies)
        .maybe(Facet::Reviewed, version.reviewed)
        .maybe(Facet::Wording, wording(version));
    if let Some(starts) = &version.starts {
        thing = thing.say(Facet::Starts, labelled(pack, well_known::STARTING_EVENTS, starts));
    }
    if let Some(roll) = version.counts.roll {
        thing = thing.say(Facet::Roll, phrase_of(roll.zh(), roll.word()));
    }
    thing
}

fn wording(version: &Version) -> Option<String> {
    let words = [&version.wording.starts, &version.wording.note];
    let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

fn with_unit(version: &Version, pack: &Pack) -> Phrase {
    let unit = labelled(pack, well_known::LAW_UNITS, &version.unit);
    Phrase {
        zh: format!("{} {}", version.value, unit.zh),
        en: format!("{} {}", version.value, unit.en),
    }
}

/// The label of a code, whatever the day; the code itself where the list does not know it.
fn labelled(pack: &Pack, list: &str, code: &str) -> Phrase {
    let entry = pack.list(list).and_then(|list| list.history(code).last());
    entry.map_or_else(|| Phrase::same(code), |entry| Phrase::from(&entry.label))
}

fn role_of_people(role: &Role) -> Thing {
    let (capture, view, search) = (role.capture, role.view, role.search);
    let scopes = Phrase {
        zh: format!("录入 {}，查看 {}，检索 {}", capture.zh(), view.zh(), search.zh()),
        en: format!("capture {capture}, view {view}, search {search}"),
    };
    Thing::new(&role.label)
        .summary(Phrase { zh: role.grants.join("、"), en: role.grants.join(", ") })
        .say(Facet::HeldIn, phrase_of(role.held_in.zh(), role.held_in.word()))
        .set(Facet::Grants, &role.grants)
        .say(Facet::Scopes, scopes)
}

fn office(office: &Office, things: &mut BTreeMap<Key, Thing>) {
    let extent = |extent: &Extent| match extent {
        Extent::All => vec!["*".to_owned()],
        Extent::These(named) => named.clone(),
    };
    for period in &office.periods {
        let thing = Thing::new(&period.label)
            .maybe(Facet::Short, period.short.as_ref())
            .text(Facet::Level, &period.office_type)
            .maybe(Facet::Parent, period.parent.as_ref())
            .set(Facet::Regions, extent(&period.regions))
            .set(Facet::Industries, extent(&period.industries))
            .set(Facet::Kinds, extent(&period.kinds))
            .maybe(Facet::LastDay, period.in_force.to)
            .maybe(Facet::Became, period.successor.as_ref())
            .maybe(Facet::Source, period.source.as_ref());
        things.insert(Key::since(Area::Office, &office.id, &period.in_force), thing);
    }
}

fn regions(pack: &Pack, things: &mut BTreeMap<Key, Thing>) {
    for division in pack.tables().divisions.all() {
        let level = match division.level {
            DivisionLevel::Province => phrase_of("省级", "province"),
            DivisionLevel::City => phrase_of("地级", "city"),
            DivisionLevel::County => phrase_of("县级", "county"),
        };
        let label = Label { zh: division.name.clone(), en: division.name.clone() };
        let thing = Thing::new(&label)
            .say(Facet::Level, level)
            .maybe(Facet::Parent, division.parent.as_ref())
            .maybe(Facet::LastDay, division.in_force.to)
            .set(Facet::Became, &division.became)
            .maybe(Facet::Source, Some(&division.source).filter(|source| !source.is_empty()));
        things.insert(Key::since(Area::Region, &division.code, &division.in_force), thing);
    }
}

fn phrase_of(zh: &str, en: &str) -> Phrase {
    Phrase { zh: zh.to_owned(), en: en.to_owned() }
}

/// What stands on a document, with the lines of its parts, each on a line as it would be written.
fn text_of(document: &Document) -> String {
    let line = |line: &crate::document::Line| {
        let sign = match line.shape {
            Shape::Paragraph => "",
            Shape::Flush => "~ ",
            Shape::Heading => "# ",
            Shape::Centred => "= ",
            Shape::Right => "> ",
            Shape::Row => "| ",
            Shape::Rest => "{fields}",
        };
        let cell = |cell: &Vec<Span>| -> String {
            let text = |span: &Span| match span {
                Span::Text(text) => text.clone(),
                Span::Place(place) => format!("{{{place}}}"),
            };
            cell.iter().map(text).collect()
        };
        let cells: Vec<String> = line.cells.iter().map(cell).collect();
        let may_go = if line.may_go { "? " } else { "" };
        format!("{may_go}{sign}{}", cells.join(" | "))
    };
    document.body.iter().map(line).collect::<Vec<_>>().join(" / ")
}
