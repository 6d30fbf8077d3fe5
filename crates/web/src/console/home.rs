//! `GET /console`: what somebody has to do, and where to find the rest.

use askama::Template;
use axum::response::Response;

use crate::page::Page;
use crate::page::menu::{GROUPS, Group, Item};
use crate::page::ui::Empty;
use crate::page::visitor::Desk;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/home.html")]
struct Home<'p> {
    p: &'p Page,
    name: &'p str,
    place: &'p str,
    duties: Empty<'p>,
    signals: Empty<'p>,
    pages: Vec<(&'static Group, &'static Item)>,
}

/// The workbench. Duties come with the procedures; until then it says so.
///
/// # Errors
/// Nobody of an office is logged in.
pub async fn home(page: Page) -> Result<Response, Problem> {
    page.at(Desk::Console)?;
    let words = &page.w.workbench;
    let pages = GROUPS.iter().flat_map(|group| group.shown(&page).map(move |item| (group, item)));
    let visitor = page.visitor.as_deref();
    page.show(&Home {
        p: &page,
        name: visitor.map_or("", |visitor| visitor.name.as_str()),
        place: visitor.map_or("", |visitor| page.say(&visitor.place)),
        duties: Empty::new(&page, words.no_duties, words.no_duties_text)
            .action(words.find_subject, "/console/search"),
        signals: Empty::new(&page, words.no_signals, words.no_signals_text),
        pages: pages.collect(),
    })
}
