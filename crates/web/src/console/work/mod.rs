//! `/console/work`: what has to be done, by when, by whom.

pub mod hands;
pub mod late;

use std::collections::HashMap;
use std::sync::Arc;

use app::case::TermView;
use app::duty::list::{DutyCounts, DutyItem, MOST_COUNTED, Selection, View};
use app::reading::When;
use askama::Template;
use axum::extract::{Request, State};
use axum::response::Response;
use clock::Date;
use pack::Pack;

use crate::page::Page;
use crate::page::ui::{Banner, Empty, Pager, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::routes::duties::{PLACE, place_of, place_text};
use crate::site::Site;

/// Duties of a page.
const ON_PAGE: usize = 20;

#[derive(Template)]
#[template(path = "console/work.html")]
struct Work<'p> {
    p: &'p Page,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    empty: Option<Empty<'p>>,
    done: Option<Banner<'p>>,
    procedures: Vec<Choice>,
    offices: Vec<Choice>,
    view: &'static str,
    overdue: bool,
    below: bool,
    time: String,
    pager: Pager<'p>,
    may_supervise: bool,
}

struct Tab {
    href: String,
    label: &'static str,
    count: Option<String>,
    is_here: bool,
    is_danger: bool,
}

/// What can be chosen.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// A duty as it is shown.
struct Line {
    due: Due,
    what: String,
    more: String,
    href: String,
    procedure: String,
    state: String,
    place: String,
    law: Option<String>,
    from: String,
    is_unreviewed: bool,
    is_provisional: bool,
    who: String,
    is_nobody: bool,
    stands_in: Option<String>,
    hands: String,
}

/// How much is left, in words, with a shape of its own for each standing.
pub(super) struct Due {
    pub(super) class: &'static str,
    pub(super) icon: &'static str,
    pub(super) words: String,
    pub(super) day: String,
    pub(super) is_late: bool,
}

/// The page.
///
/// # Errors
/// Nobody of the console is logged in; a wrong filter; a fault of the store.
pub async fn work(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    let mut query = Query::of(request.uri());
    let view =
        query.read("view", ("mine, pressing or all", "mine、pressing 或 all"), View::of_word);
    let procedure = query.text("procedure").filter(|text| !text.is_empty());
    let office = query.text("office").filter(|text| !text.is_empty());
    let below = query.text("below").is_some();
    let overdue = query.text("overdue").is_some();
    let after = query.read("after", PLACE, place_of);
    let done = query.text("done");
    query.finish()?;
    let view = view.unwrap_or_default();
    let selection =
        Selection { view, procedure: procedure.clone(), office, below, account: None, overdue };
    let system = &site.system;
    let found = system.duties(&who, &selection, When::default(), after, ON_PAGE).await?;
    let counts = system.duty_counts(&who, procedure.as_deref()).await?;
    let pack = system.pack();
    let accounts = found.duties.iter().flat_map(|d| d.assignee.iter().chain(&d.stands_in_for));
    let names = system.officer_names(&accounts.cloned().collect::<Vec<_>>()).await?;
    let lines: Vec<Line> =
        found.duties.iter().map(|duty| line(&page, &pack, duty, &names)).collect();
    let words = &page.w.work;
    let (title, text) = match view {
        View::Mine => (words.none, words.none_mine),
        View::Pressing => (words.none, words.none_pressing),
        View::All => (words.none, words.none_all),
    };
    let next = found.next.map(place_text);
    page.show(&Work {
        p: &page,
        tabs: tabs(&page, view, &counts),
        empty: lines.is_empty().then(|| Empty::new(&page, title, text)),
        done: done.map(|_| Banner::new(&page, Tone::Ok, words.done)),
        procedures: procedures(&page, &pack, procedure.as_deref()),
        offices: offices(&page, &pack, &who, selection.office.as_deref()),
        view: view.word(),
        overdue,
        below,
        time: page.date_time(&found.now),
        pager: Pager::new(&page, lines.len(), None, next.as_deref()),
        lines,
        may_supervise: page.visitor.as_ref().is_some_and(|v| v.may(app::duty::late::SUPERVISE)),
    })
}

fn tabs(page: &Page, here: View, counts: &DutyCounts) -> Vec<Tab> {
    let words = &page.w.work;
    let tab = |view: View, label, count: Option<u64>, is_danger| Tab {
        href: format!("/console/work?view={}", view.word()),
        label,
        count: count.map(|count| shown_count(page, count)),
        is_here: view == here,
        is_danger,
    };
    vec![
        tab(View::Mine, words.mine, Some(counts.mine), false),
        tab(View::Pressing, words.pressing, Some(counts.pressing), counts.overdue > 0),
        tab(View::All, words.all, None, false),
    ]
}

/// A number of duties; beyond what is counted it says so.
pub(super) fn shown_count(page: &Page, count: u64) -> String {
    match count >= MOST_COUNTED as u64 {
        true => format!("{}+", page.number(MOST_COUNTED)),
        false => page.number(count),
    }
}

/// The procedures, for choosing.
pub(super) fn procedures(page: &Page, pack: &Pack, chosen: Option<&str>) -> Vec<Choice> {
    let choice = |procedure: &pack::Procedure| Choice {
        id: procedure.id().to_owned(),
        label: page.say(procedure.label()).to_owned(),
        is_chosen: chosen == Some(procedure.id()),
    };
    pack.procedures().map(choice).collect()
}

