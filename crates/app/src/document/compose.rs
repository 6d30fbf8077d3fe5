//! From the template of a step and the case to what stands on the document.

use std::collections::{BTreeSet, HashMap};

use clock::Date;
use pack::{DocumentPlace as Place, Field, FieldType, LawOn, Line, Pack, Shape, Span};
use procedure::{Case, Deciding};
use serde_json::{Map, Value};

use super::paper::{self, Paper, PaperLine, Personal};
use super::words;
use crate::case::{Records, Step};

/// What stands for what was not said in a document that is drawn up.
const NOTHING: &str = "／";

/// What a document is made from.
pub(super) struct Maker<'a> {
    pub(super) records: &'a Records,
    /// The record of the step among the steps of the case.
    pub(super) at: usize,
    pub(super) document: &'a pack::Document,
    pub(super) case: &'a Case<'a, LawOn<'a>>,
    pub(super) law: LawOn<'a>,
    /// What the opening and each step say of persons, as far as whoever draws up may see it.
    pub(super) opening_personal: Map<String, Value>,
    pub(super) steps_personal: Vec<Map<String, Value>>,
    /// What subjects are called.
    pub(super) names: HashMap<String, String>,
    /// The subjects of the opening, by role.
    pub(super) roles: Vec<(String, String)>,
    /// The officers who took the step.
    pub(super) officers: Vec<String>,
    pub(super) office: String,
}

/// A document that was made.
pub(super) struct Made {
    pub(super) paper: Paper,
    pub(super) personal: Personal,
    /// What it names and nobody said.
    pub(super) missing: Vec<String>,
    /// To whom it is addressed, where that is an organization.
    pub(super) addressee: Option<String>,
}

/// What a place holds.
enum Held {
    Open(String),
    /// With places of its own, which no text of people has.
    Place(String),
    Personal(String),
}

