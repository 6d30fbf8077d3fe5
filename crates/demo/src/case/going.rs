//! A case while it is planned: what was said in it, and its records.

use std::collections::BTreeSet;

use model::{Draft, RecordId, Subject, Timestamp};
use pack::{Fill, Kind, Number, Procedure as Known, StepForm};
use procedure::{Act as Taken, Entry, SubCase};
use serde_json::{Map, Value};
use stats::random::Random;

use super::Opened;
use crate::province::{Act, new_id};

/// A case under another.
pub(super) struct Under {
    pub(super) procedure: String,
    pub(super) ended: Option<(Timestamp, String)>,
}

/// A case that is being planned.
pub(super) struct Going<'a> {
    pub(super) known: &'a Known,
    pub(super) opened: &'a Opened,
    pub(super) entries: Vec<Entry>,
    /// What was filled in, the latest first.
    pub(super) forms: Vec<Map<String, Value>>,
    pub(super) under: Vec<Under>,
    /// The sample that was taken in it.
    pub(super) sample: Option<String>,
    pub(super) acts: Vec<Act>,
    pub(super) number: u64,
    pub(super) last: Timestamp,
}

/// What a step says.
#[derive(Default)]
pub(super) struct Step {
    pub(super) open: Map<String, Value>,
    pub(super) personal: Map<String, Value>,
    pub(super) officers: Vec<String>,
    pub(super) wrote: Option<RecordId>,
    pub(super) opened: Option<RecordId>,
}

impl Under {
    pub(super) fn at(&self, at: Timestamp) -> SubCase {
        let ended = self.ended.as_ref().filter(|(ended, _)| *ended <= at);
        SubCase {
            procedure: self.procedure.clone(),
            outcome: ended.map(|(_, state)| state.clone()),
        }
    }
}

