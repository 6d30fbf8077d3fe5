//! `systems.toml`: the systems that the decision asks for, what it calls them, and what the pack
//! has to hold for each.

use std::collections::BTreeMap;

use codes::Label;

use crate::context::{Context, Place};
use crate::fault::FaultCode;
use crate::kind::Basis;
use crate::manifest::{Decision, read_articles};
use crate::source::{Form, Located, Table};
use crate::words::words;

words! {
    /// A part of a pack that a system can need.
    Part {
        /// Kinds of record.
        Kinds = "kinds", "记录种类";
        /// Groups of parameters of law.
        Law = "law", "法定参数";
        /// Procedures.
        Procedures = "procedures", "程序";
        /// Indices.
        Indices = "indices", "指数";
        /// Statistical reports.
        Reports = "reports", "统计报表";
        /// Catalogues.
        Catalogues = "catalogues", "目录";
        /// Printable documents.
        Documents = "documents", "文书";
        /// Mappings of other systems' tables.
        Mappings = "mappings", "数据映射";
    }
}

/// A system that the decision asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The wing it belongs to.
    pub wing: String,
    /// The articles that ask for it.
    pub articles: Vec<u16>,
    /// What asks for it, where not the decision alone.
    pub basis: Basis,
    /// The institutions by which the decision names it.
    pub institutions: Vec<Institution>,
    /// What the pack has to hold for it, by part: the names of kinds, groups, procedures ...
    pub needs: BTreeMap<Part, Vec<String>>,
}

/// An institution that the decision names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    /// The article that names it.
    pub article: u16,
    /// The words of the article, and their English.
    pub label: Label,
    /// What has taken its place, where later law has changed it.
    pub now: Option<Label>,
}

/// A group of systems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wing {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
}

/// What stands in `systems.toml`.
#[derive(Default)]
pub(crate) struct SystemsFile {
    pub(crate) wings: Vec<(Place, Wing)>,
    pub(crate) systems: Vec<(Place, System)>,
    /// Where each institution is quoted, to be compared with the articles.
    pub(crate) quotes: Vec<(Place, Institution)>,
}

impl SystemsFile {
    pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Self {
        let mut file = Self::default();
        for mut wing in table.tables("wing", "wing", cx) {
            if let Some(id) = wing.id("id", Form::Kebab, cx) {
                let label = wing.required("label", cx);
                file.wings.push((id.place, Wing { id: id.value, label }));
                wing.finish(cx);
            }
        }
        for system in table.tables("system", "system", cx) {
            file.read_system(system, cx);
        }
        table.finish(cx);
        file
    }

    fn read_system(&mut self, mut table: Table<'_>, cx: &mut Context) {
        let Some(id) = table.id("id", Form::Code, cx) else { return };
        let label = table.required("label", cx);
        let wing: Located<String> = table.required("wing", cx);
        if !wing.value.is_empty() && !self.wings.iter().any(|(_, w)| w.id == wing.value) {
            let known: Vec<&str> = self.wings.iter().map(|(_, w)| w.id.as_str()).collect();
            let what = format!("the {} names the wing {}", table.what, wing.value);
            let remedy = format!("write one of {}, or add a [[wing]]", known.join(", "));
            cx.fault(FaultCode::UnknownName, &wing.place, what, remedy);
        }
        let articles = read_articles(&mut table, cx);
        let basis = match table.optional::<String>("basis", cx) {
            Some(law) if law != "decision" => Basis::Law(law),
            _ => Basis::Decision,
        };
        let mut institutions = Vec::new();
        for mut named in table.tables("institutions", "institution", cx) {
            let place = named.place();
            let article: i64 = named.required("article", cx);
            let institution = Institution {
                article: u16::try_from(article).unwrap_or(0),
                label: Label { zh: named.required("zh", cx), en: named.required("en", cx) },
                now: named.optional("now", cx),
            };
            named.finish(cx);
            if !articles.contains(&institution.article) {
                let what = format!("article {article} is none of the system's articles");
                let remedy = "add it to articles, or correct it";
                cx.fault(FaultCode::Contradiction, &place, what, remedy);
            }
            self.quotes.push((place, institution.clone()));
            institutions.push(institution);
        }
        let mut needs = BTreeMap::new();
        if let Some(mut table) = table.table("needs", "needs", cx) {
            for part in Part::ALL {
                let names: Vec<String> = table.optional(part.word(), cx).unwrap_or_default();
                if !names.is_empty() {
                    needs.insert(*part, names);
                }
            }
            table.finish(cx);
        }
        table.finish(cx);
        let system =
            System { id: id.value, label, wing: wing.value, articles, basis, institutions, needs };
        self.systems.push((id.place, system));
    }
}

/// What a system quotes has to stand in the article, where the pack holds its text.
pub(crate) fn check_quotes(quotes: &[(Place, Institution)], decision: &Decision, cx: &mut Context) {
    for (place, institution) in quotes {
        let article = decision.articles.iter().find(|a| a.number == institution.article);
        let text = article.and_then(|article| article.text.as_deref());
        if text.is_some_and(|text| !text.contains(&institution.label.zh)) {
            let (zh, number) = (&institution.label.zh, institution.article);
            let what = format!("{zh} does not stand in article {number}");
            cx.fault(FaultCode::Contradiction, place, what, "quote the article's own words");
        }
    }
}
