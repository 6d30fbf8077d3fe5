//! Duties: what the readings say of every case is what the case itself says, for any two times; whose a
//! case is; what the program does by itself; who was late.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::case::{CaseView, NewStep};
use app::duty::assign::NewAssignment;
use app::duty::hands::Assigned;
use app::duty::late::{LateSelection, by_office};
use app::duty::list::{DutyItem, Selection, View};
use app::reading::When;
use app::{Principal, Rejection, System};
use model::{RecordId, Timestamp};
use procedure::Act;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use crate::people::support::{Staff, later, now, today};
use crate::support::*;

const OFFICE: &str = "420102";

/// So many hours after the beginning of 2024-03-04, a Monday.
fn hour(hours: i64) -> Timestamp {
    let monday = time("2024-03-04T00:00:00+08:00").micros();
    Timestamp::from_micros(monday + hours * 3_600_000_000)
}

fn letter(number: u64, at: Timestamp) -> Value {
    let letter = complaint(&format!("投诉{number}"), &format!("p-{number}"));
    with(with(letter, "/valid_at", at.to_string()), "/office", OFFICE)
}

fn all(home: &Home, system: &Arc<System>, when: When) -> Vec<DutyItem> {
    let selection = Selection { view: View::All, ..Selection::default() };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        // Few on a page, so that pages are turned.
        let page = system.duties(operator(), &selection, when, after, 3);
        let page = home.run(page).unwrap_or_else(|e| panic!("{e:?}"));
        found.extend(page.duties);
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

/// What a case says of a duty that the list must say too: the term, and the steps where they are told.
type Told = (String, Option<String>, Vec<String>);

/// The duties of a case as the case itself says them, as they are listed.
fn told_by_case(view: &CaseView) -> Vec<Told> {
    let approved: Vec<&Option<String>> =
        view.duties.iter().filter(|d| d.approval.is_some()).map(|d| &d.term).collect();
    let mut told: Vec<Told> = Vec::new();
    for duty in &view.duties {
        if duty.approval.is_none() && duty.steps.is_empty() && approved.contains(&&duty.term) {
            continue;
        }
        let sort = match (&duty.approval, &duty.term) {
            (Some(_), _) => "approval",
            (None, Some(_)) => "term",
            (None, None) => "next",
        };
        told.push((sort.to_owned(), duty.term.clone(), duty.steps.clone()));
    }
    told.sort();
    told
}

/// What readings say of cases is what the cases say themselves.
pub fn agrees(
    home: &Home,
    system: &Arc<System>,
    cases: &[RecordId],
    when: When,
) -> Result<(), String> {
    let mut listed: BTreeMap<RecordId, Vec<DutyItem>> = BTreeMap::new();
    let items = all(home, system, when);
    for pair in items.windows(2) {
        if pair[0].place >= pair[1].place {
            return Err(format!("{:?} stands before {:?}", pair[0].place, pair[1].place));
        }
    }
    for item in items {
        listed.entry(item.case).or_default().push(item);
    }
    for case in cases {
        let items = listed.remove(case).unwrap_or_default();
        let view = match home.run(system.case(operator(), *case, when)) {
            Ok(view) => view,
            // Not opened by then, or taken back.
            Err(Rejection::NotFound(_)) if items.is_empty() => continue,
            Err(other) => return Err(format!("{case} as of {when:?}: {other:?}, {items:?}")),
        };
        let expected = told_by_case(&view);
        let mut told: Vec<Told> = items
            .iter()
            .map(|item| {
                let sort = if item.kind == "party" { "term" } else { &item.kind };
                let term = item.term.as_ref().map(|term| term.term.clone());
                let steps = item.steps.iter().map(|step| step.step.clone()).collect();
                (sort.to_owned(), term, steps)
            })
            .collect();
        told.sort();
        // What leads to a step that cannot be taken yet only the list says.
        let is_told = told.len() == expected.len()
            && told.iter().zip(&expected).all(|(told, expected)| {
                (&told.0, &told.1) == (&expected.0, &expected.1)
                    && (told.2 == expected.2 || expected.2.is_empty())
            });
        if !is_told {
            return Err(format!("{case} as of {when:?}: listed {told:?}, is {expected:?}"));
        }
        for item in &items {
            if (&item.state, &item.procedure) != (&view.state, &view.procedure) {
                return Err(format!("{case}: in {} of {}", item.state, item.procedure));
            }
            let Some(term) = &item.term else { continue };
            let json = |view: &app::case::TermView| serde_json::to_value(view).unwrap();
            let same = view.terms.iter().any(|other| json(other) == json(term));
            if !same || item.standing != term.standing {
                let terms = serde_json::to_string(&view.terms).unwrap();
                return Err(format!(
                    "{case} as of {when:?}: {:?} {}, is {terms}",
                    term, item.standing
                ));
            }
        }
    }
    match listed.is_empty() {
        true => Ok(()),
        false => Err(format!("duties of what is no case: {:?}", listed.keys())),
    }
}

#[derive(Debug, Clone)]
enum Done {
    /// A letter comes, so many hours before or after the others.
    Open { hours: i64 },
    /// A step of one of the cases, so many hours later.
    Step { case: Index, step: Index, hours: i64 },
    /// The last step of one of them is taken back.
    TakeBack { case: Index },
    /// The letter of one of them is taken back.
    Withdraw { case: Index },
    /// It is put in another's place, which came so many hours later.
    Correct { case: Index, hours: i64 },
    /// It is said whose it is.
    Assign { case: Index },
}

fn done() -> impl Strategy<Value = Vec<Done>> {
    let index = any::<Index>;
    let one = prop_oneof![
        2 => (0i64..400).prop_map(|hours| Done::Open { hours }),
        8 => (index(), index(), 0i64..300)
            .prop_map(|(case, step, hours)| Done::Step { case, step, hours }),
        2 => index().prop_map(|case| Done::TakeBack { case }),
        1 => index().prop_map(|case| Done::Withdraw { case }),
        2 => (index(), 0i64..50).prop_map(|(case, hours)| Done::Correct { case, hours }),
        1 => index().prop_map(|case| Done::Assign { case }),
    ];
    prop::collection::vec(one, 6..28)
}

/// What a form says that is asked for.
fn form(id: &str, day: &str) -> Value {
    match id {
        "register" => json!({ "registered_on": day, "handling_unit": "一科" }),
        "accept" => json!({ "accepted_on": day }),
        "send-to-test" => {
            json!({ "laboratory": OTHER, "test_items": "全项", "cost_agreement": "平摊" })
        }
        "test-result" => json!({ "test_report_no": "T-1", "test_verdict": "fail" }),
        "find-clue" => json!({ "clue_found_on": day, "clue_text": "无证" }),
        "extend-clue" => json!({ "extension_reason": "复杂" }),
        "end-mediation" => json!({ "end_ground": "no-agreement", "end_reason": "无法一致" }),
        "tell-ended" => json!({ "told_on": day }),
        "dispute-jurisdiction" => json!({ "other_office": "乙局", "dispute_reason": "属地" }),
        "settle-jurisdiction" => json!({ "jurisdiction_agreement": "由本局办理" }),
        _ => json!({}),
    }
}

struct Walked {
    /// The first record of each case, the head of its line, and when it was opened.
    cases: Vec<(RecordId, RecordId, Timestamp)>,
    letters: u64,
}

impl Walked {
    fn does(&mut self, home: &Home, system: &Arc<System>, done: &Done) {
        let pick = |index: &Index, of: &[(RecordId, RecordId, Timestamp)]| {
            (!of.is_empty()).then(|| index.index(of.len()))
        };
        match done {
            Done::Open { hours } => {
                self.letters += 1;
                let at = hour(*hours);
                let id = home.send(system, &letter(self.letters, at)).unwrap().id;
                self.cases.push((id, id, at));
            }
            Done::Step { case, step: which, hours } => {
                let Some(at) = pick(case, &self.cases) else { return };
                let case = self.cases[at].0;
                let Ok(view) = home.run(system.case(operator(), case, When::default())) else {
                    return;
                };
                let can: Vec<_> = view.next.iter().filter(|next| next.why_not.is_empty()).collect();
                if can.is_empty() {
                    return;
                }
                let next = can[which.index(can.len())];
                let last = view.steps.last().map_or(view.opened_at, |step| step.at);
                let at = Timestamp::from_micros(last.micros() + hours * 3_600_000_000);
                let day = at.day_in_china().to_string();
                let act = Act::of_word(next.act).unwrap();
                let form = match act {
                    Act::Done | Act::Proposed => form(&next.step, &day),
                    Act::Approved | Act::Returned => json!({}),
                };
                let new = NewStep { act, ..step(&next.step, at, form) };
                // Some forms are of no concern here and are refused; so is who agrees to their own.
                let _ = home.run(system.take_step(operator(), case, new));
            }
            Done::TakeBack { case } => {
                let Some(at) = pick(case, &self.cases) else { return };
                let view = home.run(system.case(operator(), self.cases[at].0, When::default()));
                if let Some(last) = view.ok().and_then(|view| view.steps.last().map(|s| s.record)) {
                    home.run(system.withdraw(operator(), last, "误操作")).unwrap();
                }
            }
            Done::Withdraw { case } => {
                if let Some(at) = pick(case, &self.cases) {
                    let _ = home.run(system.withdraw(operator(), self.cases[at].1, "误登记"));
                }
            }
            Done::Correct { case, hours } => {
                let Some(at) = pick(case, &self.cases) else { return };
                let (_, head, opened) = self.cases[at];
                let opened = Timestamp::from_micros(opened.micros() + hours * 3_600_000_000);
                self.letters += 1;
                let letter = with(letter(self.letters, opened), "/corrects", head.to_string());
                if let Ok(receipt) = home.send(system, &letter) {
                    self.cases[at] = (self.cases[at].0, receipt.id, opened);
                }
            }
            Done::Assign { case } => {
                let Some(at) = pick(case, &self.cases) else { return };
                let new = NewAssignment {
                    act: Assigned::Take,
                    account: None,
                    permission: None,
                    reason: String::new(),
                };
                let _ = home.run(system.assign(operator(), self.cases[at].0, &new));
            }
        }
        let size = home.size(system);
        home.run(system.await_merged(size)).unwrap();
    }
}

#[test]
fn lists_say_what_cases_say_as_of_any_two_times_and_made_anew_they_are_the_same() {
    on_both(|home| {
        let system = home.open();
        let mut runner = TestRunner::new(Config::with_cases(6));
        let asked = (done(), prop::collection::vec((any::<Index>(), 0i64..1200), 4));
        runner
            .run(&asked, |(acts, asked)| {
                // Each goes on where the last one stopped, in the same store.
                let mut walked = Walked { cases: Vec::new(), letters: next_letters(home, &system) };
                for act in &acts {
                    walked.does(home, &system, act);
                }
                let cases = every_case(home, &system);
                agrees(home, &system, &cases, When::default()).map_err(TestCaseError::fail)?;
                let size = home.size(&system);
                for (known, hours) in asked {
                    let known = known.index(usize::try_from(size).unwrap() + 1) as u64;
                    let when = When { valid: Some(hour(hours)), known: Some(known) };
                    agrees(home, &system, &cases, when).map_err(TestCaseError::fail)?;
                    let when = When { valid: None, known: Some(known) };
                    agrees(home, &system, &cases, when).map_err(TestCaseError::fail)?;
                }
                Ok(())
            })
            .unwrap_or_else(|error| panic!("{error}"));
        let live = home.run(system.readings().dump()).unwrap();
        home.run(system.rebuild()).unwrap();
        assert_eq!(home.run(system.readings().dump()).unwrap(), live);
        // All of them counted at once are those that are listed.
        let tally = home.run(system.duty_tally(When::default())).unwrap();
        let listed = all(home, &system, When::default());
        assert_eq!(tally.duties, listed.len() as u64);
        let overdue = listed.iter().filter(|item| item.standing == "overdue").count();
        assert_eq!(tally.overdue, overdue as u64);
    });
}

/// A number that no letter of the store has.
fn next_letters(home: &Home, system: &Arc<System>) -> u64 {
    home.size(system) * 1_000
}

/// The first records of all lines that open cases.
pub fn every_case(home: &Home, system: &Arc<System>) -> Vec<RecordId> {
    let size = home.size(system);
    let pack = system.pack();
    let opens = |kind: &str| {
        pack.procedures().any(|procedure| procedure.engine.definition().opens_with == kind)
    };
    let mut found = Vec::new();
    for from in (0..size).step_by(1000) {
        let records = home.run(system.reader().range(from, 1000)).unwrap();
        let first = records.iter().filter(|r| opens(&r.kind) && r.corrects.is_none());
        found.extend(first.map(|record| record.id));
    }
    found
}

/// A complaint that was accepted in March 2024.
fn accepted(home: &Home, system: &Arc<System>, number: u64) -> RecordId {
    let case = home.send(system, &letter(number, hour(9))).unwrap().id;
    home.run(system.await_merged(home.size(system))).unwrap();
    let accept = step("accept", hour(60), json!({ "accepted_on": "2024-03-06" }));
    home.run(system.take_step(operator(), case, accept)).unwrap();
    home.run(system.await_merged(home.size(system))).unwrap();
    case
}

#[test]
fn the_program_takes_its_step_at_the_end_of_the_term_once_and_never_before_the_last() {
    on_both(|home| {
        let system = home.open();
        let early = accepted(home, &system, 1);
        let late = accepted(home, &system, 2);
        // Something was done in the second case long after the term had ended.
        let named = NewStep {
            personal: Map::from_iter([("representative_names".to_owned(), "甲".into())]),
            ..step(
                "name-representatives",
                time("2024-12-01T10:00:00+08:00"),
                json!({ "representatives": 2 }),
            )
        };
        home.run(system.take_step(operator(), late, named)).unwrap();
        home.run(system.await_merged(home.size(&system))).unwrap();
        let view = |case| home.run(system.case(operator(), case, When::default())).unwrap();
        let due = view(early).terms.into_iter().find(|term| term.term == "mediate").unwrap().due;
        // Two look at once.
        let (one, other) = home
            .run(async { tokio::join!(system.take_program_steps(), system.take_program_steps()) });
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!((one.refused, other.refused), (0, 0));
        home.run(system.await_merged(home.size(&system))).unwrap();
        // Nothing is left to do, and nothing was done twice.
        let again = home.run(system.take_program_steps()).unwrap();
        assert_eq!((again.taken, again.refused, again.waiting), (0, 0, 0));
        for (case, number) in [(early, 2), (late, 3)] {
            let view = view(case);
            assert_eq!((view.state.as_str(), view.last), ("ending", number));
            let last = view.steps.last().unwrap();
            assert_eq!((last.step.as_str(), last.by.as_str()), ("time-out", "zhiheng"));
        }
        let end: clock::Date = due.unwrap().parse().unwrap();
        let midnight = format!("{}T00:00:00+08:00", end.plus(1).unwrap());
        assert_eq!(view(early).steps.last().unwrap().at, time(&midnight));
        let last = view(late).steps.last().unwrap().at;
        assert_eq!(last, time("2024-12-01T10:00:00+08:00"));
        assert!(system.refused_steps().is_empty());
    });
}

#[test]
fn lateness_is_told_by_office_term_and_person_of_the_time_that_is_asked_for() {
    on_both(|home| {
        let system = home.open();
        // Seven working days end on 13 March 2024; one was done in April, one is not done yet.
        let done = home.send(&system, &letter(1, hour(9))).unwrap().id;
        home.send(&system, &letter(2, hour(9))).unwrap();
        home.run(system.await_merged(home.size(&system))).unwrap();
        let accept = step(
            "accept",
            time("2024-04-01T10:00:00+08:00"),
            json!({ "accepted_on": "2024-04-01" }),
        );
        home.run(system.take_step(operator(), done, accept)).unwrap();
        home.run(system.await_merged(home.size(&system))).unwrap();
        let late = |from: &str, until: &str, office: Option<&str>| {
            let selection = LateSelection {
                from: from.parse().unwrap(),
                until: until.parse().unwrap(),
                office: office.map(str::to_owned),
            };
            home.run(system.late(operator(), &selection)).unwrap()
        };
        let found = late("2024-03-14", "2024-03-14", None);
        let told: Vec<_> = found
            .iter()
            .map(|line| (line.office.as_str(), line.term.as_str(), line.done, line.open))
            .collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told.contains(&(OFFICE, "accept", 1, 0)) && told.contains(&(OFFICE, "accept", 0, 1))
        );
        let by = found.iter().find(|line| line.done == 1).unwrap();
        assert_eq!(by.account.as_deref(), Some("operator"));
        // From the end of 13 March to 10 o'clock on 1 April: 18 days and 10 hours.
        assert_eq!(by.hours, Some(18 * 24 + 10));
        let sums = by_office(&found);
        assert_eq!((sums.len(), sums[0].done, sums[0].open), (1, 1, 1));
        assert!(late("2024-03-15", "2024-04-30", None).is_empty());
        assert!(late("2024-01-01", "2024-03-13", None).is_empty());
        assert!(late("2024-03-14", "2024-03-14", Some("420502")).is_empty());
        assert_eq!(late("2024-03-14", "2024-03-14", Some("420100")).len(), 2);
        // Only who supervises is told.
        let other = somebody(&["archive.view"]);
        let selection = LateSelection { from: today(), until: today(), office: None };
        let denied = home.run(system.late(&other, &selection));
        assert!(matches!(denied, Err(Rejection::Denied(_))), "{denied:?}");
    });
}

