//! `GET /archive/{subject}`: the public side of a subject's archive.

use std::sync::Arc;

use app::disclosure::{Audience, Disclosed, DisclosedPage, MOST_ON_PAGE};
use app::reading::When;
use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use futures_util::stream;
use model::SubjectId;
use pack::Pack;
use store::readings::Head;

use crate::cursor::Cursor;
use crate::page::Page;
use crate::page::export::{Export, Format, Row};
use crate::page::facts::{Fact, Facts, plain_id};
use crate::page::timeline::{Month, Told, columns, row, timeline};
use crate::page::ui::{Empty, Pager};
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// Records on a page.
const ON_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "portal/archive.html")]
struct Archive<'p> {
    p: &'p Page,
    list: &'p List<'p>,
}

/// A subject with what is disclosed of it: the body of pages of each face.
#[derive(Template)]
#[template(path = "ui/archive.html")]
pub struct List<'p> {
    p: &'p Page,
    /// Its name, or the id where none is known.
    pub name: String,
    to: Audience,
    ids: Vec<String>,
    sort: String,
    facts: Vec<Fact>,
    kinds: Vec<(String, String, bool)>,
    months: Vec<Month>,
    pager: Pager<'p>,
    empty: Option<Empty<'p>>,
    csv: String,
    jsonl: String,
    known: u64,
}

impl HtmlSafe for List<'_> {}

/// What is asked for: a page, or a file.
pub enum Asked<'p> {
    /// The page.
    List(Box<List<'p>>),
    /// The file, as an answer.
    File(Response),
}

/// The page, or with `as` the list as a file.
///
/// # Errors
/// A wrong subject or parameter; a fault of the store.
pub async fn archive(
    State(site): State<Arc<Site>>,
    Path(subject): Path<String>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let subject: SubjectId = subject.parse().map_err(|_| no_subject())?;
    match asked(&site, &page, &uri, Audience::Public, &subject, "/records/").await? {
        Asked::File(file) => Ok(file),
        Asked::List(list) => page.show(&Archive { p: &page, list: &list }),
    }
}

/// The archive of a subject for an audience; records have their page below `records`.
///
/// # Errors
/// As [`archive`].
pub async fn asked<'p>(
    site: &Arc<Site>,
    page: &'p Page,
    uri: &Uri,
    to: Audience,
    subject: &SubjectId,
    records_at: &str,
) -> Result<Asked<'p>, Problem> {
    let mut query = Query::of(uri);
    let kind = query.text("kind").filter(|kind| !kind.is_empty());
    let question = [subject.as_str(), kind.as_deref().unwrap_or_default(), "disclosed"];
    let (when, after) = Cursor::read(&mut query, &question);
    let format = Format::read(&mut query);
    query.finish()?;
    let pack = site.system.pack();
    if let Some(format) = format {
        return Ok(Asked::File(export(site, page, to, subject, kind, when, format).await?));
    }
    let found = site.system.disclosed(to, subject, kind.as_deref(), when, after, ON_PAGE).await?;
    let facts = Facts::new(page, &pack, "/archive/");
    let DisclosedPage { as_of, ids, register, records, next } = found;
    let next = next.map(|head| Cursor::behind(head, as_of).text(&question));
    let key = ids.first().map_or(subject.as_str(), String::as_str);
    let (name, described) = described(&facts, &pack, register.as_ref());
    let empty = records.is_empty().then(|| {
        let words = &page.w.archive;
        match to {
            Audience::Public | Audience::Holder => {
                Empty::new(page, words.nothing, words.nothing_text)
            }
            Audience::Served => Empty::new(page, words.nothing_served, words.nothing_served_text),
        }
    });
    Ok(Asked::List(Box::new(List {
        p: page,
        to,
        name: if name.is_empty() { plain_id(key).to_owned() } else { name },
        ids: ids.iter().map(|id| plain_id(id).to_owned()).collect(),
        sort: sort_of(page, &pack, register.as_ref()),
        facts: described,
        kinds: kinds(page, &pack, to, kind.as_deref(), register.as_ref()),
        months: timeline(page, &pack, &facts, &ids, records.iter().map(Told::from), records_at),
        pager: Pager::new(page, records.len(), None, next.as_deref()),
        empty,
        csv: page.with("as", "csv"),
        jsonl: page.with("as", "jsonl"),
        known: as_of.known,
    })))
}

