//! The ordered tree into which both notations are read and from which both are written.

use crate::fault::{Fault, Many, Place, Rule};

/// A name in a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Name {
    /// The namespace; empty for names of EPCIS itself and for unqualified names inside extensions.
    pub space: String,
    /// The local name.
    pub local: String,
}

impl Name {
    pub(crate) fn own(local: &str) -> Self {
        Self { space: String::new(), local: local.to_owned() }
    }
}

/// How a value was written in JSON; XML knows text alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Text.
    #[default]
    Text,
    /// A number, its text unchanged.
    Number,
    /// `true` or `false`.
    Bool,
}

/// An element with its text, attributes and children in their order: what extensions are kept as.
///
/// A JSON list is as many nodes of one name. Attributes of XML stand before the children.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Its name.
    pub name: Name,
    /// Its text; empty where it only has children.
    pub value: String,
    /// How JSON wrote the text.
    pub kind: Kind,
    /// Whether XML wrote it as an attribute.
    pub attribute: bool,
    /// What is inside.
    pub children: Vec<Node>,
    /// The offset in the JSON text of the event, or the line in XML.
    pub(crate) at: u32,
}

impl PartialEq for Node {
    /// Where it stood and whether it was an attribute make no difference: JSON does not know it.
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.value, &self.children) == (&other.name, &other.value, &other.children)
    }
}

impl Eq for Node {}

impl Node {
    pub(crate) fn own(local: &str) -> Self {
        Self { name: Name::own(local), ..Self::default() }
    }

    pub(crate) fn text(local: &str, value: impl Into<String>) -> Self {
        Self { name: Name::own(local), value: value.into(), ..Self::default() }
    }

    pub(crate) fn with(local: &str, children: Vec<Node>) -> Self {
        Self { name: Name::own(local), children, ..Self::default() }
    }

    /// The first child of EPCIS's own names with this one.
    pub(crate) fn child(&self, local: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name.space.is_empty() && c.name.local == local)
    }

    /// All nodes below, not itself.
    pub(crate) fn inner<'a>(&'a self, found: &mut dyn FnMut(&'a Node)) {
        for child in &self.children {
            found(child);
            child.inner(found);
        }
    }
}

/// A broken rule at an offset or line, before it has its place.
#[derive(Debug)]
pub(crate) struct Bad {
    pub rule: Rule,
    pub at: u32,
}

impl Bad {
    pub(crate) fn new(rule: Rule, at: u32) -> Self {
        Self { rule, at }
    }
}

