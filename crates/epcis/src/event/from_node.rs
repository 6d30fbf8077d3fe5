//! From the tree to the typed event, with every rule of the standard.

use super::{
    Action, BizTransaction, ErrorDeclaration, Event, EventType, Place, Quantity, SensorElement,
    SensorMetadata, SensorReport, SourceDestination,
};
use crate::fault::{Expected, Rule};
use crate::node::{Bad, Namespaces, Node};
use crate::number::canonical_number;
use crate::time::{Time, Zone};
use crate::words::{List, is_uri};

type Read<T> = Result<T, Bad>;

impl Event {
    pub(crate) fn from_node(node: Node, mut namespaces: Namespaces) -> Read<Self> {
        let at = node.at;
        let kind = EventType::of_name(&node.name.local).filter(|_| node.name.space.is_empty());
        let kind = kind.ok_or_else(|| {
            Bad::new(Rule::Form(node.name.local.clone(), Expected::EventType), at)
        })?;
        namespaces.0.retain(|(_, space)| !crate::xml::is_of_schema(space));
        namespaces.cover(&node.children)?;
        let mut draft = Draft::default();
        for child in node.children {
            // A bare event in XML carries what else its document would say.
            let of_document = child.attribute
                && matches!(child.name.local.as_str(), "schemaVersion" | "creationDate");
            if !of_document {
                draft.take(kind, child)?;
            }
        }
        draft.finish(kind, namespaces, at)
    }
}

/// What was read so far; which lists were there says whether the event is complete.
#[derive(Default)]
struct Draft {
    id: Option<String>,
    time: Option<Time>,
    offset: Option<Zone>,
    recorded: Option<Time>,
    error: Option<ErrorDeclaration>,
    certifications: Vec<String>,
    action: Option<Action>,
    epcs: Option<Vec<String>>,
    quantities: Option<Vec<Quantity>>,
    parent: Option<String>,
    children: Option<Vec<String>>,
    child_quantities: Option<Vec<Quantity>>,
    inputs: Option<Vec<String>>,
    input_quantities: Option<Vec<Quantity>>,
    outputs: Option<Vec<String>>,
    output_quantities: Option<Vec<Quantity>>,
    transformation: Option<String>,
    step: Option<String>,
    disposition: Option<String>,
    persistent: Option<(Vec<String>, Vec<String>)>,
    read_point: Option<Place>,
    location: Option<Place>,
    transactions: Option<Vec<BizTransaction>>,
    sources: Option<Vec<SourceDestination>>,
    destinations: Option<Vec<SourceDestination>>,
    sensors: Option<Vec<SensorElement>>,
    ilmd: Option<Vec<Node>>,
    extensions: Vec<Node>,
}

/// Whether a type of event has a member.
fn belongs(kind: EventType, name: &str) -> bool {
    use EventType::{Aggregation, Association, Object, Transaction, Transformation};
    match name {
        "action" => kind != Transformation,
        "epcList" | "quantityList" => matches!(kind, Object | Transaction),
        "parentID" => matches!(kind, Aggregation | Association | Transaction),
        "childEPCs" | "childQuantityList" => matches!(kind, Aggregation | Association),
        "inputEPCList" | "inputQuantityList" | "outputEPCList" | "outputQuantityList"
        | "transformationID" => kind == Transformation,
        "ilmd" => matches!(kind, Object | Transformation),
        _ => true,
    }
}

