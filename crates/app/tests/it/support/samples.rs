//! Records to send.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use app::case::NewStep;
use app::intake::Receipt;
use app::intake::stream::{Options, Report};
use app::reading::{Page, RecordView, When};
use app::{Fault, Principal, Rejection, System};
use model::{Draft, RecordId, SubjectId, Timestamp};
use serde_json::{Value, json};

use super::Home;

/// An organization with a right code, and a second one.
pub const MAKER: &str = "uscc:914201001777000029";
pub const OTHER: &str = "uscc:91420100758123450T";
pub const GTIN: &str = "gtin:06901234567892";

/// The operator, who may do everything.
pub fn operator() -> &'static Principal {
    static OPERATOR: LazyLock<Principal> = LazyLock::new(Principal::operator);
    &OPERATOR
}

/// An id that nobody has had: made now, as that of a batch must be.
pub fn new_id() -> RecordId {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let mut random = [0; 10];
    random[2..].copy_from_slice(&NUMBER.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    RecordId::new(Timestamp::from_micros(now.as_micros() as i64), &random)
}

/// A moment, as RFC 3339 writes it.
pub fn time(text: &str) -> Timestamp {
    Timestamp::from_rfc3339(text).unwrap()
}

/// A step of a case that is done at a moment.
pub fn step(id: &str, at: Timestamp, form: Value) -> NewStep {
    let Value::Object(form) = form else { panic!("{form} is no form") };
    NewStep { at: Some(at), ..NewStep::done(id, form) }
}

/// A day and minute that follow from a number.
pub fn day(number: u64) -> String {
    let (hour, minute) = (number / 60 % 24, number % 60);
    format!("2024-03-01T{hour:02}:{minute:02}:00+08:00")
}

/// An inspection, of `shop:<number>`.
pub fn inspection(number: u64) -> Value {
    json!({
        "id": new_id().to_string(),
        "kind": "inspection",
        "region": "420102",
        "valid_at": day(number),
        "source": "test",
        "subjects": [{ "role": "inspected", "id": format!("shop:{number}") }],
        "open": {
            "inspection_no": format!("J-{number}"),
            "inspected_on": "2024-03-01",
            "sort": "daily",
            "result": if number.is_multiple_of(2) { "pass" } else { "fail" },
            "minor_count": number % 5,
        },
    })
}

/// A complaint of a person.
pub fn complaint(number: &str, person: &str) -> Value {
    json!({
        "id": new_id().to_string(),
        "kind": "complaint",
        "region": "420102",
        "valid_at": day(1),
        "source": "test",
        "subjects": [{ "role": "respondent", "id": MAKER }],
        "open": { "number": number, "channel": "hotline-12315", "category": "quality" },
        "personal": [{ "person": person, "fields": {
            "text": "水壶漏电", "complainant_name": "王小明", "complainant_phone": "13900000000"
        } }],
    })
}

/// A test report, signed by a person; a law keeps it for two years.
pub fn test_report(number: &str, person: &str, valid_at: Timestamp) -> Value {
    json!({
        "id": new_id().to_string(),
        "kind": "test-report",
        "region": "420102",
        "valid_at": valid_at.to_string(),
        "source": "test",
        "subjects": [
            { "role": "nominal_maker", "id": MAKER },
            { "role": "product", "id": GTIN },
            { "role": "laboratory", "id": OTHER },
        ],
        "open": {
            "report_no": number, "issued_on": "2024-03-01", "result": "pass",
            "programme": "supervision", "items": [{ "item": "铅", "verdict": "pass" }],
        },
        "personal": [{ "person": person, "fields": { "signatory": "李工" } }],
    })
}

/// The same record, naming one that it corrects.
pub fn correcting(mut record: Value, corrects: RecordId) -> Value {
    record["corrects"] = corrects.to_string().into();
    record
}

/// The record with something else at a pointer.
pub fn with(mut record: Value, pointer: &str, value: impl Into<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    record.pointer_mut(parent).unwrap()[name] = value.into();
    record
}

pub fn draft(record: &Value) -> Draft {
    Draft::from_json(record.clone()).unwrap_or_else(|e| panic!("{e}: {record}"))
}

pub fn id_of(record: &Value) -> RecordId {
    record["id"].as_str().unwrap().parse().unwrap()
}

impl Home {
    pub fn send_all(
        &self,
        system: &System,
        records: &[Value],
        batch: Option<RecordId>,
    ) -> Result<Vec<Receipt>, Rejection> {
        let drafts = records.iter().map(draft).collect();
        self.run(system.append(operator(), drafts, batch))
    }

    pub fn send(&self, system: &System, record: &Value) -> Result<Receipt, Rejection> {
        self.send_all(system, std::slice::from_ref(record), None).map(|mut receipts| {
            assert_eq!(receipts.len(), 1);
            receipts.remove(0)
        })
    }

    /// The faults of a record that is refused.
    pub fn faults(&self, system: &System, record: &Value) -> Vec<Fault> {
        match self.send(system, record) {
            Ok(_) => panic!("it was taken: {record}"),
            Err(rejection) => check(rejection.faults()),
        }
    }

    /// Code and pointer of the faults of a record that is refused.
    pub fn refused(&self, system: &System, record: &Value) -> Vec<(&'static str, String)> {
        let faults = self.faults(system, record).into_iter();
        faults.map(|fault| (fault.code, fault.pointer)).collect()
    }

    /// Sends lines as a stream, in one piece.
    pub fn stream(
        &self,
        system: &Arc<System>,
        lines: &str,
        options: Options,
    ) -> Result<Report, Rejection> {
        self.stream_in(system, [lines.as_bytes()], options)
    }

    /// Sends a stream in pieces.
    pub fn stream_in<'a>(
        &self,
        system: &Arc<System>,
        pieces: impl IntoIterator<Item = &'a [u8]>,
        options: Options,
    ) -> Result<Report, Rejection> {
        self.run(async {
            let mut stream = system.begin_stream(operator(), options)?;
            for piece in pieces {
                stream.push(piece).await?;
            }
            stream.finish().await
        })
    }

    /// Sends a stream, and gives the file in which it was staged, as a kill would have left it.
    pub fn staged_file(
        &self,
        system: &Arc<System>,
        text: &str,
        batch: RecordId,
    ) -> (PathBuf, Vec<u8>) {
        let link = self.data().join("staged-too");
        let path = self.run(async {
            let mut stream = system.begin_stream(operator(), of_batch(batch)).unwrap();
            let path = self.staged().remove(0);
            std::fs::hard_link(&path, &link).unwrap();
            stream.push(text.as_bytes()).await.unwrap();
            stream.finish().await.unwrap();
            path
        });
        let bytes = std::fs::read(&link).unwrap();
        std::fs::remove_file(link).unwrap();
        assert!(!path.exists());
        (path, bytes)
    }

    /// Takes a batch or record back.
    pub fn withdraw(&self, system: &System, target: RecordId) -> Result<Receipt, Rejection> {
        self.run(system.withdraw(operator(), target, "entered by mistake"))
    }

    /// The streams that are staged.
    pub fn staged(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.data().join("staging")) else { return vec![] };
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    pub fn record(&self, system: &System, id: RecordId) -> RecordView {
        self.run(system.record(operator(), id, None)).unwrap()
    }

    /// How many records there are.
    pub fn size(&self, system: &System) -> u64 {
        self.run(system.reader().size()).unwrap()
    }

    /// Everything known by now of a subject.
    pub fn subject(&self, system: &System, subject: &str) -> Page {
        let when = When { valid: None, known: Some(self.size(system)) };
        self.subject_when(system, subject, when)
    }

    pub fn subject_when(&self, system: &System, subject: &str, when: When) -> Page {
        let subject: SubjectId = subject.parse().unwrap();
        let asked = self.run(system.subject(operator(), &subject, None, when, None, 500));
        asked.unwrap_or_else(|e| panic!("{e}: {:?}", system.reading_fault()))
    }

    /// The ids of what is known of a subject, newest first.
    pub fn ids(&self, system: &System, subject: &str) -> Vec<RecordId> {
        ids(&self.subject(system, subject))
    }
}

