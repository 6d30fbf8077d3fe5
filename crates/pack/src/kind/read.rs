//! `kinds/*.toml`: one kind a file, of the file's name.

use std::collections::BTreeMap;

use super::{
    Basis, Class, Counting, Field, FieldType, Informer, Kind, KindSubject, Link, Look, Number,
    Positioning, RECORD_MEMBERS, Tracing,
};
use crate::context::{Context, KindPlaces, Place, Target};
use crate::fault::FaultCode;
use crate::list::well_known;
use crate::manifest::read_articles;
use crate::source::{Form, Located, Read, Table};

impl Kind {
    pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Option<(Place, Self)> {
        let id = table.id("kind", Form::Kebab, cx)?;
        let file = format!("kinds/{}.toml", id.value);
        if id.place.file != file {
            let what = format!("the kind {} stands in another file than {file}", id.value);
            cx.fault(FaultCode::BadValue, &id.place, what, format!("name the file {file}"));
        }
        let label = table.required("label", cx);
        let articles = read_articles(&mut table, cx);
        let basis: String = table.required("basis", cx);
        let class = table.required("class", cx);
        let author: Located<String> = table.required("author", cx);
        if !author.value.is_empty() {
            cx.refer(&author.place, &table.what, &author.value, Target::Permission);
        }
        let keep: Option<Located<String>> = table.optional("keep", cx);
        if let Some(keep) = &keep {
            cx.refer(&keep.place, &table.what, &keep.value, Target::KeepingTerm);
        }
        let subjects = read_subjects(&mut table, cx);
        let unique: Vec<Located<String>> = table.optional("unique", cx).unwrap_or_default();
        let public: Vec<Located<String>> = table.optional("public", cx).unwrap_or_default();
        let public_from: Option<Located<String>> = table.optional("public_from", cx);
        let public_until: Option<Located<String>> = table.optional("public_until", cx);
        let served: Vec<Located<String>> = table.optional("served", cx).unwrap_or_default();
        let mut places =
            KindPlaces { kind: id.place.clone(), fields: Vec::new(), conditions: BTreeMap::new() };
        let taken = subjects.as_deref().unwrap_or_default();
        let fields = read_fields(&mut table, taken, &mut places, cx);
        // Where a role or a field could not be read, a name may well be meant for it.
        let all_read = subjects.is_some() && fields.iter().all(Option::is_some);
        let mut kind = Self {
            id: id.value,
            label,
            articles,
            basis: if basis == "decision" { Basis::Decision } else { Basis::Law(basis) },
            class,
            author: author.value,
            keep: keep.map(|keep| keep.value),
            subjects: subjects.unwrap_or_default(),
            unique: Vec::new(),
            public: Vec::new(),
            public_from: None,
            public_until: None,
            served: Vec::new(),
            fields: fields.into_iter().flatten().collect(),
            links: Vec::new(),
            tracing: Tracing::default(),
            count: None,
            informer: None,
            look: Look::default(),
        };
        let names = Names { kind: &kind, all_read };
        names.check("unique", &unique, cx);
        names.check("public", &public, cx);
        names.check_open_date(public_from.as_ref(), cx);
        names.check_open_date(public_until.as_ref(), cx);
        names.check_served(&served, cx);
        if let (Class::Personal, Some(first)) = (kind.class, served.first()) {
            // A complaint or tip-off names an organization; it is not served on it.
            let what = format!("the {} is of class personal and is served", table.what);
            let remedy = "take served out, or give it another class";
            cx.fault(FaultCode::Contradiction, &first.place, what, remedy);
        }
        if let (Class::Personal, Some(first)) = (kind.class, public.first()) {
            let what = format!("the {} is of class personal and has a public part", table.what);
            let remedy = "take public out, or give it another class";
            cx.fault(FaultCode::Contradiction, &first.place, what, remedy);
        }
        let look = table.table("look", "look", cx);
        let trace = table.table("trace", "trace", cx);
        let count = table.table("count", "count", cx);
        let informer = table.table("informer", "informer", cx);
        let trace = trace.map(|trace| names.read_trace(trace, &mut places, cx));
        let count = count.map(|count| names.read_count(count, &mut places, cx));
        let informer = informer.map(|informer| names.read_informer(informer, cx));
        let look = look.map(|look| names.read_look(look, cx));
        let value = |name: Located<String>| name.value;
        kind.unique = unique.into_iter().map(value).collect();
        kind.public = public.into_iter().map(value).collect();
        kind.public_from = public_from.map(value);
        kind.public_until = public_until.map(value);
        kind.served = served.into_iter().map(value).collect();
        (kind.links, kind.tracing) = trace.unwrap_or_default();
        kind.count = count;
        kind.informer = informer;
        kind.look = look.unwrap_or_default();
        table.finish(cx);
        cx.kinds.entry(kind.id.clone()).or_insert(places);
        Some((id.place, kind))
    }
}

