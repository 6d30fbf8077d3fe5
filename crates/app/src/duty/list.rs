//! Duties by person and office, those that are due first at the beginning.

use model::{RecordId, Timestamp};
use procedure::{Case, Turns, Who};
use serde::Serialize;
use store::readings::{AsOf, Branch, DutiesAsked, DutyFound, DutyPlace, DutyRow, Packed};
use utoipa::ToSchema;

use super::cases::Cases;
use super::derive::{self, ALWAYS, PARTY};
use crate::case::{TermView, Words};
use crate::door::{ALL, Principal};
use crate::fault::{Fault, Rejection};
use crate::people::{Holding, Seat};
use crate::reading::{READ, When};
use crate::system::System;
use crate::time::day;

/// The most duties of a page.
pub const MOST_ON_PAGE: usize = 200;
/// Counted no further than this.
pub const MOST_COUNTED: usize = 1_000;

/// Which duties are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// What is somebody's own: what was given to them or to whom they stand in for, and what is
    /// nobody's yet and may be done by them.
    #[default]
    Mine,
    /// What is pressing or overdue, of all that they may see.
    Pressing,
    /// All that they may see.
    All,
}

impl View {
    /// The word for it in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Pressing => "pressing",
            Self::All => "all",
        }
    }

    /// What a word says.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Mine, Self::Pressing, Self::All].into_iter().find(|view| view.word() == word)
    }
}

/// Which of them.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Which view.
    pub view: View,
    /// Of one procedure.
    pub procedure: Option<String>,
    /// Of one office, with those whose cases it has taken over.
    pub office: Option<String>,
    /// And of all below it.
    pub below: bool,
    /// Of one person.
    pub account: Option<String>,
    /// Only what is overdue.
    pub overdue: bool,
}

/// A page of duties.
#[derive(Debug, Clone)]
pub struct DutiesPage {
    /// As of when.
    pub as_of: AsOf,
    /// By which moment it is told how much is left.
    pub now: Timestamp,
    /// The duties.
    pub duties: Vec<DutyItem>,
    /// Where the next page begins, if there is one.
    pub next: Option<DutyPlace>,
}

/// How many duties there are; no more than [`MOST_COUNTED`] are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DutyCounts {
    /// One's own.
    pub mine: u64,
    /// Of these overdue.
    pub mine_overdue: u64,
    /// Pressing or overdue, of all that one may see.
    pub pressing: u64,
    /// Of these overdue.
    pub overdue: u64,
}

/// Something that has to be done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DutyItem {
    /// The record that opened its case.
    #[schema(value_type = String)]
    pub case: RecordId,
    /// The procedure.
    pub procedure: String,
    /// The name of the procedure.
    pub procedure_label: Words,
    /// The office that is competent.
    pub office: Option<String>,
    /// The division, GB/T 2260.
    pub region: String,
    /// The state of the case.
    pub state: String,
    /// The name of the state.
    pub state_label: Words,
    /// When the case was opened.
    #[schema(value_type = String)]
    pub opened_at: Timestamp,
    /// `term`, `approval`, `next`, or `party`: for somebody outside of the office.
    pub kind: String,
    /// The term by which, where one runs.
    pub term: Option<TermView>,
    /// The steps of which one does it.
    pub steps: Vec<StepName>,
    /// The permissions of which one is needed.
    pub needs: Vec<String>,
    /// `overdue`, `pressing`, `suspended` or `running`; `open` where no term runs.
    pub standing: &'static str,
    /// Whose it is, as an account.
    pub assignee: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    /// Who may not do it.
    pub(crate) excluded: Vec<String>,
    /// Who is away, and for whom this is therefore somebody's own.
    pub stands_in_for: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    /// Its place in the order.
    pub place: Option<DutyPlace>,
}

/// A step with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepName {
    /// The step.
    pub step: String,
    /// Its name.
    pub label: Words,
}

/// What somebody may see, as it is asked of the store.
struct Reach {
    branches: Vec<Branch>,
    /// Those whose they are where they are somebody's own.
    absent: Vec<String>,
}