/// Records as the lines of a stream.
pub fn lines<'a>(records: impl IntoIterator<Item = &'a Value>) -> String {
    records.into_iter().map(|record| format!("{record}\n")).collect()
}

/// A stream of a batch with an id.
pub fn of_batch(batch: RecordId) -> Options {
    Options { batch: Some(batch), ..Options::default() }
}

/// The same, of which faulty lines are left out.
pub fn proceeding(batch: RecordId) -> Options {
    Options { proceed: true, ..of_batch(batch) }
}

pub fn ids(page: &Page) -> Vec<RecordId> {
    page.records.iter().map(|record| record.stored.id).collect()
}

/// Every fault has a code, and says in both languages what is wrong and what to do.
pub fn check(faults: Vec<Fault>) -> Vec<Fault> {
    assert!(!faults.is_empty());
    for fault in &faults {
        let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let (en, zh) = (&fault.en, &fault.zh);
        let (area, name) = fault.code.split_once('.').unwrap_or_default();
        assert!(!area.is_empty() && !name.is_empty(), "{fault:?}");
        assert!(fault.pointer.is_empty() || fault.pointer.starts_with('/'), "{fault:?}");
        assert!(zh.chars().any(is_chinese), "{fault:?}");
        // What is wrong; what to do.
        assert!(en.contains("; ") || en.contains(": "), "{fault:?}");
        assert!(zh.contains('；') || zh.contains('，') || zh.contains('：'), "{fault:?}");
    }
    faults
}

/// The fault of a request that is refused with one.
pub fn only(result: Result<impl std::fmt::Debug, Rejection>) -> Fault {
    let rejection = match result {
        Ok(found) => panic!("it was taken: {found:?}"),
        Err(rejection) => rejection,
    };
    let mut faults = check(rejection.faults());
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}