impl Draft {
    fn take(&mut self, kind: EventType, node: Node) -> Read<()> {
        if !node.name.space.is_empty() {
            self.extensions.push(node);
            return Ok(());
        }
        let name = node.name.local.clone();
        if !belongs(kind, &name) {
            return Err(unknown(&node));
        }
        let at = node.at;
        match name.as_str() {
            "eventID" => once(&mut self.id, &name, at, uri(&node)?),
            "eventTime" => once(&mut self.time, &name, at, time(&node)?),
            "eventTimeZoneOffset" => {
                let zone = Zone::parse(&leaf(&node)?);
                once(
                    &mut self.offset,
                    &name,
                    at,
                    zone.ok_or_else(|| form(&node, Expected::Offset))?,
                )
            }
            "recordTime" => once(&mut self.recorded, &name, at, time(&node)?),
            "errorDeclaration" => once(&mut self.error, &name, at, error_declaration(node)?),
            "certificationInfo" => {
                self.certifications.push(leaf(&node)?);
                Ok(())
            }
            "action" => {
                let action = Action::of_name(&leaf(&node)?);
                once(
                    &mut self.action,
                    &name,
                    at,
                    action.ok_or_else(|| form(&node, Expected::Action))?,
                )
            }
            "epcList" => once(&mut self.epcs, &name, at, epcs(node)?),
            "quantityList" => once(&mut self.quantities, &name, at, quantities(node)?),
            "parentID" => {
                // Schemas of 1.x allow it empty where nothing contains the children.
                if node.value.is_empty() && node.children.is_empty() {
                    return Ok(());
                }
                once(&mut self.parent, &name, at, uri(&node)?)
            }
            "childEPCs" => once(&mut self.children, &name, at, epcs(node)?),
            "childQuantityList" => once(&mut self.child_quantities, &name, at, quantities(node)?),
            "inputEPCList" => once(&mut self.inputs, &name, at, epcs(node)?),
            "inputQuantityList" => once(&mut self.input_quantities, &name, at, quantities(node)?),
            "outputEPCList" => once(&mut self.outputs, &name, at, epcs(node)?),
            "outputQuantityList" => once(&mut self.output_quantities, &name, at, quantities(node)?),
            "transformationID" => once(&mut self.transformation, &name, at, leaf(&node)?),
            "bizStep" => once(&mut self.step, &name, at, word(List::BizStep, &node)?),
            "disposition" => {
                once(&mut self.disposition, &name, at, word(List::Disposition, &node)?)
            }
            "persistentDisposition" => once(&mut self.persistent, &name, at, persistent(node)?),
            "readPoint" => once(&mut self.read_point, &name, at, place(node)?),
            "bizLocation" => once(&mut self.location, &name, at, place(node)?),
            "bizTransactionList" => once(&mut self.transactions, &name, at, transactions(node)?),
            "sourceList" => once(&mut self.sources, &name, at, sources(node, "source")?),
            "destinationList" => {
                once(&mut self.destinations, &name, at, sources(node, "destination")?)
            }
            "sensorElementList" => once(&mut self.sensors, &name, at, sensors(node)?),
            "ilmd" => once(&mut self.ilmd, &name, at, ilmd(node)?),
            _ => Err(unknown(&node)),
        }
    }

    fn finish(self, kind: EventType, namespaces: Namespaces, at: u32) -> Read<Event> {
        let missing = |name| Bad::new(Rule::Missing(name), at);
        let one_of = |found: bool, names| {
            if found { Ok(()) } else { Err(Bad::new(Rule::MissingOneOf(names), at)) }
        };
        let time = self.time.ok_or_else(|| missing("eventTime"))?;
        let offset = self.offset.ok_or_else(|| missing("eventTimeZoneOffset"))?;
        if kind != EventType::Transformation && self.action.is_none() {
            return Err(missing("action"));
        }
        let deleted = self.action == Some(Action::Delete);
        match kind {
            EventType::Object => one_of(
                self.epcs.is_some()
                    || self.quantities.is_some()
                    || (self.sensors.is_some() && self.read_point.is_some()),
                "epcList, quantityList, sensorElementList + readPoint",
            )?,
            EventType::Aggregation | EventType::Association => {
                one_of(
                    deleted || self.children.is_some() || self.child_quantities.is_some(),
                    "childEPCs, childQuantityList",
                )?;
                let needed = kind == EventType::Association || self.action != Some(Action::Observe);
                if needed && self.parent.is_none() {
                    return Err(missing("parentID"));
                }
            }
            EventType::Transaction => {
                if self.transactions.as_ref().is_none_or(Vec::is_empty) {
                    return Err(missing("bizTransactionList"));
                }
                one_of(
                    deleted
                        || self.epcs.is_some()
                        || self.quantities.is_some()
                        || self.parent.is_some(),
                    "epcList, quantityList, parentID",
                )?;
            }
            EventType::Transformation => {
                let consumed = self.inputs.is_some() || self.input_quantities.is_some();
                let made = self.outputs.is_some() || self.output_quantities.is_some();
                let part = self.transformation.is_some() && (consumed || made);
                one_of(part || consumed, "inputEPCList, inputQuantityList")?;
                one_of(part || made, "outputEPCList, outputQuantityList")?;
            }
        }
        let (set, unset) = self.persistent.unwrap_or_default();
        Ok(Event {
            kind,
            id: self.id,
            time,
            offset,
            recorded: self.recorded,
            error: self.error,
            certifications: self.certifications,
            action: self.action,
            epcs: self.epcs.unwrap_or_default(),
            quantities: self.quantities.unwrap_or_default(),
            parent: self.parent,
            children: self.children.unwrap_or_default(),
            child_quantities: self.child_quantities.unwrap_or_default(),
            inputs: self.inputs.unwrap_or_default(),
            input_quantities: self.input_quantities.unwrap_or_default(),
            outputs: self.outputs.unwrap_or_default(),
            output_quantities: self.output_quantities.unwrap_or_default(),
            transformation: self.transformation,
            step: self.step,
            disposition: self.disposition,
            set,
            unset,
            read_point: self.read_point,
            location: self.location,
            transactions: self.transactions.unwrap_or_default(),
            sources: self.sources.unwrap_or_default(),
            destinations: self.destinations.unwrap_or_default(),
            sensors: self.sensors.unwrap_or_default(),
            ilmd: self.ilmd.unwrap_or_default(),
            extensions: self.extensions,
            namespaces,
        })
    }
}

