//! Events as EPCIS 2.0 JSON and XML.

use crate::event::Event;
use crate::node::{Kind, Name, Namespaces, Node, Shape, shape};
use crate::words::List;

/// The context of EPCIS 2.0.
const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

impl Event {
    /// The event by itself in EPCIS 2.0 JSON, with its context.
    pub fn to_json(&self) -> String {
        let mut out = format!("{{\"@context\":[{}", quoted(CONTEXT));
        for (prefix, space) in self.namespaces.declared() {
            out.push_str(&format!(",{{{}:{}}}", quoted(prefix), quoted(space)));
        }
        out.push_str("],");
        out.push_str(&self.to_json_member()[1..]);
        out
    }

    /// The event as an item of `eventList`; who writes the document declares its namespaces.
    pub fn to_json_member(&self) -> String {
        let node = self.to_node();
        let mut out = format!("{{\"type\":{}", quoted(&node.name.local));
        members(&node.children, &self.namespaces, Some(""), false, &mut out);
        out.push('}');
        out
    }

    /// The event by itself in EPCIS 2.0 XML, with its namespaces.
    pub fn to_xml(&self) -> String {
        self.write_xml(false)
    }

    /// As [`Event::to_xml`], with the words of the vocabulary as web addresses and not as URNs.
    pub fn to_xml_with_web_words(&self) -> String {
        self.write_xml(true)
    }

    fn write_xml(&self, web_words: bool) -> String {
        let mut out = String::with_capacity(1024);
        let node = self.to_node();
        let how = How { spaces: &self.namespaces, web_words };
        element(&node, how, "", true, true, &mut out);
        out
    }
}