impl System {
    /// Duties, as of now or of two times. As of other times all cases are gone through.
    ///
    /// # Errors
    /// No permission; an office or person of whom nothing may be seen; a fault of the store.
    pub async fn duties(
        &self,
        who: &Principal,
        selection: &Selection,
        when: When,
        after: Option<DutyPlace>,
        limit: usize,
    ) -> Result<DutiesPage, Rejection> {
        let reach = self.reach(who, selection)?;
        let limit = limit.clamp(1, MOST_ON_PAGE);
        let as_of = self.as_of(when).await?;
        let now = self.clock().now().min(as_of.valid);
        let cases = self.cases()?;
        let asked = asked(who, selection, &reach, &cases, now);
        // The rows say what all merged records say.
        let merged = self.readings().watermark().get();
        let is_of_now = when.valid.is_none() && (when.known.is_none() || as_of.known >= merged);
        let mut found = match is_of_now {
            true => self.readings().duties(&asked, after, limit + 1).await?,
            false => self.duties_scanned(&asked, as_of, after, limit + 1).await?,
        };
        let next = (found.len() > limit).then(|| found.get(limit - 1).map(|found| found.place));
        found.truncate(limit);
        let read_as_of = if is_of_now { ALWAYS } else { as_of };
        let duties = found.iter().filter_map(|found| {
            let absent = reach.absent.iter().find(|account| {
                selection.view == View::Mine && found.row.assignee.as_ref() == Some(account)
            });
            item(&cases, found, read_as_of, now, absent.cloned())
        });
        Ok(DutiesPage { as_of, now, duties: duties.collect(), next: next.flatten() })
    }

    /// How many duties somebody has and sees.
    ///
    /// # Errors
    /// As [`duties`](Self::duties).
    pub async fn duty_counts(
        &self,
        who: &Principal,
        procedure: Option<&str>,
    ) -> Result<DutyCounts, Rejection> {
        let now = self.clock().now();
        let cases = self.cases()?;
        let mut counts = [0; 4];
        let asked_for = [
            (View::Mine, false),
            (View::Mine, true),
            (View::Pressing, false),
            (View::Pressing, true),
        ];
        for (count, (view, overdue)) in counts.iter_mut().zip(asked_for) {
            let procedure = procedure.map(str::to_owned);
            let selection = Selection { view, overdue, procedure, ..Selection::default() };
            let reach = self.reach(who, &selection)?;
            let asked = asked(who, &selection, &reach, &cases, now);
            *count = self.readings().duty_count(&asked, MOST_COUNTED).await?;
        }
        let [mine, mine_overdue, pressing, overdue] = counts;
        Ok(DutyCounts { mine, mine_overdue, pressing, overdue })
    }

    /// What of the duties somebody may see.
    fn reach(&self, who: &Principal, selection: &Selection) -> Result<Reach, Rejection> {
        let pack = self.pack();
        let today = day(self.clock().now());
        if let Some(procedure) = &selection.procedure
            && pack.procedure(procedure).is_none()
        {
            return Err(no_procedure(procedure));
        }
        let mut reach = match selection.view {
            View::Mine => self.own(who)?,
            View::Pressing | View::All => {
                let door = crate::Door::new(&pack, today);
                door.authorize(who, READ, crate::door::Target::default())?;
                Reach { branches: vec![self.seen(who)?], absent: Vec::new() }
            }
        };
        if let Some(office) = &selection.office {
            let territory = self.people().territory(&pack, today);
            let Some(number) = territory.heir_of(office) else { return Err(no_office(office)) };
            let asked: Vec<String> =
                territory.owned_by(number, selection.below).map(str::to_owned).collect();
            for branch in &mut reach.branches {
                branch.offices = Some(match branch.offices.take() {
                    None => asked.clone(),
                    Some(own) => own.into_iter().filter(|own| asked.contains(own)).collect(),
                });
            }
        }
        if let Some(account) = &selection.account {
            for branch in &mut reach.branches {
                branch.assignees = Some(vec![account.clone()]);
                branch.is_unassigned = false;
                branch.needs = None;
            }
        }
        Ok(reach)
    }

    /// All that somebody may see, in the offices of their grants.
    fn seen(&self, who: &Principal) -> Result<Branch, Rejection> {
        let pack = self.pack();
        let territory = self.people().territory(&pack, day(self.clock().now()));
        let Some(person) = &who.person else {
            let offices = who.office.as_deref().and_then(|office| territory.heir_of(office));
            let offices =
                offices.map(|number| territory.owned_by(number, true).map(str::to_owned).collect());
            return Ok(Branch { offices, ..Branch::default() });
        };
        let held = person.held();
        let mut offices = Some(Vec::new());
        let reads = held.territory().permission(READ).map(|(number, _)| number);
        for holding in
            held.holdings().iter().filter(|h| reads.is_some_and(|r| h.permissions.has(r)))
        {
            extend(&mut offices, holding, holding.view, held.territory());
        }
        Ok(Branch { offices, ..Branch::default() })
    }

