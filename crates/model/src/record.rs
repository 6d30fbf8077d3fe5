//! The record: what is stored, what is digested, what a proof shows.

use serde_json::{Map, Value, json};

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
    /// The batch that it belongs to.
    pub batch: Option<RecordId>,
}

/// The fields of a draft, for refusing any other.
const FIELDS: &[&str] = &[
    "id", "kind", "subjects", "office", "region", "valid_at", "source", "open", "personal",
    "corrects", "batch",
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
            return Err(Error::field("", "not a JSON object", r#"{"kind": "inspection", …}"#));
        };
        if let Some(unknown) = object.keys().find(|key| !FIELDS.contains(&key.as_str())) {
            let reason = format!("not a field of a record; the fields are {}", FIELDS.join(", "));
            return Err(Error::field(format!("/{unknown}"), reason, r#""open": {…}"#));
        }
        let subjects = match object.remove("subjects") {
            None => Vec::new(),
            Some(Value::Array(items)) => items
                .into_iter()
                .enumerate()
                .map(|(i, s)| subject(i, s))
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(Error::field("/subjects", "not a list", SUBJECTS)),
        };
        let personal = match object.remove("personal") {
            None => Vec::new(),
            Some(Value::Array(items)) => items
                .into_iter()
                .enumerate()
                .map(|(i, p)| person(i, p))
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(Error::field("/personal", "not a list", PERSONAL)),
        };
        let open = match object.remove("open") {
            None => Map::new(),
            Some(Value::Object(open)) => open,
            Some(_) => return Err(Error::field("/open", "not an object", r#"{"result": "pass"}"#)),
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
            batch: optional(&mut object, "", "batch")?
                .map(|text| at("/batch", text.parse()))
                .transpose()?,
        })
    }
}

const SUBJECTS: &str = r#"[{"role": "maker", "id": "uscc:…"}]"#;
const PERSONAL: &str = r#"[{"person": "p-1", "fields": {"name": "…"}}]"#;

fn subject(place: usize, value: Value) -> Result<Subject, Error> {
    let pointer = format!("/subjects/{place}");
    let Value::Object(mut object) = value else {
        return Err(Error::field(pointer, "not an object", SUBJECTS));
    };
    let role = required(&mut object, &pointer, "role", "maker")?;
    let id = required(&mut object, &pointer, "id", "uscc:91420100177700000X")?;
    nothing_else(&object, &pointer, SUBJECTS)?;
    Ok(Subject { role, id: at(&format!("{pointer}/id"), id.parse())? })
}

fn person(place: usize, value: Value) -> Result<PersonalPart, Error> {
    let pointer = format!("/personal/{place}");
    let Value::Object(mut object) = value else {
        return Err(Error::field(pointer, "not an object", PERSONAL));
    };
    let person = required(&mut object, &pointer, "person", "p-1")?;
    let Some(Value::Object(fields)) = object.remove("fields") else {
        return Err(Error::field(
            format!("{pointer}/fields"),
            "missing or not an object",
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
        Some(key) => Err(Error::field(format!("{pointer}/{key}"), "not a field here", example)),
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
        Some(_) => Err(Error::field(format!("{pointer}/{name}"), "not a text", "\"…\"")),
    }
}

fn required(
    object: &mut Map<String, Value>,
    pointer: &str,
    name: &str,
    example: &'static str,
) -> Result<String, Error> {
    let text = optional(object, pointer, name)?.filter(|text| !text.is_empty());
    text.ok_or_else(|| Error::field(format!("{pointer}/{name}"), "missing or empty", example))
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
    /// One for each personal part: the digest of a random salt and the part's canonical text. The
    /// salt is encrypted with the part, so that after erasure the digest tells nothing.
    pub personal: Vec<Digest>,
}

/// The version of the canonical text.
const VERSION: u32 = 1;

impl Record {
    /// The canonical text that a leaf of the log commits to: every field but the two parts of the
    /// payload, which stand in it by their digests.
    pub fn canonical(&self) -> Vec<u8> {
        let draft = &self.draft;
        let personal: Vec<Value> = draft
            .personal
            .iter()
            .zip(&self.personal)
            .map(|(part, digest)| json!({ "person": part.person, "digest": digest.to_string() }))
            .collect();
        json::canonical(&json!({
            "v": VERSION,
            "id": self.id.to_string(),
            "kind": draft.kind,
            "subjects": subjects_json(&draft.subjects),
            "office": draft.office,
            "region": draft.region,
            "valid_at": draft.valid_at.micros(),
            "recorded_at": self.recorded_at.micros(),
            "author": { "on_behalf_of": self.author.on_behalf_of, "account": self.author.account },
            "source": draft.source,
            "class": self.class.word(),
            "corrects": draft.corrects.map(|id| id.to_string()),
            "batch": draft.batch.map(|id| id.to_string()),
            "pack": self.pack.to_string(),
            "open": Digest::of(&[&json::canonical(&Value::Object(draft.open.clone()))]).to_string(),
            "personal": personal,
        }))
    }

    /// The digest of what the sender gave: two records with the same id and the same content
    /// digest are one record sent twice. It covers the personal part unsalted, so it is kept with
    /// the record and never shown.
    pub fn content(&self) -> Digest {
        let draft = &self.draft;
        let personal: Vec<Value> = draft
            .personal
            .iter()
            .map(|part| json!({ "person": part.person, "fields": part.fields }))
            .collect();
        Digest::of(&[&json::canonical(&json!({
            "kind": draft.kind,
            "subjects": subjects_json(&draft.subjects),
            "office": draft.office,
            "region": draft.region,
            "valid_at": draft.valid_at.micros(),
            "source": draft.source,
            "corrects": draft.corrects.map(|id| id.to_string()),
            "batch": draft.batch.map(|id| id.to_string()),
            "author": self.author.on_behalf_of,
            "open": draft.open,
            "personal": personal,
        }))])
    }
}

fn subjects_json(subjects: &[Subject]) -> Vec<Value> {
    subjects.iter().map(|s| json!({ "role": s.role, "id": s.id.as_str() })).collect()
}
