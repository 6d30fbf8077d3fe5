//! `procedures/*.toml`: one procedure a file, of the file's name.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use procedure::{
    At, AtEnd, By, Collective, Definition, Extension, Guarded, Limit, Origin, Parameter, State,
    Step, StepField, Surroundings, Suspension, TermRule, To, Who,
};
use rules::guard::Type;
use toml::de::DeValue;

use super::{Fill, Procedure, StepForm};
use crate::context::{Context, Place, Target};
use crate::fault::FaultCode;
use crate::kind::{Field, FieldType, Kind};
use crate::law::{Direction, Parameter as LawParameter, Scalar};
use crate::list::well_known;
use crate::manifest::read_articles;
use crate::pack::Pack;
use crate::source::{Form, Located, Table};

/// A procedure as it was read, before it is held against the rest of the pack.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(crate) place: Place,
    pub(crate) definition: Definition,
    forms: Vec<StepForm>,
    states: Vec<Place>,
    steps: Vec<Place>,
    terms: Vec<Place>,
}

impl Reading {
    /// The form of each step as a kind of payload, by its name.
    pub(crate) fn as_kinds(&self) -> impl Iterator<Item = (Kind, &Place)> {
        let steps = self.definition.steps.iter().zip(&self.forms).zip(&self.steps);
        steps.map(|((step, form), place)| {
            let id = super::form_name(&self.definition.id, &step.id);
            (Kind::of_form(id, step.label.clone(), form.fields.clone()), place)
        })
    }

    /// The documents that its steps make, each with its step and the place of that.
    pub(crate) fn makes(&self) -> impl Iterator<Item = (Place, String, String)> {
        let steps = self.definition.steps.iter().zip(&self.forms).zip(&self.steps);
        steps.filter_map(|((step, form), place)| {
            Some((place.clone(), step.id.clone(), form.document.clone()?))
        })
    }

    fn place_of(&self, at: At) -> &Place {
        let (places, number) = match at {
            At::Whole => return &self.place,
            At::State(number) => (&self.states, number),
            At::Step(number) => (&self.steps, number),
            At::Term(number) => (&self.terms, number),
        };
        places.get(number).unwrap_or(&self.place)
    }
}

pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Option<Reading> {
    let id = table.id("procedure", Form::Kebab, cx)?;
    let file = format!("procedures/{}.toml", id.value);
    if id.place.file != file {
        let what = format!("the procedure {} stands in another file than {file}", id.value);
        cx.fault(FaultCode::BadValue, &id.place, what, format!("name the file {file}"));
    }
    let label = table.required("label", cx);
    let articles = read_articles(&mut table, cx);
    let opens_with: Located<String> = table.required("opens_with", cx);
    if !opens_with.value.is_empty() {
        cx.refer(&opens_with.place, &table.what, &opens_with.value, Target::Kind);
    }
    let level = table.optional("level", cx);
    let act_on = table.optional("act_on", cx);
    let states = table.tables("state", "state", cx);
    let (state_places, states) =
        states.into_iter().filter_map(|state| read_state(state, cx)).unzip();
    let steps = table.tables("step", "step", cx);
    let mut found = (Vec::new(), Vec::new(), Vec::new());
    for (place, step, form) in steps.into_iter().filter_map(|step| read_step(step, cx)) {
        found.0.push(place);
        found.1.push(step);
        found.2.push(form);
    }
    let (step_places, steps, forms) = found;
    let terms = table.tables("term", "term", cx);
    let (term_places, terms) = terms.into_iter().filter_map(|term| read_term(term, cx)).unzip();
    table.finish(cx);
    let definition = Definition {
        id: id.value,
        label,
        articles,
        opens_with: opens_with.value,
        level,
        act_on,
        states,
        steps,
        terms,
    };
    Some(Reading {
        place: id.place,
        definition,
        forms,
        states: state_places,
        steps: step_places,
        terms: term_places,
    })
}

fn read_state(mut table: Table<'_>, cx: &mut Context) -> Option<(Place, State)> {
    let id = table.id("id", Form::Kebab, cx)?;
    let state = State {
        id: id.value,
        label: table.required("label", cx),
        end: table.optional("end", cx).unwrap_or(false),
        public: table.optional("public", cx).unwrap_or(false),
    };
    table.finish(cx);
    Some((id.place, state))
}