/// The names that a kind's keys, public part, links and counts may use.
struct Names<'k> {
    kind: &'k Kind,
    all_read: bool,
}

impl Names<'_> {
    /// Names of fields, roles or members that can stand in a key or before the public.
    fn check(&self, key: &str, names: &[Located<String>], cx: &mut Context) {
        for (n, name) in names.iter().enumerate() {
            let text = name.value.as_str();
            let (place, kind) = (&name.place, &self.kind.id);
            if names.iter().take(n).any(|other| other.value == name.value) {
                let what = format!("{text} stands twice in {key}");
                cx.fault(FaultCode::Duplicate, place, what, "take one out");
            }
            let of_field = self.kind.field(text).filter(|_| self.kind.subject(text).is_none());
            let Some(field) = of_field else {
                self.check_role_or_member(key, name, cx);
                continue;
            };
            if field.personal {
                let what = format!("{text} of {kind} is personal and stands in {key}");
                let remedy = format!("take it out of {key}, or take personal = true out");
                cx.fault(FaultCode::Contradiction, place, what, remedy);
            }
            if key == "unique" && !field.field_type.is_scalar() {
                let what =
                    format!("{text} of {kind} has no single value, so it is no part of a key");
                cx.fault(FaultCode::Contradiction, place, what, "take it out of unique");
            }
        }
    }

    /// The begin and the end of publication are days that the record itself names.
    fn check_open_date(&self, name: Option<&Located<String>>, cx: &mut Context) {
        let Some(name) = name.filter(|_| self.all_read) else { return };
        let field = self.kind.field(&name.value);
        if !field.is_some_and(|f| f.field_type == FieldType::Date && !f.personal) {
            let what = format!("{} is no open date of {}", name.value, self.kind.id);
            let remedy = "name a field of type date that is not personal";
            cx.fault(FaultCode::Contradiction, &name.place, what, remedy);
        }
    }

    fn check_served(&self, roles: &[Located<String>], cx: &mut Context) {
        for (n, role) in roles.iter().enumerate() {
            let (place, kind) = (&role.place, &self.kind.id);
            if roles.iter().take(n).any(|other| other.value == role.value) {
                let what = format!("{} stands twice in served", role.value);
                cx.fault(FaultCode::Duplicate, place, what, "take one out");
            }
            if self.all_read && self.kind.subject(&role.value).is_none() {
                let what = format!("served names {}, no role of {kind}", role.value);
                let remedy = "name a role of the kind's subjects";
                cx.fault(FaultCode::UnknownName, place, what, remedy);
            }
        }
    }

    fn check_role_or_member(&self, key: &str, name: &Located<String>, cx: &mut Context) {
        let text = name.value.as_str();
        let many = self.kind.subject(text).is_some_and(|s| s.number == Number::Many);
        if key == "unique" && many {
            let what = format!("{text} of {} can be many, so it is no part of a key", self.kind.id);
            cx.fault(FaultCode::Contradiction, &name.place, what, "take it out of unique");
        }
        self.check_known(key, name, cx);
    }

    fn read_look(&self, mut table: Table<'_>, cx: &mut Context) -> Look {
        let picture = table.optional("picture", cx);
        let warns = table.optional("warns", cx).unwrap_or_default();
        let news: Option<Located<bool>> = table.optional("news", cx);
        if let Some(news) = news.as_ref().filter(|news| news.value)
            && self.kind.class != Class::Public
        {
            let (id, class) = (&self.kind.id, self.kind.class);
            let what = format!("{id} is of class {class} and is news of the portal");
            cx.fault(FaultCode::Contradiction, &news.place, what, "take news out");
        }
        table.finish(cx);
        Look { picture, warns, news: news.is_some_and(|news| news.value) }
    }

    fn is_known(&self, name: &str) -> bool {
        !self.all_read
            || self.kind.field(name).is_some()
            || self.kind.subject(name).is_some()
            || RECORD_MEMBERS.contains(&name)
    }

    fn check_known(&self, key: &str, name: &Located<String>, cx: &mut Context) {
        if self.is_known(&name.value) {
            return;
        }
        let what = format!("{key} names {}, which {} does not have", name.value, self.kind.id);
        let fields = self.kind.fields.iter().map(|f| f.name.as_str());
        let names = fields.chain(self.kind.subjects.iter().map(|s| s.role.as_str()));
        let remedy = match crate::source::nearest(&name.value, names) {
            Some(meant) => format!("write {meant}, if that is meant"),
            None => "name a field, a role of its subjects, or a member of every record".to_owned(),
        };
        cx.fault(FaultCode::UnknownName, &name.place, what, remedy);
    }

    fn read_trace(
        &self,
        mut table: Table<'_>,
        places: &mut KindPlaces,
        cx: &mut Context,
    ) -> (Vec<Link>, Tracing) {
        let links = self.read_links(&mut table, cx);
        let mut field = |key: &'static str, fits: fn(&FieldType) -> bool, remedy: &str| {
            let name: Option<Located<String>> = table.optional(key, cx);
            if let Some(name) = name.as_ref().filter(|_| self.all_read) {
                let found = self.kind.field(&name.value);
                if !found.is_some_and(|field| fits(&field.field_type) && !field.personal) {
                    let what = format!("{key} of {} names {}", self.kind.id, name.value);
                    cx.fault(FaultCode::Contradiction, &name.place, what, remedy);
                }
            }
            name.map(|name| name.value)
        };
        let is_date = |field: &FieldType| *field == FieldType::Date;
        let date = "name a field of type date that is not personal";
        let (from, until) = (field("from", is_date, date), field("until", is_date, date));
        let is_quantity = |field: &FieldType| matches!(field, FieldType::Quantity { .. });
        let quantity = "name a field of the type quantity that is not personal";
        let quantity = field("quantity", is_quantity, quantity);
        let mut condition = |key: &'static str| {
            let text: Option<Located<String>> = table.optional(key, cx);
            let text = text?;
            places.conditions.insert(key, text.place);
            Some(text.value)
        };
        let [when, doubt, reversed] = ["when", "doubt", "reversed"].map(&mut condition);
        let position = table.table("position", "position", cx);
        let position = position.map(|position| self.read_position(position, cx));
        table.finish(cx);
        (links, Tracing { from, until, quantity, when, doubt, reversed, position })
    }

    fn read_position(&self, mut table: Table<'_>, cx: &mut Context) -> Positioning {
        let id = &self.kind.id;
        let of: Located<String> = table.required("of", cx);
        if self.all_read && self.kind.subject(&of.value).is_none_or(|s| s.number != Number::One) {
            let what = format!("position names {}, no role of {id} that one subject has", of.value);
            let remedy = "name the role of the place, which has to be \"one\"";
            cx.fault(FaultCode::Contradiction, &of.place, what, remedy);
        }
        let mut degrees = |key: &'static str, bound: i64| {
            let name: Located<String> = table.required(key, cx);
            let field = self.kind.field(&name.value).filter(|field| !field.personal);
            let is_within = |field: &Field| {
                let within = |bound: Option<i64>, least| bound == Some(least);
                within(field.least, -bound) && within(field.most, bound)
            };
            let fits = |field: &Field| field.field_type == FieldType::Decimal && is_within(field);
            if self.all_read && !field.is_some_and(fits) {
                let what = format!("{key} of {id} names {}, no field of such degrees", name.value);
                let remedy = format!(
                    "name a field of type decimal that is not personal, with least = -{bound} and \
                     most = {bound}"
                );
                cx.fault(FaultCode::Contradiction, &name.place, what, remedy);
            }
            name.value
        };
        let (latitude, longitude) = (degrees("latitude", 90), degrees("longitude", 180));
        let datum = table.required("datum", cx);
        let mut bound = |key: &'static str, unit: &'static str| {
            let name: Located<String> = table.required(key, cx);
            cx.refer(&name.place, &format!("kind {id}"), &name.value, Target::Amount { unit });
            name.value
        };
        let (fastest, slack) = (bound("fastest", "km_per_hour"), bound("slack", "minute"));
        let division: Option<Located<bool>> = table.optional("division", cx);
        if let Some(division) = division.as_ref().filter(|division| division.value) {
            cx.refer(&division.place, &format!("kind {id}"), "centres.csv", Target::Centres);
        }
        table.finish(cx);
        let division = division.is_some_and(|division| division.value);
        Positioning { of: of.value, latitude, longitude, datum, fastest, slack, division }
    }

    fn read_links(&self, table: &mut Table<'_>, cx: &mut Context) -> Vec<Link> {
        let found: Vec<Located<Vec<Located<String>>>> = table.required("links", cx);
        let mut links = Vec::with_capacity(found.len());
        for link in found {
            let [from, word, to] = link.value.as_slice() else {
                let remedy = "write [\"role\", \"link\", \"role\"]";
                cx.fault(FaultCode::BadValue, &link.place, "a link has three parts", remedy);
                continue;
            };
            for role in [from, to] {
                if self.all_read && self.kind.subject(&role.value).is_none() {
                    let what =
                        format!("the link names {}, no role of {}", role.value, self.kind.id);
                    let remedy = "name a role of the kind's subjects";
                    cx.fault(FaultCode::UnknownName, &role.place, what, remedy);
                }
            }
            let target = Target::Code { list: well_known::TRACE_LINKS.to_owned() };
            cx.refer(&word.place, &format!("kind {}", self.kind.id), &word.value, target);
            links.push(Link {
                from: from.value.clone(),
                link: word.value.clone(),
                to: to.value.clone(),
            });
        }
        links
    }

    fn check_typed(&self, name: &Located<String>, cx: &mut Context) {
        if self.kind.field(&name.value).is_some_and(|field| !field.typed) {
            let what = format!("{} of {} is counted by, but not typed", name.value, self.kind.id);
            let remedy = "add typed = true to the field, or take it out of by";
            cx.fault(FaultCode::Contradiction, &name.place, what, remedy);
        }
    }

    /// Fields that say who the informer is: personal ones, and what asks for it a flag that is open.
    fn read_informer(&self, mut table: Table<'_>, cx: &mut Context) -> Informer {
        let fields: Vec<Located<String>> = table.required("fields", cx);
        let when: Option<Located<String>> = table.optional("when", cx);
        table.finish(cx);
        let id = &self.kind.id;
        for name in fields.iter().filter(|_| self.all_read) {
            if !self.kind.field(&name.value).is_some_and(|field| field.personal) {
                let what =
                    format!("the informer of {id} is told by {}, no personal field", name.value);
                let remedy = "name a field with personal = true";
                cx.fault(FaultCode::Contradiction, &name.place, what, remedy);
            }
        }
        for name in when.iter().filter(|_| self.all_read) {
            let asks = |field: &Field| field.field_type == FieldType::Boolean && !field.personal;
            if !self.kind.field(&name.value).is_some_and(asks) {
                let what = format!("{} of {id} cannot ask for secrecy", name.value);
                let remedy = "name a field of the type boolean that is not personal";
                cx.fault(FaultCode::Contradiction, &name.place, what, remedy);
            }
        }
        let fields = fields.into_iter().map(|name| name.value).collect();
        Informer { fields, when: when.map(|name| name.value) }
    }

    fn read_count(
        &self,
        mut table: Table<'_>,
        places: &mut KindPlaces,
        cx: &mut Context,
    ) -> Counting {
        let series = table.required("as", cx);
        let by: Vec<Located<String>> = table.required("by", cx);
        for name in &by {
            match name.value.split_once('.') {
                Some((role, field)) if self.kind.subject(role).is_some() => {
                    let target = Target::RegisterField { role: role.to_owned() };
                    cx.refer(&name.place, &format!("count of {}", self.kind.id), field, target);
                }
                _ => {
                    self.check_known("by", name, cx);
                    self.check_typed(name, cx);
                }
            }
        }
        let bad: Option<Located<String>> = table.optional("bad", cx);
        if let Some(bad) = &bad {
            places.conditions.insert("bad", bad.place.clone());
        }
        let counting = Counting {
            series,
            by: by.into_iter().map(|name| name.value).collect(),
            bad: bad.map(|bad| bad.value),
        };
        table.finish(cx);
        counting
    }
}

