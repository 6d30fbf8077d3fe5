//! An institution pack (pure): the rules of an office as data, read, checked and asked.
//!
//! | files | what | here |
//! |---|---|---|
//! | `pack.toml` | title, version, the articles of the decision | [`Manifest`] |
//! | `systems.toml` | the systems that the decision asks for, and what each needs | [`System`] |
//! | `subjects.toml` | what records are about, in which roles, by which identifiers | [`Subject`], [`SubjectRole`] |
//! | `lists/*.toml` | dated code lists | [`CodeList`] |
//! | `kinds/*.toml` | kinds of record | [`Kind`] |
//! | `law/*.toml` | dated parameters of law | [`Parameter`] |
//! | `mappings/*.toml` | how rows of other tables become records | [`Mapping`] |
//! | `reports/*.toml` | statistical reports: cells, cross-checks, time limits | [`Report`] |
//! | `procedures/*.toml` | procedures: states, steps, terms | [`Procedure`] |
//! | `roles.toml` | permissions, roles, and roles that exclude each other | [`Role`] |
//! | `offices.csv` | the tree of offices and their jurisdiction | [`Office`], [`Jurisdiction`] |
//! | `regions.csv`, `codes/*.csv` | divisions, industries and other tables of codes | [`Pack::tables`] |
//! | `centres.csv` | points that stand for divisions | [`Pack::centre`] |
//!
//! [`Pack::load`] takes paths and texts and gives a [`Pack`], or every [`Fault`] with file, line
//! and remedy. [`check`] gives the faults and the [`Coverage`] of the decision's articles.
//! [`diff`] says in words what a change of pack changes.
//!
//! [`Pack::schema`] gives the form of a kind's payloads on a day, and [`Pack::payload_faults`] all
//! that is wrong with one.
//!
//! Nothing here reads a disk or the clock.

mod centre;
mod context;
mod coverage;
mod diff;
mod digest;
mod document;
mod fault;
mod identify;
mod kind;
mod law;
mod list;
mod load;
mod manifest;
mod map;
mod mapping;
mod office;
mod pack;
mod procedure;
mod references;
mod report;
mod role;
mod schema;
mod source;
mod subject;
mod system;
mod words;

pub use centre::Centre;
pub use coverage::{
    ArticleCoverage, Check, Coverage, Need, NotReviewed, PartRead, PartState, SystemCoverage, check,
};
pub use diff::{Area, Change, Facet, Language, Phrase, What, diff};
pub use digest::Digest;
pub use document::{Document, Line, Place as DocumentPlace, Shape, Span};
pub use fault::{Fault, FaultCode, Faults};
pub use identify::{Identified, IdentifyError};
pub use kind::{
    Basis, Class, Counting, Datum, Field, FieldType, Informer, Kind, KindSubject, Link, Number,
    Positioning, RECORD_MEMBERS, Tracing,
};
pub use law::{
    AppliesBasis, AppliesBy, Counts, Direction, LawGroup, Parameter, Roll, Scalar, Value, Version,
    Wording,
};
pub use list::{CodeList, ListedCode};
pub use manifest::{Article, Decision, Manifest};
pub use map::{Map, MapUnit};
pub use mapping::{
    Also, Column, DayOrder, Extra, Flag, Mapping, Names, Part as MappingPart, Pattern, RegionFrom,
    Rest, SubjectFrom, TimeFrom,
};
pub use office::{Extent, Jurisdiction, NO_REGION, Office, OfficePeriod};
pub use pack::Pack;
pub use procedure::{Fill, FillFault, LawOn, Procedure, StepForm};
pub use report::{
    CellName, Column as ReportColumn, CrossCheck, Due, DueUnit, Equation, Measure, Over, Period,
    PeriodError, PeriodSort, Relation, Report, Rows, Term,
};
pub use role::{Exclusion, HeldIn, Permission, Reach, Role, Scope};
pub use subject::{ANY_SCHEME, Naming, Subject, SubjectRole};
pub use system::{Institution, Part, System, Wing};
