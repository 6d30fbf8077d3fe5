//! Cases: the next step is checked, stored once, and everything else follows from the records.

use app::case::{CaseView, NewStep, Opens};
use app::reading::When;
use app::{Principal, Rejection};
use model::RecordId;
use serde_json::{Value, json};

use crate::support::*;

/// A complaint received on a Monday, 2024-03-04.
fn opened(home: &Home, system: &app::system::System) -> RecordId {
    let letter = complaint("投诉1", "p-1");
    let letter = with(letter, "/valid_at", "2024-03-04T09:00:00+08:00");
    home.send(system, &letter).unwrap().id
}

fn accept() -> NewStep {
    let form = json!({ "accepted_on": "2024-03-06" });
    step("accept", time("2024-03-06T10:00:00+08:00"), form)
}

fn view(home: &Home, system: &app::system::System, case: RecordId, known: Option<u64>) -> CaseView {
    let when = When { valid: None, known };
    home.run(system.case(operator(), case, when)).unwrap()
}

fn codes(result: Result<impl std::fmt::Debug, Rejection>) -> Vec<&'static str> {
    let faults = check(result.unwrap_err().faults());
    faults.iter().map(|fault| fault.code).collect()
}

#[test]
fn a_case_goes_on_by_records_and_is_read_as_of_any_of_them() {
    on_both(|home| {
        let system = home.open();
        let case = opened(home, &system);
        let size = home.size(&system);
        let before = view(home, &system, case, Some(size));
        assert_eq!((before.procedure.as_str(), before.state.as_str()), ("complaint", "received"));
        assert_eq!(before.last, 0);
        // Seven working days from 4 March: 5, 6, 7, 8, 11, 12, 13.
        let term = before.terms.iter().find(|term| term.term == "accept").unwrap();
        assert_eq!((term.due.as_deref(), term.standing), (Some("2024-03-13"), "overdue"));
        assert!(term.law.as_deref().unwrap().contains("20号") && term.reviewed);
        let duty = before.duties.iter().find(|duty| duty.term.as_deref() == Some("accept"));
        assert!(duty.unwrap().steps.iter().any(|step| step == "accept"));

        let stepped = home.run(system.take_step(operator(), case, accept())).unwrap();
        assert_eq!(stepped.number, 1);
        let known = stepped.receipt.position + 1;
        let after = view(home, &system, case, Some(known));
        assert_eq!((after.state.as_str(), after.last), ("mediating", 1));
        assert_eq!(after.steps[0].form["accepted_on"], "2024-03-06");
        let standing = |view: &CaseView, id: &str| {
            view.terms.iter().find(|term| term.term == id).map(|term| term.standing)
        };
        assert_eq!(standing(&after, "accept"), Some("met"));
        // What was known before is as it was.
        let again = view(home, &system, case, Some(size));
        assert_eq!(serde_json::to_value(&again.state).unwrap(), "received");
        assert_eq!(again.steps.len(), 0);

        // Taken back, the step has not been.
        let taken = after.steps[0].record;
        home.run(system.withdraw(operator(), taken, "误操作")).unwrap();
        let known = home.size(&system);
        assert_eq!(view(home, &system, case, Some(known)).state, "received");
    });
}

#[test]
fn two_at_once_and_a_page_that_is_old_are_told() {
    on_both(|home| {
        let system = home.open();
        let case = opened(home, &system);
        let known = home.size(&system);
        view(home, &system, case, Some(known));
        // Both read the case before either has written.
        let both = async {
            tokio::join!(
                system.take_step(operator(), case, accept()),
                system.take_step(operator(), case, accept()),
            )
        };
        let (first, second) = home.run(both);
        let (won, lost) = match (first, second) {
            (Ok(won), lost) => (won, lost),
            (lost, Ok(won)) => (won, lost),
            (first, second) => panic!("{first:?} {second:?}"),
        };
        assert_eq!(won.number, 1);
        let lost = codes(lost);
        assert!(lost == ["case.moved_on"] || lost == ["case.state"], "{lost:?}");
        let known = won.receipt.position + 1;
        view(home, &system, case, Some(known));
        let old = NewStep { seen: Some(0), ..accept() };
        assert_eq!(codes(home.run(system.take_step(operator(), case, old))), ["case.moved_on"]);
    });
}

