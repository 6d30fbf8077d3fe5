//! Who follows events over a WebSocket, over a real connection.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use axum::http::StatusCode;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use web::{Patience, Setting};

use super::support::{document, event, served};
use crate::site::{Site, on_both, on_sqlite};

const PATH: &str = "/epcis/queries/all/events?stream=true";

async fn named(site: &Site, query: Value) {
    let answer = site.post("/epcis/queries", &json!({ "name": "all", "query": query })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
}

/// Somebody who follows.
pub struct Follower {
    stream: WebSocketStream<TcpStream>,
    /// How far it was told.
    place: Option<String>,
}

impl Follower {
    pub async fn connect(address: SocketAddr, token: &str, path: &str) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap(), address, token, path).await
    }

    async fn over(stream: TcpStream, address: SocketAddr, token: &str, path: &str) -> Self {
        let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
        let value = format!("Bearer {token}").parse().unwrap();
        request.headers_mut().insert("authorization", value);
        let (stream, answer) = tokio_tungstenite::client_async(request, stream).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
        assert_eq!(answer.headers()["gs1-epcis-version"], "2.0.0");
        Self { stream, place: None }
    }

    async fn next(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(Duration::from_secs(30), self.stream.next());
        next.await.expect("nothing came").and_then(Result::ok)
    }

    /// The events of the next document; none where it ends instead.
    async fn document(&mut self) -> Option<Vec<String>> {
        loop {
            match self.next().await? {
                Message::Text(text) => {
                    let document: Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(document["epcisBody"]["queryResults"]["queryName"], "all");
                    self.place = Some(document["zhiheng:nextPageToken"].as_str()?.to_owned());
                    let read = epcis::Reader::new(text.as_bytes(), epcis::Limits::default());
                    return Some(read.unwrap().map(|r| r.unwrap().event.id.unwrap()).collect());
                }
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// The next so many events, in their order.
    pub async fn events(&mut self, number: usize) -> Vec<String> {
        let mut found = Vec::new();
        while found.len() < number {
            found.extend(self.document().await.expect("it ended"));
        }
        found
    }

    /// Why it is ended.
    async fn end(&mut self) -> (CloseCode, String) {
        loop {
            match self.next().await.expect("a close frame") {
                Message::Close(Some(frame)) => return (frame.code, frame.reason.to_string()),
                Message::Text(text) => panic!("{text}"),
                _ => {}
            }
        }
    }
}

fn ids(numbers: impl IntoIterator<Item = u64>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("urn:uuid:e-{number}")).collect()
}

#[test]
fn who_follows_is_told_of_each_event_once_while_they_come_and_after_a_break() {
    on_both(async |site| {
        named(site, json!({ "EQ_bizStep": "shipping" })).await;
        assert_eq!(site.post_event(&event(0)).await.status, StatusCode::CREATED);
        served(site, Setting::default(), async |address| {
            let mut one = Follower::connect(address, &site.token, PATH).await;
            let mut other = Follower::connect(address, &site.token, PATH).await;
            // What came before is told to nobody who does not ask for it.
            let send = async {
                for number in 1..20 {
                    assert_eq!(site.post_event(&event(number)).await.status, StatusCode::CREATED);
                    if number == 10 {
                        let events: Vec<String> = (100..800).map(event).collect();
                        site.capture(document(&events), "rollback").await;
                    }
                }
                let unasked = event(20).replace("shipping", "receiving");
                assert_eq!(site.post_event(&unasked).await.status, StatusCode::CREATED);
            };
            let ((), told) = tokio::join!(send, one.events(719));
            let order: Vec<u64> = (1..=10).chain(100..800).chain(11..20).collect();
            assert_eq!(told, ids(order.clone()));
            // The other breaks off in the middle, and goes on from what it had.
            let mut had = other.events(300).await;
            let place = other.place.take().unwrap();
            drop(other);
            assert_eq!(site.post_event(&event(30)).await.status, StatusCode::CREATED);
            let path = format!("{PATH}&nextPageToken={place}");
            let mut other = Follower::connect(address, &site.token, &path).await;
            had.extend(other.events(720 - had.len()).await);
            assert_eq!(had, ids(order.into_iter().chain([30])));
            // Who asks for what was before is told of it.
            let path = format!("{PATH}&initialRecordTime=2020-01-01T00:00:00Z");
            let mut late = Follower::connect(address, &site.token, &path).await;
            assert_eq!(late.events(721).await.first(), ids([0]).first());
        })
        .await;
    });
}

#[test]
fn whoever_has_no_right_or_does_not_ask_well_is_told_so() {
    on_both(async |site| {
        named(site, json!({})).await;
        let captures = site.new_token("captures", "420000", &["trace.capture"]).await;
        let reads = site.new_token("reads", "uscc:914201001777000029", &["trace.read"]).await;
        served(site, Setting::default(), async |address| {
            let ask = async |head: &str, path: &str, token: &str| {
                let mut stream = TcpStream::connect(address).await.unwrap();
                let token = match token {
                    "" => String::new(),
                    token => format!("authorization: Bearer {token}\r\n"),
                };
                let text = format!(
                    "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close, upgrade\r\n{token}{head}\r\n"
                );
                stream.write_all(text.as_bytes()).await.unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).await.unwrap();
                let status = answer.split(' ').nth(1).unwrap().to_owned();
                let (head, body) = answer.split_once("\r\n\r\n").unwrap();
                let problem: Value = serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {answer}"));
                let kind = problem["type"].as_str().unwrap().to_owned();
                (format!("{status} {kind}"), head.to_owned())
            };
            let good = "upgrade: websocket\r\nsec-websocket-version: 13\r\n\
                        sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
            let all = site.token.as_str();
            for (head, path, token, wanted) in [
                (good, PATH, "", "401 epcisException:SecurityException"),
                (good, PATH, "zh_nothing", "401 epcisException:SecurityException"),
                (good, PATH, captures.as_str(), "403 epcisException:SecurityException"),
                // A question is its owner's.
                (good, PATH, reads.as_str(), "404 epcisException:NoSuchNameException"),
                (good, "/epcis/queries/all/events", all, "400 epcisException:SubscriptionControlsException"),
                (good, "/epcis/queries/all/events?stream=true&hour=1", all, "400 epcisException:SubscriptionControlsException"),
                (good, "/epcis/queries/all/events?hour=25", all, "400 epcisException:SubscriptionControlsException"),
                (good, "/epcis/queries/all/events?stream=often", all, "400 epcisException:SubscriptionControlsException"),
                (good, "/epcis/queries/all/events?stream=true&dest=x", all, "400 epcisException:SubscriptionControlsException"),
                (good, "/epcis/queries/all/events?stream=true&nextPageToken=x", all, "400 epcisException:QueryParameterException"),
                ("upgrade: websocket\r\nsec-websocket-version: 13\r\n", PATH, all, "400 epcisException:SubscriptionControlsException"),
                ("", PATH, all, "400 epcisException:SubscriptionControlsException"),
            ] {
                let (found, _) = ask(head, path, token).await;
                assert_eq!(found, wanted, "{path} {head}");
            }
            let old = good.replace("13", "8");
            let (found, head) = ask(&old, PATH, all).await;
            assert_eq!(found, "426 epcisException:SubscriptionControlsException");
            assert!(head.contains("sec-websocket-version: 13"), "{head}");
        })
        .await;
    });
}

