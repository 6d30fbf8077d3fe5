//! The record: what is stored, what is digested, what a proof shows.

use serde_json::{Map, Value};

use crate::digest::Digest;
use crate::error::Error;
use crate::json;
use crate::record_id::RecordId;
use crate::subject::SubjectId;
use crate::timestamp::Timestamp;

/// Who may see a record by default. The pack says it for each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Anybody, as far as the kind's public fields go.
    Public,
    /// Offices in whose view it lies.
    Internal,
    /// Those with a need to know; every reading is recorded.
    Personal,
}

impl Class {
    /// The class of a word in canonical text.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Public, Self::Internal, Self::Personal].into_iter().find(|c| c.word() == word)
    }

    /// The word in canonical text.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Personal => "personal",
        }
    }
}

/// A subject in its role: `maker`, `lot`, `laboratory` ...
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The role, as the kind names it.
    pub role: String,
    /// The subject.
    pub id: SubjectId,
}

/// What a record says of one person.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonalPart {
    /// The pseudonym of the person, under which the key is kept.
    pub person: String,
    /// The fields.
    pub fields: Map<String, Value>,
}

/// What a sender gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The id, where the sender made it.
    pub id: Option<RecordId>,
    /// The kind, as the pack names it.
    pub kind: String,
    /// What it is about, in the order given.
    pub subjects: Vec<Subject>,
    /// The office that is competent, where the author does not say it.
    pub office: Option<String>,
    /// The administrative division, or `none` for what happened abroad.
    pub region: String,
    /// When it happened.
    pub valid_at: Timestamp,
    /// The system or form that it comes from.
    pub source: String,
    /// The open part of the payload.
    pub open: Map<String, Value>,
    /// The personal part, by person.
    pub personal: Vec<PersonalPart>,
    /// The record that it corrects: the current head of its line.
    pub corrects: Option<RecordId>,
    /// The batch or single record that it takes back.
    pub withdraws: Option<RecordId>,
}

/// The fields of a draft, for refusing any other.
const FIELDS: &[&str] = &[
    "id",
    "kind",
    "subjects",
    "office",
    "region",
    "valid_at",
    "source",
    "open",
    "personal",
    "corrects",
    "withdraws",
];

