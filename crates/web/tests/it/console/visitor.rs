//! A site at which an officer is logged in.

use std::sync::Arc;

use app::Principal;
use axum::body::Body;
use axum::http::{Method, Request};
use axum::{Extension, Router};
use tower::ServiceExt as _;
use web::page::visitor::{Desk, Visitor};

use crate::html::Html;
use crate::site::{Answer, Site};

/// Somebody at a desk, who may do everything or has some permissions.
pub fn at(desk: Desk, permissions: &[&str]) -> Arc<Visitor> {
    let permissions = permissions.iter().map(|p| (*p).to_owned()).collect();
    let principal = Principal { permissions, ..Principal::operator() };
    Arc::new(Visitor {
        name: "李静".to_owned(),
        place: codes::Label {
            zh: "省市场监管局".to_owned(), en: "Provincial office".to_owned()
        },
        desk,
        permissions: principal.permissions.clone(),
        principal: Arc::new(principal),
        binding: [7; 32],
    })
}

/// The site for somebody.
pub struct Officer {
    router: Router,
}

impl Officer {
    pub fn new(site: &Site) -> Self {
        Self::with(site, &["*"])
    }

    pub fn with(site: &Site, permissions: &[&str]) -> Self {
        Self::of(site, at(Desk::Console, permissions))
    }

    pub fn of(site: &Site, visitor: Arc<Visitor>) -> Self {
        Self { router: site.router.clone().layer(Extension(visitor)) }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// An answer of any sort.
    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::builder().method(Method::GET).uri(path);
        let request = request.header("accept", "text/html").header("accept-language", "zh-CN");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// A page that must be there and whole.
    pub async fn page(&self, path: &str) -> Html {
        let html = Html::of(self.get(path).await);
        assert_eq!(html.answer.status, 200, "{path}: {}", html.text);
        html
    }

    /// What comes of a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = Request::builder().method(Method::POST).uri(path);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("accept", "text/html");
        self.send(request.body(Body::from(body.finish())).unwrap()).await
    }
}

/// What a hidden field of a page holds.
pub fn hidden(page: &Html, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at = page.text.find(&start).unwrap_or_else(|| panic!("{name}: {}", page.text));
    page.text[at + start.len()..].split('"').next().unwrap().to_owned()
}

/// The token of the forms on a page.
pub fn token(html: &Html) -> String {
    let name = format!("name=\"{}\" value=\"", web::page::csrf::FIELD);
    let at = html.text.find(&name).unwrap() + name.len();
    html.text[at..].split('"').next().unwrap().to_owned()
}
