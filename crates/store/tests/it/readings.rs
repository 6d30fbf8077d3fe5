//! The readings: what they answer, and that they are the same however they came about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use model::{RecordId, Timestamp, system_kind};
use proptest::prelude::*;
use proptest::sample::Index;
use rules::filter::{Field, Fields, Filter, Type};
use rules::value::Value;
use serde_json::json;
use store::readings::{
    AsOf, Branch, CasePart, Derived, DutiesAsked, DutyRow, Head, Packed, PackedPart, Plan,
    Projected, Projector, Readings, Regions,
};
use store::{NewRecord, Stored};

use crate::samples::{Store, id, on_both, record};

fn fields() -> Arc<Fields> {
    let fields = [
        Field::new("result", Type::Code(None)),
        Field::new("order", Type::Integer),
        Field::new("is_urgent", Type::Boolean),
        Field::new("water.content", Type::Decimal { places: 2 }),
    ];
    Arc::new(Fields::new(fields).unwrap())
}

fn plan(digest: &str) -> Plan {
    let no_fields = Arc::new(Fields::new([]).unwrap());
    let kinds = [("inspection".to_owned(), fields()), ("trade-line".to_owned(), no_fields)];
    Plan::new(digest, kinds).unwrap().with_events("trade-line")
}

/// What the tests' records say, by their number.
fn typed(number: u64) -> Vec<Option<Value>> {
    vec![
        (!number.is_multiple_of(5)).then(|| ["pass", "fail"][number as usize % 2].into()),
        Some((number as i64 * 7 % 10).into()),
        Some((number.is_multiple_of(3)).into()),
        Some(rules::value::Decimal::new(number as i64, 1).unwrap().into()),
    ]
}

fn interpret(stored: &Stored) -> Result<Projected, String> {
    let open: serde_json::Value =
        serde_json::from_slice(&stored.open).map_err(|e| e.to_string())?;
    let number = open["number"].as_u64().ok_or("no number")?;
    let text = |key: &str| open[key].as_str().map(str::to_owned);
    let subjects = open["subjects"].as_array().into_iter().flatten().map(|subject| {
        let part = |at: usize| subject[at].as_str().unwrap_or_default().to_owned();
        (part(0), part(1))
    });
    Ok(Projected {
        region: text("region").unwrap_or_default(),
        office: text("office"),
        author: "office:420000".into(),
        subjects: subjects.collect(),
        typed: if stored.kind == "inspection" { typed(number) } else { Vec::new() },
        case: (stored.kind == "inspection").then(|| CasePart {
            // Every fifth record opens a case, or what it corrects did; the rest are of the one before.
            of: match number % 5 {
                0 => stored.corrects,
                rest => Some(id(number - rest)),
            },
            body: number.to_string().into_bytes(),
        }),
        ..Projected::default()
    })
}

/// A duty for each part of a case that counts, due as late as it happened, and what counts of it said
/// late; the first part says whose it is.
fn derive(packed: Packed<'_>) -> Derived {
    let counting = || packed.parts().filter(|part| part.counts(u64::MAX));
    let text = |part: &PackedPart<'_>| String::from_utf8_lossy(part.body).into_owned();
    let duties = counting().map(|part| DutyRow {
        kind: "term".into(),
        term: Some(format!("t{}", part.body.len())),
        steps: vec![text(&part)],
        needs: vec![format!("p{}", part.position % 3), "q".into()],
        overdue_from: Some(Timestamp::from_micros(part.valid_at)),
        pressing_from: Some(Timestamp::from_micros(part.valid_at - 2)),
        still_until: (part.position % 4 == 0).then_some(Timestamp::from_micros(5)),
        assignee: (part.position % 2 == 0).then(|| format!("a{}", part.position % 6)),
        ..DutyRow::default()
    });
    Derived {
        office: format!("o{}", counting().count() % 2),
        procedure: format!("{}", packed.parts().count() % 2),
        is_open: counting().next().is_some(),
        duties: duties.collect(),
        ..Derived::default()
    }
}

/// A record of some subjects. Its subject, day and region follow from its number.
fn of_subjects(number: u64) -> NewRecord {
    let (subject, region) = (format!("s:{}", number % 3), format!("42010{}", number % 4));
    let mut subjects = vec![json!(["maker", subject]), json!(["seller", "s:all"])];
    if number.is_multiple_of(2) {
        subjects.push(json!(["holder", "s:all"]));
    }
    let open = json!({"number": number, "region": region, "subjects": subjects});
    NewRecord {
        open: open.to_string().into_bytes(),
        valid_at: Timestamp::from_micros((number as i64 * 5) % 7),
        ..record(number, "")
    }
}