fn read_step(mut table: Table<'_>, cx: &mut Context) -> Option<(Place, Step, StepForm)> {
    let id = table.id("id", Form::Kebab, cx)?;
    let label = table.required("label", cx);
    let from = read_from(&mut table, cx);
    let to = match table.optional::<String>("to", cx).as_deref() {
        None => To::Stay,
        Some("back") => To::Back,
        Some(state) => To::State(state.to_owned()),
    };
    let who: Vec<Located<Who>> = read_several(&mut table, "who", cx)
        .into_iter()
        .filter_map(|word| parsed(word, cx))
        .collect();
    for who in &who {
        if let Who::Permission(id) = &who.value {
            cx.refer(&who.place, &table.what, id, Target::Permission);
        }
    }
    let guard = read_guard(&mut table, cx);
    let approvals: Vec<Located<String>> = table.optional("approvals", cx).unwrap_or_default();
    for permission in &approvals {
        cx.refer(&permission.place, &table.what, &permission.value, Target::Permission);
    }
    let officers = table.optional("officers", cx);
    let collective = match table.take("collective") {
        None => Collective::Never,
        Some(node) => match node.value.get_ref() {
            DeValue::Boolean(true) => Collective::Always,
            DeValue::Boolean(false) => Collective::Never,
            DeValue::String(text) => Collective::When(text.clone().into_owned()),
            _ => {
                node.wrong_type("true or a condition in quotes", cx);
                Collective::Never
            }
        },
    };
    let at_most: Option<Located<i64>> = table.optional("at_most", cx);
    let at_most = at_most.and_then(|most| {
        let number = u32::try_from(most.value).ok().filter(|most| *most > 0);
        if number.is_none() {
            let what = format!("{} is no number of times", most.value);
            cx.fault(FaultCode::BadValue, &most.place, what, "write 1 or more, or take it out");
        }
        number
    });
    let opens = table.optional("opens", cx);
    let writes: Option<Located<String>> = table.optional("writes", cx);
    if let Some(kind) = &writes {
        cx.refer(&kind.place, &table.what, &kind.value, Target::Kind);
    }
    let amends: Option<Located<String>> = table.optional("amends", cx);
    if let Some(kind) = &amends {
        cx.refer(&kind.place, &table.what, &kind.value, Target::Kind);
    }
    let mut form = StepForm {
        law: table.optional("law", cx),
        fields: Vec::new(),
        writes: writes.map(|kind| kind.value),
        amends: amends.map(|kind| kind.value),
        fill: read_fill(&mut table, cx),
        document: table.optional("document", cx),
        number: table.optional("number", cx),
        tell: read_several(&mut table, "tell", cx).into_iter().map(|word| word.value).collect(),
        public: Vec::new(),
    };
    let public: Vec<Located<String>> = table.optional("public", cx).unwrap_or_default();
    for field in table.tables("field", "field", cx) {
        let Some((field_table, field)) = Field::read(field, cx) else { continue };
        if form.fields.iter().any(|other| other.name == field.name) {
            let what = format!("there is another {}", field_table.what);
            cx.fault(
                FaultCode::Duplicate,
                &field_table.place(),
                what,
                "rename one, or take it out",
            );
        }
        field_table.finish(cx);
        form.fields.push(field);
    }
    for name in &public {
        let field = form.fields.iter().find(|field| field.name == name.value);
        if field.is_none_or(|field| field.personal) {
            let what = format!("public names {}, no open field of the {}", name.value, table.what);
            cx.fault(
                FaultCode::UnknownName,
                &name.place,
                what,
                "name a field that is not personal",
            );
        }
    }
    form.public = public.into_iter().map(|name| name.value).collect();
    table.finish(cx);
    let step = Step {
        id: id.value,
        label,
        from,
        to,
        who: who.into_iter().map(|who| who.value).collect(),
        guard,
        approvals: approvals.into_iter().map(|permission| permission.value).collect(),
        officers,
        collective,
        at_most,
        opens,
        fields: form.fields.iter().map(step_field).collect(),
    };
    Some((id.place, step, form))
}

/// `fill = { FIELD = "…" }`.
fn read_fill(table: &mut Table<'_>, cx: &mut Context) -> Vec<(String, Fill)> {
    let Some(mut fills) = table.table("fill", "table of what is filled in", cx) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, _, node) in fills.take_rest() {
        let word = <Located<String> as crate::source::Read>::read(node, cx);
        if let Some(fill) = word.and_then(|word| parsed::<Fill>(word, cx)) {
            found.push((name.to_owned(), fill.value));
        }
    }
    fills.finish(cx);
    found
}

