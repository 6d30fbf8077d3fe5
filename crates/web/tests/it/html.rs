//! A page, held to what every page has to be: whole, without inline script or style, each id once
//! and each reference to one of them.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};

use crate::site::{Answer, Site};

/// A page that was shown.
pub struct Html {
    pub answer: Answer,
    pub text: String,
}

impl Site {
    /// The page at a path, as somebody sees it who is not logged in.
    pub async fn page(&self, path: &str) -> Html {
        let html = self.page_as(path, &[]).await;
        assert_eq!(html.answer.status, StatusCode::OK, "{path}: {}", html.text);
        html
    }

    /// A page of any status, asked for with headers.
    pub async fn page_as(&self, path: &str, headers: &[(&'static str, &str)]) -> Html {
        let mut ask = self.ask(Method::GET, path).without("authorization");
        ask = ask.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        Html::of(ask.send().await)
    }

    /// What is at a path for somebody who is not logged in, whatever it is.
    pub async fn page_or_file(&self, path: &str) -> Answer {
        let ask = self.ask(Method::GET, path).without("authorization");
        ask.header("accept", "text/html,*/*;q=0.8").send().await
    }
}

impl Html {
    /// An answer that must be a whole page.
    pub fn of(answer: Answer) -> Self {
        let text = answer.text();
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{text}");
        assert!(text.starts_with("<!doctype html>"), "{text}");
        assert!(text.trim_end().ends_with("</html>"), "{text}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        for forbidden in [" style=", "<style", " onclick=", " onload=", "javascript:"] {
            assert!(!text.contains(forbidden), "{forbidden} in {text}");
        }
        for script in text.split("<script").skip(1) {
            assert!(script.starts_with(" src="), "<script{script}");
        }
        let ids = attributes(&text, "id");
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(once.len(), ids.len(), "an id twice: {ids:?}");
        for name in ["for", "aria-labelledby", "aria-describedby"] {
            for id in attributes(&text, name).iter().flat_map(|ids| ids.split_whitespace()) {
                assert!(once.contains(id), "{name}={id} leads nowhere in {text}");
            }
        }
        assert_eq!(text.matches("<h1").count(), 1, "one heading of the first order: {text}");
        Self { answer, text }
    }

    /// Whether a text stands in it.
    pub fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// Addresses of this site that it leads to, without parts of pages.
    pub fn links(&self) -> BTreeSet<String> {
        let of_this_site = |link: &&&str| link.starts_with('/');
        let links = attributes(&self.text, "href");
        links.iter().filter(of_this_site).map(|link| link.replace("&#38;", "&")).collect()
    }
}

fn attributes<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let start = format!(" {name}=\"");
    text.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}
