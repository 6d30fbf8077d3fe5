//! Senders that remember what they were told.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use model::{RecordId, Timestamp};
use serde_json::{Value, json};

use super::client::{Answer, Client};
use super::random::Random;

pub const MAKER: &str = "uscc:91350200776049653A";
const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";

/// What was acknowledged.
#[derive(Default)]
pub struct Memory {
    /// Each record and its position.
    pub records: HashMap<String, u64>,
    /// Each batch, the position of its closing record and how many records it has without that.
    pub batches: HashMap<String, (u64, u64)>,
    /// Notes with checkpoints.
    pub checkpoints: Vec<String>,
    /// How often something was found to be known when it was sent again.
    pub found_known: u64,
}

impl Memory {
    pub fn add(&mut self, other: Self) {
        for (id, position) in other.records {
            self.record(&id, position);
        }
        self.batches.extend(other.batches);
        self.checkpoints.extend(other.checkpoints);
        self.found_known += other.found_known;
    }

    fn record(&mut self, id: &str, position: u64) {
        let before = self.records.insert(id.to_owned(), position);
        assert!(before.is_none_or(|before| before == position), "{id} was at {before:?}");
    }
}

/// A request, to be sent until it is answered.
#[derive(Clone)]
struct Request {
    form: Form,
    records: Vec<Value>,
    batch: Option<String>,
    /// Whether the answer is to wait for a signature.
    waits: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    One,
    List,
    Stream,
}

/// Somebody who sends records of all forms, one request after the other.
pub struct Sender {
    number: u64,
    count: u64,
    random: Random,
    client: Client,
    pub memory: Memory,
    /// What was sent and not answered.
    pending: Option<Request>,
    /// Records of its own that may be corrected, and their numbers.
    heads: Vec<(String, u64)>,
    /// Codes of the problems that said to come again, by form.
    pub retried: HashMap<String, u64>,
}

impl Sender {
    pub fn new(number: u64, mut random: Random, client: Client) -> Self {
        let _ = random.below(2);
        Self {
            number,
            count: 0,
            random,
            client,
            memory: Memory::default(),
            pending: None,
            heads: Vec::new(),
            retried: HashMap::new(),
        }
    }

    /// The program listens somewhere else now.
    pub fn connect(&mut self, address: SocketAddr, token: &str) {
        self.client = Client::new(address, token);
    }

    /// Whether all that it sent was answered.
    pub fn is_settled(&self) -> bool {
        self.pending.is_none()
    }

    /// Batches that are sent and not answered.
    pub fn open_batch(&self) -> Option<&str> {
        self.pending.as_ref()?.batch.as_deref()
    }

