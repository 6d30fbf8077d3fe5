//! What is wrong, odd or hostile at both doors: `bad/cases.toml` says what is answered to each file beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::support::{event, ids};
use crate::site::{Answer, Site, on_both, on_sqlite};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    file: String,
    code: String,
    pointer: Option<String>,
    pointer_starts: Option<String>,
    line: Option<u64>,
    status: Option<u16>,
    #[serde(default)]
    odd: Vec<String>,
    media: Option<String>,
    encoding: Option<String>,
    packed: Option<bool>,
    #[serde(default)]
    cut: usize,
    behaviour: Option<String>,
    #[serde(default)]
    full: bool,
    events: Option<Other>,
    capture: Option<Other>,
}

/// What one door answers otherwise.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    status: Option<u16>,
    code: String,
    pointer: Option<String>,
}

impl Case {
    /// With what a door answers otherwise.
    fn at(&self, other: Option<&Other>) -> Self {
        let Some(other) = other else { return self.clone() };
        Self {
            code: other.code.clone(),
            status: other.status.or(self.status),
            pointer: other.pointer.clone(),
            pointer_starts: None,
            line: None,
            ..self.clone()
        }
    }

    /// What is sent: the event has an id of this case and door.
    fn body(&self, door: &str) -> Vec<u8> {
        let text = std::fs::read(folder().join(&self.file)).unwrap();
        let (id, own) = (b"urn:uuid:bad", format!("urn:uuid:{door}-{}", self.file));
        let parts: Vec<&[u8]> = divided(&text, id).collect();
        let mut bytes = expanded(&parts.join(own.as_bytes()));
        if self.encoding.is_some() && self.packed != Some(false) {
            bytes = packed(&bytes);
        }
        bytes.truncate(bytes.len() - self.cut);
        bytes
    }

    fn media(&self) -> String {
        let by_name =
            if self.file.ends_with(".xml") { "application/xml" } else { "application/json" };
        self.media.clone().unwrap_or_else(|| by_name.to_owned())
    }

    async fn send(&self, site: &Site, door: &str, body: Vec<u8>) -> Answer {
        let mut ask = site.ask(Method::POST, door).header("content-type", &self.media());
        if let Some(encoding) = &self.encoding {
            ask = ask.header("content-encoding", encoding);
        }
        if let Some(behaviour) = &self.behaviour {
            ask = ask.header("gs1-capture-error-behaviour", behaviour);
        }
        ask.body(body).send().await
    }

    /// Whether a fault stands where it is said to.
    fn is_at(&self, fault: &Value) -> bool {
        let pointer = fault["pointer"].as_str().unwrap_or_default();
        self.pointer.as_ref().is_none_or(|wanted| wanted == pointer)
            && self.pointer_starts.as_ref().is_none_or(|start| pointer.starts_with(start))
            && self.line.is_none_or(|line| fault["line"] == line)
    }

    /// What is wrong with an answer to it.
    fn fault(&self, code: &Value, first: &Value, words: [&Value; 2]) -> Option<String> {
        let told = first.to_string();
        let has_words =
            words.iter().all(|w| w.as_str().is_some_and(|w| w.len() > 5 && w.len() < 2000));
        match () {
            () if *code != self.code.as_str() => Some(format!("{code} for {}", self.code)),
            () if !self.is_at(first) => Some(format!("it is elsewhere: {told}")),
            () if !has_words || told.len() > 20_000 => Some(format!("its words: {told:.3000}")),
            () => None,
        }
    }
}

/// As small as gzip makes it.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, bytes).unwrap();
    packer.finish().unwrap()
}

/// What stands between the places of a mark.
fn divided<'t>(text: &'t [u8], mark: &'t [u8]) -> impl Iterator<Item = &'t [u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let all = rest?;
        let at = all.windows(mark.len()).position(|found| found == mark);
        rest = at.map(|at| &all[at + mark.len()..]);
        Some(at.map_or(all, |at| &all[..at]))
    })
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/epcis/bad")
}

