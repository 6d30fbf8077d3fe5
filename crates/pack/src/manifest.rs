//! `pack.toml`: what the pack is, and the articles of the decision that it carries out.

use clock::Date;
use codes::Label;

use crate::context::{Context, Place, Target};
use crate::fault::FaultCode;
use crate::source::{Located, Read, Source, Table};

/// What a pack says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its title.
    pub title: Label,
    /// Its version, as its office counts them.
    pub version: String,
    /// The division whose pack it is, GB/T 2260.
    pub province: String,
    /// What pages call it.
    pub place: Label,
    /// The decision that the pack carries out.
    pub decision: Decision,
}

/// The text that asks for the systems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its title.
    pub title: Label,
    /// Who issued it.
    pub issued_by: Label,
    /// The day it bears.
    pub issued_on: Option<Date>,
    /// Its articles; the first is number 1.
    pub articles: Vec<Article>,
}

/// An article of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its number.
    pub number: u16,
    /// Its heading.
    pub title: Label,
    /// Its text, in Chinese, where the pack holds it.
    pub text: Option<String>,
    /// Why no system is built for it, where that is so.
    pub note: Option<Label>,
}

impl Manifest {
    pub(crate) fn blank() -> Self {
        Self {
            title: Label::blank(),
            version: String::new(),
            province: String::new(),
            place: Label::blank(),
            decision: Decision {
                title: Label::blank(),
                issued_by: Label::blank(),
                issued_on: None,
                articles: Vec::new(),
            },
        }
    }

    pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Self {
        let title = table.required("title", cx);
        let version = table.required("version", cx);
        let province: Located<String> = table.required("province", cx);
        if !province.value.is_empty() {
            let target = Target::Division(codes::InForce::default());
            cx.refer(&province.place, &table.what, &province.value, target);
        }
        let called = table.required("place", cx);
        let place = table.place();
        let decision = match table.table("decision", "decision", cx) {
            Some(decision) => read_decision(decision, cx),
            None => {
                let remedy = "add [decision] with title, issued_by and [[decision.article]]";
                cx.fault(FaultCode::MissingKey, &place, "the pack names no decision", remedy);
                Self::blank().decision
            }
        };
        table.finish(cx);
        Self { title, version, province: province.value, place: called, decision }
    }
}

fn read_decision(mut table: Table<'_>, cx: &mut Context) -> Decision {
    let decision = Decision {
        title: table.required("title", cx),
        issued_by: table.required("issued_by", cx),
        issued_on: table.required("issued_on", cx),
        articles: table
            .tables("article", "article", cx)
            .into_iter()
            .enumerate()
            .map(|(before, article)| read_article(article, before + 1, cx))
            .collect(),
    };
    if decision.articles.is_empty() {
        let remedy = "add a [[decision.article]] for each, with number and title";
        cx.fault(FaultCode::MissingKey, &table.place(), "the decision has no articles", remedy);
    }
    table.finish(cx);
    decision
}

fn read_article(mut table: Table<'_>, expected: usize, cx: &mut Context) -> Article {
    let number: Located<i64> = table.required("number", cx);
    if usize::try_from(number.value) != Ok(expected) {
        let what = format!("article {} stands where article {expected} is due", number.value);
        let remedy = "number the articles from 1, in their order, without gaps";
        cx.fault(FaultCode::BadValue, &table.place(), what, remedy);
    }
    table.what = format!("article {expected}");
    let article = Article {
        number: expected as u16,
        title: table.required("title", cx),
        text: table.optional("text", cx),
        note: table.optional("note", cx),
    };
    table.finish(cx);
    article
}

/// Reads the key `articles` of something that serves articles, and has them looked up.
pub(crate) fn read_articles(table: &mut Table<'_>, cx: &mut Context) -> Vec<u16> {
    let found: Vec<Located<i64>> = table.required("articles", cx);
    let mut articles = Vec::with_capacity(found.len());
    for article in found {
        cx.refer(&article.place, &table.what, &article.value.to_string(), Target::Article);
        let number = u16::try_from(article.value).unwrap_or(0);
        if articles.contains(&number) {
            let what = format!("article {number} is named twice");
            cx.fault(FaultCode::Duplicate, &article.place, what, "take one out");
        }
        articles.push(number);
    }
    articles
}

/// The root table of a file, if it is TOML.
pub(crate) fn with_root<T>(
    source: &Source<'_>,
    what: &str,
    cx: &mut Context,
    read: impl FnOnce(Table<'_>, &mut Context) -> T,
) -> Option<T> {
    let root = source.toml(cx)?;
    Some(read(Table::new(source, root.get_ref(), 0, what), cx))
}

/// Two things of one name: the later is at fault.
pub(crate) fn duplicate(what: &str, name: &str, at: &Place, first: &Place, cx: &mut Context) {
    let what = format!("there is another {what} {name} in {} line {}", first.file, first.line);
    cx.fault(FaultCode::Duplicate, at, what, "rename one, or take it out");
}