fn mine(home: &Home, system: &Arc<System>, who: &Principal) -> BTreeSet<RecordId> {
    let own = Selection::default();
    let found = system.duties(who, &own, When::default(), None, 100);
    home.run(found).unwrap().duties.into_iter().map(|duty| duty.case).collect()
}

fn says(act: Assigned, account: Option<&str>, reason: &str) -> NewAssignment {
    NewAssignment {
        act,
        account: account.map(str::to_owned),
        permission: None,
        reason: reason.to_owned(),
    }
}

fn codes(result: Result<impl std::fmt::Debug, Rejection>) -> Vec<&'static str> {
    result.unwrap_err().faults().iter().map(|fault| fault.code).collect()
}

#[test]
fn a_case_is_taken_handed_over_left_to_a_stand_in_and_stepped_back_from() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (zhao, zhao_who) = staff.officer("zhao", "county-officer", OFFICE);
        let (qian, qian_who) = staff.officer("qian", "county-officer", OFFICE);
        let (sun, sun_who) = staff.officer("sun", "county-officer", "420103");
        let (_, head_who) = staff.officer("head", "head", OFFICE);
        let case = accepted(home, &system, 1);
        let assign = |who: &Principal, new: NewAssignment| home.run(system.assign(who, case, &new));
        // Nobody's: it is in the list of all who may do it, and of nobody else.
        assert!(mine(home, &system, &zhao_who).contains(&case));
        assert!(mine(home, &system, &qian_who).contains(&case));
        assert!(!mine(home, &system, &sun_who).contains(&case));
        assert!(!mine(home, &system, &head_who).contains(&case));
        // Taken, it is one's own; it cannot be taken again, nor by who may not.
        assign(&zhao_who, says(Assigned::Take, None, "")).unwrap();
        assert!(mine(home, &system, &zhao_who).contains(&case));
        assert!(!mine(home, &system, &qian_who).contains(&case));
        assert_eq!(codes(assign(&qian_who, says(Assigned::Take, None, ""))), ["assignment.taken"]);
        assert!(assign(&sun_who, says(Assigned::Take, None, "")).is_err());
        // Handed over with a reason, by who has it, to who may do it.
        let over = |to: &str, why: &str| says(Assigned::HandOver, Some(to), why);
        assert_eq!(codes(assign(&zhao_who, over(&qian.id, ""))), ["assignment.reason"]);
        assert_eq!(codes(assign(&zhao_who, over(&sun.id, "调岗"))), ["assignment.cannot"]);
        assert!(matches!(assign(&qian_who, over(&qian.id, "想办")), Err(Rejection::Denied(_))));
        assign(&zhao_who, over(&qian.id, "调岗")).unwrap();
        assert!(mine(home, &system, &qian_who).contains(&case));
        assert!(!mine(home, &system, &zhao_who).contains(&case));
        // Who is away has a stand-in, in whose list it is, with whose it is.
        let absence = app::people::role::NewAbsence {
            account: qian.id.clone(),
            from: today(),
            until: today(),
            delegate: Some(zhao.id.clone()),
            reason: "休假".to_owned(),
        };
        let noted = home.run(system.note_absence(later(now(), 1), &staff.guard, &absence)).unwrap();
        let own = Selection::default();
        let found = system.duties(&zhao_who, &own, When::default(), None, 100);
        let found = home.run(found).unwrap().duties;
        let item = found.iter().find(|duty| duty.case == case).unwrap();
        assert_eq!(item.stands_in_for.as_deref(), Some(qian.id.as_str()));
        let ended = system.end_grant(later(now(), 1), &staff.guard, noted.id, None, "提前返岗");
        home.run(ended).unwrap();
        assert!(!mine(home, &system, &zhao_who).contains(&case));
        // Who steps back has it no more, may take no step, and gets it back by nobody.
        assert_eq!(
            codes(assign(&qian_who, says(Assigned::Recuse, None, ""))),
            ["assignment.reason"]
        );
        assign(&qian_who, says(Assigned::Recuse, None, "当事人为近亲属")).unwrap();
        assert!(!mine(home, &system, &qian_who).contains(&case));
        assert!(mine(home, &system, &zhao_who).contains(&case));
        let test =
            step("send-to-test", time("2024-03-08T10:00:00+08:00"), form("send-to-test", ""));
        let refused = home.run(system.take_step(&qian_who, case, test.clone()));
        assert_eq!(codes(refused), ["case.recused"]);
        assert_eq!(
            codes(assign(&qian_who, says(Assigned::Take, None, ""))),
            ["assignment.recused"]
        );
        assert_eq!(codes(assign(&head_who, over(&qian.id, "指定"))), ["assignment.recused"]);
        home.run(system.take_step(&zhao_who, case, test)).unwrap();
        // The head orders it of another; who is no head cannot.
        let order = says(Assigned::RecusalOrdered, Some(&zhao.id), "当事人申请，经审查成立");
        assert!(matches!(assign(&qian_who, order.clone()), Err(Rejection::Denied(_))));
        assign(&head_who, order).unwrap();
        assert!(!mine(home, &system, &zhao_who).contains(&case));
        let hands = home.run(system.hands(&head_who, case)).unwrap();
        assert_eq!((hands.handler, hands.recused.len()), (None, 2));
        // Whoever looks at all sees it still.
        let all = Selection { view: View::All, ..Selection::default() };
        let seen = home.run(system.duties(&qian_who, &all, When::default(), None, 100)).unwrap();
        assert!(seen.duties.iter().any(|duty| duty.case == case));
        // Nobody sends such a record himself.
        let record = json!({
            "id": new_id().to_string(), "kind": "case-assignment", "region": "420102",
            "valid_at": "2024-03-06T10:00:00+08:00", "source": "test",
            "subjects": [{ "role": "case", "id": format!("record:{case}") }],
            "open": { "act": "take", "account": zhao.id },
        });
        assert_eq!(home.refused(&system, &record)[0].0, "record.own_kind");
    });
}

