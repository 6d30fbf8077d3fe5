//! Connections, over a socket.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::samples::opinion;
use crate::site::{Site, on_sqlite};

async fn served(site: &Site, test: impl AsyncFn(std::net::SocketAddr)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let server = tokio::spawn(web::serve(Arc::clone(&site.system), listener, shutdown));
    test(address).await;
    stop.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(10), server).await;
    ended.expect("it ends").unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

async fn talk(stream: &mut TcpStream, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = vec![0; 16 << 10];
    let length = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

#[test]
fn records_go_in_over_a_socket_until_it_ends() {
    on_sqlite(async |site| {
        served(site, async |address| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let token = &site.token;
            for number in 1..=3 {
                let body = opinion(number).to_string();
                let length = body.len();
                let answer = talk(
                    &mut stream,
                    &format!(
                        "POST /api/v1/records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
                         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
                    ),
                )
                .await;
                assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
            }
            // An idle connection does not keep the program from ending.
        })
        .await;
        assert_eq!(site.system.reader().size().await.unwrap(), 4);
    });
}

#[test]
fn a_broken_request_harms_nobody() {
    on_sqlite(async |site| {
        served(site, async |address| {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let answer = talk(&mut stream, "\x16\x03\x01 nonsense\r\n\r\n").await;
            assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
            let mut stream = TcpStream::connect(address).await.unwrap();
            let long = "x".repeat(200 << 10);
            let _ = stream.write_all(format!("GET /{long} HTTP/1.1\r\n").as_bytes()).await;
            drop(stream);
            // A sender that goes away in the middle of a body, and one in the middle of a stream.
            for media in ["application/json", "application/x-ndjson"] {
                let token = &site.token;
                let mut stream = TcpStream::connect(address).await.unwrap();
                let body = opinion(1).to_string();
                let text = format!(
                    "POST /api/v1/records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
                     content-type: {media}\r\ncontent-length: 100000\r\n\r\n{body}\n"
                );
                stream.write_all(text.as_bytes()).await.unwrap();
                drop(stream);
            }
            let mut stream = TcpStream::connect(address).await.unwrap();
            let answer = talk(&mut stream, "GET /api/v1/health HTTP/1.1\r\nhost: x\r\n\r\n").await;
            assert!(answer.ends_with("{\"ok\":true}"), "{answer}");
        })
        .await;
        assert_eq!(site.system.reader().size().await.unwrap(), 1);
        let staging = site.system.data().join("staging");
        assert_eq!(std::fs::read_dir(staging).map_or(0, Iterator::count), 0);
    });
}
