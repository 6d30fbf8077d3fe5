//! Files that belong to records: evidence to an inspection, a picture to a tip-off.
//!
//! A file is a record of its own, of the kind `attachment`, which names the record that it belongs to
//! and the digest of the file; so it lies under the evidence log like any fact, and is seen where the
//! record is seen. The bytes lie in a folder beside the store under their digest ([`Files`]).
//!
//! What shows a person is encrypted under a key of its own, which stands in the personal part of the
//! attachment under the person's key: it is shown to who may read what the record says of persons,
//! that it was read is noted, and an erasure reaches it without touching the file.

mod content;
mod files;

pub use content::MOST_BYTES;
pub use files::Files;

use model::{Draft, PersonalPart, RecordId, Subject, SubjectId, system_kind};
use serde_json::{Map, Value};
use store::Stored;

use self::content::{Content, extension};
use crate::door::{Door, Principal};
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::intake::before::CORRECT;
use crate::keys::{Secret, random};
use crate::people::audit::{Entry, Went, in_name_of};
use crate::people::vault::pseudonym;
use crate::reading::{RecordView, Shown, When, envelope, target};
use crate::system::System;
use crate::time::day;

/// The most files of one record.
pub const MOST: usize = 50;
/// The most characters of a name.
const LONGEST_NAME: usize = 120;
/// The most characters of a note.
const LONGEST_NOTE: usize = 2000;

/// Whom a file shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Shows {
    /// The first person of whom the record speaks, if it speaks of any.
    #[default]
    AsRecord,
    /// Nobody in particular.
    Nobody,
    /// This person, of whom the record speaks.
    Person(String),
}

/// A file that is to be attached.
#[derive(Debug, Clone, Default)]
pub struct NewAttachment {
    /// What the sender calls it.
    pub name: String,
    /// What there is to say of it.
    pub note: String,
    /// Whom it shows.
    pub shows: Shows,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file of a record, as far as the reader may know of it.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// The record that says so.
    pub view: RecordView,
    /// Its media type.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Width and height of a picture.
    pub dots: Option<(u64, u64)>,
    /// What it is called; empty where the reader may not know.
    pub name: String,
    /// What is said of it.
    pub note: String,
    /// Whether it shows a person.
    pub sealed: bool,
    /// Whether the reader can open it; else why not.
    pub state: State,
}

/// Whether a file can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It can.
    Open,
    /// The reader has no permission, or it is restricted.
    Hidden,
    /// The person's key was destroyed.
    Erased,
}

/// A file that was opened.
#[derive(Debug, Clone)]
pub struct Opened {
    /// What is known of it.
    pub attachment: Attachment,
    /// The name under which it is kept by who takes it: letters, digits and hyphens.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

fn subject(record: RecordId) -> Result<SubjectId, Rejection> {
    Ok(format!("record:{record}").parse().map_err(Fault::from)?)
}

/// A text that people wrote, without what is no letter and not too long.
fn plain(text: &str, most: usize) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(most).collect();
    text.trim().to_owned()
}

fn nothing(id: &str) -> Rejection {
    Rejection::NotFound(Fault::new(
        "attachment.nothing",
        format!("the record has no attachment {id}; look at the list of its attachments"),
        format!("此记录没有附件 {id}；请查看附件列表"),
    ))
}

impl System {
    /// The files of attachments.
    pub fn files(&self) -> Files {
        Files::of(self.data())
    }

    /// The record that something is to be attached to, where somebody may do that: who may write such
    /// a record there, or correct it, and sees it or sent it.
    async fn attachable(&self, who: &Principal, id: RecordId) -> Result<Stored, Rejection> {
        let stored = self.reader().record(id).await?;
        let takes = |kind: &str| !system_kind::is(kind) && kind != system_kind::ATTACHMENT;
        let Some(stored) = stored.filter(|stored| takes(&stored.kind)) else {
            return Err(crate::reading::not_found(&id.to_string()));
        };
        let is_sender = who.person.is_none()
            && envelope(&stored)?.author.on_behalf_of == who.on_behalf_of.as_str();
        if !is_sender {
            self.may_read(who)?;
            self.may_see(who, &stored)?;
        }
        self.admits_attaching(who, &stored)?;
        Ok(stored)
    }

