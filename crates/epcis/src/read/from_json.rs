//! The events of a JSON document.

use std::collections::VecDeque;
use std::io::BufRead;

use super::{Document, DocumentKind, Limits, Read, is_version, vocabulary};
use crate::event::Event;
use crate::fault::{Expected, Fault, Many, Place, Rule};
use crate::json::{self, Frames, Json};
use crate::node::{Bad, Name, Namespaces};
use crate::time::Time;

/// Reads a bare event in JSON, with its own context.
///
/// # Errors
/// The first [`Fault`], with a JSON pointer.
pub fn parse_json(text: &[u8]) -> Result<Event, Box<Fault>> {
    bare(text, &Limits::default())
}

fn bare(text: &[u8], limits: &Limits) -> Result<Event, Box<Fault>> {
    let json = parse(text, limits, "")?;
    if json.member("@context").is_none() {
        return Err(Fault::new(Rule::Context, Place::Pointer(String::new())));
    }
    event_of(&json, &Namespaces::default(), "")
}

/// An event that stood where these prefixes were in force.
pub(super) fn within(
    text: &[u8],
    limits: &Limits,
    scope: &Namespaces,
) -> Result<Event, Box<Fault>> {
    event_of(&parse(text, limits, "")?, scope, "")
}

fn parse(text: &[u8], limits: &Limits, under: &str) -> Result<Json, Box<Fault>> {
    parse_some(text, limits.depth, &mut limits.values.clone(), under)
}

fn parse_some(
    text: &[u8],
    depth: usize,
    values: &mut usize,
    under: &str,
) -> Result<Json, Box<Fault>> {
    json::parse(text, depth, values).map_err(|wrong| {
        let place = Place::Pointer(format!("{under}{}", wrong.pointer()));
        Fault::new(wrong.rule, place)
    })
}

fn event_of(json: &Json, spaces: &Namespaces, under: &str) -> Result<Event, Box<Fault>> {
    let place = |bad: Bad| {
        let pointer = json.pointer(bad.at).unwrap_or_default();
        Fault::new(bad.rule, Place::Pointer(format!("{under}{pointer}")))
    };
    let (node, spaces) = json::event_node(json, spaces).map_err(place)?;
    Event::from_node(node, spaces).map_err(place)
}

/// The most members of the document, its body and the like.
const MOST_MEMBERS: usize = 1000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Body,
    Query,
    Results,
    Events(usize),
}

impl Level {
    fn pointer(self) -> &'static str {
        match self {
            Self::Root => "",
            Self::Body => "/epcisBody",
            Self::Query => "/epcisBody/queryResults",
            Self::Results | Self::Events(_) => "/epcisBody/queryResults/resultsBody",
        }
    }
}

pub(super) struct JsonReader<R> {
    frames: Frames<R>,
    limits: Limits,
    /// What is open, and the keys that were seen in it.
    open: Vec<(Level, Vec<String>)>,
    /// Where the list of events is.
    list: String,
    document: Document,
    has_context: bool,
    header: Option<Json>,
    others: Vec<(String, Json)>,
    has_body: bool,
    /// Events that wait for the context.
    waiting: VecDeque<(String, Vec<u8>)>,
    kept: usize,
    /// Bytes of what stands beside the events, and how many values of it may still come.
    beside: usize,
    values: usize,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    New,
    Open,
    /// The text is read; what waits is given.
    Ended,
    Broken,
}

impl<R: BufRead> JsonReader<R> {
    pub(super) fn new(input: R, limits: Limits) -> Self {
        Self {
            frames: Frames::new(input, limits.bytes),
            limits,
            open: Vec::new(),
            list: String::new(),
            document: Document::default(),
            has_context: false,
            header: None,
            others: Vec::new(),
            has_body: false,
            waiting: VecDeque::new(),
            kept: 0,
            beside: 0,
            values: limits.values,
            state: State::New,
        }
    }

    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    pub(super) fn is_broken(&self) -> bool {
        self.state == State::Broken
    }