/// The name of a subject and what its register says of it.
fn described(facts: &Facts<'_>, pack: &Pack, record: Option<&Disclosed>) -> (String, Vec<Fact>) {
    let Some((record, kind)) = record.and_then(|r| Some((r, pack.kind(&r.kind)?))) else {
        return Default::default();
    };
    let on = record.valid_at.day_in_china();
    let name = facts.line(kind, &record.open, "name", on);
    let mut fields = facts.of(kind, &record.open, on);
    fields.retain(|fact| fact.name != "name");
    (name, fields)
}

/// The sort of thing that the register describes.
fn sort_of(page: &Page, pack: &Pack, record: Option<&Disclosed>) -> String {
    let kind = record.map(|record| record.kind.as_str());
    let sort = pack.subjects().find(|sort| kind.is_some() && sort.register.as_deref() == kind);
    sort.map(|sort| page.say(&sort.label).to_owned()).unwrap_or_default()
}

/// The kinds by which the list can be narrowed: address, words, whether it is.
fn kinds(
    page: &Page,
    pack: &Pack,
    to: Audience,
    chosen: Option<&str>,
    register: Option<&Disclosed>,
) -> Vec<(String, String, bool)> {
    let register = register.map(|record| record.kind.as_str());
    let sort = pack.subjects().find(|s| register.is_some() && s.register.as_deref() == register);
    let all = page.without("kind");
    let mut kinds = vec![(all, page.w.archive.all.to_owned(), chosen.is_none())];
    for kind in to.kinds(pack) {
        let is_chosen = chosen == Some(kind.id.as_str());
        // Whether such a record can name a subject of this sort at all.
        let names = sort.is_none_or(|sort| {
            let roles = kind.subjects.iter().filter(|taken| to.shows_role(kind, &taken.role));
            let mut roles = roles.filter_map(|taken| pack.subject_role(&taken.role));
            roles.any(|role| role.is.contains(&sort.id))
        });
        if names || is_chosen {
            kinds.push((page.with("kind", &kind.id), page.say(&kind.label).to_owned(), is_chosen));
        }
    }
    kinds
}

async fn export(
    site: &Arc<Site>,
    page: &Page,
    to: Audience,
    subject: &SubjectId,
    kind: Option<String>,
    when: When,
    format: Format,
) -> Result<Response, Problem> {
    // Counted first, and then read as of the same records.
    let as_of = site.system.as_of(when).await?;
    let when = When { known: Some(as_of.known), ..when };
    let (mut count, mut after) = (0, None);
    loop {
        let found =
            site.system.disclosed(to, subject, kind.as_deref(), when, after, MOST_ON_PAGE).await?;
        count += found.records.len() as u64;
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    let columns = columns(page);
    let name =
        format!("archive-{}", subject.value().replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let pages = Pages {
        site: Arc::clone(site),
        page: page.copy(),
        to,
        subject: subject.clone(),
        kind,
        when,
    };
    let start: Option<(Pages, Option<Head>)> = Some((pages, None));
    let rows = stream::try_unfold(start, async |at| {
        let Some((pages, after)) = at else { return Ok(None) };
        let (rows, next) = pages.read(after).await?;
        Ok::<_, Problem>(Some((rows, next.map(|next| (pages, Some(next))))))
    });
    let export = Export { format, name, count, columns, known: as_of.known };
    Ok(export.answer(page, Box::pin(rows)))
}

/// What the pages of an export are read with.
struct Pages {
    site: Arc<Site>,
    page: Page,
    to: Audience,
    subject: SubjectId,
    kind: Option<String>,
    when: When,
}

impl Pages {
    async fn read(&self, after: Option<Head>) -> Result<(Vec<Row>, Option<Head>), Problem> {
        let system = &self.site.system;
        let found = system
            .disclosed(self.to, &self.subject, self.kind.as_deref(), self.when, after, MOST_ON_PAGE)
            .await?;
        let pack = system.pack();
        let facts = Facts::new(&self.page, &pack, "/archive/");
        let row = |record: &Disclosed| row(&pack, &facts, &found.ids, &Told::from(record));
        Ok((found.records.iter().map(row).collect(), found.next))
    }
}

fn no_subject() -> Problem {
    let fault = app::Fault::new(
        "portal.no_such_subject",
        "this is not the id of anything; look the enterprise or product up by its name or code",
        "这不是任何主体的编号；请按名称或编码查询企业或产品",
    );
    Problem::new(StatusCode::NOT_FOUND, fault)
}
