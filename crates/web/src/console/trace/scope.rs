//! What a recall would reach, as far as the explorer looked: by place, party and certainty.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::trace::answer::{Certainty, State};

use super::Asked;
use super::chain::{Chain, certainty_words};
use crate::page::Page;
use crate::page::facts::Facts;
use crate::problem::Problem;
use crate::site::Site;

/// Rows of a table; what is beyond is in the file.
const ROWS: usize = 12;

/// The panel.
pub struct ScopeShown<'p> {
    pub(super) p: &'p Page,
    /// Lots.
    pub lots: usize,
    /// Items with a serial number.
    pub items: usize,
    /// Who has or sells of it.
    pub holders: usize,
    /// By division.
    pub regions: Vec<Reach>,
    /// By party.
    pub parties: Vec<Reach>,
    /// By certainty.
    pub certainties: Vec<(&'static str, usize)>,
    /// Of all.
    pub total: Reach,
    /// Lots and items that no test has looked at.
    pub untested: usize,
}

/// What was reached somewhere.
#[derive(Default, Clone)]
pub struct Reach {
    /// Where or whom.
    pub name: String,
    /// Who there has or sells of it.
    pub holders: usize,
    /// What can still be stopped.
    pub held: usize,
    /// What is sold.
    pub sold: usize,
    /// What is used up or no more, or was not seen.
    pub other: usize,
}

impl Reach {
    fn add(&mut self, state: Option<State>) {
        match state {
            Some(state) if state.can_be_stopped() || state == State::Recalled => self.held += 1,
            Some(State::Sold) => self.sold += 1,
            _ => self.other += 1,
        }
    }

    /// All of it.
    pub fn all(&self) -> usize {
        self.held + self.sold + self.other
    }
}

/// The panel of a chain that was followed forward; none where nothing came of it.
///
/// # Errors
/// A fault of the store.
pub async fn shown<'p>(
    _site: &Arc<Site>,
    page: &'p Page,
    facts: &Facts<'_>,
    asked: &Asked,
    chain: &Chain,
) -> Result<Option<ScopeShown<'p>>, Problem> {
    if !asked.goes("forward") {
        return Ok(None);
    }
    let is_goods = |sort: &str, id: &str| matches!(sort, "lot" | "item") && !id.contains("/00/");
    let things: Vec<_> =
        chain.things.iter().filter(|t| t.is_hit && is_goods(t.sort, &t.id)).collect();
    if things.is_empty() {
        return Ok(None);
    }
    let mut regions: BTreeMap<String, (Reach, BTreeSet<&str>)> = BTreeMap::new();
    let mut parties: BTreeMap<&str, Reach> = BTreeMap::new();
    let mut certainties: BTreeMap<Certainty, usize> = BTreeMap::new();
    let mut total = Reach::default();
    let mut holders: BTreeSet<&str> = chain.sales.keys().map(String::as_str).collect();
    for thing in &things {
        let holder = thing.holder.as_deref().or(thing.party.as_deref()).unwrap_or_default();
        let region = match chain.region_of(holder) {
            "" => page.w.trace.unknown_place.to_owned(),
            region => facts.region(region, page.today()),
        };
        let of = regions.entry(region).or_default();
        of.0.add(thing.state);
        of.1.insert(holder);
        parties.entry(holder).or_default().add(thing.state);
        total.add(thing.state);
        *certainties.entry(thing.certainty).or_default() += 1;
        if !holder.is_empty() {
            holders.insert(holder);
        }
    }
    let most_first = |mut rows: Vec<Reach>| {
        rows.sort_by(|a, b| b.all().cmp(&a.all()).then_with(|| a.name.cmp(&b.name)));
        rows.truncate(ROWS);
        rows
    };
    let regions = regions.into_iter().map(|(name, (reach, holders))| Reach {
        name,
        holders: holders.len(),
        ..reach
    });
    let parties = parties.into_iter().map(|(id, reach)| Reach {
        name: match id {
            "" => page.w.trace.unknown_party.to_owned(),
            id => chain.name_of(id),
        },
        ..reach
    });
    let certainties =
        certainties.into_iter().map(|(certainty, count)| (certainty_words(page, certainty), count));
    Ok(Some(ScopeShown {
        p: page,
        lots: things.iter().filter(|thing| thing.sort == "lot").count(),
        items: things.iter().filter(|thing| thing.sort == "item").count(),
        holders: holders.len(),
        regions: most_first(regions.collect()),
        parties: most_first(parties.collect()),
        certainties: certainties.collect(),
        total,
        untested: things.iter().filter(|thing| thing.test.is_none()).count(),
    }))
}