impl Going<'_> {
    pub(super) fn office(&self) -> &str {
        self.opened.draft.office.as_deref().unwrap_or(&self.opened.draft.region)
    }

    /// What was last said in a field, by the steps and the record that opened the case.
    pub(super) fn said(&self, name: &str) -> Option<&Value> {
        let in_forms = self.forms.iter().find_map(|form| form.get(name));
        in_forms.or_else(|| self.opened.draft.open.get(name)).filter(|value| !value.is_null())
    }

    /// What a record that comes with a step says in a field: what the pack fills in, where the step does
    /// not ask for it, else what was said under the same name.
    pub(super) fn says_for(&self, form: &StepForm, name: &str, at: Timestamp) -> Option<Value> {
        let asks = self.forms.first().is_some_and(|said| said.contains_key(name));
        let fill = form.fill.iter().find(|(field, _)| field == name && !asks);
        match fill.map(|(_, fill)| fill) {
            Some(Fill::Today) => Some(at.day_in_china().to_string().into()),
            Some(Fill::Text(text)) => Some(text.as_str().into()),
            Some(Fill::Of(other)) => {
                let of_role = || self.opened.roles.get(other).map(|id| id.as_str().into());
                self.said(other).cloned().or_else(of_role)
            }
            Some(Fill::Again(suffix)) => {
                let own = self.said(name)?.as_str()?.to_owned();
                Some(format!("{own}-{suffix}{}", self.under.len() + 1).into())
            }
            Some(Fill::Nothing) => None,
            // It follows from terms, of which a record that is made here says nothing yet.
            Some(Fill::Due(_)) | None => self.said(name).cloned(),
        }
    }

    pub(super) fn says(&self, name: &str) -> bool {
        self.said(name).is_some() || self.opened.roles.contains_key(name)
    }

    /// On whose behalf somebody acts.
    pub(super) fn by(&self, who: &str) -> String {
        let party = || {
            let parties = ["maker", "nominal_maker", "respondent", "organization", "offender"];
            parties.iter().find_map(|role| self.opened.roles.get(*role))
        };
        match who {
            "program" => "zhiheng".to_owned(),
            "lab-1" => self.role("laboratory"),
            "lab-2" => self.role("laboratory2"),
            "enterprise" | "maker-1" | "delegate" => {
                party().cloned().unwrap_or_else(|| self.office().to_owned())
            }
            _ => self.office().to_owned(),
        }
    }

    fn role(&self, role: &str) -> String {
        self.opened.roles.get(role).cloned().unwrap_or_else(|| self.office().to_owned())
    }

    /// Who takes part in a record that comes with a step; none where somebody is missing who must.
    pub(super) fn subjects(&self, kind: &Kind, serial: &str) -> Option<Vec<Subject>> {
        let mut subjects = Vec::new();
        for role in &kind.subjects {
            let said = self.said(&role.role).and_then(Value::as_str).map(str::to_owned);
            let id = said.or_else(|| self.opened.roles.get(&role.role).cloned());
            let id = match role.role.as_str() {
                "sample" if kind.id == "sample" => Some(format!("sample:CY-{serial}")),
                "sample" => self.sample.clone(),
                _ => id,
            };
            match id.map(|id| id.parse()) {
                Some(Ok(id)) => subjects.push(Subject { role: role.role.clone(), id }),
                _ if role.number == Number::One => return None,
                _ => {}
            }
        }
        Some(subjects)
    }

    pub(super) fn frame(&self, kind: &str, at: Timestamp) -> Draft {
        let of = &self.opened.draft;
        Draft {
            id: None,
            kind: kind.to_owned(),
            subjects: Vec::new(),
            office: of.office.clone(),
            region: of.region.clone(),
            valid_at: at,
            source: of.source.clone(),
            open: Map::new(),
            personal: Vec::new(),
            corrects: None,
            withdraws: None,
        }
    }

    /// Writes a step down.
    #[expect(clippy::too_many_arguments, reason = "a record of as many things")]
    pub(super) fn tell(
        &mut self,
        at: Timestamp,
        who: &str,
        step: &str,
        act: Taken,
        said: Step,
        reason: Option<String>,
        random: &mut Random,
    ) {
        let mut draft = self.frame("case-step", at);
        draft.id = Some(new_id(at, random));
        let mut say = |name: &str, value: Value| _ = draft.open.insert(name.to_owned(), value);
        say("procedure", self.known.id().into());
        say("number", self.number.into());
        say("step", step.into());
        say("act", act.word().into());
        if !said.open.is_empty() {
            say("form", Value::Object(said.open).to_string().into());
        }
        if let Some(reason) = reason {
            say("reason", reason.into());
        }
        if let Some(wrote) = said.wrote {
            say("record", wrote.to_string().into());
        }
        if let Some(opened) = said.opened {
            say("opened_case", opened.to_string().into());
        }
        let opened = said.opened.map(|id| ("opened", format!("record:{id}")));
        let officers = said.officers.into_iter().map(|id| ("officer", id));
        let case = ("case", format!("record:{}", self.opened.id));
        for (role, id) in std::iter::once(case).chain(opened).chain(officers) {
            if let Ok(id) = id.parse() {
                draft.subjects.push(Subject { role: role.to_owned(), id });
            }
        }
        if !said.personal.is_empty() {
            let person = self.opened.draft.personal.first().map(|part| part.person.clone());
            let text = Value::Object(said.personal).to_string();
            draft.personal.push(model::PersonalPart {
                person: person.unwrap_or_else(|| format!("case-{}", short(self.opened.id))),
                fields: Map::from_iter([("personal_form".to_owned(), text.into())]),
            });
        }
        let by = self.by(who);
        let account = match who {
            "program" => "zhiheng".to_owned(),
            who => format!("demo-{}-{who}", self.office()),
        };
        self.acts.push(Act::Record { at, by, account: Some(account), draft });
    }
}

/// What the records need that come with a step.
pub(super) fn beside(
    pack: &pack::Pack,
    opens: Option<&str>,
    writes: Option<&str>,
) -> BTreeSet<String> {
    let opens = opens.and_then(|id| pack.procedure(id));
    let opens = opens.map(|known| known.engine.definition().opens_with.as_str());
    let kinds = opens.into_iter().chain(writes).filter_map(|kind| pack.kind(kind));
    let fields = kinds.flat_map(|kind| &kind.fields).filter(|field| field.required);
    fields.map(|field| field.name.clone()).collect()
}

/// A few letters that tell a case from others: the end of its id.
pub(super) fn short(id: RecordId) -> String {
    let text = id.to_string();
    text.get(text.len().saturating_sub(8)..).unwrap_or_default().to_owned()
}
