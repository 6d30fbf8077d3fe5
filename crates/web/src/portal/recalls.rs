//! `/recalls`: what is being recalled and how much has come back; `/recalls/{id}`: one recall.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use app::case::{PublishedCase, Recall};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use model::RecordId;
use pack::{Field, FieldType, Pack, Procedure};
use serde_json::{Map, Value};

use super::record::nothing;
use crate::casework::course::say;
use crate::cursor::Cursor;
use crate::page::Page;
use crate::page::facts::{Fact, Facts, plain_id};
use crate::page::ui::{Empty, Meter, Pager, Tag, Tone};
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// The kind of a notice.
const NOTICE: &str = "recall-notice";
/// Recalls on a page.
const ON_PAGE: usize = 20;
/// Tables with what came back, those that were verified first.
const RETURNS: [&str; 2] = ["effect_returns", "returns"];
/// How many came back, as verified or as reported.
const CAME_BACK: [&str; 2] = ["assessed_quantity", "returned_quantity"];

#[derive(Template)]
#[template(path = "portal/recalls/list.html")]
struct ListPage<'p> {
    p: &'p Page,
    recalls: Vec<Row>,
    pager: Option<Pager<'p>>,
    empty: Option<Empty<'p>>,
}

/// A recall in the list.
struct Row {
    href: String,
    title: String,
    maker: String,
    number: String,
    since: String,
    defect: String,
    tag: Option<Tag>,
    effect: Option<Effect>,
}

/// How much came back.
struct Effect {
    came_back: u64,
    of: u64,
    per_cent: String,
    meter: Meter,
    /// As of which day, and whether the office verified it.
    as_of: String,
    verified: bool,
}

#[derive(Template)]
#[template(path = "portal/recalls/show.html")]
struct RecallPage<'p> {
    p: &'p Page,
    row: Row,
    notice: String,
    roles: Vec<Fact>,
    facts: Vec<Fact>,
    hotline: String,
    dial: String,
    lines: Vec<Line>,
    by_certainty: Vec<(String, u64, u64)>,
    steps: Vec<StepLine>,
    index: u64,
    is_signed: bool,
}

/// What came back in a division.
struct Line {
    region: String,
    certainty: String,
    in_scope: u64,
    came_back: u64,
    meter: Meter,
    remedied: String,
    out_of_reach: String,
}

/// What was published meanwhile.
struct StepLine {
    label: String,
    at: String,
    facts: Vec<Fact>,
}

/// The list.
///
/// # Errors
/// A wrong parameter; a fault of the store.
pub async fn list(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = Query::of(&uri);
    let (_, after) = Cursor::read(&mut query, &[NOTICE]);
    query.finish()?;
    let found = site.system.recalls(NOTICE, after, ON_PAGE).await?;
    let pack = site.system.pack();
    let names = names(&site, found.recalls.iter()).await?;
    let rows: Vec<Row> =
        found.recalls.iter().map(|recall| row(&page, &pack, recall, &names)).collect();
    let words = &page.w.recalls;
    let empty = rows.is_empty().then(|| Empty::new(&page, words.nothing, words.nothing_text));
    let next = found.next.map(|head| Cursor::behind(head, found.as_of).text(&[NOTICE]));
    let pager = (!rows.is_empty()).then(|| Pager::new(&page, rows.len(), None, next.as_deref()));
    page.show(&ListPage { p: &page, recalls: rows, pager, empty })
}

