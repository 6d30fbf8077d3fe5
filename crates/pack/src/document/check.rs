//! That what a document fills in is said by the steps that make it.

use std::collections::BTreeMap;

use super::{Document, Line, Place as Filled, Span};
use crate::context::{Context, Place};
use crate::fault::FaultCode;
use crate::kind::{Field, FieldType};
use crate::pack::Pack;
use crate::procedure::{Procedure, StepForm};
use crate::source::nearest;

/// A step that makes a document.
struct Maker<'p> {
    procedure: &'p Procedure,
    step: &'p str,
    form: &'p StepForm,
    roles: Vec<&'p str>,
    opening: &'p [Field],
}

impl<'p> Maker<'p> {
    fn all(pack: &'p Pack, document: &str) -> Vec<Self> {
        let mut found = Vec::new();
        for procedure in pack.procedures() {
            let definition = procedure.engine.definition();
            let Some(kind) = pack.kind(&definition.opens_with) else { continue };
            for (step, form) in definition.steps.iter().zip(&procedure.forms) {
                if form.document.as_deref() == Some(document) {
                    let roles = kind.subjects.iter().map(|subject| subject.role.as_str());
                    found.push(Self {
                        procedure,
                        step: &step.id,
                        form,
                        roles: roles.collect(),
                        opening: &kind.fields,
                    });
                }
            }
        }
        found
    }

    fn now(&self) -> impl Iterator<Item = &'p Field> {
        self.form.fields.iter()
    }

    fn case(&self) -> impl Iterator<Item = &'p Field> {
        self.opening.iter().chain(self.procedure.forms.iter().flat_map(|form| &form.fields))
    }

    fn steps(&self) -> impl Iterator<Item = &'p str> {
        self.procedure.engine.definition().steps.iter().map(|step| step.id.as_str())
    }

    /// The names of what can stand in a place; none where it takes no name of the procedure's.
    fn names(&self, filled: &Filled) -> Option<(&str, Vec<&'p str>)> {
        let referring = |field: &&Field| matches!(field.field_type, FieldType::Reference { .. });
        let name = |field: &'p Field| field.name.as_str();
        let terms = &self.procedure.engine.definition().terms;
        Some(match filled {
            Filled::Now(_) => ("field of the step", self.now().map(name).collect()),
            Filled::Case(_) => ("field", self.case().map(name).collect()),
            Filled::Party(_) => {
                let fields = self.case().filter(referring).map(name);
                ("role or reference", self.roles.iter().copied().chain(fields).collect())
            }
            Filled::Due(_) => ("term", terms.iter().map(|term| term.id.as_str()).collect()),
            Filled::Done(_) => ("step", self.steps().collect()),
            _ => return None,
        })
    }
}

/// Holds the documents against the procedures, and these against the documents.
pub(crate) fn check(
    pack: &Pack,
    documents: &BTreeMap<String, (Place, Document, Vec<Place>)>,
    makers: &[(Place, String, String)],
    cx: &mut Context,
) {
    for (place, step, document) in makers {
        if !documents.contains_key(document) {
            let what = format!("the step {step} makes the document {document}, which is not there");
            let remedy = match nearest(document, documents.keys().map(String::as_str)) {
                Some(meant) => format!("write {meant}, if that is meant, or add it to documents"),
                None => format!("add a [[document]] with id = \"{document}\" to documents"),
            };
            cx.fault(FaultCode::UnknownName, place, what, remedy);
        }
    }
    // Of what could not be read nothing follows.
    let is_unread = |file: &str| {
        ["law/", "kinds/", "lists/", "procedures/"].iter().any(|folder| file.starts_with(folder))
    };
    if cx.faults.iter().any(|fault| is_unread(&fault.file)) {
        return;
    }
    for (place, document, places) in documents.values() {
        let makers = Maker::all(pack, &document.id);
        for (line, place) in document.body.iter().zip(places) {
            check_line(pack, document, line, place, &makers, cx);
        }
        check_frame(document, place, &makers, cx);
    }
}

fn check_line(
    pack: &Pack,
    document: &Document,
    line: &Line,
    place: &Place,
    makers: &[Maker<'_>],
    cx: &mut Context,
) {
    for span in line.cells.iter().flatten() {
        let Span::Place(filled) = span else { continue };
        if let Filled::Law(name) | Filled::Basis(name) = filled {
            if pack.parameter(name).is_none() {
                let what = format!("{{{filled}}} names no parameter of law");
                let ids = pack.parameters().map(|parameter| parameter.id.as_str());
                let remedy = instead(name, ids, "add it to the folder law");
                cx.fault(FaultCode::UnknownName, place, what, remedy);
            }
            continue;
        }
        let name = match filled {
            Filled::Case(name) | Filled::Now(name) | Filled::Party(name) => name,
            Filled::Due(name) | Filled::Done(name) => name,
            _ => continue,
        };
        let lacks = |maker: &&Maker<'_>| {
            maker.names(filled).is_some_and(|(_, names)| !names.contains(&name.as_str()))
        };
        let mut without = makers.iter().filter(lacks);
        // What may go is enough if one of the steps says it.
        let fault = match line.may_go {
            true if makers.iter().any(|maker| !lacks(&maker)) => None,
            _ => without.next(),
        };
        let Some(maker) = fault else { continue };
        let Some((sort, names)) = maker.names(filled) else { continue };
        let (procedure, step) = (maker.procedure.id(), maker.step);
        let what = format!(
            "{{{filled}}} in the document {}: of the step {step} of {procedure} that makes it \
             there is no {sort} {name}",
            document.id
        );
        let remedy = instead(name, names, "begin the line with ? if other steps say it");
        cx.fault(FaultCode::UnknownName, place, what, remedy);
    }
}

/// The addressee, the number and the steps of service.
fn check_frame(document: &Document, place: &Place, makers: &[Maker<'_>], cx: &mut Context) {
    let mut unknown = |key: &str, name: &str, names: Vec<&str>| {
        let what =
            format!("{key} of the document {} names {name}, which is not there", document.id);
        let remedy = instead(name, names, "take it out, or correct it");
        cx.fault(FaultCode::UnknownName, place, what, remedy);
    };
    let told = |maker: &Maker<'_>, name: &str| {
        maker.roles.contains(&name) || maker.case().any(|field| field.name == name)
    };
    if let Some(name) = &document.addressee
        && !makers.is_empty()
        && !makers.iter().any(|maker| told(maker, name))
    {
        let names = makers.iter().flat_map(|maker| maker.roles.iter().copied());
        unknown("addressee", name, names.collect());
    }
    if let Some(name) = &document.numbered {
        let mut fields = makers.iter().flat_map(Maker::now);
        if !fields.any(|field| {
            field.name == *name
                && !field.personal
                && matches!(field.field_type, FieldType::Text { .. })
        }) {
            let fields = makers.iter().flat_map(Maker::now).map(|field| field.name.as_str());
            unknown("numbered", name, fields.collect());
        }
    }
    for step in &document.served_by {
        if !makers.iter().any(|maker| maker.steps().any(|known| known == step)) {
            unknown("served_by", step, makers.iter().flat_map(Maker::steps).collect());
        }
    }
}

fn instead<'n>(name: &str, known: impl IntoIterator<Item = &'n str>, or: &str) -> String {
    match nearest(name, known) {
        Some(meant) => format!("write {meant}, if that is meant, or {or}"),
        None => or.to_owned(),
    }
}
