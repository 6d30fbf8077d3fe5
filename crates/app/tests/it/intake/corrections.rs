//! Corrections and unique fields.

use crate::support::*;

#[test]
fn a_correction_names_the_head() {
    on_both(|home| {
        let system = home.open();
        let first = inspection(1);
        home.send(&system, &first).unwrap();
        let second = correcting(inspection(1), id_of(&first));
        home.send(&system, &second).unwrap();
        // What it corrects is no head any more, and does not count.
        let view = home.record(&system, id_of(&first));
        assert!(!view.standing.counts);
        assert_eq!(view.standing.corrected_by.unwrap().id, id_of(&second));
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&second)]);
        let late = correcting(inspection(1), id_of(&first));
        let fault = &home.faults(&system, &late)[0];
        assert_eq!(fault.code, "record.not_the_head");
        assert!(fault.en.contains(&id_of(&second).to_string()), "{fault:?}");
        let third = correcting(inspection(1), id_of(&second));
        home.send(&system, &third).unwrap();
        assert_eq!(home.ids(&system, "shop:1"), [id_of(&third)]);
        // Sent again, a correction is known.
        assert!(home.send(&system, &second).unwrap().known);
        let nothing = correcting(inspection(9), new_id());
        assert_eq!(home.refused(&system, &nothing)[0].0, "record.nothing_to_correct");
        let other = correcting(complaint("T-1", "p-1"), id_of(&third));
        assert_eq!(home.refused(&system, &other)[0].0, "record.other_kind");
        // The program's own records are corrected by nobody.
        let mut rows = home.ask("SELECT id FROM record WHERE position = 0", vec![]);
        let activation: String = rows[0].take(0).unwrap();
        let own = correcting(inspection(9), activation.parse().unwrap());
        assert_eq!(home.refused(&system, &own)[0].0, "record.other_kind");
    });
}

#[test]
fn of_two_corrections_at_once_one_wins() {
    on_both(|home| {
        let system = home.open();
        let mut head = inspection(1);
        home.send(&system, &head).unwrap();
        for round in 0..5 {
            let rivals: Vec<_> = (0..8).map(|_| correcting(inspection(1), id_of(&head))).collect();
            let sending: Vec<_> = rivals
                .iter()
                .map(|rival| {
                    let (system, draft) = (system.clone(), draft(rival));
                    async move { system.append(operator(), vec![draft], None).await }
                })
                .collect();
            let answers = home.run(async {
                let tasks: Vec<_> = sending.into_iter().map(tokio::spawn).collect();
                let mut answers = Vec::new();
                for task in tasks {
                    answers.push(task.await.unwrap());
                }
                answers
            });
            let won: Vec<_> = (0..8).filter(|n| answers[*n].is_ok()).collect();
            assert_eq!(won.len(), 1, "round {round}");
            for answer in answers.into_iter().filter(Result::is_err) {
                assert_eq!(only(answer).code, "record.not_the_head");
            }
            head = rivals[won[0]].clone();
            assert_eq!(home.ids(&system, "shop:1"), [id_of(&head)]);
        }
    });
}

#[test]
fn unique_fields_are_unique_among_heads() {
    on_both(|home| {
        let system = home.open();
        let numbered = |number: &str| with(inspection(1), "/open/inspection_no", number);
        let first = numbered("J-1");
        home.send(&system, &first).unwrap();
        let fault = &home.faults(&system, &numbered("J-1"))[0];
        assert_eq!(fault.code, "record.not_unique");
        assert!(fault.en.contains(&id_of(&first).to_string()), "{fault:?}");
        // Another office counts for itself.
        let elsewhere = with(numbered("J-1"), "/office", "420102");
        home.send(&system, &elsewhere).unwrap();
        // A correction may keep the number, or give it up: then it is free.
        let second = correcting(numbered("J-1"), id_of(&first));
        home.send(&system, &second).unwrap();
        let third = correcting(numbered("J-2"), id_of(&second));
        home.send(&system, &third).unwrap();
        home.send(&system, &numbered("J-1")).unwrap();
        assert_eq!(home.refused(&system, &numbered("J-2"))[0].0, "record.not_unique");
        // What was withdrawn holds nothing.
        let other = numbered("J-3");
        home.send(&system, &other).unwrap();
        home.withdraw(&system, id_of(&other)).unwrap();
        let again = numbered("J-3");
        home.send(&system, &again).unwrap();
        assert_eq!(home.refused(&system, &numbered("J-3"))[0].0, "record.not_unique");
    });
}
