//! What a recall would have to reach, by place, party and certainty; and saving it as a record.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::reading::When;
use app::trace::answer::{Certainty, Quantity, State};
use app::trace::{ScopeLine, Touch};
use app::{Fault, Principal};
use axum::extract::{Request, State as Extract};
use axum::http::StatusCode;
use axum::response::Response;
use pack::Extent;

use super::chain::{Chain, certainty_words};
use super::{Asked, MOST};
use crate::page::Page;
use crate::page::facts::Facts;
use crate::page::form::Form;
use crate::page::format::decimal;
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

/// Rows of a table; the record that is saved has all.
const ROWS: usize = 15;
/// The permission to save a scope.
const SAVE: &str = "trace.scope";

/// The panel.
pub struct ScopeShown {
    /// Lots.
    pub lots: usize,
    /// Items with a serial number.
    pub items: usize,
    /// Who has of it, or sold of it.
    pub holders: usize,
    /// By division.
    pub regions: Vec<Reach>,
    /// By party.
    pub parties: Vec<Reach>,
    /// By certainty: words, lines.
    pub certainties: Vec<(&'static str, usize)>,
    /// Of all.
    pub total: Reach,
    /// What was used up to make others of it.
    pub used: usize,
    /// Lines that the reader may not see.
    pub withheld: u64,
    /// Whether nothing was left out.
    pub is_whole: bool,
    /// Whether the reader may save it.
    pub may_save: bool,
}

/// What was reached somewhere: sums by unit.
#[derive(Default, Clone)]
pub struct Reach {
    /// Where or whom.
    pub name: String,
    /// Who there has or sold of it.
    pub holders: usize,
    held: Sums,
    sold: Sums,
    lines: usize,
}

/// Quantities by unit, in millionths.
#[derive(Default, Clone)]
struct Sums(BTreeMap<String, i128>);

impl Sums {
    fn add(&mut self, quantity: Option<&Quantity>) {
        let Some(quantity) = quantity else { return };
        let Ok(value) = quantity.value.parse::<f64>() else { return };
        *self.0.entry(quantity.unit.clone()).or_default() += (value * 1e6) as i128;
    }

    fn shown(&self, page: &Page) -> String {
        if self.0.is_empty() {
            return "0".to_owned();
        }
        let one = |(unit, sum): (&String, &i128)| {
            let whole = sum / 1_000_000;
            format!("{} {}", decimal(&whole.to_string()), super::list::unit(page, unit))
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(page.pick("，", ", "))
    }
}

impl Reach {
    fn add(&mut self, line: &ScopeLine) {
        self.lines += 1;
        match line.state {
            State::Sold => self.sold.add(line.quantity.as_ref()),
            State::Held | State::InTransit | State::Recalled => {
                self.held.add(line.quantity.as_ref());
            }
            State::Used | State::Ended | State::Unknown => {}
        }
    }

    /// What can still be stopped.
    pub fn held(&self, page: &Page) -> String {
        self.held.shown(page)
    }

    /// What is sold.
    pub fn sold(&self, page: &Page) -> String {
        self.sold.shown(page)
    }

