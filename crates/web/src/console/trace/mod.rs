//! `GET /console/trace`: the trace explorer. From raw material to shelf, as a picture and as a list.
//!
//! | file | what |
//! |---|---|
//! | `mod` | the question, and the page |
//! | `chain` | the answers to both directions as one: things, who has them, in which layer |
//! | `picture` | the layers as SVG |
//! | `acts` | what was done with what was asked about |
//! | `list` | the same as rows, and as a file |
//! | `scope` | what a recall would reach, and saving it |
//! | `findings` | what does not fit in all the records |
//! | `naming` | things and places in words |

mod acts;
mod chain;
pub mod findings;
mod list;
pub mod naming;
mod picture;
pub mod scope;

use std::sync::Arc;

use app::reading::When;
use app::trace::answer::{TracedAct, Way};
use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use clock::Date;

use self::acts::ActShown;
use self::chain::Chain;
use self::list::RowShown;
use self::naming::{Names, ids_of};
use self::picture::{Bar, Picture};
use self::scope::ScopeShown;
use super::archive::end_of;
use crate::page::Page;
use crate::page::export::Format;
use crate::page::facts::{Facts, in_path};
use crate::page::ui::{Banner, Empty, Tag, Tone};
use crate::page::visitor::Desk;
use crate::portal::find::ThingShown;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// Things that are looked at in each direction.
const MOST: usize = 2_000;
/// Records by which the graph may be behind before it is said.
const BEHIND: u64 = 5_000;
/// Rows of the list on the page; the file has all.
const ROWS: usize = 60;
/// Steps on the page.
const ACTS: usize = 40;

#[derive(Template)]
#[template(path = "console/trace.html")]
struct TracePage<'p> {
    p: &'p Page,
    asked: &'p Asked,
    ways: Vec<(String, &'static str, bool)>,
    shown: Option<Shown>,
    empty: Option<Empty<'p>>,
    fault: Option<Banner<'p>>,
    /// Where what was typed is no code: the lots and items on which it stands.
    things: Vec<ThingShown>,
}

/// What was found.
struct Shown {
    name: String,
    code: String,
    sort: &'static str,
    archive: String,
    item: Option<String>,
    tags: Vec<Tag>,
    things: usize,
    relations: usize,
    withheld: usize,
    is_whole: bool,
    picture: Picture,
    bars: Vec<Bar>,
    ends: Option<(String, String)>,
    rows: Vec<RowShown>,
    count: usize,
    acts: Vec<ActShown>,
    act_count: usize,
    findings: Vec<FindingShown>,
    scope: Option<ScopeShown>,
    known: u64,
}

/// What does not fit.
struct FindingShown {
    what: String,
    thing: String,
    detail: String,
    records: Vec<String>,
}

/// A question to the explorer.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// What is asked about, as it was typed.
    pub q: String,
    /// `back`, `forward` or `both`.
    pub way: String,
    /// The last day that counts.
    pub on: String,
    /// How many records are known.
    pub known: String,
    /// `all`, or `hit`: only what is touched.
    pub show: String,
}

impl Asked {
    /// The two times.
    pub fn when(&self) -> When {
        let day: Option<Date> = self.on.parse().ok();
        When { valid: day.map(end_of), known: self.known.parse().ok() }
    }

    /// Whether a direction is asked for.
    fn goes(&self, way: &str) -> bool {
        self.way == "both" || self.way == way
    }

    fn read(query: &mut Query) -> Self {
        let mut asked = Self {
            q: query.text("q").unwrap_or_default().trim().to_owned(),
            on: query.text("on").unwrap_or_default(),
            known: query.text("known").unwrap_or_default(),
            way: query.text("way").filter(|way| !way.is_empty()).unwrap_or("both".to_owned()),
            show: query.text("show").filter(|show| !show.is_empty()).unwrap_or("all".to_owned()),
        };
        if !asked.on.is_empty() && asked.on.parse::<Date>().is_err() {
            query.wrong("on", ("a day such as 2026-11-23", "日期，如 2026-11-23"));
        }
        if !asked.known.is_empty() && asked.known.parse::<u64>().is_err() {
            query.wrong("known", ("a number of records", "记录数"));
        }
        if !["both", "back", "forward"].contains(&asked.way.as_str()) {
            query.wrong("way", ("back, forward or both", " back、forward 或 both"));
        }
        if !["all", "hit"].contains(&asked.show.as_str()) {
            query.wrong("show", ("all or hit", " all 或 hit"));
        }
        asked.q = asked.q.chars().take(2_000).collect();
        asked
    }
}

