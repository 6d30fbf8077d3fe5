//! Logging in: two factors, locks, stages, and what ends a session.

use app::people::account::NewAccount;
use app::people::link::{LinkFor, first_links};
use app::people::session::Stage;
use app::people::totp;

use super::support::*;
use crate::support::*;

#[test]
fn the_first_start_makes_three_administrators_and_no_password() {
    on_both(|home| {
        let system = home.open();
        let accounts = home.run(system.reader().db().accounts()).unwrap();
        assert!(accounts.is_empty(), "nobody can log in to a new installation");
        let staff = Staff::start(home, &system);
        // Their links are used up, and no more are given.
        let more = home.run(first_links(system.reader(), &pack(), now(), None)).unwrap();
        assert!(more.is_empty());
        let pack = pack();
        let asked = first_links(system.reader(), &pack, now(), Some("audit-administrator"));
        assert_eq!(only(home.run(asked)).code, "link.held");
        // After a new start they are who they were.
        let keeper = staff.keeper.account.clone();
        drop(system);
        let system = home.open();
        assert_eq!(system.people().directory().grants_of(&keeper).count(), 1);
    });
}

#[test]
fn a_link_is_good_once_and_for_a_day() {
    on_both(|home| {
        let system = home.open();
        let now = now();
        let first = home.run(first_links(system.reader(), &pack(), now, None)).unwrap();
        let second = home.run(first_links(system.reader(), &pack(), now, None)).unwrap();
        // The later ones take the place of the earlier.
        let used = system.use_link(now, &first[0].text, "someone", "某人", PASSWORD);
        assert_eq!(only(home.run(used)).code, "link.not_good");
        let role = second[0].role.clone().unwrap();
        assert_eq!(home.run(system.link(now, &second[0].text)).unwrap(), LinkFor::Account(role));
        let tomorrow = later(now, 24 * 60);
        let used = system.use_link(tomorrow, &second[0].text, "someone", "某人", PASSWORD);
        assert_eq!(only(home.run(used)).code, "link.not_good");
        // What is wrong with the password does not use it up.
        for (weak, code) in [
            ("Ab1-short", "password.length"),
            ("onlysmallletters", "password.sorts"),
            ("Someone-1985-x", "password.login"),
            ("Password-123456", "password.common"),
            ("Hubei12315Admin", "password.common"),
            ("Spiderman-2024", "password.common"),
            ("L0ll1pop!2026", "password.common"),
        ] {
            let used = system.use_link(now, &second[0].text, "someone", "某人", weak);
            assert_eq!(only(home.run(used)).code, code, "{weak}");
        }
        let used = || system.use_link(now, &second[0].text, "someone", "某人", PASSWORD);
        home.run(used()).unwrap();
        assert_eq!(only(home.run(used())).code, "link.not_good");
        assert_eq!(only(home.run(system.link(now, "zl_nonsense"))).code, "link.not_good");
    });
}

#[test]
fn an_officer_logs_in_with_two_factors_and_a_code_counts_once() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (officer, _) = staff.officer("li.hua", "county-officer", WUCHANG);
        let now = later(staff.now, 10);
        // Capitals and spaces in the login mean nothing.
        let logged = home.run(system.log_in(now, " LI.Hua ", PASSWORD)).unwrap();
        assert_eq!(logged.stage, Stage::Code);
        let half = session(home, &system, now, &logged);
        // A password alone is nobody.
        let principal = system.principal(now, &half, None);
        assert_eq!(only(principal).code, "session.ended");
        let wrong = system.second_factor(now, &half, "000000");
        assert_eq!(only(home.run(wrong)).code, "session.wrong");
        let code = totp::code(&officer.secret, totp::step(now));
        let full = home.run(system.second_factor(now, &half, &code)).unwrap();
        assert_ne!(full.token, logged.token);
        // The token from before the second factor is worth nothing: nothing is fixed in advance.
        assert_eq!(only(home.run(system.session(now, &logged.token))).code, "session.ended");
        let again = home.run(system.log_in(now, "li.hua", PASSWORD)).unwrap();
        let again = session(home, &system, now, &again);
        let replayed = system.second_factor(now, &again, &code);
        assert_eq!(only(home.run(replayed)).code, "session.wrong");
    });
}

