//! Giving and ending roles.

use std::sync::Arc;

use app::door::{Target, decide};
use app::people::role::{NewAbsence, Why};

use super::support::*;
use crate::support::*;

#[test]
fn a_role_is_given_rightly_and_by_who_may() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let who = staff.make("li.hua", "officer", None);
        let maker = staff.make("maker", "enterprise", Some(MAKER));
        for (account, role, place, code) in [
            (&who, "emperor", WUCHANG, "grant.role"),
            (&who, "county-officer", "no-such-office", "grant.place"),
            (&who, "county-officer", "", "grant.place"),
            (&who, "enterprise", MAKER, "grant.sort"),
            (&who, "audit-administrator", "", "grant.sort"),
            (&maker, "enterprise", OTHER, "grant.place"),
            (&maker, "county-officer", WUCHANG, "grant.sort"),
        ] {
            let faults = staff.grant(account, role, place).unwrap_err().faults();
            assert!(faults.iter().any(|fault| fault.code == code), "{role} {place}: {faults:?}");
        }
        staff.grant(&who, "county-officer", WUCHANG).unwrap();
        assert_eq!(only(staff.grant(&who, "county-officer", WUCHANG)).code, "grant.twice");
        staff.grant(&who, "sampler", WUCHANG).unwrap();
        staff.grant(&maker, "enterprise", MAKER).unwrap();
        // Who makes accounts gives no roles, and nobody gives one to themselves.
        let new = app::people::role::NewGrant {
            account: who.id.clone(),
            role: "head".into(),
            held_in: Some(WUCHANG.into()),
            reason: "x".into(),
            ..Default::default()
        };
        let given = system.grant_role(staff.now, &staff.keeper, &new);
        assert_eq!(only(home.run(given)).code, "door.permission");
        let own = app::people::role::NewGrant { account: staff.guard.account.clone(), ..new };
        let given = system.grant_role(staff.now, &staff.guard, &own);
        assert_eq!(only(home.run(given)).code, "account.own");
    });
}

#[test]
fn three_administrators_are_three_people_and_nothing_else() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let second = staff.make("second", "administrator", None);
        staff.grant(&second, "system-administrator", "").unwrap();
        for other in ["security-administrator", "audit-administrator"] {
            assert_eq!(only(staff.grant(&second, other, "")).code, "grant.exclusive");
        }
        assert_eq!(only(staff.grant(&second, "county-officer", WUCHANG)).code, "grant.sort");
        // None of them reads an archive, not even what is theirs to run.
        home.send(&system, &inspection(1)).unwrap();
        for who in [&staff.keeper, &staff.guard, &staff.auditor] {
            let listed = system.list(who, "inspection", &EVERYTHING, Default::default(), None, 10);
            match home.run(listed) {
                Ok(page) => assert!(page.records.is_empty()),
                Err(rejection) => assert_eq!(rejection.faults()[0].code, "door.permission"),
            }
        }
    });
}

#[test]
fn a_change_of_roles_ends_sessions_and_is_seen_by_who_is_under_way() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (officer, who) = staff.officer("li.hua", "county-officer", WUCHANG);
        let draft = || draft(&with(with(inspection(1), "/region", WUCHANG), "/office", WUCHANG));
        home.run(system.append(&who, vec![draft()], None)).unwrap();
        let logged = home.run(system.log_in(later(staff.now, 6), "li.hua", PASSWORD)).unwrap();
        let grant = system.people().directory().grants_of(&officer.id).next().unwrap().id;
        let ended = system.end_grant(staff.now, &staff.guard, grant, None, "调离");
        home.run(ended).unwrap();
        assert_eq!(only(home.run(system.session(staff.now, &logged.token))).code, "session.ended");
        // Whoever still has the principal of before has nothing with it.
        let tried = system.append(&who, vec![draft()], None);
        assert_eq!(only(home.run(tried)).code, "door.permission");
        let read = system.list(&who, "inspection", &EVERYTHING, Default::default(), None, 10);
        assert_eq!(only(home.run(read)).code, "door.permission");
        // And after a new start too.
        let account = officer.id;
        drop(system);
        let system = home.open();
        let person = system.people().person(&pack(), &account, today());
        assert_eq!(person.held().holdings().len(), 0);
    });
}

#[test]
fn nothing_comes_in_by_a_role_behind_the_record_of_its_end() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (officer, who) = staff.officer("li.hua", "county-officer", WUCHANG);
        let grant = system.people().directory().grants_of(&officer.id).next().unwrap().id;
        let (who, system_of) = (Arc::new(who), Arc::clone(&system));
        let (taken, end) = home.run(async {
            let mut tasks = Vec::new();
            for number in 0..200 {
                let (who, system) = (Arc::clone(&who), Arc::clone(&system_of));
                let record = with(with(inspection(number), "/region", WUCHANG), "/office", WUCHANG);
                tasks.push(tokio::spawn(async move {
                    system.append(&who, vec![draft(&record)], None).await
                }));
            }
            tokio::task::yield_now().await;
            let end = system_of.end_grant(staff.now, &staff.guard, grant, None, "调离").await;
            let mut taken = Vec::new();
            for task in tasks {
                match task.await.unwrap() {
                    Ok(receipts) => taken.push(receipts[0].position),
                    Err(rejection) => assert_eq!(rejection.faults()[0].code, "door.permission"),
                }
            }
            (taken, end.unwrap().position)
        });
        assert!(taken.iter().all(|position| *position < end), "{taken:?} {end}");
    });
}