/// A recall.
///
/// # Errors
/// No such recall, or none that is public; a fault of the store.
pub async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let id: RecordId = id.parse().map_err(|_| nothing())?;
    let recall = site.system.recall(NOTICE, id).await?.ok_or_else(nothing)?;
    let pack = site.system.pack();
    let names = names(&site, std::iter::once(&recall)).await?;
    let facts = Facts::new(&page, &pack, "/archive/");
    let notice = &recall.notice;
    let on = notice.valid_at.day_in_china();
    let kind = pack.kind(&notice.kind);
    let mut roles = facts.roles(&notice.subjects, "");
    for role in &mut roles {
        if let crate::page::facts::Shown::Subject { href, id } = &mut role.shown {
            let named = notice.subjects.iter().find(|(_, full)| *href == facts.href(full));
            if let Some(name) = named.and_then(|(_, full)| names.get(full)) {
                *id = name.clone();
            }
        }
    }
    let case = recall.case.as_ref();
    let lines = case.map(|case| lines(&pack, &facts, case)).unwrap_or_default();
    let hotline =
        kind.map(|kind| facts.line(kind, &notice.open, "hotline", on)).unwrap_or_default();
    let template = RecallPage {
        p: &page,
        row: row(&page, &pack, &recall, &names),
        notice: notice.id.to_string(),
        roles,
        facts: kind.map(|kind| facts.of(kind, &notice.open, on)).unwrap_or_default(),
        dial: hotline.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
        hotline,
        by_certainty: by_certainty(&lines),
        steps: case.map(|case| steps(&page, &pack, &facts, case)).unwrap_or_default(),
        lines,
        index: notice.index,
        is_signed: notice.is_signed,
    };
    page.show(&template)
}

/// What the public registers call the subjects of some recalls.
async fn names<'r>(
    site: &Site,
    recalls: impl Iterator<Item = &'r Recall>,
) -> Result<HashMap<String, String>, Problem> {
    let ids = recalls.flat_map(|recall| recall.notice.subjects.iter());
    let named = ids.filter(|(role, _)| ["maker", "importer", "product"].contains(&role.as_str()));
    let mut ids: Vec<String> = named.map(|(_, id)| id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(site.system.public_names(ids).await?)
}

fn row(page: &Page, pack: &Pack, recall: &Recall, names: &HashMap<String, String>) -> Row {
    let notice = &recall.notice;
    let facts = Facts::new(page, pack, "/archive/");
    let on = notice.valid_at.day_in_china();
    let line = |name: &str| {
        let kind = pack.kind(&notice.kind);
        kind.map(|kind| facts.line(kind, &notice.open, name, on)).unwrap_or_default()
    };
    let called = |role: &str| {
        let ids = notice.subjects.iter().filter(|(of, _)| of == role).map(|(_, id)| id);
        let names = ids.map(|id| names.get(id).cloned().unwrap_or_else(|| plain_id(id).to_owned()));
        names.collect::<Vec<_>>().join(page.pick("、", ", "))
    };
    let (product, maker, number) = (called("product"), called("maker"), line("notice_no"));
    let case = recall.case.as_ref();
    let since = line("published_on");
    Row {
        href: format!("/recalls/{}", notice.id),
        title: if product.is_empty() { number.clone() } else { product },
        maker,
        number,
        since: if since.is_empty() { on.to_string() } else { since },
        defect: line("defect"),
        tag: case.map(|case| {
            let (tone, icon) = match case.ended_at {
                Some(_) => (Tone::Ok, "check"),
                None => (Tone::Warn, "recall"),
            };
            Tag::new(tone, say(page, &case.state_label)).icon(icon)
        }),
        effect: case.and_then(effect),
    }
}

fn whole(value: Option<&Value>) -> Option<u64> {
    value.and_then(Value::as_u64)
}

/// The last table with what came back, and the step that said it.
fn returns(case: &PublishedCase) -> Option<(usize, &'static str, &Vec<Value>)> {
    let steps = case.steps.iter().enumerate().rev();
    steps.into_iter().find_map(|(at, step)| {
        RETURNS.iter().find_map(|name| Some((at, *name, step.form.get(*name)?.as_array()?)))
    })
}

/// How much came back, by what was said last: the sum over divisions, else the figures by themselves.
fn effect(case: &PublishedCase) -> Option<Effect> {
    let last =
        case.steps.iter().rev().find(|step| {
            CAME_BACK.iter().chain(&RETURNS).any(|name| step.form.contains_key(*name))
        })?;
    let sum = |rows: &[Value], column: &str| {
        rows.iter().filter_map(|row| whole(row.get(column))).fold(0_u64, u64::saturating_add)
    };
    let table = RETURNS.iter().find_map(|name| last.form.get(*name)?.as_array());
    let said = CAME_BACK.iter().find_map(|name| whole(last.form.get(*name)));
    let (came_back, of) = match table {
        Some(rows) => (said.unwrap_or_else(|| sum(rows, "came_back")), sum(rows, "in_scope")),
        None => (said?, whole(case.last("planned_quantity"))?),
    };
    let permille = u128::from(came_back) * 1000 / u128::from(of.max(1));
    Some(Effect {
        came_back,
        of,
        per_cent: format!("{}.{}", permille / 10, permille % 10),
        meter: Meter::new(if permille >= 900 { Tone::Ok } else { Tone::Warn }, came_back, of),
        as_of: last.at.day_in_china().to_string(),
        verified: last.form.contains_key(CAME_BACK[0]),
    })
}

fn procedure<'p>(pack: &'p Pack, case: &PublishedCase) -> Option<&'p Procedure> {
    pack.procedure(&case.procedure)
}

