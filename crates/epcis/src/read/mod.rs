//! Documents as streams of events.

mod from_json;
mod from_xml;
mod vocabulary;

use std::io::BufRead;

use crate::event::Event;
use crate::fault::{Fault, Place};
use crate::node::{Name, Namespaces, Node};
use crate::time::Time;

pub use from_json::parse_json;
pub use vocabulary::{Vocabulary, VocabularyElement};

/// What is taken from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one event, header or other member.
    pub bytes: usize,
    /// Levels of nesting.
    pub depth: usize,
    /// Values of one event, or of all that stands beside the events: of JSON each value, of XML each
    /// element and attribute. In memory each takes much more than its bytes.
    pub values: usize,
    /// Bytes of events that are kept while a JSON document has not yet given its context.
    pub late: usize,
}

impl Default for Limits {
    /// 64 MiB and a million and a half values an event (about a million EPCs), 64 levels, 64 MiB before
    /// the context.
    fn default() -> Self {
        Self { bytes: 64 << 20, depth: 64, values: 1_500_000, late: 64 << 20 }
    }
}

/// The kinds of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DocumentKind {
    /// `EPCISDocument`.
    #[default]
    Capture,
    /// `EPCISQueryDocument`.
    Query,
    /// `EPCISMasterDataDocument`.
    MasterData,
    /// One event by itself.
    Event,
}

/// What a document says beside its events; complete when the reader has come to the end.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Which kind.
    pub kind: DocumentKind,
    /// `id`, JSON alone.
    pub id: Option<String>,
    /// `schemaVersion`.
    pub version: Option<String>,
    /// `creationDate`.
    pub created: Option<Time>,
    /// Prefixes of the whole document.
    pub namespaces: Namespaces,
    /// The header and, of JSON, `sender` and the like, as trees.
    pub header: Vec<Node>,
    /// Master data of the header or the body.
    pub vocabularies: Vec<Vocabulary>,
    /// `queryName` of results.
    pub query: Option<String>,
    /// `subscriptionID` of results.
    pub subscription: Option<String>,
    /// Extensions that the document asks to leave out of event hashes.
    pub ignored: Vec<Name>,
    /// What a query document holds instead of results, such as `Poll` or an exception.
    pub request: Option<Node>,
}

/// One event with its place and its bytes.
#[derive(Debug, Clone)]
pub struct Read {
    /// The event.
    pub event: Event,
    /// Where it begins.
    pub place: Place,
    /// Its bytes as they came.
    pub raw: Vec<u8>,
    /// The prefixes that its document had declared where it stood: [`Event::read`] reads the bytes
    /// again with them.
    pub scope: Namespaces,
}

/// A pull reader: one event after the other, whatever the document's length.
///
/// A fault of one event is given in its place and the next follows; a fault of the document's form
/// ends it, which [`Reader::is_broken`] says.
///
/// ```
/// let text = br#"{"@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
///   "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-01-31T08:00:00+08:00",
///   "epcisBody": {"eventList": [{"type": "ObjectEvent", "eventTime": "2026-01-31T08:00:00+08:00",
///   "eventTimeZoneOffset": "+08:00", "action": "ADD", "bizStep": "shiping", "epcList": []}]}}"#;
/// let mut reader = epcis::Reader::new(&text[..], epcis::Limits::default()).unwrap();
/// let fault = reader.next().unwrap().unwrap_err();
/// assert_eq!(fault.place.to_string(), "/epcisBody/eventList/0/bizStep");
/// assert_eq!(fault.code(), "epcis.word");
/// assert!(reader.next().is_none());
/// ```
pub struct Reader<R: BufRead>(Form<R>);

enum Form<R: BufRead> {
    Json(Box<from_json::JsonReader<R>>),
    Xml(Box<from_xml::XmlReader<R>>),
}

impl<R: BufRead> Reader<R> {
    /// Reads JSON or XML, whichever the first character says.
    ///
    /// # Errors
    /// [`crate::Rule::Input`] where nothing can be read.
    pub fn new(mut input: R, limits: Limits) -> Result<Self, Box<Fault>> {
        let bad = |e: std::io::Error| {
            let rule = crate::fault::Rule::Input(e.to_string());
            Fault::new(rule, Place::Pointer(String::new()))
        };
        if input.fill_buf().map_err(bad)?.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
        // Blanks before XML are refused by XML itself, and harmless to skip.
        let mut lines = 1;
        let xml = loop {
            let buffer = input.fill_buf().map_err(bad)?;
            match buffer.iter().position(|b| !b.is_ascii_whitespace()) {
                Some(at) => {
                    lines += buffer[..at].iter().filter(|b| **b == b'\n').count() as u64;
                    let xml = buffer[at] == b'<';
                    input.consume(at);
                    break xml;
                }
                None if buffer.is_empty() => break false,
                None => {
                    let all = buffer.len();
                    lines += buffer.iter().filter(|b| **b == b'\n').count() as u64;
                    input.consume(all);
                }
            }
        };
        Ok(Self(if xml {
            Form::Xml(Box::new(from_xml::XmlReader::new(input, limits, lines)))
        } else {
            Form::Json(Box::new(from_json::JsonReader::new(input, limits)))
        }))
    }

    /// What the document says beside its events; complete at the end.
    pub fn document(&self) -> &Document {
        match &self.0 {
            Form::Json(reader) => reader.document(),
            Form::Xml(reader) => reader.document(),
        }
    }

    /// Whether a fault ended the reading before the document's end.
    pub fn is_broken(&self) -> bool {
        match &self.0 {
            Form::Json(reader) => reader.is_broken(),
            Form::Xml(reader) => reader.is_broken(),
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Read, Box<Fault>>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Form::Json(reader) => reader.next(),
            Form::Xml(reader) => reader.next(),
        }
    }
}

impl Event {
    /// Reads an event again from its bytes and the prefixes in force where it stood, as
    /// [`Read::raw`] and [`Read::scope`] gave them.
    ///
    /// # Errors
    /// The first [`Fault`], with a place within the bytes.
    ///
    /// ```
    /// let raw = br#"<ObjectEvent><eventTime>2026-01-31T08:00:00Z</eventTime>
    ///   <eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList/><action>ADD</action>
    ///   <x:grade>A</x:grade></ObjectEvent>"#;
    /// let scope = epcis::Namespaces::of_context(r#"[{"x":"https://x.example/"}]"#).unwrap();
    /// let event = epcis::Event::read(raw, &scope).unwrap();
    /// assert_eq!(event.extensions[0].name.space, "https://x.example/");
    /// ```
    pub fn read(raw: &[u8], scope: &Namespaces) -> Result<Self, Box<Fault>> {
        let limits = Limits { bytes: usize::MAX, ..Limits::default() };
        if raw.trim_ascii_start().starts_with(b"<") {
            let mut reader = from_xml::XmlReader::within(raw, limits, scope);
            let missing = || {
                let rule = crate::fault::Rule::Missing("event");
                Fault::new(rule, Place::Line(1))
            };
            return reader.next().ok_or_else(missing)?.map(|read| read.event);
        }
        from_json::within(raw, &limits, scope)
    }
}

/// Whether a document of this version is read.
fn is_version(text: &str) -> bool {
    matches!(text, "1" | "1.0" | "1.1" | "1.2" | "2" | "2.0" | "2.0.0" | "2.0.1")
}