    /// Whether somebody may attach a file to a record that they see.
    ///
    /// # Errors
    /// A stored text that does not read, which is damage.
    pub fn may_attach(&self, who: &Principal, view: &RecordView) -> Result<bool, Rejection> {
        if system_kind::is(&view.stored.kind) || view.stored.kind == system_kind::ATTACHMENT {
            return Ok(false);
        }
        Ok(self.admits_attaching(who, &view.stored).is_ok())
    }

    fn admits_attaching(&self, who: &Principal, stored: &Stored) -> Result<(), Rejection> {
        let envelope = envelope(stored)?;
        let pack = self.pack();
        let author = pack.kind(&stored.kind).map_or(CORRECT, |kind| kind.author.as_str());
        let door = Door::new(&pack, day(self.clock().now()));
        let target = target(stored, &envelope);
        let may = door.authorize(who, author, target);
        may.or_else(|denied| door.authorize(who, CORRECT, target).map_err(|_| denied))
    }

    /// Attaches a file to a record, and returns when both are durable.
    ///
    /// # Errors
    /// No such record or none of the reader's; no permission to write such a record; a file that is
    /// too large, of another format or not understood; a person of whom the record does not speak.
    pub async fn attach(
        &self,
        who: &Principal,
        id: RecordId,
        new: NewAttachment,
    ) -> Result<(Receipt, RecordId), Rejection> {
        // No right by which this is let in ends before it is durable.
        let _rights = match &who.person {
            Some(_) => Some(self.people().hold().await),
            None => None,
        };
        let stored = self.attachable(who, id).await?;
        let pack = self.pack();
        let protects = pack.kind(&stored.kind).is_some_and(|kind| kind.informer.is_some());
        if self.attachments_of(id, None).await?.len() >= MOST {
            return Err(Fault::new(
                "attachment.count",
                format!("a record has at most {MOST} attachments; put pictures together in a PDF"),
                format!("一条记录最多 {MOST} 个附件；请合并为 PDF"),
            )
            .at("/file")
            .into());
        }
        let person = whom(&stored, &new.shows)?;
        let (name, note) = (plain(&new.name, LONGEST_NAME), plain(&new.note, LONGEST_NOTE));
        // A name can tell who took a picture.
        let name = if protects { String::new() } else { name };
        let attachment = RecordId::new(self.clock().now(), &random());
        let files = self.files();
        let is_sealed = person.is_some();
        let programs = self.programs();
        // Taking a picture apart and writing it takes a moment.
        let working = tokio::task::spawn_blocking(move || {
            let content = Content::read(&new.bytes, protects).map_err(Rejection::from)?;
            crate::program::scan(&programs, &new.bytes)?;
            let of_content = model::Digest::of(&[&content.bytes]);
            let key: Option<[u8; 32]> = is_sealed.then(random);
            let kept = match key {
                Some(key) => Secret::new(key).seal(random(), &content.bytes, attachment.as_bytes()),
                None => content.bytes.clone(),
            };
            let file = files.put(&kept).map_err(|error| store::Error::NotWritable {
                reason: format!("the file of an attachment: {error}"),
            })?;
            Ok::<_, Rejection>((content, of_content, key, file))
        });
        let worked = working.await;
        let worked = worked.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        let (content, of_content, key, file) = worked?;
        let mut open = Map::new();
        open.insert("media_type".to_owned(), content.media_type.into());
        open.insert("bytes".to_owned(), content.bytes.len().into());
        open.insert("file".to_owned(), file.to_string().into());
        open.insert("sealed".to_owned(), is_sealed.into());
        if let Some((width, height)) = content.dots {
            open.insert("width".to_owned(), width.into());
            open.insert("height".to_owned(), height.into());
        }
        let mut fields = Map::new();
        let of_content = Some(of_content.to_string());
        let said = [("content", of_content), ("name", Some(name)), ("note", Some(note))];
        for (field, value) in said {
            let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
            match is_sealed {
                true => fields.insert(format!("personal_{field}"), value.into()),
                false => open.insert(field.to_owned(), value.into()),
            };
        }
        if let Some(key) = key {
            let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            fields.insert("file_key".to_owned(), key.into());
        }
        let envelope = envelope(&stored)?;
        let draft = Draft {
            id: Some(attachment),
            kind: system_kind::ATTACHMENT.to_owned(),
            subjects: vec![Subject { role: "attached_to".to_owned(), id: subject(id)? }],
            office: envelope.office.as_deref().map(str::to_owned),
            region: envelope.region.clone().into_owned(),
            valid_at: self.clock().now(),
            source: "zhiheng".to_owned(),
            open,
            personal: person.map(|person| PersonalPart { person, fields }).into_iter().collect(),
            corrects: None,
            withdraws: None,
        };
        let receipt = self.append_own(&in_name_of(who), vec![draft], None).await?.pop();
        let receipt =
            receipt.ok_or_else(|| store::Error::Unavailable { reason: "no answer".into() })?;
        Ok((receipt, attachment))
    }

