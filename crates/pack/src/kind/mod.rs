//! Kinds of record: their fields, subjects, keys, and what they add to graph and counts.

mod field;
mod keep;
mod read;

pub use field::{Field, FieldType};
pub(crate) use keep::keeping_term;

use codes::Label;

use crate::words::words;

/// What every record has beside its fields; unique keys, public parts and counts may name them.
pub const RECORD_MEMBERS: &[&str] = &[
    "id",
    "kind",
    "subjects",
    "office",
    "region",
    "valid_at",
    "recorded_at",
    "author",
    "source",
    "corrects",
    "batch",
    "class",
];

/// A kind of record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The articles of the decision that it serves.
    pub articles: Vec<u16>,
    /// What asks for it.
    pub basis: Basis,
    /// Who may see it, unless a field says less.
    pub class: Class,
    /// The permission that may append it.
    pub author: String,
    /// The parameter of law that says how long it is kept at least, if one does;
    /// [`crate::Pack::kept_until`] counts.
    pub keep: Option<String>,
    /// Who and what takes part.
    pub subjects: Vec<KindSubject>,
    /// Names of fields, roles and members that together are unique among heads; empty where
    /// nothing is.
    pub unique: Vec<String>,
    /// Names of fields, roles and members that the public may see.
    pub public: Vec<String>,
    /// The date field from which on the public sees it: while that is not filled, not at all.
    pub public_from: Option<String>,
    /// The date field after which the public sees it no more, where publication ends.
    pub public_until: Option<String>,
    /// The roles of subjects on whom a record is served: their desk shows it to them.
    pub served: Vec<String>,
    /// Its fields, in the order in which a form shows them.
    pub fields: Vec<Field>,
    /// What it adds to the responsibility graph.
    pub links: Vec<Link>,
    /// How the graph is to understand it beyond its links.
    pub tracing: Tracing,
    /// What it adds to the weekly series, if anything.
    pub count: Option<Counting>,
    /// Which of its fields say who the informer is, if any do.
    pub informer: Option<Informer>,
    /// How pages show it.
    pub look: Look,
}

/// How pages show records of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// The name of its picture, where it has one; the pages know the names.
    pub picture: Option<String>,
    /// Whether it is by its nature a warning.
    pub warns: bool,
    /// Whether the newest stand on the first page of the portal: what somebody may want to know before
    /// they buy.
    pub news: bool,
}

/// Personal fields that go into the informer vault, under a key of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Informer {
    /// The fields.
    pub fields: Vec<String>,
    /// The field of the open part that asks for it by being true; none: always.
    pub when: Option<String>,
}

/// What asks for something in the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// The decision itself.
    Decision,
    /// A later law, by its name.
    Law(String),
}

words! {
    /// Who may see a record.
    Class {
        /// Everyone.
        Public = "public", "公开";
        /// Those in whose scope it is.
        Internal = "internal", "内部";
        /// Those who need it for a case; every reading is recorded.
        Personal = "personal", "涉及个人";
    }
}

/// A role in which subjects take part in a kind of record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindSubject {
    /// The role, of `subjects.toml`.
    pub role: String,
    /// How many.
    pub number: Number,
}

words! {
    /// How many subjects have a role in one record.
    Number {
        /// Exactly one.
        One = "one", "一个";
        /// None or one.
        Optional = "optional", "可无";
        /// Any number.
        Many = "many", "多个";
    }
}

/// A link of the responsibility graph between the subjects of two roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The role it goes out from.
    pub from: String,
    /// The sort of link, of the list `trace-link`.
    pub link: String,
    /// The role it leads to.
    pub to: String,
}

/// How the responsibility graph is to understand records of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tracing {
    /// The date field from which on what it grants or says is in force; from the day of the record
    /// on, where none is named.
    pub from: Option<String>,
    /// The date field until which it is, inclusive; without an end, where none is named or filled.
    pub until: Option<String>,
    /// The field with how much of its goods it speaks of.
    pub quantity: Option<String>,
    /// The condition under which it is in force at all; [`crate::Pack::in_force`] has it read.
    pub when: Option<String>,
    /// The condition under which what was done with its subject since the last such record is in
    /// doubt, as when an instrument is found out of tolerance; [`crate::Pack::doubt`] has it read.
    pub doubt: Option<String>,
    /// The condition under which goods went the other way, as in a return; [`crate::Pack::reversed`]
    /// has it read.
    pub reversed: Option<String>,
    /// Where its subject is, where it says so.
    pub position: Option<Positioning>,
}

/// Which fields say where a place is, and what a thing that is seen there can have travelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positioning {
    /// The role of the place.
    pub of: String,
    /// The field of its latitude, in degrees to the north.
    pub latitude: String,
    /// The field of its longitude, in degrees to the east.
    pub longitude: String,
    /// What the degrees are counted on.
    pub datum: Datum,
    /// The parameter with the speed above which nobody travels, km/h from door to door; the version of
    /// the day of the later of two sightings holds.
    pub fastest: String,
    /// The parameter with how far the clocks of two who report can be apart, in minutes.
    pub slack: String,
    /// Whether the centre of the division of its record stands in for a place that has no position of
    /// its own: [`crate::Pack::centre`].
    pub division: bool,
}

words! {
    /// What latitudes and longitudes are counted on. The two are about a metre apart, which no journey
    /// feels. Coordinates that are shifted, as on published maps, are neither: they can be 700 m off.
    Datum {
        /// China Geodetic Coordinate System 2000.
        Cgcs2000 = "CGCS2000", "2000国家大地坐标系";
        /// World Geodetic System 1984.
        Wgs84 = "WGS84", "WGS 84坐标系";
    }
}

/// What a kind adds to the weekly series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting {
    /// The name of the series.
    pub series: String,
    /// By what it is counted: a field, a role, a member, or `role.field` of a role's register.
    pub by: Vec<String>,
    /// Which of the records are bad, as a condition over the kind's typed fields; [`crate::Pack::bad`]
    /// has it read.
    pub bad: Option<String>,
}

impl Kind {
    /// What a form takes that is no record by itself.
    pub(crate) fn of_form(id: String, label: Label, fields: Vec<Field>) -> Self {
        Self {
            id,
            label,
            articles: Vec::new(),
            basis: Basis::Decision,
            class: Class::Internal,
            author: String::new(),
            keep: None,
            subjects: Vec::new(),
            unique: Vec::new(),
            public: Vec::new(),
            public_from: None,
            public_until: None,
            served: Vec::new(),
            fields,
            links: Vec::new(),
            tracing: Tracing::default(),
            count: None,
            informer: None,
            look: Look::default(),
        }
    }

    /// A field by its name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// A role by its id.
    pub fn subject(&self, role: &str) -> Option<&KindSubject> {
        self.subjects.iter().find(|subject| subject.role == role)
    }

    /// The fields of the personal part.
    pub fn personal_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.personal)
    }
}
