//! Addresses, headers and paths that mean something else than they seem to.

use axum::http::Method;
use web::access::{Needs, TABLE};

use crate::account::people::Staff;
use crate::site::{gzip, on_sqlite};

#[test]
fn no_text_becomes_a_header() {
    on_sqlite(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, _) =
            staff.somebody("li.hua", "officer", "provincial-officer", "420000").await;
        let evil = "x%0d%0aset-cookie:%20planted=1%0d%0a%0d%0a%3Cb%3E";
        for path in [
            format!("/?lang={evil}"),
            format!("/?theme={evil}&size={evil}"),
            format!("/find?q={evil}"),
            format!("/proof?q={evil}"),
            format!("/archive/shop:{evil}?as=csv"),
            format!("/archive/{evil}"),
            format!("/records/{evil}/proof"),
            format!("/login?then=/{evil}"),
            format!("/console/search?q={evil}"),
            format!("/console/archive/shop:{evil}?as=csv"),
            format!("/console/system/offices?on={evil}"),
            format!("/assets/{evil}"),
        ] {
            let answer = officer.get(&path).await;
            let cookies = answer.headers.get_all("set-cookie").iter();
            for cookie in cookies.map(|value| value.to_str().unwrap()) {
                assert!(
                    !cookie.starts_with("planted") && !cookie.contains('\n'),
                    "{path}: {cookie}"
                );
            }
            for (name, value) in &answer.headers {
                let value = value.to_str().unwrap();
                assert!(!value.contains(['\r', '\n']), "{path}: {name}: {value}");
            }
            assert!(answer.status != 500, "{path}: {}", answer.text());
        }
        let answer = officer.get(&format!("/?lang=en&q={evil}")).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("view=en."), "{cookie}");
    });
}

#[test]
fn nobody_is_led_to_another_site() {
    on_sqlite(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, _) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        officer.page("/console/search?q=a").await;
        for then in [
            "https://evil.example/",
            "//evil.example/console/search",
            "/\\evil.example",
            "/console/search@evil.example",
            "/console/search.evil.example",
            "javascript:alert(1)",
            "/console/search?q=a",
        ] {
            officer.page("/console/search?q=a").await;
            let fields = [("purpose", "核查投诉线索"), ("then", then)];
            let answer = officer.post("/console/search/purpose", &fields).await;
            let leads = answer.header("location");
            let is_ours = leads.starts_with("/console/search") && !leads.starts_with("//");
            assert!(answer.status == 303 && is_ours, "{then} leads to {leads}");
            let url = format!("http://zhiheng.example{leads}");
            let uri: axum::http::Uri = url.parse().unwrap();
            assert_eq!(uri.host(), Some("zhiheng.example"), "{then}");
        }
        // Every address to which a page leads by itself is a path.
        for line in TABLE.iter().filter(|line| line.method == "GET" && !line.path.contains('{')) {
            let answer = officer.get(&format!("{}?then=//evil.example", line.path)).await;
            let leads = answer.header("location");
            let is_path = leads.starts_with('/') && !leads.starts_with("//");
            assert!(leads.is_empty() || is_path, "{} leads to {leads}", line.path);
        }
    });
}

#[test]
fn no_path_leads_out_of_its_folder() {
    on_sqlite(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, _) =
            staff.somebody("li.hua", "officer", "provincial-officer", "420000").await;
        std::fs::write(site.system.data().join("secret.txt"), "top secret").unwrap();
        let ups = [
            "../secret.txt",
            "..%2fsecret.txt",
            "..%5csecret.txt",
            "%2e%2e/secret.txt",
            "....//secret.txt",
            "/etc/passwd",
            "%2fetc%2fpasswd",
            "..%00/secret.txt",
            "%252e%252e%252fsecret.txt",
        ];
        let parts = TABLE.iter().filter(|line| line.method == "GET" && line.path.contains('{'));
        let mut tried = 0;
        for line in parts {
            let start = &line.path[..line.path.find('{').unwrap()];
            let end = line.path[start.len()..].split_once('}').map_or("", |(_, end)| end);
            for up in ups {
                let path = format!("{start}{up}{}", if end.contains('{') { "" } else { end });
                let Ok(_) = path.parse::<axum::http::Uri>() else { continue };
                let answer = officer.get(&path).await;
                let text = answer.text();
                assert!(!text.contains("top secret") && !text.contains("root:"), "{path}: {text}");
                assert!(answer.status != 500, "{path}: {text}");
                tried += 1;
            }
        }
        assert!(tried > 100, "{tried}");
    });
}

