//! All cases of the province as of any two times: no record is read, only what the readings hold of each
//! case, by as many threads as there are.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::Timestamp;
use procedure::Case;
use serde::Serialize;
use store::readings::{AsOf, DutiesAsked, DutyFound, DutyPlace, Packed};

use super::cases::Cases;
use super::derive;
use super::list::{is_asked, standing_of};
use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

/// Positions of records in one piece of work.
const PIECE: u64 = 16_384;

/// What there is to do in all cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Cases that were opened.
    pub cases: u64,
    /// Of these open.
    pub open: u64,
    /// Duties.
    pub duties: u64,
    /// Of these overdue.
    pub overdue: u64,
    /// Pressing.
    pub pressing: u64,
    /// Standing still.
    pub suspended: u64,
}

impl Tally {
    fn plus(mut self, other: Self) -> Self {
        self.cases += other.cases;
        self.open += other.open;
        self.duties += other.duties;
        self.overdue += other.overdue;
        self.pressing += other.pressing;
        self.suspended += other.suspended;
        self
    }
}

impl System {
    /// All duties of all cases as of two times, counted.
    ///
    /// # Errors
    /// More known than there is; a fault of the store.
    pub async fn duty_tally(&self, when: When) -> Result<Tally, Rejection> {
        let as_of = self.as_of(when).await?;
        let now = self.clock().now().min(as_of.valid);
        let of_piece = move |cases: &Cases, piece: Vec<(u64, Vec<u8>)>| {
            let of_case = |(_, entries): &(u64, Vec<u8>)| {
                let Some(read) = cases.read(Packed::new(entries), as_of) else {
                    return Tally::default();
                };
                let law = cases.law();
                let case = Case::of(&read.procedure.engine, &read.entries, &law);
                let mut tally = Tally { cases: 1, ..Tally::default() };
                tally.open = case.course.ended_at.is_none().into();
                for shown in derive::shown(&case) {
                    tally.duties += 1;
                    let run = shown.run.and_then(|run| case.runs.get(run));
                    let turns = run.map(|run| case.turns(run));
                    match standing_of(turns.as_ref(), now) {
                        "overdue" => tally.overdue += 1,
                        "pressing" => tally.pressing += 1,
                        "suspended" => tally.suspended += 1,
                        _ => {}
                    }
                }
                tally
            };
            piece.iter().map(of_case).fold(Tally::default(), Tally::plus)
        };
        let pieces = self.over_cases(as_of, of_piece).await?;
        Ok(pieces.into_iter().fold(Tally::default(), Tally::plus))
    }

    /// The first duties of a question as of two times, of all cases.
    pub(super) async fn duties_scanned(
        &self,
        asked: &DutiesAsked<'_>,
        as_of: AsOf,
        after: Option<DutyPlace>,
        limit: usize,
    ) -> Result<Vec<DutyFound>, Rejection> {
        let (branches, procedure) = (asked.branches.to_vec(), asked.procedure.map(str::to_owned));
        let not_excluded = asked.not_excluded.map(str::to_owned);
        let (pressing, overdue, with_parties) = (asked.pressing, asked.overdue, asked.with_parties);
        let of_piece = move |cases: &Cases, piece: Vec<(u64, Vec<u8>)>| {
            let asked = DutiesAsked {
                branches: &branches,
                procedure: procedure.as_deref(),
                pressing,
                overdue,
                not_excluded: not_excluded.as_deref(),
                with_parties,
            };
            let mut first = First { after, limit, found: Vec::new(), places: BTreeSet::new() };
            for (position, entries) in piece {
                let Some(read) = cases.read(Packed::new(&entries), as_of) else { continue };
                let law = cases.law();
                let engine = &*read.procedure.engine;
                let case = Case::of(engine, &read.entries, &law);
                let office = read.office.unwrap_or_default();
                for (ordinal, row) in derive::duties(&read, &case).into_iter().enumerate() {
                    let place = DutyPlace {
                        overdue_from: row.overdue_from.map_or(i64::MAX, Timestamp::micros),
                        case: position,
                        ordinal: ordinal as u64,
                    };
                    if !is_asked(&asked, office, read.procedure.id(), &row) || !first.takes(place) {
                        continue;
                    }
                    let state = engine.definition().states.get(usize::from(case.course.state));
                    first.put(Loose {
                        place,
                        office: office.to_owned(),
                        region: read.region.to_owned(),
                        procedure: read.procedure.id().to_owned(),
                        state: state.map(|state| state.id.clone()).unwrap_or_default(),
                        row,
                        entries: entries.clone(),
                    });
                }
            }
            first.found
        };
        let pieces = self.over_cases(as_of, of_piece).await?;
        let mut found: Vec<Loose> = pieces.into_iter().flatten().collect();
        found.sort_by_key(|found| found.place);
        found.truncate(limit);
        let positions: Vec<u64> = found.iter().map(|found| found.place.case).collect();
        let ids = self.readings().case_ids(&positions).await?;
        let with_id = |found: Loose| {
            let (_, case) = *ids.iter().find(|(position, _)| *position == found.place.case)?;
            let Loose { place, office, region, procedure, state, row, entries } = found;
            Some(DutyFound { place, case, office, region, procedure, state, row, entries })
        };
        Ok(found.into_iter().filter_map(with_id).collect())
    }

