//! `documents/*.toml`: any number of documents and parts in a file.

use std::collections::BTreeMap;

use super::{Document, Line, Place as Filled, Shape, Span, place};
use crate::context::{Context, Place};
use crate::fault::FaultCode;
use crate::manifest::duplicate;
use crate::source::{Form, Node, Read, Table, nearest};

/// A document or a part as it was read, with the lines of its text.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    pub(super) place: Place,
    is_part: bool,
    document: Document,
    lines: Vec<(Place, String)>,
}

/// A line and where it stands.
pub(crate) type Placed = (Place, Line);

pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Vec<Reading> {
    let mut found = Vec::new();
    for part in table.tables("part", "part", cx) {
        found.extend(read_one(part, true, cx));
    }
    for document in table.tables("document", "document", cx) {
        found.extend(read_one(document, false, cx));
    }
    table.finish(cx);
    found
}

fn read_one(mut table: Table<'_>, is_part: bool, cx: &mut Context) -> Option<Reading> {
    let id = table.id("id", Form::Kebab, cx)?;
    let (mut label, mut served_by) = (<codes::Label as Read>::blank(), Vec::new());
    let (mut law, mut form, mut addressee, mut numbered) = (None, None, None, None);
    if !is_part {
        label = table.required("label", cx);
        law = table.optional("law", cx);
        form = table.optional("form", cx);
        addressee = table.optional("addressee", cx);
        numbered = table.optional("numbered", cx);
        served_by = table.optional("served_by", cx).unwrap_or_default();
    }
    let lines = match table.take("body") {
        Some(node) => read_body(node, cx),
        None => {
            let what = format!("the {} has no body", table.what);
            cx.fault(FaultCode::MissingKey, &table.place(), what, "add body = \"\"\"…\"\"\"");
            Vec::new()
        }
    };
    table.finish(cx);
    let document = Document {
        id: id.value,
        label,
        law,
        form,
        addressee,
        numbered,
        served_by,
        body: Vec::new(),
    };
    Some(Reading { place: id.place, is_part, document, lines })
}

/// The lines of a text that are not empty, each with its place in the file.
fn read_body(node: Node<'_>, cx: &mut Context) -> Vec<(Place, String)> {
    let Some(text) = String::read(node, cx) else { return Vec::new() };
    let first = node.place();
    // What stands behind opening quotes at the end of a line begins on the next one.
    let written = node.source.text.get(node.value.span().start..).unwrap_or_default();
    let opens = written.split_once('\n').map_or("", |(line, _)| line.trim_end());
    let below = usize::from(matches!(opens, "\"\"\"" | "'''"));
    let place = |at: usize| Place { file: first.file.clone(), line: first.line + below + at };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| (place(at), line.trim().to_owned())).collect()
}

/// Puts the parts into the documents and reads their lines; each line keeps its place.
pub(crate) fn build(
    readings: Vec<Reading>,
    cx: &mut Context,
) -> BTreeMap<String, (Place, Document, Vec<Place>)> {
    let mut parts: BTreeMap<String, (Place, Vec<Placed>)> = BTreeMap::new();
    let (shared, documents): (Vec<_>, Vec<_>) = readings.into_iter().partition(|r| r.is_part);
    for part in shared {
        let name = part.document.id;
        if let Some((first, _)) = parts.get(&name) {
            duplicate("part", &name, &part.place, first, cx);
            continue;
        }
        let mut lines = Vec::new();
        for (place, line) in part.lines {
            match line.strip_prefix('@') {
                Some(_) => {
                    let what = "a part stands within a part";
                    let remedy = "write its lines here, or name both in the document";
                    cx.fault(FaultCode::BadValue, &place, what, remedy);
                }
                None => lines.push((place.clone(), read_line(&line, &place, cx))),
            }
        }
        parts.insert(name, (part.place, lines));
    }
    let mut found: BTreeMap<String, (Place, Document, Vec<Place>)> = BTreeMap::new();
    for reading in documents {
        let mut document = reading.document;
        if let Some((first, ..)) = found.get(&document.id) {
            duplicate("document", &document.id, &reading.place, first, cx);
            continue;
        }
        let mut places = Vec::new();
        for (place, line) in reading.lines {
            let Some(name) = line.strip_prefix('@') else {
                document.body.push(read_line(&line, &place, cx));
                places.push(place);
                continue;
            };
            let name = name.trim();
            let Some((_, lines)) = parts.get(name) else {
                let what = format!("the document {} names the part {name}", document.id);
                let remedy = match nearest(name, parts.keys().map(String::as_str)) {
                    Some(meant) => format!("write @{meant}, if that is meant, or add the part"),
                    None => format!("add a [[part]] with id = \"{name}\""),
                };
                cx.fault(FaultCode::UnknownName, &place, what, remedy);
                continue;
            };
            for (place, line) in lines {
                document.body.push(line.clone());
                places.push(place.clone());
            }
        }
        found.insert(document.id.clone(), (reading.place, document, places));
    }
    found
}

fn read_line(text: &str, place: &Place, cx: &mut Context) -> Line {
    let (may_go, text) = match text.strip_prefix('?') {
        Some(rest) => (true, rest.trim()),
        None => (false, text),
    };
    if text == "{fields}" {
        return Line { shape: Shape::Rest, may_go, cells: Vec::new() };
    }
    let mut signs = text.chars();
    let shape = match signs.next() {
        Some('#') => Shape::Heading,
        Some('=') => Shape::Centred,
        Some('>') => Shape::Right,
        Some('~') => Shape::Flush,
        Some('|') => Shape::Row,
        _ => Shape::Paragraph,
    };
    let rest = if shape == Shape::Paragraph { text } else { signs.as_str().trim() };
    let cells: Vec<&str> = match shape {
        Shape::Row => rest.strip_suffix('|').unwrap_or(rest).split('|').map(str::trim).collect(),
        _ => vec![rest],
    };
    let cells = cells.into_iter().map(|cell| read_spans(cell, place, cx)).collect();
    Line { shape, may_go, cells }
}

fn read_spans(text: &str, place: &Place, cx: &mut Context) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            spans.push(Span::Text(before.to_owned()));
        }
        let Some((name, behind)) = after.split_once('}') else {
            let what = "a brace is opened and not closed";
            cx.fault(FaultCode::BadValue, place, what, "add the closing brace");
            return spans;
        };
        match name.trim().parse::<Filled>() {
            Ok(filled) => spans.push(Span::Place(filled)),
            Err(()) => {
                let what = format!("{{{name}}} is nothing that can be filled in");
                let remedy = format!("write one of {}", place::all());
                cx.fault(FaultCode::UnknownName, place, what, remedy);
            }
        }
        rest = behind;
    }
    if !rest.is_empty() {
        spans.push(Span::Text(rest.to_owned()));
    }
    spans
}
