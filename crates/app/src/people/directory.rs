//! Who has which role: a reading of the records about people, kept in memory. It is made from the
//! records alone, in the order of their positions, and nothing is lost with it.

use std::collections::HashMap;

use clock::Date;
use model::{RecordId, system_kind};
use store::{Reader, Stored};

use super::grant::{Absence, Fact, Grant, Leave, read};

/// Kinds that say who may do what.
const KINDS: [&str; 4] = [
    system_kind::ROLE_GRANT,
    system_kind::ROLE_END,
    system_kind::ABSENCE,
    system_kind::INFORMER_GRANT,
];

/// What the records say of who has which role.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// The position from which on nothing was read yet.
    next: u64,
    grants: Vec<Grant>,
    absences: Vec<Absence>,
    leaves: Vec<Leave>,
    /// Where a grant, absence or leave stands, by its record.
    places: HashMap<RecordId, Place>,
    by_account: HashMap<String, Vec<usize>>,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Grant(usize),
    Absence(usize),
    Leave(usize),
}

impl Directory {
    /// What some grants and absences say.
    pub fn of(
        grants: impl IntoIterator<Item = Grant>,
        absences: impl IntoIterator<Item = Absence>,
    ) -> Self {
        let mut directory = Self::default();
        grants.into_iter().for_each(|grant| directory.take(Fact::Grant(grant)));
        absences.into_iter().for_each(|absence| directory.take(Fact::Absence(absence)));
        directory
    }

    /// Reads the records that came since it was last read.
    ///
    /// # Errors
    /// A fault of the store, or a record that does not read.
    pub async fn catch_up(&mut self, reader: &Reader) -> Result<(), store::Error> {
        // What comes while this reads is read the next time.
        let size = reader.size().await?;
        let mut found: Vec<Stored> = Vec::new();
        for kind in KINDS {
            let mut from = self.next;
            loop {
                let page = reader.of_people(kind, from, store::MOST).await?;
                let Some(last) = page.last() else { break };
                from = last.position + 1;
                let is_last = page.len() < store::MOST;
                found.extend(page.into_iter().filter(|record| record.position < size));
                if is_last {
                    break;
                }
            }
        }
        found.sort_by_key(|record| record.position);
        for record in &found {
            let fact = read(record).ok_or_else(|| store::Error::Damaged {
                what: format!("the record of people at position {}", record.position),
            })?;
            self.take(fact);
        }
        self.next = size;
        Ok(())
    }

    fn take(&mut self, fact: Fact) {
        match fact {
            Fact::Grant(grant) => {
                let at = self.grants.len();
                self.places.insert(grant.id, Place::Grant(at));
                self.by_account.entry(grant.account.clone()).or_default().push(at);
                self.grants.push(grant);
            }
            Fact::Absence(absence) => {
                self.places.insert(absence.id, Place::Absence(self.absences.len()));
                self.absences.push(absence);
            }
            Fact::Leave(leave) => {
                self.places.insert(leave.id, Place::Leave(self.leaves.len()));
                self.leaves.push(leave);
            }
            Fact::End(id, day) => self.end(id, day),
        }
    }

    fn end(&mut self, id: RecordId, day: Option<Date>) {
        // An end never makes anything last longer.
        let earlier = |until: Date| day.map_or(until, |day| day.min(until));
        match self.places.get(&id) {
            Some(Place::Grant(at)) => {
                if let Some(grant) = self.grants.get_mut(*at) {
                    grant.ended |= day.is_none();
                    grant.until = grant.until.map(earlier).or(day);
                }
            }
            Some(Place::Absence(at)) => {
                if let Some(absence) = self.absences.get_mut(*at) {
                    absence.ended |= day.is_none();
                    absence.until = earlier(absence.until);
                }
            }
            Some(Place::Leave(at)) => {
                if let Some(leave) = self.leaves.get_mut(*at) {
                    leave.ended |= day.is_none();
                    leave.until = earlier(leave.until);
                }
            }
            None => {}
        }
    }

    /// All grants, the oldest first.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// All absences, the oldest first.
    pub fn absences(&self) -> &[Absence] {
        &self.absences
    }

    /// All leaves to read who an informer is, the oldest first.
    pub fn leaves(&self) -> &[Leave] {
        &self.leaves
    }

    /// The grants of an account, the oldest first.
    pub fn grants_of(&self, account: &str) -> impl Iterator<Item = &Grant> {
        let places = self.by_account.get(account).into_iter().flatten();
        places.filter_map(|at| self.grants.get(*at))
    }

    /// Whether a person is away on a day.
    pub fn is_away(&self, account: &str, day: Date) -> bool {
        self.absences.iter().any(|absence| absence.account == account && absence.holds(day))
    }

    /// The grants that count for an account on a day: its own, and those of whom it stands in for,
    /// with whose they are then. Whoever is away has none; who stands in hands nothing on.
    pub fn in_force<'d>(
        &'d self,
        account: &'d str,
        day: Date,
    ) -> impl Iterator<Item = (&'d Grant, Option<&'d str>)> {
        let is_here = !self.is_away(account, day);
        let own = self.grants_of(account).map(|grant| (grant, None));
        let stands_in = self.absences.iter().filter(move |absence| {
            absence.delegate.as_deref() == Some(account) && absence.holds(day)
        });
        let for_others = stands_in.flat_map(|absence| {
            let whose = absence.account.as_str();
            self.grants_of(whose).map(move |grant| (grant, Some(whose)))
        });
        own.chain(for_others).filter(move |(grant, _)| is_here && grant.holds(day))
    }

    /// What a record grants, where it is a grant.
    pub fn grant(&self, id: RecordId) -> Option<&Grant> {
        match self.places.get(&id)? {
            Place::Grant(at) => self.grants.get(*at),
            _ => None,
        }
    }

    /// Whose grant, absence or leave a record is; none where it is none or has ended.
    pub(super) fn account_of(&self, id: RecordId) -> Option<(&str, Sort)> {
        Some(match self.places.get(&id)? {
            Place::Grant(at) => (&self.grants.get(*at)?.account, Sort::Role),
            Place::Absence(at) => (&self.absences.get(*at)?.account, Sort::Absence),
            Place::Leave(at) => (&self.leaves.get(*at)?.account, Sort::Leave),
        })
    }
}

/// What a record about people is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Role,
    Absence,
    Leave,
}