    /// What something makes of all cases, piece by piece; one question of that sort at a time, for it
    /// takes the whole machine.
    async fn over_cases<T: Send + 'static>(
        &self,
        as_of: AsOf,
        of_piece: impl Fn(&Cases, Vec<(u64, Vec<u8>)>) -> T + Send + Sync + 'static,
    ) -> Result<Vec<T>, Rejection> {
        let _one = self.duty().scans.acquire().await;
        let (cases, of_piece) = (self.cases()?, Arc::new(of_piece));
        let next = Arc::new(AtomicU64::new(0));
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut working = tokio::task::JoinSet::new();
        for _ in 0..threads {
            let (cases, of_piece) = (Arc::clone(&cases), Arc::clone(&of_piece));
            let (next, readings) = (Arc::clone(&next), self.readings().clone());
            working.spawn(async move {
                let mut made = Vec::new();
                loop {
                    let from = next.fetch_add(PIECE, Ordering::Relaxed);
                    if from >= as_of.known {
                        return Ok::<_, store::Error>(made);
                    }
                    let piece = readings.cases_in(from..from.saturating_add(PIECE)).await?;
                    if piece.is_empty() {
                        continue;
                    }
                    let (cases, of_piece) = (Arc::clone(&cases), Arc::clone(&of_piece));
                    let making = tokio::task::spawn_blocking(move || of_piece(&cases, piece));
                    made.push(making.await.map_err(broken)?);
                }
            });
        }
        let mut all = Vec::new();
        while let Some(made) = working.join_next().await {
            all.extend(made.map_err(broken)??);
        }
        Ok(all)
    }
}

fn broken(error: tokio::task::JoinError) -> store::Error {
    store::Error::Unavailable { reason: error.to_string() }
}

/// A duty whose case has no id yet.
struct Loose {
    place: DutyPlace,
    office: String,
    region: String,
    procedure: String,
    state: String,
    row: store::readings::DutyRow,
    entries: Vec<u8>,
}

/// The first of what comes, by place.
struct First {
    after: Option<DutyPlace>,
    limit: usize,
    found: Vec<Loose>,
    places: BTreeSet<DutyPlace>,
}

impl First {
    /// Whether something at this place is among the first so far.
    fn takes(&self, place: DutyPlace) -> bool {
        self.after.is_none_or(|after| place > after)
            && (self.places.len() < self.limit || self.places.last().is_some_and(|l| place < *l))
    }

    fn put(&mut self, loose: Loose) {
        self.places.insert(loose.place);
        self.found.push(loose);
        if self.places.len() > self.limit {
            self.places.pop_last();
        }
        // What is among the first no more is dropped now and then.
        if self.found.len() > self.limit * 4 {
            let places = &self.places;
            self.found.retain(|found| places.contains(&found.place));
        }
    }
}
