//! A demonstration says what it is wherever it is seen, is entered by one click, and is not reached
//! from elsewhere; and no other program is entered so.

use app::demonstration::{Making, NewPerson};
use app::people::account::NewAccount;
use axum::http::{Method, StatusCode};

use crate::html::Html;
use crate::site::{Answer, Ask, Site, on_both, on_demonstration};

const LABORATORY: &str = "uscc:914201001777000029";

/// Login, sort, role, where it is held, and where its home is.
const PEOPLE: &[(&str, &str, &str, Option<&str>, &str)] = &[
    ("demo-province", "officer", "provincial-officer", Some("420000"), "/console"),
    ("demo-county", "officer", "county-officer", Some("420106"), "/console"),
    ("demo-laboratory", "laboratory", "laboratory", Some(LABORATORY), "/enterprise"),
    ("demo-citizen", "citizen", "citizen", None, "/"),
    ("demo-system", "administrator", "system-administrator", None, "/console"),
];

async fn people(making: &mut Making) {
    let at = "2024-05-06T09:00:00+08:00".parse().unwrap();
    for (login, sort, role, place, _) in PEOPLE {
        let person = NewPerson {
            account: NewAccount {
                login: (*login).to_owned(),
                name: format!("{login}（演示）"),
                sort: (*sort).to_owned(),
                organization: place.filter(|_| *sort == "laboratory").map(str::to_owned),
            },
            role: (*role).to_owned(),
            held_in: place.map(str::to_owned),
        };
        making.person(at, &person).await.unwrap_or_else(|e| panic!("{e}"));
    }
}

/// As a browser on this machine asks.
fn here<'s>(site: &'s Site, method: Method, path: &str, cookies: &str) -> Ask<'s> {
    let ask = site.ask(method, path).without("authorization").header("accept", "text/html");
    let ask = ask.header("host", "127.0.0.1:8420").header("sec-fetch-site", "same-origin");
    let ask = ask.from("127.0.0.1");
    if cookies.is_empty() { ask } else { ask.header("cookie", cookies) }
}

fn cookie(answer: &Answer) -> String {
    let set = answer.headers.get_all("set-cookie").iter();
    let pairs = set.filter_map(|set| set.to_str().unwrap().split(';').next());
    pairs.collect::<Vec<_>>().join("; ")
}

fn token(text: &str) -> &str {
    let at = text.find("name=\"csrf\" value=\"").unwrap() + 19;
    &text[at..at + text[at..].find('"').unwrap()]
}

/// Clicks; gives the answer.
async fn click(site: &Site, login: &str, then: &str) -> Answer {
    let page = here(site, Method::GET, "/login", "").send().await;
    let form = format!("login={login}&csrf={}", token(&page.text()));
    let ask = here(site, Method::POST, &format!("/login/one-click{then}"), &cookie(&page));
    ask.header("content-type", "application/x-www-form-urlencoded").body(form).send().await
}

