//! The events of an XML document.

use std::io::BufRead;

use super::{Document, DocumentKind, Limits, Read, is_version, vocabulary};
use crate::event::{Event, EventType};
use crate::fault::{Expected, Fault, Place, Rule};
use crate::node::{Bad, Namespaces, Node};
use crate::time::Time;
use crate::xml::{Part, Start, Xml};

pub(super) struct XmlReader<R: BufRead> {
    xml: Xml<R>,
    document: Document,
    open: Vec<Level>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Body,
    Query,
    Results,
    Events,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Ended,
    Broken,
}

impl<R: BufRead> XmlReader<R> {
    pub(super) fn new(input: R, limits: Limits, line: u64) -> Self {
        Self {
            xml: Xml::new(input, &limits, line),
            document: Document::default(),
            open: Vec::new(),
            state: State::New,
        }
    }

    /// An event that stood where these prefixes were in force.
    pub(super) fn within(input: R, limits: Limits, scope: &Namespaces) -> Self {
        let mut reader = Self::new(input, limits, 1);
        reader.xml.declare(scope);
        reader
    }

    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    pub(super) fn is_broken(&self) -> bool {
        self.state == State::Broken
    }

    pub(super) fn next(&mut self) -> Option<Result<Read, Box<Fault>>> {
        while matches!(self.state, State::New | State::Open) {
            match self.step() {
                Ok(Some(Ok(read))) => return Some(Ok(read)),
                Ok(Some(Err(bad))) => return Some(Err(at(bad))),
                Ok(None) => {}
                Err(bad) => {
                    self.state = State::Broken;
                    return Some(Err(at(bad)));
                }
            }
        }
        None
    }

    /// One token; the event or its fault where one was met. The outer fault is of the document.
    fn step(&mut self) -> Result<Option<Result<Read, Bad>>, Bad> {
        let in_list = self.open.last() == Some(&Level::Events);
        self.xml.begin(in_list || self.state == State::New, in_list);
        match self.xml.next()? {
            Part::Start(start) if self.state == State::New => {
                self.state = State::Open;
                self.root(start)
            }
            Part::Start(start) => self.element(start),
            Part::End => {
                self.open.pop();
                Ok(None)
            }
            Part::Text(text) if text.trim().is_empty() => Ok(None),
            Part::Text(_) if self.open.is_empty() => {
                Err(self.here(Rule::Xml("text outside of the document".to_owned())))
            }
            Part::Text(text) => Err(self.here(Rule::Unknown(text.trim().to_owned()))),
            Part::Eof if self.state == State::New => {
                Err(self.here(Rule::Xml("the text ends early".to_owned())))
            }
            Part::Eof => {
                self.state = State::Ended;
                self.complete().map(|()| None)
            }
        }
    }

    fn here(&self, rule: Rule) -> Bad {
        Bad::new(rule, u32::try_from(self.xml.line()).unwrap_or(u32::MAX))
    }

    fn root(&mut self, start: Start) -> Result<Option<Result<Read, Bad>>, Bad> {
        let name = start.name.local.as_str();
        self.document.kind = match name {
            _ if !start.name.space.is_empty() => {
                return Err(Bad::new(Rule::Document(name.to_owned()), start.line));
            }
            "EPCISDocument" => DocumentKind::Capture,
            "EPCISQueryDocument" => DocumentKind::Query,
            "EPCISMasterDataDocument" => DocumentKind::MasterData,
            _ if EventType::of_name(name).is_some() => {
                self.document.kind = DocumentKind::Event;
                let read = self.event(start)?;
                return Ok(Some(read));
            }
            _ => return Err(Bad::new(Rule::Document(name.to_owned()), start.line)),
        };
        self.document.namespaces = self.xml.namespaces();
        for attribute in &start.attributes {
            match attribute.name.local.as_str() {
                _ if !attribute.name.space.is_empty() => {}
                "schemaVersion" => {
                    if !is_version(&attribute.value) {
                        return Err(Bad::new(Rule::Version(attribute.value.clone()), start.line));
                    }
                    self.document.version = Some(attribute.value.clone());
                }
                "creationDate" => {
                    let form = Rule::Form("creationDate".to_owned(), Expected::Time);
                    let time = Time::parse(&attribute.value);
                    self.document.created = Some(time.ok_or_else(|| Bad::new(form, start.line))?);
                }
                _ => {}
            }
        }
        for (name, found) in [
            ("schemaVersion", self.document.version.is_some()),
            ("creationDate", self.document.created.is_some()),
        ] {
            if !found {
                return Err(Bad::new(Rule::Missing(name), start.line));
            }
        }
        self.open.push(Level::Root);
        Ok(None)
    }

