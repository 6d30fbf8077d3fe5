//! Named questions, and receivers that are told of what answers them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::routing::post;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::support::{document, event, ids, problem};
use crate::site::{Site, on_both};

pub const SECRET: &str = "13df38d8275b13f05704629e5f1cf3d45d6132d5";

/// What a receiver was told, and how often it is to refuse first.
#[derive(Clone, Default)]
pub struct Receiver(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    told: Vec<String>,
    refuses: usize,
    refused: Vec<String>,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    let signature = headers["gs1-signature"].to_str().unwrap().to_owned();
    let (seconds, found) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{seconds}.{body}").as_bytes());
    let wanted: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found, wanted);
    let reader = epcis::Reader::new(body.as_bytes(), epcis::Limits::default()).unwrap();
    let told: Vec<String> = reader.map(|read| read.unwrap().event.id.unwrap()).collect();
    let mut state = receiver.0.lock().unwrap();
    if state.refuses > 0 {
        state.refuses -= 1;
        state.refused.extend(told);
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    state.told.extend(told);
    StatusCode::NO_CONTENT
}

impl Receiver {
    /// Takes what is posted to `/told`.
    pub fn router(&self) -> Router {
        Router::new().route("/told", post(receive)).with_state(self.clone())
    }

    /// A receiver, and its address.
    async fn start(refuses: usize) -> (Self, String) {
        let receiver = Self::default();
        receiver.0.lock().unwrap().refuses = refuses;
        let router = receiver.router();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dest = format!("http://{}/told", listener.local_addr().unwrap());
        tokio::spawn(async move { axum_serve(listener, router).await });
        (receiver, dest)
    }

    /// What it was told, once that is so many events.
    pub async fn told(&self, number: usize) -> Vec<String> {
        for _ in 0..400 {
            let told = self.0.lock().unwrap().told.clone();
            if told.len() >= number {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("told {:?}, wanted {number}", self.0.lock().unwrap().told);
    }
}

/// Serves a router on a listener, one connection after the other.
async fn axum_serve(listener: tokio::net::TcpListener, router: Router) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let service = hyper_util::service::TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let stream = hyper_util::rt::TokioIo::new(stream);
            let _ =
                hyper::server::conn::http1::Builder::new().serve_connection(stream, service).await;
        });
    }
}