#[test]
fn each_role_is_entered_by_one_click_and_lands_on_its_home() {
    on_demonstration(people, async |site| {
        let page = Html::of(here(site, Method::GET, "/login", "").send().await);
        for (login, .., home) in PEOPLE {
            assert!(page.text.contains(&format!("value=\"{login}\"")), "{login}");
            let answer = click(site, login, "").await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
            assert_eq!(answer.header("location"), *home);
            let shown = here(site, Method::GET, home, &cookie(&answer)).send().await;
            assert_eq!(shown.status, StatusCode::OK, "{login}: {}", shown.text());
            assert!(shown.text().contains(&format!("{login}（演示）")));
        }
        assert!(page.says("县级执法人员") && page.says("武昌区市场监督管理局"));
        let answer = click(site, "demo-county", "?then=%2Faccount").await;
        assert_eq!(answer.header("location"), "/account");
        let answer = click(site, "demo-county", "?then=%2F%2Fevil.example").await;
        assert_eq!(answer.header("location"), "/console");
        assert_eq!(click(site, "somebody", "").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_citizen_is_led_in_no_circle() {
    on_demonstration(people, async |site| {
        let citizen = cookie(&click(site, "demo-citizen", "").await);
        for path in ["/enterprise", "/login"] {
            let answer = here(site, Method::GET, path, &citizen).send().await;
            assert_eq!(answer.header("location"), "/", "{path}");
        }
        let page = here(site, Method::GET, "/", &citizen).send().await;
        assert!(page.text().contains("href=\"/account\""), "{}", page.text());
    });
}

#[test]
fn a_click_is_taken_from_our_own_form_alone() {
    on_demonstration(people, async |site| {
        let page = here(site, Method::GET, "/login", "").send().await;
        let ask = here(site, Method::POST, "/login/one-click", &cookie(&page));
        let ask = ask.header("content-type", "application/x-www-form-urlencoded");
        let answer =
            ask.body("login=demo-county&csrf=0123456789abcdef0123456789abcdef").send().await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());
        let form = format!("login=demo-county&csrf={}", token(&page.text()));
        let ask = here(site, Method::POST, "/login/one-click", &cookie(&page));
        let ask = ask.header("content-type", "application/x-www-form-urlencoded");
        let answer = ask.header("sec-fetch-site", "cross-site").body(form).send().await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text());
    });
}

#[test]
fn every_answer_says_what_it_is() {
    on_demonstration(people, async |site| {
        let officer = cookie(&click(site, "demo-province", "").await);
        let laboratory = cookie(&click(site, "demo-laboratory", "").await);
        for (path, cookies) in [
            ("/", ""),
            ("/find", ""),
            ("/log", ""),
            ("/login", ""),
            ("/nothing-here", ""),
            ("/console", officer.as_str()),
            ("/console/system/offices", officer.as_str()),
            ("/account", officer.as_str()),
            ("/enterprise", laboratory.as_str()),
        ] {
            let answer = here(site, Method::GET, path, cookies).send().await;
            assert!(answer.text().contains("演示数据"), "{path}: {}", answer.text());
            assert_eq!(answer.header("zhiheng-demonstration"), "everything-is-invented");
            let path = format!("{path}?lang=en");
            let answer = here(site, Method::GET, &path, cookies).send().await;
            assert!(answer.text().contains("Demonstration data"), "{path}");
        }
        let log = here(site, Method::GET, "/api/v1/log", "").send().await;
        assert_eq!(log.json()["demonstration"], true);
        let origin = log.json()["logs"][0]["origin"].as_str().unwrap().to_owned();
        assert!(origin.starts_with(app::demonstration::ORIGIN), "{origin}");
        let checkpoint = here(site, Method::GET, "/log/checkpoint", "").send().await;
        assert!(checkpoint.text().starts_with(&origin));
    });
}

#[test]
fn it_is_not_reached_from_elsewhere() {
    on_demonstration(people, async |site| {
        let asked = |path: &'static str| here(site, Method::GET, path, "");
        for path in ["/", "/login", "/api/v1/log", "/assets/none"] {
            let refused = [
                asked(path).from("192.0.2.7"),
                asked(path).header("host", "evil.example"),
                asked(path).header("host", "evil.example:8420"),
                asked(path).header("x-forwarded-for", "192.0.2.7"),
                // The proxy before the last is on this machine; who asked it is not.
                asked(path).header("x-forwarded-for", "192.0.2.7, 127.0.0.1"),
                asked(path).header("x-forwarded-for", "unknown"),
                asked(path).header("x-real-ip", "192.0.2.7"),
                asked(path).header("x-forwarded-host", "evil.example"),
                asked(path).header("forwarded", "for=192.0.2.7"),
            ];
            for ask in refused {
                let answer = ask.send().await;
                assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
                assert!(answer.text().contains("127.0.0.1"), "{}", answer.text());
            }
        }
        for host in ["localhost:8420", "[::1]:8420"] {
            assert_eq!(asked("/").header("host", host).send().await.status, StatusCode::OK);
        }
        let near = asked("/").header("x-forwarded-for", "127.0.0.1, ::1");
        assert_eq!(near.header("x-real-ip", "::1").send().await.status, StatusCode::OK);
        let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
        let served = web::serve(std::sync::Arc::clone(&site.system), listener, async {}).await;
        assert!(served.unwrap_err().to_string().contains("127.0.0.1"));
    });
}

#[test]
fn no_other_program_says_so_or_is_entered_so() {
    on_both(async |site| {
        let ask = |method, path| site.ask(method, path).header("accept", "text/html");
        let page = ask(Method::GET, "/login").send().await;
        assert!(!page.text().contains("/login/one-click") && !page.text().contains("演示"));
        assert!(page.headers.get("zhiheng-demonstration").is_none());
        let form = format!("login=demo-county&csrf={}", token(&page.text()));
        let asked = ask(Method::POST, "/login/one-click").header("cookie", &cookie(&page));
        let asked = asked.header("content-type", "application/x-www-form-urlencoded");
        let answer = asked.header("sec-fetch-site", "same-origin").body(form).send().await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
        assert!(!cookie(&answer).contains("session"));
        let log = site.get("/api/v1/log").await;
        assert_eq!(log.json()["demonstration"], false);
        // From wherever it is asked.
        let answer = ask(Method::GET, "/").from("192.0.2.7").header("host", "any.example").send();
        assert_eq!(answer.await.status, StatusCode::OK);
    });
}