    /// The attachments of a record that count, as they are stored, as of what is merged or of more.
    async fn attachments_of(
        &self,
        record: RecordId,
        known: Option<u64>,
    ) -> Result<Vec<Stored>, Rejection> {
        let as_of = self.as_of(When { valid: None, known }).await?;
        let (subject, kinds) = (subject(record)?, [system_kind::ATTACHMENT]);
        self.records_of(subject.as_str(), &kinds, as_of, MOST + 1).await
    }

    /// The attachments of a record that somebody may see, the oldest first; as of what is merged, or
    /// with those that a receipt promised.
    ///
    /// # Errors
    /// No such record or none of the reader's; a fault of the store.
    pub async fn attachments(
        &self,
        who: &Principal,
        record: RecordId,
        known: Option<u64>,
    ) -> Result<Vec<Attachment>, Rejection> {
        self.stored(who, record).await?;
        let mut seen = Vec::new();
        for stored in self.attachments_of(record, known).await? {
            if self.sees(who, &stored)? {
                seen.push(stored);
            }
        }
        let known = self.reader().size().await?;
        let views = self.views(who, seen, known).await?;
        Ok(views.into_iter().map(Attachment::of).collect())
    }

    /// A file of a record; that it was opened is noted first.
    ///
    /// # Errors
    /// No such record or file, or none that the reader may see; a file that is gone or was changed,
    /// which is damage.
    pub async fn open_attachment(
        &self,
        who: &Principal,
        record: RecordId,
        attachment: RecordId,
    ) -> Result<Opened, Rejection> {
        self.stored(who, record).await?;
        let none = || nothing(&attachment.to_string());
        let stored = self.reader().record(attachment).await?.ok_or_else(none)?;
        if stored.kind != system_kind::ATTACHMENT || !is_of(&stored, record)? {
            return Err(none());
        }
        self.may_see(who, &stored)?;
        let known = self.reader().size().await?;
        let view = self.views(who, vec![stored], known).await?.pop().ok_or_else(none)?;
        if !view.standing.counts {
            return Err(none());
        }
        let personal = view.personal.first().map(|part| part.shown.clone());
        let file = view.open.get("file").and_then(Value::as_str).unwrap_or_default().to_owned();
        let attachment = Attachment::of(view);
        match attachment.state {
            State::Open => {}
            State::Erased => return Err(none()),
            State::Hidden => {
                return Err(Rejection::Denied(Fault::new(
                    "door.permission",
                    "the file shows a person; this needs the permission personal.view for the record",
                    "附件涉及个人；需要对此记录的“查看个人信息”权限（personal.view）",
                )));
            }
        }
        let entry =
            Entry { records: vec![record], detail: Some(&file), ..Entry::of("attachment-read") };
        self.audit(who, Went::Done, entry).await?;
        let (files, wanted) = (self.files(), file.clone());
        let reading = tokio::task::spawn_blocking(move || files.get(&wanted)).await;
        let reading = reading.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        let damaged =
            || store::Error::Damaged { what: format!("the file {file} of an attachment") };
        let kept = reading
            .map_err(|error| store::Error::Unavailable { reason: error.to_string() })?
            .ok_or_else(damaged)?;
        let bytes = match personal {
            Some(Shown::Fields(fields)) => {
                let key = fields.get("file_key").and_then(Value::as_str).and_then(key_of);
                let secret = Secret::new(key.ok_or_else(damaged)?);
                let id = attachment.view.stored.id;
                secret.open(&kept, id.as_bytes()).map_err(|_| damaged())?
            }
            _ => kept,
        };
        let id = attachment.view.stored.id;
        let file_name = format!("{id}.{}", extension(&attachment.media_type));
        Ok(Opened { attachment, file_name, bytes })
    }
}

