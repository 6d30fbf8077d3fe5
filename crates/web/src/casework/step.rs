//! The form of a step: made of the pack's fields, read back, and told what keeps it from being taken.

use app::case::{CaseView, NewStep, Opens, StepView};
use app::{Fault, Rejection};
use askama::Template;
use askama::filters::HtmlSafe;
use model::{RecordId, SubjectId, Timestamp};
use pack::{Pack, Procedure};
use procedure::Act;
use serde_json::Map;

use super::control::{Choice, box_name};
use super::course::say;
use super::fields::{Entry, Fields, name_of};
use crate::page::Page;
use crate::page::facts::Fact;
use crate::page::form::Form;

/// Where faults go that have no field of their own.
const TOP: &str = "step";

/// What a form of a step is made with.
pub struct Asked<'p> {
    /// The page.
    pub p: &'p Page,
    /// The pack.
    pub pack: &'p Pack,
    /// The procedure of the case.
    pub procedure: &'p Procedure,
    /// The case.
    pub case: &'p CaseView,
    /// The step, as the case says it.
    pub step: &'p StepView,
    /// Officers who can take it together: id and name.
    pub officers: Vec<(String, String)>,
    /// Subjects that may be meant: the sort, the id, what it is called.
    pub subjects: Vec<(String, String, String)>,
    /// Where the page of the case is.
    pub place: String,
}

/// The form of a step, as it is shown.
#[derive(Template)]
#[template(path = "ui/step.html")]
pub struct Body<'f> {
    p: &'f Page,
    form: &'f Form,
    label: &'f str,
    law: &'f str,
    place: String,
    step: &'f str,
    id: String,
    seen: u64,
    entries: Vec<Entry<'f>>,
    officers: Vec<(Choice, bool)>,
    needs_officers: bool,
    /// What was drawn up, where this is to agree.
    drawn_up: Option<DrawnUp>,
    proposes: bool,
    why_not: Vec<String>,
    /// When what is filled in was kept.
    kept_at: Option<String>,
    /// What was done meanwhile by somebody else.
    meanwhile: Option<String>,
    opens: Option<String>,
    writes: Option<String>,
}

impl HtmlSafe for Body<'_> {}

/// What waits for approval.
pub struct DrawnUp {
    /// By whom.
    pub by: String,
    /// When.
    pub at: String,
    /// What was filled in.
    pub facts: Vec<Fact>,
}

/// What a page of a form says beside it.
#[derive(Default)]
pub struct Beside {
    /// The id of the record that is made, where the form was sent before.
    pub id: Option<RecordId>,
    /// When what is filled in was kept.
    pub kept_at: Option<Timestamp>,
    /// What was done meanwhile by somebody else.
    pub meanwhile: Option<String>,
    /// What waits for approval.
    pub drawn_up: Option<DrawnUp>,
}

