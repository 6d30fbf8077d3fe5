//! The event hash (CBV 2.0, section 8.9): one digest for all spellings of one event.

use sha2::{Digest, Sha256};

use crate::event::Event;
use crate::node::Node;
use crate::number::canonical_number;
use crate::time::Time;
use crate::words::canonical_any;

/// One key for what an identifier names: the canonical Digital Link of a GS1 key, however it was
/// written; another identifier as it is.
///
/// ```
/// let urn = "urn:epc:id:sgtin:4012345.011111.9876";
/// assert_eq!(epcis::canonical_id(urn), "https://id.gs1.org/01/04012345111118/21/9876");
/// assert_eq!(epcis::canonical_id("https://shop.example/01/04012345111118/21/9876"), epcis::canonical_id(urn));
/// assert_eq!(epcis::canonical_id("urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"), "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8");
/// ```
pub fn canonical_id(text: &str) -> String {
    let may_be = ["urn:epc:", "http://", "https://"].iter().any(|start| text.starts_with(start));
    let found = may_be.then(|| codes::gs1::canonical_digital_link(text).ok()).flatten();
    found.unwrap_or_else(|| text.to_owned())
}

impl Event {
    /// The event hash as a named information URI, `ni:///sha-256;…?ver=CBV2.0`.
    ///
    /// What says nothing of the event itself takes no part: `eventID`, `recordTime`,
    /// `errorDeclaration` and comments.
    pub fn hash(&self) -> String {
        self.hash_without(&|_| false)
    }

    /// The event hash without the extensions of the event that `ignored` names, as
    /// [`crate::Document::ignored`] may ask.
    pub fn hash_without(&self, ignored: &dyn Fn(&Node) -> bool) -> String {
        use std::fmt::Write;
        let digest = Sha256::digest(self.pre_hash_without(ignored).as_bytes());
        let mut out = String::with_capacity(92);
        out.push_str("ni:///sha-256;");
        for byte in digest {
            let _ = write!(out, "{byte:02x}");
        }
        out.push_str("?ver=CBV2.0");
        out
    }

    /// The text that is hashed.
    pub fn pre_hash(&self) -> String {
        self.pre_hash_without(&|_| false)
    }

    /// The text that [`Event::hash_without`] hashes.
    pub fn pre_hash_without(&self, ignored: &dyn Fn(&Node) -> bool) -> String {
        let mut node = self.to_node();
        node.children.retain(|child| child.name.space.is_empty() || !ignored(child));
        let mut out = format!("eventType={}", node.name.local);
        // What a report says beyond the standard comes with what has no order, under its path.
        let mut rest = Vec::new();
        if let Some(list) = node.children.iter_mut().find(|c| c.name.local == "sensorElementList") {
            strays(list, &mut rest);
        }
        for name in ORDER {
            of_name(&mut out, &node, name);
        }
        for child in &node.children {
            let own = child.name.space.is_empty();
            if own
                && (ORDER.contains(&child.name.local.as_str())
                    || IGNORED.contains(&child.name.local.as_str()))
            {
                continue;
            }
            rest.push(alone(child, if own { known } else { extension }));
        }
        rest.sort_unstable();
        out.extend(rest);
        out
    }
}

/// Members of the event in their order; what is not named here follows, sorted as text.
const ORDER: &[&str] = &[
    "eventTime",
    "eventTimeZoneOffset",
    "certificationInfo",
    "epcList",
    "parentID",
    "inputEPCList",
    "childEPCs",
    "quantityList",
    "childQuantityList",
    "inputQuantityList",
    "outputEPCList",
    "outputQuantityList",
    "action",
    "transformationID",
    "bizStep",
    "disposition",
    "persistentDisposition",
    "readPoint",
    "bizLocation",
    "sensorElementList",
];

const IGNORED: &[&str] = &["eventID", "recordTime", "errorDeclaration"];

/// Members of other elements in their order.
const INNER: &[(&str, &[&str])] = &[
    ("quantityElement", &["epcClass", "quantity", "uom"]),
    ("persistentDisposition", &["set", "unset"]),
    ("sensorElement", &["sensorMetadata", "sensorReport"]),
    (
        "sensorMetadata",
        &[
            "time",
            "startTime",
            "endTime",
            "deviceID",
            "deviceMetadata",
            "rawData",
            "dataProcessingMethod",
            "bizRules",
        ],
    ),
    (
        "sensorReport",
        &[
            "type",
            "exception",
            "deviceID",
            "deviceMetadata",
            "rawData",
            "dataProcessingMethod",
            "time",
            "microorganism",
            "chemicalSubstance",
            "value",
            "component",
            "stringValue",
            "booleanValue",
            "hexBinaryValue",
            "uriValue",
            "minValue",
            "maxValue",
            "meanValue",
            "sDev",
            "percRank",
            "percValue",
            "uom",
            "coordinateReferenceSystem",
        ],
    ),
];