#[test]
fn an_account_is_locked_after_failures_and_longer_each_time() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let who = staff.make("wang", "enterprise", Some(MAKER));
        let try_at = |now, password: &str| home.run(system.log_in(now, "wang", password));
        let mut now = staff.now;
        for _ in 0..5 {
            assert_eq!(only(try_at(now, "Wrong-Word-1")).code, "session.wrong");
        }
        // Locked for 10 minutes: the right one is refused in the same words.
        assert_eq!(only(try_at(now, PASSWORD)).code, "session.wrong");
        assert_eq!(only(try_at(later(now, 9), PASSWORD)).code, "session.wrong");
        now = later(now, 10);
        assert_eq!(only(try_at(now, "Wrong-Word-1")).code, "session.wrong");
        assert_eq!(only(try_at(later(now, 19), PASSWORD)).code, "session.wrong");
        now = later(now, 20);
        assert_eq!(only(try_at(now, "Wrong-Word-1")).code, "session.wrong");
        assert_eq!(only(try_at(later(now, 39), PASSWORD)).code, "session.wrong");
        // A success forgets all of it.
        now = later(now, 40);
        assert_eq!(try_at(now, PASSWORD).unwrap().stage, Stage::Full);
        assert_eq!(only(try_at(now, "Wrong-Word-1")).code, "session.wrong");
        assert_eq!(try_at(now, PASSWORD).unwrap().stage, Stage::Full);
        for _ in 0..5 {
            assert_eq!(only(try_at(now, "Wrong-Word-1")).code, "session.wrong");
        }
        // Only the security administrator opens it.
        let opened = system.unlock_account(now, &staff.keeper, &who.id);
        assert_eq!(only(home.run(opened)).code, "door.permission");
        home.run(system.unlock_account(now, &staff.guard, &who.id)).unwrap();
        assert_eq!(try_at(now, PASSWORD).unwrap().stage, Stage::Full);
    });
}

#[test]
fn many_tries_at_once_are_no_more_than_one_after_the_other() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let who = staff.make("wang", "enterprise", Some(MAKER));
        home.run(async {
            let tries = (0..12).map(|_| system.log_in(staff.now, "wang", "Wrong-Word-1"));
            let mut tries: Vec<_> = tries.map(Box::pin).collect();
            // All of them have begun before one is at its end.
            std::future::poll_fn(|context| {
                tries.retain_mut(|one| one.as_mut().poll(context).is_pending());
                match tries.is_empty() {
                    true => std::task::Poll::Ready(()),
                    false => std::task::Poll::Pending,
                }
            })
            .await;
        });
        let row = home.run(system.reader().db().account(&who.id)).unwrap().unwrap();
        assert_eq!(row.failed, 5);
        assert!(row.locked_until.is_some());
    });
}

#[test]
fn a_session_ends_when_idle_when_old_when_logged_out_and_with_the_password() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        staff.make("wang", "enterprise", Some(MAKER));
        let now = staff.now;
        let log_in =
            |now, password: &str| home.run(system.log_in(now, "wang", password)).unwrap().token;
        let ended = |now, token: &str| match home.run(system.session(now, token)) {
            Ok(_) => false,
            Err(rejection) => {
                assert_eq!(rejection.faults()[0].code, "session.ended");
                true
            }
        };
        // Idle for half an hour.
        let token = log_in(now, PASSWORD);
        assert!(!ended(later(now, 29), &token));
        assert!(!ended(later(now, 58), &token));
        assert!(ended(later(now, 88), &token));
        // Twelve hours, however busy.
        let token = log_in(now, PASSWORD);
        assert!((1..29).all(|n| !ended(later(now, n * 25), &token)));
        assert!(ended(later(now, 720), &token));
        // Logged out: here, and everywhere.
        let (one, two, three) =
            (log_in(now, PASSWORD), log_in(now, PASSWORD), log_in(now, PASSWORD));
        let at = home.run(system.session(now, &one)).unwrap();
        home.run(system.log_out(&at)).unwrap();
        assert!(ended(now, &one) && !ended(now, &two));
        let at = home.run(system.session(now, &two)).unwrap();
        home.run(system.log_out_everywhere(&at)).unwrap();
        assert!(ended(now, &two) && ended(now, &three));
        // The password is changed: the other sessions end, this one gets another token.
        let (one, two) = (log_in(now, PASSWORD), log_in(now, PASSWORD));
        let at = home.run(system.session(now, &one)).unwrap();
        let change = |old: &'static str, new: &'static str| {
            home.run(system.change_password(now, &at, old, new))
        };
        assert_eq!(only(change("Wrong-Word-1", "Han-River-2026")).code, "session.wrong");
        assert_eq!(only(change(PASSWORD, "Short-1a")).code, "password.length");
        assert_eq!(only(change(PASSWORD, PASSWORD)).code, "password.former");
        let changed = change(PASSWORD, "Han-River-2026").unwrap();
        assert!(ended(now, &one) && ended(now, &two) && !ended(now, &changed.token));
        assert_eq!(only(home.run(system.log_in(now, "wang", PASSWORD))).code, "session.wrong");
        // And back again it is one of the last.
        let at = home.run(system.session(now, &changed.token)).unwrap();
        let back = system.change_password(now, &at, "Han-River-2026", PASSWORD);
        assert_eq!(only(home.run(back)).code, "password.former");
    });
}

