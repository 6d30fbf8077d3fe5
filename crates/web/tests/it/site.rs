//! A program with routes for one test, and somebody who asks it.

use std::sync::{Arc, LazyLock};

use app::demonstration::Making;
use app::token::{self, NewToken};
use app::{Settings, System};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use pack::Pack;
use serde_json::Value;
use store::Address;
use tower::ServiceExt as _;
use web::page::limit::Peer;

static PACK: LazyLock<Arc<Pack>> =
    LazyLock::new(|| Arc::new(Pack::load(testkit::hubei_pack()).unwrap()));

/// A program of its own for one test.
pub struct Site {
    pub system: Arc<System>,
    pub router: Router,
    /// May do everything, for the office `hubei-lab`.
    pub token: String,
    // Last: it holds the files.
    _home: Box<dyn std::any::Any>,
}

/// Runs a test on a new program on each database.
pub fn on_both(test: impl AsyncFn(&Site)) {
    on_sqlite(&test);
    let runtime = runtime();
    let database = testkit::postgres::Server::shared().database("web");
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        address: Address::Postgres(database.parameters().to_owned()),
        ..Settings::in_folder(folder.path())
    };
    runtime.block_on(async {
        let site = Site::open(settings, Box::new((folder, database))).await;
        test(&site).await;
    });
}

/// Runs a test on a new program with SQLite only: where the database makes no difference.
pub fn on_sqlite(test: impl AsyncFn(&Site)) {
    let folder = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let site = Site::open(Settings::in_folder(folder.path()), Box::new(folder)).await;
        test(&site).await;
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Runs a test on a new demonstration on each database, with nobody and nothing in it but whom `make`
/// puts there.
pub fn on_demonstration(make: impl AsyncFn(&mut Making), test: impl AsyncFn(&Site)) {
    let begins = "2024-05-06T09:00:00+08:00".parse().unwrap();
    let run = |settings: Settings, home: Box<dyn std::any::Any>| {
        runtime().block_on(async {
            let mut making = Making::begin(settings, Arc::clone(&PACK), begins).await.unwrap();
            make(&mut making).await;
            let site = Site::of(making.finish().await.unwrap(), home).await;
            test(&site).await;
        });
    };
    let folder = tempfile::tempdir().unwrap();
    run(Settings::in_folder(folder.path()), Box::new(folder));
    let database = testkit::postgres::Server::shared().database("web");
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        address: Address::Postgres(database.parameters().to_owned()),
        ..Settings::in_folder(folder.path())
    };
    run(settings, Box::new((folder, database)));
}

impl Site {
    async fn open(settings: Settings, home: Box<dyn std::any::Any>) -> Self {
        let system = Arc::new(System::open(settings, Arc::clone(&PACK)).await.unwrap());
        Self::of(system, home).await
    }

    async fn of(system: Arc<System>, home: Box<dyn std::any::Any>) -> Self {
        let router = web::router(Arc::clone(&system));
        let mut site = Self { system, router, token: String::new(), _home: home };
        site.token = site.new_token("all", "hubei-lab", &["*"]).await;
        site
    }

    pub async fn new_token(&self, name: &str, sender: &str, permissions: &[&str]) -> String {
        let new = NewToken {
            name: name.to_owned(),
            on_behalf_of: sender.to_owned(),
            office: None,
            permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
            days: 1,
        };
        let (db, now) = (self.system.reader().db(), self.system.clock().now());
        token::create(db, &PACK, now, new).await.unwrap().0
    }

    /// A request with the token that may do everything.
    pub fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", format!("Bearer {}", self.token).parse().unwrap());
        let path = path.to_owned();
        Ask { site: self, method, path, headers, body: Body::empty(), peer: None }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path).send().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path).json(body).send().await
    }

    /// Sends one record, which must be taken, and gives its receipt.
    pub async fn stored(&self, draft: &Value) -> Value {
        let answer = self.post("/api/v1/records", draft).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer.json()
    }
}

/// A request that is being made.
pub struct Ask<'s> {
    site: &'s Site,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
    peer: Option<Peer>,
}

impl Ask<'_> {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub fn lines(self, lines: impl Into<Body>) -> Self {
        self.header("content-type", "application/x-ndjson").body(lines)
    }

    /// As over a connection from this address.
    pub fn from(mut self, address: &str) -> Self {
        self.peer = Some(Peer(address.parse().unwrap()));
        self
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// The answer, which must be as the description of the API says.
    pub async fn send(self) -> Answer {
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.path.parse().unwrap_or_else(|e| panic!("{}: {e}", self.path));
        *request.headers_mut() = self.headers;
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        let response = self.site.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        described(&self.method, &self.path, &answer);
        answer
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The problem that it must be, with this status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem:#}");
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["status"], status);
        for text in ["title", "detail", "detail_en", "detail_zh"] {
            assert!(!problem[text].as_str().unwrap().is_empty(), "{problem:#}");
        }
        problem
    }
}

static OPENAPI: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(web::openapi::text()).unwrap());

/// The description of an operation, where there is one.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap();
    let paths = OPENAPI["paths"].as_object().unwrap();
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        let found: Vec<&str> = path.split('/').collect();
        let open = template.ends_with("{subject}") || template.ends_with("{tile}");
        (parts.len() == found.len() || open && found.len() > parts.len())
            && parts.iter().zip(&found).all(|(p, f)| p.starts_with('{') || p == f)
    };
    // The one with the fewest open parts is meant.
    let template = paths.keys().filter(|t| fits(t)).min_by_key(|t| t.matches('{').count())?;
    paths[template].get(method.as_str().to_lowercase())
}

fn described(method: &Method, path: &str, answer: &Answer) {
    let Some(operation) = operation(method, path) else { return };
    let responses = &operation["responses"];
    let status = answer.status.as_str();
    let response = responses.get(status).or_else(|| {
        let is_problem = answer.status.is_client_error() || answer.status.is_server_error();
        responses.get("default").filter(|_| is_problem)
    });
    let response = response.unwrap_or_else(|| panic!("{method} {path}: {status} is not described"));
    let Some(content) = response["content"].as_object() else {
        assert!(answer.body.is_empty(), "{method} {path} {status} has a body");
        return;
    };
    let media = answer.header("content-type").split(';').next().unwrap();
    let schema = &content.get(media).unwrap_or_else(|| {
        panic!("{method} {path} {status}: {media:?} is not described: {}", answer.text())
    })["schema"];
    if !media.ends_with("json") || !answer.header("content-encoding").is_empty() {
        return;
    }
    let mut whole = schema.clone();
    whole["components"] = OPENAPI["components"].clone();
    let validator = jsonschema::draft202012::new(&whole).unwrap();
    let found: Vec<String> = validator
        .iter_errors(&answer.json())
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(found.is_empty(), "{method} {path} {status}: {found:?}\n{}", answer.text());
}

/// What a gzip program makes of bytes.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}
