//! The steps of logging in, in a browser.

use super::people::{Browser, PASSWORD, Staff};
use crate::site::{on_both, on_sqlite};

#[test]
fn somebody_is_made_given_a_role_and_logs_in() {
    on_both(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, account) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let home = officer.page("/console").await;
        assert!(home.says("li.hua") && home.says("武昌区市场监督管理局"));
        assert!(officer.page("/account").await.says("县级执法人员"));
        // Ended by who may, it is over at once, in this browser too.
        let page = format!("/console/system/people/{account}");
        let shown = staff.guard.page(&page).await;
        let end = shown.text.find("/ends/").unwrap() + 6;
        let path = format!("{page}/ends/{}", &shown.text[end..end + 36]);
        let answer = staff.guard.post(&path, &[("end_reason", "调离")]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(officer.get("/console").await.header("location"), "/login?then=%2Fconsole");
        officer.page("/login").await;
        let answer = officer.post("/login", &[("login", "li.hua"), ("password", PASSWORD)]).await;
        assert_eq!(answer.header("location"), "/login/code");
        // The code of the set-up was used: another step is waited for, so only the refusal shows.
        officer.page("/login/code").await;
        let answer = officer.post("/login/code", &[("code", "000000")]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("有误"));
    });
}

#[test]
fn the_cookie_is_another_after_each_step_and_the_one_before_is_worth_nothing() {
    on_sqlite(async |site| {
        let mut staff = Staff::start(site).await;
        let mut browser = Browser::new(site);
        // A cookie that somebody planted before is not taken over.
        let planted = format!("zs_{}", "A".repeat(43));
        browser.set_cookie("session", &planted);
        staff.guard.page("/account").await;
        let used = staff.guard.cookie("session").unwrap().to_owned();
        staff.guard.post("/logout", &[]).await;
        assert_eq!(staff.guard.cookie("session"), Some(""));
        let mut thief = Browser::new(site);
        thief.set_cookie("session", &used);
        assert_eq!(thief.get("/account").await.status, 303, "a session that was ended stays ended");
        browser.page("/login").await;
        let fields = [("login", "security"), ("password", PASSWORD)];
        let answer = browser.post("/login", &fields).await;
        assert_eq!(answer.header("location"), "/login/code");
        let half = browser.cookie("session").unwrap().to_owned();
        assert_ne!(half, planted);
        // Half a log-in opens nothing.
        for path in ["/console", "/account", "/console/system/people"] {
            assert_eq!(browser.get(path).await.status, 303, "{path}");
        }
        let set = browser.get("/login/set-up").await;
        assert_eq!(set.header("location"), "/login/code", "no second secret without the first");
    });
}

#[test]
fn the_cookie_is_for_this_site_alone() {
    on_sqlite(async |site| {
        Staff::start(site).await;
        for secure in [false, true] {
            let mut ask = site.ask(axum::http::Method::GET, "/login").without("authorization");
            ask = ask.header("accept", "text/html");
            if secure {
                ask = ask.header("x-forwarded-proto", "https");
            }
            let page = ask.send().await;
            let seed = page.header("set-cookie").split(';').next().unwrap().to_owned();
            let text = page.text();
            let token = &text[text.find("value=\"").unwrap() + 7..][..32];
            let body = format!("login=system&password={PASSWORD}&csrf={token}");
            let mut ask = site.ask(axum::http::Method::POST, "/login").without("authorization");
            ask = ask.header("cookie", &seed).header("sec-fetch-site", "same-origin");
            ask = ask.header("content-type", "application/x-www-form-urlencoded");
            if secure {
                ask = ask.header("x-forwarded-proto", "https");
            }
            let answer = ask.body(body).send().await;
            assert_eq!(answer.status, 303, "{}", answer.text());
            let cookie = answer.header("set-cookie");
            let name = if secure { "__Host-session=zs_" } else { "session=zs_" };
            assert!(cookie.starts_with(name), "{cookie}");
            for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
                assert!(cookie.contains(part), "{cookie}");
            }
            assert_eq!(cookie.contains("; Secure"), secure);
            assert!(!cookie.contains("Domain"));
        }
    });
}

#[test]
fn where_the_log_in_leads_is_a_page_of_ours() {
    on_sqlite(async |site| {
        let mut staff = Staff::start(site).await;
        let (_, _) =
            staff.somebody("maker", "enterprise", "enterprise", "uscc:914201001777000029").await;
        for (then, leads) in [
            ("/enterprise/archive", "/enterprise/archive"),
            ("//evil.example/", "/enterprise"),
            ("https://evil.example/", "/enterprise"),
            ("/\\evil.example", "/enterprise"),
        ] {
            let mut browser = Browser::new(site);
            let then: String = form_urlencoded::byte_serialize(then.as_bytes()).collect();
            let path = format!("/login?then={then}");
            browser.page(&path).await;
            let answer = browser.post(&path, &[("login", "maker"), ("password", PASSWORD)]).await;
            assert_eq!(answer.header("location"), leads);
        }
    });
}

#[test]
fn a_form_of_another_session_or_none_is_refused() {
    on_sqlite(async |site| {
        let mut staff = Staff::start(site).await;
        staff.keeper.page("/console/system/people").await;
        let token = staff.keeper.token();
        let fields = "login=mallory&name=m&sort=officer&organization=";
        let people = "/console/system/people";
        let answer = staff.keeper.post_raw(people, fields).await;
        assert_eq!(answer.status, 403);
        staff.guard.page("/account").await;
        let other = staff.guard.token();
        let answer = staff.keeper.post_raw(people, &format!("{fields}&csrf={other}")).await;
        assert_eq!(answer.status, 403);
        // A field more than the form has is refused too: nothing is set that is not meant.
        let more = format!("{fields}&csrf={token}&must_change=0");
        assert_eq!(staff.keeper.post_raw(people, &more).await.status, 400);
        assert!(site.system.reader().db().account_of("mallory").await.unwrap().is_none());
        let answer = staff.keeper.post_raw(people, &format!("{fields}&csrf={token}")).await;
        assert_eq!(answer.status, 201);
    });
}
