//! What the pack holds of what the decision asks for: article by article, system by system.

use std::collections::BTreeSet;

use clock::Date;
use codes::Label;

use crate::fault::Fault;
use crate::load::{Draft, draft};
use crate::pack::Pack;
use crate::system::{Institution, Part};

/// A pack as it was found.
#[derive(Debug, Clone)]
pub struct Check {
    /// The pack as far as it could be read; with a fault, something of it is missing or blank,
    /// so that it is good for a report and for nothing else.
    pub pack: Pack,
    /// Everything that is wrong, by file and line.
    pub faults: Vec<Fault>,
    /// What it holds of what the decision asks for.
    pub coverage: Coverage,
}

/// What a pack holds of what its decision asks for.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// Every article, in order.
    pub articles: Vec<ArticleCoverage>,
    /// Every system, in order.
    pub systems: Vec<SystemCoverage>,
    /// The folders of the pack, and who reads them.
    pub parts: Vec<PartState>,
    /// Versions of parameters that nobody has compared with the text of the law.
    pub not_reviewed: Vec<NotReviewed>,
    /// Kinds and groups of parameters that no system asks for.
    pub unclaimed: Vec<Need>,
}

/// What serves an article.
#[derive(Debug, Clone)]
pub struct ArticleCoverage {
    /// Its number.
    pub number: u16,
    /// Its heading.
    pub title: Label,
    /// Why no system is built for it, where that is so.
    pub note: Option<Label>,
    /// The institutions that it names, with the system that carries out each.
    pub institutions: Vec<(String, Institution)>,
    /// The systems that it asks for.
    pub systems: Vec<String>,
    /// The kinds of record that serve it.
    pub kinds: Vec<String>,
    /// The groups of parameters that serve it, and how many parameters each has.
    pub law: Vec<(String, usize)>,
    /// What its systems need and the pack does not hold, with the system.
    pub missing: Vec<(String, Need)>,
}

/// What a system needs.
#[derive(Debug, Clone)]
pub struct SystemCoverage {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The group it belongs to.
    pub wing: String,
    /// The articles that ask for it.
    pub articles: Vec<u16>,
    /// What it needs and the pack holds.
    pub held: Vec<Need>,
    /// What it needs and the pack does not hold.
    pub missing: Vec<Need>,
}

/// Something that a system needs of the pack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The part of the pack.
    pub part: Part,
    /// Its name there.
    pub name: String,
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.part, self.name)
    }
}

/// A folder of the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartState {
    /// The folder.
    pub folder: &'static str,
    /// How many files it has.
    pub files: usize,
    /// Who reads it.
    pub read: PartRead,
}

/// Who reads a folder of the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartRead {
    /// This crate.
    Here,
    /// Another part of the program.
    Elsewhere,
    /// Nothing yet: the language of this part is not there yet.
    NotYet,
}

/// A version of a parameter that nobody has compared with the text of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReviewed {
    /// The parameter.
    pub id: String,
    /// From when this version is in force.
    pub from: Option<Date>,
    /// The law it is said to be from.
    pub law: String,
}

const FOLDERS: &[(&str, PartRead)] = &[
    ("lists", PartRead::Here),
    ("kinds", PartRead::Here),
    ("law", PartRead::Here),
    ("codes", PartRead::Here),
    ("calendar", PartRead::Elsewhere),
    ("procedures", PartRead::Here),
    ("indices", PartRead::NotYet),
    ("reports", PartRead::Here),
    ("catalogues", PartRead::NotYet),
    ("documents", PartRead::Here),
    ("mappings", PartRead::Here),
];

/// Reads a pack as [`Pack::load`] does and says what is wrong with it and what it covers; what
/// could be read is covered even where there are faults.
///
/// ```
/// # let files = testkit::hubei_pack();
/// let check = pack::check(files);
/// assert!(check.faults.is_empty());
/// assert_eq!(check.coverage.articles.len(), 30);
/// ```
pub fn check<P, C>(files: impl IntoIterator<Item = (P, C)>) -> Check
where
    P: AsRef<str>,
    C: AsRef<[u8]>,
{
    let Draft { pack, faults } = draft(files);
    let coverage = Coverage::of(&pack);
    Check { pack, faults, coverage }
}