impl<'p> Asked<'p> {
    /// What reads its fields.
    pub fn fields(&self) -> Fields<'_> {
        Fields {
            p: self.p,
            pack: self.pack,
            on: self.p.today(),
            subjects: &self.subjects,
            marks: true,
        }
    }

    fn definition(&self) -> Option<&procedure::Step> {
        self.procedure.engine.definition().steps.iter().find(|step| step.id == self.step.step)
    }

    /// Whether this is to agree to what was drawn up.
    pub fn approves(&self) -> bool {
        self.step.act == Act::Approved.word()
    }

    /// The form, with what was filled in and what is wrong with it.
    pub fn body<'f>(&'f self, fields: &'f Fields<'f>, form: &'f Form, beside: Beside) -> Body<'f> {
        let own = self.procedure.form(&self.step.step);
        let definition = self.definition();
        let approves = self.approves();
        let entries = match own {
            Some(own) if !approves => fields.shown(&own.fields, form),
            _ => Vec::new(),
        };
        let officers = self.officers.iter().map(|(id, name)| {
            let choice = Choice { value: id.clone(), label: name.clone(), group: String::new() };
            let is_chosen = !form.value(&box_name("officer", id)).is_empty();
            (choice, is_chosen)
        });
        let needs_officers = !approves && definition.is_some_and(|step| step.officers.is_some());
        let opens = definition.and_then(|step| self.pack.procedure(step.opens.as_deref()?));
        let writes = own.and_then(|own| self.pack.kind(own.writes.as_deref()?));
        let id = beside.id.unwrap_or_else(|| RecordId::new(self.p.now, &app::keys::random()));
        Body {
            p: self.p,
            form,
            label: say(self.p, &self.step.label),
            law: self.step.law.as_deref().unwrap_or_default(),
            place: self.place.clone(),
            step: &self.step.step,
            id: id.to_string(),
            seen: self.case.last,
            entries,
            officers: officers.collect(),
            needs_officers,
            drawn_up: beside.drawn_up,
            proposes: self.step.act == Act::Proposed.word(),
            why_not: self
                .step
                .why_not
                .iter()
                .map(|why| say(self.p, &why.says).to_owned())
                .collect(),
            kept_at: beside.kept_at.map(|at| self.p.date_time(&at)),
            meanwhile: beside.meanwhile,
            opens: opens.map(|opens| self.p.say(opens.label()).to_owned()),
            writes: writes.map(|kind| self.p.say(&kind.label).to_owned()),
        }
    }

    /// Reads a form that was sent: the step that it wants to take; none where something cannot be read,
    /// which is told at its field.
    pub fn read(&self, form: &mut Form) -> Option<NewStep> {
        let id = form.text("id").parse().ok();
        let seen = form.text("seen").parse().ok();
        let act = Act::of_word(&form.text("act"));
        let at = time(self.p, form);
        let reason = form.text("reason");
        let act = match act {
            Some(act) if self.approves() == matches!(act, Act::Approved | Act::Returned) => act,
            _ => Act::of_word(self.step.act).unwrap_or(Act::Done),
        };
        let (open, personal) = match self.procedure.form(&self.step.step) {
            Some(own) if !self.approves() => self.fields().read(&own.fields, form),
            _ => (Map::new(), Map::new()),
        };
        let officers = read_officers(self.p, &self.officers, form);
        form.is_right().then_some(NewStep {
            id,
            step: self.step.step.clone(),
            act,
            at,
            seen,
            officers,
            form: open,
            personal,
            reason,
            writes: None,
            opens: Opens::Made,
        })
    }

    /// Puts what keeps the step from being taken to the fields of its form.
    ///
    /// # Errors
    /// What is no fault of the form.
    pub fn tell(&self, form: &mut Form, rejection: Rejection) -> Result<(), Rejection> {
        let is_of_form = |fault: &Fault| !fault.code.starts_with("door.");
        let faults = match &rejection {
            Rejection::Invalid(faults) => faults.clone(),
            Rejection::Conflict(fault) if is_of_form(fault) => vec![fault.clone()],
            _ => return Err(rejection),
        };
        let fields = self.procedure.form(&self.step.step);
        let fields = fields.map(|form| form.fields.as_slice()).unwrap_or_default();
        for fault in faults {
            let parts: Vec<&str> = fault.pointer.trim_start_matches('/').split('/').collect();
            let says = self.p.pick(&fault.zh, &fault.en);
            let field = match parts.as_slice() {
                ["open" | "form" | "personal", name, ..] => fields.iter().find(|f| f.name == *name),
                _ => None,
            };
            match (field, parts.first()) {
                (Some(field), _) => form.fault(name_of(&field.name), says),
                (None, Some(&name @ ("reason" | "at"))) => form.fault(name.to_owned(), says),
                (None, _) if fault.code == "case.officers" => form.fault("officers", says),
                (None, _) => form.fault(TOP, says),
            }
        }
        Ok(())
    }
}

/// When something was done, in China's time; none where it is not said, which means now.
pub fn time(page: &Page, form: &mut Form) -> Option<Timestamp> {
    let text = form.text("at");
    let seconds = match text.len() {
        0 => return None,
        16 => ":00",
        _ => "",
    };
    let time = Timestamp::from_rfc3339(&format!("{text}{seconds}+08:00")).ok();
    if time.is_none() {
        form.fault("at", page.w.casework.no_time);
    }
    time
}

/// The officers of a form: those who are ticked, and others by their codes.
pub fn read_officers(page: &Page, known: &[(String, String)], form: &mut Form) -> Vec<SubjectId> {
    let mut officers: Vec<SubjectId> = Vec::new();
    for (id, _) in known {
        if !form.text(&box_name("officer", id)).is_empty() {
            officers.extend(id.parse());
        }
    }
    let others = form.text("officers");
    for one in others.split(['\n', ',', '，', '、', ' ']).map(str::trim) {
        if one.is_empty() {
            continue;
        }
        let id = if one.contains(':') { one.to_owned() } else { format!("person:{one}") };
        match id.parse() {
            Ok(id) if !officers.contains(&id) => officers.push(id),
            Ok(_) => {}
            Err(_) => form.fault("officers", page.w.casework.no_officer),
        }
    }
    officers
}

/// What of a form is kept when it is broken off.
pub fn kept(form: &Form) -> Vec<(String, String)> {
    let is_kept = |name: &str| {
        name.starts_with("in-") || name.starts_with("officer") || ["at", "reason"].contains(&name)
    };
    let filled = form.sent().iter().filter(|(name, value)| is_kept(name) && !value.is_empty());
    filled.cloned().collect()
}
