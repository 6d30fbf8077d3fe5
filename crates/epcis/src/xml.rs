//! XML as tokens with namespaces, safe: no document type, no entities beyond the five.

use std::io::{self, BufRead};

use quick_xml::events::{BytesStart, Event as Token};

use crate::fault::{Many, Rule};
use crate::node::{Bad, MOST_PREFIX_BYTES, MOST_PREFIXES, Name, Namespaces, Node, normal};
use crate::read::Limits;

/// The most attributes of an element: each is compared with the others.
const MOST_ATTRIBUTES: usize = 256;

const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A start tag.
pub(crate) struct Start {
    pub name: Name,
    pub attributes: Vec<Node>,
    pub line: u32,
}

pub(crate) enum Part {
    Start(Start),
    End,
    Text(String),
    Eof,
}

pub(crate) struct Xml<R: BufRead> {
    reader: quick_xml::Reader<Meter<R>>,
    buffer: Vec<u8>,
    spaces: Vec<(String, String)>,
    /// How many namespaces were declared outside each open element.
    marks: Vec<usize>,
    depth: usize,
    most: usize,
    /// Elements and attributes since [`Xml::begin`], and how many there may be.
    values: usize,
    most_values: usize,
    /// Bytes and values of what stands beside the events, while an event is read.
    beside: Option<(usize, usize)>,
    /// Prefixes that were in force before anything was read.
    given: usize,
}

