//! When standings change: a table of moments says the same as the case itself at every moment.

use model::Timestamp;
use procedure::{Case, Outcome, Standing};
use proptest::prelude::*;

use super::small::{SmallLaw, entries, noon, procedure};

proptest! {
    #[test]
    fn moments_that_are_kept_say_what_the_case_says(
        start in 6i64..12,
        sent in prop::option::of((0i64..6, prop::option::of(0i64..9))),
        extended in any::<bool>(),
        asked in prop::collection::vec((-3i64..50, 0i64..86_400_000_000), 40),
    ) {
        let (procedure, law) = (procedure(), SmallLaw::new());
        let day = |n: i64| clock::Date::new(2026, 1, 1).unwrap().plus(n).unwrap();
        let mut steps = vec![format!("accept {}", day(start))];
        if let Some((sent, back)) = sent {
            steps.push(format!("send {}", day(start + sent)));
            steps.extend(back.map(|back| format!("come-back {}", day(start + sent + back))));
        }
        if extended {
            steps.push(format!("extend {}", day(start + 16)));
        }
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        let entries = entries(&procedure, "2026-01-05", &steps);
        let case = Case::of(&procedure, &entries, &law);
        // Not before what was done last: nobody asks a table about what was before it was made.
        let last = entries.last().unwrap().at.micros();
        for run in case.runs.iter().filter(|run| run.outcome == Outcome::Open) {
            let turns = case.turns(run);
            let on_the_edge = [turns.overdue_from, turns.pressing_from, turns.still_until];
            let edges = on_the_edge.into_iter().flatten().map(Timestamp::micros);
            let edges = edges.filter(|at| *at < i64::MAX).flat_map(|at| [at - 1, at, at + 1]);
            let far = asked.iter().map(|(days, of_day)| noon("2026-01-10").micros() + days * 86_400_000_000 + of_day);
            for now in edges.chain(far).filter(|now| *now >= last).map(Timestamp::from_micros) {
                let said = match case.standing(run, now) {
                    Standing::Overdue | Standing::RanOut => (true, false, false),
                    Standing::Suspended => (false, true, false),
                    Standing::Running { is_pressing } => (false, false, is_pressing),
                    other => panic!("an open run is {other:?}"),
                };
                let kept = (turns.is_overdue(now), turns.is_still(now), turns.is_pressing(now));
                prop_assert_eq!(kept, said, "{} at {}", procedure.term_at(run.term).unwrap().id, now);
            }
        }
    }
}

#[test]
fn which_fields_terms_follow_from() {
    let procedure = procedure();
    let counted: Vec<&str> = procedure
        .fields()
        .map(|(name, _)| name)
        .filter(|name| procedure.is_counted_by(procedure.field(name).unwrap()))
        .collect();
    assert!(counted.contains(&"level"), "{counted:?}");
    assert!(!counted.contains(&"fine"), "{counted:?}");
}
