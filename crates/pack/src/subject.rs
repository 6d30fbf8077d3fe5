//! `subjects.toml`: what a record can be about, in which roles, and by which identifiers.

use codes::Label;

use crate::context::{Context, Place, Target};
use crate::list::well_known;
use crate::source::{Form, Located, Table};

/// The word by which a subject accepts every `scheme:value`.
pub const ANY_SCHEME: &str = "any";

/// A sort of thing that records are about: an organization, a product, a lot, a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The schemes of identifiers that name one, best first; [`ANY_SCHEME`] for every
    /// `scheme:value`.
    pub schemes: Vec<String>,
    /// The kind of record that describes one, if one does.
    pub register: Option<String>,
}

/// The role in which a subject takes part in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectRole {
    /// Its id, which expressions use.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The sorts of subject that can have it.
    pub is: Vec<String>,
}

/// What stands in `subjects.toml`.
#[derive(Default)]
pub(crate) struct SubjectsFile {
    pub(crate) subjects: Vec<(Place, Subject)>,
    pub(crate) roles: Vec<(Place, SubjectRole)>,
}

impl SubjectsFile {
    pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Self {
        let subjects = table.tables("subject", "subject", cx);
        let roles = table.tables("role", "role of a subject", cx);
        table.finish(cx);
        Self {
            subjects: subjects.into_iter().filter_map(|t| read_subject(t, cx)).collect(),
            roles: roles.into_iter().filter_map(|t| read_role(t, cx)).collect(),
        }
    }
}

fn read_subject(mut table: Table<'_>, cx: &mut Context) -> Option<(Place, Subject)> {
    let id = table.id("id", Form::Kebab, cx)?;
    let label = table.required("label", cx);
    let schemes: Vec<Located<String>> = table.required("schemes", cx);
    for scheme in schemes.iter().filter(|scheme| scheme.value != ANY_SCHEME) {
        let target = Target::Code { list: well_known::SCHEMES.to_owned() };
        cx.refer(&scheme.place, &table.what, &scheme.value, target);
    }
    let register: Option<Located<String>> = table.optional("register", cx);
    if let Some(register) = &register {
        cx.refer(&register.place, &table.what, &register.value, Target::Kind);
    }
    table.finish(cx);
    let subject = Subject {
        id: id.value,
        label,
        schemes: schemes.into_iter().map(|scheme| scheme.value).collect(),
        register: register.map(|register| register.value),
    };
    Some((id.place, subject))
}

fn read_role(mut table: Table<'_>, cx: &mut Context) -> Option<(Place, SubjectRole)> {
    let id = table.id("id", Form::Snake, cx)?;
    let label = table.required("label", cx);
    let is: Vec<Located<String>> = table.required("is", cx);
    for subject in &is {
        cx.refer(&subject.place, &table.what, &subject.value, Target::Subject);
    }
    table.finish(cx);
    let is = is.into_iter().map(|subject| subject.value).collect();
    Some((id.place, SubjectRole { id: id.value, label, is }))
}