/// `from = ["…"]` or `"open"`.
fn read_from(table: &mut Table<'_>, cx: &mut Context) -> Origin {
    let states = read_several(table, "from", cx);
    match states.as_slice() {
        [] => {
            let what = format!("the {} does not say from where", table.what);
            let remedy =
                "add from = [\"STATE\"], or from = \"open\" for every state that is no end";
            cx.fault(FaultCode::MissingKey, &table.place(), what, remedy);
            Origin::Open
        }
        [one] if one.value == "open" => Origin::Open,
        _ => Origin::States(states.into_iter().map(|state| state.value).collect()),
    }
}

fn read_guard(table: &mut Table<'_>, cx: &mut Context) -> Option<Guarded> {
    let when: Option<Located<String>> = table.optional("guard", cx);
    let says = table.take("guard_says");
    match (when, says) {
        (None, None) => None,
        (Some(when), Some(node)) => {
            let says = crate::source::Read::read(node, cx)?;
            Some(Guarded { when: when.value, says })
        }
        (when, says) => {
            let place = when.map(|when| when.place).or_else(|| says.map(|node| node.place()));
            let what = "guard and guard_says stand only together";
            let remedy = "add the other: a condition, and what is said where it does not hold";
            cx.fault(FaultCode::MissingKey, &place.unwrap_or_else(|| table.place()), what, remedy);
            None
        }
    }
}

/// One word or several.
fn read_several(
    table: &mut Table<'_>,
    key: &'static str,
    cx: &mut Context,
) -> Vec<Located<String>> {
    let Some(node) = table.take(key) else { return Vec::new() };
    let read = |node, cx: &mut Context| <Located<String> as crate::source::Read>::read(node, cx);
    if node.value.get_ref().is_str() {
        return read(node, cx).into_iter().collect();
    }
    node.items(cx).into_iter().filter_map(|item| read(item, cx)).collect()
}

fn read_words(table: &mut Table<'_>, key: &'static str, cx: &mut Context) -> Vec<String> {
    read_several(table, key, cx).into_iter().map(|word| word.value).collect()
}

/// A word that the engine reads; a fault with its own words where it cannot.
fn parsed<T: FromStr<Err: std::fmt::Display>>(
    word: Located<String>,
    cx: &mut Context,
) -> Option<Located<T>> {
    match word.value.parse() {
        Ok(value) => Some(Located { place: word.place, value }),
        Err(error) => {
            let text = error.to_string();
            let (what, remedy) = text.split_once("; ").unwrap_or((&text, "write one of them"));
            cx.fault(FaultCode::BadValue, &word.place, what, remedy);
            None
        }
    }
}

fn read_term(mut table: Table<'_>, cx: &mut Context) -> Option<(Place, TermRule)> {
    let id = table.id("id", Form::Kebab, cx)?;
    let label = table.required("label", cx);
    let starts = read_words(&mut table, "starts", cx);
    let start_on = table.optional("start_on", cx);
    let backward = table.optional("backward", cx).unwrap_or(false);
    let limit: Located<String> = table.required("limit", cx);
    let limit = parsed::<Limit>(limit, cx);
    let met_by = read_words(&mut table, "met_by", cx);
    let lifted_by = read_words(&mut table, "lifted_by", cx);
    let warn: Option<Located<String>> = table.optional("warn", cx);
    let warn = warn.and_then(|warn| read_length(&warn, cx));
    let at_end: Option<Located<String>> = table.optional("when_due", cx);
    let at_end = at_end.and_then(|word| parsed(word, cx)).map_or(AtEnd::Remind, |word| word.value);
    let suspended = table.tables("suspended", "suspension", cx);
    let suspended = suspended.into_iter().map(|held| read_suspension(held, cx)).collect();
    let extended = table.tables("extended", "extension", cx);
    let extended = extended.into_iter().filter_map(|more| read_extension(more, cx)).collect();
    table.finish(cx);
    let term = TermRule {
        id: id.value,
        label,
        starts,
        start_on,
        backward,
        limit: limit?.value,
        met_by,
        lifted_by,
        suspended,
        extended,
        warn,
        at_end,
    };
    Some((id.place, term))
}