impl Draft {
    /// Reads a draft from JSON text.
    ///
    /// # Errors
    /// As [`json::parse`], and [`Error::Field`] with the JSON pointer of what is missing, unknown
    /// or of a wrong form.
    ///
    /// ```
    /// let draft = model::Draft::parse(br#"{
    ///     "kind": "test-report", "region": "420100", "valid_at": "2026-11-23T09:00:00+08:00",
    ///     "subjects": [{"role": "product", "id": "gtin:06901234567892"}],
    ///     "source": "lims", "open": {"report_no": "W2026-1", "result": "pass"}
    /// }"#).unwrap();
    /// assert_eq!(draft.subjects[0].id.scheme(), "gtin");
    /// let missing = model::Draft::parse(b"{}").unwrap_err();
    /// assert!(missing.to_string().starts_with("/kind: "));
    /// ```
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        Self::from_json(json::parse(text, json::Limits::default())?)
    }

    /// Reads a draft from a JSON value.
    ///
    /// # Errors
    /// [`Error::Field`].
    pub fn from_json(value: Value) -> Result<Self, Error> {
        let Value::Object(mut object) = value else {
            let reason = ("not a JSON object", "不是 JSON 对象");
            return Err(Error::field("", reason, r#"{"kind": "inspection", …}"#));
        };
        if let Some(unknown) = object.keys().find(|key| !FIELDS.contains(&key.as_str())) {
            let reason = (
                format!("not a field of a record; the fields are {}", FIELDS.join(", ")),
                format!("记录没有这一项；各项为 {}", FIELDS.join("、")),
            );
            return Err(Error::field(format!("/{unknown}"), reason, r#""open": {…}"#));
        }
        let subjects = match object.remove("subjects") {
            None => Vec::new(),
            Some(Value::Array(items)) => items
                .into_iter()
                .enumerate()
                .map(|(i, s)| subject(i, s))
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(Error::field("/subjects", NO_LIST, SUBJECTS)),
        };
        let personal = match object.remove("personal") {
            None => Vec::new(),
            Some(Value::Array(items)) => items
                .into_iter()
                .enumerate()
                .map(|(i, p)| person(i, p))
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(Error::field("/personal", NO_LIST, PERSONAL)),
        };
        let open = match object.remove("open") {
            None => Map::new(),
            Some(Value::Object(open)) => open,
            Some(_) => return Err(Error::field("/open", NO_OBJECT, r#"{"result": "pass"}"#)),
        };
        Ok(Self {
            id: optional(&mut object, "", "id")?.map(|text| at("/id", text.parse())).transpose()?,
            kind: required(&mut object, "", "kind", "inspection")?,
            subjects,
            office: optional(&mut object, "", "office")?,
            region: required(&mut object, "", "region", "420100")?,
            valid_at: at(
                "/valid_at",
                required(&mut object, "", "valid_at", "2026-11-23T09:00:00+08:00")?.parse(),
            )?,
            source: required(&mut object, "", "source", "lims")?,
            open,
            personal,
            corrects: optional(&mut object, "", "corrects")?
                .map(|text| at("/corrects", text.parse()))
                .transpose()?,
            withdraws: optional(&mut object, "", "withdraws")?
                .map(|text| at("/withdraws", text.parse()))
                .transpose()?,
        })
    }
}

const NO_LIST: (&str, &str) = ("not a list", "不是列表");
const NO_OBJECT: (&str, &str) = ("not an object", "不是 JSON 对象");
const SUBJECTS: &str = r#"[{"role": "maker", "id": "uscc:…"}]"#;
const PERSONAL: &str = r#"[{"person": "p-1", "fields": {"name": "…"}}]"#;

fn subject(place: usize, value: Value) -> Result<Subject, Error> {
    let pointer = format!("/subjects/{place}");
    let Value::Object(mut object) = value else {
        return Err(Error::field(pointer, NO_OBJECT, SUBJECTS));
    };
    let role = required(&mut object, &pointer, "role", "maker")?;
    let id = required(&mut object, &pointer, "id", "uscc:914201001777000029")?;
    nothing_else(&object, &pointer, SUBJECTS)?;
    Ok(Subject { role, id: at(&format!("{pointer}/id"), id.parse())? })
}

fn person(place: usize, value: Value) -> Result<PersonalPart, Error> {
    let pointer = format!("/personal/{place}");
    let Value::Object(mut object) = value else {
        return Err(Error::field(pointer, NO_OBJECT, PERSONAL));
    };
    let person = required(&mut object, &pointer, "person", "p-1")?;
    let Some(Value::Object(fields)) = object.remove("fields") else {
        return Err(Error::field(
            format!("{pointer}/fields"),
            ("missing or not an object", "缺失或不是 JSON 对象"),
            PERSONAL,
        ));
    };
    nothing_else(&object, &pointer, PERSONAL)?;
    Ok(PersonalPart { person, fields })
}

fn nothing_else(
    object: &Map<String, Value>,
    pointer: &str,
    example: &'static str,
) -> Result<(), Error> {
    match object.keys().next() {
        Some(key) => Err(Error::field(
            format!("{pointer}/{key}"),
            ("not a field here", "这里没有这一项"),
            example,
        )),
        None => Ok(()),
    }
}

fn optional(
    object: &mut Map<String, Value>,
    pointer: &str,
    name: &str,
) -> Result<Option<String>, Error> {
    match object.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => {
            Err(Error::field(format!("{pointer}/{name}"), ("not a text", "不是文本"), "\"…\""))
        }
    }
}

fn required(
    object: &mut Map<String, Value>,
    pointer: &str,
    name: &str,
    example: &'static str,
) -> Result<String, Error> {
    let text = optional(object, pointer, name)?.filter(|text| !text.is_empty());
    text.ok_or_else(|| {
        Error::field(format!("{pointer}/{name}"), ("missing or empty", "缺失或为空"), example)
    })
}

/// Puts the pointer of the field into a fault of its form.
fn at<T>(pointer: &str, result: Result<T, Error>) -> Result<T, Error> {
    result.map_err(|error| match error {
        Error::Field { reason, example, .. } => {
            Error::Field { field: pointer.to_owned(), reason, example }
        }
        other => other,
    })
}

/// Who sent a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The office or organization.
    pub on_behalf_of: String,
    /// The account, as a pseudonym.
    pub account: String,
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The id.
    pub id: RecordId,
    /// What the sender gave; its id is that of the record.
    pub draft: Draft,
    /// Who sent it.
    pub author: Author,
    /// When it was taken in.
    pub recorded_at: Timestamp,
    /// Who may see it.
    pub class: Class,
    /// The pack that it was checked against.
    pub pack: Digest,
    /// The batch that it belongs to.
    pub batch: Option<RecordId>,
    /// The batch that it completes.
    pub closes: Option<RecordId>,
    /// One for each personal part, in their order.
    pub personal: Vec<PersonalDigests>,
}

/// What the canonical text of a record says of a personal part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonalDigests {
    /// Of a random salt and the part's canonical text. The salt is encrypted with the part, so that
    /// after erasure the digest tells nothing.
    pub plain: Digest,
    /// Of the part as it is stored, encrypted: damage is found also where the key is gone.
    pub sealed: Digest,
}

/// The version of the canonical text.
const VERSION: u32 = 1;

impl Record {
    /// The canonical text (RFC 8785) that a leaf of the log commits to: every member but the two
    /// parts of the payload, which stand in it by their digests. `open` is the digest of the
    /// canonical text of the open part. What a record does not have is left out.
    pub fn canonical(&self, open: &Digest) -> Vec<u8> {
        let draft = &self.draft;
        let mut text = Members::new();
        text.raw("author", |t| {
            let mut author = Members::new();
            author.text("account", &self.author.account);
            author.text("on_behalf_of", &self.author.on_behalf_of);
            t.extend(author.end());
        });
        text.id("batch", self.batch);
        text.text("class", self.class.word());
        text.id("closes", self.closes);
        text.id("corrects", draft.corrects);
        text.id("id", Some(self.id));
        text.text("kind", &draft.kind);
        text.optional("office", draft.office.as_deref());
        text.digest("open", open);
        text.digest("pack", &self.pack);
        if !self.personal.is_empty() {
            let parts = draft.personal.iter().zip(&self.personal);
            text.list("personal", parts, |t, (part, digests)| {
                let mut members = Members::new();
                members.digest("digest", &digests.plain);
                members.text("person", &part.person);
                members.digest("sealed", &digests.sealed);
                t.extend(members.end());
            });
        }
        text.number("recorded_at", self.recorded_at.micros());
        text.text("region", &draft.region);
        text.text("source", &draft.source);
        subjects(&mut text, &draft.subjects);
        text.number("v", VERSION.into());
        text.number("valid_at", draft.valid_at.micros());
        text.id("withdraws", draft.withdraws);
        text.end()
    }

    /// The digest of what the sender gave: two records with the same id and the same content
    /// digest are one record sent twice. `open` is the canonical text of the open part; `marks` are
    /// secrets of the persons, one for each personal part, so that the digest cannot be guessed
    /// from once a person's key is destroyed. It is kept with the record and never shown.
    pub fn content(&self, open: &[u8], marks: &[Digest]) -> Digest {
        let draft = &self.draft;
        let mut text = Members::new();
        text.text("author", &self.author.on_behalf_of);
        text.id("closes", self.closes);
        text.id("corrects", draft.corrects);
        text.text("kind", &draft.kind);
        text.optional("office", draft.office.as_deref());
        text.raw("open", |t| t.extend_from_slice(open));
        text.list("personal", draft.personal.iter().zip(marks), |t, (part, mark)| {
            let mut members = Members::new();
            members.raw("fields", |t| json::write_object(t, &part.fields));
            members.digest("mark", mark);
            members.text("person", &part.person);
            t.extend(members.end());
        });
        text.text("region", &draft.region);
        text.text("source", &draft.source);
        subjects(&mut text, &draft.subjects);
        text.number("valid_at", draft.valid_at.micros());
        text.id("withdraws", draft.withdraws);
        Digest::of(&[&text.end()])
    }
}

fn subjects(text: &mut Members, subjects: &[Subject]) {
    text.list("subjects", subjects.iter(), |t, subject| {
        let mut members = Members::new();
        members.text("id", subject.id.as_str());
        members.text("role", &subject.role);
        t.extend(members.end());
    });
}

/// Writes the members of a JSON object, which the caller gives in the order of their names.
struct Members(Vec<u8>);

impl Members {
    fn new() -> Self {
        let mut text = Vec::with_capacity(128);
        text.push(b'{');
        Self(text)
    }

    fn raw(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>)) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
        write(&mut self.0);
    }

    fn text(&mut self, name: &str, value: &str) {
        self.raw(name, |t| json::write_text(t, value));
    }

    fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    fn number(&mut self, name: &str, value: i64) {
        self.raw(name, |t| t.extend_from_slice(value.to_string().as_bytes()));
    }

    fn id(&mut self, name: &str, id: Option<RecordId>) {
        if let Some(id) = id {
            self.text(name, &id.to_string());
        }
    }

    fn digest(&mut self, name: &str, digest: &Digest) {
        self.text(name, &digest.to_string());
    }

    fn list<T>(
        &mut self,
        name: &str,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Vec<u8>, T),
    ) {
        self.raw(name, |t| {
            t.push(b'[');
            for (at, item) in items.enumerate() {
                if at > 0 {
                    t.push(b',');
                }
                write(t, item);
            }
            t.push(b']');
        });
    }

    fn end(mut self) -> Vec<u8> {
        self.0.push(b'}');
        self.0
    }
}