fn once<T>(slot: &mut Option<T>, name: &str, at: u32, value: T) -> Read<()> {
    if slot.is_some() {
        return Err(Bad::new(Rule::Twice(name.to_owned()), at));
    }
    *slot = Some(value);
    Ok(())
}

fn form(node: &Node, expected: Expected) -> Bad {
    Bad::new(Rule::Form(node.name.local.clone(), expected), node.at)
}

fn unknown(node: &Node) -> Bad {
    Bad::new(Rule::Unknown(node.name.local.clone()), node.at)
}

/// Text without children of EPCIS's own.
fn leaf(node: &Node) -> Read<String> {
    if node.value.is_empty() || !node.children.is_empty() {
        return Err(form(node, Expected::Text));
    }
    Ok(node.value.clone())
}

fn uri(node: &Node) -> Read<String> {
    leaf(node).ok().filter(|text| is_uri(text)).ok_or_else(|| form(node, Expected::Uri))
}

fn time(node: &Node) -> Read<Time> {
    Time::parse(&node.value).ok_or_else(|| form(node, Expected::Time))
}

fn number(node: &Node) -> Read<String> {
    canonical_number(&node.value).ok_or_else(|| form(node, Expected::Number))
}

fn word(list: List, node: &Node) -> Read<String> {
    let text = leaf(node)?;
    list.canonical(&text).ok_or_else(|| Bad::new(Rule::Word(list.name(), text), node.at))
}

/// The children of a list, which are all of one name; extensions of lists are refused.
fn items(node: Node, name: &str) -> Read<Vec<Node>> {
    match node.children.iter().find(|c| !c.name.space.is_empty() || c.name.local != name) {
        Some(other) => Err(unknown(other)),
        None if !node.value.is_empty() => Err(form(&node, Expected::List)),
        None => Ok(node.children),
    }
}

fn epcs(node: Node) -> Read<Vec<String>> {
    items(node, "epc")?.iter().map(uri).collect()
}

fn quantities(node: Node) -> Read<Vec<Quantity>> {
    items(node, "quantityElement")?.into_iter().map(quantity).collect()
}

fn quantity(node: Node) -> Read<Quantity> {
    let (mut class, mut amount, mut unit) = (None, None, None);
    let at = node.at;
    for child in node.children {
        match child.name.local.as_str() {
            _ if !child.name.space.is_empty() => return Err(unknown(&child)),
            "epcClass" => once(&mut class, "epcClass", child.at, uri(&child)?)?,
            "quantity" => once(&mut amount, "quantity", child.at, number(&child)?)?,
            "uom" => once(&mut unit, "uom", child.at, leaf(&child)?)?,
            _ => return Err(unknown(&child)),
        }
    }
    let class = class.ok_or_else(|| Bad::new(Rule::Missing("epcClass"), at))?;
    Ok(Quantity { class, amount, unit })
}

