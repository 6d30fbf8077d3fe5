//! What a demonstration is, it is from its beginning and for good; and nothing else is one.

use std::sync::Arc;

use app::demonstration::{DemonstrationError, Making, NewPerson, ORIGIN};
use app::people::account::NewAccount;
use app::people::session::Stage;
use app::{OpenError, Rejection, Settings, System};
use model::Timestamp;
use store::state::Demonstration;

use crate::support::{Home, draft, inspection, on_both, operator, pack};

/// Long before now.
fn then() -> Timestamp {
    "2024-05-06T09:00:00+08:00".parse().unwrap()
}

fn later(hours: i64) -> Timestamp {
    Timestamp::from_micros(then().micros() + hours * 3_600_000_000)
}

fn officer(login: &str) -> NewPerson {
    NewPerson {
        account: NewAccount {
            login: login.to_owned(),
            name: "演示".to_owned(),
            sort: "officer".to_owned(),
            organization: None,
        },
        role: "county-officer".to_owned(),
        held_in: Some("420106".to_owned()),
    }
}

/// A demonstration with an officer and two records.
async fn made(settings: Settings) -> Arc<System> {
    let mut making = Making::begin(settings, pack(), then()).await.unwrap();
    making.person(then(), &officer("demo-county")).await.unwrap();
    for number in 1..=2 {
        let draft = draft(&inspection(number));
        making.record(later(number as i64), "420106".to_owned(), draft).await.unwrap();
    }
    assert!(making.system().is_demonstration());
    making.finish().await.unwrap()
}