/// A file with what is told of it by number written out.
fn expanded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(2).position(|two| two == b"@{") {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 2..];
        let star = rest.iter().position(|b| *b == b'*').unwrap();
        let times: u64 = std::str::from_utf8(&rest[..star]).unwrap().parse().unwrap();
        rest = &rest[star + 1..];
        let mut what = Vec::new();
        let mut bytes = rest.iter().enumerate();
        loop {
            match bytes.next().unwrap() {
                (_, b'\\') => what.push(*bytes.next().unwrap().1),
                (at, b'}') => {
                    rest = &rest[at + 1..];
                    break;
                }
                (_, byte) => what.push(*byte),
            }
        }
        match what.contains(&b'#') {
            true => {
                let parts = what.split(|b| *b == b'#').collect::<Vec<_>>();
                (1..=times).for_each(|n| out.extend(parts.join(n.to_string().as_bytes())));
            }
            false => out.extend(what.repeat(usize::try_from(times).unwrap())),
        }
    }
    out.extend_from_slice(rest);
    out
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(folder().join("cases.toml")).unwrap();
    let cases: Cases = toml::from_str(&text).unwrap();
    let named: BTreeSet<String> = cases.case.iter().map(|case| case.file.clone()).collect();
    assert_eq!(named.len(), cases.case.len(), "a file has two cases");
    let files = testkit::files_under(&folder()).into_iter();
    let files: BTreeSet<String> = files
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "cases.toml")
        .collect();
    assert_eq!(files, named);
    cases.case
}

/// What must be stored of all that was sent: events, and documents of which there are some.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    events: u64,
    batches: u64,
}

impl Tally {
    /// What is stored.
    async fn of(site: &Site) -> Self {
        let size = site.system.reader().size().await.unwrap();
        let count = async |kind: &str| {
            let path = format!("/api/v1/records/count?kind={kind}&known={size}");
            let answer = site.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
            answer.json()["count"].as_u64().unwrap()
        };
        Self { events: count("epcis-event").await, batches: count("batch").await }
    }
}

/// Nothing lies where documents and stages lie while they are taken in.
fn nothing_left(site: &Site) -> Option<String> {
    ["captures", "staging"].iter().find_map(|name| {
        let left = std::fs::read_dir(site.system.data().join(name)).ok()?.flatten().next()?;
        Some(left.path().display().to_string())
    })
}

/// One event that is sent by itself.
async fn alone(site: &Site, case: &Case, body: Vec<u8>, tally: &mut Tally) -> Option<String> {
    let answer = case.send(site, "/epcis/events", body).await;
    if case.code == "taken" {
        let is_taken = answer.status == StatusCode::CREATED;
        tally.events += u64::from(is_taken);
        let warned: Vec<&str> =
            answer.header("zhiheng-warnings").split(", ").filter(|w| !w.is_empty()).collect();
        let wanted: Vec<String> =
            case.odd.iter().map(|pointer| format!("epcis.identifier {pointer}")).collect();
        let is_told = warned.iter().zip(&wanted).all(|(told, wanted)| told == wanted)
            && warned.len() >= wanted.len()
            && warned.is_empty() == wanted.is_empty();
        return (!is_taken || !is_told)
            .then(|| format!("{} {warned:?} {:.1000}", answer.status, answer.text()));
    }
    if answer.status.as_u16() != case.status.unwrap_or(400) {
        return Some(format!("{} {:.1000}", answer.status, answer.text()));
    }
    let problem = answer.json();
    case.fault(
        &problem["code"],
        &problem["errors"][0],
        [&problem["detail_en"], &problem["detail_zh"]],
    )
}

