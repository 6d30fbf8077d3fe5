//! Cases: the next step is checked, stored once, and everything else follows from the records.

use app::case::{CaseView, NewStep};
use app::reading::When;
use app::{Principal, Rejection};
use model::{RecordId, Timestamp};
use procedure::Act;
use serde_json::{Map, Value, json};

use crate::support::*;

fn step(id: &str, at: &str, form: Value) -> NewStep {
    let Value::Object(form) = form else { panic!("{form} is no form") };
    NewStep {
        id: None,
        step: id.to_owned(),
        act: Act::Done,
        at: Some(Timestamp::from_rfc3339(at).unwrap()),
        seen: None,
        officers: Vec::new(),
        form,
        personal: Map::new(),
        reason: String::new(),
        writes: None,
    }
}

/// A complaint received on a Monday, 2024-03-04.
fn opened(home: &Home, system: &app::system::System) -> RecordId {
    let letter = complaint("投诉1", "p-1");
    let letter = with(letter, "/valid_at", "2024-03-04T09:00:00+08:00");
    home.send(system, &letter).unwrap().id
}

fn accept() -> NewStep {
    let form = json!({ "accepted_on": "2024-03-06" });
    step("accept", "2024-03-06T10:00:00+08:00", form)
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
        let late = step("settle-jurisdiction", "2024-03-06T10:00:00+08:00", json!({}));
        let late = codes(take(late));
        assert!(late.contains(&"case.state"), "{late:?}");
        let strange = step("decide", "2024-03-06T10:00:00+08:00", json!({}));
        assert_eq!(codes(take(strange)), ["case.no_step"]);
        // Before the case began, and in the future.
        let early = NewStep {
            at: Some(Timestamp::from_rfc3339("2024-03-01T10:00:00+08:00").unwrap()),
            ..accept()
        };
        assert_eq!(codes(take(early)), ["case.before"]);
        let future = NewStep {
            at: Some(Timestamp::from_rfc3339("2099-03-01T10:00:00+08:00").unwrap()),
            ..accept()
        };
        assert_eq!(codes(take(future)), ["case.future"]);
        // A form that is filled in wrongly, field by field.
        let form = json!({ "accepted_on": "gestern", "colour": "red" });
        let wrong = codes(take(step("accept", "2024-03-06T10:00:00+08:00", form)));
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
