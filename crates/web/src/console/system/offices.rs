//! `/console/system/offices`: the tree of offices as of a day, and what each has power over.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use clock::Date;
use pack::{Extent, Pack};
use serde_json::Value;

use super::coded;
use crate::page::Page;
use crate::page::export::{Column, Format, whole};
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/system/offices.html")]
struct Offices<'p> {
    p: &'p Page,
    on: Date,
    rows: Vec<Row>,
    gone: Vec<Gone>,
    csv: String,
    jsonl: String,
}

struct Row {
    id: String,
    depth: usize,
    name: String,
    sort: String,
    regions: String,
    trades: String,
    kinds: String,
    people: usize,
}

struct Gone {
    id: String,
    name: String,
    last: String,
    successor: String,
}

/// `GET /console/system/offices`.
///
/// # Errors
/// A wrong parameter.
pub async fn list(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = Query::of(&uri);
    let on = query.day("on");
    let format = Format::read(&mut query);
    query.finish()?;
    let on = on.unwrap_or_else(|| page.today());
    let pack = site.system.pack();
    let mut rows = Vec::new();
    let tops = pack.offices().filter(|o| o.on(on).is_some_and(|period| period.parent.is_none()));
    for top in tops {
        below(&site, &page, &pack, on, &top.id, 0, &mut rows);
    }
    let gone = pack.offices().filter(|office| office.on(on).is_none());
    let gone = gone
        .filter_map(|office| {
            let last =
                office.periods.iter().rev().find(|p| p.in_force.to.is_some_and(|to| to < on))?;
            Some(Gone {
                id: office.id.clone(),
                name: page.say(&last.label).to_owned(),
                last: last.in_force.to.map(|day| day.to_string()).unwrap_or_default(),
                successor: last.successor.clone().unwrap_or_default(),
            })
        })
        .collect();
    if let Some(format) = format {
        return Ok(file(&site, &page, &rows, format));
    }
    let (csv, jsonl) = (page.with("as", "csv"), page.with("as", "jsonl"));
    page.show(&Offices { p: &page, on, rows, gone, csv, jsonl })
}

fn file(site: &Site, page: &Page, rows: &[Row], format: Format) -> Response {
    let words = &page.w.people;
    let columns = vec![
        Column::new("id", words.code),
        Column::new("office", words.office),
        Column::new("sort", words.sort),
        Column::new("regions", words.regions),
        Column::new("trades", words.trades),
        Column::new("kinds", words.kinds),
        Column::new("holders", words.holders),
    ];
    let texts = |row: &Row| {
        let texts = [&row.id, &row.name, &row.sort, &row.regions, &row.trades, &row.kinds];
        let cells = texts.map(|text| Value::from(text.as_str())).into_iter();
        cells.chain([Value::from(row.people)]).collect()
    };
    let rows = rows.iter().map(texts).collect();
    let known = site.system.readings().watermark().get();
    whole(page, known, (format, "offices"), columns, rows, None)
}

fn below(
    site: &Site,
    page: &Page,
    pack: &Pack,
    on: Date,
    id: &str,
    depth: usize,
    rows: &mut Vec<Row>,
) {
    let Some(period) = pack.office(id).and_then(|office| office.on(on)) else { return };
    let all = page.w.people.all;
    let extent = |extent: &Extent, name: &dyn Fn(&str) -> String| match extent {
        Extent::All => all.to_owned(),
        Extent::These(named) => {
            let names: Vec<String> = named.iter().map(|named| name(named)).collect();
            names.join(page.w.people.comma)
        }
    };
    let division = |code: &str| {
        let found = pack.tables().divisions.get(code, on);
        found.map_or_else(|| page.w.ui.abroad.to_owned(), |division| division.name.clone())
    };
    let kind = |id: &str| pack.kind(id).map_or(id.to_owned(), |k| page.say(&k.label).to_owned());
    let directory = site.system.people().directory();
    let held_here = |grant: &&app::people::grant::Grant| {
        grant.held_in.as_deref() == Some(id) && grant.holds(on)
    };
    rows.push(Row {
        id: id.to_owned(),
        depth,
        name: page.say(&period.label).to_owned(),
        sort: coded(site, page, "office-type", &period.office_type),
        regions: extent(&period.regions, &division),
        trades: extent(&period.industries, &str::to_owned),
        kinds: extent(&period.kinds, &kind),
        people: directory.grants().iter().filter(held_here).count(),
    });
    // A sound pack has no circle.
    if depth < 8 {
        let is_child = |office: &&pack::Office| {
            office.on(on).is_some_and(|period| period.parent.as_deref() == Some(id))
        };
        for child in pack.offices().filter(is_child) {
            below(site, page, pack, on, &child.id, depth + 1, rows);
        }
    }
}