#[test]
fn an_old_password_is_changed_before_anything_else() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        staff.make("wang", "enterprise", Some(MAKER));
        let now = later(staff.now, 90 * 24 * 60);
        let logged = home.run(system.log_in(now, "wang", PASSWORD)).unwrap();
        assert_eq!(logged.stage, Stage::Change);
        let at = session(home, &system, now, &logged);
        assert_eq!(only(system.principal(now, &at, None)).code, "session.ended");
        let changed = system.change_password(now, &at, PASSWORD, "Han-River-2026");
        assert_eq!(home.run(changed).unwrap().stage, Stage::Full);
    });
}

#[test]
fn the_store_has_no_secret_in_the_clear() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (officer, _) = staff.officer("li.hua", "county-officer", WUCHANG);
        let row = home.run(system.reader().db().account(&officer.id)).unwrap().unwrap();
        let hash = row.password.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let sealed = row.totp.unwrap();
        assert!(!sealed.windows(20).any(|part| part == officer.secret));
        let logged = home.run(system.log_in(staff.now, "li.hua", PASSWORD)).unwrap();
        let sessions = home.run(system.reader().db().sessions_of(&officer.id)).unwrap();
        assert!(sessions.iter().all(|session| session.digest.len() == 32));
        assert!(!sessions.iter().any(|session| session.digest == logged.token.as_bytes()));
    });
}

#[test]
fn accounts_are_made_rightly_and_closed_for_good() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let make = |login: &str, sort: &str, organization: Option<&str>| {
            let new = NewAccount {
                login: login.to_owned(),
                name: "某人".to_owned(),
                sort: sort.to_owned(),
                organization: organization.map(str::to_owned),
            };
            home.run(system.make_account(staff.now, &staff.keeper, &new))
        };
        for (login, sort, organization, code) in [
            ("ab", "officer", None, "account.login"),
            ("a b c", "officer", None, "account.login"),
            ("<script>", "officer", None, "account.login"),
            ("somebody", "king", None, "account.sort"),
            ("somebody", "officer", Some(MAKER), "account.organization"),
            ("somebody", "enterprise", None, "account.organization"),
            ("KEEPER", "officer", None, "account.login_taken"),
        ] {
            assert_eq!(only(make(login, sort, organization)).code, code, "{login} {sort}");
        }
        // Who gives roles makes no accounts.
        let new = NewAccount {
            login: "x.y".into(),
            name: "x".into(),
            sort: "officer".into(),
            organization: None,
        };
        let made = system.make_account(staff.now, &staff.guard, &new);
        assert_eq!(only(home.run(made)).code, "door.permission");
        let (officer, who) = staff.officer("li.hua", "county-officer", WUCHANG);
        let session = log_in(home, &system, later(staff.now, 6), &officer);
        home.run(system.close_account(staff.now, &staff.keeper, &officer.id)).unwrap();
        let _ = (session, who);
        let tried = system.log_in(later(staff.now, 8), "li.hua", PASSWORD);
        assert_eq!(only(home.run(tried)).code, "session.wrong");
        let row = home.run(system.reader().db().account(&officer.id)).unwrap().unwrap();
        assert_eq!((row.name, row.login, row.password), (officer.id.clone(), officer.id, None));
        let own = system.close_account(staff.now, &staff.keeper, &staff.keeper.account);
        assert_eq!(only(home.run(own)).code, "account.own");
    });
}

#[test]
fn a_restored_store_knows_its_people() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (officer, _) = staff.officer("li.hua", "county-officer", WUCHANG);
        let mut saved = Vec::new();
        home.run(app::backup::write(system.reader(), &system.files(), &mut saved)).unwrap();
        let text = String::from_utf8(saved.clone()).unwrap();
        assert!(text.contains("$argon2id$") && !text.contains(PASSWORD));
        let other = Home::new(home.is_postgres());
        let files = app::attachment::Files::of(&other.settings().data);
        other.run(app::backup::restore(&other.settings().address, &files, &*saved)).unwrap();
        other.take_keys(home);
        let system = other.open_anew();
        let session = log_in(&other, &system, later(staff.now, 10), &officer);
        let who = other.run(async { system.principal(staff.now, &session, None) }).unwrap();
        assert_eq!(who.office.as_deref(), Some(WUCHANG));
    });
}
