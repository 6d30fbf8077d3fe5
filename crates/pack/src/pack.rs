//! The pack as a whole, and how to ask it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use clock::Date;
use codes::Tables;

use crate::centre::Centre;
use crate::digest::Digest;
use crate::document::Document;
use crate::kind::Kind;
use crate::law::{LawGroup, Parameter};
use crate::list::CodeList;
use crate::manifest::Manifest;
use crate::map::Map;
use crate::mapping::Mapping;
use crate::office::{Jurisdiction, Office, OfficePeriod};
use crate::procedure::Procedure;
use crate::report::Report;
use crate::role::{Exclusion, Permission, Role};
use crate::schema::KindSchema;
use crate::subject::{Subject, SubjectRole};
use crate::system::{System, Wing};

/// An institution pack in which no fault was found.
///
/// [`Pack::load`] makes one from the texts of its files; nothing here reads a disk or the clock.
#[derive(Debug, Clone)]
pub struct Pack {
    pub(crate) manifest: Manifest,
    pub(crate) tables: Tables,
    pub(crate) map: Option<Arc<Map>>,
    pub(crate) centres: BTreeMap<String, Centre>,
    pub(crate) lists: BTreeMap<String, CodeList>,
    pub(crate) subjects: BTreeMap<String, Subject>,
    pub(crate) subject_roles: BTreeMap<String, SubjectRole>,
    pub(crate) kinds: BTreeMap<String, Kind>,
    pub(crate) mappings: BTreeMap<String, Mapping>,
    pub(crate) reports: BTreeMap<String, Report>,
    pub(crate) procedures: BTreeMap<String, Procedure>,
    pub(crate) documents: BTreeMap<String, Document>,
    /// Of every kind, by id.
    pub(crate) schemas: BTreeMap<String, Arc<KindSchema>>,
    pub(crate) law_groups: BTreeMap<String, LawGroup>,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    pub(crate) offices: BTreeMap<String, Office>,
    pub(crate) permissions: BTreeMap<String, Permission>,
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) exclusions: Vec<Exclusion>,
    pub(crate) wings: Vec<Wing>,
    pub(crate) systems: Vec<System>,
    /// The digest of every file, by path.
    pub(crate) files: BTreeMap<String, Digest>,
    pub(crate) contents: Contents,
    pub(crate) digest: Digest,
}

/// The contents of the files, by path.
#[derive(Clone, Default)]
pub(crate) struct Contents(pub(crate) Arc<BTreeMap<String, Vec<u8>>>);

impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} files", self.0.len())
    }
}

impl Pack {
    /// What the pack says of itself, and the articles it carries out.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The version of the pack that a record was checked against: SHA-256 over the paths and
    /// contents of all its files, in the order of the paths.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The digest of each file, by path.
    pub fn files(&self) -> &BTreeMap<String, Digest> {
        &self.files
    }

    /// What stands in each file, by path: so a pack can be kept, and read again when it is in force no
    /// more.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let again = pack::Pack::load(pack.contents()).unwrap();
    /// assert_eq!(again.digest(), pack.digest());
    /// ```
    pub fn contents(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.contents.0
    }

    /// Divisions, industries, company prefixes and the other tables of codes.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// The map of the regions, where the pack has one.
    pub fn map(&self) -> Option<&Arc<Map>> {
        self.map.as_ref()
    }

    /// The point that stands for a division where nothing says more: its own, or that of the city whose
    /// number it begins with.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let wuchang = pack.centre("420106").unwrap();
    /// assert_eq!((wuchang.latitude / 1_000_000, wuchang.longitude / 1_000_000), (30, 114));
    /// assert!(wuchang.reach < pack.centre("420100").unwrap().reach);
    /// assert_eq!(pack.centre("420199"), pack.centre("420100"));
    /// assert_eq!(pack.centre("110101"), None);
    /// ```
    pub fn centre(&self, division: &str) -> Option<&Centre> {
        let own = self.centres.get(division);
        own.or_else(|| self.centres.get(&format!("{}00", division.get(..4)?)))
    }

    /// A procedure.
    pub fn procedure(&self, id: &str) -> Option<&Procedure> {
        self.procedures.get(id)
    }

    /// All procedures, by id.
    pub fn procedures(&self) -> impl Iterator<Item = &Procedure> {
        self.procedures.values()
    }

