//! The course of a case: states, approvals, why something cannot be done, duties.

use codes::Label;
use procedure::{Act, Attempt, Case, Course, Duty, Guarded, Irregular, Procedure, SubCase, WhyNot};
use proptest::prelude::*;
use rules::value::Value;

use super::small::{SmallLaw, around, definition, entries, noon, procedure};

fn why_not(
    steps: &[&str],
    step: &str,
    day: &str,
    change: impl FnOnce(&mut Attempt<'_>),
) -> Vec<WhyNot> {
    let (procedure, law) = (procedure(), SmallLaw::new());
    let entries = entries(&procedure, "2026-01-05", steps);
    let case = Case::of(&procedure, &entries, &law);
    let mut attempt = Attempt {
        step: procedure.step(step).unwrap_or(u16::MAX),
        act: Act::Done,
        at: noon(day),
        by: "somebody",
        officers: 2,
        values: &[],
        has_minutes: false,
    };
    change(&mut attempt);
    case.why_not(&attempt, &[])
}

#[test]
fn a_step_leads_from_state_to_state() {
    let procedure = procedure();
    let state = |steps: &[&str]| {
        let entries = entries(&procedure, "2026-01-05", steps);
        let course = Course::of(&procedure, &entries);
        assert!(course.irregular.is_empty(), "{:?}", course.irregular);
        let state = &procedure.definition().states[usize::from(course.state)];
        (state.id.clone(), course.ended_at.is_some())
    };
    assert_eq!(state(&[]), ("received".to_owned(), false));
    assert_eq!(state(&["accept 2026-01-06"]), ("open".to_owned(), false));
    assert_eq!(state(&["refuse 2026-01-06"]), ("refused".to_owned(), true));
    let stopped = ["accept 2026-01-06", "stop 2026-01-07"];
    assert_eq!(state(&stopped), ("still".to_owned(), false));
    assert_eq!(state(&[&stopped[..], &["go-on 2026-01-08"]].concat()), ("open".to_owned(), false));
}

#[test]
fn a_step_with_approvals_takes_effect_with_the_last() {
    let procedure = procedure();
    let of = |steps: &[&str]| {
        let entries = entries(&procedure, "2026-01-05", steps);
        Course::of(&procedure, &entries)
    };
    let drawn_up = ["accept 2026-01-06", "?decide 2026-01-07"];
    assert_eq!((of(&drawn_up).state, of(&drawn_up).pending.len()), (1, 1));
    let once = [&drawn_up[..], &["+decide 2026-01-08"]].concat();
    assert_eq!((of(&once).state, of(&once).pending[0].approved), (1, 1));
    let twice = [&once[..], &["+decide 2026-01-09"]].concat();
    let course = of(&twice);
    assert_eq!((course.state, course.pending.len()), (3, 0));
    let effect = course.effects.last().unwrap();
    assert_eq!((effect.at, effect.entry, effect.by), (noon("2026-01-09"), 2, 4));
    let back = [&once[..], &["-decide 2026-01-09"]].concat();
    assert_eq!((of(&back).state, of(&back).pending.len()), (1, 0));
    // Drawn up again, both must agree again.
    let again = [&back[..], &["?decide 2026-01-10", "+decide 2026-01-11"]].concat();
    assert_eq!((of(&again).state, of(&again).pending[0].approved), (1, 1));
    // What was drawn up lapses with the state in which it could take effect.
    let lapsed = [&once[..], &["stop 2026-01-09"]].concat();
    assert!(of(&lapsed).pending.is_empty());
}

#[test]
fn what_does_not_fit_is_told_and_never_fatal() {
    let procedure = procedure();
    let mut entries =
        entries(&procedure, "2026-01-05", &["publish 2026-01-06", "+decide 2026-01-07"]);
    entries.push(procedure::Entry { step: 99, ..entries[1].clone() });
    entries.push(entries[0].clone());
    let course = Course::of(&procedure, &entries);
    assert_eq!(
        course.irregular,
        [
            (1, Irregular::OutOfOrder),
            (2, Irregular::NothingPending),
            (3, Irregular::NoStep),
            (4, Irregular::OpenedTwice),
        ]
    );
}

#[test]
fn what_cannot_be_done_is_said_why() {
    let good = |_: &mut Attempt<'_>| {};
    assert_eq!(why_not(&[], "accept", "2026-01-06", good), []);
    assert_eq!(why_not(&[], "nothing", "2026-01-06", good), [WhyNot::NoStep]);
    assert_eq!(why_not(&[], "publish", "2026-01-06", good), [WhyNot::State { state: 0 }]);
    assert_eq!(
        why_not(&[], "accept", "2026-01-04", good),
        [WhyNot::Before { last: noon("2026-01-05") }]
    );
    let open = ["accept 2026-01-06"];
    assert_eq!(why_not(&open, "decide", "2026-01-07", good), [WhyNot::NeedsApproval]);
    let proposed = |a: &mut Attempt<'_>| a.act = Act::Proposed;
    assert_eq!(why_not(&open, "decide", "2026-01-07", proposed), []);
    assert_eq!(why_not(&open, "stop", "2026-01-07", proposed), [WhyNot::NeedsNoApproval]);
    let alone = |a: &mut Attempt<'_>| (a.act, a.officers) = (Act::Proposed, 1);
    assert_eq!(why_not(&open, "decide", "2026-01-07", alone), [WhyNot::Officers { needed: 2 }]);
    let twice = [&open[..], &["extend 2026-01-07"]].concat();
    assert_eq!(
        why_not(&twice, "extend", "2026-01-08", good),
        [WhyNot::TakenAlready { at_most: 1 }]
    );
    let drawn_up = [&open[..], &["?decide 2026-01-07"]].concat();
    assert_eq!(why_not(&drawn_up, "decide", "2026-01-08", proposed), [WhyNot::Pending]);
    let approve = |a: &mut Attempt<'_>| a.act = Act::Approved;
    assert_eq!(why_not(&drawn_up, "decide", "2026-01-08", approve), []);
    let self_approve = |a: &mut Attempt<'_>| (a.act, a.by) = (Act::Approved, "officer-1");
    assert_eq!(why_not(&drawn_up, "decide", "2026-01-08", self_approve), [WhyNot::SamePerson]);
    assert_eq!(why_not(&open, "decide", "2026-01-08", approve), [WhyNot::NothingPending]);
}

#[test]
fn guards_and_meetings_hold_against_what_is_known_and_said() {
    let (procedure, law) = (procedure(), SmallLaw::new());
    let field = |name: &str| procedure.field(name).unwrap();
    let mut old = entries(&procedure, "2026-01-05", &[]);
    old[0].values.push((field("known_on"), Value::Date("2023-01-05".parse().unwrap())));
    let case = Case::of(&procedure, &old, &law);
    let attempt = |step: &str, day: &str, values| Attempt {
        step: procedure.step(step).unwrap(),
        act: Act::Done,
        at: noon(day),
        by: "somebody",
        officers: 2,
        values,
        has_minutes: false,
    };
    assert!(case.why_not(&attempt("accept", "2026-01-05", &[]), &[]).is_empty());
    let why = case.why_not(&attempt("accept", "2026-01-06", &[]), &[]);
    assert!(matches!(&why[..], [WhyNot::Guard(says)] if says.en == "too old"), "{why:?}");

    let open = entries(&procedure, "2026-01-05", &["accept 2026-01-06"]);
    let case = Case::of(&procedure, &open, &law);
    let outside = [(field("outside_band"), Value::Boolean(true))];
    let decide = Attempt { act: Act::Proposed, ..attempt("decide", "2026-01-07", &outside) };
    assert_eq!(case.why_not(&decide, &[]), [WhyNot::Minutes]);
    assert!(case.why_not(&Attempt { has_minutes: true, ..decide }, &[]).is_empty());

    let decided = ["accept 2026-01-06", "decide 2026-01-07"];
    let decided = entries(&procedure, "2026-01-05", &decided);
    let case = Case::of(&procedure, &decided, &law);
    let publish = attempt("publish", "2026-01-08", &[]);
    let sub = |outcome: Option<&str>| SubCase {
        procedure: "small".to_owned(),
        outcome: outcome.map(str::to_owned),
    };
    assert!(matches!(&case.why_not(&publish, &[sub(None)])[..], [WhyNot::Guard(_)]));
    assert!(case.why_not(&publish, &[sub(Some("gone"))]).is_empty());
}

#[test]
fn duties_follow_from_terms_and_approvals() {
    let (procedure, law) = (procedure(), SmallLaw::new());
    let duties = |steps: &[&str]| {
        let entries = entries(&procedure, "2026-01-05", steps);
        Case::of(&procedure, &entries, &law).duties()
    };
    let number = |id: &str| procedure.step(id).unwrap();
    assert_eq!(
        duties(&[]),
        [Duty::Term { run: 0, steps: vec![number("accept"), number("refuse")] }]
    );
    let open = ["accept 2026-01-06"];
    assert_eq!(duties(&open), [Duty::Term { run: 1, steps: vec![number("decide")] }]);
    let drawn_up = [&open[..], &["?decide 2026-01-07", "+decide 2026-01-08"]].concat();
    let permission = "case.approve".to_owned();
    assert_eq!(
        duties(&drawn_up),
        [
            Duty::Term { run: 1, steps: vec![] },
            Duty::Approval { step: number("decide"), permission, run: Some(1) },
        ]
    );
    // No term runs, yet the case is open.
    let decided = [&open[..], &["decide 2026-01-07"]].concat();
    assert_eq!(duties(&decided), [Duty::Next { steps: vec![number("publish")] }]);
    let published = [&decided[..], &["publish 2026-01-08"]].concat();
    assert_eq!(duties(&published), []);
}

#[test]
fn the_program_takes_a_step_when_a_term_has_ended() {
    let (procedure, law) = (procedure(), SmallLaw::new());
    let steps = ["accept 2026-01-06", "decide 2026-01-07", "publish 2026-01-31"];
    let entries = entries(&procedure, "2026-01-05", &steps);
    let case = Case::of(&procedure, &entries, &law);
    // A month from 31 January ends with February, on a Saturday, and does not roll.
    assert!(case.to_take(noon("2026-02-28")).is_empty());
    let midnight = model::Timestamp::from_rfc3339("2026-03-01T00:00:00+08:00").unwrap();
    let run_out = procedure.step("run-out").unwrap();
    assert_eq!(case.to_take(noon("2026-03-01")), [(run_out, midnight)]);
}

#[test]
fn a_guard_asks_whether_a_time_of_waiting_is_over() {
    let mut definition = definition();
    let run_out = definition.steps.iter_mut().find(|step| step.id == "run-out").unwrap();
    run_out.guard = Some(Guarded {
        when: "over('publication') && !overdue('publication')".to_owned(),
        says: Label { zh: "未满".to_owned(), en: "not over".to_owned() },
    });
    let procedure = Procedure::new(definition, &around()).unwrap();
    let steps = ["accept 2026-01-06", "decide 2026-01-07", "publish 2026-01-31"];
    let entries = entries(&procedure, "2026-01-05", &steps);
    let law = SmallLaw::new();
    let case = Case::of(&procedure, &entries, &law);
    let is_refused = |day: &str| {
        let attempt = Attempt {
            step: procedure.step("run-out").unwrap(),
            act: Act::Done,
            at: noon(day),
            by: "program",
            officers: 1,
            values: &[],
            has_minutes: false,
        };
        matches!(&case.why_not(&attempt, &[])[..], [WhyNot::Guard(_)])
    };
    assert!(is_refused("2026-02-28"));
    assert!(!is_refused("2026-03-01"));
}

#[test]
fn a_guard_compares_with_the_last_day_of_a_term() {
    let mut definition = definition();
    let publish = definition.steps.iter_mut().find(|step| step.id == "publish").unwrap();
    publish.guard = Some(Guarded {
        when: "days(due('close'), today) >= 0".to_owned(),
        says: Label { zh: "未到".to_owned(), en: "not yet".to_owned() },
    });
    let procedure = Procedure::new(definition, &around()).unwrap();
    let law = SmallLaw::new();
    let why_not = |steps: &[&str], day: &str| {
        let entries = entries(&procedure, "2026-01-05", steps);
        let case = Case::of(&procedure, &entries, &law);
        let close = case.runs.iter().find(|run| procedure.term_at(run.term).unwrap().id == "close");
        let attempt = Attempt {
            step: procedure.step("publish").unwrap(),
            act: Act::Done,
            at: noon(day),
            by: "clerk",
            officers: 1,
            values: &[],
            has_minutes: false,
        };
        let due = close.map(|run| case.ending(run).unwrap().due.end.date().to_string());
        (case.why_not(&attempt, &[]), due)
    };
    let steps = ["accept 2026-01-06", "decide 2026-01-07"];
    let (why, due) = why_not(&steps, "2026-01-08");
    assert!(matches!(&why[..], [WhyNot::Guard(_)]), "{why:?}");
    assert_eq!(why_not(&steps, &due.unwrap()).0, []);
    // What never ran has no last day.
    let (why, due) = why_not(&["decide 2026-01-07"], "2026-01-08");
    assert!(due.is_none() && matches!(&why[..], [WhyNot::Unsaid(_)]), "{why:?}");
}

proptest! {
    /// Whatever the records are, a course is made, it depends on nothing else, and what was known
    /// earlier is the beginning of what is known later.
    #[test]
    fn any_records_make_a_course(steps in prop::collection::vec((0u16..16, 0usize..4, 0i64..40), 0..20)) {
        let procedure = procedure();
        let mut all = entries(&procedure, "2026-01-05", &[]);
        for (step, act, day) in steps {
            let at = model::Timestamp::from_micros(all[0].at.micros() + day * 86_400_000_000);
            all.push(procedure::Entry { step, act: Act::ALL[act], at, by: "a".into(), values: vec![] });
        }
        let law = SmallLaw::new();
        let whole = Case::of(&procedure, &all, &law);
        for known in 1..=all.len() {
            let part = Course::of(&procedure, &all[..known]);
            prop_assert!(whole.course.effects.starts_with(&part.effects));
            prop_assert!(whole.course.irregular.starts_with(&part.irregular));
        }
        for run in &whole.runs {
            let _ = whole.standing(run, noon("2026-02-01"));
        }
        let _ = whole.duties();
        let _ = whole.to_take(noon("2026-12-01"));
    }
}