#[test]
fn what_was_an_abolished_offices_is_its_successors_to_do() {
    let mut files = testkit::hubei_pack();
    let (_, offices) = files.iter_mut().find(|(path, _)| path == "offices.csv").unwrap();
    let text = String::from_utf8(offices.clone()).unwrap();
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.split(',').next() {
            Some("420103") => line.replace(",*,*,,,,", ",*,*,,2024-06-30,420102,合并公告"),
            Some("420102") => {
                let before = line.replace(",*,*,,,,", ",*,*,,2024-06-30,,合并公告");
                let after =
                    line.replace("420102,*,*,,,,", "420102 420103,*,*,2024-07-01,,,合并公告");
                format!("{before}\n{after}")
            }
            _ => line.to_owned(),
        })
        .collect();
    *offices = format!("{}\n", lines.join("\n")).into_bytes();
    let merged = Arc::new(pack::Pack::load(files).unwrap());
    on_both(|home| {
        let system = home.open();
        let moved = with(with(letter(1, hour(9)), "/office", "420103"), "/region", "420103");
        let case = home.send(&system, &moved).unwrap().id;
        home.run(system.await_merged(home.size(&system))).unwrap();
        home.close(system);
        // Another pack: the readings are made anew under it.
        let system = home.open_with(Arc::clone(&merged));
        home.run(system.await_merged(home.size(&system))).unwrap();
        let of = |office: &str| Selection {
            view: View::All,
            office: Some(office.to_owned()),
            ..Selection::default()
        };
        for office in ["420102", "420103"] {
            let selection = of(office);
            let found = system.duties(operator(), &selection, When::default(), None, 10);
            let found = home.run(found).unwrap().duties;
            assert!(found.iter().any(|duty| duty.case == case), "{office}");
        }
        let other = of("420106");
        let none = system.duties(operator(), &other, When::default(), None, 10);
        assert!(home.run(none).unwrap().duties.is_empty());
    });
}