    pub(super) fn next(&mut self) -> Option<Result<Read, Box<Fault>>> {
        let broken = |state: &mut State, fault| {
            *state = State::Broken;
            Some(Err(fault))
        };
        if self.state == State::Broken {
            return None;
        }
        while matches!(self.state, State::New | State::Open) {
            match self.step() {
                Ok(None) => {}
                Ok(Some((pointer, raw))) if self.has_context => {
                    return Some(self.read(pointer, raw));
                }
                Ok(Some((pointer, raw))) => {
                    self.kept += raw.len() + pointer.len();
                    if self.kept > self.limits.late {
                        let rule = Rule::ContextLate(self.limits.late);
                        let fault = Fault::new(rule, Place::Pointer("/@context".to_owned()));
                        return broken(&mut self.state, fault);
                    }
                    self.waiting.push_back((pointer, raw));
                }
                Err(fault) => return broken(&mut self.state, fault),
            }
        }
        let (pointer, raw) = self.waiting.pop_front()?;
        Some(self.read(pointer, raw))
    }

    fn read(&self, pointer: String, raw: Vec<u8>) -> Result<Read, Box<Fault>> {
        let (event, scope) = if self.document.kind == DocumentKind::Event {
            (bare(&raw, &self.limits)?, Namespaces::default())
        } else {
            let json = parse(&raw, &self.limits, &pointer)?;
            let scope = &self.document.namespaces;
            (event_of(&json, scope, &pointer)?, scope.clone())
        };
        Ok(Read { event, place: Place::Pointer(pointer), raw, scope })
    }

    /// One key, item or end; an event where one was met.
    fn step(&mut self) -> Result<Option<(String, Vec<u8>)>, Box<Fault>> {
        let Some((level, seen)) = self.open.last_mut() else {
            if self.state == State::New {
                self.state = State::Open;
                self.frames.expect(b'{').map_err(|rule| at("", rule))?;
                self.open.push((Level::Root, Vec::new()));
                return Ok(None);
            }
            self.frames.end().map_err(|rule| at("", rule))?;
            return self.finish();
        };
        let level = *level;
        if let Level::Events(number) = level {
            let pointer = format!("{}/{number}", self.list);
            let bad = |rule| at(&pointer, rule);
            if !self.frames.more(number == 0, b']').map_err(bad)? {
                self.open.pop();
                return Ok(None);
            }
            let raw = self.frames.value().map_err(bad)?;
            if let Some((level, _)) = self.open.last_mut() {
                *level = Level::Events(number + 1);
            }
            return Ok(Some((pointer, raw)));
        }
        let here = level.pointer();
        let bad = |rule| at(here, rule);
        if !self.frames.more(seen.is_empty(), b'}').map_err(bad)? {
            self.open.pop();
            return Ok(None);
        }
        let key = self.frames.key().map_err(bad)?;
        let pointer = format!("{here}/{}", json::escape(&key));
        if seen.contains(&key) {
            return Err(at(&pointer, Rule::Twice(key)));
        }
        if seen.len() >= MOST_MEMBERS {
            return Err(bad(Rule::Many(Many::Members, MOST_MEMBERS)));
        }
        seen.push(key.clone());
        self.member(level, key, pointer)
    }

    fn member(
        &mut self,
        level: Level,
        key: String,
        pointer: String,
    ) -> Result<Option<(String, Vec<u8>)>, Box<Fault>> {
        let bad = |rule| at(&pointer, rule);
        let inner = match (level, key.as_str()) {
            (Level::Root, "epcisBody") => {
                self.has_body = true;
                self.frames.stop_record();
                Some(Level::Body)
            }
            (Level::Body, "queryResults") => Some(Level::Query),
            (Level::Query, "resultsBody") => Some(Level::Results),
            _ => None,
        };
        if let Some(inner) = inner {
            self.frames.expect(b'{').map_err(bad)?;
            self.open.push((inner, Vec::new()));
            return Ok(None);
        }
        if matches!(level, Level::Body | Level::Results) && key == "eventList" {
            self.frames.expect(b'[').map_err(bad)?;
            self.open.push((Level::Events(0), Vec::new()));
            self.list = pointer;
            return Ok(None);
        }
        let raw = self.frames.value().map_err(bad)?;
        if level == Level::Body && key == "event" {
            return Ok(Some((pointer, raw)));
        }
        self.beside += raw.len();
        if self.beside > self.limits.bytes {
            return Err(bad(Rule::Large(self.limits.bytes)));
        }
        let json = parse_some(&raw, self.limits.depth, &mut self.values, &pointer)?;
        let text = |expected| {
            let text = json.text().map(str::to_owned);
            text.ok_or_else(|| at(&pointer, Rule::Form(key.clone(), expected)))
        };
        match (level, key.as_str()) {
            (Level::Root, "@context") => {
                json::member_namespaces(&json, &mut self.document.namespaces).map_err(bad)?;
                self.has_context = true;
            }
            (Level::Root, "schemaVersion") => {
                let version = text(Expected::Text)?;
                // Its form matters to documents; an event by itself has none.
                if !is_version(&version) {
                    return Err(at(&pointer, Rule::Version(version)));
                }
                self.document.version = Some(version);
            }
            (Level::Root, "creationDate") => {
                let time = Time::parse(&text(Expected::Time)?);
                let fault = || at(&pointer, Rule::Form(key.clone(), Expected::Time));
                self.document.created = Some(time.ok_or_else(fault)?);
            }
            (Level::Root, "id") => self.document.id = Some(text(Expected::Text)?),
            (Level::Query, "queryName") => self.document.query = Some(text(Expected::Text)?),
            (Level::Query, "subscriptionID") => {
                self.document.subscription = Some(text(Expected::Text)?);
            }
            (Level::Root, "epcisHeader") => self.header = Some(json),
            (Level::Body | Level::Results, "vocabularyList") => {
                let spaces = &self.document.namespaces;
                let found = vocabulary::of_json(&json, spaces);
                self.document.vocabularies = found.map_err(|bad| at(&pointer, bad.rule))?;
            }
            (Level::Root, _) => self.others.push((key, json)),
            _ => return Err(at(&pointer, Rule::Unknown(key))),
        }
        Ok(None)
    }