pub async fn named(site: &Site, name: &str, query: Value) -> Value {
    let answer = site.post("/epcis/queries", &json!({ "name": name, "query": query })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

#[test]
fn a_question_is_named_asked_and_forgotten() {
    on_both(async |site| {
        let events: Vec<String> = (0..6).map(event).collect();
        site.capture(document(&events), "rollback").await;
        site.merged().await;
        let query = json!({ "@context": [{ "ex": "https://ex.example/" }], "GE_ex:grade": 3, "EQ_action": ["OBSERVE"] });
        let made = named(site, "good", query.clone()).await;
        assert_eq!(made, json!({ "name": "good", "query": query }));
        let again = site.post("/epcis/queries", &made).await;
        problem(&again, 409, "ResourceAlreadyExistsException");
        assert_eq!(site.get("/epcis/queries").await.json(), json!([made]));
        assert_eq!(site.get("/epcis/queries/good").await.json(), json!([made]));
        let answer = site.get("/epcis/queries/good/events?perPage=2").await;
        assert_eq!(ids(&answer), ["urn:uuid:e-3", "urn:uuid:e-4"]);
        let next = answer.header("link").split(['<', '>']).nth(1).unwrap().to_owned();
        assert_eq!(ids(&site.get(&next).await), ["urn:uuid:e-5"]);
        assert_eq!(answer.json()["epcisBody"]["queryResults"]["queryName"], "good");
        let wrong = json!({ "name": "bad", "query": { "EQ_nothing": 1 } });
        problem(&site.post("/epcis/queries", &wrong).await, 400, "QueryParameterException");
        // Another party has its own names.
        let other = site.new_token("other", "uscc:914201001777000029", &["trace.read"]).await;
        let asked = site.ask(Method::GET, "/epcis/queries/good").token(&other).send().await;
        problem(&asked, 404, "NoSuchNameException");
        let gone = site.ask(Method::DELETE, "/epcis/queries/good").send().await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        problem(&site.get("/epcis/queries/good").await, 404, "NoSuchNameException");
    });
}

#[test]
fn a_receiver_is_told_of_each_event_in_the_order_in_which_they_count() {
    on_both(async |site| {
        named(site, "all", json!({ "EQ_bizStep": "shipping" })).await;
        // The first two deliveries are refused: the cursor stays, and they are told again.
        let (receiver, dest) = Receiver::start(2).await;
        let terms = json!({ "dest": dest, "signatureToken": SECRET, "stream": true });
        let made = site.post("/epcis/queries/all/subscriptions", &terms).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        assert!(made.json().get("signatureToken").is_none());
        let place = made.header("location").to_owned();
        for number in 0..3 {
            assert_eq!(site.post_event(&event(number)).await.status, StatusCode::CREATED);
        }
        assert_eq!(receiver.told(3).await, ["urn:uuid:e-0", "urn:uuid:e-1", "urn:uuid:e-2"]);
        assert!(!receiver.0.lock().unwrap().refused.is_empty());
        // Of a document events count together, more than are told at once.
        let mut events: Vec<String> = (100..800).map(event).collect();
        events[5] = events[5].replace("shipping", "receiving");
        site.capture(document(&events), "rollback").await;
        assert_eq!(site.post_event(&event(900)).await.status, StatusCode::CREATED);
        let told = receiver.told(3 + 699 + 1).await;
        assert_eq!(told.len(), 703);
        assert_eq!(told.last().unwrap(), "urn:uuid:e-900");
        assert!(!told.contains(&"urn:uuid:e-105".to_owned()));
        let shown = site.get(&place).await.json();
        assert_eq!((&shown["stream"], &shown["dest"]), (&json!(true), &json!(dest)));
        assert!(shown["lastNotifiedAt"].is_string(), "{shown:#}");
        let gone = site.ask(Method::DELETE, &place).send().await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        problem(&site.get(&place).await, 404, "NoSuchNameException");
        assert_eq!(site.post_event(&event(901)).await.status, StatusCode::CREATED);
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert_eq!(receiver.0.lock().unwrap().told.len(), 703);
    });
}

#[test]
fn a_subscription_by_schedule_has_what_was_before() {
    on_both(async |site| {
        assert_eq!(site.post_event(&event(1)).await.status, StatusCode::CREATED);
        named(site, "all", json!({})).await;
        let (receiver, dest) = Receiver::start(0).await;
        let terms = json!({
            "dest": dest, "signatureToken": SECRET, "schedule": { "second": "[0-59]" },
            "initialRecordTime": "2020-01-01T00:00:00Z",
        });
        let made = site.post("/epcis/queries/all/subscriptions", &terms).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        assert_eq!(receiver.told(1).await, ["urn:uuid:e-1"]);
        let listed = site.get("/epcis/queries/all/subscriptions").await.json();
        assert_eq!(listed[0]["schedule"], json!({ "second": "[0-59]" }));
    });
}

#[test]
fn a_subscription_that_cannot_be_kept_is_refused() {
    on_both(async |site| {
        named(site, "all", json!({})).await;
        let path = "/epcis/queries/all/subscriptions";
        for wrong in [
            json!({ "dest": "http://example.com/x" }),
            json!({ "dest": "http://example.com/x", "stream": true, "schedule": {} }),
            json!({ "dest": "http://example.com/x", "schedule": { "hour": "25" } }),
            json!({ "dest": "ftp://example.com/x", "stream": true }),
            json!({ "dest": "http://169.254.169.254/latest", "stream": true }),
            json!({ "dest": "https://169.254.169.254/latest", "stream": true }),
            json!({ "dest": "https://[fe80::1]/x", "stream": true }),
            json!({ "dest": "https:///x", "stream": true }),
            json!({ "stream": true }),
        ] {
            let answer = site.post(path, &wrong).await;
            problem(&answer, 400, "SubscriptionControlsException");
        }
        // Only the operator names this machine.
        let reads = site.new_token("reads", "420000", &["trace.read"]).await;
        let own = json!({ "name": "own", "query": {} });
        site.ask(Method::POST, "/epcis/queries").token(&reads).json(&own).send().await;
        let terms = json!({ "dest": "http://127.0.0.1:1/x", "stream": true });
        let secure = json!({ "dest": "https://localhost:1/x", "stream": true });
        for terms in [&terms, &secure] {
            let ask = site.ask(Method::POST, "/epcis/queries/own/subscriptions").token(&reads);
            problem(&ask.json(terms).send().await, 400, "SubscriptionControlsException");
        }
        let made = json!({ "dest": "http://receiver.example/x", "stream": true });
        let made = site.post(path, &made).await;
        assert!(made.json()["signatureToken"].as_str().unwrap().len() > 40);
        let none = site.post("/epcis/queries/none/subscriptions", &terms).await;
        problem(&none, 404, "NoSuchNameException");
    });
}

#[test]
fn of_hundreds_each_is_told_of_its_own() {
    on_both(async |site| {
        const MANY: u64 = 300;
        let (receiver, dest) = Receiver::start(0).await;
        for number in 0..MANY {
            let name = format!("q-{number}");
            let epc = format!("urn:epc:id:sgtin:4012345.011111.{number}");
            named(site, &name, json!({ "EQ_bizStep": "shipping", "MATCH_epc": epc })).await;
            let terms = json!({ "dest": dest, "signatureToken": SECRET, "stream": true });
            let path = format!("/epcis/queries/{name}/subscriptions");
            assert_eq!(site.post(&path, &terms).await.status, StatusCode::CREATED);
        }
        // As many again concern nobody.
        let events: Vec<String> = (0..2 * MANY).map(event).collect();
        site.capture(document(&events), "rollback").await;
        let mut told = receiver.told(MANY as usize).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(receiver.0.lock().unwrap().told.len(), MANY as usize);
        told.sort_unstable();
        let mut wanted: Vec<String> = (0..MANY).map(|n| format!("urn:uuid:e-{n}")).collect();
        wanted.sort_unstable();
        assert_eq!(told, wanted);
        // Nobody is behind: the next event finds its one.
        assert_eq!(site.post_event(&event(1000)).await.status, StatusCode::CREATED);
        let again = event(7).replace("e-7\"", "e-7-again\"");
        assert_eq!(site.post_event(&again).await.status, StatusCode::CREATED);
        assert_eq!(receiver.told(MANY as usize + 1).await.last().unwrap(), "urn:uuid:e-7-again");
    });
}