#[test]
fn what_is_asked_wrongly_is_told_and_pages_hold_together() {
    on_both(|home| {
        let system = home.open();
        for number in 1..=7 {
            home.send(&system, &letter(number, hour(9 + number as i64 * 24))).unwrap();
        }
        home.run(system.await_merged(home.size(&system))).unwrap();
        let ask = |selection: &Selection| {
            home.run(system.duties(operator(), selection, When::default(), None, 100))
        };
        let unknown = Selection { procedure: Some("nichts".into()), ..Selection::default() };
        assert_eq!(codes(ask(&unknown)), ["duty.procedure"]);
        let unknown = Selection { office: Some("999999".into()), ..Selection::default() };
        assert_eq!(codes(ask(&unknown)), ["duty.office"]);
        let overdue = Selection { view: View::Pressing, overdue: true, ..Selection::default() };
        assert_eq!(ask(&overdue).unwrap().duties.len(), 7);
        let other = Selection {
            procedure: Some("penalty".into()),
            view: View::All,
            ..Selection::default()
        };
        assert!(ask(&other).unwrap().duties.is_empty());
        let counts = home.run(system.duty_counts(operator(), None)).unwrap();
        assert_eq!((counts.pressing, counts.overdue), (7, 7));
        assert_eq!((counts.mine, counts.mine_overdue), (7, 7));
        // By the day before they were received there was nothing to do.
        let when = When { valid: Some(hour(0)), known: None };
        let none = system.duties(operator(), &overdue, when, None, 10);
        assert!(home.run(none).unwrap().duties.is_empty());
        // By the 13th of March none of them was overdue.
        let when = When { valid: Some(time("2024-03-13T12:00:00+08:00")), known: None };
        let all = Selection { view: View::All, ..Selection::default() };
        let then = home.run(system.duties(operator(), &all, when, None, 10)).unwrap().duties;
        assert_eq!(then.len(), 7);
        assert!(then.iter().all(|duty| duty.standing != "overdue"));
    });
}