/// `"2 working_day"`.
fn read_length(text: &Located<String>, cx: &mut Context) -> Option<clock::Term> {
    let read = || {
        let (amount, unit) = text.value.trim().split_once(' ')?;
        clock::Term::parse(amount, unit.trim().parse().ok()?).ok()
    };
    let found = read();
    if found.is_none() {
        let what = format!("{:?} is no length of time", text.value);
        let remedy = "write a number and a unit, such as \"2 working_day\"";
        cx.fault(FaultCode::BadValue, &text.place, what, remedy);
    }
    found
}

fn read_suspension(mut table: Table<'_>, cx: &mut Context) -> Suspension {
    let event: Located<String> = table.required("event", cx);
    if !event.value.is_empty() {
        let target = Target::Code { list: well_known::SUSPENDING_EVENTS.to_owned() };
        cx.refer(&event.place, &table.what, &event.value, target);
    }
    let from = read_words(&mut table, "from", cx);
    let to = read_words(&mut table, "to", cx);
    if from.is_empty() || to.is_empty() {
        let what = format!("the {} has no steps with which it begins and ends", table.what);
        cx.fault(
            FaultCode::MissingKey,
            &table.place(),
            what,
            "add from = \"STEP\" and to = \"STEP\"",
        );
    }
    table.finish(cx);
    Suspension { event: event.value, from, to }
}

fn read_extension(mut table: Table<'_>, cx: &mut Context) -> Option<Extension> {
    let step = table.required("step", cx);
    let limit: Option<Located<String>> = table.optional("limit", cx);
    let until: Option<String> = table.optional("until", cx);
    let place = table.place();
    table.finish(cx);
    let by = match (limit, until) {
        (Some(limit), None) => By::Limit(parsed(limit, cx)?.value),
        (None, Some(field)) => By::Until(field),
        _ => {
            let what = "an extension is by a limit or until a day, and not both";
            let remedy = "write limit = \"PARAMETER\" or until = \"FIELD\"";
            cx.fault(FaultCode::Contradiction, &place, what, remedy);
            return None;
        }
    };
    Some(Extension { step, by })
}

/// What guards and terms can ask of a field.
fn step_field(field: &Field) -> StepField {
    let holds = if field.personal { None } else { type_of(&field.field_type) };
    StepField { name: field.name.clone(), holds, required: field.required }
}

fn type_of(of: &FieldType) -> Option<Type> {
    Some(match of {
        FieldType::Text { .. }
        | FieldType::Code { .. }
        | FieldType::Region
        | FieldType::Industry
        | FieldType::Reference { .. } => Type::Text,
        FieldType::Integer => Type::Integer,
        FieldType::Decimal | FieldType::Money => Type::Decimal,
        FieldType::Boolean => Type::Boolean,
        FieldType::Date => Type::Date,
        FieldType::Instant => Type::Instant,
        FieldType::List(of) => type_of(of)?.list(),
        FieldType::Quantity { .. } | FieldType::Table { .. } => return None,
    })
}

/// Holds the procedures that were read against the rest of the pack.
pub(crate) fn build(
    pack: &Pack,
    readings: Vec<Reading>,
    cx: &mut Context,
) -> BTreeMap<String, Procedure> {
    let parameters: Vec<Parameter> = pack.parameters.values().map(parameter).collect();
    let procedures: Vec<String> =
        readings.iter().map(|reading| reading.definition.id.clone()).collect();
    let opened: BTreeMap<String, String> = readings
        .iter()
        .map(|reading| (reading.definition.id.clone(), reading.definition.opens_with.clone()))
        .collect();
    // Where what a procedure names could not be read, what would follow from that is not told.
    let is_unread = |file: &str| {
        file == "roles.toml" || ["law/", "kinds/", "lists/"].iter().any(|f| file.starts_with(f))
    };
    if cx.faults.iter().any(|fault| is_unread(&fault.file)) {
        return BTreeMap::new();
    }
    let mut found = BTreeMap::new();
    for reading in readings {
        if cx.faults.iter().any(|fault| fault.file == reading.place.file) {
            continue;
        }
        check_written(pack, &reading, &opened, cx);
        // Where the kind is not there, that is the fault.
        let Some(kind) = pack.kind(&reading.definition.opens_with) else { continue };
        let around = Surroundings {
            opening: kind.fields.iter().map(step_field).collect(),
            parties: kind.subjects.iter().map(|subject| subject.role.clone()).collect(),
            parameters: parameters.clone(),
            procedures: procedures.clone(),
        };
        match procedure::Procedure::new(reading.definition.clone(), &around) {
            Ok(engine) => {
                let id = reading.definition.id.clone();
                found.insert(id, Procedure { engine: Arc::new(engine), forms: reading.forms });
            }
            Err(faults) => {
                for fault in faults {
                    let place = reading.place_of(fault.at).clone();
                    cx.fault(FaultCode::Procedure, &place, fault.what, fault.remedy);
                }
            }
        }
    }
    found
}