fn persistent(node: Node) -> Read<(Vec<String>, Vec<String>)> {
    let (mut set, mut unset) = (Vec::new(), Vec::new());
    for child in &node.children {
        match child.name.local.as_str() {
            _ if !child.name.space.is_empty() => return Err(unknown(child)),
            "set" => set.push(word(List::Disposition, child)?),
            "unset" => unset.push(word(List::Disposition, child)?),
            _ => return Err(unknown(child)),
        }
    }
    if set.is_empty() && unset.is_empty() {
        return Err(Bad::new(Rule::MissingOneOf("set, unset"), node.at));
    }
    Ok((set, unset))
}

fn place(node: Node) -> Read<Place> {
    let (mut id, mut extensions) = (None, Vec::new());
    let at = node.at;
    for child in node.children {
        match child.name.local.as_str() {
            _ if !child.name.space.is_empty() => extensions.push(child),
            "id" => once(&mut id, "id", child.at, uri(&child)?)?,
            _ => return Err(unknown(&child)),
        }
    }
    Ok(Place { id: id.ok_or_else(|| Bad::new(Rule::Missing("id"), at))?, extensions })
}

fn transactions(node: Node) -> Read<Vec<BizTransaction>> {
    items(node, "bizTransaction")?
        .into_iter()
        .map(|item| {
            let kind = kind_of(&item, List::BizTransaction)?;
            if item.value.is_empty() {
                return Err(Bad::new(Rule::Missing("bizTransaction"), item.at));
            }
            Ok(BizTransaction { kind, id: item.value })
        })
        .collect()
}

fn sources(node: Node, name: &'static str) -> Read<Vec<SourceDestination>> {
    items(node, name)?
        .into_iter()
        .map(|item| {
            let kind = kind_of(&item, List::SourceDestination)?;
            let kind = kind.ok_or_else(|| Bad::new(Rule::Missing("type"), item.at))?;
            if item.value.is_empty() {
                return Err(Bad::new(Rule::Missing(name), item.at));
            }
            Ok(SourceDestination { kind, id: item.value })
        })
        .collect()
}

fn kind_of(item: &Node, list: List) -> Read<Option<String>> {
    let mut kind = None;
    for child in &item.children {
        if child.name.space.is_empty() && child.name.local == "type" {
            once(&mut kind, "type", child.at, word(list, child)?)?;
        } else {
            return Err(unknown(child));
        }
    }
    Ok(kind)
}

fn error_declaration(node: Node) -> Read<ErrorDeclaration> {
    let (mut declared, mut reason, mut corrective) = (None, None, None);
    let mut extensions = Vec::new();
    let at = node.at;
    for child in node.children {
        match child.name.local.as_str() {
            _ if !child.name.space.is_empty() => extensions.push(child),
            "declarationTime" => once(&mut declared, "declarationTime", child.at, time(&child)?)?,
            "reason" => once(&mut reason, "reason", child.at, word(List::ErrorReason, &child)?)?,
            "correctiveEventIDs" => {
                let at = child.at;
                let ids =
                    items(child, "correctiveEventID")?.iter().map(uri).collect::<Read<_>>()?;
                once(&mut corrective, "correctiveEventIDs", at, ids)?;
            }
            _ => return Err(unknown(&child)),
        }
    }
    let time = declared.ok_or_else(|| Bad::new(Rule::Missing("declarationTime"), at))?;
    Ok(ErrorDeclaration { time, reason, corrective: corrective.unwrap_or_default(), extensions })
}

/// Master data all have a namespace.
fn ilmd(node: Node) -> Read<Vec<Node>> {
    match node.children.iter().find(|child| child.name.space.is_empty()) {
        Some(bare) => Err(unknown(bare)),
        None => Ok(node.children),
    }
}

fn sensors(node: Node) -> Read<Vec<SensorElement>> {
    items(node, "sensorElement")?.into_iter().map(sensor).collect()
}