impl Coverage {
    /// The coverage of a pack.
    pub fn of(pack: &Pack) -> Self {
        let systems: Vec<SystemCoverage> =
            pack.systems().iter().map(|s| of_system(pack, s)).collect();
        let articles = &pack.manifest().decision.articles;
        let articles = articles.iter().map(|article| of_article(pack, article, &systems)).collect();
        let parts = FOLDERS
            .iter()
            .map(|(folder, read)| {
                let inside = |path: &&String| {
                    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
                };
                PartState { folder, files: pack.files().keys().filter(inside).count(), read: *read }
            })
            .collect();
        let not_reviewed = pack
            .parameters()
            .flat_map(|parameter| parameter.versions.iter().map(move |v| (parameter, v)))
            .filter(|(_, version)| !version.is_reviewed())
            .map(|(parameter, version)| NotReviewed {
                id: parameter.id.clone(),
                from: version.in_force.from,
                law: version.law.clone(),
            })
            .collect();
        Self { articles, systems, parts, not_reviewed, unclaimed: unclaimed(pack) }
    }
}

fn of_system(pack: &Pack, system: &crate::system::System) -> SystemCoverage {
    let needs = system.needs.iter().flat_map(|(part, names)| {
        names.iter().map(|name| Need { part: *part, name: name.clone() })
    });
    let (held, missing) = needs.partition(|need| holds(pack, need));
    SystemCoverage {
        id: system.id.clone(),
        label: system.label.clone(),
        wing: system.wing.clone(),
        articles: system.articles.clone(),
        held,
        missing,
    }
}

/// What is in a part that nothing reads yet does not count as held.
fn holds(pack: &Pack, need: &Need) -> bool {
    match need.part {
        Part::Kinds => pack.kinds.contains_key(&need.name),
        Part::Law => pack.law_groups.contains_key(&need.name),
        Part::Reports => pack.reports.contains_key(&need.name),
        Part::Procedures => pack.procedures.contains_key(&need.name),
        Part::Documents => pack.documents.contains_key(&need.name),
        _ => false,
    }
}

fn of_article(
    pack: &Pack,
    article: &crate::manifest::Article,
    systems: &[SystemCoverage],
) -> ArticleCoverage {
    let number = article.number;
    let asked: Vec<&SystemCoverage> =
        systems.iter().filter(|system| system.articles.contains(&number)).collect();
    let institutions = pack.systems().iter().flat_map(|system| {
        let here = system.institutions.iter().filter(|i| i.article == number);
        here.map(|institution| (system.id.clone(), institution.clone()))
    });
    let parameters_of = |group: &str| pack.parameters().filter(|p| p.group() == group).count();
    let groups = pack.law_groups().filter(|group| group.articles.contains(&number));
    ArticleCoverage {
        number,
        title: article.title.clone(),
        note: article.note.clone(),
        institutions: institutions.collect(),
        systems: asked.iter().map(|system| system.id.clone()).collect(),
        kinds: pack
            .kinds()
            .filter(|kind| kind.articles.contains(&number))
            .map(|kind| kind.id.clone())
            .collect(),
        law: groups.map(|group| (group.id.clone(), parameters_of(&group.id))).collect(),
        missing: asked
            .iter()
            .flat_map(|s| s.missing.iter().map(|need| (s.id.clone(), need.clone())))
            .collect(),
    }
}

fn unclaimed(pack: &Pack) -> Vec<Need> {
    let asked: BTreeSet<(Part, &str)> = pack
        .systems()
        .iter()
        .flat_map(|system| &system.needs)
        .flat_map(|(part, names)| names.iter().map(|name| (*part, name.as_str())))
        .collect();
    let kinds = pack.kinds.keys().map(|name| (Part::Kinds, name));
    let groups = pack.law_groups.keys().map(|name| (Part::Law, name));
    let reports = pack.reports.keys().map(|name| (Part::Reports, name));
    let procedures = pack.procedures.keys().map(|name| (Part::Procedures, name));
    kinds
        .chain(groups)
        .chain(reports)
        .chain(procedures)
        .filter(|(part, name)| !asked.contains(&(*part, name.as_str())))
        .map(|(part, name)| Need { part, name: name.clone() })
        .collect()
}
