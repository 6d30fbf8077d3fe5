//! Whom a duty concerns: whose it is; where it is nobody's, or the law has it brought before those above,
//! the heads of its office; and whoever stands in for one of them today.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use clock::Date;
use pack::Pack;
use procedure::AtEnd;

use crate::door::{Target, decide};
use crate::duty::assign::ASSIGN;
use crate::duty::list::DutyItem;
use crate::people::{Directory, Territory};
use crate::system::System;

/// The officers of offices, as they are on one day.
pub(super) struct Officers<'s> {
    system: &'s System,
    pack: Arc<Pack>,
    today: Date,
    territory: Arc<Territory>,
    directory: Arc<Directory>,
    /// Who holds a role in an office, each with the id under which.
    held: HashMap<u16, Vec<(String, String)>>,
    /// Who has one of some permissions over what an office has.
    known: HashMap<(u16, Vec<String>), Vec<String>>,
}

impl<'s> Officers<'s> {
    pub(super) fn on(system: &'s System, today: Date) -> Self {
        let pack = system.pack();
        let territory = system.people().territory(&pack, today);
        let directory = system.people().directory();
        let mut held: HashMap<u16, Vec<(String, String)>> = HashMap::new();
        for grant in directory.grants().iter().filter(|grant| grant.holds(today)) {
            let Some(held_in) = grant.held_in.as_deref() else { continue };
            let Some(office) = territory.heir_of(held_in) else { continue };
            let here = held.entry(office).or_default();
            let holder = (grant.account.clone(), held_in.to_owned());
            if !here.contains(&holder) {
                here.push(holder);
            }
        }
        Self { system, pack, today, territory, directory, held, known: HashMap::new() }
    }

    /// The accounts that are told of a duty, each once.
    pub(super) fn told(&mut self, duty: &DutyItem) -> BTreeSet<String> {
        let mut told: BTreeSet<String> = duty.assignee.iter().cloned().collect();
        if told.is_empty() || self.is_for_those_above(duty) {
            let office = duty.office.as_deref().and_then(|office| self.territory.heir_of(office));
            if let Some(office) = office {
                let heads = self.who_may(office, &[ASSIGN.to_owned()]);
                // Where nobody assigns cases, whoever may do it is told that nobody has it.
                let takers = match told.is_empty() && heads.is_empty() {
                    true => self.who_may(office, &duty.needs),
                    false => Vec::new(),
                };
                let takers = takers.into_iter().filter(|one| !duty.excluded.contains(one));
                told.extend(heads.into_iter().chain(takers));
            }
        }
        let away = self.directory.absences().iter().filter(|away| away.holds(self.today));
        let stand_ins = away.filter(|away| told.contains(&away.account));
        let stand_ins: Vec<String> = stand_ins.filter_map(|away| away.delegate.clone()).collect();
        told.extend(stand_ins);
        told
    }

    /// Whether the term has those above told once it has run out.
    fn is_for_those_above(&self, duty: &DutyItem) -> bool {
        let Some(term) = duty.term.as_ref().filter(|_| duty.standing == "overdue") else {
            return false;
        };
        let procedure = self.pack.procedure(&duty.procedure);
        let terms = procedure.map(|one| one.engine.definition().terms.as_slice());
        let rule = terms.unwrap_or_default().iter().find(|rule| rule.id == term.term);
        rule.is_some_and(|rule| rule.at_end == AtEnd::Escalate)
    }

    /// Who holds, in an office, a role that has one of some permissions over what the office has.
    fn who_may(&mut self, office: u16, needs: &[String]) -> Vec<String> {
        let key = (office, needs.to_vec());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let here = self.held.get(&office).map(Vec::as_slice).unwrap_or_default();
        let may = |(account, held_in): &&(String, String)| {
            let person = self.system.people().person(&self.pack, account, self.today);
            let target = Target { office: Some(held_in), ..Target::default() };
            needs.iter().any(|need| decide(&person.held(), held_in, need, &target).is_allowed())
        };
        let found: Vec<String> = here.iter().filter(may).map(|(one, _)| one.clone()).collect();
        self.known.insert(key, found.clone());
        found
    }
}