    /// A document that steps make.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let decision = pack.document("penalty-decision").unwrap();
    /// assert_eq!(decision.label.zh, "行政处罚决定书");
    /// assert_eq!(decision.addressee.as_deref(), Some("offender"));
    /// ```
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents.get(id)
    }

    /// Every document, by id.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.values()
    }

    /// A kind of record.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let kind = pack.kind("test-report").unwrap();
    /// assert_eq!(kind.label.zh, "检验报告");
    /// assert!(kind.field("result").unwrap().typed);
    /// assert_eq!(kind.author, "report.issue");
    /// ```
    pub fn kind(&self, id: &str) -> Option<&Kind> {
        self.kinds.get(id)
    }

    /// Every kind, by id.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    /// A mapping.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let mapping = pack.mapping("rasff").unwrap();
    /// assert_eq!((mapping.kind.as_str(), mapping.key.as_slice()), ("foreign-alert", &["system".to_owned(), "reference_no".to_owned()][..]));
    /// ```
    pub fn mapping(&self, id: &str) -> Option<&Mapping> {
        self.mappings.get(id)
    }

    /// Every mapping, by id.
    pub fn mappings(&self) -> impl Iterator<Item = &Mapping> {
        self.mappings.values()
    }

    /// A code list.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let day = "2026-11-23".parse().unwrap();
    /// let results = pack.list("test-result").unwrap();
    /// assert!(results.has("fail", day));
    /// assert!(!results.has("perhaps", day));
    /// assert_eq!(results.find("不合格", day).unwrap().code, "fail");
    /// ```
    pub fn list(&self, id: &str) -> Option<&CodeList> {
        self.lists.get(id)
    }

    /// Every code list, by id.
    pub fn lists(&self) -> impl Iterator<Item = &CodeList> {
        self.lists.values()
    }

    /// A parameter of law.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let mediate = pack.parameter("complaint.mediate").unwrap();
    /// let on = |day: &str| mediate.on(day.parse().unwrap()).map(|v| (v.value.to_string(), v.unit.as_str()));
    /// assert_eq!(on("2026-04-14"), Some(("45".to_owned(), "working_day")));
    /// assert_eq!(on("2026-04-15"), Some(("60".to_owned(), "day")));
    /// assert_eq!(on("2019-12-31"), None);
    /// ```
    pub fn parameter(&self, id: &str) -> Option<&Parameter> {
        self.parameters.get(id)
    }

    /// Every parameter of law, by id.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.values()
    }

    /// The groups of parameters, by id.
    pub fn law_groups(&self) -> impl Iterator<Item = &LawGroup> {
        self.law_groups.values()
    }

    /// A role of people.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.get(id)
    }

    /// Every role of people, by id.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.values()
    }

    /// Every permission, by id.
    pub fn permissions(&self) -> impl Iterator<Item = &Permission> {
        self.permissions.values()
    }

    /// Why one person may not have both of two roles; none where they may.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// assert!(pack.exclusion("system-administrator", "audit-administrator").is_some());
    /// assert!(pack.exclusion("audit-administrator", "audit-administrator").is_none());
    /// ```
    pub fn exclusion(&self, role: &str, other: &str) -> Option<&Exclusion> {
        let names = |exclusion: &&Exclusion, role: &str| exclusion.roles.iter().any(|r| r == role);
        self.exclusions.iter().find(|e| role != other && names(e, role) && names(e, other))
    }

    /// Every exclusion, in the order of the text.
    pub fn exclusions(&self) -> &[Exclusion] {
        &self.exclusions
    }

    /// An office.
    pub fn office(&self, id: &str) -> Option<&Office> {
        self.offices.get(id)
    }

    /// The office that has another's records on a day: itself, or the last of its successors. A circle of
    /// successors has none.
    pub fn heir(&self, office: &str, day: Date) -> Option<&Office> {
        let mut at = self.office(office)?;
        for _ in 0..=self.offices.len() {
            if at.on(day).is_some() {
                return Some(at);
            }
            let over = |period: &&OfficePeriod| period.in_force.to.is_some_and(|to| to < day);
            let last = at.periods.iter().rev().find(over)?;
            at = self.office(last.successor.as_deref()?)?;
        }
        None
    }

    /// Every office, by id.
    pub fn offices(&self) -> impl Iterator<Item = &Office> {
        self.offices.values()
    }

    /// What an office has power over.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let day = "2026-11-23".parse().unwrap();
    /// let wuhan = pack.jurisdiction("420100").unwrap();
    /// assert!(wuhan.covers("420106", Some("C14"), "complaint", day));
    /// assert!(!wuhan.covers("420500", Some("C14"), "complaint", day));
    /// ```
    pub fn jurisdiction(&self, office: &str) -> Option<Jurisdiction<'_>> {
        self.office(office).map(|office| Jurisdiction { office, tables: &self.tables })
    }

    /// Whether an office is another or stands below it, on a day.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let day = "2026-11-23".parse().unwrap();
    /// assert!(pack.is_below("420106", "420100", day));
    /// assert!(!pack.is_below("420100", "420106", day));
    /// ```
    pub fn is_below(&self, office: &str, above: &str, on: Date) -> bool {
        let mut at = Some(office);
        // A sound pack has no circle; the bound only keeps that from being relied on.
        for _ in 0..=self.offices.len() {
            let Some(id) = at else { return false };
            if id == above {
                return self.office(id).is_some_and(|office| office.on(on).is_some());
            }
            at = self.office(id).and_then(|o| o.on(on)).and_then(|p| p.parent.as_deref());
        }
        false
    }

    /// A sort of subject.
    pub fn subject(&self, id: &str) -> Option<&Subject> {
        self.subjects.get(id)
    }

    /// Every sort of subject, by id.
    pub fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.subjects.values()
    }

    /// A role in which subjects take part in records.
    pub fn subject_role(&self, id: &str) -> Option<&SubjectRole> {
        self.subject_roles.get(id)
    }

    /// Every role in which subjects take part in records, by id.
    pub fn subject_roles(&self) -> impl Iterator<Item = &SubjectRole> {
        self.subject_roles.values()
    }

    /// The systems that the decision asks for, in order.
    pub fn systems(&self) -> &[System] {
        &self.systems
    }

    /// The groups of systems, in order.
    pub fn wings(&self) -> &[Wing] {
        &self.wings
    }
}