/// A record of the program itself.
fn of_system(number: u64, kind: &str) -> NewRecord {
    let open = json!({"number": number}).to_string().into_bytes();
    NewRecord { kind: kind.into(), open, ..record(number, kind) }
}

const ALWAYS: Timestamp = Timestamp::from_micros(i64::MAX);

fn as_of(known: u64) -> AsOf {
    AsOf { valid: ALWAYS, known }
}

impl Store {
    fn readings(&self, digest: &str) -> Readings {
        self.runtime.block_on(Readings::open(&self.address, plan(digest))).unwrap()
    }

    fn projector(&self, readings: &Readings) -> Projector {
        let projector = Projector::new(readings.clone(), self.reader.clone(), interpret);
        self.runtime.block_on(projector).unwrap().deriving(derive)
    }

    fn dump(&self, readings: &Readings) -> String {
        self.runtime.block_on(readings.dump()).unwrap()
    }

    /// Heads of all records as of `known`, by what the records themselves say; newest first.
    fn heads(&self, known: u64) -> Vec<(Head, Stored)> {
        let all = self.runtime.block_on(self.reader.range(0, 1000)).unwrap();
        let standing = self.runtime.block_on(self.reader.standing(&all, known)).unwrap();
        let mut heads: Vec<(Head, Stored)> = all
            .into_iter()
            .zip(standing)
            .filter(|(_, standing)| standing.counts)
            .map(|(stored, _)| {
                (Head { valid_at: stored.valid_at, position: stored.position }, stored)
            })
            .collect();
        heads.sort_by_key(|(head, _)| std::cmp::Reverse(*head));
        heads
    }
}

#[derive(Debug, Clone)]
enum Step {
    /// A record, in the open batch of that number, in the place of one of those stored.
    Append {
        batch: Option<usize>,
        corrects: Option<Index>,
    },
    Close {
        batch: usize,
        is_inside: bool,
    },
    /// Takes a record or a batch back.
    Withdraw {
        is_batch: bool,
        target: Index,
    },
    /// Merges so many.
    Advance {
        limit: usize,
    },
    /// Opens the readings anew.
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let corrects = prop::option::weighted(0.6, any::<Index>());
    let append = (prop::option::weighted(0.6, 0..2usize), corrects)
        .prop_map(|(batch, corrects)| Step::Append { batch, corrects });
    let close = (0..2usize, any::<bool>())
        .prop_map(|(batch, is_inside)| vec![Step::Close { batch, is_inside }]);
    let withdraw = (any::<bool>(), any::<Index>())
        .prop_map(|(is_batch, target)| vec![Step::Withdraw { is_batch, target }]);
    let request = prop_oneof![
        8 => prop::collection::vec(append, 1..3),
        3 => close,
        4 => withdraw,
        2 => (1..9usize).prop_map(|limit| vec![Step::Advance { limit }]),
        1 => Just(vec![Step::Restart]),
    ];
    prop::collection::vec(request, 10..70)
}

/// What was stored, for choosing from.
struct Chosen {
    /// The numbers of records that can be corrected and taken back.
    records: Vec<u64>,
    /// The numbers of all batches. The first one's is a record's too.
    batches: Vec<u64>,
    /// Which of them new records go into.
    open: [u64; 2],
}

impl Chosen {
    fn records(&self, request: &[Step], first: u64) -> Vec<NewRecord> {
        request.iter().zip(first..).filter_map(|(step, own)| self.record(step, own)).collect()
    }

    fn record(&self, step: &Step, own: u64) -> Option<NewRecord> {
        let pick = |index: &Index, of: &[u64]| (!of.is_empty()).then(|| id(*index.get(of)));
        Some(match step {
            Step::Append { batch, corrects } => NewRecord {
                batch: batch.map(|batch| id(self.open[batch])),
                corrects: corrects.and_then(|index| pick(&index, &self.records)),
                ..of_subjects(own)
            },
            Step::Close { batch, is_inside } => NewRecord {
                closes: Some(id(self.open[*batch])),
                batch: is_inside.then(|| id(self.open[*batch])),
                ..of_system(own, system_kind::BATCH)
            },
            Step::Withdraw { is_batch, target } => {
                let of = if *is_batch { &self.batches } else { &self.records };
                let withdraws = pick(target, of);
                NewRecord { withdraws, ..of_system(own, system_kind::WITHDRAWAL) }
            }
            Step::Advance { .. } | Step::Restart => return None,
        })
    }