#[test]
fn what_cannot_be_done_is_refused_with_all_reasons_and_nothing_is_stored() {
    on_both(|home| {
        let system = home.open();
        let case = opened(home, &system);
        let size = home.size(&system);
        view(home, &system, case, Some(size));
        let take = |new: NewStep| home.run(system.take_step(operator(), case, new));
        // Out of order, and from another procedure.
        let late = step("settle-jurisdiction", time("2024-03-06T10:00:00+08:00"), json!({}));
        let late = codes(take(late));
        assert!(late.contains(&"case.state"), "{late:?}");
        let strange = step("decide", time("2024-03-06T10:00:00+08:00"), json!({}));
        assert_eq!(codes(take(strange)), ["case.no_step"]);
        // Before the case began, and in the future.
        let early = NewStep { at: Some(time("2024-03-01T10:00:00+08:00")), ..accept() };
        assert_eq!(codes(take(early)), ["case.before"]);
        let future = NewStep { at: Some(time("2099-03-01T10:00:00+08:00")), ..accept() };
        assert_eq!(codes(take(future)), ["case.future"]);
        // A form that is filled in wrongly, field by field.
        let form = json!({ "accepted_on": "gestern", "colour": "red" });
        let wrong = codes(take(step("accept", time("2024-03-06T10:00:00+08:00"), form)));
        assert!(wrong.len() >= 2, "{wrong:?}");
        // Nobody sends the record of a step himself.
        let record = json!({
            "id": new_id().to_string(), "kind": "case-step", "region": "420102",
            "valid_at": "2024-03-06T10:00:00+08:00", "source": "test",
            "subjects": [{ "role": "case", "id": format!("record:{case}") }],
            "open": { "procedure": "complaint", "number": 1, "step": "accept", "act": "done" },
        });
        assert_eq!(home.refused(&system, &record)[0].0, "record.own_kind");
        // Who may not handle complaints may not handle this one.
        let other: Principal = somebody(&["archive.view"]);
        let denied = home.run(system.take_step(&other, case, accept()));
        assert!(matches!(denied, Err(Rejection::Denied(_))), "{denied:?}");
        // What opens no case is none.
        let no_case = home.send(&system, &inspection(1)).unwrap().id;
        let none = home.run(system.case(operator(), no_case, When::default()));
        assert!(matches!(none, Err(Rejection::NotFound(_))), "{none:?}");
        assert_eq!(home.size(&system), size + 1);
    });
}

/// A complaint in which a clue of a breach came up.
fn with_clue(home: &Home, system: &app::system::System) -> RecordId {
    let case = opened(home, system);
    let known = home.size(system);
    view(home, system, case, Some(known));
    home.run(system.take_step(operator(), case, accept())).unwrap();
    let form = json!({ "clue_found_on": "2024-03-07", "clue_text": "无合格证明文件" });
    let found = step("find-clue", time("2024-03-08T10:00:00+08:00"), form);
    settled(home, system, case);
    home.run(system.take_step(operator(), case, found)).unwrap();
    settled(home, system, case);
    case
}

/// The case once everything that was written is read.
fn settled(home: &Home, system: &app::system::System, case: RecordId) -> CaseView {
    let known = home.size(system);
    view(home, system, case, Some(known))
}

fn to_case(opens: Opens) -> NewStep {
    let form = json!({ "clue_finding": "进货查验记录缺失，涉嫌违法" });
    NewStep { opens, ..step("clue-to-case", time("2024-03-11T10:00:00+08:00"), form) }
}

#[test]
fn a_step_opens_a_case_under_its_own_by_a_record_made_of_what_it_says() {
    on_both(|home| {
        let system = home.open();
        let case = with_clue(home, &system);
        home.run(system.take_step(operator(), case, to_case(Opens::Made))).unwrap();
        let over = settled(home, &system, case);
        let under = &over.under[0];
        assert_eq!((under.procedure.as_str(), under.ended_at), ("penalty", None));
        assert_eq!(over.steps.last().unwrap().opened, Some(under.case));
        let clue = home.run(system.stored(operator(), under.case)).unwrap();
        let open: Value = serde_json::from_slice(&clue.open).unwrap();
        assert_eq!(open["text"], "进货查验记录缺失，涉嫌违法");
        assert_eq!(open["found_on"], "2024-03-07");
        assert_eq!(
            (open["source_type"].as_str(), open["source_no"].as_str()),
            (Some("mediation"), Some("投诉1"))
        );
        // It is a case like any other, and says where it comes from.
        let penalty = view(home, &system, under.case, Some(home.size(&system)));
        assert_eq!((penalty.procedure.as_str(), penalty.over), ("penalty", Some(case)));
        assert_eq!(penalty.steps.len(), 0);
        // Taken back, it is as if it had not been opened.
        home.run(system.withdraw(operator(), under.case, "重复")).unwrap();
        assert!(settled(home, &system, case).under.is_empty());
    });
}