/// Whether an attachment belongs to a record.
fn is_of(stored: &Stored, record: RecordId) -> Result<bool, Rejection> {
    let (envelope, subject) = (envelope(stored)?, subject(record)?);
    Ok(envelope.subjects.iter().any(|named| named.id == subject.as_str()))
}

/// The name of the key of whom a file shows.
fn whom(stored: &Stored, shows: &Shows) -> Result<Option<String>, Rejection> {
    let mut persons = stored.personal.iter().map(|part| pseudonym(&part.person));
    match shows {
        Shows::Nobody => Ok(None),
        Shows::AsRecord => Ok(persons.next().map(str::to_owned)),
        Shows::Person(person) => match persons.find(|known| known == person) {
            Some(person) => Ok(Some(person.to_owned())),
            None => Err(Fault::new(
                "attachment.person",
                "the record does not speak of this person; choose one of whom it does, or nobody",
                "此记录不涉及该人员；请选择记录涉及的人员，或选择不涉及个人",
            )
            .at("/shows")
            .into()),
        },
    }
}

/// The digest of the file of a record, where that is an attachment.
pub(crate) fn file_of(stored: &Stored) -> Option<String> {
    if stored.kind != system_kind::ATTACHMENT {
        return None;
    }
    let open: Map<String, Value> = serde_json::from_slice(&stored.open).ok()?;
    open.get("file").and_then(Value::as_str).map(str::to_owned)
}

fn key_of(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(key)
}

impl Attachment {
    fn of(view: RecordView) -> Self {
        let open = &view.open;
        let number = |name: &str| open.get(name).and_then(Value::as_u64);
        let sealed = open.get("sealed").and_then(Value::as_bool).unwrap_or(true);
        let personal = view.personal.first().map(|part| &part.shown);
        let (state, fields) = match personal {
            None if !sealed => (State::Open, Some(open)),
            Some(Shown::Fields(fields)) => (State::Open, Some(fields)),
            Some(Shown::Erased) => (State::Erased, None),
            _ => (State::Hidden, None),
        };
        let prefix = if sealed { "personal_" } else { "" };
        let text = |name: &str| {
            let value = fields.and_then(|fields| fields.get(&format!("{prefix}{name}"))?.as_str());
            value.unwrap_or_default().to_owned()
        };
        Self {
            media_type: open
                .get("media_type")
                .and_then(Value::as_str)
                .unwrap_or("application/octet-stream")
                .to_owned(),
            bytes: number("bytes").unwrap_or(0),
            dots: number("width").zip(number("height")),
            name: text("name"),
            note: text("note"),
            sealed,
            state,
            view,
        }
    }
}
