//! `/console/system/roles`: what each role grants and how far, and who can do what where on a day.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use clock::Date;
use pack::{HeldIn, Scope};
use serde_json::Value;

use super::names;
use crate::account::place_name;
use crate::page::Page;
use crate::page::export::{Column, Format, whole};
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/system/roles.html")]
struct Roles<'p> {
    p: &'p Page,
    on: Date,
    roles: Vec<RoleRow>,
    apart: Vec<(String, String)>,
    /// None: the reader may not know who has which role.
    people: Option<Vec<PersonRow>>,
    csv: String,
    jsonl: String,
}

struct RoleRow {
    role: String,
    held_in: String,
    capture: String,
    view: String,
    search: String,
    permissions: String,
    holders: usize,
}

struct PersonRow {
    account: String,
    name: String,
    role: String,
    place: String,
    reach: String,
    stands_in: bool,
}

/// `GET /console/system/roles`.
///
/// # Errors
/// A wrong parameter; a fault of the store.
pub async fn roles(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = Query::of(&uri);
    let on = query.day("on");
    let format = Format::read(&mut query);
    query.finish()?;
    let on = on.unwrap_or_else(|| page.today());
    let (pack, directory) = (site.system.pack(), site.system.people().directory());
    let scope = |scope: Scope| page.pick(scope.zh(), scope.word()).to_owned();
    let held_in = |held: HeldIn| page.pick(held.zh(), held.word()).to_owned();
    let names_of = |grants: &[String]| {
        let named = pack.permissions().filter(|p| grants.contains(&p.id));
        let named: Vec<&str> = named.map(|permission| page.say(&permission.label)).collect();
        named.join(page.w.people.comma)
    };
    let roles = pack
        .roles()
        .map(|role| RoleRow {
            role: page.say(&role.label).to_owned(),
            held_in: held_in(role.held_in),
            capture: scope(role.capture),
            view: scope(role.view),
            search: scope(role.search),
            permissions: names_of(&role.grants),
            holders: directory
                .grants()
                .iter()
                .filter(|grant| grant.role == role.id && grant.holds(on))
                .count(),
        })
        .collect();
    let apart = pack.exclusions().iter().map(|exclusion| {
        let roles = exclusion.roles.iter().filter_map(|id| pack.role(id));
        let roles: Vec<&str> = roles.map(|role| page.say(&role.label)).collect();
        (roles.join(page.w.people.comma), page.say(&exclusion.why).to_owned())
    });
    let apart = apart.collect();
    let who = page.visitor.as_ref().filter(|visitor| {
        ["account.manage", "account.unlock", "role.assign", "audit.read"]
            .iter()
            .any(|permission| visitor.may(permission))
    });
    let people = match who {
        None => None,
        Some(visitor) => {
            let table = site.system.who_can_what(page.now, &visitor.principal, on).await?;
            let names = names(&site, &page).await;
            let mut rows = Vec::new();
            for (account, holdings) in table {
                for holding in holdings {
                    let Some(role) = pack.role(&holding.role) else { continue };
                    let reach = [role.capture, role.view, role.search].map(scope).join(" / ");
                    rows.push(PersonRow {
                        name: names.get(&account).cloned().unwrap_or_else(|| account.clone()),
                        account: account.clone(),
                        role: page.say(&role.label).to_owned(),
                        place: place_name(&site, &page, &holding.held_in),
                        reach,
                        stands_in: holding.acting_for.is_some(),
                    });
                }
            }
            Some(rows)
        }
    };
    if let (Some(format), Some(people)) = (format, &people) {
        return Ok(file(&site, &page, people, format));
    }
    let (csv, jsonl) = (page.with("as", "csv"), page.with("as", "jsonl"));
    page.show(&Roles { p: &page, on, roles, apart, people, csv, jsonl })
}

/// Who can do what where, as a file.
fn file(site: &Site, page: &Page, people: &[PersonRow], format: Format) -> Response {
    let words = &page.w.people;
    let columns = vec![
        Column::new("account", words.code),
        Column::new("name", page.w.login.name),
        Column::new("role", words.role),
        Column::new("place", words.place),
        Column::new("scopes", words.scopes),
        Column::new("stands_in", words.stands_in),
    ];
    let row = |row: &PersonRow| {
        let texts = [&row.account, &row.name, &row.role, &row.place, &row.reach];
        let cells = texts.map(|text| Value::from(text.as_str())).into_iter();
        cells.chain([Value::from(row.stands_in)]).collect()
    };
    let rows = people.iter().map(row).collect();
    let known = site.system.readings().watermark().get();
    whole(page, known, (format, "roles"), columns, rows, None)
}