#[test]
fn a_stream_counts_for_nothing_where_its_role_ends_before_it_does() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (officer, who) = staff.officer("li.hua", "county-officer", WUCHANG);
        let grant = system.people().directory().grants_of(&officer.id).next().unwrap().id;
        let options = || app::intake::stream::Options { proceed: true, ..Default::default() };
        let line = |number: u64| {
            let record = with(with(inspection(number), "/region", WUCHANG), "/office", WUCHANG);
            format!("{record}\n")
        };
        // Enough that the first lines are checked, by the role, before the last ones come.
        let part: String = (0..2500).map(line).collect();
        home.run(async {
            let mut stream = system.begin_stream(&who, options()).unwrap();
            for _ in 0..4 {
                stream.push(part.as_bytes()).await.unwrap();
            }
            system.end_grant(staff.now, &staff.guard, grant, None, "调离").await.unwrap();
            let refused = only(stream.finish().await);
            assert_eq!(refused.code, "batch.rights");
        });
        let known = Some(home.size(&system));
        let when = app::reading::When { known, valid: None };
        let counted = system.count(operator(), "inspection", &EVERYTHING, when);
        assert_eq!(home.run(counted).unwrap().0, 0);
        // By a role that lasts it counts, also where another came to it meanwhile.
        let (other, who) = staff.officer("wang", "county-officer", WUCHANG);
        home.run(async {
            let mut stream = system.begin_stream(&who, options()).unwrap();
            stream.push(line(9001).as_bytes()).await.unwrap();
            let new = app::people::role::NewGrant {
                account: other.id.clone(),
                role: "sampler".to_owned(),
                held_in: Some(WUCHANG.to_owned()),
                reason: "兼任".to_owned(),
                ..Default::default()
            };
            system.grant_role(staff.now, &staff.guard, &new).await.unwrap();
            assert_eq!(stream.finish().await.unwrap().stored, 1);
        });
    });
}

#[test]
fn a_role_that_ends_tonight_is_none_tomorrow() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let who = staff.make("li.hua", "officer", None);
        let today = day_of(staff.now);
        staff.grant_days(&who, "county-officer", WUCHANG, None, Some(today)).unwrap();
        let tomorrow = day_of(later(staff.now, 24 * 60));
        let held = |day| system.people().person(&pack(), &who.id, day).held().holdings().len();
        assert_eq!((held(today), held(tomorrow), held(today)), (1, 0, 1));
    });
}

#[test]
fn an_absence_hands_the_roles_to_who_stands_in() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (head, _) = staff.officer("head.wang", "head", WUCHANG);
        let (deputy, who) = staff.officer("li.hua", "county-officer", WUCHANG);
        let decides = |who: &app::Principal| {
            let target = Target {
                office: Some(WUCHANG),
                region: Some(WUCHANG),
                kind: Some("penalty"),
                ..Target::default()
            };
            let held = who.person.as_ref().unwrap().held();
            decide(&held, WUCHANG, "penalty.decide", &target).is_allowed()
        };
        assert!(!decides(&who));
        let today = day_of(staff.now);
        let mut absence = NewAbsence {
            account: head.id.clone(),
            from: today,
            until: today,
            delegate: Some(head.id.clone()),
            reason: "休假".to_owned(),
        };
        let noted = system.note_absence(staff.now, &staff.guard, &absence);
        assert_eq!(only(home.run(noted)).code, "absence.delegate");
        absence.delegate = Some(deputy.id.clone());
        let receipt = home.run(system.note_absence(staff.now, &staff.guard, &absence)).unwrap();
        assert!(decides(&who), "who stands in has it at once");
        let target = Target { office: Some(WUCHANG), ..Target::default() };
        match system.why(
            &who,
            "penalty.decide",
            &Target { region: Some(WUCHANG), kind: Some("penalty"), ..target },
        ) {
            Why::By(reason) => {
                assert_eq!(reason.acting_for.as_deref(), Some(head.id.as_str()));
                assert_eq!(reason.role.unwrap().id, "head");
                assert_eq!(reason.articles, pack().kind("penalty").unwrap().articles);
            }
            Why::Not(missing) => panic!("{missing:?}"),
        }
        // Back early: the absence ends, and with it what it gave.
        let back = system.end_grant(staff.now, &staff.guard, receipt.id, None, "提前返岗");
        home.run(back).unwrap();
        assert!(!decides(&who));
    });
}

#[test]
fn who_can_do_what_where_is_told_to_who_runs_guards_or_audits() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (officer, who) = staff.officer("li.hua", "county-officer", WUCHANG);
        let today = day_of(staff.now);
        for reader in [&staff.keeper, &staff.guard, &staff.auditor] {
            let table = home.run(system.who_can_what(staff.now, reader, today)).unwrap();
            let (_, holdings) = table.iter().find(|(account, _)| *account == officer.id).unwrap();
            assert_eq!((&*holdings[0].role, &*holdings[0].held_in), ("county-officer", WUCHANG));
        }
        let asked = system.who_can_what(staff.now, &who, today);
        assert_eq!(only(home.run(asked)).code, "door.permission");
    });
}