    /// Takes in what a request that was not refused did.
    fn take(&mut self, records: &[NewRecord], first: u64) {
        for (record, own) in records.iter().zip(first..) {
            if record.kind == "inspection" {
                self.records.push(own);
            }
            // Another batch begins where one was completed or taken back.
            for batch in &mut self.open {
                let number = id(*batch);
                if record.closes == Some(number) || record.withdraws == Some(number) {
                    *batch = 100_000 + own;
                    self.batches.push(*batch);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_readings_say_what_the_records_say(requests in steps()) {
        for store in [Store::sqlite(), Store::postgres()] {
            says_what_the_records_say(&store, &requests)?;
        }
    }
}

fn says_what_the_records_say(store: &Store, requests: &[Vec<Step>]) -> Result<(), TestCaseError> {
    let mut readings = store.readings("1");
    let mut projector = store.projector(&readings);
    let mut chosen = Chosen { records: Vec::new(), batches: vec![20, 101], open: [20, 101] };
    for (request, first) in requests.iter().zip((0..).step_by(2)) {
        match request.first() {
            Some(Step::Advance { limit }) => {
                let before = store.runtime.block_on(readings.merged()).unwrap();
                let done = store.runtime.block_on(projector.advance(*limit)).unwrap();
                prop_assert_eq!(done.watermark, done.size.min(before + *limit as u64));
                counts_as_standing_says(store, &readings, done.watermark)?;
            }
            Some(Step::Restart) => {
                let before = store.dump(&readings);
                readings = store.readings("1");
                projector = store.projector(&readings);
                prop_assert_eq!(store.dump(&readings), before);
            }
            _ => {
                let records = chosen.records(request, first);
                // Some are refused; what was not is what counts.
                if store.append(records.clone()).is_ok() {
                    chosen.take(&records, first);
                }
            }
        }
    }
    // One at a time: everything that a record does is then done to what was merged before.
    while !store.runtime.block_on(projector.advance(1)).unwrap().is_done() {}
    let live = store.dump(&readings);
    let size = store.runtime.block_on(store.reader.size()).unwrap();
    for known in 0..=size {
        counts_as_standing_says(store, &readings, known)?;
    }
    cases_hold_what_the_records_say(store, &readings)?;
    prop_assert!(store.runtime.block_on(readings.set_aside(0, 10)).unwrap().is_empty());
    let rebuilt = store.runtime.block_on(projector.rebuild()).unwrap();
    prop_assert_eq!((rebuilt.watermark, rebuilt.size), (size, size));
    prop_assert_eq!(store.dump(&readings), live);
    Ok(())
}

fn counts_as_standing_says(
    store: &Store,
    readings: &Readings,
    known: u64,
) -> Result<(), TestCaseError> {
    let heads = store.heads(known);
    let positions: Vec<u64> = (0..known).collect();
    let counting = store.runtime.block_on(readings.counting(&positions, known)).unwrap();
    let mut expected: Vec<u64> = heads.iter().map(|(head, _)| head.position).collect();
    expected.sort_unstable();
    prop_assert_eq!(counting.into_iter().collect::<Vec<_>>(), expected, "as of {}", known);
    let of_subject = heads.iter().filter(|(_, stored)| stored.kind == "inspection");
    let expected: Vec<Head> = of_subject.map(|(head, _)| *head).collect();
    let page = readings.subject_page("s:all", as_of(known), None, None, 1000);
    let page = store.runtime.block_on(page).unwrap();
    prop_assert_eq!(page.iter().map(|line| line.head).collect::<Vec<_>>(), expected);
    // By kind the same is found.
    let kinds = owned(&["batch", "inspection", "none"]);
    let asked = [("s:all", &*kinds)];
    let found = readings.heads_of(&asked, as_of(known), 1000);
    prop_assert_eq!(store.runtime.block_on(found).unwrap(), [page]);
    Ok(())
}

/// What a case's parts are, by the records alone: which count, of which case each is.
fn parts_by_records(store: &Store) -> BTreeMap<u64, BTreeSet<u64>> {
    let all = store.runtime.block_on(store.reader.range(0, 1000)).unwrap();
    let size = all.len() as u64;
    let counting: BTreeSet<u64> =
        store.heads(size).into_iter().map(|(head, _)| head.position).collect();
    let mut cases: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for stored in &all {
        let Some(part) = interpret(stored).unwrap().case else { continue };
        // Up the line of corrections to the first.
        let mut by = part.of.unwrap_or(stored.id);
        let root = loop {
            let Some(found) = all.iter().find(|other| other.id == by) else { break None };
            match found.corrects {
                Some(before) => by = before,
                None => break Some(found.position),
            }
        };
        let Some(root) = root else { continue };
        let parts = cases.entry(root).or_default();
        if counting.contains(&stored.position) {
            parts.insert(stored.position);
        }
    }
    cases
}

/// The parts that are kept of each case are those that the records say, and of each duty that is asked
/// for, in whichever way, each that should be found is found once, in its order.
fn cases_hold_what_the_records_say(
    store: &Store,
    readings: &Readings,
) -> Result<(), TestCaseError> {
    let expected = parts_by_records(store);
    let kept = store.runtime.block_on(readings.cases_in(0..1000)).unwrap();
    let kept: BTreeMap<u64, Vec<u8>> = kept.into_iter().collect();
    let counting: BTreeMap<u64, BTreeSet<u64>> = kept
        .iter()
        .map(|(case, entries)| {
            let parts = Packed::new(entries).parts().filter(|part| part.counts(u64::MAX));
            (*case, parts.map(|part| part.position).collect())
        })
        .collect();
    prop_assert_eq!(&counting, &expected);
    let mut rows = Vec::new();
    for (case, entries) in &kept {
        let derived = derive(Packed::new(entries));
        for (at, duty) in derived.duties.into_iter().enumerate() {
            let due = duty.overdue_from.unwrap().micros();
            rows.push((
                (due, *case, at as u64),
                derived.office.clone(),
                derived.procedure.clone(),
                duty,
            ));
        }
    }
    rows.sort_by_key(|(place, ..)| *place);
    let some = |texts: &[&str]| Some(owned(texts));
    let branches = [
        vec![Branch::default()],
        vec![Branch { offices: some(&["o1"]), ..Branch::default() }],
        vec![Branch { offices: some(&[]), ..Branch::default() }],
        vec![
            Branch { assignees: some(&["a0", "a2"]), ..Branch::default() },
            Branch {
                offices: some(&["o0", "o1"]),
                is_unassigned: true,
                needs: some(&["p1", "p2"]),
                ..Branch::default()
            },
            // What lies in two is found once.
            Branch { needs: some(&["p1"]), ..Branch::default() },
        ],
        vec![Branch {
            offices: Some((0..40).map(|n| format!("o{n}")).collect()),
            ..Branch::default()
        }],
    ];
    let now = Timestamp::from_micros(4);
    for (number, branches) in branches.iter().enumerate() {
        for sort in 0..4 {
            let asked = DutiesAsked {
                branches,
                procedure: (sort == 1).then_some("1"),
                pressing: (sort == 2).then_some((now, Timestamp::from_micros(6))),
                overdue: (sort == 3).then_some(now),
                ..DutiesAsked::default()
            };
            let is_asked = |office: &String, procedure: &String, duty: &DutyRow| {
                let is_in = |branch: &Branch| {
                    let among = |of: &Option<Vec<String>>, is: &dyn Fn(&String) -> bool| {
                        of.as_ref().is_none_or(|of| of.iter().any(is))
                    };
                    among(&branch.offices, &|other| other == office)
                        && among(&branch.assignees, &|a| duty.assignee.as_ref() == Some(a))
                        && among(&branch.needs, &|need| duty.needs.contains(need))
                        && !(branch.is_unassigned && duty.assignee.is_some())
                };
                let overdue = duty.overdue_from.unwrap() <= now;
                let pressing = duty.pressing_from.unwrap() <= now
                    && duty.still_until.is_none_or(|until| until <= now);
                branches.iter().any(is_in)
                    && match sort {
                        1 => procedure == "1",
                        2 => overdue || pressing,
                        3 => overdue,
                        _ => true,
                    }
            };
            let expected: Vec<(i64, u64, u64)> = rows
                .iter()
                .filter(|(_, office, procedure, duty)| is_asked(office, procedure, duty))
                .map(|(place, ..)| *place)
                .collect();
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = store.runtime.block_on(readings.duties(&asked, after, 3)).unwrap();
                let is_last = page.len() < 3;
                after = page.last().map(|duty| duty.place);
                found
                    .extend(page.into_iter().map(|duty| {
                        (duty.place.overdue_from, duty.place.case, duty.place.ordinal)
                    }));
                if is_last {
                    break;
                }
            }
            prop_assert_eq!(&found, &expected, "branches {} asked as {}", number, sort);
            let count = store.runtime.block_on(readings.duty_count(&asked, 5)).unwrap();
            prop_assert_eq!(count, expected.len().min(5) as u64);
        }
    }
    Ok(())
}

/// A store with some heads, some corrected records and an open batch.
fn filled(store: &Store) -> u64 {
    store.append((0..60).map(of_subjects).collect()).unwrap();
    let corrects =
        |number: u64| NewRecord { corrects: Some(id(number - 60)), ..of_subjects(number) };
    store.append((60..70).map(corrects).collect()).unwrap();
    let batch = Some(id(500));
    store.append((70..80).map(|n| NewRecord { batch, ..of_subjects(n) }).collect()).unwrap();
    80
}

#[test]
fn pages_give_each_head_once_newest_first() {
    on_both(|store| {
        let known = filled(&store);
        let readings = store.readings("1");
        store.runtime.block_on(store.projector(&readings).rebuild()).unwrap();
        let heads = store.heads(known);
        assert_eq!(heads.len(), 60);
        let all: Vec<Head> = heads.iter().map(|(head, _)| *head).collect();
        for limit in [1, 2, 7, 60, 61] {
            let (mut of_subject, mut of_kind) = (Vec::new(), Vec::new());
            loop {
                let after = of_subject.last().map(|line: &store::readings::SubjectHead| line.head);
                let page = readings.subject_page("s:all", as_of(known), None, after, limit);
                let page = store.runtime.block_on(page).unwrap();
                let is_last = page.len() < limit;
                of_subject.extend(page);
                if is_last {
                    break;
                }
            }
            loop {
                let after = of_kind.last().copied();
                let page = readings.kind_page(
                    "inspection",
                    None,
                    Regions::Any,
                    as_of(known),
                    after,
                    limit,
                );
                let page = store.runtime.block_on(page).unwrap();
                let is_last = page.len() < limit;
                of_kind.extend(page);
                if is_last {
                    break;
                }
            }
            assert_eq!(of_subject.iter().map(|line| line.head).collect::<Vec<_>>(), all);
            assert_eq!(of_kind, all);
            for line in &of_subject {
                let roles: &[&str] =
                    if line.head.position % 2 == 0 { &["holder", "seller"] } else { &["seller"] };
                assert_eq!(
                    (line.kind.as_str(), &line.roles[..]),
                    ("inspection", &owned(roles)[..])
                );
            }
        }
        let kinds = |kinds: &[&str]| {
            let kinds = owned(kinds);
            let page = readings.subject_page("s:all", as_of(known), Some(&kinds), None, 100);
            store.runtime.block_on(page).unwrap().len()
        };
        assert_eq!([kinds(&[]), kinds(&["batch"]), kinds(&["a", "b", "inspection"])], [0, 0, 60]);
        // Of many at once, each is told its own; of events, which are not in the index by kind, too.
        let [none, some, events] =
            [&[][..], &["inspection"], &["inspection", "trade-line"]].map(owned);
        let asked =
            [("s:all", &*some), ("s:nobody", &*some), ("s:all", &*none), ("s:all", &*events)];
        let found = store.runtime.block_on(readings.heads_of(&asked, as_of(known), 1000)).unwrap();
        let page = readings.subject_page("s:all", as_of(known), None, None, 1000);
        let page = store.runtime.block_on(page).unwrap();
        assert_eq!(found, [page.clone(), Vec::new(), Vec::new(), page.clone()]);
        let pages = readings.subject_pages(&["s:nobody", "s:all"], as_of(known), None, None, 7);
        let pages = store.runtime.block_on(pages).unwrap();
        assert_eq!(pages, [Vec::new(), page[..7].to_vec()]);
        // The newest five times that it is named.
        let few = store.runtime.block_on(readings.heads_of(&asked[..1], as_of(known), 5)).unwrap();
        let roles: usize = few[0].iter().map(|found| found.roles.len()).sum();
        assert_eq!(roles, 5);
        assert!(few[0].iter().zip(&page).all(|(few, all)| few.head == all.head));
    });
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn pages_and_counts_hold_what_the_filter_and_the_regions_say() {
    on_both(|store| {
        let known = filled(&store);
        let readings = store.readings("1");
        store.runtime.block_on(store.projector(&readings).rebuild()).unwrap();
        let filters = [
            None,
            Some("result == 'fail'"),
            Some("result is missing or order >= 5"),
            Some("is_urgent and not (order in [1, 2, 3])"),
            Some("water.content > 1.05 and water.content <= 4.5"),
        ];
        let codes = |codes: &[&str]| owned(codes);
        let (one, two, far) = (codes(&["420102"]), codes(&["420101", "420103"]), codes(&["43"]));
        let (city, half) = (codes(&["4201"]), codes(&["420100", "420101"]));
        let many: Vec<String> = (0..40).map(|n| format!("4201{n:02}")).collect();
        let regions = [
            Regions::Any,
            Regions::Exactly(&one),
            Regions::Exactly(&two),
            Regions::Exactly(&far),
            Regions::Exactly(&many),
            Regions::Exactly(&[]),
            Regions::Under(&city),
            Regions::Under(&half),
            Regions::Under(&far),
            Regions::Under(&[]),
        ];
        let lies_in = |region: &str, regions: Regions<'_>| match regions {
            Regions::Any => true,
            Regions::Exactly(codes) => codes.iter().any(|code| code == region),
            Regions::Under(codes) => codes.iter().any(|code| region.starts_with(code.as_str())),
        };
        for (filter, regions) in filters.iter().flat_map(|f| regions.iter().map(move |r| (f, *r))) {
            let filter = filter.map(|text| Filter::parse(text, &fields()).unwrap());
            for valid in [ALWAYS, Timestamp::from_micros(3)] {
                let expected: Vec<Head> = store
                    .heads(known)
                    .into_iter()
                    .filter(|(head, stored)| {
                        let read = interpret(stored).unwrap();
                        head.valid_at <= valid
                            && lies_in(&read.region, regions)
                            && filter.as_ref().is_none_or(|f| f.holds(read.typed.as_slice()))
                    })
                    .map(|(head, _)| head)
                    .collect();
                let as_of = AsOf { valid, known };
                let (page, rest, count) = store.runtime.block_on(async {
                    let ask = async |after, limit| {
                        let filter = filter.as_ref();
                        readings.kind_page("inspection", filter, regions, as_of, after, limit).await
                    };
                    let page = ask(None, 9).await.unwrap();
                    let rest = ask(page.last().copied(), 100).await.unwrap();
                    let count = readings.kind_count("inspection", filter.as_ref(), regions, as_of);
                    (page, rest, count.await.unwrap())
                });
                assert_eq!(page.len(), expected.len().min(9));
                let found = if page.is_empty() { page } else { [page, rest].concat() };
                assert_eq!(found, expected, "{filter:?} {regions:?}");
                assert_eq!(count, expected.len() as u64);
            }
        }
    });
}

#[test]
fn what_is_not_there_is_said() {
    on_both(|store| {
        let readings = store.readings("1");
        let page = readings.kind_page("sample", None, Regions::Any, as_of(0), None, 1);
        assert_eq!(store.runtime.block_on(page).unwrap_err().code(), "store.no_reading");
        let other = Arc::new(Fields::new([Field::new("other", Type::Integer)]).unwrap());
        let filter = Filter::parse("other > 1", &other).unwrap();
        let count = readings.kind_count("inspection", Some(&filter), Regions::Any, as_of(0));
        assert_eq!(store.runtime.block_on(count).unwrap_err().code(), "store.no_reading");
    });
}

#[test]
fn what_cannot_be_read_is_set_aside_and_still_counts() {
    on_both(|store| {
        let broken = NewRecord { open: b"{".to_vec(), ..record(1, "a") };
        let nul = json!({"number": 2, "region": "42\u{0}"}).to_string().into_bytes();
        let nul = NewRecord { open: nul, ..record(2, "a") };
        store.append(vec![of_subjects(0), broken, nul, of_subjects(3)]).unwrap();
        let readings = store.readings("1");
        let done = store.runtime.block_on(store.projector(&readings).advance(100)).unwrap();
        assert_eq!((done.merged, done.watermark), (4, 4));
        let aside = store.runtime.block_on(readings.set_aside(0, 10)).unwrap();
        assert_eq!(aside.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [1, 2]);
        let after = store.runtime.block_on(readings.set_aside(2, 10)).unwrap();
        assert_eq!(after, [(2, "a text with U+0000".to_owned())]);
        let counting = store.runtime.block_on(readings.counting(&[0, 1, 2, 3], 4)).unwrap();
        assert_eq!(counting.len(), 4);
        let page = readings.kind_page("inspection", None, Regions::Any, as_of(4), None, 9);
        assert_eq!(store.runtime.block_on(page).unwrap().len(), 2);
    });
}

#[test]
fn another_plan_or_another_log_begins_anew() {
    on_both(|store| {
        filled(&store);
        let readings = store.readings("1");
        let mut old = store.projector(&readings);
        store.runtime.block_on(old.advance(30)).unwrap();
        assert_eq!(store.runtime.block_on(store.readings("1").merged()).unwrap(), 30);
        let anew = store.readings("2");
        assert_eq!(store.runtime.block_on(anew.merged()).unwrap(), 0);
        let fenced = store.runtime.block_on(old.advance(30)).unwrap_err();
        assert_eq!(fenced.code(), "store.fenced");
        // The readings of a store that was put back to an earlier state, and has gone on otherwise.
        store.runtime.block_on(store.projector(&anew).rebuild()).unwrap();
        let other: RecordId = id(999);
        let sql = "UPDATE watermark SET last_id = $1";
        let statement = store::db::Statement::new(sql, vec![other.into()]);
        store.runtime.block_on(anew.db().write(vec![statement])).unwrap();
        store.projector(&anew);
        assert_eq!(store.runtime.block_on(anew.merged()).unwrap(), 0);
    });
}

#[test]
fn two_projectors_do_not_disturb_each_other() {
    on_both(|store| {
        filled(&store);
        let readings = store.readings("1");
        let (mut one, mut two) = (store.projector(&readings), store.projector(&readings));
        let step = |projector: &mut Projector| {
            let done = store.runtime.block_on(projector.advance(30)).unwrap();
            (done.merged, done.watermark)
        };
        assert_eq!(
            [step(&mut one), step(&mut two), step(&mut two)],
            [(30, 30), (30, 30), (30, 60)]
        );
        let live = store.runtime.block_on(async {
            two.advance(30).await.unwrap();
            readings.dump().await.unwrap()
        });
        store.runtime.block_on(one.rebuild()).unwrap();
        assert_eq!(store.dump(&readings), live);
    });
}

#[test]
fn a_damaged_file_is_made_anew() {
    let store = Store::sqlite();
    filled(&store);
    store.runtime.block_on(store.projector(&store.readings("1")).rebuild()).unwrap();
    let store::Address::Folder(folder) = &store.address else { panic!("a folder") };
    for file in ["readings.sqlite-wal", "readings.sqlite-shm"] {
        let _ = std::fs::remove_file(folder.join(file));
    }
    std::fs::write(folder.join("readings.sqlite"), b"this is no database".repeat(1000)).unwrap();
    let readings = store.readings("1");
    let done = store.runtime.block_on(store.projector(&readings).rebuild()).unwrap();
    assert_eq!(done.watermark, 80);
}

#[test]
fn a_thread_follows_the_store() {
    on_both(|store| {
        let readings = store.readings("1");
        let following = store.projector(&readings).follow().unwrap();
        let known = filled(&store);
        following.note_stored();
        let watermark = readings.watermark();
        let wait = |position, millis| {
            store.runtime.block_on(watermark.wait_for(position, Duration::from_millis(millis)))
        };
        assert!(wait(known - 1, 20_000), "{:?}", following.fault());
        assert!(!wait(known, 1));
        assert_eq!((watermark.get(), following.fault().is_none()), (known, true));
        assert_eq!(store.runtime.block_on(readings.unmerged(known + 3)).unwrap(), known..known + 3);
        assert!(store.runtime.block_on(readings.unmerged(known - 3)).unwrap().is_empty());
        drop(following);
    });
}
