//! What of the records a reader may see.
//!
//! A program with a token that may read sees all but what the program writes about people; a person
//! sees what one of their roles reaches, record by record. What a list or a count asks of the store
//! is the same put as a condition; each record is asked for again before it is shown.

use model::{Envelope, system_kind};
use pack::{Class, Reach};
use store::Stored;
use store::readings::Scope;

use super::{READ, not_found};
use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::Rejection;
use crate::people::{Holding, Seat, audit, role, vault};
use crate::system::System;
use crate::time::day;

/// The permission of organizations to read what they sent themselves.
pub const DESK: &str = "desk.view";

/// What the canonical text of a record says.
pub(crate) fn envelope(stored: &Stored) -> Result<Envelope<'_>, store::Error> {
    Envelope::read(&stored.envelope).map_err(|what| store::Error::Damaged {
        what: format!("the record at position {}: {what}", stored.position),
    })
}

/// The permissions of which one is needed to read what the program writes about people; none for
/// other kinds.
fn guards(kind: &str) -> &'static [&'static str] {
    match kind {
        system_kind::AUDIT => &[audit::READ],
        system_kind::ROLE_GRANT | system_kind::ROLE_END | system_kind::ABSENCE => {
            &[role::ASSIGN, audit::READ]
        }
        system_kind::INFORMER_GRANT => &[audit::READ, vault::GRANT],
        _ => &[],
    }
}

/// What a record is to the door.
pub(crate) fn target<'r>(stored: &'r Stored, envelope: &'r Envelope<'r>) -> Target<'r> {
    Target {
        kind: Some(&stored.kind),
        office: envelope.office.as_deref(),
        region: Some(&envelope.region),
        trade: None,
        organization: Some(&envelope.author.on_behalf_of),
        person: Some(&envelope.author.account),
        public: stored.class == model::Class::Public.word(),
    }
}

impl System {
    fn door<T>(&self, ask: impl FnOnce(&Door<'_>) -> T) -> T {
        let pack = self.pack();
        ask(&Door::new(&pack, day(self.clock().now())))
    }

    /// Whether somebody may read anything at all.
    pub(crate) fn may_read(&self, who: &Principal) -> Result<(), Rejection> {
        self.door(|door| {
            let desk = || door.authorize(who, DESK, Target::default()).is_ok();
            let people = || {
                let guards = [audit::READ, role::ASSIGN];
                guards.iter().any(|p| door.authorize(who, p, Target::default()).is_ok())
            };
            let read = door.authorize(who, READ, Target::default());
            read.or_else(|denied| {
                if who.person.is_some() && (desk() || people()) { Ok(()) } else { Err(denied) }
            })
        })
    }

    /// Whether somebody may see a record.
    ///
    /// # Errors
    /// [`Rejection::Denied`], which says what is missing; [`Rejection::NotFound`] where it is
    /// better not told that there is one.
    pub(crate) fn may_see(&self, who: &Principal, stored: &Stored) -> Result<(), Rejection> {
        let guards = guards(&stored.kind);
        if !guards.is_empty() {
            let has =
                |p: &&str| self.door(|door| door.authorize(who, p, Target::default())).is_ok();
            let found = guards.iter().any(has);
            return found.then_some(()).ok_or_else(|| not_found(&stored.id.to_string()));
        }
        if who.person.is_none() {
            return Ok(());
        }
        let envelope = envelope(stored)?;
        let target = target(stored, &envelope);
        self.door(|door| {
            let denied = match door.authorize(who, READ, target) {
                Ok(()) => return Ok(()),
                Err(denied) => denied,
            };
            // What others have is no business of an organization: not even that it is there.
            let is_officer = door.authorize(who, READ, Target::default()).is_ok();
            match door.authorize(who, DESK, target) {
                Ok(()) => Ok(()),
                Err(_) if is_officer => Err(denied),
                Err(_) => Err(not_found(&stored.id.to_string())),
            }
        })
    }

    pub(crate) fn sees(&self, who: &Principal, stored: &Stored) -> Result<bool, Rejection> {
        match self.may_see(who, stored) {
            Ok(()) => Ok(true),
            Err(Rejection::Store(error)) => Err(error.into()),
            Err(_) => Ok(false),
        }
    }

    /// Whether somebody has some permissions for what a record says of persons.
    pub(super) fn may_see_personal(
        &self,
        who: &Principal,
        stored: &Stored,
        permissions: &[&str],
    ) -> Result<bool, Rejection> {
        let envelope = envelope(stored)?;
        // That everybody may see a record opens nothing of what it says of persons.
        let target = Target { public: false, ..target(stored, &envelope) };
        Ok(self.door(|door| permissions.iter().all(|p| door.authorize(who, p, target).is_ok())))
    }

    /// Whose records of a kind a reader may see; none: all of them. Where that is for something that
    /// takes a permission of its own, only by grants that have both: what two grant is never put
    /// together.
    ///
    /// # Errors
    /// A kind that is not theirs to see.
    pub(crate) fn scopes(
        &self,
        who: &Principal,
        kind: &str,
        also: Option<&str>,
    ) -> Result<Option<Vec<Scope>>, Rejection> {
        let guards = guards(kind);
        if !guards.is_empty() {
            let ask = |p: &str| self.door(|door| door.authorize(who, p, Target::default()));
            let mut refusal = None;
            for permission in guards {
                match ask(permission) {
                    Ok(()) => return Ok(None),
                    Err(denied) => _ = refusal.get_or_insert(denied),
                }
            }
            return refusal.map_or(Ok(None), Err);
        }
        let Some(person) = &who.person else { return Ok(None) };
        let held = person.held();
        let (pack, territory) = (self.pack(), held.territory());
        let is_public = pack.kind(kind).is_some_and(|kind| kind.class == Class::Public);
        let also = match also.map(|permission| territory.permission(permission)) {
            None => None,
            Some(Some((number, _))) => Some(number),
            Some(None) => return Ok(Some(Vec::new())),
        };
        let mut scopes = Vec::new();
        for permission in [READ, DESK] {
            let Some((number, Reach::View)) = territory.permission(permission) else { continue };
            let has = |holding: &&Holding| {
                holding.permissions.has(number)
                    && also.is_none_or(|also| holding.permissions.has(also))
            };
            // What everybody may see is seen by whoever reads anything at all.
            let reads = |holding: &Holding| {
                holding.view != pack::Scope::None && holding.seat != Seat::System
            };
            if permission == READ && is_public && held.holdings().iter().filter(has).any(reads) {
                return Ok(None);
            }
            for holding in held.holdings().iter().filter(has) {
                let authors = vec![(*holding.held_in).to_owned()];
                match (holding.seat, holding.view) {
                    (_, pack::Scope::None) => {}
                    (Seat::Office(_), pack::Scope::Province) => return Ok(None),
                    (Seat::Office(office), view) => {
                        let below = view == pack::Scope::OwnBelow;
                        let offices = territory.owned_by(office, below).map(str::to_owned);
                        let regions: Vec<String> = match territory.has_kind(office, kind) {
                            true => territory.regions_of(office).map(str::to_owned).collect(),
                            false => Vec::new(),
                        };
                        let offices = offices.collect();
                        scopes.push(Scope { offices, regions, authors: Vec::new() });
                    }
                    (Seat::Organization, _) => {
                        scopes.push(Scope { authors, ..Scope::default() });
                    }
                    (Seat::Person | Seat::System, _) => {}
                }
            }
        }
        Ok(Some(scopes))
    }
}