#[test]
fn who_follows_sees_what_a_reader_sees_and_is_let_go_with_the_right() {
    on_both(async |site| {
        let maker = "uscc:914201001777000029";
        let own = site.new_token("own", maker, &["trace.read", "trace.capture"]).await;
        let query = json!({ "name": "all", "query": {} });
        let ask = site.ask(axum::http::Method::POST, "/epcis/queries").token(&own);
        assert_eq!(ask.json(&query).send().await.status, StatusCode::CREATED);
        let patience = Patience { ping: Duration::from_millis(100), ..Patience::default() };
        served(site, Setting { patience, ..Setting::default() }, async |address| {
            let mut one = Follower::connect(address, &own, PATH).await;
            assert_eq!(site.post_event(&event(1)).await.status, StatusCode::CREATED);
            let ask = site.ask(axum::http::Method::POST, "/epcis/events").token(&own);
            let ask = ask.header("content-type", "application/json").body(event(2));
            assert_eq!(ask.send().await.status, StatusCode::CREATED);
            assert_eq!(one.events(1).await, ids([2]));
            let (db, now) = (site.system.reader().db(), site.system.clock().now());
            app::token::revoke(db, site.system.data(), now, "own").await.unwrap();
            let (code, reason) = one.end().await;
            assert_eq!(
                (code, reason.as_str()),
                (CloseCode::Policy, "the right to be told has ended")
            );
        })
        .await;
    });
}