    /// The text is read to its end: what is missing, and what could not be told before.
    fn finish(&mut self) -> Result<Option<(String, Vec<u8>)>, Box<Fault>> {
        let root = |rule| at("", rule);
        let kind = self.others.iter().find(|(key, _)| key == "type");
        let kind = kind.and_then(|(_, json)| json.text()).unwrap_or_default().to_owned();
        if !self.has_body && kind != "EPCISDocument" && kind != "EPCISQueryDocument" {
            // By itself it may be an event, of whatever type it says.
            self.document.kind = DocumentKind::Event;
            self.state = State::Ended;
            let raw = self.frames.stop_record();
            let raw = raw.ok_or_else(|| root(Rule::Large(self.limits.bytes)))?;
            self.has_context = true;
            self.waiting.push_back((String::new(), raw));
            return Ok(None);
        }
        self.document.kind = match kind.as_str() {
            "EPCISDocument" => DocumentKind::Capture,
            "EPCISQueryDocument" => DocumentKind::Query,
            "" => return Err(root(Rule::Missing("type"))),
            _ => return Err(at("/type", Rule::Document(kind))),
        };
        if !self.has_context {
            return Err(root(Rule::Context));
        }
        if !self.has_body {
            return Err(root(Rule::Missing("epcisBody")));
        }
        if self.document.version.is_none() {
            return Err(root(Rule::Missing("schemaVersion")));
        }
        if self.document.created.is_none() {
            return Err(root(Rule::Missing("creationDate")));
        }
        let spaces = &self.document.namespaces;
        if let Some(header) = &self.header {
            let data =
                header.member("epcisMasterData").and_then(|data| data.member("vocabularyList"));
            if let Some(list) = data {
                let found = vocabulary::of_json(list, spaces);
                let found = found.map_err(|bad| at("/epcisHeader/epcisMasterData", bad.rule))?;
                self.document.vocabularies = found;
            }
        }
        for (key, json) in self.others.iter().filter(|(key, _)| key != "type") {
            let name = match key.split_once(':') {
                Some((prefix, local)) => match spaces.space(prefix) {
                    Some(space) => Name { space: space.to_owned(), local: local.to_owned() },
                    None => {
                        let pointer = format!("/{}", json::escape(key));
                        return Err(at(&pointer, Rule::Prefix(prefix.to_owned())));
                    }
                },
                None => Name::own(key),
            };
            json::into_node(name, json, spaces, &mut self.document.header)
                .map_err(|bad| at(&format!("/{}", json::escape(key)), bad.rule))?;
        }
        if let Some(header) = &self.header {
            json::into_node(Name::own("epcisHeader"), header, spaces, &mut self.document.header)
                .map_err(|bad| at("/epcisHeader", bad.rule))?;
        }
        self.state = State::Ended;
        Ok(None)
    }
}

fn at(pointer: &str, rule: Rule) -> Box<Fault> {
    Fault::new(rule, Place::Pointer(pointer.to_owned()))
}
