//! What the pack says of subjects that are registered, in the form in which the index needs it.

use std::collections::BTreeSet;

use codes::Label;
use pack::{Class, FieldType, Naming, Pack};
use search::Lexicon;

/// The list of forms in names that say little.
const FORMS: &str = "name-form";
/// The list of endings of names of divisions.
const ENDINGS: &str = "division-suffix";

/// A sort of subject that has a register.
pub(crate) struct Sort {
    /// Its id in the pack.
    pub(crate) id: String,
    /// The kind of its register.
    pub(crate) register: String,
    /// The fields of the register by which it is called.
    pub(crate) naming: Naming,
    /// Whether everybody may know that there is one.
    pub(crate) public: bool,
    /// The codes of its status, in the order of their list.
    statuses: Vec<(String, Label)>,
}

/// All of them; their places are the numbers of the index.
pub(crate) struct Sorts(Vec<Sort>);

impl Sorts {
    pub(crate) fn of(pack: &Pack) -> Self {
        let sorts = pack.subjects().filter_map(|subject| {
            let register = pack.kind(subject.register.as_ref()?)?;
            let status = subject.naming.status.as_ref().and_then(|name| register.field(name));
            let list = status.and_then(|field| match &field.field_type {
                FieldType::Code { list } => pack.list(list),
                _ => None,
            });
            let name = subject.naming.name.as_ref();
            Some(Sort {
                id: subject.id.clone(),
                register: register.id.clone(),
                naming: subject.naming.clone(),
                public: register.class == Class::Public
                    && name.is_some_and(|name| register.public.contains(name)),
                statuses: list
                    .into_iter()
                    .flat_map(|list| list.entries())
                    .map(|entry| (entry.code.clone(), entry.label.clone()))
                    .collect(),
            })
        });
        Self(sorts.collect())
    }

    pub(crate) fn get(&self, number: u8) -> Option<&Sort> {
        self.0.get(usize::from(number))
    }

    /// The number of a sort.
    pub(crate) fn number(&self, id: &str) -> Option<u8> {
        let at = self.0.iter().position(|sort| sort.id == id)?;
        u8::try_from(at).ok()
    }

    /// The sort that a record of a kind registers by naming it in a role.
    pub(crate) fn registered(&self, pack: &Pack, kind: &str, role: &str) -> Option<u8> {
        let role = pack.subject_role(role)?;
        let is = |sort: &Sort| sort.register == kind && role.is.contains(&sort.id);
        u8::try_from(self.0.iter().position(is)?).ok()
    }

    /// The sort that a role names, where it names one alone.
    pub(crate) fn of_role(&self, pack: &Pack, role: &str) -> Option<u8> {
        match &pack.subject_role(role)?.is[..] {
            [only] => self.number(only),
            _ => None,
        }
    }

    /// The kinds of the registers.
    pub(crate) fn registers(&self) -> Vec<String> {
        let kinds: BTreeSet<&String> = self.0.iter().map(|sort| &sort.register).collect();
        kinds.into_iter().cloned().collect()
    }
}

/// Marks of an entry: whether it is public, and its status by the place in the list, from 1.
const PUBLIC: u8 = 1;

impl Sort {
    pub(crate) fn flags(&self, public: bool, status: Option<&str>) -> u8 {
        let at = self.statuses.iter().position(|(code, _)| Some(code.as_str()) == status);
        let at = at.and_then(|at| u8::try_from(at + 1).ok()).filter(|at| *at < 128).unwrap_or(0);
        at << 1 | if public { PUBLIC } else { 0 }
    }

    /// The status that flags tell.
    pub(crate) fn status(&self, flags: u8) -> Option<(&str, &Label)> {
        let at = usize::from(flags >> 1).checked_sub(1)?;
        self.statuses.get(at).map(|(code, label)| (code.as_str(), label))
    }
}

pub(crate) fn is_public(flags: u8) -> bool {
    flags & PUBLIC != 0
}

/// The words of the pack that say little in a name: its legal forms and divisions, these with and
/// without the ending that is left out in speaking.
pub(crate) fn lexicon(pack: &Pack) -> Lexicon {
    let words = |list: &str| {
        let entries = pack.list(list).map(pack::CodeList::entries).unwrap_or_default();
        entries.iter().map(|entry| entry.label.zh.clone()).collect::<Vec<_>>()
    };
    let (forms, mut endings) = (words(FORMS), words(ENDINGS));
    endings.sort_by_key(|ending| std::cmp::Reverse(ending.len()));
    let divisions = &pack.tables().divisions;
    let mut places: Vec<(&str, Vec<String>)> = Vec::new();
    for division in divisions.all() {
        let mut codes = vec![division.code.clone()];
        let mut at = 0;
        while let Some(above) = codes.get(at).cloned() {
            at += 1;
            for code in divisions.ever_below(&above) {
                if !codes.iter().any(|known| known == code) {
                    codes.push(code.to_owned());
                }
            }
        }
        let name = division.name.as_str();
        let short = endings.iter().find_map(|ending| name.strip_suffix(ending.as_str()));
        places.extend(short.map(|short| (short, codes.clone())));
        places.push((name, codes));
    }
    Lexicon::new(forms.iter().map(String::as_str), places)
}