    fn element(&mut self, start: Start) -> Result<Option<Result<Read, Bad>>, Bad> {
        let Some(&level) = self.open.last() else {
            return Err(self.here(Rule::Xml("text outside of the document".to_owned())));
        };
        let own = start.name.space.is_empty();
        let inner = match (level, start.name.local.as_str()) {
            _ if !own => None,
            (Level::Root, "EPCISBody") => Some(Level::Body),
            (Level::Body, "QueryResults") => Some(Level::Query),
            (Level::Query, "resultsBody") => Some(Level::Results),
            (Level::Body | Level::Results, "EventList") => Some(Level::Events),
            // Events of later versions were wrapped by 1.x.
            (Level::Events, "extension") => Some(Level::Events),
            _ => None,
        };
        if let Some(inner) = inner {
            self.open.push(inner);
            return Ok(None);
        }
        if level == Level::Events {
            return self.event(start).map(Some);
        }
        let line = start.line;
        let node = self.xml.tree(start, false)?;
        match (level, node.name.local.as_str()) {
            (Level::Root, "ignoreFields") if !own => {
                self.document.ignored = node.children.into_iter().map(|c| c.name).collect();
            }
            (Level::Root, "EPCISHeader") => {
                let mut lists = Vec::new();
                node.inner(&mut |inner| {
                    if inner.name.local == "VocabularyList" {
                        lists.push(inner.clone());
                    }
                });
                self.document.vocabularies = lists.iter().flat_map(vocabulary::of_xml).collect();
                self.document.header.push(node);
            }
            (Level::Root, _) => self.document.header.push(node),
            (Level::Body | Level::Results, "VocabularyList") => {
                self.document.vocabularies.extend(vocabulary::of_xml(&node));
            }
            (Level::Query, "queryName") => self.document.query = Some(node.value),
            (Level::Query, "subscriptionID") => self.document.subscription = Some(node.value),
            (Level::Body, _) if self.document.kind == DocumentKind::Query => {
                self.document.request = Some(node);
            }
            _ if !own => {}
            (_, name) => return Err(Bad::new(Rule::Unknown(name.to_owned()), line)),
        }
        Ok(None)
    }

    /// An event: a fault of its form is the document's, a fault of what it says its own.
    fn event(&mut self, start: Start) -> Result<Result<Read, Bad>, Bad> {
        let line = start.line;
        let scope = self.xml.namespaces();
        let node = self.xml.tree(start, true)?;
        let raw = self.xml.raw();
        Ok(Event::from_node(node, scope.clone()).map(|event| Read {
            scope,
            event,
            place: Place::Line(u64::from(line)),
            raw,
        }))
    }

    /// A request must name its query.
    fn complete(&self) -> Result<(), Bad> {
        let Some(request) = &self.document.request else { return Ok(()) };
        let needs = matches!(request.name.local.as_str(), "Poll" | "Subscribe");
        let named = |node: &Node| node.child("queryName").is_some_and(|n| !n.value.is_empty());
        if needs && !named(request) {
            return Err(Bad::new(Rule::Missing("queryName"), request.at));
        }
        Ok(())
    }
}

fn at(bad: Bad) -> Box<Fault> {
    Fault::new(bad.rule, Place::Line(u64::from(bad.at)))
}