#[test]
fn what_unpacks_into_much_more_is_refused_wherever_it_comes_in() {
    on_sqlite(async |site| {
        let bomb = gzip(&vec![b' '; 20 << 20]);
        assert!(bomb.len() < 1 << 20);
        for (path, media) in [
            ("/api/v1/records", "application/json"),
            ("/api/v1/withdrawals", "application/json"),
            ("/api/v1/erasures", "application/json"),
        ] {
            let ask = site.ask(Method::POST, path).header("content-type", media);
            let answer = ask.header("content-encoding", "gzip").body(bomb.clone()).send().await;
            answer.problem(413, "body.too_large");
        }
        // A stream is read line by line: one line without an end is too long, whatever it unpacks to.
        let ask = site.ask(Method::POST, "/api/v1/records").header("content-encoding", "gzip");
        ask.lines(gzip(&vec![b'x'; 4 << 20])).send().await.problem(413, "record.too_large");
        // Forms and files are not taken packed at all.
        for (path, media) in [
            ("/proof", "application/x-www-form-urlencoded"),
            ("/proof", "multipart/form-data; boundary=x"),
            ("/login", "application/x-www-form-urlencoded"),
        ] {
            let ask = site.ask(Method::POST, path).without("authorization");
            let ask = ask.header("sec-fetch-site", "same-origin").header("content-type", media);
            let answer = ask.header("content-encoding", "gzip").body(bomb.clone()).send().await;
            assert_eq!(answer.status, 415, "{path} {media}: {}", answer.text());
        }
        let path = format!("/api/v1/records/{}/attachments", crate::samples::id(1));
        let ask = site.ask(Method::POST, &path).header("content-encoding", "gzip");
        assert_eq!(ask.body(bomb).send().await.status, 415);
    });
}

#[test]
fn only_a_proxy_says_where_a_request_comes_from() {
    on_sqlite(async |site| {
        let page = async |peer: &str| {
            let ask = site.ask(Method::GET, "/?lang=en").without("authorization").from(peer);
            let ask = ask.header("accept", "text/html").header("x-forwarded-proto", "https");
            ask.send().await
        };
        // One on this machine is believed.
        let behind = page("127.0.0.1").await;
        let hsts = behind.header("strict-transport-security");
        assert_eq!(hsts, "max-age=63072000; includeSubDomains");
        assert!(behind.header("set-cookie").starts_with("__Host-view=en."));
        // Anybody else is not.
        let direct = page("203.0.113.5").await;
        assert_eq!(direct.header("strict-transport-security"), "");
        assert!(direct.header("set-cookie").starts_with("view=en."));
    });
}

#[test]
fn every_answer_says_how_it_may_be_used_and_kept() {
    on_sqlite(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, _) =
            staff.somebody("li.hua", "officer", "provincial-officer", "420000").await;
        for line in TABLE.iter().filter(|line| line.method == "GET") {
            let path =
                line.path.replace("{id}", &crate::samples::id(1)).replace("{wing}", "credit");
            let path = path.replace("{number}", "0").replace("{subject}", "shop:1");
            let path = path.replace(['{', '}', '*'], "");
            let answer = officer.get(&path).await;
            let what = format!("{path}: {}", answer.status);
            let policy = answer.header("content-security-policy");
            for part in [
                "default-src 'none'",
                "object-src 'none'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            ] {
                assert!(policy.contains(part), "{what}: {policy}");
            }
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
            assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
            assert!(!answer.header("cache-control").is_empty(), "{what}");
            // The log is anybody's: a page elsewhere may check a proof by it. So are the links of a
            // code, which a reader of codes may ask for (GS1-Conformant Resolver Standard, CORS).
            let is_anybodys = line.needs == Needs::Nothing
                && (path.starts_with("/log/")
                    || path == "/.well-known/gs1resolver"
                    || line.path.ends_with("/{*rest}"));
            let origin = answer.header("access-control-allow-origin");
            assert!(origin.is_empty() || is_anybodys && origin == "*", "{what}: {origin}");
            let media = answer.header("content-type");
            if !answer.body.is_empty() {
                assert!(!media.is_empty(), "{what}");
            }
            if media.starts_with("text/") || media.contains("+xml") {
                assert!(media.contains("charset=utf-8"), "{what}: {media}");
            }
            if path.starts_with("/console") || path.starts_with("/account") {
                assert_eq!(answer.header("cache-control"), "no-store", "{what}");
            }
        }
        for method in [Method::TRACE, Method::CONNECT, Method::PATCH, Method::DELETE] {
            for path in ["/", "/api/v1/records", "/console", "/login", "/log/checkpoint"] {
                let answer = site.ask(method.clone(), path).send().await;
                assert!([403, 404, 405].contains(&answer.status.as_u16()), "{method} {path}");
            }
        }
        let answer = officer.page("/account").await;
        assert!(answer.says("/logout"));
        let left = officer.post("/logout", &[]).await;
        assert_eq!(left.header("clear-site-data"), "\"cache\", \"storage\"");
    });
}