#[test]
fn the_publication_of_a_penalty_ends_by_itself() {
    on_both(|home| {
        let system = home.open();
        let clue = json!({
            "id": new_id().to_string(), "kind": "clue", "region": OFFICE, "office": OFFICE,
            "valid_at": "2024-03-04T09:00:00+08:00", "source": "test", "subjects": [],
            "open": {
                "number": "线索1", "source_type": "inspection", "found_on": "2024-03-04",
                "text": "未标明生产日期",
            },
        });
        let case = home.send(&system, &clue).unwrap().id;
        let merged = || home.run(system.await_merged(home.size(&system))).unwrap();
        merged();
        let officers = ["person:officer-1", "person:officer-2"].map(|id| id.parse().unwrap());
        let decided = NewStep {
            officers: officers.to_vec(),
            ..step(
                "decide-on-the-spot",
                time("2024-03-05T10:00:00+08:00"),
                json!({
                    "offender": MAKER, "party_is_person": false, "decision_no": "江市监当罚〔2024〕1号",
                    "decided_on": "2024-03-05", "violation": "substandard", "facts": "标签未标明生产日期",
                    "law": "产品质量法 54", "penalty_types": ["criticism"],
                    "discretion_band": "lighter", "publication_class": "minor",
                    "statement_heard": true,
                }),
            )
        };
        home.run(system.take_step(operator(), case, decided)).unwrap();
        merged();
        let published = step(
            "publish-minor",
            time("2024-03-06T10:00:00+08:00"),
            json!({ "published_on": "2024-03-06", "only_criticism": true }),
        );
        home.run(system.take_step(operator(), case, published)).unwrap();
        merged();
        let view = || home.run(system.case(operator(), case, When::default())).unwrap();
        let due = view().terms.into_iter().find(|term| term.term == "publication-minor").unwrap();
        let due: clock::Date = due.due.unwrap().parse().unwrap();
        // One after the other: what ends later is looked at anew.
        for _ in 0..5 {
            let went = home.run(system.take_program_steps()).unwrap();
            assert_eq!(went.refused, 0, "{:?}", system.refused_steps());
            merged();
        }
        let view = view();
        assert_eq!(view.state, "unpublished");
        let ended = view.steps.iter().find(|step| step.step == "end-publication").unwrap();
        assert_eq!(ended.at, time(&format!("{}T00:00:00+08:00", due.plus(1).unwrap())));
        assert_eq!(ended.by, "zhiheng");
    });
}
