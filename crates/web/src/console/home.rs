//! `GET /console`: what somebody has to do, and where to find the rest.

use std::sync::Arc;

use app::reading::{Selection, When};
use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::page::Page;
use crate::page::facts::Facts;
use crate::page::menu::{GROUPS, Group, Item};
use crate::page::timeline::{Month, Told, timeline};
use crate::page::ui::Empty;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/home.html")]
struct Home<'p> {
    p: &'p Page,
    name: &'p str,
    place: &'p str,
    duties: Empty<'p>,
    /// How many duties there are, of those that somebody has or sees.
    figures: Vec<Figure>,
    has_duties: bool,
    signals: Empty<'p>,
    /// What came in lately and is not as it should be.
    lately: Vec<Month>,
    pages: Vec<(&'static Group, &'static Item)>,
}

/// A number of duties, with where they stand.
struct Figure {
    name: &'static str,
    value: String,
    href: &'static str,
    is_danger: bool,
}

/// The workbench.
///
/// # Errors
/// Nobody of an office is logged in.
pub async fn home(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let (figures, has_duties) = figures(&site, &page, who).await?;
    let lately = lately(&site, &page).await?;
    let words = &page.w.workbench;
    let pages = GROUPS.iter().flat_map(|group| group.shown(&page).map(move |item| (group, item)));
    let visitor = page.visitor.as_deref();
    page.show(&Home {
        p: &page,
        name: visitor.map_or("", |visitor| visitor.name.as_str()),
        place: visitor.map_or("", |visitor| page.say(&visitor.place)),
        duties: Empty::new(&page, words.no_duties, words.no_duties_text)
            .action(words.find_subject, "/console/search"),
        figures,
        has_duties,
        signals: Empty::new(&page, words.no_signals, words.no_signals_text),
        lately,
        pages: pages.collect(),
    })
}

/// How many duties somebody has, and how many of those that they see are pressing.
async fn figures(
    site: &Site,
    page: &Page,
    who: &app::Principal,
) -> Result<(Vec<Figure>, bool), Problem> {
    if !page.visitor.as_ref().is_some_and(|visitor| visitor.may("archive.view")) {
        return Ok((Vec::new(), false));
    }
    let counts = site.system.duty_counts(who, None).await?;
    let words = &page.w.work;
    let figure = |name, count: u64, href, is_danger: bool| Figure {
        name,
        value: super::work::shown_count(page, count),
        href,
        is_danger: is_danger && count > 0,
    };
    let figures = vec![
        figure(words.mine, counts.mine, "/console/work", false),
        figure(words.mine_late, counts.mine_overdue, "/console/work?overdue=1", true),
        figure(words.pressing, counts.pressing, "/console/work?view=pressing", false),
        figure(words.overdue, counts.overdue, "/console/work?view=pressing&overdue=1", true),
    ];
    Ok((figures, counts.mine + counts.pressing > 0))
}

/// Kinds of which the newest are shown, and which of them.
const LATELY: [(&str, Option<&str>); 4] = [
    ("test-report", Some("result == 'fail'")),
    ("inspection", Some("result == 'fail'")),
    ("recall-notice", None),
    ("accident", None),
];
/// Records of each that are shown.
const SHOWN: usize = 4;

/// What came in lately and is not as it should be, as far as whoever asks reads it.
async fn lately(site: &Site, page: &Page) -> Result<Vec<Month>, Problem> {
    let who = page.at(Desk::Console)?;
    let system = &site.system;
    if !page.visitor.as_ref().is_some_and(|visitor| visitor.may("archive.view")) {
        return Ok(Vec::new());
    }
    let pack = system.pack();
    // Where the office has power: what lies elsewhere is somebody else's to see to.
    let office = who.office.as_deref().and_then(|office| pack.office(office)?.on(page.today()));
    let region = office.and_then(|office| match &office.regions {
        pack::Extent::These(codes) => codes.iter().find(|code| *code != pack::NO_REGION),
        pack::Extent::All => None,
    });
    let region = region.map(String::as_str);
    let mut views = Vec::new();
    for (kind, filter) in LATELY {
        if pack.kind(kind).is_some() {
            let selection = Selection { filter, region };
            let found = system.list(who, kind, &selection, When::default(), None, SHOWN).await?;
            views.extend(found.records);
        }
    }
    views.sort_by_key(|view| std::cmp::Reverse((view.stored.valid_at, view.stored.position)));
    let told: Vec<Told<'_>> = views.iter().map(Told::from).collect();
    let first = |told: &Told<'_>| Some(told.subjects.first()?.1.clone());
    let about: Vec<Option<String>> = told.iter().map(first).collect();
    let names = system.public_names(about.iter().flatten().cloned().collect()).await?;
    let facts = Facts::new(page, &pack, "/console/archive/");
    let mut months = timeline(page, &pack, &facts, &[], told, "/console/records/");
    let events = months.iter_mut().flat_map(|month| &mut month.events);
    for (event, about) in events.zip(about) {
        event.role = about.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    }
    Ok(months)
}