fn refusal(home: &Home) -> DemonstrationError {
    match home.refusal() {
        OpenError::Demonstration(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn records_are_taken_in_when_it_is_told_and_the_mark_stays() {
    on_both(|home| {
        let system = home.run(made(home.settings()));
        let size = home.size(&system);
        let all = home.run(system.reader().range(0, 100)).unwrap();
        assert_eq!(all.len() as u64, size);
        let taken: Vec<Timestamp> =
            all.iter().filter(|r| r.kind == "inspection").map(|r| r.recorded_at).collect();
        assert_eq!(taken, [later(1), later(2)]);
        // Everything else too was recorded then, and from here on the machine tells the time.
        assert!(all.iter().all(|record| record.recorded_at <= later(2)));
        assert!(system.clock().now() > later(24 * 365));
        assert!(system.published().origin.starts_with(ORIGIN));
        home.close(system);
        let again = home.open();
        assert!(again.is_demonstration());
        home.close(again);
        // It is not made a second time, and not over what is there.
        let begun = home.run(Making::begin(home.settings(), pack(), then()));
        assert!(matches!(
            begun.err().unwrap(),
            OpenError::Demonstration(DemonstrationError::NotEmpty)
        ));
    });
}

#[test]
fn a_store_of_real_work_never_becomes_one() {
    on_both(|home| {
        let system = home.open();
        assert!(!system.is_demonstration());
        home.close(system);
        let begun = home.run(Making::begin(home.settings(), pack(), then()));
        let Err(OpenError::Demonstration(DemonstrationError::NotEmpty)) = begun else {
            panic!("it is made over a store in use")
        };
        // Not even by hand: the name of its log says otherwise.
        home.change("UPDATE store_state SET demonstration = 2", vec![]);
        let error = refusal(home);
        assert!(matches!(error, DemonstrationError::Origin { is_demonstration: true, .. }));
        home.change("UPDATE store_state SET demonstration = 0", vec![]);
        home.close(home.open());
    });
}

#[test]
fn a_demonstration_never_becomes_a_store_of_real_work() {
    on_both(|home| {
        home.close(home.run(made(home.settings())));
        home.change("UPDATE store_state SET demonstration = 0", vec![]);
        let error = refusal(home);
        assert!(matches!(&error, DemonstrationError::Origin { is_demonstration: false, .. }));
        assert!(error.to_string().contains("never changes"), "{error}");
        home.change("UPDATE store_state SET demonstration = 2", vec![]);
        home.close(home.open());
    });
}

#[test]
fn the_name_of_a_log_says_what_it_is_from_the_beginning() {
    on_both(|home| {
        let settings = Settings { origin: Some(format!("{ORIGIN}1")), ..home.settings() };
        let opened = home.try_open(settings, pack());
        let Err(OpenError::Demonstration(DemonstrationError::Origin { origin, .. })) = opened
        else {
            panic!("a store of real work has the name of a demonstration")
        };
        assert_eq!(origin, format!("{ORIGIN}1"));
    });
}

#[test]
fn one_whose_making_was_broken_off_is_not_opened() {
    on_both(|home| {
        home.run(async {
            let mut making = Making::begin(home.settings(), pack(), then()).await.unwrap();
            let draft = draft(&inspection(1));
            making.record(later(1), "420106".to_owned(), draft).await.unwrap();
        });
        // What the program still has under way ends with it.
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert!(matches!(refusal(home), DemonstrationError::BrokenOff));
        let settings = home.settings();
        let mark = home.run(async {
            let reader = store::Reader::open(&settings.address).await.unwrap();
            reader.db().demonstration().await.unwrap()
        });
        assert_eq!(mark, Demonstration::BeingMade);
    });
}

#[test]
fn what_is_wrong_with_a_record_is_told() {
    on_both(|home| {
        home.run(async {
            let mut making = Making::begin(home.settings(), pack(), then()).await.unwrap();
            let mut wrong = draft(&inspection(1));
            wrong.open.insert("result".to_owned(), "perhaps".into());
            making.record(later(1), "420106".to_owned(), wrong).await.unwrap();
            let Err(Rejection::Invalid(faults)) = making.finish().await else {
                panic!("it was taken in")
            };
            assert!(faults.iter().any(|fault| fault.pointer.ends_with("/result")), "{faults:?}");
        });
    });
}

#[test]
fn its_people_are_logged_in_by_one_click_and_by_nothing_else() {
    on_both(|home| {
        let system = home.run(made(home.settings()));
        let now = system.clock().now();
        let all = home.run(system.one_click_accounts(now)).unwrap();
        let [entry] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!(entry.role.as_deref(), Some("county-officer"));
        assert_eq!(entry.held_in.as_deref(), Some("420106"));
        let logged = home.run(system.log_in_by_one_click(now, "demo-county")).unwrap();
        assert_eq!(logged.stage, Stage::Full);
        let session = home.run(system.session(now, &logged.token)).unwrap();
        let who = system.principal(now, &session, None).unwrap();
        assert_eq!(who.on_behalf_of, "420106");
        // There is no password to log in with.
        for password in ["", "demo-county", "演示"] {
            let refused = home.run(system.log_in(now, "demo-county", password));
            assert!(matches!(refused, Err(Rejection::Denied(_))));
        }
        // Others of the store are not entered so.
        let other = home.run(system.make_account(now, operator(), &officer("real-one").account));
        other.unwrap();
        for login in ["real-one", "demo-nobody", ""] {
            let refused = home.run(system.log_in_by_one_click(now, login));
            assert!(matches!(refused, Err(Rejection::NotFound(_))), "{login}");
        }
    });
}

#[test]
fn nobody_is_logged_in_by_one_click_in_any_other_store() {
    on_both(|home| {
        let system = home.open();
        let now = system.clock().now();
        // An account whose name is that of one, and that has no password yet.
        let made = home.run(system.make_account(now, operator(), &officer("demo-county").account));
        made.unwrap();
        assert_eq!(home.run(system.one_click_accounts(now)).unwrap(), []);
        let refused = home.run(system.log_in_by_one_click(now, "demo-county"));
        let Err(Rejection::NotFound(fault)) = refused else { panic!("{refused:?}") };
        assert_eq!(fault.code, "one_click.none");
    });
}
