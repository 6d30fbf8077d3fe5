//! The pages of the system.

use super::people::{PASSWORD, Staff};
use crate::site::{on_both, on_sqlite};

#[test]
fn each_administrator_has_the_pages_of_their_work_and_no_more() {
    on_both(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, account) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let person = format!("/console/system/people/{account}");
        let own = staff.keeper.page(&person).await;
        assert!(
            own.says("/close\"")
                && !own.says(&format!("{account}/roles\""))
                && !own.says("/unlock\"")
        );
        let own = staff.guard.page(&person).await;
        assert!(
            !own.says("/close\"")
                && own.says(&format!("{account}/roles\""))
                && own.says("/unlock\"")
        );
        let own = staff.auditor.page(&person).await;
        assert!(
            !own.says("/close\"")
                && !own.says(&format!("{account}/roles\""))
                && !own.says("/unlock\"")
        );
        for path in ["/console/system/offices", "/console/system/roles", "/console/system/pack"] {
            for browser in [&mut staff.keeper, &mut staff.guard, &mut staff.auditor, &mut officer] {
                browser.page(path).await;
            }
        }
        // Who has which role is told to administrators; what a role grants to everybody.
        assert!(staff.guard.page("/console/system/roles").await.says("谁在何处能做什么"));
        let shown = officer.page("/console/system/roles").await;
        assert!(!shown.says("谁在何处能做什么") && shown.says("县级执法人员"));
        staff.keeper.page("/console/system/jobs").await;
        let trail = staff.auditor.page("/console/system/audit").await;
        assert!(trail.says("授予岗位") && trail.says("li.hua"));
        // A refusal is in the trail before it is told.
        assert_eq!(officer.get("/console/system/audit").await.status, 403);
        let trail = staff.auditor.page("/console/system/audit?outcome=refused").await;
        assert!(trail.says("拒绝访问") && trail.says("door.permission"));
    });
}

#[test]
fn a_form_that_is_wrong_is_shown_again_with_what_is_wrong() {
    on_sqlite(async |site| {
        let mut staff = Staff::start(site).await;
        let people = "/console/system/people";
        staff.keeper.page(people).await;
        let fields = [("login", "a b"), ("name", ""), ("sort", "officer"), ("organization", "x")];
        let answer = staff.keeper.post(people, &fields).await;
        assert_eq!(answer.status, 422);
        let text = answer.text();
        assert!(text.contains("登录名为 3 至 60 个") && text.contains("value=\"a b\""));
        // What somebody typed is never markup.
        staff.keeper.page(people).await;
        let script = "<script>alert(1)</script>";
        let fields =
            [("login", "x.y"), ("name", script), ("sort", "officer"), ("organization", "")];
        let answer = staff.keeper.post(people, &fields).await;
        assert_eq!(answer.status, 201);
        assert!(!answer.text().contains(script));
        let list = staff.keeper.page(&format!("{people}?q=%3Cscript%3E")).await;
        assert!(!list.says(script) && list.says("alert(1)"));
        let (_, account) = staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let page = format!("{people}/{account}");
        staff.guard.page(&page).await;
        let fields = [
            ("role", "county-officer"),
            ("held_in", "420106"),
            ("from", "soon"),
            ("until", ""),
            ("reason", ""),
        ];
        let answer = staff.guard.post(&format!("{page}/roles"), &fields).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("请填写日期"));
    });
}

#[test]
fn the_password_is_changed_by_who_knows_the_old_one() {
    on_sqlite(async |site| {
        let mut staff = Staff::start(site).await;
        staff.guard.page("/login/password").await;
        let wrong =
            [("old", "nonsense"), ("password", "Han-River-2026"), ("again", "Han-River-2026")];
        assert_eq!(staff.guard.post("/login/password", &wrong).await.status, 422);
        let differ =
            [("old", PASSWORD), ("password", "Han-River-2026"), ("again", "Han-River-2027")];
        assert_eq!(staff.guard.post("/login/password", &differ).await.status, 422);
        let before = staff.guard.cookie("session").unwrap().to_owned();
        let right =
            [("old", PASSWORD), ("password", "Han-River-2026"), ("again", "Han-River-2026")];
        let answer = staff.guard.post("/login/password", &right).await;
        assert_eq!(answer.header("location"), "/console", "{}", answer.text());
        assert_ne!(staff.guard.cookie("session"), Some(&*before));
        staff.guard.page("/account").await;
    });
}

#[test]
fn lists_are_taken_away_by_who_may_and_that_is_noted() {
    on_both(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, _) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let system = "/console/system";
        let taken = staff.guard.get(&format!("{system}/roles?as=csv")).await;
        assert_eq!(taken.status, 200, "{}", taken.text());
        assert!(taken.text().contains("li.hua") && taken.text().contains("武昌区"));
        assert!(taken.header("content-disposition").starts_with("attachment; "));
        let people = staff.keeper.get(&format!("{system}/people?as=jsonl")).await;
        assert!(people.status == 200 && people.text().contains("li.hua"), "{}", people.text());
        let trail = staff.auditor.get(&format!("{system}/audit?as=jsonl")).await;
        assert!(trail.status == 200 && trail.text().contains("li.hua"), "{}", trail.text());
        let offices = officer.get(&format!("{system}/offices?as=csv")).await;
        assert!(offices.status == 200 && offices.text().contains("420106"), "{}", offices.text());
        // Who has which role is for administrators alone, in a file too.
        let roles = officer.get(&format!("{system}/roles?as=csv")).await;
        assert_eq!(roles.header("content-disposition"), "", "{}", roles.text());
        assert_eq!(officer.get(&format!("{system}/audit?as=csv")).await.status, 403);
        let noted = staff.auditor.page(&format!("{system}/audit?action=export")).await;
        for path in ["/console/system/roles", "/console/system/people", "/console/system/audit"] {
            assert!(noted.says(path), "{path}: {}", noted.text);
        }
    });
}
