//! Master data that travels with events.

use crate::json::{Json, What, into_node};
use crate::node::{Bad, Name, Namespaces, Node};

/// Elements of one type (EPCIS 2.0, section 9.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// Its type, such as `urn:epcglobal:epcis:vtype:EPCClass`.
    pub kind: String,
    /// Its elements.
    pub elements: Vec<VocabularyElement>,
}

/// What is known of one identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VocabularyElement {
    /// The identifier.
    pub id: String,
    /// Attributes: identifier and value, a text or a tree.
    pub attributes: Vec<(String, Node)>,
    /// Identifiers below it.
    pub children: Vec<String>,
}

/// The vocabularies of `VocabularyList`.
pub(super) fn of_xml(list: &Node) -> Vec<Vocabulary> {
    let named = |node: &'_ Node, name: &str| {
        node.children.iter().filter(|c| c.name.local == name).cloned().collect::<Vec<_>>()
    };
    let text =
        |node: &Node, name: &str| node.child(name).map(|c| c.value.clone()).unwrap_or_default();
    let element = |node: &Node| VocabularyElement {
        id: text(node, "id"),
        attributes: named(node, "attribute")
            .into_iter()
            .map(|mut attribute| {
                let id = text(&attribute, "id");
                attribute.children.retain(|c| !c.attribute);
                (id, attribute)
            })
            .collect(),
        children: node
            .children
            .iter()
            .filter(|c| c.name.local == "children")
            .flat_map(|c| c.children.iter().map(|id| id.value.clone()))
            .collect(),
    };
    named(list, "Vocabulary")
        .iter()
        .map(|vocabulary| Vocabulary {
            kind: text(vocabulary, "type"),
            elements: named(vocabulary, "VocabularyElementList")
                .iter()
                .flat_map(|list| named(list, "VocabularyElement"))
                .map(|node| element(&node))
                .collect(),
        })
        .collect()
}

/// The vocabularies of `vocabularyList`.
pub(super) fn of_json(list: &Json, spaces: &Namespaces) -> Result<Vec<Vocabulary>, Bad> {
    let items = |json: Option<&Json>| match json.map(|json| &json.what) {
        Some(What::List(items)) => items.clone(),
        _ => Vec::new(),
    };
    let text = |json: &Json, name: &str| {
        json.member(name).and_then(Json::text).unwrap_or_default().to_owned()
    };
    let mut found = Vec::new();
    for vocabulary in items(Some(list)) {
        let mut elements = Vec::new();
        for element in items(vocabulary.member("vocabularyElementList")) {
            let mut attributes = Vec::new();
            for attribute in items(element.member("attributes")) {
                if let Some(value) = attribute.member("attribute") {
                    let mut nodes = Vec::new();
                    into_node(Name::own("attribute"), value, spaces, &mut nodes)?;
                    let id = text(&attribute, "id");
                    attributes.extend(nodes.into_iter().map(|node| (id.clone(), node)));
                }
            }
            let children = items(element.member("children"));
            elements.push(VocabularyElement {
                id: text(&element, "id"),
                attributes,
                children: children.iter().filter_map(Json::text).map(str::to_owned).collect(),
            });
        }
        found.push(Vocabulary { kind: text(&vocabulary, "type"), elements });
    }
    Ok(found)
}
