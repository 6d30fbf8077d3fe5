//! `POST /api/v1/records` with a stream of lines.

use axum::body::{Body, Bytes};
use axum::http::Method;
use futures_util::stream;
use serde_json::json;

use crate::samples::{id, opinion};
use crate::site::{Site, gzip, on_both, on_sqlite};

fn lines(numbers: std::ops::RangeInclusive<u64>) -> String {
    numbers.map(|number| format!("{}\n", opinion(number))).collect()
}

fn staged(site: &Site) -> usize {
    std::fs::read_dir(site.system.data().join("staging")).map_or(0, Iterator::count)
}

#[test]
fn a_stream_is_stored_under_its_batch() {
    on_both(async |site| {
        let path = format!("/api/v1/records?batch={}&source=lims%20export", id(900));
        let send = || site.ask(Method::POST, &path).lines(lines(1..=1200));
        let answer = send().send().await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let report = answer.json();
        assert_eq!((&report["lines"], &report["stored"]), (&json!(1200), &json!(1200)));
        assert_eq!(report["batch"], id(900));
        let closing = report["closing"]["position"].as_u64().unwrap();
        let again = send().send().await;
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!((&again.json()["stored"], &again.json()["known"]), (&json!(0), &json!(1200)));
        assert_eq!(again.json()["closing"]["position"], closing);
        let count = format!("/api/v1/records/count?kind=public-opinion&known={}", closing + 1);
        assert_eq!(site.get(&count).await.json()["count"], 1200);
        let count = format!("/api/v1/records/count?kind=public-opinion&known={closing}");
        assert_eq!(site.get(&count).await.json()["count"], 0);
    });
}

#[test]
fn a_wrong_line_refuses_all_or_is_left_out() {
    on_both(async |site| {
        let text = format!("{}\n{{\"kind\": 7}}\n\n{}", lines(1..=2), lines(3..=4));
        let refused = site.ask(Method::POST, "/api/v1/records").lines(text.clone()).send().await;
        let problem = refused.problem(422, "record.field");
        let error = &problem["errors"][0];
        assert_eq!((&error["line"], &error["pointer"]), (&json!(4), &json!("/kind")));
        assert!(error.get("record").is_none());
        site.get(&format!("/api/v1/records/{}", id(1))).await.problem(404, "read.not_found");
        let path = format!("/api/v1/records?on_error=proceed&wait=signed&batch={}", id(900));
        let answer = site.ask(Method::POST, &path).lines(text).send().await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let report = answer.json();
        assert_eq!(
            (&report["lines"], &report["stored"], &report["refused"]),
            (&json!(5), &json!(4), &json!(1))
        );
        assert_eq!(report["faults"][0]["line"], 4);
        assert!(report["closing"]["checkpoint"].is_string());
        let shown = site.get(&format!("/api/v1/records/{}", id(4))).await.json();
        assert_eq!(shown["batch"], id(900));
        assert_eq!(shown["standing"]["counts"], true);
        assert_eq!(staged(site), 0);
    });
}

#[test]
fn a_stream_may_be_packed() {
    on_sqlite(async |site| {
        let packed = gzip(lines(1..=2000).as_bytes());
        let send = |body: Vec<u8>| {
            // In pieces that end anywhere.
            let pieces: Vec<_> = body.chunks(777).map(Bytes::copy_from_slice).collect();
            let pieces = pieces.into_iter().map(Ok::<_, std::io::Error>);
            let ask = site.ask(Method::POST, "/api/v1/records");
            ask.header("content-encoding", "gzip").lines(Body::from_stream(stream::iter(pieces)))
        };
        let cut = packed[..packed.len() - 100].to_vec();
        send(cut).send().await.problem(400, "body.gzip");
        send(b"no gzip".to_vec()).send().await.problem(400, "body.gzip");
        assert_eq!(staged(site), 0);
        let answer = send(packed).send().await;
        assert_eq!(answer.json()["stored"], 2000, "{}", answer.text());
    });
}

#[test]
fn a_stream_that_breaks_off_leaves_nothing() {
    on_sqlite(async |site| {
        let pieces = [
            Ok(Bytes::from(lines(1..=1200))),
            Err(std::io::Error::new(std::io::ErrorKind::ConnectionReset, "gone")),
        ];
        let ask = site.ask(Method::POST, "/api/v1/records");
        let answer = ask.lines(Body::from_stream(stream::iter(pieces))).send().await;
        answer.problem(400, "body.broken_off");
        assert_eq!(staged(site), 0);
        site.get(&format!("/api/v1/records/{}", id(1))).await.problem(404, "read.not_found");
        let empty = site.ask(Method::POST, "/api/v1/records").lines("\n\n").send().await;
        empty.problem(422, "request.count");
        let ask = site.ask(Method::POST, "/api/v1/records?on_error=maybe");
        ask.lines("").send().await.problem(400, "query.value");
        assert_eq!(staged(site), 0);
    });
}

#[test]
fn a_batch_is_received_once_at_a_time() {
    on_sqlite(async |site| {
        let path = format!("/api/v1/records?batch={}", id(900));
        let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
        let body = stream::unfold(receiver, async |mut receiver| {
            receiver.recv().await.map(|piece| (piece, receiver))
        });
        let slow = site.ask(Method::POST, &path).lines(Body::from_stream(body)).send();
        let other = async {
            sender.send(Ok(lines(1..=1).into())).await.unwrap();
            while staged(site) == 0 {
                tokio::task::yield_now().await;
            }
            let state = site.get(&format!("/api/v1/batches/{}", id(900))).await.json();
            assert_eq!(state["state"], "open");
            let busy = site.ask(Method::POST, &path).lines(lines(1..=1)).send().await;
            busy.problem(409, "batch.busy");
            drop(sender);
        };
        let (slow, ()) = tokio::join!(slow, other);
        assert_eq!(slow.status, 201, "{}", slow.text());
    });
}