pub(crate) fn quoted(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The list of which a member is a word.
fn list_of(parent: &str, name: &str) -> Option<List> {
    Some(match (parent, name) {
        (_, "bizStep") => List::BizStep,
        (_, "disposition" | "set" | "unset") => List::Disposition,
        ("bizTransaction", "type") => List::BizTransaction,
        ("source" | "destination", "type") => List::SourceDestination,
        ("sensorReport", "type") => List::Measurement,
        (_, "exception") => List::Alert,
        (_, "component") => List::Component,
        (_, "reason") => List::ErrorReason,
        _ => return None,
    })
}

/// The name with its prefix.
fn qualified(name: &Name, spaces: &Namespaces) -> String {
    match spaces.prefix(&name.space) {
        Some((prefix, _)) if !name.space.is_empty() => format!("{prefix}:{}", name.local),
        _ => name.local.clone(),
    }
}

fn scalar(node: &Node, parent: Option<&str>) -> String {
    let word = parent.and_then(|parent| list_of(parent, &node.name.local));
    match (word, node.kind) {
        (Some(list), _) => quoted(list.bare(&node.value)),
        (None, Kind::Text) => quoted(&node.value),
        (None, Kind::Number | Kind::Bool) => node.value.clone(),
    }
}

/// The members of an object; `own` names the element of EPCIS that holds them.
fn members(
    nodes: &[Node],
    spaces: &Namespaces,
    own: Option<&str>,
    mut first: bool,
    out: &mut String,
) {
    for (at, node) in nodes.iter().enumerate() {
        // A name that comes again was written as a list with its first.
        if nodes[..at].iter().any(|before| before.name == node.name) {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        let same: Vec<&Node> = nodes[at..].iter().filter(|other| other.name == node.name).collect();
        out.push_str(&quoted(&qualified(&node.name, spaces)));
        out.push(':');
        let known = own.filter(|_| node.name.space.is_empty());
        let Some(parent) = known else {
            list(&same, same.len() > 1, out, |node, out| extension(node, spaces, out));
            continue;
        };
        let name = node.name.local.as_str();
        let children: Vec<&Node> = node.children.iter().collect();
        match shape(name) {
            Some(Shape::Values(_)) => {
                list(&children, true, out, |item, out| out.push_str(&quoted(&item.value)));
            }
            Some(Shape::Objects(item)) => {
                list(&children, true, out, |node, out| object(node, item, spaces, out));
            }
            Some(Shape::Typed(item)) => list(&children, true, out, |node, out| {
                out.push('{');
                members(&node.children, spaces, Some(item), true, out);
                if !node.children.is_empty() {
                    out.push(',');
                }
                out.push_str(&format!("{}:{}}}", quoted(item), quoted(&node.value)));
            }),
            Some(Shape::Repeated) => {
                let always = name != "certificationInfo" || same.len() > 1;
                list(&same, always, out, |node, out| out.push_str(&scalar(node, Some(parent))));
            }
            Some(Shape::RepeatedObjects) => {
                list(&same, true, out, |node, out| object(node, name, spaces, out));
            }
            Some(Shape::Object) => object(node, name, spaces, out),
            Some(Shape::Value) | None => out.push_str(&scalar(node, Some(parent))),
        }
    }
}

fn list(nodes: &[&Node], brackets: bool, out: &mut String, write: impl Fn(&Node, &mut String)) {
    if brackets {
        out.push('[');
    }
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(node, out);
    }
    if brackets {
        out.push(']');
    }
}

fn object(node: &Node, own: &str, spaces: &Namespaces, out: &mut String) {
    out.push('{');
    members(&node.children, spaces, Some(own), true, out);
    out.push('}');
}

fn extension(node: &Node, spaces: &Namespaces, out: &mut String) {
    if node.children.is_empty() {
        out.push_str(&scalar(node, None));
        return;
    }
    out.push('{');
    if !node.value.is_empty() {
        out.push_str(&format!("\"#text\":{}", scalar(node, None)));
    }
    members(&node.children, spaces, None, node.value.is_empty(), out);
    out.push('}');
}

fn escaped(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            // XML 1.0 cannot say other control characters at all.
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

/// A name as XML allows it: what it does not allow becomes `_xHHHH_`.
fn safe(name: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(name.len());
    for (at, c) in name.chars().enumerate() {
        let begins = c.is_alphabetic() || c == '_';
        if begins || (at > 0 && (c.is_alphanumeric() || matches!(c, '-' | '.'))) {
            out.push(c);
        } else {
            let _ = write!(out, "_x{:04X}_", c as u32);
        }
    }
    if out.is_empty() { "_".to_owned() } else { out }
}

fn xml_name(name: &Name, spaces: &Namespaces) -> String {
    match spaces.prefix(&name.space) {
        Some((prefix, _)) if !name.space.is_empty() => {
            format!("{}:{}", safe(prefix), safe(&name.local))
        }
        _ => safe(&name.local),
    }
}

/// Whether a namespace without its own declaration is used, and is to be declared.
fn used(node: &Node, spaces: &Namespaces, found: &mut Vec<(String, String)>) {
    let mut note = |prefix: &str| {
        if let Some(space) = spaces.space(prefix)
            && !found.iter().any(|(p, _)| p == prefix)
        {
            found.push((prefix.to_owned(), space.to_owned()));
        }
    };
    if let Some((prefix, false)) =
        spaces.prefix(&node.name.space).filter(|_| !node.name.space.is_empty())
    {
        note(prefix);
    }
    if node.name.space.is_empty() && matches!(node.name.local.as_str(), "sensorReport") {
        note("gs1");
        note("cbv");
    }
    node.children.iter().for_each(|child| used(child, spaces, found));
}

/// How XML is written.
#[derive(Clone, Copy)]
struct How<'a> {
    spaces: &'a Namespaces,
    web_words: bool,
}

fn element(node: &Node, how: How<'_>, parent: &str, own: bool, root: bool, out: &mut String) {
    let How { spaces, web_words } = how;
    let name = xml_name(&node.name, spaces);
    out.push('<');
    out.push_str(&name);
    if root {
        let mut all: Vec<(String, String)> =
            spaces.declared().map(|(p, s)| (p.to_owned(), s.to_owned())).collect();
        used(node, spaces, &mut all);
        for (prefix, space) in all.iter().filter(|(_, space)| !space.is_empty()) {
            out.push_str(&format!(" xmlns:{}=\"", safe(prefix)));
            escaped(space, out);
            out.push('"');
        }
    }
    let own = own && node.name.space.is_empty();
    let here = node.name.local.as_str();
    let value = |node: &Node, of: &str, out: &mut String| {
        let list = list_of(of, &node.name.local).filter(|_| own && node.name.space.is_empty());
        match list {
            Some(list) if !web_words => escaped(&list.in_xml(&node.value), out),
            Some(_) => escaped(&node.value, out),
            None => escaped(&node.value, out),
        }
    };
    // Of two of one name only one can be an attribute.
    let is_attribute = |at: usize, child: &Node| {
        child.attribute
            && child.children.is_empty()
            && node.children.iter().enumerate().all(|(n, c)| n == at || c.name != child.name)
    };
    for (at, child) in node.children.iter().enumerate() {
        if is_attribute(at, child) {
            out.push_str(&format!(" {}=\"", xml_name(&child.name, spaces)));
            value(child, here, out);
            out.push('"');
        }
    }
    let inside = node.children.iter().enumerate().filter(|(at, c)| !is_attribute(*at, c));
    let inside: Vec<&Node> = inside.map(|(_, child)| child).collect();
    if inside.is_empty() && node.value.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    value(node, parent, out);
    let own = own && here != "ilmd";
    for child in inside {
        element(child, how, here, own, false, out);
    }
    out.push_str("</");
    out.push_str(&name);
    out.push('>');
}