/// A document that a job takes in.
async fn captured(site: &Site, case: &Case, body: Vec<u8>, tally: &mut Tally) -> Option<String> {
    let answer = case.send(site, "/epcis/capture", body).await;
    if answer.status != StatusCode::ACCEPTED {
        if case.status != Some(answer.status.as_u16()) {
            return Some(format!("{} {:.1000}", answer.status, answer.text()));
        }
        let problem = answer.json();
        let words = [&problem["detail_en"], &problem["detail_zh"]];
        return case.fault(&problem["code"], &problem["errors"][0], words);
    }
    let place = answer.header("location").to_owned();
    let job = loop {
        let job = site.get(&place).await.json();
        if job["running"] == false {
            break job;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let first = &job["errors"][0];
    if case.code == "taken" {
        let done = job["zhiheng:done"].as_u64().unwrap();
        tally.events += done;
        tally.batches += u64::from(done > 0);
        let odd = job["zhiheng:said"]
            .as_array()
            .unwrap()
            .iter()
            .any(|said| said["en"].as_str().unwrap().starts_with("Identifiers with faults"));
        let is_right = job["success"] == true && odd != case.odd.is_empty();
        return (!is_right).then(|| format!("{job:.1000}"));
    }
    if job["success"] != false {
        return Some(format!("it was taken: {job:.1000}"));
    }
    case.fault(&first["code"], first, [&first["detail"], &first["detail_zh"]])
}

/// Bytes of a file that is walked by itself, with its like.
const LARGE: usize = 1 << 20;

/// Walks the cases, at one door after the other, and gives what was answered or kept otherwise.
async fn walk(site: &Site, wanted: impl Fn(&Case) -> bool) -> Vec<String> {
    let (mut wrong, mut tally) = (Vec::new(), Tally::default());
    for case in cases().into_iter().filter(wanted) {
        for door in ["events", "capture"] {
            let is_alone = door == "events";
            let here = case.at(if is_alone { case.events.as_ref() } else { case.capture.as_ref() });
            let before = site.system.reader().size().await.unwrap();
            let fault = match is_alone {
                true => alone(site, &here, case.body(door), &mut tally).await,
                false => captured(site, &here, case.body(door), &mut tally).await,
            };
            let mut found: Vec<String> = fault.into_iter().collect();
            // What a job did is noted, what a request was refused is not.
            let is_more = site.system.reader().size().await.unwrap() > before;
            if is_alone && here.code != "taken" && is_more {
                found.push("something of it is stored".to_owned());
            }
            found.extend(nothing_left(site).map(|left| format!("{left} is left behind")));
            wrong.extend(found.into_iter().map(|what| format!("{} at {door}: {what}", case.file)));
        }
    }
    let stored = Tally::of(site).await;
    if stored != tally {
        wrong.push(format!("{stored:?} are stored of {tally:?}"));
    }
    wrong
}

#[test]
fn what_is_wrong_is_answered_as_the_table_says() {
    on_sqlite(async |site| {
        let wrong = walk(site, |case| !case.full && case.body("").len() < LARGE).await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        // And it is there for who comes next.
        assert_eq!(site.post_event(&event(1)).await.status, StatusCode::CREATED);
    });
}

#[test]
fn what_is_large_is_answered_as_the_table_says() {
    on_sqlite(async |site| {
        let wrong = walk(site, |case| !case.full && case.body("").len() >= LARGE).await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(site.post_event(&event(1)).await.status, StatusCode::CREATED);
    });
}

#[test]
#[ignore = "takes long"]
fn a_million_things_in_one_event_are_taken_in_bounded_memory() {
    on_sqlite(async |site| {
        let wrong = walk(site, |case| case.full).await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = most.and_then(|most| most.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        assert!(most.is_none_or(|most| most < 3 << 20), "{most:?} kB");
    });
}

#[test]
fn a_body_that_breaks_off_leaves_nothing() {
    on_both(async |site| {
        let text = event(1);
        for door in ["/epcis/events", "/epcis/capture"] {
            let begun = Bytes::from(text.clone().into_bytes()[..text.len() / 2].to_vec());
            let broken = std::io::Error::other("the line is dead");
            let pieces = futures_util::stream::iter([Ok(begun), Err(broken)]);
            let ask = site.ask(Method::POST, door).header("content-type", "application/json");
            let answer = ask.body(Body::from_stream(pieces)).send().await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
            assert_eq!(answer.json()["code"], "body.broken_off");
            assert_eq!(nothing_left(site), None);
        }
        assert_eq!(ids(&site.get("/epcis/events").await), [""; 0]);
        assert_eq!(site.get("/epcis/capture").await.json(), json!([]));
    });
}

/// A packing of one thing into another, or into itself.
fn packing(number: u64, parent: &str, child: &str) -> String {
    event(number)
        .replace("ObjectEvent", "AggregationEvent")
        .replace("\"OBSERVE\"", "\"ADD\"")
        .replace("shipping", "packing")
        .replace("\"epcList\"", &format!("\"parentID\": \"{parent}\", \"childEPCs\""))
        .replace(&format!("urn:epc:id:sgtin:4012345.011111.{number}"), child)
}

#[test]
fn packings_that_go_round_are_taken_and_flagged() {
    on_both(async |site| {
        let numbers = ["340123451111111111", "340123451111111128", "340123451111111135"];
        let [a, b, c] = numbers.map(|number| format!("https://id.gs1.org/00/{number}"));
        for text in [packing(1, &a, &b), packing(2, &b, &a), packing(3, &c, &c)] {
            let answer = site.post_event(&text).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
            assert_eq!(answer.header("zhiheng-warnings"), "");
        }
        site.merged().await;
        for thing in [&a, &b, &c] {
            for direction in ["back", "forward", "scope"] {
                let path = format!("/api/v1/trace/{thing}?direction={direction}");
                let answer = site.get(&path).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
                if direction == "scope" {
                    continue;
                }
                let found = answer.json()["findings"].to_string();
                assert!(found.contains("\"loop\""), "{thing} {direction}: {found}");
            }
        }
    });
}
