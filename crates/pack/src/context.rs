//! What is collected while the files of a pack are read: faults, and names to be looked up when
//! all is read.

use std::collections::BTreeMap;

use codes::InForce;

use crate::fault::{Fault, FaultCode};

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Kind,
    List,
    /// A code of the named list.
    Code {
        list: String,
    },
    /// A parameter of law that can be counted from a record's day.
    KeepingTerm,
    Permission,
    Role,
    Subject,
    SubjectRole,
    Office,
    Article,
    /// In the table of divisions on some day of these.
    Division(InForce),
    /// In the table of industries on some day of these.
    Industry(InForce),
    /// A parameter of law that is one whole number above 0 of a unit.
    Amount {
        unit: &'static str,
    },
    /// The table of the centres of divisions.
    Centres,
    /// A field of the named kind.
    Field {
        kind: String,
    },
    /// A field of the register of one of the subjects that a role can be.
    RegisterField {
        role: String,
    },
}

/// A name that one part of the pack uses and another has to have.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub(crate) place: Place,
    /// Who uses it, in words.
    pub(crate) by: String,
    pub(crate) name: String,
    pub(crate) target: Target,
}

/// Where the parts of a kind stand.
#[derive(Debug)]
pub(crate) struct KindPlaces {
    pub(crate) kind: Place,
    pub(crate) fields: Vec<(String, Place)>,
    /// Its conditions, by their keys.
    pub(crate) conditions: BTreeMap<&'static str, Place>,
}

/// The collector.
#[derive(Debug, Default)]
pub(crate) struct Context {
    pub(crate) faults: Vec<Fault>,
    pub(crate) references: Vec<Reference>,
    /// By the id of the kind; of two files with one kind, the first.
    pub(crate) kinds: BTreeMap<String, KindPlaces>,
}

impl Context {
    pub(crate) fn fault(
        &mut self,
        code: FaultCode,
        place: &Place,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.faults.push(Fault {
            code,
            file: place.file.clone(),
            line: place.line,
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    pub(crate) fn refer(&mut self, place: &Place, by: &str, name: &str, target: Target) {
        let (place, by, name) = (place.clone(), by.to_owned(), name.to_owned());
        self.references.push(Reference { place, by, name, target });
    }
}
