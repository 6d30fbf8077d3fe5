//! From JSON to the tree of nodes, by the names that a context gives.

use super::{Json, What};
use crate::fault::{Expected, Rule};
use crate::node::{Bad, Kind, Name, Namespaces, Node, Shape, normal, shape};

/// An event with its own context laid over that of the document.
pub(crate) fn event_node(json: &Json, outer: &Namespaces) -> Result<(Node, Namespaces), Bad> {
    let What::Object(members) = &json.what else {
        return Err(form("event", Expected::Object, json));
    };
    let mut spaces = outer.clone();
    if let Some(context) = json.member("@context") {
        member_namespaces(context, &mut spaces).map_err(|rule| Bad::new(rule, context.at))?;
    }
    let kind = json.member("type").ok_or_else(|| Bad::new(Rule::Missing("type"), json.at))?;
    let kind_text = kind.text().ok_or_else(|| form("type", Expected::EventType, kind))?;
    let mut node = Node::own(kind_text.strip_prefix("epcis:").unwrap_or(kind_text));
    node.at = json.at;
    for (name, value) in members {
        if name != "type" && name != "@context" {
            member(name, value, &spaces, &mut node.children)?;
        }
    }
    Ok((node, spaces))
}

/// The prefixes that a context declares.
pub(crate) fn member_namespaces(context: &Json, spaces: &mut Namespaces) -> Result<(), Rule> {
    match &context.what {
        What::List(items) => items.iter().try_for_each(|item| member_namespaces(item, spaces)),
        What::Object(members) => {
            for (prefix, value) in members {
                let space = value.text().or_else(|| value.member("@id").and_then(Json::text));
                if let Some(space) = space.filter(|_| !prefix.starts_with('@')) {
                    spaces.declare(prefix, space)?;
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn form(name: &str, expected: Expected, at: &Json) -> Bad {
    Bad::new(Rule::Form(name.to_owned(), expected), at.at)
}

/// The name of a member that EPCIS does not know.
fn extension_name(name: &str, spaces: &Namespaces, at: u32) -> Result<Option<Name>, Bad> {
    if let Some((prefix, local)) = name.split_once(':') {
        if local.starts_with("//") || prefix == "urn" {
            let end = name.rfind(['/', '#', ':']).unwrap_or(0) + 1;
            let (space, local) = name.split_at(end);
            return Ok(Some(Name { space: normal(space).to_owned(), local: local.to_owned() }));
        }
        let space = spaces.space(prefix);
        let space = space.ok_or_else(|| Bad::new(Rule::Prefix(prefix.to_owned()), at))?;
        return Ok(Some(Name { space: space.to_owned(), local: local.to_owned() }));
    }
    // A term that the context defines by itself.
    Ok(spaces.0.iter().rev().find(|(term, _)| term == name).map(|(_, iri)| {
        let end = iri.rfind(['/', '#', ':']).map_or(0, |at| at + 1);
        let (space, local) = iri.split_at(end);
        let local = if local.is_empty() { name } else { local };
        Name { space: normal(space).to_owned(), local: local.to_owned() }
    }))
}

/// A member of a place that EPCIS defines.
fn member(name: &str, json: &Json, spaces: &Namespaces, out: &mut Vec<Node>) -> Result<(), Bad> {
    if json.what == What::Null {
        return Ok(());
    }
    let Some(shape) = shape(name) else {
        return match extension_name(name, spaces, json.at)? {
            Some(name) => into_node(name, json, spaces, out),
            None => Err(Bad::new(Rule::Unknown(name.to_owned()), json.at)),
        };
    };
    let mut node = Node::own(name);
    node.at = json.at;
    match shape {
        Shape::Value => {
            (node.value, node.kind) = scalar(name, json)?;
        }
        Shape::Values(child) => {
            for item in list(name, json)? {
                node.children.push(value_node(child, item)?);
            }
        }
        Shape::Objects(child) => {
            for item in list(name, json)? {
                node.children.push(object_node(child, item, spaces)?);
            }
        }
        Shape::Typed(child) => {
            for item in list(name, json)? {
                let mut inner = Node::own(child);
                inner.at = item.at;
                for (name, value) in object(child, item)? {
                    if name == child {
                        inner.value = scalar(child, value)?.0;
                    } else {
                        member(name, value, spaces, &mut inner.children)?;
                    }
                }
                node.children.push(inner);
            }
        }
        Shape::Repeated => {
            match &json.what {
                What::List(items) => {
                    for item in items {
                        out.push(value_node(name, item)?);
                    }
                }
                _ => out.push(value_node(name, json)?),
            }
            return Ok(());
        }
        Shape::RepeatedObjects => {
            for item in list(name, json)? {
                out.push(object_node(name, item, spaces)?);
            }
            return Ok(());
        }
        Shape::Object => node = object_node(name, json, spaces)?,
    }
    out.push(node);
    Ok(())
}

fn object<'j>(name: &str, json: &'j Json) -> Result<&'j [(String, Json)], Bad> {
    match &json.what {
        What::Object(members) => Ok(members),
        _ => Err(form(name, Expected::Object, json)),
    }
}

fn list<'j>(name: &str, json: &'j Json) -> Result<&'j [Json], Bad> {
    match &json.what {
        What::List(items) => Ok(items),
        _ => Err(form(name, Expected::List, json)),
    }
}

fn object_node(name: &str, json: &Json, spaces: &Namespaces) -> Result<Node, Bad> {
    let mut node = Node::own(name);
    node.at = json.at;
    for (inner, value) in object(name, json)? {
        // JSON-LD may say of an element what it is.
        let says_itself = name == "sensorElement" && inner == "type";
        if !says_itself {
            member(inner, value, spaces, &mut node.children)?;
        }
    }
    Ok(node)
}

fn value_node(name: &str, json: &Json) -> Result<Node, Bad> {
    let (value, kind) = scalar(name, json)?;
    Ok(Node { value, kind, at: json.at, ..Node::own(name) })
}

fn scalar(name: &str, json: &Json) -> Result<(String, Kind), Bad> {
    match &json.what {
        What::Text(text) => Ok((text.trim().to_owned(), Kind::Text)),
        What::Number(text) => Ok((text.clone(), Kind::Number)),
        What::Bool(value) => Ok((value.to_string(), Kind::Bool)),
        _ => Err(form(name, Expected::Text, json)),
    }
}

/// An extension: any JSON below a name.
pub(crate) fn into_node(
    name: Name,
    json: &Json,
    spaces: &Namespaces,
    out: &mut Vec<Node>,
) -> Result<(), Bad> {
    let mut node = Node { name, at: json.at, ..Node::default() };
    match &json.what {
        What::Null => return Ok(()),
        What::List(items) => {
            for item in items {
                into_node(node.name.clone(), item, spaces, out)?;
            }
            return Ok(());
        }
        What::Object(members) => {
            for (inner, value) in members {
                if inner == "#text" {
                    (node.value, node.kind) = scalar(inner, value)?;
                    continue;
                }
                let named = extension_name(inner, spaces, value.at)?;
                let named = named.unwrap_or_else(|| Name::own(inner));
                into_node(named, value, spaces, &mut node.children)?;
            }
        }
        _ => (node.value, node.kind) = scalar("", json)?,
    }
    out.push(node);
    Ok(())
}