    /// Sends until it is told to stop or the program is gone.
    pub fn run(&mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            if self.step().is_err() {
                return;
            }
        }
    }

    /// As [`run`](Self::run), where the program must not go.
    pub fn run_on(&mut self, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            self.go();
        }
    }

    /// A step, where the program must not go. Only a long body may meet a connection that is closed:
    /// it is refused before it is read, and the answer may be lost with the connection.
    fn go(&mut self) {
        let Err(error) = self.step() else { return };
        let form = self.pending.as_ref().map(|request| request.form);
        assert_eq!(form, Some(Form::Stream), "{error}");
        *self.retried.entry("stream connection closed".to_owned()).or_default() += 1;
        std::thread::sleep(Duration::from_millis(20));
    }

    /// Sends a new request of a form once; false where it was told to come again.
    pub fn try_once(&mut self, choice: u64) -> bool {
        assert!(self.pending.is_none());
        self.pending = Some(self.choose(choice));
        self.go();
        self.pending.is_none()
    }

    /// Sends what is still to be answered until that is done.
    pub fn settle(&mut self, patience: Duration) {
        let start = Instant::now();
        while self.pending.is_some() {
            self.go();
            assert!(start.elapsed() < patience, "it does not recover: {:?}", self.retried);
        }
    }

    /// One request and its answer.
    fn step(&mut self) -> io::Result<()> {
        let (request, is_again) = match self.pending.take() {
            Some(request) => (request, true),
            None => (self.next(), false),
        };
        self.pending = Some(request.clone());
        let answer = self.send(&request)?;
        if answer.status == 503 {
            let code = answer.retryable();
            let form = match request.form {
                Form::One => "one",
                Form::List => "list",
                Form::Stream => "stream",
            };
            *self.retried.entry(format!("{form} {code}")).or_default() += 1;
            std::thread::sleep(Duration::from_millis(20));
            return Ok(());
        }
        // A stream that was staged goes in by itself, and is busy meanwhile.
        if answer.status == 409 && is_again && answer.json()["code"] == "batch.busy" {
            *self.retried.entry("stream batch.busy".to_owned()).or_default() += 1;
            std::thread::sleep(Duration::from_millis(50));
            return Ok(());
        }
        self.remember(&request, &answer, is_again);
        self.pending = None;
        match self.random.below(12) {
            0 => {
                let note = self.client.get("/log/checkpoint")?;
                assert_eq!(note.status, 200, "{}", note.text());
                self.memory.checkpoints.push(note.text());
            }
            1 => _ = self.look()?,
            _ => {}
        }
        Ok(())
    }

    fn send(&mut self, request: &Request) -> io::Result<Answer> {
        let mut path = "/api/v1/records".to_owned();
        let mut sign = '?';
        if let Some(batch) = &request.batch {
            path += &format!("{sign}batch={batch}");
            sign = '&';
        }
        if request.waits {
            path += &format!("{sign}wait=signed");
        }
        match request.form {
            Form::One => self.client.post(&path, JSON, &request.records[0].to_string()),
            Form::List => {
                self.client.post(&path, JSON, &Value::Array(request.records.clone()).to_string())
            }
            Form::Stream => {
                let lines: String = request.records.iter().map(|r| format!("{r}\n")).collect();
                self.client.post(&path, LINES, &lines)
            }
        }
    }

    /// An id of now.
    fn id(&mut self) -> String {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros() as i64;
        RecordId::new(Timestamp::from_micros(now), &self.random.ten()).to_string()
    }

    fn next(&mut self) -> Request {
        let choice = self.random.below(16);
        let waits = self.random.below(10) == 0;
        Request { waits, ..self.choose(choice) }
    }

    /// A request of a form: 0 a correction, where something can be corrected; 1 a list, 2 a batch,
    /// 3 a stream, 4 a record with a personal part, else one without.
    fn choose(&mut self, choice: u64) -> Request {
        let one = |records| Request { form: Form::One, records, batch: None, waits: false };
        match choice {
            0 if !self.heads.is_empty() => {
                let at = self.random.below(self.heads.len() as u64) as usize;
                let (head, number) = self.heads.swap_remove(at);
                let mut record = self.record(number);
                record["open"]["title"] = json!(format!("Corrected after {head}"));
                record["corrects"] = json!(head);
                one(vec![record])
            }
            0..=2 => {
                let records = (0..1 + self.random.below(12)).map(|_| self.fresh()).collect();
                let batch = (choice == 2).then(|| self.id());
                Request { form: Form::List, records, batch, waits: false }
            }
            3 => {
                let records = (0..50 + self.random.below(200)).map(|_| self.fresh()).collect();
                Request { form: Form::Stream, records, batch: Some(self.id()), waits: false }
            }
            4 => {
                let record = self.complaint();
                one(vec![record])
            }
            _ => {
                let record = self.fresh();
                one(vec![record])
            }
        }
    }

    fn fresh(&mut self) -> Value {
        self.count += 1;
        self.record(self.count)
    }

    /// A record whose number no other of this sender has, so that its URL is unique.
    fn record(&mut self, number: u64) -> Value {
        let id = self.id();
        json!({
            "id": id,
            "kind": "public-opinion",
            "subjects": [{ "role": "organization", "id": MAKER }],
            "region": "420100",
            "valid_at": format!("2026-05-{:02}T09:00:00+08:00", 1 + number % 28),
            "source": "press",
            "open": {
                "url": format!("https://press.example/{}/{number}", self.number),
                "source_type": "newspaper",
                "published_at": "2026-05-01T08:00:00+08:00",
                "title": format!("Item {number}"),
            },
        })
    }

    /// A record with a personal part, of one of a few persons.
    fn complaint(&mut self) -> Value {
        self.count += 1;
        let (id, person) = (self.id(), self.random.below(20));
        json!({
            "id": id,
            "kind": "complaint",
            "subjects": [{ "role": "respondent", "id": MAKER }],
            "region": "420100",
            "valid_at": "2026-05-02T09:00:00+08:00",
            "source": "hotline",
            "open": {
                "number": format!("C-{}-{}", self.number, self.count),
                "channel": "hotline-12315", "category": "quality",
            },
            "personal": [{
                "person": format!("p-{person}"),
                "fields": { "text": "the kettle leaks", "complainant_name": "张三" },
            }],
        })
    }

    fn remember(&mut self, request: &Request, answer: &Answer, is_again: bool) {
        let told = answer.good();
        let ids = || request.records.iter().map(|record| record["id"].as_str().unwrap());
        // Only what was sent before can be known.
        assert!(answer.status == 201 || is_again, "{} {told:#}", answer.status);
        self.memory.found_known += u64::from(answer.status == 200);
        if request.form == Form::Stream {
            let count = request.records.len() as u64;
            assert_eq!(told["lines"], count, "{told:#}");
            assert_eq!(told["refused"], 0, "{told:#}");
            let (stored, known) = (told["stored"].as_u64(), told["known"].as_u64());
            assert_eq!(stored.unwrap() + known.unwrap(), count, "{told:#}");
            assert!(is_again || known == Some(0), "{told:#}");
        } else {
            let one = [told.clone()];
            let receipts = match request.form {
                Form::One => &one[..],
                _ => told["receipts"].as_array().unwrap(),
            };
            assert_eq!(receipts.len(), request.records.len());
            for (receipt, id) in receipts.iter().zip(ids()) {
                assert_eq!(receipt["id"], id);
                // All or none.
                assert_eq!(receipt["known"], answer.status == 200, "{told:#}");
                self.memory.record(id, receipt["position"].as_u64().unwrap());
            }
        }
        if let Some(batch) = &request.batch {
            assert_eq!(told["batch"], batch.as_str(), "{told:#}");
            let closing = &told["closing"];
            let position = closing["position"].as_u64().unwrap();
            self.memory.record(closing["id"].as_str().unwrap(), position);
            self.memory.batches.insert(batch.clone(), (position, request.records.len() as u64));
        }
        let note = told.get("checkpoint").or_else(|| told["closing"].get("checkpoint"));
        if let Some(note) = note {
            self.memory.checkpoints.push(note.as_str().unwrap().to_owned());
        }
        if request.form == Form::One && request.records[0]["kind"] == "public-opinion" {
            let url = request.records[0]["open"]["url"].as_str().unwrap();
            let number = url.rsplit('/').next().unwrap().parse().unwrap();
            self.heads.extend(ids().map(|id| (id.to_owned(), number)));
        }
    }

    /// Sends a record with a personal part; gives its id.
    pub fn tell_of_a_person(&mut self) -> String {
        self.settle(Duration::from_secs(30));
        assert!(self.try_once(4), "{:?}", self.retried);
        let last = self.memory.records.iter().max_by_key(|(_, position)| **position);
        last.unwrap().0.clone()
    }

    /// Looks at something that was acknowledged. False where that cannot be done just now.
    pub fn look(&mut self) -> io::Result<bool> {
        let known = self.memory.records.len() as u64;
        if known == 0 {
            return Ok(true);
        }
        let at = self.random.below(known.min(50)) as usize;
        let found = self.memory.records.iter().nth(at).map(|(id, at)| (id.clone(), *at));
        let (id, position) = found.unwrap();
        let answer = self.client.get(&format!("/api/v1/records/{id}"))?;
        if answer.status == 503 {
            let code = answer.retryable();
            *self.retried.entry(format!("get {code}")).or_default() += 1;
            return Ok(false);
        }
        assert_eq!(answer.good()["position"], position);
        Ok(true)
    }
}