/// None where they could not be read.
fn read_subjects(table: &mut Table<'_>, cx: &mut Context) -> Option<Vec<KindSubject>> {
    let place = table.place();
    let Some(subjects) = table.take("subjects") else {
        let what = format!("the {} has no subjects", table.what);
        let remedy = "add subjects = { role = \"one\" }, or subjects = {} where nothing takes part";
        cx.fault(FaultCode::MissingKey, &place, what, remedy);
        return None;
    };
    let mut subjects = subjects.table("subjects", cx)?;
    let mut found = Vec::new();
    for (role, place, node) in subjects.take_rest() {
        cx.refer(&place, &table.what, role, Target::SubjectRole);
        let number = Number::read(node, cx).unwrap_or_else(Number::blank);
        found.push(KindSubject { role: role.to_owned(), number });
    }
    Some(found)
}

/// The fields, with none for each that has no name.
fn read_fields(
    table: &mut Table<'_>,
    subjects: &[KindSubject],
    places: &mut KindPlaces,
    cx: &mut Context,
) -> Vec<Option<Field>> {
    let mut fields: Vec<Option<Field>> = Vec::new();
    for field in table.tables("field", "field", cx) {
        let Some((field_table, field)) = Field::read(field, cx) else {
            fields.push(None);
            continue;
        };
        let taken = if fields.iter().flatten().any(|other| other.name == field.name) {
            Some("another field")
        } else if subjects.iter().any(|subject| subject.role == field.name) {
            Some("a role of the kind's subjects")
        } else if RECORD_MEMBERS.contains(&field.name.as_str()) {
            Some("a member of every record")
        } else {
            None
        };
        if let Some(taken) = taken {
            let what = format!("the name {} is taken by {taken}", field.name);
            cx.fault(FaultCode::Duplicate, &field_table.place(), what, "rename the field");
        }
        places.fields.push((field.name.clone(), field_table.place()));
        field_table.finish(cx);
        fields.push(Some(field));
    }
    fields
}
