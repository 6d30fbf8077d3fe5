//! From the texts of a pack's files to the pack, or to all its faults.

use std::collections::BTreeMap;
use std::sync::Arc;

use codes::gs1::CompanyPrefixes;
use codes::{Divisions, Industries, IssuedCodes, Registrations, Tables};

use crate::centre::{self, CENTRES, Centre};
use crate::context::{Context, Place};
use crate::digest::Digest;
use crate::document;
use crate::fault::{Fault, FaultCode, Faults};
use crate::kind::Kind;
use crate::law::{self, LawFile, LawGroup, Version};
use crate::list::CodeList;
use crate::manifest::{Manifest, duplicate, with_root};
use crate::map::Map;
use crate::mapping::{self, Mapping};
use crate::office;
use crate::pack::{Contents, Pack};
use crate::procedure;
use crate::references;
use crate::report::{self, Report};
use crate::role::RolesFile;
use crate::schema;
use crate::source::Source;
use crate::subject::SubjectsFile;
use crate::system::{SystemsFile, check_quotes};

/// Files that every pack has.
const REQUIRED: &[&str] = &[
    "pack.toml",
    "systems.toml",
    "subjects.toml",
    "roles.toml",
    "offices.csv",
    "regions.csv",
    "codes/industries.csv",
    "codes/registrations.csv",
    "codes/issued.csv",
    "codes/company-prefixes.csv",
];

/// Files of these are read by other parts of the program, or later.
const NOT_READ_HERE: &[(&str, &str)] = &[
    ("calendar/", "toml"),
    ("indices/", "toml"),
    ("catalogues/", "csv"),
    ("map.json", "json"),
    ("centres.csv", "csv"),
    ("README", "md"),
];

/// Whether two packs are compared in a file only as a whole: nothing here says what stands in it.
pub(crate) fn is_compared_whole(path: &str) -> bool {
    path.starts_with("codes/") || is_not_read_here(path)
}

fn is_not_read_here(path: &str) -> bool {
    NOT_READ_HERE.iter().any(|(start, ending)| path.starts_with(start) && path.ends_with(ending))
}

/// A pack as far as it could be read, and what is wrong with it.
pub(crate) struct Draft {
    pub(crate) pack: Pack,
    pub(crate) faults: Vec<Fault>,
}

impl Pack {
    /// Reads a pack from the paths (inside the pack, with `/`) and contents of its files.
    ///
    /// # Errors
    /// [`Faults`]: everything that is wrong, by file and line.
    ///
    /// ```
    /// let faults = pack::Pack::load([("pack.toml", "titel = 1\n")]).unwrap_err();
    /// assert!(faults.0.iter().any(|f| f.code == pack::FaultCode::UnknownKey && f.line == 1));
    /// ```
    pub fn load<P, C>(files: impl IntoIterator<Item = (P, C)>) -> Result<Self, Faults>
    where
        P: AsRef<str>,
        C: AsRef<[u8]>,
    {
        let Draft { pack, faults } = draft(files);
        if faults.is_empty() { Ok(pack) } else { Err(Faults(faults)) }
    }
}

pub(crate) fn draft<P, C>(files: impl IntoIterator<Item = (P, C)>) -> Draft
where
    P: AsRef<str>,
    C: AsRef<[u8]>,
{
    let files: Vec<(P, C)> = files.into_iter().collect();
    let files: BTreeMap<&str, &[u8]> =
        files.iter().map(|(path, content)| (path.as_ref(), content.as_ref())).collect();
    let mut cx = Context::default();
    let mut reading = ReadingOfPack::default();
    for missing in REQUIRED.iter().filter(|path| !files.contains_key(**path)) {
        let place = Place { file: (*missing).to_owned(), line: 1 };
        let remedy = "add it; every pack has one";
        cx.fault(FaultCode::FileMissing, &place, format!("there is no file {missing}"), remedy);
    }
    for (path, content) in &files {
        if let Some(source) = Source::new(path, content, &mut cx) {
            reading.file(&source, &mut cx);
        }
    }
    let digests: BTreeMap<String, Digest> = files
        .iter()
        .map(|(path, content)| ((*path).to_owned(), Digest::of_file(content)))
        .collect();
    let mapping_places = std::mem::take(&mut reading.mapping_places);
    let report_places = std::mem::take(&mut reading.report_places);
    let procedures = std::mem::take(&mut reading.procedures);
    let documents = document::build(std::mem::take(&mut reading.documents), &mut cx);
    let makers: Vec<_> = procedures.iter().flat_map(procedure::Reading::makes).collect();
    let mut pack = reading.finish(digests, &mut cx);
    references::check(&pack, &mut cx);
    mapping::check(&pack, &mapping_places, &mut cx);
    pack.schemas = schema::build(&pack, &mut cx);
    let forms = schema::build_forms(&pack, &procedures, &mut cx);
    pack.schemas.extend(forms);
    report::check(&pack, &report_places, &mut cx);
    pack.procedures = procedure::build(&pack, procedures, &mut cx);
    document::check(&pack, &documents, &makers, &mut cx);
    pack.documents = documents.into_iter().map(|(id, (_, document, _))| (id, document)).collect();
    let contents = files.iter().map(|(path, content)| ((*path).to_owned(), content.to_vec()));
    pack.contents = Contents(Arc::new(contents.collect()));
    let mut faults = cx.faults;
    faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Draft { pack, faults }
}