    /// What is somebody's own.
    fn own(&self, who: &Principal) -> Result<Reach, Rejection> {
        let cases = self.cases()?;
        let permissions = cases.permissions();
        let Some(person) = &who.person else {
            // A program has what it took, and what is nobody's and takes a permission that it has.
            let mut branch = self.seen(who)?;
            let has = |id: &String| who.permissions.contains(ALL) || who.permissions.contains(id);
            branch.is_unassigned = true;
            branch.needs = Some(permissions.iter().filter(|id| has(id)).cloned().collect());
            let own = Branch { assignees: Some(vec![who.account.clone()]), ..Branch::default() };
            return Ok(Reach { branches: vec![own, branch], absent: Vec::new() });
        };
        let held = person.held();
        let today = day(self.clock().now());
        let directory = self.people().directory();
        let absent: Vec<String> = directory
            .absences()
            .iter()
            .filter(|absence| {
                absence.delegate.as_deref() == Some(person.account()) && absence.holds(today)
            })
            .map(|absence| absence.account.clone())
            .collect();
        let accounts = std::iter::once(person.account().to_owned()).chain(absent.iter().cloned());
        let mut branches =
            vec![Branch { assignees: Some(accounts.collect()), ..Branch::default() }];
        let territory = held.territory();
        for holding in held.holdings() {
            for reach in [pack::Reach::Capture, pack::Reach::View] {
                let is_capture = reach == pack::Reach::Capture;
                // What somebody writes they write for the office for which they act.
                if is_capture && *holding.held_in != *who.on_behalf_of {
                    continue;
                }
                let needs: Vec<String> = permissions
                    .iter()
                    .filter(|id| {
                        territory.permission(id).is_some_and(|(number, of)| {
                            of == reach && holding.permissions.has(number)
                        })
                    })
                    .cloned()
                    .collect();
                let mut offices = Some(Vec::new());
                let scope = if is_capture { holding.capture } else { holding.view };
                extend(&mut offices, holding, scope, territory);
                if needs.is_empty() || offices.as_ref().is_some_and(Vec::is_empty) {
                    continue;
                }
                branches.push(Branch {
                    offices,
                    is_unassigned: true,
                    needs: Some(needs),
                    ..Branch::default()
                });
            }
        }
        Ok(Reach { branches, absent })
    }
}

/// Adds the offices that a grant reaches; none: all.
fn extend(
    offices: &mut Option<Vec<String>>,
    holding: &Holding,
    scope: pack::Scope,
    territory: &crate::people::Territory,
) {
    let Seat::Office(office) = holding.seat else { return };
    match scope {
        pack::Scope::None => {}
        pack::Scope::Province => *offices = None,
        scope => {
            let below = scope == pack::Scope::OwnBelow;
            if let Some(offices) = offices {
                for owned in territory.owned_by(office, below) {
                    if !offices.iter().any(|known| known == owned) {
                        offices.push(owned.to_owned());
                    }
                }
            }
        }
    }
}

fn asked<'a>(
    who: &'a Principal,
    selection: &'a Selection,
    reach: &'a Reach,
    cases: &Cases,
    now: Timestamp,
) -> DutiesAsked<'a> {
    let is_pressing = selection.view == View::Pressing;
    DutiesAsked {
        branches: &reach.branches,
        procedure: selection.procedure.as_deref(),
        pressing: is_pressing.then(|| (now, cases.warned_until(now))),
        overdue: selection.overdue.then_some(now),
        // Who may take no part in a case has no duty in it; who looks at others' sees it.
        not_excluded: (selection.view == View::Mine).then_some(who.account.as_str()),
        with_parties: selection.view == View::All && !selection.overdue,
    }
}