/// What came back, by division and certainty.
fn lines(pack: &Pack, facts: &Facts<'_>, case: &PublishedCase) -> Vec<Line> {
    let Some((at, name, rows)) = returns(case) else { return Vec::new() };
    let step = &case.steps[at];
    let on = step.at.day_in_china();
    let form = procedure(pack, case).and_then(|procedure| procedure.form(&step.step));
    let columns: &[Field] =
        match form.and_then(|f| f.fields.iter().find(|field| field.name == name)) {
            Some(Field { field_type: FieldType::Table { columns }, .. }) => columns,
            _ => &[],
        };
    let cell = |row: &Value, name: &str| {
        let column = columns.iter().find(|column| column.name == name);
        let value = row.get(name);
        column
            .zip(value)
            .map_or_else(String::new, |(c, v)| facts.value(&c.field_type, v, on).line())
    };
    let line = |row: &Value| {
        let number = |name: &str| whole(row.get(name)).unwrap_or(0);
        let (in_scope, came_back) = (number("in_scope"), number("came_back"));
        Line {
            region: cell(row, "region"),
            certainty: cell(row, "certainty"),
            in_scope,
            came_back,
            meter: Meter::new(Tone::Info, came_back, in_scope),
            remedied: cell(row, "remedied"),
            out_of_reach: cell(row, "out_of_reach"),
        }
    };
    rows.iter().map(line).collect()
}

/// The same summed by certainty.
fn by_certainty(lines: &[Line]) -> Vec<(String, u64, u64)> {
    let mut sums: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for line in lines {
        let sum = sums.entry(&line.certainty).or_default();
        sum.0 = sum.0.saturating_add(line.came_back);
        sum.1 = sum.1.saturating_add(line.in_scope);
    }
    sums.into_iter().map(|(name, (back, of))| (name.to_owned(), back, of)).collect()
}

/// What was published, step by step: all but the tables, which stand by themselves, and what the notice
/// says already.
fn steps(page: &Page, pack: &Pack, facts: &Facts<'_>, case: &PublishedCase) -> Vec<StepLine> {
    let of = procedure(pack, case);
    let shown = case.steps.iter().rev().map(|step| {
        let form = of.and_then(|procedure| procedure.form(&step.step));
        let is_notice = form.is_some_and(|form| form.writes.as_deref() == Some(NOTICE));
        let fields: Vec<Field> = form.map(|form| form.fields.clone()).unwrap_or_default();
        let rest: Map<String, Value> = step
            .form
            .iter()
            .filter(|(name, _)| !is_notice && !RETURNS.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        StepLine {
            label: say(page, &step.label).to_owned(),
            at: step.at.day_in_china().to_string(),
            facts: facts.of_fields(&fields, &rest, step.at.day_in_china()),
        }
    });
    shown.collect()
}
