//! `GET /console/wings/{wing}`: what a part of the menu is for, and which systems the pack has in it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::page::Page;
use crate::page::menu::{GROUPS, Group, Item};
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/wing.html")]
struct Wing<'p> {
    p: &'p Page,
    group: &'static Group,
    items: Vec<&'static Item>,
    systems: Vec<&'p pack::System>,
}

/// The overview of a part of the menu.
///
/// # Errors
/// No such part.
pub async fn wing(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let group = GROUPS.iter().find(|group| group.id == id);
    let group = group.ok_or_else(|| Problem::bare(StatusCode::NOT_FOUND))?;
    let pack = site.system.pack();
    let systems = pack.systems().iter().filter(|system| system.wing == id).collect();
    let items = group.shown(&page).collect();
    page.show(&Wing { p: &page, group, items, systems })
}
