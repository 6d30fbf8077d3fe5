//! What is proved of a procedure: each thing broken is told, with its place.

use procedure::{At, AtEnd, Collective, Definition, Origin, Procedure, To};
use rules::guard::Type;

use super::small::{around, definition, field, state, step, term, to, who};

/// The faults of the small procedure after it was broken.
fn faults(break_it: impl FnOnce(&mut Definition)) -> Vec<(At, String)> {
    let mut definition = definition();
    break_it(&mut definition);
    let faults = Procedure::new(definition, &around()).map_or_else(|faults| faults, |_| Vec::new());
    faults.into_iter().map(|fault| (fault.at, fault.what)).collect()
}

#[track_caller]
fn told(break_it: impl FnOnce(&mut Definition), at: At, what: &str) {
    let faults = faults(break_it);
    let is_told = faults.iter().any(|(place, text)| *place == at && text.contains(what));
    assert!(is_told, "{what:?} at {at:?} is not among {faults:#?}");
}

#[test]
fn the_small_procedure_is_sound() {
    assert!(faults(|_| {}).is_empty());
}

#[test]
fn states_that_cannot_be_reached_or_left_are_told() {
    told(|d| d.states.push(state("nowhere", true)), At::State(7), "no way leads into");
    told(
        |d| {
            d.states.push(state("trap", false));
            d.steps.push(step("fall", &["open"], to("trap"), "case.handle"));
        },
        At::State(7),
        "can never end",
    );
    told(
        |d| {
            d.states.push(state("open", false));
        },
        At::State(7),
        "another state open",
    );
    told(|d| d.states.clear(), At::Whole, "has no states");
}

#[test]
fn steps_that_nobody_can_take_are_told() {
    told(|d| d.steps[0].who.clear(), At::Step(0), "nobody can take accept");
    told(|d| d.steps[0].who = vec![who("party:neighbour")], At::Step(0), "by neighbour");
    told(|d| d.steps[1].who = vec![who("program")], At::Step(1), "no term says when");
    told(|d| d.steps[0].from = Origin::States(Vec::new()), At::Step(0), "in no state");
    told(|d| d.steps[0].from = Origin::States(vec!["x".to_owned()]), At::Step(0), "no state x");
    told(|d| d.steps[0].to = to("x"), At::Step(0), "no state x");
    told(|d| d.steps[0].opens = Some("x".to_owned()), At::Step(0), "opens a case of x");
    told(|d| d.steps[0].id = "opened".to_owned(), At::Step(0), "opens the case");
    told(|d| d.steps[0].officers = Some("law.x".to_owned()), At::Step(0), "law.x");
    told(|d| d.steps[0].collective = Collective::Always, At::Step(0), "no field for its minutes");
    told(
        |d| {
            let other = field("fine", Type::Date);
            d.steps[0].fields.push(other);
        },
        At::Step(9),
        "fine holds something else",
    );
}

#[test]
fn guards_are_read() {
    let guard = |text: &str| {
        let text = text.to_owned();
        move |d: &mut Definition| d.steps[0].guard.as_mut().unwrap().when = text
    };
    told(guard("law('law.aeg') > 1"), At::Step(0), "law.aeg");
    told(guard("done('accpet')"), At::Step(0), "accpet");
    told(guard("case.x == 1"), At::Step(0), "case.x");
    told(guard("years(today)"), At::Step(0), "years");
    assert!(faults(guard("done('refuse') || overdue('accept') || today > opened_on")).is_empty());
}

#[test]
fn terms_that_cannot_run_or_be_met_are_told() {
    told(|d| d.terms[0].starts.clear(), At::Term(0), "nothing starts");
    told(|d| d.terms[0].limit = "law.x".parse().unwrap(), At::Term(0), "law.x");
    told(|d| d.terms[0].limit = "law.age".parse().unwrap(), At::Term(0), "no length of time");
    told(|d| d.level = None, At::Term(1), "no level");
    told(|d| d.terms[0].limit = "law.call".parse().unwrap(), At::Term(0), "counts backward");
    told(|d| d.terms[2].backward = false, At::Term(2), "counts backward, the term does not");
    told(|d| d.terms[2].start_on = None, At::Term(2), "from no date");
    told(|d| d.terms[2].start_on = Some("fine".to_owned()), At::Term(2), "no field there");
    told(|d| d.terms[0].met_by = vec!["x".to_owned()], At::Term(0), "x, which is no step");
    told(|d| d.terms[0].met_by.clear(), At::Term(0), "nothing meets");
    told(|d| d.terms[3].at_end = AtEnd::Take("accept".to_owned()), At::Term(3), "not for it");
    told(
        |d| d.terms.push(term("late", "refuse", "law.more", &["accept"])),
        At::Term(4),
        "after refuse no step can be taken",
    );
}

#[test]
fn a_way_back_keeps_a_state_from_being_a_trap() {
    // Without the way back nothing leads out of it.
    told(|d| d.steps[8].to = To::Stay, At::State(2), "can never end");
}