#[test]
fn a_record_that_is_there_already_opens_the_case_and_one_that_does_not_fit_is_refused() {
    on_both(|home| {
        let system = home.open();
        let case = with_clue(home, &system);
        let take = |opens| home.run(system.take_step(operator(), case, to_case(opens)));
        // The complaint itself is no clue; neither is what is not there.
        assert_eq!(codes(take(Opens::There(case))), ["case.writes"]);
        let none = take(Opens::There(new_id()));
        assert!(matches!(none, Err(Rejection::NotFound(_))), "{none:?}");
        let clue = json!({
            "id": new_id().to_string(), "kind": "clue", "region": "420102", "office": "420102",
            "valid_at": "2024-03-11T09:00:00+08:00", "source": "test", "subjects": [],
            "open": { "number": "线索1", "source_type": "tip-off", "found_on": "2024-03-08", "text": "同一事由" },
        });
        let clue = home.send(&system, &clue).unwrap().id;
        take(Opens::There(clue)).unwrap();
        let over = settled(home, &system, case);
        assert_eq!(over.under.iter().map(|under| under.case).collect::<Vec<_>>(), [clue]);
        // No record comes with a step that writes none.
        let draft = model::Draft::from_json(complaint("投诉2", "p-1")).unwrap();
        let form = json!({ "handling_unit": "投诉科", "registered_on": "2024-03-12" });
        let new = NewStep {
            opens: Opens::Written(Box::new(draft)),
            ..step("extend-clue", time("2024-03-12T10:00:00+08:00"), form)
        };
        let refused = home.run(system.take_step(operator(), case, new));
        assert!(matches!(refused, Err(Rejection::Invalid(_))), "{refused:?}");
    });
}

#[test]
fn what_a_case_decided_is_public_from_its_publication_to_the_end_of_that() {
    on_both(|home| {
        let system = home.open();
        let clue = json!({
            "id": new_id().to_string(), "kind": "clue", "region": "420102", "office": "420102",
            "valid_at": "2026-09-21T09:00:00+08:00", "source": "test", "subjects": [],
            "open": { "number": "线索2", "source_type": "inspection", "found_on": "2026-09-21", "text": "未公示检验合格证明" },
        });
        let case = home.send(&system, &clue).unwrap().id;
        let take = |id: &str, at: &str, form: Value| {
            let officers = ["person:a-1", "person:a-2"].map(|id| id.parse().unwrap()).to_vec();
            let new = NewStep { officers, ..step(id, time(at), form) };
            settled(home, &system, case);
            home.run(system.take_step(operator(), case, new)).unwrap();
            settled(home, &system, case)
        };
        let decided = take(
            "decide-on-the-spot",
            "2026-09-21T11:00:00+08:00",
            json!({
                "offender": MAKER, "party_is_person": false, "decision_no": "武市监当罚〔2026〕1号",
                "decided_on": "2026-09-21", "violation": "substandard", "facts": "标识不符合规定",
                "law": "《产品质量法》第五十四条", "penalty_types": ["fine"], "fine": 3000,
                "discretion_band": "normal", "publication_class": "general", "statement_heard": true,
            }),
        );
        let id: RecordId = decided.steps[0].wrote.as_deref().unwrap().parse().unwrap();
        let record = home.run(system.stored(operator(), id)).unwrap();
        let open: Value = serde_json::from_slice(&record.open).unwrap();
        assert_eq!((open["fine"].as_f64(), open.get("published_on")), (Some(3000.0), None));
        let public = |id| home.run(system.public_record(id)).unwrap();
        assert!(public(id).is_none(), "decided is not published");

        let published = take(
            "publish-general",
            "2026-09-22T10:00:00+08:00",
            json!({ "published_on": "2026-09-22" }),
        );
        let term = published.terms.iter().find(|term| term.term == "publication-general").unwrap();
        let now: RecordId = published.steps[1].wrote.as_deref().unwrap().parse().unwrap();
        let shown = public(now).unwrap();
        assert_eq!(shown.open["published_on"], "2026-09-22");
        assert_eq!(shown.open["publication_ends_on"].as_str(), term.due.as_deref());
        assert_eq!(shown.subjects, [("offender".to_owned(), MAKER.to_owned())]);

        let repaired = take(
            "end-by-repair",
            "2026-11-02T10:00:00+08:00",
            json!({ "repair_decision_no": "武市监修〔2026〕1号" }),
        );
        let last: RecordId = repaired.steps[2].wrote.as_deref().unwrap().parse().unwrap();
        assert!([id, now, last].into_iter().all(|id| public(id).is_none()));
        let record = home.run(system.stored(operator(), last)).unwrap();
        let open: Value = serde_json::from_slice(&record.open).unwrap();
        assert_eq!(
            (open["publication_ends_on"].as_str(), open.get("published_on")),
            (Some("2026-11-02"), None)
        );
    });
}