impl<R: BufRead> Xml<R> {
    pub(crate) fn new(input: R, limits: &Limits, line: u64) -> Self {
        let Limits { bytes: most, depth, values: most_values, .. } = *limits;
        let meter = Meter { input, line, used: 0, most, over: false, record: None };
        let mut reader = quick_xml::Reader::from_reader(meter);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            spaces: Vec::new(),
            marks: Vec::new(),
            depth,
            most,
            values: 0,
            most_values,
            beside: None,
            given: 0,
        }
    }

    /// Puts prefixes in force before anything is read.
    pub(crate) fn declare(&mut self, scope: &Namespaces) {
        self.spaces.extend(scope.0.iter().cloned());
        self.given = self.spaces.len();
    }

    pub(crate) fn line(&self) -> u64 {
        self.reader.get_ref().line
    }

    fn bad(&self, rule: Rule) -> Bad {
        Bad::new(rule, u32::try_from(self.line()).unwrap_or(u32::MAX))
    }

    /// Keeps the bytes from here if asked to. An item of a list of events is counted by itself, all else
    /// together.
    pub(crate) fn begin(&mut self, keep: bool, item: bool) {
        let meter = self.reader.get_mut();
        if item {
            self.beside.get_or_insert((meter.used, self.values));
            (meter.used, self.values) = (0, 0);
        } else if let Some(beside) = self.beside.take() {
            (meter.used, self.values) = beside;
        }
        meter.record = keep.then(Vec::new);
    }

    /// The bytes since [`Xml::begin`].
    pub(crate) fn raw(&mut self) -> Vec<u8> {
        let mut raw = self.reader.get_mut().record.take().unwrap_or_default();
        if !raw.starts_with(b"<") {
            raw.insert(0, b'<');
        }
        raw
    }

    /// The prefixes in force, without that of EPCIS itself.
    pub(crate) fn namespaces(&self) -> Namespaces {
        let mut found = Namespaces::default();
        for (prefix, space) in &self.spaces {
            if !prefix.is_empty() {
                // No more are in force than fit.
                let _ = found.declare(prefix, space);
            }
        }
        found
    }

    pub(crate) fn next(&mut self) -> Result<Part, Bad> {
        loop {
            self.buffer.clear();
            let mut buffer = std::mem::take(&mut self.buffer);
            let token = self.reader.read_event_into(&mut buffer).map(Token::into_owned);
            self.buffer = buffer;
            let token = match token {
                Ok(token) => token,
                Err(_) if self.reader.get_ref().over => {
                    return Err(self.bad(Rule::Large(self.most)));
                }
                Err(quick_xml::Error::Io(error)) => {
                    return Err(self.bad(Rule::Input(error.to_string())));
                }
                Err(error) => return Err(self.bad(Rule::Xml(error.to_string()))),
            };
            match token {
                Token::Start(start) | Token::Empty(start) => {
                    return self.start(&start).map(Part::Start);
                }
                Token::End(_) => {
                    let mark = self.marks.pop().unwrap_or(0);
                    self.spaces.truncate(mark);
                    return Ok(Part::End);
                }
                Token::Text(text) => {
                    let text = text.xml10_content().map_err(|_| self.bad(Rule::Encoding))?;
                    return self.checked(text.into_owned()).map(Part::Text);
                }
                Token::CData(text) => {
                    let text = text.xml10_content().map_err(|_| self.bad(Rule::Encoding))?;
                    return self.checked(text.into_owned()).map(Part::Text);
                }
                Token::GeneralRef(reference) => {
                    let name = reference.decode().map_err(|_| self.bad(Rule::Encoding))?;
                    let found = match &*name {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => reference.resolve_char_ref().ok().flatten(),
                    };
                    let Some(found) = found else {
                        return Err(self.bad(Rule::Unsafe(format!("&{name};"))));
                    };
                    return self.checked(found.to_string()).map(Part::Text);
                }
                Token::DocType(_) => {
                    return Err(self.bad(Rule::Unsafe("<!DOCTYPE>".to_owned())));
                }
                Token::Decl(declaration) => {
                    if let Some(Ok(encoding)) = declaration.encoding() {
                        let name = String::from_utf8_lossy(&encoding).to_ascii_lowercase();
                        if !matches!(name.as_str(), "utf-8" | "utf8" | "us-ascii") {
                            return Err(self.bad(Rule::Unsafe(format!("encoding {name}"))));
                        }
                    }
                }
                Token::Comment(_) | Token::PI(_) => {}
                Token::Eof if self.marks.is_empty() => return Ok(Part::Eof),
                Token::Eof => {
                    return Err(self.bad(Rule::Xml("the text ends early".to_owned())));
                }
            }
        }
    }

    /// XML has no characters below the blank but tab and line ends.
    fn checked(&self, text: String) -> Result<String, Bad> {
        let odd = |c: char| {
            (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
        };
        match text.contains(odd) {
            true => Err(self.bad(Rule::Xml("a control character stands in text".to_owned()))),
            false => Ok(text),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<Start, Bad> {
        if self.marks.len() >= self.depth {
            return Err(self.bad(Rule::Deep(self.depth)));
        }
        self.marks.push(self.spaces.len());
        let line = u32::try_from(self.line()).unwrap_or(u32::MAX);
        self.count()?;
        let mut plain = Vec::new();
        for (number, attribute) in start.attributes().enumerate() {
            if number >= MOST_ATTRIBUTES {
                return Err(self.bad(Rule::Many(Many::Attributes, MOST_ATTRIBUTES)));
            }
            self.count()?;
            let attribute = attribute.map_err(|e| self.bad(Rule::Xml(e.to_string())))?;
            let name = std::str::from_utf8(attribute.key.as_ref())
                .map_err(|_| self.bad(Rule::Encoding))?
                .to_owned();
            std::str::from_utf8(&attribute.value).map_err(|_| self.bad(Rule::Encoding))?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|e| self.bad(Rule::Xml(e.to_string())))?;
            let value = self.checked(value.into_owned())?;
            if name == "xmlns" {
                self.spaces.push((String::new(), value));
            } else if let Some(prefix) = name.strip_prefix("xmlns:") {
                self.spaces.push((prefix.to_owned(), value));
            } else {
                plain.push((name, value));
            }
        }
        if self.spaces.len() > self.marks.last().copied().unwrap_or(0) {
            self.check_prefixes()?;
        }
        let name = std::str::from_utf8(start.name().into_inner())
            .map_err(|_| self.bad(Rule::Encoding))?
            .to_owned();
        let name = self.name(&name, true)?;
        let mut attributes: Vec<Node> = Vec::new();
        for (name, value) in plain {
            let name = self.name(&name, false)?;
            if name.space == INSTANCE || name.space == XML {
                continue;
            }
            if attributes.iter().any(|other| other.name == name) {
                return Err(self.bad(Rule::Twice(name.local)));
            }
            let value = value.trim().to_owned();
            attributes.push(Node { name, value, attribute: true, at: line, ..Node::default() });
        }
        Ok(Start { name, attributes, line })
    }

    fn count(&mut self) -> Result<(), Bad> {
        self.values += 1;
        match self.values > self.most_values {
            true => Err(self.bad(Rule::Many(Many::Values, self.most_values))),
            false => Ok(()),
        }
    }

    /// No more prefixes are open than [`Namespaces`] take.
    fn check_prefixes(&self) -> Result<(), Bad> {
        let own = self.spaces.get(self.given..).unwrap_or_default();
        let bytes: usize = own.iter().map(|(prefix, space)| prefix.len() + space.len()).sum();
        match (own.len() > MOST_PREFIXES, bytes > MOST_PREFIX_BYTES) {
            (true, _) => Err(self.bad(Rule::Many(Many::Prefixes, MOST_PREFIXES))),
            (_, true) => Err(self.bad(Rule::Many(Many::PrefixBytes, MOST_PREFIX_BYTES))),
            _ => Ok(()),
        }
    }

    fn name(&self, text: &str, element: bool) -> Result<Name, Bad> {
        let (prefix, local) = text.split_once(':').unwrap_or(("", text));
        let space = if prefix.is_empty() && !element {
            ""
        } else if prefix == "xml" {
            XML
        } else {
            let found = self.spaces.iter().rev().find(|(p, _)| p == prefix);
            match found {
                Some((_, space)) => space,
                None if prefix.is_empty() => "",
                None => return Err(self.bad(Rule::Prefix(prefix.to_owned()))),
            }
        };
        let space = if is_epcis(space) { "" } else { normal(space) };
        Ok(Name { space: space.to_owned(), local: local.to_owned() })
    }

    /// The element that was just opened, with all that is in it. Wrappers of EPCIS 1.x for later
    /// additions (`extension`, `baseExtension`) are taken away where `own`.
    pub(crate) fn tree(&mut self, start: Start, own: bool) -> Result<Node, Bad> {
        let own = own && start.name.space.is_empty() && start.name.local != "ilmd";
        let mut node = Node {
            name: start.name,
            children: start.attributes,
            at: start.line,
            ..Node::default()
        };
        loop {
            match self.next()? {
                Part::Start(start) => {
                    let wrapper = own
                        && start.name.space.is_empty()
                        && matches!(start.name.local.as_str(), "extension" | "baseExtension");
                    let child = self.tree(start, own)?;
                    if wrapper {
                        node.children.extend(child.children);
                    } else {
                        node.children.push(child);
                    }
                }
                Part::Text(text) => node.value.push_str(&text),
                Part::End => break,
                Part::Eof => return Err(self.bad(Rule::Xml("the text ends early".to_owned()))),
            }
        }
        let trimmed = node.value.trim();
        if trimmed.len() < node.value.len() {
            node.value = trimmed.to_owned();
        }
        Ok(node)
    }
}

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Whether a namespace is that of EPCIS itself or of schema instances: events have none of theirs.
pub(crate) fn is_of_schema(space: &str) -> bool {
    is_epcis(space) || space == INSTANCE
}

fn is_epcis(space: &str) -> bool {
    space.starts_with("urn:epcglobal:epcis") && space.contains(":xsd:")
}

/// Counts lines and bytes, and gives no more than is allowed.
struct Meter<R> {
    input: R,
    line: u64,
    used: usize,
    most: usize,
    over: bool,
    record: Option<Vec<u8>>,
}

impl<R: BufRead> io::Read for Meter<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let buffer = self.fill_buf()?;
        let taken = buffer.len().min(out.len());
        out[..taken].copy_from_slice(&buffer[..taken]);
        self.consume(taken);
        Ok(taken)
    }
}

impl<R: BufRead> BufRead for Meter<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used > self.most {
            self.over = true;
            return Err(io::Error::other("too large"));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(buffer) = self.input.fill_buf() {
            let taken = &buffer[..amount.min(buffer.len())];
            self.line += taken.iter().filter(|b| **b == b'\n').count() as u64;
            if let Some(record) = &mut self.record {
                record.extend_from_slice(taken);
            }
        }
        self.used += amount;
        self.input.consume(amount);
    }
}