impl Maker<'_> {
    fn pack(&self) -> &Pack {
        &self.records.pack
    }

    fn step(&self) -> &Step {
        &self.records.steps[self.at]
    }

    fn on(&self) -> Date {
        self.step().stored.valid_at.day_in_china()
    }

    /// Makes the document.
    pub(super) fn make(&self) -> Made {
        let mut personal = Personal::new();
        let mut missing = BTreeSet::new();
        let mut lines = Vec::new();
        for line in &self.document.body {
            if line.shape == Shape::Rest {
                lines.extend(self.rest(&mut personal));
            } else if let Some(line) = self.line(line, &mut personal, &mut missing) {
                lines.push(line);
            }
        }
        let addressed = self.document.addressee.as_deref();
        let (addressee, subject) = match addressed {
            // Its text says to whom it goes.
            None => {
                (String::new(), self.told().and_then(|name| self.party(name)).map(|(id, _)| id))
            }
            Some(name) => match self.party(name) {
                Some((id, called)) => (paper::plain(&called), Some(id)),
                None => match self.last(name) {
                    Some(held) => (self.put(&format!("case.{name}"), held, &mut personal), None),
                    None => {
                        missing.insert(format!("case.{name}"));
                        (String::new(), None)
                    }
                },
            },
        };
        let name = addressed.or_else(|| self.told()).unwrap_or_default();
        let is_organization = |id: &String| self.is_organization(name, id);
        Made {
            paper: Paper {
                office: self.office.clone(),
                title: self.document.label.zh.clone(),
                form: self.document.form.clone().unwrap_or_default(),
                addressee,
                lines,
            },
            personal,
            missing: missing.into_iter().collect(),
            addressee: subject.filter(is_organization),
        }
    }

    /// The party that its step tells, where that is one alone.
    fn told(&self) -> Option<&str> {
        match self.records.procedure.form(&self.step().step)?.tell.as_slice() {
            [party] => Some(party),
            _ => None,
        }
    }

    /// Whether what stands in a role or field of the case is an organization: persons are none of those
    /// whose desk is told.
    fn is_organization(&self, name: &str, id: &str) -> bool {
        let scheme = id.split_once(':').map_or("", |(scheme, _)| scheme);
        let is = |sorts: &[String]| sorts.iter().any(|sort| sort == "organization");
        let role = self.pack().subject_role(name).is_some_and(|role| is(&role.is));
        let mut fields = self.records.procedure.forms.iter().flat_map(|form| &form.fields);
        let field = fields.any(|field| {
            field.name == name
                && matches!(&field.field_type, FieldType::Reference { subjects } if is(subjects))
        });
        scheme != "person" && (role || field)
    }

    /// A value as it stands in the text: what is of persons leaves a place.
    fn put(&self, name: &str, held: Held, personal: &mut Personal) -> String {
        match held {
            Held::Open(text) => paper::plain(&text),
            Held::Place(text) => text,
            Held::Personal(text) => {
                personal.insert(name.to_owned(), paper::plain(&text));
                paper::place(name)
            }
        }
    }

    fn line(
        &self,
        line: &Line,
        personal: &mut Personal,
        missing: &mut BTreeSet<String>,
    ) -> Option<PaperLine> {
        let mut cells = Vec::with_capacity(line.cells.len());
        // A line that is left out says nothing of persons either.
        let mut said = Personal::new();
        for spans in &line.cells {
            let mut cell = String::new();
            for span in spans {
                match span {
                    Span::Text(text) => cell.push_str(text),
                    Span::Place(place) => match self.place(place) {
                        Some(held) => cell.push_str(&self.put(&place.to_string(), held, &mut said)),
                        None if line.may_go => return None,
                        None => {
                            missing.insert(place.to_string());
                            cell.push_str(NOTHING);
                        }
                    },
                }
            }
            cells.push(cell);
        }
        personal.append(&mut said);
        Some(PaperLine { shape: line.shape, cells })
    }

    /// A row for each field of the step that the document does not name.
    fn rest(&self, personal: &mut Personal) -> Vec<PaperLine> {
        let named: Vec<&str> = self
            .document
            .places()
            .filter_map(|place| match place {
                Place::Now(name) | Place::Case(name) | Place::Party(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let form = self.records.procedure.form(&self.step().step);
        let fields = form.map(|form| form.fields.as_slice()).unwrap_or_default();
        let rows = fields.iter().filter(|field| !named.contains(&field.name.as_str()));
        rows.filter_map(|field| {
            let held = self.field_of(field, self.at)?;
            let text = self.put(&format!("now.{}", field.name), held, personal);
            Some(PaperLine { shape: Shape::Row, cells: vec![field.label.zh.clone(), text] })
        })
        .collect()
    }

    fn place(&self, place: &Place) -> Option<Held> {
        let open = match place {
            Place::Now(name) => {
                let form = self.records.procedure.form(&self.step().step)?;
                let field = form.fields.iter().find(|field| field.name == *name)?;
                return self.field_of(field, self.at);
            }
            Place::Case(name) => return self.last(name),
            Place::Party(name) => self.party(name)?.1,
            Place::Law(name) => self.law(name)?,
            Place::Basis(name) => self.basis(name)?,
            Place::Due(name) => self.due(name)?,
            Place::Done(name) => {
                let number = self.records.procedure.engine.step(name)?;
                words::day(self.case.course.last(number)?.at.day_in_china())
            }
            Place::Step => {
                let steps = &self.records.procedure.engine.definition().steps;
                steps.iter().find(|step| step.id == self.step().step)?.label.zh.clone()
            }
            Place::Grounds => self.records.procedure.form(&self.step().step)?.law.clone()?,
            Place::Procedure => self.records.procedure.label().zh.clone(),
            Place::Number => return Some(Held::Place(paper::place(paper::NUMBER))),
            Place::Date => return Some(Held::Place(paper::place(paper::DATE))),
            Place::Office => self.office.clone(),
            Place::Opened => words::day(self.records.opening.valid_at.day_in_china()),
            Place::Officers => {
                let called = self.officers.iter().map(|id| self.called(id));
                let called: Vec<String> = called.collect();
                if called.is_empty() {
                    return Some(Held::Place(paper::place(paper::BLANK)));
                }
                called.join("、")
            }
            Place::Blank => return Some(Held::Place(paper::place(paper::BLANK))),
        };
        Some(Held::Open(open))
    }

    fn called(&self, id: &str) -> String {
        let known = self.names.get(id).filter(|name| !name.is_empty());
        known.cloned().unwrap_or_else(|| words::bare(id).to_owned())
    }

    /// What a field holds in the record of a step.
    fn field_of(&self, field: &Field, at: usize) -> Option<Held> {
        let step = self.records.steps.get(at)?;
        let said = if field.personal { self.steps_personal.get(at)? } else { &step.form };
        self.held(field, said)
    }

    fn held(&self, field: &Field, said: &Map<String, Value>) -> Option<Held> {
        let value = said.get(&field.name)?;
        let text = words::value(self.pack(), &field.field_type, value, self.on())?;
        Some(if field.personal { Held::Personal(text) } else { Held::Open(text) })
    }

    /// What a field of the case was last said to be by the step.
    fn last(&self, name: &str) -> Option<Held> {
        for at in (0..=self.at).rev() {
            let step = self.records.steps.get(at)?;
            let form = self.records.procedure.form(&step.step);
            let field = form.and_then(|form| form.fields.iter().find(|field| field.name == name));
            if let Some(held) = field.and_then(|field| self.field_of(field, at)) {
                return Some(held);
            }
        }
        let kind = self.pack().kind(&self.records.opening.kind)?;
        let field = kind.fields.iter().find(|field| field.name == name)?;
        if field.personal {
            return self.held(field, &self.opening_personal);
        }
        let open: Map<String, Value> = serde_json::from_slice(&self.records.opening.open).ok()?;
        self.held(field, &open)
    }

    /// A subject by a role of the opening or a field, with what it is called.
    fn party(&self, name: &str) -> Option<(String, String)> {
        let by_form = || {
            let steps = self.records.steps.get(..=self.at)?.iter().rev();
            let mut said = steps.filter_map(|step| step.form.get(name)?.as_str());
            said.next().filter(|id| id.contains(':')).map(str::to_owned)
        };
        let by_role = || self.roles.iter().find(|(role, _)| role == name).map(|(_, id)| id.clone());
        let id = by_form().or_else(by_role)?;
        let called = self.called(&id);
        Some((id, called))
    }

    fn deciding(&self) -> Deciding {
        let act = self.records.procedure.engine.definition().act_on.as_deref();
        let act = act.and_then(|field| {
            let steps = self.records.steps.get(..=self.at)?.iter().rev();
            let mut said = steps.filter_map(|step| step.form.get(field)?.as_str());
            said.next()?.parse().ok()
        });
        let case_start = self.records.opening.valid_at.day_in_china();
        Deciding { case_start, term_start: self.on(), act }
    }

    fn law(&self, name: &str) -> Option<String> {
        let version = self.law.version(name, &self.deciding())?;
        let level = self.case.level();
        let scalar = match (version.value.one(), level) {
            (Some(one), _) => one,
            (None, level) => version.value.at(level?)?,
        };
        let unit = self.pack().list("law-unit").and_then(|list| list.get(&version.unit, self.on()));
        Some(format!("{scalar}{}", unit.map_or("", |unit| unit.label.zh.as_str())))
    }

    fn basis(&self, name: &str) -> Option<String> {
        let version = self.law.version(name, &self.deciding())?;
        let article = version.article.as_deref();
        let article = article.map(|article| format!("第{article}条")).unwrap_or_default();
        // A law is named in the marks of a title, its number outside of them.
        let law = match version.law.split_once(['（', '(']) {
            Some((title, number)) => format!("《{}》（{number}", title.trim()),
            None => format!("《{}》", version.law),
        };
        Some(format!("{}{article}", law.replace(')', "）")))
    }

    fn due(&self, name: &str) -> Option<String> {
        let engine = &self.records.procedure.engine;
        let mut runs = self.case.runs.iter().rev();
        let run = runs.find(|run| engine.term_at(run.term).is_some_and(|term| term.id == name))?;
        let ending = self.case.ending(run).ok()?;
        Some(words::day_of(&ending.due.end.to_string()))
    }
}