/// The page, or with `as` the list as a file.
///
/// # Errors
/// Nobody of the console is logged in, or may not read; a wrong parameter; a fault of the store.
pub async fn trace(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let mut query = Query::of(&uri);
    let asked = Asked::read(&mut query);
    let format = Format::read(&mut query);
    query.finish()?;
    let words = &page.w.trace;
    let ways = [("back", words.back), ("forward", words.forward), ("both", words.both)];
    let ways = ways.map(|(way, label)| (page.with("way", way), label, asked.way == way)).to_vec();
    let mut shown = TracePage {
        p: &page,
        asked: &asked,
        ways,
        shown: None,
        empty: None,
        fault: None,
        things: Vec::new(),
    };
    if asked.q.is_empty() {
        shown.empty = Some(Empty::new(&page, words.nothing, words.nothing_text));
        return page.show(&shown);
    }
    let (mut back, mut forward) = (None, None);
    for way in [Way::Back, Way::Forward] {
        let name = if way == Way::Back { "back" } else { "forward" };
        if !asked.goes(name) {
            continue;
        }
        match site.system.trace(who, &asked.q, way, asked.when(), MOST).await {
            Ok(found) if way == Way::Back => back = Some(found),
            Ok(found) => forward = Some(found),
            Err(rejection) => {
                let problem = Problem::from(rejection);
                let said = problem.items().first().map(|item| &item.fault);
                if problem.status().is_server_error() || problem.status().as_u16() == 403 {
                    return Err(problem);
                }
                let said = said.map(|fault| page.pick(&fault.zh, &fault.en)).unwrap_or_default();
                // A number off a package, without the code of its product.
                let things = ThingShown::all(&site, &page, &asked.q, question).await?;
                if let [only] = things.as_slice() {
                    return Ok(page.go(&only.href));
                }
                if !things.is_empty() {
                    shown.things = things;
                    return page.show(&shown);
                }
                // After a start the graph is read; until then what it does not know says nothing.
                let merged = site.system.readings().watermark().get();
                let known = site.system.chain().known().unwrap_or(0);
                let said = if known.saturating_add(BEHIND) < merged { words.behind } else { said };
                shown.fault = Some(Banner::new(&page, Tone::Warn, said));
                return page.show_as(problem.status(), &shown);
            }
        }
    }
    let pack = site.system.pack();
    let facts = Facts::new(&page, &pack, "/console/archive/");
    let mut chain = Chain::of(&site, back, forward).await;
    let scope = scope::shown(&site, who, &page, &facts, &asked, &mut chain).await?;
    if let Some(format) = format {
        return Ok(list::file(&page, &facts, &chain, format));
    }
    let only_hit = asked.show == "hit";
    let (bars, ends) = picture::bars(&page, &chain);
    let rows = list::rows(&page, &facts, &chain, only_hit);
    let mut acts = acts::shown(&page, &pack, &facts, &chain);
    if chain.is_around() {
        // What an instrument or a party did lately matters more than how it began.
        acts.reverse();
    }
    shown.shown = Some(Shown {
        name: chain.name_of(&chain.asked),
        code: chain::short(&chain.asked).to_owned(),
        sort: chain::sort_words(&page, chain.sort()),
        archive: format!("/console/archive/{}", in_path(&chain.asked)),
        item: chain.asked.strip_prefix("https://id.gs1.org").map(|path| format!("/item{path}")),
        tags: tags(&page, &chain),
        things: chain.things.len(),
        relations: chain.links.len(),
        withheld: chain.withheld,
        is_whole: chain.is_whole,
        picture: picture::draw(&page, &facts, &chain, only_hit),
        bars,
        ends,
        count: rows.len(),
        rows: rows.into_iter().take(ROWS).collect(),
        act_count: acts.len(),
        acts: acts.into_iter().take(ACTS).collect(),
        findings: findings(&site, &page, &chain).await,
        scope,
        known: chain.known,
    });
    page.show(&shown)
}

/// The question about a thing.
pub(super) fn question(key: &str) -> String {
    let key: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
    format!("/console/trace?q={key}")
}

fn tags(page: &Page, chain: &Chain) -> Vec<Tag> {
    let mut tags = Vec::new();
    let Some(first) = chain.things.first() else { return tags };
    if first.is_recalled {
        tags.push(Tag::new(Tone::Solid, page.w.trace.recalled).icon("recall"));
    }
    // When an instrument was found out of tolerance last, and how it was found after that.
    if first.sort == "instrument" {
        let found = chain.acts.iter().filter(|own| own.act.what == "calibration");
        let found: Vec<_> = found.filter(|own| own.part.is_none()).map(|own| &own.act).collect();
        let day = |act: &TracedAct| act.at.day_in_china().to_string();
        if let Some(bad) = found.iter().rev().find(|act| act.is_bad) {
            tags.push(Tag::new(Tone::Danger, page.w.trace.found_out(day(bad))));
        }
        if let Some(last) = found.last().filter(|act| !act.is_bad) {
            tags.push(Tag::new(Tone::Ok, page.w.trace.found_in(day(last))));
        }
    }
    match first.test {
        Some(false) => tags.push(Tag::new(Tone::Danger, page.w.trace.failed)),
        Some(true) => tags.push(Tag::new(Tone::Ok, page.w.trace.passed)),
        None => {}
    }
    tags
}

async fn findings(site: &Site, page: &Page, chain: &Chain) -> Vec<FindingShown> {
    let mut ids = Vec::new();
    for found in &chain.findings {
        ids.extend(ids_of(&found.thing, found.detail.as_deref()));
    }
    let names = Names::of(site, &ids).await;
    let shown = chain.findings.iter().map(|finding| {
        let (zh, en) = finding.sort.words();
        FindingShown {
            what: page.pick(zh, en).to_owned(),
            thing: names.say(page, &finding.thing),
            detail: finding
                .detail
                .as_deref()
                .map(|detail| names.detail(page, finding.sort, detail))
                .unwrap_or_default(),
            records: finding.records.iter().take(4).map(ToString::to_string).collect(),
        }
    });
    shown.collect()
}
