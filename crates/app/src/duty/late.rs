//! Supervision of the supervisors: where terms were not kept, at which office, with whom.

use std::collections::BTreeMap;

use clock::Date;
use model::Timestamp;
use pack::Scope;
use serde::Serialize;
use store::readings::LateAsked;

use crate::Door;
use crate::case::Words;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::people::Seat;
use crate::system::System;
use crate::time::day;

/// The permission to see how offices and persons keep terms.
pub const SUPERVISE: &str = "case.supervise";

/// Of which time and office lateness is asked for.
#[derive(Debug, Clone)]
pub struct LateSelection {
    /// The first day on which a term may have run out.
    pub from: Date,
    /// The last one.
    pub until: Date,
    /// Of one office and all below it.
    pub office: Option<String>,
}

/// How often a term was not kept with somebody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LateLine {
    /// The office.
    pub office: String,
    /// The procedure.
    pub procedure: String,
    /// Its name.
    pub procedure_label: Words,
    /// The term.
    pub term: String,
    /// Its name.
    pub term_label: Words,
    /// Whose it was, or who did it in the end; none where nobody has and nobody had it.
    pub account: Option<String>,
    /// Done, but late.
    pub done: u64,
    /// Not done yet.
    pub open: u64,
    /// By how many hours those that are done were late, on average.
    pub hours: Option<u64>,
}

/// How often terms were not kept at an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LateOffice {
    /// The office.
    pub office: String,
    /// Done, but late.
    pub done: u64,
    /// Not done yet.
    pub open: u64,
}

impl System {
    /// Where terms ran out in a time without having been kept, by office, procedure, term and person.
    ///
    /// # Errors
    /// No permission; days that are none; an office that is not theirs to see; a fault of the store.
    pub async fn late(
        &self,
        who: &Principal,
        selection: &LateSelection,
    ) -> Result<Vec<LateLine>, Rejection> {
        let pack = self.pack();
        let now = self.clock().now();
        Door::new(&pack, day(now)).authorize(who, SUPERVISE, Target::default())?;
        if selection.until < selection.from {
            let fault = Fault::new(
                "late.days",
                "the last day is before the first; correct one",
                "止日早于起日；请更正",
            );
            return Err(fault.at("/until").into());
        }
        let offices = self.supervised(who, selection.office.as_deref())?;
        let asked = LateAsked {
            from: Some(begin(selection.from.unix_day())),
            until: Some(begin(selection.until.unix_day() + 1)),
            offices: offices.as_deref(),
            now: Some(now),
        };
        let sums = self.readings().late_sums(&asked).await?;
        let unknown = |id: &str| Words { zh: id.to_owned(), en: id.to_owned() };
        let lines = sums.into_iter().map(|sum| {
            let procedure = pack.procedure(&sum.procedure).map(|p| p.engine.definition());
            let term = procedure.and_then(|p| p.terms.iter().find(|term| term.id == sum.term));
            let hours = sum.lateness.checked_div(sum.done.saturating_mul(3_600_000_000));
            LateLine {
                procedure_label: procedure
                    .map_or_else(|| unknown(&sum.procedure), |p| (&p.label).into()),
                term_label: term.map_or_else(|| unknown(&sum.term), |term| (&term.label).into()),
                office: sum.office,
                procedure: sum.procedure,
                term: sum.term,
                account: sum.account,
                done: sum.done,
                open: sum.open,
                hours,
            }
        });
        Ok(lines.collect())
    }

    /// The offices whom somebody supervises; none: all.
    fn supervised(
        &self,
        who: &Principal,
        asked: Option<&str>,
    ) -> Result<Option<Vec<String>>, Rejection> {
        let pack = self.pack();
        let territory = self.people().territory(&pack, day(self.clock().now()));
        let mut offices = Some(Vec::new());
        match &who.person {
            None => {
                let own = who.office.as_deref().and_then(|office| territory.heir_of(office));
                offices = own.map(|own| territory.owned_by(own, true).map(str::to_owned).collect());
            }
            Some(person) => {
                let held = person.held();
                let number = held.territory().permission(SUPERVISE).map(|(number, _)| number);
                for holding in held.holdings() {
                    let Seat::Office(office) = holding.seat else { continue };
                    if !number.is_some_and(|number| holding.permissions.has(number)) {
                        continue;
                    }
                    match (holding.view, &mut offices) {
                        (Scope::None, _) | (_, None) => {}
                        (Scope::Province, offices) => *offices = None,
                        (view, Some(offices)) => {
                            let below = view == Scope::OwnBelow;
                            offices.extend(territory.owned_by(office, below).map(str::to_owned));
                        }
                    }
                }
            }
        }
        let Some(asked) = asked else { return Ok(offices) };
        let Some(number) = territory.heir_of(asked) else {
            let fault = Fault::new(
                "duty.office",
                format!("there is no office {asked} now, nor one that took its place"),
                format!("没有机关 {asked}，也没有承继机关；请选择其他机关"),
            );
            return Err(fault.at("/office").into());
        };
        let below = territory.owned_by(number, true).map(str::to_owned);
        Ok(Some(match offices {
            None => below.collect(),
            Some(offices) => below.filter(|office| offices.contains(office)).collect(),
        }))
    }
}

/// The same by office, those with the most first.
pub fn by_office(lines: &[LateLine]) -> Vec<LateOffice> {
    let mut offices: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for line in lines {
        let (done, open) = offices.entry(&line.office).or_default();
        *done += line.done;
        *open += line.open;
    }
    let mut found: Vec<LateOffice> = offices
        .into_iter()
        .map(|(office, (done, open))| LateOffice { office: office.to_owned(), done, open })
        .collect();
    found.sort_by_key(|office| std::cmp::Reverse(office.done + office.open));
    found
}

/// The beginning of a day in China.
fn begin(unix_day: i64) -> Timestamp {
    const HOUR: i64 = 3_600_000_000;
    Timestamp::from_micros((unix_day * 24 - 8) * HOUR)
}
