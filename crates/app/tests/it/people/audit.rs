//! The audit trail: who reads it, who does not, what stands in it.

use app::people::audit::{AuditFilter, AuditPage};
use app::{Principal, Rejection, System};

use super::support::*;
use crate::support::*;

fn trail(
    home: &Home,
    system: &System,
    who: &Principal,
    filter: AuditFilter<'_>,
) -> Result<AuditPage, Rejection> {
    home.run(system.audit_trail(who, filter, None, 200))
}

#[test]
fn only_the_audit_administrator_reads_it_and_that_is_noted() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, officer) = staff.officer("li.hua", "provincial-officer", "420000");
        let page = trail(home, &system, &staff.auditor, AuditFilter::default()).unwrap();
        let actions: Vec<&str> = page.entries.iter().map(|e| e.text("action").unwrap()).collect();
        for wanted in
            ["link-use", "totp-set-up", "log-in", "account-make", "link-make", "role-grant"]
        {
            assert!(actions.contains(&wanted), "{wanted} in {actions:?}");
        }
        // The newest first, and each in the name of who did it.
        let positions: Vec<u64> = page.entries.iter().map(|e| e.record.stored.position).collect();
        assert!(positions.is_sorted_by(|a, b| a > b));
        let made = page.entries.iter().find(|e| e.text("action") == Some("account-make")).unwrap();
        assert_eq!(made.account, staff.keeper.account);
        let again = trail(home, &system, &staff.auditor, AuditFilter::default()).unwrap();
        assert_eq!(again.entries[0].text("action"), Some("audit-read"));
        for who in [&staff.keeper, &staff.guard, &officer, operator()] {
            let refused = trail(home, &system, who, AuditFilter::default());
            assert_eq!(only(refused).code, "door.permission", "{}", who.account);
        }
    });
}

#[test]
fn no_other_way_leads_to_an_entry() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, officer) = staff.officer("li.hua", "provincial-officer", "420000");
        let page = trail(home, &system, &staff.auditor, AuditFilter::default()).unwrap();
        let entry = page.entries[0].record.stored.id;
        for who in [&staff.keeper, &staff.guard, &officer, operator()] {
            let read = home.run(system.record(who, entry, None));
            match read.unwrap_err().faults()[0].code {
                "read.not_found" | "door.permission" => {}
                other => panic!("{}: {other}", who.account),
            }
            let list = system.list(who, "audit", &EVERYTHING, Default::default(), None, 10);
            assert_eq!(only(home.run(list)).code, "door.permission", "{}", who.account);
            let count = system.count(who, "audit", &EVERYTHING, Default::default());
            assert_eq!(only(home.run(count)).code, "door.permission");
        }
        assert!(home.run(system.record(&staff.auditor, entry, None)).is_ok());
        // No program has it, whatever its token names.
        let new = app::token::NewToken {
            name: "spy".into(),
            on_behalf_of: "spy".into(),
            permissions: vec!["audit.read".into()],
            days: 1,
            ..Default::default()
        };
        let pack = pack();
        let made = home.run(app::token::create(system.reader().db(), &pack, staff.now, new));
        assert_eq!(made.unwrap_err().faults()[0].pointer, "/permissions/0");
        // Nobody sends one, corrects one or takes one back.
        let forged =
            with(with(inspection(1), "/kind", "audit"), "/subjects", serde_json::json!([]));
        assert_eq!(home.refused(&system, &forged)[0].0, "record.own_kind");
        let taken_back = home.withdraw(&system, entry);
        assert!(taken_back.is_err(), "{taken_back:?}");
    });
}

#[test]
fn failures_and_refusals_are_noted_and_nothing_secret_is() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let who = staff.make("wang", "enterprise", Some(MAKER));
        for _ in 0..5 {
            home.run(system.log_in(staff.now, "wang", "Wrong-Word-1")).unwrap_err();
        }
        home.run(system.log_in(staff.now, "wang", PASSWORD)).unwrap_err();
        home.run(system.log_in(staff.now, "My-Password-By-Mistake", "x")).unwrap_err();
        home.run(system.close_account(staff.now, &staff.guard, &who.id)).unwrap_err();
        let of = |action: &'static str, outcome: &'static str| {
            let filter =
                AuditFilter { action: Some(action), outcome: Some(outcome), account: None };
            trail(home, &system, &staff.auditor, filter).unwrap().entries
        };
        assert_eq!(of("log-in", "failed").len(), 4 + 1);
        assert_eq!(of("lock-out", "failed").len(), 1);
        assert_eq!(of("log-in", "refused").len(), 1);
        let refused = of("refuse", "refused");
        assert_eq!(refused[0].account, staff.guard.account);
        assert_eq!(refused[0].text("permission"), Some("account.manage"));
        let filter = AuditFilter { account: Some(&who.id), ..AuditFilter::default() };
        assert!(trail(home, &system, &staff.auditor, filter).unwrap().entries.len() >= 7);
        let all = home.run(system.reader().latest_of_people("audit", u64::MAX >> 1, 500)).unwrap();
        for record in all {
            let said = format!(
                "{}{}",
                String::from_utf8_lossy(&record.open),
                String::from_utf8_lossy(&record.envelope)
            );
            for secret in [PASSWORD, "Wrong-Word-1", "Mistake", "zl_", "zs_"] {
                assert!(!said.contains(secret), "{said}");
            }
        }
    });
}
