//! `/console/work/late`: how terms are kept, for those who supervise.

use std::sync::Arc;

use app::duty::late::{LateSelection, SUPERVISE, by_office};
use askama::Template;
use axum::extract::{Request, State};
use axum::response::Response;
use clock::Date;
use serde_json::Value;

use super::{Choice, office_name, offices};
use crate::page::Page;
use crate::page::export::{Column, Format, whole};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// Days of the time that is shown where none is asked for.
const USUAL: i64 = 90;

#[derive(Template)]
#[template(path = "console/work_late.html")]
struct Late<'p> {
    p: &'p Page,
    from: String,
    until: String,
    choices: Vec<Choice>,
    offices: Vec<(String, u64, u64)>,
    lines: Vec<Line>,
    refused: Vec<RefusedLine>,
}

struct Line {
    office: String,
    procedure: String,
    term: String,
    who: String,
    done: u64,
    open: u64,
    hours: Option<u64>,
}

struct RefusedLine {
    case: String,
    step: String,
    why: String,
    again: String,
}

/// The page, or the same as a file.
///
/// # Errors
/// Nobody of the console is logged in, or who may not supervise; wrong days; a fault of the store.
pub async fn late(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    let mut query = Query::of(request.uri());
    let (from, until) = (query.day("from"), query.day("until"));
    let office = query.text("office").filter(|text| !text.is_empty());
    let format = Format::read(&mut query);
    query.finish()?;
    let until = until.unwrap_or_else(|| page.today());
    let before = |day: Date| day.plus(-USUAL).unwrap_or(Date::MIN);
    let from = from.unwrap_or_else(|| before(until));
    let selection = LateSelection { from, until, office };
    let system = &site.system;
    let found = system.late(&who, &selection).await?;
    let pack = system.pack();
    let accounts: Vec<String> = found.iter().filter_map(|line| line.account.clone()).collect();
    let names = system.officer_names(&accounts).await?;
    let words = &page.w.work;
    let lines = found.iter().map(|line| Line {
        office: office_name(&page, &pack, &line.office),
        procedure: page.pick(&line.procedure_label.zh, &line.procedure_label.en).to_owned(),
        term: page.pick(&line.term_label.zh, &line.term_label.en).to_owned(),
        who: line.account.as_ref().map_or_else(
            || words.nobody.to_owned(),
            |id| names.get(id).cloned().unwrap_or_else(|| id.clone()),
        ),
        done: line.done,
        open: line.open,
        hours: line.hours,
    });
    let lines: Vec<Line> = lines.collect();
    if let Some(format) = format {
        let known = system.readings().watermark().get();
        return Ok(file(&page, known, lines, format));
    }
    let sums = by_office(&found).into_iter();
    let sums = sums.map(|sum| (office_name(&page, &pack, &sum.office), sum.done, sum.open));
    // What the program could not do concerns all offices; who runs none of them is not told of it.
    let is_whole = who.office.as_deref().and_then(|office| pack.office(office)?.on(page.today()));
    let is_whole = is_whole.is_none_or(|period| period.parent.is_none());
    let refused = if is_whole { system.refused_steps() } else { Vec::new() };
    page.show(&Late {
        p: &page,
        from: from.to_string(),
        until: until.to_string(),
        choices: offices(&page, &pack, &who, selection.office.as_deref()),
        offices: sums.collect(),
        lines,
        refused: refused
            .into_iter()
            .map(|step| RefusedLine {
                case: step.case.to_string(),
                step: step.step,
                why: step
                    .faults
                    .first()
                    .map(|fault| page.pick(&fault.zh, &fault.en).to_owned())
                    .unwrap_or_default(),
                again: page.date_time(&step.again_at),
            })
            .collect(),
    })
}

fn file(page: &Page, known: u64, lines: Vec<Line>, format: Format) -> Response {
    let words = &page.w.work;
    let columns = vec![
        Column::new("office", words.office),
        Column::new("procedure", words.procedure),
        Column::new("term", words.term),
        Column::new("who", words.hands),
        Column::new("done_late", words.late_done),
        Column::new("not_done", words.late_open),
        Column::new("mean_hours", words.late_hours_mean),
    ];
    let rows = lines.into_iter().map(|line| {
        vec![
            Value::from(line.office),
            Value::from(line.procedure),
            Value::from(line.term),
            Value::from(line.who),
            Value::from(line.done),
            Value::from(line.open),
            line.hours.map_or(Value::Null, Value::from),
        ]
    });
    whole(page, known, (format, "late"), columns, rows.collect(), Some(SUPERVISE))
}
