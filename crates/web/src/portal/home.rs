//! `GET /`: where everybody begins.

use std::sync::Arc;

use app::disclosure::Disclosed;
use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::page::Page;
use crate::page::facts::Facts;
use crate::page::timeline::{Month, Told, timeline};
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Home<'p> {
    p: &'p Page,
    /// Entries of the public log.
    logged: u64,
    /// What was published lately.
    months: Vec<Month>,
}

/// Records of each kind that is news that are shown.
const SHOWN: usize = 4;

/// The home page.
///
/// # Errors
/// A fault of the program.
pub async fn home(State(site): State<Arc<Site>>, page: Page) -> Result<Response, Problem> {
    let logged = site.system.published().records;
    let pack = site.system.pack();
    let news = pack.kinds().filter(|kind| kind.look.news).map(|kind| kind.id.as_str());
    let news: Vec<&str> = news.collect();
    let lately = site.system.lately_disclosed(&news, SHOWN).await?;
    let facts = Facts::new(&page, &pack, "/archive/");
    let first = |record: &Disclosed| Some(record.subjects.first()?.1.clone());
    let names = site.system.public_names(lately.iter().filter_map(first).collect()).await?;
    let mut months =
        timeline(&page, &pack, &facts, &[], lately.iter().map(Told::from), "/records/");
    let events = months.iter_mut().flat_map(|month| &mut month.events);
    for (event, record) in events.zip(&lately) {
        // In the place of the role that somebody plays in it, who it is about.
        event.role = first(record).and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    }
    page.show(&Home { p: &page, logged, months })
}