/// That what a step tells and names of the record that it writes is there.
fn check_written(
    pack: &Pack,
    reading: &Reading,
    opened: &BTreeMap<String, String>,
    cx: &mut Context,
) {
    let opening = pack.kind(&reading.definition.opens_with);
    let is_said = |name: &str| {
        let is_role = opening.is_some_and(|kind| kind.subject(name).is_some());
        let mut fields = reading.forms.iter().flat_map(|form| &form.fields);
        let opening = opening.into_iter().flat_map(|kind| &kind.fields);
        is_role || fields.by_ref().chain(opening).any(|field| field.name == *name)
    };
    let steps = &reading.definition.steps;
    for ((form, place), step) in reading.forms.iter().zip(&reading.steps).zip(steps) {
        if let Some(kind) = &form.amends
            && !reading.forms.iter().any(|other| other.writes.as_ref() == Some(kind))
        {
            let what = format!("amends names {kind}, which no step writes");
            cx.fault(FaultCode::UnknownName, place, what, "name a kind that a step writes");
        }
        let written = form.writes.as_deref().into_iter().chain(form.amends.as_deref());
        let opens = step.opens.as_deref().and_then(|id| opened.get(id)).map(String::as_str);
        let kinds: Vec<&Kind> = written.chain(opens).filter_map(|kind| pack.kind(kind)).collect();
        for (name, fill) in &form.fill {
            let has = |kind: &&Kind| {
                kind.subject(name).is_some() || kind.fields.iter().any(|field| field.name == *name)
            };
            if !kinds.iter().any(has) {
                let what = format!("fill names {name}, which no record that comes with it has");
                let remedy = "name a field or role of that record, or take it out";
                cx.fault(FaultCode::UnknownName, place, what, remedy);
            }
            if let Fill::Due(term) = fill
                && !reading
                    .definition
                    .terms
                    .iter()
                    .any(|rule| rule.id == *term && rule.starts.contains(&step.id))
            {
                let what =
                    format!("{name} is filled from the term {term}, which the step does not start");
                cx.fault(FaultCode::UnknownName, place, what, "name a term that it starts");
            }
            if let Fill::Of(from) = fill
                && !is_said(from)
            {
                let what = format!("{name} is filled from {from}, which the case never says");
                let remedy = "name a field of the procedure, or a role of the opening record";
                cx.fault(FaultCode::UnknownName, place, what, remedy);
            }
        }
        for party in &form.tell {
            if !is_said(party) {
                let what = format!("tell names {party}, which nothing of the procedure names");
                let remedy = "name a role of the opening record, or a field";
                cx.fault(FaultCode::UnknownName, place, what, remedy);
            }
        }
        if form.number.is_some() && form.document.is_none() {
            let what = "a number without the document that it is of";
            cx.fault(FaultCode::Contradiction, place, what, "add document, or take number out");
        }
    }
}

/// A parameter of law as a procedure sees it.
fn parameter(parameter: &LawParameter) -> Parameter {
    let scalars = || parameter.versions.iter().flat_map(|version| version.value.scalars());
    let all = |fits: fn(&Scalar) -> bool| scalars().all(fits);
    let is_integer = |scalar: &Scalar| matches!(scalar, Scalar::Integer(_));
    let is_number = |scalar: &Scalar| matches!(scalar, Scalar::Integer(_) | Scalar::Decimal(_));
    let holds = match () {
        () if all(is_integer) => Some(Type::Integer),
        () if all(is_number) => Some(Type::Decimal),
        () if all(|scalar| matches!(scalar, Scalar::Word(_))) => Some(Type::Text),
        () => None,
    };
    let mut versions = parameter.versions.iter();
    Parameter {
        id: parameter.id.clone(),
        holds,
        is_time: all(is_integer)
            && versions.clone().all(|version| version.unit.parse::<clock::Unit>().is_ok()),
        by_level: versions.clone().any(|version| version.value.one().is_none()),
        is_backward: versions.any(|version| version.counts.direction == Direction::Backward),
    }
}
