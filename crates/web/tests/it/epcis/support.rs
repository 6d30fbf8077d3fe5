//! Events to send, and answers read back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use epcis::{Limits, Read, Reader};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use web::Setting;

use crate::site::{Answer, Site};

/// An event with a number.
pub fn event(number: u64) -> String {
    format!(
        r#"{{"@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        {{"ex": "https://ex.example/"}}], "type": "ObjectEvent", "eventID": "urn:uuid:e-{number}",
        "eventTime": "2024-03-01T08:{:02}:00+08:00", "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE", "bizStep": "shipping", "disposition": "in_transit",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.{number}"],
        "readPoint": {{"id": "urn:epc:id:sgln:4012345.00005.{}"}},
        "ex:grade": {number}}}"#,
        number % 60,
        number % 3,
    )
}

/// A document of events.
pub fn document(events: &[String]) -> String {
    format!(
        r#"{{"@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2024-03-01T09:00:00Z",
        "epcisBody": {{"eventList": [{}]}}}}"#,
        events.join(",\n")
    )
}

/// The events of an answer.
pub fn read(answer: &Answer) -> Vec<Read> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let reader = Reader::new(&answer.body[..], Limits::default()).unwrap();
    reader.map(|item| item.unwrap_or_else(|e| panic!("{e}: {}", answer.text()))).collect()
}

/// Ids of the events of an answer.
pub fn ids(answer: &Answer) -> Vec<String> {
    read(answer).into_iter().map(|read| read.event.id.unwrap()).collect()
}

/// The problem that it must be, with this status and type of EPCIS.
#[track_caller]
pub fn problem(answer: &Answer, status: u16, kind: &str) -> Value {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["type"], format!("epcisException:{kind}"), "{problem:#}");
    assert_eq!(problem["status"], status);
    for text in ["title", "detail", "detail_en", "detail_zh"] {
        assert!(!problem[text].as_str().unwrap().is_empty(), "{problem:#}");
    }
    problem
}

impl Site {
    /// Sends one event.
    pub async fn post_event(&self, text: &str) -> Answer {
        let media = if text.starts_with('<') { "application/xml" } else { "application/json" };
        let ask = self.ask(Method::POST, "/epcis/events").header("content-type", media);
        ask.body(text.to_owned()).send().await
    }

    /// Sends a document and gives what became of its job.
    pub async fn capture(&self, text: impl Into<Vec<u8>>, behaviour: &str) -> Value {
        let text = text.into();
        let is_xml =
            text.trim_ascii_start().starts_with(b"<") || text.starts_with(b"\xef\xbb\xbf<");
        let media = if is_xml { "application/xml" } else { "application/json" };
        let ask = self.ask(Method::POST, "/epcis/capture").header("content-type", media);
        let ask = ask.header("gs1-capture-error-behaviour", behaviour);
        let answer = ask.body(text).send().await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
        let place = answer.header("location").to_owned();
        loop {
            let job = self.get(&place).await;
            assert_eq!(job.status, StatusCode::OK, "{}", job.text());
            let job = job.json();
            if job["running"] == false {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the readings have all there is.
    pub async fn merged(&self) {
        let size = self.system.reader().size().await.unwrap();
        self.system.await_merged(size).await.unwrap();
    }

    /// An answer in XML.
    pub async fn get_xml(&self, path: &str) -> Answer {
        self.ask(Method::GET, path).header("accept", "application/xml").send().await
    }
}

/// Serves a program on a socket while a test runs, and sees that it ends.
pub async fn served(site: &Site, setting: Setting, test: impl AsyncFnOnce(SocketAddr)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let system = Arc::clone(&site.system);
    let server = tokio::spawn(web::serve_as(system, setting, listener, shutdown));
    test(address).await;
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), server).await;
    ended.expect("it ends").unwrap().unwrap();
}
