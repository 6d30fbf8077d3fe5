//! What a person holds, ready for the door.

use std::sync::{Arc, PoisonError, RwLock};

use model::RecordId;
use pack::{HeldIn, Pack, Scope};

use super::directory::Directory;
use super::territory::{Bits, Territory};

/// Where a role is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// In an office of the tree, by its number there.
    Office(u16),
    /// In an organization.
    Organization,
    /// By the person alone.
    Person,
    /// In the program itself.
    System,
}

/// One grant that counts.
#[derive(Debug, Clone)]
pub struct Holding {
    /// The record that grants it.
    pub grant: RecordId,
    /// The role.
    pub role: Box<str>,
    /// The office, the organization or the account in which it is held; `system` for the program.
    pub held_in: Box<str>,
    /// Whom the person stands in for.
    pub acting_for: Option<Box<str>>,
    pub(crate) seat: Seat,
    pub(crate) permissions: Bits,
    pub(crate) capture: Scope,
    pub(crate) view: Scope,
    pub(crate) search: Scope,
}

/// In what the roles of administrators are held.
pub const SYSTEM: &str = "system";

/// All that counts for a person on one day.
#[derive(Debug)]
pub struct Held {
    territory: Arc<Territory>,
    holdings: Vec<Holding>,
}

impl Held {
    /// What counts for an account. A grant in an office that is there no more counts for nothing,
    /// nor does a role that the pack does not have.
    pub fn of(
        pack: &Pack,
        directory: &Directory,
        account: &str,
        territory: &Arc<Territory>,
    ) -> Self {
        let mut holdings: Vec<Holding> = Vec::new();
        for (grant, acting_for) in directory.in_force(account, territory.day()) {
            let Some(role) = pack.role(&grant.role) else { continue };
            let seat = match (role.held_in, grant.held_in.as_deref()) {
                (HeldIn::Office, Some(office)) => territory.office(office).map(Seat::Office),
                (HeldIn::Organization, Some(_)) => Some(Seat::Organization),
                // What is a person's own nobody stands in for, nor for an administrator.
                (HeldIn::Person, None) if acting_for.is_none() => Some(Seat::Person),
                (HeldIn::System, None) if acting_for.is_none() => Some(Seat::System),
                _ => None,
            };
            let Some(seat) = seat else { continue };
            // Who stands in gets no role that must be another person's than one of theirs.
            let excluded = |other: &Holding| pack.exclusion(&other.role, &role.id).is_some();
            if acting_for.is_some() && holdings.iter().any(excluded) {
                continue;
            }
            let held_in = grant.held_in.as_deref();
            let held_in = held_in.unwrap_or(if seat == Seat::System { SYSTEM } else { account });
            let numbers = role.grants.iter().filter_map(|p| territory.permission(p));
            holdings.push(Holding {
                grant: grant.id,
                role: role.id.as_str().into(),
                held_in: held_in.into(),
                acting_for: acting_for.map(Into::into),
                seat,
                permissions: Bits::of(numbers.map(|(number, _)| number)),
                capture: role.capture,
                view: role.view,
                search: role.search,
            });
        }
        Self { territory: Arc::clone(territory), holdings }
    }

    /// The offices on the day.
    pub fn territory(&self) -> &Territory {
        &self.territory
    }

    /// The grants that count, the person's own first.
    pub fn holdings(&self) -> &[Holding] {
        &self.holdings
    }

    /// What names each of them: the record that grants it, and whom the person stands in for.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |holding: &Holding| match &holding.acting_for {
            Some(absent) => format!("{} for {absent}", holding.grant),
            None => holding.grant.to_string(),
        };
        self.holdings.iter().map(name).collect()
    }

    /// Whether one of them is held in a place.
    pub fn is_held_in(&self, place: &str) -> bool {
        self.holdings.iter().any(|holding| &*holding.held_in == place)
    }
}

/// What a person holds, as it is at every moment: a change of roles is seen by who has it already.
#[derive(Debug)]
pub(super) struct Cell(RwLock<Arc<Held>>);

impl Cell {
    pub(super) fn new(held: Held) -> Self {
        Self(RwLock::new(Arc::new(held)))
    }

    pub(super) fn set(&self, held: Held) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(held);
    }

    pub(super) fn get(&self) -> Arc<Held> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A person who is logged in.
#[derive(Debug, Clone)]
pub struct Person {
    pub(super) account: Arc<str>,
    pub(super) cell: Arc<Cell>,
}

impl Person {
    /// The account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What counts now.
    pub fn held(&self) -> Arc<Held> {
        self.cell.get()
    }
}

impl PartialEq for Person {
    fn eq(&self, other: &Self) -> bool {
        self.account == other.account && Arc::ptr_eq(&self.cell, &other.cell)
    }
}

impl Eq for Person {}