#[test]
fn a_question_that_is_forgotten_and_a_server_that_stops_end_the_connection() {
    on_sqlite(async |site| {
        named(site, json!({})).await;
        let mut left = None;
        served(site, Setting::default(), async |address| {
            let mut one = Follower::connect(address, &site.token, PATH).await;
            let ask = |method| site.ask(method, "/epcis/queries/all");
            let client = tokio::spawn(delete(address, site.token.clone()));
            assert_eq!(client.await.unwrap(), "204");
            assert_eq!(one.end().await.0, CloseCode::Normal);
            assert_eq!(ask(axum::http::Method::GET).send().await.status, StatusCode::NOT_FOUND);
            named(site, json!({})).await;
            left = Some(Follower::connect(address, &site.token, PATH).await);
        })
        .await;
        // `served` has seen the server end; what it said last is there to be read.
        assert_eq!(left.unwrap().end().await.0, CloseCode::Away);
    });
}

/// Forgets the question through the server that is followed.
async fn delete(address: SocketAddr, token: String) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let text = format!(
        "DELETE /epcis/queries/all HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn who_is_too_slow_or_silent_is_let_go_and_misses_nothing_when_it_comes_back() {
    on_both(async |site| {
        named(site, json!({})).await;
        let patience = Patience { send: Duration::from_millis(300), ..Patience::default() };
        served(site, Setting { patience, ..Setting::default() }, async |address| {
            let small = TcpSocket::new_v4().unwrap();
            small.set_recv_buffer_size(4096).unwrap();
            let stream = small.connect(address).await.unwrap();
            let mut slow = Follower::over(stream, address, &site.token, PATH).await;
            // Far more than the buffers in between hold, of somebody who reads nothing.
            let long = "x".repeat(20_000);
            let large = |number| {
                event(number)
                    .replace("\"ex:grade\"", &format!("\"ex:text\": \"{long}\", \"ex:grade\""))
            };
            let events: Vec<String> = (0..900).map(large).collect();
            let mut quick = Follower::connect(address, &site.token, PATH).await;
            site.capture(document(&events), "rollback").await;
            // Nobody else waits for the slow one.
            assert_eq!(quick.events(900).await, ids(0..900));
            tokio::time::sleep(Duration::from_millis(600)).await;
            let mut had = Vec::new();
            while let Some(more) = slow.document().await {
                had.extend(more);
            }
            assert!(had.len() < 900, "it was not let go");
            let place = slow.place.map(|place| format!("&nextPageToken={place}"));
            let from = place.unwrap_or("&initialRecordTime=2020-01-01T00:00:00Z".to_owned());
            let mut again = Follower::connect(address, &site.token, &format!("{PATH}{from}")).await;
            had.extend(again.events(900 - had.len()).await);
            assert_eq!(had.len(), 900);
            assert_eq!(had.into_iter().collect::<BTreeSet<_>>(), ids(0..900).into_iter().collect());
        })
        .await;
    });
    on_sqlite(async |site| {
        named(site, json!({})).await;
        let patience = Patience {
            ping: Duration::from_millis(50),
            silence: Duration::from_millis(200),
            ..Patience::default()
        };
        served(site, Setting { patience, ..Setting::default() }, async |address| {
            let mut silent = Follower::connect(address, &site.token, PATH).await;
            // Pings are answered while it reads.
            let reads = tokio::time::timeout(Duration::from_millis(500), silent.stream.next());
            assert!(matches!(reads.await, Ok(Some(Ok(Message::Ping(_))))));
            tokio::time::sleep(Duration::from_millis(600)).await;
            assert_eq!(silent.end().await.0, CloseCode::Policy);
            // Who talks is ended too, without harm.
            let mut loud = Follower::connect(address, &site.token, PATH).await;
            let _ = loud.stream.send(Message::text("x".repeat(100_000))).await;
            while loud.next().await.is_some_and(|message| !message.is_close()) {}
        })
        .await;
    });
}