/// What was read so far, each thing with its place.
#[derive(Default)]
struct ReadingOfPack {
    manifest: Option<Manifest>,
    issued: Option<IssuedCodes>,
    registrations: Option<Registrations>,
    divisions: Option<Divisions>,
    map: Option<Map>,
    centres: BTreeMap<String, Centre>,
    industries: Option<Industries>,
    prefixes: Option<CompanyPrefixes>,
    lists: Vec<(Place, CodeList)>,
    subjects: SubjectsFile,
    roles: RolesFile,
    kinds: Vec<(Place, Kind)>,
    law_groups: Vec<(Place, LawGroup)>,
    versions: Vec<(Place, String, Version)>,
    offices: BTreeMap<String, office::Office>,
    systems: SystemsFile,
    mappings: Vec<(Place, Mapping)>,
    mapping_places: BTreeMap<String, mapping::Places>,
    reports: Vec<(Place, Report)>,
    report_places: BTreeMap<String, report::Places>,
    procedures: Vec<procedure::Reading>,
    documents: Vec<document::Reading>,
}

impl ReadingOfPack {
    fn file(&mut self, source: &Source<'_>, cx: &mut Context) {
        match source.path {
            "pack.toml" => self.manifest = with_root(source, "pack", cx, Manifest::read),
            "subjects.toml" => {
                self.subjects =
                    with_root(source, "file", cx, SubjectsFile::read).unwrap_or_default();
            }
            "roles.toml" => {
                self.roles = with_root(source, "file", cx, RolesFile::read).unwrap_or_default();
            }
            "systems.toml" => {
                self.systems = with_root(source, "file", cx, SystemsFile::read).unwrap_or_default();
            }
            "offices.csv" => self.offices = office::read(source, cx),
            CENTRES => self.centres = centre::read(source, cx),
            "map.json" => self.map = Map::read(source, cx),
            "regions.csv" => self.divisions = table(source, Divisions::from_csv, cx),
            "codes/industries.csv" => self.industries = table(source, Industries::from_csv, cx),
            "codes/registrations.csv" => {
                self.registrations = table(source, Registrations::from_csv, cx);
            }
            "codes/issued.csv" => self.issued = table(source, IssuedCodes::from_csv, cx),
            "codes/company-prefixes.csv" => {
                self.prefixes = table(source, CompanyPrefixes::from_csv, cx);
            }
            path => match (path.split_once('/'), path.rsplit_once('.')) {
                (Some(("lists", _)), Some((_, "toml"))) => {
                    let lists = with_root(source, "file", cx, |mut root, cx| {
                        let tables = root.tables("list", "list", cx);
                        root.finish(cx);
                        tables.into_iter().filter_map(|t| CodeList::read(t, cx)).collect::<Vec<_>>()
                    });
                    self.lists.extend(lists.into_iter().flatten());
                }
                (Some(("kinds", _)), Some((_, "toml"))) => {
                    self.kinds.extend(with_root(source, "kind", cx, Kind::read).flatten());
                }
                (Some(("mappings", _)), Some((_, "toml"))) => {
                    let read = with_root(source, "mapping", cx, mapping::read).flatten();
                    if let Some((places, mapping)) = read {
                        self.mappings.push((places.mapping.clone(), mapping.clone()));
                        self.mapping_places.entry(mapping.id).or_insert(places);
                    }
                }
                (Some(("reports", _)), Some((_, "toml"))) => {
                    let read = with_root(source, "report", cx, report::read).flatten();
                    if let Some((places, report)) = read {
                        self.reports.push((places.report.clone(), report.clone()));
                        self.report_places.entry(report.id).or_insert(places);
                    }
                }
                (Some(("procedures", _)), Some((_, "toml"))) => {
                    let read = with_root(source, "procedure", cx, procedure::read).flatten();
                    self.procedures.extend(read);
                }
                (Some(("documents", _)), Some((_, "toml"))) => {
                    let read = with_root(source, "file", cx, document::read);
                    self.documents.extend(read.unwrap_or_default());
                }
                (Some(("law", _)), Some((_, "toml"))) => {
                    if let Some(file) = with_root(source, "group", cx, LawFile::read).flatten() {
                        self.law_groups.push((file.place, file.group));
                        self.versions.extend(file.versions);
                    }
                }
                _ => check_is_known(source, cx),
            },
        }
    }

