//! The form of a record that opens a case: made of its kind in the pack, and read back into a draft.

use app::{Fault, Rejection};
use askama::Template;
use askama::filters::HtmlSafe;
use model::{Draft, PersonalPart, RecordId, Subject, Timestamp};
use pack::{Class, Field, FieldType, Kind, Number, Pack, Procedure};
use serde_json::{Map, Value};

use super::fields::{Entry, Fields, name_of};
use crate::page::Page;
use crate::page::form::Form;

/// Where faults go that have no field of their own.
const TOP: &str = "opening";
/// The field of the division in which it lies.
pub const REGION: &str = "region";
/// What stands before the name of a role in that of its field, so that none is taken for a field.
const ROLE: &str = "role-";

/// The procedures of which whoever is logged in may open a case by a form. What is of persons comes as a
/// letter, at its own page.
pub fn procedures<'p>(page: &Page, pack: &'p Pack) -> Vec<(&'p Procedure, &'p Kind)> {
    let visitor = page.visitor.as_deref();
    let may = |kind: &Kind| visitor.is_some_and(|visitor| visitor.may(&kind.author));
    let found = pack.procedures().filter_map(|procedure| {
        let kind = pack.kind(&procedure.engine.definition().opens_with)?;
        (kind.class != Class::Personal && may(kind)).then_some((procedure, kind))
    });
    found.collect()
}

/// What a form is made with.
pub struct Opening<'p> {
    /// The page.
    pub p: &'p Page,
    /// The pack.
    pub pack: &'p Pack,
    /// The procedure of the case.
    pub procedure: &'p Procedure,
    /// The kind of the record.
    pub kind: &'p Kind,
    /// Subjects that may be meant: the sort, the id, what it is called.
    pub subjects: Vec<(String, String, String)>,
    /// Where the form is.
    pub place: String,
}

/// The form, as it is shown.
#[derive(Template)]
#[template(path = "ui/opening.html")]
pub struct Body<'f> {
    p: &'f Page,
    form: &'f Form,
    label: &'f str,
    place: &'f str,
    id: String,
    roles: Vec<Entry<'f>>,
    entries: Vec<Entry<'f>>,
    /// When what is filled in was kept.
    kept_at: Option<String>,
}

impl HtmlSafe for Body<'_> {}

impl<'p> Opening<'p> {
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

    /// A form that nothing was filled in of yet, but where it lies and, at a desk, whom it is about.
    pub fn first(&self, region: &str) -> Form {
        let mut filled = vec![(name_of(REGION), region.to_owned())];
        let own = self.subjects.iter().find(|(sort, ..)| sort == "organization");
        let one = self.kind.subjects.iter().find(|role| role.number == Number::One);
        if let (Some((_, id, _)), Some(one)) = (own, one) {
            filled.push((name_of(&format!("{ROLE}{}", one.role)), id.clone()));
        }
        Form::kept(filled)
    }

    /// The roles of the kind and the division, as fields.
    fn roles(&self) -> Vec<Field> {
        let field = |name: String, label: &codes::Label, field_type, required| Field {
            name,
            label: label.clone(),
            field_type,
            required,
            typed: false,
            personal: false,
            least: None,
            most: None,
        };
        let roles = self.kind.subjects.iter().filter_map(|role| {
            let said = self.pack.subject_role(&role.role)?;
            let one = FieldType::Reference { subjects: said.is.clone() };
            let (what, required) = match role.number {
                Number::One => (one, true),
                Number::Optional => (one, false),
                Number::Many => (FieldType::List(Box::new(one)), false),
            };
            Some(field(format!("{ROLE}{}", role.role), &said.label, what, required))
        });
        let words = &self.p.w.opening;
        let region = codes::Label { zh: words.region.to_owned(), en: words.region.to_owned() };
        let region = field(REGION.to_owned(), &region, FieldType::Region, true);
        roles.chain(std::iter::once(region)).collect()
    }