/// The office of whoever asks and those right below it, for choosing.
pub(super) fn offices(
    page: &Page,
    pack: &Pack,
    who: &app::Principal,
    chosen: Option<&str>,
) -> Vec<Choice> {
    let today = page.today();
    let own = who.office.as_deref();
    let near = pack.offices().filter(|office| {
        let parent = office.on(today).and_then(|period| period.parent.as_deref());
        office.on(today).is_some() && (own == Some(&office.id) || own.is_some() && parent == own)
            || chosen == Some(&office.id)
    });
    let choice = |office: &pack::Office| Choice {
        id: office.id.clone(),
        label: office_name(page, pack, &office.id),
        is_chosen: chosen == Some(&office.id),
    };
    let mut found: Vec<Choice> = near.map(choice).collect();
    // One's own alone is no choice.
    if found.len() < 2 && chosen.is_none() {
        found.clear();
    }
    found
}

/// What an office is called today; its id where it is none.
pub(super) fn office_name(page: &Page, pack: &Pack, id: &str) -> String {
    let office = pack.office(id);
    let period = office.and_then(|office| office.on(page.today()).or(office.periods.last()));
    period.map_or_else(|| id.to_owned(), |period| page.say(&period.label).to_owned())
}

fn line(page: &Page, pack: &Pack, duty: &DutyItem, names: &HashMap<String, String>) -> Line {
    let words = &page.w.work;
    let steps: Vec<&str> = duty.steps.iter().map(|s| page.pick(&s.label.zh, &s.label.en)).collect();
    let listed = || steps.iter().take(3).copied().collect::<Vec<_>>().join(page.w.people.comma);
    let term = duty.term.as_ref();
    let what = match (duty.kind.as_str(), term) {
        ("approval", _) => words.agree(steps.first().copied().unwrap_or_default()),
        (_, Some(term)) => page.pick(&term.label.zh, &term.label.en).to_owned(),
        _ => words.go_on.to_owned(),
    };
    let more = match duty.kind.as_str() {
        "approval" => {
            term.map(|t| page.pick(&t.label.zh, &t.label.en).to_owned()).unwrap_or_default()
        }
        "party" => words.by_party.to_owned(),
        _ => listed(),
    };
    let name = |id: &String| names.get(id).cloned().unwrap_or_else(|| id.clone());
    let office = duty.office.as_deref().map(|id| office_name(page, pack, id));
    let law = term.and_then(|term| {
        let law = term.law.as_deref()?;
        Some(match &term.article {
            Some(article) => format!("{law} {}", words.article(article)),
            None => law.to_owned(),
        })
    });
    Line {
        due: due(page, duty.standing, term),
        what,
        more,
        href: format!("/console/cases/{}", duty.case),
        procedure: page.pick(&duty.procedure_label.zh, &duty.procedure_label.en).to_owned(),
        state: page.pick(&duty.state_label.zh, &duty.state_label.en).to_owned(),
        place: office.unwrap_or_else(|| duty.region.clone()),
        law,
        from: term.map(|term| words.from(short(page, &term.from))).unwrap_or_default(),
        is_unreviewed: term.is_some_and(|term| term.law.is_some() && !term.reviewed),
        is_provisional: term.is_some_and(|term| term.provisional),
        who: duty.assignee.as_ref().map_or_else(|| words.nobody.to_owned(), name),
        is_nobody: duty.assignee.is_none(),
        stands_in: duty.stands_in_for.as_ref().map(|who| words.stands_in(name(who))),
        hands: format!("/console/work/cases/{}", duty.case),
    }
}

/// How much is left of a term.
pub(super) fn due(page: &Page, standing: &str, term: Option<&TermView>) -> Due {
    let words = &page.w.work;
    let day = term.and_then(|term| term.due.as_deref()).map(|due| short(page, due));
    let made = |class, icon, text: String| Due {
        class,
        icon,
        words: text,
        day: day.clone().unwrap_or_default(),
        is_late: standing == "overdue",
    };
    let left = term.and_then(|term| term.left.as_ref());
    let amount = left.map_or(0, |left| left.amount);
    // Minutes are told in hours where there is more than one.
    let (amount, unit) = match left.map(|left| left.unit) {
        Some("minute") if amount >= 60 => (amount / 60, "hour"),
        Some(unit) => (amount, unit),
        None => (amount, ""),
    };
    let late = |amount| match unit {
        "day" => words.late_days(amount),
        "working_day" => words.late_working_days(amount),
        "hour" => words.late_hours(amount),
        "minute" => words.late_minutes(amount),
        _ => words.overdue.to_owned(),
    };
    let remaining = |amount| match unit {
        "day" => words.left_days(amount),
        "working_day" => words.left_working_days(amount),
        "hour" => words.left_hours(amount),
        "minute" => words.left_minutes(amount),
        _ => words.unknown.to_owned(),
    };
    let is_today = term.and_then(|term| term.due.as_deref()?.get(..10)?.parse::<Date>().ok())
        == Some(page.today());
    match standing {
        "overdue" if amount == 0 => made("due-late", "warn", words.overdue.to_owned()),
        "overdue" => made("due-late", "warn", late(amount)),
        "suspended" => made("due-paused", "pause", words.paused.to_owned()),
        "open" => made("", "doc", words.no_term.to_owned()),
        _ if is_today && matches!(unit, "day" | "working_day" | "") => {
            made("due-today", "bell", words.today.to_owned())
        }
        _ if is_today => made("due-today", "bell", remaining(amount)),
        "pressing" => made("due-soon", "clock", remaining(amount)),
        _ => made("", "clock", remaining(amount)),
    }
}

/// A day, or a day and its time, without the zone.
fn short(_page: &Page, moment: &str) -> String {
    let day = moment.get(..10).unwrap_or(moment);
    match moment.get(11..16) {
        Some(time) => format!("{day} {time}"),
        None => day.to_owned(),
    }
}
