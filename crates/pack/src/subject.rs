//! `subjects.toml`: what a record can be about, in which roles, and by which identifiers.

use codes::Label;

use crate::context::{Context, Place, Target};
use crate::fault::FaultCode;
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
    /// Where the register says what one is called and how it is found.
    pub naming: Naming,
}

/// Fields of a register by which a subject is called and found; none of a sort that has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Naming {
    /// Its name.
    pub name: Option<String>,
    /// How it is called for short.
    pub short: Option<String>,
    /// What it was called before.
    pub former: Option<String>,
    /// Where it is.
    pub address: Option<String>,
    /// How it stands, such as struck off.
    pub status: Option<String>,
    /// Codes and numbers by which it is known: a field of text, or a table with a column `value`.
    pub codes: Vec<String>,
}

impl Naming {
    /// Every field that it names, with the key under which it does.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let single = [
            ("name", &self.name),
            ("short", &self.short),
            ("former", &self.former),
            ("address", &self.address),
            ("status", &self.status),
        ];
        let single = single.into_iter().filter_map(|(key, field)| Some((key, field.as_deref()?)));
        single.chain(self.codes.iter().map(|code| ("codes", code.as_str())))
    }
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
    let naming = match (table.table("naming", "naming", cx), &register) {
        (Some(naming), Some(register)) => read_naming(naming, &register.value, cx),
        (Some(naming), None) => {
            let what = format!("the {} says how it is called, but has no register", table.what);
            let remedy = "add register, or take naming away";
            cx.fault(FaultCode::Contradiction, &naming.place(), what, remedy);
            Naming::default()
        }
        (None, _) => Naming::default(),
    };
    table.finish(cx);
    let subject = Subject {
        naming,
        id: id.value,
        label,
        schemes: schemes.into_iter().map(|scheme| scheme.value).collect(),
        register: register.map(|register| register.value),
    };
    Some((id.place, subject))
}

fn read_naming(mut table: Table<'_>, register: &str, cx: &mut Context) -> Naming {
    let mut field = |key: &'static str, table: &mut Table<'_>| {
        let named: Option<Located<String>> = table.optional(key, cx);
        named.map(|named| {
            let target = Target::Field { kind: register.to_owned() };
            cx.refer(&named.place, &table.what, &named.value, target);
            named.value
        })
    };
    let (name, short) = (field("name", &mut table), field("short", &mut table));
    let (former, address) = (field("former", &mut table), field("address", &mut table));
    let status = field("status", &mut table);
    let codes: Vec<Located<String>> = table.optional("codes", cx).unwrap_or_default();
    for code in &codes {
        let target = Target::Field { kind: register.to_owned() };
        cx.refer(&code.place, &table.what, &code.value, target);
    }
    table.finish(cx);
    let codes = codes.into_iter().map(|code| code.value).collect();
    Naming { name, short, former, address, status, codes }
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