    /// The form, with what was filled in and what is wrong with it.
    pub fn body<'f>(
        &'f self,
        fields: &'f Fields<'f>,
        form: &'f Form,
        id: Option<RecordId>,
        kept_at: Option<Timestamp>,
    ) -> Body<'f> {
        let id = id.unwrap_or_else(|| RecordId::new(self.p.now, &app::keys::random()));
        Body {
            p: self.p,
            form,
            label: self.p.say(&self.kind.label),
            place: &self.place,
            id: id.to_string(),
            roles: fields.shown(&self.roles(), form),
            entries: fields.shown(&self.kind.fields, form),
            kept_at: kept_at.map(|at| self.p.date_time(&at)),
        }
    }

    /// Reads a form that was sent: the record that it says; none where something cannot be read, which is
    /// told at its field.
    pub fn read(&self, form: &mut Form) -> Option<Draft> {
        let id = form.text("id").parse().ok();
        let at = super::step::time(self.p, form);
        let fields = self.fields();
        let (mut roles, _) = fields.read(&self.roles(), form);
        let (open, personal) = fields.read(&self.kind.fields, form);
        let region = match roles.remove(REGION) {
            Some(Value::String(region)) => region,
            _ => String::new(),
        };
        let subjects = self.subjects_of(roles, form);
        let personal = (!personal.is_empty()).then(|| {
            let person = id.map_or_else(String::new, |id: RecordId| format!("case/{id}"));
            PersonalPart { person, fields: personal }
        });
        form.is_right().then(|| Draft {
            id,
            kind: self.kind.id.clone(),
            subjects,
            office: None,
            region,
            valid_at: at.unwrap_or(self.p.now),
            source: "form".to_owned(),
            open,
            personal: personal.into_iter().collect(),
            corrects: None,
            withdraws: None,
        })
    }

    fn subjects_of(&self, roles: Map<String, Value>, form: &mut Form) -> Vec<Subject> {
        let mut subjects = Vec::new();
        for (name, value) in roles {
            let Some(role) = name.strip_prefix(ROLE) else { continue };
            let ids = match value {
                Value::Array(ids) => ids,
                one => vec![one],
            };
            for id in ids {
                match id.as_str().and_then(|id| id.parse().ok()) {
                    Some(id) => subjects.push(Subject { role: role.to_owned(), id }),
                    None => form.fault(name_of(&name), self.p.w.opening.wrong_code),
                }
            }
        }
        subjects
    }

    /// Puts what keeps the record from being stored to the fields of its form.
    ///
    /// # Errors
    /// What is no fault of the form.
    pub fn tell(
        &self,
        form: &mut Form,
        draft: &Draft,
        rejection: Rejection,
    ) -> Result<(), Rejection> {
        let faults = match &rejection {
            Rejection::Invalid(faults) => faults.clone(),
            Rejection::Conflict(fault) => vec![fault.clone()],
            Rejection::Denied(fault) if !fault.pointer.is_empty() => vec![fault.clone()],
            _ => return Err(rejection),
        };
        for fault in faults {
            let says = self.p.pick(&fault.zh, &fault.en);
            form.fault(self.field_of(&fault, draft), says);
        }
        Ok(())
    }

    /// The field at which a fault is told.
    fn field_of(&self, fault: &Fault, draft: &Draft) -> String {
        let parts: Vec<&str> = fault.pointer.trim_start_matches('/').split('/').collect();
        let is_field = |name: &str| self.kind.fields.iter().any(|field| field.name == name);
        match parts.as_slice() {
            ["open" | "personal", rest @ ..] => {
                let named = rest.iter().find(|name| is_field(name));
                named.map_or_else(|| TOP.to_owned(), |name| name_of(name))
            }
            ["subjects", at, ..] => {
                let subject = at.parse().ok().and_then(|at: usize| draft.subjects.get(at));
                let role = subject.map(|subject| name_of(&format!("{ROLE}{}", subject.role)));
                role.unwrap_or_else(|| TOP.to_owned())
            }
            ["region", ..] => name_of(REGION),
            ["valid_at", ..] => "at".to_owned(),
            _ => TOP.to_owned(),
        }
    }
}