    fn weight(&self) -> i128 {
        self.held.0.values().chain(self.sold.0.values()).sum()
    }
}

/// The panel of a chain that was followed forward; none where nothing came of it.
///
/// # Errors
/// A fault of the store.
pub async fn shown(
    site: &Arc<Site>,
    who: &Principal,
    page: &Page,
    facts: &Facts<'_>,
    asked: &Asked,
    chain: &mut Chain,
) -> Result<Option<ScopeShown>, Problem> {
    if !asked.goes("forward") {
        return Ok(None);
    }
    let touch = Touch { id: asked.q.clone(), from: None, until: None };
    let when = When { known: Some(chain.known), ..asked.when() };
    let mut stream = site.system.scope(who, &touch, when).await?;
    let mut regions: BTreeMap<Option<String>, (Reach, BTreeSet<String>)> = BTreeMap::new();
    let mut parties: BTreeMap<String, Reach> = BTreeMap::new();
    let mut certainties: BTreeMap<Certainty, usize> = BTreeMap::new();
    let (mut total, mut used) = (Reach::default(), 0);
    let (mut lots, mut items) = (BTreeSet::new(), 0);
    let mut touched: Vec<ScopeLine> = Vec::new();
    while let Some(lines) = stream.next().await? {
        // A pallet is no goods: what was on it is told by itself.
        for line in lines.iter().filter(|line| !line.id.contains("/00/")) {
            match line.sort {
                "item" => items += 1,
                _ => _ = lots.insert(line.id.clone()),
            }
            if chain.is_around() && touched.len() < MOST {
                touched.push(line.clone());
            }
            *certainties.entry(line.certainty).or_default() += 1;
            total.add(line);
            if line.state == State::Used {
                used += 1;
                continue;
            }
            let holder = line.party.clone().or(line.place.clone()).unwrap_or_default();
            let of = regions.entry(line.region.clone()).or_default();
            of.0.add(line);
            of.1.insert(holder.clone());
            parties.entry(holder).or_default().add(line);
        }
    }
    let summary = stream.summary();
    if summary.lines == 0 {
        return Ok(None);
    }
    if !touched.is_empty() {
        chain.touch(site, &touched).await;
    }
    let called = site.system.called(parties.keys().map(String::as_str)).await;
    let most_first = |mut rows: Vec<Reach>| {
        rows.sort_by(|a, b| b.weight().cmp(&a.weight()).then_with(|| a.name.cmp(&b.name)));
        rows.truncate(ROWS);
        rows
    };
    let holders = parties.keys().filter(|id| !id.is_empty()).count();
    let regions = regions.into_iter().map(|(region, (reach, holders))| Reach {
        name: match region {
            None => page.w.trace.unknown_place.to_owned(),
            Some(region) => facts.region(&region, page.today()),
        },
        holders: holders.len(),
        ..reach
    });
    let parties = parties.into_iter().map(|(id, reach)| Reach {
        name: match called.get(&id) {
            Some(called) if !called.name.is_empty() => called.name.clone(),
            _ if id.is_empty() => page.w.trace.unknown_party.to_owned(),
            _ => crate::page::facts::plain_id(&id).to_owned(),
        },
        ..reach
    });
    let certainties =
        certainties.into_iter().map(|(certainty, count)| (certainty_words(page, certainty), count));
    Ok(Some(ScopeShown {
        lots: lots.len(),
        items,
        holders,
        regions: most_first(regions.collect()),
        parties: most_first(parties.collect()),
        certainties: certainties.collect(),
        total,
        used,
        withheld: summary.withheld,
        is_whole: summary.is_whole,
        may_save: page.visitor.as_ref().is_some_and(|visitor| visitor.may(SAVE)),
    }))
}

/// `POST /console/trace/scope`: saves the scope as a record, from which a recall is opened.
///
/// # Errors
/// Nobody of the console is logged in, or may not save; no such thing; a fault of the store.
pub async fn save(
    Extract(site): Extract<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    let mut form = Form::read(&page, request).await?;
    let asked = Asked {
        q: form.text("q"),
        on: form.text("on"),
        known: form.text("known"),
        ..Asked::default()
    };
    form.finish()?;
    let pack = site.system.pack();
    let office = pack.office(&who.on_behalf_of).ok_or_else(|| {
        let fault = Fault::new(
            "trace.no_office",
            "a scope is saved for an office; choose one of yours to act in, at Account",
            "召回范围以机关名义保存；请在“账号”中选择所代表的机关",
        );
        Problem::new(StatusCode::FORBIDDEN, fault)
    })?;
    // The division of the office: that of all in which it acts which is above the others.
    let period = office.on(page.today());
    let region = match period.map(|period| &period.regions) {
        Some(Extent::These(regions)) => regions.iter().min().cloned(),
        _ => None,
    };
    let region = region.unwrap_or_else(|| office.id.chars().take(6).collect());
    let touch = Touch { id: asked.q.clone(), from: None, until: None };
    let office = Some(office.id.clone());
    let saved = site.system.save_scope(&who, &touch, asked.when(), office, region).await?;
    // The record's page is to show it.
    site.system.await_merged(saved.position + 1).await?;
    Ok(page.go(&format!("/console/records/{}", saved.record)))
}