    fn finish(self, files: BTreeMap<String, Digest>, cx: &mut Context) -> Pack {
        let manifest = self.manifest.unwrap_or_else(Manifest::blank);
        check_quotes(&self.systems.quotes, &manifest.decision, cx);
        Pack {
            manifest,
            tables: Tables {
                issued: self.issued.unwrap_or_default(),
                registrations: self.registrations.unwrap_or_default(),
                divisions: self.divisions.unwrap_or_default(),
                industries: self.industries.unwrap_or_default(),
                prefixes: self.prefixes.unwrap_or_else(|| CompanyPrefixes::constant(7)),
            },
            map: self.map.map(Arc::new),
            centres: self.centres,
            lists: by_name("list", self.lists, |list| &list.id, cx),
            subjects: by_name("subject", self.subjects.subjects, |subject| &subject.id, cx),
            subject_roles: by_name("role of a subject", self.subjects.roles, |role| &role.id, cx),
            mappings: by_name("mapping", self.mappings, |mapping| &mapping.id, cx),
            reports: by_name("report", self.reports, |report| &report.id, cx),
            kinds: by_name("kind", self.kinds, |kind| &kind.id, cx),
            schemas: BTreeMap::new(),
            procedures: BTreeMap::new(),
            documents: BTreeMap::new(),
            law_groups: by_name("group", self.law_groups, |group| &group.id, cx),
            parameters: law::gather(self.versions, cx),
            offices: self.offices,
            permissions: by_name("permission", self.roles.permissions, |p| &p.id, cx),
            roles: by_name("role", self.roles.roles, |role| &role.id, cx),
            exclusions: self.roles.exclusions,
            wings: in_order("wing", self.systems.wings, |wing| &wing.id, cx),
            systems: in_order("system", self.systems.systems, |system| &system.id, cx),
            digest: Digest::of_files(files.iter().map(|(path, digest)| (path.as_str(), digest))),
            files,
            contents: Contents::default(),
        }
    }
}

/// Reads a table of codes, whose own faults name the line.
fn table<T>(
    source: &Source<'_>,
    read: impl Fn(&str) -> Result<T, codes::Error>,
    cx: &mut Context,
) -> Option<T> {
    let error = match read(source.text) {
        Ok(table) => return Some(table),
        Err(error) => error,
    };
    let (line, message) = match &error {
        codes::Error::Table { line, reason, .. } => {
            (usize::try_from(*line).unwrap_or(1), reason.en.clone())
        }
        other => (1, other.to_string()),
    };
    let (what, remedy) = match message.split_once("; ") {
        Some((what, remedy)) => (what, remedy),
        None => (message.as_str(), "correct the row"),
    };
    cx.fault(FaultCode::CodeTable, &source.line(line), what, remedy);
    None
}

fn check_is_known(source: &Source<'_>, cx: &mut Context) {
    if !is_not_read_here(source.path) {
        let what = format!("nothing is read from {}", source.path);
        let remedy = "move it to the folder it belongs to (lists, kinds, law ...), or take it away";
        cx.fault(FaultCode::FileUnknown, &source.line(1), what, remedy);
    }
}

fn by_name<T>(
    what: &str,
    found: Vec<(Place, T)>,
    name: impl Fn(&T) -> &String,
    cx: &mut Context,
) -> BTreeMap<String, T> {
    let named = in_order(what, found, &name, cx);
    named.into_iter().map(|thing| (name(&thing).clone(), thing)).collect()
}

/// Things in the order in which they were read, of which no two have one name.
fn in_order<T>(
    what: &str,
    found: Vec<(Place, T)>,
    name: impl Fn(&T) -> &String,
    cx: &mut Context,
) -> Vec<T> {
    let mut first: BTreeMap<String, Place> = BTreeMap::new();
    let mut kept = Vec::with_capacity(found.len());
    for (place, thing) in found {
        let name = name(&thing);
        if let Some(first) = first.get(name) {
            duplicate(what, name, &place, first, cx);
            continue;
        }
        first.insert(name.clone(), place);
        kept.push(thing);
    }
    kept
}