fn strays(list: &mut Node, rest: &mut Vec<String>) {
    for element in &mut list.children {
        for report in element.children.iter_mut().filter(|c| c.name.local == "sensorReport") {
            let is_stray = |c: &Node| c.name.space.is_empty() && c.name.local == "bizRules";
            for stray in report.children.iter().filter(|c| is_stray(c)) {
                let stray = alone(stray, known);
                rest.push(format!("sensorElementListsensorElementsensorReport{stray}"));
            }
            report.children.retain(|c| !is_stray(c));
        }
    }
}

/// Writes a node; nothing where it says nothing.
type Writes = fn(&mut String, &Node);

/// What a node says, by itself.
fn alone(node: &Node, write: Writes) -> String {
    let mut text = String::new();
    write(&mut text, node);
    text
}

/// Nodes, sorted as text. Most often there is one, which goes where all of it goes.
fn sorted<'n>(out: &mut String, nodes: impl Iterator<Item = &'n Node>, write: Writes) {
    let mut nodes = nodes.peekable();
    let Some(first) = nodes.next() else { return };
    if nodes.peek().is_none() {
        return write(out, first);
    }
    let mut texts: Vec<String> =
        std::iter::once(first).chain(nodes).map(|node| alone(node, write)).collect();
    texts.sort_unstable();
    texts.iter().for_each(|text| out.push_str(text));
}

/// All children of a name.
fn of_name(out: &mut String, node: &Node, name: &str) {
    let found = node.children.iter().filter(|c| c.name.space.is_empty() && c.name.local == name);
    sorted(out, found, known);
}

/// An element that EPCIS defines, with its name.
fn known(out: &mut String, node: &Node) {
    let name = node.name.local.as_str();
    if matches!(name, "bizTransaction" | "source" | "destination") {
        // The type stands first.
        if let Some(kind) = node.child("type") {
            known(out, kind);
        }
        out.push_str(name);
        out.push('=');
        out.push_str(&value(name, &node.value));
        return;
    }
    let start = out.len();
    out.push_str(name);
    let value = value(name, &node.value);
    if !value.is_empty() {
        out.push('=');
        out.push_str(&value);
    }
    let inside = out.len();
    match INNER.iter().find(|(of, _)| *of == name) {
        Some((_, order)) => order.iter().for_each(|child| of_name(out, node, child)),
        None => sorted(out, node.children.iter().filter(|c| c.name.space.is_empty()), known),
    }
    sorted(out, node.children.iter().filter(|c| !c.name.space.is_empty()), extension);
    if value.is_empty() && out.len() == inside {
        out.truncate(start);
    }
}

const COMMENTS: &str = "http://www.w3.org/2000/01/rdf-schema#";

/// What is not of EPCIS.
fn extension(out: &mut String, node: &Node) {
    if node.name.space == COMMENTS && node.name.local == "comment" {
        return;
    }
    if !node.name.space.is_empty() {
        out.push('{');
        out.push_str(&node.name.space);
        out.push('}');
    }
    out.push_str(&node.name.local);
    let value = value("", &node.value);
    if !value.is_empty() {
        out.push('=');
        out.push_str(&value);
    }
    sorted(out, node.children.iter(), extension);
}

/// A value in its one form.
fn value(name: &str, text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    match name {
        "eventTime" | "time" | "startTime" | "endTime" => {
            Time::parse(text).map_or_else(|| text.to_owned(), Time::in_utc)
        }
        "eventTimeZoneOffset" => text.to_owned(),
        _ => canonical_any(text)
            .or_else(|| number(text))
            // The reference leaves this one character of a Digital Link unescaped.
            .unwrap_or_else(|| canonical_id(text).replace("%27", "'")),
    }
}

/// A number as the reference writes it: through a double, so that integers beyond 2^53 are those
/// of the double next to them.
fn number(text: &str) -> Option<String> {
    let canonical = canonical_number(text)?;
    let double: f64 = canonical.parse().ok()?;
    Some(if !double.is_finite() {
        canonical
    } else if double.fract() == 0.0 {
        format!("{:.0}", double + 0.0)
    } else {
        double.to_string()
    })
}
