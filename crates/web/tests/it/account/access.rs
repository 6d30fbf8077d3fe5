//! The table route × who: each cell is walked, and what is in no line is served to nobody.

use axum::http::{Method, Request};
use axum::routing::get;
use tower::ServiceExt as _;
use web::access::{Needs, TABLE};
use web::page::visitor::Desk;

use super::people::{Browser, Staff};
use crate::site::on_sqlite;

const MAKER: &str = "uscc:914201001777000029";

/// A path with something in the place of each part in braces.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{id}" | "{grant}" | "{attachment}" | "{document}" => {
            "01a21a8d-e9f2-7440-9d51-20d4c9eaa872"
        }
        "{subject}" | "{*subject}" | "{*id}" => MAKER,
        "{*tile}" => "0/000",
        "{number}" => "1",
        "{link}" => "zl_nothing",
        "{wing}" => "system",
        "{kind}" => "inspection",
        "{mapping}" => "inspection-results",
        "{report}" => "complaints",
        "{period}" => "2024-03",
        "{step}" => "accept",
        "{name}" => "nothing.css",
        "{token}" => "nothing",
        "{*rest}" => "9506000134352",
        "{*thing}" => "01/09506000134352",
        part if part.starts_with('{') => panic!("{part} of {path}"),
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Who walks, with what they hold.
struct Walker<'s> {
    name: &'static str,
    browser: Browser<'s>,
    desk: Option<Desk>,
    permissions: Vec<String>,
}

#[test]
fn every_cell_of_the_table_is_as_it_says() {
    on_sqlite(async |site| {
        let pack = site.system.pack();
        let holds = |roles: &[&str]| -> Vec<String> {
            roles.iter().flat_map(|role| pack.role(role).unwrap().grants.clone()).collect()
        };
        let mut staff = Staff::start(site).await;
        let mut walkers = vec![Walker {
            name: "nobody",
            browser: Browser::new(site),
            desk: None,
            permissions: Vec::new(),
        }];
        for (name, sort, role, place) in [
            ("province", "officer", "provincial-officer", "420000"),
            ("city", "officer", "city-officer", "420100"),
            ("county", "officer", "county-officer", "420106"),
            ("station", "officer", "station-officer", "420106-01"),
            ("head", "officer", "head", "420106"),
            ("maker", "enterprise", "enterprise", MAKER),
        ] {
            let (browser, _) = staff.somebody(name, sort, role, place).await;
            let desk = if sort == "officer" { Desk::Console } else { Desk::Enterprise };
            walkers.push(Walker { name, browser, desk: Some(desk), permissions: holds(&[role]) });
        }
        for (name, browser, role) in [
            ("keeper", staff.keeper, "system-administrator"),
            ("guard", staff.guard, "security-administrator"),
            ("auditor", staff.auditor, "audit-administrator"),
        ] {
            let desk = Some(Desk::Console);
            walkers.push(Walker { name, browser, desk, permissions: holds(&[role]) });
        }
        let mut cells = 0;
        for walker in &mut walkers {
            for line in TABLE {
                // These end the session that walks.
                if ["/logout", "/account/everywhere"].contains(&line.path) {
                    continue;
                }
                cells += 1;
                let path = filled(line.path);
                let answer = match line.method {
                    "GET" => walker.browser.get(&path).await,
                    // Without a form: whoever is let in is told so, and nothing changes.
                    "POST" => walker.browser.post_raw(&path, "").await,
                    "OPTIONS" => walker.browser.ask(Method::OPTIONS, &path).await,
                    "DELETE" => walker.browser.ask(Method::DELETE, &path).await,
                    other => panic!("{other}"),
                };
                let is_in = match line.needs {
                    Needs::Nothing | Needs::Token => true,
                    Needs::Begun | Needs::LoggedIn => walker.desk.is_some(),
                    Needs::At(desk) => walker.desk == Some(desk),
                    Needs::Holds(any) => {
                        walker.desk == Some(Desk::Console)
                            && any.iter().any(|p| walker.permissions.iter().any(|has| has == p))
                    }
                };
                let text = answer.text();
                let is_page = answer.status.is_success();
                let refused = !is_page && text.contains("door.permission")
                    || text.contains("session.needed")
                    || answer.header("location").starts_with("/login?then=");
                let cell =
                    format!("{} {} {path}: {} {text}", walker.name, line.method, answer.status);
                assert!(answer.status != 500, "{cell}");
                assert!(!text.contains("door.undeclared"), "{cell}");
                match line.needs {
                    // A token is needed whoever is logged in: a browser has none.
                    Needs::Token => assert_eq!(answer.status, 401, "{cell}"),
                    _ if !is_in => assert!(refused, "{cell}"),
                    // The handler may still ask the door for this very thing.
                    Needs::At(_) => assert!(!text.contains("session.needed"), "{cell}"),
                    _ => assert!(!refused, "{cell}"),
                }
            }
        }
        assert_eq!(cells, walkers.len() * (TABLE.len() - 2));
    });
}

#[test]
fn a_route_that_says_nothing_is_served_to_nobody() {
    on_sqlite(async |site| {
        let system = std::sync::Arc::clone(&site.system);
        let router = web::router_with_route(system, "/forgotten", get(async || "secret"));
        for method in [Method::GET, Method::HEAD, Method::POST] {
            let mut request = Request::new(axum::body::Body::empty());
            *request.method_mut() = method.clone();
            *request.uri_mut() = "/forgotten".parse().unwrap();
            let token = format!("Bearer {}", site.token).parse().unwrap();
            request.headers_mut().insert("authorization", token);
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), 403, "{method}");
            let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
            let text = String::from_utf8_lossy(&body);
            assert!(!text.contains("secret"), "{text}");
            assert_eq!(text.contains("door.undeclared"), method != Method::HEAD, "{text}");
        }
    });
}

#[test]
fn no_line_stands_twice_and_every_menu_leads_to_one() {
    let mut lines: Vec<(&str, &str)> = TABLE.iter().map(|line| (line.method, line.path)).collect();
    lines.sort_unstable();
    let all = lines.len();
    lines.dedup();
    assert_eq!(lines.len(), all);
    for group in web::page::menu::GROUPS {
        for item in group.items {
            assert!(lines.contains(&("GET", item.path)), "{}", item.path);
        }
    }
}
