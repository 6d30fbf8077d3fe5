//! Searching subjects.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use pack::Scope;
use search::{Facet, How};
use store::readings::AsOf;

use super::sorts::{Sort, is_public};
use super::state::State;
use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::people::{Holding, Seat};
use crate::reading::{READ, When};
use crate::system::System;
use crate::time::day;

/// The permission to search organizations beyond what one may read.
pub const SEARCH: &str = "search.use";
/// The most hits of a page.
pub const MOST_HITS: usize = 100;
/// The most hits that are given at once, as a file is made of them: in one answer, for the subjects
/// change from one question to the next.
pub const MOST_IN_FILE: usize = 10_000;
/// The sort that the permission to search reaches everywhere.
const ORGANIZATION: &str = "organization";

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Search<'a> {
    /// What was typed.
    pub text: &'a str,
    /// Only subjects of these sorts, by the ids of the pack; all, where none is given.
    pub sorts: &'a [String],
    /// Only subjects in this division or below.
    pub region: Option<&'a str>,
    /// So many of the best are left out.
    pub offset: usize,
    /// So many are given.
    pub limit: usize,
    /// As of when they are to be there. They are found by every name that they ever bore.
    pub when: When,
}

/// A subject that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectHit {
    /// The id that stands for it.
    pub id: String,
    /// Its other ids.
    pub other_ids: Vec<String>,
    /// Its name; empty where none is known.
    pub name: String,
    /// Its sort, by the id of the pack.
    pub sort: String,
    /// The division; empty where none is known.
    pub region: String,
    /// Where it is; empty where that is not known.
    pub address: String,
    /// How it stands, as a code and in words.
    pub status: Option<(String, codes::Label)>,
    /// How it fits what was typed.
    pub how: How,
    /// The name, code or address by which it fits.
    pub by: String,
    /// Whether that is a name that it had before, or another entry's that was found to be the same.
    pub is_former: bool,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct SubjectsFound {
    /// As of when.
    pub as_of: AsOf,
    /// How many fit.
    pub count: usize,
    /// Some of them, the best first.
    pub hits: Vec<SubjectHit>,
}

/// Whom a searcher may find: the one place that asks the door while searching.
pub(super) struct Reach<'s> {
    system: &'s System,
    who: Option<&'s Principal>,
    searches: bool,
    /// What the door said of subjects of a sort in a division.
    said: RefCell<HashMap<(u8, String), bool>>,
}

impl<'s> Reach<'s> {
    /// The reach of somebody, or of nobody in particular.
    pub(super) fn of(system: &'s System, who: Option<&'s Principal>) -> Self {
        let searches = who.is_some_and(|who| {
            let pack = system.pack();
            let door = Door::new(&pack, day(system.clock().now()));
            door.authorize(who, SEARCH, Target::default()).is_ok()
        });
        Self { system, who, searches, said: RefCell::default() }
    }

    /// Whether somebody may find a subject: everybody what is public, who may search every
    /// organization, and who reads its register all else.
    pub(super) fn finds(&self, sort: &Sort, facet: &Facet<'_>) -> bool {
        if is_public(facet.flags) || self.searches && sort.id == ORGANIZATION {
            return true;
        }
        let Some(who) = self.who else { return false };
        let mut said = self.said.borrow_mut();
        let about = (facet.sort, facet.region.to_owned());
        *said.entry(about).or_insert_with(|| {
            let pack = self.system.pack();
            let door = Door::new(&pack, day(self.system.clock().now()));
            let region = Some(facet.region).filter(|region| !region.is_empty());
            let target = Target { kind: Some(&sort.register), region, ..Target::default() };
            door.authorize(who, READ, target).is_ok()
        })
    }
}

impl System {
    /// Whether somebody finds organizations that they may not read (`search = "province"` in
    /// `roles.toml`): then what for is asked, and recorded with what was looked for.
    pub fn searches_beyond(&self, who: &Principal) -> bool {
        let Some(person) = &who.person else { return false };
        let (held, pack) = (person.held(), self.pack());
        let (territory, province) = (held.territory(), &pack.manifest().province);
        let number = |permission| territory.permission(permission).map(|(number, _)| number);
        let has = |holding: &&Holding, permission| {
            number(permission).is_some_and(|number| holding.permissions.has(number))
        };
        let searches =
            |holding: &Holding| has(&holding, SEARCH) && holding.search == Scope::Province;
        let reads_all = |holding: &Holding| {
            let is_whole = match (holding.seat, holding.view) {
                (Seat::Office(_), Scope::Province) => true,
                (Seat::Office(office), Scope::OwnBelow) => territory.has_region(office, province),
                _ => false,
            };
            is_whole && has(&holding, READ)
        };
        held.holdings().iter().any(searches) && !held.holdings().iter().any(reads_all)
    }

    /// Subjects by what somebody types: those that the searcher may find. Nobody in particular finds
    /// what is public.
    ///
    /// # Errors
    /// An unknown sort or division; a registry that is not ready; a fault of the store.
    pub async fn search(
        &self,
        who: Option<&Principal>,
        search: &Search<'_>,
    ) -> Result<SubjectsFound, Rejection> {
        let mut as_of = self.as_of(search.when).await?;
        // Asked of everything that fits.
        let regions: Option<HashSet<String>> =
            self.regions_under(search.region)?.map(|codes| codes.into_iter().collect());
        let state =
            self.registry().for_question(search.when.known, as_of.known, Self::PATIENCE).await?;
        let Some(state) = state.as_ref() else {
            let reason = "the registry is being made ready".to_owned();
            return Err(store::Error::Unavailable { reason }.into());
        };
        as_of.known = as_of.known.min(state.known);
        let mut sorts = Vec::new();
        for id in search.sorts {
            sorts.push(state.sorts.number(id).ok_or_else(|| unknown_sort(id))?);
        }
        let reach = Reach::of(self, who);
        let admits = |facet: Facet<'_>| {
            let region = || regions.as_ref().is_none_or(|all| all.contains(facet.region));
            (sorts.is_empty() || sorts.contains(&facet.sort))
                && facet.since_known <= as_of.known
                && facet.since_valid <= as_of.valid.micros()
                && region()
                && state.sorts.get(facet.sort).is_some_and(|sort| reach.finds(sort, &facet))
        };
        let limit = search.limit.clamp(1, MOST_IN_FILE);
        let found = state.index.search(search.text, admits, search.offset, limit);
        let hits = found.hits.iter().map(|hit| self.hit(state, hit)).collect();
        Ok(SubjectsFound { as_of, count: found.count, hits })
    }

    fn hit(&self, state: &State, hit: &search::Hit<'_>) -> SubjectHit {
        let sort = state.sorts.get(hit.sort);
        let status = sort.and_then(|sort| sort.status(hit.flags));
        SubjectHit {
            id: hit.id.to_owned(),
            other_ids: state.others(hit.id).to_vec(),
            name: hit.name.to_owned(),
            sort: sort.map(|sort| sort.id.clone()).unwrap_or_default(),
            region: hit.region.to_owned(),
            address: hit.address.to_owned(),
            status: status.map(|(code, label)| (code.to_owned(), label.clone())),
            how: hit.how,
            by: hit.by.to_owned(),
            is_former: hit.is_former,
        }
    }
}

fn unknown_sort(id: &str) -> Rejection {
    Fault::new(
        "search.sort",
        format!("there is no register of the sort {id}; leave it out, or name a sort of the pack"),
        format!("没有 {id} 类主体的登记；请省略，或填写规则包中的主体类别"),
    )
    .into()
}