/// How a member of a JSON event maps to XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One value, one element.
    Value,
    /// A list of values; the element holds one child of this name for each.
    Values(&'static str),
    /// A list of objects; the element holds one child of this name for each.
    Objects(&'static str),
    /// As `Objects`, and the child's text is the member of its own name.
    Typed(&'static str),
    /// One value or a list; one element for each.
    Repeated,
    /// A list of objects; one element for each.
    RepeatedObjects,
    /// An object.
    Object,
}

pub(crate) fn shape(name: &str) -> Option<Shape> {
    Some(match name {
        "epcList" | "childEPCs" | "inputEPCList" | "outputEPCList" => Shape::Values("epc"),
        "correctiveEventIDs" => Shape::Values("correctiveEventID"),
        "quantityList" | "childQuantityList" | "inputQuantityList" | "outputQuantityList" => {
            Shape::Objects("quantityElement")
        }
        "sensorElementList" => Shape::Objects("sensorElement"),
        "bizTransactionList" => Shape::Typed("bizTransaction"),
        "sourceList" => Shape::Typed("source"),
        "destinationList" => Shape::Typed("destination"),
        "certificationInfo" | "set" | "unset" => Shape::Repeated,
        "sensorReport" => Shape::RepeatedObjects,
        "readPoint"
        | "bizLocation"
        | "persistentDisposition"
        | "errorDeclaration"
        | "ilmd"
        | "sensorMetadata" => Shape::Object,
        "eventTime"
        | "eventTimeZoneOffset"
        | "eventID"
        | "recordTime"
        | "parentID"
        | "action"
        | "transformationID"
        | "bizStep"
        | "disposition"
        | "id"
        | "epcClass"
        | "quantity"
        | "uom"
        | "type"
        | "declarationTime"
        | "reason"
        | "time"
        | "startTime"
        | "endTime"
        | "deviceID"
        | "deviceMetadata"
        | "rawData"
        | "dataProcessingMethod"
        | "bizRules"
        | "exception"
        | "microorganism"
        | "chemicalSubstance"
        | "value"
        | "component"
        | "stringValue"
        | "booleanValue"
        | "hexBinaryValue"
        | "uriValue"
        | "minValue"
        | "maxValue"
        | "meanValue"
        | "sDev"
        | "percRank"
        | "percValue"
        | "coordinateReferenceSystem" => Shape::Value,
        _ => return None,
    })
}

/// Prefixes that the EPCIS context defines.
const KNOWN: &[(&str, &str)] = &[
    ("epcis", "https://ref.gs1.org/epcis/"),
    ("cbv", "https://ref.gs1.org/cbv/"),
    ("gs1", "https://gs1.org/voc/"),
    ("cbvmda", "urn:epcglobal:cbv:mda"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("dcterms", "http://purl.org/dc/terms/"),
];

/// The most prefixes that are in force at one event. Each is looked for among the others, and each event
/// keeps its own.
pub(crate) const MOST_PREFIXES: usize = 256;
/// The most bytes of them and of their namespaces.
pub(crate) const MOST_PREFIX_BYTES: usize = 64 << 10;

/// Prefixes and their namespaces, the innermost last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Namespaces(pub(crate) Vec<(String, String)>);

impl Namespaces {
    /// The namespace of a prefix, of those declared and those that the EPCIS context defines.
    pub fn space(&self, prefix: &str) -> Option<&str> {
        let own = self.0.iter().rev().find(|(p, _)| p == prefix).map(|(_, space)| space.as_str());
        own.or_else(|| KNOWN.iter().find(|(p, _)| *p == prefix).map(|(_, space)| *space))
    }

    /// A prefix of a namespace, and whether it must be declared in a JSON context.
    pub(crate) fn prefix(&self, space: &str) -> Option<(&str, bool)> {
        let own = self.0.iter().rev().find(|(p, s)| s == space && self.space(p) == Some(space));
        own.map(|(prefix, _)| (prefix.as_str(), true))
            .or_else(|| KNOWN.iter().find(|(_, s)| *s == space).map(|(p, _)| (*p, false)))
    }

    /// All that were declared.
    pub fn declared(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(prefix, space)| (prefix.as_str(), space.as_str()))
    }

    /// As a JSON-LD context, in their order.
    pub fn to_context(&self) -> String {
        let pairs: Vec<String> = self
            .declared()
            .map(|(prefix, space)| {
                let quoted = crate::write::quoted;
                format!("{{{}:{}}}", quoted(prefix), quoted(space))
            })
            .collect();
        format!("[{}]", pairs.join(","))
    }

    /// What [`Namespaces::to_context`] wrote, or the prefixes of another context.
    ///
    /// # Errors
    /// [`Rule::Json`] where it is no JSON; [`Rule::Many`].
    ///
    /// ```
    /// let spaces = epcis::Namespaces::of_context(r#"[{"b":"https://b/"},{"a":"https://a/"}]"#).unwrap();
    /// assert_eq!(spaces.to_context(), r#"[{"b":"https://b/"},{"a":"https://a/"}]"#);
    /// ```
    pub fn of_context(text: &str) -> Result<Self, Box<Fault>> {
        let fault = |rule| Fault::new(rule, Place::Pointer("/@context".to_owned()));
        let mut values = MOST_PREFIX_BYTES;
        let json = crate::json::parse(text.as_bytes(), 16, &mut values)
            .map_err(|wrong| fault(wrong.rule))?;
        let mut found = Self::default();
        crate::json::member_namespaces(&json, &mut found).map_err(fault)?;
        Ok(found)
    }

    /// Puts a prefix in force in place of what it stood for.
    pub(crate) fn declare(&mut self, prefix: &str, space: &str) -> Result<(), Rule> {
        let space = normal(space);
        self.0.retain(|(p, _)| p != prefix);
        let bytes: usize = self.0.iter().map(|(prefix, space)| prefix.len() + space.len()).sum();
        if self.0.len() >= MOST_PREFIXES {
            return Err(Rule::Many(Many::Prefixes, MOST_PREFIXES));
        }
        if bytes + prefix.len() + space.len() > MOST_PREFIX_BYTES {
            return Err(Rule::Many(Many::PrefixBytes, MOST_PREFIX_BYTES));
        }
        self.0.push((prefix.to_owned(), space.to_owned()));
        Ok(())
    }

    /// Gives every namespace of the nodes a prefix.
    pub(crate) fn cover(&mut self, nodes: &[Node]) -> Result<(), Bad> {
        for node in nodes {
            if !node.name.space.is_empty() && self.prefix(&node.name.space).is_none() {
                let free = (1..).map(|n| format!("ext{n}")).find(|p| self.space(p).is_none());
                self.declare(&free.unwrap_or_default(), &node.name.space)
                    .map_err(|rule| Bad::new(rule, node.at))?;
            }
            self.cover(&node.children)?;
        }
        Ok(())
    }
}

/// The one spelling of a namespace: JSON's context ends that of master data in a colon, XML does
/// not.
pub(crate) fn normal(space: &str) -> &str {
    if space == "urn:epcglobal:cbv:mda:" { "urn:epcglobal:cbv:mda" } else { space }
}