impl Cases {
    /// The permissions that steps and approvals take.
    pub(super) fn permissions(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let steps = self.pack.procedures().flat_map(|p| &p.engine.definition().steps);
        for step in steps {
            let who = step.who.iter().filter_map(|who| match who {
                Who::Permission(id) => Some(id),
                _ => None,
            });
            found.extend(who.chain(&step.approvals).cloned());
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// By when, at the latest, everything ends that is pressing at a moment: so much later as the
    /// longest warning can be, with all days off that may lie in it.
    pub(super) fn warned_until(&self, now: Timestamp) -> Timestamp {
        const DAY: i64 = 86_400_000_000;
        // A week has two days off, and a long holiday with what is moved around it less than twenty.
        let days = |term: clock::Term| match term.unit {
            clock::Unit::Hour => term.amount.div_ceil(24) + 1,
            clock::Unit::WorkingDay => term.amount * 2 + 20,
            clock::Unit::Day => term.amount + 1,
            clock::Unit::Month => term.amount * 31 + 1,
            clock::Unit::Year => term.amount * 366 + 1,
        };
        let terms = self.pack.procedures().flat_map(|p| &p.engine.definition().terms);
        let longest = terms.filter_map(|term| term.warn).map(days).max().unwrap_or(0);
        let longest = i64::try_from(longest).unwrap_or(i64::MAX / DAY).saturating_mul(DAY);
        Timestamp::from_micros(now.micros().saturating_add(longest).min(i64::MAX - 1))
    }
}

/// A duty for showing.
fn item(
    cases: &Cases,
    found: &DutyFound,
    as_of: AsOf,
    now: Timestamp,
    stands_in_for: Option<String>,
) -> Option<DutyItem> {
    let read = cases.read(Packed::new(&found.entries), as_of)?;
    let law = cases.law();
    let engine = &*read.procedure.engine;
    let case = Case::of(engine, &read.entries, &law);
    let shown = derive::shown(&case).into_iter().nth(usize::try_from(found.place.ordinal).ok()?)?;
    let definition = engine.definition();
    let state = definition.states.get(usize::from(case.course.state))?;
    let run = shown.run.and_then(|run| case.runs.get(run));
    let steps = shown.steps.iter().filter_map(|at| {
        let step = engine.step_at(*at)?;
        Some(StepName { step: step.id.clone(), label: (&step.label).into() })
    });
    Some(DutyItem {
        case: found.case,
        procedure: definition.id.clone(),
        procedure_label: (&definition.label).into(),
        office: read.office.map(str::to_owned),
        region: read.region.to_owned(),
        state: state.id.clone(),
        state_label: (&state.label).into(),
        opened_at: read.entries.first()?.at,
        kind: shown.kind.to_owned(),
        term: run.map(|run| crate::case::term_view(&case, engine, run, now)),
        steps: steps.collect(),
        needs: shown.needs.into_iter().map(str::to_owned).collect(),
        standing: standing(&found.row, now),
        assignee: found.row.assignee.clone(),
        excluded: found.row.excluded.clone(),
        stands_in_for,
        place: Some(found.place),
    })
}

/// How a duty stands at a moment.
pub(super) fn standing(row: &DutyRow, now: Timestamp) -> &'static str {
    let turns = Turns {
        overdue_from: row.overdue_from,
        pressing_from: row.pressing_from,
        still_until: row.still_until,
        is_provisional: row.is_provisional,
    };
    standing_of(row.term.as_ref().map(|_| &turns), now)
}

/// How something stands whose term changes so; none runs where there is none.
pub(super) fn standing_of(turns: Option<&Turns>, now: Timestamp) -> &'static str {
    match turns {
        None => "open",
        Some(turns) if turns.is_overdue(now) => "overdue",
        Some(turns) if turns.is_still(now) => "suspended",
        Some(turns) if turns.is_pressing(now) => "pressing",
        Some(_) => "running",
    }
}

/// Whether a question asks for a duty: what the store makes of it, for rows that do not lie there.
pub(super) fn is_asked(
    asked: &DutiesAsked<'_>,
    office: &str,
    procedure: &str,
    row: &DutyRow,
) -> bool {
    let is_in = |branch: &Branch| {
        let is_one = |of: &Option<Vec<String>>, is: &dyn Fn(&String) -> bool| {
            of.as_ref().is_none_or(|of| of.iter().any(is))
        };
        is_one(&branch.assignees, &|account| row.assignee.as_ref() == Some(account))
            && is_one(&branch.offices, &|other| other == office)
            && is_one(&branch.needs, &|need| row.needs.contains(need))
            && !(branch.is_unassigned && row.assignee.is_some())
    };
    let (overdue, still) = (
        |now: Timestamp| row.overdue_from.is_some_and(|from| from <= now),
        |now: Timestamp| row.still_until.is_some_and(|until| now < until),
    );
    let is_pressing = |now: Timestamp| {
        overdue(now) || row.pressing_from.is_some_and(|from| from <= now) && !still(now)
    };
    asked.branches.iter().any(is_in)
        && asked.procedure.is_none_or(|of| of == procedure)
        && asked.pressing.is_none_or(|(now, _)| is_pressing(now))
        && asked.overdue.is_none_or(overdue)
        && asked.not_excluded.is_none_or(|who| !row.excluded.iter().any(|other| other == who))
        && (asked.with_parties || row.kind != PARTY)
}

fn no_procedure(id: &str) -> Rejection {
    let fault = Fault::new(
        "duty.procedure",
        format!("there is no procedure {id}; name one of the pack"),
        format!("没有程序 {id}；请选择规则包中的程序"),
    );
    fault.at("/procedure").into()
}

fn no_office(id: &str) -> Rejection {
    let fault = Fault::new(
        "duty.office",
        format!("there is no office {id} now, nor one that took its place; name another"),
        format!("没有机关 {id}，也没有承继机关；请选择其他机关"),
    );
    fault.at("/office").into()
}