fn sensor(node: Node) -> Read<SensorElement> {
    let mut element = SensorElement::default();
    let at = node.at;
    for child in node.children {
        match child.name.local.as_str() {
            _ if !child.name.space.is_empty() => element.extensions.push(child),
            "sensorMetadata" => {
                once(&mut element.metadata, "sensorMetadata", child.at, metadata(child)?)?;
            }
            "sensorReport" => element.reports.push(report(child)?),
            _ => return Err(unknown(&child)),
        }
    }
    if element.reports.is_empty() {
        return Err(Bad::new(Rule::Missing("sensorReport"), at));
    }
    Ok(element)
}

fn metadata(node: Node) -> Read<SensorMetadata> {
    let mut found = SensorMetadata::default();
    for child in node.children {
        let (name, at) = (child.name.local.clone(), child.at);
        match name.as_str() {
            _ if !child.name.space.is_empty() => found.extensions.push(child),
            "time" => once(&mut found.time, &name, at, time(&child)?)?,
            "startTime" => once(&mut found.start, &name, at, time(&child)?)?,
            "endTime" => once(&mut found.end, &name, at, time(&child)?)?,
            "deviceID" => once(&mut found.device, &name, at, leaf(&child)?)?,
            "deviceMetadata" => once(&mut found.device_metadata, &name, at, leaf(&child)?)?,
            "rawData" => once(&mut found.raw_data, &name, at, leaf(&child)?)?,
            "dataProcessingMethod" => once(&mut found.method, &name, at, leaf(&child)?)?,
            "bizRules" => once(&mut found.rules, &name, at, leaf(&child)?)?,
            _ => return Err(unknown(&child)),
        }
    }
    Ok(found)
}

fn report(node: Node) -> Read<SensorReport> {
    let mut found = SensorReport::default();
    for child in node.children {
        let (name, at) = (child.name.local.clone(), child.at);
        match name.as_str() {
            _ if !child.name.space.is_empty() => found.extensions.push(child),
            "type" => once(&mut found.kind, &name, at, word(List::Measurement, &child)?)?,
            "exception" => once(&mut found.exception, &name, at, word(List::Alert, &child)?)?,
            "deviceID" => once(&mut found.device, &name, at, leaf(&child)?)?,
            "deviceMetadata" => once(&mut found.device_metadata, &name, at, leaf(&child)?)?,
            "rawData" => once(&mut found.raw_data, &name, at, leaf(&child)?)?,
            "dataProcessingMethod" => once(&mut found.method, &name, at, leaf(&child)?)?,
            "bizRules" => once(&mut found.rules, &name, at, leaf(&child)?)?,
            "time" => once(&mut found.time, &name, at, time(&child)?)?,
            "microorganism" => once(&mut found.microorganism, &name, at, leaf(&child)?)?,
            "chemicalSubstance" => once(&mut found.substance, &name, at, leaf(&child)?)?,
            "value" => once(&mut found.value, &name, at, number(&child)?)?,
            "component" => once(&mut found.component, &name, at, word(List::Component, &child)?)?,
            "stringValue" => once(&mut found.string_value, &name, at, child.value)?,
            "booleanValue" => {
                let value = match child.value.as_str() {
                    "true" | "1" => true,
                    "false" | "0" => false,
                    _ => return Err(form(&child, Expected::Bool)),
                };
                once(&mut found.boolean_value, &name, at, value)?;
            }
            "hexBinaryValue" => {
                let value = leaf(&child)?;
                if !value.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(form(&child, Expected::Hex));
                }
                once(&mut found.hex_value, &name, at, value)?;
            }
            "uriValue" => once(&mut found.uri_value, &name, at, leaf(&child)?)?,
            "minValue" => once(&mut found.min, &name, at, number(&child)?)?,
            "maxValue" => once(&mut found.max, &name, at, number(&child)?)?,
            "meanValue" => once(&mut found.mean, &name, at, number(&child)?)?,
            "sDev" => once(&mut found.deviation, &name, at, number(&child)?)?,
            "percRank" => once(&mut found.percentile_rank, &name, at, number(&child)?)?,
            "percValue" => once(&mut found.percentile_value, &name, at, number(&child)?)?,
            "uom" => once(&mut found.unit, &name, at, leaf(&child)?)?,
            "coordinateReferenceSystem" => {
                once(&mut found.reference_system, &name, at, leaf(&child)?)?;
            }
            _ => return Err(unknown(&child)),
        }
    }
    Ok(found)
}
