//! People with browsers.

use std::collections::BTreeMap;

use app::people::link::first_links;
use app::people::totp;
use axum::http::Method;
use model::Timestamp;

use crate::html::Html;
use crate::site::{Answer, Site};

pub const PASSWORD: &str = "Yellow-Crane-1985";

/// A browser: it keeps cookies and the last page.
pub struct Browser<'s> {
    pub site: &'s Site,
    cookies: BTreeMap<String, String>,
    text: String,
    pub secret: String,
}

impl<'s> Browser<'s> {
    pub fn new(site: &'s Site) -> Self {
        Self { site, cookies: BTreeMap::new(), text: String::new(), secret: String::new() }
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<String>) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut ask = self.site.ask(method, path).without("authorization");
        ask = ask.header("accept", "text/html").header("sec-fetch-site", "same-origin");
        ask = ask.header("host", "zhiheng.example");
        if !cookies.is_empty() {
            ask = ask.header("cookie", &cookies.join("; "));
        }
        if let Some(body) = body {
            ask = ask.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        let answer = ask.send().await;
        for value in answer.headers.get_all("set-cookie") {
            let pair = value.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        self.text = answer.text();
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// A page that must be whole.
    pub async fn page(&mut self, path: &str) -> Html {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        Html::of(answer)
    }

    /// The token of the forms of the page that is shown.
    pub fn token(&self) -> String {
        let at = self.text.find("name=\"csrf\" value=\"").map(|at| at + 19);
        let rest = &self.text[at.unwrap_or_else(|| panic!("no form in {}", self.text))..];
        rest[..rest.find('"').unwrap()].to_owned()
    }

    /// Sends a form of the page that is shown.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields).append_pair("csrf", &self.token());
        let body = form.finish();
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn post_raw(&mut self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, Some(body.to_owned())).await
    }

    /// Asks without a body, by any method.
    pub async fn ask(&mut self, method: Method, path: &str) -> Answer {
        self.send(method, path, None).await
    }

    /// Logs in, and sets the second factor up where that is asked.
    pub async fn log_in(&mut self, login: &str) -> Answer {
        self.page("/login").await;
        let answer = self.post("/login", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        if answer.header("location") != "/login/set-up" {
            return answer;
        }
        let page = self.page("/login/set-up").await;
        let at = page.text.find("<dd class=\"code wrap-any\">").unwrap() + 26;
        let secret = &page.text[at..];
        self.secret = secret[..secret.find('<').unwrap()].replace(' ', "");
        let code = self.code(self.site.system.clock().now());
        let answer = self.post("/login/set-up", &[("code", &code)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        answer
    }

    pub fn code(&self, now: Timestamp) -> String {
        let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
        for letter in self.secret.bytes() {
            let value =
                if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
            (bits, count) = (bits << 5 | u32::from(value), count + 5);
            if count >= 8 {
                count -= 8;
                bytes.push((bits >> count) as u8);
            }
        }
        totp::code(&bytes, totp::step(now))
    }
}

/// The three administrators, logged in.
pub struct Staff<'s> {
    pub keeper: Browser<'s>,
    pub guard: Browser<'s>,
    pub auditor: Browser<'s>,
}

impl<'s> Staff<'s> {
    pub async fn start(site: &'s Site) -> Self {
        let (pack, now) = (site.system.pack(), site.system.clock().now());
        let links = first_links(site.system.reader(), &pack, now, None).await.unwrap();
        let mut found = BTreeMap::new();
        for link in links {
            let role = link.role.clone().unwrap();
            let login = role.split('-').next().unwrap().to_owned();
            let mut browser = Browser::new(site);
            let path = format!("/link/{}", link.text);
            browser.page(&path).await;
            let fields =
                [("login", &*login), ("name", &login), ("password", PASSWORD), ("again", PASSWORD)];
            let answer = browser.post(&path, &fields).await;
            assert_eq!(answer.header("location"), "/login", "{}", answer.text());
            let answer = browser.log_in(&login).await;
            assert_eq!(answer.header("location"), "/console");
            found.insert(role, browser);
        }
        let mut of = |role| found.remove(role).unwrap();
        Self {
            keeper: of("system-administrator"),
            guard: of("security-administrator"),
            auditor: of("audit-administrator"),
        }
    }

    /// Somebody with a role, logged in; with their account.
    pub async fn somebody(
        &mut self,
        login: &str,
        sort: &str,
        role: &str,
        place: &str,
    ) -> (Browser<'s>, String) {
        let organization = if place.contains(':') { place } else { "" };
        let people = "/console/system/people";
        self.keeper.page(people).await;
        let fields =
            [("login", login), ("name", login), ("sort", sort), ("organization", organization)];
        let answer = self.keeper.post(people, &fields).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let text = answer.text();
        let between = |from: &str, to: char| {
            let rest = &text[text.find(from).unwrap() + from.len()..];
            rest[..rest.find(to).unwrap()].to_owned()
        };
        let link = format!("/link/{}", between("/link/", '<'));
        let account = between("/console/system/people/", '"');
        let page = format!("/console/system/people/{account}");
        self.guard.page(&page).await;
        let mut fields = vec![("role", role), ("from", ""), ("until", ""), ("reason", "任命")];
        if !place.is_empty() {
            fields.push(("held_in", place));
        }
        let answer = self.guard.post(&format!("{page}/roles"), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let mut browser = Browser::new(self.keeper.site);
        browser.page(&link).await;
        let answer = browser.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!(answer.header("location"), "/login", "{}", answer.text());
        browser.log_in(login).await;
        (browser, account)
    }
}
